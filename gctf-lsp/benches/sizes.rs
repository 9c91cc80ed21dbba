//! Large replies, long streams and long files: what they take, and how that grows when they double.
//!
//! `cargo bench -p gctf-lsp --bench sizes` prints figures, or those of the lines that contain its argument;
//! `benches/README.md` keeps them.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../../tests/support/editor.rs"]
mod editor;
#[path = "support/process.rs"]
mod process;
#[path = "../../tests/support/sized.rs"]
mod sized;

use editor::Editor;
use process::{Taken, best, megabytes, millis};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (port, counts) = runtime.block_on(sized::serve());
    let folder = tempfile::tempdir().expect("a folder");
    let bench = Bench {
        port,
        folder: folder.path().to_owned(),
        gctf: PathBuf::from(env!("CARGO_BIN_EXE_gctf")),
        only: std::env::args().skip(1).find(|argument| !argument.starts_with('-')),
    };
    println!(
        "{:<52} {:>10} {:>6} {:>9} {:>6}",
        "", "time", "ratio", "memory", "ratio"
    );
    replies(&bench);
    streams(&bench);
    requests(&bench);
    files(&bench);
    let (connections, reflections) = (counts.connections(), counts.reflections());
    println!("{connections} connections and {reflections} reflections, one of each for a run");
}

/// Where and on what the programs run.
struct Bench {
    port: u16,
    folder: PathBuf,
    gctf: PathBuf,
    only: Option<String>,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    fn call(&self, method: &str, request: &str, rest: &str) -> String {
        format!(
            "--- ADDRESS ---\nlocalhost:{}\n\n--- ENDPOINT ---\nsized.Sized/{method}\n\n--- REQUEST ---\n{request}\n\n{rest}",
            self.port
        )
    }

    /// Runs `command` on a file of size `count` and on one of twice the size, which end with `code`.
    fn double(&self, name: &str, count: usize, (command, code): (&[&str], i32), text: impl Fn(usize) -> String) {
        if !self.wants(name) {
            return;
        }
        let path = self.folder.join("test.gctf");
        let mut before: Option<Taken> = None;
        for count in [count, count * 2] {
            std::fs::write(&path, text(count)).expect("a file");
            let arguments = [command, &["test.gctf"]].concat();
            let taken = best(3, &self.gctf, &self.folder, &arguments);
            assert_eq!(taken.code, Some(code), "{name}, {count}");
            let ratios = before.map_or(["", ""].map(str::to_owned), |before| {
                let time = taken.time.as_secs_f64() / before.time.as_secs_f64();
                let memory = taken.memory as f64 / before.memory.max(1) as f64;
                [time, memory].map(|ratio| format!("{ratio:.1}"))
            });
            println!(
                "{:<52} {:>7.0} ms {:>6} {:>6.0} MB {:>6}",
                format!("{name}, {count}"),
                millis(taken.time),
                ratios[0],
                megabytes(taken.memory),
                ratios[1]
            );
            before = Some(taken);
        }
    }
}

const RUN: &[&str] = &["run"];
const PASSES: (&[&str], i32) = (RUN, 0);
const FAILS: (&[&str], i32) = (RUN, 1);

/// One message of up to 64 MiB.
fn replies(bench: &Bench) {
    let megabyte = 1 << 20;
    let sized = |method: &'static str, rest: &'static str| {
        move |count: usize| bench.call(method, &format!("{{ \"size\": {} }}", count * megabyte - 100), rest)
    };
    let counted = |method: &'static str, rest: &'static str| {
        move |count: usize| bench.call(method, &format!("{{ \"count\": {count} }}"), rest)
    };
    let text = "--- ASSERTS ---\n.text | length > 5\n.text | startswith(\"xx\")\n";
    bench.double("reply, MiB of text, two lines", 32, PASSES, sized("Text", text));
    let data = "--- ASSERTS ---\n.data | length > 5\n";
    bench.double("reply, MiB of bytes, one line", 32, PASSES, sized("Bytes", data));
    let other = "--- RESPONSE ---\n{ \"text\": \"other\" }\n";
    bench.double("reply, MiB of text, another expected", 32, FAILS, sized("Text", other));
    bench.double("reply, too many MiB", 65, FAILS, sized("Text", other));
    let numbers = "--- ASSERTS ---\n.numbers | length > 5\n.numbers[0] == 1\n";
    bench.double(
        "reply, numbers, two lines",
        500_000,
        PASSES,
        counted("Numbers", numbers),
    );
    let none = "--- RESPONSE ---\n{ \"numbers\": [1, 2] }\n";
    bench.double("reply, numbers, two expected", 500_000, FAILS, counted("Numbers", none));
    let notes = "--- ASSERTS ---\n.notes | length > 5\n";
    bench.double(
        "reply, small messages, one line",
        200_000,
        PASSES,
        counted("Notes", notes),
    );
    bench.double(
        "reply, numbers, all listed, all but one wrong",
        100_000,
        FAILS,
        |count| {
            let listed = "1,\n".repeat(count);
            let rest = format!("--- RESPONSE ---\n{{ \"numbers\": [{listed}] }}\n");
            bench.call("Numbers", &format!("{{ \"count\": {count} }}"), &rest)
        },
    );
}

/// Streams of many messages.
fn streams(bench: &Bench) {
    let down = |rest: String, count: usize| bench.call("Down", &format!("{{ \"count\": {count} }}"), &rest);
    let values = |count: usize| -> String { (1..=count).map(|at| format!("{{ \"number\": {at} }}\n")).collect() };
    bench.double("stream, each message expected", 50_000, PASSES, |count| {
        down(format!("--- RESPONSE ---\n{}", values(count)), count)
    });
    bench.double("stream, each message another", 50_000, FAILS, |count| {
        let others = "{ \"number\": -1 }\n".repeat(count);
        down(format!("--- RESPONSE ---\n{others}"), count)
    });
    bench.double("stream, with_asserts", 50_000, PASSES, |count| {
        let lines = "--- ASSERTS ---\n.number > 0\n@elapsed_ms >= 0\n";
        down(
            format!("--- RESPONSE with_asserts ---\n{}\n{lines}", values(count)),
            count,
        )
    });
    bench.double("stream, with_asserts, all wrong", 50_000, FAILS, |count| {
        let lines = "--- ASSERTS ---\n.number < 0\n";
        down(
            format!("--- RESPONSE with_asserts ---\n{}\n{lines}", values(count)),
            count,
        )
    });
    bench.double("stream, repeated partial", 50_000, PASSES, |count| {
        let rest = format!("#[repeat({count})]\n--- RESPONSE partial ---\n{{ \"number\": \"*\" }}\n");
        down(rest, count + 10)
    });
    bench.double("stream, repeated ASSERTS", 50_000, PASSES, |count| {
        down(format!("#[repeat({count})]\n--- ASSERTS ---\n.number > 0\n"), count)
    });
    bench.double("stream, one ASSERTS", 50_000, PASSES, |count| {
        down("--- ASSERTS ---\n.number == 1\n".to_owned(), count)
    });
    let both = |count: usize| {
        let values = values(count);
        bench.call("Both", &values, &format!("--- RESPONSE ---\n{values}"))
    };
    bench.double("both ways, a REQUEST of many", 5_000, PASSES, both);
    bench.double("both ways, by turns", 5_000, PASSES, |count| {
        let turn =
            |at: usize| format!("--- REQUEST ---\n{{ \"number\": {at} }}\n--- RESPONSE ---\n{{ \"number\": {at} }}\n");
        let turns: String = (2..=count).map(turn).collect();
        bench.call(
            "Both",
            "{ \"number\": 1 }",
            &format!("--- RESPONSE ---\n{{ \"number\": 1 }}\n{turns}"),
        )
    });
}

/// A request whose body has many lines.
fn long(bench: &Bench, lines: usize) -> String {
    let numbers: String = (0..lines).map(|at| format!("    {at},\n")).collect();
    let request = format!("{{\n  \"text\": \"{{{{ env.HOME }}}}\",\n  \"numbers\": [\n{numbers}  ]\n}}");
    bench.call("Take", &request, "--- RESPONSE ---\n{ \"number\": 1 }\n")
}

fn requests(bench: &Bench) {
    for (name, command) in [
        ("long request, run", RUN),
        ("long request, check", &["check"]),
        ("long request, check with schema", &["check", "--schema", "live"]),
        ("long request, fmt", &["fmt", "--check"]),
    ] {
        let code = i32::from(name.ends_with("fmt"));
        for count in [5_000, 50_000] {
            bench.double(name, count, (command, code), |count| long(bench, count));
        }
    }
}

/// The same file in the editor.
fn files(bench: &Bench) {
    if !bench.wants("editor") {
        return;
    }
    let mut before: Option<[Duration; 2]> = None;
    for lines in [5_000, 10_000, 50_000, 100_000] {
        let times = in_editor(&bench.folder, &long(bench, lines));
        let ratio = |at: usize| before.map_or(0.0, |before| times[at].as_secs_f64() / before[at].as_secs_f64());
        for (at, name) in ["opened", "a key typed inside"].into_iter().enumerate() {
            let name = format!("long request, {name} in the editor, {lines}");
            println!("{name:<52} {:>7.1} ms {:>6.1}", millis(times[at]), ratio(at));
        }
        before = Some(times);
    }
}

/// From opening to the findings, and the median from a keystroke to them.
fn in_editor(folder: &Path, text: &str) -> [Duration; 2] {
    let mut editor = Editor::new(folder);
    let start = Instant::now();
    let uri = editor.open_text(&folder.join("long.gctf"), text);
    editor.published(&uri);
    let opened = start.elapsed();
    let digits = "    2500,";
    let at = text.find(digits).expect("the line is there") + digits.len() - 1;
    let mut times: Vec<_> = (0..21)
        .map(|turn| {
            let start = Instant::now();
            match turn % 2 {
                0 => editor.edit(&uri, at..at, " x"),
                _ => editor.edit(&uri, at..at + 2, ""),
            }
            editor.published(&uri);
            start.elapsed()
        })
        .collect();
    times.sort();
    [opened, times[times.len() / 2]]
}
