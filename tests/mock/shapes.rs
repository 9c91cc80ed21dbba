//! All four shapes of calls, with delays, errors in the middle, headers, trailers and details.

use crate::support::client::{Reply, call, connect};
use crate::support::servers::Servers;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

pub(crate) const PROTO: &str = r#"
syntax = "proto3";
package s;
service Shapes {
  rpc One(Note) returns (Note);
  rpc Down(Note) returns (stream Note);
  rpc Up(stream Note) returns (Note);
  rpc Both(stream Note) returns (stream Note);
}
message Note { string text = 1; int32 number = 2; int64 big = 3; float ratio = 4; repeated string tags = 5; }
"#;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Note {
    #[prost(string, tag = "1")]
    pub(super) text: String,
    #[prost(int32, tag = "2")]
    pub(super) number: i32,
    #[prost(int64, tag = "3")]
    pub(super) big: i64,
    #[prost(float, tag = "4")]
    pub(super) ratio: f32,
    #[prost(string, repeated, tag = "5")]
    pub(super) tags: Vec<String>,
}

pub(super) fn note(text: &str) -> Note {
    Note {
        text: text.to_owned(),
        ..Note::default()
    }
}

/// What came of a call, on one line: `h=1 | a b | OK t=2`.
fn line(result: Result<Reply<Note>, Status>) -> String {
    let metadata = |map: &MetadataMap| {
        let mut pairs: Vec<_> = map
            .iter()
            .filter_map(|pair| match pair {
                tonic::metadata::KeyAndValueRef::Ascii(key, value) if key.as_str().starts_with("x-") => {
                    Some(format!("{key}={}", value.to_str().unwrap_or("?")))
                }
                _ => None,
            })
            .collect();
        pairs.sort();
        pairs.join(" ")
    };
    let status = |status: &Status| {
        format!(
            "{:?} {} {}",
            status.code(),
            status.message(),
            metadata(status.metadata())
        )
    };
    match result {
        Err(error) => status(&error).trim_end().to_owned(),
        Ok(reply) => {
            let texts: Vec<_> = reply.messages.iter().map(|note| note.text.clone()).collect();
            let end = match &reply.end {
                Ok(trailers) => format!("OK {}", metadata(trailers)),
                Err(error) => status(error),
            };
            let line = format!("{} | {} | {end}", metadata(&reply.headers), texts.join(" "));
            line.trim().to_owned()
        }
    }
}

const STUBS: &str = r#"
- { service: Shapes, method: One, input: { equals: { text: a } }, output: { data: { text: A }, headers: { X-H: "1" }, trailers: { X-T: "2" } } }
- service: Shapes
  method: One
  input: { equals: { text: gone } }
  output: { error: no such note, code: NOT_FOUND, trailers: { X-T: "3" }, details: [ { type: type.googleapis.com/google.rpc.ErrorInfo, reason: GONE } ] }
- { service: Shapes, method: One, input: { equals: { text: no } }, output: { error: broken } }
- { service: Shapes, method: Down, input: { equals: { text: two } }, output: { stream: [ { text: M1 }, { text: M2, _gripmock: { delay: 1ms } } ], trailers: { X-T: "4" } } }
- { service: Shapes, method: Down, input: { equals: { text: none } }, output: { stream: [] } }
- { service: Shapes, method: Down, input: { equals: { text: late } }, output: { stream: [ { text: M1 } ], error: stopped, code: 10 } }
- { service: Shapes, method: Down, input: { equals: { text: amid } }, output: { stream: [ { text: M1 }, { _gripmock: { error: cut, code: ABORTED } }, { text: M3 } ] } }
- { service: Shapes, method: Up, inputs: [ { equals: { text: a } }, { equals: { text: b } } ], output: { data: { text: AB } } }
- { service: Shapes, method: Up, inputs: [ { equals: { text: x } } ], output: { data: { text: all x } } }
- { service: Shapes, method: Up, input: { matches: { text: "^[0-9]+$" } }, output: { data: { text: digits } } }
- { service: Shapes, method: Both, inputs: [ { equals: { text: a } }, { equals: { text: b } } ], output: { stream: [ { text: A }, { text: B }, { text: rest } ] } }
- { service: Shapes, method: Both, inputs: [ { equals: { text: a } }, { equals: { text: c } } ], output: { stream: [ { text: A }, { text: C } ] } }
- { service: Shapes, method: Both, inputs: [ { equals: { text: once } }, { equals: { text: more } } ], options: { times: 1 }, output: { stream: [ { text: A }, { text: B } ] } }
- { service: Shapes, method: Both, inputs: [ { equals: { text: once } }, { equals: { text: other } } ], output: { stream: [ { text: A }, { text: O } ] } }
"#;

#[test]
fn calls() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let ask = |method: &str, texts: &[&str]| {
        servers.block_on(async {
            let channel = connect(port, None).await.expect("a connection");
            let requests = texts.iter().map(|text| note(text)).collect();
            line(call::<Note, Note>(&channel, &format!("/s.Shapes/{method}"), requests, MetadataMap::new()).await)
        })
    };
    for (method, texts, expected) in [
        ("One", &["a"][..], "x-h=1 | A | OK x-t=2"),
        ("One", &["gone"], "|  | NotFound no such note x-t=3"),
        ("One", &["no"], "|  | Unknown broken"),
        ("Down", &["two"], "| M1 M2 | OK x-t=4"),
        ("Down", &["none"], "|  | OK"),
        ("Down", &["late"], "| M1 | Aborted stopped"),
        ("Down", &["amid"], "| M1 | Aborted cut"),
        ("Up", &["a", "b"], "| AB | OK"),
        ("Up", &["x", "x", "x"], "| all x | OK"),
        ("Up", &["1", "22"], "| digits | OK"),
        ("Both", &["a", "b"], "| A B rest | OK"),
        ("Both", &["a", "c"], "| A C | OK"),
        // A stub that a later message rules out is not used up.
        ("Both", &["once", "other"], "| A O | OK"),
        ("Both", &["once", "more"], "| A B | OK"),
        ("Nope", &["a"], "Unimplemented no method /s.Shapes/Nope"),
    ] {
        assert_eq!(ask(method, texts), expected, "{method} {texts:?}");
    }
    for (method, texts, expected) in [
        ("Both", &["once", "more"][..], "nearest: "),
        ("Both", &["a"], "no stub matches s.Shapes/Both"),
        ("Up", &["a"], "no stub matches s.Shapes/Up"),
    ] {
        let found = ask(method, texts);
        assert!(
            found.contains("NotFound") && found.contains(expected),
            "{method} {texts:?}: {found}"
        );
    }
}

#[test]
fn details_are_those_of_google_rpc() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let status = servers.block_on(async {
        let channel = connect(port, None).await.expect("a connection");
        let reply = call::<Note, Note>(&channel, "/s.Shapes/One", vec![note("gone")], MetadataMap::new()).await;
        reply.map(|reply| reply.end)
    });
    let status = match status {
        Ok(Err(status)) | Err(status) => status,
        Ok(Ok(_)) => panic!("an error"),
    };
    assert_eq!(status.code(), Code::NotFound);
    let details = tonic_types::StatusExt::get_details_error_info(&status).expect("an ErrorInfo");
    assert_eq!(details.reason, "GONE");
}
