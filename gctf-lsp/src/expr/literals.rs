//! Strings, regex literals and objects, and the patterns that look like them.

use super::ast::{Expr, Key, Kind, Member, Pattern, Piece};
use super::parser::{Parser, Read, string_end};

impl<'a> Parser<'a> {
    /// A string, with the format in front of it if there is one.
    pub(super) fn text_term(&mut self) -> Read<Expr<'a>> {
        let start = self.at;
        let format = match self.rest().starts_with('@') {
            true => {
                let end = start + 1 + self.word_at(start + 1).len();
                self.at = end;
                self.skip();
                Some(&self.text[start..end])
            }
            false => None,
        };
        if format.is_some_and(|format| !super::plugins::is_format(format)) || !self.rest().starts_with('"') {
            return Err(self.unexpected("a string"));
        }
        let pieces = self.pieces()?;
        Ok(self.node(start, Kind::Text(format, pieces)))
    }

    fn pieces(&mut self) -> Read<Vec<Piece<'a>>> {
        let open = self.at;
        self.at += 1;
        let mut pieces = Vec::new();
        loop {
            let rest = self.rest();
            let raw = rest.find(['"', '\\', '\n']).unwrap_or(rest.len());
            if raw > 0 {
                pieces.push(Piece::Raw(&rest[..raw]));
            }
            self.at += raw;
            match self.rest().bytes().next() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(pieces);
                }
                Some(b'\\') => pieces.push(self.escape()?),
                _ => {
                    return Err(self.error("G401", open..open + 1, "the string is not closed: expected `\"`"));
                }
            }
        }
    }

    fn escape(&mut self) -> Read<Piece<'a>> {
        let start = self.at;
        let kind = self.rest()[1..].chars().next().unwrap_or(' ');
        let plain = match kind {
            '(' => {
                self.at += 2;
                let inner = self.enclosed(false, false)?;
                self.close(")", start + 1)?;
                return Ok(Piece::Interpolation(inner));
            }
            'u' => return self.unicode_escape(),
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => {
                let range = start..start + 1 + kind.len_utf8().min(self.rest().len() - 1);
                let message =
                    "a string has the escapes `\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000 \\(…)`: write `\\\\` for `\\`";
                return Err(self.error("G401", range, message));
            }
        };
        self.at += 2;
        Ok(Piece::Escape(plain))
    }

    fn unicode_escape(&mut self) -> Read<Piece<'a>> {
        let start = self.at;
        let unit = |text: &str| {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            let digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)?;
            u16::from_str_radix(digits, 16).ok()
        };
        let Some(first) = unit(self.rest()) else {
            return Err(self.error("G401", start..start + 2, "`\\u` is followed by four hexadecimal digits"));
        };
        self.at += 6;
        let second = unit(self.rest()).filter(|_| (0xD800..0xDC00).contains(&first));
        let units = std::iter::once(first).chain(second);
        let mut decoded = char::decode_utf16(units);
        match decoded.next() {
            Some(Ok(character)) => {
                self.at += if first as u32 != character as u32 { 6 } else { 0 };
                Ok(Piece::Escape(character))
            }
            // Half of a pair, which jq replaces as well.
            _ => Ok(Piece::Escape(char::REPLACEMENT_CHARACTER)),
        }
    }

    /// `/…/flags`, where one can stand.
    pub(super) fn regex(&mut self) -> Read<Expr<'a>> {
        let start = self.at;
        let Some(end) = regex_end(self.text, start) else {
            return Err(self.error("G401", start..start + 1, "the regex is not closed: expected `/`"));
        };
        let pattern = &self.text[start + 1..end];
        let flags = self.word_at(end + 1);
        self.at = end + 1 + flags.len();
        if let Some(at) = flags.find(|flag| !"imsugy".contains(flag)) {
            let at = end + 1 + at;
            return Err(self.error("G408", at..at + 1, "a regex has the flags `i m s u`"));
        }
        Ok(self.node(start, Kind::Regex { pattern, flags }))
    }

    /// The error for a `/` where a term should begin.
    pub(super) fn misplaced_regex(&mut self) -> super::ExprError {
        let start = self.at;
        match regex_end(self.text, start).filter(|end| *end > start + 1) {
            Some(end) => {
                let range = start..end + 1 + self.word_at(end + 1).len();
                let message = "a regex literal stands behind `matches` or as a plugin's argument: write `\"…\"` here";
                self.error("G408", range, message)
            }
            None => self.unexpected("a term"),
        }
    }

    pub(super) fn object(&mut self) -> Read<Expr<'a>> {
        let open = self.at;
        self.at += 1;
        let mut members = Vec::new();
        if self.rest().starts_with('{') {
            let end = self.text[open..].find("}}").map_or(self.text.len(), |at| open + at + 2);
            let name = self.text[open..end].trim_matches(['{', '}', ' ', '\t']);
            let message = format!("`{{{{{name}}}}}` is not substituted here: write `${name}`");
            return Err(self.error("G401", open..end, &message));
        }
        loop {
            if self.take("}") {
                return Ok(self.node(open, Kind::Object(members)));
            }
            let key = self.key()?;
            let value = match self.take(":") {
                true => Some(self.member_value()?),
                false if needs_value(&key) => return Err(self.unexpected("`:`")),
                false => None,
            };
            members.push(Member { key, value });
            if self.take("}") {
                return Ok(self.node(open, Kind::Object(members)));
            }
            if !self.take(",") {
                return Err(self.unclosed("}", open));
            }
        }
    }

    fn member_value(&mut self) -> Read<Expr<'a>> {
        self.enclosed(true, true)
    }

    fn key(&mut self) -> Read<Key<'a>> {
        self.skip();
        let start = self.at;
        let word = self.word_at(start);
        match self.rest().bytes().next() {
            _ if !word.is_empty() => {
                self.at += word.len();
                Ok(Key::Name(word, start..self.at))
            }
            Some(b'$') => {
                let name = self.variable()?;
                Ok(Key::Variable(name, start..self.at))
            }
            Some(b'"' | b'@') => self.text_term().map(Key::Computed),
            Some(b'(') => {
                self.at += 1;
                let inner = self.enclosed(false, false)?;
                self.close(")", start)?;
                Ok(Key::Computed(self.node(start, Kind::Group(Box::new(inner)))))
            }
            _ => Err(self.unexpected("a key")),
        }
    }

    pub(super) fn object_pattern(&mut self) -> Read<Pattern<'a>> {
        let open = self.at;
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            let key = self.key()?;
            let value = match self.take(":") {
                true => Some(self.pattern()?),
                false if matches!(key, Key::Variable(..)) => None,
                false => return Err(self.unexpected("`:`")),
            };
            entries.push((key, value));
            if self.take("}") {
                return Ok(Pattern::Object(entries));
            }
            if !self.take(",") {
                return Err(self.unclosed("}", open));
            }
        }
    }
}

/// A key in parentheses names no member by itself.
fn needs_value(key: &Key<'_>) -> bool {
    key.computed().is_some_and(|key| matches!(key.kind, Kind::Group(_)))
}

/// Where the regex literal that opens at `start` has its closing `/`.
pub(super) fn regex_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut in_class) = (start + 1, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the strings and regex literals of `text` end, so that comments can be told: the bytes in none of them.
pub(super) fn code(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'"' => string_end(bytes, at),
            b'#' => text[at..].find('\n').map_or(bytes.len(), |end| at + end),
            b'/' if stands_for_regex(&text[..at]) => regex_end(text, at).map_or(at + 1, |end| end + 1),
            _ => {
                at += 1;
                continue;
            }
        };
        parts.push(start..at);
        at = end;
        start = end;
    }
    parts.push(start..bytes.len());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Whether a `/` behind `before` opens a regex literal.
fn stands_for_regex(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with(['(', ',']) || before.ends_with("matches")
}
