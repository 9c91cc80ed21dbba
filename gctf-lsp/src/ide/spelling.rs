//! Field names of a body in one spelling: that of the proto, or that of its JSON.

use super::context::Context;
use super::skeleton::{Refactoring, body, named_shape};
use super::{Analysis, FilePosition};
use crate::schema::shape::{Shape, field};
use crate::syntax::json::{Data, Member, Value};
use crate::text::Edit;

/// The changes of spelling in the body at `position`.
pub fn refactorings(analysis: &Analysis, position: FilePosition) -> Vec<Refactoring> {
    let file = analysis.file(position.file);
    let context = file.and_then(|file| Context::at(analysis, file, position.offset));
    let Some(context) = context else {
        return Vec::new();
    };
    let Some((values, Some(shape))) = body(&context) else {
        return Vec::new();
    };
    let mut written = Vec::new();
    values
        .into_iter()
        .for_each(|value| collect(value, &shape, &mut written));
    let to = |title, wanted: for<'n> fn(&'n Names<'_>) -> &'n String| {
        let others = written.iter().filter(|names| names.member.key != *wanted(names));
        let edits: Vec<_> = others
            .filter(|names| !names.siblings.iter().any(|other| other.key == *wanted(names)))
            .map(|names| Edit {
                range: names.member.key_range.start + context.start..names.member.key_range.end + context.start,
                text: key(context.document.text(), names.member, wanted(names)),
            })
            .collect();
        (!edits.is_empty()).then_some(Refactoring { title, edits })
    };
    let proto = to("Use proto names", |names| &names.proto);
    let json = to("Use JSON names", |names| &names.json);
    proto.into_iter().chain(json).collect()
}

/// A field of a body whose two names differ.
struct Names<'v> {
    member: &'v Member,
    /// All members of its object.
    siblings: &'v [Member],
    proto: String,
    json: String,
}

fn collect<'v>(value: &'v Value, shape: &Shape, found: &mut Vec<Names<'v>>) {
    match &value.data {
        Data::Array(items) => {
            if let Some(element) = shape.element() {
                items.iter().for_each(|item| collect(item, &element, found));
            }
        }
        Data::Object(members) => {
            let Some(shape) = named_shape(shape, members) else {
                return;
            };
            for member in members {
                let field = match &shape {
                    Shape::Message(message) => field(message, &member.key),
                    _ => None,
                };
                let differing = field.filter(|field| field.name() != field.json_name());
                found.extend(differing.map(|field| Names {
                    member,
                    siblings: members,
                    proto: field.name().to_owned(),
                    json: field.json_name().to_owned(),
                }));
                if let (Some(value), Some(shape)) = (&member.value, shape.member(&member.key)) {
                    collect(value, &shape, found);
                }
            }
        }
        _ => {}
    }
}

/// `name` in the quotes of `member`, or bare as it is where that can be.
fn key(text: &str, member: &Member, name: &str) -> String {
    let written = &text[member.key_range.clone()];
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    match written.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => format!("{quote}{name}{quote}"),
        None if name.chars().all(is_word) => name.to_owned(),
        None => format!("\"{name}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::fixture;
    use super::*;

    /// The text of the body after the action `title`; `None` where it is not offered.
    fn after(section: &str, body: &str, title: &str) -> Option<String> {
        let head = format!("--- ENDPOINT ---\nshop.Orders/Create\n--- {section} ---\n");
        let (analysis, position) = fixture(&format!("{head}{body}"));
        let text = analysis.file(position.file)?.source.text().to_string();
        let found = refactorings(&analysis, position);
        let action = found.iter().find(|found| found.title == title)?;
        Some(crate::text::apply(&text, &action.edits)[head.len()..].to_owned())
    }

    #[test]
    fn names_are_written_in_one_spelling() {
        let body =
            "{customerId: 1, $0'createdAt': \"\", \"created_at\": \"\", \"status\": 1, \"items\": [{\"name\": 1}]}";
        assert_eq!(
            after("REQUEST", body, "Use proto names").unwrap(),
            "{customer_id: 1, 'createdAt': \"\", \"created_at\": \"\", \"status\": 1, \"items\": [{\"name\": 1}]}"
        );
        assert_eq!(after("REQUEST", body, "Use JSON names"), None);
        assert_eq!(
            after("RESPONSE", "{\"order\": {\"customer_id\": 1$0}}", "Use JSON names").unwrap(),
            "{\"order\": {\"customerId\": 1}}"
        );
        let details = "{\"details\": [{\"@type\": \"x/google.rpc.BadRequest\", \"fieldViolations\": [$0]}]}";
        assert_eq!(
            after("ERROR", details, "Use proto names").unwrap(),
            details.replace("fieldViolations", "field_violations").replace("$0", "")
        );
        assert_eq!(
            after("REQUEST", "{\"extra\": {\"customerId\": 1$0}}", "Use proto names"),
            None
        );
    }
}
