//! An expression up to a cursor: what is being typed there, and how to read what stands before it.

use std::ops::Range;

/// What is being typed at the end of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A name behind `.`
    Step,
    /// A name in `["…"]`
    QuotedStep,
    /// A function, a keyword, any term.
    Term,
    /// A key of an object that is built.
    Key,
    /// A plugin, with its `@`.
    Plugin,
    /// A variable, with its `$`.
    Variable,
    /// An operator behind an operand.
    Operator,
    /// What is compared with what ends at this byte.
    Operand { left: usize },
    /// The name that a plugin such as `@header` takes, in its quotes.
    Argument { plugin: String },
    /// A type behind `:`
    Type,
}

/// An expression that ends where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub slot: Slot,
    /// Where what is being typed begins, in bytes.
    pub start: usize,
    /// What stands before it as an expression of its own, with something in its place and all brackets closed.
    pub readable: String,
    /// The bytes of `readable` that stand in the place of what is being typed.
    pub stand_in: Range<usize>,
    /// Variables that the expression sets before the cursor, with their `$`.
    pub bound: Vec<String>,
    /// Whether what is being typed looks at what the whole line looks at.
    pub at_root: bool,
}

/// Looks at `prefix`, the text of an expression up to the cursor. `None` where nothing can be said: in comments,
/// strings and regexes, behind a finished term.
pub fn unfinished(prefix: &str) -> Option<Unfinished> {
    let mut scanner = Scanner {
        text: prefix,
        at: 0,
        open: Vec::new(),
        before: Before::Start,
        folds: false,
        pipes: 0,
        bound: Vec::new(),
    };
    let (slot, start) = scanner.run()?;
    Some(scanner.finish(slot, start))
}

/// What is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Open {
    /// Parentheses, behind a name or not, with the number of `;` in them.
    Paren {
        name: String,
        parts: usize,
    },
    /// The parentheses of `reduce` and `foreach`.
    Fold {
        parts: usize,
    },
    Bracket {
        is_step: bool,
    },
    Brace,
    /// `\(` in a string.
    Interpolation,
    If,
    Then,
    Else,
}

/// The last token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Before {
    Start,
    /// A term that ends at this byte.
    Operand(usize),
    /// A comparison, whose left side ends at this byte.
    Comparison(usize),
    Matches,
    Operator,
    /// An opening bracket, or what separates parts in it.
    Separator,
    As,
}

type Found = Option<(Slot, usize)>;

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
    before: Before,
    /// Whether a `reduce` or `foreach` has no parentheses yet.
    folds: bool,
    /// Pipes outside of brackets.
    pipes: usize,
    bound: Vec<String>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    fn run(&mut self) -> Found {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            let is_glued = trimmed.len() == rest.len();
            self.at += rest.len() - trimmed.len();
            let Some(first) = trimmed.chars().next() else {
                return self.at_end(is_glued);
            };
            match first {
                '#' => self.at = self.text[self.at..].find('\n').map(|end| self.at + end)?,
                '"' => {
                    if let Some(found) = self.string() {
                        return found;
                    }
                }
                '.' => {
                    if let Some(found) = self.dot() {
                        return Some(found);
                    }
                }
                '@' | '$' => {
                    if let Some(found) = self.sigil(first) {
                        return Some(found);
                    }
                }
                '/' if self.takes_regex() => self.regex()?,
                first if first.is_ascii_digit() => {
                    let length = self.length(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
                    if self.at + length == self.text.len() {
                        return None;
                    }
                    self.operand(length);
                }
                first if first.is_ascii_alphabetic() || first == '_' => {
                    if let Some(found) = self.word() {
                        return Some(found);
                    }
                }
                _ => {
                    if let Some(found) = self.sign(first, is_glued) {
                        return Some(found);
                    }
                }
            }
        }
    }

    fn length(&self, fits: impl Fn(char) -> bool) -> usize {
        self.rest().find(|c| !fits(c)).unwrap_or(self.rest().len())
    }

    fn operand(&mut self, length: usize) {
        self.at += length;
        self.before = Before::Operand(self.at);
    }

    /// What stands at the end where no word is being typed.
    fn at_end(&self, is_glued: bool) -> Found {
        let end = self.text.len();
        let in_brace = self.open.last() == Some(&Open::Brace);
        match &self.before {
            Before::Operand(_) if is_glued => None,
            Before::Operand(_) => Some((Slot::Operator, end)),
            Before::Comparison(left) => Some((Slot::Operand { left: *left }, end)),
            Before::Separator if in_brace && self.text.trim_end().ends_with(['{', ',']) => Some((Slot::Key, end)),
            Before::As | Before::Matches => None,
            // Signs that editors ask at, and behind which nobody asked for a term.
            _ if self.text.ends_with(['-', '/', ':', '[', '{']) => None,
            _ => Some((Slot::Term, end)),
        }
    }

    /// A string, up to its end or its next interpolation; the outer `Some` where the cursor is in it.
    fn string(&mut self) -> Option<Found> {
        let start = self.at;
        let opened = self.before.clone();
        self.at += 1;
        self.in_string(start, &opened)
    }

    fn in_string(&mut self, start: usize, opened: &Before) -> Option<Found> {
        loop {
            let rest = self.rest();
            let Some(stop) = rest.find(['"', '\\', '\n']) else {
                return Some(self.cursor_in_string(start, opened));
            };
            self.at += stop;
            match self.rest().as_bytes()[0] {
                b'"' => {
                    self.operand(1);
                    return None;
                }
                b'\\' if self.rest().starts_with("\\(") => {
                    self.at += 2;
                    self.open.push(Open::Interpolation);
                    self.before = Before::Separator;
                    return None;
                }
                b'\\' => {
                    let escaped = self.rest().chars().nth(1).map_or(0, char::len_utf8);
                    self.at += 1 + escaped;
                }
                // A string ends on its line.
                _ => {
                    self.before = Before::Operand(self.at);
                    return None;
                }
            }
        }
    }

    fn cursor_in_string(&self, start: usize, opened: &Before) -> Found {
        match (self.open.last(), opened) {
            (_, Before::Comparison(left)) => Some((Slot::Operand { left: *left }, start)),
            (Some(Open::Bracket { is_step: true }), Before::Separator) => Some((Slot::QuotedStep, start)),
            (Some(Open::Paren { name, parts: 0 }), Before::Separator) if name.starts_with('@') => {
                let plugin = name.clone();
                Some((Slot::Argument { plugin }, start))
            }
            _ => None,
        }
    }

    fn dot(&mut self) -> Option<(Slot, usize)> {
        if self.rest().starts_with("..") {
            self.operand(2);
            return None;
        }
        self.at += 1;
        let start = self.at;
        if self.rest().starts_with('"') || self.rest().starts_with('[') {
            self.before = Before::Operand(self.at);
            return None;
        }
        let length = self.length(|c| c.is_ascii_alphanumeric() || c == '_');
        self.operand(length);
        (self.at == self.text.len()).then_some((Slot::Step, start))
    }

    fn sigil(&mut self, first: char) -> Option<(Slot, usize)> {
        let start = self.at;
        self.at += 1;
        let length = self.length(|c| c.is_ascii_alphanumeric() || c == '_' || (first == '@' && c == '.'));
        let binds = self.before == Before::As;
        self.operand(length);
        let is_last = self.at == self.text.len();
        if binds || first == '$' && !is_last && self.in_pattern() {
            self.bound.push(self.text[start..self.at].to_owned());
        }
        match (is_last, first) {
            (true, '@') => Some((Slot::Plugin, start)),
            (true, _) if !binds => Some((Slot::Variable, start)),
            _ => None,
        }
    }

    /// Whether a pattern behind `as` is not closed.
    fn in_pattern(&self) -> bool {
        self.text[..self.at].rfind(" as ").is_some_and(|at| {
            let pattern = self.text[at + 4..self.at].trim_start();
            pattern.starts_with(['[', '{']) && !pattern.contains('|')
        })
    }

    /// Whether a `/` begins a regex.
    fn takes_regex(&self) -> bool {
        let in_plugin = matches!(self.open.last(), Some(Open::Paren { name, .. }) if name.starts_with('@'));
        self.before == Before::Matches || (in_plugin && self.before == Before::Separator)
    }

    fn regex(&mut self) -> Option<()> {
        let line = self.rest().lines().next().unwrap_or("");
        let mut is_escaped = false;
        let end = line.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '/' && !is_escaped;
            is_escaped = *c == '\\' && !is_escaped;
            ends
        });
        let (end, _) = end?;
        self.at += end + 1;
        let flags = self.length(|c| c.is_ascii_alphabetic());
        self.operand(flags);
        Some(())
    }

    fn word(&mut self) -> Option<(Slot, usize)> {
        let start = self.at;
        let length = self.length(|c| c.is_ascii_alphanumeric() || c == '_');
        let end = start + length;
        let word = &self.text[start..end];
        let in_key = self.open.last() == Some(&Open::Brace) && self.before == Before::Separator;
        if end == self.text.len() {
            return self.typed_word(start, in_key);
        }
        self.at = end;
        let left = match self.before {
            Before::Operand(left) => left,
            _ => start,
        };
        let is_behind = matches!(self.before, Before::Operand(_));
        self.before = match word {
            "and" | "or" | "xor" if is_behind => Before::Operator,
            "matches" if is_behind => Before::Matches,
            "contains" | "startsWith" | "startswith" | "endsWith" | "endswith" if is_behind => Before::Comparison(left),
            "as" if is_behind => Before::As,
            "not" | "try" | "catch" if !is_behind || word == "catch" => Before::Operator,
            "reduce" | "foreach" => {
                self.folds = true;
                Before::Operator
            }
            "if" | "elif" | "then" | "else" | "end" => self.branch(word),
            _ => Before::Operand(end),
        };
        None
    }

    /// A word that the cursor is behind.
    fn typed_word(&self, start: usize, in_key: bool) -> Found {
        match &self.before {
            Before::Operand(_) => Some((Slot::Operator, start)),
            Before::Comparison(left) => Some((Slot::Operand { left: *left }, start)),
            Before::Matches | Before::As => None,
            _ if in_key && self.text[..start].trim_end().ends_with(['{', ',']) => Some((Slot::Key, start)),
            _ => Some((Slot::Term, start)),
        }
    }

    fn branch(&mut self, word: &str) -> Before {
        let is_branch = matches!(self.open.last(), Some(Open::If | Open::Then | Open::Else));
        if is_branch && word != "if" {
            self.open.pop();
        }
        match word {
            "if" | "elif" => self.open.push(Open::If),
            "then" => self.open.push(Open::Then),
            "else" => self.open.push(Open::Else),
            _ => return Before::Operand(self.at),
        }
        Before::Separator
    }

    fn sign(&mut self, first: char, is_glued: bool) -> Option<(Slot, usize)> {
        let left = match self.before {
            Before::Operand(left) => Some(left),
            _ => None,
        };
        match first {
            '(' => self.open_paren(left.filter(|_| is_glued)),
            '[' => self.push(Open::Bracket {
                is_step: left.is_some() && is_glued,
            }),
            '{' => self.push(Open::Brace),
            ')' | ']' | '}' => return self.close(),
            ';' | ',' | '|' => {
                self.at += 1;
                self.separate(first);
            }
            ':' if left.is_some() && is_glued && self.open.last() != Some(&Open::Brace) => {
                self.at += 1;
                let start = self.at;
                let length = self.length(|c| c.is_ascii_alphanumeric() || c == '_');
                self.operand(length);
                return (self.at == self.text.len()).then_some((Slot::Type, start));
            }
            ':' => {
                self.at += 1;
                self.before = Before::Operator;
            }
            '?' => self.operand(1),
            _ => self.operator(left),
        }
        None
    }

    fn push(&mut self, open: Open) {
        self.open.push(open);
        self.at += 1;
        self.before = Before::Separator;
    }

    fn open_paren(&mut self, name_end: Option<usize>) {
        let is_fold = self.folds && matches!(self.before, Before::Operand(_));
        if is_fold {
            self.folds = false;
            return self.push(Open::Fold { parts: 0 });
        }
        let name = name_end.map_or("", |end| {
            let before = &self.text[..end];
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@');
            let start = before.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
            &before[start..]
        });
        self.push(Open::Paren {
            name: name.to_owned(),
            parts: 0,
        });
    }

    fn close(&mut self) -> Option<(Slot, usize)> {
        // What is closed around an unfinished branch closes that too.
        while matches!(self.open.last(), Some(Open::If | Open::Then | Open::Else)) {
            self.open.pop();
        }
        let closed = self.open.pop();
        self.operand(1);
        match closed {
            Some(Open::Interpolation) => self.in_string(self.at, &Before::Start).flatten(),
            _ => None,
        }
    }

    fn separate(&mut self, sign: char) {
        self.before = Before::Separator;
        match self.open.last_mut() {
            Some(Open::Fold { parts }) if sign == ';' => *parts += 1,
            Some(Open::Paren { parts, .. }) if sign != '|' => *parts += 1,
            None if sign == '|' => self.pipes += 1,
            _ => {}
        }
    }

    fn operator(&mut self, left: Option<usize>) {
        let signs = ["==", "!=", "<=", ">=", "<", ">"];
        let rest = self.rest();
        let comparison = signs.iter().find(|sign| rest.starts_with(**sign));
        let length = match comparison {
            Some(sign) => sign.len(),
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
        self.before = match (comparison, left) {
            (Some(_), Some(left)) => Before::Comparison(left),
            _ => Before::Operator,
        };
        self.at += length;
    }

    /// The expression before `start` as one that can be read.
    fn finish(self, slot: Slot, start: usize) -> Unfinished {
        let filler = match &slot {
            Slot::Step => "__",
            Slot::QuotedStep => "\"__\"",
            Slot::Key => "__: .",
            Slot::Operator | Slot::Type => "",
            _ => ".",
        };
        let mut readable = match slot {
            Slot::Type => self.text[..start - 1].to_owned(),
            _ => self.text[..start].to_owned(),
        };
        let stand_in = match slot {
            Slot::Key => readable.len() + "__: ".len()..readable.len() + filler.len(),
            _ => readable.len()..readable.len() + filler.len(),
        };
        readable.push_str(filler);
        for open in self.open.iter().rev() {
            readable.push_str(match open {
                Open::Fold { parts: 0 } => "; .)",
                Open::Paren { .. } | Open::Fold { .. } => ")",
                Open::Bracket { .. } => "]",
                Open::Brace => "}",
                Open::Interpolation => ")\"",
                Open::If => " then . end",
                Open::Then | Open::Else => " end",
            });
        }
        // The brackets of a quoted step are its own.
        let around = self.open.len() - usize::from(slot == Slot::QuotedStep);
        let is_inner = |open: &Open| !matches!(open, Open::Interpolation | Open::If | Open::Then | Open::Else);
        Unfinished {
            at_root: !self.open[..around].iter().any(is_inner) && self.pipes == 0,
            bound: self.bound,
            slot,
            start,
            readable,
            stand_in,
        }
    }
}

#[cfg(test)]
#[path = "unfinished_tests.rs"]
mod tests;
