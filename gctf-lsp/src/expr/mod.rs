//! The expression language of ASSERTS and EXTRACT: jq with plugins, infix words, regexes, negation and types.
//!
//! [`check`] looks at an expression alone; an [`Engine`] makes a [`Program`] of it, which jq's own compiler runs.

pub(crate) mod ast;
mod base32;
mod bounds;
mod builtins;
mod calls;
mod constructs;
mod lints;
mod literal;
mod literals;
mod lower;
mod meaning;
mod names;
mod natives;
mod parser;
mod pin;
mod plugins;
mod reads;
mod term;
#[cfg(test)]
mod tests;
pub(crate) mod time;
pub(crate) mod tokens;
mod trees;
mod unfinished;
mod values;
mod workers;

use bounds::Data;
use jaq_core::load::parse::{Def, Term};
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Filter};
use jaq_json::Val;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use workers::Workers;

pub use ast::Place;
pub use bounds::{Bounds, RunError};
pub use literal::{Compared, compared_literal};
pub(crate) use meaning::read;
pub use meaning::{Checked, check, plugins as plugins_in};
pub(crate) use parser::parse;
pub use pin::{Literal, Pin, PinStep};
pub use unfinished::{Slot, Unfinished, unfinished};
pub(crate) use values::to_val;

/// Why an expression cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// A `G4…` number.
    pub code: &'static str,
    /// Bytes of the expression's text.
    pub range: Range<usize>,
    pub message: String,
}

/// Types behind `:` with the definitions that they stand for.
const TYPES: [(&str, &str); 14] = [
    ("bool", "__as_bool"),
    ("uint", "__as_uint"),
    ("number", "__as_number"),
    ("string", "__as_string"),
    ("uuid", "__as_string"),
    ("email", "__as_string"),
    ("url", "__as_string"),
    ("ip", "__as_string"),
    ("regex", "__as_string"),
    ("yaml", "__as_string"),
    ("time", "__as_time"),
    ("timestamp", "__as_time"),
    ("duration", "__as_duration"),
    ("json", "__as_json"),
];

/// Whether `name` is a type that can stand behind `:`.
pub fn is_type(name: &str) -> bool {
    TYPES.iter().any(|(known, _)| *known == name)
}

/// The types that can stand behind `:`.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

/// jq's functions, each with the numbers of arguments that it takes.
pub fn functions() -> impl Iterator<Item = (&'static str, &'static [usize])> {
    builtins::FUNCTIONS.iter().copied()
}

/// jq's formats, with their `@`.
pub fn formats() -> &'static [&'static str] {
    &plugins::FORMATS
}

/// The name of the variable that plugins read the call from.
pub(crate) const CALL: &str = "$__call";

/// The definitions that every expression can use, parsed once, and the threads that evaluate.
pub struct Engine {
    /// In the order in which they can use each other.
    definitions: Vec<Definition>,
    /// Where the definitions of a name stand.
    places: BTreeMap<&'static str, Vec<usize>>,
    natives: bounds::Natives,
    workers: Workers,
}

/// A definition with the names that its body reads.
struct Definition {
    definition: Def<&'static str>,
    names: BTreeSet<&'static str>,
}

/// A compiled expression. Values of its variables are given by position when it runs.
pub struct Program {
    pub(crate) filter: Filter<Data>,
    /// Whether it reads what plugins see of the call.
    pub(crate) reads_call: bool,
    /// Whether it cannot run away.
    is_simple: bool,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Program")
            .field("reads_call", &self.reads_call)
            .finish_non_exhaustive()
    }
}

/// The parsed form of an expression, with slices of its text.
pub(crate) type Tree<'a> = Term<&'a str>;

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("definitions", &self.definitions.len())
            .finish_non_exhaustive()
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
        let all = allowed.chain(plugins::definitions()).map(bounds::instrument_definition);
        let definitions: Vec<_> = all
            .map(|definition| {
                let mut names = BTreeSet::new();
                calls::names(&definition.body, &mut names);
                Definition { definition, names }
            })
            .collect();
        let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (at, known) in definitions.iter().enumerate() {
            places.entry(known.definition.name).or_default().push(at);
        }
        Self {
            definitions,
            places,
            natives: bounds::Natives::new(),
            workers: Workers::default(),
        }
    }

    /// The definitions that `names` lead to, in order; `names` become all that is read on the way. Compiling all
    /// that there are would be nearly all of the time that an expression takes.
    fn definitions<'a>(&self, names: &mut BTreeSet<&'a str>) -> Vec<Def<&'a str>> {
        let mut wanted = BTreeSet::new();
        let mut waiting: Vec<_> = names.iter().copied().collect();
        while let Some(name) = waiting.pop() {
            for at in self.places.get(name).into_iter().flatten() {
                if wanted.insert(*at) {
                    let read = self.definitions[*at].names.iter().copied();
                    waiting.extend(read.filter(|name| names.insert(name)));
                }
            }
        }
        let wanted = wanted.into_iter();
        wanted.map(|at| self.definitions[at].definition.clone()).collect()
    }

    /// Runs `program` on `input`. `globals` are what plugins read of the call, and the variables in the order in
    /// which it was compiled with them.
    pub(crate) fn evaluate(
        &self,
        program: &Arc<Program>,
        input: Val,
        globals: Vec<Val>,
        bounds: Bounds,
    ) -> Result<Vec<Json>, RunError> {
        match program.is_simple {
            true => bounds::look(program, input, globals),
            false => bounds::evaluate(&self.workers, program, input, globals, bounds),
        }
    }

    /// The term of an expression that means something.
    pub(crate) fn tree<'a>(&self, text: &'a str, place: Place) -> Result<Tree<'a>, Vec<ExprError>> {
        let parsed = parse(text, place).map_err(|error| vec![error])?;
        Ok(lower::program(&parsed.expression))
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
        let mut read = BTreeSet::new();
        calls::names(&main.body, &mut read);
        let is_simple = is_simple(text, &main.body);
        let definitions = self.definitions(&mut read);
        let names: Vec<String> = variables.iter().map(|name| format!("${name}")).collect();
        let globals = [CALL].into_iter().chain(names.iter().map(String::as_str));
        let arena = Arena::default();
        let definitions = definitions.into_iter().chain([main]);
        let file = File { code: MAIN, path: () };
        let Ok(modules) = Loader::new(definitions).load(&arena, file) else {
            return Err(Vec::new());
        };
        let compiled = Compiler::default()
            .with_funs(self.natives.of(&read))
            .with_global_vars(globals)
            .compile(modules);
        let reads_call = read.contains(CALL);
        let program = |filter| Program {
            filter,
            reads_call,
            is_simple,
        };
        compiled.map(program).map_err(|errors| {
            let undefined = errors.into_iter().flat_map(|(_, errors)| errors);
            // The names have been looked at before, so that this is a gap between the two.
            undefined
                .map(|(symbol, kind)| ExprError {
                    code: "G401",
                    range: within(text, symbol),
                    message: format!("no {} `{symbol}`", kind.as_str()),
                })
                .collect()
        })
    }

    /// Compiles an expression as it is written, trailing comment included. `variables` are names without `$`.
    ///
    /// # Errors
    /// Everything that is wrong with it, with bytes of `source`.
    pub fn compile(&self, source: &str, place: Place, variables: &[&str]) -> Result<Program, Vec<ExprError>> {
        deep(source, || {
            read(source, place, Some(variables), |meaning| {
                let tree = lower::program(&meaning.parsed.expression);
                self.compile_tree(meaning.text, tree, variables)
            })?
        })
    }

    /// Whether an expression reads a field called `name` of its input, by the tree and not by the text.
    pub fn reads_field(&self, source: &str, name: &str) -> bool {
        let text = meaning::without_line_comments(source);
        let read = deep(source, || Ok(reads::field(&self.tree(&text, Place::Asserts)?, name)));
        read.unwrap_or(false)
    }

    /// The source without a trailing `//` comment, byte for byte as long.
    pub(crate) fn readable(&self, source: &str, variables: &[&str]) -> Result<String, Vec<ExprError>> {
        read(source, Place::Asserts, Some(variables), |meaning| {
            meaning.text.to_owned()
        })
    }
}

/// Whether an expression cannot run away, on any thread's stack.
fn is_simple(text: &str, tree: &Tree<'_>) -> bool {
    text.len() <= SHALLOW && calls::is_simple(tree)
}

/// Longest expression, in bytes.
const MAX_SOURCE: usize = 16 << 10;
/// Longest expression that any thread's stack is enough for, in bytes.
const SHALLOW: usize = 400;
/// What the recursion of parsing and compiling the longest expression takes, in bytes.
const DEEP_STACK: usize = 512 << 20;

/// Does `work` on `source` where its nesting cannot overflow the stack.
pub(crate) fn deep<T: Send>(
    source: &str,
    work: impl FnOnce() -> Result<T, Vec<ExprError>> + Send,
) -> Result<T, Vec<ExprError>> {
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

/// The bytes of `part` in `text`; all of it if `part` is no slice of it, as the names of added definitions are.
fn within(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr());
    match start {
        Some(start) if start + part.len() <= text.len() => start..start + part.len(),
        _ => 0..text.trim_end().len(),
    }
}
