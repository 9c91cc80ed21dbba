//! The sections of a document.

use super::{Word, keys, options};

/// What a section is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionKind {
    Meta,
    Bench,
    Dataset,
    Address,
    Endpoint,
    Tls,
    Proto,
    Options,
    RequestHeaders,
    Request,
    Response,
    Error,
    Asserts,
    Extract,
    /// A header whose name is no section.
    Unknown,
}

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Yaml,
    KeyValue,
    /// Key-value lines or one JSON object.
    KeyValueOrJson,
    /// One line.
    Value,
    Json,
    Asserts,
    Extract,
}

/// A section with its place in a document.
#[derive(Clone, Copy, Debug)]
pub struct SectionSpec {
    pub kind: SectionKind,
    pub name: &'static str,
    /// Its name in old files.
    pub old: Option<&'static str>,
    pub family: Family,
    /// Whether a document can have several.
    pub repeats: bool,
    /// Options of its header.
    pub options: &'static [Word],
    /// Keys of its body.
    pub keys: &'static [Word],
    /// Where it usually stands: sections of a smaller rank come first.
    pub rank: u8,
    /// A body to start with, in snippet syntax.
    pub skeleton: &'static str,
    /// One sentence.
    pub docs: &'static str,
}

/// Every section in the usual order.
pub const SECTIONS: &[SectionSpec] = &[
    SectionSpec {
        keys: keys::META,
        ..section(
            SectionKind::Meta,
            "META",
            Family::Yaml,
            0,
            "name: $1\ntags: [$2]",
            "Name, summary, owner, tags and links of the file, in YAML; the first section of the file.",
        )
    },
    SectionSpec {
        keys: keys::BENCH,
        ..section(
            SectionKind::Bench,
            "BENCH",
            Family::KeyValue,
            1,
            "mode: ${1|fixed,stepping,adaptive,closed,open|}",
            "Load settings of another tool: checked here, not executed.",
        )
    },
    section(
        SectionKind::Dataset,
        "DATASET",
        Family::Yaml,
        2,
        "- ${1:column}: ${2:value}",
        "Rows in YAML: the file runs once for each, with its columns as `{{dataset.column}}`.",
    ),
    section(
        SectionKind::Address,
        "ADDRESS",
        Family::Value,
        3,
        "${1:localhost:4770}",
        "Where the call goes: `host:port`, `http://host` or `https://host`; later documents keep it.",
    ),
    section(
        SectionKind::Endpoint,
        "ENDPOINT",
        Family::Value,
        4,
        "$1",
        "The method that is called, `package.Service/Method`.",
    ),
    SectionSpec {
        keys: keys::TLS,
        ..section(
            SectionKind::Tls,
            "TLS",
            Family::KeyValueOrJson,
            4,
            "ca_cert: $1",
            "Encrypts the connection, also when it is empty; goes with its ADDRESS.",
        )
    },
    SectionSpec {
        keys: keys::PROTO,
        ..section(
            SectionKind::Proto,
            "PROTO",
            Family::KeyValueOrJson,
            4,
            "files: $1",
            "Where the schema comes from instead of reflection.",
        )
    },
    SectionSpec {
        keys: keys::OPTIONS,
        ..section(
            SectionKind::Options,
            "OPTIONS",
            Family::KeyValue,
            4,
            "timeout: ${1:30}",
            "Timeout, retries and compression of the call; later documents keep them.",
        )
    },
    SectionSpec {
        old: Some("HEADERS"),
        ..section(
            SectionKind::RequestHeaders,
            "REQUEST_HEADERS",
            Family::KeyValue,
            5,
            "${1:authorization}: $2",
            "Metadata that is sent with the call, one `name: value` a line.",
        )
    },
    SectionSpec {
        repeats: true,
        ..section(
            SectionKind::Request,
            "REQUEST",
            Family::Json,
            5,
            "{\n  $1\n}",
            "Messages to send, each a JSON object that starts on its own line.",
        )
    },
    SectionSpec {
        repeats: true,
        options: options::RESPONSE,
        ..section(
            SectionKind::Response,
            "RESPONSE",
            Family::Json,
            5,
            "{\n  $1\n}",
            "Messages that are expected, each a JSON object that starts on its own line; `\"*\"` is any value.",
        )
    },
    SectionSpec {
        options: options::RESPONSE,
        ..section(
            SectionKind::Error,
            "ERROR",
            Family::Json,
            5,
            "{\n  \"code\": \"$1\",\n  \"message\": \"${2:*}\"\n}",
            "The error status that is expected: `code`, `message` and `details`.",
        )
    },
    SectionSpec {
        repeats: true,
        ..section(
            SectionKind::Asserts,
            "ASSERTS",
            Family::Asserts,
            5,
            ".$1",
            "Expressions that must hold for the message, one a line, in jq with plugins.",
        )
    },
    SectionSpec {
        repeats: true,
        ..section(
            SectionKind::Extract,
            "EXTRACT",
            Family::Extract,
            5,
            "${1:name} = .$2",
            "Variables for later sections and documents, `name = expression` a line.",
        )
    },
];

const fn section(
    kind: SectionKind,
    name: &'static str,
    family: Family,
    rank: u8,
    skeleton: &'static str,
    docs: &'static str,
) -> SectionSpec {
    SectionSpec {
        kind,
        name,
        old: None,
        family,
        repeats: false,
        options: &[],
        keys: &[],
        rank,
        skeleton,
        docs,
    }
}

impl SectionSpec {
    /// Markdown for people.
    pub fn describe(&self) -> String {
        let mut lines = vec![self.docs.to_owned()];
        let names: Vec<_> = self.options.iter().map(|word| format!("`{}`", word.name())).collect();
        if !names.is_empty() {
            lines.push(format!("Options: {}", names.join(", ")));
        }
        lines.push(match (self.kind, self.repeats) {
            (SectionKind::Endpoint, _) => "Once in every document.".to_owned(),
            (_, true) => "Any number in a document.".to_owned(),
            (_, false) => "At most once in a document.".to_owned(),
        });
        lines.join("\n\n")
    }
}

impl SectionKind {
    /// The section that `name` (upper case, as in the header) stands for.
    pub fn from_name(name: &str) -> Self {
        SECTIONS
            .iter()
            .find(|section| section.name == name || section.old == Some(name))
            .map_or(Self::Unknown, |section| section.kind)
    }

    /// What the table says of it; nothing of an unknown section.
    pub fn spec(self) -> Option<&'static SectionSpec> {
        SECTIONS.iter().find(|section| section.kind == self)
    }

    /// Keys of its body.
    pub fn keys(self) -> &'static [Word] {
        self.spec().map_or(&[], |section| section.keys)
    }

    /// Whether an ENDPOINT header after this section starts a new document.
    pub fn completes_document(self) -> bool {
        matches!(
            self,
            Self::Request | Self::Response | Self::Error | Self::Asserts | Self::Extract
        )
    }

    /// Whether the section moves with an ENDPOINT that directly follows it.
    pub fn moves_with_endpoint(self) -> bool {
        matches!(
            self,
            Self::Address | Self::Tls | Self::Proto | Self::Options | Self::RequestHeaders
        )
    }

    /// Whether a section says what is expected of the call.
    pub fn expects(self) -> bool {
        matches!(self, Self::Response | Self::Error | Self::Asserts)
    }
}
