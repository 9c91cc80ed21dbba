//! The variables of a file: where each is set, and which of its uses read it. A name that is set again is another
//! variable from there on.

use super::file::SourceFile;
use super::position::shift;
use std::collections::HashMap;
use std::ops::Range;

/// A place where a variable is set or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// What it reads, with its `.field` steps; for a variable that is set its name.
    pub path: String,
    /// The bytes of the name in the file, without steps, braces and `$`.
    pub range: Range<usize>,
    /// The document that it stands in.
    pub document: usize,
    pub sets: bool,
    /// The occurrence that sets what is read here, by its place in the list; its own place where it sets. `None` for
    /// what nothing in the file sets.
    pub variable: Option<usize>,
}

impl Occurrence {
    /// The name without steps.
    pub fn name(&self) -> &str {
        self.path.split('.').next().unwrap_or(&self.path)
    }
}

impl SourceFile {
    /// Every place where a variable is set or read, in the order in which a run comes by.
    pub fn occurrences(&self) -> Vec<Occurrence> {
        let mut found: Vec<Occurrence> = Vec::new();
        let mut set: HashMap<String, usize> = HashMap::new();
        for (document, (start, parsed)) in self.documents().enumerate() {
            for (path, range, sets) in parsed.ties().occurrences() {
                let mut range = shift(range, start);
                // In an expression the range begins with `$`.
                range.start += usize::from(parsed.text()[range.start - start..].starts_with('$'));
                let mut occurrence = Occurrence {
                    path: path.to_owned(),
                    range,
                    document,
                    sets,
                    variable: None,
                };
                occurrence.range.end = occurrence.range.start + occurrence.name().len();
                if sets {
                    set.insert(path.to_owned(), found.len());
                }
                occurrence.variable = set.get(occurrence.name()).copied();
                found.push(occurrence);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_read_the_nearest_definition_before_them() {
        let text = "--- ENDPOINT ---\na/B\n--- REQUEST ---\n{\"x\": \"{{ id }}\"}\n--- EXTRACT ---\nid = .id\nb = $id.x\n\
            #[skip]\n--- ENDPOINT ---\na/C\n--- REQUEST ---\n{\"x\": \"{{ id.a }} {{dataset.n}}\"}\n--- EXTRACT ---\nid = $id\n\
            --- ENDPOINT ---\na/D\n--- ASSERTS ---\n.k == $id and (.a as $b | $b) == $b\n";
        let file = SourceFile::new(text);
        let shown: Vec<_> = file
            .occurrences()
            .iter()
            .map(|found| {
                let line = text[..found.range.start].matches('\n').count();
                (
                    line,
                    &text[found.range.clone()] == found.name(),
                    found.path.clone(),
                    found.variable,
                )
            })
            .collect();
        let expected = [
            (3, "id", None),
            (5, "id", Some(1)),
            (6, "id.x", Some(1)),
            (6, "b", Some(3)),
            (11, "id.a", Some(1)),
            (11, "dataset.n", None),
            (13, "id", Some(1)),
            (13, "id", Some(7)),
            (17, "id", Some(7)),
            (17, "b", Some(3)),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, path, variable)| (*line, true, (*path).to_owned(), *variable))
            .collect();
        assert_eq!(shown, expected);
    }
}
