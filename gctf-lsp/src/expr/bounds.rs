//! Evaluation that cannot run away: every definition ticks, and ticks run out.

use super::{Program, Tree};
use jaq_core::data::HasLut;
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Term};
use jaq_core::path::{Part, Path};
use jaq_core::{Ctx, Cv, DataT, Exn, Lut, ValXs, Vars, native};
use jaq_json::Val;
use serde_json::Value as Json;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// What jq's own programs can do and tests must not: read, write, stop the process.
pub(super) const DENIED: [&str; 7] = [
    "halt",
    "halt_error",
    "debug",
    "stderr",
    "env",
    "input_line_number",
    "repl",
];
const DENIED_NATIVES: [&str; 7] = ["env", "halt", "debug_empty", "stderr_empty", "input", "inputs", "debug"];
const TICK: &str = "__tick";

/// How much one expression may use.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub steps: u64,
    pub time: Duration,
    /// Of all outputs together as JSON text, in bytes.
    pub output: usize,
    /// Of the thread that evaluates, in bytes.
    pub stack: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            steps: 1_000_000,
            time: Duration::from_secs(5),
            output: 16 << 20,
            stack: 64 << 20,
        }
    }
}

/// Why an evaluation gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// jq's own error, as text.
    Failed(String),
    /// Steps, time, depth or output ran out: which.
    Unbounded(&'static str),
}

impl std::fmt::Display for RunError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(text) => formatter.write_str(text),
            Self::Unbounded(what) => write!(formatter, "the expression takes too {what}"),
        }
    }
}

/// What native functions see of a run.
#[derive(Debug)]
pub(crate) struct Meter {
    steps: Cell<u64>,
    deadline: Instant,
    /// Addresses below this are too near the end of the stack.
    stack_floor: usize,
}

/// The type of values and of what goes with a run.
pub(crate) struct Data;

#[derive(Clone)]
pub(crate) struct RunData<'a> {
    lut: &'a Lut<Data>,
    meter: &'a Meter,
}

impl DataT for Data {
    type V<'a> = Val;
    type Data<'a> = RunData<'a>;
}

impl<'a> HasLut<'a, Data> for RunData<'a> {
    fn lut(&self) -> &'a Lut<Data> {
        self.lut
    }
}

const OUT_OF_STEPS: i32 = 1001;
const OUT_OF_TIME: i32 = 1002;
const OUT_OF_STACK: i32 = 1003;

/// Takes a step. A halt cannot be caught by the expression, an error could.
fn tick(meter: &Meter) -> Result<(), Exn<'static, Val>> {
    let left = meter.steps.get();
    if left == 0 {
        return Err(Exn::halt(OUT_OF_STEPS));
    }
    meter.steps.set(left - 1);
    if left.is_multiple_of(256) && Instant::now() > meter.deadline {
        return Err(Exn::halt(OUT_OF_TIME));
    }
    let here = std::ptr::from_ref(&left).addr();
    match here < meter.stack_floor {
        true => Err(Exn::halt(OUT_OF_STACK)),
        false => Ok(()),
    }
}

type Native = native::Fun<Data>;

/// jaq's native functions but the denied ones, `range` counted.
pub(super) fn natives() -> Vec<Native> {
    let standard = jaq_core::funs::<Data>()
        .chain(jaq_std::funs::<Data>())
        .chain(jaq_json::funs::<Data>());
    let kept = standard
        .filter(|(name, arguments, _)| !(DENIED_NATIVES.contains(name) || *name == "range" && arguments.len() == 3));
    let own: [Native; 2] = [
        native::run((TICK, native::v(0), |cv: Cv<Data>| match tick(cv.0.data().meter) {
            Ok(()) => native::bome(Ok(cv.1)),
            Err(halt) => Box::new(std::iter::once(Err(halt))),
        })),
        native::run(("range", native::v(3), |cv: Cv<Data>| range(cv))),
    ];
    kept.chain(own).collect()
}

/// `range(from; to; by)`, a step for each number.
fn range(mut cv: Cv<'_, Data>) -> ValXs<'_, Val> {
    let by = cv.0.pop_var();
    let to = cv.0.pop_var();
    let mut next = cv.0.pop_var();
    let meter = cv.0.data().meter;
    let zero = Val::from(0isize);
    let mut ended = false;
    Box::new(std::iter::from_fn(move || {
        let more = match () {
            () if ended => return None,
            () if by > zero => next < to,
            () if by < zero => next > to,
            () => next != to,
        };
        if let Err(halt) = tick(meter) {
            ended = true;
            return Some(Err(halt));
        }
        if !more {
            ended = true;
            return None;
        }
        let current = next.clone();
        match next.clone() + by.clone() {
            Ok(sum) => next = sum,
            Err(error) => {
                ended = true;
                return Some(Err(Exn::from(error)));
            }
        }
        Some(Ok(current))
    }))
}

fn ticked(body: Tree<'_>) -> Tree<'_> {
    let tick = Term::Call(TICK, Vec::new());
    Term::BinOp(Box::new(tick), BinaryOp::Pipe(None), Box::new(body))
}

/// A definition that takes a step whenever it is called.
pub(super) fn instrument_definition(definition: Def<&'static str>) -> Def<&'static str> {
    Def {
        body: ticked(instrument(definition.body)),
        ..definition
    }
}

/// A tree whose own definitions and folds take steps.
pub(super) fn instrument(tree: Tree<'_>) -> Tree<'_> {
    map_terms(tree, &|term| match term {
        Term::Def(definitions, body) => {
            let ticking = |definition: Def<_>| Def {
                body: ticked(definition.body),
                ..definition
            };
            Term::Def(definitions.into_iter().map(ticking).collect(), body)
        }
        Term::Fold(name, input, pattern, arguments) => {
            let arguments = arguments.into_iter().enumerate().map(|(at, argument)| match at {
                1 => ticked(argument),
                _ => argument,
            });
            Term::Fold(name, input, pattern, arguments.collect())
        }
        other => other,
    })
}

/// Applies `change` to every term, the innermost first.
pub(super) fn map_terms<'a>(tree: Tree<'a>, change: &dyn Fn(Tree<'a>) -> Tree<'a>) -> Tree<'a> {
    let inner = |term: Tree<'a>| map_terms(term, change);
    let boxed = |term: Box<Tree<'a>>| Box::new(map_terms(*term, change));
    let changed = match tree {
        Term::Str(format, parts) => {
            let part = |part| match part {
                StrPart::Term(term) => StrPart::Term(inner(term)),
                other => other,
            };
            Term::Str(format, parts.into_iter().map(part).collect())
        }
        Term::Arr(items) => Term::Arr(items.map(boxed)),
        Term::Obj(members) => {
            let member = |(key, value): (Tree<'a>, Option<Tree<'a>>)| (inner(key), value.map(inner));
            Term::Obj(members.into_iter().map(member).collect())
        }
        Term::Neg(term) => Term::Neg(boxed(term)),
        Term::BinOp(left, operator, right) => Term::BinOp(boxed(left), operator, boxed(right)),
        Term::Label(name, term) => Term::Label(name, boxed(term)),
        Term::Fold(name, input, pattern, arguments) => {
            Term::Fold(name, boxed(input), pattern, arguments.into_iter().map(inner).collect())
        }
        Term::TryCatch(term, catch) => Term::TryCatch(boxed(term), catch.map(boxed)),
        Term::IfThenElse(branches, otherwise) => {
            let branch = |(condition, then): (Tree<'a>, Tree<'a>)| (inner(condition), inner(then));
            Term::IfThenElse(branches.into_iter().map(branch).collect(), otherwise.map(boxed))
        }
        Term::Def(definitions, body) => {
            let definition = |definition: Def<&'a str>| Def {
                name: definition.name,
                args: definition.args,
                body: inner(definition.body),
            };
            Term::Def(definitions.into_iter().map(definition).collect(), boxed(body))
        }
        Term::Call(name, arguments) => Term::Call(name, arguments.into_iter().map(inner).collect()),
        Term::Path(base, Path(parts)) => {
            let part = |(part, optional)| match part {
                Part::Index(index) => (Part::Index(inner(index)), optional),
                Part::Range(from, to) => (Part::Range(from.map(inner), to.map(inner)), optional),
            };
            Term::Path(boxed(base), Path(parts.into_iter().map(part).collect()))
        }
        leaf => leaf,
    };
    change(changed)
}

/// Runs `program` on `input`. `variables` in the order in which it was compiled with them; `call` is what
/// plugins read. Within `bounds` on a thread of its own, which is left behind if it does not stop.
pub(crate) fn evaluate(
    program: Program,
    input: &Json,
    call: &Json,
    variables: &[Json],
    bounds: Bounds,
) -> Result<Vec<Json>, RunError> {
    let values: Option<Vec<Val>> = [call].into_iter().chain(variables).map(to_val).collect();
    let (Some(values), Some(input)) = (values, to_val(input)) else {
        return Err(RunError::Failed("a value cannot be read".to_owned()));
    };
    let (sender, receiver) = std::sync::mpsc::channel();
    let work = move || {
        let run = || outputs(&program, input, values, bounds);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        let result = result.unwrap_or_else(|_| Err(RunError::Failed("the evaluation broke down".to_owned())));
        // Nobody waits any more when the time is over.
        let _ = sender.send(result);
    };
    let thread = std::thread::Builder::new().stack_size(bounds.stack).spawn(work);
    match thread {
        Ok(_) => receiver
            .recv_timeout(bounds.time + Duration::from_secs(1))
            .unwrap_or(Err(RunError::Unbounded("long"))),
        Err(error) => Err(RunError::Failed(error.to_string())),
    }
}

fn outputs(program: &Program, input: Val, variables: Vec<Val>, bounds: Bounds) -> Result<Vec<Json>, RunError> {
    let base = 0u8;
    let meter = Meter {
        steps: Cell::new(bounds.steps),
        deadline: Instant::now() + bounds.time,
        stack_floor: std::ptr::from_ref(&base)
            .addr()
            .saturating_sub(bounds.stack - bounds.stack / 4),
    };
    let data = RunData {
        lut: &program.filter.lut,
        meter: &meter,
    };
    let context = Ctx::<Data>::new(data, Vars::new(variables));
    let mut size = 0;
    let mut outputs = Vec::new();
    for output in program.filter.id.run((context, input)) {
        let value = output.map_err(explain)?;
        let text = value.to_string();
        size += text.len();
        if size > bounds.output {
            return Err(RunError::Unbounded("much output"));
        }
        outputs.push(serde_json::from_str(&text).unwrap_or(Json::String(text)));
    }
    Ok(outputs)
}

fn explain(exception: Exn<'_, Val>) -> RunError {
    let exception = match exception.get_err() {
        Ok(error) => return RunError::Failed(error.to_string()),
        Err(exception) => exception,
    };
    match exception.get_halt() {
        Ok(OUT_OF_STEPS) => RunError::Unbounded("many steps"),
        Ok(OUT_OF_TIME) => RunError::Unbounded("long"),
        Ok(OUT_OF_STACK) => RunError::Unbounded("deep a recursion"),
        _ => RunError::Failed("the expression breaks off".to_owned()),
    }
}

/// By way of text, which keeps the digits of numbers.
fn to_val(value: &Json) -> Option<Val> {
    jaq_json::read::parse_single(value.to_string().as_bytes()).ok()
}
