//! One HTTP/2 connection to a target, dialled by hand so that every failure keeps its cause.

use super::failure::{Failure, FailureKind};
use super::watch::{Heard, StatusSeen, Stream, Watch, Watched, WatchedBody};
use super::{probe, tls};
use crate::target::Target;
use http::HeaderValue;
use http::header::USER_AGENT;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::body::Body;

/// How long connecting may take, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An open connection. Clones share it; it closes when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Connection {
    sender: http2::SendRequest<Body>,
    watch: Watch,
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

    /// What connecting to `target` fails by before anything is dialled.
    ///
    /// # Errors
    /// A TLS setting or file that makes no sense.
    pub fn check(target: &Target) -> Result<(), Failure> {
        let Some(settings) = &target.tls else { return Ok(()) };
        tls::client_config(settings)?;
        tls::server_name(target, settings)?;
        Ok(())
    }

    async fn dial(target: &Target) -> Result<Self, Failure> {
        let tcp = tcp(target).await?;
        let watch = Watch::new(target);
        let watched = |stream| Watched {
            stream,
            watch: watch.clone(),
        };
        let sender = match &target.tls {
            None => handshake(watched(Stream::Plain(tcp))).await?,
            Some(settings) => {
                let connector = TlsConnector::from(Arc::new(tls::client_config(settings)?));
                let name = tls::server_name(target, settings)?;
                match connector.connect(name, tcp).await {
                    Ok(stream) => handshake(watched(Stream::Tls(Box::new(stream)))).await?,
                    Err(error) => return Err(explain_handshake(&error, target).await),
                }
            }
        };
        Ok(Self { sender, watch })
    }

    /// Whether a new call can go over this connection.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// The target it leads to.
    pub fn target(&self) -> &Target {
        &self.watch.target
    }

    /// `scheme://authority` that calls carry.
    pub(super) fn origin(&self) -> http::Uri {
        let scheme = match self.target().tls {
            None => "http",
            Some(_) => "https",
        };
        let authority = self.target().tls.as_ref().and_then(|tls| tls.authority.clone());
        let authority = authority.unwrap_or_else(|| self.target().to_string());
        let parts = http::Uri::builder()
            .scheme(scheme)
            .authority(authority)
            .path_and_query("/");
        parts.build().unwrap_or_default()
    }

    /// Whether the peer has sent anything at all.
    pub(super) fn has_answered(&self) -> bool {
        self.watch.heard() != Heard::Nothing
    }

    /// Why a call on this connection broke off.
    pub async fn explain_loss(&self) -> Failure {
        explain_loss(&self.watch).await
    }
}

impl tower::Service<http::Request<Body>> for Connection {
    type Response = http::Response<WatchedBody>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.sender.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let agent = HeaderValue::from_static(concat!("gctf/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().entry(USER_AGENT).or_insert(agent);
        let seen: StatusSeen = request.extensions_mut().remove().unwrap_or_default();
        let response = self.sender.send_request(request);
        Box::pin(async move {
            let (head, body) = response.await?.into_parts();
            seen.look(&head.headers);
            Ok(http::Response::from_parts(head, WatchedBody { body, seen }))
        })
    }
}

pub(super) async fn tcp(target: &Target) -> Result<TcpStream, Failure> {
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
pub(super) async fn addresses(target: &Target) -> Result<Vec<SocketAddr>, Failure> {
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

async fn handshake(stream: Watched) -> Result<http2::SendRequest<Body>, Failure> {
    let watch = stream.watch.clone();
    let shaken = http2::Builder::new(TokioExecutor::new())
        .handshake(TokioIo::new(stream))
        .await;
    let (sender, connection) = match shaken {
        Ok(both) => both,
        Err(_) => return Err(explain_loss(&watch).await),
    };
    // Ends when the last sender is dropped or the connection breaks, which the calls on it report.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

/// Why a connection broke: what was seen on the wire, or what a look at the port tells.
async fn explain_loss(watch: &Watch) -> Failure {
    if let Some(failure) = watch.fault() {
        return failure;
    }
    let (target, heard) = (&watch.target, watch.heard());
    let plaintext = target.tls.is_none();
    if let (false, Heard::Nothing) = (plaintext, heard)
        && let Some(refusal) = probe::refusal(target).await
    {
        return refusal;
    }
    let speaks_tls = match heard {
        Heard::TlsAlert => plaintext,
        // The alert may be lost with the connection, and some servers send none.
        Heard::Nothing | Heard::Other => plaintext && probe::answers_tls(target).await,
        Heard::Http2 => false,
    };
    match (speaks_tls, heard) {
        (true, _) => Failure::new(
            FailureKind::ServerSpeaksTls,
            format!("{target} expects TLS: add a TLS section"),
        ),
        (false, Heard::Other) => Failure::new(
            FailureKind::Lost,
            format!("{target} is no gRPC server: it does not answer in HTTP/2"),
        ),
        (false, _) => Failure::new(FailureKind::Lost, format!("the connection to {target} was lost")),
    }
}

async fn explain_handshake(error: &io::Error, target: &Target) -> Failure {
    if let Some(failure) = tls::explain(error, target) {
        return failure;
    }
    if let Some(refusal) = probe::refusal(target).await {
        return refusal;
    }
    match probe::answers_plaintext(target).await {
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
