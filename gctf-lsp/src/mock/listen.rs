//! One port for plaintext and TLS: the first byte of a connection tells.

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::transport::server::Connected;

/// The files of a server that speaks TLS too, PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// Authorities of client certificates; with them TLS clients have to present one.
    pub client_ca: Option<PathBuf>,
}

/// An accepted connection, TLS already spoken, that ends with the server.
#[derive(Debug)]
pub(super) struct Accepted {
    stream: Stream,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

/// The sockets of `host:port`: both loopback families for `localhost`, on one port.
///
/// # Errors
/// A sentence: the port is taken, the address is none of this machine.
pub(super) async fn bind(host: &str, port: u16) -> Result<Vec<TcpListener>, String> {
    let fail = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {port} on {host} is taken: stop the other server, or choose another port with --listen")
        }
        _ => format!("cannot listen on {host}:{port}: {error}"),
    };
    if host != "localhost" {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        return Ok(vec![TcpListener::bind((bare, port)).await.map_err(fail)?]);
    }
    // A port that the system chooses for one family may be taken in the other: it then chooses again.
    let mut attempts = 20;
    loop {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(fail)?;
        let chosen = first.local_addr().map_err(fail)?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, chosen)).await {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                attempts -= 1;
                if port != 0 || attempts == 0 {
                    return Err(fail(error));
                }
            }
            // A machine without IPv6.
            Err(_) => return Ok(vec![first]),
        }
    }
}

/// Accepts connections on `listener` until the receiver of `accepted` is gone; `closing` ends what was accepted.
pub(super) async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    accepted: mpsc::Sender<io::Result<Accepted>>,
    closing: CancellationToken,
) {
    loop {
        let stream = tokio::select! {
            stream = listener.accept() => stream,
            () = accepted.closed() => return,
        };
        let Ok((stream, _)) = stream else {
            // Out of file handles, most likely; the next connection may fare better.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let (acceptor, accepted) = (acceptor.clone(), accepted.clone());
        let closing = Box::pin(closing.clone().cancelled_owned());
        // A peer that says nothing waits alone.
        tokio::spawn(async move {
            tokio::select! {
                ready = greet(stream, acceptor) => {
                    if let Some(stream) = ready {
                        // The server has stopped meanwhile.
                        let _ = accepted.send(Ok(Accepted { stream, closing })).await;
                    }
                }
                () = accepted.closed() => {}
            }
        });
    }
}

/// Looks at the first byte without consuming it.
async fn greet(stream: TcpStream, acceptor: Option<TlsAcceptor>) -> Option<Stream> {
    const TLS_HANDSHAKE: u8 = 0x16;
    // Small messages should not wait for more; a socket that cannot say so still works.
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    let seen = stream.peek(&mut first).await.ok()?;
    match (acceptor, seen == 1 && first[0] == TLS_HANDSHAKE) {
        (Some(acceptor), true) => acceptor
            .accept(stream)
            .await
            .ok()
            .map(|stream| Stream::Tls(Box::new(stream))),
        _ => Some(Stream::Plain(stream)),
    }
}

/// The TLS side of a server.
///
/// # Errors
/// The file that cannot be used, and why.
pub(super) fn acceptor(identity: &Identity) -> Result<TlsAcceptor, String> {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let certificates = certificates(&identity.certificate)?;
    let key =
        PrivateKeyDer::from_pem_file(&identity.key).map_err(|error| format!("{}: {error}", identity.key.display()))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match &identity.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in self::certificates(path)? {
                roots
                    .add(certificate)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| format!("{}: {error}", path.display()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(certificates, key)
        .map_err(|error| format!("{}: {error}", identity.certificate.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let fail = |error: rustls_pki_types::pem::Error| format!("{}: {error}", path.display());
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(fail)?.collect();
    match found.map_err(fail)? {
        found if found.is_empty() => Err(format!("{}: holds no PEM certificate", path.display())),
        found => Ok(found),
    }
}

/// The addresses of a `host:port` text.
pub(super) fn split(listen: &str) -> Result<(String, u16), String> {
    let fail = || format!("`{listen}` is no address to listen on: write `localhost:4770`");
    let (host, port) = listen.rsplit_once(':').ok_or_else(fail)?;
    let port = port.parse().map_err(|_| fail())?;
    match host.is_empty() {
        true => Err(fail()),
        false => Ok((host.to_owned(), port)),
    }
}

/// Addresses as people write them, `localhost` for both loopback families.
pub(super) fn describe(addresses: &[SocketAddr]) -> String {
    let loopback = |address: &SocketAddr| match address.ip() {
        IpAddr::V4(address) => address == Ipv4Addr::LOCALHOST,
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
    };
    match addresses {
        [first, _] if addresses.iter().all(loopback) => format!("localhost:{}", first.port()),
        _ => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

impl Connected for Accepted {
    type ConnectInfo = ();

    fn connect_info(&self) -> Self::ConnectInfo {}
}

impl AsyncRead for Accepted {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let accepted = self.get_mut();
        if accepted.closing.as_mut().poll(context).is_ready() {
            // As if the client had closed its end.
            return Poll::Ready(Ok(()));
        }
        match &mut accepted.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}
