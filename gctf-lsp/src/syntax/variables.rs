//! Which variables a document sets and which it uses, and so which earlier documents it needs.

use super::document::{Body, Document};
use super::file::{InForce, SourceFile};
use crate::spec::SectionKind;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

impl Document {
    /// Names that the EXTRACT sections set.
    pub fn defined_variables(&self) -> &BTreeSet<String> {
        self.facts.defined.get_or_init(|| self.find_defined_variables())
    }

    /// Names that `{{ name }}` and `$name` read, each without its `.field` steps.
    pub fn used_variables(&self) -> &BTreeSet<String> {
        self.facts.used.get_or_init(|| self.find_used_variables())
    }

    fn find_defined_variables(&self) -> BTreeSet<String> {
        let extractions = self
            .sections_of(SectionKind::Extract)
            .filter_map(|section| match &section.body {
                Body::Extract(extractions) => Some(extractions),
                _ => None,
            });
        extractions
            .flatten()
            .filter_map(|extraction| Some(extraction.name.as_ref()?.text.clone()))
            .collect()
    }

    fn find_used_variables(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for token in self.tokens() {
            let text = &self.text()[token.clone()];
            for (mark, piece) in pieces_behind(text, "{{").chain(pieces_behind(text, "$")) {
                let name = piece.trim_start_matches([' ', '\t']);
                let length = name
                    .bytes()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                    .count();
                if length > 0 && (mark == "{{" || piece.len() == name.len()) {
                    names.insert(name[..length].to_owned());
                }
            }
        }
        names
    }
}

fn pieces_behind<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.match_indices(mark)
        .map(move |(at, _)| (mark, &text[at + mark.len()..]))
}

impl SourceFile {
    /// The earlier documents whose variables the one at `index` uses, transitively, in order.
    pub fn dependencies(&self, index: usize) -> Vec<usize> {
        let Some((_, last)) = self.document(index).filter(|_| index > 0) else {
            return Vec::new();
        };
        let mut wanted = last.used_variables().clone();
        let mut needed = Vec::new();
        for at in (0..index).rev() {
            if wanted.is_empty() {
                break;
            }
            let Some((_, document)) = self.document(at) else {
                continue;
            };
            let defined = document.defined_variables();
            if defined.is_disjoint(&wanted) {
                continue;
            }
            wanted.retain(|name| !defined.contains(name));
            wanted.extend(document.used_variables().iter().cloned());
            needed.push(at);
        }
        needed.reverse();
        needed
    }

    /// Equal as long as a run of the document at `index` would do the same: its tokens, the connection
    /// sections in `force` there and the documents that it depends on.
    pub fn run_hash(&self, index: usize, force: InForce) -> u64 {
        let mut hasher = DefaultHasher::new();
        for at in [force.address, force.tls, force.proto, force.options]
            .into_iter()
            .flatten()
        {
            if let Some((_, document)) = self.document(at.document).filter(|_| at.document != index) {
                let section = &document.sections()[at.section];
                document.text()[section.body_range.clone()].trim().hash(&mut hasher);
            }
        }
        for at in self.dependencies(index).into_iter().chain([index]) {
            if let Some((_, document)) = self.document(at) {
                document.text_hash().hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

/// A variable that a template can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleVariable {
    pub name: String,
    /// Where it is set, in bytes of the file; `None` for a column of a DATASET.
    pub set_at: Option<Range<usize>>,
}

impl VisibleVariable {
    /// The section that sets it.
    pub fn origin(&self) -> &'static str {
        match self.set_at {
            Some(_) => "EXTRACT",
            None => "DATASET",
        }
    }
}

impl SourceFile {
    /// The variables that are set before `offset` of the document at `index`: the nearest first, columns last.
    pub fn visible_variables(&self, index: usize, offset: usize) -> Vec<VisibleVariable> {
        let mut seen = BTreeSet::new();
        let mut visible = Vec::new();
        for at in (0..=index).rev() {
            let Some((start, document)) = self.document(at) else {
                continue;
            };
            let before = document.ties().set_variables().rev();
            for (name, range) in before.filter(|(_, range)| at < index || range.start < offset) {
                if seen.insert(name) {
                    visible.push(VisibleVariable {
                        name: name.to_owned(),
                        set_at: Some(range.start + start..range.end + start),
                    });
                }
            }
        }
        let columns = self.document(0).and_then(|(_, document)| document.ties().columns());
        visible.extend(columns.into_iter().flatten().map(|column| VisibleVariable {
            name: format!("dataset.{column}"),
            set_at: None,
        }));
        visible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAIN: &str = "--- ENDPOINT ---\na/B\n--- EXTRACT ---\nid = .id\n\
        --- ENDPOINT ---\na/C\n--- REQUEST ---\n{\"x\": \"{{ id }}\"}\n--- EXTRACT ---\nkey = .key\n\
        --- ENDPOINT ---\na/D\n--- RESPONSE ---\n{}\n\
        --- ENDPOINT ---\na/E\n--- ASSERTS ---\n.k == $key\n";

    #[test]
    fn dependencies_are_transitive() {
        let file = SourceFile::new(CHAIN);
        assert_eq!(file.dependencies(3), [0, 1]);
        assert_eq!(file.dependencies(2), [] as [usize; 0]);
    }

    #[test]
    fn the_nearest_variables_come_first() {
        let file = SourceFile::new(&format!("--- DATASET ---\n- a: 1\n{CHAIN}"));
        let names = |index, offset| -> Vec<_> {
            let variables = file.visible_variables(index, offset);
            variables.into_iter().map(|variable| variable.name).collect()
        };
        assert_eq!(names(0, 0), ["dataset.a"]);
        assert_eq!(names(1, 0), ["id", "dataset.a"]);
        assert_eq!(names(3, 0), ["key", "id", "dataset.a"]);
    }

    #[test]
    fn the_run_hash_ignores_layout_and_comments_only() {
        let hash = |text: &str| {
            let file = SourceFile::new(text);
            file.run_hash(3, file.in_force(3))
        };
        let before = hash(CHAIN);
        assert_eq!(
            hash(&CHAIN.replace("--- ASSERTS ---\n", "# x\n\n---  ASSERTS  ---\n  ")),
            before
        );
        assert_ne!(hash(&CHAIN.replace("id = .id", "id = .ID")), before);
        assert_ne!(hash(&CHAIN.replace("$key", "$kex")), before);
        assert_eq!(hash(&CHAIN.replace("a/D", "a/DD")), before);
    }
}
