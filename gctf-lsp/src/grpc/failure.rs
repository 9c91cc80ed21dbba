//! Why a server could not be reached, trusted or understood.

use std::fmt;

/// The kinds of [`Failure`], for those that offer a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    NameNotFound,
    Refused,
    TimedOut,
    /// The server expects TLS, the target is plaintext.
    ServerSpeaksTls,
    /// The server answers without TLS.
    ServerSpeaksPlaintext,
    CertificateUnknownIssuer,
    CertificateName,
    CertificateExpired,
    /// Any other fault of the server's certificate or of the handshake.
    Handshake,
    ClientCertificateRefused,
    /// A certificate or key file that cannot be read.
    BadFile,
    /// The connection broke.
    Lost,
    NoReflection,
    Unauthenticated,
    ReflectionFailed,
    TooLarge,
    BrokenSchema,
}

/// A failure with a sentence that names the host and, where there is one, the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    /// The names that a certificate is for, where another was expected.
    pub names: Vec<String>,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            names: Vec::new(),
        }
    }

    /// Whether nothing answered where the target is, or the connection broke.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NameNotFound | FailureKind::Refused | FailureKind::TimedOut | FailureKind::Lost
        )
    }

    /// Whether the fault is in the encryption of the connection.
    pub fn is_tls(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::ServerSpeaksTls
                | FailureKind::ServerSpeaksPlaintext
                | FailureKind::CertificateUnknownIssuer
                | FailureKind::CertificateName
                | FailureKind::CertificateExpired
                | FailureKind::Handshake
                | FailureKind::ClientCertificateRefused
                | FailureKind::BadFile
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
