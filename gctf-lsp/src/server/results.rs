//! Responses and differences as texts that the user is shown.

use super::ext::Against;
use super::session::{Event, Session};
use super::texts::{Kind, Shelf};
use crate::ide::response::{self, Extent, ResponseText};
use crate::ide::{FileId, ShownReply, TestKey, TestRuns};
use crate::outcome::{DocumentOutcome, Reply};
use crate::secrets::Secrets;
use ls_types::Uri;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// The text of a response has been kept.
pub(super) struct Kept {
    file: FileId,
    key: TestKey,
    /// Of the outcome that it belongs to.
    outcome: Arc<DocumentOutcome>,
    shown: ShownReply,
}

impl Session {
    /// Shows what came of the document's last run, or what has come so far.
    ///
    /// # Errors
    /// Why there is nothing to show.
    pub(super) fn show_response(&mut self, file: FileId, document: usize) -> Result<(), String> {
        let key = self.key(file, document)?;
        let name = self.text_name(file, &key, "json");
        let (reply, secrets) = match self.live_reply(file, &key) {
            Some(live) => live,
            None => {
                let runs = self.runs_of(file, &key).ok_or("run it first: nothing has come yet")?;
                let reply = runs.replies.front().cloned().ok_or("nothing came of the last run")?;
                (reply, Arc::new(runs.secrets().clone()))
            }
        };
        let (events, shelf) = (self.events.clone(), self.shelf());
        self.writer.write(move || {
            let written = page(&shelf, &name, &reply, &secrets).map(|(uri, _)| uri);
            // The loop ends last.
            let _ = events.send(Event::Text(written));
        });
        Ok(())
    }

    /// Has a worker bring the text of a response up to date.
    pub(super) fn write_response(&self, file: FileId, key: &TestKey, reply: Arc<Reply>, secrets: Arc<Secrets>) {
        let (name, shelf) = (self.text_name(file, key, "json"), self.shelf());
        self.writer.write(move || {
            if let Err(problem) = page(&shelf, &name, &reply, &secrets) {
                tracing::warn!("{problem}");
            }
        });
    }

    /// Shows how what came differs from what was expected, or from what came the time before.
    ///
    /// # Errors
    /// Why there is nothing to show.
    pub(super) fn show_difference(&mut self, file: FileId, document: usize, against: Against) -> Result<(), String> {
        let key = self.key(file, document)?;
        let name = self.text_name(file, &key, "diff");
        let shelf = self.shelf();
        let snapshot = self.snapshot();
        let work: Box<dyn FnOnce() -> Option<String> + Send> = match against {
            Against::Expected => {
                crate::ide::differences::check(&self.analysis, file, document)?;
                Box::new(move || crate::ide::differences::of_expected(&snapshot.analysis, file, document))
            }
            Against::Previous => {
                let runs = self.runs_of(file, &key).filter(|runs| runs.replies.len() > 1);
                let runs = runs
                    .ok_or("it ran less than twice: there is nothing to compare")?
                    .clone();
                Box::new(move || crate::ide::differences::of_runs(&runs))
            }
        };
        tokio::spawn(async move {
            let text = tokio::task::spawn_blocking(work).await.ok().flatten();
            let text = text.unwrap_or_else(|| "There is no difference.\n".to_owned());
            shelf.show(Kind::Response, name, text);
        });
        Ok(())
    }

    /// Has a worker keep the text of what came, so that findings can point into it.
    pub(super) fn keep_response(&self, file: FileId, key: &TestKey, outcome: &Arc<DocumentOutcome>) {
        let points = outcome.failures.iter().any(|failure| failure.came.is_some());
        let wanted = points && self.client.related_information && self.open.contains_key(&file);
        let Some(reply) = outcome.reply.clone().filter(|_| wanted) else {
            return;
        };
        let (name, shelf) = (self.text_name(file, key, "json"), self.shelf());
        let (key, outcome, events, encoding) = (
            key.clone(),
            Arc::clone(outcome),
            self.events.clone(),
            self.client.encoding,
        );
        self.writer.write(move || {
            let (uri, shown) = match page(&shelf, &name, &reply, &outcome.secrets) {
                Ok(written) => written,
                Err(problem) => return tracing::warn!("{problem}"),
            };
            let masker = reply.masker(&outcome.secrets);
            let places = outcome.failures.iter().map(|failure| {
                let came = failure.came.as_ref()?;
                response::place(&reply, &shown, came, (&masker, encoding))
            });
            let places = places.collect();
            let uri = uri.as_str().to_owned();
            let shown = ShownReply { uri, places };
            // The loop ends last.
            let _ = events.send(Event::Response(Kept {
                file,
                key,
                outcome,
                shown,
            }));
        });
    }

    /// Findings may point into a response's text from now on.
    pub(super) fn response_kept(&mut self, kept: Kept) {
        let runs = self.outcomes_mut(kept.file).get_mut(&kept.key);
        if let Some(runs) = runs.filter(|runs| runs.is_of(&kept.outcome)) {
            runs.shown = Some(Arc::new(kept.shown));
            self.outcomes_changed(kept.file);
        }
    }

    pub(super) fn key(&self, file: FileId, document: usize) -> Result<TestKey, String> {
        let state = self.analysis.file(file);
        let key = state.and_then(|state| TestKey::of(&state.source, document));
        key.ok_or_else(|| "the document has no ENDPOINT".to_owned())
    }

    pub(super) fn runs_of(&self, file: FileId, key: &TestKey) -> Option<&TestRuns> {
        self.analysis.file(file)?.runs.get(key)
    }

    /// The name of a text about a document: the same each time, so that an editor reads the file again.
    fn text_name(&self, file: FileId, key: &TestKey, end: &str) -> String {
        let mut hasher = DefaultHasher::new();
        let uri = self.open.get(&file).map(|file| file.uri.as_str().to_owned());
        (uri, key).hash(&mut hasher);
        let method = key.endpoint.rsplit(['.', '/']).take(2).collect::<Vec<_>>();
        let method: Vec<_> = method.into_iter().rev().map(plain).collect();
        format!("{}-{:016x}.{end}", method.join("_"), hasher.finish())
    }
}

/// Letters, digits and underscores only.
fn plain(text: &str) -> String {
    let plain = text
        .chars()
        .take(40)
        .map(|character| match character.is_ascii_alphanumeric() {
            true => character,
            false => '_',
        });
    plain.collect()
}

/// Writes texts of responses one after the other, so that an older one never takes the place of a newer.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: UnboundedSender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Writer {
    pub(super) fn new() -> Self {
        let (jobs, mut queue) = unbounded_channel::<Job>();
        tokio::spawn(async move {
            while let Some(job) = queue.recv().await {
                if let Err(error) = tokio::task::spawn_blocking(job).await {
                    tracing::warn!("a text was not written: {error}");
                }
            }
        });
        Self { jobs }
    }

    fn write(&self, job: impl FnOnce() + Send + 'static) {
        // The task ends last.
        let _ = self.jobs.send(Box::new(job));
    }
}

/// Keeps the text of a reply, and the whole of a long one in a file beside it; where it is to be read.
fn page(shelf: &Shelf, name: &str, reply: &Reply, secrets: &Secrets) -> Result<(Uri, ResponseText), String> {
    let whole_name = format!("{}.whole.json", name.trim_end_matches(".json"));
    let folder = shelf.folder(Kind::Response).ok();
    let whole = folder.map(|folder| folder.join(&whole_name));
    let shown = response::text(reply, secrets, Extent::Page(whole.as_deref()));
    if shown.is_cut {
        let text = response::text(reply, secrets, Extent::Whole).text;
        shelf.file(Kind::Response, &whole_name, &text)?;
    }
    let uri = shelf.keep(Kind::Response, name, shown.text.clone())?;
    Ok((uri, shown))
}
