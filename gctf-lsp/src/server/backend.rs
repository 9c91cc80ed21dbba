//! The protocol's methods. Each does one thing before its first wait: it puts its message on the loop's queue,
//! so that the loop sees messages in the order of arrival.

use super::contents::{self, Content};
use super::session::{Event, Reply, Session, Snapshot};
use super::texts::Shelf;
use super::{ext, handlers, initialize, navigation};
use ls_types::*;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::{Error, Result};

/// The receiver of the client's messages.
#[derive(Debug)]
pub(super) struct Backend {
    events: UnboundedSender<Event>,
}

impl Backend {
    pub(super) fn new(events: UnboundedSender<Event>) -> Self {
        Self { events }
    }

    /// Has the loop do `job`.
    fn tell(&self, job: impl FnOnce(&mut Session) + Send + 'static) {
        // The loop ends last.
        let _ = self.events.send(Event::Lsp(Box::new(job)));
    }

    /// Has the loop do `job` and waits for its answer.
    async fn ask<R: Send + 'static>(&self, job: impl FnOnce(&mut Session, Reply<R>) + Send + 'static) -> Result<R> {
        let (reply, answer) = oneshot::channel();
        self.tell(move |session| job(session, reply));
        answer.await.unwrap_or_else(|_| Err(Error::internal_error()))
    }

    /// Has a worker answer from a snapshot of the state as it is when the message arrives.
    async fn read<P, R>(&self, params: P, handler: fn(&Snapshot, P) -> Result<R>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        self.ask(move |session, reply| session.read(reply, move |snapshot| handler(snapshot, params)))
            .await
    }

    pub(super) async fn change_trust(&self, params: ext::TrustParams) {
        self.tell(move |session| session.trust_changed(params.trusted));
    }

    pub(super) async fn text_document_content(&self, params: contents::Params) -> Result<Content> {
        self.ask(move |session, reply| {
            // A request that is cancelled meanwhile has been answered.
            let _ = reply.send(session.text(&params.uri));
        })
        .await
    }

    /// The same for what may make a text that the client reads.
    async fn read_making<P, R>(&self, params: P, handler: fn(&Snapshot, &P, &Shelf) -> Result<R>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        self.ask(move |session, reply| {
            let shelf = session.shelf();
            session.read(reply, move |snapshot| handler(snapshot, &params, &shelf));
        })
        .await
    }

    pub(super) async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.tell(move |session| session.cancel_progress(&params.token));
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.ask(move |session, reply| {
            let result = initialize::initialize(session, &params);
            // The client has gone if nobody waits.
            let _ = reply.send(Ok(result));
        })
        .await
    }

    async fn initialized(&self, _: InitializedParams) {
        self.tell(|session| {
            session.ask_for_settings();
            session.watch_files();
            // What was said before went nowhere.
            session.told_status = None;
        });
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.tell(move |session| session.settings_changed(&params.settings));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let changed: Vec<_> = params.changes.into_iter().map(|change| change.uri).collect();
        self.tell(move |session| session.files_changed(&changed));
    }

    async fn shutdown(&self) -> Result<()> {
        self.ask(|session, reply| {
            session.cancel_all();
            session.schemas.stop();
            let stopped = session.stop_mocks(&|_| true);
            tokio::spawn(async move {
                stopped.await;
                // The client has gone if nobody waits.
                let _ = reply.send(Ok(()));
            });
        })
        .await
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.tell(move |session| session.open(params.text_document));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.tell(move |session| session.change(params));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.tell(move |session| session.saved(&params.text_document.uri));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.tell(move |session| session.close(&params.text_document.uri));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.tell(move |session| session.change_folders(params.event));
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.read(params, handlers::hover).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        self.read(params, handlers::signature_help).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        self.ask(move |session, reply| session.complete(params, reply)).await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        self.read(item, handlers::completion_resolve).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        self.read_making(params, navigation::definition).await
    }

    async fn goto_type_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        self.read_making(params, navigation::type_definition).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        self.ask(move |session, reply| {
            session.read_indexed(reply, move |snapshot| navigation::references(snapshot, &params));
        })
        .await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        self.read(params, navigation::document_highlight).await
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        self.read(params, navigation::prepare_rename).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        self.read(params, navigation::rename).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.ask(move |session, reply| {
            session.read_indexed(reply, move |snapshot| navigation::workspace_symbol(snapshot, &params));
        })
        .await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.ask(move |session, reply| {
            let folders = session.folders.clone();
            session.read(reply, move |snapshot| {
                navigation::document_link(snapshot, &params, &folders)
            });
        })
        .await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        self.read(params, navigation::selection_range).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        self.read(params, handlers::diagnostic).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.read(params, handlers::code_lens).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.read(params, handlers::inlay_hint).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.read(params, handlers::code_action).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.read(params, handlers::document_symbol).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.read(params, handlers::folding_range).await
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        self.read(params, handlers::semantic_tokens_full).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        self.read(params, handlers::semantic_tokens_range).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read(params, handlers::formatting).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read(params, handlers::range_formatting).await
    }

    async fn on_type_formatting(&self, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read(params, handlers::on_type_formatting).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        self.ask(move |session, reply| {
            session.when_configured(move |session| ext::execute(session, params, reply));
        })
        .await
    }
}
