//! `gctf schema`: what servers understand, saved and compared.

use crate::support::servers::Servers;
use crate::support::{gctf, stderr, stdout};
use expect_test::expect;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

const BEFORE: &str = "syntax = \"proto3\"; package shop;
service Orders { rpc Get(Query) returns (Order); }
message Query { string id = 1; }
message Order { string id = 1; int32 total = 2; }
";

const AFTER: &str = "syntax = \"proto3\"; package shop;
service Orders { rpc Get(Query) returns (Order); rpc List(Query) returns (stream Order); }
message Query { string id = 1; }
message Order { string id = 1; string total = 2; }
";

#[test]
fn saved_compared_and_used_while_the_server_is_away() {
    let servers = Servers::new();
    let (mock, first) = servers.of(BEFORE, "[]", None);
    let upstream = Arc::new(AtomicU16::new(first));
    let port = servers.relay(Arc::clone(&upstream));
    let test = |total: &str| {
        format!(
            "--- ADDRESS ---\nlocalhost:{port}\n--- ENDPOINT ---\nshop.Orders/Get\n--- RESPONSE ---\n{{ \"total\": {total} }}\n"
        )
    };
    servers.write("tests/a.gctf", &test("5"));
    let run = |arguments: &[&str]| {
        let output = gctf(servers.path(), arguments);
        let printed = format!("{}{}", stdout(&output), stderr(&output));
        (output.status.code(), printed.replace(&port.to_string(), "PORT"))
    };
    let target = format!("localhost:{port}");
    expect![[r#"
        localhost:PORT
          service shop.Orders
            rpc Get(shop.Query) returns (shop.Order);
    "#]]
    .assert_eq(
        &run(&["schema", "list", &target])
            .1
            .replace("  service grpc.health.v1.Health\n", ""),
    );
    let shown = run(&["schema", "show", &target]).1;
    assert!(shown.starts_with("// service.proto of localhost:PORT.\n"), "{shown}");
    assert!(
        shown.contains("\nmessage Order {\n  string id = 1;\n  int32 total = 2;\n}\n"),
        "{shown}"
    );
    assert_eq!(
        run(&["schema", "diff", "tests"]),
        (
            Some(1),
            "gctf: no schema was saved as gctf-schema/localhost_PORT.binpb: use `gctf schema save`\n".to_owned()
        )
    );
    assert_eq!(
        run(&["schema", "save", "tests"]),
        (
            Some(0),
            "localhost:PORT: saved to gctf-schema/localhost_PORT.binpb\n".to_owned()
        )
    );
    assert_eq!(
        run(&["schema", "diff", "tests"]),
        (Some(0), "localhost:PORT: nothing has changed\n".to_owned())
    );

    // Another version of the server, at the same address.
    drop(mock);
    servers.write("tests/b.gctf", &test("\"5\""));
    let (code, printed) = run(&["check", "--schema", "snapshot", "tests"]);
    assert!(
        printed.contains("error[G308]: this form never comes in a reply: write 5\n --> tests/b.gctf:6:12"),
        "{printed}"
    );
    assert!(printed.ends_with("2 files checked: 1 error, 0 warnings\n"), "{printed}");
    assert_eq!(code, Some(1));
    let (_newer, newer) = servers.of(AFTER, "[]", None);
    upstream.store(newer, Ordering::SeqCst);
    expect![[r#"
        localhost:PORT
          breaking  shop.Order.total: int32 before, string now
          additive  shop.Orders/List: method added
    "#]]
    .assert_eq(&run(&["schema", "diff", &target]).1);
    assert_eq!(run(&["schema", "diff", "--fail-on-breaking", &target]).0, Some(1));

    // A file that somebody has touched is not taken for what was saved.
    servers.write(&format!("gctf-schema/localhost_{port}.binpb"), "");
    let (code, printed) = run(&["schema", "diff", "tests"]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("not what was saved"), "{printed}");
}

#[test]
fn what_cannot_be_loaded() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    drop(listener);
    let output = gctf(servers.path(), &["schema", "save", &format!("localhost:{port}")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("connection refused"), "{}", stderr(&output));
    assert!(!servers.path().join("gctf-schema").exists());
    let output = gctf(servers.path(), &["schema", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "gctf: no server is named: give an address such as localhost:4770, or tests\n"
    );
    let output = gctf(servers.path(), &["schema", "list", "no/such/path"]);
    assert_eq!(output.status.code(), Some(2));
}
