//! A file cut into sections with what stands above them, each with its layout.

use super::bodies;
use crate::syntax::lines::{Line, classify};
use crate::syntax::{Document, Section, SourceFile};
use std::ops::Range;

/// A byte order mark.
const MARK: &str = "\u{feff}";

/// One section with the blanks and comments above it, or what is left at the end of the file.
pub(super) struct Chunk {
    /// Bytes of the file: from the end of the content before it to the end of its own.
    pub(super) range: Range<usize>,
    /// Where it starts to be more than blanks.
    pub(super) start: usize,
    /// What is to stand there, lines ending in LF.
    pub(super) text: String,
}

/// The chunks of a file; together they cover it.
pub(super) fn chunks(source: &SourceFile, text: &str) -> Vec<Chunk> {
    let mut writer = Writer::default();
    for (start, document) in source.documents() {
        let tokens = document.tokens();
        for region in Region::of(document) {
            writer.region(start, document, tokens, &region);
        }
    }
    writer.finish(text.len());
    let mut chunks = writer.chunks;
    let Some(first) = chunks.first_mut() else {
        return chunks;
    };
    // A mark that is text has to stay text: only at the start of the file would it be skipped.
    if first.text.starts_with(MARK) {
        first.text.insert(0, '\n');
    }
    if text.starts_with(MARK) {
        let removed = Chunk {
            range: 0..MARK.len(),
            start: 0,
            text: String::new(),
        };
        first.range.start = MARK.len();
        chunks.insert(0, removed);
    }
    chunks
}

/// A part of a document that is laid out by itself. Ranges are bytes of the document.
enum Region<'a> {
    /// What stands above the first section or below the last: lines, some of them perhaps text.
    Loose(Range<usize>),
    Section(&'a Section),
    /// A line that was meant as a header, with the lines under it.
    NearMiss(Range<usize>),
}

impl<'a> Region<'a> {
    fn of(document: &'a Document) -> Vec<Self> {
        let sections = document.sections().iter().map(Self::Section);
        let near_misses = document.near_misses().iter().cloned().map(Self::NearMiss);
        let mut parts: Vec<_> = sections.chain(near_misses).collect();
        parts.sort_by_key(Self::start);
        let text = document.text();
        let dangling = document.dangling_attributes().first();
        let end = dangling.map_or(text.len(), |attribute| attribute.range.start);
        let mark = match text.starts_with(MARK) {
            true => MARK.len(),
            false => 0,
        };
        let first = parts.first().map_or(end, Self::start).max(mark);
        let mut regions = vec![Self::Loose(mark..first)];
        let starts: Vec<_> = parts.iter().skip(1).map(Self::start).chain([end]).collect();
        for (part, end) in parts.into_iter().zip(starts) {
            regions.push(match part {
                Self::NearMiss(range) => Self::NearMiss(range.start..end.max(range.start)),
                other => other,
            });
        }
        regions.push(Self::Loose(end.max(first)..text.len()));
        regions
    }

    fn start(&self) -> usize {
        match self {
            Self::Loose(range) | Self::NearMiss(range) => range.start,
            Self::Section(section) => section.range().start,
        }
    }
}

/// Lays out one region after the other; comments wait until it is known what comes below them.
#[derive(Default)]
struct Writer {
    chunks: Vec<Chunk>,
    /// Blank lines, comments and attributes below the last content.
    gap: Vec<String>,
    /// Where the gap starts to be more than blanks, in the file.
    gap_start: Option<usize>,
    /// Where the last content ended, in the file.
    end: usize,
}

impl Writer {
    fn region(&mut self, start: usize, document: &Document, tokens: &[Range<usize>], region: &Region<'_>) {
        let text = document.text();
        match region {
            Region::Section(section) => {
                let content = bodies::content(document, section);
                let mut written = bodies::head(document, section);
                let body = bodies::body(document, tokens, section, content.clone());
                if !body.is_empty() {
                    written.push('\n');
                    written.push_str(&body);
                }
                let end = match content.is_empty() {
                    true => section.header.end,
                    false => content.end,
                };
                self.chunk(start + section.range().start, start + end, &written);
                self.tail(start, text, content.end..section.body_range.end);
            }
            Region::NearMiss(range) => {
                let end = bodies::content_end(document, range.clone(), |_| true);
                self.chunk(start + range.start, start + end, &text[range.start..end]);
                self.tail(start, text, end..range.end);
            }
            Region::Loose(range) => {
                let end = bodies::content_end(document, range.clone(), |_| true);
                let mut attributes = document.dangling_attributes().iter();
                let dangles = attributes.any(|attribute| range.contains(&attribute.range.start));
                if end > range.start && !dangles {
                    let from = end - bodies::without_blank_lines(&text[range.start..end]).len();
                    self.chunk(start + from, start + end, &text[from..end]);
                    self.tail(start, text, end..range.end);
                } else {
                    self.tail(start, text, range.clone());
                }
            }
        }
    }

    /// Content with its gap: one blank line to what is above, none at the start of the file.
    fn chunk(&mut self, start: usize, end: usize, content: &str) {
        let mut gap = std::mem::take(&mut self.gap);
        let mut written = String::new();
        match self.chunks.is_empty() {
            true => drop(gap.splice(..gap.iter().take_while(|line| line.is_empty()).count(), [])),
            false => {
                written.push('\n');
                if gap.iter().all(|line| !line.is_empty()) {
                    written.push('\n');
                }
            }
        }
        for line in gap {
            written.push_str(&line);
            written.push('\n');
        }
        written.push_str(content);
        self.push(start, end, &written);
    }

    fn push(&mut self, start: usize, end: usize, text: &str) {
        self.chunks.push(Chunk {
            range: self.end..end,
            start: self.gap_start.take().unwrap_or(start),
            text: text.replace("\r\n", "\n"),
        });
        self.end = end;
    }

    /// Adds the lines of a range to the gap; of several blank ones one is left.
    fn tail(&mut self, start: usize, text: &str, range: Range<usize>) {
        let mut at = range.start;
        let mut first = true;
        for line in text[range].split_inclusive('\n') {
            let trimmed = line.trim_matches([' ', '\t', '\r', '\n']);
            // The rest of the content's own line is no line, nor are the blanks before a header.
            let is_line = !(first && at > 0 && !text[..at].ends_with('\n')) && line.ends_with('\n');
            match trimmed.is_empty() {
                true if !is_line || self.gap.last().is_some_and(String::is_empty) => {}
                true => self.gap.push(String::new()),
                false => {
                    self.gap_start.get_or_insert(start + at);
                    self.gap.push(trimmed.to_owned());
                }
            }
            at += line.len();
            first = false;
        }
    }

    /// What is left below the last section, and the one line end of the file.
    fn finish(&mut self, length: usize) {
        let mut gap = std::mem::take(&mut self.gap);
        while gap.last().is_some_and(String::is_empty) {
            gap.pop();
        }
        let mut written = String::new();
        match self.chunks.is_empty() {
            true => drop(gap.splice(..gap.iter().take_while(|line| line.is_empty()).count(), [])),
            false => written.push('\n'),
        }
        for line in gap {
            written.push_str(&line);
            written.push('\n');
        }
        let start = self.end;
        self.push(start, length, &written);
    }
}

/// Whether a line can be part of a gap.
pub(super) fn is_loose(line: &str) -> bool {
    matches!(classify(line), Line::Blank | Line::Comment | Line::Attribute)
}
