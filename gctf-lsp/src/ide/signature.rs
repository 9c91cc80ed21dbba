//! How the call at the cursor is written, as far as it is.

use super::context::Context;
use super::{Analysis, FilePosition, spot, words};
use crate::expr::tokens::{OpenCall, open_calls};
use crate::spec::functions::{self, Kind};
use crate::spec::plugins::{self, Plugin};
use crate::syntax::cursor::Place;
use std::ops::Range;

/// The ways to write the call at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    pub signatures: Vec<Signature>,
    /// The one that the arguments so far fit.
    pub active: usize,
    /// The argument at the cursor, from 0.
    pub argument: usize,
}

/// One way to write a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub label: String,
    /// Bytes of the label.
    pub parameters: Vec<Range<usize>>,
    /// Markdown.
    pub docs: String,
}

/// The innermost call at `position` that takes arguments and is known.
pub fn signature_help(analysis: &Analysis, position: FilePosition) -> Option<SignatureHelp> {
    let context = Context::at(analysis, analysis.file(position.file)?, position.offset)?;
    let offset = context.offset(position.offset)?;
    let Place::Expression { section } = context.document.place(offset) else {
        return None;
    };
    let expression = spot::expression(&context, section, offset)?;
    let calls = open_calls(&expression.code, offset - expression.range.start);
    calls.iter().rev().find_map(of_call)
}

fn of_call(call: &OpenCall<'_>) -> Option<SignatureHelp> {
    let signatures = match plugins::find(call.name) {
        Some(plugin) => of_plugin(plugin),
        None => of_function(call.name)?,
    };
    let fits = |signature: &Signature| call.finished < signature.parameters.len();
    let active = signatures.iter().position(fits).or(signatures.len().checked_sub(1))?;
    Some(SignatureHelp {
        signatures,
        active,
        argument: call.finished,
    })
}

fn of_function(name: &str) -> Option<Vec<Signature>> {
    let function = functions::find(Kind::Function, name)?;
    let forms = function.forms().filter(|form| functions::parameters(form).count() > 0);
    let docs = words::of_function(&function);
    let written = forms.map(|form| written(name, functions::parameters(form), "; ", "", &docs));
    Some(written.collect())
}

fn of_plugin(plugin: &Plugin) -> Vec<Signature> {
    let docs = words::of_plugin(plugin);
    let most = plugin.parameters.len();
    let counts = (most - plugin.optional).max(1)..=most;
    let forms = counts.filter_map(|count| plugin.filled(count));
    let returns = format!(" → {}", plugin.returns.as_str());
    let written = forms.map(|parameters| {
        let parameters = parameters
            .iter()
            .map(|(name, kind)| format!("{name}: {}", kind.as_str()));
        written(plugin.name, parameters, ", ", &returns, &docs)
    });
    written.collect()
}

fn written(
    name: &str,
    parameters: impl Iterator<Item = impl AsRef<str>>,
    separator: &str,
    returns: &str,
    docs: &str,
) -> Signature {
    let mut label = format!("{name}(");
    let mut ranges = Vec::new();
    for parameter in parameters {
        if !ranges.is_empty() {
            label.push_str(separator);
        }
        let start = label.len();
        label.push_str(parameter.as_ref());
        ranges.push(start..label.len());
    }
    label.push(')');
    label.push_str(returns);
    Signature {
        label,
        parameters: ranges,
        docs: docs.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::fixture;
    use expect_test::{Expect, expect};

    /// Shows the signatures of the call at `$0`, the active one with `>` and its argument in brackets.
    fn check(body: &str, expected: Expect) {
        let (analysis, position) = fixture(&format!("--- ENDPOINT ---\nshop.Orders/Create\n{body}\n"));
        let Some(help) = signature_help(&analysis, position) else {
            return expected.assert_eq("nothing\n");
        };
        let mut out = String::new();
        for (at, signature) in help.signatures.iter().enumerate() {
            let mut label = signature.label.clone();
            if let Some(range) = signature.parameters.get(help.argument) {
                label.replace_range(range.clone(), &format!("[{}]", &signature.label[range.clone()]));
            }
            out.push_str(&format!("{} {label}\n", if at == help.active { ">" } else { " " }));
        }
        expected.assert_eq(&out);
    }

    #[test]
    fn the_argument_follows_the_cursor() {
        check(
            "--- ASSERTS ---\n.id | sub(\"a\"$0; \"b\")",
            expect![[r#"
            > sub([regex]; replacement)
              sub([regex]; replacement; flags)
        "#]],
        );
        check(
            "--- ASSERTS ---\n.id | sub(\"a;\"; $0",
            expect![[r#"
            > sub(regex; [replacement])
              sub(regex; [replacement]; flags)
        "#]],
        );
        check(
            "--- ASSERTS ---\n.id | sub(\"a\"; \"b\"; \"$0",
            expect![[r#"
              sub(regex; replacement)
            > sub(regex; replacement; [flags])
        "#]],
        );
        check(
            "--- EXTRACT ---\nx = .items | map(select(.name | test($0",
            expect![[r#"
                > test([regex])
                  test([regex]; flags)
            "#]],
        );
        check(
            "--- ASSERTS ---\n@regex(.id, /^(a,b)$0",
            expect![[r#"
            > @regex(v: any, [pattern: string]) → bool
        "#]],
        );
        check(
            "--- ASSERTS ---\n@env($0",
            expect![[r#"
            > @env([name: string]) → string
              @env([name: string], default: string) → string
        "#]],
        );
        check(
            "--- ASSERTS ---\n@schema(.id, $0)",
            expect![[r#"
              @schema(schema: object) → bool
            > @schema(v: any, [schema: object]) → bool
        "#]],
        );
    }

    #[test]
    fn of_several_calls_the_innermost_that_is_known() {
        check(
            "--- ASSERTS ---\n.items | map(nonsense(1; $0))",
            expect![[r#"
            > map([f])
        "#]],
        );
        check(
            "--- ASSERTS ---\n.items | any(.[]; .a == \"\\(.b | ltrimstr($0))\")",
            expect![[r#"
                > ltrimstr([text])
            "#]],
        );
        check(
            "--- ASSERTS ---\n[limit(2;\n  .items[] | $0\n  .b)]",
            expect![[r#"
            > limit(n; [f])
        "#]],
        );
        check("--- ASSERTS ---\n(.id | length($0", expect![["nothing\n"]]);
        check("--- ASSERTS ---\n.id == \"a\" # test($0", expect![["nothing\n"]]);
        check("--- ASSERTS ---\ntest(\"a\") $0", expect![["nothing\n"]]);
        check("--- REQUEST ---\n{ \"a\": \"test($0\" }", expect![["nothing\n"]]);
    }
}
