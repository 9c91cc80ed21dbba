//! `gctf check`.

use super::{folder, write};
use crate::support::servers::Servers;
use crate::support::{gctf, stdout};
use expect_test::expect;
use serde_json::{Value, json};

/// One error behind wide characters, one warning.
const FAULTY: &str = "text\n\n--- ADDRESS ---\nlocalhost:1\n\n--- ENDPOINT ---\na.B/C\n\n--- REQUEST ---\n{ \"\u{e9}\u{1d11e}\": nope }\n\n--- RESPONSE ---\n{}\n";
const CLEAN: &str = "--- ADDRESS ---\nlocalhost:1\n\n--- ENDPOINT ---\na.B/C\n\n--- RESPONSE ---\n{}\n";

#[test]
fn for_people() {
    let folder = folder(&[("a.gctf", FAULTY), ("b.gctf", CLEAN)]);
    let output = gctf(folder.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        warning[G103]: text before the first section has no effect: make it a comment with `#`
         --> ./a.gctf:1:1
          |
        1 | text
          | ^^^^

        error[G119]: expected a value instead of `nope`: quote it if it is a text
          --> ./a.gctf:10:9
           |
        10 | { "é𝄞": nope }
           |         ^^^^

        2 files checked: 1 error, 1 warning
    "#]]
    .assert_eq(&stdout(&output));
    let output = gctf(folder.path(), &["check", "b.gctf"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), "1 file checked: 0 errors, 0 warnings\n");
    for arguments in [&["check"][..], &["check", "nowhere"], &["check", ".", "--format", "x"]] {
        assert_eq!(gctf(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn for_programs() {
    let folder = folder(&[("a.gctf", FAULTY)]);
    let report = |format: &str| {
        let output = gctf(folder.path(), &["check", "a.gctf", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        stdout(&output)
    };
    let parsed = |format: &str| serde_json::from_str::<Value>(&report(format)).expect("JSON");
    let start = FAULTY.find("nope").expect("it is there");
    let found = &parsed("json")["files"][0];
    assert_eq!(found["path"], json!("a.gctf"));
    let found = &found["diagnostics"][1];
    assert_eq!((&found["code"], &found["severity"]), (&json!("G119"), &json!("error")));
    assert_eq!(
        (&found["line"], &found["column"], &found["endColumn"]),
        (&json!(10), &json!(9), &json!(13))
    );
    assert_eq!((&found["start"], &found["end"]), (&json!(start), &json!(start + 4)));
    assert_eq!(parsed("json")["errors"], json!(1));
    let run = &parsed("sarif")["runs"][0];
    assert_eq!(
        run["tool"]["driver"]["rules"],
        json!([{ "id": "G103" }, { "id": "G119" }])
    );
    let result = &run["results"][1];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("G119"), &json!("error")));
    assert_eq!(
        result["locations"][0]["physicalLocation"],
        json!({ "artifactLocation": { "uri": "a.gctf" }, "region": { "startLine": 10, "startColumn": 9,
            "endLine": 10, "endColumn": 13, "byteOffset": start, "byteLength": 4 } })
    );
    expect![[r#"
        ::warning file=a.gctf,line=1,col=1,endLine=1,endColumn=5,title=G103::text before the first section has no effect: make it a comment with `#`
        ::error file=a.gctf,line=10,col=9,endLine=10,endColumn=13,title=G119::expected a value instead of `nope`: quote it if it is a text
    "#]].assert_eq(&report("github"));
}

#[test]
fn files_that_cannot_be_read() {
    let text = "--- ADDRESS ---\nlocalhost:1\n\n--- ENDPOINT ---\na.B/C\n\n--- TLS ---\nca_cert: there.pem\nclient_cert: gone.pem\nclient_key: there.pem\n\n--- PROTO ---\nfiles: there.pem, far/gone.proto\n\n--- RESPONSE ---\n{}\n";
    let folder = folder(&[("tests/a.gctf", text), ("tests/there.pem", "")]);
    write(folder.path(), "tests/b.gctf", b"# \xff\n");
    let output = gctf(folder.path(), &["check", "tests", "--format", "github"]);
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        ::error file=tests/a.gctf,line=9,col=14,endLine=9,endColumn=22,title=G220::tests/gone.pem: no such file
        ::error file=tests/a.gctf,line=13,col=19,endLine=13,endColumn=33,title=G220::tests/far/gone.proto: no such file
        ::error file=tests/b.gctf,line=1,col=3,endLine=1,endColumn=3,title=G101::not UTF-8 at byte 2: save the file as UTF-8
    "#]].assert_eq(&stdout(&output));
}

#[test]
fn schemas_are_loaded_on_request() {
    let servers = Servers::new();
    let (_mock, port) = servers.mock(None);
    let call = |port: u16| {
        format!(
            "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMesage\n\n--- RESPONSE ---\n{{}}\n"
        )
    };
    let folder = folder(&[("a.gctf", &call(port))]);
    let code = |arguments: &[&str]| {
        let output = gctf(folder.path(), arguments);
        (output.status.code(), stdout(&output))
    };
    assert_eq!(code(&["check", "a.gctf"]).0, Some(0));
    let (status, report) = code(&["check", "a.gctf", "--schema", "live", "--format", "github"]);
    assert_eq!(status, Some(1));
    assert!(report.contains("title=G306::"), "{report}");
    // A server that is down is no fault of the file.
    let (listener, closed) = servers.silent();
    drop(listener);
    write(folder.path(), "b.gctf", call(closed).as_bytes());
    let (status, report) = code(&["check", "b.gctf", "--schema", "live", "--format", "github"]);
    assert_eq!(status, Some(0));
    assert!(
        report.starts_with("::notice ") && report.contains("title=G301::"),
        "{report}"
    );
}

#[test]
fn schemas_that_cannot_be_loaded() {
    let servers = Servers::new();
    let (_plain, plain) = servers.plain();
    let (identity, _) = servers.identity("localhost");
    let (tls, bare) = (servers.tls_only(&identity), servers.without_reflection());
    let broken = servers.write(
        "broken.proto",
        "syntax = \"proto3\";\nmessage M { Nowhere field = 1; }\n",
    );
    let proto = format!("--- PROTO ---\nfiles: {}\n\n", broken.display());
    for (port, settings, expected) in [
        (tls, "", "notice G302 2:1"),
        (plain, "--- TLS ---\n\n", "notice G302 2:1"),
        (bare, "", "notice G303 2:1"),
        (plain, &proto, "error G304 8:8"),
    ] {
        let call = format!(
            "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\na.B/C\n\n{settings}--- RESPONSE ---\n{{}}\n"
        );
        let folder = folder(&[("a.gctf", &call)]);
        let output = gctf(
            folder.path(),
            &["check", "a.gctf", "--schema", "live", "--format", "github"],
        );
        let printed = stdout(&output);
        let word = |before: &str, after: &str| {
            let (_, rest) = printed.split_once(before).unwrap_or_default();
            rest.split_once(after).map_or("", |(word, _)| word).to_owned()
        };
        let found = format!(
            "{} {} {}:{}",
            word("::", " "),
            word("title=", "::"),
            word("line=", ","),
            word("col=", ",")
        );
        assert_eq!(found, expected, "{call}{printed}");
    }
}
