//! grpcurl, which others wrote, lists and calls the mock.

use super::shapes::PROTO;
use crate::support::peers::{grpcurl, skip};
use crate::support::servers::Servers;

const STUBS: &str = r#"
- { service: Shapes, method: One, input: { equals: { text: a } }, output: { data: { text: A, big: "9007199254740993" } } }
- { service: Shapes, method: Both, inputs: [ { equals: { text: a } }, { equals: { text: b } } ], output: { stream: [ { text: A }, { text: B } ] } }
"#;

#[test]
fn grpcurl_in_plaintext_and_over_mutual_tls_on_one_port() {
    let servers = Servers::new();
    let certificates = servers.certificates();
    let (_mock, port) = servers.of(PROTO, STUBS, Some(certificates.server(true)));
    let address = format!("localhost:{port}");
    let file = |name: &str| servers.path().join(name).display().to_string();
    let (ca, certificate, key) = (file("ca.pem"), file("client.pem"), file("client-key.pem"));
    let mutual = ["-cacert", &ca, "-cert", &certificate, "-key", &key];
    for transport in [&["-plaintext"][..], &mutual] {
        let run = |arguments: &[&str]| {
            let arguments: Vec<_> = transport.iter().chain(arguments).copied().collect();
            grpcurl(&arguments)
        };
        let Some(listed) = run(&[&address, "list"]) else {
            return skip("grpcurl");
        };
        let text = |output: &[u8]| String::from_utf8_lossy(output).into_owned();
        assert!(listed.status.success(), "{}", text(&listed.stderr));
        assert!(text(&listed.stdout).lines().any(|line| line == "s.Shapes"));

        let one = run(&["-d", "{\"text\": \"a\"}", &address, "s.Shapes/One"]).expect("it ran before");
        assert_eq!(
            text(&one.stdout),
            "{\n  \"text\": \"A\",\n  \"big\": \"9007199254740993\"\n}\n"
        );

        let both = ["-d", "{\"text\": \"a\"} {\"text\": \"b\"}", &address, "s.Shapes/Both"];
        let both = run(&both).expect("it ran before");
        assert_eq!(text(&both.stdout), "{\n  \"text\": \"A\"\n}\n{\n  \"text\": \"B\"\n}\n");

        let none = run(&["-d", "{\"text\": \"z\"}", &address, "s.Shapes/One"]).expect("it ran before");
        let errors = text(&none.stderr);
        assert!(
            errors.contains("Code: NotFound") && errors.contains("nearest: "),
            "{errors}"
        );
    }
    // Without a certificate the client is refused.
    let refused = grpcurl(&["-cacert", &ca, "-max-time", "10", &address, "list"]).expect("it ran before");
    assert!(!refused.status.success());
}
