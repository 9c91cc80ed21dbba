//! What a line is (format: "Lines and headers"). Context-free but for attribute lines, so that a file
//! can be cut into documents without parsing it.

/// The class of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Blank,
    Header {
        name: &'a str,
    },
    /// Starts with `#[`; whether it is an attribute depends on the lines below it.
    Attribute,
    Comment,
    Content,
}

/// Classifies one line, given without its line end.
pub fn classify(line: &str) -> Line<'_> {
    let trimmed = line.trim_start_matches([' ', '\t']);
    match trimmed.as_bytes() {
        [] => Line::Blank,
        [b'-', b'-', b'-', ..] => header(trimmed).map_or(Line::Content, |name| Line::Header { name }),
        [b'#', b'[', ..] => Line::Attribute,
        [b'#', ..] | [b'/', b'/', ..] => Line::Comment,
        _ => Line::Content,
    }
}

/// `--- NAME options ---`, leading blanks cut off: the name, if the line is a header.
fn header(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("---")?.trim_start_matches([' ', '\t']);
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_uppercase() || *byte == b'_')
        .count();
    let (name, options) = rest.split_at(length);
    let closed = options.trim_end_matches([' ', '\t']).ends_with("---");
    (closed && !name.is_empty()).then_some(name)
}

/// The lines of `text` with their start offsets, without LF or CRLF.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (at, line.strip_suffix('\r').unwrap_or(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_by_the_rule() {
        for (line, name) in [
            ("--- REQUEST ---", Some("REQUEST")),
            ("---REQUEST---", Some("REQUEST")),
            ("   --- REQUEST---  ", Some("REQUEST")),
            ("--- RESPONSE partial redact=[\"a---b\"] ---", Some("RESPONSE")),
            ("--- REQUEST note ---", Some("REQUEST")),
            ("--- ENDPOINT ----", Some("ENDPOINT")),
            ("--- Endpoint ---", Some("E")),
            ("--- REQUEST_2 ---", Some("REQUEST_")),
            ("--- endpoint ---", None),
            ("--- ENDPOINT", None),
            ("--- ENDPOINT --", None),
            ("---- ENDPOINT ----", None),
            ("-- ENDPOINT --", None),
            ("--- ENDPOINT --- # x", None),
            ("------", None),
            ("--- ---", None),
            ("\"--- REQUEST ---\"", None),
        ] {
            let found = match classify(line) {
                Line::Header { name } => Some(name),
                _ => None,
            };
            assert_eq!(found, name, "{line}");
        }
    }

    #[test]
    fn line_ends() {
        let found: Vec<_> = lines("a\r\nb\n\r\nc").collect();
        assert_eq!(found, [(0, "a"), (3, "b"), (5, ""), (7, "c")]);
    }
}
