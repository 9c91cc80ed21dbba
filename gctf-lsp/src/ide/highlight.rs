//! What in the same file belongs to the thing under the cursor.

use super::{Analysis, FilePosition, variables};
use std::ops::Range;

/// What happens at a marked place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Write,
    Read,
    Text,
}

/// The places that go with `position`: of a variable what sets and reads it, of a header all headers of its document.
pub fn highlights(analysis: &Analysis, position: FilePosition) -> Vec<(Range<usize>, Mark)> {
    let Some(file) = analysis.file(position.file) else {
        return Vec::new();
    };
    if let Some(found) = variables::at(file, position) {
        let mark = |sets| match sets {
            true => Mark::Write,
            false => Mark::Read,
        };
        let same = found.same().into_iter();
        return same.map(|found| (found.range.clone(), mark(found.sets))).collect();
    }
    let Some((start, document)) = file.source.document(file.source.document_at(position.offset)) else {
        return Vec::new();
    };
    let names = document.sections().iter().map(|section| {
        let name = &section.name_range;
        name.start + start..name.end + start
    });
    let names: Vec<_> = names.collect();
    let on_one = names
        .iter()
        .any(|name| name.start <= position.offset && position.offset <= name.end);
    match on_one {
        true => names.into_iter().map(|name| (name, Mark::Text)).collect(),
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::fixture;

    fn check(text: &str, expected: &[(&str, usize, Mark)]) {
        let (analysis, position) = fixture(text);
        let text = text.replacen("$0", "", 1);
        let found: Vec<_> = highlights(&analysis, position)
            .into_iter()
            .map(|(range, mark)| (&text[range.clone()], text[..range.start].matches('\n').count(), mark))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn variables_and_headers() {
        check(
            "--- ENDPOINT ---\na/B\n--- EXTRACT ---\ni$0d = .id\n--- ENDPOINT ---\na/C\n--- ASSERTS ---\n.x == $id\n",
            &[("id", 3, Mark::Write), ("id", 7, Mark::Read)],
        );
        check(
            "--- ENDPOINT ---\na/B\n--- REQUEST ---\n--- ENDPOINT ---\na/C\n--- AS$0SERTS ---\n.x == $id\n",
            &[("ENDPOINT", 3, Mark::Text), ("ASSERTS", 5, Mark::Text)],
        );
        check("--- ENDPOINT ---\na/$0B\n", &[]);
    }
}
