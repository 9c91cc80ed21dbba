//! What the client can do, read once from `initialize`.

use crate::syntax::position::Encoding;
use ls_types::{ClientCapabilities, MarkupKind, PositionEncodingKind};

/// The client's abilities that change what it is sent.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    pub(super) snippets: bool,
    pub(super) label_details: bool,
    pub(super) adjusts_indentation: bool,
    /// It asks for the documentation of the item that it shows.
    pub(super) resolves_documentation: bool,
    pub(super) markdown: bool,
    /// It takes parameters of signatures by their place.
    pub(super) label_offsets: bool,
    pub(super) hierarchical_symbols: bool,
    pub(super) folds_whole_lines: bool,
    /// Most folds that it wants.
    pub(super) fold_limit: usize,
    pub(super) related_information: bool,
    /// It takes edits that name the version of the text they are for.
    pub(super) versioned_edits: bool,
    /// It shows changes before it carries them out.
    pub(super) change_annotations: bool,
    /// It shows actions that cannot be carried out, with the reason.
    pub(super) disabled_actions: bool,
    /// It carries out edits that the server asks for.
    pub(super) applies_edits: bool,
    /// It draws lenses.
    pub(super) lenses: bool,
    pub(super) lens_refresh: bool,
    pub(super) hint_refresh: bool,
    /// It asks for findings itself and can be told to ask again; others are told the findings.
    pub(super) pulls_diagnostics: bool,
    pub(super) progress: bool,
    /// It tells its settings when it is asked.
    pub(super) configuration: bool,
    /// It tells what changes on the disk.
    pub(super) watches: bool,
    /// It opens a text when it is told to.
    pub(super) shows_documents: bool,
    /// It reads texts by URIs of the server's own.
    pub(super) reads_texts: bool,
    /// It shows how the server is.
    pub(super) status: bool,
    /// It hears of each step of a run.
    pub(super) run_events: bool,
    /// It lists the tests of files.
    pub(super) tests: bool,
    /// It puts texts on the clipboard.
    pub(super) copies_text: bool,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(&ClientCapabilities::default())
    }
}

impl Client {
    pub(super) fn new(capabilities: &ClientCapabilities) -> Self {
        let text = capabilities.text_document.clone().unwrap_or_default();
        let workspace = capabilities.workspace.clone().unwrap_or_default();
        let item = text.completion.and_then(|completion| completion.completion_item);
        let item = item.unwrap_or_default();
        let edits = workspace.workspace_edit.unwrap_or_default();
        let folding = text.folding_range.unwrap_or_default();
        let signature = text.signature_help.and_then(|help| help.signature_information);
        let parameter = signature.and_then(|signature| signature.parameter_information);
        let hover_formats = text.hover.and_then(|hover| hover.content_format).unwrap_or_default();
        let symbols = text.document_symbol.unwrap_or_default();
        let publish = text.publish_diagnostics.unwrap_or_default();
        let window = capabilities.window.clone().unwrap_or_default();
        let diagnostics_refresh = workspace
            .diagnostics
            .and_then(|diagnostics| diagnostics.refresh_support);
        let hint_refresh = workspace.inlay_hint.and_then(|hint| hint.refresh_support);
        let lens_refresh = workspace.code_lens.and_then(|lens| lens.refresh_support);
        Self {
            encoding: encoding(capabilities),
            snippets: item.snippet_support == Some(true),
            label_details: item.label_details_support == Some(true),
            adjusts_indentation: item
                .insert_text_mode_support
                .is_some_and(|modes| modes.value_set.contains(&ls_types::InsertTextMode::ADJUST_INDENTATION)),
            resolves_documentation: item
                .resolve_support
                .is_some_and(|support| support.properties.iter().any(|property| property == "documentation")),
            label_offsets: parameter.is_some_and(|parameter| parameter.label_offset_support == Some(true)),
            markdown: hover_formats.contains(&MarkupKind::Markdown),
            hierarchical_symbols: symbols.hierarchical_document_symbol_support == Some(true),
            folds_whole_lines: folding.line_folding_only == Some(true),
            fold_limit: folding.range_limit.map_or(usize::MAX, |limit| limit as usize),
            applies_edits: workspace.apply_edit == Some(true),
            versioned_edits: edits.document_changes == Some(true),
            change_annotations: edits.change_annotation_support.is_some(),
            disabled_actions: text.code_action.and_then(|actions| actions.disabled_support) == Some(true),
            related_information: publish.related_information == Some(true),
            lenses: text.code_lens.is_some(),
            lens_refresh: lens_refresh == Some(true),
            hint_refresh: hint_refresh == Some(true),
            pulls_diagnostics: text.diagnostic.is_some() && diagnostics_refresh == Some(true),
            // What it cannot be told to show is a file, which the user can open.
            reads_texts: super::contents::is_announced(capabilities)
                && window.show_document.as_ref().is_some_and(|showing| showing.support),
            shows_documents: window.show_document.is_some_and(|showing| showing.support),
            status: experimental(capabilities, "/serverStatusNotification"),
            run_events: experimental(capabilities, "/gctf/runEvents"),
            tests: experimental(capabilities, "/gctf/tests"),
            copies_text: experimental(capabilities, "/gctf/copyText"),
            watches: workspace
                .did_change_watched_files
                .is_some_and(|watching| watching.dynamic_registration == Some(true)),
            configuration: workspace.configuration == Some(true),
            progress: window.work_done_progress == Some(true),
        }
    }

    pub(super) fn encoding_kind(&self) -> PositionEncodingKind {
        match self.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// Whether the client announces what stands at a JSON pointer among its experimental capabilities.
fn experimental(capabilities: &ClientCapabilities, pointer: &str) -> bool {
    let announced = capabilities.experimental.as_ref();
    announced.and_then(|announced| announced.pointer(pointer)?.as_bool()) == Some(true)
}

/// UTF-8 where it is offered.
fn encoding(capabilities: &ClientCapabilities) -> Encoding {
    let offered = capabilities
        .general
        .as_ref()
        .and_then(|general| general.position_encodings.as_ref());
    match offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8)) {
        true => Encoding::Utf8,
        false => Encoding::Utf16,
    }
}
