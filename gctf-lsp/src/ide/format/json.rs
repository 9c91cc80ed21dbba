//! Layout of a JSON body from its lexemes: they stay in order, only a comma moves in front of comments that
//! stood between it and its value.

use crate::syntax::{Lexeme, LexemeKind};

/// Blanks of one level.
const INDENT: usize = 2;

/// The body with each member and item on its own line; `None` where its syntax is wrong.
pub(super) fn layout(text: &str, lexemes: &[Lexeme]) -> Option<String> {
    if !is_sound(text, lexemes) {
        return None;
    }
    let mut printer = Printer {
        written: String::new(),
        depth: 0,
        pending: Break::None,
        behind_colon: false,
    };
    let pieces = pieces(text, lexemes);
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let empty =
            piece.kind == LexemeKind::Open && pieces.get(at + 1).is_some_and(|next| next.kind == LexemeKind::Close);
        match empty {
            true => {
                printer.value(&format!("{}{}", piece.text, pieces[at + 1].text));
                at += 2;
            }
            false => {
                printer.print(piece);
                at += 1;
            }
        }
    }
    Some(printer.written)
}

/// The column at which a line begins that stands inside as many brackets.
pub(super) fn indent(depth: usize) -> usize {
    depth * INDENT
}

/// What may come next in a sound body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A value; in an array also its end, where it is behind the opening or a comma.
    Value,
    /// A key or the end of the object.
    Key,
    Colon,
    /// A value behind a colon.
    Member,
    /// A comma or the end.
    Comma,
}

/// Whether the lexemes are JSON5 values one after the other.
fn is_sound(text: &str, lexemes: &[Lexeme]) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut expected = Expected::Value;
    for lexeme in lexemes {
        let token = &text[lexeme.range.clone()];
        let behind_value = match open.is_empty() {
            true => Expected::Value,
            false => Expected::Comma,
        };
        expected = match (lexeme.kind, expected) {
            (LexemeKind::LineComment | LexemeKind::BlockComment, same) => same,
            (LexemeKind::Open, Expected::Value | Expected::Member) => {
                open.push(token);
                match token {
                    "{" => Expected::Key,
                    _ => Expected::Value,
                }
            }
            (LexemeKind::Close, Expected::Value | Expected::Key | Expected::Comma) => match (open.pop(), token) {
                (Some("{"), "}") | (Some("["), "]") if open.is_empty() => Expected::Value,
                (Some("{"), "}") | (Some("["), "]") => Expected::Comma,
                _ => return false,
            },
            (LexemeKind::Scalar, Expected::Key) => Expected::Colon,
            (LexemeKind::Scalar, Expected::Value | Expected::Member) if is_value(token) => behind_value,
            (LexemeKind::Colon, Expected::Colon) => Expected::Member,
            (LexemeKind::Comma, Expected::Comma) => match open.last() {
                Some(&"{") => Expected::Key,
                _ => Expected::Value,
            },
            _ => return false,
        };
    }
    open.is_empty()
}

/// Whether a scalar is no bare word.
fn is_value(token: &str) -> bool {
    let number = |rest: &str| {
        rest.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            || rest.starts_with("Infinity")
            || rest.starts_with("NaN")
    };
    token.starts_with(['"', '\''])
        || matches!(token, "true" | "false" | "null")
        || number(token.strip_prefix(['+', '-']).unwrap_or(token))
}

/// Where a comment stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// On the line of what is before it.
    Before,
    /// In front of something on the same line.
    Behind,
    /// On its own line.
    Nothing,
}

/// A lexeme on its way out.
struct Piece<'a> {
    text: &'a str,
    kind: LexemeKind,
    /// Only comments stand beside something.
    beside: Beside,
}

fn pieces<'a>(text: &'a str, lexemes: &[Lexeme]) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(lexemes.len());
    for (lexeme, beside) in lexemes.iter().zip(neighbours(text, lexemes)) {
        let piece = Piece {
            text: text[lexeme.range.clone()].trim_end_matches([' ', '\t', '\r']),
            kind: lexeme.kind,
            beside,
        };
        let place = match lexeme.kind {
            LexemeKind::Comma => pieces
                .iter()
                .rposition(|piece| !is_comment(piece.kind))
                .map_or(0, |value| value + 1),
            _ => pieces.len(),
        };
        pieces.insert(place, piece);
    }
    pieces
}

fn is_comment(kind: LexemeKind) -> bool {
    matches!(kind, LexemeKind::LineComment | LexemeKind::BlockComment)
}

/// What each lexeme stands beside, told from the last to the first: a chain of comments leads to what ends it.
fn neighbours(text: &str, lexemes: &[Lexeme]) -> Vec<Beside> {
    let breaks = |left: &Lexeme, right: &Lexeme| text[left.range.end..right.range.start].contains('\n');
    let mut found = Vec::with_capacity(lexemes.len());
    let mut next_is_led = false;
    for (at, lexeme) in lexemes.iter().enumerate().rev() {
        let before = at.checked_sub(1).map(|before| &lexemes[before]);
        let same_line = lexemes.get(at + 1).filter(|next| !breaks(lexeme, next));
        let leads = lexeme.kind == LexemeKind::BlockComment
            && !text[lexeme.range.clone()].contains('\n')
            && same_line.is_some_and(|next| match next.kind {
                LexemeKind::BlockComment => next_is_led,
                LexemeKind::LineComment | LexemeKind::Comma | LexemeKind::Close => false,
                _ => true,
            });
        found.push(match (leads, before) {
            (true, _) => Beside::Behind,
            (false, Some(before)) if !breaks(before, lexeme) => Beside::Before,
            (false, _) => Beside::Nothing,
        });
        next_is_led = leads;
    }
    found.reverse();
    found
}

/// What separates the next piece from what is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Break {
    None,
    Space,
    Line,
}

struct Printer {
    written: String,
    depth: usize,
    pending: Break,
    /// The next value belongs to the colon before it, whatever comments are between.
    behind_colon: bool,
}

impl Printer {
    fn print(&mut self, piece: &Piece<'_>) {
        match piece.kind {
            LexemeKind::Comma => {
                self.written.push(',');
                self.pending = Break::Line;
            }
            LexemeKind::Colon => {
                // Behind a line comment the colon needs a line of its own.
                match self.pending {
                    Break::Line => self.write(":"),
                    Break::None | Break::Space => self.written.push(':'),
                }
                self.pending = Break::Space;
                self.behind_colon = true;
            }
            LexemeKind::Open => {
                // Its members are indented from the line of their key.
                self.behind_colon = false;
                self.write(piece.text);
                self.depth += 1;
                self.pending = Break::Line;
            }
            LexemeKind::Close => {
                self.depth -= 1;
                self.pending = Break::Line;
                self.value(piece.text);
            }
            LexemeKind::Scalar | LexemeKind::Fault => self.value(piece.text),
            LexemeKind::LineComment | LexemeKind::BlockComment => self.comment(piece),
        }
    }

    /// Writes a value or the end of one.
    fn value(&mut self, text: &str) {
        self.write(text);
        self.behind_colon = false;
        self.pending = match self.depth {
            0 => Break::Line,
            _ => Break::None,
        };
    }

    fn comment(&mut self, piece: &Piece<'_>) {
        let ends_line = piece.kind == LexemeKind::LineComment || piece.text.contains('\n');
        match piece.beside {
            Beside::Before => {
                self.written.push(' ');
                self.written.push_str(piece.text);
                if ends_line {
                    self.pending = Break::Line;
                }
            }
            Beside::Behind => {
                if self.pending == Break::None {
                    self.pending = Break::Space;
                }
                self.write(piece.text);
                self.pending = Break::Space;
            }
            Beside::Nothing => {
                self.pending = Break::Line;
                self.write(piece.text);
                self.pending = Break::Line;
            }
        }
    }

    /// Writes `text` behind the pending break; nothing is before the first piece.
    fn write(&mut self, text: &str) {
        match self.pending {
            _ if self.written.is_empty() => {}
            Break::None => {}
            Break::Space => self.written.push(' '),
            Break::Line => {
                let depth = self.depth + usize::from(self.behind_colon);
                self.written.push('\n');
                self.written.extend(std::iter::repeat_n(' ', indent(depth)));
            }
        }
        self.written.push_str(text);
    }
}
