//! One HTTP/2 connection to a target, dialled by hand so that every failure keeps its cause.

use super::failure::{Failure, FailureKind};
use super::tls;
use crate::target::Target;
use http::HeaderValue;
use http::header::USER_AGENT;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::body::Body;

/// How long connecting may take, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An open connection. Clones share it; it closes when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Connection {
    sender: http2::SendRequest<Body>,
    target: Target,
    fault: Arc<Mutex<Option<Failure>>>,
    heard: Arc<Mutex<Heard>>,
}

/// What the peer has sent so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Nothing,
    TlsAlert,
    Other,
}

impl Connection {
    /// Connects to `target` within `timeout`.
    ///
    /// # Errors
    /// The root cause: name, refusal, time, protocol, certificate.
    pub async fn open(target: &Target, timeout: Duration) -> Result<Self, Failure> {
        let dialled = tokio::time::timeout(timeout, Self::dial(target)).await;
        dialled.unwrap_or_else(|_| {
            Err(Failure::new(
                FailureKind::TimedOut,
                format!(
                    "cannot connect to {target}: timed out after {} s",
                    timeout.as_secs_f32()
                ),
            ))
        })
    }

    async fn dial(target: &Target) -> Result<Self, Failure> {
        let tcp = tcp(target).await?;
        let fault = Arc::new(Mutex::new(None));
        let heard = Arc::new(Mutex::new(Heard::Nothing));
        let watch = |stream| Watched {
            stream,
            target: target.clone(),
            fault: Arc::clone(&fault),
            heard: Arc::clone(&heard),
        };
        let sender = match &target.tls {
            None => handshake(watch(Stream::Plain(tcp)), target).await?,
            Some(settings) => {
                let connector = TlsConnector::from(Arc::new(tls::client_config(settings)?));
                let name = tls::server_name(target, settings)?;
                match connector.connect(name, tcp).await {
                    Ok(stream) => handshake(watch(Stream::Tls(Box::new(stream))), target).await?,
                    Err(error) => return Err(explain_handshake(&error, target).await),
                }
            }
        };
        Ok(Self {
            sender,
            target: target.clone(),
            fault,
            heard,
        })
    }

    /// Whether a new call can go over this connection.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// The target it leads to.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// `scheme://authority` that calls carry.
    pub(super) fn origin(&self) -> http::Uri {
        let scheme = match self.target.tls {
            None => "http",
            Some(_) => "https",
        };
        let authority = self.target.tls.as_ref().and_then(|tls| tls.authority.clone());
        let authority = authority.unwrap_or_else(|| self.target.to_string());
        let parts = http::Uri::builder()
            .scheme(scheme)
            .authority(authority)
            .path_and_query("/");
        parts.build().unwrap_or_default()
    }

    /// Why a call on this connection broke off: what was seen on the wire, or what a look at the port tells.
    pub async fn explain_loss(&self) -> Failure {
        let seen = self.fault.lock().map(|fault| fault.clone()).unwrap_or_default();
        if let Some(failure) = seen {
            return failure;
        }
        let heard = self.heard.lock().map_or(Heard::Other, |heard| *heard);
        let plaintext = self.target.tls.is_none();
        let speaks_tls = match heard {
            Heard::TlsAlert => plaintext,
            Heard::Nothing => plaintext && answers_tls(&self.target).await,
            Heard::Other => false,
        };
        match speaks_tls {
            true => Failure::new(
                FailureKind::ServerSpeaksTls,
                format!("{} expects TLS: add a TLS section", self.target),
            ),
            false => Failure::new(FailureKind::Lost, format!("the connection to {} was lost", self.target)),
        }
    }
}

impl tower::Service<http::Request<Body>> for Connection {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.sender.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let agent = HeaderValue::from_static(concat!("gctf/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().entry(USER_AGENT).or_insert(agent);
        Box::pin(self.sender.send_request(request))
    }
}

async fn tcp(target: &Target) -> Result<TcpStream, Failure> {
    let mut last = None;
    for address in addresses(target).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Small messages should not wait for more; a socket that cannot say so still works.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    let (kind, reason) = match last {
        Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            (FailureKind::Refused, "connection refused".to_owned())
        }
        Some(error) => (FailureKind::Refused, error.to_string()),
        None => (FailureKind::NameNotFound, "name not found".to_owned()),
    };
    Err(Failure::new(kind, format!("cannot connect to {target}: {reason}")))
}

/// The addresses to try. A loopback name never leads anywhere else.
async fn addresses(target: &Target) -> Result<Vec<SocketAddr>, Failure> {
    if let Ok(address) = target.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, target.port)]);
    }
    if target.is_loopback() {
        let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Ok(both.map(|address| SocketAddr::new(address, target.port)).to_vec());
    }
    match tokio::net::lookup_host((target.host.as_str(), target.port)).await {
        Ok(found) => Ok(found.collect()),
        Err(_) => Err(Failure::new(
            FailureKind::NameNotFound,
            format!("cannot connect to {target}: name not found"),
        )),
    }
}

async fn handshake(stream: Watched, target: &Target) -> Result<http2::SendRequest<Body>, Failure> {
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Failure::new(FailureKind::Lost, format!("cannot speak HTTP/2 with {target}: {error}")))?;
    // Ends when the last sender is dropped or the connection breaks, which the calls on it report.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

async fn explain_handshake(error: &io::Error, target: &Target) -> Failure {
    if let Some(failure) = tls::explain(error, target) {
        return failure;
    }
    match answers_plaintext(target).await {
        true => Failure::new(
            FailureKind::ServerSpeaksPlaintext,
            format!("{target} answers without TLS: remove the TLS section, or say `mode: plaintext`"),
        ),
        false => Failure::new(
            FailureKind::Lost,
            format!("TLS handshake with {target} failed: {error}"),
        ),
    }
}

/// How long a look at a port may take, after a call over it has failed.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the port answers a TLS greeting with TLS.
async fn answers_tls(target: &Target) -> bool {
    let settings = crate::target::Tls {
        ca: None,
        identity: None,
        server_name: None,
        verify: false,
        authority: None,
    };
    let probe = async {
        let config = tls::client_config(&settings).ok()?;
        let name = tls::server_name(target, &settings).ok()?;
        let stream = tcp(target).await.ok()?;
        match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
            Ok(_) => Some(true),
            // An alert is TLS too.
            Err(error) => Some(tls::explain(&error, target)?.kind != FailureKind::ServerSpeaksPlaintext),
        }
    };
    matches!(tokio::time::timeout(PROBE_TIMEOUT, probe).await, Ok(Some(true)))
}

/// Whether the port answers an HTTP/2 preface with HTTP/2.
async fn answers_plaintext(target: &Target) -> bool {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    const SETTINGS: u8 = 4;
    let probe = async {
        let mut stream = tcp(target).await.ok()?;
        stream.write_all(PREFACE).await.ok()?;
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        Some(head[3] == SETTINGS)
    };
    matches!(tokio::time::timeout(PROBE_TIMEOUT, probe).await, Ok(Some(true)))
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

/// A stream that remembers what kind of peer it met and why it broke.
#[derive(Debug)]
struct Watched {
    stream: Stream,
    target: Target,
    fault: Arc<Mutex<Option<Failure>>>,
    heard: Arc<Mutex<Heard>>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        const TLS_ALERT: u8 = 0x15;
        let before = buffer.filled().len();
        let polled = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        };
        match &polled {
            Poll::Ready(Err(error)) => {
                if let (Some(failure), Ok(mut fault)) = (tls::explain(error, &self.target), self.fault.lock()) {
                    fault.get_or_insert(failure);
                }
            }
            Poll::Ready(Ok(())) => {
                if let (Some(first), Ok(mut heard)) = (buffer.filled().get(before), self.heard.lock())
                    && *heard == Heard::Nothing
                {
                    *heard = match *first {
                        TLS_ALERT => Heard::TlsAlert,
                        _ => Heard::Other,
                    };
                }
            }
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
