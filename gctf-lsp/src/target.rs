//! Where a document's call goes and where its schema comes from, as plain data.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// One server as a document names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// Host name or IP address, IPv6 without brackets.
    pub host: String,
    pub port: u16,
    /// TLS settings; `None` is plaintext.
    pub tls: Option<Tls>,
}

/// How a connection is encrypted. Paths are absolute or relative to the working directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tls {
    /// PEM bundle of the only trusted certificate authorities; the system's roots without one.
    pub ca: Option<PathBuf>,
    /// Client certificate and key, PEM.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Name for SNI and verification instead of the host.
    pub server_name: Option<String>,
    /// `false` skips the verification of the server's certificate.
    pub verify: bool,
    /// `:authority` instead of the host and port.
    pub authority: Option<String>,
}

impl Target {
    /// Whether the host is this machine by its text: 127.0.0.0/8, ::1, `localhost`, `*.localhost`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_end_matches('.').to_ascii_lowercase();
        match host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(formatter, "[{}]:{}", self.host, self.port),
            false => write!(formatter, "{}:{}", self.host, self.port),
        }
    }
}

/// Where a schema is loaded from; equal sources share one load.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SchemaSource {
    /// Reflection at a server, with the metadata that the call would send.
    Reflection {
        target: Target,
        headers: Vec<(String, String)>,
    },
    /// `.proto` files, compiled with these import paths.
    Protos {
        files: Vec<PathBuf>,
        import_paths: Vec<PathBuf>,
    },
    /// A file that holds a FileDescriptorSet.
    DescriptorSet(PathBuf),
}

/// A place in a file that a schema is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePlace {
    pub path: PathBuf,
    /// From 0.
    pub line: u32,
    /// From 0, in bytes.
    pub column: u32,
}

impl SchemaSource {
    /// The files and folders that loading it reads.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let (tls, files, import_paths): (Option<&Tls>, &[PathBuf], &[PathBuf]) = match self {
            Self::Reflection { target, .. } => (target.tls.as_ref(), &[], &[]),
            Self::Protos { files, import_paths } => (None, files, import_paths),
            Self::DescriptorSet(path) => (None, std::slice::from_ref(path), &[]),
        };
        let identity = tls.and_then(|tls| tls.identity.as_ref());
        let of_tls = tls
            .and_then(|tls| tls.ca.as_ref())
            .into_iter()
            .chain(identity.into_iter().flat_map(|(certificate, key)| [certificate, key]));
        of_tls.chain(files).chain(import_paths).map(PathBuf::as_path)
    }
}

impl fmt::Display for SchemaSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reflection { target, .. } => write!(formatter, "reflection at {target}"),
            Self::Protos { files, .. } => {
                let names: Vec<_> = files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
                write!(formatter, "{}", names.join(", "))
            }
            Self::DescriptorSet(path) => write!(formatter, "{}", path.display()),
        }
    }
}
