//! After a run: what came is shown, compared, accepted and recorded.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

const PROTO: &str = "syntax = \"proto3\"; package t; message M { string text = 1; int32 number = 2; string token = 3; }
service S { rpc One(M) returns (M); rpc Down(M) returns (stream M); rpc Slow(M) returns (stream M); }";

const STUBS: &str = r#"
- { service: t.S, method: One, input: { equals: { text: a } }, output: { data: { text: A, number: 1, token: hidden }, headers: { x-h: "1" } } }
- { service: t.S, method: One, input: { equals: { text: bad } }, output: { error: no such thing, code: 5 } }
- { service: t.S, method: Down, output: { stream: [ { text: M1 }, { text: M2 }, { text: M3 } ] } }
- { service: t.S, method: Slow, output: { stream: [ { text: M1 }, { text: M2 }, { text: M3, _gripmock: { delay: 1h } } ] } }
"#;

fn editor(servers: &Servers) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["window"]["showDocument"] = json!({ "support": true });
    capabilities["workspace"]["workspaceEdit"] =
        json!({ "documentChanges": true, "changeAnnotationSupport": { "groupsOnLabel": true } });
    capabilities["textDocument"]["codeAction"] = json!({ "disabledSupport": true });
    Editor::with_capabilities(servers.path(), capabilities)
}

fn call(port: u16, method: &str, text: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n--- ENDPOINT ---\nt.S/{method}\n--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n{rest}"
    )
}

fn open(editor: &mut Editor, servers: &Servers, text: &str) -> String {
    open_at(editor, &servers.path().join("a.gctf"), text)
}

fn open_at(editor: &mut Editor, path: &std::path::Path, text: &str) -> String {
    let uri = editor.open_text(path, text);
    // What is offered follows from the schema.
    let line = editor.at(&uri, "t.S/", 5);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while editor.request("textDocument/hover", line.clone()).is_null() {
        assert!(std::time::Instant::now() < deadline, "no schema comes");
    }
    uri
}

fn run(editor: &mut Editor, uri: &str) -> String {
    editor.press(uri, 0);
    editor.lens_becomes(uri, 0, |title| {
        title.starts_with("▶ Run · ✓") || title.starts_with("▶ Run · ✗")
    })
}

/// The text that a command shows.
fn shown(editor: &mut Editor, command: &str, argument: Value) -> (String, String) {
    let before = editor.asked("window/showDocument").len();
    let answer = editor.command(command, argument);
    assert_eq!(answer["result"], Value::Null, "{answer}");
    assert!(answer.get("error").is_none(), "{answer}");
    editor.wait(|editor| editor.asked("window/showDocument").len() > before);
    let uri = editor.asked("window/showDocument")[before]["params"]["uri"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let path = uri.trim_start_matches("file://").to_owned();
    (std::fs::read_to_string(&path).expect("a text"), path)
}

fn titles(editor: &mut Editor, uri: &str) -> Vec<String> {
    let lenses = editor.lenses(uri).into_iter();
    lenses
        .filter_map(|lens| Some(lens.split_once(' ')?.1.to_owned()))
        .collect()
}

/// The body of the last section.
fn last_section(text: &str) -> &str {
    text.rfind("\n--- ").map_or(text, |at| &text[at + 1..])
}

#[test]
fn what_came_is_shown_and_accepted() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers);
    let expected = "--- RESPONSE ---\n{\n  // who\n  \"text\": \"*\", // any\n  \"number\": 0x2\n}\n--- ASSERTS ---\n.number == 3\n";
    let uri = open(&mut editor, &servers, &call(port, "One", "a", expected));
    assert_eq!(titles(&mut editor, &uri), ["▶ Run"]);
    assert_eq!(run(&mut editor, &uri), "▶ Run · ✗ 2 of 2");
    assert_eq!(titles(&mut editor, &uri)[1..], ["Diff", "Response", "Accept actual"]);
    let (text, path) = shown(&mut editor, "gctf.showResponse", json!({ "uri": uri }));
    let read: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["status"], json!({ "code": "OK", "number": 0 }));
    assert_eq!(read["headers"]["x-h"], json!("1"));
    assert_eq!(read["messages"], json!([{ "text": "A", "number": 1, "token": "***" }]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "others can read it");
    }

    // A finding leads to the value in that text.
    let leads = |found: &&Value| {
        let message = found["message"].as_str().unwrap_or_default();
        found["relatedInformation"][0]["message"] == json!("the actual value") && message.starts_with("got 1,")
    };
    let found = editor.diagnostics(&uri, |list| list.iter().any(|found| leads(&found)));
    let place = &found.iter().find(leads).expect("one")["relatedInformation"][0]["location"];
    assert_eq!(place["uri"], json!(format!("file://{path}")));
    let line = text
        .lines()
        .nth(place["range"]["start"]["line"].as_u64().unwrap_or(0) as usize)
        .unwrap_or_default();
    let start = place["range"]["start"]["character"].as_u64().unwrap_or(0) as usize;
    assert_eq!(&line[start - "\"number\": ".len()..], "\"number\": 1,");

    // The header tells what came, the lines tell how they fared.
    let hover = editor.request("textDocument/hover", editor.at(&uri, "RESPONSE", 2));
    let markdown = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(markdown.starts_with("Last run: ✗ 2 of 2 · OK · "), "{markdown}");
    assert!(markdown.contains("\"number\": 1,\n  \"token\": \"***\""), "{markdown}");
    let end = json!({ "line": 99, "character": 0 });
    let whole =
        json!({ "textDocument": { "uri": uri }, "range": { "start": { "line": 0, "character": 0 }, "end": end } });
    let hints = editor.request("textDocument/inlayHint", whole);
    assert_eq!(hints[0]["label"], json!(" ✗ got 1, expected 3"));
    assert_eq!(hints[0]["position"], editor.at(&uri, ".number == 3", 12)["position"]);

    let (diff, _) = shown(&mut editor, "gctf.showDiff", json!({ "uri": uri }));
    assert!(
        diff.contains("-  \"number\": 0x2\n+  \"number\": 1") && diff.contains(".number == 3"),
        "{diff}"
    );

    let before = editor.text(&uri).to_owned();
    let answer = editor.command("gctf.acceptActual", json!({ "uri": uri }));
    assert_eq!(answer["result"], json!({ "applied": true }), "{answer}");
    let edit = &editor.asked("workspace/applyEdit")[0]["params"]["edit"];
    assert_eq!(edit["changeAnnotations"]["gctf"]["needsConfirmation"], json!(true));
    let accepted = before
        .replace("0x2\n", "1,\n  \"token\": \"*\"\n")
        .replace(".number == 3", ".number == 1");
    assert_eq!(editor.text(&uri), accepted);
    assert_eq!(titles(&mut editor, &uri), ["▶ Run · stale", "Response"]);
    assert!(run(&mut editor, &uri).starts_with("▶ Run · ✓"));
    assert_eq!(titles(&mut editor, &uri)[1..], ["Response"]);
    let answer = editor.command("gctf.acceptActual", json!({ "uri": uri }));
    assert_eq!(
        answer["error"]["message"],
        json!("it passed: there is nothing to accept")
    );
    let (same, _) = shown(
        &mut editor,
        "gctf.showDiff",
        json!({ "uri": uri, "against": "previous" }),
    );
    assert!(!same.contains("\"number\": 2"), "{same}");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_status_is_accepted_too() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers);
    let response = "--- RESPONSE ---\n{}\n";
    let uri = open(&mut editor, &servers, &call(port, "One", "bad", response));
    assert_eq!(run(&mut editor, &uri), "▶ Run · ✗ 1 of 1");
    editor.press_titled(&uri, "Accept actual");
    assert_eq!(
        last_section(editor.text(&uri)),
        "--- ERROR ---\n{\n  \"code\": \"NOT_FOUND\",\n  \"message\": \"no such thing\"\n}\n"
    );
    assert!(run(&mut editor, &uri).starts_with("▶ Run · ✓"));

    // Only what differs in an ERROR changes.
    editor.replace(&uri, "\"NOT_FOUND\"", "7 /* why */");
    editor.replace(&uri, "no such thing", "*");
    assert_eq!(run(&mut editor, &uri), "▶ Run · ✗ 1 of 1");
    editor.press_titled(&uri, "Accept actual");
    assert_eq!(
        last_section(editor.text(&uri)),
        "--- ERROR ---\n{\n  \"code\": 5 /* why */,\n  \"message\": \"*\"\n}\n"
    );
    assert!(run(&mut editor, &uri).starts_with("▶ Run · ✓"));

    // A message where an error was expected.
    editor.replace(&uri, "\"bad\"", "\"a\"");
    run(&mut editor, &uri);
    editor.press_titled(&uri, "Accept actual");
    assert_eq!(
        last_section(editor.text(&uri)),
        "--- RESPONSE ---\n{\n  \"text\": \"A\",\n  \"number\": 1,\n  \"token\": \"*\"\n}\n"
    );
    assert!(run(&mut editor, &uri).starts_with("▶ Run · ✓"));
}

#[test]
fn recording_fills_what_is_empty() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers);
    for (method, text, rest, expected) in [
        (
            "One",
            "a",
            "",
            "--- RESPONSE ---\n{\n  \"text\": \"A\",\n  \"number\": 1,\n  \"token\": \"*\"\n}",
        ),
        (
            "One",
            "bad",
            "--- RESPONSE ---\n",
            "--- ERROR ---\n{\n  \"code\": \"NOT_FOUND\",\n  \"message\": \"no such thing\"\n}",
        ),
        (
            "Down",
            "",
            "--- RESPONSE ---\n\n--- ASSERTS ---\n",
            "--- RESPONSE ---\n{\n  \"text\": \"M1\"\n}\n{\n  \"text\": \"M2\"\n}\n{\n  \"text\": \"M3\"\n}",
        ),
    ] {
        let path = servers.path().join(format!("{method}{text}.gctf"));
        let uri = open_at(&mut editor, &path, &call(port, method, text, rest));
        assert_eq!(titles(&mut editor, &uri), ["▶ Run", "● Record"], "{method} {text}");
        editor.press_titled(&uri, "● Record");
        editor.wait(|editor| editor.text(&uri).contains(expected) || editor.asked("window/showMessage").len() > 1);
        assert!(editor.text(&uri).contains(expected), "{}", editor.text(&uri));
        assert!(run(&mut editor, &uri).starts_with("▶ Run · ✓"), "{}", editor.text(&uri));
        let answer = editor.command("gctf.record", json!({ "uri": uri }));
        let said = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(said.starts_with("the document expects something already"), "{answer}");
    }
}

#[test]
fn a_stream_is_counted_shown_and_stopped() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers);
    let text = call(port, "Slow", "", "#[repeat(3)]\n--- RESPONSE partial ---\n{}\n")
        .replace("--- REQUEST", "--- OPTIONS ---\ntimeout: 7200\n--- REQUEST");
    let uri = open(&mut editor, &servers, &text);
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "■ Cancel · 2 of 3");
    assert_eq!(titles(&mut editor, &uri)[1..], ["Response"]);
    let (text, _) = shown(&mut editor, "gctf.showResponse", json!({ "uri": uri }));
    let read: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["messages"], json!([{ "text": "M1" }, { "text": "M2" }]));
    assert_eq!(read["status"], json!({ "code": "(open)" }));
    assert_eq!(editor.press(&uri, 0), json!({ "cancelled": 1 }));
    assert_eq!(titles(&mut editor, &uri), ["▶ Run · cancelled"]);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn menus_say_why_not() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers);
    let uri = open(&mut editor, &servers, &call(port, "One", "a", "--- RESPONSE ---\n{}\n"));
    let place = editor.at(&uri, "{}", 1)["position"].clone();
    let ask = |editor: &mut Editor| -> Vec<String> {
        let actions = editor.request(
            "textDocument/codeAction",
            json!({ "textDocument": { "uri": uri }, "range": { "start": place, "end": place },
                "context": { "diagnostics": [], "triggerKind": 1 } }),
        );
        let wanted = ["Accept actual response", "Show response", "Show differences"];
        let actions = actions.as_array().cloned().unwrap_or_default();
        let of_run = actions
            .into_iter()
            .filter(|action| wanted.contains(&action["title"].as_str().unwrap_or_default()));
        of_run
            .map(|action| match action["disabled"]["reason"].as_str() {
                Some(reason) => format!("{}: {reason}", action["title"].as_str().unwrap_or_default()),
                None => action["title"].as_str().unwrap_or_default().to_owned(),
            })
            .collect()
    };
    assert_eq!(
        ask(&mut editor),
        [
            "Accept actual response: run it first",
            "Show response: run it first",
            "Show differences: run it first"
        ]
    );
    run(&mut editor, &uri);
    assert_eq!(
        ask(&mut editor),
        ["Accept actual response", "Show differences", "Show response"]
    );
    editor.replace(&uri, "\"a\"", "\"b\"");
    let stale = "the text has changed since the run: run it again";
    assert_eq!(
        ask(&mut editor),
        [
            format!("Accept actual response: {stale}"),
            "Show response".to_owned(),
            format!("Show differences: {stale}")
        ]
    );
}
