//! Names of request headers that people send.

/// A header name with a value to start with, in snippet syntax, and its meaning.
#[derive(Clone, Copy, Debug)]
pub struct KnownHeader {
    pub name: &'static str,
    pub value: &'static str,
    pub docs: &'static str,
}

/// Well-known headers, most used first.
pub const HEADERS: &[KnownHeader] = &[
    header(
        "authorization",
        "Bearer {{ ${1:token} \\}\\}",
        "Who calls; shown as `***`.",
    ),
    header("x-request-id", "$1", "Identifies the call in logs."),
    header(
        "x-api-key",
        "{{ ${1:env.API_KEY} \\}\\}",
        "A key of the caller; shown as `***`.",
    ),
    header("x-correlation-id", "$1", "Joins the calls of one action."),
    header("traceparent", "$1", "The W3C trace that the call belongs to."),
    header("x-tenant-id", "$1", "The tenant that the call is for."),
    header("accept-language", "${1:en}", "The language of texts in the reply."),
    header("user-agent", "$1", "Replaces `gctf/<version>`."),
    header("cookie", "$1", "Cookies; shown as `***`."),
];

/// Names that start so belong to the protocol and cannot be sent.
pub const RESERVED: &str = "grpc-";

const fn header(name: &'static str, value: &'static str, docs: &'static str) -> KnownHeader {
    KnownHeader { name, value, docs }
}
