//! A call of grpcurl as the text of a document.

use super::arguments::{Arguments, Flag};
use super::shell::{Piece, Word, literal, quoted};
use crate::ide::format;
use crate::syntax::SourceFile;
use crate::text::apply;
use std::path::Path;

/// Where the document is to stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    /// The folder of its file.
    pub(super) folder: Option<&'a Path>,
}

/// The document that makes the call and expects nothing yet, laid out, with a line end. What it cannot say stands in
/// comments above.
pub(super) fn document(mut arguments: Arguments, site: Site<'_>) -> String {
    let mut left = std::mem::take(&mut arguments.left);
    let mut connection = Sections::default();
    let mut headers = Vec::new();
    let has_tls = tls(&mut arguments, site, &mut connection, &mut left);
    proto(&mut arguments, site, &mut connection, &mut left);
    for flag in std::mem::take(&mut arguments.flags) {
        match flag.name {
            "H" | "rpc-header" => match header(&flag) {
                Some(line) => headers.push(line),
                None => left.push(flag.source),
            },
            "max-time" => match seconds(&flag) {
                Some(seconds) => connection.add("OPTIONS", format!("timeout: {seconds}")),
                None => left.push(flag.source),
            },
            _ => left.push(flag.source),
        }
    }
    if arguments.emits_defaults {
        connection.add("OPTIONS", "emit_defaults: true".to_owned());
    }
    let body = body(arguments.data.take(), &mut left);
    let written = arguments.address.as_ref().map(|word| {
        let address = address(word, has_tls || arguments.is_plaintext);
        address.ok_or_else(|| quoted(word))
    });
    let address = written.and_then(|address| address.map_err(|word| left.push(word)).ok());
    let mut text: String = left.iter().map(|left| comment(left)).collect();
    if let Some(address) = address {
        text.push_str(&format!("--- ADDRESS ---\n{address}\n\n"));
    }
    text.push_str(&format!("--- ENDPOINT ---\n{}\n\n", arguments.endpoint));
    text.push_str(&connection.text());
    if !headers.is_empty() {
        text.push_str(&format!("--- REQUEST_HEADERS ---\n{}\n\n", headers.join("\n")));
    }
    laid_out(&text, &body)
}

/// A document for a payload.
pub(super) fn of_payload(body: &str, endpoint: Option<&str>) -> String {
    laid_out(&format!("--- ENDPOINT ---\n{}\n\n", endpoint.unwrap_or_default()), body)
}

fn laid_out(head: &str, body: &str) -> String {
    let text = format!("{head}--- REQUEST ---\n{body}\n\n--- RESPONSE ---\n");
    apply(&text, &format::format(&SourceFile::new(&text)))
}

/// JSON values as a body has them; `None` for what is none, or would end the section.
pub(super) fn payload(text: &str) -> Option<String> {
    let source = SourceFile::new(&format!("--- REQUEST ---\n{text}\n"));
    let (_, document) = source.document(0)?;
    let is_one = source.documents().len() == 1 && document.sections().len() == 1;
    let is_apart = document.near_misses().is_empty() && document.dangling_attributes().is_empty();
    let body = format::body(text).filter(|_| is_one && is_apart)?;
    (!document.sections()[0].values().is_empty()).then_some(body)
}

/// Key-value sections by their names, in the order in which they are first met.
#[derive(Default)]
struct Sections(Vec<(&'static str, Vec<String>)>);

impl Sections {
    fn add(&mut self, name: &'static str, line: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, lines)) => lines.push(line),
            None => self.0.push((name, vec![line])),
        }
    }

    fn text(&self) -> String {
        let section = |(name, lines): &(&str, Vec<String>)| format!("--- {name} ---\n{}\n\n", lines.join("\n"));
        self.0.iter().map(section).collect()
    }
}

/// Writes TLS; whether it has a section. Only flags that count are taken.
fn tls(arguments: &mut Arguments, site: Site<'_>, connection: &mut Sections, left: &mut Vec<String>) -> bool {
    const KEYS: [(&str, &str); 5] = [
        ("cacert", "ca_cert"),
        ("cert", "client_cert"),
        ("key", "client_key"),
        ("servername", "server_name"),
        ("authority", "authority"),
    ];
    let mut has_section = false;
    let mut has_name = arguments.flags.iter().any(|flag| flag.name == "servername");
    for (name, key) in KEYS {
        let flags = arguments.flags.extract_if(.., |flag| flag.name == name);
        for flag in flags.collect::<Vec<_>>() {
            let is_path = !matches!(name, "servername" | "authority");
            let value = setting(&flag).filter(|_| !arguments.is_plaintext);
            let Some(value) = value else {
                left.push(flag.source);
                continue;
            };
            let value = match is_path {
                true => within(&value, site),
                false => value,
            };
            has_section = true;
            // It is also the name that the certificate is verified against.
            if name == "authority" && !std::mem::replace(&mut has_name, true) {
                connection.add("TLS", format!("server_name: {value}"));
            }
            connection.add("TLS", format!("{key}: {value}"));
        }
    }
    if arguments.is_insecure && !arguments.is_plaintext {
        has_section = true;
        connection.add("TLS", "insecure: true".to_owned());
    }
    has_section
}

fn proto(arguments: &mut Arguments, site: Site<'_>, connection: &mut Sections, left: &mut Vec<String>) {
    let mut paths = |name: &str| {
        let mut found = Vec::new();
        let flags = arguments.flags.extract_if(.., |flag| flag.name == name);
        for flag in flags.collect::<Vec<_>>() {
            match setting(&flag).filter(|path| !path.contains([',', '"', '\'', '[', ']'])) {
                Some(path) => found.push(path),
                None => left.push(flag.source),
            }
        }
        found
    };
    let (files, sets, mut roots) = (paths("proto"), paths("protoset"), paths("import-path"));
    // A name is relative to a root; a document's is relative to its folder.
    let of_root = |file: &String| match roots.as_slice() {
        [root] if Path::new(file).is_relative() && !Path::new(file).starts_with(root) => {
            Path::new(root).join(file).display().to_string()
        }
        _ => file.clone(),
    };
    let files: Vec<_> = files.iter().map(|file| within(&of_root(file), site)).collect();
    roots = roots.iter().map(|root| within(root, site)).collect();
    // The folders of the document and of the files are searched anyway.
    let is_searched = |root: &str| {
        let root = Path::new(root);
        matches!(root.to_str(), Some("." | "./")) || files.iter().any(|file| Path::new(file).parent() == Some(root))
    };
    match (sets.split_first(), files.is_empty()) {
        (Some((first, others)), _) => {
            connection.add("PROTO", format!("descriptor: {}", within(first, site)));
            left.extend(others.iter().map(|other| format!("-protoset {other}")));
            left.extend(files.iter().map(|file| format!("-proto {file}")));
        }
        (None, false) => {
            connection.add("PROTO", format!("files: {}", files.join(", ")));
            roots.retain(|root| !is_searched(root));
            if !roots.is_empty() {
                connection.add("PROTO", format!("import_paths: {}", roots.join(", ")));
            }
        }
        (None, true) => left.extend(roots.iter().map(|root| format!("-import-path {root}"))),
    }
}

/// A text that a key-value line can have.
fn setting(flag: &Flag) -> Option<String> {
    literal(&flag.value).filter(|text| !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r']))
}

/// A path as a file in the folder writes it.
fn within(path: &str, site: Site<'_>) -> String {
    let inside = site.folder.and_then(|folder| Path::new(path).strip_prefix(folder).ok());
    match inside.map(|inside| inside.display().to_string()) {
        Some(inside) if inside.is_empty() => ".".to_owned(),
        Some(inside) => inside,
        None => path.to_owned(),
    }
}

fn header(flag: &Flag) -> Option<String> {
    let text = template(&flag.value)?;
    let (name, value) = text.split_once(':')?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = !name.is_empty() && !name.contains(['{', '#']);
    (is_name && is_line(text.trim())).then(|| format!("{name}: {value}"))
}

/// Whole seconds, not less than what was written.
fn seconds(flag: &Flag) -> Option<u64> {
    let seconds: f64 = literal(&flag.value)?.parse().ok()?;
    (seconds > 0.0 && seconds < 1e9).then_some(seconds.ceil() as u64)
}

/// The address; `is_said` tells whether something else says how it is reached.
fn address(word: &Word, is_said: bool) -> Option<String> {
    let text = template(word)?;
    let text = text.strip_prefix("dns:///").unwrap_or(&text);
    if !is_line(text) {
        return None;
    }
    let text = match text.starts_with(':') {
        true => format!("localhost{text}"),
        false => text.to_owned(),
    };
    Some(match is_said || text.contains("://") {
        true => text,
        false => format!("https://{text}"),
    })
}

/// Whether a text can be a line of a section: neither several, nor a header, nor a comment.
fn is_line(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\n', '\r']) && !text.starts_with(['-', '#'])
}

/// The word with templates for variables; `None` for what only a shell knows.
fn template(word: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in word {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Variable(name) => text.push_str(&format!("{{{{ env.{name} }}}}")),
            Piece::Code(_) => return None,
        }
    }
    Some(text)
}

/// The request; what is no JSON is left.
fn body(data: Option<Flag>, left: &mut Vec<String>) -> String {
    const EMPTY: &str = "{}";
    let Some(data) = data else { return EMPTY.to_owned() };
    let text = json_template(&data.value);
    if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return EMPTY.to_owned();
    }
    match text.and_then(|text| payload(&text)) {
        Some(body) => body,
        None => {
            left.push(data.source);
            EMPTY.to_owned()
        }
    }
}

/// JSON with templates for variables, which a string is put around where they stand alone.
fn json_template(word: &[Piece]) -> Option<String> {
    let mut text = String::new();
    let (mut in_string, mut is_escaped) = (false, false);
    for piece in word {
        match piece {
            Piece::Text(part) => {
                for character in part.chars() {
                    in_string ^= character == '"' && !is_escaped;
                    is_escaped = in_string && character == '\\' && !is_escaped;
                }
                text.push_str(part);
            }
            Piece::Variable(name) if in_string => text.push_str(&format!("{{{{ env.{name} }}}}")),
            Piece::Variable(name) => text.push_str(&format!("\"{{{{ env.{name} }}}}\"")),
            Piece::Code(_) => return None,
        }
    }
    Some(text)
}

fn comment(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    format!("# Not taken over: {}\n", lines.join("\n# "))
}
