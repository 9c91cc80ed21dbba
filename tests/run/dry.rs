//! `--dry-run`: everything up to the calls.

use super::suites::{OK, Suite};
use crate::mock::shapes::PROTO;
use crate::support::{chat, gctf, stdout};
use serde_json::{Value, json};
use std::io::ErrorKind;

/// What a dry run prints of the suite, with `PORT` for its port.
fn run(suite: &Suite, arguments: &[&str]) -> String {
    let printed = suite.run(&[&["--dry-run", "-j", "1"], arguments].concat());
    printed.replace(&suite.port.to_string(), "PORT")
}

#[test]
fn tests_documents_and_rows_are_listed() {
    let suite = Suite::new();
    let two = format!(
        "{OK}\n--- EXTRACT ---\nid = .text\nhost = \"localhost\"\n\n--- ADDRESS ---\n{{{{ host }}}}:1\n\n--- ENDPOINT ---\ns.Shapes/One\n\n--- REQUEST ---\n{{ \"text\": \"{{{{ id }}}}\" }}\n\n{OK}"
    );
    suite.test(
        "a.gctf",
        "--- META ---\ntags: [quick]\n\n",
        "{ \"text\": \"ok\" }",
        &two,
    );
    let proto = format!("{OK}\n--- PROTO ---\nfiles: service.proto\n");
    suite.servers.write("service.proto", PROTO);
    suite.test("b.gctf", "", "{ \"text\": \"{{ words.word }}\" }", &proto);
    suite.test("c.gctf", "#[name(third)]\n", "{ \"text\": \"{{ words.word }}\" }", OK);
    suite.servers.write("words.csv", "word\none\ntwo\n");
    assert_eq!(
        run(&suite, &["--tags", "quick", "."]),
        "○ ./a.gctf
  line 7: s.Shapes/One: would call localhost:PORT, plaintext, schema by reflection
  line 23: s.Shapes/One: would call {{ host }}:1, where an earlier call says what that is
1 would run, 0 failed
exit 0"
    );
    assert_eq!(
        run(&suite, &["--data", "words.csv", "b.gctf", "c.gctf"]),
        "○ b.gctf#[row=0 word=one]
  line 4: s.Shapes/One: would call localhost:PORT, plaintext, schema from service.proto
○ b.gctf#[row=1 word=two]
  line 4: s.Shapes/One: would call localhost:PORT, plaintext, schema from service.proto
○ c.gctf#[row=0 word=one]
  line 5: third: would call localhost:PORT, plaintext, schema by reflection
○ c.gctf#[row=1 word=two]
  line 5: third: would call localhost:PORT, plaintext, schema by reflection
4 would run, 0 failed
exit 0"
    );
    let output = gctf(
        suite.servers.path(),
        &["run", "--dry-run", "--report", "json", "a.gctf"],
    );
    let printed = stdout(&output);
    let events: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let first = events
        .iter()
        .find(|event| event["kind"] == json!("documentFinished"))
        .expect("an event");
    assert_eq!(
        (&first["outcome"], &first["failures"][0]["code"]),
        (&json!("skipped"), &json!("G525"))
    );
}

#[test]
fn errors_that_need_no_server_fail() {
    let suite = Suite::new();
    suite.servers.write("service.proto", PROTO);
    let proto = "--- PROTO ---\nfiles: service.proto\n\n";
    let ok = "{ \"text\": \"ok\" }";
    suite.test("broken.gctf", "", "{ \"text\": ", OK);
    suite.test("field.gctf", proto, "{ \"texts\": \"ok\" }", OK);
    suite.test("name.gctf", "", "{ \"text\": \"{{ nme }}\" }", OK);
    suite.test("nothing.gctf", "", ok, "");
    suite.test("line.gctf", "", ok, "--- ASSERTS ---\n.text == nope\n");
    suite.test(
        "skip.gctf",
        "",
        ok,
        &format!("{OK}\n#[skip]\n--- ASSERTS ---\n.text == nope\n"),
    );
    suite.test(
        "variable.gctf",
        "",
        ok,
        &format!("{OK}\n--- ASSERTS ---\n.text == $nope or .text == $rows.nope\n"),
    );
    suite.test("tls.gctf", "", ok, &format!("--- TLS ---\nca_cert: none.pem\n\n{OK}"));
    suite.test("skipped.gctf", "", ok, OK);
    let skipped = std::fs::read_to_string(suite.servers.path().join("skipped.gctf")).expect("a file");
    suite.servers.write(
        "skipped.gctf",
        &skipped.replace("--- ENDPOINT", "#[skip]\n--- ENDPOINT"),
    );
    let run = run(&suite, &["."]);
    let run = run.replace(&format!("{}/", suite.servers.path().display()), "");
    assert_eq!(
        run,
        "✗ ./broken.gctf
error[G119]: expected a value after `:`
error[G119]: expected `}` after `:`
✗ ./field.gctf
error[G516]: s.Note has no field \"texts\"; did you mean \"text\"?
✗ ./line.gctf
error[G402]: no function `nope`: write `.nope` for a field, `\"nope\"` for a text
✗ ./name.gctf
error[G514]: no variable \"nme\"
✗ ./nothing.gctf
error[G202]: nothing is expected, so this cannot pass: add RESPONSE, ERROR or ASSERTS
○ ./skip.gctf
  line 4: s.Shapes/One: would call localhost:PORT, plaintext, schema by reflection
- ./skipped.gctf
note[G523]: skipped by #[skip]
✗ ./tls.gctf
error[G512]: ./none.pem: certificate file not found
✗ ./variable.gctf
error[G405]: nothing sets `nope` before here
error[G405]: only `--data` could set `rows.nope`
1 would run, 7 failed, 1 skipped
exit 1"
    );
}

#[test]
fn what_the_setup_would_set_is_taken_for_set() {
    let suite = Suite::new();
    let setup = format!("{OK}\n--- EXTRACT ---\nword = .text\n");
    suite.test("_setup.gctf", "", "{ \"text\": \"ok\" }", &setup);
    suite.test("a.gctf", "", "{ \"text\": \"{{ word }}\" }", OK);
    suite.test("b.gctf", "", "{ \"text\": \"{{ wort }}\" }", OK);
    assert_eq!(
        run(&suite, &["."]),
        "○ ./a.gctf
  line 4: s.Shapes/One: would call localhost:PORT, plaintext, schema by reflection
✗ ./b.gctf
error[G514]: no variable \"wort\"
1 would run, 1 failed
exit 1"
    );
}

#[test]
fn nothing_is_dialled() {
    let suite = Suite::new();
    let (listener, port) = suite.servers.silent();
    listener.set_nonblocking(true).expect("a listener");
    let text = format!("--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\na.B/C\n\n{OK}");
    suite.servers.write("a.gctf", &text);
    let output = gctf(suite.servers.path(), &["run", "--dry-run", "a.gctf"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let accepted = listener.accept().map(|_| ());
    assert_eq!(accepted.map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
    // The mock's port may be taken by the server that is to be tested.
    let output = gctf(&chat(), &["run", "--dry-run", "--mock", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stdout(&output).contains("TLS with a client certificate"),
        "{}",
        stdout(&output)
    );
}
