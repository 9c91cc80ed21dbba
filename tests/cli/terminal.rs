//! `gctf run` in a terminal and outside of one.
#![cfg(target_os = "linux")]

use crate::support::servers::Servers;
use crate::support::{command, gctf, stderr, stdout};
use std::process::Command;

/// A folder with three tests that pass, as long as the server lives.
fn suite(servers: &Servers) -> gctf_lsp::mock::RunningMock {
    let (mock, port) = servers.plain();
    for name in ["a.gctf", "b.gctf", "c.gctf"] {
        let text = format!(
            "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/GetMessages\n\n--- REQUEST ---\n{{ \"room_id\": \"room_001\" }}\n\n--- RESPONSE partial ---\n{{}}\n"
        );
        servers.write(name, &text);
    }
    mock
}

/// What a terminal is sent, where the program `script` is there to be one.
fn in_terminal(servers: &Servers, arguments: &str) -> Option<String> {
    let gctf = command(servers.path(), &[]);
    let line = format!("stty cols 100; '{}' {arguments}", gctf.get_program().to_string_lossy());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(servers.path());
    script.env("TERM", "xterm").env("NO_COLOR", "1");
    Some(stdout(&script.output().ok()?))
}

#[test]
fn progress_is_shown_and_taken_away() {
    let servers = Servers::new();
    let _mock = suite(&servers);
    let Some(printed) = in_terminal(&servers, "run a.gctf b.gctf c.gctf") else {
        return;
    };
    assert!(printed.contains(" 0 of 3 tests"), "{printed}");
    // What is left is what stands behind the last time that a line was cleared.
    let left = printed
        .lines()
        .map(|line| line.rsplit("\u{1b}[2K").next().unwrap_or(line));
    let left: Vec<_> = left.map(|line| line.trim_matches('\r')).collect();
    let results = left.iter().filter(|line| line.starts_with("✓ "));
    assert_eq!(results.count(), 3, "{printed}");
    assert_eq!(left.last(), Some(&"3 passed, 0 failed"), "{printed}");
    assert!(!left.iter().any(|line| line.contains(" of 3 tests")), "{printed}");
    assert!(!printed.contains("\u{1b}[3"), "NO_COLOR: {printed}");
}

#[test]
fn others_are_shown_no_progress() {
    let servers = Servers::new();
    let _mock = suite(&servers);
    for arguments in ["run . --report json", "run . 2>/dev/null", "run . --dry-run"] {
        let Some(printed) = in_terminal(&servers, arguments) else {
            return;
        };
        assert!(
            !printed.contains("of 3 tests") && !printed.contains('\u{1b}'),
            "{arguments}: {printed}"
        );
    }
    let output = gctf(servers.path(), &["run", "."]);
    assert_eq!(stderr(&output), "");
    let printed = stdout(&output);
    assert_eq!(printed.lines().count(), 4, "{printed}");
    assert!(!printed.contains('\u{1b}'), "{printed}");
}
