//! Many small files against a fast server, and one file from cold.
//!
//! `cargo bench -p gctf-lsp --bench throughput` prints figures; with `GCTF_BENCH_GRPCTESTIFY` naming a program, the
//! same files run through it too. `benches/README.md` keeps figures.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/process.rs"]
mod process;
#[path = "../../tests/support/sized.rs"]
mod sized;

use process::{Taken, best, megabytes, millis};
use std::path::{Path, PathBuf};

const FILES: usize = 1000;
const ROUNDS: usize = 7;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (port, counts) = runtime.block_on(sized::serve());
    let folder = tempfile::tempdir().expect("a folder");
    let tests = folder.path().join("tests");
    std::fs::create_dir(&tests).expect("a folder");
    for at in 0..FILES {
        write(&tests.join(format!("{at:04}.gctf")), &test(port, at));
    }
    let one = folder.path().join("one.gctf");
    write(&one, &test(port, 1));
    let gctf = PathBuf::from(env!("CARGO_BIN_EXE_gctf"));
    println!("{:<40} {:>9} {:>10} {:>10}", "", "time", "tests/s", "memory");
    let ours = many("gctf run", &gctf, folder.path(), &["run", "tests"]);
    println!(
        "  {} connections and {} reflections in {ROUNDS} runs",
        counts.connections(),
        counts.reflections()
    );
    let cold = single("gctf run, one file", &gctf, folder.path(), &["run", "one.gctf"]);
    single("gctf --version", &gctf, folder.path(), &["--version"]);
    let Some(peer) = std::env::var_os("GCTF_BENCH_GRPCTESTIFY").map(PathBuf::from) else {
        return;
    };
    let theirs = many("grpctestify", &peer, folder.path(), &["run", "tests"]);
    let eight = ["run", "--parallel", "8", "tests"];
    let theirs = theirs.min(many("grpctestify --parallel 8", &peer, folder.path(), &eight));
    let their_cold = single("grpctestify, one file", &peer, folder.path(), &["run", "one.gctf"]);
    println!("times as many tests per second: {:.2}", theirs / ours);
    println!("times as long for one file: {:.2}", cold / their_cold);
}

/// A call, its reply, and two lines about it, none of which stands in another file.
fn test(port: u16, at: usize) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nsized.Sized/Echo\n\n\
         --- REQUEST ---\n{{\n  \"text\": \"note {at}\",\n  \"number\": 7\n}}\n\n\
         --- RESPONSE ---\n{{\n  \"text\": \"note {at}\",\n  \"number\": 7\n}}\n\n\
         --- ASSERTS ---\n.text == \"note {at}\"\n.number > 5 and (.text | length) > 3\n"
    )
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
}

/// Milliseconds of the fastest run of all files.
fn many(name: &str, program: &Path, folder: &Path, arguments: &[&str]) -> f64 {
    let taken = best(ROUNDS, program, folder, arguments);
    let per_second = FILES as f64 / taken.time.as_secs_f64();
    report(name, &taken, &format!("{per_second:.0}"));
    millis(taken.time)
}

/// Milliseconds of the fastest run of one file.
fn single(name: &str, program: &Path, folder: &Path, arguments: &[&str]) -> f64 {
    let taken = best(ROUNDS * 3, program, folder, arguments);
    report(name, &taken, "");
    millis(taken.time)
}

fn report(name: &str, taken: &Taken, per_second: &str) {
    assert_eq!(taken.code, Some(0), "{name}");
    println!(
        "{name:<40} {:>6.1} ms {per_second:>10} {:>7.1} MB",
        millis(taken.time),
        megabytes(taken.memory)
    );
}
