//! What begins with a word: `if`, `try`, `reduce`, `foreach`, `def` and calls of functions.

use super::ast::{Definition, Expr, Kind, PIPE};
use super::parser::{Parser, Read, is_keyword};

impl<'a> Parser<'a> {
    /// A keyword's construct or a call.
    pub(super) fn word(&mut self) -> Read<Expr<'a>> {
        let start = self.at;
        let word = self.word_at(start);
        match word {
            "if" => self.condition(),
            "try" => {
                self.at += word.len();
                let body = self.tight()?;
                let catch = match self.take_word("catch") {
                    true => Some(Box::new(self.tight()?)),
                    false => None,
                };
                let end = catch.as_ref().map_or(body.range.end, |catch| catch.range.end);
                Ok(Expr {
                    kind: Kind::Try(Box::new(body), catch),
                    range: start..end,
                })
            }
            "reduce" | "foreach" => self.fold(word),
            "break" => {
                self.at += word.len();
                let name = self.variable()?;
                Ok(self.node(start, Kind::Break(name)))
            }
            "import" | "include" => {
                let message = format!("`{word}` is not available: an expression uses no other files");
                Err(self.error("G401", start..start + word.len(), &message))
            }
            _ if word.is_empty() || is_keyword(word) => Err(self.unexpected("a term")),
            _ => {
                self.at += word.len();
                let arguments = self.arguments()?;
                Ok(self.node(start, Kind::Call(word, arguments)))
            }
        }
    }

    /// `(a; b)`, if it stands here.
    fn arguments(&mut self) -> Read<Vec<Expr<'a>>> {
        let mut arguments = Vec::new();
        let end = self.at;
        self.skip();
        let open = self.at;
        if !self.rest().starts_with('(') {
            self.at = end;
            return Ok(arguments);
        }
        self.at += 1;
        loop {
            arguments.push(self.enclosed(false, false)?);
            match () {
                () if self.take(")") => return Ok(arguments),
                () if self.take(";") => {}
                () => return Err(self.unclosed(")", open)),
            }
        }
    }

    fn fold(&mut self, word: &'a str) -> Read<Expr<'a>> {
        let start = self.at;
        self.at += word.len();
        let source = self.postfix()?;
        self.expect_word("as")?;
        let pattern = self.pattern()?;
        self.skip();
        let open = self.at;
        let arguments = self.arguments()?;
        let fits = match word {
            "reduce" => arguments.len() == 2,
            _ => matches!(arguments.len(), 2 | 3),
        };
        if !fits {
            let message = match word {
                "reduce" => "`reduce` takes `(start; update)`",
                _ => "`foreach` takes `(start; update)` or `(start; update; output)`",
            };
            return Err(self.error("G401", open..self.at.max(open), message));
        }
        Ok(self.node(start, Kind::Fold(word, Box::new(source), pattern, arguments)))
    }

    fn condition(&mut self) -> Read<Expr<'a>> {
        let start = self.at;
        self.at += "if".len();
        let before = std::mem::take(&mut self.commas_separate);
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.full()?;
            self.expect_word("then")?;
            branches.push((condition, self.full()?));
            if self.take_word("elif") {
                continue;
            }
            if self.take_word("else") {
                otherwise = Some(Box::new(self.full()?));
            }
            break;
        }
        self.commas_separate = before;
        let behind = branches.last().map_or(self.at, |(_, then)| then.range.end);
        let behind = otherwise.as_ref().map_or(behind, |last| last.range.end);
        if !self.take_word("end") {
            if self.at < self.text.len() {
                return Err(self.unexpected("`end`"));
            }
            self.unended.push(start..start + "if".len());
            self.at = behind;
        }
        Ok(self.node(start, Kind::If(branches, otherwise)))
    }

    pub(super) fn definition(&mut self) -> Read<Expr<'a>> {
        let start = self.at;
        self.take_word("def");
        self.skip();
        let name = self.word_at(self.at);
        if name.is_empty() || is_keyword(name) {
            return Err(self.unexpected("the name of the function"));
        }
        self.at += name.len();
        let mut parameters = Vec::new();
        if self.take("(") {
            loop {
                self.skip();
                let word = self.word_at(self.at);
                parameters.push(match word.is_empty() {
                    true => self.variable()?,
                    false => {
                        self.at += word.len();
                        word
                    }
                });
                if self.take(")") {
                    break;
                }
                self.expect(";")?;
            }
        }
        self.expect(":")?;
        let body = self.enclosed(false, false)?;
        self.expect(";")?;
        let rest = self.expression(PIPE)?;
        let definition = Definition { name, parameters, body };
        Ok(self.node(start, Kind::Define(Box::new(definition), Box::new(rest))))
    }
}
