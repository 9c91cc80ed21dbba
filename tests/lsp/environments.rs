//! Environments: which one is active, what a run takes from it, what is never shown.

use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};

const ASK: &str = "window/showMessageRequest";
const SELECT: &str = "gctf.selectEnvironment";
const PROTO: &str = "syntax = \"proto3\"; package t; service S { rpc Get(M) returns (M); } \
                     message M { string text = 1; string place = 2; }";
const STUBS: &str = "
- service: t.S
  method: Get
  input: { equals: { text: staging-value-1 } }
  output: { data: { text: seen staging-value-1, place: first } }
- service: t.S
  method: Get
  input: { equals: { text: prod-value-2 } }
  output: { data: { text: seen prod-value-2, place: second } }
";

fn call(port: u16) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nt.S/Get\n\n--- REQUEST ---\n{{\"text\": \"{{{{ env.GCTF_TEST_PLACE }}}}\"}}\n\n--- ASSERTS ---\n.text == .place\n"
    )
}

/// Two environments, declared in a `gctf.toml`.
fn declared() -> (Servers, u16, gctf_lsp::mock::RunningMock) {
    let servers = Servers::new();
    let (mock, port) = servers.of(PROTO, STUBS, None);
    servers.write("staging.env", "GCTF_TEST_PLACE=staging-value-1\n");
    servers.write("prod.env", "GCTF_TEST_PLACE=prod-value-2\n");
    servers.write(
        "gctf.toml",
        "[environments]\nstaging = 'staging.env'\nprod = 'prod.env'\ngone = 'gone.env'\n",
    );
    (servers, port, mock)
}

fn editor(servers: &Servers, options: Value) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["window"]["showDocument"] = json!({ "support": true });
    capabilities["experimental"] = json!({ "serverStatusNotification": true });
    let mut editor = Editor::spawn(servers.path());
    editor.initialize(servers.path(), capabilities, options);
    editor
}

/// The titles of what can be done at the start of a file.
pub(super) fn actions(editor: &mut Editor, file: &str) -> Vec<String> {
    let start = json!({ "line": 0, "character": 0 });
    let ask = json!({ "textDocument": { "uri": file }, "range": { "start": start, "end": start },
        "context": { "diagnostics": [], "only": ["gctf"] } });
    let actions = editor.request("textDocument/codeAction", ask);
    let actions = actions.as_array().cloned().unwrap_or_default().into_iter();
    actions
        .map(|action| action["title"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn is_unset(list: &[Value]) -> bool {
    list.iter().any(|found| found["code"] == json!("G229"))
}

fn status_becomes(editor: &mut Editor, wanted: &str) {
    editor.wait(|editor| {
        let told = editor.asked("experimental/serverStatus");
        told.last()
            .is_some_and(|message| message["params"]["message"] == json!(wanted))
    });
}

/// Runs the document and takes the finding that its line of ASSERTS has got.
fn run(editor: &mut Editor, file: &str) -> String {
    editor.press(file, 0);
    editor.lens_becomes(file, 0, |title| title.starts_with("▶ Run · ✗"));
    editor.diagnostics(file, |list| {
        list.iter().any(|found| found["source"] == json!("gctf run"))
    });
    editor.shown(file).join("\n")
}

/// The text that shows what came.
fn response(editor: &mut Editor, file: &str) -> String {
    let before = editor.asked("window/showDocument").len();
    editor.command("gctf.showResponse", json!({ "uri": file }));
    super::shown_text(editor, before)
}

#[test]
fn the_choice_decides_on_what_is_sent_and_what_is_known() {
    let (servers, port, _mock) = declared();
    let mut editor = editor(&servers, Value::Null);
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(port));
    editor.diagnostics(&file, is_unset);
    assert!(actions(&mut editor, &file).contains(&"Select environment".to_owned()));
    let chosen = editor.command(SELECT, json!({ "uri": file, "name": "staging" }));
    assert_eq!(chosen["result"], json!({ "name": "staging" }));
    editor.diagnostics(&file, |list| !is_unset(list));
    status_becomes(&mut editor, "schema: reflection · environment: staging");
    let found = run(&mut editor, &file);
    assert!(found.contains("first") && !found.contains("staging-value"), "{found}");
    let text = response(&mut editor, &file);
    assert!(text.contains("\"seen ***\"") && text.contains("first"), "{text}");
    let place = editor.at(&file, "env.GCTF", 6);
    let hover = editor.request("textDocument/hover", place.clone());
    assert_eq!(
        hover["contents"]["value"],
        json!("A variable of the environment: set in the process or in the environment `staging`.")
    );
    let names = editor.complete(&place);
    assert!(
        names.iter().any(|item| item["label"] == json!("env.GCTF_TEST_PLACE")),
        "{names:?}"
    );
    assert!(!json!(names).to_string().contains("staging-value"), "{names:?}");

    // What the file says is read again for each run.
    servers.write("staging.env", "GCTF_TEST_PLACE=prod-value-2\n");
    let found = run_until(&mut editor, &file, "second");
    assert!(!found.contains("prod-value"), "{found}");
    editor.command(SELECT, json!({ "uri": file, "name": null }));
    editor.diagnostics(&file, is_unset);
    status_becomes(&mut editor, "schema: reflection");
    assert_eq!(editor.shut_down(), Some(0));
}

/// Runs the document until its finding says `wanted`.
fn run_until(editor: &mut Editor, file: &str, wanted: &str) -> String {
    editor.press(file, 0);
    editor.diagnostics(file, |list| json!(list).to_string().contains(wanted));
    editor.shown(file).join("\n")
}

#[test]
fn without_a_name_the_user_is_asked() {
    let (servers, port, _mock) = declared();
    let mut editor = editor(&servers, json!({ "environment": "staging" }));
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(port));
    // The setting holds as long as nobody chooses.
    status_becomes(&mut editor, "schema: reflection · environment: staging");
    for (answer, name) in [
        (json!(null), "staging"),
        (json!({ "title": "prod" }), "prod"),
        (json!(null), "prod"),
        (json!({ "title": "None" }), ""),
    ] {
        editor.replies.insert(ASK, Some(answer.clone()));
        let chosen = editor.command(SELECT, json!({ "uri": file }));
        assert_eq!(chosen["result"], json!({ "name": name }), "{answer}");
    }
    let asked = editor.asked(ASK)[0]["params"].clone();
    let titles = ["gone", "prod", "staging", "None"].map(|title| json!({ "title": title }));
    assert_eq!(asked["actions"], json!(titles));
    // None beats the setting.
    status_becomes(&mut editor, "schema: reflection");
    editor.diagnostics(&file, is_unset);
    // Nobody waits for an answer that does not come.
    editor.replies.insert(ASK, None);
    let open = editor.start(
        "workspace/executeCommand",
        json!({ "command": SELECT, "arguments": [{ "uri": file }] }),
    );
    editor.wait(|editor| editor.asked(ASK).len() == 5);
    assert!(!editor.lenses(&file).is_empty());
    assert!(!editor.has_answer(open));
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let (servers, port, _mock) = declared();
    let mut editor = editor(&servers, json!({ "trusted": false, "environment": "prod" }));
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(port));
    editor.diagnostics(&file, is_unset);
    let message = |answer: &Value| answer["error"]["message"].as_str().unwrap_or_default().to_owned();
    let refused = editor.command(SELECT, json!({ "uri": file, "name": "prod" }));
    assert_eq!(refused["error"]["code"], json!(-32803));
    assert_eq!(
        message(&refused),
        "no environment is read: the editor does not trust this workspace"
    );
    editor.notify("gctf/didChangeTrust", json!({ "trusted": true }));
    editor.diagnostics(&file, |list| !is_unset(list));
    let refused = editor.command(SELECT, json!({ "uri": file, "name": "stagin" }));
    assert_eq!(
        message(&refused),
        "no environment \"stagin\": there are gone, prod, staging; did you mean \"staging\"?"
    );
    // A file that is not there: the status says so, and nothing runs without what it was to bring.
    editor.command(SELECT, json!({ "uri": file, "name": "gone" }));
    editor.wait(|editor| {
        let told = editor.asked("experimental/serverStatus");
        told.last().is_some_and(|message| {
            let text = message["params"]["message"].as_str().unwrap_or_default();
            message["params"]["health"] == json!("warning")
                && text.contains("environment: gone")
                && text.contains("gone.env")
        })
    });
    let refused = editor.command("gctf.run", json!({ "uri": file }));
    assert!(
        message(&refused).starts_with("the environment \"gone\" cannot be read: "),
        "{refused}"
    );
    // It comes, and counts.
    let path = servers.write("gone.env", "GCTF_TEST_PLACE=staging-value-1\n");
    let change = json!({ "uri": uri(&path), "type": 1 });
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    status_becomes(&mut editor, "schema: reflection · environment: gone");
    assert!(run(&mut editor, &file).contains("first"));
    // Of a folder without environments there is nothing to choose.
    servers.write("gctf.toml", "");
    editor.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": uri(&servers.path().join("gctf.toml")), "type": 2 }] }),
    );
    status_becomes(&mut editor, "schema: reflection");
    assert!(!actions(&mut editor, &file).contains(&"Select environment".to_owned()));
    let refused = editor.command(SELECT, json!({ "uri": file }));
    assert!(message(&refused).starts_with("no environment is declared"), "{refused}");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_folder_declares_no_file_outside_of_it() {
    let servers = Servers::new();
    servers.write("outer.env", "GCTF_TEST_PLACE=staging-value-1\n");
    servers.write("inner/own.env", "GCTF_TEST_PLACE=prod-value-2\n");
    servers.write(
        "inner/gctf.toml",
        "[environments]\nouter = '../outer.env'\nown = 'own.env'\n",
    );
    let folder = servers.path().join("inner");
    let mut capabilities = full_capabilities();
    capabilities["experimental"] = json!({ "serverStatusNotification": true });
    let mut editor = Editor::spawn(&folder);
    editor.initialize(&folder, capabilities.clone(), Value::Null);
    let file = editor.open_text(&folder.join("a.gctf"), &call(1));
    let refused = editor.command(SELECT, json!({ "uri": file, "name": "outer" }));
    let message = refused["error"]["message"].as_str().unwrap_or_default();
    assert_eq!(message, "no environment \"outer\": there are own", "{refused}");
    let chosen = editor.command(SELECT, json!({ "uri": file, "name": "own" }));
    assert_eq!(chosen["result"], json!({ "name": "own" }));
    editor.shut_down();
    // The user may.
    let mut editor = Editor::spawn(&folder);
    let options = json!({ "environments": { "outer": servers.path().join("outer.env") } });
    editor.initialize(&folder, capabilities, options);
    let file = editor.open_text(&folder.join("a.gctf"), &call(1));
    let chosen = editor.command(SELECT, json!({ "uri": file, "name": "outer" }));
    assert_eq!(chosen["result"], json!({ "name": "outer" }));
    editor.shut_down();
}
