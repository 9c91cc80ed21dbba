//! Loose ends of a file: what is extracted and never read, and what is read from an environment that lacks it.

use super::super::file::SourceFile;
use super::super::position::shift;
use crate::diagnostic::{Diagnostic, Severity};
use std::collections::{BTreeSet, HashSet};

/// A hint on each EXTRACT variable that no section of its document and no later document reads; ranges are bytes
/// of the file. Not for `_setup.gctf`, whose variables are for other files.
pub fn unused_variables(file: &SourceFile) -> Vec<Diagnostic> {
    let documents: Vec<_> = file.documents().collect();
    let mut read: HashSet<&str> = HashSet::new();
    let mut found = Vec::new();
    for (start, document) in documents.into_iter().rev() {
        read.extend(document.used_variables().iter().map(String::as_str));
        for (name, range) in document.ties().set_variables() {
            if !read.contains(name) {
                let message = format!("`{name}` is never read: use it as `{{{{{name}}}}}` or `${name}`, or delete it");
                found.push(Diagnostic::new("G608", Severity::Hint, shift(range, start), message));
            }
        }
    }
    found
}

/// An information on each `{{ env.NAME }}` whose name is not in `environment`; ranges are bytes of the file.
pub fn unset_environment(file: &SourceFile, environment: &BTreeSet<String>) -> Vec<Diagnostic> {
    let reads = file.documents().flat_map(|(start, document)| {
        let templates = document.ties().templates();
        templates.filter_map(move |(name, range)| Some((name.strip_prefix("env.")?, shift(range, start))))
    });
    let unset = reads.filter(|(name, _)| !environment.contains(*name));
    unset
        .map(|(name, range)| {
            let message = format!("`{name}` is not set in the environment here");
            Diagnostic::new("G229", Severity::Information, range, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{}\n--- EXTRACT ---\nread = .a\nlost = .b\n--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{ \"a\": \"{{read}}\", \"b\": \"{{ env.SET }}\", \"c\": \"{{ env.UNSET }}\" }\n--- RESPONSE ---\n{}\n";

    #[test]
    fn variables_without_an_end() {
        let file = SourceFile::new(FILE);
        let environment = BTreeSet::from(["SET".to_owned()]);
        let found = unused_variables(&file).into_iter();
        let found: Vec<_> = found
            .chain(unset_environment(&file, &environment))
            .map(|found| (found.code, &FILE[found.range]))
            .collect();
        assert_eq!(found, [("G608", "lost"), ("G229", "env.UNSET")]);
    }
}
