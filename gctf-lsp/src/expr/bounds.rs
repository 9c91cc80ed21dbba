//! Evaluation that cannot run away: every definition ticks, and ticks run out.

use super::trees::map_terms;
use super::values::to_json;
use super::workers::{Lost, Workers};
use super::{Program, Tree};
use jaq_core::data::HasLut;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::ops::Math;
use jaq_core::{Ctx, Cv, DataT, Exn, Lut, ValXs, Vars, native};
use jaq_json::Val;
use serde_json::Value as Json;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
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
pub(super) const TICK: &str = "__tick";
const TIMES: &str = "__times";
const OPERAND: &str = "$__operand";

/// How much one expression may use.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub steps: u64,
    pub time: Duration,
    /// Of all outputs together as JSON text, in bytes; of a collection on the way, in elements.
    pub output: usize,
    /// Of a text on the way, in bytes: no less than a message can hold.
    pub text: usize,
    /// Of the thread that evaluates, in bytes.
    pub stack: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            steps: 1_000_000,
            time: Duration::from_secs(5),
            output: 16 << 20,
            text: 96 << 20,
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
    /// Longest text, in bytes.
    text: usize,
    /// Longest collection, in elements.
    elements: usize,
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
const OUT_OF_MEMORY: i32 = 1004;

/// Takes a step with `value` at hand. A halt cannot be caught by the expression, an error could.
fn step(meter: &Meter, value: &Val) -> Result<(), Exn<'static, Val>> {
    tick(meter)?;
    let too_long = match value {
        Val::TStr(text) | Val::BStr(text) => text.len() > meter.text,
        Val::Arr(items) => items.len() > meter.elements,
        Val::Obj(members) => members.len() > meter.elements,
        _ => false,
    };
    match too_long {
        true => Err(Exn::halt(OUT_OF_MEMORY)),
        false => Ok(()),
    }
}

/// Takes a step.
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

type Fun = native::Fun<Data>;
type Native = jaq_core::Native<Data>;

/// Makes a list of functions anew: they cannot be copied.
type Group = fn() -> Vec<Fun>;

/// The native functions by their names. To make them all would be much of the time that a program takes to compile.
pub(super) struct Natives(Vec<(BTreeSet<&'static str>, Group)>);

impl Natives {
    pub(super) fn new() -> Self {
        let groups: [Group; 6] = [
            || allowed(jaq_core::funs()),
            || allowed(jaq_std::base_funs()),
            || allowed(jaq_std::extra_funs()),
            || allowed(jaq_json::funs()),
            own,
            || super::natives::functions().into(),
        ];
        let named = |group: Group| (group().iter().map(|(name, ..)| *name).collect(), group);
        Self(groups.map(named).into())
    }

    /// Those that have one of `names`.
    pub(super) fn of(&self, names: &BTreeSet<&str>) -> Vec<Fun> {
        let wanted = self.0.iter().filter(|(known, _)| !known.is_disjoint(names));
        let made = wanted.flat_map(|(_, group)| group());
        made.filter(|(name, ..)| names.contains(name)).collect()
    }
}

/// Functions but the denied ones; `range` is counted elsewhere.
fn allowed(functions: impl Iterator<Item = Fun>) -> Vec<Fun> {
    let is_denied =
        |(name, arguments, _): &Fun| DENIED_NATIVES.contains(name) || *name == "range" && arguments.len() == 3;
    functions.filter(|function| !is_denied(function)).collect()
}

/// The functions that count steps.
fn own() -> Vec<Fun> {
    let ticking = Native::new(|cv: Cv<Data>| match step(cv.0.data().meter, &cv.1) {
        Ok(()) => native::bome(Ok(cv.1)),
        Err(halt) => Box::new(std::iter::once(Err(halt))),
    });
    // A step changes nothing, so that what it stands in front of can still be a path.
    let ticking = ticking
        .with_paths(|cv| Box::new(std::iter::once(tick(cv.0.data().meter).map(|()| cv.1))))
        .with_update(|cv, update| match tick(cv.0.data().meter) {
            Ok(()) => update(cv.1),
            Err(halt) => Box::new(std::iter::once(Err(halt))),
        });
    vec![
        (TICK, native::v(0), ticking),
        native::run((TIMES, native::v(2), |cv: Cv<Data>| times(cv))),
        native::run(("range", native::v(3), |cv: Cv<Data>| range(cv))),
    ]
}

/// `left * right`, refused where it would repeat a text without bounds.
fn times(mut cv: Cv<'_, Data>) -> ValXs<'_, Val> {
    let left = cv.0.pop_var();
    let right = cv.0.pop_var();
    let length = |value: &Val| match value {
        Val::TStr(text) | Val::BStr(text) => Some(text.len() as f64),
        _ => None,
    };
    let count = |value: &Val| value.to_string().parse::<f64>().unwrap_or(0.0);
    let product = match (length(&left), length(&right)) {
        (Some(length), None) => length * count(&right),
        (None, Some(length)) => length * count(&left),
        _ => 0.0,
    };
    match product > cv.0.data().meter.text as f64 {
        true => Box::new(std::iter::once(Err(Exn::halt(OUT_OF_MEMORY)))),
        false => native::bome(left * right),
    }
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

/// A tree whose own definitions, folds and stages take steps, and whose products are bounded.
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
        Term::BinOp(left, BinaryOp::Pipe(None), right) => {
            Term::BinOp(left, BinaryOp::Pipe(None), Box::new(ticked(*right)))
        }
        // The right side is the outer loop, as in jq.
        Term::BinOp(left, BinaryOp::Math(Math::Mul), right) => Term::Call(TIMES, vec![*right, *left]),
        Term::BinOp(left, BinaryOp::UpdateMath(Math::Mul), right) => {
            let product = Term::Call(TIMES, vec![Term::Var(OPERAND), Term::Id]);
            let update = Term::BinOp(left, BinaryOp::Update, Box::new(product));
            let bind = BinaryOp::Pipe(Some(Pattern::Var(OPERAND)));
            Term::BinOp(right, bind, Box::new(update))
        }
        other => other,
    })
}

/// Runs `program` on `input`. `globals` are what plugins read of the call, and the variables in the order in which
/// it was compiled with them. Within `bounds` on one of the `workers`, which is left behind if it does not stop.
pub(super) fn evaluate(
    workers: &Workers,
    program: &Arc<Program>,
    input: Val,
    globals: Vec<Val>,
    bounds: Bounds,
) -> Result<Vec<Json>, RunError> {
    let program = Arc::clone(program);
    let work = move || caught(|| outputs(&program, input, globals, bounds));
    let limit = bounds.time + Duration::from_secs(1);
    match workers.run(bounds.stack, limit, work) {
        Ok(result) => result,
        Err(Lost::Late) => Err(RunError::Unbounded("long")),
        Err(Lost::NoThread(reason)) => Err(RunError::Failed(reason)),
    }
}

/// What a thread has at least, in bytes, and a simple program at most.
const SHALLOW_STACK: usize = 1 << 20;

/// Runs a simple program on this thread, which is no more than to look at `input`.
pub(super) fn look(program: &Program, input: Val, globals: Vec<Val>) -> Result<Vec<Json>, RunError> {
    let bounds = Bounds {
        stack: SHALLOW_STACK,
        ..Bounds::default()
    };
    caught(|| outputs(program, input, globals, bounds))
}

/// What `run` gives, or that it panicked.
fn caught(run: impl FnOnce() -> Result<Vec<Json>, RunError>) -> Result<Vec<Json>, RunError> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    result.unwrap_or_else(|_| Err(RunError::Failed("the evaluation broke down".to_owned())))
}

fn outputs(program: &Program, input: Val, variables: Vec<Val>, bounds: Bounds) -> Result<Vec<Json>, RunError> {
    let base = 0u8;
    let meter = Meter {
        steps: Cell::new(bounds.steps),
        text: bounds.text,
        elements: bounds.output,
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
    let mut budget = bounds.output;
    let mut outputs = Vec::new();
    for output in program.filter.id.run((context, input)) {
        outputs.push(to_json(&output.map_err(explain)?, &mut budget, 0)?);
    }
    Ok(outputs)
}

/// The JSON of a value inside an evaluation.
pub(super) fn plain_json(value: &Val) -> Result<Json, RunError> {
    to_json(value, &mut Bounds::default().output, 0)
}

fn explain(exception: Exn<'_, Val>) -> RunError {
    let exception = match exception.get_err() {
        Ok(error) => {
            return RunError::Failed(match error.into_val() {
                // A text is said as it is, without quotes.
                Val::TStr(text) | Val::BStr(text) => String::from_utf8_lossy(&text).into_owned(),
                other => other.to_string(),
            });
        }
        Err(exception) => exception,
    };
    match exception.get_halt() {
        Ok(OUT_OF_STEPS) => RunError::Unbounded("many steps"),
        Ok(OUT_OF_TIME) => RunError::Unbounded("long"),
        Ok(OUT_OF_STACK) => RunError::Unbounded("deep a recursion"),
        Ok(OUT_OF_MEMORY) => RunError::Unbounded("much memory"),
        _ => RunError::Failed("the expression breaks off".to_owned()),
    }
}
