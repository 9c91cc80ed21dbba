//! Messages over standard input and output, in order.
//!
//! Each message's handler is polled once on the reading task, in the order of arrival; what is then still
//! pending goes on as a task of its own. So whatever a handler does before its first wait happens in order,
//! nothing limits how many requests are under way, and a cancellation never waits behind what it cancels.

use super::contents;
use bytes::{Buf as _, BytesMut};
use futures::{SinkExt as _, Stream, StreamExt as _};
use serde::{Deserialize, Serialize};
use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio_util::codec::{Decoder, Encoder, FramedRead, FramedWrite};
use tower::Service as _;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ClientSocket, LanguageServer, LspService};

/// How long the last answers may take to be written once the client wants the server to exit.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Most bytes of one message.
const MAX_MESSAGE: usize = 256 << 20;

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// `exit` after `shutdown`.
    Orderly,
    /// `exit` without it, or the end of the input.
    Abrupt,
}

/// Serves `service` until the client exits or its end of the input is closed.
pub(super) async fn serve<S: LanguageServer>(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    service: LspService<S>,
    socket: ClientSocket,
) -> End {
    let (requests, mut responses) = socket.split();
    let (answers, queue) = unbounded_channel();
    let writer = tokio::spawn(write(output, queue, requests));
    let mut reader = FramedRead::new(input, Codec);
    let mut dispatcher = Dispatcher {
        service,
        answers,
        pending: JoinSet::new(),
        shut_down: false,
    };
    let mut end = End::Abrupt;
    while let Some(read) = reader.next().await {
        match read {
            Ok(Incoming::Request(request)) => {
                if let Some(reached) = dispatcher.dispatch(request).await {
                    end = reached;
                    break;
                }
            }
            // Fails only behind `exit`.
            Ok(Incoming::Response(response)) => drop(responses.send(response).await),
            Ok(Incoming::Unreadable(reason)) => {
                tracing::warn!("a message could not be read: {reason}");
                dispatcher.answer(Response::from_error(Id::Null, Error::parse_error()));
            }
            Err(error) => {
                tracing::error!("the input is no language server protocol: {error}");
                break;
            }
        }
    }
    dispatcher.pending.shutdown().await;
    drop(dispatcher);
    // A client that no longer reads gets no more.
    let _ = tokio::time::timeout(FLUSH_TIMEOUT, writer).await;
    end
}

/// Hands each message to its handler.
struct Dispatcher<S> {
    service: LspService<S>,
    answers: UnboundedSender<Outgoing>,
    /// Handlers that wait for something.
    pending: JoinSet<()>,
    shut_down: bool,
}

impl<S: LanguageServer> Dispatcher<S> {
    /// Starts a message's handler; how the conversation ends, if it does by this message.
    async fn dispatch(&mut self, request: Request) -> Option<End> {
        while self.pending.try_join_next().is_some() {}
        if poll_fn(|context| self.service.poll_ready(context)).await.is_err() {
            return Some(End::Abrupt);
        }
        let method = request.method().to_owned();
        let is_first = method == "initialize";
        let request = if is_first { contents::heard(request) } else { request };
        let mut handling = self.service.call(request);
        if matches!(method.as_str(), "initialize" | "shutdown") {
            // What follows is judged by the state that they leave.
            self.shut_down |= method == "shutdown";
            if let Ok(Some(response)) = handling.await {
                self.answer(if is_first { contents::said(response) } else { response });
            }
            return None;
        }
        match handling.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(Some(response))) => self.answer(response),
            Poll::Ready(_) => {}
            Poll::Pending => {
                let answers = self.answers.clone();
                self.pending.spawn(async move {
                    if let Ok(Some(response)) = handling.await {
                        // The writer ends only when the client is gone.
                        let _ = answers.send(Outgoing::Response(response));
                    }
                });
            }
        }
        match (method.as_str(), self.shut_down) {
            ("exit", true) => Some(End::Orderly),
            ("exit", false) => Some(End::Abrupt),
            _ => None,
        }
    }

    fn answer(&self, response: Response) {
        // The writer ends only when the client is gone.
        let _ = self.answers.send(Outgoing::Response(response));
    }
}

/// Writes answers and the server's own messages until both are exhausted or nobody reads.
async fn write(
    output: impl AsyncWrite + Unpin,
    mut answers: UnboundedReceiver<Outgoing>,
    requests: impl Stream<Item = Request> + Unpin,
) {
    let mut requests = requests.fuse();
    let mut writer = FramedWrite::new(output, Codec);
    loop {
        let message = tokio::select! {
            biased;
            Some(message) = answers.recv() => message,
            Some(request) = requests.next() => Outgoing::Request(request),
            else => break,
        };
        if writer.feed(message).await.is_err() {
            return;
        }
        if answers.is_empty() && writer.flush().await.is_err() {
            return;
        }
    }
    // Nothing is left to be done for a client that does not read.
    let _ = writer.flush().await;
}

#[derive(Debug)]
enum Incoming {
    Request(Request),
    Response(Response),
    /// A body that is no JSON-RPC message.
    Unreadable(String),
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Outgoing {
    Request(Request),
    Response(Response),
}

/// What a message is by: only requests and notifications have a method.
#[derive(Deserialize)]
struct Kind {
    method: Option<serde::de::IgnoredAny>,
}

fn parse(body: &[u8]) -> serde_json::Result<Incoming> {
    let kind: Kind = serde_json::from_slice(body)?;
    match kind.method {
        Some(_) => serde_json::from_slice(body).map(Incoming::Request),
        None => serde_json::from_slice(body).map(Incoming::Response),
    }
}

/// `Content-Length` framing.
struct Codec;

impl Decoder for Codec {
    type Item = Incoming;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Incoming>> {
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return match bytes.len() > 8192 {
                true => Err(invalid("a header without an end")),
                false => Ok(None),
            };
        };
        let length = content_length(&bytes[..head]).ok_or_else(|| invalid("no Content-Length"))?;
        if length > MAX_MESSAGE {
            return Err(invalid("a message of more than 256 MiB"));
        }
        let whole = head + 4 + length;
        if bytes.len() < whole {
            bytes.reserve(whole - bytes.len());
            return Ok(None);
        }
        bytes.advance(head + 4);
        let body = bytes.split_to(length);
        Ok(Some(
            parse(&body).unwrap_or_else(|error| Incoming::Unreadable(error.to_string())),
        ))
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    head.split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl Encoder<Outgoing> for Codec {
    type Error = io::Error;

    fn encode(&mut self, message: Outgoing, bytes: &mut BytesMut) -> io::Result<()> {
        let body = serde_json::to_vec(&message)?;
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(&body);
        Ok(())
    }
}
