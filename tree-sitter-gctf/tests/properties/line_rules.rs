//! The line rules, read a second time and in another way.

use std::ops::Range;

pub(crate) const BLANKS: [char; 2] = [' ', '\t'];
const NAMES: [&str; 15] = [
    "META",
    "BENCH",
    "DATASET",
    "ADDRESS",
    "ENDPOINT",
    "TLS",
    "PROTO",
    "OPTIONS",
    "REQUEST_HEADERS",
    "HEADERS",
    "REQUEST",
    "RESPONSE",
    "ERROR",
    "ASSERTS",
    "EXTRACT",
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Header,
    NearMiss,
    Attribute,
    Other,
}

impl Kind {
    pub(crate) fn is_section(self) -> bool {
        matches!(self, Kind::Header | Kind::NearMiss)
    }
}

pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
}

impl Line {
    pub(crate) fn read(text: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        for piece in text[start..].split_inclusive('\n') {
            let line = piece.strip_suffix("\r\n").or(piece.strip_suffix('\n')).unwrap_or(piece);
            let kind = if header_name(line).is_some() {
                Kind::Header
            } else if is_near_miss(line) {
                Kind::NearMiss
            } else {
                Kind::Other
            };
            lines.push(Line {
                kind,
                text: line.to_owned(),
                range: start..start + line.len(),
            });
            start += piece.len();
        }
        // Upwards from each header and from the end, past blank lines and comments.
        let mut open = true;
        for line in lines.iter_mut().rev() {
            let trimmed = line.text.trim_start_matches(BLANKS);
            open = match line.kind {
                Kind::Header => true,
                Kind::NearMiss => false,
                _ => open && (trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("//")),
            };
            if open && trimmed.starts_with("#[") {
                line.kind = Kind::Attribute;
            }
        }
        lines
    }
}

pub(crate) fn header_name(line: &str) -> Option<&str> {
    let line = line.trim_matches(BLANKS);
    let inner = line.strip_prefix("---")?.trim_start_matches(BLANKS);
    let length = inner
        .find(|c: char| !c.is_ascii_uppercase() && c != '_')
        .unwrap_or(inner.len());
    (length > 0 && inner[length..].ends_with("---")).then(|| &inner[..length])
}

fn is_near_miss(line: &str) -> bool {
    let line = line.trim_start_matches(BLANKS);
    let word = line.trim_start_matches('-');
    if line.len() - word.len() < 2 {
        return false;
    }
    let word = word.trim_start_matches(BLANKS);
    let word = word
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    NAMES.contains(&word.to_ascii_uppercase().as_str())
}
