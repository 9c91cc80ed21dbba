//! The chat example as a newcomer runs it. It alone uses port 4770.

use crate::support::{chat, gctf, stderr, stdout};
use std::process::Stdio;

/// The tests of this module share the example's port.
static PORT: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[test]
fn runs_with_the_embedded_mock() {
    let _port = PORT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let output = gctf(&chat(), &["run", "--mock", "."]);
    let text = stdout(&output);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    assert!(text.ends_with("3 passed, 0 failed\n"), "{text}");

    // A taken port is a clear error.
    let _taken = std::net::TcpListener::bind("127.0.0.1:4770").expect("the mock has released its port");
    let output = gctf(&chat(), &["run", "--mock", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with("gctf: port 4770 on localhost is taken"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_mock_of_its_own_serves_until_it_is_ended() {
    let _port = PORT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut mock = std::process::Command::new(env!("CARGO_BIN_EXE_gctf"))
        .arg("mock")
        .current_dir(chat())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    let pipe = mock.stdout.take().expect("stdout is piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(pipe), &mut line).expect("a line");
    assert_eq!(
        line,
        "gctf mock: serving 1 service, 3 stubs on localhost:4770 (plaintext, TLS)\n"
    );
    let output = gctf(&chat(), &["run", "tests/send_message.gctf", "tests/secure_chat.gctf"]);
    let unmatched = gctf(&chat(), &["run", "--timeout", "5", "tests"]);
    mock.kill().expect("the mock can be ended");
    mock.wait().expect("the mock has ended");
    assert!(stdout(&output).ends_with("2 passed, 0 failed\n"), "{}", stdout(&output));
    assert!(
        stdout(&unmatched).ends_with("3 passed, 0 failed\n"),
        "{}",
        stdout(&unmatched)
    );
}

#[test]
fn the_tests_are_the_users() {
    let seed = chat().join("../../../../shared/seed");
    for name in ["send_message.gctf", "get_messages.gctf", "secure_chat.gctf"] {
        if let Ok(given) = std::fs::read(seed.join(name)) {
            assert_eq!(std::fs::read(chat().join("tests").join(name)).unwrap(), given, "{name}");
        }
    }
}

#[test]
fn usage_errors() {
    for (arguments, message) in [
        (&["run"][..], "gctf: name the test files or folders"),
        (&["run", "nowhere"], "gctf: nowhere: no such file or folder"),
        (&["run", "server"], "gctf: no test found"),
        (&["run", "--mock", "nowhere"], "gctf: nowhere: no such file or folder"),
        (
            &["mock", "nowhere.proto"],
            "gctf: nowhere.proto: no such file or folder",
        ),
    ] {
        let output = gctf(&chat(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).starts_with(message),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}
