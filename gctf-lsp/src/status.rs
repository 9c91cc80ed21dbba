//! gRPC statuses: their codes, their names, and who made them.

/// The canonical names by code.
pub const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The code of a call that took too long.
pub const DEADLINE_EXCEEDED: i32 = 4;
/// The code of a method that the server does not have.
pub const UNIMPLEMENTED: i32 = 12;
/// The code of a server that cannot be reached.
pub const UNAVAILABLE: i32 = 14;

/// Who made a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Server,
    Deadline,
    Unreachable,
    /// An HTTP answer without a gRPC status.
    Http,
    Local,
}

/// `NOT_FOUND` for 5; `UNKNOWN` for a number that gRPC does not know.
pub fn code_name(code: i32) -> &'static str {
    usize::try_from(code)
        .ok()
        .and_then(|code| CODES.get(code))
        .unwrap_or(&"UNKNOWN")
}

/// The code that a number or a name in any case means: `5`, `NOT_FOUND`, `not_found`, `NotFound`.
pub fn parse_code(text: &str) -> Option<i32> {
    let fold = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let by_name = CODES.iter().position(|name| fold(name) == fold(text));
    let code = by_name.or_else(|| text.parse().ok().filter(|code| *code < CODES.len()))?;
    i32::try_from(code).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for text in ["5", "NOT_FOUND", "not_found", "NotFound"] {
            assert_eq!(parse_code(text), Some(5), "{text}");
        }
        assert_eq!(parse_code("17"), None);
        assert_eq!(code_name(14), "UNAVAILABLE");
        assert_eq!(code_name(-1), "UNKNOWN");
    }
}
