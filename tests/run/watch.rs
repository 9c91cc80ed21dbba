//! `--watch`: runs again what has changed.
#![cfg(unix)]

use super::suites::{OK, Suite};
use crate::support::{command, gctf, stderr};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A `gctf run --watch` with what it has printed so far.
struct Watching {
    process: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = command(folder, &[&["run", "--watch", "-j", "1"], arguments].concat())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let output = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // The test may have failed already.
                let _ = sender.send(line);
            }
        });
        Self { process, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(300)).expect("a line")
    }

    /// The next run's tests and totals, up to where it waits.
    fn run(&self) -> String {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if line.starts_with("watching") {
                return lines.join("\n");
            }
            if line.starts_with(['✓', '✗', '○']) || line.contains(" passed, ") {
                lines.push(line.split(" (").next().unwrap_or(&line).to_owned());
            }
        }
    }

    /// Reads runs up to one that is `expected`.
    fn run_until(&self, expected: &str) {
        while self.run() != expected {}
    }

    fn interrupt(&mut self) -> Option<i32> {
        let sent = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status();
        assert!(sent.expect("kill starts").success());
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const OK_REQUEST: &str = "{ \"text\": \"ok\" }";

/// Writes a test elsewhere and renames it over `name`, as many editors save: it is never there in part.
fn save(suite: &Suite, name: &str, rest: &str) {
    let folder = suite.servers.path();
    suite.test("saved.tmp", "", OK_REQUEST, rest);
    std::fs::rename(folder.join("saved.tmp"), folder.join(name)).expect("a rename");
}

#[test]
fn what_has_changed_runs_again() {
    let suite = Suite::new();
    suite.test("tests/a.gctf", "", OK_REQUEST, OK);
    suite.test("tests/b.gctf", "", OK_REQUEST, OK);
    let folder = suite.servers.path().to_owned();
    let mut watching = Watching::start(&folder, &["tests"]);
    assert_eq!(watching.run(), "✓ tests/a.gctf\n✓ tests/b.gctf\n2 passed, 0 failed");

    save(&suite, "tests/b.gctf", "--- RESPONSE ---\n{ \"text\": \"NO\" }\n");
    assert_eq!(watching.run(), "✗ tests/b.gctf\n0 passed, 1 failed");

    // Written in place: what is there in between may be seen too.
    suite.test("tests/b.gctf", "", OK_REQUEST, &format!("{OK}\n# new\n"));
    watching.run_until("✓ tests/b.gctf\n1 passed, 0 failed");

    // Moved away and written anew, as other editors do.
    std::fs::rename(folder.join("tests/a.gctf"), folder.join("tests/a.gctf~")).expect("a rename");
    save(&suite, "tests/a.gctf", &format!("{OK}\n# new\n"));
    watching.run_until("✓ tests/a.gctf\n1 passed, 0 failed");

    // What is no input is no reason to run; the new folder behind it is, with the test in it.
    std::fs::write(folder.join("tests/notes.txt"), "new").expect("a file");
    std::fs::create_dir(folder.join("tests/new")).expect("a folder");
    save(&suite, "tests/new/c.gctf", OK);
    assert_eq!(watching.run(), "✓ tests/new/c.gctf\n1 passed, 0 failed");

    save(&suite, "tests/_setup.gctf", OK);
    assert_eq!(
        watching.run(),
        "✓ tests/a.gctf\n✓ tests/b.gctf\n✓ tests/new/c.gctf\n3 passed, 0 failed"
    );
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn one_named_file_and_its_rows() {
    let suite = Suite::new();
    suite.test("a.gctf", "", "{ \"text\": \"{{ rows.word }}\" }", OK);
    suite.servers.write("rows.csv", "word\nok1\n");
    let folder = suite.servers.path().to_owned();
    let mut watching = Watching::start(&folder, &["a.gctf", "--data", "rows.csv"]);
    assert_eq!(watching.run(), "✓ a.gctf#[row=0 word=ok1]\n1 passed, 0 failed");
    // What cannot be used is told, and waited for to change.
    for text in ["word\n", "word\nok2\nok3\n"] {
        suite.servers.write("rows.tmp", text);
        std::fs::rename(folder.join("rows.tmp"), folder.join("rows.csv")).expect("a rename");
        if text == "word\n" {
            assert_eq!(watching.run(), "");
        }
    }
    assert_eq!(
        watching.run(),
        "✓ a.gctf#[row=0 word=ok2]\n✓ a.gctf#[row=1 word=ok3]\n2 passed, 0 failed"
    );
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn the_mock_is_served_anew() {
    let suite = Suite::new();
    // A port that nobody has.
    let (listener, port) = suite.servers.silent();
    drop(listener);
    let config =
        format!("[mock]\nlisten = \"127.0.0.1:{port}\"\nprotos = [\"service.proto\"]\nstubs = [\"stubs.yaml\"]\n");
    suite.servers.write("gctf.toml", &config);
    let text = format!("--- ADDRESS ---\n127.0.0.1:{port}\n\n--- ENDPOINT ---\ns.Shapes/One\n\n{OK}");
    suite.servers.write("a.gctf", &text);
    let stub = |text: &str| format!("- {{ service: Shapes, method: One, output: {{ data: {{ text: {text} }} }} }}\n");
    suite.servers.write("stubs.yaml", &stub("OK"));
    let mut watching = Watching::start(suite.servers.path(), &["--mock", ".", "a.gctf"]);
    assert_eq!(watching.run(), "✓ a.gctf\n1 passed, 0 failed");
    suite.servers.write("stubs.tmp", &stub("other"));
    std::fs::rename(
        suite.servers.path().join("stubs.tmp"),
        suite.servers.path().join("stubs.yaml"),
    )
    .expect("a rename");
    assert_eq!(watching.run(), "✗ a.gctf\n0 passed, 1 failed");
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn programs_read_one_run_after_the_other() {
    let suite = Suite::new();
    suite.test("a.gctf", "", OK_REQUEST, OK);
    let mut watching = Watching::start(suite.servers.path(), &["--report", "json", "a.gctf"]);
    let events = |watching: &Watching| {
        let mut kinds = Vec::new();
        while kinds.last().is_none_or(|kind| kind != "finished") {
            let event: serde_json::Value = serde_json::from_str(&watching.line()).expect("JSON");
            kinds.push(event["kind"].as_str().expect("a kind").to_owned());
        }
        kinds
    };
    let expected = ["started", "documentStarted", "documentFinished", "finished"];
    assert_eq!(events(&watching), expected);
    save(&suite, "a.gctf", &format!("{OK}\n# new\n"));
    assert_eq!(events(&watching), expected);
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn an_interrupted_run_is_no_success() {
    let suite = Suite::new();
    let (_listener, silent) = suite.servers.silent();
    suite.test("a.gctf", "", OK_REQUEST, OK);
    let text = format!("--- ADDRESS ---\nlocalhost:{silent}\n\n--- ENDPOINT ---\na.B/C\n\n{OK}");
    suite.servers.write("b.gctf", &text);
    let mut watching = Watching::start(suite.servers.path(), &["--timeout", "600", "a.gctf", "b.gctf"]);
    let first = watching.line();
    assert!(first.starts_with("✓ a.gctf"), "{first}");
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn what_does_not_go_with_watching() {
    let suite = Suite::new();
    suite.test("a.gctf", "", OK_REQUEST, OK);
    for (arguments, message) in [
        (
            &["--report", "junit=out.xml", "a.gctf"][..],
            "--watch excludes a JUnit report",
        ),
        (&["--update", "a.gctf"], "cannot be used with"),
        (&["none.gctf"], "none.gctf: no such file or folder"),
    ] {
        let output = gctf(suite.servers.path(), &[&["run", "--watch"], arguments].concat());
        let said = stderr(&output);
        assert!(said.contains(message), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
