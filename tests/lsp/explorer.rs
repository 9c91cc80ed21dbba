//! What a client with a view of tests hears: which tests there are, and each step of a run.

use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};

const PROTO: &str = "syntax = \"proto3\"; package t; message M { string text = 1; int32 number = 2; }
service S { rpc One(M) returns (M); rpc Down(M) returns (stream M); rpc Never(M) returns (M); }";

const STUBS: &str = r#"
- { service: t.S, method: One, input: { equals: { text: a } }, output: { data: { text: A } } }
- { service: t.S, method: One, input: { equals: { text: b } }, output: { data: { text: B } } }
- { service: t.S, method: Down, output: { stream: [ { text: M1 }, { text: M2 }, { text: M3 } ] } }
- { service: t.S, method: Never, output: { data: {}, delay: 1h } }
"#;

fn explorer(servers: &Servers) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["experimental"] = json!({ "gctf": { "runEvents": true, "tests": true } });
    Editor::with_capabilities(servers.path(), capabilities)
}

fn one(port: u16, text: &str, expected: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n--- ENDPOINT ---\nt.S/One\n--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n--- RESPONSE ---\n{{ \"text\": \"{expected}\" }}\n"
    )
}

/// The steps of the run with this number so far, without number and time, `message` texts as they are.
fn steps(editor: &Editor, run: &Value) -> Vec<Value> {
    let told = editor.asked("gctf/runEvent").into_iter();
    let of_run = told.map(|step| &step["params"]).filter(|step| step["runId"] == *run);
    let mut steps: Vec<_> = of_run.cloned().collect();
    for (at, step) in steps.iter_mut().enumerate() {
        assert_eq!(step["seq"], json!(at), "{step}");
        let step = step.as_object_mut().expect("an object");
        for name in ["seq", "runId", "uri"] {
            step.remove(name);
        }
        for name in ["durationMs", "elapsedMs"] {
            let time = step.remove(name);
            assert!(time.is_none_or(|time| time.is_u64()));
        }
    }
    steps
}

/// All steps of the run that a command starts.
fn run(editor: &mut Editor, command: &str, argument: Value) -> Vec<Value> {
    let answer = editor.command(command, argument);
    assert!(answer.get("error").is_none(), "{answer}");
    let id = answer["result"]["runId"].clone();
    finished(editor, &id)
}

fn finished(editor: &mut Editor, id: &Value) -> Vec<Value> {
    let last = |step: &Value| step["params"]["runId"] == *id && step["params"]["kind"] == json!("finished");
    editor.wait(|editor| editor.heard.iter().any(last));
    steps(editor, id)
}

/// The tests of a file as the client was told last.
fn listed(editor: &Editor, uri: &str) -> Option<Value> {
    let told = editor.asked("gctf/tests").into_iter().rev();
    let mut of_file = told.filter(|told| told["params"]["uri"] == json!(uri));
    of_file.next().map(|told| told["params"]["tests"].clone())
}

/// Waits for a list of so many tests; it.
fn wait_for_tests(editor: &mut Editor, uri: &str, count: usize) -> Value {
    let has = |tests: Option<Value>| tests.is_some_and(|tests| tests.as_array().map_or(0, Vec::len) == count);
    editor.wait(|editor| has(listed(editor, uri)));
    listed(editor, uri).expect("it is there")
}

fn kinds(steps: &[Value]) -> Vec<String> {
    let kind = |step: &Value| step["kind"].as_str().unwrap_or_default().to_owned();
    let outcome = |step: &Value| {
        step["outcome"]
            .as_str()
            .map_or(String::new(), |outcome| format!(" {outcome}"))
    };
    let row = |step: &Value| step["row"].as_u64().map_or(String::new(), |row| format!(" row {row}"));
    steps
        .iter()
        .map(|step| kind(step) + &row(step) + &outcome(step))
        .collect()
}

#[test]
fn a_failing_test_step_by_step() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = explorer(&servers);
    let uri = editor.open_text(&servers.path().join("a.gctf"), &one(port, "a", "B"));
    let tests = wait_for_tests(&mut editor, &uri, 1);
    let test = tests[0]["test"].clone();
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 7, "character": 15 } });
    assert_eq!(tests, json!([{ "test": test, "label": "t.S/One", "range": range }]));
    let told = run(&mut editor, "gctf.run", json!({ "uri": uri, "test": test }));
    let failing = json!({ "start": { "line": 7, "character": 10 }, "end": { "line": 7, "character": 13 } });
    assert_eq!(
        told,
        [
            json!({ "kind": "started",
                "items": [{ "uri": uri, "test": test, "label": "t.S/One", "range": range }] }),
            json!({ "kind": "documentStarted", "test": test }),
            json!({ "kind": "message", "test": test, "number": 1, "json": "{\"text\":\"A\"}" }),
            json!({ "kind": "documentFinished", "test": test, "outcome": "failed", "failures": [
                { "message": "got \"A\", expected \"B\"", "range": failing, "expected": "\"B\"", "actual": "\"A\"" }] }),
            json!({ "kind": "finished", "passed": 0, "failed": 1, "skipped": 0, "cancelled": 0 }),
        ]
    );
    // The view says it: no message box.
    assert!(editor.asked("window/showMessage").is_empty());
}

#[test]
fn ids_survive_edits_elsewhere() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = explorer(&servers);
    let two = format!("{}{}", one(port, "a", "A"), one(port, "b", "B"));
    let uri = editor.open_text(&servers.path().join("a.gctf"), &two);
    let before = wait_for_tests(&mut editor, &uri, 2);
    editor.replace(&uri, "\"a\"", "\"aaa\"");
    editor.edit(&uri, 0..0, "# a line\n--- META ---\nname: x\n");
    editor.wait(|editor| listed(editor, &uri).is_some_and(|now| now != before));
    let after = listed(&editor, &uri).expect("a list");
    assert_eq!(after[0]["test"], before[0]["test"]);
    assert_eq!(after[1]["test"], before[1]["test"]);
    assert_ne!(after[1]["range"], before[1]["range"]);
    let told = run(
        &mut editor,
        "gctf.run",
        json!({ "uri": uri, "test": before[1]["test"] }),
    );
    assert_eq!(told[3]["outcome"], json!("passed"), "{told:?}");

    // One that is gone is not guessed at.
    editor.replace(&uri, "t.S/One", "t.S/Two");
    editor.replace(&uri, "t.S/One", "t.S/Three");
    let answer = editor.command("gctf.run", json!({ "uri": uri, "test": before[1]["test"] }));
    let said = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(said.starts_with("test moved"), "{answer}");
    // A position helps out.
    let line = editor.at(&uri, "t.S/Three", 0)["position"].clone();
    let item = json!({ "uri": uri, "test": before[1]["test"], "position": line });
    assert!(editor.command("gctf.run", item)["result"]["runId"].is_u64());
}

#[test]
fn rows_one_by_one() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = explorer(&servers);
    let rows = "--- DATASET ---\n- { in: a, out: A }\n- { in: b, out: B }\n- { in: a, out: B }\n";
    let test = one(port, "{{dataset.in}}", "{{dataset.out}}");
    let uri = editor.open_text(&servers.path().join("a.gctf"), &format!("{rows}{test}"));
    let tests = wait_for_tests(&mut editor, &uri, 1);
    assert_eq!(
        tests[0]["rows"],
        json!(["[row=0 in=a out=A]", "[row=1 in=b out=B]", "[row=2 in=a out=B]"])
    );
    let all = run(&mut editor, "gctf.run", json!({ "uri": uri }));
    let without_messages =
        |steps: &[Value]| -> Vec<String> { kinds(steps).into_iter().filter(|kind| kind != "message").collect() };
    assert_eq!(
        without_messages(&all),
        [
            "started",
            "documentStarted row 0",
            "documentFinished row 0 passed",
            "documentStarted row 1",
            "documentFinished row 1 passed",
            "documentStarted row 2",
            "documentFinished row 2 failed",
            "finished",
        ]
    );
    let item = |row: usize| json!({ "uri": uri, "test": tests[0]["test"], "row": row });
    let one = run(&mut editor, "gctf.run", item(1));
    assert_eq!(
        without_messages(&one),
        [
            "started",
            "documentStarted row 1",
            "documentFinished row 1 passed",
            "finished"
        ]
    );
    let two = run(&mut editor, "gctf.run", json!({ "items": [item(2), item(0)] }));
    assert_eq!(
        two.last().map(|last| (&last["passed"], &last["failed"])),
        Some((&json!(1), &json!(1)))
    );
    let answer = editor.command("gctf.run", item(3));
    assert_eq!(
        answer["error"]["message"],
        json!("test moved: the file has no row 3 any more")
    );
}

#[test]
fn folders_and_what_failed_in_them() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let folder = servers.path().to_owned();
    std::fs::create_dir(folder.join("sub")).expect("a folder");
    let passing = servers.write("good.gctf", &one(port, "a", "A"));
    let failing = servers.write("sub/bad.gctf", &one(port, "a", "B"));
    servers.write("sub/_setup.gctf", &one(port, "b", "B"));
    servers.write("sub/words.gctf", "# no call\n");
    let mut editor = explorer(&servers);
    // The buffer counts where there is one.
    let opened = editor.open_text(&folder.join("open.gctf"), &one(port, "b", "A"));
    let outcomes = |steps: &[Value]| -> Vec<String> {
        let mut found: Vec<_> = kinds(steps)
            .into_iter()
            .filter(|kind| kind.starts_with("documentFinished"))
            .collect();
        found.sort();
        found
    };
    let passed = "documentFinished passed".to_owned();
    let failed = "documentFinished failed".to_owned();
    let all = run(&mut editor, "gctf.runAll", Value::Null);
    assert_eq!(outcomes(&all), [failed.clone(), failed.clone(), passed]);
    let sub = run(&mut editor, "gctf.runAll", json!({ "uri": uri(&folder.join("sub")) }));
    assert_eq!(outcomes(&sub), std::slice::from_ref(&failed));
    let again = run(&mut editor, "gctf.runFailed", Value::Null);
    assert_eq!(outcomes(&again), [failed.clone(), failed.clone()]);
    editor.replace(&opened, "\"A\"", "\"B\"");
    run(&mut editor, "gctf.run", json!({ "uri": opened }));
    let last = run(&mut editor, "gctf.runFailed", Value::Null);
    assert_eq!(outcomes(&last), [failed]);
    assert_eq!(last[0]["items"][0]["uri"], json!(uri(&failing)));
    std::fs::write(&failing, one(port, "a", "A")).expect("it is written");
    run(
        &mut editor,
        "gctf.runFailed",
        json!({ "uri": uri(&folder.join("sub")) }),
    );
    let answer = editor.command("gctf.runFailed", Value::Null);
    assert_eq!(answer["error"]["message"], json!("nothing to run: no test has failed"));
    let none = run(
        &mut editor,
        "gctf.runAll",
        json!({ "uri": uri(&folder.join("nowhere")) }),
    );
    assert_eq!(kinds(&none), ["started", "finished"]);

    let lists = editor.command("gctf.listTests", Value::Null);
    let files = lists["result"].as_array().expect("a list");
    let mut counts: Vec<_> = files
        .iter()
        .map(|file| (file["uri"].clone(), file["tests"].as_array().map_or(0, Vec::len)))
        .collect();
    counts.sort_by_key(|(uri, _)| uri.to_string());
    let expected = [
        (uri(&passing), 1),
        (opened, 1),
        (uri(&folder.join("sub/_setup.gctf")), 1),
        (uri(&failing), 1),
        (uri(&folder.join("sub/words.gctf")), 0),
    ];
    assert_eq!(counts, expected.map(|(uri, count)| (json!(uri), count)));
    let some = editor.command("gctf.listTests", json!({ "uris": [uri(&passing)] }));
    assert_eq!(some["result"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_cancelled_and_what_never_ran() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = explorer(&servers);
    let never = one(port, "a", "A").replace("One", "Never");
    let text = format!("{never}{}", one(port, "b", "B"));
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    let answer = editor.command("gctf.run", json!({ "uri": uri }));
    let id = answer["result"]["runId"].clone();
    let started = |editor: &Editor| steps(editor, &id).len() > 1;
    editor.wait(started);
    assert_eq!(
        editor.command("gctf.cancel", json!({ "uri": uri }))["result"],
        json!({ "cancelled": 1 })
    );
    assert_eq!(
        kinds(&finished(&mut editor, &id)),
        [
            "started",
            "documentStarted",
            "documentFinished cancelled",
            "documentFinished cancelled",
            "finished"
        ]
    );
    // A document that is refused tells so, and what follows it is skipped.
    editor.replace(&uri, "t.S/Never", "t.S/Nothing");
    let told = run(&mut editor, "gctf.run", json!({ "uri": uri }));
    assert_eq!(
        kinds(&told),
        [
            "started",
            "documentStarted",
            "documentFinished error",
            "documentStarted",
            "documentFinished skipped",
            "finished"
        ]
    );
}

#[test]
fn files_that_are_not_open_are_listed_as_they_change() {
    let servers = Servers::new();
    let path = servers.write("a.gctf", &one(1, "a", "A"));
    let mut editor = explorer(&servers);
    let change = json!({ "changes": [{ "uri": uri(&path), "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", change.clone());
    wait_for_tests(&mut editor, &uri(&path), 1);
    std::fs::remove_file(&path).expect("it is removed");
    editor.notify("workspace/didChangeWatchedFiles", change);
    wait_for_tests(&mut editor, &uri(&path), 0);

    // Closed without being saved, the disk counts again.
    std::fs::write(&path, one(1, "a", "A")).expect("it is written");
    let opened = editor.open(&path);
    wait_for_tests(&mut editor, &opened, 1);
    let more = one(1, "b", "B");
    editor.edit(&opened, 0..0, &more);
    wait_for_tests(&mut editor, &opened, 2);
    editor.close(&opened);
    wait_for_tests(&mut editor, &opened, 1);
}

#[test]
fn nothing_is_told_that_was_not_announced() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &one(port, "a", "A"));
    editor.command("gctf.run", json!({ "uri": uri }));
    editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run · ✓"));
    let own = |message: &&Value| {
        message["method"]
            .as_str()
            .is_some_and(|method| method.starts_with("gctf/"))
    };
    assert_eq!(editor.heard.iter().find(own), None);
}
