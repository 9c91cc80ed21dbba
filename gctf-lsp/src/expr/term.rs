//! Terms: what stands between operators, with everything that binds to it.

use super::ast::{Expr, Kind, PIPE, Pattern, Step, StepKind};
use super::parser::{Parser, Read};
use super::plugins::is_format;
use std::ops::Range;

impl<'a> Parser<'a> {
    /// A term behind its prefixes, or something that takes all that follows.
    pub(super) fn operand(&mut self) -> Read<Expr<'a>> {
        self.skip();
        let start = self.at;
        match self.word_at(start) {
            "def" => return self.definition(),
            "label" => {
                self.take_word("label");
                let name = self.variable()?;
                self.expect("|")?;
                let body = self.expression(PIPE)?;
                return Ok(self.node(start, Kind::Label(name, Box::new(body))));
            }
            _ => {}
        }
        let term = self.tight()?;
        if !self.take_word("as") {
            return Ok(term);
        }
        let mut patterns = vec![self.pattern()?];
        while self.take("?//") {
            patterns.push(self.pattern()?);
        }
        self.expect("|")?;
        let body = self.expression(PIPE)?;
        Ok(self.node(start, Kind::Bind(Box::new(term), patterns, Box::new(body))))
    }

    /// A term behind its prefixes.
    pub(super) fn tight(&mut self) -> Read<Expr<'a>> {
        self.skip();
        let start = self.at;
        let rest = self.rest();
        let negates = match self.word_at(start) {
            "not" => self.negates(start + "not".len()),
            _ => false,
        };
        match () {
            () if negates => {
                self.at += "not".len();
                let operand = self.tight()?;
                Ok(self.node(start, Kind::Not(Box::new(operand))))
            }
            () if rest.starts_with('!') && !rest.starts_with("!=") => {
                self.at += 1;
                let operand = self.tight()?;
                Ok(self.node(start, Kind::Not(Box::new(operand))))
            }
            () if rest.starts_with('-') => {
                self.at += 1;
                let operand = self.tight()?;
                Ok(self.node(start, Kind::Negative(Box::new(operand))))
            }
            () => self.postfix(),
        }
    }

    /// Whether a `not` that ends at `end` has a term to negate; glued to a path it is jq's filter.
    fn negates(&mut self, end: usize) -> bool {
        if self.text[end..].starts_with(['.', '[']) {
            return false;
        }
        let before = std::mem::replace(&mut self.at, end);
        self.skip();
        let found = self.begins_term() || self.rest().starts_with('-');
        self.at = before;
        found
    }

    pub(super) fn postfix(&mut self) -> Read<Expr<'a>> {
        let mut base = self.term()?;
        let mut steps: Vec<Step<'a>> = match &base.kind {
            Kind::Identity => self.first_step()?.into_iter().collect(),
            _ => Vec::new(),
        };
        let start = base.range.start;
        loop {
            let end = self.at;
            self.skip();
            let rest = self.rest();
            let dotted = rest.strip_prefix('.').is_some_and(|behind| !behind.starts_with('.'));
            match rest.bytes().next() {
                Some(b'[') => steps.push(self.bracket()?),
                Some(b'.') if dotted => {
                    self.at += 1;
                    steps.push(self.dotted()?);
                }
                Some(b'?') if !self.is_ternary() => {
                    self.at += 1;
                    match steps.last_mut() {
                        Some(step) => step.optional = true,
                        None => base = self.node(start, Kind::Try(Box::new(base), None)),
                    }
                }
                Some(b':') if self.types_allowed() => {
                    self.at += 1;
                    base = self.with_steps(base, std::mem::take(&mut steps), end);
                    base = self.conversion(base)?;
                }
                _ => {
                    self.at = end;
                    return Ok(self.with_steps(base, steps, end));
                }
            }
        }
    }

    fn with_steps(&self, base: Expr<'a>, steps: Vec<Step<'a>>, end: usize) -> Expr<'a> {
        match steps.is_empty() {
            true => base,
            false => Expr {
                range: base.range.start..end,
                kind: Kind::Path(Box::new(base), steps),
            },
        }
    }

    /// The step glued to a leading `.`; the dot itself is taken already.
    fn first_step(&mut self) -> Read<Option<Step<'a>>> {
        let named = !self.word_at(self.at).is_empty() || self.rest().starts_with(['"', '@']);
        match named {
            true => self.dotted().map(Some),
            false => Ok(None),
        }
    }

    /// The step behind a `.` that is taken already.
    fn dotted(&mut self) -> Read<Step<'a>> {
        self.skip();
        let start = self.at;
        let name = self.word_at(start);
        let kind = match self.rest().bytes().next() {
            _ if !name.is_empty() => {
                self.at += name.len();
                StepKind::Field(name)
            }
            Some(b'[') => return self.bracket(),
            Some(b'"' | b'@') => StepKind::Index(self.text_term()?),
            _ => return Err(self.unexpected("a field name")),
        };
        Ok(Step {
            kind,
            optional: false,
            range: start..self.at,
        })
    }

    fn bracket(&mut self) -> Read<Step<'a>> {
        let start = self.at;
        self.expect("[")?;
        let kind = match () {
            () if self.take("]") => StepKind::Each,
            () if self.take(":") => {
                let to = self.enclosed(false, true)?;
                self.close("]", start)?;
                StepKind::Slice(None, Some(to))
            }
            () => {
                let from = self.enclosed(false, true)?;
                match (self.take(":"), self.take("]")) {
                    (true, true) => StepKind::Slice(Some(from), None),
                    (true, false) => {
                        let to = self.enclosed(false, true)?;
                        self.close("]", start)?;
                        StepKind::Slice(Some(from), Some(to))
                    }
                    (false, true) => StepKind::Index(from),
                    (false, false) => return Err(self.unclosed("]", start)),
                }
            }
        };
        Ok(Step {
            kind,
            optional: false,
            range: start..self.at,
        })
    }

    fn conversion(&mut self, term: Expr<'a>) -> Read<Expr<'a>> {
        self.skip();
        let (at, name) = (self.at, self.word_at(self.at));
        if name.is_empty() {
            return Err(self.unexpected("a type"));
        }
        self.at += name.len();
        let start = term.range.start;
        if !super::is_type(name) {
            let nearest = crate::text::nearest(name, super::type_names());
            let advice = nearest.map_or(String::new(), |nearest| format!("; did you mean `:{nearest}`?"));
            return Err(self.error("G406", at..self.at, &format!("no type `:{name}`{advice}")));
        }
        Ok(self.node(start, Kind::Convert(Box::new(term), name)))
    }

    pub(super) fn node(&self, start: usize, kind: Kind<'a>) -> Expr<'a> {
        Expr {
            kind,
            range: start..self.at,
        }
    }

    fn term(&mut self) -> Read<Expr<'a>> {
        self.skip();
        let start = self.at;
        let rest = self.rest();
        let digit = |text: &str| text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        match rest.bytes().next() {
            Some(b'.') if rest.starts_with("..") => {
                self.at += 2;
                Ok(self.node(start, Kind::Recurse))
            }
            Some(b'.') if !digit(&rest[1..]) => {
                self.at += 1;
                Ok(self.node(start, Kind::Identity))
            }
            Some(b'.' | b'0'..=b'9') => Ok(self.number()),
            Some(b'"') => self.text_term(),
            Some(b'@') => self.at_sign(),
            Some(b'$') => {
                let name = self.variable()?;
                Ok(self.node(start, Kind::Variable(name)))
            }
            Some(b'(') => {
                self.at += 1;
                let inner = self.enclosed(false, false)?;
                self.close(")", start)?;
                Ok(self.node(start, Kind::Group(Box::new(inner))))
            }
            Some(b'[') => {
                self.at += 1;
                if self.take("]") {
                    return Ok(self.node(start, Kind::Array(None)));
                }
                let inner = self.enclosed(false, false)?;
                self.close("]", start)?;
                Ok(self.node(start, Kind::Array(Some(Box::new(inner)))))
            }
            Some(b'{') => self.object(),
            Some(b'/') => Err(self.misplaced_regex()),
            _ => self.word(),
        }
    }

    fn number(&mut self) -> Expr<'a> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(|byte| byte.is_ascii_digit())
                || bytes.get(at) == Some(&b'_') && at > start && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
            {
                at += 1;
            }
            at
        };
        let mut end = digits(start);
        let behind = bytes.get(end + 1).copied().unwrap_or(b' ');
        if bytes.get(end) == Some(&b'.') && !(behind.is_ascii_alphabetic() || matches!(behind, b'_' | b'.')) {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + signed);
            end = if exponent > end + 1 + signed { exponent } else { end };
        }
        self.at = end;
        self.node(start, Kind::Number(&self.text[start..end]))
    }

    /// A format, alone or in front of a string, or a plugin.
    fn at_sign(&mut self) -> Read<Expr<'a>> {
        let start = self.at;
        let mut end = start + 1 + self.word_at(start + 1).len();
        if end == start + 1 {
            return Err(self.unexpected("a plugin behind `@`"));
        }
        let dotted = self.text[end..].starts_with('.') && super::plugins::may_be_namespace(&self.text[start..end]);
        let method = if dotted { self.word_at(end + 1) } else { "" };
        if !method.is_empty() {
            end += 1 + method.len();
        }
        let name = &self.text[start..end];
        if is_format(name) {
            let mark = self.at;
            self.at = end;
            self.skip();
            if self.rest().starts_with('"') {
                self.at = mark;
                return self.text_term();
            }
            self.at = end;
            return Ok(self.node(start, Kind::Call(name, Vec::new())));
        }
        self.at = end;
        let arguments = self.plugin_arguments()?;
        Ok(self.node(start, Kind::Plugin(name, arguments)))
    }

    fn plugin_arguments(&mut self) -> Read<Vec<Expr<'a>>> {
        let mut arguments = Vec::new();
        let end = self.at;
        self.skip();
        let open = self.at;
        if !self.rest().starts_with('(') {
            self.at = end;
            return Ok(arguments);
        }
        self.at += 1;
        if self.take(")") {
            return Ok(arguments);
        }
        loop {
            self.skip();
            arguments.push(match self.rest().starts_with('/') {
                true => self.regex()?,
                false => self.enclosed(true, false)?,
            });
            if self.take(")") {
                return Ok(arguments);
            }
            if self.rest().starts_with(';') {
                let range = self.at..self.at + 1;
                return Err(self.error("G404", range, "`,` stands between the arguments of a plugin"));
            }
            if !self.take(",") {
                return Err(self.unclosed(")", open));
            }
        }
    }

    pub(super) fn variable(&mut self) -> Read<&'a str> {
        self.skip();
        let start = self.at;
        let name = match self.rest().starts_with('$') {
            true => self.word_at(start + 1),
            false => "",
        };
        if name.is_empty() {
            return Err(self.unexpected("a variable"));
        }
        self.at += 1 + name.len();
        Ok(&self.text[start..self.at])
    }

    pub(super) fn close(&mut self, sign: &str, open: usize) -> Read<()> {
        match self.take(sign) {
            true => Ok(()),
            false => Err(self.unclosed(sign, open)),
        }
    }

    /// What stands here instead of a closing bracket; at the end it is the opening one that has no partner.
    pub(super) fn unclosed(&mut self, sign: &str, open: usize) -> super::ExprError {
        self.skip();
        match self.at < self.text.len() {
            true => self.unexpected(&format!("`{sign}`")),
            false => {
                let range: Range<usize> = open..open + 1;
                let found = &self.text[range.clone()];
                self.error("G401", range, &format!("`{found}` is not closed: expected `{sign}`"))
            }
        }
    }

    pub(super) fn pattern(&mut self) -> Read<Pattern<'a>> {
        self.skip();
        let open = self.at;
        match self.rest().bytes().next() {
            Some(b'$') => self.variable().map(Pattern::Variable),
            Some(b'[') => {
                self.at += 1;
                let mut items = vec![self.pattern()?];
                while self.take(",") {
                    items.push(self.pattern()?);
                }
                self.close("]", open)?;
                Ok(Pattern::Array(items))
            }
            Some(b'{') => self.object_pattern(),
            _ => Err(self.unexpected("a variable, `[` or `{`")),
        }
    }
}
