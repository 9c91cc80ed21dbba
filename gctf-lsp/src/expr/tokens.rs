//! The tokens of an expression that need not be whole: what its editor looks at while it is written.

use super::ast::{SIGNS, WORDS};
use super::parser::is_keyword;
use std::ops::Range;

/// What a token is by its form and by what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name that is called, or a constant such as `true`.
    Name,
    /// The name behind a `.`, or a key of an object.
    Field,
    Keyword,
    /// A sign or a word between terms.
    Operator,
    /// With its `@`.
    Plugin,
    /// With its `$`.
    Variable,
    /// With its `:`.
    Type,
    Number,
    /// A piece of a string between quotes and interpolations, or a regex.
    Text,
    Open,
    Close,
    /// `,` `;` `:` and what is no token.
    Mark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: Range<usize>,
}

/// A call whose parentheses are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenCall<'a> {
    /// Of a plugin with its `@`.
    pub(crate) name: &'a str,
    /// How many arguments are finished.
    pub(crate) finished: usize,
}

/// The tokens of `text`, in order; blanks and comments lie between them.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        at: 0,
        open: Vec::new(),
        found: Vec::new(),
    };
    while lexer.at < text.len() {
        lexer.next();
    }
    lexer.found
}

/// The calls that are open at `offset`, the innermost last.
pub(crate) fn open_calls(text: &str, offset: usize) -> Vec<OpenCall<'_>> {
    let mut open: Vec<Option<OpenCall<'_>>> = Vec::new();
    let mut before: Option<Token> = None;
    for token in tokens(text).into_iter().take_while(|token| token.range.end <= offset) {
        let own = &text[token.range.clone()];
        match (token.kind, open.last_mut()) {
            (TokenKind::Open, _) => {
                let is_called = |before: &Token| matches!(before.kind, TokenKind::Name | TokenKind::Plugin);
                let callee = before.filter(|before| own == "(" && is_called(before));
                open.push(callee.map(|callee| OpenCall {
                    name: &text[callee.range],
                    finished: 0,
                }));
            }
            (TokenKind::Close, _) => drop(open.pop()),
            (_, Some(Some(call))) => {
                let separator = if call.name.starts_with('@') { "," } else { ";" };
                call.finished += usize::from(own == separator && token.kind != TokenKind::Text);
            }
            _ => {}
        }
        before = Some(token);
    }
    open.into_iter().flatten().collect()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that are open, an interpolation as `\`.
    open: Vec<u8>,
    found: Vec<Token>,
}

impl Lexer<'_> {
    fn next(&mut self) {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return };
        let line = rest.find('\n').unwrap_or(rest.len());
        match first {
            ' ' | '\t' | '\r' | '\n' | '\u{feff}' => self.at += first.len_utf8(),
            '#' => self.at += line,
            '"' => self.string(1),
            '/' if self.takes_regex() => self.push(TokenKind::Text, regex_length(&rest[..line])),
            '(' | '[' | '{' => {
                self.open.push(rest.as_bytes()[0]);
                self.push(TokenKind::Open, 1);
            }
            ')' | ']' | '}' => {
                self.push(TokenKind::Close, 1);
                if self.open.pop() == Some(b'\\') {
                    self.string(0);
                }
            }
            '@' => self.push(TokenKind::Plugin, 1 + plugin_length(&rest[1..])),
            '$' => self.push(TokenKind::Variable, 1 + word_length(&rest[1..])),
            '0'..='9' => self.push(TokenKind::Number, number_length(rest)),
            ':' if self.takes_type(&rest[1..]) => self.push(TokenKind::Type, 1 + word_length(&rest[1..])),
            _ if word_length(rest) > 0 => self.word(&rest[..word_length(rest)]),
            _ => match SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
                Some((",", _)) if !self.open.is_empty() && self.open.last() != Some(&b'[') => {
                    self.push(TokenKind::Mark, 1);
                }
                Some((sign, _)) => self.push(TokenKind::Operator, sign.len()),
                None => self.push(TokenKind::Mark, first.len_utf8()),
            },
        }
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let range = self.at..self.at + length;
        self.at = range.end;
        self.found.push(Token { kind, range });
    }

    /// The text and the kind of the last token.
    fn before(&self) -> Option<(&str, TokenKind)> {
        let last = self.found.last()?;
        Some((&self.text[last.range.clone()], last.kind))
    }

    /// The rest of a string, `skip` bytes of which are its opening quote, up to its end, its line's end, or an
    /// interpolation.
    fn string(&mut self, skip: usize) {
        let bytes = self.text.as_bytes();
        let mut end = self.at + skip;
        while end < bytes.len() {
            match bytes[end] {
                b'\\' if bytes.get(end + 1) == Some(&b'(') => {
                    self.push(TokenKind::Text, end - self.at);
                    self.open.push(b'\\');
                    self.push(TokenKind::Open, 2);
                    return;
                }
                b'\\' => end += 1,
                b'"' => return self.push(TokenKind::Text, end + 1 - self.at),
                b'\n' => break,
                _ => {}
            }
            end += 1;
        }
        // An escape may have lost its second half.
        let end = end.min(bytes.len());
        self.push(TokenKind::Text, self.text.floor_char_boundary(end) - self.at);
    }

    /// Whether a `/` here opens a regex.
    fn takes_regex(&self) -> bool {
        let is_argument = self.text[..self.at].trim_end().ends_with(['(', ',']);
        is_argument
            || self
                .before()
                .is_some_and(|(before, kind)| before == "matches" && kind == TokenKind::Operator)
    }

    fn takes_type(&self, behind: &str) -> bool {
        let belongs = matches!(self.open.last(), Some(b'{' | b'['));
        !belongs && super::is_type(&behind[..word_length(behind)])
    }

    fn word(&mut self, word: &str) {
        let rest = &self.text[self.at + word.len()..];
        let behind = rest.trim_start();
        let is_key =
            self.open.last() == Some(&b'{') && self.before().is_some_and(|(before, _)| matches!(before, "{" | ","));
        let is_step = self.text[..self.at].ends_with('.');
        let is_operator =
            WORDS.iter().any(|(known, _)| *known == word) && !behind.starts_with('(') && self.follows_term();
        let negates = word == "not" && behind.starts_with(|c: char| c.is_ascii_alphanumeric() || ".\"$@(_".contains(c));
        let kind = match () {
            () if is_step || is_key => TokenKind::Field,
            () if matches!(word, "and" | "or" | "xor") || is_operator => TokenKind::Operator,
            () if is_keyword(word) || (negates && !rest.starts_with('.')) => TokenKind::Keyword,
            () => TokenKind::Name,
        };
        self.push(kind, word.len());
    }

    fn follows_term(&self) -> bool {
        use TokenKind::{Close, Field, Name, Number, Plugin, Text, Type, Variable};
        let is_term = |kind| matches!(kind, Close | Field | Name | Number | Plugin | Text | Type | Variable);
        self.before()
            .is_some_and(|(before, kind)| is_term(kind) || matches!(before, "." | "?" | "end"))
    }
}

fn word_length(text: &str) -> usize {
    match text.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            text.bytes().take_while(is_word).count()
        }
        _ => 0,
    }
}

/// A word with others behind dots.
fn plugin_length(text: &str) -> usize {
    let own = word_length(text);
    match text[own..].strip_prefix('.').map(word_length) {
        Some(part) if part > 0 => own + 1 + part,
        _ => own,
    }
}

fn number_length(text: &str) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    text.bytes().take_while(is_part).count()
}

/// From one `/` to the other with its flags, or all of `line`.
fn regex_length(line: &str) -> usize {
    match super::literals::regex_end(line, 0) {
        Some(end) => end + 1 + word_length(&line[end + 1..]),
        None => line.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let shown = tokens(text).into_iter();
        let shown: Vec<_> = shown
            .map(|token| format!("{:?} {}", token.kind, &text[token.range]))
            .collect();
        expected.assert_eq(&shown.join(", "));
    }

    #[test]
    fn tokens_by_form_and_place() {
        check(
            ".a.and | map(select(.b contains \"x\")) # c",
            expect![[
                r#"Mark ., Field a, Mark ., Field and, Operator |, Name map, Open (, Name select, Open (, Mark ., Field b, Operator contains, Text "x", Close ), Close )"#
            ]],
        );
        check(
            "@regex(.a, /a(,/i) and not .b == $c:time",
            expect![
                "Plugin @regex, Open (, Mark ., Field a, Mark ,, Text /a(,/i, Close ), Operator and, Keyword not, Mark ., Field b, Operator ==, Variable $c, Type :time"
            ],
        );
        check(
            "{or: 1, and, (if . then 1 else 2 end): \"a\\(f(1; \"b\"))c\"} | contains(\"x\")",
            expect![[
                r#"Open {, Field or, Mark :, Number 1, Mark ,, Field and, Mark ,, Open (, Keyword if, Mark ., Keyword then, Number 1, Keyword else, Number 2, Keyword end, Close ), Mark :, Text "a, Open \(, Name f, Open (, Number 1, Mark ;, Text "b", Close ), Close ), Text c", Close }, Operator |, Name contains, Open (, Text "x", Close )"#
            ]],
        );
        check(
            "[1, .[2:uint]] // @url.host(.u) ? \"ä\\",
            expect![[
                r#"Open [, Number 1, Operator ,, Mark ., Open [, Number 2, Mark :, Name uint, Close ], Close ], Operator //, Plugin @url.host, Open (, Mark ., Field u, Close ), Mark ?, Text "ä\"#
            ]],
        );
        check(
            ".a matches /x[/]y/ | not | startswith",
            expect![
                "Mark ., Field a, Operator matches, Text /x[/]y/, Operator |, Name not, Operator |, Name startswith"
            ],
        );
    }

    #[test]
    fn calls_that_are_open() {
        let check = |text: &str, expected: &[(&str, usize)]| {
            let offset = text.find("$0").unwrap();
            let text = text.replacen("$0", "", 1);
            let found = open_calls(&text, offset);
            let found: Vec<_> = found.iter().map(|call| (call.name, call.finished)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "map(select(.a == test(\"x;,\"; $0",
            &[("map", 0), ("select", 0), ("test", 1)],
        );
        check("range(1; 2; $03)", &[("range", 2)]);
        check("range(1; [2; 3], (4; 5) $0", &[("range", 1)]);
        check("@regex(.a, /(,;\"/, $0", &[("@regex", 2)]);
        check("@regex(.a, /(,;$0", &[("@regex", 1)]);
        check(
            "@url.host (.a, \"\\(ltrimstr(\"a\", 1; $0 ) b\")",
            &[("@url.host", 1), ("ltrimstr", 1)],
        );
        check("test(\"a\") $0", &[]);
        check("if (.a) $0", &[]);
        check("f(\"a;\n;$0", &[("f", 1)]);
    }
}
