//! Bodies by their lines.

use super::{check, silent, with};
use expect_test::{Expect, expect};

#[test]
fn sound_key_values() {
    silent(&with(
        "--- TLS ---\nca_cert: ./a b.pem\ncert: c\nkey: k\nserver_name: x\ninsecure_skip_verify: false\nmode: mtls\n\
             --- PROTO ---\nfiles: [\"a.proto\", 'b.proto']\nimport_paths: .\n\
             --- OPTIONS ---\n# comment\ntimeout: 5\nretry: 0\nretry_delay: 0.5\nno_retry: NO\ncompression: gzip\nemit_defaults: on\nprotocol: grpc\n\
             --- REQUEST_HEADERS ---\nx-url: http://h:1#x # y\nauthorization: \"q\"\nempty:",
    ));
    silent(&with(
        "--- TLS ---\n{ \"certificates\": { \"ca_cert\": \"a # b\" }, \"options\": { \"insecure\": false } }",
    ));
    check(
        &format!(
            "--- BENCH ---\nmode: fixed\nduration: 30s\nsample_rate: 0.1\nsources:\n  - a\n  - b\nthresholds.latency_ms.p(95): <200\n{}",
            with("")
        ),
        expect![[r#"
            | --- BENCH ---
            |     ^^^^^ I G611 BENCH is checked, but never executed
        "#]],
    );
}

#[test]
fn lines() {
    check(
        &with("--- OPTIONS ---\ntimeout 5\n: 3\nтаймаут: 5\r\nretries: 1"),
        expect![[r#"
            | timeout 5
            | ^^^^^^^^^ W G115 a line without `:` is ignored: write `key: value`, or make it a comment with `#`
            | : 3
            | ^^^ E G118 the key is missing: write `key: value`
            | таймаут: 5
            | ^^^^^^^ W G215 OPTIONS has no key `таймаут`, it has no effect
            | retries: 1
            | ^^^^^^^ W G215 OPTIONS has no key `retries`, it has no effect
        "#]],
    );
    check(
        &with("--- OPTIONS ---\ntimeout: 5\nretry: 1\ntimeout: 6"),
        expect![[r#"
            | timeout: 6
            | ^^^^^^^ E G117 `timeout` is given twice: delete one ["timeout": first given here]
        "#]],
    );
    check(
        &with("--- REQUEST_HEADERS ---\nX-A: 1\nx-a: 2\ngrpc-timeout: 1\nno colon"),
        expect![[r#"
            | x-a: 2
            | ^^^ W G117 `x-a` is given twice: both are sent ["X-A": first given here]
            | grpc-timeout: 1
            | ^^^^^^^^^^^^ E G216 names that start with `grpc-` belong to the protocol: choose another
            | no colon
            | ^^^^^^^^ W G115 a line without `:` is ignored: write `key: value`, or make it a comment with `#`
        "#]],
    );
    check(
        &format!(
            "--- BENCH ---\nmode: fast\nmode: open\nspeed: 1\ncache_ttl: soon\nthresholds.x: 5\n{}",
            with("")
        ),
        expect![[r#"
            | --- BENCH ---
            |     ^^^^^ I G611 BENCH is checked, but never executed
            | mode: fast
            |       ^^^^ E G216 `mode` takes `fixed`, `stepping`, `adaptive`, `closed` or `open`
            | mode: open
            | ^^^^ W G117 `mode` is given twice: the last counts ["mode": first given here]
            | speed: 1
            | ^^^^^ W G215 BENCH has no key `speed`, it has no effect
            | cache_ttl: soon
            |            ^^^^ E G216 `cache_ttl` takes a number with `ms`, `s`, `m` or `h`
            | thresholds.x: 5
            |               ^ E G216 `thresholds.x` takes `<N`, `<=N`, `>N` or `>=N`
        "#]],
    );
}

#[test]
fn values_with_more_than_a_value() {
    check(
        &with("--- OPTIONS ---\ntimeout: 5 # seconds\ncompression: \"gzip\"\nno_retry: 'true' # x"),
        expect![[r#"
            | timeout: 5 # seconds
            |            ^^^^^^^^^ W G124 this is part of the value: write comments on a line of their own
            | compression: "gzip"
            |              ^^^^^^ W G124 the quotes are part of the value: delete them
            | no_retry: 'true' # x
            |                  ^^^ W G124 this is part of the value: write comments on a line of their own
        "#]],
    );
    check(
        "--- ADDRESS ---\nlocalhost:1 # c\n--- ENDPOINT ---\n\"a.B/C\"\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | localhost:1 # c
            |             ^^^ W G124 this is part of the value: write comments on a line of their own
            | "a.B/C"
            | ^^^^^^^ W G124 the quotes are part of the value: delete them
        "#]],
    );
}

#[test]
fn settings() {
    check(
        &with(
            "--- OPTIONS ---\ntimeout: 0\nretry: -1\nretry-delay: x\nno-retry: maybe\ncompression: zip\nprotocol: grpc-web\n\
             partial: true\ntolerance: {{t}}",
        ),
        expect![[r#"
            | timeout: 0
            |          ^ E G216 `timeout` takes whole seconds above 0
            | retry: -1
            |        ^^ E G216 `retry` takes a whole number from 0
            | retry-delay: x
            | ^^^^^^^^^^^ H G602 `retry-delay` is the old spelling: write `retry_delay`
            |              ^ E G216 `retry-delay` takes seconds, 0 or more
            | no-retry: maybe
            | ^^^^^^^^ H G602 `no-retry` is the old spelling: write `no_retry`
            |           ^^^^^ E G216 `no-retry` takes `true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`
            | compression: zip
            |              ^^^ E G216 `compression` takes `none` or `gzip`
            | protocol: grpc-web
            |           ^^^^^^^^ E G216 `protocol` takes `grpc`
            | partial: true
            | ^^^^^^^ H G604 `partial` is clearer on the header it is meant for: `--- RESPONSE partial… ---`
            | tolerance: {{t}}
            | ^^^^^^^^^ H G604 `tolerance` is clearer on the header it is meant for: `--- RESPONSE tolerance… ---`
            |            ^^^^^ E G216 `tolerance` takes a number
        "#]],
    );
    check(
        &with("--- OPTIONS ---\nretry: 3\nno_retry: true"),
        expect![[r#"
            | retry: 3
            | ^^^^^ W G222 there are no retries, `no_retry` wins: delete one of the two
        "#]],
    );
    check(
        &with("--- TLS ---\ncacert: a\nca_cert: b\nmode: insecure\nca_crt: c\ncert: c\nkey: k"),
        expect![[r#"
            | cacert: a
            | ^^^^^^ W G219 `ca_cert` counts, this has no effect: delete one of the two ["ca_cert": this one counts]
            | mode: insecure
            |       ^^^^^^^^ W G612 the server's certificate is not verified: anyone can pose as the server
            | ca_crt: c
            | ^^^^^^ W G215 TLS has no key `ca_crt`, it has no effect; did you mean "ca_cert"?
        "#]],
    );
}

#[test]
fn settings_of_tls_and_proto() {
    check(
        &with("--- TLS ---\n{\"insecure\": true, \"mode\": \"none\"}"),
        expect![[r#"
            | {"insecure": true, "mode": "none"}
            |              ^^^^ W G612 the server's certificate is not verified: anyone can pose as the server
            |                            ^^^^^^ E G216 `mode` takes `tls`, `mtls`, `insecure` or `plaintext`
        "#]],
    );
    check(
        &with("--- PROTO ---\ndescriptor: a\nfiles: b\nimport_paths: c\nmode: magic"),
        expect![[r#"
            | files: b
            | ^^^^^ W G221 `descriptor` wins, `files` has no effect: delete one of the two
            | mode: magic
            |       ^^^^^ E G216 `mode` takes `reflection`, `files` or `descriptor`
        "#]],
    );
    check(
        &with("--- PROTO ---\nimport_paths: c"),
        expect![[r#"
            | import_paths: c
            | ^^^^^^^^^^^^ W G221 `import_paths` has no effect without `files`
        "#]],
    );
}

#[test]
fn sound_addresses_and_endpoints() {
    for text in ["a.B/C", "B/C", "a.b_c.D1/E_f"] {
        silent(&format!("--- ENDPOINT ---\n{text}\n--- RESPONSE ---\n{{}}\n"));
    }
    for text in ["h:1", "http://h", "https://[::1]:5", "{{host}}.x:1"] {
        let name = "--- EXTRACT ---\nhost = .h\n";
        silent(&format!(
            "--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{{}}\n{name}--- ADDRESS ---\n{text}\n--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{{}}\n"
        ));
    }
}

#[test]
fn endpoints() {
    let endpoint = |text: &str, expected: Expect| {
        check(&format!("--- ENDPOINT ---\n{text}\n--- RESPONSE ---\n{{}}\n"), expected);
    };
    endpoint(
        "",
        expect![[r#"
            | --- ENDPOINT ---
            |     ^^^^^^^^ E G207 ENDPOINT is empty: write `package.Service/Method`
        "#]],
    );
    endpoint(
        "a.B/C\nd.E/F",
        expect![[r#"
            | d.E/F
            | ^^^^^ E G207 ENDPOINT has one line: delete this
        "#]],
    );
    endpoint(
        "a.B.C",
        expect![[r#"
            | a.B.C
            | ^^^^^ E G205 a slash stands before the method: write `a.B/C`
        "#]],
    );
    endpoint(
        "/a.B/C",
        expect![[r#"
            | /a.B/C
            | ^^^^^^ E G205 no slash stands before the service: write `a.B/C`
        "#]],
    );
    endpoint(
        "a.B/C/D",
        expect![[r#"
            | a.B/C/D
            | ^^^^^^^ E G205 not a method: write `package.Service/Method`
        "#]],
    );
    endpoint(
        "a.B/{{m}}",
        expect![[r#"
            | a.B/{{m}}
            | ^^^^^^^^^ E G205 templates are not substituted in ENDPOINT: write `package.Service/Method`
        "#]],
    );
    endpoint(
        "a.B/Ünï",
        expect![[r#"
            | a.B/Ünï
            | ^^^^^^^ E G205 not a method: write `package.Service/Method`
        "#]],
    );
}

#[test]
fn addresses() {
    for (text, expected) in [
        (
            "h",
            expect![[r#"
                | h
                | ^ E G206 the port is missing: write `h:4770`
            "#]],
        ),
        (
            "unix:///x",
            expect![[r#"
                | unix:///x
                | ^^^^^^^^^ E G206 scheme `unix` is not supported: write `host:port`, `http://host` or `https://host`
            "#]],
        ),
        (
            "",
            expect![[r#"
                | --- ADDRESS ---
                |     ^^^^^^^ E G207 ADDRESS is empty: write `host:port`
            "#]],
        ),
        (
            "h:1\nh:2",
            expect![[r#"
                | h:2
                | ^^^ E G207 ADDRESS has one line: delete this
            "#]],
        ),
    ] {
        check(
            &format!("--- ADDRESS ---\n{text}\n--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{{}}\n"),
            expected,
        );
    }
}

#[test]
fn expressions() {
    check(
        &format!(
            "{}--- ASSERTS ---\n# later\n--- ASSERTS ---\n@is_uuid(.a) and @uuid(.\"é\") and @url.host(.b) == \"x\"\n",
            with("")
        ),
        expect![[r#"
            | --- ASSERTS ---
            |     ^^^^^^^ H G609 ASSERTS has no lines: nothing is checked
            | @is_uuid(.a) and @uuid(."é") and @url.host(.b) == "x"
            |                  ^^^^^ H G603 `@uuid` is the old spelling: write `@is_uuid`
        "#]],
    );
    check(
        &format!(
            "{}--- EXTRACT ---\na = .a\nb: .b\nc:number = [\n  .c\n]\na = @scope_index\n",
            with("")
        ),
        expect![[r#"
            | b: .b
            | ^^^^^ W G116 a line without `=` is ignored: write `name = expression`
            | a = @scope_index
            | ^ E G117 `a` is set twice in this section: rename or delete one ["a": first set here]
            |     ^^^^^^^^^^^^ H G603 `@scope_index` is the old spelling: write `@scope.index`
        "#]],
    );
}

#[test]
fn lines_that_are_there_twice() {
    check(
        &with("--- ASSERTS ---\n.a == 1\n.b == 1\n.a == 1 # again\n--- ASSERTS ---\n.b == 1"),
        expect![[r#"
            | .a == 1 # again
            | ^^^^^^^ W G417 the same line stands above: delete one [".a == 1": first here]
        "#]],
    );
}
