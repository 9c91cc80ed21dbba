//! Servers whose schema is endless, broken or slow: each ends by a limit, in words, while the editor is answered.

use crate::support::editor::Editor;
use crate::support::reflection::{Answers, bytes, files, services};
use crate::support::servers::Servers;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use hyper::body::{Bytes, Frame};
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto};
use serde_json::{Value, json};
use std::pin::Pin;
use std::task::{Context, Poll};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

/// The most that a server's schema may add to the memory of ours, in bytes.
const BOUND: u64 = 160 << 20;

fn text(port: u16) -> String {
    format!(
        "--- ADDRESS ---\n127.0.0.1:{port}\n\n--- ENDPOINT ---\np.S/M\n\n--- REQUEST ---\n{{\"a\": 1}}\n\n--- RESPONSE ---\n{{}}\n"
    )
}

fn one(answer: MessageResponse) -> Answers {
    stream::iter([answer]).boxed()
}

fn file(name: &str, imports: &[&str]) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(name.to_owned()),
        syntax: Some("proto3".to_owned()),
        dependency: imports.iter().map(|name| (*name).to_owned()).collect(),
        ..FileDescriptorProto::default()
    }
}

/// What a scripted reflection does.
trait Answering: Fn(MessageRequest) -> Answers + Clone + Send + Sync + 'static {}
impl<F: Fn(MessageRequest) -> Answers + Clone + Send + Sync + 'static> Answering for F {}

/// What asks for a list gets `p.S`, what asks for a file `answer`.
fn listing(answer: impl Fn(&str) -> Answers + Clone + Send + Sync + 'static) -> impl Answering {
    move |question| match question {
        MessageRequest::FileByFilename(name) | MessageRequest::FileContainingSymbol(name) => answer(&name),
        _ => one(services(&["p.S"])),
    }
}

/// What is said of the address of a server with this reflection, `PORT` for its port. All that an editor asks is
/// answered before the server says a word.
fn said(answer: impl Answering) -> String {
    let servers = Servers::new();
    let (gate, port) = servers.reflecting(answer);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text(port));
    gate.wait();
    let before = editor.memory("VmHWM");
    answers_all(&mut editor, &uri);
    gate.open();
    let found = ends(&mut editor, &uri, port);
    let grown = editor.memory("VmHWM").saturating_sub(before);
    assert!(grown < BOUND, "{} MiB more for: {found}", grown >> 20);
    answers_all(&mut editor, &uri);
    found
}

/// The finding that comes of the schema, and that the server lives on.
fn ends(editor: &mut Editor, uri: &str, port: u16) -> String {
    editor.diagnostics(uri, |list| !list.is_empty());
    let shown = editor.shown(uri).join("\n").replace(&port.to_string(), "PORT");
    let shown = shown.strip_prefix("1:0 \"127.0.0.1:PORT\" information G301 ");
    shown.unwrap_or_else(|| panic!("{:?}", editor.shown(uri))).to_owned()
}

/// Hover, completion, lenses and the outline, which do not wait for a schema.
fn answers_all(editor: &mut Editor, uri: &str) {
    let header = editor.at(uri, "--- REQUEST", 6);
    let hover = editor.request("textDocument/hover", header);
    assert!(hover["contents"]["value"].is_string(), "{hover}");
    let place = editor.at(uri, "{\"a", 1);
    let list = editor.request("textDocument/completion", place);
    assert!(list["items"].is_array(), "{list}");
    assert!(!editor.lenses(uri).is_empty());
    let file = json!({ "textDocument": { "uri": uri } });
    let outline = editor.request("textDocument/documentSymbol", file);
    assert!(outline.as_array().is_some_and(|list| !list.is_empty()), "{outline}");
}

#[test]
fn schemas_without_end() {
    let too_many = "schema of 127.0.0.1:PORT exceeds 2000 files: use proto files";
    let too_large = "schema of 127.0.0.1:PORT exceeds 16 MiB: use proto files";
    // Each file needs one more.
    let next = listing(|name| {
        let number = name.trim_matches(|character: char| !character.is_ascii_digit());
        let number: usize = number.parse().unwrap_or(0);
        one(files(&[file(
            &match name {
                "p.S" => "0.proto".to_owned(),
                name => name.to_owned(),
            },
            &[&format!("{}.proto", number + 1)],
        )]))
    });
    assert_eq!(said(next.clone()), too_many);
    // The same with a megabyte of options each.
    let large = move |question: MessageRequest| {
        next(question)
            .map(|answer| match answer {
                MessageResponse::FileDescriptorResponse(mut response) => {
                    // Field 999 of a file, of which nobody knows anything.
                    let mut junk = vec![0xba, 0x3e, 0x80, 0x80, 0x40];
                    junk.resize(junk.len() + (1 << 20), 0);
                    response.file_descriptor_proto[0].extend(junk);
                    MessageResponse::FileDescriptorResponse(response)
                }
                other => other,
            })
            .boxed()
    };
    assert_eq!(said(large), too_large);
    // One answer of more than there may be in all.
    let whole = listing(|_| one(bytes(vec![vec![0; 20 << 20]])));
    assert_eq!(said(whole), too_large);
    // Two bytes stand for a message, here in one file and there in many.
    let too_full = "schema of 127.0.0.1:PORT exceeds 500000 elements: use proto files";
    let crowd = |messages: usize| bytes(vec![[0x22, 0].repeat(messages)]);
    assert_eq!(said(listing(move |_| one(crowd(7 << 20)))), too_full);
    let crowds = listing(move |name| {
        let number = name.trim_matches(|character: char| !character.is_ascii_digit());
        let number: usize = number.parse().unwrap_or(0);
        let mut encoded = file(&format!("{number}.proto"), &[&format!("{}.proto", number + 1)]).encode_to_vec();
        // A message each that has many fields without a name.
        encoded.extend([0x22, 0xc0, 0x9a, 0x0c]);
        encoded.extend([0x12, 0].repeat(100_000));
        one(bytes(vec![encoded]))
    });
    assert_eq!(said(crowds), too_full);
    // Answers to questions that nobody asked.
    let endless = listing(|_| stream::repeat_with(|| bytes(vec![vec![0; 1 << 16]])).boxed());
    assert_eq!(
        said(endless),
        "the schema of 127.0.0.1:PORT is broken: failed to decode Protobuf message: invalid tag value: 0"
    );
}

#[test]
fn schemas_that_make_no_sense() {
    let message = |name: &str| DescriptorProto {
        name: Some(name.to_owned()),
        ..DescriptorProto::default()
    };
    let field = |kind: Option<i32>, type_name: &str, number: i32| FieldDescriptorProto {
        name: Some("f".to_owned()),
        number: Some(number),
        label: Some(Label::Optional as i32),
        r#type: kind,
        type_name: Some(type_name.to_owned()),
        oneof_index: (number == 7).then_some(9),
        ..FieldDescriptorProto::default()
    };
    let with = |field: FieldDescriptorProto| FileDescriptorProto {
        message_type: vec![DescriptorProto {
            field: vec![field],
            ..message("M")
        }],
        ..file("a.proto", &[])
    };
    let kind = Type::Message as i32;
    for (files, expected) in [
        (
            vec![file("a.proto", &["b.proto"]), file("b.proto", &["a.proto"])],
            "a.proto imports itself in a circle",
        ),
        (
            vec![file("a.proto", &["a.proto"])],
            "a.proto imports itself in a circle",
        ),
        (vec![with(field(Some(kind), "Gone", 1))], "name 'Gone' is not defined"),
        (vec![with(field(Some(kind), "M", 0))], ""),
        (vec![with(field(Some(kind), "M", 7))], ""),
        (vec![with(field(Some(kind), "", 1))], ""),
        (
            vec![FileDescriptorProto {
                enum_type: vec![EnumDescriptorProto::default()],
                ..file("a.proto", &[])
            }],
            "",
        ),
        (
            vec![FileDescriptorProto {
                message_type: vec![message("M"), message("M")],
                ..file("a.proto", &[])
            }],
            "",
        ),
        (
            vec![FileDescriptorProto {
                syntax: Some("proto9".to_owned()),
                ..file("a.proto", &[])
            }],
            "",
        ),
    ] {
        let answer = crate::support::reflection::files(&files);
        let found = said(listing(move |_| one(answer.clone())));
        let reason = found.strip_prefix("the schema of 127.0.0.1:PORT is broken: ");
        let reason = reason.unwrap_or_else(|| panic!("{found}"));
        assert!(
            !reason.is_empty() && (expected.is_empty() || reason == expected),
            "{found}"
        );
    }
    for answer in [
        bytes(vec![b"no descriptor at all".to_vec()]),
        bytes(vec![vec![0xff; 100]]),
    ] {
        let found = said(move |_| one(answer.clone()));
        assert!(found.starts_with("the schema of 127.0.0.1:PORT is broken: "), "{found}");
    }
}

/// A message that announces a gigabyte, and sends it.
struct Gigabyte {
    is_started: bool,
}

impl hyper::body::Body for Gigabyte {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let data = match std::mem::replace(&mut self.is_started, true) {
            false => Bytes::from_static(&[0, 0x40, 0, 0, 0]),
            true => Bytes::from_static(&[0; 1 << 16]),
        };
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

#[test]
fn a_message_of_a_gigabyte() {
    let servers = Servers::new();
    let port = servers.http(|| {
        let body = tonic::body::Body::new(Gigabyte { is_started: false });
        let mut response = http::Response::new(body);
        let kind = http::HeaderValue::from_static("application/grpc");
        response.headers_mut().insert("content-type", kind);
        response
    });
    let mut editor = Editor::new(servers.path());
    let before = editor.memory("VmHWM");
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text(port));
    assert_eq!(
        ends(&mut editor, &uri, port),
        "schema of 127.0.0.1:PORT exceeds 16 MiB: use proto files"
    );
    assert!(editor.memory("VmHWM") - before < BOUND);
    answers_all(&mut editor, &uri);
}

/// Servers that take longer than they have: one that answers a question every ten seconds, one that never does, and
/// one that takes the connection only.
#[test]
fn servers_that_take_too_long() {
    let slow = |first: Option<MessageResponse>| -> Answers {
        let later = std::time::Duration::from_secs(10);
        let first: BoxStream<'static, MessageResponse> = stream::iter(first).boxed();
        let rest = stream::repeat(()).then(move |()| async move {
            tokio::time::sleep(later).await;
            services(&["p.S"])
        });
        first.chain(rest).boxed()
    };
    let unsent = "127.0.0.1:PORT did not send its schema within 5 s";
    assert_eq!(said(move |_| slow(None)), unsent);
    assert_eq!(said(move |_| slow(Some(services(&["p.S"])))), unsent);

    let servers = Servers::new();
    let (listener, port) = servers.silent();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text(port));
    let (_connection, _) = listener.accept().expect("a connection");
    answers_all(&mut editor, &uri);
    assert_eq!(editor.shown(&uri), Vec::<String>::new());
    assert_eq!(
        ends(&mut editor, &uri, port),
        "127.0.0.1:PORT accepts connections but does not answer: nothing came within 5 s"
    );
    let place = editor.at(&uri, "{\"a", 1);
    let list = editor.request("textDocument/completion", place);
    assert_eq!(list["isIncomplete"], Value::Bool(false), "{list}");
}
