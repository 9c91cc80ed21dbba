//! What a document uses and what has changed in a way that breaks since the schema was saved.

use crate::connection::split_endpoint;
use crate::diagnostic::Diagnostic;
use crate::expr::Place;
use crate::schema::Schema;
use crate::schema::diff::Drift;
use crate::schema::shape::{Shape, field};
use crate::spec::SectionKind;
use crate::syntax::json::{Data, Value};
use crate::syntax::{Body, Document, Expression, Section};
use std::ops::Range;

/// A warning on each part of the document that names something that has changed.
pub(super) fn findings(document: &Document, schema: &Schema) -> Vec<Diagnostic> {
    let Some(drift) = schema.drift().filter(|drift| !drift.breaking.is_empty()) else {
        return Vec::new();
    };
    let line = document.endpoint();
    let Some((line, (service, name))) = line.and_then(|line| Some((line, split_endpoint(&line.text)?))) else {
        return Vec::new();
    };
    let mut marks = Marks {
        drift,
        found: Vec::new(),
    };
    let slash = line.range.start + service.len();
    marks.mark(service, line.range.start..slash);
    marks.mark(&format!("{service}/{name}"), slash + 1..line.range.end);
    if let Ok(method) = drift.saved.method(service, name) {
        let (input, output) = (method.input(), method.output());
        for section in document.sections() {
            match section.kind {
                SectionKind::Request => marks.body(section, &Shape::of_message(&input)),
                SectionKind::Response => marks.body(section, &Shape::of_message(&output)),
                _ => {}
            }
            for (place, expression) in expressions(section) {
                for (range, field) in crate::types::expression::fields(&expression.code, place, &output) {
                    let start = expression.range.start;
                    marks.mark(field.full_name(), start + range.start..start + range.end);
                }
            }
        }
    }
    marks.found
}

fn expressions(section: &Section) -> Vec<(Place, &Expression)> {
    match &section.body {
        Body::Asserts(lines) => lines.iter().map(|line| (Place::Asserts, line)).collect(),
        Body::Extract(lines) => {
            let values = lines.iter().filter_map(|line| line.value.as_ref());
            values.map(|value| (Place::Extract, value)).collect()
        }
        _ => Vec::new(),
    }
}

struct Marks<'a> {
    drift: &'a Drift,
    found: Vec<Diagnostic>,
}

impl Marks<'_> {
    fn mark(&mut self, element: &str, range: Range<usize>) {
        if let Some(text) = self.drift.breaking.get(element) {
            let message = format!("`{element}` has changed since the schema was saved: {text}");
            self.found.push(Diagnostic::warning("G619", range, message));
        }
    }

    fn body(&mut self, section: &Section, shape: &Shape) {
        section.values().iter().for_each(|value| self.value(value, shape));
    }

    fn value(&mut self, value: &Value, shape: &Shape) {
        match (&value.data, shape) {
            (Data::Object(members), Shape::Message(message)) => {
                for member in members {
                    let Some(field) = field(message, &member.key) else {
                        continue;
                    };
                    self.mark(field.full_name(), member.key_range.clone());
                    if let Some(value) = &member.value {
                        self.value(value, &Shape::of_field(&field));
                    }
                }
            }
            (Data::Object(members), Shape::Map { value: form, .. }) => {
                let values = members.iter().filter_map(|member| member.value.as_ref());
                values.for_each(|value| self.value(value, form));
            }
            (Data::Array(items), Shape::List(form)) => items.iter().for_each(|item| self.value(item, form)),
            (Data::String(name), Shape::Enum(descriptor)) => {
                self.mark(&format!("{}.{name}", descriptor.full_name()), value.range.clone());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::findings;
    use crate::ide::testing::schema;
    use crate::syntax::Document;
    use std::sync::Arc;

    const SAVED: &str = "syntax = \"proto3\"; package p;
        service S { rpc Do(M) returns (M); rpc Go(M) returns (M); rpc Other(N) returns (N); }
        message M { string name = 1; repeated M parts = 2; map<string, M> by = 3; E kind = 4; int32 old_total = 5; }
        message N { string id = 1; }
        enum E { A = 0; B = 1; }";
    const NOW: &str = "syntax = \"proto3\"; package p;
        service S { rpc Do(M) returns (M); rpc Go(M) returns (stream M); rpc Other(N) returns (N); }
        message M { repeated M parts = 2; map<string, M> by = 3; E kind = 4; string old_total = 5; }
        message N { string id = 1; }
        enum E { A = 0; C = 1; }";

    fn marked(text: &str) -> Vec<String> {
        let now = schema(NOW).since(Arc::new(schema(SAVED)));
        let found = findings(&Document::parse(text), &now).into_iter();
        found
            .map(|found| format!("{} {}", found.code, &text[found.range.clone()]))
            .collect()
    }

    #[test]
    fn only_what_is_used_is_marked() {
        let call = |method: &str, rest: &str| format!("--- ENDPOINT ---\np.S/{method}\n--- REQUEST ---\n{rest}\n");
        assert_eq!(
            marked(&call(
                "Do",
                "{\"parts\": [{\"name\": \"é\"}], \"by\": {\"name\": {\"kind\": \"B\"}}, \"kind\": \"A\"}\n\
                 --- RESPONSE ---\n{\"oldTotal\": 1}\n--- ASSERTS ---\n.parts[0].name == \"name\" and .kind == \"A\"\n\
                 --- EXTRACT ---\nn = .old_total"
            )),
            [
                "G619 \"name\"",
                "G619 \"B\"",
                "G619 \"oldTotal\"",
                "G619 name",
                "G619 old_total"
            ]
        );
        assert_eq!(marked(&call("Go", "{}")), ["G619 Go"]);
        assert_eq!(marked(&call("Other", "{\"id\": \"name\"}")), [] as [String; 0]);
    }
}
