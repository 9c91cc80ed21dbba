//! `--data`: rows from files.

use super::suites::{OK, Suite};
use crate::support::{gctf, stderr, stdout};
use serde_json::{Value, json};

/// A test that reads the rows of `words`, in a template and in an expression.
fn test(suite: &Suite, name: &str) {
    let rest = "--- RESPONSE ---\n{ \"text\": \"{{ words.reply }}\" }\n\n--- ASSERTS ---\n.text == $words.reply\n";
    suite.test(
        name,
        "",
        "{ \"text\": \"{{ words.word }}\", \"number\": \"{{ words.n }}\" }",
        rest,
    );
}

#[test]
fn every_file_runs_with_every_row() {
    let suite = Suite::new();
    test(&suite, "a.gctf");
    test(&suite, "b.gctf");
    suite
        .servers
        .write("words.csv", "word,n,reply\nok1,0,OK\nseven,7,SEVEN\n");
    let expected = "✓ a.gctf#[row=0 n=0 reply=OK word=ok1]
✓ a.gctf#[row=1 n=7 reply=SEVEN word=seven]
✓ b.gctf#[row=0 n=0 reply=OK word=ok1]
✓ b.gctf#[row=1 n=7 reply=SEVEN word=seven]
4 passed, 0 failed
exit 0";
    assert_eq!(
        suite.run(&["-j", "1", "--data", "words.csv", "a.gctf", "b.gctf"]),
        expected
    );
    let rows = [("ok1", 0, "OK"), ("seven", 7, "SEVEN")];
    let rows = rows.map(|(word, n, reply)| json!({ "word": word, "n": n, "reply": reply }));
    let lines: Vec<_> = rows.iter().map(Value::to_string).collect();
    for (name, text) in [
        ("words.tsv", "word\tn\treply\nok1\t0\tOK\nseven\t7\tSEVEN\n".to_owned()),
        ("words.json", json!(rows).to_string()),
        ("words.jsonl", lines.join("\n")),
        (
            "words.yaml",
            "- { word: ok1, n: 0, reply: OK }\n- { word: seven, n: 7, reply: SEVEN }\n".to_owned(),
        ),
    ] {
        suite.servers.write(name, &text);
        let run = suite.run(&["-j", "1", "--data", name, "a.gctf", "b.gctf"]);
        assert_eq!(run, expected, "{name}");
    }
}

#[test]
fn a_row_is_stronger_than_the_setup_and_no_concern_of_it() {
    let suite = Suite::new();
    let setup = format!("{OK}\n--- EXTRACT ---\nwords = {{ word: \"down\", reply: \"OK\" }}\n");
    suite.test(
        "_setup.gctf",
        "--- DATASET ---\n- a: 1\n\n",
        "{ \"text\": \"ok\" }",
        &setup,
    );
    let rest = "--- RESPONSE ---\n{ \"text\": \"{{ words.reply }}\" }\n";
    suite.test("a.gctf", "", "{ \"text\": \"{{ words.word }}\" }", rest);
    suite
        .servers
        .write("words.jsonl", "{ \"word\": \"ok2\", \"reply\": \"OK\" }\n");
    assert_eq!(
        suite.run(&["--data", "words.jsonl", "."]),
        "✓ ./a.gctf#[row=0 reply=OK word=ok2]\n1 passed, 0 failed\nexit 0"
    );
}

#[test]
fn a_data_file_may_be_named_as_a_section_is() {
    let suite = Suite::new();
    let rest = "--- RESPONSE ---\n{ \"text\": \"OK\" }\n\n--- ASSERTS ---\n$dataset | .word == \"ok\"\n";
    suite.test("a.gctf", "", "{ \"text\": \"{{ dataset.word }}\" }", rest);
    suite.servers.write("dataset.yml", "- word: ok\n");
    assert_eq!(
        suite.run(&["--data", "dataset.yml", "a.gctf"]),
        "✓ a.gctf#[row=0 word=ok]\n1 passed, 0 failed\nexit 0"
    );
    assert!(
        suite
            .run(&["--dry-run", "--data", "dataset.yml", "a.gctf"])
            .ends_with("exit 0")
    );
}

#[test]
fn a_failed_row_is_named_in_every_report() {
    let suite = Suite::new();
    test(&suite, "a.gctf");
    suite.servers.write("words.csv", "word,n,reply\nok1,0,OK\nok2,0,NO\n");
    let arguments = [
        "run",
        "--data",
        "words.csv",
        "--report",
        "json",
        "--report",
        "junit=out.xml",
        "a.gctf",
    ];
    let output = gctf(suite.servers.path(), &arguments);
    assert_eq!(output.status.code(), Some(1));
    let printed = stdout(&output);
    let events: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let finished = events.iter().filter(|event| event["kind"] == json!("documentFinished"));
    let rows: Vec<_> = finished.map(|event| (&event["row"], &event["outcome"])).collect();
    assert_eq!(rows, [(&json!(0), &json!("passed")), (&json!(1), &json!("failed"))]);
    let xml = std::fs::read_to_string(suite.servers.path().join("out.xml")).expect("a report");
    assert!(xml.contains("s.Shapes/One [row=1 n=0 reply=NO word=ok2]"), "{xml}");
}

#[test]
fn what_cannot_be_used_is_refused() {
    let suite = Suite::new();
    test(&suite, "a.gctf");
    suite.test(
        "own.gctf",
        "# rows\n--- DATASET ---\n- a: 1\n\n",
        "{ \"text\": \"ok\" }",
        OK,
    );
    suite.servers.write("words.csv", "word\nok\n");
    suite.servers.write("broken.csv", "a,b\n1\n");
    for (arguments, message) in [
        (
            &["--data", "words.csv", "a.gctf", "own.gctf"][..],
            "own.gctf:2: DATASET excludes --data: delete the section, or run the file without --data",
        ),
        (
            &["--data", "broken.csv", "a.gctf"],
            "broken.csv:2: 1 cells, and the first line names 2 columns: add or delete cells, or quote them",
        ),
        (&["--data", "none.csv", "a.gctf"], "none.csv: "),
        (&["--data", "words.csv", "--update", "a.gctf"], "cannot be used with"),
    ] {
        let output = gctf(suite.servers.path(), &[&["run"], arguments].concat());
        let said = stderr(&output);
        assert!(said.contains(message), "{arguments:?}: {said}");
        assert_eq!(
            (output.status.code(), stdout(&output)),
            (Some(2), String::new()),
            "{arguments:?}"
        );
    }
}
