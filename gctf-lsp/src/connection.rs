//! From the ADDRESS, TLS and PROTO in force to the target and the source of the schema.
//! Reads no files and no environment: both are handed in.

pub mod named_files;

use crate::spec::{SectionKind, Word, keys};
use crate::syntax::address::{Address, Scheme};
use crate::syntax::settings::list_items;
use crate::syntax::{Document, InForce, Section, SectionIndex, SourceFile};
use crate::target::{SchemaSource, Target, Tls};
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use crate::syntax::address::split_endpoint;

/// What stands in for settings that a file leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Target of documents without ADDRESS.
    pub address: String,
    /// From `GCTF_TLS_*`; paths relative to the working directory.
    pub ca: Option<PathBuf>,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub server_name: Option<String>,
    /// Where imports of PROTO files are looked for last.
    pub import_roots: Vec<PathBuf>,
}

/// A setting that makes a connection impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A `G2…` number.
    pub code: &'static str,
    /// Bytes of the document at `document`.
    pub range: Range<usize>,
    pub document: usize,
    pub message: String,
}

/// Where one document's call goes.
#[derive(Clone, Debug)]
pub struct Connection<'a> {
    file: &'a SourceFile,
    index: usize,
    force: InForce,
    /// Folder that relative paths of sections start at.
    folder: &'a Path,
    defaults: &'a Defaults,
}

impl<'a> Connection<'a> {
    /// The connection of the document at `index`, by what is in force there.
    pub fn new(file: &'a SourceFile, index: usize, force: InForce, folder: &'a Path, defaults: &'a Defaults) -> Self {
        Self {
            file,
            index,
            force,
            folder,
            defaults,
        }
    }

    /// The ADDRESS text as written, or the default.
    pub fn address_text(&self) -> &str {
        self.force
            .address
            .and_then(|at| self.section(at)?.single_line())
            .map_or(self.defaults.address.as_str(), |line| line.text.as_str())
    }

    /// The target, with `address` for the ADDRESS text (its templates replaced).
    ///
    /// # Errors
    /// The setting that makes no sense, with its place.
    pub fn target(&self, address: &str) -> Result<Target, Fault> {
        let parsed = Address::parse(address).map_err(|message| self.address_fault("G206", message))?;
        let section = self.force.tls.and_then(|at| self.section(at));
        let own_tls = self.force.tls.is_some_and(|at| at.document == self.index);
        if parsed.scheme == Scheme::Http && section.is_some() && own_tls && !says_plaintext(section) {
            return Err(self.address_fault(
                "G218",
                "`http://` together with a TLS section: write `https://` or delete the TLS section".to_owned(),
            ));
        }
        let tls = match (parsed.scheme, section) {
            (Scheme::Http, _) => None,
            (_, section) if says_plaintext(section) => None,
            (_, Some(section)) => Some(self.tls(section)?),
            (Scheme::Https, None) => Some(self.environment_tls()?),
            (Scheme::None, None) if self.has_environment() => Some(self.environment_tls()?),
            (Scheme::None, None) => None,
        };
        Ok(Target {
            host: parsed.host,
            port: parsed.port,
            tls,
        })
    }

    /// Where the schema comes from, given the call's target and metadata.
    pub fn schema_source(&self, target: &Target, headers: Vec<(String, String)>) -> SchemaSource {
        self.schema_files().unwrap_or_else(|| SchemaSource::Reflection {
            target: target.clone(),
            headers,
        })
    }

    /// The files that PROTO takes the schema from; `None` leaves it to reflection.
    pub fn schema_files(&self) -> Option<SchemaSource> {
        let proto = self.force.proto.and_then(|at| self.section(at));
        let setting = |key: Word| proto.and_then(|section| section.setting(key.spellings));
        let by_reflection = setting(keys::PROTO_MODE).is_some_and(|mode| mode.text == "reflection");
        let paths = |text: &str| list_items(text).iter().map(|path| self.folder.join(path)).collect();
        match (setting(keys::DESCRIPTOR), setting(keys::FILES)) {
            (Some(path), _) if !by_reflection => Some(SchemaSource::DescriptorSet(self.folder.join(path.text))),
            (None, Some(files)) if !by_reflection => {
                let mut import_paths: Vec<PathBuf> =
                    setting(keys::IMPORT_PATHS).map_or_else(Vec::new, |list| paths(&list.text));
                import_paths.push(self.folder.to_owned());
                import_paths.extend(self.defaults.import_roots.iter().cloned());
                Some(SchemaSource::Protos {
                    files: paths(&files.text),
                    import_paths,
                })
            }
            _ => None,
        }
    }

    fn section(&self, at: SectionIndex) -> Option<&'a Section> {
        let (_, document) = self.file.document(at.document)?;
        document.sections().get(at.section)
    }

    fn address_fault(&self, code: &'static str, message: String) -> Fault {
        let place = self.force.address.and_then(|at| {
            let section = self.section(at)?;
            let range = section
                .single_line()
                .map_or(section.header.clone(), |line| line.range.clone());
            Some((at.document, range))
        });
        let (document, range) = place.unwrap_or_else(|| (self.index, self.first_header()));
        Fault {
            code,
            range,
            document,
            message,
        }
    }

    fn first_header(&self) -> Range<usize> {
        let document = self.file.document(self.index).map(|(_, document)| document);
        let section = document.and_then(|document| {
            let endpoint = document.sections_of(SectionKind::Endpoint).next();
            endpoint.or_else(|| document.sections().first())
        });
        section.map_or(0..0, |section| section.header.clone())
    }

    fn tls(&self, section: &Section) -> Result<Tls, Fault> {
        let path = |key: Word, default: &Option<PathBuf>| {
            section
                .setting(key.spellings)
                .filter(|value| !value.text.is_empty())
                .map(|value| self.folder.join(value.text))
                .or_else(|| default.clone())
        };
        let text = |key: Word| {
            section
                .setting(key.spellings)
                .map(|value| value.text)
                .filter(|text| !text.is_empty())
        };
        let certificate = path(keys::CERTIFICATE, &self.defaults.certificate);
        let key = path(keys::KEY, &self.defaults.key);
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (certificate, _) => return Err(self.half_identity(section, certificate.is_some())),
        };
        Ok(Tls {
            ca: path(keys::CA, &self.defaults.ca),
            identity,
            server_name: text(keys::SERVER_NAME).or_else(|| self.defaults.server_name.clone()),
            verify: section.unverified().is_none(),
            authority: text(keys::AUTHORITY),
        })
    }

    fn half_identity(&self, section: &Section, has_certificate: bool) -> Fault {
        let message = match has_certificate {
            true => "client certificate without its key: add `client_key: …`",
            false => "client key without its certificate: add `client_cert: …`",
        };
        Fault {
            code: "G217",
            range: section.header.clone(),
            document: self.force.tls.map_or(self.index, |at| at.document),
            message: message.to_owned(),
        }
    }

    fn has_environment(&self) -> bool {
        let Defaults {
            ca,
            certificate,
            key,
            server_name,
            ..
        } = self.defaults;
        ca.is_some() || certificate.is_some() || key.is_some() || server_name.is_some()
    }

    fn environment_tls(&self) -> Result<Tls, Fault> {
        let (certificate, key) = (&self.defaults.certificate, &self.defaults.key);
        if certificate.is_some() != key.is_some() {
            let missing = match certificate {
                Some(_) => "GCTF_TLS_CERT_FILE is set without GCTF_TLS_KEY_FILE: set both",
                None => "GCTF_TLS_KEY_FILE is set without GCTF_TLS_CERT_FILE: set both",
            };
            return Err(self.address_fault("G217", missing.to_owned()));
        }
        Ok(Tls {
            ca: self.defaults.ca.clone(),
            identity: certificate.clone().zip(key.clone()),
            server_name: self.defaults.server_name.clone(),
            verify: true,
            authority: None,
        })
    }
}

/// The document's REQUEST_HEADERS in order, names in lower case, values as written.
pub fn request_headers(document: &Document) -> Vec<(String, String)> {
    document
        .sections_of(SectionKind::RequestHeaders)
        .flat_map(Section::entries)
        .filter(|entry| entry.colon && !entry.key.text.is_empty())
        .map(|entry| (entry.key.text.to_ascii_lowercase(), entry.value.text.clone()))
        .collect()
}

fn says_plaintext(section: Option<&Section>) -> bool {
    section.is_some_and(Section::says_plaintext)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str, index: usize) -> String {
        let file = SourceFile::new(text);
        let defaults = Defaults {
            address: "localhost:4770".to_owned(),
            ..Defaults::default()
        };
        let force = file.in_force(index);
        let connection = Connection::new(&file, index, force, Path::new("/t"), &defaults);
        match connection.target(connection.address_text()) {
            Ok(target) => match &target.tls {
                None => format!("{target} plaintext"),
                Some(tls) => format!(
                    "{target} tls ca={:?} identity={:?} verify={}",
                    tls.ca.as_deref().unwrap_or(Path::new("-")),
                    tls.identity.is_some(),
                    tls.verify
                ),
            },
            Err(fault) => format!("{} {}", fault.code, fault.message),
        }
    }

    #[test]
    fn plaintext_or_tls() {
        let call = "--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{}\n--- RESPONSE ---\n{}\n";
        for (head, expected) in [
            ("", "localhost:4770 plaintext"),
            ("--- ADDRESS ---\nhttp://h\n", "h:80 plaintext"),
            ("--- ADDRESS ---\n[::1]:5\n", "[::1]:5 plaintext"),
            (
                "--- ADDRESS ---\nhttps://h\n",
                "h:443 tls ca=\"-\" identity=false verify=true",
            ),
            (
                "--- ADDRESS ---\nh:1\n--- TLS ---\n",
                "h:1 tls ca=\"-\" identity=false verify=true",
            ),
            (
                "--- ADDRESS ---\nh:1\n--- TLS ---\nca_file: x/ca.pem\ncert: c\nkey: k\ninsecure: yes\n",
                "h:1 tls ca=\"/t/x/ca.pem\" identity=true verify=false",
            ),
            ("--- ADDRESS ---\nh:1\n--- TLS ---\nmode: plaintext\n", "h:1 plaintext"),
            (
                "--- ADDRESS ---\nh:1\n--- TLS ---\n{\"certificates\": {\"ca_cert\": \"a\"}, \"options\": {\"insecure\": true}}\n",
                "h:1 tls ca=\"/t/a\" identity=false verify=false",
            ),
            (
                "--- ADDRESS ---\nhttp://h\n--- TLS ---\n",
                "G218 `http://` together with a TLS section: write `https://` or delete the TLS section",
            ),
            (
                "--- ADDRESS ---\nh:1\n--- TLS ---\ncert: a\n",
                "G217 client certificate without its key: add `client_key: …`",
            ),
            ("--- ADDRESS ---\nh\n", "G206 the port is missing: write `h:4770`"),
            (
                "--- ADDRESS ---\nunix:///x\n",
                "G206 scheme `unix` is not supported: write `host:port`, `http://host` or `https://host`",
            ),
        ] {
            assert_eq!(target(&format!("{head}{call}"), 0), expected, "{head}");
        }
    }

    #[test]
    fn tls_goes_with_its_address() {
        let first = "--- ADDRESS ---\nh:1\n--- TLS ---\n--- ENDPOINT ---\na/B\n--- REQUEST ---\n";
        let carried = format!("{first}--- ENDPOINT ---\na/B\n--- REQUEST ---\n");
        assert!(target(&carried, 1).starts_with("h:1 tls"));
        let own = format!("{first}--- ADDRESS ---\nh:2\n--- ENDPOINT ---\na/B\n--- REQUEST ---\n");
        assert_eq!(target(&own, 1), "h:2 plaintext");
    }
}
