//! What the server says of its own accord, in order, without ever making the loop wait for the client.

use super::contents::{self, Refresh};
use super::explorer::FileTests;
use super::runs::RunStep;
use super::status::{ServerStatus, Status};
use ls_types::{
    ConfigurationItem, LSPAny, MessageActionItem, MessageType, ProgressParams, ProgressParamsValue, ProgressToken,
    PublishDiagnosticsParams, Range, Registration, ShowDocumentParams, Uri, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressEnd, WorkDoneProgressReport, WorkspaceEdit, notification,
};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tower_lsp::Client;

/// Progress is reported this often at most.
const PACE: Duration = Duration::from_millis(200);

/// The loop's side.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    client: Client,
    notifications: UnboundedSender<Notification>,
}

#[derive(Debug)]
enum Notification {
    Diagnostics(PublishDiagnosticsParams),
    Message(MessageType, String),
    Log(MessageType, String),
    Status(Status),
    RunStep(LSPAny),
    Tests(LSPAny),
    CopyText(LSPAny),
}

impl Outbox {
    pub(super) fn new(client: Client) -> Self {
        let (notifications, queue) = unbounded_channel();
        tokio::spawn(deliver(client.clone(), queue));
        Self { client, notifications }
    }

    pub(super) fn publish(&self, params: PublishDiagnosticsParams) {
        self.notify(Notification::Diagnostics(params));
    }

    pub(super) fn show(&self, kind: MessageType, message: String) {
        self.notify(Notification::Message(kind, message));
    }

    pub(super) fn status(&self, status: Status) {
        self.notify(Notification::Status(status));
    }

    /// Tells of a step of a run.
    pub(super) fn run_step(&self, step: LSPAny) {
        self.notify(Notification::RunStep(step));
    }

    /// Tells of the tests of a file.
    pub(super) fn tests(&self, tests: LSPAny) {
        self.notify(Notification::Tests(tests));
    }

    /// Has the client put a text on the clipboard.
    pub(super) fn copy_text(&self, text: LSPAny) {
        self.notify(Notification::CopyText(text));
    }

    /// Writes to the client's log, and to the server's own.
    pub(super) fn log(&self, kind: MessageType, message: String) {
        tracing::warn!("{message}");
        self.notify(Notification::Log(kind, message));
    }

    /// Has the user press one of `buttons`; none without an answer, or where the client cannot ask.
    pub(super) fn ask(
        &self,
        kind: MessageType,
        message: String,
        buttons: Vec<String>,
    ) -> impl Future<Output = Option<String>> + Send + use<> {
        let client = self.client.clone();
        let actions = buttons.into_iter().map(|title| MessageActionItem {
            title,
            properties: HashMap::new(),
        });
        let actions = actions.collect();
        async move {
            let question = client.show_message_request(kind, message, Some(actions));
            match question.await {
                Ok(answer) => answer.map(|item| item.title),
                Err(error) => {
                    tracing::debug!("the user was not asked: {error}");
                    None
                }
            }
        }
    }

    /// Asks the client for settings; nothing if it does not answer.
    pub(super) fn configuration(
        &self,
        items: Vec<ConfigurationItem>,
    ) -> impl Future<Output = Vec<LSPAny>> + Send + use<> {
        let client = self.client.clone();
        async move {
            let answer = client.configuration(items).await;
            answer.unwrap_or_else(|error| {
                tracing::debug!("the client did not tell its settings: {error}");
                Vec::new()
            })
        }
    }

    fn notify(&self, notification: Notification) {
        // The delivery ends last.
        let _ = self.notifications.send(notification);
    }

    /// Has the client carry out `edit`; `then` learns whether it has.
    pub(super) fn apply_edit(&self, edit: WorkspaceEdit, then: impl FnOnce(bool) + Send + 'static) {
        let client = self.client.clone();
        tokio::spawn(async move {
            match client.apply_edit(edit).await {
                Ok(response) => then(response.applied),
                Err(error) => {
                    tracing::debug!("an edit was not carried out: {error}");
                    then(false);
                }
            }
        });
    }

    /// Has the client tell more than it does by itself.
    pub(super) fn register(&self, registration: Registration) {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Err(error) = client.register_capability(vec![registration]).await {
                tracing::info!("files are not watched: {error}");
            }
        });
    }

    /// Has the client open a text: at a place in it, which takes the focus, or else beside what the user does.
    pub(super) fn show_document(&self, uri: Uri, selection: Option<Range>) {
        let client = self.client.clone();
        tokio::spawn(async move {
            let params = ShowDocumentParams {
                uri,
                external: None,
                take_focus: Some(selection.is_some()),
                selection,
            };
            if let Err(error) = client.show_document(params).await {
                tracing::debug!("the text is not shown: {error}");
            }
        });
    }

    /// Asks the client to read a text again.
    pub(super) fn refresh_text(&self, uri: Uri) {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Err(error) = client.send_request::<Refresh>(contents::Params { uri }).await {
                tracing::debug!("a text was not read again: {error}");
            }
        });
    }

    /// Asks the client to draw lenses again.
    pub(super) fn refresh_lenses(&self) {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Err(error) = client.code_lens_refresh().await {
                tracing::debug!("lenses were not drawn again: {error}");
            }
        });
    }

    /// Asks the client to draw hints again.
    pub(super) fn refresh_hints(&self) {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Err(error) = client.inlay_hint_refresh().await {
                tracing::debug!("hints were not drawn again: {error}");
            }
        });
    }

    /// Asks the client to ask for findings again.
    pub(super) fn refresh_diagnostics(&self) {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Err(error) = client.workspace_diagnostic_refresh().await {
                tracing::debug!("findings were not asked for again: {error}");
            }
        });
    }

    /// Shows progress under `token`; one that the server made up is announced first.
    pub(super) fn progress(&self, token: ProgressToken, origin: TokenOrigin, begin: WorkDoneProgressBegin) -> Progress {
        let (steps, queue) = unbounded_channel();
        tokio::spawn(show_progress(self.client.clone(), token, origin, begin, queue));
        Progress { steps }
    }
}

/// Who made a progress token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenOrigin {
    Client,
    Server,
}

/// A progress that the client shows until this is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    steps: UnboundedSender<Step>,
}

#[derive(Debug)]
enum Step {
    Report(String, u32),
    End(String),
}

impl Progress {
    /// Says how far it is, in percent.
    pub(super) fn report(&self, message: String, percentage: u32) {
        // The client may have refused the progress.
        let _ = self.steps.send(Step::Report(message, percentage));
    }

    /// Ends with a last word.
    pub(super) fn end(self, message: String) {
        let _ = self.steps.send(Step::End(message));
    }
}

/// `gctf/copyText`.
enum CopyText {}

impl notification::Notification for CopyText {
    type Params = LSPAny;
    const METHOD: &'static str = "gctf/copyText";
}

async fn deliver(client: Client, mut queue: UnboundedReceiver<Notification>) {
    while let Some(notification) = queue.recv().await {
        match notification {
            Notification::Diagnostics(params) => {
                client
                    .send_notification::<notification::PublishDiagnostics>(params)
                    .await;
            }
            Notification::Message(kind, message) => client.show_message(kind, message).await,
            Notification::RunStep(step) => client.send_notification::<RunStep>(step).await,
            Notification::Tests(tests) => client.send_notification::<FileTests>(tests).await,
            Notification::CopyText(text) => client.send_notification::<CopyText>(text).await,
            Notification::Status(status) => client.send_notification::<ServerStatus>(status).await,
            Notification::Log(kind, message) => client.log_message(kind, message).await,
        }
    }
}

async fn show_progress(
    client: Client,
    token: ProgressToken,
    origin: TokenOrigin,
    begin: WorkDoneProgressBegin,
    mut steps: UnboundedReceiver<Step>,
) {
    if origin == TokenOrigin::Server && client.create_work_done_progress(token.clone()).await.is_err() {
        return;
    }
    if steps.is_closed() && steps.is_empty() {
        // It is over, and there was nothing to say.
        return;
    }
    let cancellable = begin.cancellable;
    let say = |step| {
        let params = ProgressParams {
            token: token.clone(),
            value: ProgressParamsValue::WorkDone(step),
        };
        client.send_notification::<notification::Progress>(params)
    };
    say(WorkDoneProgress::Begin(begin)).await;
    let mut last = None;
    let mut waiting = None;
    let mut due = Instant::now();
    loop {
        let step = match waiting {
            None => steps.recv().await,
            // What waits is said when it is due, unless something newer comes first.
            Some(_) => match tokio::time::timeout_at(due, steps.recv()).await {
                Ok(step) => step,
                Err(_) => {
                    due = Instant::now() + PACE;
                    if let Some((message, percentage)) = waiting.take() {
                        say(WorkDoneProgress::Report(WorkDoneProgressReport {
                            cancellable,
                            message: Some(message),
                            percentage: Some(percentage),
                        }))
                        .await;
                    }
                    continue;
                }
            },
        };
        match step {
            Some(Step::Report(message, percentage)) => waiting = Some((message, percentage)),
            Some(Step::End(message)) => last = Some(message),
            None => break,
        }
    }
    say(WorkDoneProgress::End(WorkDoneProgressEnd { message: last })).await;
}
