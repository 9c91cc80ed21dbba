//! Many small files against a fast server, and one file from cold.
//!
//! `cargo bench -p gctf-lsp --bench throughput` prints figures; with `GCTF_BENCH_GRPCTESTIFY` naming a program, the
//! same files run through it too. `benches/README.md` keeps figures.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/process.rs"]
mod process;
#[path = "../../tests/support/sized.rs"]
mod sized;

use process::{Taken, best, best_of, megabytes, millis};
use std::path::{Path, PathBuf};

const FILES: usize = 1000;
const ROUNDS: usize = 15;

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
    let (tests, one): (&[&str], &[&str]) = (&["run", "tests"], &["run", "one.gctf"]);
    let Some(peer) = std::env::var_os("GCTF_BENCH_GRPCTESTIFY").map(PathBuf::from) else {
        many("gctf run", &best(ROUNDS, &gctf, folder.path(), tests));
        single("gctf run, one file", &best(ROUNDS, &gctf, folder.path(), one));
        return told(&counts);
    };
    let eight: &[&str] = &["run", "--parallel", "8", "tests"];
    let runs = [(gctf.as_path(), tests), (&peer, tests), (&peer, eight)];
    let [ours, theirs, parallel] = best_of(ROUNDS, folder.path(), runs);
    many("gctf run", &ours);
    many("grpctestify", &theirs);
    many("grpctestify --parallel 8", &parallel);
    let runs = [(gctf.as_path(), one), (&peer, one), (&gctf, &["--version"])];
    let [cold, their_cold, version] = best_of(ROUNDS * 3, folder.path(), runs);
    single("gctf run, one file", &cold);
    single("grpctestify, one file", &their_cold);
    single("gctf --version", &version);
    let ratio = |theirs: &Taken, ours: &Taken| theirs.time.as_secs_f64() / ours.time.as_secs_f64();
    println!(
        "times the tests per second of grpctestify: {:.2}",
        ratio(&theirs, &ours)
    );
    println!("of grpctestify --parallel 8: {:.2}", ratio(&parallel, &ours));
    println!("times as long for one file: {:.2}", ratio(&cold, &their_cold));
    told(&counts);
}

/// What the server has seen.
fn told(counts: &sized::Counts) {
    let (connections, reflections) = (counts.connections(), counts.reflections());
    println!("{connections} connections and {reflections} reflections in all runs");
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

/// Shows the fastest run of all files.
fn many(name: &str, taken: &Taken) {
    let per_second = FILES as f64 / taken.time.as_secs_f64();
    report(name, taken, &format!("{per_second:.0}"));
}

/// Shows the fastest run of one file.
fn single(name: &str, taken: &Taken) {
    report(name, taken, "");
}

fn report(name: &str, taken: &Taken, per_second: &str) {
    assert_eq!(taken.code, Some(0), "{name}");
    println!(
        "{name:<40} {:>6.1} ms {per_second:>10} {:>7.1} MB",
        millis(taken.time),
        megabytes(taken.memory)
    );
}
