#![allow(dead_code, unused_imports, reason = "benches use a part of it")]
//! A fake editor over the real binary's standard input and output: it keeps the texts, answers the server's
//! requests and remembers everything that it was told.

#[path = "wire.rs"]
mod wire;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
pub(crate) use wire::{framed, offset, position, uri};
use wire::{is_steady, read_message, show};

/// How long a test waits for something that never comes before it gives up; no verdict depends on it.
const GIVE_UP: Duration = Duration::from_secs(120);

/// An editor with one server.
pub(crate) struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next_id: u64,
    texts: BTreeMap<String, Text>,
    /// The last list of each file with the version that it speaks of.
    diagnostics: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    /// Every notification and request of the server, in order.
    pub(crate) heard: Vec<Value>,
    answers: BTreeMap<u64, Value>,
    pub(crate) capabilities: Value,
    /// Results of the server's requests by their method; `None` leaves them without an answer, others get null.
    pub(crate) replies: BTreeMap<&'static str, Option<Value>>,
    /// Where the server keeps what it remembers.
    pub(crate) state: PathBuf,
    _own_state: Option<tempfile::TempDir>,
    /// What the server writes to its standard error.
    log: Option<std::thread::JoinHandle<String>>,
}

struct Text {
    text: String,
    version: i64,
}

/// What a modern editor can do, positions in UTF-16.
pub(crate) fn full_capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": { "applyEdit": true, "codeLens": { "refreshSupport": true }, "workspaceFolders": true },
        "textDocument": {
            "codeLens": {},
            "completion": { "completionItem": { "snippetSupport": true, "labelDetailsSupport": true } },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "publishDiagnostics": { "relatedInformation": true, "versionSupport": true }
        }
    })
}

impl Editor {
    /// An editor of `folder` with everything a modern one can do.
    pub(crate) fn new(folder: &Path) -> Self {
        Self::with_capabilities(folder, full_capabilities())
    }

    pub(crate) fn with_capabilities(folder: &Path, capabilities: Value) -> Self {
        let mut editor = Self::spawn(folder);
        editor.initialize(folder, capabilities, Value::Null);
        editor
    }

    /// Exchanges the first messages; `options` are the `initializationOptions`.
    pub(crate) fn initialize(&mut self, folder: &Path, capabilities: Value, options: Value) {
        let folders = json!([{ "uri": uri(folder), "name": "test" }]);
        let params = json!({ "processId": null, "rootUri": uri(folder), "workspaceFolders": folders,
            "capabilities": capabilities, "initializationOptions": options });
        let result = self.request("initialize", params);
        self.capabilities = result["capabilities"].clone();
        self.notify("initialized", json!({}));
    }

    /// An editor that has not said a word yet.
    pub(crate) fn spawn(folder: &Path) -> Self {
        let state = tempfile::tempdir().expect("a folder");
        let mut editor = Self::remembering(folder, state.path());
        editor._own_state = Some(state);
        editor
    }

    /// The same with what is remembered in the folder `state`.
    pub(crate) fn remembering(folder: &Path, state: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gctf"));
        for name in [
            "ADDRESS",
            "TLS_CA_FILE",
            "TLS_CERT_FILE",
            "TLS_KEY_FILE",
            "TLS_SERVER_NAME",
        ] {
            command
                .env_remove(format!("GCTF_{name}"))
                .env_remove(format!("GRPCTESTIFY_{name}"));
        }
        let mut server = command
            .arg("lsp")
            // Files that name no address are not to meet whatever listens on the usual port.
            .env("GCTF_ADDRESS", "host.invalid:4770")
            .env("XDG_STATE_HOME", state)
            .env("XDG_CACHE_HOME", state)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let input = server.stdin.take();
        let output = BufReader::new(server.stdout.take().expect("stdout is piped"));
        let mut errors = server.stderr.take().expect("stderr is piped");
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            // What was read before an error is what there is.
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = output;
            while let Some(message) = read_message(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            server,
            input,
            messages,
            next_id: 1,
            texts: BTreeMap::new(),
            diagnostics: BTreeMap::new(),
            heard: Vec::new(),
            answers: BTreeMap::new(),
            capabilities: Value::Null,
            log: Some(log),
            replies: BTreeMap::new(),
            state: state.to_owned(),
            _own_state: None,
        }
    }

    /// Sends bytes as they are.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).expect("the server reads");
        input.flush().expect("the server reads");
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.send_raw(&framed(message));
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting for its answer; its number.
    pub(crate) fn start(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The whole answer to a request.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        self.wait(|editor| editor.answers.contains_key(&id));
        self.answers.remove(&id).expect("it has come")
    }

    pub(crate) fn has_answer(&mut self, id: u64) -> bool {
        while let Ok(message) = self.messages.try_recv() {
            self.hear(message);
        }
        self.answers.contains_key(&id)
    }

    /// The result of a request that has to succeed.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.start(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Reads messages until `done`.
    pub(crate) fn wait(&mut self, mut done: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            match self.messages.recv_timeout(GIVE_UP.saturating_sub(start.elapsed())) {
                Ok(message) => self.hear(message),
                Err(error) => panic!("nothing more comes ({error}); heard {:#?}", self.heard),
            }
        }
    }

    fn hear(&mut self, message: Value) {
        let id = message.get("id").cloned();
        match (message.get("method").and_then(Value::as_str), id) {
            (Some("workspace/applyEdit"), Some(id)) => {
                self.apply(&message["params"]["edit"]);
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": { "applied": true } }));
                self.heard.push(message);
            }
            (Some(method), Some(id)) => {
                let result = self.replies.get(method).cloned().unwrap_or(Some(Value::Null));
                if let Some(result) = result {
                    self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
                }
                self.heard.push(message);
            }
            (Some("textDocument/publishDiagnostics"), None) => {
                let params = &message["params"];
                let key = params["uri"].as_str().unwrap_or_default().to_owned();
                let list = params["diagnostics"].as_array().cloned().unwrap_or_default();
                self.diagnostics.insert(key, (params["version"].as_i64(), list));
                self.heard.push(message);
            }
            (Some(_), None) => self.heard.push(message),
            (None, Some(id)) => {
                if let Some(id) = id.as_u64() {
                    self.answers.insert(id, message);
                } else {
                    self.heard.push(message);
                }
            }
            (None, None) => {}
        }
    }

    /// What the server has asked by `method`, in order.
    pub(crate) fn asked(&self, method: &str) -> Vec<&Value> {
        let heard = self.heard.iter();
        heard.filter(|message| message["method"] == json!(method)).collect()
    }

    /// Answers the last request of the server by `method`, once it has come.
    pub(crate) fn reply(&mut self, method: &str, result: Value) {
        self.wait(|editor| !editor.asked(method).is_empty());
        let id = self.asked(method).last().map(|message| message["id"].clone());
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    /// The whole answer to a command.
    pub(crate) fn command(&mut self, command: &str, argument: Value) -> Value {
        let id = self.start(
            "workspace/executeCommand",
            json!({ "command": command, "arguments": [argument] }),
        );
        self.answer(id)
    }

    pub(crate) fn open(&mut self, path: &Path) -> String {
        let text = std::fs::read_to_string(path).expect("the file is there");
        self.open_text(path, &text)
    }

    /// Opens a file with a text that need not be on the disk; its URI.
    pub(crate) fn open_text(&mut self, path: &Path, text: &str) -> String {
        let uri = uri(path);
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "gctf", "version": 1, "text": text } }),
        );
        let text = Text {
            text: text.to_owned(),
            version: 1,
        };
        self.texts.insert(uri.clone(), text);
        uri
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.texts.remove(uri);
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    pub(crate) fn text(&self, uri: &str) -> &str {
        &self.texts[uri].text
    }

    /// Replaces the first `old` by `new`, as one incremental change.
    pub(crate) fn replace(&mut self, uri: &str, old: &str, new: &str) {
        let at = self.texts[uri].text.find(old).unwrap_or_else(|| panic!("no {old:?}"));
        self.edit(uri, at..at + old.len(), new);
    }

    /// Replaces bytes, as one incremental change.
    pub(crate) fn edit(&mut self, uri: &str, range: std::ops::Range<usize>, new: &str) {
        let text = self.texts.get_mut(uri).expect("the file is open");
        let lsp_range = json!({ "start": position(&text.text, range.start), "end": position(&text.text, range.end) });
        text.text.replace_range(range, new);
        text.version += 1;
        let version = text.version;
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": [{ "range": lsp_range, "text": new }]
            }),
        );
    }

    /// Carries out a workspace edit.
    pub(crate) fn apply(&mut self, edit: &Value) {
        let changes = edit["changes"].as_object().cloned().unwrap_or_default();
        let versioned = edit["documentChanges"].as_array().cloned().unwrap_or_default();
        let versioned = versioned.iter().map(|change| {
            let uri = change["textDocument"]["uri"].as_str().unwrap_or_default().to_owned();
            (uri, change["edits"].clone())
        });
        for (uri, edits) in changes.into_iter().chain(versioned) {
            let text = self.text(&uri).to_owned();
            let edits = edits.as_array().cloned().unwrap_or_default();
            // From the last to the first, so that the places of the others stay.
            for edit in edits.iter().rev() {
                let range = offset(&text, &edit["range"]["start"])..offset(&text, &edit["range"]["end"]);
                self.edit(&uri, range, edit["newText"].as_str().unwrap_or_default());
            }
        }
    }

    /// The position of the first `mark` in the file, moved right by `by` bytes.
    pub(crate) fn at(&self, uri: &str, mark: &str, by: usize) -> Value {
        let text = self.text(uri);
        let at = text.find(mark).unwrap_or_else(|| panic!("no {mark:?}"));
        json!({ "textDocument": { "uri": uri }, "position": position(text, at + by) })
    }

    /// Waits until the list of the file as it is now satisfies `wanted`; the list.
    pub(crate) fn diagnostics(&mut self, uri: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let version = self.texts[uri].version;
        self.wait(|editor| {
            let known = editor.diagnostics.get(uri);
            known.is_some_and(|(of, list)| of.is_none_or(|of| of <= version) && wanted(list))
        });
        self.diagnostics[uri].1.clone()
    }

    /// Waits until the findings of the text as it is now have been published.
    pub(crate) fn published(&mut self, uri: &str) {
        let version = self.texts[uri].version;
        self.wait(|editor| editor.diagnostics.get(uri).is_some_and(|(of, _)| *of == Some(version)));
    }

    /// `line:column text severity code message` of each finding of the file as it is now.
    pub(crate) fn shown(&self, uri: &str) -> Vec<String> {
        let text = self.text(uri);
        let found = self
            .diagnostics
            .get(uri)
            .map(|(_, list)| list.as_slice())
            .unwrap_or_default();
        found.iter().map(|found| show(text, found)).collect()
    }

    /// `title` of each lens with the number of its line.
    pub(crate) fn lenses(&mut self, uri: &str) -> Vec<String> {
        let lenses = self.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
        let lenses = lenses.as_array().cloned().unwrap_or_default();
        lenses
            .iter()
            .map(|lens| {
                let title = lens["command"]["title"].as_str().unwrap_or_default();
                format!("{} {title}", lens["range"]["start"]["line"])
            })
            .collect()
    }

    /// Presses the lens at `index` of those that do not come and go with outcomes and rows.
    pub(crate) fn press(&mut self, uri: &str, index: usize) -> Value {
        self.press_where(uri, |titles| {
            let mut steady = titles.iter().enumerate().filter(|(_, title)| is_steady(title));
            steady.nth(index).expect("a lens").0
        })
    }

    /// Presses the first lens with this title.
    pub(crate) fn press_titled(&mut self, uri: &str, title: &str) -> Value {
        self.press_where(uri, |titles| {
            titles.iter().position(|other| other == title).expect("a lens")
        })
    }

    fn press_where(&mut self, uri: &str, choose: impl Fn(&[String]) -> usize) -> Value {
        let lenses = self.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
        let lenses = lenses.as_array().cloned().unwrap_or_default();
        let title = |lens: &Value| lens["command"]["title"].as_str().unwrap_or_default().to_owned();
        let titles: Vec<_> = lenses.iter().map(title).collect();
        let command = lenses[choose(&titles)]["command"].clone();
        self.request(
            "workspace/executeCommand",
            json!({ "command": command["command"], "arguments": command["arguments"] }),
        )
    }

    /// Waits until the lens at `index`, counted as for `press`, has a title that satisfies `wanted`; the title.
    pub(crate) fn lens_becomes(&mut self, uri: &str, index: usize, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let lenses = self.lenses(uri);
            let titles = lenses
                .iter()
                .filter_map(|lens| Some(lens.split_once(' ')?.1.to_owned()));
            let title = titles.filter(|title| is_steady(title)).nth(index);
            match title {
                Some(title) if wanted(&title) => return title,
                title => assert!(start.elapsed() < GIVE_UP, "the lens stays {title:?}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The labels that are offered at a place, until the list is complete.
    pub(crate) fn complete(&mut self, place: &Value) -> Vec<Value> {
        let start = Instant::now();
        loop {
            let list = self.request("textDocument/completion", place.clone());
            if list["isIncomplete"] == json!(false) || start.elapsed() > GIVE_UP {
                return list["items"].as_array().cloned().unwrap_or_default();
            }
        }
    }

    /// Takes `text` for the file's, after changes that were sent by hand.
    pub(crate) fn adopt(&mut self, uri: &str, text: &str, version: i64) {
        let text = Text {
            text: text.to_owned(),
            version,
        };
        self.texts.insert(uri.to_owned(), text);
    }

    /// How much of the server is resident (`VmRSS`), or was at the most (`VmHWM`), in bytes; 0 where the system does
    /// not tell.
    pub(crate) fn memory(&self, which: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(which));
        let kilobytes = line.and_then(|line| {
            line.trim_start_matches(':')
                .trim()
                .strip_suffix("kB")?
                .trim()
                .parse::<u64>()
                .ok()
        });
        kilobytes.unwrap_or(0) << 10
    }

    /// The exit code of a server that is about to end.
    pub(crate) fn exit_code(mut self) -> Option<i32> {
        let code = self.server.wait().expect("the server ends").code();
        let log = self
            .log
            .take()
            .map(|log| log.join().expect("the log is read"))
            .unwrap_or_default();
        assert!(!log.contains("panicked"), "{log}");
        code
    }

    /// Ends in order; the exit code.
    pub(crate) fn shut_down(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.exit_code()
    }

    /// Closes the input and waits; the exit code.
    pub(crate) fn hang_up(mut self) -> Option<i32> {
        self.input = None;
        self.exit_code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.input = None;
        // It has ended, or is ended now.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
