//! What is large: one connection for many files, replies up to the limit, long streams, long texts cut in reports.

use crate::support::servers::Servers;
use crate::support::{gctf, sized, stdout};
use std::sync::Arc;

/// A server that answers as much as it is asked for.
struct Sized {
    servers: Servers,
    port: u16,
    counts: Arc<sized::Counts>,
}

impl Sized {
    fn new() -> Self {
        let mut servers = Servers::new();
        servers.patience = 120;
        let (port, counts) = servers.block_on(sized::serve());
        Self { servers, port, counts }
    }

    fn faults(&self, method: &str, request: &str, rest: &str) -> String {
        self.servers.faults(self.port, &call(method, request, rest))
    }
}

fn call(method: &str, request: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nsized.Sized/{method}\n\n--- REQUEST ---\n{request}\n\n{rest}\n"
    )
}

#[test]
fn files_share_one_connection_and_one_schema() {
    let server = Sized::new();
    for at in 1..=24 {
        let text = call(
            "Echo",
            &format!("{{ \"number\": {at} }}"),
            "--- ASSERTS ---\n.number > 0",
        );
        let text = text.replace("PORT", &server.port.to_string());
        server.servers.write(&format!("{at}.gctf"), &text);
    }
    let output = gctf(server.servers.path(), &["run", "-j", "8", "."]);
    assert!(stdout(&output).contains("24 passed, 0 failed"), "{}", stdout(&output));
    assert_eq!((server.counts.connections(), server.counts.reflections()), (1, 1));
}

#[test]
fn large_replies() {
    let server = Sized::new();
    let limit = 64 << 20;
    let under = format!("{{ \"size\": {} }}", limit - 16);
    let passes = "--- RESPONSE partial ---\n{ \"text\": \"*\" }\n\n--- ASSERTS ---\n.text | length == 67108848";
    assert_eq!(server.faults("Text", &under, passes), "passed");
    let over = server.faults("Text", &format!("{{ \"size\": {limit} }}"), passes);
    assert_eq!(
        over,
        "G519 5:1 OUT_OF_RANGE (11): a message of 67108869 bytes came, and no more than 64 MiB are received"
    );
    let found = server.faults("Text", "{ \"size\": 1000000 }", "--- RESPONSE ---\n{ \"text\": \"y\" }");
    let shown = "x".repeat(199);
    assert_eq!(found, format!("G501 11:11 $.text: expected \"y\", got \"{shown}…"));
    let found = server.faults("Numbers", "{ \"count\": 100000 }", "--- RESPONSE ---\n");
    assert!(
        found.len() < 400 && found.contains("…, and an empty RESPONSE"),
        "{found}"
    );
}

#[test]
fn many_differences_are_counted() {
    let server = Sized::new();
    let zeros = "0, ".repeat(1000);
    let rest = format!("--- RESPONSE ---\n{{ \"numbers\": [{zeros}] }}");
    let found = server.faults("Numbers", "{ \"count\": 1000 }", &rest);
    assert_eq!(found.lines().count(), 20, "{found}");
    assert!(found.ends_with("; and 980 more"), "{found}");
}

#[test]
fn long_streams() {
    let server = Sized::new();
    let values: String = (1..=2000).map(|at| format!("{{ \"number\": {at} }}\n")).collect();
    let ask = "{ \"count\": 2000 }";
    let all = format!("--- RESPONSE with_asserts ---\n{values}\n--- ASSERTS ---\n.number > 0");
    assert_eq!(server.faults("Down", ask, &all), "passed");
    let one = server.faults("Down", ask, "--- ASSERTS ---\n.number == 1");
    assert_eq!(one, "G524 10:1 1999 more messages came and were not looked at");
    let wrong = all.replace(".number > 0", ".number < 0");
    let found = server.faults("Down", ask, &wrong);
    assert_eq!(found.lines().count(), 200);
    assert!(
        found.ends_with("; and 1800 more failures"),
        "{}",
        &found[found.len() - 200..]
    );
    let both = format!("--- RESPONSE ---\n{values}");
    assert_eq!(server.faults("Both", &values, &both), "passed");
}

#[test]
fn long_requests() {
    let server = Sized::new();
    let numbers: String = (0..5000).map(|at| format!("    {at},\n")).collect();
    let request = format!("{{\n  \"numbers\": [\n{numbers}  ]\n}}");
    let rest = "--- RESPONSE ---\n{ \"number\": 1 }";
    assert_eq!(server.faults("Take", &request, rest), "passed");
    let found = server.faults("Take", &request.replace("    4000,", "    no,"), rest);
    assert!(found.starts_with("G119 4010:5 ") || found.contains("4010:5"), "{found}");
}
