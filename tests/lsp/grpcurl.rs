//! Calls leave as command lines of grpcurl and come in as such; expressions are tried on what came.

use super::shown_text;
use crate::support::editor::{Editor, full_capabilities};
use crate::support::peers::{program, skip};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::process::Command;

const PROTO: &str = "syntax = \"proto3\"; package t;
message M { string text = 1; int64 number = 2; string token = 3; repeated string tags = 4; }
service S { rpc One(M) returns (M); rpc Up(stream M) returns (M); rpc Down(M) returns (stream M); }";

const STUBS: &str = r#"
- { service: t.S, method: One, headers: { equals: { x-h: "it's \"h\"" } }, input: { equals: { text: "it's $HOME `x`", number: "9007199254740993" } }, output: { data: { text: quoted } } }
- { service: t.S, method: One, input: { equals: { text: v-1 } }, output: { data: { text: from the environment } } }
- { service: t.S, method: One, input: { equals: { text: a } }, output: { data: { text: A, number: "5", token: hidden-1, tags: [ x, y ] } } }
- { service: t.S, method: Up, inputs: [ { equals: { text: "$a\\EOF" } }, { equals: { text: b } } ], output: { data: { text: both } } }
- { service: t.S, method: Down, output: { stream: [ { text: M1 }, { text: M2 } ] } }
"#;

fn document(port: u16, method: &str, rest: &str) -> String {
    format!("--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nt.S/{method}\n\n{rest}")
}

fn editor(servers: &Servers, copies: bool) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["window"]["showDocument"] = json!({ "support": true });
    capabilities["experimental"] = json!({ "gctf": { "copyText": copies } });
    capabilities["textDocument"]["codeAction"] = json!({ "disabledSupport": true });
    Editor::with_capabilities(servers.path(), capabilities)
}

/// An open file whose schema is there.
fn open(editor: &mut Editor, servers: &Servers, name: &str, text: &str) -> String {
    let uri = editor.open_text(&servers.path().join(name), text);
    let line = editor.at(&uri, "t.S/", 5);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while editor.request("textDocument/hover", line.clone()).is_null() {
        assert!(std::time::Instant::now() < deadline, "no schema comes");
    }
    uri
}

fn run(editor: &mut Editor, uri: &str) {
    editor.press(uri, 0);
    editor.lens_becomes(uri, 0, |title| title.starts_with("▶ Run · "));
}

/// The action with a title at a place.
fn action(editor: &mut Editor, uri: &str, place: &Value, title: &str) -> Option<Value> {
    let actions = editor.request(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": uri }, "range": { "start": place, "end": place },
            "context": { "diagnostics": [], "triggerKind": 1 } }),
    );
    let actions = actions.as_array().cloned().unwrap_or_default();
    actions.into_iter().find(|action| action["title"] == json!(title))
}

/// Carries out the command of an action; its answer.
fn carry_out(editor: &mut Editor, action: &Value) -> Value {
    let command = &action["command"];
    let name = command["command"]
        .as_str()
        .unwrap_or_else(|| panic!("{action}"))
        .to_owned();
    editor.command(&name, command["arguments"][0].clone())
}

#[test]
fn expressions_are_tried_on_the_last_response() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers, false);
    let rest = "--- REQUEST ---\n{ \"text\": \"a\" }\n\n--- EXTRACT ---\nfirst = .tags[0]\n\n--- ASSERTS ---\n.text == \"A\"\n";
    let uri = open(&mut editor, &servers, "a.gctf", &document(port, "One", rest));
    let place = editor.at(&uri, ".text ==", 2)["position"].clone();
    let eval = |editor: &mut Editor, expression: &str| {
        editor.command(
            "gctf.eval",
            json!({ "uri": uri, "position": place, "expression": expression }),
        )
    };
    let early = eval(&mut editor, ".text");
    assert_eq!(early["error"]["code"], json!(-32803), "{early}");
    let disabled = action(&mut editor, &uri, &place, "Try expression").expect("it is offered");
    assert_eq!(
        disabled["disabled"]["reason"],
        json!("no response yet: run the test first")
    );
    run(&mut editor, &uri);
    for (expression, result) in [
        (".text", json!({ "values": ["A"] })),
        (
            ".number:number + 1, $first, (.tags | length)",
            json!({ "values": [6, "x", 2] }),
        ),
        ("empty", json!({ "values": [] })),
        (
            ".",
            json!({ "values": [{ "text": "A", "number": "5", "token": "***", "tags": ["x", "y"] }] }),
        ),
        ("@env(\"PATH\")", json!({ "values": ["***"] })),
    ] {
        let answer = eval(&mut editor, expression);
        assert_eq!(answer["result"], result, "{expression}: {answer}");
    }
    let broken = eval(&mut editor, ".text.x");
    assert!(
        broken["result"]["error"]
            .as_str()
            .is_some_and(|error| error.contains("cannot index")),
        "{broken}"
    );
    assert!(editor.asked("window/showMessage").is_empty(), "nobody asked to see it");

    let tried = action(&mut editor, &uri, &place, "Try expression").expect("it is offered");
    assert_eq!(carry_out(&mut editor, &tried)["result"], json!({ "values": [true] }));
    editor.wait(|editor| !editor.asked("window/showMessage").is_empty());
    let message = editor.asked("window/showMessage")[0]["params"].clone();
    assert_eq!(message, json!({ "type": 3, "message": "true" }));
    editor.command(
        "gctf.eval",
        json!({ "uri": uri, "position": place, "expression": "[range(100)]", "show": true }),
    );
    assert!(
        shown_text(&mut editor, 0).starts_with("[\n  0,\n"),
        "a long one is a text"
    );
    assert_eq!(editor.asked("window/showMessage").len(), 1);
}

#[test]
fn the_command_goes_to_the_clipboard_or_is_shown() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let text = document(port, "One", "--- REQUEST ---\n{ text: 'a', }\n\n--- RESPONSE ---\n{}\n");
    let wanted = format!("grpcurl -plaintext -d '{{\"text\": \"a\"}}' localhost:{port} t.S/One");
    for copies in [true, false] {
        let mut editor = editor(&servers, copies);
        let uri = open(&mut editor, &servers, "a.gctf", &text);
        let place = editor.at(&uri, "ENDPOINT", 0)["position"].clone();
        let copy = action(&mut editor, &uri, &place, "Copy as grpcurl").expect("it is offered");
        assert_eq!(copy["kind"], json!("gctf"));
        assert_eq!(carry_out(&mut editor, &copy)["result"], json!({ "text": wanted }));
        match copies {
            true => {
                editor.wait(|editor| !editor.asked("gctf/copyText").is_empty());
                assert_eq!(editor.asked("gctf/copyText")[0]["params"], json!({ "text": wanted }));
                assert!(editor.asked("window/showDocument").is_empty());
            }
            false => {
                assert_eq!(shown_text(&mut editor, 0), format!("{wanted}\n"));
                assert!(editor.asked("gctf/copyText").is_empty());
            }
        }
    }
}

#[test]
fn a_pasted_command_is_recorded() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers, false);
    let pasted =
        format!("$ grpcurl -plaintext \\\n  -H 'x-h: 1' -d '{{\"text\":\"a\"}}' \\\n  localhost:{port} t.S/One\n");
    let uri = editor.open_text(&servers.path().join("a.gctf"), &pasted);
    let place = editor.at(&uri, "x-h", 0)["position"].clone();
    let turn = action(&mut editor, &uri, &place, "Turn grpcurl command into a document").expect("it is offered");
    assert_eq!(turn["kind"], json!("refactor.rewrite"));
    editor.apply(&turn["edit"]);
    let head = document(
        port,
        "One",
        "--- REQUEST_HEADERS ---\nx-h: 1\n\n--- REQUEST ---\n{\n  \"text\": \"a\"\n}\n\n--- RESPONSE ---\n",
    );
    assert_eq!(editor.text(&uri), head);
    editor.lens_becomes(&uri, 1, |title| title == "● Record");
    editor.press_titled(&uri, "● Record");
    editor.wait(|editor| editor.text(&uri).contains("\"number\": \"5\""));
}

#[test]
fn a_payload_finds_its_method() {
    let servers = Servers::new();
    let proto = "syntax = \"proto3\"; package t; message A { string a = 1; } message M { string text = 1; }
        service S { rpc First(A) returns (A); rpc Second(M) returns (M); }";
    let (_mock, port) = servers.of(proto, "[]", None);
    let mut editor = editor(&servers, false);
    let text = document(port, "First", "--- REQUEST ---\n{}\n\n--- RESPONSE ---\n{}\n");
    let uri = open(&mut editor, &servers, "a.gctf", &format!("{text}{{\"text\":\"x\"}}\n"));
    let params = json!({ "textDocument": { "uri": uri }, "context": { "diagnostics": [], "triggerKind": 1 },
        "range": { "start": editor.at(&uri, "{\"text", 0)["position"], "end": editor.at(&uri, "x\"}", 3)["position"] } });
    let actions = editor.request("textDocument/codeAction", params);
    let turn = actions.as_array().and_then(|actions| {
        actions
            .iter()
            .find(|action| action["title"] == json!("Turn JSON into a document"))
    });
    let edit = turn.unwrap_or_else(|| panic!("{actions}"))["edit"].clone();
    editor.apply(&edit);
    let added = "\n--- ENDPOINT ---\nt.S/Second\n\n--- REQUEST ---\n{\n  \"text\": \"x\"\n}\n\n--- RESPONSE ---\n";
    assert_eq!(editor.text(&uri), format!("{text}{added}"));
}

#[test]
fn a_shell_runs_what_was_copied() {
    let Some(grpcurl) = program("GCTF_TEST_GRPCURL", &["-version"]) else {
        return skip("grpcurl");
    };
    let servers = Servers::new();
    let certificates = servers.certificates();
    let (_mock, port) = servers.of(PROTO, STUBS, Some(certificates.server(true)));
    let mut editor = editor(&servers, true);
    let tls = "--- TLS ---\nca_cert: ca.pem\nclient_cert: client.pem\nclient_key: client-key.pem\n\n";
    let quoted = "--- REQUEST_HEADERS ---\nx-h: it's \"h\"\n\n--- REQUEST ---\n{ text: \"it's $HOME `x`\", # note\n  number: 9_007_199_254_740_993 }\n\n";
    let of_environment = "--- REQUEST ---\n{ \"text\": \"v-{{ env.GCTF_VALUE }}\" }\n\n";
    let stream = "--- REQUEST ---\n{ \"text\": \"$a\\\\EOF\" }\n{ \"text\": \"b\" }\n\n";
    let stream_of_environment = "--- REQUEST ---\n{ \"text\": \"$a\\\\{{ env.GCTF_WORD }}\" }\n{ \"text\": \"b\" }\n\n";
    let proto = "--- PROTO ---\nfiles: service.proto\n\n";
    let options = "--- OPTIONS ---\ntimeout: 20\nemit_defaults: true\n\n";
    let asks = |request: &str, settings: &str| format!("{settings}{request}--- RESPONSE ---\n{{}}\n");
    for (at, (method, rest, answer)) in [
        ("One", asks(quoted, ""), "{ \"text\": \"quoted\" }"),
        ("One", asks(quoted, tls), "{ \"text\": \"quoted\" }"),
        (
            "One",
            asks(of_environment, proto),
            "{ \"text\": \"from the environment\" }",
        ),
        ("Up", asks(stream, tls), "{ \"text\": \"both\" }"),
        ("Up", asks(stream_of_environment, ""), "{ \"text\": \"both\" }"),
        (
            "One",
            asks(of_environment, options),
            "{ \"text\": \"from the environment\", \"number\": \"0\", \"token\": \"\", \"tags\": [ ] }",
        ),
        ("Down", asks("", ""), "{ \"text\": \"M1\" } { \"text\": \"M2\" }"),
    ]
    .into_iter()
    .enumerate()
    {
        let uri = open(
            &mut editor,
            &servers,
            &format!("{at}.gctf"),
            &document(port, method, &rest),
        );
        let copied = editor.command("gctf.copyAsGrpcurl", json!({ "uri": uri }));
        let command = copied["result"]["text"].as_str().unwrap_or_else(|| panic!("{copied}"));
        let script = command.replacen("grpcurl ", &format!("'{}' ", grpcurl.display()), 1);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &script])
            .env("GCTF_VALUE", "1")
            .env("GCTF_WORD", "EOF");
        let output = shell.output().expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text, answer, "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
