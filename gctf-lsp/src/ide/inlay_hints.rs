//! What stands between the characters of a file: types of variables, and after a run of the text as it is what came of
//! the lines that it speaks of and what variables held.

use super::context::Context;
use super::{Analysis, FileId, FileState};
use crate::config::settings::Results;
use crate::outcome::{DocumentOutcome, Failure, Verdict};
use crate::syntax::Body;
use std::ops::Range;

/// Most characters of a hint.
const LONGEST: usize = 40;

/// A text behind a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Byte offset in the file, never inside a token.
    pub offset: usize,
    pub label: String,
    /// The same in full.
    pub tooltip: String,
    pub kind: HintKind,
}

/// What a hint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintKind {
    Type,
    Value,
}

/// Who shows failures on their lines already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failures {
    Hinted,
    /// The client's view of tests does.
    ShownElsewhere,
}

/// The hints of a file in `range`, in order.
pub fn hints(analysis: &Analysis, file: FileId, range: &Range<usize>, failures: Failures) -> Vec<Hint> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let settings = &analysis.config(state).settings;
    let mut found = match settings.type_hints {
        true => super::type_hints::types(analysis, state),
        false => Vec::new(),
    };
    // Without a run there is nothing else to look for.
    let ran = Context::all(analysis, state).take_while(|_| !state.runs.is_empty());
    for context in ran {
        let Some(outcome) = context.fresh_outcome() else {
            continue;
        };
        let of_lines = match settings.result_hints {
            Results::Off => Vec::new(),
            wanted => of_lines(&context, outcome, wanted, failures),
        };
        found.extend(of_lines);
        if settings.variable_hints {
            found.extend(of_variables(state, &context, outcome));
        }
    }
    found.retain(|hint| (range.start..=range.end).contains(&hint.offset));
    found.sort_by_key(|hint| hint.offset);
    found
}

fn of_lines(context: &Context<'_>, outcome: &DocumentOutcome, wanted: Results, shown: Failures) -> Vec<Hint> {
    let sections = context
        .document
        .sections()
        .iter()
        .filter(|section| !section.is_skipped());
    let lines = sections.flat_map(|section| match &section.body {
        Body::Asserts(lines) => lines.as_slice(),
        _ => &[],
    });
    let hint = |line: &Range<usize>, text: String| Hint {
        offset: context.start + line.end,
        label: format!(" {}", cut(&text)),
        tooltip: text,
        kind: HintKind::Value,
    };
    let found = lines.filter_map(|line| match failure_of(context, outcome, &line.range) {
        Some(_) if shown == Failures::ShownElsewhere => None,
        Some(failure) => Some(hint(&line.range, format!("✗ {}", failure.message))),
        None if wanted == Results::All && was_looked_at(outcome) => {
            let value = super::last::value_of_line(context, &line.code);
            let text = value.map_or_else(|| "✓".to_owned(), |value| format!("✓ {value}"));
            Some(hint(&line.range, text))
        }
        None => None,
    });
    found.collect()
}

fn failure_of<'a>(context: &Context<'_>, outcome: &'a DocumentOutcome, line: &Range<usize>) -> Option<&'a Failure> {
    outcome.failures.iter().filter(|failure| failure.fatal).find(|failure| {
        let range = context.document.span_range(failure.span);
        range.is_some_and(|range| line.start <= range.start && range.end <= line.end)
    })
}

/// Whether every line of the document was looked at, so that those without a failure have passed.
fn was_looked_at(outcome: &DocumentOutcome) -> bool {
    let of_check = |failure: &Failure| !failure.fatal || matches!(failure.code, "G501" | "G502" | "G503");
    matches!(outcome.verdict, Verdict::Passed | Verdict::Failed) && outcome.failures.iter().all(of_check)
}

/// What the variables held that the document reads.
fn of_variables(state: &FileState, context: &Context<'_>, outcome: &DocumentOutcome) -> Vec<Hint> {
    let Some(variables) = &outcome.variables else {
        return Vec::new();
    };
    let mask = &context.config().settings.mask;
    let masker = outcome.masker();
    let read = state.source.occurrences().into_iter();
    let read = read.filter(|found| found.document == context.index && !found.sets && !found.path.starts_with("env."));
    let hints = read.filter_map(|found| {
        let value = variables.get(&found.path)?;
        let is_secret = found.path.split('.').any(|name| mask.covers(name));
        let text = match is_secret {
            true => "= ***".to_owned(),
            false => format!("= {}", masker.text(&value.to_string())),
        };
        let end = found.range.start.saturating_sub(context.start);
        Some(Hint {
            offset: context.start + behind(context.document.text(), end, &found.path),
            label: format!(" {}", cut(&text)),
            tooltip: text,
            kind: HintKind::Value,
        })
    });
    hints.collect()
}

/// Behind a template that holds the name at `start`, or behind the path.
fn behind(text: &str, start: usize, path: &str) -> usize {
    let end = (start + path.len()).min(text.len());
    let rest = text.get(end..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    match rest[blanks..].starts_with("}}") {
        true => end + blanks + 2,
        false => end,
    }
}

fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.chars().count() > LONGEST || line.len() < text.len() {
        true => line.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{FILE, fixture};
    use super::*;
    use crate::config::settings::Settings;
    use crate::eval::template::Variables;
    use crate::ide::{Config, TestKey, TestRuns};
    use serde_json::json;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    const TEXT: &str = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{ \"customer_id\": \"{{ who }} {{token}}\" }\n--- ASSERTS ---\n.id == \"x\"\n.status == $who // why\n";

    /// The text with its hints in brackets.
    fn shown(settings: Settings, verdict: Verdict, shown: Failures) -> String {
        let (mut analysis, _) = fixture(TEXT);
        let mut state = analysis.file(FILE).unwrap().clone();
        let line = TEXT.find(".status").unwrap();
        let (_, document) = state.source.document(0).unwrap();
        let failure = Failure {
            code: "G502",
            fatal: true,
            span: document.token_span(&(line..line + ".status == $who".len())),
            message: format!("got \"{}\"", "y".repeat(50)),
            report: String::new(),
            expected: None,
            actual: None,
            came: None,
        };
        let mut variables = Variables::default();
        variables.values.insert("who".to_owned(), json!("me"));
        variables.values.insert("token".to_owned(), json!("s3cret"));
        let outcome = DocumentOutcome {
            verdict,
            failures: if verdict == Verdict::Failed {
                vec![failure]
            } else {
                Vec::new()
            },
            variables: Some(Arc::new(variables)),
            ..DocumentOutcome::cancelled(state.source.run_hash(0, state.source.in_force(0)))
        };
        let mut runs = TestRuns::queued();
        runs.finish(Arc::new(outcome), BTreeMap::new(), 0);
        state.runs.insert(TestKey::of(&state.source, 0).unwrap(), runs);
        state.config = Some(Arc::new(Config {
            settings,
            ..Config::default()
        }));
        Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
        let mut text = TEXT.to_owned();
        for hint in hints(&analysis, FILE, &(0..TEXT.len()), shown).iter().rev() {
            text.insert_str(hint.offset, &format!("[{}]", hint.label.trim()));
        }
        text[text.find("{ ").unwrap()..].to_owned()
    }

    #[test]
    fn results_and_variables() {
        let all = Settings {
            variable_hints: true,
            ..Settings::default()
        };
        let got = format!("[✗ got \"{}…]", "y".repeat(32));
        let text = shown(all.clone(), Verdict::Failed, Failures::Hinted);
        assert!(
            text.starts_with("{ \"customer_id\": \"{{ who }}[= \"me\"] {{token}}[= ***]\" }"),
            "{text}"
        );
        assert!(text.contains(".id == \"x\"[✓]\n"), "{text}");
        assert!(text.contains(&got), "{text}");
        let text = shown(all, Verdict::Failed, Failures::ShownElsewhere);
        assert!(text.contains("[✓]") && !text.contains('✗'), "{text}");
        let failed = Settings {
            result_hints: Results::Failed,
            ..Settings::default()
        };
        let text = shown(failed, Verdict::Failed, Failures::Hinted);
        assert!(
            !text.contains('✓') && text.contains(&got) && !text.contains("[="),
            "{text}"
        );
        let off = Settings {
            result_hints: Results::Off,
            ..Settings::default()
        };
        assert!(!shown(off, Verdict::Failed, Failures::Hinted).contains('['));
        assert!(!shown(Settings::default(), Verdict::Cancelled, Failures::Hinted).contains('['));
    }
}
