//! Runs from the editor: from the command to the first result, and what a stream costs whoever types meanwhile.
//!
//! `cargo bench -p gctf-lsp --bench runs` prints medians; `benches/README.md` keeps figures.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../../tests/support/editor.rs"]
mod editor;
#[path = "../../tests/support/sized.rs"]
mod sized;

use editor::{Editor, full_capabilities};
use gctf_lsp::grpc::codec::DynamicCodec;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tonic::client::Grpc;
use tonic::transport::Channel;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (port, counts) = runtime.block_on(sized::serve());
    let folder = tempfile::tempdir().expect("a folder");
    println!("{:<56} {:>10} {:>10}", "", "median", "p95");
    runtime.block_on(direct(port));
    clicks(folder.path(), port);
    let plain = full_capabilities();
    let mut showing = full_capabilities();
    showing["experimental"] = json!({ "gctf": { "runEvents": true } });
    typing(folder.path(), port, "counted", plain);
    typing(folder.path(), port, "shown", showing);
    let (connections, reflections) = (counts.connections(), counts.reflections());
    println!("{connections} connections and {reflections} reflections");
}

/// The same call by a client that does nothing else, on a connection that is open.
async fn direct(port: u16) {
    let channel = Channel::from_shared(format!("http://127.0.0.1:{port}"));
    let channel = channel.expect("an address").connect().await.expect("a connection");
    let schema = sized::schema();
    let method = schema.method("sized.Sized", "Echo").expect("the method");
    let path = http::uri::PathAndQuery::from_static("/sized.Sized/Echo");
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        let mut client = Grpc::new(channel.clone());
        client.ready().await.expect("a connection");
        let request = tonic::Request::new(prost_reflect::DynamicMessage::new(method.input()));
        let codec = DynamicCodec::new(method.output());
        client.unary(request, path.clone(), codec).await.expect("an answer");
        times.push(start.elapsed());
    }
    report("the call alone, tonic", &mut times);
}

fn call(port: u16, method: &str, request: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nsized.Sized/{method}\n\n--- REQUEST ---\n{request}\n\n{rest}"
    )
}

/// From `gctf.run` to the end of the run, and to the value that came on its line.
fn clicks(folder: &Path, port: u16) {
    let mut editor = Editor::new(folder);
    for (name, expected) in [("passes", 7), ("fails", 8)] {
        let rest = format!("--- RESPONSE ---\n{{ \"text\": \"\", \"number\": {expected} }}\n");
        let text = call(port, "Echo", "{ \"number\": 7 }", &rest);
        let uri = editor.open_text(&folder.join(format!("{name}.gctf")), &text);
        ready(&mut editor, &uri);
        let (mut answered, mut ended, mut marked) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..100 {
            editor.heard.clear();
            let start = Instant::now();
            run(&mut editor, &uri);
            answered.push(start.elapsed());
            editor.wait(has_ended);
            ended.push(start.elapsed());
            if expected == 8 {
                editor.wait(|editor| editor.heard.iter().any(is_marked));
                marked.push(start.elapsed());
                // Another number ends what is marked, so that the next run marks it again.
                let (old, new) = [("8 }", "9 }"), ("9 }", "8 }")][turn % 2];
                editor.replace(&uri, old, new);
                editor.published(&uri);
            }
        }
        report(&format!("a run that {name}: the command is answered"), &mut answered);
        report(&format!("a run that {name}: it has ended"), &mut ended);
        if !marked.is_empty() {
            report("the value stands on its line", &mut marked);
        }
    }
}

/// Types in a file while a stream of another file comes in, and while none does.
fn typing(folder: &Path, port: u16, audience: &str, capabilities: Value) {
    let mut editor = Editor::with_capabilities(folder, capabilities);
    let text = call(
        port,
        "Echo",
        "{ \"number\": 7 }",
        "--- RESPONSE ---\n{ \"number\": 7 }\n",
    );
    let typed = editor.open_text(&folder.join("typed.gctf"), &text);
    ready(&mut editor, &typed);
    let asserts = "--- ASSERTS ---\n.number > 0\n";
    // 2,000 a second, and as fast as they come.
    for (count, pause) in [(10_000, 5), (100_000, 0)] {
        let request = format!("{{ \"count\": {count}, \"size\": 20, \"pause\": {pause} }}");
        let text = call(port, "Down", &request, &format!("#[repeat({count})]\n{asserts}"));
        let stream = editor.open_text(&folder.join(format!("{count}.gctf")), &text);
        ready(&mut editor, &stream);
        let mut idle = keys(&mut editor, &typed, |at, _| at < 300);
        let idle = report("a key, nothing runs", &mut idle);
        editor.heard.clear();
        let start = Instant::now();
        run(&mut editor, &stream);
        let mut busy = keys(&mut editor, &typed, |_, editor| !has_ended(editor));
        let took = start.elapsed();
        let busy = report(&format!("a key, stream of {count}, messages {audience}"), &mut busy);
        println!(
            "{:<56} {:>10.2}",
            "  times idle",
            busy.as_secs_f64() / idle.as_secs_f64()
        );
        println!("{:<56} {:>7.0} ms", "  the stream", took.as_secs_f64() * 1000.0);
        editor.wait(|editor| {
            editor
                .heard
                .iter()
                .any(|message| message["method"] == "workspace/codeLens/refresh")
        });
        let lenses = editor.lenses(&stream).join(", ");
        assert!(lenses.contains('✓'), "{lenses}");
    }
}

/// Types a key every 5 ms, each of which brings or takes a finding.
fn keys(editor: &mut Editor, uri: &str, go_on: impl Fn(usize, &Editor) -> bool) -> Vec<Duration> {
    let end = editor.text(uri).find("Echo\n").expect("the method") + "Echo".len();
    let mut times = Vec::new();
    while go_on(times.len(), editor) || times.len() % 2 == 1 {
        let start = Instant::now();
        match times.len() % 2 {
            0 => editor.edit(uri, end..end, "x"),
            _ => editor.edit(uri, end..end + 1, ""),
        }
        editor.published(uri);
        times.push(start.elapsed());
        std::thread::sleep(Duration::from_millis(5));
    }
    times
}

fn run(editor: &mut Editor, uri: &str) {
    editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [{ "uri": uri }] }),
    );
}

fn has_ended(editor: &Editor) -> bool {
    let ended = |message: &Value| {
        let token = message["params"]["token"].as_str().unwrap_or_default();
        token.starts_with("gctf/run/") && message["params"]["value"]["kind"] == json!("end")
    };
    editor.heard.iter().any(ended)
}

fn is_marked(message: &Value) -> bool {
    let list = message["params"]["diagnostics"].as_array();
    list.is_some_and(|list| list.iter().any(|found| found["source"] == json!("gctf run")))
}

/// Waits until the schema is there: the endpoint has a hover.
fn ready(editor: &mut Editor, uri: &str) {
    let place = editor.at(uri, "sized.Sized/", 13);
    while editor.request("textDocument/hover", place.clone()) == Value::Null {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn report(name: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let (median, p95) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    let millis = |duration: Duration| duration.as_secs_f64() * 1000.0;
    println!("{name:<56} {:>7.2} ms {:>7.2} ms", millis(median), millis(p95));
    median
}
