//! What can be done at a place, mirrored from the lenses for clients that show none.

use super::context::Context;
use super::runnables::{Lens, LensAction, document_lenses, has_idle_mock, lenses};
use super::{Analysis, FileId, RunState, SchemaState, TestKey};
use crate::spec::SectionKind;
use crate::target::SchemaSource;
use std::ops::Range;

/// An entry of the editor's action menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub action: LensAction,
    /// [`TestKey::id`] of the document; `None` for the whole file.
    pub test: Option<String>,
    /// Why it cannot be done now.
    pub disabled: Option<String>,
}

/// The actions for `range`: what the lenses of the document do that it starts in, run its row, run or cancel the file,
/// load the schema.
pub fn code_actions(analysis: &Analysis, file: FileId, range: Range<usize>) -> Vec<Action> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let context = Context::at(analysis, state, range.start);
    let document = context.as_ref().map_or_else(Vec::new, |context| {
        let key = TestKey::of(&state.source, context.index);
        key.map_or_else(Vec::new, |key| document_lenses(context, &key))
    });
    let places = state.source.row_places();
    let row = places.iter().rposition(|start| *start <= range.start).filter(|_| {
        let dataset = context.as_ref().and_then(|context| context.section());
        dataset.is_some_and(|section| section.kind == SectionKind::Dataset)
    });
    let of_row = row.filter(|_| !document.is_empty()).map(|row| Action {
        title: "Run row".to_owned(),
        action: LensAction::RunRow(row),
        test: None,
        disabled: None,
    });
    let unavailable = context.as_ref().filter(|_| !document.is_empty());
    let unavailable: Vec<_> = unavailable
        .into_iter()
        .flat_map(|context| missing(context, &document))
        .collect();
    let copied = context.as_ref().filter(|_| !document.is_empty()).and_then(copied);
    let whole = lenses(analysis, file)
        .into_iter()
        .find(|lens| matches!(lens.action, LensAction::RunFile | LensAction::CancelFile));
    let lenses = document.into_iter().chain(whole).filter_map(|lens| {
        Some(Action {
            title: title(lens.action)?.to_owned(),
            action: lens.action,
            test: lens.test,
            disabled: None,
        })
    });
    let own = lenses.chain(of_row).chain(unavailable);
    let around = context.as_ref().map(of_surroundings).unwrap_or_default();
    let schema = context.iter().flat_map(of_schema);
    own.chain(schema).chain(around).chain(copied).collect()
}

/// What can be done about the folder's mock and environments.
fn of_surroundings(context: &Context<'_>) -> Vec<Action> {
    let config = context.config();
    let is_running = config.mock.as_ref().is_some_and(|mock| mock.running.is_some());
    let all = [
        (has_idle_mock(context), "Start mock", LensAction::StartMock),
        (is_running, "Stop mock", LensAction::StopMock),
        (
            !config.settings.environments.is_empty(),
            "Select environment",
            LensAction::SelectEnvironment,
        ),
    ];
    let applicable = all.into_iter().filter(|(applies, ..)| *applies);
    applicable
        .map(|(_, title, action)| Action {
            title: title.to_owned(),
            action,
            test: None,
            disabled: None,
        })
        .collect()
}

/// What can only be done after a run, with why it cannot be done now.
fn missing(context: &Context<'_>, lenses: &[Lens]) -> Vec<Action> {
    let test = TestKey::of(context.source(), context.index).map(|key| key.id());
    let reason = match (context.run(), context.fresh_outcome()) {
        (None, _) => "run it first",
        (Some(RunState::Queued | RunState::Running { .. }), _) => "nothing has come yet",
        (Some(RunState::Finished(_)), None) => "the text has changed since the run: run it again",
        (Some(RunState::Finished(_)), Some(_)) => "nothing came of the last run, or nothing that differs",
    };
    let after_run = [
        LensAction::ShowResponse(context.start),
        LensAction::ShowDiff(context.start),
    ];
    let same = |action: LensAction| {
        let kind = std::mem::discriminant(&action);
        lenses.iter().any(|lens| std::mem::discriminant(&lens.action) == kind)
    };
    let absent = after_run.into_iter().filter(|action| !same(*action));
    absent
        .filter_map(|action| {
            Some(Action {
                title: title(action)?.to_owned(),
                action,
                test: test.clone(),
                disabled: Some(reason.to_owned()),
            })
        })
        .collect()
}

/// Copying the call, which needs no run.
fn copied(context: &Context<'_>) -> Option<Action> {
    let action = LensAction::CopyAsGrpcurl(context.start);
    Some(Action {
        title: title(action)?.to_owned(),
        action,
        test: TestKey::of(context.source(), context.index).map(|key| key.id()),
        disabled: None,
    })
}

fn title(action: LensAction) -> Option<&'static str> {
    match action {
        LensAction::RunDocument(_) => Some("Run this document"),
        LensAction::RunFile => Some("Run file"),
        LensAction::CancelDocument(_) => Some("Cancel run"),
        LensAction::CancelFile => Some("Cancel runs of this file"),
        LensAction::RunRow(_) => Some("Run row"),
        LensAction::ShowResponse(_) => Some("Show response"),
        LensAction::ShowDiff(_) => Some("Show differences"),
        LensAction::Record(_) => Some("Record response"),
        LensAction::CopyAsGrpcurl(_) => Some("Copy as grpcurl"),
        // A change of the text, or told by what follows.
        LensAction::AcceptActual(_)
        | LensAction::LoadSchema(_)
        | LensAction::Trust(_)
        | LensAction::Diagnose(_)
        | LensAction::SaveSchema(_)
        | LensAction::ShowSchemaDiff(_)
        | LensAction::OpenSource(_)
        | LensAction::StartMock
        | LensAction::StopMock
        | LensAction::SelectEnvironment
        | LensAction::FillRequest(_) => None,
    }
}

/// What can be done about the schema of a document.
fn of_schema(context: &Context<'_>) -> Vec<Action> {
    let Some(place) = context.place().filter(|_| context.document.endpoint().is_some()) else {
        return Vec::new();
    };
    let action = |title: String, action| Action {
        title,
        action,
        test: TestKey::of(context.source(), context.index).map(|key| key.id()),
        disabled: None,
    };
    let host = match &place.source {
        SchemaSource::Reflection { target, .. } => target.to_string(),
        files => files.to_string(),
    };
    let load = action(
        format!("Load schema from {host}"),
        LensAction::LoadSchema(context.start),
    );
    let state = context.schema_state();
    let is_refused = state.is_some_and(SchemaState::is_refused);
    let trust = is_refused.then(|| {
        let title = format!("Trust {} in this workspace", place.target);
        action(title, LensAction::Trust(context.start))
    });
    let diagnose = action("Diagnose connection".to_owned(), LensAction::Diagnose(context.start));
    let is_served = matches!(
        (state, &place.source),
        (Some(SchemaState::Ready(_)), SchemaSource::Reflection { .. })
    );
    let save = is_served.then(|| {
        let title = "Save schema snapshot".to_owned();
        action(title, LensAction::SaveSchema(context.start))
    });
    let drift = state.and_then(SchemaState::schema).and_then(|schema| schema.drift());
    let diff = drift.map(|_| {
        let title = "Show schema changes".to_owned();
        action(title, LensAction::ShowSchemaDiff(context.start))
    });
    let open = state.and_then(SchemaState::fault).map(|place| {
        let name = place.path.file_name().unwrap_or_default().to_string_lossy();
        let title = format!("Open {name} at line {}", place.line + 1);
        action(title, LensAction::OpenSource(context.start))
    });
    let all = open.into_iter().chain([load]).chain(trust).chain([diagnose]);
    all.chain(save).chain(diff).collect()
}
