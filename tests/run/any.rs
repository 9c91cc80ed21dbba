//! Types that nothing imports: the server is asked for them when an Any names one.

use crate::support::servers::Servers;
use expect_test::expect;
use gctf_lsp::mock::{MockOptions, RunningMock};

const SERVICE: &str = r#"
syntax = "proto3";
package box;
import "google/protobuf/any.proto";
service Boxes {
  rpc Open(Box) returns (Box);
  rpc Watch(Box) returns (stream Box);
  rpc Break(Box) returns (Box);
}
message Box { google.protobuf.Any content = 1; repeated google.protobuf.Any others = 2; }
"#;

const CONTENTS: &str = r#"
syntax = "proto3";
package things;
import "google/protobuf/any.proto";
import "inner.proto";
message Book { string full_title = 1; int64 pages = 2; Inner inner = 3; }
message Wrapped { google.protobuf.Any content = 1; }
"#;

const INNER: &str = "syntax = \"proto3\"; package things; message Inner { string note_text = 1; }";

const STUBS: &str = r#"
- { service: box.Boxes, method: Open, input: { contains: { content: { full_title: Asked } } },
    output: { data: { content: { "@type": type.googleapis.com/things.Book, full_title: Answered, pages: "7" } } } }
- { service: box.Boxes, method: Open,
    output: { data: { content: { "@type": x/things.Wrapped, content: { "@type": x/things.Book, inner: { note_text: deep } } },
                      others: [ { "@type": x/google.protobuf.Duration, value: 1.5s } ] } } }
- { service: box.Boxes, method: Watch,
    output: { stream: [ {}, { content: { "@type": x/things.Book, full_title: Second } } ] } }
- { service: box.Boxes, method: Break,
    output: { error: bad, code: 3, details: [ { type: x/things.Book, full_title: Detail } ] } }
"#;

fn boxes(servers: &Servers) -> (RunningMock, u16) {
    servers.write("inner.proto", INNER);
    let options = MockOptions {
        listen: "localhost:0".to_owned(),
        protos: vec![
            servers.write("box.proto", SERVICE),
            servers.write("things.proto", CONTENTS),
        ],
        import_paths: vec![servers.path().to_owned()],
        stubs: vec![servers.write("stubs.yaml", STUBS)],
        identity: None,
    };
    let mock = servers.block_on(RunningMock::start(options)).expect("the mock starts");
    let port = mock.addresses()[0].port();
    (mock, port)
}

#[test]
fn types_are_asked_for_by_name() {
    let servers = Servers::new();
    let (_mock, port) = boxes(&servers);
    let run = |method: &str, rest: &str| {
        let text = format!("--- ADDRESS ---\nlocalhost:PORT\n--- ENDPOINT ---\nbox.Boxes/{method}\n{rest}");
        servers.report(port, &text)
    };
    for (method, sections) in [
        // In a request, with a name in JSON spelling, and in a RESPONSE.
        (
            "Open",
            "--- REQUEST ---\n{\"content\": {\"@type\": \"x/things.Book\", \"fullTitle\": \"Asked\"}}\n\
             --- RESPONSE ---\n{\"content\": {\"@type\": \"type.googleapis.com/things.Book\", \"fullTitle\": \"Answered\", \"pages\": \"7\"}}\n",
        ),
        // In a reply that nothing announced, one inside the other.
        (
            "Open",
            "--- ASSERTS ---\n.content.content.inner.note_text == \"deep\"\n.others[0].value == \"1.500s\"\n",
        ),
        (
            "Watch",
            "--- RESPONSE ---\n{}\n--- ASSERTS ---\n.content.full_title == \"Second\"\n",
        ),
        (
            "Break",
            "--- ERROR ---\n{\"code\": 3, \"message\": \"bad\", \"details\": [{\"fullTitle\": \"Detail\"}]}\n",
        ),
    ] {
        assert_eq!(run(method, sections), "1 passed, 0 failed\n", "{sections}");
    }
    // A type that the server does not have either.
    let unknown = "--- REQUEST ---\n{\"content\": {\"@type\": \"x/things.Nothing\"}}\n--- RESPONSE ---\n{}\n";
    expect![[r#"
        error[G516]: content: message 'things.Nothing' not found
         --> test.gctf:6:13
          |
        6 | {"content": {"@type": "x/things.Nothing"}}
          |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ content: message 'things.Nothing' not found
        0 passed, 1 failed
    "#]]
    .assert_eq(&run("Open", unknown));
}
