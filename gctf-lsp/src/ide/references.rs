//! Where else the thing under the cursor is used.

use super::context::Context;
use super::element::{Element, element};
use super::fixtures::{self, Named};
use super::index::IndexedKind;
use super::lines::Flow;
use super::skeleton::named_shape;
use super::{Analysis, FilePosition, Place, variables};
use crate::schema::shape::{Shape, field};
use crate::syntax::Occurrence;
use crate::syntax::json::{Data, Value};
use prost_reflect::FieldDescriptor;
use std::ops::Range;

/// Whether the definition is one of the references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declaration {
    Included,
    Left,
}

/// The uses of the variable, the keys and steps that name the field, or the documents that call the method, at
/// `position`.
pub fn references(analysis: &Analysis, position: FilePosition, declaration: Declaration) -> Vec<Place> {
    let Some(file) = analysis.file(position.file) else {
        return Vec::new();
    };
    if let Some(found) = variables::at(file, position) {
        let is_wanted = |found: &&Occurrence| !found.sets || declaration == Declaration::Included;
        let members = fixtures::members(analysis, position.file, &found);
        let Some(members) = members else {
            let own = Named::Open(position.file);
            let uses = found.same().into_iter().filter(is_wanted);
            return uses.map(|found| own.place(found.range.clone())).collect();
        };
        let places = members.iter().flat_map(|member| {
            let uses = member.uses().filter(is_wanted);
            uses.map(|found| member.named.place(found.range.clone()))
        });
        return places.collect();
    }
    if let Some(places) = field_references(analysis, position) {
        return places;
    }
    let (start, document) = match file.source.document(file.source.document_at(position.offset)) {
        Some(document) => document,
        None => return Vec::new(),
    };
    let line = document.endpoint();
    let touched =
        line.filter(|line| line.range.start + start <= position.offset && position.offset <= line.range.end + start);
    touched.map_or_else(Vec::new, |line| calls(analysis, &line.text))
}

/// The keys and the steps of open files that name the field at `position`; `None` where there is none.
fn field_references(analysis: &Analysis, position: FilePosition) -> Option<Vec<Place>> {
    let context = Context::at(analysis, analysis.file(position.file)?, position.offset)?;
    let Element::Field(wanted) = element(&context, context.offset(position.offset)?)? else {
        return None;
    };
    let mut places = Vec::new();
    for (id, file) in analysis.files.iter() {
        let mut flow = Flow::of(&file.source);
        for context in Context::all(analysis, file) {
            let mut found = Vec::new();
            for line in &flow.pass(&context, context.schema()).lines {
                let own = line.typed.fields.iter().filter(|(_, field)| is_same(field, &wanted));
                found.extend(own.map(|(range, _)| line.of_document(range)));
            }
            for section in context.document.sections() {
                let shape = context.body_shape(section.kind);
                let values = section.values().iter();
                shape.into_iter().for_each(|shape| {
                    values
                        .clone()
                        .for_each(|value| keys(value, &shape, &wanted, &mut found))
                });
            }
            found.sort_by_key(|range| range.start);
            found.dedup();
            places.extend(found.into_iter().map(|range| Place::Open {
                file: *id,
                range: range.start + context.start..range.end + context.start,
            }));
        }
    }
    Some(places)
}

/// Whether two schemas mean the same field.
fn is_same(one: &FieldDescriptor, other: &FieldDescriptor) -> bool {
    one.full_name() == other.full_name()
}

/// The keys in `value` that name `wanted`.
fn keys(value: &Value, shape: &Shape, wanted: &FieldDescriptor, found: &mut Vec<Range<usize>>) {
    match &value.data {
        Data::Array(items) => {
            let element = shape.element();
            element
                .iter()
                .for_each(|element| items.iter().for_each(|item| keys(item, element, wanted, found)));
        }
        Data::Object(members) => {
            let Some(shape) = named_shape(shape, members) else {
                return;
            };
            for member in members {
                let own = match &shape {
                    Shape::Message(message) => field(message, &member.key),
                    _ => None,
                };
                found.extend(own.filter(|own| is_same(own, wanted)).map(|_| member.key_range.clone()));
                if let (Some(value), Some(shape)) = (&member.value, shape.member(&member.key)) {
                    keys(value, &shape, wanted, found);
                }
            }
        }
        _ => {}
    }
}

/// The documents that call `endpoint`: those of open files, then those of closed ones.
fn calls(analysis: &Analysis, endpoint: &str) -> Vec<Place> {
    let open = analysis.files.iter().flat_map(|(id, file)| {
        file.source.documents().filter_map(move |(start, document)| {
            let line = document.endpoint().filter(|line| line.text == endpoint)?;
            Some(Place::Open {
                file: *id,
                range: line.range.start + start..line.range.end + start,
            })
        })
    });
    let closed = analysis.closed_files().flat_map(|(path, file)| {
        let own = file
            .symbols
            .iter()
            .filter(|symbol| symbol.kind == IndexedKind::Document && symbol.endpoint.as_deref() == Some(endpoint));
        own.map(move |symbol| Place::Indexed {
            path: path.to_owned(),
            range: symbol.range.clone(),
        })
    });
    open.chain(closed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::index::IndexedFile;
    use crate::ide::testing::fixture;
    use crate::syntax::SourceFile;
    use crate::syntax::position::Encoding;
    use std::sync::Arc;

    const CHAIN: &str = "--- ENDPOINT ---\na/B\n--- REQUEST ---\n{\"x\": \"{{ id }}\"}\n--- EXTRACT ---\nid = .id\n\
        --- ENDPOINT ---\na/C\n--- REQUEST ---\n{\"x\": \"{{ id.a }}-{{id}}\"}\n--- ASSERTS ---\n.x == $id\n--- EXTRACT ---\nid = $id\n\
        --- ENDPOINT ---\na/B\n--- ASSERTS ---\n.k == $id\n";

    /// The lines and columns of the references at the `nth` occurrence of `mark`.
    fn found(mark: &str, nth: usize, declaration: Declaration) -> Vec<(usize, usize)> {
        let at = CHAIN.match_indices(mark).nth(nth).unwrap().0;
        let (analysis, _) = fixture(CHAIN);
        let position = FilePosition {
            file: crate::ide::testing::FILE,
            offset: at,
        };
        let places = references(&analysis, position, declaration).into_iter();
        let shown = places.map(|place| match place {
            Place::Open { range, .. } => {
                let before = &CHAIN[..range.start];
                let line = before.rfind('\n').map_or(0, |at| at + 1);
                (before.matches('\n').count(), range.start - line)
            }
            other => panic!("{other:?}"),
        });
        shown.collect()
    }

    #[test]
    fn a_redefinition_is_another_variable() {
        let first = [(5, 0), (9, 10), (9, 20), (11, 7), (13, 6)];
        assert_eq!(found("id = .id", 0, Declaration::Included), first);
        assert_eq!(found("id}}", 0, Declaration::Left), first[1..]);
        assert_eq!(found("$id\n", 1, Declaration::Included), first);
        assert_eq!(found("id = $id", 0, Declaration::Included), [(13, 0), (17, 7)]);
        assert_eq!(found("id }}", 0, Declaration::Included), [(3, 10)]);
    }

    #[test]
    fn a_field_is_named_by_keys_and_steps() {
        let text = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{ \"items\": [{ \"name\": \"a\", \"part\": { \"name\": \"b\" } }] }\n\
            --- RESPONSE ---\n{ \"order\": { \"items\": [{ \"name\": \"a\" }] }, \"id\": \"name\" }\n--- EXTRACT ---\nitem = .order.items[0]\n\
            --- ENDPOINT ---\nshop.Orders/Create\n--- ASSERTS ---\n$item.na$0me == \"name\" and .order.id == \"name\"\n";
        let (analysis, position) = fixture(text);
        let places = references(&analysis, position, Declaration::Included).into_iter();
        let lines = places.map(|place| match place {
            Place::Open { range, .. } => text[..range.start].matches('\n').count(),
            other => panic!("{other:?}"),
        });
        assert_eq!(lines.collect::<Vec<_>>(), [3, 3, 5, 11]);
    }

    #[test]
    fn a_method_is_called_by_documents_of_open_and_closed_files() {
        assert_eq!(found("a/B", 0, Declaration::Included), [(1, 0), (15, 0)]);
        let (mut analysis, position) = fixture("--- ENDPOINT ---\na/$0C\n");
        let indexed = IndexedFile::new(&SourceFile::new(CHAIN), Encoding::Utf8);
        let index = Arc::make_mut(&mut analysis.index);
        index.files.insert("/x.gctf".into(), Arc::new(indexed));
        let places = references(&analysis, position, Declaration::Included);
        assert!(
            matches!(&places[0], Place::Open { range, .. } if *range == (17..20)),
            "{places:?}"
        );
        assert!(
            matches!(&places[1], Place::Indexed { range, .. } if range.start.line == 7),
            "{places:?}"
        );
    }
}
