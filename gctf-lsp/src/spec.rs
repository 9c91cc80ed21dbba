//! The language as data: sections, options, keys, attributes, status codes.
//! Completion, hover, validation and documentation all read this one table.

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

impl SectionKind {
    /// The section that `name` (upper case, as in the header) stands for.
    pub fn from_name(name: &str) -> Self {
        match name {
            "META" => Self::Meta,
            "BENCH" => Self::Bench,
            "DATASET" => Self::Dataset,
            "ADDRESS" => Self::Address,
            "ENDPOINT" => Self::Endpoint,
            "TLS" => Self::Tls,
            "PROTO" => Self::Proto,
            "OPTIONS" => Self::Options,
            "REQUEST_HEADERS" | "HEADERS" => Self::RequestHeaders,
            "REQUEST" => Self::Request,
            "RESPONSE" => Self::Response,
            "ERROR" => Self::Error,
            "ASSERTS" => Self::Asserts,
            "EXTRACT" => Self::Extract,
            _ => Self::Unknown,
        }
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
}
