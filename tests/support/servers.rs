//! Servers of the tests, each on a port of its own, and the certificates that they need.

use super::{chat, gctf, stdout};
use gctf_lsp::mock::{Identity, MockOptions, RunningMock};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::runtime::Runtime;

/// A runtime that the servers of a test live on.
pub(crate) struct Servers {
    runtime: Runtime,
    pub(crate) folder: tempfile::TempDir,
    /// What runs wait for, in seconds.
    pub(crate) patience: u32,
}

impl Servers {
    pub(crate) fn new() -> Self {
        Self {
            runtime: Runtime::new().expect("a runtime"),
            folder: tempfile::tempdir().expect("a folder"),
            patience: 2,
        }
    }

    /// The chat service without TLS; its port.
    pub(crate) fn plain(&self) -> (RunningMock, u16) {
        self.mock(None)
    }

    /// The chat service with the TLS of `identity`; its port.
    pub(crate) fn mock(&self, identity: Option<Identity>) -> (RunningMock, u16) {
        self.start(chat().join("server/chat.proto"), chat().join("stubs"), identity)
    }

    /// A server of `proto` that answers from `stubs`, both texts; its port.
    pub(crate) fn of(&self, proto: &str, stubs: &str, identity: Option<Identity>) -> (RunningMock, u16) {
        let proto = self.write("service.proto", proto);
        let stubs = self.write("stubs.yaml", stubs);
        self.start(proto, stubs, identity)
    }

    /// A port that leads to the one that `upstream` says, for each connection anew.
    pub(crate) fn relay(&self, upstream: Arc<AtomicU16>) -> u16 {
        self.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            tokio::spawn(async move {
                while let Ok((mut client, _)) = listener.accept().await {
                    let address = ("127.0.0.1", upstream.load(Ordering::SeqCst));
                    tokio::spawn(async move {
                        let mut server = tokio::net::TcpStream::connect(address).await.expect("a server");
                        // Either end may go first.
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    });
                }
            });
            port
        })
    }

    fn start(&self, proto: PathBuf, stubs: PathBuf, identity: Option<Identity>) -> (RunningMock, u16) {
        self.start_with(MockOptions {
            listen: "localhost:0".to_owned(),
            protos: vec![proto],
            import_paths: Vec::new(),
            stubs: vec![stubs],
            identity,
        })
    }

    /// The server that the `gctf.toml` of `folder` describes, on another port; then the address that it describes.
    pub(crate) fn of_folder(&self, folder: &Path) -> (RunningMock, u16, String) {
        let config = gctf_lsp::config::read_mock(&folder.join("gctf.toml")).expect("a gctf.toml");
        let config = config.expect("a table for the mock");
        let (mock, port) = self.start_with(MockOptions {
            listen: "localhost:0".to_owned(),
            protos: config.protos,
            import_paths: config.import_paths,
            stubs: config.stubs,
            identity: config.cert.zip(config.key).map(|(certificate, key)| Identity {
                certificate,
                key,
                client_ca: config.client_ca,
            }),
        });
        (mock, port, config.listen.expect("an address"))
    }

    fn start_with(&self, options: MockOptions) -> (RunningMock, u16) {
        let mock = self
            .runtime
            .block_on(RunningMock::start(options))
            .expect("the mock starts");
        let port = mock.addresses()[0].port();
        (mock, port)
    }

    /// Does `work` on the runtime.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// What `gctf run` prints for a test behind its first line, which has a duration, with `PORT` for the port.
    pub(crate) fn report(&self, port: u16, text: &str) -> String {
        self.write("test.gctf", &text.replace("PORT", &port.to_string()));
        let output = gctf(
            self.path(),
            &["run", "--timeout", &self.patience.to_string(), "test.gctf"],
        );
        let printed = stdout(&output).replace(&port.to_string(), "PORT");
        let printed = printed.replace(&chat().display().to_string(), "CHAT");
        let body = printed.split_once('\n').map_or("", |(_, body)| body);
        let aligned: Vec<_> = body.lines().map(str::trim_end).collect();
        format!("{}\n", aligned.join("\n"))
    }

    /// The faults of a test, a line each: `G501 12:3 message`, or `passed`.
    pub(crate) fn faults(&self, port: u16, text: &str) -> String {
        let report = self.report(port, text);
        let mut faults = Vec::new();
        for line in report.lines() {
            let title = line.strip_prefix("error[").or_else(|| line.strip_prefix("note["));
            if let Some((code, message)) = title.and_then(|rest| rest.split_once("]: ")) {
                faults.push(format!("{code} {message}"));
            }
            let place = line.trim_start().strip_prefix("--> test.gctf:");
            if let (Some(place), Some(last)) = (place, faults.last_mut()) {
                *last = last.replacen(' ', &format!(" {place} "), 1);
            }
        }
        match (faults.is_empty(), report.as_str()) {
            (true, "1 passed, 0 failed\n") => "passed".to_owned(),
            (true, other) => other.to_owned(),
            (false, _) => faults.join("\n"),
        }
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

    /// A TLS server that answers plaintext with `answer` and closes; its port.
    pub(crate) fn tls_that_answers(&self, identity: &Identity, answer: &'static [u8]) -> u16 {
        use tokio::io::AsyncWriteExt as _;
        let tls = self.tls_only(identity);
        self.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            tokio::spawn(async move {
                while let Ok((mut client, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        let mut first = [0];
                        let is_tls = client.peek(&mut first).await.is_ok_and(|_| first[0] == 0x16);
                        if !is_tls {
                            // The client may have gone away.
                            let _ = client.write_all(answer).await;
                            return;
                        }
                        let mut server = tokio::net::TcpStream::connect(("127.0.0.1", tls))
                            .await
                            .expect("a server");
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    });
                }
            });
            port
        })
    }

    /// A server that asks for a client certificate over `version` of TLS and resets the connection when one comes,
    /// without a word; its port.
    pub(crate) fn that_resets(&self, identity: &Identity, version: &'static SupportedProtocolVersion) -> u16 {
        let chain = CertificateDer::pem_file_iter(&identity.certificate).expect("a certificate");
        let ca = identity.client_ca.as_deref().expect("a client authority");
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(ca).expect("a certificate"))
            .expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(
                chain.map(|certificate| certificate.expect("PEM")).collect(),
                PrivateKeyDer::from_pem_file(&identity.key).expect("a key"),
            );
        let config = Arc::new(config.expect("TLS settings"));
        let (listener, port) = self.silent();
        std::thread::spawn(move || {
            use std::io::Read as _;
            for mut client in listener.incoming().filter_map(Result::ok) {
                let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).expect("a connection");
                let greeted = tls.read_tls(&mut client).is_ok() && tls.process_new_packets().is_ok();
                while greeted && tls.wants_write() && tls.write_tls(&mut client).is_ok() {}
                // TLS 1.3 has a record without meaning that may come before anything has reached the client.
                const CHANGE_CIPHER: u8 = 0x14;
                let mut record = [0; 6];
                if client.peek(&mut record).is_ok() && record[0] == CHANGE_CIPHER {
                    let _ = client.read_exact(&mut record);
                }
                // What has come and is not read makes the end of the connection a reset. The client may have gone.
                let _ = client.peek(&mut record);
            }
        });
        port
    }

    /// A server that answers every call with what `answer` makes, over HTTP/2 without TLS; its port.
    pub(crate) fn http(
        &self,
        answer: impl Fn() -> http::Response<tonic::body::Body> + Clone + Send + Sync + 'static,
    ) -> u16 {
        self.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let service = tower::service_fn(move |_: http::Request<_>| {
                let answered = answer();
                async move { Ok::<_, std::convert::Infallible>(answered) }
            });
            let router = tonic::service::AxumRouter::new().fallback_service(service);
            let incoming = tonic::transport::server::TcpIncoming::from(listener);
            let routes = tonic::service::Routes::from(router);
            tokio::spawn(
                tonic::transport::Server::builder()
                    .add_routes(routes)
                    .serve_with_incoming(incoming),
            );
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

    /// An authority with a certificate for a server at `localhost` and one for a client.
    pub(crate) fn certificates(&self) -> Certificates {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters
            .distinguished_name
            .push(rcgen::DnType::CommonName, "gctf test authority");
        let authority = parameters.self_signed(&key).expect("an authority").pem();
        let issuer = Issuer::new(parameters, key);
        let signed = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let mut parameters = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
            parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
            let certificate = parameters.signed_by(&key, &issuer).expect("a certificate");
            (certificate.pem(), key.serialize_pem())
        };
        let (server, server_key) = signed("localhost");
        let client = signed("client.example");
        self.write("client.pem", &client.0);
        self.write("client-key.pem", &client.1);
        Certificates {
            ca_file: self.write("ca.pem", &authority),
            ca: authority,
            server: self.write("server.pem", &server),
            server_key: self.write("server-key.pem", &server_key),
            client,
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Files and texts of certificates, PEM. A client's stand in `client.pem` and `client-key.pem` of the folder.
pub(crate) struct Certificates {
    ca: String,
    pub(crate) ca_file: PathBuf,
    server: PathBuf,
    server_key: PathBuf,
    client: (String, String),
}

impl Certificates {
    /// What a server needs; with `client_ca` it asks for client certificates.
    pub(crate) fn server(&self, client_ca: bool) -> Identity {
        Identity {
            certificate: self.server.clone(),
            key: self.server_key.clone(),
            client_ca: client_ca.then(|| self.ca_file.clone()),
        }
    }

    /// What a client needs, with or without a certificate of its own.
    pub(crate) fn tls(&self, identity: bool) -> super::client::Tls {
        super::client::Tls {
            ca: self.ca.clone(),
            identity: identity.then(|| self.client.clone()),
        }
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
