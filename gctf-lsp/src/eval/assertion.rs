//! One line of ASSERTS: whether it holds, and if not, what was there instead.

use super::compare::cut;
use super::jq::{Fault, Scope};
use crate::expr::{ExprError, Tree};
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::ops::Cmp;
use serde_json::Value as Json;

/// What came of an assertion.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Passed,
    Failed {
        /// Leads with the actual value.
        message: String,
        expected: Option<String>,
        actual: Option<String>,
    },
    /// A runtime error: its text.
    Error(String),
    /// An expression that cannot be evaluated.
    Broken(Vec<ExprError>),
}

/// Evaluates `source`: it holds if there is an output and none is null or false.
pub fn check(scope: &Scope<'_>, source: &str) -> Verdict {
    let outputs = match scope.outputs(source) {
        Ok(outputs) => outputs,
        Err(Fault::Broken(errors)) => return Verdict::Broken(errors),
        Err(Fault::Failed(error)) => return Verdict::Error(error.to_string()),
    };
    match holds(&outputs) {
        true => Verdict::Passed,
        false => explain(scope, source, &outputs),
    }
}

fn holds(outputs: &[Json]) -> bool {
    !outputs.is_empty() && outputs.iter().all(truthy)
}

fn truthy(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Bool(false))
}

fn explain(scope: &Scope<'_>, source: &str, outputs: &[Json]) -> Verdict {
    let names = scope.names();
    let explained = scope.engine.readable(source, &names).ok().and_then(|text| {
        let tree = scope.engine.parse(&text).ok()?;
        Inspector {
            scope,
            text: &text,
            names: &names,
        }
        .explain(&Vec::new(), &tree)
    });
    explained.unwrap_or_else(|| Verdict::Failed {
        message: match outputs.is_empty() {
            true => "no output: the expression has to yield a value".to_owned(),
            false => format!("got {}", shown(outputs)),
        },
        expected: None,
        actual: Some(shown(outputs)),
    })
}

/// Evaluates the sides of an expression on their own.
struct Inspector<'a> {
    scope: &'a Scope<'a>,
    text: &'a str,
    names: &'a [&'a str],
}

/// The stages of a pipe in front of a term.
type Prefix<'a> = Vec<(Tree<'a>, Option<Pattern<&'a str>>)>;

impl<'a> Inspector<'a> {
    fn explain(&self, prefix: &Prefix<'a>, tree: &Tree<'a>) -> Option<Verdict> {
        match tree {
            Term::BinOp(stage, BinaryOp::Pipe(pattern), rest) => {
                let mut prefix = prefix.clone();
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
                        })
                    }
                    _ => None,
                }
            }
            Term::BinOp(left, BinaryOp::Cmp(operator), right) => {
                let actual = shown(&self.outputs(prefix, left)?);
                let expected = shown(&self.outputs(prefix, right)?);
                Some(comparison(*operator, actual, expected))
            }
            _ => None,
        }
    }

    fn plain(&self, prefix: &Prefix<'a>, tree: &Tree<'a>) -> Option<Verdict> {
        let actual = shown(&self.outputs(prefix, tree)?);
        Some(Verdict::Failed {
            message: format!("got {actual}"),
            expected: None,
            actual: Some(actual),
        })
    }

    fn outputs(&self, prefix: &Prefix<'a>, tree: &Tree<'a>) -> Option<Vec<Json>> {
        let whole = prefix.iter().rev().fold(tree.clone(), |rest, (stage, pattern)| {
            Term::BinOp(Box::new(stage.clone()), BinaryOp::Pipe(pattern.clone()), Box::new(rest))
        });
        let program = self.scope.engine.compile_tree(self.text, whole, self.names).ok()?;
        self.scope.run(program).ok()
    }
}

fn comparison(operator: Cmp, actual: String, expected: String) -> Verdict {
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
mod tests {
    use super::super::jq::CallContext;
    use super::super::template::Variables;
    use super::*;
    use crate::expr::Engine;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn verdict(source: &str) -> String {
        let engine = Engine::new();
        let variables = Variables {
            values: BTreeMap::from([
                ("id".to_owned(), json!("a")),
                ("big".to_owned(), json!(9_007_199_254_740_993_u64)),
            ]),
            ..Variables::default()
        };
        let call = CallContext {
            headers: vec![("x-a".to_owned(), "1".to_owned())],
            elapsed_ms: 5,
            ..CallContext::default()
        };
        let input = json!({
            "status": "PENDING", "n": 3, "items": [{"ok": true}, {"ok": false}], "s": "text", "id": "a", "none": [],
            "big": 9_007_199_254_740_993_u64, "time": "2024-01-01T12:00:00Z",
        });
        let scope = Scope {
            engine: &engine,
            input: &input,
            variables: &variables,
            call: &call,
        };
        match check(&scope, source) {
            Verdict::Passed => "pass".to_owned(),
            Verdict::Failed { message, .. } => message,
            Verdict::Error(text) => format!("error: {text}"),
            Verdict::Broken(errors) => {
                let error = &errors[0];
                format!("{} {:?} {}", error.code, &source[error.range.clone()], error.message)
            }
        }
    }

    #[test]
    fn verdicts() {
        for (source, expected) in [
            (".status == \"PENDING\"", "pass"),
            (".status == \"PAID\"", "got \"PENDING\", expected \"PAID\""),
            (".status != \"PENDING\"", "got \"PENDING\", expected anything else"),
            (".n > 5", "got 3, expected > 5"),
            (".missing", "got null"),
            (".items | length == 3", "got 2, expected 3"),
            (".items | map(.ok) | all", "got false"),
            (".items[].ok", "got true, false"),
            (".none[].ok", "no output: the expression has to yield a value"),
            (".n == 3 and .s == \"x\"", "got \"text\", expected \"x\""),
            (
                ".n == 4 or .s == \"x\"",
                "got 3, expected 4; and got \"text\", expected \"x\"",
            ),
            (".n as $n | $n == 4", "got 3, expected 4"),
            (".id == $id", "pass"),
            (".big == $big and .big == 9007199254740993", "pass"),
            (
                ".big == 9007199254740992",
                "got 9007199254740993, expected 9007199254740992",
            ),
            (".n == 3 # fine", "pass"),
            (".n == 3 // see the ticket", "pass"),
            (".missing // 3 == 3", "pass"),
            ("@header(\"X-A\") == \"1\"", "pass"),
            ("@has_header(\"y\")", "got false"),
            ("@elapsed_ms() < 6 and @elapsed_ms < 6", "pass"),
            ("@len(.items) == 2 and (.items | @len(.)) == 2", "pass"),
            ("@is_timestamp(.time) and (@is_timestamp(.s) | not)", "pass"),
            ("@regex(.s, \"^te\")", "pass"),
            ("@scope.message_count() == 0", "pass"),
            ("try error(\"x\") catch . == \"x\"", "pass"),
        ] {
            assert_eq!(verdict(source), expected, "{source}");
        }
    }

    #[test]
    fn errors_have_their_place() {
        for (source, expected) in [
            (".s | keys", "error"),
            (".n == 3 and", "G401 \"\" the expression is not finished: expected term"),
            (".n == (3", "G401"),
            (
                "token == \"x\"",
                "G402 \"token\" no function `token`: write `.token` for a field, `\"token\"` for a text",
            ),
            (
                "@is_uid(.s)",
                "G403 \"@is_uid\" no plugin `@is_uid`; did you mean `@is_uuid`?",
            ),
            ("@len(.a, .b)", "G404 \"@len\""),
            ("$idd == 1", "G405 \"$idd\" no variable `$idd`; did you mean `$id`?"),
            (".n = 3", "G407 \"=\" `=` assigns and always passes: write `==`"),
            (".n == 1 && .s == 2", "G420 \"&&\""),
            (".s == 'x'", "G419 \"'\""),
            ("input == 1", "G402 \"input\""),
            ("halt", "G402 \"halt\""),
        ] {
            let found = verdict(source);
            assert!(found.starts_with(expected), "{source}: {found}");
        }
    }

    #[test]
    fn runaways_are_stopped() {
        for source in [
            "def f: f; f",
            "def f: 1 + f; f",
            "[range(infinite)]",
            "[repeat(.)]",
            "until(false; .)",
            "def f: try f catch f; f",
            "[limit(100000000; repeat(1))] | length == 1",
        ] {
            let found = verdict(source);
            assert!(
                found.starts_with("error: the expression takes too"),
                "{source}: {found}"
            );
        }
    }
}
