//! Servers of the tests, each on a port of its own, and the certificates that they need.

use super::chat;
use gctf_lsp::mock::{Identity, MockOptions, RunningMock};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;

/// A runtime that the servers of a test live on.
pub(crate) struct Servers {
    runtime: Runtime,
    pub(crate) folder: tempfile::TempDir,
}

impl Servers {
    pub(crate) fn new() -> Self {
        Self {
            runtime: Runtime::new().expect("a runtime"),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// The chat service without TLS; its port.
    pub(crate) fn plain(&self) -> (RunningMock, u16) {
        self.mock(None)
    }

    /// The chat service with the TLS of `identity`; its port.
    pub(crate) fn mock(&self, identity: Option<Identity>) -> (RunningMock, u16) {
        let options = MockOptions {
            listen: "localhost:0".to_owned(),
            protos: vec![chat().join("server/chat.proto")],
            import_paths: Vec::new(),
            stubs: vec![chat().join("stubs")],
            identity,
        };
        let mock = self
            .runtime
            .block_on(RunningMock::start(options))
            .expect("the mock starts");
        let port = mock.addresses()[0].port();
        (mock, port)
    }

    /// A gRPC server with health and nothing else; its port.
    pub(crate) fn without_reflection(&self) -> u16 {
        self.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let (_, health) = tonic_health::server::health_reporter();
            let incoming = tonic::transport::server::TcpIncoming::from(listener);
            tokio::spawn(
                tonic::transport::Server::builder()
                    .add_service(health)
                    .serve_with_incoming(incoming),
            );
            port
        })
    }

    /// A server that speaks TLS and nothing else; its port.
    pub(crate) fn tls_only(&self, identity: &Identity) -> u16 {
        let certificate = std::fs::read(&identity.certificate).expect("a certificate");
        let key = std::fs::read(&identity.key).expect("a key");
        self.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let (_, health) = tonic_health::server::health_reporter();
            let incoming = tonic::transport::server::TcpIncoming::from(listener);
            let identity = tonic::transport::Identity::from_pem(certificate, key);
            let tls = tonic::transport::ServerTlsConfig::new().identity(identity);
            let mut server = tonic::transport::Server::builder()
                .tls_config(tls)
                .expect("TLS settings");
            tokio::spawn(server.add_service(health).serve_with_incoming(incoming));
            port
        })
    }

    /// A port that accepts and says nothing.
    pub(crate) fn silent(&self) -> (std::net::TcpListener, u16) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        (listener, port)
    }

    /// A server certificate for `name`, signed by a new authority; the authority's file comes second.
    pub(crate) fn identity(&self, name: &str) -> (Identity, PathBuf) {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = parameters.self_signed(&key).expect("an authority");
        let issuer = Issuer::new(parameters, key);
        let server_key = KeyPair::generate().expect("a key");
        let server = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let server = server.signed_by(&server_key, &issuer).expect("a certificate");
        let ca = self.write(&format!("{name}-ca.pem"), &authority.pem());
        let identity = Identity {
            certificate: self.write(&format!("{name}.pem"), &server.pem()),
            key: self.write(&format!("{name}-key.pem"), &server_key.serialize_pem()),
            client_ca: None,
        };
        (identity, ca)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// The example's certificates, with a client authority.
pub(crate) fn example_identity() -> Identity {
    let tls = chat().join("server/tls");
    Identity {
        certificate: tls.join("server-cert.pem"),
        key: tls.join("server-key.pem"),
        client_ca: Some(tls.join("ca-cert.pem")),
    }
}
