//! A look at a port after a call over it has failed: which protocol it speaks.

use super::connection::tcp;
use super::failure::{Failure, FailureKind};
use super::tls;
use crate::target::Target;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

/// How long a look at a port may take, after a call over it has failed.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// What a server shows of itself in a TLS handshake.
pub(super) struct Shown {
    /// By ALPN.
    pub(super) protocol: Option<Vec<u8>>,
    /// DER.
    pub(super) certificate: Option<Vec<u8>>,
}

/// What the server at `target` shows, without a look at whether it is trusted.
pub(super) async fn shown(target: &Target) -> Option<Shown> {
    let settings = crate::target::Tls {
        verify: false,
        ..target.tls.clone()?
    };
    let config = tls::client_config(&settings).ok()?;
    let name = tls::server_name(target, &settings).ok()?;
    let stream = tcp(target).await.ok()?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    let (_, connection) = stream.get_ref();
    Some(Shown {
        protocol: connection.alpn_protocol().map(<[u8]>::to_vec),
        certificate: connection
            .peer_certificates()
            .and_then(|chain| chain.first())
            .map(|certificate| certificate.to_vec()),
    })
}

/// Whether the port answers a TLS greeting with TLS.
pub(super) async fn answers_tls(target: &Target) -> bool {
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
pub(super) async fn answers_plaintext(target: &Target) -> bool {
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

/// Why a server that asks for a client certificate hangs up, in the handshake or behind it. What it says is lost
/// where the client has sent something meanwhile: here nothing is sent. Some servers say nothing.
pub(super) async fn refusal(target: &Target) -> Option<Failure> {
    let settings = target.tls.as_ref()?;
    let asked = Arc::new(AtomicBool::new(false));
    let probe = async {
        let mut config = tls::client_config(settings).ok()?;
        config.client_auth_cert_resolver = Arc::new(Asked {
            resolver: Arc::clone(&config.client_auth_cert_resolver),
            asked: Arc::clone(&asked),
        });
        let name = tls::server_name(target, settings).ok()?;
        let stream = tcp(target).await.ok()?;
        let refused = || {
            let was_asked = asked.load(Ordering::Acquire);
            was_asked.then(|| tls::certificate_refused(target))
        };
        let mut stream = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
            Ok(stream) => stream,
            Err(error) => return tls::explain(&error, target).or_else(refused),
        };
        match stream.read(&mut [0]).await {
            Ok(0) => refused(),
            Ok(_) => None,
            Err(error) => tls::explain(&error, target).or_else(refused),
        }
    };
    tokio::time::timeout(PROBE_TIMEOUT, probe).await.ok().flatten()
}

/// Notes that the server asks for a certificate.
#[derive(Debug)]
struct Asked {
    resolver: Arc<dyn ResolvesClientCert>,
    asked: Arc<AtomicBool>,
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Release);
        self.resolver.resolve(hints, schemes)
    }

    fn has_certs(&self) -> bool {
        self.resolver.has_certs()
    }
}
