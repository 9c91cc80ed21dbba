//! Words of a POSIX shell: reads the line of a command with its here-documents, and writes words that a shell reads
//! back. Nothing is expanded: a variable is a part of its word.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// A variable's value.
    Variable(String),
    /// What only a shell can expand, as it is written: `$(date)`, `${X:-y}`.
    Code(String),
}

/// A word as the parts that stand together.
pub(super) type Word = Vec<Piece>;

/// A part of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// `|`, `;`, `>` and the like.
    Operator(String),
    Comment,
    /// What standard input is given: a here-document or a here-string.
    Input(Word),
}

/// A command line up to the end of the line, or of its last here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// With their bytes of the text; those of a here-document are its redirection's.
    pub(super) tokens: Vec<(Token, Range<usize>)>,
    /// Where the line ends, without its line end.
    pub(super) end: usize,
}

/// The word without variables; `None` where a shell would put something into it.
pub(super) fn literal(word: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in word {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Variable(_) | Piece::Code(_) => return None,
        }
    }
    Some(text)
}

/// Adds text to a word.
pub(super) fn push(word: &mut Word, text: &str) {
    match word.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        _ => word.push(Piece::Text(text.to_owned())),
    }
}

/// `name` as a shell may call a variable.
pub(super) fn variable_name(name: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut safe: String = name.chars().map(|c| if is_part(c) { c } else { '_' }).collect();
    if !safe.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        safe.insert(0, '_');
    }
    safe
}

/// The word as a shell reads it.
pub(super) fn quoted(word: &[Piece]) -> String {
    let mut written = String::new();
    for piece in word {
        match piece {
            Piece::Text(text) if text.bytes().all(is_plain) => written.push_str(text),
            Piece::Text(text) => written.push_str(&format!("'{}'", text.replace('\'', r"'\''"))),
            Piece::Variable(name) => written.push_str(&format!("\"${name}\"")),
            Piece::Code(code) => written.push_str(&format!("\"{code}\"")),
        }
    }
    match written.is_empty() {
        true => "''".to_owned(),
        false => written,
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte)
}

/// The redirection and the body of a here-document with these lines.
pub(super) fn here_document(lines: &[Word]) -> (String, String) {
    let expands = lines.iter().flatten().any(|piece| !matches!(piece, Piece::Text(_)));
    let mut body = String::new();
    for line in lines {
        for piece in line {
            match piece {
                Piece::Text(text) if !expands => body.push_str(text),
                Piece::Text(text) => text.chars().for_each(|character| {
                    if matches!(character, '\\' | '$' | '`') {
                        body.push('\\');
                    }
                    body.push(character);
                }),
                Piece::Variable(name) => body.push_str(&format!("${{{name}}}")),
                Piece::Code(code) => body.push_str(code),
            }
        }
        body.push('\n');
    }
    let numbered = (1..).map(|number| format!("EOF{number}"));
    let mut delimiters = std::iter::once("EOF".to_owned()).chain(numbered);
    let delimiter = delimiters.find(|delimiter| !body.contains(delimiter.as_str()));
    let delimiter = delimiter.unwrap_or_default();
    let redirection = match expands {
        true => format!("<<{delimiter}"),
        false => format!("<<'{delimiter}'"),
    };
    (redirection, format!("{body}{delimiter}"))
}

/// The command line at the start of `text`; `None` where a quote or a here-document has no end.
pub(super) fn line(text: &str) -> Option<Line> {
    let mut lexer = Lexer {
        text,
        characters: text.char_indices().peekable(),
        tokens: Vec::new(),
        pending: Vec::new(),
    };
    let mut end = lexer.tokens()?;
    for pending in std::mem::take(&mut lexer.pending) {
        let (word, behind) = here_document_body(text, end, &pending)?;
        lexer.tokens.push((Token::Input(word), pending.range));
        end = behind;
    }
    Some(Line {
        tokens: lexer.tokens,
        end,
    })
}

/// A here-document whose body is still to come.
struct Pending {
    delimiter: String,
    is_quoted: bool,
    strips_tabs: bool,
    range: Range<usize>,
}

struct Lexer<'a> {
    text: &'a str,
    characters: Peekable<CharIndices<'a>>,
    tokens: Vec<(Token, Range<usize>)>,
    pending: Vec<Pending>,
}

impl Lexer<'_> {
    fn at(&mut self) -> usize {
        self.characters.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn rest(&mut self) -> &str {
        let at = self.at();
        &self.text[at..]
    }

    fn skip(&mut self, bytes: usize) {
        let end = self.at() + bytes;
        while self.characters.next_if(|(at, _)| *at < end).is_some() {}
    }

    /// The length of a line that is continued: a backslash, blanks that came along, and the line end.
    fn continuation(&mut self) -> Option<usize> {
        let rest = self.rest().strip_prefix('\\')?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let behind = &rest[blanks..];
        let line_end = match behind.strip_prefix('\r').unwrap_or(behind).starts_with('\n') {
            true => 1 + usize::from(behind.starts_with('\r')),
            false if behind.is_empty() => 0,
            false => return None,
        };
        Some(1 + blanks + line_end)
    }

    /// Reads to the end of the line; where it is.
    fn tokens(&mut self) -> Option<usize> {
        loop {
            if let Some(length) = self.continuation() {
                self.skip(length);
                continue;
            }
            let start = self.at();
            let rest = self.rest();
            let Some(first) = rest.chars().next() else {
                return Some(start);
            };
            match first {
                '\n' => return Some(start),
                '\r' if rest.starts_with("\r\n") || rest.len() == 1 => return Some(start),
                ' ' | '\t' | '\r' => self.skip(1),
                '#' => {
                    let length = rest.find('\n').unwrap_or(rest.len());
                    let length = rest[..length].trim_end_matches('\r').len();
                    self.skip(length);
                    self.tokens.push((Token::Comment, start..start + length));
                }
                '<' if rest.starts_with("<<") => self.here(start)?,
                '|' | '&' | ';' | '<' | '>' | '(' | ')' => {
                    let length = rest.len() - rest.trim_start_matches(first).len();
                    let operator = rest[..length].to_owned();
                    self.skip(length);
                    self.tokens.push((Token::Operator(operator), start..start + length));
                }
                _ => {
                    let word = self.word()?;
                    let end = self.at();
                    self.tokens.push((Token::Word(word), start..end));
                }
            }
        }
    }

    /// `<<EOF`, `<<-'EOF'`, `<<< word`.
    fn here(&mut self, start: usize) -> Option<()> {
        let is_string = self.rest().starts_with("<<<");
        let strips_tabs = self.rest().starts_with("<<-");
        self.skip(2 + usize::from(is_string || strips_tabs));
        let blanks = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        self.skip(blanks);
        let from = self.at();
        let word = self.word()?;
        let range = start..self.at();
        if is_string {
            self.tokens.push((Token::Input(word), range));
            return Some(());
        }
        self.pending.push(Pending {
            delimiter: literal(&word).filter(|delimiter| !delimiter.is_empty())?,
            is_quoted: self.text[from..range.end].contains(['\'', '"', '\\']),
            strips_tabs,
            range,
        });
        Some(())
    }

    fn word(&mut self) -> Option<Word> {
        let mut word = vec![Piece::Text(String::new())];
        loop {
            if let Some(length) = self.continuation() {
                self.skip(length);
                continue;
            }
            let rest = self.rest();
            let Some(first) = rest.chars().next() else { break };
            match first {
                ' ' | '\t' | '\r' | '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')' => break,
                '\'' => {
                    let inner = rest[1..]
                        .split('\'')
                        .next()
                        .filter(|inner| inner.len() + 1 < rest.len())?;
                    let (inner, length) = (inner.to_owned(), inner.len() + 2);
                    push(&mut word, &inner.replace("\r\n", "\n"));
                    self.skip(length);
                }
                '"' => {
                    self.skip(1);
                    self.double_quoted(&mut word)?;
                }
                '$' if rest.starts_with("$'") => {
                    self.skip(2);
                    self.escaped(&mut word)?;
                }
                '$' | '`' => self.expansion(&mut word)?,
                '\\' => {
                    let escaped = rest.chars().nth(1).map_or(String::new(), String::from);
                    push(&mut word, &escaped);
                    self.skip(1 + escaped.len());
                }
                other => {
                    push(&mut word, other.encode_utf8(&mut [0; 4]));
                    self.skip(other.len_utf8());
                }
            }
        }
        if word.len() > 1 {
            word.retain(|piece| *piece != Piece::Text(String::new()));
        }
        Some(word)
    }

    /// What stands behind the first of two double quotes.
    fn double_quoted(&mut self, word: &mut Word) -> Option<()> {
        loop {
            let rest = self.rest();
            match rest.chars().next()? {
                '"' => {
                    self.skip(1);
                    return Some(());
                }
                '$' | '`' => self.expansion(word)?,
                '\\' => match rest[1..].chars().next()? {
                    '\n' => self.skip(2),
                    '\r' if rest[1..].starts_with("\r\n") => self.skip(3),
                    escaped @ ('$' | '`' | '"' | '\\') => {
                        push(word, escaped.encode_utf8(&mut [0; 4]));
                        self.skip(2);
                    }
                    _ => {
                        push(word, "\\");
                        self.skip(1);
                    }
                },
                '\r' if rest.starts_with("\r\n") => self.skip(1),
                other => {
                    push(word, other.encode_utf8(&mut [0; 4]));
                    self.skip(other.len_utf8());
                }
            }
        }
    }

    /// What stands behind `$'`.
    fn escaped(&mut self, word: &mut Word) -> Option<()> {
        loop {
            match self.characters.next()?.1 {
                '\'' => return Some(()),
                '\\' => match self.characters.next()?.1 {
                    'n' => push(word, "\n"),
                    'r' => push(word, "\r"),
                    't' => push(word, "\t"),
                    'u' => {
                        let digits = self.rest().get(..4)?.to_owned();
                        let character = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
                        push(word, character.encode_utf8(&mut [0; 4]));
                        self.skip(4);
                    }
                    other @ ('\'' | '"' | '\\') => push(word, other.encode_utf8(&mut [0; 4])),
                    other => push(word, &format!("\\{other}")),
                },
                other => push(word, other.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// What begins with `$` or with a backquote.
    fn expansion(&mut self, word: &mut Word) -> Option<()> {
        let (piece, length) = expansion(self.rest())?;
        match piece {
            Piece::Text(text) => push(word, &text),
            other => word.push(other),
        }
        self.skip(length);
        Some(())
    }
}

/// What `text`, which begins with `$` or a backquote, expands, and its length; `None` where it has no end.
fn expansion(text: &str) -> Option<(Piece, usize)> {
    let is_name = |name: &str| !name.is_empty() && variable_name(name) == name;
    if let Some(rest) = text.strip_prefix("${") {
        let inner = &rest[..rest.find('}')?];
        let length = inner.len() + 3;
        return Some(match is_name(inner) {
            true => (Piece::Variable(inner.to_owned()), length),
            false => (Piece::Code(text[..length].to_owned()), length),
        });
    }
    if text.starts_with("$(") {
        let mut depth = 0;
        let close = text.find(|character| {
            depth += i32::from(character == '(') - i32::from(character == ')');
            depth == 0 && character == ')'
        })?;
        return Some((Piece::Code(text[..=close].to_owned()), close + 1));
    }
    if let Some(rest) = text.strip_prefix('`') {
        let length = rest.find('`')? + 2;
        return Some((Piece::Code(text[..length].to_owned()), length));
    }
    let rest = &text[1..];
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let name = &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())];
    Some(match is_name(name) {
        true => (Piece::Variable(name.to_owned()), name.len() + 1),
        false => (Piece::Text("$".to_owned()), 1),
    })
}

/// The body of a here-document below the line that ends at `line_end`, and where its delimiter ends.
fn here_document_body(text: &str, line_end: usize, pending: &Pending) -> Option<(Word, usize)> {
    let start = line_end + text[line_end..].find('\n')? + 1;
    let mut at = start;
    let mut body = String::new();
    for whole in text[start..].split_inclusive('\n') {
        let line = whole.trim_end_matches('\n').trim_end_matches('\r');
        let shown = match pending.strips_tabs {
            true => line.trim_start_matches('\t'),
            false => line,
        };
        if shown == pending.delimiter {
            let word = match pending.is_quoted {
                true => vec![Piece::Text(body)],
                false => expanded(&body)?,
            };
            return Some((word, at + line.len()));
        }
        body.push_str(shown);
        body.push('\n');
        at += whole.len();
    }
    None
}

/// The body of a here-document in which a shell expands variables.
fn expanded(body: &str) -> Option<Word> {
    let mut word = Word::new();
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '$' | '`' => {
                let (piece, length) = expansion(rest)?;
                match piece {
                    Piece::Text(text) => push(&mut word, &text),
                    other => word.push(other),
                }
                length
            }
            '\\' if rest.starts_with("\\\n") => 2,
            '\\' if rest[1..].starts_with(['$', '`', '\\']) => {
                push(&mut word, &rest[1..2]);
                2
            }
            other => {
                push(&mut word, other.encode_utf8(&mut [0; 4]));
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Some(word)
}

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;
