//! Ctrl-C ends a run at once, whatever it waits for.
#![cfg(unix)]

use crate::support::command;
use crate::support::servers::Servers;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Starts a run of `text` behind a quick test, interrupts it when the quick one is reported, and reads the rest.
fn interrupt(servers: &Servers, text: &str) -> (Option<i32>, String) {
    let (_mock, port) = servers.plain();
    let call = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/GetMessages\n\n--- REQUEST ---\n{{ \"room_id\": \"room_001\" }}\n\n"
    );
    servers.write("quick.gctf", &format!("{call}--- RESPONSE partial ---\n{{}}\n"));
    servers.write("slow.gctf", &text.replace("CALL", &call));
    let mut run = command(
        servers.path(),
        &["run", "--timeout", "600", "-j", "2", "quick.gctf", "slow.gctf"],
    )
    .stdout(Stdio::piped())
    .spawn()
    .expect("the binary starts");
    let mut lines = BufReader::new(run.stdout.take().expect("stdout is piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert!(first.starts_with("✓ quick.gctf"), "{first}");
    let pid = run.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill starts");
    assert!(sent.success());
    let rest: Vec<_> = lines.map_while(Result::ok).collect();
    (run.wait().expect("the run ends").code(), rest.join("\n"))
}

#[test]
fn while_a_call_is_open() {
    let servers = Servers::new();
    let (_listener, silent) = servers.silent();
    let text = format!("--- ADDRESS ---\nlocalhost:{silent}\n\n--- ENDPOINT ---\na.B/C\n\n--- RESPONSE ---\n{{}}\n");
    assert_eq!(interrupt(&servers, &text), (Some(130), "1 passed, 0 failed".to_owned()));
}

#[test]
fn while_a_stream_is_open() {
    let servers = Servers::new();
    let stubs = "- { service: Shapes, method: Down, output: { stream: [ { text: M1 }, { text: M2, _gripmock: { delay: 600s } } ] } }";
    let (_mock, port) = servers.of(crate::mock::shapes::PROTO, stubs, None);
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\ns.Shapes/Down\n\n--- RESPONSE ---\n{{ \"text\": \"M1\" }}\n"
    );
    assert_eq!(interrupt(&servers, &text), (Some(130), "1 passed, 0 failed".to_owned()));
}

#[test]
fn while_an_expression_runs() {
    let servers = Servers::new();
    let lines = "[limit(1000000000; repeat(1))]\n".repeat(100_000);
    assert_eq!(
        interrupt(&servers, &format!("CALL--- ASSERTS ---\n{lines}")),
        (Some(130), "1 passed, 0 failed".to_owned())
    );
}
