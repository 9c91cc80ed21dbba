//! Reports of runs for programs.

use super::{folder, read};
use crate::support::servers::Servers;
use crate::support::{command, gctf, stdout};
use expect_test::expect;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

fn call(port: u16, response: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{{ \"room_id\": \"room_001\", \"user_id\": \"user_123\" }}\n\n--- RESPONSE partial ---\n{response}\n"
    )
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The report without what is different each time.
fn plain(xml: &str, port: u16) -> String {
    let attributes = xml.split(" time=\"").enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once('"').expect("a value").1,
    });
    attributes.collect::<String>().replace(&port.to_string(), "PORT")
}

#[test]
fn json_lines_and_junit() {
    let servers = Servers::new();
    let (_mock, port) = servers.mock(None);
    let (listener, closed) = servers.silent();
    drop(listener);
    let good = call(port, "{ \"status\": \"sent\" }");
    let bad = call(port, "{ \"status\": \"lost\" }");
    let folder = folder(&[("a.gctf", &good), ("b.gctf", &bad), ("c.gctf", &call(closed, "{}"))]);
    let output = gctf(
        folder.path(),
        &["run", "-j", "1", ".", "--report", "json", "--report", "junit=out.xml"],
    );
    assert_eq!(output.status.code(), Some(1));
    let events = lines(&stdout(&output));
    let kinds: Vec<_> = events.iter().filter_map(|event| event["kind"].as_str()).collect();
    let one = ["documentStarted", "documentFinished"];
    assert_eq!(kinds, [&["started"][..], &one, &one, &one, &["finished"]].concat());
    assert_eq!(events[0]["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(events[0]["items"][1]["test"], events[3]["test"]);
    let outcomes: Vec<_> = events.iter().filter_map(|event| event["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["passed", "failed", "error"]);
    let failure = &events[4]["failures"][0];
    assert_eq!(failure["code"], json!("G501"));
    assert_eq!(
        (&failure["expected"], &failure["actual"]),
        (&json!("\"lost\""), &json!("\"sent\""))
    );
    assert_eq!(
        (&failure["range"]["line"], &failure["range"]["column"]),
        (&json!(11), &json!(13))
    );
    let last = events.last().expect("a line");
    assert_eq!(
        (&last["passed"], &last["failed"], &last["cancelled"]),
        (&json!(1), &json!(2), &json!(0))
    );
    let numbers = events.iter().enumerate().all(|(at, event)| event["seq"] == json!(at));
    assert!(numbers, "numbered in order");
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="gctf" tests="3" skipped="0" failures="1" errors="1">
            <testsuite name="./a.gctf" tests="1" skipped="0" errors="0" failures="0">
                <testcase name="chat.ChatService/SendMessage" classname="./a.gctf" assertions="1" file="./a.gctf" line="1"/>
            </testsuite>
            <testsuite name="./b.gctf" tests="1" skipped="0" errors="0" failures="1">
                <testcase name="chat.ChatService/SendMessage" classname="./b.gctf" assertions="1" file="./b.gctf" line="1">
                    <failure message="$.status: expected &quot;lost&quot;, got &quot;sent&quot;" type="G501">G501: $.status: expected &quot;lost&quot;, got &quot;sent&quot;</failure>
                </testcase>
            </testsuite>
            <testsuite name="./c.gctf" tests="1" skipped="0" errors="1" failures="0">
                <testcase name="chat.ChatService/SendMessage" classname="./c.gctf" assertions="1" file="./c.gctf" line="1">
                    <error message="UNAVAILABLE (14): cannot connect to localhost:PORT: connection refused" type="G511">G511: UNAVAILABLE (14): cannot connect to localhost:PORT: connection refused</error>
                </testcase>
            </testsuite>
        </testsuites>
    "#]].assert_eq(&plain(&read(folder.path(), "out.xml"), closed));
}

#[test]
fn an_interrupted_run_is_reported() {
    let servers = Servers::new();
    let (_listener, silent) = servers.silent();
    let folder = folder(&[("a.gctf", &call(silent, "{}"))]);
    let mut process = command(
        folder.path(),
        &["run", "a.gctf", "--report", "json", "--report", "junit=out.xml"],
    )
    .stdout(Stdio::piped())
    .spawn()
    .expect("the binary starts");
    let mut output = BufReader::new(process.stdout.take().expect("stdout is piped"));
    let mut text = String::new();
    while !text.contains("documentStarted") {
        assert_ne!(output.read_line(&mut text).expect("a line"), 0);
    }
    let sent = Command::new("kill").args(["-INT", &process.id().to_string()]).status();
    assert!(sent.expect("kill starts").success());
    output.read_to_string(&mut text).expect("text");
    assert_eq!(process.wait().expect("it ends").code(), Some(130));
    let events = lines(&text);
    let [.., cancelled, finished] = events.as_slice() else {
        panic!("{text}");
    };
    assert_eq!(cancelled["outcome"], json!("cancelled"));
    assert_eq!(
        (&finished["kind"], &finished["cancelled"]),
        (&json!("finished"), &json!(1))
    );
    let xml = read(folder.path(), "out.xml");
    assert!(
        xml.contains("skipped=\"1\"") && xml.contains("message=\"cancelled\""),
        "{xml}"
    );
}

#[test]
fn reports_that_do_not_exist() {
    let folder = folder(&[("a.gctf", "")]);
    for report in ["xml", "junit", "junit="] {
        let output = gctf(folder.path(), &["run", "a.gctf", "--report", report]);
        assert_eq!(output.status.code(), Some(2), "{report}");
    }
}
