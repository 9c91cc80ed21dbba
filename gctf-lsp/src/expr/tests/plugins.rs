//! Every plugin: what it returns, what it returns for what does not fit, what its arguments are.

use super::*;

#[test]
fn forms() {
    table(
        Place::Asserts,
        &[
            (
                "@is_uuid(\"123e4567-e89b-12d3-a456-426614174000\"), @is_uuid(.s), @is_uuid(3)",
                "true, false, false",
            ),
            (
                "@is_email(\"a@b.example\"), @is_email(\"a@b\"), @is_email(.n)",
                "true, false, false",
            ),
            (
                "@is_ip(\"::1\"), @is_ip(\"127.0.0.1\"), @is_ip(\"1.2.3\"), @is_ip(null)",
                "true, true, false, false",
            ),
            (
                "@is_url(\"https://a.example/x?y\"), @is_url(\"a/b\"), @is_url(1)",
                "true, false, false",
            ),
            (
                "@is_timestamp(.time), @is_timestamp(.s), @is_timestamp(\"2023-02-30T00:00:00Z\")",
                "true, false, false",
            ),
            (
                "@is_base64(\"YQ==\"), @is_base64(\"YQ\"), @is_base64(\"a!\"), @is_base64(1)",
                "true, true, false, false",
            ),
            (
                "@is_json(\"[1]\"), @is_json(\"{\"), @is_json(\"nan\"), @is_json(1)",
                "true, false, false, false",
            ),
            (
                "@is_empty(null), @is_empty(\"\"), @is_empty([]), @is_empty({}), @is_empty(0), @is_empty(false)",
                "true, true, true, true, false, false",
            ),
            ("@has_value(.n), @has_value(.none), @has_value(.f)", "true, false, true"),
            (
                "@len(\"é😀\"), @len(.items), @len(.user), @len(.n), @len(null)",
                "2, 2, 2, null, null",
            ),
            (
                "@regex(.s, \"^te\"), @regex(.s, /TE/i), @regex(.n, \"3\")",
                "true, true, false",
            ),
            ("@regex(.path, /\\/users\\/\\d+, #/)", "false"),
            (".user.tags | map(@is_uuid(.)) | any", "false"),
            (".items | @len(.)", "2"),
            ("@len((.s, .items))", "4, 2"),
            ("@len(.items | map(.id))", "2"),
        ],
    );
}

#[test]
fn the_call() {
    table(
        Place::Asserts,
        &[
            (
                "@header(\"X-A\"), @header(\"no\"), @header(\"token-bin\")",
                "\"1\", null, \"AAE=\"",
            ),
            ("@header(\"content-type\") | test(\"^application\")", "true"),
            ("@trailer(\"T\"), @trailer(\"x-a\")", "\"end\", null"),
            ("@has_header(\"X-A\"), @has_header(\"t\")", "true, false"),
            ("@has_trailer(\"t\"), @has_trailer(\"x-a\")", "true, false"),
            (
                "@env(\"HOME\"), @env(\"NO\"), @env(\"NO\", \"d\")",
                "\"/h\", null, \"d\"",
            ),
            ("@elapsed_ms(), @elapsed_ms, @elapsed_ms ( ) < 6", "5, 5, true"),
            ("@total_elapsed_ms()", "12"),
            ("@scope.message_count(), @scope.index()", "2, 1"),
            ("@scope_message_count(), @scope_index", "2, 1"),
            (".items | @scope.index == 1 and @header(\"x-a\") == \"1\"", "true"),
            ("@header(.n)", "error"),
        ],
    );
}

#[test]
fn parts() {
    const URL: &str = "\"https://u@a.example:8443/x/y?q=1&r#top\"";
    let rows = [
        ("scheme", "\"https\""),
        ("host", "\"a.example\""),
        ("port", "\"8443\""),
        ("path", "\"/x/y\""),
        ("query", "\"q=1&r\""),
        ("fragment", "\"top\""),
    ];
    for (part, expected) in rows {
        table(Place::Asserts, &[(&format!("@url.{part}({URL})"), expected)]);
        table(
            Place::Asserts,
            &[(&format!("@url.{part}(.s), @url.{part}(null)"), "null, null")],
        );
    }
    table(
        Place::Asserts,
        &[
            (
                "@url.port(\"http://h\"), @url.path(\"http://h\"), @url.query(\"http://h\"), @url.fragment(\"http://h\")",
                "\"\", \"\", \"\", \"\"",
            ),
            ("@url.host(\"http://[::1]:80/\")", "\"[::1]\""),
            (
                "@email.local_part(\"a@b.c\"), @email.domain(\"a@b.c\"), @email.domain(.s)",
                "\"a\", \"b.c\", null",
            ),
            (
                "@email.local_part(\"a@b@c\"), @email.domain(\"a@b@c\"), @email.local_part(.s)",
                "\"a\", \"b@c\", null",
            ),
            (
                "@ip.version(\"127.0.0.1\"), @ip.version(\"::1\"), @ip.version(\"x\")",
                "4, 6, null",
            ),
            (
                "@uuid.version(\"123e4567-e89b-42d3-a456-426614174000\"), @uuid.version(.s)",
                "4, null",
            ),
            (
                "@json.key(\"{\\\"a\\\": 1}\", \"a\"), @json.key(\"{}\", \"a\"), @json.key(.s, \"a\"), @json.key(\"[1]\", \"a\")",
                "1, null, null, null",
            ),
        ],
    );
}

#[test]
fn deprecated_spellings_work() {
    table(
        Place::Asserts,
        &[
            (
                "@uuid(.s), @email(.s), @ip(.s), @url(.s), @timestamp(.s), @empty(.s)",
                "false, false, false, false, false, false",
            ),
            ("@base64, @json | type", "\"string\", \"string\""),
        ],
    );
}

#[test]
fn wrong_arguments() {
    table(
        Place::Asserts,
        &[
            (
                "@len(.a, .b)",
                "G404 `@len` `@len` takes other arguments: `@len(v: any)`",
            ),
            ("@len", "G404 `@len`"),
            ("@regex(.s)", "G404 `@regex`"),
            (
                "@regex(.s, 3)",
                "G404 `3` `pattern` is a string, not a uint: `@regex(v: any, pattern: string)`",
            ),
            ("@header(5)", "G404 `5`"),
            ("@header()", "G404 `@header`"),
            (
                "@env(\"A\", \"b\", \"c\")",
                "G404 `@env` `@env` takes other arguments: `@env(name: string, [default: string])`",
            ),
            ("@elapsed_ms(1)", "G404 `@elapsed_ms`"),
            ("@len(.a; .b)", "G404 `;`"),
            ("@len(.a", "G401 `(` `(` is not closed"),
            ("@len(/a/)", "G408 `/a/`"),
            (
                "@is_uid(.s)",
                "G403 `@is_uid` no plugin `@is_uid`; did you mean `@is_uuid`?",
            ),
            (
                "@url.hots(.s)",
                "G403 `@url.hots` no plugin `@url.hots`; did you mean `@url.host`?",
            ),
            ("@", "G401"),
            ("@my.rule(.)", "G403 `@my.rule`"),
        ],
    );
}

#[test]
fn schemas() {
    table(
        Place::Asserts,
        &[
            ("@schema(.user, {type: \"object\", required: [\"id\"]})", "true"),
            (
                "@schema({required: [\"status\"]}), @schema({required: [\"no\"]})",
                "true, false",
            ),
            (".user | @schema({required: [\"status\"]})", "true"),
            (
                ".items | map(@schema(., {properties: {price: {maximum: 6}}}))",
                "[true,false]",
            ),
            (
                "@schema(.s, {pattern: \"^t\"}), @schema(.n, true), @schema(.n, false)",
                "true, true, false",
            ),
            ("@schema(.n, {type: 3})", "error: the schema is not valid"),
            ("@schema(.n, {\"$ref\": \"http://localhost:1/x.json\"})", "error"),
            ("@schema(.n, {\"$ref\": \"file:///etc/passwd\"})", "error"),
            ("@schema(.n, \"x\")", "G404 `\"x\"`"),
            ("@schema()", "G404 `@schema`"),
        ],
    );
}
