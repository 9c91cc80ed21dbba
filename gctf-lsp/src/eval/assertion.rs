//! One line of ASSERTS: whether it holds, and if not, what was there instead.

use super::compare::{self, cut};
use super::jq::{Fault, Scope};
use crate::expr::{ExprError, Place, Tree};
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::ops::Cmp;
use serde_json::Value as Json;
use std::sync::Arc;

/// What came of an assertion.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Passed,
    Failed {
        /// Leads with the actual value.
        message: String,
        expected: Option<String>,
        actual: Option<String>,
        /// Where in the input the actual value stands, such as `$.items[1].name`, or what it was made of.
        place: Option<String>,
    },
    /// A runtime error: its text.
    Error(String),
    /// An expression that cannot be evaluated.
    Broken(Vec<ExprError>),
}

/// Evaluates `source`: it holds if there is an output and none is null or false.
pub fn check(scope: &Scope<'_>, source: &str) -> Verdict {
    let outputs = match scope.outputs(source, Place::Asserts) {
        Ok(outputs) => outputs,
        Err(Fault::Broken(errors)) => return Verdict::Broken(errors),
        Err(Fault::Failed(error)) => return Verdict::Error(error.to_string()),
    };
    match holds(&outputs) {
        true => Verdict::Passed,
        false => explain(scope, source, &outputs),
    }
}

/// Whether `source` holds, where nobody asks why it does not.
pub fn passes(scope: &Scope<'_>, source: &str) -> bool {
    scope
        .outputs(source, Place::Asserts)
        .is_ok_and(|outputs| holds(&outputs))
}

fn holds(outputs: &[Json]) -> bool {
    !outputs.is_empty() && outputs.iter().all(truthy)
}

fn truthy(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Bool(false))
}

fn explain(scope: &Scope<'_>, source: &str, outputs: &[Json]) -> Verdict {
    let source = &*scope.resolved(source, Place::Asserts).text;
    let whole = |place| Verdict::Failed {
        message: match outputs.is_empty() {
            true => "no output: the expression has to yield a value".to_owned(),
            false => format!("got {}", shown(outputs)),
        },
        expected: None,
        actual: Some(shown(outputs)),
        place,
    };
    let explained = scope.engine().readable(source, scope.names()).ok().and_then(|text| {
        let tree = scope.engine().tree(&text, Place::Asserts).ok()?;
        let inspector = Inspector { scope, text: &text };
        let explained = inspector.explain(&[], &tree);
        Some(explained.unwrap_or_else(|| whole(inspector.place(&[], &tree))))
    });
    explained.unwrap_or_else(|| whole(None))
}

/// Evaluates the sides of an expression on their own.
struct Inspector<'a> {
    scope: &'a Scope<'a>,
    text: &'a str,
}

/// A stage of a pipe, with the names that it gives to its outputs.
type Stage<'a> = (Tree<'a>, Option<Pattern<&'a str>>);

impl<'a> Inspector<'a> {
    fn explain(&self, prefix: &[Stage<'a>], tree: &Tree<'a>) -> Option<Verdict> {
        match tree {
            Term::BinOp(stage, BinaryOp::Pipe(pattern), rest) => {
                let mut prefix = prefix.to_vec();
                prefix.push(((**stage).clone(), pattern.clone()));
                self.explain(&prefix, rest)
            }
            Term::BinOp(left, BinaryOp::And, right) => {
                let side = match holds(&self.outputs(prefix, left)?) {
                    true => right,
                    false => left,
                };
                self.explain(prefix, side).or_else(|| self.plain(prefix, side))
            }
            Term::BinOp(left, BinaryOp::Or, right) => {
                let left = self.explain(prefix, left).or_else(|| self.plain(prefix, left))?;
                let right = self.explain(prefix, right).or_else(|| self.plain(prefix, right))?;
                match (left, right) {
                    (Verdict::Failed { message: left, .. }, Verdict::Failed { message: right, .. }) => {
                        Some(Verdict::Failed {
                            message: format!("{left}; and {right}"),
                            expected: None,
                            actual: None,
                            place: None,
                        })
                    }
                    _ => None,
                }
            }
            Term::BinOp(left, BinaryOp::Cmp(operator), right) => {
                let actual = shown(&self.outputs(prefix, left)?);
                let expected = shown(&self.outputs(prefix, right)?);
                let place = self.place(prefix, left).or_else(|| self.place(prefix, right));
                Some(comparison(*operator, actual, expected, place))
            }
            _ => None,
        }
    }

    fn plain(&self, prefix: &[Stage<'a>], tree: &Tree<'a>) -> Option<Verdict> {
        let actual = shown(&self.outputs(prefix, tree)?);
        Some(Verdict::Failed {
            message: format!("got {actual}"),
            expected: None,
            actual: Some(actual),
            place: self.place(prefix, tree),
        })
    }

    /// Where in the input the only value of `tree` stands; of what is made of a value, where that does.
    fn place(&self, prefix: &[Stage<'a>], tree: &Tree<'a>) -> Option<String> {
        let (mut stages, mut last) = (prefix.to_vec(), tree.clone());
        while let Term::BinOp(stage, BinaryOp::Pipe(pattern), rest) = last {
            stages.push((*stage, pattern));
            last = *rest;
        }
        loop {
            let path = Term::Call("path", vec![behind(&stages, &last)]);
            match self.run(path).as_deref() {
                Some([Json::Array(steps)]) => {
                    let steps: Option<String> = steps.iter().map(step).collect();
                    return steps.map(|steps| format!("${steps}"));
                }
                Some([_, ..]) => return None,
                Some([]) | None => {}
            }
            (last, _) = stages.pop().filter(|(_, pattern)| pattern.is_none())?;
        }
    }

    fn outputs(&self, prefix: &[Stage<'a>], tree: &Tree<'a>) -> Option<Vec<Json>> {
        self.run(behind(prefix, tree))
    }

    fn run(&self, tree: Tree<'a>) -> Option<Vec<Json>> {
        let engine = self.scope.engine();
        let program = engine.compile_tree(self.text, tree, self.scope.names()).ok()?;
        self.scope.run(&Arc::new(program)).ok()
    }
}

/// `tree` as the last stage of a pipe.
fn behind<'a>(prefix: &[Stage<'a>], tree: &Tree<'a>) -> Tree<'a> {
    prefix.iter().rev().fold(tree.clone(), |rest, (stage, pattern)| {
        Term::BinOp(Box::new(stage.clone()), BinaryOp::Pipe(pattern.clone()), Box::new(rest))
    })
}

/// A step of a path as texts show it.
fn step(step: &Json) -> Option<String> {
    match step {
        Json::String(name) => Some(compare::step(name)),
        Json::Number(index) => Some(format!("[{index}]")),
        _ => None,
    }
}

fn comparison(operator: Cmp, actual: String, expected: String, place: Option<String>) -> Verdict {
    let message = match operator {
        Cmp::Eq => format!("got {actual}, expected {expected}"),
        Cmp::Ne => format!("got {actual}, expected anything else"),
        Cmp::Lt => format!("got {actual}, expected < {expected}"),
        Cmp::Le => format!("got {actual}, expected <= {expected}"),
        Cmp::Gt => format!("got {actual}, expected > {expected}"),
        Cmp::Ge => format!("got {actual}, expected >= {expected}"),
    };
    Verdict::Failed {
        message,
        expected: Some(expected),
        actual: Some(actual),
        place,
    }
}

/// Outputs as JSON texts, cut where they are long.
fn shown(outputs: &[Json]) -> String {
    let texts: Vec<_> = outputs.iter().map(Json::to_string).collect();
    match texts.is_empty() {
        true => "no output".to_owned(),
        false => cut(&texts.join(", ")),
    }
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
