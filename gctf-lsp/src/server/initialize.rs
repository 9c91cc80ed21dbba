//! The first exchange: who the client is, and what the server offers it.

use super::actions;
use super::client::Client;
use super::session::Session;
use super::{contents, ext, from_proto, to_proto};
use ls_types::*;
use serde_json::json;
use std::sync::Arc;

/// Takes note of the client and announces the server.
pub(super) fn initialize(session: &mut Session, params: &InitializeParams) -> InitializeResult {
    let client = Client::new(&params.capabilities);
    session.folders = folders(params);
    let capabilities = capabilities(&client);
    session.client = Arc::new(client);
    session.take_trust(params.initialization_options.as_ref());
    session.take_initialization_options(params.initialization_options.as_ref());
    session.refresh_index();
    InitializeResult {
        capabilities,
        server_info: Some(ServerInfo {
            name: "gctf-lsp".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        offset_encoding: None,
    }
}

#[expect(deprecated, reason = "old clients name one root")]
fn folders(params: &InitializeParams) -> Vec<std::path::PathBuf> {
    let folders = params.workspace_folders.clone().unwrap_or_default();
    let named: Vec<_> = folders
        .iter()
        .filter_map(|folder| from_proto::path(&folder.uri))
        .collect();
    match named.is_empty() {
        true => params
            .root_uri
            .as_ref()
            .and_then(from_proto::path)
            .into_iter()
            .collect(),
        false => named,
    }
}

fn capabilities(client: &Client) -> ServerCapabilities {
    let pulls = client.pulls_diagnostics.then(|| {
        DiagnosticServerCapabilities::Options(DiagnosticOptions {
            identifier: Some("gctf".to_owned()),
            inter_file_dependencies: true,
            ..DiagnosticOptions::default()
        })
    });
    ServerCapabilities {
        position_encoding: Some(client.encoding_kind()),
        diagnostic_provider: pulls,
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync())),
        completion_provider: Some(completion()),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        signature_help_provider: Some(signature_help()),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: to_proto::legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            }
            .into(),
        ),
        code_action_provider: Some(CodeActionProviderCapability::Options(code_actions())),
        inlay_hint_provider: Some(OneOf::Left(true)),
        code_lens_provider: Some(CodeLensOptions {
            resolve_provider: Some(false),
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(on_type()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: ext::COMMANDS.map(str::to_owned).to_vec(),
            work_done_progress_options: WorkDoneProgressOptions {
                work_done_progress: Some(true),
            },
        }),
        workspace: Some(workspace()),
        experimental: Some(experimental(client)),
        ..ServerCapabilities::default()
    }
}

fn experimental(client: &Client) -> LSPAny {
    let mut words = serde_json::Map::from_iter([("gctf".to_owned(), json!({ "protocol": 1 }))]);
    words.extend(client.reads_texts.then(contents::announcement));
    LSPAny::Object(words)
}

fn sync() -> TextDocumentSyncOptions {
    TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
            include_text: Some(false),
        })),
        ..TextDocumentSyncOptions::default()
    }
}

fn completion() -> CompletionOptions {
    CompletionOptions {
        trigger_characters: Some(
            ["\"", ".", "@", "$", "/", "-", ":", "{", "["]
                .map(str::to_owned)
                .to_vec(),
        ),
        resolve_provider: Some(true),
        completion_item: Some(CompletionOptionsCompletionItem {
            label_details_support: Some(true),
        }),
        ..CompletionOptions::default()
    }
}

fn signature_help() -> SignatureHelpOptions {
    SignatureHelpOptions {
        trigger_characters: Some(["(", ","].map(str::to_owned).to_vec()),
        // What separates the arguments of jq, and what ends a call.
        retrigger_characters: Some([";", ")"].map(str::to_owned).to_vec()),
        ..SignatureHelpOptions::default()
    }
}

fn on_type() -> DocumentOnTypeFormattingOptions {
    DocumentOnTypeFormattingOptions {
        first_trigger_character: "}".to_owned(),
        more_trigger_character: Some(vec!["]".to_owned(), "\n".to_owned()]),
    }
}

fn workspace() -> WorkspaceServerCapabilities {
    WorkspaceServerCapabilities {
        workspace_folders: Some(WorkspaceFoldersServerCapabilities {
            supported: Some(true),
            change_notifications: Some(OneOf::Left(true)),
        }),
        ..WorkspaceServerCapabilities::default()
    }
}

fn code_actions() -> CodeActionOptions {
    CodeActionOptions {
        code_action_kinds: Some(vec![
            CodeActionKind::QUICKFIX,
            CodeActionKind::REFACTOR_REWRITE,
            actions::fix_all_kind(),
            actions::action_kind(),
        ]),
        ..CodeActionOptions::default()
    }
}
