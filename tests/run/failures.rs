//! Every way in which a call cannot be made or a check fails, and the words for it.

use crate::support::chat;
use crate::support::servers::{Servers, example_identity};
use expect_test::{Expect, expect};

const CALL: &str = "--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{ \"room_id\": \"room_001\", \"user_id\": \"user_123\" }\n\n";
const RESPONSE: &str = "--- RESPONSE partial ---\n{ \"status\": \"sent\" }\n";

/// Compares what is printed for `text`.
fn check(servers: &Servers, port: u16, text: &str, expected: Expect) {
    expected.assert_eq(&servers.report(port, text));
}

fn at(address: &str, rest: &str) -> String {
    format!("--- ADDRESS ---\n{address}\n\n{rest}")
}

#[test]
fn targets_that_cannot_be_reached() {
    let servers = Servers::new();
    let closed = {
        let (listener, port) = servers.silent();
        drop(listener);
        port
    };
    let whole = at("localhost:PORT", &format!("{CALL}{RESPONSE}"));
    check(
        &servers,
        closed,
        &whole,
        expect![[r#"
        error[G511]: UNAVAILABLE (14): cannot connect to localhost:PORT: connection refused
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ UNAVAILABLE (14): cannot connect to localhost:PORT: connection refused
        0 passed, 1 failed
    "#]],
    );
    let (_listener, silent) = servers.silent();
    check(
        &servers,
        silent,
        &whole,
        expect![[r#"
            error[G511]: UNAVAILABLE (14): localhost:PORT accepts connections but does not answer: nothing came within 5 s
             --> test.gctf:5:1
              |
            5 | chat.ChatService/SendMessage
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ UNAVAILABLE (14): localhost:PORT accepts connections but does not answer: nothing came within 5 s
            0 passed, 1 failed
        "#]],
    );
    let unknown = at("no-such-host.invalid:PORT", &format!("{CALL}{RESPONSE}"));
    check(
        &servers,
        closed,
        &unknown,
        expect![[r#"
        error[G511]: UNAVAILABLE (14): cannot connect to no-such-host.invalid:PORT: name not found
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ UNAVAILABLE (14): cannot connect to no-such-host.invalid:PORT: name not found
        0 passed, 1 failed
    "#]],
    );
}

#[test]
fn tls_and_plaintext_mixed_up() {
    let servers = Servers::new();
    let (_plain, plain) = servers.plain();
    let tls = at("localhost:PORT", &format!("--- TLS ---\n\n{CALL}{RESPONSE}"));
    check(
        &servers,
        plain,
        &tls,
        expect![[r#"
        error[G512]: localhost:PORT answers without TLS: remove the TLS section, or say `mode: plaintext`
         --> test.gctf:7:1
          |
        7 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ localhost:PORT answers without TLS: remove the TLS section, or say `mode: plaintext`
        0 passed, 1 failed
    "#]],
    );

    let (identity, _) = servers.identity("localhost");
    let pure_tls = servers.tls_only(&identity);
    let plaintext = at("localhost:PORT", &format!("{CALL}{RESPONSE}"));
    check(
        &servers,
        pure_tls,
        &plaintext,
        expect![[r#"
            error[G512]: localhost:PORT expects TLS: add a TLS section
             --> test.gctf:5:1
              |
            5 | chat.ChatService/SendMessage
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ localhost:PORT expects TLS: add a TLS section
            0 passed, 1 failed
        "#]],
    );
}

#[test]
fn certificates() {
    let servers = Servers::new();
    let (identity, ca) = servers.identity("localhost");
    let (_mock, port) = servers.mock(Some(identity));
    let with = |settings: &str| {
        at(
            "localhost:PORT",
            &format!("--- TLS ---\n{settings}\n\n{CALL}{RESPONSE}"),
        )
    };
    let ca = ca.file_name().unwrap().to_str().unwrap().to_owned();
    check(
        &servers,
        port,
        &with(&format!("ca_cert: {ca}")),
        expect![[r#"
        1 passed, 0 failed
    "#]],
    );
    let (_, other) = servers.identity("elsewhere");
    let other = other.file_name().unwrap().to_str().unwrap().to_owned();
    check(
        &servers,
        port,
        &with(&format!("ca_cert: {other}")),
        expect![[r#"
            error[G512]: certificate of localhost:PORT is not signed by the authority in ca_cert: set the right ca_cert in the TLS section
             --> test.gctf:8:1
              |
            8 | chat.ChatService/SendMessage
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ certificate of localhost:PORT is not signed by the authority in ca_cert: set the right ca_cert in the TLS section
            0 passed, 1 failed
        "#]],
    );
    check(
        &servers,
        port,
        &with(&format!("ca_cert: {ca}\nserver_name: example.com")),
        expect![[r#"
        error[G512]: certificate of localhost:PORT is for "localhost", not "example.com": set server_name in the TLS section
         --> test.gctf:9:1
          |
        9 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ certificate of localhost:PORT is for "localhost", not "example.com": set server_name in the TLS section
        0 passed, 1 failed
    "#]],
    );
    check(
        &servers,
        port,
        &with("insecure: true"),
        expect![[r#"
        1 passed, 0 failed
    "#]],
    );
    check(
        &servers,
        port,
        &with("ca_cert: nowhere.pem"),
        expect![[r#"
        error[G512]: nowhere.pem: certificate file not found
         --> test.gctf:8:1
          |
        8 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nowhere.pem: certificate file not found
        0 passed, 1 failed
    "#]],
    );
    check(
        &servers,
        port,
        &with("ca_cert: test.gctf"),
        expect![[r#"
        error[G512]: test.gctf: holds no PEM certificate
         --> test.gctf:8:1
          |
        8 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ test.gctf: holds no PEM certificate
        0 passed, 1 failed
    "#]],
    );

    let (_mutual, port) = servers.mock(Some(example_identity()));
    let ca = chat().join("server/tls/ca-cert.pem");
    check(
        &servers,
        port,
        &with(&format!("ca_cert: {}", ca.display())),
        expect![[r#"
            error[G512]: localhost:PORT asks for a client certificate: set client_cert and client_key in the TLS section
             --> test.gctf:8:1
              |
            8 | chat.ChatService/SendMessage
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ localhost:PORT asks for a client certificate: set client_cert and client_key in the TLS section
            0 passed, 1 failed
        "#]],
    );
    let tls = chat().join("server/tls");
    let whole = format!(
        "ca_cert: {0}/ca-cert.pem\ncert: {0}/client-cert.pem\nkey: {0}/client-key.pem",
        tls.display()
    );
    check(
        &servers,
        port,
        &with(&whole),
        expect![[r#"
        1 passed, 0 failed
    "#]],
    );
}

#[test]
fn schemas_and_requests() {
    let servers = Servers::new();
    let bare = servers.without_reflection();
    check(
        &servers,
        bare,
        &at("localhost:PORT", &format!("{CALL}{RESPONSE}")),
        expect![[r#"
        error[G513]: no schema: localhost:PORT has no reflection (v1 and v1alpha unimplemented): name the .proto files in a PROTO section
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no schema: localhost:PORT has no reflection (v1 and v1alpha unimplemented): name the .proto files in a PROTO section
        0 passed, 1 failed
    "#]],
    );

    let (_mock, port) = servers.plain();
    let here = |rest: &str| at("localhost:PORT", rest);
    let method = "--- ENDPOINT ---\nchat.ChatService/SendMesage\n\n--- RESPONSE ---\n{}\n";
    check(
        &servers,
        port,
        &here(method),
        expect![[r#"
        error[G306]: chat.ChatService has no method "SendMesage"; did you mean "SendMessage"?
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMesage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^ chat.ChatService has no method "SendMesage"; did you mean "SendMessage"?
        0 passed, 1 failed
    "#]],
    );
    let service = "--- ENDPOINT ---\nchat.ChatServic/SendMessage\n\n--- RESPONSE ---\n{}\n";
    check(
        &servers,
        port,
        &here(service),
        expect![[r#"
        error[G305]: the server has no service "chat.ChatServic"; did you mean "chat.ChatService"?
         --> test.gctf:5:1
          |
        5 | chat.ChatServic/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^ the server has no service "chat.ChatServic"; did you mean "chat.ChatService"?
        0 passed, 1 failed
    "#]],
    );
    let request = "--- ENDPOINT ---\nchat.ChatService/GetMessages\n\n--- REQUEST ---\n{\n  \"room_id\": \"a\",\n  \"limit\": \"many\"\n}\n\n--- RESPONSE ---\n{}\n";
    check(
        &servers,
        port,
        &here(request),
        expect![[r#"
            error[G516]: limit: expected a whole number, got "many"
              --> test.gctf:10:12
               |
            10 |   "limit": "many"
               |            ^^^^^^ limit: expected a whole number, got "many"
            0 passed, 1 failed
        "#]],
    );
    check(
        &servers,
        port,
        &here(&request.replace("room_id", "roomid")),
        expect![[r#"
        error[G516]: chat.GetMessagesRequest has no field "roomid"; did you mean "room_id"?
         --> test.gctf:9:3
          |
        9 |   "roomid": "a",
          |   ^^^^^^^^ chat.GetMessagesRequest has no field "roomid"; did you mean "room_id"?
        0 passed, 1 failed
    "#]],
    );
    let two = "--- ENDPOINT ---\nchat.ChatService/GetMessages\n\n--- REQUEST ---\n{}\n{}\n\n--- RESPONSE ---\n{}\n";
    check(
        &servers,
        port,
        &here(two),
        expect![[r#"
        error[G313]: GetMessages takes one request message: delete the others
         --> test.gctf:9:1
          |
        9 | {}
          | ^^ GetMessages takes one request message: delete the others
        0 passed, 1 failed
    "#]],
    );
}

#[test]
fn checks_that_fail() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let here = |rest: &str| at("localhost:PORT", &format!("{CALL}{rest}"));
    let asserts = "--- ASSERTS ---\n.status == \"paid\"\n.status | keys\n.nope\nstatus == \"sent\"\n(.status\n.status == \"sent\" # fine\n";
    check(
        &servers,
        port,
        &here(asserts),
        expect![[r#"
        error[G502]: `.status == "paid"`: got "sent", expected "paid"
          --> test.gctf:11:1
           |
        11 | .status == "paid"
           | ^^^^^^^^^^^^^^^^^ got "sent", expected "paid"
        error[G503]: `.status | keys`: cannot use "sent" as iterable (array or object)
          --> test.gctf:12:1
           |
        12 | .status | keys
           | ^^^^^^^^^^^^^^ cannot use "sent" as iterable (array or object)
        error[G502]: `.nope`: got null
          --> test.gctf:13:1
           |
        13 | .nope
           | ^^^^^ got null
        error[G402]: no function `status`: write `.status` for a field, `"status"` for a text
          --> test.gctf:14:1
           |
        14 | status == "sent"
           | ^^^^^^ no function `status`: write `.status` for a field, `"status"` for a text
        error[G401]: `(` is not closed: expected `)`
          --> test.gctf:15:1
           |
        15 | (.status
           | ^ `(` is not closed: expected `)`
        0 passed, 1 failed
    "#]],
    );
    check(
        &servers,
        port,
        &here("--- ERROR ---\n{ \"code\": 5 }\n"),
        expect![[r#"
        error[G505]: got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, expected an error
          --> test.gctf:10:1
           |
        10 | --- ERROR ---
           | ^^^^^^^^^^^^^ got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, expected an error
        0 passed, 1 failed
    "#]],
    );
    let unmatched = CALL.replace("room_001", "room_002");
    check(
        &servers,
        port,
        &at("localhost:PORT", &format!("{unmatched}{RESPONSE}")),
        expect![[r#"
            error[G504]: NOT_FOUND (5): no stub matches chat.ChatService/SendMessage {"room_id":"room_002","user_id":"user_123","message":"","timestamp":"","encrypted":false}; nearest: CHAT/stubs/chat.yaml stub 1: room_id: expected "room_001", got "room_002"
             --> test.gctf:5:1
              |
            5 | chat.ChatService/SendMessage
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ NOT_FOUND (5): no stub matches chat.ChatService/SendMessage {"room_id":"room_002","user_id":"user_123","message":"","timestamp":"","encrypted":false}; nearest: CHAT/stubs/chat.yaml stub 1: room_id: expected "room_001", got "room_002"
            0 passed, 1 failed
        "#]],
    );
    let expected = format!(
        "{unmatched}--- ERROR partial ---\n{{ \"code\": \"NOT_FOUND\" }}\n\n--- ASSERTS ---\n.code == 5\n.message | startswith(\"no stub\")\n"
    );
    check(
        &servers,
        port,
        &at("localhost:PORT", &expected),
        expect![[r#"
        1 passed, 0 failed
    "#]],
    );
}

#[test]
fn variables_go_from_document_to_document() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let extract = "--- EXTRACT ---\nroom = .room_id\nid = .message_id\n\n";
    let second = "--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{ \"room_id\": \"{{ room }}\", \"user_id\": \"user_123\" }\n\n--- ASSERTS ---\n.room_id == $room\n.message_id == \"other\" or .message_id == $id\n";
    check(
        &servers,
        port,
        &at("localhost:PORT", &format!("{CALL}{extract}{second}")),
        expect![[r#"
        error[G202]: got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS
        note[G517]: not run: an earlier document failed
          --> test.gctf:15:1
           |
        15 | chat.ChatService/SendMessage
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not run: an earlier document failed
        0 passed, 1 failed
    "#]],
    );
    let wrong = second.replace("{{ room }}", "{{ rom }}");
    check(
        &servers,
        port,
        &at("localhost:PORT", &format!("{CALL}{extract}{wrong}")),
        expect![[r#"
        error[G202]: got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS
        note[G517]: not run: an earlier document failed
          --> test.gctf:15:1
           |
        15 | chat.ChatService/SendMessage
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not run: an earlier document failed
        0 passed, 1 failed
    "#]],
    );
    let broken = extract.replace(".room_id", "empty");
    check(
        &servers,
        port,
        &at("localhost:PORT", &format!("{CALL}{broken}{second}")),
        expect![[r#"
        error[G515]: `room` cannot be extracted: no output: the expression has to yield a value
          --> test.gctf:11:1
           |
        11 | room = empty
           | ^^^^^^^^^^^^ no output: the expression has to yield a value
        error[G202]: got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS
         --> test.gctf:5:1
          |
        5 | chat.ChatService/SendMessage
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ got {"message_id":"msg_456","room_id":"room_001","user_id":"user_123","message":"Hello, world!","timestamp":"2024-01-01T12:00:00Z","status":"sent"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS
        note[G517]: not run: an earlier document failed
          --> test.gctf:15:1
           |
        15 | chat.ChatService/SendMessage
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not run: an earlier document failed
        0 passed, 1 failed
    "#]],
    );
}
