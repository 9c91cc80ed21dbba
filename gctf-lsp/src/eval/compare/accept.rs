//! The edits that make an expected value equal to the message that came: only nodes that differ are touched, so
//! comments, the order of keys, the spelling of numbers, templates and wildcards stay.

use super::{CompareOptions, Comparison, Listed, Typed, is_default, is_implied};
use crate::schema::json::Defaults;
use crate::syntax::json::{Data, Member, Value};
use crate::text::Edit;
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value as Json};
use std::ops::Range;

/// Says of a value that came, by its path such as `$.items[1]`, whether any value is to be expected in its place.
pub type Wild<'a> = &'a dyn Fn(&str, &Json) -> bool;

/// The [`Wild`] by which every value is expected as it came.
pub fn as_it_came(_: &str, _: &Json) -> bool {
    false
}

/// What has to change in `text` so that `expected`, read from it and with its templates replaced, equals `actual`.
/// The edits are in order and do not overlap.
pub fn accept(
    text: &str,
    expected: &Value,
    actual: &Json,
    message: Option<&MessageDescriptor>,
    options: &CompareOptions,
    wild: Wild<'_>,
) -> Vec<Edit> {
    let mut acceptance = Acceptance {
        text,
        comparison: Comparison::new(message, options),
        wild,
        edits: Vec::new(),
    };
    acceptance.value(expected, actual, &Typed::of_message(message));
    let mut edits = acceptance.edits;
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    // Neighbours that both go may both take the comma between them.
    edits.dedup_by(|next, last| {
        let overlap = next.range.start < last.range.end;
        last.range.end = last.range.end.max(if overlap { next.range.end } else { 0 });
        overlap
    });
    edits
}

struct Acceptance<'a> {
    text: &'a str,
    comparison: Comparison<'a>,
    wild: Wild<'a>,
    edits: Vec<Edit>,
}

impl Acceptance<'_> {
    fn value(&mut self, expected: &Value, actual: &Json, typed: &Typed) {
        if self.comparison.agrees(expected, Some(actual), typed) {
            return;
        }
        // What a template stands for has no text of its own to change.
        let written = self.text[expected.range.clone()].starts_with(['{', '[']);
        match (&expected.data, actual) {
            (Data::Object(members), Json::Object(fields)) if written && !members.is_empty() => {
                self.object(expected, members, fields, typed);
            }
            (Data::Array(items), Json::Array(elements))
                if written && !items.is_empty() && !self.comparison.options.unordered_arrays =>
            {
                self.array(expected, items, elements, &typed.element());
            }
            _ => self.replace(expected, actual),
        }
    }

    fn replace(&mut self, expected: &Value, actual: &Json) {
        let indent = indent_of(self.text, expected.range.start);
        let written = self.written(actual);
        self.edit(expected.range.clone(), self.render(&written, &indent));
    }

    /// A value that came at the current path, with `"*"` for what is wild in it.
    fn written(&self, actual: &Json) -> Json {
        written(actual, &self.comparison.path_text(), self.wild)
    }

    /// JSON text over several lines, those behind the first indented by `indent`; lines end as in the file.
    fn render(&self, value: &Json, indent: &str) -> String {
        let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
        text.replace('\n', &format!("{}{indent}", line_end(self.text)))
    }

    fn edit(&mut self, range: Range<usize>, text: String) {
        self.edits.push(Edit { range, text });
    }

    fn object(&mut self, object: &Value, members: &[Member], fields: &Map<String, Json>, typed: &Typed) {
        let typed = &typed.resolved(fields, self.comparison.pool.as_ref());
        let listed = Listed::new(members, typed);
        let mut kept = None;
        let mut removed = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let name = listed.name(at);
            self.comparison.enter(name, typed);
            let dropped = self.comparison.is_redacted(name, typed);
            match (&member.value, fields.get(name)) {
                _ if !listed.counts(at) || dropped => kept = Some(member),
                (Some(value), Some(actual)) => {
                    self.value(value, actual, &typed.member(name));
                    kept = Some(member);
                }
                (Some(value), None) if !is_default(value, &typed.member(name)) => {
                    removed.push(member.key_range.start..value.range.end);
                }
                _ => kept = Some(member),
            }
            self.comparison.path.pop();
        }
        let mut names = members.iter().enumerate();
        let json_names = names.any(|(at, member)| member.key != listed.name(at));
        let missing = self.unlisted(fields, &listed, typed);
        let missing: Vec<_> = missing
            .into_iter()
            .map(|(name, value)| (spelled(&name, typed, json_names), value))
            .collect();
        self.insert_members(object, kept, &mut removed, &missing);
        for range in removed {
            let range = self.removal(range);
            self.edit(range, String::new());
        }
    }

    /// The members that came and are not expected, as far as that counts.
    fn unlisted(&mut self, fields: &Map<String, Json>, listed: &Listed, typed: &Typed) -> Vec<(String, Json)> {
        if self.comparison.options.partial {
            return Vec::new();
        }
        let shows_defaults = self.comparison.options.defaults == Defaults::Shown;
        let mut missing = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| !listed.has(name)) {
            let implied = shows_defaults && is_implied(value, typed.field(name).as_ref());
            self.comparison.enter(name, typed);
            if !implied && !self.comparison.is_redacted(name, typed) {
                missing.push((name.clone(), self.written(value)));
            }
            self.comparison.path.pop();
        }
        missing
    }

    /// Adds members in the place of one that goes, or behind `last`, the last one that stays.
    fn insert_members(
        &mut self,
        object: &Value,
        last: Option<&Member>,
        removed: &mut Vec<Range<usize>>,
        missing: &[(String, Json)],
    ) {
        if missing.is_empty() {
            return;
        }
        let end = |member: &Member| {
            member
                .value
                .as_ref()
                .map_or(member.key_range.end, |value| value.range.end)
        };
        let place = removed
            .last()
            .map(|range| range.start)
            .or(last.map(|last| last.key_range.start));
        let indent = match place {
            Some(place) => indent_of(self.text, place),
            None => format!("{}  ", indent_of(self.text, object.range.start)),
        };
        let members = missing
            .iter()
            .map(|(name, value)| format!("{}: {}", Json::String(name.clone()), self.render(value, &indent)))
            .collect();
        match removed.pop() {
            Some(range) => {
                let joined = self.joined(object, &indent, members);
                self.edit(range, joined);
            }
            None => self.insert(object, last.map(end), &indent, members),
        }
    }

    /// What stands between the items of a container.
    fn separator(&self, container: &Value, indent: &str) -> String {
        match self.text[container.range.clone()].contains('\n') {
            true => format!("{}{indent}", line_end(self.text)),
            false => " ".to_owned(),
        }
    }

    fn joined(&self, container: &Value, indent: &str, items: Vec<String>) -> String {
        items.join(&format!(",{}", self.separator(container, indent)))
    }

    /// Adds items at `at`, behind the last item that stays, or behind the opening bracket.
    fn insert(&mut self, container: &Value, at: Option<usize>, indent: &str, items: Vec<String>) {
        let separator = self.separator(container, indent);
        let joined = self.joined(container, indent, items);
        match at {
            None => {
                let open = container.range.start + 1;
                self.edit(open..open, format!("{}{joined}", separator.trim_matches(' ')));
            }
            Some(end) => {
                let comma = self.comma_behind(end);
                match comma {
                    Some(comma) => self.edit(comma..comma, format!("{separator}{joined},")),
                    None => self.edit(end..end, format!(",{separator}{joined}")),
                }
            }
        }
    }

    /// Behind the comma that follows `end`, with nothing but blanks between.
    fn comma_behind(&self, end: usize) -> Option<usize> {
        let rest = &self.text[end..];
        let blanks = rest.len() - rest.trim_start().len();
        rest[blanks..].starts_with(',').then_some(end + blanks + 1)
    }

    /// The bytes to remove with an item: its comma, and its lines where it has them for itself.
    fn removal(&self, item: Range<usize>) -> Range<usize> {
        let before = &self.text[..item.start];
        let comma = self.comma_behind(item.end);
        let kept = before.trim_end();
        if comma.is_none() && kept.ends_with(',') {
            return kept.len() - 1..item.end;
        }
        let end = comma.unwrap_or(item.end);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = &self.text[end..];
        let line_rest = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let alone = before[line_start..].trim().is_empty() && rest[..line_rest].trim().is_empty();
        match alone {
            true => line_start..end + line_rest,
            false => item.start..end + (rest.len() - rest.trim_start_matches(' ').len()),
        }
    }

    fn array(&mut self, array: &Value, items: &[Value], elements: &[Json], element: &Typed) {
        for (at, (item, actual)) in items.iter().zip(elements).enumerate() {
            self.comparison.enter_index(at);
            self.value(item, actual, element);
            self.comparison.path.pop();
        }
        let last_kept = items[..items.len().min(elements.len())].last();
        if let (Some(first), Some(last)) = (items.get(elements.len()), items.last()) {
            let from = last_kept.map_or(first.range.start, |kept| kept.range.end);
            self.edit(from..last.range.end, String::new());
        }
        if elements.len() > items.len() && !self.comparison.options.partial {
            let indent = indent_of(self.text, items[0].range.start);
            let path = self.comparison.path_text();
            let added = elements.iter().enumerate().skip(items.len()).map(|(at, element)| {
                let written = written(element, &format!("{path}[{at}]"), self.wild);
                self.render(&written, &indent)
            });
            let added = added.collect();
            let end = last_kept.map(|item| item.range.end);
            self.insert(array, end, &indent, added);
        }
    }
}

/// The value at `path` with `"*"` for what is wild in it.
pub fn written(actual: &Json, path: &str, wild: Wild<'_>) -> Json {
    match actual {
        _ if wild(path, actual) => Json::String("*".to_owned()),
        Json::Object(members) => {
            let member = |(name, value): (&String, &Json)| {
                let path = format!("{path}{}", super::step(name));
                (name.clone(), written(value, &path, wild))
            };
            Json::Object(members.iter().map(member).collect())
        }
        Json::Array(items) => {
            let items = items.iter().enumerate();
            Json::Array(
                items
                    .map(|(at, item)| written(item, &format!("{path}[{at}]"), wild))
                    .collect(),
            )
        }
        scalar => scalar.clone(),
    }
}

/// A field's name in the style of the object that it comes into.
fn spelled(name: &str, typed: &Typed, json_names: bool) -> String {
    let field = typed.field(name).filter(|_| json_names);
    field.map_or_else(|| name.to_owned(), |field| field.json_name().to_owned())
}

/// The blanks at the start of the line that holds `offset`.
fn indent_of(text: &str, offset: usize) -> String {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..offset];
    line[..line.len() - line.trim_start_matches([' ', '\t']).len()].to_owned()
}

/// How the first line ends: the others do as it does.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::compare::compare;
    use crate::eval::tests::{body, schema};
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use serde_json::json;

    /// Applies the edits and sees that the result is what came, and that a second look changes nothing.
    fn check(text: &str, actual: &Json, options: &CompareOptions, expected: Expect) {
        let message = schema().pool().get_message_by_name("t.T").unwrap();
        let value = body(text);
        let offset = value.range.start;
        let edits = accept(
            &padded(text, offset),
            &value,
            actual,
            Some(&message),
            options,
            &as_it_came,
        );
        let mut changed = padded(text, offset);
        for edit in edits.iter().rev() {
            changed.replace_range(edit.range.clone(), &edit.text);
        }
        let accepted = body(&changed[offset..]);
        let left = compare(&accepted, actual, Some(&message), options);
        assert!(left.count == 0, "{changed} is not {actual}: {left:?}");
        expected.assert_eq(&changed[offset..]);
    }

    /// `body` reads its text behind a header; ranges count from there.
    fn padded(text: &str, offset: usize) -> String {
        format!("{}{text}", " ".repeat(offset))
    }

    #[test]
    fn only_what_differs() {
        let options = CompareOptions::default();
        check(
            "{\n  // who\n  id: 'x', // stays\n  \"n\": 0x10,\n  \"l\": [1, 2]\n}",
            &json!({"id": "y", "n": 16, "l": [1, 3]}),
            &options,
            expect![[r#"
                {
                  // who
                  id: "y", // stays
                  "n": 0x10,
                  "l": [1, 3]
                }"#]],
        );
    }

    #[test]
    fn members_come_and_go() {
        let options = CompareOptions::default();
        check(
            "{\n  \"id\": \"*\",\n  \"n\": 5\n}",
            &json!({"id": "y", "l": [1, 2]}),
            &options,
            expect![[r#"
                {
                  "id": "*",
                  "l": [
                    1,
                    2
                  ]
                }"#]],
        );
        check(
            "{\n  \"n\": 5,\n  \"id\": \"x\",\n}",
            &json!({"id": "x", "l": [1]}),
            &options,
            expect![[r#"
                {
                  "l": [
                    1
                  ],
                  "id": "x",
                }"#]],
        );
        let crlf = accept(
            "{\r\n  \"n\": 5\r\n}",
            &Value {
                range: 0..14,
                data: Data::Object(Vec::new()),
            },
            &json!({"l": [1]}),
            None,
            &options,
            &as_it_came,
        );
        assert!(!crlf[0].text.replace("\r\n", "").contains('\n'), "{crlf:?}");
        check("{\"n\": 5}", &json!({"id": "x"}), &options, expect![[r#"{"id": "x"}"#]]);
        check(
            "{}",
            &json!({"n": 1}),
            &options,
            expect![[r#"
                {
                                "n": 1
                              }"#]],
        );
    }

    #[test]
    fn lists() {
        let options = CompareOptions::default();
        check(
            "{\"l\": [1, 2, 3]}",
            &json!({"l": [1]}),
            &options,
            expect![[r#"{"l": [1]}"#]],
        );
        check(
            "{\"l\": [1]}",
            &json!({"l": [1, 2]}),
            &options,
            expect![[r#"{"l": [1, 2]}"#]],
        );
        let partial = CompareOptions {
            partial: true,
            ..CompareOptions::default()
        };
        check(
            "{\"l\": [2]}",
            &json!({"l": [1, 2], "n": 1}),
            &partial,
            expect![[r#"{"l": [1]}"#]],
        );
        let unordered = CompareOptions {
            unordered_arrays: true,
            ..CompareOptions::default()
        };
        check(
            "{\"l\": [2, 1]}",
            &json!({"l": [1, 2]}),
            &unordered,
            expect![[r#"{"l": [2, 1]}"#]],
        );
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            (0..3_i32).prop_map(Json::from),
            "[xy*]{0,2}".prop_map(Json::from),
            any::<bool>().prop_map(Json::from)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[abc]", inner, 0..4).prop_map(Json::from_iter),
            ]
        })
    }

    proptest! {
        /// Whatever was expected and whatever came: what is accepted is what came.
        #[test]
        fn accepted_is_equal(expected in any_json(), actual in any_json(), pretty: bool, partial: bool, unordered_arrays: bool) {
            let text = match pretty {
                true => serde_json::to_string_pretty(&expected).unwrap(),
                false => expected.to_string(),
            };
            let options = CompareOptions { partial, unordered_arrays, ..CompareOptions::default() };
            let value = body(&text);
            let offset = value.range.start;
            let mut changed = padded(&text, offset);
            for edit in accept(&changed.clone(), &value, &actual, None, &options, &as_it_came).iter().rev() {
                changed.replace_range(edit.range.clone(), &edit.text);
            }
            let left = compare(&body(&changed[offset..]), &actual, None, &options);
            prop_assert!(left.count == 0, "{changed} is not {actual}: {left:?}");
        }
    }
}
