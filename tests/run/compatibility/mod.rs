//! Files of grpctestify: what becomes of them here, for each row of the table in `docs/format.md`.

mod calls;
mod connections;
mod expressions;
mod files;

use crate::support::many::{self, Finding};
use crate::support::peers::{Everywhere, python_everywhere, skip};
use crate::support::servers::Servers;
use crate::support::{gctf, workspace};
use std::collections::BTreeMap;

/// A row of the table, by its subject, with what shows it.
struct Row {
    subject: &'static str,
    cases: Vec<Case>,
}

/// One test file.
struct Case {
    text: String,
    /// What comes of its run.
    run: &'static str,
    /// What `gctf check` finds, as `G115 3:1, G202 5:1`.
    check: &'static str,
}

fn row(subject: &'static str, cases: Vec<Case>) -> Row {
    Row { subject, cases }
}

/// A file that passes and has no findings.
fn passes(text: impl Into<String>) -> Case {
    case(text, "passed", "")
}

fn case(text: impl Into<String>, run: &'static str, check: &'static str) -> Case {
    Case {
        text: text.into(),
        run,
        check,
    }
}

/// A call of `method` that sends `text`.
fn call(method: &str, text: &str, rest: &str) -> String {
    at("localhost:PORT", &document(method, text, rest))
}

fn document(method: &str, text: &str, rest: &str) -> String {
    format!("--- ENDPOINT ---\nc.Calls/{method}\n\n--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n\n{rest}\n")
}

fn at(address: &str, rest: &str) -> String {
    format!("--- ADDRESS ---\n{address}\n\n{rest}")
}

const PROTO: &str = r#"
syntax = "proto3";
package c;
service Calls {
  rpc One(Note) returns (Note);
  rpc Down(Note) returns (stream Note);
  rpc Up(stream Note) returns (Note);
  rpc Both(stream Note) returns (stream Note);
}
message Note {
  string text = 1;
  int64 big = 2;
  float ratio = 3;
  bool flag = 4;
  repeated string tags = 5;
  string user_name = 6;
  Note inner = 7;
}
"#;

const STUBS: &str = r#"
- service: Calls
  method: One
  input: { equals: { text: a } }
  output:
    data: { text: A, big: "5", ratio: 0.1, tags: [u, v], userName: Ann, inner: { text: B, tags: [z] } }
    headers: { x-h: "1", x-raw-bin: AP8Q }
- { service: Calls, method: One, input: { equals: { text: b } }, output: { data: { text: B } } }
- { service: Calls, method: One, input: { equals: { text: twice } }, headers: { equals: { x-a: "1;2" } }, output: { data: { text: T } } }
- { service: Calls, method: One, input: { equals: { text: raw } }, headers: { equals: { x-raw-bin: AP8Q } }, output: { data: { text: R } } }
- { service: Calls, method: One, input: { equals: { text: fail } }, output: { error: no note 9, code: 5 } }
- service: Calls
  method: One
  input: { equals: { text: detailed } }
  output:
    error: no note 9
    code: 3
    details:
      - { type: type.googleapis.com/google.rpc.BadRequest, field_violations: [ { field: text, description: odd } ] }
      - { type: type.googleapis.com/google.rpc.Help, links: [ { url: "https://x" } ] }
- { service: Calls, method: One, input: { equals: { text: slow } }, output: { data: {}, delay: 60s } }
- { service: Calls, method: Down, input: { equals: { text: slow } }, output: { stream: [ {} ], delay: 60s } }
- { service: Calls, method: Up, input: { equals: { text: slow } }, output: { data: {}, delay: 60s } }
- { service: Calls, method: Both, input: { equals: { text: slow } }, output: { stream: [ {} ], delay: 60s } }
- { service: Calls, method: Down, input: { equals: { text: three } }, output: { stream: [ { text: M1 }, { text: M2 }, { text: M3 } ] } }
- { service: Calls, method: Down, input: { equals: { text: late } }, output: { stream: [ { text: M1 } ], error: no note 9, code: 5 } }
- { service: Calls, method: Up, inputs: [ { equals: { text: a } }, { equals: { text: b } } ], output: { data: { text: AB } } }
"#;

fn rows() -> Vec<Row> {
    [files::rows(), expressions::rows(), calls::rows(), connections::rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// The subjects of the table.
fn subjects(reference: &str) -> Vec<String> {
    let (_, section) = reference
        .split_once("\n## Coming from grpctestify\n")
        .expect("the section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    rows.skip(1)
        .map(|subject| subject.trim_end_matches(" ‡").to_owned())
        .collect()
}

#[test]
fn every_row_of_the_table_is_shown() {
    let reference = std::fs::read_to_string(workspace().join("docs/format.md")).expect("docs/format.md");
    let mut shown: Vec<_> = rows().iter().map(|row| row.subject.to_owned()).collect();
    let mut subjects = subjects(&reference);
    assert!(
        rows()
            .iter()
            .all(|row| !row.cases.is_empty() || row.subject == "formatting")
    );
    shown.sort();
    subjects.sort();
    assert_eq!(shown, subjects);
}

/// The ports behind the words that stand for them.
fn ports(servers: &Servers, plain: u16, tls: u16, peer: Option<&Everywhere>) -> Vec<(&'static str, String)> {
    let (listener, closed) = servers.silent();
    drop(listener);
    let mut ports = vec![("PORT", plain), ("SECURE", tls), ("CLOSED", closed)];
    if let Some(peer) = peer {
        ports.extend([("PEER", peer.plaintext), ("GUARDED", peer.guarded)]);
    }
    ports.into_iter().map(|(word, port)| (word, port.to_string())).collect()
}

/// `G115 3:1, …`
fn places(findings: &[Finding]) -> String {
    let places: Vec<_> = findings
        .iter()
        .map(|found| format!("{} {}", found.code, found.place))
        .collect();
    places.join(", ")
}

#[test]
fn each_row_is_as_the_table_says() {
    let servers = Servers::new();
    let certificates = servers.certificates();
    let peer = python_everywhere(&certificates, 1);
    let identity = certificates.server(false);
    let (_plain, plain) = servers.of(PROTO, STUBS, None);
    let (_secure, tls) = servers.of(PROTO, STUBS, Some(identity));
    let ports = ports(&servers, plain, tls, peer.as_ref());
    std::fs::create_dir(servers.path().join("protos")).expect("a folder");
    servers.write("protos/calls.proto", &format!("{PROTO}\nimport \"unused.proto\";\n"));
    servers.write("protos/unused.proto", "syntax = \"proto3\";\n");
    if peer.is_none() {
        skip("grpcio");
    }

    let mut cases = BTreeMap::new();
    for (row_at, row) in rows().into_iter().enumerate() {
        for (at, case) in row.cases.into_iter().enumerate() {
            if peer.is_none() && (case.text.contains("localhost:PEER") || case.text.contains("localhost:GUARDED")) {
                continue;
            }
            let name = format!("{row_at:02}.{at}.gctf");
            let fill = |text: &str, (word, port): &(&str, String)| {
                text.replace(&format!("localhost:{word}"), &format!("localhost:{port}"))
            };
            servers.write(
                &name,
                &ports.iter().fold(case.text.clone(), |text, port| fill(&text, port)),
            );
            cases.insert(name, (row.subject, case));
        }
    }
    let (ran, checked) = (many::run(servers.path(), &["-j", "32"]), many::check(servers.path()));
    let mut wrong = String::new();
    for (name, (subject, case)) in &cases {
        let unfill = |text: String, (word, port): &(&str, String)| {
            text.replace(&format!("localhost:{port}"), &format!("localhost:{word}"))
        };
        let run = ports.iter().fold(many::faults(&ran[name]), unfill);
        let check = places(&checked[name]);
        if (run.as_str(), check.as_str()) != (case.run, case.check) {
            let Case {
                text,
                run: expected,
                check: wanted,
            } = case;
            wrong.push_str(&format!(
                "{subject}\n{text}\nexpected: {expected}\nfound:    {run}\nexpected: {wanted}\nfound:    {check}\n\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn formatting_changes_the_layout_only() {
    let servers = Servers::new();
    let sections = "--- REQUEST ---\n{b: 1_0, 'a': 0x1F} // z\n\n--- ENDPOINT ---\nc.Calls/One\n\n--- ASSERTS ---\n.text  ==  'x' // why\n";
    servers.write("test.gctf", sections);
    let output = gctf(servers.path(), &["fmt", "test.gctf"]);
    assert!(output.status.success());
    let written = std::fs::read_to_string(servers.path().join("test.gctf")).expect("the test");
    assert_eq!(
        written,
        sections.replace("{b: 1_0, 'a': 0x1F}", "{\n  b: 1_0,\n  'a': 0x1F\n}")
    );
}
