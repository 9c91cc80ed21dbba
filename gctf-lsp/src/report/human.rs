//! The report for a terminal: a line per test, the failing lines with what was expected and what came.

use super::plan::PLANNED;
use crate::outcome::{DocumentOutcome, Failure, Verdict};
use crate::secrets::Masker;
use crate::syntax::SourceFile;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

/// Whether a report is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    Terminal,
    None,
}

impl Colours {
    /// Colours for a terminal, unless `NO_COLOR` asks for none.
    pub fn of_stdout() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match std::io::stdout().is_terminal() && !plain {
            true => Self::Terminal,
            false => Self::None,
        }
    }
}

/// A finished test file.
#[derive(Debug)]
pub struct FileReport<'a> {
    /// As the user named it.
    pub path: &'a str,
    pub source: &'a SourceFile,
    /// The outcomes with the index of their document, in order.
    pub outcomes: &'a [(usize, Arc<DocumentOutcome>)],
}

/// How many tests came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// Those of a dry run that are not called, and have no errors.
    pub planned: usize,
}

impl FileReport<'_> {
    /// The verdict of the whole file: failed if a document failed, skipped if all were.
    pub fn verdict(&self) -> Verdict {
        let any = |verdict| self.outcomes.iter().any(|(_, outcome)| outcome.verdict == verdict);
        let all_skipped = self
            .outcomes
            .iter()
            .all(|(_, outcome)| outcome.verdict == Verdict::Skipped);
        match () {
            () if any(Verdict::Failed) => Verdict::Failed,
            () if any(Verdict::Cancelled) => Verdict::Cancelled,
            () if all_skipped => Verdict::Skipped,
            () => Verdict::Passed,
        }
    }

    /// The test's line, and under it every failure with the source line it speaks of.
    pub fn render(&self, colours: Colours) -> String {
        let duration: Duration = self.outcomes.iter().map(|(_, outcome)| outcome.duration).sum();
        let mark = match self.verdict() {
            Verdict::Passed => "✓",
            Verdict::Failed => "✗",
            Verdict::Skipped => "-",
            Verdict::Cancelled => "■",
        };
        let mut text = format!("{mark} {} ({} ms)\n", self.path, duration.as_millis());
        for (index, outcome) in self.outcomes {
            // What a test with errors would call elsewhere helps nobody.
            if outcome.failures.is_empty() {
                continue;
            }
            let masker = outcome.masker();
            for failure in outcome.failures.iter().filter(|failure| failure.code != PLANNED) {
                let _ = writeln!(text, "{}", self.render_failure(*index, failure, &masker, colours));
            }
            let difference = super::difference::render(self.source, *index, outcome, &masker, colours);
            text.push_str(&difference.unwrap_or_default());
        }
        text
    }

    fn render_failure(&self, index: usize, failure: &Failure, masker: &Masker, colours: Colours) -> String {
        let level = match failure.fatal {
            true => Level::ERROR,
            false => Level::NOTE,
        };
        let title = level.primary_title(failure.report.as_str()).id(failure.code);
        let place = self.source.document(index).and_then(|(start, document)| {
            let range = document.span_range(failure.span)?;
            Some(range.start + start..range.end + start)
        });
        let renderer = match colours {
            Colours::Terminal => Renderer::styled(),
            Colours::None => Renderer::plain(),
        };
        match place {
            Some(range) => {
                // The lines alone: to find them in a long file again and again would take longer than the run.
                let text = self.source.text();
                let line = text.byte_to_line(range.start);
                let start = text.line_to_byte(line);
                let end = text.line_to_byte((text.byte_to_line(range.end) + 1).min(text.len_lines()));
                let lines = text.byte_slice(start..end).to_string();
                let place = range.start - start..range.end - start;
                let (lines, places) = masker.text_with(&lines, std::slice::from_ref(&place));
                let marks = places.into_iter();
                let marks = marks.map(|place| AnnotationKind::Primary.span(place).label(failure.message.as_str()));
                let snippet = Snippet::source(lines.as_str())
                    .line_start(line + 1)
                    .path(self.path)
                    .annotations(marks);
                renderer.render(&[title.element(snippet)])
            }
            None => renderer.render(&[title.element(annotate_snippets::Origin::path(self.path))]),
        }
    }
}

impl Totals {
    /// Counts one more test; a cancelled one counts as failed.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Skipped => self.skipped += 1,
            Verdict::Failed | Verdict::Cancelled => self.failed += 1,
        }
    }

    /// `3 passed, 0 failed`, with the skipped ones if there are any.
    pub fn line(&self) -> String {
        self.with_skipped(format!("{} passed, {} failed", self.passed, self.failed))
    }

    /// `3 would run, 0 failed`, for a dry run.
    pub fn plan_line(&self) -> String {
        self.with_skipped(format!("{} would run, {} failed", self.planned, self.failed))
    }

    fn with_skipped(&self, line: String) -> String {
        match self.skipped {
            0 => line,
            skipped => format!("{line}, {skipped} skipped"),
        }
    }
}
