//! The types of the variables that a file extracts, behind their names.

use super::context::Context;
use super::inlay_hints::{Hint, HintKind};
use super::lines::Flow;
use super::{Analysis, FileState};
use crate::types::form::{Form, Kind, Type, describe};

/// Most characters of a label.
const MOST: usize = 40;

/// The types of the variables that lines of EXTRACT set without a `:type`.
pub(super) fn types(analysis: &Analysis, state: &FileState) -> Vec<Hint> {
    let mut flow = Flow::of(&state.source);
    let mut hints = Vec::new();
    for context in Context::all(analysis, state) {
        let typed = flow.pass(&context, context.schema());
        let written = context.document.lines().filter(|line| !line.section.is_skipped());
        for (line, typed) in written.zip(&typed.lines) {
            let (Some((name, None)), Some((_, ty))) = (line.sets, &typed.sets) else {
                continue;
            };
            let Some(label) = label(ty) else { continue };
            hints.push(Hint {
                offset: name.range.end + context.start,
                label: format!(": {label}"),
                tooltip: format!("`{}` is `{}`.", name.text, describe(ty)),
                kind: HintKind::Type,
            });
        }
    }
    hints
}

/// The type of what is there, in few characters; `None` where that is not known.
fn label(ty: &Type) -> Option<String> {
    let present = present(ty);
    if present.cases()?.is_empty() {
        return None;
    }
    let described = describe(&present);
    Some(match described.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &described[..end]),
        None => described,
    })
}

/// The type without null, in lists too.
fn present(ty: &Type) -> Type {
    let there = ty.clone().filtered(|form| form.kind() != Kind::Null);
    match there.cases() {
        Some([Form::List(element)]) => Type::list(present(element)),
        _ => there,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::Settings;
    use crate::ide::Config;
    use crate::ide::inlay_hints::{Failures, hints};
    use crate::ide::testing::{FILE, fixture};
    use std::ops::Range;
    use std::sync::Arc;

    const CHAIN: &str = "--- ENDPOINT ---\nshop.Orders/Create\n--- EXTRACT ---\n\
        id = .id\nstatus:string = .status\nitem = .order.items[0]\nextra = .order.extra.x\nn = [.order.items[].count]\n\
        nothing = .order.nonsense\n--- ENDPOINT ---\nshop.Orders/Create\n--- EXTRACT ---\nsame = $item.name\ntotal = .order.total\n";

    /// The lines of the text with their hints in angle brackets.
    fn shown(analysis: &Analysis, range: Range<usize>) -> Vec<String> {
        let hints = hints(analysis, FILE, &range, Failures::Hinted);
        let mut text = CHAIN.to_owned();
        for hint in hints.iter().rev() {
            text.insert_str(hint.offset, &format!("<{}>", hint.label));
        }
        text.lines()
            .filter(|line| line.contains('<'))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn variables_have_their_types() {
        let (analysis, _) = fixture(CHAIN);
        assert_eq!(
            shown(&analysis, 0..CHAIN.len()),
            [
                "id<: string> = .id",
                "item<: shop.Item> = .order.items[0]",
                "n<: array of int32> = [.order.items[].count]",
                "same<: string> = $item.name",
                "total<: string (int64)> = .order.total",
            ]
        );
        let second = CHAIN.rfind("--- EXTRACT").unwrap();
        assert_eq!(shown(&analysis, second..CHAIN.len()).len(), 2);
    }

    #[test]
    fn nobody_has_to_see_them() {
        let (mut analysis, _) = fixture(CHAIN);
        analysis.config = Arc::new(Config {
            settings: Settings {
                type_hints: false,
                ..Settings::default()
            },
            ..Config::default()
        });
        assert!(shown(&analysis, 0..CHAIN.len()).is_empty());
    }
}
