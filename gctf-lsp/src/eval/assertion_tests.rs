//! Expressions and what they come to.

use super::super::jq::{CallContext, Input, Programs};
use super::super::template::Variables;
use super::*;
use crate::expr::Engine;
use serde_json::json;
use std::borrow::Cow;
use std::collections::BTreeMap;

fn checked(source: &str) -> Verdict {
    let programs = Programs::new(Arc::new(Engine::new()));
    let variables = Variables {
        values: BTreeMap::from([
            ("id".to_owned(), json!("a")),
            ("dataset.city".to_owned(), json!("Bonn")),
            ("dataset.size".to_owned(), json!(3)),
            ("big".to_owned(), json!(9_007_199_254_740_993_u64)),
        ]),
        environment: Arc::new(BTreeMap::from([("HOME".to_owned(), "/h".to_owned())])),
        ..Variables::default()
    };
    let call = CallContext {
        headers: vec![("x-a".to_owned(), "1".to_owned())],
        elapsed_ms: 5,
        ..CallContext::default()
    };
    let input = json!({
        "status": "PENDING", "n": 3, "items": [{"ok": true}, {"ok": false}], "s": "text", "id": "a", "none": [],
        "big": 9_007_199_254_740_993_u64, "time": "2024-01-01T12:00:00Z", "long": "12",
    });
    let input = Input::new(Cow::Owned(input));
    let scope = Scope::new(&programs, &input, &variables, &call, None);
    check(&scope, source)
}

fn verdict(source: &str) -> String {
    match checked(source) {
        Verdict::Passed => "pass".to_owned(),
        Verdict::Failed { message, .. } => message,
        Verdict::Error(text) => format!("error: {text}"),
        Verdict::Broken(errors) => {
            let error = &errors[0];
            format!("{} {:?} {}", error.code, &source[error.range.clone()], error.message)
        }
    }
}

#[test]
fn places_of_actual_values() {
    for (source, expected) in [
        (".status == \"PAID\"", Some("$.status")),
        ("\"PAID\" == .status", Some("$.status")),
        (".items[1].ok", Some("$.items[1].ok")),
        (".[\"a b\"] == 1", Some("$[\"a b\"]")),
        (".items | length == 3", Some("$.items")),
        ("(.items | length) == 3", Some("$.items")),
        (".items | map(.ok) | all", Some("$.items")),
        (".items | .[0] | .ok | not", Some("$.items[0].ok")),
        (".n == 3 and .s == \"x\"", Some("$.s")),
        (".n == 3 and .missing", Some("$.missing")),
        (".n as $n | .s == \"x\"", Some("$.s")),
        (".n as $n | $n == 4", None),
        (".items[].ok", None),
        (".items[] | .ok == 1", None),
        (".n + 1 == 3", None),
        ("1 == 2", None),
        ("$id == .s", Some("$.s")),
        (".n == 4 or .s == \"x\"", None),
    ] {
        let Verdict::Failed { place, .. } = checked(source) else {
            panic!("{source} passes");
        };
        assert_eq!(place.as_deref(), expected, "{source}");
    }
}

#[test]
fn verdicts() {
    for (source, expected) in [
        (".status == \"PENDING\"", "pass"),
        (".status == \"PAID\"", "got \"PENDING\", expected \"PAID\""),
        (".status != \"PENDING\"", "got \"PENDING\", expected anything else"),
        (".n > 5", "got 3, expected > 5"),
        (".missing", "got null"),
        (".items | length == 3", "got 2, expected 3"),
        (".items | map(.ok) | all", "got false"),
        (".items[].ok", "got true, false"),
        (".none[].ok", "no output: the expression has to yield a value"),
        (".n == 3 and .s == \"x\"", "got \"text\", expected \"x\""),
        (
            ".n == 4 or .s == \"x\"",
            "got 3, expected 4; and got \"text\", expected \"x\"",
        ),
        (".n as $n | $n == 4", "got 3, expected 4"),
        (".id == $id", "pass"),
        ("$dataset.city == \"Bonn\" and $dataset.size == .n", "pass"),
        (".big == $big and .big == 9007199254740993", "pass"),
        (
            ".big == 9007199254740992",
            "got 9007199254740993, expected 9007199254740992",
        ),
        (".n == 3 # fine", "pass"),
        (".n == 3 // see the ticket", "pass"),
        (".missing // 3 == 3", "pass"),
        ("@header(\"X-A\") == \"1\"", "pass"),
        ("@has_header(\"y\")", "got false"),
        ("@elapsed_ms() < 6 and @elapsed_ms < 6", "pass"),
        ("@len(.items) == 2 and (.items | @len(.)) == 2", "pass"),
        ("@is_timestamp(.time) and (@is_timestamp(.s) | not)", "pass"),
        ("@regex(.s, \"^te\")", "pass"),
        ("@scope.message_count() == 0", "pass"),
        ("try error(\"x\") catch . == \"x\"", "pass"),
    ] {
        assert_eq!(verdict(source), expected, "{source}");
    }
}

#[test]
fn errors_have_their_place() {
    for (source, expected) in [
        (".s | keys", "error"),
        (
            ".n == 3 and",
            "G401 \"\" the expression is not finished: expected a term",
        ),
        (".n == (3", "G401"),
        (
            "token == \"x\"",
            "G402 \"token\" no function `token`: write `.token` for a field, `\"token\"` for a text",
        ),
        (
            "@is_uid(.s)",
            "G403 \"@is_uid\" no plugin `@is_uid`; did you mean `@is_uuid`?",
        ),
        ("@len(.a, .b)", "G404 \"@len\""),
        ("$idd == 1", "G405 \"$idd\" no variable `$idd`; did you mean `$id`?"),
        (".n = 3", "G407 \"=\" `=` assigns and always passes: write `==`"),
        (".n == 1 && .s == 2", "G420 \"&&\""),
        (".s == 'x'", "G419 \"'\""),
        ("input == 1", "G402 \"input\""),
        ("halt", "G402 \"halt\""),
    ] {
        let found = verdict(source);
        assert!(found.starts_with(expected), "{source}: {found}");
    }
}

#[test]
fn precedence_is_the_formats() {
    for (source, expected) in [
        (
            "[2 * 7 % 4, 7 % 4 * 2, 1 - 2 - 3, 2 + 3 * 4, (2 + 3) * 4] == [2, 6, -4, 14, 20]",
            "pass",
        ),
        ("(1 == 1 < true) == ((1 == 1) < true)", "pass"),
        ("[1, 2 | . * 10] == [10, 20]", "pass"),
        ("[1 + 2 as $x | $x, 5] == [3, 6]", "pass"),
        ("[.n, 1 as $x | $x + 1] == [3, 2]", "pass"),
        ("[1, null // 2, 3] == [1, 2, 3]", "pass"),
        ("false or true and false | not", "pass"),
        ("[-1 + 2, -(.n), 3 - -1] == [1, -3, 4]", "pass"),
        ("[range(3)] | map(select(. % 2 == 0)) == [0, 2]", "pass"),
        ("{a: 1 + 2, (\"b\"): (1, 2)} | .a == 3", "pass"),
        (". as {n: $a, (\"i\" + \"d\"): $b} | [$a, $b] == [3, \"a\"]", "pass"),
        ("reduce .items[] as $i (0; . + 1) == 2", "pass"),
        ("\"n is \\(.n + 1 * 2)\" == \"n is 5\"", "pass"),
        ("if .n == 3 then .s else 1 end == \"text\"", "pass"),
        ("[limit(2; .items[])] | length == 2", "pass"),
        ("del(.items[] | select(.ok)) | .items == [{\"ok\": false}]", "pass"),
        (
            "(.items[] | select(.ok) | .ok) |= false | [.items[].ok] == [false, false]",
            "pass",
        ),
        (".a.b.c == null and (.a[0] == null) and .none[5] == null", "pass"),
        (".missing // .also // 3 | . == 3", "pass"),
    ] {
        assert_eq!(verdict(source), expected, "{source}");
    }
}

#[test]
fn additions_to_jq() {
    for (source, expected) in [
        (
            ".s contains \"ex\" and .s startsWith \"te\" and .s endswith \"xt\"",
            "pass",
        ),
        (".s contains \"x\" == true", "pass"),
        (".s contains \"nope\"", "got false"),
        (".n contains 3", "got false"),
        ("[1, 2] contains 2 and ([\"ab\"] contains \"a\" | not)", "pass"),
        (".items[0] contains \"ok\"", "pass"),
        (".s matches \"^t.*t$\"", "pass"),
        (".s | contains(\"ex\")", "pass"),
        ("(.n == 3) xor (.n == 4)", "pass"),
        ("(.n == 3) xor (.s == \"text\")", "got false"),
        ("!.missing and !!.s and !(.n == 4)", "pass"),
        ("not .missing", "pass"),
        ("not .s", "got false"),
        ("not .s // true", "pass"),
        ("not .n == 3", "got false, expected 3"),
        (".missing | not", "pass"),
        ("[true, false] | map(not) == [false, true]", "pass"),
        (".long:number > 10 and .long:uint == 12", "pass"),
        (".s:number > 10", "error: \"text\" is no number"),
        (".s:bool", "error: \"text\" is no bool"),
        (".n == 3 and .big > 9_000_000", "pass"),
        ("if .n == 3 then true else false", "pass"),
        ("@is_email(\"a@b.example\") and (@is_email(\"a@b\") | not)", "pass"),
        (
            "@is_ip(\"::1\") and @ip.version(\"127.0.0.1\") == 4 and (@is_ip(.s) | not)",
            "pass",
        ),
        (
            "@is_url(\"https://a.example/x?y\") and (@is_url(\"a/b\") | not)",
            "pass",
        ),
        (
            "@is_base64(\"YQ==\") and @is_base64(\"\") and (@is_base64(\"a!\") | not)",
            "pass",
        ),
        ("@is_json(\"[1]\") and (@is_json(\"{\") | not)", "pass"),
        ("@json.key(\"{\\\"a\\\": 1}\", \"a\") == 1", "pass"),
        (
            "@email.domain(\"a@b.c\") == \"b.c\" and @email.local_part(\"a@b.c\") == \"a\"",
            "pass",
        ),
        (
            "@env(\"HOME\") == \"/h\" and @env(\"NO\", \"d\") == \"d\" and $ENV.HOME == \"/h\"",
            "pass",
        ),
        ("@len((.s, .items)) > 0", "pass"),
    ] {
        assert_eq!(verdict(source), expected, "{source}");
    }
}

#[test]
fn what_is_not_known_is_an_error() {
    for (source, expected) in [
        (".n == 3 ? true : false", "G401"),
        (".s:tiem > 1", "G406 \"tiem\" no type `:tiem`; did you mean `:time`?"),
        (
            "@url.hots(.s)",
            "G403 \"@url.hots\" no plugin `@url.hots`; did you mean `@url.host`?",
        ),
        ("import \"a\" as a; .", "G401"),
        ("$__call.environment", "G405"),
        (".n == 3 | .s = 1", "G407 \"=\""),
        (".n == 3 // it's fine", "pass"),
        (".n // 0 == 0 // see \"x\" // and y", "pass"),
        (".missing // 0 == 1 // see the ticket", "got false"),
        (".s == \"a\\q\"", "G401"),
    ] {
        let found = verdict(source);
        assert!(found.starts_with(expected), "{source}: {found}");
    }
    let deep = format!("{}1{}", "(".repeat(8000), ")".repeat(8000));
    assert_eq!(verdict(&deep), "pass");
    let long = vec!["1"; 8000].join("+");
    assert_eq!(verdict(&long), "pass");
    assert!(verdict(&"-".repeat(16_000)).starts_with("G401"));
    assert!(verdict(&"(".repeat(100_000)).starts_with("G401"));
}

#[test]
fn root_fields_are_read_by_the_tree() {
    let engine = Engine::new();
    for (source, reads) in [
        (".code == 5", true),
        (".[\"code\"] == 5", true),
        (".message | startswith(\"a\")", true),
        ("(.a and .code == 5) or .b", true),
        ("@len(.code) == 1", true),
        (".code:number == 5", true),
        ("not .code", true),
        ("5 == .code // see the ticket", true),
        (".a == \".code\"", false),
        (".a == 1 # .code", false),
        (".a == 1 // .code", false),
        (".a.code == 5", false),
        (".items | map(.code)", false),
        (".a | .code", false),
        (".codes == 5", false),
    ] {
        let found = engine.reads_field(source, "code") || engine.reads_field(source, "message");
        assert_eq!(found, reads, "{source}");
    }
}
