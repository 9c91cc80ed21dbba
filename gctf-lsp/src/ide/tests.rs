//! What holds of every feature at every place of a text, broken or not.

use super::references::{Declaration, references};
use super::testing::{FILE, fixture};
use super::{FilePosition, definition, highlight, hover, links, rename, selection};

const TEXT: &str = "--- META ---
links: [https://a, 'é']
--- DATASET ---
- n: 1
--- PROTO ---
files: [a.proto, \"b 😀.proto\"]
--- ENDPOINT ---
shop.Orders/Create
--- REQUEST ---
{ \"items\": [{ \"name\": \"é😀 {{ dataset.n }} {{id}}\" }], 'status': \"OPEN\", \"any\": { \"@type\": \"x/shop.Item\", \"name\": 1 } }
--- EXTRACT ---
id = .order.items[0].name
--- ENDPOINT ---
shop.Orders/Create
--- REQUEST ---
{ \"customer_id\": \"{{ id }}\", \"created_at\": \"2024-01-01T00:00:00Z\" }
--- ERROR ---
{ \"code\": 5, \"details\": [{ \"@type\": \"x/shop.Item\", \"count\": 1 }] }
--- ASSERTS ---
.message contains \"é😀\" and (.details[0].count + 2 * $id | length) > 1
";

/// Asks for everything at every place of `text`; nothing may panic, and every range is one of the text.
fn look(text: &str) {
    let (analysis, _) = fixture(text);
    let inside = |range: &std::ops::Range<usize>| {
        assert!(text.get(range.clone()).is_some(), "{range:?} in {text}");
    };
    links::links(&analysis, FILE)
        .iter()
        .for_each(|link| inside(&link.range));
    for (offset, _) in text.char_indices().step_by(3).chain([(text.len(), ' ')]) {
        let position = FilePosition { file: FILE, offset };
        if let Some(hover) = hover::hover(&analysis, position) {
            inside(&hover.range);
            assert!(
                hover.range.start <= offset && offset <= hover.range.end,
                "{hover:?} at {offset} in {text}"
            );
        }
        definition::definition(&analysis, position);
        definition::type_definition(&analysis, position);
        references(&analysis, position, Declaration::Included);
        highlight::highlights(&analysis, position)
            .iter()
            .for_each(|(range, _)| inside(range));
        if let Ok(edits) = rename::rename(&analysis, position, "other") {
            let edits = edits.iter().flat_map(|file| &file.edits);
            edits.for_each(|edit| inside(&edit.range));
        }
        let ranges = selection::selection(&analysis, position);
        ranges.iter().for_each(inside);
        let nested = ranges
            .windows(2)
            .all(|pair| pair[1].start <= pair[0].start && pair[0].end <= pair[1].end);
        assert!(
            nested && (!ranges.is_empty() || text.is_empty()),
            "{ranges:?} at {offset} in {text}"
        );
    }
}

#[test]
fn every_feature_answers_at_every_place() {
    look(TEXT);
    look(&TEXT.replace('\n', "\r\n"));
    // What is being typed ends anywhere.
    let ends = TEXT.char_indices().step_by(23);
    ends.for_each(|(end, _)| look(&TEXT[..end]));
    // Any piece can be missing.
    let gaps = TEXT.char_indices().step_by(31).map(|(start, _)| start);
    for start in gaps {
        let rest = TEXT[start..]
            .char_indices()
            .nth(5)
            .map_or("", |(length, _)| &TEXT[start + length..]);
        look(&format!("{}{rest}", &TEXT[..start]));
    }
}
