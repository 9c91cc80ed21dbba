//! What is found in expressions without their values.

use super::*;

/// The code and the marked text of each finding.
fn found(source: &str, place: Place) -> String {
    let findings = check(source, place).findings.into_iter();
    let shown = findings.map(|finding| format!("{} `{}`", finding.code, &source[finding.range]));
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn pitfalls() {
    for (source, expected) in [
        (".m | length == 2", ""),
        (".m | length == 2 and .total == 2", "G413 `and`"),
        (".total == 2 and .m | length == 2", "G413 `and`"),
        ("(.m | length == 2) and .total == 2", ""),
        (".total == 2 and (.m | length == 2)", ""),
        ("all(.a | .b or .c)", "G413 `or`"),
        (".flag // false == false", "G414 `==`"),
        ("(.flag // false) == false", ""),
        (".a == 2 // now", "G414 `==`"),
        ("(.a // now) == 2", ""),
        (".a // 0 == 1 and .b", "G416 `0 == 1` G414 `and`"),
        ("keys", "G415 `keys`"),
        (".items | length", "G415 `length`"),
        (".items | map(.id)", "G415 `map(.id)`"),
        ("@len(.items)", "G415 `@len(.items)`"),
        ("\"text\"", "G415 `\"text\"`"),
        (".n |= 3", "G415 `.n |= 3`"),
        (".ids", ""),
        ("1 == 1", "G416 `1 == 1`"),
        ("\"a\" contains \"b\"", "G416 `\"a\" contains \"b\"`"),
        ("null == -1", "G416 `null == -1`"),
        ("true", ""),
        (".a == .b == .c", "G424 `==`"),
        ("(.a == .b) == .c", ""),
        ("not .a == 1", "G425 `not .a`"),
        ("!.a == 1", "G425 `!.a`"),
        ("not (.a == 1)", ""),
        ("not .a and .b", ""),
        ("if .a then .b else .c", "G421 `if`"),
        (".a == 1 // see the ticket", "G606 `// see the ticket`"),
        (".a == 1 // TODO", "G606 `// TODO`"),
        (".n // 0", ""),
        (".n // true", ""),
        (".a == 1 # see", ""),
        (".a matches /x\\/\\/y/ # ok", ""),
        (".u == \"http://x\" // it's fine", "G606 `// it's fine`"),
    ] {
        assert_eq!(found(source, Place::Asserts), expected, "{source}");
    }
    assert_eq!(found("keys", Place::Extract), "");
    assert_eq!(found(".a = 1", Place::Extract), "");
}

#[test]
fn faults_have_their_place() {
    for (source, expected) in [
        ("", "G401 ``"),
        (".n == 3 and", "G401 ``"),
        (".n == (3", "G401 `(`"),
        (".n == [3", "G401 `[`"),
        (".n == 3)", "G401 `)`"),
        (".a .b c", "G401 `c`"),
        (".s == \"a\\q\"", "G401 `\\q`"),
        (".s == \"a", "G401 `\"`"),
        (".s == \"\\u12\"", "G401 `\\u`"),
        ("if .a 1", "G401 `1`"),
        (".a[", "G401 ``"),
        (".a.", "G401 ``"),
        ("{a:1", "G401 `{`"),
        ("{(\"a\")}", "G401 `}`"),
        ("{{x}} == 1", "G401 `{{x}}`"),
        (".n = 3", "G407 `=`"),
        (".n == 3 | .s = 1", "G407 `=`"),
        ("(.n = 3)", "G407 `=`"),
        (".n == 1 && .s == 2", "G420 `&&`"),
        (".n == 1 || .s == 2", "G420 `||`"),
        (".n === 1", "G420 `===`"),
        (".n =~ \"x\"", "G420 `=~`"),
        (".s == 'x'", "G419 `'`"),
        ("/x/ == .s", "G408 `/x/`"),
        ("token == othr", "G402 `token` G402 `othr`"),
        ("@nope(.a) == nope", "G403 `@nope` G402 `nope`"),
    ] {
        assert_eq!(found(source, Place::Asserts), expected, "{source}");
    }
}

#[test]
fn free_variables_are_told() {
    let names = |source: &str| -> Vec<String> {
        let checked = check(source, Place::Asserts);
        checked
            .variables
            .into_iter()
            .map(|(name, range)| format!("{name} {}", &source[range]))
            .collect()
    };
    assert_eq!(names(".a == $x and ($y as $z | $z == {$x})"), ["x $x", "y $y", "x $x"]);
    assert_eq!(names("\"$x \\($y)\" # $z"), ["y $y"]);
}
