//! Completion from a schema of 5,000 messages, warm and while it loads, and what the server keeps of it.
//!
//! `cargo bench -p gctf-lsp --bench schema` prints medians; `benches/README.md` keeps figures. `GCTF_BENCH_PROTOS` can name
//! a folder of proto sources, an import root, to ask a schema of the real world the same.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../../tests/support/editor.rs"]
mod editor;

use editor::{Editor, full_capabilities};
use gctf_lsp::grpc::protos;
use gctf_lsp::mock::{MockOptions, RunningMock};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const MESSAGES: usize = 5000;
const FILES: usize = 50;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let chat = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/basic-examples/real-time-chat");
    println!("{:<44} {:>10} {:>10}", "", "median", "p95");
    let small = options(vec![chat.join("server/chat.proto")], vec![chat.join("stubs")]);
    let mock = runtime.block_on(RunningMock::start(small)).expect("the mock starts");
    let port = mock.addresses()[0].port();
    schema(folder.path(), "chat", port, "chat.ChatService/SendMessage");

    // The sources of what is served, in another folder and in the editor's own.
    let (work, served) = (folder.path().join("work"), folder.path().join("served"));
    let stubs = folder.path().join("stubs");
    for folder in [&work, &served, &stubs] {
        std::fs::create_dir(folder).expect("a folder");
    }
    let large = options(protos(&served), vec![stubs]);
    let mock = runtime.block_on(RunningMock::start(large)).expect("the mock starts");
    let port = mock.addresses()[0].port();
    schema(&work, "5,000 messages", port, "f25.Service/Call7");
    schema(&served, "5,000 messages and sources", port, "f25.Service/Call7");
    drop(mock);

    if let Some(root) = std::env::var_os("GCTF_BENCH_PROTOS") {
        let real = folder.path().join("real");
        let sources = copied(Path::new(&root), &real);
        std::fs::write(real.join("buf.yaml"), "version: v2\nmodules:\n  - path: .\n").expect("a file");
        let endpoint = described(&sources, &real);
        let mut real_protos = options(sources, vec![folder.path().join("stubs")]);
        real_protos.import_paths = vec![real.clone()];
        let mock = runtime
            .block_on(RunningMock::start(real_protos))
            .expect("the mock starts");
        let port = mock.addresses()[0].port();
        schema(&work, "real", port, &endpoint);
        schema(&real, "real and sources", port, &endpoint);
    }
}

/// The sources below `root`, copied to `folder`.
fn copied(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut copies = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                std::fs::read_dir(&path)
                    .expect("a folder")
                    .flatten()
                    .map(|entry| entry.path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            let copy = folder.join(path.strip_prefix(root).expect("it is below"));
            std::fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder");
            std::fs::copy(&path, &copy).expect("a file");
            copies.push(copy);
        }
    }
    copies
}

/// A method of the sources whose request has fields; how much they declare is printed.
fn described(sources: &[PathBuf], root: &Path) -> String {
    let loaded = protos::compile(sources, &[root.to_owned()]).expect("the sources compile");
    let pool = &loaded.descriptors.pool;
    let fields: usize = pool.all_messages().map(|message| message.fields().len()).sum();
    let entries = pool.all_messages().filter(|message| message.is_map_entry()).count();
    let messages = pool.all_messages().len();
    println!(
        "real: {messages} messages, {entries} of them map entries, {fields} fields, {} files",
        sources.len()
    );
    let mut methods = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    let method = methods.find(|method| method.input().fields().len() > 3);
    let method = method.expect("a method");
    format!("{}/{}", method.parent_service().full_name(), method.name())
}

fn options(protos: Vec<PathBuf>, stubs: Vec<PathBuf>) -> MockOptions {
    MockOptions {
        listen: "localhost:0".to_owned(),
        protos,
        import_paths: Vec::new(),
        stubs,
        identity: None,
    }
}

/// Files of a hundred messages of ten fields each, in chains of one file to the next; each file has a service.
fn protos(folder: &Path) -> Vec<PathBuf> {
    let per_file = MESSAGES / FILES;
    let write = |file: usize| {
        let mut text = format!("syntax = \"proto3\";\npackage f{file};\nimport \"google/protobuf/timestamp.proto\";\n");
        if file > 0 {
            writeln!(text, "import \"f{}.proto\";", file - 1).expect("a string");
        }
        for message in 0..per_file {
            let next = (message + 1) % per_file;
            let before = file.saturating_sub(1);
            writeln!(
                text,
                "// What message {message} of file {file} is for.\nmessage Message{message} {{\n  \
                 string display_name = 1;\n  int64 created_by_id = 2;\n  repeated string tags = 3;\n  \
                 Message{next} next_message = 4;\n  f{before}.Message{message} from_before = 5;\n  \
                 map<string, Message{next}> by_name = 6;\n  google.protobuf.Timestamp updated_at = 7;\n  \
                 Kind{message} kind = 8;\n  oneof choice {{ bool is_left = 9; double how_right = 10; }}\n}}\n\
                 enum Kind{message} {{ KIND{message}_UNSPECIFIED = 0; KIND{message}_FIRST = 1; KIND{message}_SECOND = 2; }}"
            )
            .expect("a string");
        }
        text.push_str("service Service {\n");
        for call in 0..20 {
            writeln!(text, "  rpc Call{call}(Message{call}) returns (Message{});", call + 1).expect("a string");
        }
        text.push_str("}\n");
        let path = folder.join(format!("f{file}.proto"));
        std::fs::write(&path, text).expect("a file");
        path
    };
    (0..FILES).map(write).collect()
}

fn schema(folder: &Path, name: &str, port: u16, endpoint: &str) {
    let with_sources = name.ends_with("and sources");
    let service = endpoint.split_once('/').map_or("", |(service, _)| service);
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\n{endpoint}\n\n--- REQUEST ---\n{{ \"\" }}\n\n--- RESPONSE ---\n{{}}\n\n\
         --- ENDPOINT ---\n{service}/\n\n--- RESPONSE ---\n{{}}\n\n--- ENDPOINT ---\nc"
    );
    // The first answer, while nothing is known, and the first with something in it.
    let (mut first, mut filled) = (Vec::new(), Vec::new());
    for round in 0..20 {
        let mut editor = modern(folder);
        let path = folder.join(format!("{port}-{round}.gctf"));
        let start = Instant::now();
        let uri = editor.open_text(&path, &text);
        let place = editor.at(&uri, "{ \"", 3);
        editor.request("textDocument/completion", place.clone());
        first.push(start.elapsed());
        assert!(!editor.complete(&place).is_empty(), "fields are offered");
        filled.push(start.elapsed());
    }
    report(&format!("{name}: first answer, cold"), &mut first);
    report(&format!("{name}: first answer with fields"), &mut filled);

    let mut editor = modern(folder);
    let uri = editor.open_text(&folder.join(format!("{port}.gctf")), "--- ADDRESS ---\nlocalhost:1\n");
    editor.published(&uri);
    let before = editor.memory("VmRSS");
    let uri = editor.open_text(&folder.join(format!("{port}-warm.gctf")), &text);
    let field = editor.at(&uri, "{ \"", 3);
    let method = editor.at(&uri, endpoint, endpoint.len());
    let endpoint = editor.at(&uri, &format!("{service}/\n"), service.len() + 1);
    // Nearly all methods have a `c`.
    let any = editor.at(&uri, "ENDPOINT ---\nc", "ENDPOINT ---\nc".len());
    editor.complete(&field);
    // The sources beside the schema may still be being read.
    let folder = format!("\"file://{}/", folder.display());
    let is_read = |editor: &mut Editor| {
        let found = editor.request("textDocument/definition", method.clone());
        found.to_string().contains(&folder)
    };
    let start = Instant::now();
    while with_sources && !is_read(&mut editor) {
        assert!(start.elapsed() < Duration::from_secs(60), "the sources are not read");
        std::thread::sleep(Duration::from_millis(20));
    }
    let (after, most) = (editor.memory("VmRSS"), editor.memory("VmHWM"));
    for (what, place) in [("a field", &field), ("a method", &endpoint), ("an endpoint", &any)] {
        let mut times = Vec::new();
        let mut items = 0;
        for _ in 0..200 {
            let start = Instant::now();
            let list = editor.request("textDocument/completion", place.clone());
            times.push(start.elapsed());
            items = list["items"].as_array().map_or(0, Vec::len);
        }
        report(&format!("{name}: completion of {what}, {items} items"), &mut times);
    }
    let megabytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "{:<44} {:>7.1} MB {:>7.1} MB at the most",
        format!("{name}: memory for the schema"),
        megabytes(after.saturating_sub(before)),
        megabytes(most.saturating_sub(before))
    );
}

/// An editor that asks for the documentation of the item that it shows, as nearly all do.
fn modern(folder: &Path) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["textDocument"]["completion"]["completionItem"]["resolveSupport"] =
        serde_json::json!({ "properties": ["documentation"] });
    Editor::with_capabilities(folder, capabilities)
}

fn report(name: &str, times: &mut [Duration]) {
    times.sort();
    let millis = |at: usize| times[at].as_secs_f64() * 1000.0;
    println!(
        "{name:<44} {:>7.2} ms {:>7.2} ms",
        millis(times.len() / 2),
        millis(times.len() * 95 / 100)
    );
}
