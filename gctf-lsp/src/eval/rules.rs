//! What header options and the OPTIONS in force say about how sections are looked at.

use super::compare::CompareOptions;
use crate::schema::json::Defaults;
use crate::spec::SectionKind;
use crate::syntax::settings::{boolean, list_items};
use crate::syntax::{Document, Section, SourceFile};
use std::time::Duration;

/// The options of a document's sections.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub document: &'a Document,
    /// The OPTIONS in force.
    pub options: Option<&'a Section>,
}

impl<'a> Rules<'a> {
    /// Those of the document at `index` of a file.
    pub fn of(source: &'a SourceFile, index: usize) -> Option<Self> {
        let (_, document) = source.document(index)?;
        let options = source.in_force(index).options.and_then(|at| {
            let (_, document) = source.document(at.document)?;
            document.sections().get(at.section)
        });
        Some(Self { document, options })
    }

    /// An inline option of a section, else that of the OPTIONS in force.
    pub fn option(&self, section: &Section, name: &str) -> Option<String> {
        let inline = section.option(name).map(str::to_owned);
        inline.or_else(|| self.common(name))
    }

    /// A setting of the OPTIONS in force.
    pub fn common(&self, name: &str) -> Option<String> {
        Some(self.options?.setting(&[name])?.text)
    }

    /// Whether a RESPONSE or ERROR is compared by subset. OPTIONS speak of RESPONSE only.
    pub fn is_partial(&self, section: &Section) -> bool {
        let option = match section.kind {
            SectionKind::Response => self.option(section, "partial"),
            _ => section.option("partial").map(str::to_owned),
        };
        option.is_some_and(|value| boolean(&value) == Some(true)) || section.option("type") == Some("partial")
    }

    /// How the messages of a RESPONSE are compared.
    pub fn compare_options(&self, section: &Section) -> CompareOptions {
        let option = |name: &str| self.option(section, name);
        CompareOptions {
            partial: self.is_partial(section),
            unordered_arrays: option("unordered_arrays").is_some_and(|value| boolean(&value) == Some(true)),
            tolerance: option("tolerance").and_then(|value| value.replace('_', "").parse().ok()),
            redact: option("redact").map_or_else(Vec::new, |value| list_items(&value)),
            defaults: self.defaults(),
        }
    }

    /// How messages are shown.
    pub fn defaults(&self) -> Defaults {
        let emits = self.common("emit_defaults").and_then(|text| boolean(&text));
        match emits {
            Some(true) => Defaults::Shown,
            _ => Defaults::Omitted,
        }
    }

    /// The ASSERTS that sees the messages of the RESPONSE at `at`, where `with_asserts` attaches one.
    pub fn attached(&self, at: usize) -> Option<usize> {
        let sections = self.document.sections();
        let option = self.option(sections.get(at)?, "with_asserts");
        if option.and_then(|value| boolean(&value)) != Some(true) {
            return None;
        }
        let behind = sections.iter().enumerate().skip(at + 1);
        let mut next = behind.filter(|(_, section)| section.kind != SectionKind::Extract);
        let (index, section) = next.next()?;
        (section.kind == SectionKind::Asserts && !section.is_skipped()).then_some(index)
    }

    /// The timeout in force at each section: its own or an earlier `#[timeout]`, else that of the OPTIONS in force, else
    /// `base`.
    pub fn timeouts(&self, base: Duration) -> Vec<Duration> {
        let option = self.common("timeout").and_then(|text| seconds(&text));
        let mut current = option.unwrap_or(base);
        let sections = self.document.sections().iter();
        sections
            .map(|section| {
                let own = section.attribute("timeout").filter(|_| !section.is_skipped());
                current = own.and_then(seconds).unwrap_or(current);
                current
            })
            .collect()
    }

    /// Whether the document says how long something may take.
    pub fn says_timeout(&self) -> bool {
        let attributes = self
            .document
            .sections()
            .iter()
            .filter_map(|section| section.attribute("timeout"));
        let option = self.common("timeout");
        attributes.chain(option.as_deref()).any(|text| seconds(text).is_some())
    }
}

/// How long the whole call may take, by the timeouts of the sections: the largest of those that read, else of the last.
pub fn deadline(document: &Document, timeouts: &[Duration]) -> Duration {
    let sections = document.sections().iter().zip(timeouts);
    let mut executed = sections.filter(|(section, _)| !section.is_skipped());
    let reading = executed.clone().filter(|(section, _)| section.kind.expects());
    let largest = reading.map(|(_, timeout)| *timeout).max();
    let last = || executed.next_back().map(|(_, timeout)| *timeout);
    largest.or_else(last).unwrap_or(Duration::from_secs(30))
}

/// Whole seconds of a timeout.
fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.trim().parse().ok().filter(|seconds| *seconds > 0);
    seconds.map(Duration::from_secs)
}
