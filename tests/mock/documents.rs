//! `.gctf` files as stubs: what a file expects is what the mock answers, so the file passes against it.

use super::shapes::{Note, PROTO, note};
use crate::support::client::{call, connect};
use crate::support::peers::{grpcurl, skip};
use crate::support::servers::Servers;
use crate::support::{Serving, command, copy_folder, gctf, stderr, stdout, workspace};
use std::path::{Path, PathBuf};
use tonic::metadata::MetadataMap;

/// Starts `gctf mock` with `arguments` in `folder`, on a port that the system chooses.
fn mock(folder: &Path, arguments: &[&str]) -> Serving {
    let all = [&["mock", "--listen", "localhost:0"], arguments].concat();
    Serving::start(folder, &all)
}

/// What `gctf run` says of a file whose target is that mock.
fn run(folder: &Path, file: &str, port: u16) -> String {
    let mut run = command(folder, &["run", file]);
    run.env("GCTF_ADDRESS", format!("localhost:{port}"));
    let output = run.output().expect("the binary starts");
    format!("{}{}", stdout(&output), stderr(&output))
}

const SHAPES: [(&str, &str); 8] = [
    (
        "unary, in JSON5",
        "--- ENDPOINT ---\ns.Shapes/One\n--- REQUEST_HEADERS ---\nX-A: 1\nx-b-bin: YQ\n\
         --- REQUEST ---\n{ text: 'a', number: 0x1_0, big: 9_007_199_254_740_993, ratio: .1, tags: ['x',], } // c\n\
         --- RESPONSE ---\n{ text: '*', number: +7, big: \"-9223372036854775808\", ratio: 0.1, tags: ['*'] }\n\
         --- ASSERTS ---\n.big == \"-9223372036854775808\"\n",
    ),
    (
        "an error with details",
        "--- ENDPOINT ---\ns.Shapes/One\n--- REQUEST ---\n{ \"text\": \"gone\" }\n--- ERROR ---\n{ \"code\": \"NotFound\", \
         \"message\": \"no such note\", \"details\": [ { \"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\", \
         \"reason\": \"GONE\" }, { \"@type\": \"type.googleapis.com/x.Y\", \"value\": \"YWI=\" } ] }\n",
    ),
    (
        "server streaming, with an error behind the messages",
        "--- ENDPOINT ---\ns.Shapes/Down\n--- REQUEST ---\n{ \"text\": \"two\" }\n#[repeat(2)]\n--- RESPONSE ---\n\
         { \"text\": \"M1\" }\n{ \"text\": \"M2\" }\n--- RESPONSE partial ---\n{ \"text\": \"M3\" }\n\
         --- ERROR ---\n{ \"code\": 10, \"message\": \"stopped\" }\n",
    ),
    (
        "server streaming without a message",
        "--- ENDPOINT ---\ns.Shapes/Down\n--- REQUEST ---\n{ \"text\": \"none\" }\n--- RESPONSE ---\n",
    ),
    (
        "client streaming",
        "--- ENDPOINT ---\ns.Shapes/Up\n--- REQUEST ---\n{ \"text\": \"a\" }\n{ \"text\": \"b\" }\n#[repeat(2)]\n\
         --- REQUEST ---\n--- RESPONSE ---\n{ \"text\": \"AB\" }\n",
    ),
    (
        "bidirectional, interleaved",
        "--- ENDPOINT ---\ns.Shapes/Both\n--- REQUEST ---\n{ \"text\": \"a\" }\n--- RESPONSE ---\n{ \"text\": \"A1\" }\n\
         { \"text\": \"A2\" }\n--- REQUEST ---\n{ \"text\": \"b\" }\n{ \"text\": \"c\" }\n--- RESPONSE with_asserts ---\n\
         { \"text\": \"C\" }\n--- ASSERTS ---\n.text == \"C\"\n--- REQUEST ---\n{ \"text\": \"d\" }\n\
         --- ERROR ---\n{ \"code\": 9, \"message\": \"end\" }\n",
    ),
    (
        "bidirectional, the server begins",
        "--- ENDPOINT ---\ns.Shapes/Both\n--- REQUEST_HEADERS ---\nx-greet: yes\n--- RESPONSE ---\n{ \"text\": \"hello\" }\n\
         --- REQUEST ---\n{ \"text\": \"hi\" }\n--- RESPONSE ---\n{ \"text\": \"bye\" }\n",
    ),
    (
        "templates in requests",
        "--- ENDPOINT ---\ns.Shapes/One\n--- REQUEST ---\n{ \"text\": \"first\" }\n--- RESPONSE ---\n{ \"text\": \"id\" }\n\
         --- EXTRACT ---\nid = .text\n--- ENDPOINT ---\ns.Shapes/One\n--- REQUEST_HEADERS ---\nx-id: {{id}}\n\
         --- REQUEST ---\n{ \"text\": \"of {{id}}\", \"tags\": [\"{{ id }}\", \"b\"] }\n--- RESPONSE ---\n{ \"text\": \"second\" }\n",
    ),
];

#[test]
fn what_a_file_expects_is_what_it_gets() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    let with_schema = |text: &str| format!("--- PROTO ---\nfiles: service.proto\n\n{text}");
    for (name, text) in SHAPES {
        servers.write("one.gctf", &with_schema(text));
        let serving = mock(servers.path(), &["one.gctf"]);
        let found = run(servers.path(), "one.gctf", serving.port());
        assert!(found.ends_with("1 passed, 0 failed\n"), "{name}: {found}");
        assert_eq!(serving.interrupt(), (Some(0), String::new()), "{name}");
    }
    // All of them from one server, and with its schema by reflection.
    let all: String = SHAPES.iter().map(|(_, text)| *text).collect();
    servers.write("all.gctf", &with_schema(&all));
    servers.write("reflected.gctf", &all);
    let serving = mock(servers.path(), &["all.gctf"]);
    let found = run(servers.path(), "reflected.gctf", serving.port());
    assert!(found.ends_with("1 passed, 0 failed\n"), "{found}");
}

#[test]
fn every_example_passes_against_itself() {
    let mut folders = Vec::new();
    with_tables(&workspace().join("examples"), &mut folders);
    assert!(!folders.is_empty(), "there are examples");
    for folder in folders {
        let copy = tempfile::tempdir().expect("a folder");
        copy_folder(&folder, copy.path(), &|text| text);
        for file in tests(copy.path()) {
            let path = file.strip_prefix(copy.path()).expect("below it").display().to_string();
            let serving = mock(copy.path(), &[&path]);
            let text = std::fs::read_to_string(&file).expect("UTF-8");
            let here = text.replace("localhost:4770", &format!("localhost:{}", serving.port()));
            std::fs::write(&file, here).expect("a file");
            let found = run(copy.path(), &path, serving.port());
            let (_, said) = serving.interrupt();
            // What gives no stub is said, and then the file cannot pass.
            let passed = found.ends_with("1 passed, 0 failed\n");
            assert_eq!(passed, !said.contains("gives no stub"), "{path}: {found}{said}");
        }
    }
}

/// Folders below `folder` that have a gctf.toml.
fn with_tables(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("gctf.toml").is_file() {
        found.push(folder.to_owned());
    }
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| path.is_dir()) {
        with_tables(&path, found);
    }
}

fn tests(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
    {
        match path.is_dir() {
            true => found.extend(tests(&path)),
            false if path.extension().is_some_and(|extension| extension == "gctf") => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}

/// A document of `One` that answers `text` with `answer`.
fn one(text: &str, answer: &str) -> String {
    format!(
        "--- ENDPOINT ---\ns.Shapes/One\n--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n--- RESPONSE ---\n{{ \"text\": \"{answer}\" }}\n"
    )
}

#[test]
fn where_the_schema_comes_from() {
    let servers = Servers::new();
    let folder = servers.path();
    servers.write("service.proto", PROTO);
    std::fs::create_dir_all(folder.join("deep/er")).expect("a folder");
    servers.write("deep/bare.gctf", &one("a", "A"));
    servers.write(
        "deep/er/own.gctf",
        &format!("--- PROTO ---\nfiles: ../../service.proto\n{}", one("b", "B")),
    );
    let ask = |serving: &Serving, text: &str| {
        servers.block_on(async {
            let channel = connect(serving.port(), None).await.expect("a connection");
            let reply = call::<Note, Note>(&channel, "/s.Shapes/One", vec![note(text)], MetadataMap::new()).await;
            reply.expect("an answer").messages[0].text.clone()
        })
    };

    // Nowhere.
    let output = gctf(folder, &["mock", "deep/bare.gctf"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    let expected = "gctf: no document gives a stub\n  deep/bare.gctf:1:1: gives no stub: its schema is not known: add a PROTO section, ";
    assert!(said.starts_with(expected), "{said}");

    // Beside it, and its own, which is the same under another name.
    let serving = mock(folder, &["service.proto", "deep/bare.gctf", "deep/er/own.gctf"]);
    assert!(
        serving.first_line.contains("serving 1 service, 2 stubs on"),
        "{}",
        serving.first_line
    );
    assert_eq!((ask(&serving, "a").as_str(), ask(&serving, "b").as_str()), ("A", "B"));

    // From a descriptor set, given or in PROTO.
    let set = servers.path().join("set.bin");
    std::fs::write(&set, descriptors(&folder.join("service.proto"))).expect("a file");
    servers.write(
        "set.gctf",
        &format!("--- PROTO ---\ndescriptor: set.bin\n{}", one("c", "C")),
    );
    let serving = mock(folder, &["set.bin", "deep/bare.gctf", "set.gctf"]);
    assert_eq!((ask(&serving, "a").as_str(), ask(&serving, "c").as_str()), ("A", "C"));

    // By -s, and beside stubs in YAML.
    servers.write(
        "stubs.yaml",
        "{ service: Shapes, method: One, input: { equals: { text: other } }, output: { data: { text: Other } } }",
    );
    let serving = mock(folder, &["service.proto", "-s", "stubs.yaml", "-s", "deep/bare.gctf"]);
    assert_eq!(
        (ask(&serving, "a").as_str(), ask(&serving, "other").as_str()),
        ("A", "Other")
    );

    // From the nearest gctf.toml, whose stubs do not count where others are named.
    servers.write(
        "gctf.toml",
        "[mock]\nprotos = [\"service.proto\"]\nstubs = [\"stubs.yaml\"]\n",
    );
    let serving = mock(&folder.join("deep"), &["bare.gctf"]);
    assert!(
        serving.first_line.contains("serving 1 service, 1 stub on"),
        "{}",
        serving.first_line
    );
    assert_eq!(ask(&serving, "a"), "A");

    // A table may name documents too.
    servers.write(
        "gctf.toml",
        "[mock]\nprotos = [\"service.proto\"]\nstubs = [\"deep/bare.gctf\"]\n",
    );
    assert_eq!(ask(&mock(folder, &[]), "a"), "A");
}

/// An encoded FileDescriptorSet of a proto.
fn descriptors(proto: &Path) -> Vec<u8> {
    let loaded = gctf_lsp::grpc::protos::compile(&[proto.to_owned()], &[]).expect("it compiles");
    loaded.descriptors.pool.encode_to_vec()
}

#[test]
fn what_gives_no_stub_is_told_and_the_rest_is_served() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    let text = format!(
        "{}{}--- ENDPOINT ---\ns.Shapes/One\n--- ASSERTS ---\n.text\n--- ENDPOINT ---\ns.Shapes/One\n--- REQUEST ---\n{{ \"text: 1 }}\n\
         --- RESPONSE ---\n{{}}\n{}",
        one("a", "first"),
        one("b", "{{ id }}"),
        one("a", "second"),
    );
    servers.write("x.gctf", &text);
    let serving = mock(servers.path(), &["service.proto", "x.gctf"]);
    let found = run(servers.path(), "x.gctf:1", serving.port());
    assert!(serving.first_line.contains("2 stubs"), "{}{found}", serving.first_line);
    let (_, said) = serving.interrupt();
    assert_eq!(
        said,
        "gctf: warning: x.gctf:12:11: gives no stub: its RESPONSE holds {{ id }}, which only a run knows: write a value\n\
         gctf: warning: x.gctf:15:1: gives no stub: ASSERTS alone say nothing that could be sent: add a RESPONSE or an ERROR\n\
         gctf: warning: x.gctf:20:3: gives no stub: the string is not closed: expected `\"` on this line (G119)\n\
         gctf: warning: x.gctf:23:1: never answers: x.gctf:1:1 answers the same requests\n"
    );
}

#[test]
fn a_stub_that_lists_more_answers_first() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    let detailed = one("a", "two fields").replace("\"text\": \"a\"", "\"text\": \"a\", \"number\": 7");
    servers.write(
        "x.gctf",
        &format!("{}{}{detailed}", one("{{v}}", "any"), one("a", "one field")),
    );
    let serving = mock(servers.path(), &["service.proto", "x.gctf"]);
    let ask = |request: Note| {
        servers.block_on(async {
            let channel = connect(serving.port(), None).await.expect("a connection");
            let reply = call::<Note, Note>(&channel, "/s.Shapes/One", vec![request], MetadataMap::new()).await;
            reply.expect("an answer").messages[0].text.clone()
        })
    };
    assert_eq!(ask(note("z")), "any");
    assert_eq!(ask(note("a")), "one field");
    assert_eq!(ask(Note { number: 7, ..note("a") }), "two fields");
}

#[test]
fn grpcurl_calls_what_a_file_describes() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    let all: String = SHAPES.iter().map(|(_, text)| *text).collect();
    servers.write("all.gctf", &format!("--- PROTO ---\nfiles: service.proto\n{all}"));
    let serving = mock(servers.path(), &["all.gctf"]);
    let address = format!("localhost:{}", serving.port());
    let ask = |data: &str, method: &str| {
        let arguments = ["-plaintext", "-d", data, &address, &format!("s.Shapes/{method}")];
        let output = grpcurl(&arguments)?;
        let text = format!("{}{}", stdout(&output), stderr(&output));
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let Some(down) = ask("{\"text\": \"two\"}", "Down") else {
        return skip("grpcurl");
    };
    assert!(
        down.starts_with("{ \"text\": \"M1\" } { \"text\": \"M2\" } { \"text\": \"M1\" }"),
        "{down}"
    );
    assert!(
        down.ends_with("{ \"text\": \"M3\" } ERROR: Code: Aborted Message: stopped"),
        "{down}"
    );
    let both = ask(
        "{\"text\":\"a\"} {\"text\":\"b\"} {\"text\":\"c\"} {\"text\":\"d\"}",
        "Both",
    )
    .expect("it ran before");
    assert_eq!(
        both,
        "{ \"text\": \"A1\" } { \"text\": \"A2\" } { \"text\": \"C\" } ERROR: Code: FailedPrecondition Message: end"
    );
    let up = ask("{\"text\":\"a\"} {\"text\":\"b\"} {} {}", "Up").expect("it ran before");
    assert_eq!(up, "{ \"text\": \"AB\" }");
    let open = ask("{\"text\":\"of 5\",\"tags\":[\"5\",\"b\"]}", "One").expect("it ran before");
    assert_eq!(open, "{ \"text\": \"second\" }");
}
