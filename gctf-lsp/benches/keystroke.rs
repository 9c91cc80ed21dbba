//! From a keystroke to the published findings, over real standard input and output.
//!
//! `cargo bench -p gctf-lsp --bench keystroke` prints medians; `benches/README.md` keeps figures.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../../tests/support/editor.rs"]
mod editor;

use editor::Editor;
use gctf_lsp::mock::{MockOptions, RunningMock};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mock = runtime.block_on(RunningMock::start(chat())).expect("the mock starts");
    let port = mock.addresses()[0].port();
    let folder = tempfile::tempdir().expect("a folder");
    println!("{:<28} {:>10} {:>10} {:>10}", "", "median", "p95", "lines");
    let one = keystrokes(folder.path(), port, 1, 400);
    for documents in [500, 1000, 2000, 4000] {
        let many = keystrokes(folder.path(), port, documents, 60);
        println!(
            "{:<28} {:>10.1}",
            "  times one document",
            many.as_secs_f64() / one.as_secs_f64()
        );
    }
    after_a_run(folder.path(), port, 2000, 60);
    assertions(folder.path(), port, 2000, 60);
    requests(folder.path(), port);
}

fn chat() -> MockOptions {
    let chat = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/basic-examples/real-time-chat");
    MockOptions {
        listen: "localhost:0".to_owned(),
        protos: vec![chat.join("server/chat.proto")],
        import_paths: Vec::new(),
        stubs: vec![chat.join("stubs")],
        identity: None,
    }
}

/// `documents` calls of 28 lines each.
fn text(port: u16, documents: usize) -> String {
    let first = format!("--- ADDRESS ---\nlocalhost:{port}\n\n");
    let call = "--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{\n    \"room_id\": \"room_001\",\n    \
                \"user_id\": \"user_123\",\n    \"message\": \"Hello, world!\",\n    \"timestamp\": \"2024-01-01T12:00:00Z\"\n}\n\n\
                --- RESPONSE ---\n{\n    \"message_id\": \"msg_456\",\n    \"room_id\": \"room_001\",\n    \"user_id\": \"user_123\",\n    \
                \"message\": \"Hello, world!\",\n    \"timestamp\": \"2024-01-01T12:00:00Z\",\n    \"status\": \"sent\"\n}\n\n\
                --- ASSERTS ---\n.message_id | type == \"string\"\n.room_id == \"room_001\"\n.user_id == \"user_123\"\n\
                .status == \"sent\"\n\n";
    first + &call.repeat(documents)
}

fn keystrokes(folder: &Path, port: u16, documents: usize, count: usize) -> Duration {
    let text = text(port, documents);
    let path = folder.join(format!("{documents}.gctf"));
    let mut editor = Editor::new(folder);
    let uri = editor.open_text(&path, &text);
    ready(&mut editor, &uri);
    type_in_the_middle(&mut editor, &uri, &format!("keystroke, {documents} document(s)"), count)
}

/// The same in a file every document of which has an outcome.
fn after_a_run(folder: &Path, port: u16, documents: usize, count: usize) {
    let text = text(port, documents);
    let mut editor = Editor::new(folder);
    let uri = editor.open_text(&folder.join("run.gctf"), &text);
    ready(&mut editor, &uri);
    let start = Instant::now();
    editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [{ "uri": uri }] }),
    );
    editor.wait(|editor| {
        let ended = |message: &Value| message["params"]["value"]["kind"] == json!("end");
        editor.heard.iter().any(ended)
    });
    println!(
        "run of {documents} documents        {:>7.0} ms",
        millis(start.elapsed())
    );
    type_in_the_middle(&mut editor, &uri, "keystroke after that run", count);
}

/// A document with many assertion lines: read from cold, then one line edited at a time.
fn assertions(folder: &Path, port: u16, lines: usize, count: usize) {
    let line = |at: usize| format!(".messages[{at}].user_id == \"x\" and (.messages | length > {at})\n");
    let lines: String = (0..lines).map(line).collect();
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/GetMessages\n\n--- ASSERTS ---\n{lines}"
    );
    let mut editor = Editor::new(folder);
    let start = Instant::now();
    let uri = editor.open_text(&folder.join("asserts.gctf"), &text);
    editor.published(&uri);
    println!("2,000 assertions from cold      {:>7.1} ms", millis(start.elapsed()));
    let at = text.find(".messages[1000]").expect("the line is there");
    let mut times = Vec::new();
    for turn in 0..count {
        let start = Instant::now();
        match turn % 2 {
            0 => editor.edit(&uri, at..at + 1, "$"),
            _ => editor.edit(&uri, at..at + 1, "."),
        }
        editor.published(&uri);
        times.push(start.elapsed());
    }
    report("keystroke in an assertion", &mut times, text.lines().count());
}

/// Types in the middle document so that a finding comes and goes with every key; the median.
fn type_in_the_middle(editor: &mut Editor, uri: &str, name: &str, count: usize) -> Duration {
    let text = editor.text(uri).to_owned();
    let method = "SendMessage\n";
    let calls: Vec<_> = text.match_indices(method).collect();
    let end = calls[calls.len() / 2].0 + method.len() - 1;
    let mut times = Vec::new();
    for at in 0..count {
        let start = Instant::now();
        match at % 2 {
            0 => editor.edit(uri, end..end, "x"),
            _ => editor.edit(uri, end..end + 1, ""),
        }
        editor.published(uri);
        times.push(start.elapsed());
    }
    report(name, &mut times, text.lines().count())
}

/// Waits until the schema is there: a place in the request is completed.
fn ready(editor: &mut Editor, uri: &str) {
    let place = editor.at(uri, "SendMessage", 0);
    while editor.request("textDocument/hover", place.clone()) == Value::Null {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn requests(folder: &Path, port: u16) {
    for documents in [1, 2000] {
        let text = text(port, documents);
        let path: PathBuf = folder.join(format!("requests{documents}.gctf"));
        let mut editor = Editor::new(folder);
        let uri = editor.open_text(&path, &text);
        ready(&mut editor, &uri);
        let lines = text.lines().count();
        let key = editor.at(&uri, "\"room_id\"", 3);
        let file = json!({ "textDocument": { "uri": uri } });
        for (method, params) in [
            ("textDocument/completion", &key),
            ("textDocument/hover", &key),
            ("textDocument/codeLens", &file),
            ("textDocument/documentSymbol", &file),
            ("textDocument/foldingRange", &file),
            ("textDocument/semanticTokens/full", &file),
        ] {
            let mut times = Vec::new();
            for _ in 0..40 {
                let start = Instant::now();
                editor.request(method, params.clone());
                times.push(start.elapsed());
            }
            report(method.trim_start_matches("textDocument/"), &mut times, lines);
        }
    }
}

fn report(name: &str, times: &mut [Duration], lines: usize) -> Duration {
    times.sort();
    let median = times[times.len() / 2];
    let p95 = times[times.len() * 95 / 100];
    println!(
        "{name:<28} {:>7.2} ms {:>7.2} ms {lines:>10}",
        millis(median),
        millis(p95)
    );
    median
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
