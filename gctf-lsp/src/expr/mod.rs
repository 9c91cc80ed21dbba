//! The expression language of ASSERTS and EXTRACT: jq with plugins, infix words, negation and types.
//!
//! The front end is jaq's own parser; what stands behind it ([`Engine`], [`Program`]) does not know that.

mod bounds;
mod plugins;
mod precedence;
mod prepare;
mod reads;
mod tokens;
mod trees;

use bounds::Data;
use jaq_core::load::parse::{BinaryOp, Def, Term};
use jaq_core::load::{Arena, File, Lexer, Loader, Parser};
use jaq_core::{Compiler, Filter};
use std::ops::Range;

pub(crate) use bounds::evaluate;
pub use bounds::{Bounds, RunError};
pub use tokens::is_type;

/// Why an expression cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// A `G4…` number.
    pub code: &'static str,
    /// Bytes of the expression's text.
    pub range: Range<usize>,
    pub message: String,
}

/// The name of the variable that plugins read the call from.
pub(crate) const CALL: &str = "$__call";

/// The definitions that every expression can use, parsed once.
#[derive(Clone)]
pub struct Engine {
    definitions: Vec<Def<&'static str>>,
}

/// A compiled expression. Values of its variables are given by position when it runs.
pub struct Program {
    pub(crate) filter: Filter<Data>,
}

/// The parsed form of an expression, with slices of its text.
pub(crate) type Tree<'a> = Term<&'a str>;

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("definitions", &self.definitions.len())
            .finish()
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// Parses the standard definitions.
    pub fn new() -> Self {
        let standard = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let allowed = standard.filter(|definition| !bounds::DENIED.contains(&definition.name));
        let definitions = allowed
            .chain(plugins::definitions())
            .map(bounds::instrument_definition)
            .collect();
        Self { definitions }
    }

    /// Parses `text`, which [`prepare`](prepare::prepare) made of an expression's source.
    pub(crate) fn parse<'a>(&self, text: &'a str) -> Result<Tree<'a>, Vec<ExprError>> {
        let end = text.trim_end().len();
        let tokens = Lexer::new(text).lex().map_err(|errors| {
            let error = |(expect, rest): (jaq_core::load::lex::Expect<&str>, &str)| ExprError {
                code: "G401",
                range: first_char(text, within(text, rest)),
                message: format!("expected {}", expect.as_str()),
            };
            errors.into_iter().map(error).collect::<Vec<_>>()
        })?;
        let tokens = tokens::rewrite(text, tokens)?;
        let parsed = Parser::new(&tokens).parse(|parser| parser.term());
        let parsed = parsed
            .map(plugins::split_arguments)
            .map(precedence::settle)
            .map(plugins::environment);
        parsed.map_err(|errors| {
            errors
                .into_iter()
                .map(|(expect, token)| ExprError {
                    code: "G401",
                    range: token.map_or(end..end, |token| within(text, token.0)),
                    message: match token {
                        Some(token) => format!("expected {} instead of `{}`", expect.as_str(), token.0),
                        None => format!("the expression is not finished: expected {}", expect.as_str()),
                    },
                })
                .collect()
        })
    }

    /// Compiles a tree whose slices are of `text`. `variables` are names without `$`.
    pub(crate) fn compile_tree(
        &self,
        text: &str,
        tree: Tree<'_>,
        variables: &[&str],
    ) -> Result<Program, Vec<ExprError>> {
        const MAIN: &str = "gctf_main";
        let main = Def {
            name: MAIN,
            args: Vec::new(),
            body: bounds::instrument(tree),
        };
        if let Some(at) = text.find(CALL) {
            return Err(vec![ExprError {
                code: "G405",
                range: at..at + CALL.len(),
                message: format!("no variable `{CALL}`"),
            }]);
        }
        let names: Vec<String> = variables.iter().map(|name| format!("${name}")).collect();
        let globals = [CALL].into_iter().chain(names.iter().map(String::as_str));
        let arena = Arena::default();
        let definitions = self.definitions.iter().cloned().chain([main]);
        let file = File { code: MAIN, path: () };
        let Ok(modules) = Loader::new(definitions).load(&arena, file) else {
            return Err(Vec::new());
        };
        let compiled = Compiler::default()
            .with_funs(bounds::natives())
            .with_global_vars(globals)
            .compile(modules);
        compiled.map(|filter| Program { filter }).map_err(|errors| {
            let undefined = errors.into_iter().flat_map(|(_, errors)| errors);
            undefined
                .map(|(symbol, kind)| self.undefined(text, symbol, &kind, variables))
                .collect()
        })
    }

    /// Compiles an expression as it is written, trailing comment included. `variables` are names without `$`.
    ///
    /// # Errors
    /// Everything that is wrong with it, with bytes of `source`.
    pub fn compile(&self, source: &str, variables: &[&str]) -> Result<Program, Vec<ExprError>> {
        deep(source, || {
            let text = self.readable(source, variables)?;
            let tree = self.parse(&text)?;
            self.compile_tree(&text, tree, variables)
        })
    }

    /// Whether an expression reads a field called `name` of its input, by the tree and not by the text.
    pub fn reads_field(&self, source: &str, name: &str) -> bool {
        let text = prepare::without_line_comments(&prepare::prepare(source));
        let read = deep(source, || Ok(reads::field(&self.parse(&text)?, name)));
        read.unwrap_or(false)
    }

    /// The source in the form that [`parse`](Self::parse) takes, byte for byte as long: plugins joined to one
    /// name, a trailing `//` comment blanked out where the line means something only without it.
    pub(crate) fn readable(&self, source: &str, variables: &[&str]) -> Result<String, Vec<ExprError>> {
        let compiles = |text: &str| {
            let faults = prepare::foreign_operators(text);
            if !faults.is_empty() {
                return Err(faults);
            }
            let tree = self.parse(text)?;
            if assigns(&tree) {
                return Err(vec![assigned(text)]);
            }
            self.compile_tree(text, tree, variables).map(drop)
        };
        let text = prepare::prepare(source);
        match compiles(&text) {
            Ok(()) => Ok(text),
            Err(errors) => prepare::without_comment(&text)
                .into_iter()
                .find(|shorter| compiles(shorter).is_ok())
                .ok_or(errors),
        }
    }

    fn undefined(
        &self,
        text: &str,
        symbol: &str,
        kind: &jaq_core::compile::Undefined,
        variables: &[&str],
    ) -> ExprError {
        use jaq_core::compile::Undefined;
        let range = within(text, symbol);
        let advice =
            |nearest: Option<String>| nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
        let names = || self.definitions.iter().map(|definition| definition.name);
        let (code, message) = match (kind, symbol.strip_prefix('@')) {
            (Undefined::Var, _) => {
                let name = symbol.trim_start_matches('$');
                let nearest = crate::text::nearest(name, variables.iter().copied());
                let nearest = nearest.map(|name| format!("${name}"));
                ("G405", format!("no variable `${name}`{}", advice(nearest)))
            }
            (_, Some(_)) => {
                let known = names().filter(|name| name.starts_with('@'));
                let exists = names().any(|name| name == symbol);
                match exists {
                    true => ("G404", format!("`{symbol}` takes another number of arguments")),
                    false => (
                        "G403",
                        format!("no plugin `{symbol}`{}", advice(crate::text::nearest(symbol, known))),
                    ),
                }
            }
            (Undefined::Filter(arity), None) => {
                let exists = names().any(|name| name == symbol);
                let nearest = crate::text::nearest(symbol, names().filter(|name| !name.starts_with(['@', '_'])));
                let message = match (exists, *arity) {
                    (true, count) => format!("`{symbol}` does not take {count} arguments"),
                    (false, 0) => {
                        format!("no function `{symbol}`: write `.{symbol}` for a field, `\"{symbol}\"` for a text")
                    }
                    (false, _) => format!("no function `{symbol}`{}", advice(nearest)),
                };
                ("G402", message)
            }
            (other, None) => ("G401", format!("no {} `{symbol}`", other.as_str())),
        };
        ExprError { code, range, message }
    }
}

/// Longest expression, in bytes.
const MAX_SOURCE: usize = 16 << 10;
/// What the recursion of parsing and compiling the longest expression takes, in bytes.
const DEEP_STACK: usize = 512 << 20;

/// Does `work` on `source` where its nesting cannot overflow the stack.
fn deep<T: Send>(source: &str, work: impl FnOnce() -> Result<T, Vec<ExprError>> + Send) -> Result<T, Vec<ExprError>> {
    const SHALLOW: usize = 400;
    let fault = |message: &str| {
        Err(vec![ExprError {
            code: "G401",
            range: 0..source.len(),
            message: message.to_owned(),
        }])
    };
    match source.len() {
        0..=SHALLOW => work(),
        length if length > MAX_SOURCE => fault("the expression is longer than 16 KiB: split it"),
        _ => std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(DEEP_STACK);
            match thread.spawn_scoped(scope, work).map(|thread| thread.join()) {
                Ok(Ok(result)) => result,
                _ => fault("the expression cannot be read"),
            }
        }),
    }
}

/// Whether the last stage of a pipe assigns, so that the expression yields an object and always passes.
fn assigns(tree: &Tree<'_>) -> bool {
    match tree {
        Term::BinOp(_, BinaryOp::Assign, _) => true,
        Term::BinOp(_, BinaryOp::Pipe(_), last) => assigns(last),
        _ => false,
    }
}

fn assigned(text: &str) -> ExprError {
    // The operator has no slice of its own: it is the last lone `=`.
    let from = prepare::lone_equals(text).unwrap_or(0);
    ExprError {
        code: "G407",
        range: from..from + 1,
        message: "`=` assigns and always passes: write `==`".to_owned(),
    }
}

/// The bytes of `part` in `text`; all of it if `part` is no slice of it, as the names of added definitions are.
fn within(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr());
    match start {
        Some(start) if start + part.len() <= text.len() => start..start + part.len(),
        _ => 0..text.trim_end().len(),
    }
}

fn first_char(text: &str, range: Range<usize>) -> Range<usize> {
    match text.get(range.start..).and_then(|rest| rest.chars().next()) {
        Some(first) => range.start..range.start + first.len_utf8(),
        None => text.len()..text.len(),
    }
}
