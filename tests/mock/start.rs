//! Starting and stopping: taken ports, missing files, settings from gctf.toml.

use super::shapes::PROTO;
use crate::support::servers::Servers;
use crate::support::{Serving, gctf, stderr};

#[test]
fn a_taken_port() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    for address in ["127.0.0.1", "::1"] {
        let Ok(taken) = std::net::TcpListener::bind((address, 0)) else {
            // A machine without IPv6.
            continue;
        };
        let port = taken.local_addr().expect("an address").port();
        let output = gctf(
            servers.path(),
            &["mock", "service.proto", "--listen", &format!("localhost:{port}")],
        );
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            stderr(&output),
            format!(
                "gctf: port {port} on localhost is taken: stop the other server, or choose another port with --listen\n"
            )
        );
    }
}

#[test]
fn what_is_missing() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    servers.write("broken.proto", "syntax = \"proto3\";\nmessage A { strin b = 1; }\n");
    let certificates = servers.certificates();
    let certificate = certificates.server(false).certificate.display().to_string();
    for (arguments, code, message) in [
        (&["mock"][..], 2, "gctf: nothing to serve: name .proto or .gctf files"),
        (&["mock", "no.proto"], 2, "gctf: no.proto: no such file or folder"),
        (&["mock", "."], 2, "gctf: .: is a folder: name the files in it"),
        (
            &["mock", "service.proto", "--cert", &certificate],
            2,
            "gctf: cert is given without key: add --key",
        ),
        (
            &["mock", "service.proto", "--client-ca", &certificate],
            2,
            "gctf: client_ca is given without cert: add --cert and --key",
        ),
        (
            &[
                "mock",
                "service.proto",
                "--cert",
                "service.proto",
                "--key",
                "service.proto",
            ],
            1,
            "gctf: service.proto: ",
        ),
        (
            &["mock", "service.proto", "--listen", "4770"],
            1,
            "gctf: `4770` is no address to listen on: write `localhost:4770`",
        ),
        (&["mock", "broken.proto"], 1, "gctf: broken.proto:2:13: "),
    ] {
        let output = gctf(servers.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(
            stderr(&output).starts_with(message),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn settings_stand_in_gctf_toml() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    servers.write(
        "stubs.yaml",
        "service: Shapes\nmethod: One\noutput: { data: { text: '{{.Now}}' } }\nid: 5\n",
    );
    servers.write(
        "gctf.toml",
        "[mock]\nlisten = \"127.0.0.1:0\"\nprotos = [\"service.proto\"]\nstubs = [\"stubs.yaml\"]\n",
    );
    let inner = servers.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder");
    let serving = Serving::start(&inner, &["mock"]);
    assert!(
        serving
            .first_line
            .starts_with("gctf mock: serving 1 service, 1 stub on 127.0.0.1:"),
        "{}",
        serving.first_line
    );
    let (code, errors) = serving.interrupt();
    assert_eq!(code, Some(0));
    for note in [
        "stubs.yaml stub 1: `id` has no effect here",
        "stubs.yaml stub 1: templates have no effect here, `{{ }}` is sent as it stands",
    ] {
        assert!(errors.contains(note), "{errors}");
    }

    servers.write("gctf.toml", "[mock]\nlistens = 5\n");
    let output = gctf(&inner, &["mock"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("gctf.toml: TOML parse error at line 2, column 1"),
        "{}",
        stderr(&output)
    );
}
