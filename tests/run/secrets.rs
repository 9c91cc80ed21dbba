//! Values of secrets stay out of everything that is shown.

use crate::support::servers::Servers;
use crate::support::{gctf, stdout};

const PROTO: &str = r#"syntax = "proto3";
package s;
message Login { string user = 1; string password = 2; }
message Session { string token = 1; string user = 2; int32 secret_pin = 3; bool secret_set = 4; Session inner = 5; string echo = 6; }
service Auth { rpc Open(Login) returns (Session); }
"#;

const STUBS: &str = r#"
- service: Auth
  method: Open
  input: { equals: { user: ann } }
  output:
    headers: { x-auth-token: head-4711 }
    data: { token: tok-4711, user: ann, secret_pin: 12, echo: "said pass-4711", inner: { token: deep-4711 } }
- service: Auth
  method: Open
  input: { equals: { user: bob } }
  output: { error: "no such password: pass-4711", code: 16 }
"#;

/// A call as `user`, which sends a password and a header of the file.
fn call(port: u16, user: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\ns.Auth/Open\n\n--- REQUEST_HEADERS ---\n\
         authorization: Bearer bear-4711\n\n--- REQUEST ---\n{{ \"user\": \"{user}\", \"password\": \"pass-4711\" }}\n\n{rest}\n"
    )
}

/// The tests, each of which shows secrets in a way of its own when it fails.
fn servers() -> (Servers, gctf_lsp::mock::RunningMock) {
    let servers = Servers::new();
    let (mock, port) = servers.of(PROTO, STUBS, None);
    let rows = "--- DATASET ---\n- { password: row-4711, user: ann }\n\n";
    for (name, text) in [
        (
            "body.gctf",
            call(
                port,
                "ann",
                "--- RESPONSE ---\n{ \"token\": \"old-4711\", \"user\": \"bob\", \"secret_pin\": 11, \"secret_set\": true, \"inner\": { \"token\": \"*\", \"user\": \"x\" }, \"echo\": \"\" }",
            ),
        ),
        (
            "asserts.gctf",
            call(
                port,
                "ann",
                "--- ASSERTS ---\n.token == \"wish-4711\"\n.secret_pin == 11\n@header(\"x-auth-token\") == \"x\"\n.inner == null\n(. | tostring) == \"\"",
            ),
        ),
        ("status.gctf", call(port, "bob", "--- RESPONSE ---\n{}")),
        (
            "rows.gctf",
            format!("{rows}{}", call(port, "ann", "--- RESPONSE ---\n{}")),
        ),
        (
            "variables.gctf",
            call(
                port,
                "ann",
                "--- EXTRACT ---\napi_key_of_ann = .echo\n\n--- ASSERTS ---\n.user == $api_key_of_ann",
            ),
        ),
        (
            "marked.gctf",
            call(
                port,
                "ann",
                "--- RESPONSE ---\n{ \"tokn\": { \"token\": \"lone-4711\" } }",
            ),
        ),
    ] {
        servers.write(name, &text);
    }
    (servers, mock)
}

const FILES: [&str; 6] = [
    "asserts.gctf",
    "body.gctf",
    "marked.gctf",
    "rows.gctf",
    "status.gctf",
    "variables.gctf",
];

#[test]
fn no_report_of_a_run_shows_them() {
    let (servers, _mock) = servers();
    for file in FILES {
        for flags in [
            &[][..],
            &["--report", "json"],
            &["--report", "junit=out.xml"],
            &["--dry-run"],
        ] {
            let output = gctf(servers.path(), &[&["run", file], flags].concat());
            let mut shown = stdout(&output) + &crate::support::stderr(&output);
            if flags.last() == Some(&"junit=out.xml") {
                shown += &std::fs::read_to_string(servers.path().join("out.xml")).expect("a report");
            }
            assert!(!shown.contains("4711"), "{file} {flags:?}: {shown}");
            let code = match flags {
                ["--dry-run"] => 0,
                _ => 1,
            };
            assert_eq!(output.status.code(), Some(code), "{file} {flags:?}: {shown}");
        }
    }
}

#[test]
fn what_is_no_secret_is_shown_beside_them() {
    let (servers, _mock) = servers();
    let shown = |file: &str| stdout(&gctf(servers.path(), &["run", file]));
    let body = shown("body.gctf");
    for text in [
        r#"$.token: expected "***", got "***""#,
        r#"$.secret_pin: expected "***", got "***""#,
        r#"$.user: expected "bob", got "ann""#,
        r#"$.echo: expected "", got "said ***""#,
        r#"{ "token": "***", "user": "bob""#,
    ] {
        assert!(body.contains(text), "{text}: {body}");
    }
    let asserts = shown("asserts.gctf");
    for text in [
        r#"`.token == "***"`: got ***, expected ***"#,
        r#"`.secret_pin == 11`: got ***, expected ***"#,
        r#"\"user\":\"ann\""#,
        r#"`@header("x-auth-token") == "x"`: got ***, expected ***"#,
    ] {
        assert!(asserts.contains(text), "{text}: {asserts}");
    }
    assert!(shown("status.gctf").contains("UNAUTHENTICATED (16): no such password: ***"));
    assert!(shown("rows.gctf").contains("rows.gctf#[row=0 password=*** user=ann]"));
}

#[test]
fn folders_name_more_of_them() {
    let (servers, _mock) = servers();
    let shown = || stdout(&gctf(servers.path(), &["run", "body.gctf"]));
    assert!(shown().contains(r#"got "ann""#));
    servers.write("gctf.toml", "secrets.mask = ['us*']\n");
    assert!(shown().contains(r#"$.user: expected "***", got "***""#));
}

#[test]
fn checks_and_lists_show_none() {
    let (servers, _mock) = servers();
    for file in FILES {
        for command in [
            &["check"][..],
            &["check", "--schema", "live"],
            &["check", "--schema", "live", "--format", "json"],
            &["check", "--schema", "live", "--format", "sarif"],
            &["check", "--schema", "live", "--format", "github"],
            &["list"],
            &["list", "--json"],
        ] {
            let shown = stdout(&gctf(servers.path(), &[command, &[file]].concat()));
            assert!(!shown.contains("4711"), "{file} {command:?}: {shown}");
        }
    }
    let shown = stdout(&gctf(servers.path(), &["check", "--schema", "live", "marked.gctf"]));
    assert!(shown.contains(r#"{ "tokn": { "token": "***" } }"#), "{shown}");
    let shown = stdout(&gctf(servers.path(), &["list", "--json", "rows.gctf"]));
    assert!(shown.contains("[row=0 password=*** user=ann]"), "{shown}");
}

#[test]
fn accepted_messages_expect_any_secret() {
    let (servers, _mock) = servers();
    let text = std::fs::read_to_string(servers.path().join("body.gctf")).expect("a file");
    servers.write(
        "part.gctf",
        &text
            .replace("--- RESPONSE ---", "--- RESPONSE partial ---")
            .replace(", \"echo\": \"\"", ""),
    );
    gctf(servers.path(), &["run", "--update", "part.gctf"]);
    let text = std::fs::read_to_string(servers.path().join("part.gctf")).expect("a file");
    assert!(
        text.contains(r#""token": "*", "user": "ann", "secret_pin": 12"#),
        "{text}"
    );
    // What is only a part of a text cannot be left open.
    gctf(servers.path(), &["run", "--update", "body.gctf"]);
    let text = std::fs::read_to_string(servers.path().join("body.gctf")).expect("a file");
    assert!(text.contains("old-4711") && text.contains("\"bob\""), "{text}");
}
