//! Servers that are down, speak something else or break the protocol: clear words, and no ERROR is met by a
//! fault that the server did not make.

use crate::support::chat;
use crate::support::servers::Servers;

const REQUEST: &str = "--- REQUEST ---\n{ \"room_id\": \"room_001\" }\n\n";

fn by_reflection(rest: &str) -> String {
    format!("--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n{REQUEST}{rest}\n")
}

fn by_protos(rest: &str) -> String {
    let proto = chat().join("server/chat.proto");
    format!(
        "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- PROTO ---\nfiles: {}\n\n{REQUEST}{rest}\n",
        proto.display()
    )
}

const RESPONSE: &str = "--- RESPONSE partial ---\n{}";
const ANY_ERROR: &str = "--- ERROR partial ---\n{}";

fn code(code: i32) -> String {
    format!("--- ERROR ---\n{{ \"code\": {code} }}")
}

#[test]
fn nobody_listens() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    drop(listener);
    let refused = "cannot connect to localhost:PORT: connection refused";
    for test in [by_reflection, by_protos] {
        assert_eq!(servers.faults(port, &test(&code(14))), "passed");
        assert_eq!(servers.faults(port, &test("--- ASSERTS ---\n.code == 14")), "passed");
        assert_eq!(
            servers.faults(port, &test(RESPONSE)),
            format!("G511 5:1 UNAVAILABLE (14): {refused}")
        );
        assert_eq!(
            servers.faults(port, &test("--- ASSERTS ---\n.message != \"x\"\n.status != \"y\"")),
            format!("G511 5:1 UNAVAILABLE (14): {refused}")
        );
        let found = servers.faults(port, &test(ANY_ERROR));
        assert!(found.starts_with("G506"), "{found}");
        assert!(
            found.ends_with("$.code: unexpected, got \"UNAVAILABLE (14)\""),
            "{found}"
        );
        let found = servers.faults(port, &test("--- ERROR ---\nUNAVAILABLE"));
        assert!(found.starts_with("G506"), "{found}");
    }
}

#[test]
fn a_server_that_expects_tls() {
    let servers = Servers::new();
    let (identity, _) = servers.identity("localhost");
    let http1 = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    for port in [
        servers.tls_only(&identity),
        servers.tls_that_answers(&identity, b""),
        servers.tls_that_answers(&identity, http1),
    ] {
        for test in [by_reflection, by_protos] {
            for rest in [RESPONSE, ANY_ERROR, &code(14), "--- ASSERTS ---\n.code == 14"] {
                let found = servers.faults(port, &test(rest));
                let (fault, words) = found.split_once(' ').unwrap_or_default();
                assert!(
                    words.ends_with("localhost:PORT expects TLS: add a TLS section"),
                    "{rest}: {found}"
                );
                assert!(matches!(fault, "G512" | "G519"), "{rest}: {found}");
            }
        }
    }
}

#[test]
fn a_server_that_hangs_up_when_a_client_certificate_comes() {
    let servers = Servers::new();
    let identity = servers.certificates().server(true);
    let own = "client_cert: client.pem\nclient_key: client-key.pem\n";
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let port = servers.that_resets(&identity, version);
        let call = |settings: &str| {
            let tls = format!("--- TLS ---\nca_cert: ca.pem\n{settings}\n--- ENDPOINT");
            by_reflection(RESPONSE).replace("--- ENDPOINT", &tls)
        };
        assert_eq!(
            servers.faults(port, &call(own)),
            "G512 10:1 localhost:PORT refuses the client certificate: check client_cert in the TLS section",
            "{version:?}"
        );
        assert_eq!(
            servers.faults(port, &call("")),
            "G512 8:1 localhost:PORT asks for a client certificate: set client_cert and client_key in the TLS section",
            "{version:?}"
        );
    }
}

#[test]
fn a_server_of_another_kind() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    // Answers in HTTP/1 to whoever comes, as such servers do: it reads, writes, and hears the client out, since
    // what was written is lost with a connection that is closed before its input is read.
    let answering = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for client in listener.incoming().take(6).filter_map(Result::ok) {
            std::thread::spawn(move || {
                let mut client = client;
                let answered = client
                    .read(&mut [0; 24])
                    .and_then(|_| client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
                    .and_then(|()| client.shutdown(std::net::Shutdown::Write))
                    .and_then(|()| client.read_to_end(&mut Vec::new()));
                drop(answered);
            });
        }
    });
    let found = servers.faults(port, &by_reflection(RESPONSE));
    assert_eq!(
        found,
        "G511 5:1 UNAVAILABLE (14): localhost:PORT is no gRPC server: it does not answer in HTTP/2"
    );
    drop(answering);
}

#[test]
fn answers_without_a_grpc_status() {
    let servers = Servers::new();
    let down = servers.http(|| {
        let mut response = http::Response::new(tonic::body::Body::empty());
        *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        response
    });
    assert_eq!(servers.faults(down, &by_protos(&code(14))), "passed");
    assert_eq!(
        servers.faults(down, &by_protos(RESPONSE)),
        "G504 5:1 UNAVAILABLE (14): grpc-status header missing, mapped from HTTP status code 503"
    );
    assert!(servers.faults(down, &by_protos(ANY_ERROR)).starts_with("G506"));

    // Cut off: a success that never said so.
    let cut = servers.http(|| {
        let mut response = http::Response::new(tonic::body::Body::empty());
        let grpc = http::HeaderValue::from_static("application/grpc");
        response.headers_mut().insert("content-type", grpc);
        response
    });
    let unsaid = "G504 5:1 UNKNOWN (2): the server ended the call without a gRPC status";
    assert_eq!(servers.faults(cut, &by_protos(RESPONSE)), unsaid);
    assert_eq!(
        servers.faults(cut, &by_protos("--- ASSERTS ---\n.status == null")),
        unsaid
    );

    // A success without a message is none.
    let empty = servers.http(|| {
        let mut response = http::Response::new(tonic::body::Body::empty());
        let headers = response.headers_mut();
        headers.insert("content-type", http::HeaderValue::from_static("application/grpc"));
        headers.insert("grpc-status", http::HeaderValue::from_static("0"));
        response
    });
    let none = "G519 5:1 INTERNAL (13): a unary call is answered by one message, and 0 came";
    assert_eq!(servers.faults(empty, &by_protos(RESPONSE)), none);
    assert_eq!(
        servers.faults(empty, &by_protos("--- ASSERTS ---\n.status == null")),
        none
    );
    assert_eq!(servers.faults(empty, &by_protos(&code(13))), none);
}

#[test]
fn replies_that_cannot_be_read() {
    let servers = Servers::new();
    let garbage = servers.http(|| {
        // A message of two bytes that is no message, then the end.
        let body = http_body(&[0, 0, 0, 0, 2, 0x0a, 0xff]);
        let mut response = http::Response::new(body);
        let grpc = http::HeaderValue::from_static("application/grpc");
        response.headers_mut().insert("content-type", grpc);
        response
    });
    for rest in [RESPONSE, ANY_ERROR, &code(13), "--- ASSERTS ---\n.code == 13"] {
        let found = servers.faults(garbage, &by_protos(rest));
        assert!(
            found.starts_with("G519 5:1 INTERNAL (13): the reply cannot be decoded"),
            "{rest}: {found}"
        );
    }
}

fn http_body(bytes: &'static [u8]) -> tonic::body::Body {
    tonic::body::Body::new(bytes::Bytes::from_static(bytes).into_body())
}

/// One frame of data.
trait IntoBody {
    fn into_body(self) -> OneFrame;
}

impl IntoBody for bytes::Bytes {
    fn into_body(self) -> OneFrame {
        OneFrame(Some(self))
    }
}

struct OneFrame(Option<bytes::Bytes>);

impl tonic::codegen::Body for OneFrame {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(hyper::body::Frame::data(bytes))))
    }
}

#[test]
fn schemas_that_cannot_be_had() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    servers.write("broken.proto", "syntax = \"proto3\";\nmessage A { strin b = 1; }\n");
    let with = |proto: &str, rest: &str| {
        format!(
            "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- PROTO ---\n{proto}\n\n{REQUEST}{rest}\n"
        )
    };
    for (proto, expected) in [
        ("files: no.proto", "G513 5:1 no schema: no.proto: no such file"),
        (
            "descriptor: test.gctf",
            "G513 5:1 no schema: test.gctf: holds no FileDescriptorSet",
        ),
    ] {
        for rest in [RESPONSE, ANY_ERROR, &code(14)] {
            assert_eq!(servers.faults(port, &with(proto, rest)), expected, "{rest}");
        }
    }
    let found = servers.faults(port, &with("files: broken.proto", RESPONSE));
    assert!(found.starts_with("G513 5:1 no schema: broken.proto:2:13: "), "{found}");
}
