//! What a mock is to serve, from what a folder says of it.

use super::{Identity, is_document};
use crate::config::{MOCK_ADDRESS, MockConfig};
use std::path::{Path, PathBuf};

/// What to serve, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockOptions {
    /// `host:port`; port 0 takes a free one.
    pub listen: String,
    /// `.proto` files and files that hold a FileDescriptorSet. `.gctf` files may bring their own.
    pub protos: Vec<PathBuf>,
    pub import_paths: Vec<PathBuf>,
    /// Stub files, `.gctf` files, or folders of stub files.
    pub stubs: Vec<PathBuf>,
    /// For TLS beside plaintext.
    pub identity: Option<Identity>,
}

impl MockOptions {
    /// The files and folders that are named.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let identity = self.identity.iter().flat_map(|identity| {
            [&identity.certificate, &identity.key]
                .into_iter()
                .chain(&identity.client_ca)
        });
        let named = self.protos.iter().chain(&self.import_paths).chain(&self.stubs);
        named.chain(identity).map(PathBuf::as_path)
    }

    /// What a configuration means. Looks whether the files are there.
    ///
    /// # Errors
    /// A sentence: a file that is not there, or what is missing in the configuration.
    pub fn of(config: MockConfig) -> Result<Self, String> {
        let files = config.protos.iter().chain(&config.stubs).chain(&config.import_paths);
        let mut files = files.chain(&config.cert).chain(&config.key).chain(&config.client_ca);
        if let Some(path) = files.find(|path| !path.exists()) {
            return Err(format!("{}: no such file or folder", path.display()));
        }
        if let Some(folder) = config.protos.iter().find(|path| path.is_dir()) {
            let advice = "is a folder: name the files in it, or give a folder of stubs by -s";
            return Err(format!("{}: {advice}", folder.display()));
        }
        let (documents, protos): (Vec<_>, Vec<_>) = config.protos.into_iter().partition(|path| is_document(path));
        let stubs = [documents, config.stubs].concat();
        if protos.is_empty() && !stubs.iter().any(|path| is_document(path)) {
            let help =
                "nothing to serve: name .proto or .gctf files, or write protos = [\"…\"] under [mock] in gctf.toml";
            return Err(help.to_owned());
        }
        let identity = match (config.cert, config.key) {
            (Some(certificate), Some(key)) => Some(Identity {
                certificate,
                key,
                client_ca: config.client_ca,
            }),
            (None, None) if config.client_ca.is_some() => {
                return Err("client_ca is given without cert: add --cert and --key".to_owned());
            }
            (None, None) => None,
            (Some(_), None) => return Err("cert is given without key: add --key".to_owned()),
            (None, Some(_)) => return Err("key is given without cert: add --cert".to_owned()),
        };
        Ok(Self {
            listen: config.listen.unwrap_or_else(|| MOCK_ADDRESS.to_owned()),
            protos,
            import_paths: config.import_paths,
            stubs,
            identity,
        })
    }
}
