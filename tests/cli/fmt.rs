//! `gctf fmt`.

use super::{folder, read, write};
use crate::support::{command, gctf, stderr, stdout};
use expect_test::expect;
use std::io::Write as _;
use std::process::Stdio;

const UGLY: &str = "---REQUEST---\n{a:1}\n";
const NICE: &str = "--- REQUEST ---\n{\n  a: 1\n}\n";

#[test]
fn files_are_written_in_place() {
    let folder = folder(&[
        ("a.gctf", UGLY),
        ("b/_setup.gctf", UGLY),
        ("b/nice.gctf", NICE),
        ("c.txt", UGLY),
    ]);
    let output = gctf(folder.path(), &["fmt", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), "formatted ./a.gctf\nformatted ./b/_setup.gctf\n");
    assert_eq!(read(folder.path(), "a.gctf"), NICE);
    assert_eq!(read(folder.path(), "b/_setup.gctf"), NICE);
    assert_eq!(read(folder.path(), "c.txt"), UGLY);
    // A file that is named is taken whatever it is called.
    assert_eq!(gctf(folder.path(), &["fmt", "c.txt"]).status.code(), Some(0));
    assert_eq!(read(folder.path(), "c.txt"), NICE);
    let output = gctf(folder.path(), &["fmt", ".", "--check"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
}

#[test]
fn what_only_looks_writes_nothing() {
    let folder = folder(&[("a.gctf", UGLY)]);
    let output = gctf(folder.path(), &["fmt", "--check", "a.gctf"]);
    assert_eq!(
        (output.status.code(), stdout(&output).as_str()),
        (Some(1), "would format a.gctf\n")
    );
    let output = gctf(folder.path(), &["fmt", "--diff", "a.gctf"]);
    assert_eq!(output.status.code(), Some(0));
    expect![[r#"
        --- a.gctf
        +++ a.gctf
        @@ -1,2 +1,4 @@
        ----REQUEST---
        -{a:1}
        +--- REQUEST ---
        +{
        +  a: 1
        +}
    "#]]
    .assert_eq(&stdout(&output));
    let output = gctf(folder.path(), &["fmt", "--diff", "--check", "a.gctf"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(folder.path(), "a.gctf"), UGLY);
}

#[test]
fn standard_input_and_wrong_usage() {
    let folder = folder(&[]);
    let mut process = command(folder.path(), &["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = process.stdin.take().expect("stdin is piped");
    input.write_all(UGLY.as_bytes()).expect("it reads");
    drop(input);
    let output = process.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), NICE));

    // What cannot be written is lost, and somebody has to know.
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let status = command(folder.path(), &["man"]).stdout(full).status();
        assert_eq!(status.expect("it ends").code(), Some(1));
    }

    for arguments in [&["fmt"][..], &["fmt", "nowhere"], &["fmt", "."]] {
        assert_eq!(gctf(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
    write(folder.path(), "latin.gctf", b"# \xe9\n");
    write(folder.path(), "other.gctf", UGLY.as_bytes());
    let output = gctf(folder.path(), &["fmt", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "gctf: warning: ./latin.gctf: G101: not UTF-8 at byte 2: left as it is\n"
    );
    assert_eq!(read(folder.path(), "other.gctf"), NICE);
}
