//! What came of a run as a text: one JSON object of status, time, headers, messages and trailers.

use super::{Analysis, FileId, TestKey};
use crate::eval::locate;
use crate::outcome::{Came, Reply};
use crate::secrets::{Masker, Secrets};
use crate::status::code_name;
use crate::syntax::position::{Encoding, LineColumn};
use serde_json::{Map, Value as Json, json};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Bytes of text that are shown in whole.
const WHOLE: usize = 1 << 20;

/// Messages at each end that a shortened text keeps.
pub const KEPT: usize = 50;

/// A reply as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseText {
    pub text: String,
    /// For each message that the text has, its number from 0 and the line on which it starts, from 0.
    pub starts: Vec<(usize, usize)>,
    /// Whether messages are left out.
    pub is_cut: bool,
}

/// What is asked of a reply's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent<'a> {
    /// The first and the last messages where all would be too much, with the path of the whole if it stands anywhere.
    Page(Option<&'a Path>),
    Whole,
}

/// The last reply of a document of an open file, whatever its text is now.
pub fn last_reply(analysis: &Analysis, file: FileId, document: usize) -> Option<Arc<Reply>> {
    let state = analysis.file(file)?;
    let key = TestKey::of(&state.source, document)?;
    state.runs.get(&key)?.replies.front().cloned()
}

/// The text of `reply`, in which none of `secrets` is, and none that came.
pub fn text(reply: &Reply, secrets: &Secrets, extent: Extent<'_>) -> ResponseText {
    let messages: Vec<_> = reply.messages.iter().map(|message| locate::text(message)).collect();
    let bytes: usize = messages.iter().map(String::len).sum();
    let is_long = bytes > WHOLE && messages.len() > 2 * KEPT && extent != Extent::Whole;
    let whole = match extent {
        Extent::Page(whole) => whole,
        Extent::Whole => None,
    };
    let mut status = Map::new();
    match reply.is_cut && reply.code == 0 {
        true => drop(status.insert("code".to_owned(), json!("(open)"))),
        false => {
            status.insert("code".to_owned(), json!(code_name(reply.code)));
            status.insert("number".to_owned(), json!(reply.code));
        }
    }
    if !reply.status_message.is_empty() {
        status.insert("message".to_owned(), json!(reply.status_message));
    }
    if !reply.details.is_empty() {
        status.insert("details".to_owned(), json!(reply.details));
    }
    let mut writer = Writer::default();
    writer.line("{");
    writer.member("status", &Json::Object(status), ",");
    writer.member("elapsed_ms", &json!(reply.elapsed.as_millis() as u64), ",");
    writer.member("headers", &metadata(&reply.headers), ",");
    writer.messages(&messages, is_long, whole);
    if reply.dropped > 0 {
        writer.member("messages_not_kept", &json!(reply.dropped), ",");
    }
    writer.member("trailers", &metadata(&reply.trailers), "");
    writer.line("}");
    ResponseText {
        text: reply.masker(secrets).text(&writer.text),
        starts: writer.starts,
        is_cut: is_long,
    }
}

/// The JSON text of a message, which may be cut short, without `secrets` and those in the message.
pub fn masked(text: &str, secrets: &Secrets) -> String {
    let mut secrets = secrets.clone();
    if let Ok(message) = serde_json::from_str(text) {
        secrets.meet_members(&message);
    }
    secrets.masker().text(text)
}

/// Where a place in the messages stands in the text, whose secrets `masker` hides, columns as `encoding` counts them;
/// `None` for a message that it leaves out.
pub fn place(
    reply: &Reply,
    shown: &ResponseText,
    came: &Came,
    (masker, encoding): (&Masker, Encoding),
) -> Option<Range<LineColumn>> {
    let (_, start) = shown.starts.iter().find(|(number, _)| *number == came.message)?;
    let text = locate::text(reply.messages.get(came.message)?);
    let position = |offset: usize, before: &str| {
        let before = masker.text(before);
        let column = match encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
        };
        Some(LineColumn {
            line: u32::try_from(start + text.get(..offset)?.matches('\n').count()).ok()?,
            column: u32::try_from(INDENT.len() + column).ok()?,
        })
    };
    let line_start = |offset: usize| Some(text.get(..offset)?.rfind('\n').map_or(0, |at| at + 1));
    let Range { start: first, end } = came.range;
    // What hides a value hides it as a whole, with what stands before it.
    Some(position(first, text.get(line_start(first)?..first)?)?..position(end, text.get(line_start(end)?..end)?)?)
}

/// What stands before each line of a message.
const INDENT: &str = "    ";

#[derive(Default)]
struct Writer {
    text: String,
    lines: usize,
    starts: Vec<(usize, usize)>,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines += 1;
    }

    fn member(&mut self, name: &str, value: &Json, end: &str) {
        let value = locate::text(value);
        for (at, line) in value.split('\n').enumerate() {
            let is_last = (at + 1) == value.split('\n').count();
            let end = if is_last { end } else { "" };
            match at {
                0 => self.line(&format!("  \"{name}\": {line}{end}")),
                _ => self.line(&format!("  {line}{end}")),
            }
        }
    }

    fn messages(&mut self, messages: &[String], is_long: bool, whole: Option<&Path>) {
        if messages.is_empty() {
            return self.line("  \"messages\": [],");
        }
        self.line("  \"messages\": [");
        let last = messages.len() - 1;
        for (number, message) in messages.iter().enumerate() {
            if is_long && (KEPT..messages.len() - KEPT).contains(&number) {
                if number == KEPT {
                    let left_out = messages.len() - 2 * KEPT;
                    let place = whole.map_or(String::new(), |path| format!("; all are in {}", path.display()));
                    let note = json!(format!("… {left_out} messages are left out here{place} …"));
                    self.line(&format!("{INDENT}{note},"));
                }
                continue;
            }
            self.starts.push((number, self.lines));
            let lines: Vec<_> = message.split('\n').collect();
            for (at, line) in lines.iter().enumerate() {
                let comma = if at + 1 == lines.len() && number != last {
                    ","
                } else {
                    ""
                };
                self.line(&format!("{INDENT}{line}{comma}"));
            }
        }
        self.line("  ],");
    }
}

/// Names with their values; a list where there are several.
fn metadata(pairs: &[(String, String)]) -> Json {
    let mut members = Map::new();
    for (name, value) in pairs {
        match members.get_mut(name) {
            None => drop(members.insert(name.clone(), json!(value))),
            Some(Json::Array(values)) => values.push(json!(value)),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    Json::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use std::time::Duration;

    fn reply(messages: Vec<Json>) -> Reply {
        Reply {
            headers: vec![("x-a".to_owned(), "1".to_owned()), ("x-a".to_owned(), "2".to_owned())],
            messages: messages.into_iter().map(Arc::new).collect(),
            elapsed: Duration::from_millis(12),
            ..Reply::of_status("no such thing", 5)
        }
    }

    #[test]
    fn one_object() {
        let reply = Reply {
            details: vec![json!({ "@type": "t", "reason": "x" })],
            ..reply(vec![json!({ "id": "s3cret", "l": [1] }), json!({})])
        };
        let mut secrets = Secrets::default();
        secrets.add("s3cret");
        let shown = text(&reply, &secrets, Extent::Page(None));
        expect![[r#"
            {
              "status": {
                "code": "NOT_FOUND",
                "number": 5,
                "message": "no such thing",
                "details": [
                  {
                    "@type": "t",
                    "reason": "x"
                  }
                ]
              },
              "elapsed_ms": 12,
              "headers": {
                "x-a": [
                  "1",
                  "2"
                ]
              },
              "messages": [
                {
                  "id": "***",
                  "l": [
                    1
                  ]
                },
                {}
              ],
              "trailers": {}
            }
        "#]]
        .assert_eq(&shown.text);
        serde_json::from_str::<Json>(&shown.text).unwrap();
    }

    /// What is marked in the text for the value at `path` in the second message.
    fn marked(reply: &Reply, secrets: &Secrets, path: &str) -> String {
        let shown = text(reply, secrets, Extent::Page(None));
        let range = locate::range(&reply.messages[1], path);
        let view = (&reply.masker(secrets), Encoding::Utf16);
        let place = place(reply, &shown, &Came { message: 1, range }, view).unwrap();
        let mut lines = shown.text.lines().skip(place.start.line as usize);
        let line: Vec<u16> = lines.next().unwrap().encode_utf16().collect();
        String::from_utf16_lossy(&line[place.start.column as usize..place.end.column as usize])
    }

    #[test]
    fn places_lead_to_the_value() {
        let reply = reply(vec![json!({ "a": "ü" }), json!({ "é": "x", "b": [{ "c": "ü!" }] })]);
        assert_eq!(marked(&reply, &Secrets::default(), "$.b[0].c"), "\"ü!\"");
    }

    #[test]
    fn places_lead_to_what_hides_a_value() {
        let reply = reply(vec![
            json!({}),
            json!({ "password": "hunter2", "s3cret": { "of s3cret": "x" } }),
        ]);
        let mut secrets = Secrets::default();
        secrets.add("s3cret");
        assert_eq!(marked(&reply, &secrets, "$.password"), "\"***\"");
        assert_eq!(marked(&reply, &secrets, "$.s3cret[\"of s3cret\"]"), "\"x\"");
    }

    #[test]
    fn long_ones_are_cut_in_the_middle() {
        let long = "x".repeat(10_000);
        let reply = reply((0..300).map(|at| json!({ "at": at, "text": long })).collect());
        let page = text(&reply, &Secrets::default(), Extent::Page(None));
        assert!(page.is_cut && page.text.len() < 2 << 20);
        let numbers: Vec<_> = page.starts.iter().map(|(number, _)| *number).collect();
        assert_eq!((numbers[0], numbers[49], numbers[50], numbers[99]), (0, 49, 250, 299));
        let read: Json = serde_json::from_str(&page.text).unwrap();
        assert_eq!(read["messages"].as_array().map(Vec::len), Some(101));
        let whole = text(&reply, &Secrets::default(), Extent::Whole);
        assert!(!whole.is_cut && whole.starts.len() == 300);
    }
}
