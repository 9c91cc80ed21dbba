//! From text to syntax by the format's precedence. Knows what an expression looks like, not what its names mean.

use super::ExprError;
use super::ast::{Expr, Kind, Op, PIPE, Place, SIGNS, WORDS};
use std::ops::Range;

/// What parsing yields.
#[derive(Debug)]
pub(crate) struct Parsed<'a> {
    pub(crate) expression: Expr<'a>,
    /// Where an `if` begins whose `end` was supplied.
    pub(crate) unended: Vec<Range<usize>>,
}

/// Parses `text`; a glued `?` is a ternary's only where nothing else can be read.
pub(crate) fn parse(text: &str, place: Place) -> Result<Parsed<'_>, ExprError> {
    Parser::new(text, place).whole().or_else(|error| {
        let mut again = Parser::new(text, place);
        again.glued_ternary = true;
        match again.whole() {
            Err(ternary) if ternary.message != TERNARY_IN_ASSERTS => Err(error),
            other => other,
        }
    })
}

const TERNARY_IN_ASSERTS: &str = "`… ? … : …` stands in EXTRACT only: write `if … then … else … end`";

/// Words that name no function.
const KEYWORDS: [&str; 17] = [
    "if", "then", "elif", "else", "end", "and", "or", "as", "try", "catch", "reduce", "foreach", "def", "label",
    "import", "include", "break",
];

pub(super) type Read<T> = Result<T, ExprError>;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    place: Place,
    glued_ternary: bool,
    /// Whether `,` separates what stands around, so that it is no operator.
    pub(super) commas_separate: bool,
    /// Whether `:` belongs to what stands around: an object or a slice.
    pub(super) colons_belong: bool,
    pub(super) unended: Vec<Range<usize>>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, place: Place) -> Self {
        Self {
            text,
            at: 0,
            place,
            glued_ternary: false,
            commas_separate: false,
            colons_belong: false,
            unended: Vec::new(),
        }
    }

    fn whole(mut self) -> Read<Parsed<'a>> {
        let expression = self.full()?;
        self.skip();
        if self.at < self.text.len() {
            return Err(self.unexpected("the end of the expression"));
        }
        let Self { unended, .. } = self;
        Ok(Parsed { expression, unended })
    }

    /// An expression that may be a ternary.
    pub(super) fn full(&mut self) -> Read<Expr<'a>> {
        let condition = self.expression(PIPE)?;
        self.skip();
        if !self.rest().starts_with('?') || !self.is_ternary() {
            return Ok(condition);
        }
        if self.place == Place::Asserts {
            return Err(self.error("G401", self.at..self.at + 1, TERNARY_IN_ASSERTS));
        }
        self.at += 1;
        let belong = std::mem::replace(&mut self.colons_belong, true);
        let yes = self.full()?;
        self.colons_belong = belong;
        self.expect(":")?;
        let no = self.full()?;
        Ok(Expr {
            range: condition.range.start..no.range.end,
            kind: Kind::Ternary(Box::new(condition), Box::new(yes), Box::new(no)),
        })
    }

    /// What stands between brackets, where everything is allowed again.
    pub(super) fn enclosed(&mut self, commas_separate: bool, colons_belong: bool) -> Read<Expr<'a>> {
        let before = (self.commas_separate, self.colons_belong);
        (self.commas_separate, self.colons_belong) = (commas_separate, colons_belong);
        let inner = self.full();
        (self.commas_separate, self.colons_belong) = before;
        inner
    }

    /// Terms with the operators of at least `level` between them.
    pub(super) fn expression(&mut self, level: u8) -> Read<Expr<'a>> {
        let mut left = self.operand()?;
        while let Some((op, range)) = self.operator()?.filter(|(op, _)| op.level() >= level) {
            self.at = range.end;
            self.skip();
            let right = match op {
                Op::Matches if self.rest().starts_with('/') => self.regex()?,
                _ if op.is_right() => self.expression(op.level())?,
                _ => self.expression(op.level() + 1)?,
            };
            if op.is_update() && self.operator()?.is_some_and(|(next, _)| next.is_update()) {
                return Err(self.unexpected("an assignment in parentheses"));
            }
            left = Expr {
                range: left.range.start..right.range.end,
                kind: Kind::Binary(Box::new(left), op, range, Box::new(right)),
            };
        }
        Ok(left)
    }

    /// The operator behind a term.
    fn operator(&mut self) -> Read<Option<(Op, Range<usize>)>> {
        self.skip();
        const FOREIGN: [(&str, &str); 4] = [
            ("&&", "`&&` is not jq: write `and`"),
            ("||", "`||` is not jq: write `or`"),
            ("===", "`===` is not jq: write `==`"),
            ("=~", "`=~` is not jq: write `matches`"),
        ];
        let rest = self.rest();
        if let Some((sign, message)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
            return Err(self.error("G420", self.at..self.at + sign.len(), message));
        }
        let word = self.word_at(self.at);
        let known = match word.is_empty() {
            true => SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)),
            false => WORDS.iter().find(|(known, _)| *known == word),
        };
        let allowed = known.filter(|(_, op)| *op != Op::Comma || !self.commas_separate);
        Ok(allowed.map(|(sign, op)| (*op, self.at..self.at + sign.len())))
    }

    /// Whether the `?` here is a ternary's: a blank before it or nothing else to read, and a `:` that follows.
    pub(super) fn is_ternary(&self) -> bool {
        let blank = self.text[..self.at].ends_with([' ', '\t', '\n', '\r']);
        (blank || self.glued_ternary) && self.colon_follows()
    }

    /// Whether a `:` follows at the depth of the `?` here.
    fn colon_follows(&self) -> bool {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (self.at + 1, 0usize);
        while at < bytes.len() {
            match bytes[at] {
                b':' if depth == 0 => return true,
                b',' if depth == 0 && self.commas_separate => return false,
                b';' if depth == 0 => return false,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => match depth.checked_sub(1) {
                    Some(outer) => depth = outer,
                    None => return false,
                },
                b'"' => at = string_end(bytes, at) - 1,
                b'#' => at = self.line_end(at) - 1,
                _ => {}
            }
            at += 1;
        }
        false
    }

    pub(super) fn types_allowed(&self) -> bool {
        self.place == Place::Asserts && !self.colons_belong
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn line_end(&self, from: usize) -> usize {
        self.text[from..].find('\n').map_or(self.text.len(), |at| from + at)
    }

    /// Goes over blanks and comments.
    pub(super) fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len();
            self.at += blanks;
            match self.rest().starts_with('#') {
                true => self.at = self.line_end(self.at),
                false => return,
            }
        }
    }

    /// The word that begins at `at`; empty if there is none.
    pub(super) fn word_at(&self, at: usize) -> &'a str {
        let rest = &self.text[at..];
        match rest.bytes().next() {
            Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
                let length = rest
                    .bytes()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
                &rest[..length.count()]
            }
            _ => "",
        }
    }

    /// Takes the keyword `name` if it stands here.
    pub(super) fn take_word(&mut self, name: &str) -> bool {
        self.skip();
        let found = self.word_at(self.at) == name;
        self.at += if found { name.len() } else { 0 };
        found
    }

    /// Takes `sign` if it stands here.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.skip();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    pub(super) fn expect(&mut self, sign: &str) -> Read<()> {
        match self.take(sign) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{sign}`"))),
        }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Read<()> {
        match self.take_word(word) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{word}`"))),
        }
    }

    /// Whether a term can begin here.
    pub(super) fn begins_term(&self) -> bool {
        let word = self.word_at(self.at);
        match self.rest().chars().next() {
            _ if !word.is_empty() => {
                !matches!(word, "then" | "elif" | "else" | "end" | "and" | "or" | "as" | "catch")
                    && !WORDS.iter().any(|(known, op)| *known == word && *op == Op::Xor)
            }
            Some('!') => !self.rest().starts_with("!="),
            Some('.' | '"' | '$' | '@' | '(' | '[' | '{' | '0'..='9') => true,
            _ => false,
        }
    }

    pub(super) fn error(&self, code: &'static str, range: Range<usize>, message: &str) -> ExprError {
        ExprError {
            code,
            range,
            message: message.to_owned(),
        }
    }

    /// Something else than `expected` stands here.
    pub(super) fn unexpected(&mut self, expected: &str) -> ExprError {
        self.skip();
        let word = self.word_at(self.at);
        let length = match word.is_empty() {
            true => self.rest().chars().next().map_or(0, char::len_utf8),
            false => word.len(),
        };
        let range = self.at..self.at + length;
        let found = &self.text[range.clone()];
        match found {
            "" => {
                let end = self.text.trim_end().len();
                let message = format!("the expression is not finished: expected {expected}");
                self.error("G401", end..end, &message)
            }
            "'" => self.error("G419", range, "`'` starts no string: write `\"…\"`"),
            ":" if self.place == Place::Extract => {
                let message = "`:type` stands behind the name here: write `name:type = …`";
                self.error("G401", range, message)
            }
            found => self.error("G401", range, &format!("expected {expected} instead of `{found}`")),
        }
    }
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Behind the string that opens at `at`, with the strings inside its interpolations.
pub(super) fn string_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    // Open parentheses of each interpolation that the text is in; a string inside one opens another level.
    let mut open: Vec<usize> = Vec::new();
    let mut in_string = true;
    while at < bytes.len() {
        match (bytes[at], in_string) {
            (b'\\', true) if bytes.get(at + 1) == Some(&b'(') => {
                open.push(0);
                in_string = false;
                at += 1;
            }
            (b'\\', true) => at += 1,
            (b'"', true) if open.is_empty() => return at + 1,
            (b'"', _) => in_string = !in_string,
            (b'(', false) => open.iter_mut().last().into_iter().for_each(|count| *count += 1),
            (b')', false) => match open.last_mut() {
                Some(0) | None => {
                    open.pop();
                    in_string = true;
                }
                Some(count) => *count -= 1,
            },
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
