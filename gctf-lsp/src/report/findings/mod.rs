//! What a check of files found, for people and for programs.

pub mod github;
pub mod json;
pub mod sarif;

use super::human::Colours;
use crate::diagnostic::{Diagnostic, Severity};
use crate::secrets::{Mask, Masker, Secrets};
use crate::syntax::SourceFile;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt::Write as _;

/// The finding that marks a secret by its form.
const LITERAL_SECRET: &str = "G618";

/// A file with what was found in it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// As the user named it.
    pub path: String,
    pub source: SourceFile,
    /// In the order of the text, with bytes of the file.
    pub diagnostics: Vec<Diagnostic>,
    masker: Masker,
}

impl Checked {
    /// A file with its findings, in which what the file tells of secrets is hidden; `mask` says which names are
    /// those of secrets.
    pub fn new(path: String, source: SourceFile, mut diagnostics: Vec<Diagnostic>, mask: &Mask) -> Self {
        let mut secrets = Secrets::new(mask.clone());
        source.tell_secrets(&mut secrets);
        for found in diagnostics.iter().filter(|found| found.code == LITERAL_SECRET) {
            secrets.take(&source.text().byte_slice(found.range.clone()).to_string());
        }
        let masker = secrets.masker();
        for found in &mut diagnostics {
            found.message = masker.text(&found.message);
            for related in &mut found.related {
                related.message = masker.text(&related.message);
            }
        }
        Self {
            path,
            source,
            diagnostics,
            masker,
        }
    }
}

/// How many findings of which weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub files: usize,
    pub errors: usize,
    pub warnings: usize,
}

impl Counts {
    pub fn of(checked: &[Checked]) -> Self {
        let all = || checked.iter().flat_map(|file| &file.diagnostics);
        let count = |severity| all().filter(|found| found.severity == severity).count();
        Self {
            files: checked.len(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
        }
    }

    /// `3 files checked: 1 error, 2 warnings`.
    pub fn line(&self) -> String {
        let several = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{count} {word}s"),
        };
        format!(
            "{} checked: {}, {}",
            several(self.files, "file"),
            several(self.errors, "error"),
            several(self.warnings, "warning")
        )
    }
}

/// The word for a severity in reports for programs.
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "information",
        Severity::Hint => "hint",
    }
}

/// Every finding with the lines that it speaks of.
pub fn human(file: &Checked, colours: Colours) -> String {
    let written = file.source.text().to_string();
    let renderer = match colours {
        Colours::Terminal => Renderer::styled(),
        Colours::None => Renderer::plain(),
    };
    let mut report = String::new();
    for found in &file.diagnostics {
        let level = match found.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Information => Level::INFO,
            Severity::Hint => Level::HELP,
        };
        let title = level.primary_title(found.message.as_str()).id(found.code);
        let related = found.related.iter();
        let places: Vec<_> = [&found.range]
            .into_iter()
            .chain(related.clone().map(|related| &related.range))
            .cloned()
            .collect();
        let (text, mut places) = file.masker.text_with(&written, &places);
        let context = places.split_off(1);
        let primary = places.into_iter().map(|place| AnnotationKind::Primary.span(place));
        let related = context
            .into_iter()
            .zip(related)
            .map(|(place, related)| AnnotationKind::Context.span(place).label(related.message.as_str()));
        let snippet = Snippet::source(text.as_str()).path(file.path.as_str());
        let snippet = snippet.annotations(primary).annotations(related);
        let _ = writeln!(report, "{}\n", renderer.render(&[title.element(snippet)]));
    }
    report
}
