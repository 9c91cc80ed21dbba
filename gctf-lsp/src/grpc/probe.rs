//! A look at a port after a call over it has failed: which protocol it speaks.

use super::connection::tcp;
use super::failure::{Failure, FailureKind};
use super::tls;
use crate::target::Target;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

/// How long a look at a port may take, after a call over it has failed.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

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

/// Why a server that asks for a client certificate hangs up. It says so behind the handshake, and what it says
/// is lost where the client has sent something meanwhile: here nothing is sent.
pub(super) async fn refusal(target: &Target) -> Option<Failure> {
    let settings = target.tls.as_ref()?;
    let probe = async {
        let config = tls::client_config(settings).ok()?;
        let name = tls::server_name(target, settings).ok()?;
        let stream = tcp(target).await.ok()?;
        let mut stream = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
            Ok(stream) => stream,
            Err(error) => return tls::explain(&error, target),
        };
        match stream.read(&mut [0]).await {
            Ok(_) => None,
            Err(error) => tls::explain(&error, target),
        }
    };
    tokio::time::timeout(PROBE_TIMEOUT, probe).await.ok().flatten()
}
