//! The other cure of a comparison with a default that is left out: to have defaults shown.

use super::super::context::Context;
use crate::diagnostic::{Change, Diagnostic};
use crate::spec::SectionKind;
use crate::text::Edit;

/// `finding` with the change that makes the document's replies show defaults, if it is about one that is left out.
pub(super) fn with_cure(context: &Context<'_>, finding: Diagnostic) -> Diagnostic {
    match edit(context).filter(|_| finding.code == "G412") {
        Some(edit) => finding.with_change("Set emit_defaults: true", Change::Edits(vec![edit])),
        None => finding,
    }
}

fn edit(context: &Context<'_>) -> Option<Edit> {
    const LINE: &str = "emit_defaults: true\n";
    let document = context.document;
    let own = document.sections_of(SectionKind::Options).next();
    let (at, text) = match (own, context.force().options) {
        // One that is there says no, and stays the user's.
        (Some(section), _) if section.setting(&["emit_defaults"]).is_some() => return None,
        (Some(section), _) => (section.body_range.start, LINE.to_owned()),
        // Another document's settings would no longer hold beside new ones.
        (None, Some(_)) => return None,
        (None, None) => {
            let endpoint = document.sections_of(SectionKind::Endpoint).next()?;
            (endpoint.header.start, format!("--- OPTIONS ---\n{LINE}\n"))
        }
    };
    Some(Edit { range: at..at, text })
}
