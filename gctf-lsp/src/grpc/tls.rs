//! TLS client settings from PEM files, and what a failed handshake means.

use super::failure::{Failure, FailureKind};
use crate::target::{Target, Tls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use std::path::Path;
use std::sync::Arc;

/// The client's TLS settings, offering HTTP/2 only.
///
/// # Errors
/// A file that cannot be read or holds no PEM of the kind; its content is never quoted.
pub(super) fn client_config(tls: &Tls) -> Result<ClientConfig, Failure> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(FailureKind::Handshake, error.to_string()))?;
    let builder = match tls.verify {
        true => builder.with_root_certificates(roots(tls.ca.as_deref())?),
        false => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(NoVerification(provider))),
    };
    let mut config = match &tls.identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let private = PrivateKeyDer::from_pem_file(key).map_err(|error| bad_file(key, "private key", &error))?;
            builder.with_client_auth_cert(chain, private).map_err(|_| {
                Failure::new(
                    FailureKind::BadFile,
                    format!("{}: does not fit the certificate", key.display()),
                )
            })?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|_| {
                    Failure::new(
                        FailureKind::BadFile,
                        format!("{}: holds no certificate authority", path.display()),
                    )
                })?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|error| bad_file(path, "certificate", &error))?
        .collect();
    let found = found.map_err(|error| bad_file(path, "certificate", &error))?;
    match found.is_empty() {
        true => Err(Failure::new(
            FailureKind::BadFile,
            format!("{}: holds no PEM certificate", path.display()),
        )),
        false => Ok(found),
    }
}

fn bad_file(path: &Path, what: &str, error: &rustls_pki_types::pem::Error) -> Failure {
    let reason = match error {
        rustls_pki_types::pem::Error::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            format!("{what} file not found")
        }
        rustls_pki_types::pem::Error::Io(error) => format!("cannot read the {what}: {error}"),
        _ => format!("holds no PEM {what}"),
    };
    Failure::new(FailureKind::BadFile, format!("{}: {reason}", path.display()))
}

/// The name that the server's certificate is checked against.
pub(super) fn server_name(target: &Target, tls: &Tls) -> Result<ServerName<'static>, Failure> {
    let name = tls.server_name.clone().unwrap_or_else(|| target.host.clone());
    ServerName::try_from(name.clone()).map_err(|_| {
        Failure::new(
            FailureKind::CertificateName,
            format!("`{name}` is no host name: check server_name"),
        )
    })
}

/// What an error in TLS means to the user; `None` for one that is not about TLS.
pub(super) fn explain(error: &std::io::Error, target: &Target) -> Option<Failure> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let failure = match error {
        rustls::Error::InvalidMessage(_) => Failure::new(
            FailureKind::ServerSpeaksPlaintext,
            format!("{target} answers without TLS: remove the TLS section, or say `mode: plaintext`"),
        ),
        rustls::Error::InvalidCertificate(reason) => explain_certificate(reason, target),
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::UnsupportedCertificate,
        ) => certificate_refused(target),
        other => Failure::new(
            FailureKind::Handshake,
            format!("TLS handshake with {target} failed: {other}"),
        ),
    };
    Some(failure)
}

/// The server wants a client certificate and has not got one that it trusts.
pub(super) fn certificate_refused(target: &Target) -> Failure {
    let has_identity = target.tls.as_ref().is_some_and(|tls| tls.identity.is_some());
    let advice = match has_identity {
        true => "refuses the client certificate: check client_cert in the TLS section",
        false => "asks for a client certificate: set client_cert and client_key in the TLS section",
    };
    Failure::new(FailureKind::ClientCertificateRefused, format!("{target} {advice}"))
}

fn explain_certificate(reason: &CertificateError, target: &Target) -> Failure {
    let names = match reason {
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().map(|name| dns_name(name));
            names.map(|name| name.trim_matches('"').to_owned()).collect()
        }
        _ => Vec::new(),
    };
    let (kind, what) = match reason {
        CertificateError::UnknownIssuer => (
            FailureKind::CertificateUnknownIssuer,
            "has an unknown issuer: set ca_cert in the TLS section".to_owned(),
        ),
        CertificateError::NotValidForName => (
            FailureKind::CertificateName,
            "is for another name: set server_name in the TLS section".to_owned(),
        ),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let presented: Vec<_> = presented.iter().map(|name| dns_name(name)).collect();
            let what = format!(
                "is for {}, not \"{}\": set server_name in the TLS section",
                presented.join(", "),
                expected.to_str()
            );
            (FailureKind::CertificateName, what)
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (FailureKind::CertificateExpired, "has expired".to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (FailureKind::CertificateExpired, "is not valid yet".to_owned())
        }
        CertificateError::BadSignature => (
            FailureKind::CertificateUnknownIssuer,
            "is not signed by the authority in ca_cert: set the right ca_cert in the TLS section".to_owned(),
        ),
        other => (FailureKind::Handshake, format!("is not accepted: {other}")),
    };
    Failure {
        names,
        ..Failure::new(kind, format!("certificate of {target} {what}"))
    }
}

/// `"localhost"` of `DnsName("localhost")`.
fn dns_name(presented: &str) -> String {
    let inner = presented
        .strip_prefix("DnsName(")
        .or_else(|| presented.strip_prefix("IpAddress("))
        .and_then(|rest| rest.strip_suffix(')'));
    inner.unwrap_or(presented).to_owned()
}

/// Accepts any certificate, for targets that say so.
#[derive(Debug)]
struct NoVerification(Arc<CryptoProvider>);

impl ServerCertVerifier for NoVerification {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
