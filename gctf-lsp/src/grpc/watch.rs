//! What is seen on the wire of a connection: the kind of peer, why it broke, whether a call got its status.

use super::failure::Failure;
use super::tls;
use crate::target::Target;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What the peer has sent so far, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    TlsAlert,
    Http2,
    /// Neither; some TLS servers answer plaintext with a page of HTTP/1.
    Other,
}

/// What is known of a connection while it is in use.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    pub(super) target: Target,
    fault: Arc<Mutex<Option<Failure>>>,
    heard: Arc<Mutex<Heard>>,
}

impl Watch {
    pub(super) fn new(target: &Target) -> Self {
        Self {
            target: target.clone(),
            fault: Arc::default(),
            heard: Arc::new(Mutex::new(Heard::Nothing)),
        }
    }

    /// The fault that broke the connection, where it tells its cause.
    pub(super) fn fault(&self) -> Option<Failure> {
        self.fault.lock().ok()?.clone()
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard.lock().map_or(Heard::Other, |heard| *heard)
    }

    fn see_error(&self, error: &io::Error) {
        if let (Some(failure), Ok(mut fault)) = (tls::explain(error, &self.target), self.fault.lock()) {
            fault.get_or_insert(failure);
        }
    }

    fn see_byte(&self, first: u8) {
        const TLS_ALERT: u8 = 0x15;
        if let Ok(mut heard) = self.heard.lock() {
            *heard = match (*heard, first) {
                (Heard::Nothing, TLS_ALERT) => Heard::TlsAlert,
                // The length of a first frame, which is settings, has a leading zero.
                (Heard::Nothing, 0) => Heard::Http2,
                (Heard::Nothing, _) => Heard::Other,
                (known, _) => known,
            };
        }
    }
}

/// Goes with a request to the connection and remembers whether a gRPC status came back: what the library
/// makes up where none came looks the same otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct StatusSeen(Arc<AtomicBool>);

impl StatusSeen {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn look(&self, headers: &http::HeaderMap) {
        if headers.contains_key("grpc-status") {
            self.0.store(true, Ordering::Release);
        }
    }
}

/// A response body whose trailers are looked at.
#[derive(Debug)]
pub struct WatchedBody {
    pub(super) body: Incoming,
    pub(super) seen: StatusSeen,
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            frame
                .trailers_ref()
                .into_iter()
                .for_each(|trailers| self.seen.look(trailers));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

/// A stream that remembers what kind of peer it met and why it broke.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) stream: Stream,
    pub(super) watch: Watch,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        };
        match &polled {
            Poll::Ready(Err(error)) => self.watch.see_error(error),
            Poll::Ready(Ok(())) => buffer
                .filled()
                .get(before)
                .into_iter()
                .for_each(|first| self.watch.see_byte(*first)),
            Poll::Pending => {}
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}
