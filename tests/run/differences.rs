//! What the report for people shows of a message that differs in several places.

use crate::support::servers::Servers;
use expect_test::{Expect, expect};

const PROTO: &str = "syntax = \"proto3\"; package s;
message Home { string city = 1; int32 number = 2; }
message Person { string name = 1; string word = 2; Home home = 3; repeated string tags = 4; }
service People { rpc Get(Person) returns (Person); }";

const STUBS: &str = "- { service: People, method: Get, output: { data: { name: Ann, word: okay-7391, home: { city: Bern, number: 7 }, tags: [a, b] } } }";

/// The diff that a failed RESPONSE is shown with, without its indentation.
fn check(response: &str, expected: Expect) -> String {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let text = format!(
        "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\ns.People/Get\n\n--- RESPONSE ---\n{response}\n\n--- ASSERTS ---\n.name == \"Ann\"\n"
    );
    let report = servers.report(port, &text);
    let (_, diff) = report.split_once("    --- expected\n").unwrap_or_default();
    let lines = diff.lines().map_while(|line| line.strip_prefix("    "));
    expected.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
    report
}

#[test]
fn several_differences_are_shown_in_their_text() {
    let report = check(
        "{\n  name: 'Bob', // who\n  \"word\": \"*\",\n  \"home\": {\n    \"city\": \"Basel\",\n    \"number\": 7\n  },\n  \"tags\": [\"a\"]\n}",
        expect![[r#"
            +++ actual
            @@ line 8 @@
             {
            -  name: 'Bob', // who
            +  name: "Ann", // who
               "word": "*",
               "home": {
            -    "city": "Basel",
            +    "city": "Bern",
                 "number": 7
               },
            -  "tags": ["a"]
            +  "tags": ["a", "b"]
             }
        "#]],
    );
    // Beside it, each difference stands under its line.
    assert_eq!(report.matches("error[G501]").count(), 3, "{report}");
}

#[test]
fn a_nested_difference_is_shown() {
    check(
        "{ \"name\": \"*\", \"word\": \"*\", \"tags\": [\"a\", \"b\"] }",
        expect![[r#"
            +++ actual
            @@ line 8 @@
            -{ "name": "*", "word": "*", "tags": ["a", "b"] }
            +{ "name": "*", "word": "*", "tags": ["a", "b"], "home": {
            +  "city": "Bern",
            +  "number": 7
            +} }
        "#]],
    );
}

#[test]
fn one_scalar_needs_no_diff() {
    let response = "{ name: 'Bob', word: '*', home: { city: 'Bern', number: 7 }, tags: ['a', 'b'] }";
    let report = check(response, expect![""]);
    assert!(report.contains("got \"Ann\", expected \"Bob\""), "{report}");
}

#[test]
fn secrets_are_in_no_diff() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    servers.write("secrets.env", "WORD=okay-7391\n");
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\ns.People/Get\n\n--- REQUEST ---\n{{ \"word\": \"{{{{ env.WORD }}}}\" }}\n\n--- RESPONSE ---\n{{\n  \"name\": \"Bob\",\n  \"word\": \"other\"\n}}\n"
    );
    servers.write("a.gctf", &text);
    let output = crate::support::gctf(servers.path(), &["run", "--env-file", "secrets.env", "a.gctf"]);
    let printed = crate::support::stdout(&output);
    assert!(printed.contains("***") && !printed.contains("7391"), "{printed}");
}
