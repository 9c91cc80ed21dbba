//! One function per request: convert, ask `ide`, convert.

use super::actions;
use super::findings::Findings;
use super::from_proto::{self, file, position};
use super::session::Snapshot;
use super::to_proto::{self, Asked, Lines};
use crate::ide::inlay_hints::Failures;
use crate::ide::runnables::LensAction;
use crate::ide::{self, FileId, FilePosition, FileState};
use crate::target::SchemaSource;
use ls_types::*;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use tower_lsp::jsonrpc::Result;

pub(super) fn findings(snapshot: &Snapshot, id: FileId, uri: &Uri) -> Findings {
    let found = ide::diagnostics::findings(&snapshot.analysis, id);
    let diagnostics = match snapshot.analysis.file(id) {
        None => Vec::new(),
        Some(state) => {
            let lines = Lines::new(&state.source, snapshot.client.encoding);
            let convert = |diagnostic| to_proto::diagnostic(diagnostic, lines, uri, &snapshot.client);
            found.diagnostics.iter().map(convert).collect()
        }
    };
    let listed = snapshot.analysis.file(id).filter(|_| snapshot.client.tests);
    Findings {
        tests: listed.map(|state| {
            let mask = &snapshot.analysis.config(state).settings.mask;
            super::explorer::listed(uri, &state.source, mask, snapshot.client.encoding)
        }),
        diagnostics,
        wanted: found.wanted,
        named: found.named,
    }
}

/// The findings of a file for a client that asks for them; the id of a list follows from what is in it.
pub(super) fn diagnostic(
    snapshot: &Snapshot,
    params: DocumentDiagnosticParams,
) -> Result<DocumentDiagnosticReportResult> {
    let (id, _) = file(snapshot, &params.text_document)?;
    let items = findings(snapshot, id, &params.text_document.uri).diagnostics;
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(&items).unwrap_or_default().hash(&mut hasher);
    let result_id = format!("{:016x}", hasher.finish());
    let report: DocumentDiagnosticReport = match params.previous_result_id {
        Some(previous) if previous == result_id => RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        }
        .into(),
        _ => RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport {
                result_id: Some(result_id),
                items,
            },
        }
        .into(),
    };
    Ok(report.into())
}

pub(super) fn hover(snapshot: &Snapshot, params: HoverParams) -> Result<Option<Hover>> {
    let (_, state) = file(snapshot, &params.text_document_position_params.text_document)?;
    let position = position(snapshot, &params.text_document_position_params)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let hover = ide::hover::hover(&snapshot.analysis, position);
    Ok(hover.map(|hover| to_proto::hover(hover, lines, &snapshot.client)))
}

pub(super) fn signature_help(snapshot: &Snapshot, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
    let position = position(snapshot, &params.text_document_position_params)?;
    let help = ide::signature::signature_help(&snapshot.analysis, position);
    Ok(help.map(|help| to_proto::signature_help(help, &snapshot.client)))
}

/// The items, and the schema that would bring more.
pub(super) fn completion(
    snapshot: &Snapshot,
    params: &CompletionParams,
) -> Result<(Option<CompletionResponse>, Option<SchemaSource>)> {
    let (_, state) = file(snapshot, &params.text_document_position.text_document)?;
    let position = position(snapshot, &params.text_document_position)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let mut completions = ide::completion::completions(&snapshot.analysis, position);
    if let Some(wanted) = &completions.files {
        let paths = super::nearby::list(&wanted.folder, &snapshot.folders, wanted.kind);
        completions.add_files(&paths);
    }
    let wants = completions.wants.clone();
    let asked = Asked {
        uri: params.text_document_position.text_document.uri.clone(),
        position: params.text_document_position.position,
    };
    let list = to_proto::completions(completions, lines, &snapshot.client, &asked);
    Ok((Some(CompletionResponse::List(list)), wants))
}

/// The item with its documentation, as far as the place where it was offered still offers it.
pub(super) fn completion_resolve(snapshot: &Snapshot, mut item: CompletionItem) -> Result<CompletionItem> {
    let asked: Option<Asked> = item.data.clone().and_then(|data| serde_json::from_value(data).ok());
    let Some(asked) = asked else { return Ok(item) };
    let place = TextDocumentPositionParams::new(TextDocumentIdentifier::new(asked.uri), asked.position);
    let Ok(position) = position(snapshot, &place) else {
        return Ok(item);
    };
    let offered = ide::completion::completions(&snapshot.analysis, position);
    let same = offered.items.into_iter().find(|offered| offered.label == item.label);
    item.documentation = same
        .and_then(|same| same.documentation)
        .and_then(|documentation| documentation.markdown(&offered.source_info))
        .map(|text| to_proto::documentation(text, &snapshot.client));
    Ok(item)
}

pub(super) fn code_lens(snapshot: &Snapshot, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let lenses = ide::runnables::lenses(&snapshot.analysis, id);
    let convert = |lens| to_proto::code_lens(lens, lines, &params.text_document.uri);
    Ok(Some(lenses.into_iter().map(convert).collect()))
}

pub(super) fn inlay_hint(snapshot: &Snapshot, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let range = from_proto::range(&state.source, params.range, snapshot.client.encoding);
    let failures = match snapshot.client.run_events {
        true => Failures::ShownElsewhere,
        false => Failures::Hinted,
    };
    let hints = ide::inlay_hints::hints(&snapshot.analysis, id, &range, failures);
    Ok(Some(
        hints
            .into_iter()
            .map(|hint| to_proto::inlay_hint(hint, lines))
            .collect(),
    ))
}

/// What cures the findings at a place, and actions that run something, which are offered only when somebody asks.
pub(super) fn code_action(snapshot: &Snapshot, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let only = params.context.only.unwrap_or_default();
    // Kinds are families: `source` asks for `source.fixAll.gctf` too.
    let asks_for = |only: &CodeActionKind, kind: &CodeActionKind| {
        let rest = kind.as_str().strip_prefix(only.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let named = |kind: &CodeActionKind| only.iter().any(|only| asks_for(only, kind));
    let wanted = |kind: &CodeActionKind| only.is_empty() || only.contains(&CodeActionKind::EMPTY) || named(kind);
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let range = from_proto::range(&state.source, params.range, snapshot.client.encoding);
    let uri = &params.text_document.uri;
    let mut actions = Vec::new();
    if wanted(&CodeActionKind::QUICKFIX) {
        let fixes = ide::quick_fixes::quick_fixes(&snapshot.analysis, id, range.clone()).into_iter();
        actions.extend(fixes.map(|fix| actions::quick_fix(fix, state, lines, uri, &snapshot.client)));
    }
    let edits = match named(&actions::fix_all_kind()) {
        true => ide::quick_fixes::fix_all(&snapshot.analysis, id),
        false => Vec::new(),
    };
    if !edits.is_empty() {
        actions.push(actions::fix_all(&edits, state, lines, uri, &snapshot.client));
    }
    let automatic = params.context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC);
    // Nearly every message can be filled: nobody wants a light bulb on each.
    if wanted(&CodeActionKind::REFACTOR_REWRITE) && !(automatic && only.is_empty()) {
        let position = FilePosition {
            file: id,
            offset: range.start,
        };
        let filled = ide::skeleton::refactorings(&snapshot.analysis, position).into_iter();
        let found = filled.chain(ide::spelling::refactorings(&snapshot.analysis, position));
        let found = found.chain(ide::to_asserts::refactorings(&snapshot.analysis, id, range.clone()));
        let found = found.chain(ide::grpcurl::refactorings(&snapshot.analysis, id, range.clone()));
        actions.extend(found.map(|found| actions::refactoring(found, state, lines, uri, &snapshot.client)));
        if ide::accept::is_wanted(&snapshot.analysis, position) {
            let accepted = ide::accept::accept_actual(&snapshot.analysis, position);
            actions.extend(actions::acceptance(accepted, state, lines, uri, &snapshot.client));
        }
    }
    if !automatic && wanted(&actions::action_kind()) {
        actions.extend(own_actions(snapshot, id, state, range, uri));
    }
    Ok(Some(actions))
}

/// The actions at a place that run or show something.
fn own_actions(
    snapshot: &Snapshot,
    id: FileId,
    state: &FileState,
    range: std::ops::Range<usize>,
    uri: &Uri,
) -> Vec<CodeActionOrCommand> {
    let (analysis, client) = (&snapshot.analysis, &snapshot.client);
    let lines = Lines::new(&state.source, client.encoding);
    let position = FilePosition {
        file: id,
        offset: range.start,
    };
    let expression = ide::evaluate::expression(analysis, id, range.clone());
    let tried = expression.map(|expression| actions::try_expression(expression, position, state, analysis, lines, uri));
    let tried = tried.filter(|action| action.disabled.is_none() || client.disabled_actions);
    let own = ide::code_actions::code_actions(analysis, id, range).into_iter();
    let own = own.filter(|action| action.disabled.is_none() || client.disabled_actions);
    let shown = own.filter(|action| client.shows_documents || !matches!(action.action, LensAction::OpenSource(_)));
    let own = shown.map(|action| actions::code_action(action, lines, uri));
    own.chain(tried.map(CodeActionOrCommand::CodeAction)).collect()
}

pub(super) fn document_symbol(
    snapshot: &Snapshot,
    params: DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let symbols = ide::symbols::symbols(&snapshot.analysis, id);
    Ok(Some(match snapshot.client.hierarchical_symbols {
        true => DocumentSymbolResponse::Nested(to_proto::symbols(symbols, lines)),
        false => DocumentSymbolResponse::Flat(to_proto::flat_symbols(symbols, lines, &params.text_document.uri)),
    }))
}

pub(super) fn folding_range(snapshot: &Snapshot, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let folds = ide::folding::folds(&snapshot.analysis, id);
    let convert = |fold| to_proto::fold(&fold, lines, snapshot.client.folds_whole_lines);
    let folds = folds.into_iter().map(convert).take(snapshot.client.fold_limit);
    Ok(Some(folds.collect()))
}

pub(super) fn semantic_tokens_full(
    snapshot: &Snapshot,
    params: SemanticTokensParams,
) -> Result<Option<SemanticTokensResult>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let whole = 0..state.source.text().len_bytes();
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let tokens = ide::semantic_tokens::semantic_tokens(&snapshot.analysis, id, whole);
    Ok(Some(to_proto::semantic_tokens(&tokens, lines).into()))
}

pub(super) fn semantic_tokens_range(
    snapshot: &Snapshot,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokensRangeResult>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let encoding = snapshot.client.encoding;
    let range = from_proto::range(&state.source, params.range, encoding);
    let tokens = ide::semantic_tokens::semantic_tokens(&snapshot.analysis, id, range);
    let lines = Lines::new(&state.source, encoding);
    Ok(Some(to_proto::semantic_tokens(&tokens, lines).into()))
}

pub(super) fn formatting(snapshot: &Snapshot, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
    let (_, state) = file(snapshot, &params.text_document)?;
    if !snapshot.analysis.config(state).settings.formats {
        return Ok(None);
    }
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    Ok(Some(to_proto::text_edits(ide::format::format(&state.source), lines)))
}

pub(super) fn range_formatting(
    snapshot: &Snapshot,
    params: DocumentRangeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let (_, state) = file(snapshot, &params.text_document)?;
    if !snapshot.analysis.config(state).settings.formats {
        return Ok(None);
    }
    let encoding = snapshot.client.encoding;
    let range = from_proto::range(&state.source, params.range, encoding);
    let edits = ide::format::format_range(&state.source, range);
    Ok(Some(to_proto::text_edits(edits, Lines::new(&state.source, encoding))))
}

pub(super) fn on_type_formatting(
    snapshot: &Snapshot,
    params: DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let (_, state) = file(snapshot, &params.text_document_position.text_document)?;
    if !snapshot.analysis.config(state).settings.formats {
        return Ok(None);
    }
    let position = position(snapshot, &params.text_document_position)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let typed = params.ch.chars().next().unwrap_or_default();
    let edits = ide::format::on_type(&state.source, position.offset, typed);
    Ok(Some(to_proto::text_edits(edits, lines)))
}
