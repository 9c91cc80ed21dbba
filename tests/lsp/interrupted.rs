//! Runs whose call is cut off: by the server, by the user, or because the text, the file or the client has gone. The
//! stream is closed each time, and lenses and findings say what came of it.

use crate::mock::shapes::PROTO;
use crate::support::Serving;
use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use hyper::body::{Body, Frame};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll};
use std::time::Duration;

/// How long a test waits for something that never comes; no verdict depends on it.
const GIVE_UP: Duration = Duration::from_secs(120);

/// What a call's stream does next.
enum Step {
    Message(&'static str),
    /// The status OK.
    End,
    /// RST_STREAM.
    Reset,
}

/// A call that the server has, from the test's side.
struct Call {
    steps: UnboundedSender<Step>,
    closed: Receiver<()>,
}

impl Call {
    fn send(&self, step: Step) {
        self.steps.unbounded_send(step).expect("the stream is open");
    }

    /// Waits until the server has seen the end of the stream.
    fn is_closed(&self) {
        self.closed.recv_timeout(GIVE_UP).expect("the stream is closed");
    }
}

/// A call's stream, from the server's side: it does what it is told, and never ends by itself.
struct Told {
    steps: UnboundedReceiver<Step>,
    closed: Sender<()>,
}

impl Body for Told {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.steps.poll_next_unpin(context) {
            Poll::Ready(Some(Step::Message(text))) => Poll::Ready(Some(Ok(Frame::data(note(text))))),
            Poll::Ready(Some(Step::End)) => {
                let status = ("grpc-status", "0");
                let trailers =
                    [status].map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
                Poll::Ready(Some(Ok(Frame::trailers(trailers.into_iter().collect()))))
            }
            Poll::Ready(Some(Step::Reset)) => Poll::Ready(Some(Err(tonic::Status::internal("reset")))),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // The test may be over.
        let _ = self.closed.send(());
    }
}

/// A message `Note` with this text, as it is sent.
fn note(text: &str) -> Bytes {
    let length = u8::try_from(text.len()).expect("a short text");
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(u32::from(length) + 2);
    bytes.put_slice(&[0x0a, length]);
    bytes.put_slice(text.as_bytes());
    bytes.freeze()
}

/// A server whose calls do what the test tells them, as they come; its port.
fn told(servers: &Servers) -> (Receiver<Call>, u16) {
    servers.write("service.proto", PROTO);
    let (calls, coming) = channel();
    let port = servers.http(move || {
        let (steps, queue) = unbounded();
        let (closed, closing) = channel();
        // The test may be over.
        let _ = calls.send(Call { steps, closed: closing });
        let body = tonic::body::Body::new(Told { steps: queue, closed });
        let response = http::Response::builder().header("content-type", "application/grpc");
        response.body(body).expect("a response")
    });
    (coming, port)
}

fn next(calls: &Receiver<Call>) -> Call {
    calls.recv_timeout(GIVE_UP).expect("a call")
}

/// A test that expects two messages; its server tells no schema.
fn test(port: u16) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- PROTO ---\nfiles: service.proto\n\n--- OPTIONS ---\ntimeout: 7200\n\n\
         --- ENDPOINT ---\ns.Shapes/Down\n\n--- REQUEST ---\n{{}}\n\n--- RESPONSE ---\n{{ \"text\": \"M1\" }}\n{{ \"text\": \"M2\" }}\n"
    )
}

fn file(servers: &Servers) -> PathBuf {
    servers.path().join("a.gctf")
}

/// An editor that asks for findings, and so has those of the text as it is.
fn editor(servers: &Servers) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    Editor::with_capabilities(servers.path(), capabilities)
}

/// What the last run says in the file: line, column, code and message.
fn said(editor: &mut Editor, uri: &str) -> Vec<String> {
    let report = editor.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
    let found = report["items"].as_array().expect("findings").iter();
    let of_run = found.filter(|found| found["source"] == json!("gctf run"));
    let shown = of_run.map(|found| {
        let start = &found["range"]["start"];
        let [code, message] = ["code", "message"].map(|name| found[name].as_str().unwrap_or_default());
        format!("{}:{} {code} {message}", start["line"], start["character"])
    });
    shown.collect()
}

/// The progress that ended, by its token and last word.
fn ended(editor: &Editor) -> Vec<(Value, Value)> {
    let said = editor.asked("$/progress").into_iter().map(|said| &said["params"]);
    let said = said.filter(|said| said["value"]["kind"] == json!("end"));
    said.map(|said| (said["token"].clone(), said["value"]["message"].clone()))
        .collect()
}

/// A run with one message received.
fn started(editor: &mut Editor, uri: &str, calls: &Receiver<Call>) -> Call {
    editor.press(uri, 0);
    let call = next(calls);
    call.send(Step::Message("M1"));
    editor.lens_becomes(uri, 0, |title| title == "■ Cancel · 1 of 2");
    call
}

#[test]
fn a_server_that_is_killed_in_the_middle() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    servers.write(
        "stubs.yaml",
        "- { service: Shapes, method: Down, output: { stream: [ { text: M1 }, { text: M2, _gripmock: { delay: 1h } } ] } }\n",
    );
    let arguments = [
        "mock",
        "--listen",
        "localhost:0",
        "--stubs",
        "stubs.yaml",
        "service.proto",
    ];
    let serving = Serving::start(servers.path(), &arguments);
    let port = serving.port();
    let mut editor = editor(&servers);
    let uri = editor.open_text(&file(&servers), &test(port));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "■ Cancel · 1 of 2");
    drop(serving);
    let title = editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run"));
    assert_eq!(title, "▶ Run · ✗ UNAVAILABLE");
    let lost = format!("17:0 G511 UNAVAILABLE (14): the connection to localhost:{port} was lost");
    assert_eq!(said(&mut editor, &uri), [lost]);
    assert_eq!(editor.lenses(&uri)[1..], ["9 Diagnose", "9 Response"]);
    assert_eq!(
        editor.command("gctf.cancel", json!({}))["result"],
        json!({ "cancelled": 0 })
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_stream_that_the_server_resets() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    let mut editor = editor(&servers);
    let uri = editor.open_text(&file(&servers), &test(port));
    let call = started(&mut editor, &uri, &calls);
    call.send(Step::Reset);
    let title = editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run"));
    assert_eq!(title, "▶ Run · ✗ INTERNAL");
    let reset = "17:0 G504 INTERNAL (13): the server broke off the call without a gRPC status";
    assert_eq!(said(&mut editor, &uri), [reset]);
    call.is_closed();

    // The next run is a new one.
    let call = started(&mut editor, &uri, &calls);
    call.send(Step::Message("M2"));
    call.send(Step::End);
    editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run · ✓"));
    assert_eq!(said(&mut editor, &uri), [] as [String; 0]);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn cancelling_closes_the_stream() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    let mut editor = editor(&servers);
    let uri = editor.open_text(&file(&servers), &test(port));

    // By the lens.
    let call = started(&mut editor, &uri, &calls);
    assert_eq!(editor.press(&uri, 0), json!({ "cancelled": 1 }));
    call.is_closed();
    assert_eq!(editor.lenses(&uri)[0], "9 ▶ Run · cancelled");

    // By the progress.
    let call = started(&mut editor, &uri, &calls);
    editor.wait(|editor| ended(editor).len() == 1 && editor.asked("window/workDoneProgress/create").len() == 2);
    let token = editor.asked("window/workDoneProgress/create")[1]["params"]["token"].clone();
    editor.notify("window/workDoneProgress/cancel", json!({ "token": token }));
    call.is_closed();
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · cancelled");
    editor.wait(|editor| ended(editor).len() == 2);
    assert_eq!(ended(&editor)[1], (token, json!("cancelled")));
    assert_eq!(said(&mut editor, &uri), [] as [String; 0]);

    // By closing the file, which remembers that.
    let call = started(&mut editor, &uri, &calls);
    editor.close(&uri);
    call.is_closed();
    let uri = editor.open_text(&file(&servers), &test(port));
    assert_eq!(editor.lenses(&uri)[0], "9 ▶ Run · cancelled");

    // By shutting down.
    let call = started(&mut editor, &uri, &calls);
    editor.request("shutdown", Value::Null);
    call.is_closed();
    editor.notify("exit", Value::Null);
    assert_eq!(editor.exit_code(), Some(0));
}

#[test]
fn a_run_of_more_files_than_the_one_that_is_closed_goes_on() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    let mut editor = editor(&servers);
    let [closed, open] = ["a.gctf", "b.gctf"].map(|name| editor.open_text(&servers.path().join(name), &test(port)));
    let items = json!([{ "uri": closed }, { "uri": open }]);
    editor.command("gctf.run", json!({ "items": items }));
    let running = [next(&calls), next(&calls)];
    editor.close(&closed);
    for call in &running {
        call.send(Step::Message("M1"));
        call.send(Step::Message("M2"));
        call.send(Step::End);
    }
    editor.lens_becomes(&open, 0, |title| title.starts_with("▶ Run · ✓"));
    editor.wait(|editor| ended(editor).len() == 1);
    let last = &ended(&editor)[0].1;
    assert!(
        last.as_str().is_some_and(|last| last.starts_with("2 passed, 0 failed")),
        "{last}"
    );
    let closed = editor.open_text(&servers.path().join("a.gctf"), &test(port));
    editor.lens_becomes(&closed, 0, |title| title.starts_with("▶ Run · ✓"));
}

/// The test waits for the setup of its folder.
#[test]
fn a_setup_that_does_not_end_is_cancelled_with_the_test() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    servers.write("_setup.gctf", &test(port));
    let mut editor = editor(&servers);
    let uri = editor.open_text(&file(&servers), &test(port));
    editor.press(&uri, 0);
    let setup = next(&calls);
    setup.send(Step::Message("M1"));
    assert_eq!(editor.lenses(&uri)[0], "9 ■ Cancel · queued");
    assert_eq!(editor.press(&uri, 0), json!({ "cancelled": 1 }));
    setup.is_closed();
    assert_eq!(editor.lenses(&uri)[0], "9 ▶ Run · cancelled");
    assert_eq!(editor.shut_down(), Some(0));
    assert!(calls.try_recv().is_err(), "nothing else was called");
}

/// The client goes without a word: `exit` without `shutdown`, or the end of the input.
#[test]
fn a_client_that_goes_leaves_nothing_behind() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    for says_exit in [true, false] {
        let mut editor = editor(&servers);
        let uri = editor.open_text(&file(&servers), &test(port));
        let call = started(&mut editor, &uri, &calls);
        let code = match says_exit {
            true => {
                editor.notify("exit", Value::Null);
                editor.exit_code()
            }
            false => editor.hang_up(),
        };
        assert_eq!(code, Some(1));
        call.is_closed();
    }
}

#[test]
fn a_text_that_changes_meanwhile() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    let mut editor = editor(&servers);
    let uri = editor.open_text(&file(&servers), &test(port));
    let failing = |line: usize| [format!("{line}:10 G501 #2: got \"other\", expected \"M2\"")];
    let finish = |call: Call| {
        call.send(Step::Message("other"));
        call.send(Step::End);
    };

    // What changes the meaning makes the outcome stale before it is there; undoing that brings it back.
    let call = started(&mut editor, &uri, &calls);
    editor.replace(&uri, "\"M1\"", "\"M0\"");
    editor.replace(&uri, "--- REQUEST", "# one\n# two\n--- REQUEST");
    finish(call);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · stale");
    assert_eq!(said(&mut editor, &uri), [] as [String; 0]);
    editor.replace(&uri, "\"M0\"", "\"M1\"");
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ 1 of 2");
    assert_eq!(said(&mut editor, &uri), failing(19));

    // Comments and lines above move what is said with the text.
    let call = started(&mut editor, &uri, &calls);
    editor.replace(&uri, "# one\n", "");
    editor.replace(&uri, "--- ADDRESS", "# a\n\n# b\n--- ADDRESS");
    finish(call);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ 1 of 2");
    assert_eq!(said(&mut editor, &uri), failing(21));

    // The document is gone: nothing is said, and nothing shown in the place of another.
    let call = started(&mut editor, &uri, &calls);
    let all = 0..editor.text(&uri).len();
    editor.edit(
        &uri,
        all,
        "--- ADDRESS ---\nlocalhost:1\n\n--- ENDPOINT ---\ns.Shapes/One\n",
    );
    finish(call);
    editor.wait(|editor| ended(editor).len() == 3);
    assert_eq!(said(&mut editor, &uri), [] as [String; 0]);
    let lenses = editor.lenses(&uri);
    assert!(lenses[0] == "3 ▶ Run", "{lenses:?}");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_file_that_is_deleted_meanwhile() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    let path = servers.write("a.gctf", &test(port));
    let mut editor = editor(&servers);
    let delete = |editor: &mut Editor| {
        std::fs::remove_file(&path).expect("it was there");
        let changes = json!({ "changes": [{ "uri": uri(&path), "type": 3 }] });
        editor.notify("workspace/didChangeWatchedFiles", changes);
    };

    // In the editor it is still there.
    let open = editor.open(&path);
    let call = started(&mut editor, &open, &calls);
    delete(&mut editor);
    call.send(Step::Message("M2"));
    call.send(Step::End);
    editor.lens_becomes(&open, 0, |title| title.starts_with("▶ Run · ✓"));
    call.is_closed();
    editor.close(&open);

    // One that is not open was read when the run began.
    servers.write("a.gctf", &test(port));
    editor.command("gctf.run", json!({ "uri": uri(&path) }));
    let call = next(&calls);
    delete(&mut editor);
    call.send(Step::Message("M1"));
    call.send(Step::Message("M2"));
    call.send(Step::End);
    editor.wait(|editor| ended(editor).len() == 2);
    let last = &ended(&editor)[1].1;
    assert!(last.as_str().is_some_and(|last| last.starts_with('✓')), "{last}");
    call.is_closed();
    let answer = editor.command("gctf.run", json!({ "uri": uri(&path) }));
    assert_eq!(answer["error"]["code"], json!(-32803), "{answer}");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_run_takes_the_place_of_the_one_before() {
    let servers = Servers::new();
    let (calls, port) = told(&servers);
    let mut editor = editor(&servers);
    let uri = editor.open_text(&file(&servers), &test(port));
    let first = started(&mut editor, &uri, &calls);
    let again = editor.command(
        "gctf.run",
        json!({ "uri": uri, "position": { "line": 9, "character": 0 } }),
    );
    assert!(again["result"]["runId"].is_u64(), "{again}");
    first.is_closed();
    let second = next(&calls);
    // As the whole file, of which the document is a part.
    editor.command("gctf.run", json!({ "uri": uri }));
    second.is_closed();
    let third = next(&calls);
    third.send(Step::Message("M1"));
    third.send(Step::Message("M2"));
    third.send(Step::End);
    editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run · ✓"));
    assert_eq!(said(&mut editor, &uri), [] as [String; 0]);
    editor.wait(|editor| ended(editor).len() == 3);
    let words: Vec<_> = ended(&editor).into_iter().map(|(_, word)| word).collect();
    assert_eq!(words[..2], [json!("cancelled"), json!("cancelled")]);
    assert_eq!(
        editor.command("gctf.cancel", json!({}))["result"],
        json!({ "cancelled": 0 })
    );
    assert_eq!(editor.shut_down(), Some(0));
}
