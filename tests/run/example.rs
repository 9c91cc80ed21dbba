//! The chat example as a newcomer runs it. It alone uses port 4770.

use crate::support::{Serving, chat, gctf, stderr, stdout};

/// The tests of this module share the example's port.
static PORT: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// Holds the port for one test; another run of these tests on this machine may have it for a moment.
fn port() -> std::sync::MutexGuard<'static, ()> {
    let guard = PORT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let is_free = || {
        let taken = |address| {
            let bound = std::net::TcpListener::bind((address, 4770));
            bound.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
        };
        !taken("127.0.0.1") && !taken("::1")
    };
    let mut tries = 0;
    while !is_free() && tries < 600 {
        tries += 1;
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    guard
}

#[test]
fn runs_with_the_embedded_mock() {
    let _port = port();
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
    let _port = port();
    let mock = Serving::start(&chat(), &["mock"]);
    assert_eq!(
        mock.first_line,
        "gctf mock: serving 1 service, 3 stubs on localhost:4770 (plaintext, TLS)\n"
    );
    let some = gctf(&chat(), &["run", "tests/send_message.gctf", "tests/secure_chat.gctf"]);
    let all = gctf(&chat(), &["run", "--timeout", "5", "tests"]);
    assert_eq!(mock.interrupt().0, Some(0));
    assert!(stdout(&some).ends_with("2 passed, 0 failed\n"), "{}", stdout(&some));
    assert!(stdout(&all).ends_with("3 passed, 0 failed\n"), "{}", stdout(&all));
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
