//! What can be done at a place, mirrored from the lenses for clients that show none.

use super::context::Context;
use super::runnables::{LensAction, document_lens, lenses};
use super::{Analysis, FileId, TestKey};
use std::ops::Range;

/// An entry of the editor's action menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub action: LensAction,
    /// [`TestKey::id`] of the document; `None` for the whole file.
    pub test: Option<String>,
}

/// The actions for `range`: run or cancel the document it starts in, run or cancel the file.
pub fn code_actions(analysis: &Analysis, file: FileId, range: Range<usize>) -> Vec<Action> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let document = Context::at(analysis, state, range.start).and_then(|context| {
        let key = TestKey::of(&state.source, context.index)?;
        document_lens(&context, &key)
    });
    let whole = lenses(analysis, file)
        .into_iter()
        .find(|lens| matches!(lens.action, LensAction::RunFile | LensAction::CancelFile));
    let own = document.into_iter().chain(whole);
    own.map(|lens| Action {
        title: title(lens.action).to_owned(),
        action: lens.action,
        test: lens.test,
    })
    .collect()
}

fn title(action: LensAction) -> &'static str {
    match action {
        LensAction::RunDocument(_) => "Run this document",
        LensAction::RunFile => "Run file",
        LensAction::CancelDocument(_) => "Cancel run",
        LensAction::CancelFile => "Cancel runs of this file",
        LensAction::FillRequest(_) => "Fill request skeleton",
    }
}
