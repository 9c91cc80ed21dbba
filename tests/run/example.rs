//! The chat example as a newcomer runs it. It alone uses port 4770.

use crate::support::{Serving, chat, copy_folder, gctf, stderr, stdout};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

/// The tests of this module share the example's port.
static PORT: Mutex<()> = Mutex::new(());

/// The example, held for one test: as it is, or a copy with another port where something else has the port.
struct Example {
    folder: PathBuf,
    port: u16,
    _copy: Option<tempfile::TempDir>,
    _lock: MutexGuard<'static, ()>,
}

fn example() -> Example {
    const OWN: u16 = 4770;
    let lock = PORT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let is_taken = |address| TcpListener::bind((address, OWN)).is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
    if !is_taken("127.0.0.1") && !is_taken("::1") {
        return Example {
            folder: chat(),
            port: OWN,
            _copy: None,
            _lock: lock,
        };
    }
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    let copy = tempfile::tempdir().expect("a folder");
    let replaced = |text: String| text.replace(&format!("localhost:{OWN}"), &format!("localhost:{port}"));
    copy_folder(&chat(), copy.path(), &replaced);
    Example {
        folder: copy.path().to_owned(),
        port,
        _copy: Some(copy),
        _lock: lock,
    }
}

#[test]
fn runs_with_the_embedded_mock() {
    let example = example();
    let (folder, port) = (&example.folder, example.port);
    let output = gctf(folder, &["run", "--mock", "."]);
    let text = stdout(&output);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    assert!(text.ends_with("3 passed, 0 failed\n"), "{text}");

    // A taken port is a clear error.
    let _taken = TcpListener::bind(("127.0.0.1", port)).expect("the mock has released its port");
    let output = gctf(folder, &["run", "--mock", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with(&format!("gctf: port {port} on localhost is taken")),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_mock_of_its_own_serves_until_it_is_ended() {
    let example = example();
    let (folder, port) = (&example.folder, example.port);
    let mock = Serving::start(folder, &["mock"]);
    assert_eq!(
        mock.first_line,
        format!("gctf mock: serving 1 service, 3 stubs on localhost:{port} (plaintext, TLS)\n")
    );
    let some = gctf(folder, &["run", "tests/send_message.gctf", "tests/secure_chat.gctf"]);
    let all = gctf(folder, &["run", "--timeout", "5", "tests"]);
    assert_eq!(mock.interrupt().0, Some(0));
    assert!(stdout(&some).ends_with("2 passed, 0 failed\n"), "{}", stdout(&some));
    assert!(stdout(&all).ends_with("3 passed, 0 failed\n"), "{}", stdout(&all));
}

#[test]
fn nothing_is_wrong_with_it_by_its_schema() {
    let example = example();
    let folder = &example.folder;
    let mock = Serving::start(folder, &["mock"]);
    let output = gctf(folder, &["check", "--schema", "live", "."]);
    assert_eq!(stdout(&output), "3 files checked: 0 errors, 0 warnings\n");
    assert_eq!(mock.interrupt().0, Some(0));
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
