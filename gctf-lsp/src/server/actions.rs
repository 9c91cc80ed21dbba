//! Code actions and edits, from our words to the client's.

use super::client::Client;
use super::ext::{self, EvalArgument, Item};
use super::to_proto::{Lines, diagnostic};
use crate::ide::accept::Acceptance;
use crate::ide::code_actions::Action;
use crate::ide::quick_fixes::QuickFix;
use crate::ide::runnables::LensAction;
use crate::ide::skeleton::Refactoring;
use crate::ide::{Analysis, FilePosition, FileState, TestKey, evaluate};
use crate::text::Edit;
use ls_types::*;
use serde_json::json;

pub(super) fn code_action(action: Action, lines: Lines<'_>, uri: &Uri) -> CodeActionOrCommand {
    let own = || command(action.title.clone(), action.action, action.test, lines, uri);
    CodeActionOrCommand::CodeAction(CodeAction {
        title: action.title.clone(),
        kind: Some(action_kind()),
        command: action.disabled.is_none().then(own),
        disabled: action.disabled.map(|reason| CodeActionDisabled { reason }),
        ..CodeAction::default()
    })
}

/// What tries an expression at a place of a document; it shows what comes. Disabled without a response.
pub(super) fn try_expression(
    expression: String,
    position: FilePosition,
    state: &FileState,
    analysis: &Analysis,
    lines: Lines<'_>,
    uri: &Uri,
) -> CodeAction {
    const TITLE: &str = "Try expression";
    let document = state.source.document_at(position.offset);
    let argument = EvalArgument {
        item: Item {
            uri: uri.clone(),
            test: TestKey::of(&state.source, document).map(|key| key.id()),
            position: Some(lines.position(position.offset)),
            row: None,
        },
        expression,
        show: true,
    };
    let command = Command::new(TITLE.to_owned(), ext::EVAL.to_owned(), Some(vec![json!(argument)]));
    let disabled = match evaluate::can_try(analysis, position) {
        true => None,
        false => Some(CodeActionDisabled {
            reason: evaluate::NO_RESPONSE.to_owned(),
        }),
    };
    CodeAction {
        title: TITLE.to_owned(),
        kind: Some(action_kind()),
        command: disabled.is_none().then_some(command),
        disabled,
        ..CodeAction::default()
    }
}

/// What the menu of refactorings shows for accepting what came; with why it cannot be done for a client that shows that.
pub(super) fn acceptance(
    found: Result<Acceptance, String>,
    state: &FileState,
    lines: Lines<'_>,
    uri: &Uri,
    client: &Client,
) -> Option<CodeActionOrCommand> {
    let action = CodeAction {
        title: ACCEPT.to_owned(),
        kind: Some(CodeActionKind::REFACTOR_REWRITE),
        ..CodeAction::default()
    };
    let action = match found {
        Ok(found) => CodeAction {
            edit: Some(previewed_edit(&found.edits, ACCEPT, state, lines, uri, client)),
            ..action
        },
        Err(_) if !client.disabled_actions => return None,
        Err(reason) => CodeAction {
            disabled: Some(CodeActionDisabled { reason }),
            ..action
        },
    };
    Some(CodeActionOrCommand::CodeAction(action))
}

/// What accepting is called.
pub(super) const ACCEPT: &str = "Accept actual response";

pub(super) fn quick_fix(
    fix: QuickFix,
    state: &FileState,
    lines: Lines<'_>,
    uri: &Uri,
    client: &Client,
) -> CodeActionOrCommand {
    CodeActionOrCommand::CodeAction(CodeAction {
        title: fix.title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(&fix.diagnostic, lines, uri, client)]),
        edit: Some(workspace_edit(&fix.edits, state, lines, uri, client)),
        is_preferred: Some(fix.is_preferred),
        ..CodeAction::default()
    })
}

/// A change of the text that its editor's menu of refactorings shows.
pub(super) fn refactoring(
    found: Refactoring,
    state: &FileState,
    lines: Lines<'_>,
    uri: &Uri,
    client: &Client,
) -> CodeActionOrCommand {
    CodeActionOrCommand::CodeAction(CodeAction {
        title: found.title.to_owned(),
        kind: Some(CodeActionKind::REFACTOR_REWRITE),
        edit: Some(workspace_edit(&found.edits, state, lines, uri, client)),
        ..CodeAction::default()
    })
}

pub(super) fn fix_all(
    edits: &[Edit],
    state: &FileState,
    lines: Lines<'_>,
    uri: &Uri,
    client: &Client,
) -> CodeActionOrCommand {
    CodeActionOrCommand::CodeAction(CodeAction {
        title: "Write old names and headers as they are written today".to_owned(),
        kind: Some(fix_all_kind()),
        edit: Some(workspace_edit(edits, state, lines, uri, client)),
        ..CodeAction::default()
    })
}

/// The kind of the action that an editor may run on saving.
pub(super) fn fix_all_kind() -> CodeActionKind {
    CodeActionKind::from("source.fixAll.gctf")
}

/// Edits of one file, for the version that they were made for where the client can tell.
pub(super) fn workspace_edit(
    edits: &[Edit],
    state: &FileState,
    lines: Lines<'_>,
    uri: &Uri,
    client: &Client,
) -> WorkspaceEdit {
    let edits = edits
        .iter()
        .map(|edit| TextEdit::new(lines.range(&edit.range), edit.text.clone()));
    edit_of_files([(uri.clone(), Some(state.version), edits.collect())], client)
}

/// Edits of several files; one that is not open has no version.
pub(super) fn edit_of_files(
    files: impl IntoIterator<Item = (Uri, Option<i32>, Vec<TextEdit>)>,
    client: &Client,
) -> WorkspaceEdit {
    let files = files.into_iter();
    match client.versioned_edits {
        true => {
            let changes = files.map(|(uri, version, edits)| TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
                edits: edits.into_iter().map(OneOf::Left).collect(),
            });
            WorkspaceEdit {
                document_changes: Some(DocumentChanges::Edits(changes.collect())),
                ..WorkspaceEdit::default()
            }
        }
        false => WorkspaceEdit::new(files.map(|(uri, _, edits)| (uri, edits)).collect()),
    }
}

/// The same, to be looked at before it is carried out where the client can show that.
pub(super) fn previewed_edit(
    edits: &[Edit],
    label: &str,
    state: &FileState,
    lines: Lines<'_>,
    uri: &Uri,
    client: &Client,
) -> WorkspaceEdit {
    let mut edit = workspace_edit(edits, state, lines, uri, client);
    if let (true, Some(DocumentChanges::Edits(changes))) = (client.change_annotations, &mut edit.document_changes) {
        for change in changes.iter_mut().flat_map(|change| &mut change.edits) {
            if let OneOf::Left(plain) = change {
                *change = OneOf::Right(AnnotatedTextEdit {
                    text_edit: plain.clone(),
                    annotation_id: "gctf".to_owned(),
                });
            }
        }
        let annotation = ChangeAnnotation {
            label: label.to_owned(),
            needs_confirmation: Some(true),
            description: None,
        };
        edit.change_annotations = Some([("gctf".to_owned(), annotation)].into_iter().collect());
    }
    edit
}

/// The kind of actions that run something.
pub(super) fn action_kind() -> CodeActionKind {
    CodeActionKind::from("gctf")
}

/// A command with its argument.
pub(super) fn command(title: String, action: LensAction, test: Option<String>, lines: Lines<'_>, uri: &Uri) -> Command {
    let (command, offset) = match action {
        LensAction::RunDocument(offset) => (ext::RUN, Some(offset)),
        LensAction::RunFile => (ext::RUN, None),
        LensAction::CancelDocument(offset) => (ext::CANCEL, Some(offset)),
        LensAction::CancelFile => (ext::CANCEL, None),
        LensAction::FillRequest(offset) => (ext::FILL_REQUEST, Some(offset)),
        LensAction::LoadSchema(offset) => (ext::LOAD_SCHEMA, Some(offset)),
        LensAction::Diagnose(offset) => (ext::DOCTOR, Some(offset)),
        LensAction::ShowSchemaDiff(offset) => (ext::SHOW_SCHEMA_DIFF, Some(offset)),
        LensAction::SaveSchema(offset) => (ext::SAVE_SCHEMA, Some(offset)),
        LensAction::OpenSource(offset) => (ext::OPEN_SOURCE, Some(offset)),
        LensAction::Trust(offset) => (ext::TRUST, Some(offset)),
        LensAction::RunRow(_) => (ext::RUN, None),
        LensAction::StartMock | LensAction::StopMock => (ext::MOCK, None),
        LensAction::SelectEnvironment => (ext::SELECT_ENVIRONMENT, None),
        LensAction::ShowResponse(offset) => (ext::SHOW_RESPONSE, Some(offset)),
        LensAction::ShowDiff(offset) => (ext::SHOW_DIFF, Some(offset)),
        LensAction::AcceptActual(offset) => (ext::ACCEPT_ACTUAL, Some(offset)),
        LensAction::Record(offset) => (ext::RECORD, Some(offset)),
        LensAction::CopyAsGrpcurl(offset) => (ext::COPY_AS_GRPCURL, Some(offset)),
    };
    let row = match action {
        LensAction::RunRow(row) => Some(row),
        _ => None,
    };
    let item = Item {
        uri: uri.clone(),
        test,
        position: offset.map(|offset| lines.position(offset)),
        row,
    };
    let mut argument = json!(item);
    match action {
        LensAction::StartMock => argument["on"] = json!(true),
        LensAction::StopMock => argument["on"] = json!(false),
        _ => {}
    }
    Command::new(title, command.to_owned(), Some(vec![argument]))
}
