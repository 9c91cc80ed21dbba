//! What a REQUEST with templates wants of a field: a value with open places.

use serde_json::Value as Json;
use std::fmt;

/// A value, or the shape of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A template alone in its string.
    Any,
    /// What stands around the templates of a string, at least two pieces.
    Text(Vec<String>),
    /// A value without templates, as messages are shown.
    Exact(Json),
    /// Members by the names that messages are shown with.
    Object(Vec<(String, Part)>),
    Array(Vec<Part>),
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const OPEN: &str = "{{…}}";
        match self {
            Self::Any => formatter.write_str(OPEN),
            Self::Text(pieces) => write!(formatter, "\"{}\"", pieces.join(OPEN)),
            Self::Exact(value) => write!(formatter, "{value}"),
            Self::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, part)| format!("\"{name}\":{part}"))
                    .collect();
                write!(formatter, "{{{}}}", members.join(","))
            }
            Self::Array(parts) => {
                let parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
                write!(formatter, "[{}]", parts.join(","))
            }
        }
    }
}
