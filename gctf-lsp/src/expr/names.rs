//! What the names in an expression mean: functions, plugins, variables and labels; and the patterns of regexes.

use super::ExprError;
use super::ast::{Definition, Expr, Key, Kind, Op, Pattern};
use super::builtins::{self, FUNCTIONS, Function};
use crate::spec::plugins::{PLUGINS, Plugin, PluginType, RENAMED};
use std::ops::Range;

/// What is found about names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) errors: Vec<ExprError>,
    /// Variables that the expression does not set itself, without `$`.
    pub(crate) free: Vec<(String, Range<usize>)>,
}

/// Looks at every name in `expression`.
pub(crate) fn check(expression: &Expr<'_>) -> Names {
    let mut checker = Checker::default();
    checker.expression(expression);
    checker.found
}

#[derive(Default)]
struct Checker<'a> {
    found: Names,
    /// Functions that the expression defines, each with the number of its parameters.
    functions: Vec<(&'a str, usize)>,
    /// With their `$`.
    variables: Vec<&'a str>,
    labels: Vec<&'a str>,
}

impl<'a> Checker<'a> {
    fn error(&mut self, code: &'static str, range: Range<usize>, message: String) {
        self.found.errors.push(ExprError { code, range, message });
    }

    fn expression(&mut self, expression: &Expr<'a>) {
        let start = expression.range.start;
        match &expression.kind {
            Kind::Variable(name) => self.variable(name, start),
            Kind::Call(name, arguments) => {
                self.call(name, arguments.len(), start);
                self.pattern_argument(name, arguments);
            }
            Kind::Plugin(name, arguments) => self.plugin(name, arguments, start),
            Kind::Binary(_, Op::Matches, _, right) => self.regex(right),
            Kind::Regex { .. } => self.regex(expression),
            Kind::Bind(source, patterns, body) => {
                self.expression(source);
                let names = patterns.iter().flat_map(Pattern::variables).collect();
                self.inside(names, |checker| {
                    patterns.iter().for_each(|pattern| checker.keys(pattern));
                    checker.expression(body);
                });
                return;
            }
            Kind::Fold(_, source, pattern, arguments) => {
                self.expression(source);
                self.inside(pattern.variables(), |checker| {
                    checker.keys(pattern);
                    arguments.iter().for_each(|argument| checker.expression(argument));
                });
                return;
            }
            Kind::Label(name, body) => {
                self.labels.push(name);
                self.expression(body);
                self.labels.pop();
                return;
            }
            Kind::Break(name) if !self.labels.contains(name) => {
                let message = format!("no `label {name}` around this `break`");
                self.error("G401", expression.range.clone(), message);
            }
            Kind::Object(members) => {
                for member in members {
                    if let Key::Variable(name, range) = &member.key {
                        self.variable(name, range.start);
                    }
                }
            }
            Kind::Define(definition, rest) => return self.definition(definition, rest),
            _ => {}
        }
        let mut children = Vec::new();
        expression.each_child(&mut |child| children.push(child));
        children.into_iter().for_each(|child| self.expression(child));
    }

    fn keys(&mut self, pattern: &Pattern<'a>) {
        let mut keys = Vec::new();
        pattern.each_key(&mut |key| keys.push(key));
        keys.into_iter().for_each(|key| self.expression(key));
    }

    /// Looks at something in which `names` are set.
    fn inside(&mut self, names: Vec<&'a str>, work: impl FnOnce(&mut Self)) {
        let before = self.variables.len();
        self.variables.extend(names);
        work(self);
        self.variables.truncate(before);
    }

    fn definition(&mut self, definition: &Definition<'a>, rest: &Expr<'a>) {
        let before = self.functions.len();
        self.functions.push((definition.name, definition.parameters.len()));
        let (values, closures): (Vec<_>, Vec<_>) = definition
            .parameters
            .iter()
            .copied()
            .partition(|name| name.starts_with('$'));
        // A parameter `$x` is also the function `x`.
        let functions = values.iter().map(|name| &name[1..]).chain(closures);
        self.functions.extend(functions.map(|name| (name, 0)));
        self.inside(values, |checker| checker.expression(&definition.body));
        self.functions.truncate(before + 1);
        self.expression(rest);
        self.functions.truncate(before);
    }

    fn variable(&mut self, name: &'a str, start: usize) {
        if name != "$ENV" && !self.variables.contains(&name) {
            let range = start..start + name.len();
            self.found.free.push((name[1..].to_owned(), range));
        }
    }

    fn call(&mut self, name: &str, count: usize, start: usize) {
        if name.starts_with('@') || self.functions.contains(&(name, count)) {
            return;
        }
        let message = match builtins::find(name, count) {
            Function::Known => return,
            Function::Refused(reason) => format!("`{name}` is not available: {reason}"),
            Function::Arities(arities) => {
                let arities: Vec<_> = arities.iter().map(usize::to_string).collect();
                format!("`{name}` takes {} arguments, not {count}", arities.join(" or "))
            }
            Function::Unknown if count == 0 => {
                let own = self.functions.iter().map(|(name, _)| *name);
                let near = near_function(name, own);
                format!("no function `{name}`: write `.{name}` for a field, `\"{name}\"` for a text{near}")
            }
            Function::Unknown => {
                let own = self.functions.iter().map(|(name, _)| *name);
                format!("no function `{name}`{}", near_function(name, own))
            }
        };
        self.error("G402", start..start + name.len(), message);
    }

    fn plugin(&mut self, name: &'a str, arguments: &[Expr<'a>], start: usize) {
        let range = start..start + name.len();
        let Some(plugin) = crate::spec::plugins::find(name) else {
            let known = PLUGINS.iter().map(|plugin| plugin.name);
            let nearest = crate::text::nearest(name, known.chain(RENAMED.iter().map(|(old, _)| *old)));
            let advice = nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
            return self.error("G403", range, format!("no plugin `{name}`{advice}"));
        };
        let Some(filled) = plugin.filled(arguments.len()) else {
            let message = format!("`{name}` takes other arguments: `{}`", plugin.signature());
            return self.error("G404", range, message);
        };
        for (argument, (parameter, kind)) in arguments.iter().zip(filled) {
            match (&argument.kind, plugin.name) {
                (Kind::Regex { .. }, "@regex") => {}
                (Kind::Regex { .. }, _) => {
                    let message = format!("`{name}` takes no regex: write `\"…\"`");
                    self.error("G408", argument.range.clone(), message);
                }
                _ => self.argument(plugin, argument, parameter, *kind),
            }
        }
        if let (Some(pattern), "@regex") = (arguments.get(1), plugin.name) {
            self.regex(pattern);
        }
    }

    /// Whether a constant argument is of the wrong type.
    fn argument(&mut self, plugin: &Plugin, argument: &Expr<'a>, parameter: &str, kind: PluginType) {
        let given = match &argument.bare().kind {
            Kind::Number(_) => PluginType::Number,
            Kind::Text(..) => PluginType::Text,
            Kind::Object(_) => PluginType::Object,
            Kind::Call("true" | "false", none) if none.is_empty() => PluginType::Boolean,
            _ => return,
        };
        // A schema may be `true` or `false`.
        let fits = kind == PluginType::Any || kind == given || plugin.name == "@schema" && given == PluginType::Boolean;
        if !fits {
            let message = format!(
                "`{parameter}` is a {}, not a {}: `{}`",
                kind.as_str(),
                given.as_str(),
                plugin.signature()
            );
            self.error("G404", argument.range.clone(), message);
        }
    }

    /// The pattern among the arguments of jq's regex functions.
    fn pattern_argument(&mut self, name: &str, arguments: &[Expr<'a>]) {
        let own = self.functions.contains(&(name, arguments.len()));
        let takes_pattern = match name {
            "test" | "match" | "capture" | "scan" | "splits" | "sub" | "gsub" => !arguments.is_empty(),
            "split" => arguments.len() == 2,
            _ => false,
        };
        if let Some(pattern) = arguments.first().filter(|_| takes_pattern && !own) {
            self.regex(pattern);
        }
    }

    /// Whether a constant pattern can be read by the engine that evaluates it.
    fn regex(&mut self, expression: &Expr<'_>) {
        let bare = expression.bare();
        let (pattern, written) = match &bare.kind {
            Kind::Regex { pattern, .. } => (pattern.replace("\\/", "/"), pattern.len()),
            _ => match expression.constant_text() {
                Some(text) => (text, bare.range.len().saturating_sub(2)),
                None => return,
            },
        };
        let Err(error) = regex_bites::Regex::new(&pattern) else {
            return;
        };
        let fault = regex_fault(&pattern);
        let reason = fault
            .as_ref()
            .map_or_else(|| error.to_string(), |(_, reason)| reason.clone());
        // What is escaped in the text is longer there than in the pattern.
        let range = match fault.filter(|_| written == pattern.len()) {
            Some((at, _)) => bare.range.start + 1 + at.start..bare.range.start + 1 + at.end,
            None => expression.range.clone(),
        };
        if !self.found.errors.iter().any(|found| found.range == range) {
            self.error("G408", range, format!("bad regex: {reason}"));
        }
    }
}

/// Where and why a pattern cannot be read; the engine that evaluates patterns does not tell where.
fn regex_fault(pattern: &str) -> Option<(Range<usize>, String)> {
    let (span, reason) = match regex_syntax::parse(pattern).err()? {
        regex_syntax::Error::Parse(error) => (*error.span(), error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (*error.span(), error.kind().to_string()),
        _ => return None,
    };
    let (start, end) = (span.start.offset, span.end.offset);
    let width = |at: usize| pattern[at..].chars().next().map_or(0, char::len_utf8);
    let last = pattern.char_indices().next_back().map_or(0, |(at, _)| at);
    let start = start.min(last);
    Some((start..end.max(start + width(start)), reason))
}

fn near_function<'a>(name: &str, own: impl Iterator<Item = &'a str>) -> String {
    let known = FUNCTIONS.iter().map(|(known, _)| *known).chain(own);
    crate::text::nearest(name, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

/// The error for a variable that nothing sets.
pub(crate) fn unknown_variable<'a>(name: &str, range: Range<usize>, known: impl Iterator<Item = &'a str>) -> ExprError {
    let nearest = crate::text::nearest(name, known);
    let advice = nearest.map_or(String::new(), |nearest| format!("; did you mean `${nearest}`?"));
    ExprError {
        code: "G405",
        range,
        message: format!("no variable `${name}`{advice}"),
    }
}
