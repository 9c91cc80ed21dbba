//! The language: precedence, operators, constructs.

use super::*;

#[test]
fn precedence() {
    table(
        Place::Asserts,
        &[
            (".items | length == 2", "true"),
            ("1, 2 | . * 10", "10, 20"),
            ("[.nothing // 1, 2]", "[1,2]"),
            (".nothing // .missing // 3", "3"),
            (".f // false == false", "true"),
            ("(.f // false) == false", "true"),
            (".n == 4 // now | type", "\"number\""),
            ("true or false and false", "true"),
            ("true xor true and false", "true"),
            ("true or true xor true", "true"),
            ("false and true or true", "true"),
            ("1 + 2 == 3 and 2 * 3 == 6", "true"),
            ("2 * 7 % 4, 7 % 4 * 2, 1 - 2 - 3, 8 / 4 / 2", "2, 6, -4, 1"),
            ("2 + 3 * 4, (2 + 3) * 4", "14, 20"),
            ("1 == 1 < true", "false"),
            ("-1 + 2, -(.n), 3 - -1, -.n", "1, -3, 4, -3"),
            ("!.t == false, !!.t, !.missing", "true, true, true"),
            ("not .t == false, not .missing", "true, true"),
            (".t | not", "false"),
            ("[true, false] | map(not)", "[false,true]"),
            (".f | not and true", "true"),
            ("not if .n then 1 else 2 end", "false"),
            ("not -1", "false"),
            (".n as $x | $x + 1, 5", "4, 5"),
            ("1 + 2 as $x | $x", "3"),
            ("1 - (1 | . + 1)", "-1"),
            (".n |= . + 1 | .n", "4"),
            (".n = 1 | .n", "1"),
            (".missing //= 7 | .missing", "7"),
            (".n += 1 | .n -= 2 | .n *= 3 | .n /= 2 | .n %= 2 | .n", "1"),
            (".n = 1 = 2 | .n", "G401 `=` expected an assignment in parentheses"),
            ("[.items[] | .price] | add", "14"),
        ],
    );
}

#[test]
fn constructs() {
    table(
        Place::Asserts,
        &[
            ("if .n == 3 then \"a\" end", "\"a\""),
            ("if .f then 1 elif .t then 2 else 3 end", "2"),
            ("if .f then 1 end | .n", "3"),
            ("if .t then true else false", "true"),
            ("if .t, .f then 1, 2 else 3 end", "1, 2, 3"),
            ("reduce .items[] as $i (0; . + $i.price)", "14"),
            ("reduce .items[] as {price: $p} (0; . + $p)", "14"),
            ("foreach .items[] as $i (0; . + 1)", "1, 2"),
            ("foreach .items[] as $i (0; . + 1; [., $i.id])", "[1,\"a\"], [2,\"b\"]"),
            ("foreach .items[] as $i (0)", "G401 `(0)` `foreach` takes"),
            ("try error(\"x\") catch . == \"x\"", "true"),
            ("try error(\"x\")", ""),
            ("[.items[] | .id?]", "[\"a\",\"b\"]"),
            (".s.a?", ""),
            ("(.s | error)? // 4", "4"),
            ("try .s.a catch \"no\"", "\"no\""),
            ("label $out | 1, break $out, 2", "1"),
            ("break $out", "G401 `break $out` no `label $out` around"),
            ("def f: . + 1; .n | f", "4"),
            ("def f(g; $x): g + $x + x; f(.n; 1)", "5"),
            ("def f: def g: 3; g; f", "3"),
            ("def fac: if . < 2 then 1 else . * (. - 1 | fac) end; 5 | fac", "120"),
            ("[.. | numbers] | length > 3", "true"),
            (".n as [$a] ?// $a | $a", "3"),
            ("[[1, 2]] | .[] as [$a] ?// $a | $a", "1"),
            (".items[0] as {id: $x, $price} | $x, $price", "\"a\", 5"),
            (". as {n: $a, (\"i\" + \"d\"): $b} | $a, $b", "3, null"),
            (
                "{a: 1 + 2, (\"b\"): 3, \"c\": 4, $id, \"s\", n}",
                "{\"a\":3,\"b\":3,\"c\":4,\"id\":\"a\",\"s\":\"text\",\"n\":3}",
            ),
            ("{if: 1, and: 2} | .if, .and", "1, 2"),
            ("{(\"a\", \"b\"): 1}", "{\"a\":1}, {\"b\":1}"),
            ("{a: 1 | . + 1}", "{\"a\":2}"),
            ("{}, []", "{}, []"),
            (".items[0].id, .items[-1].id, .items[1:] | length", "1, 1, 1"),
            (".items[:1][0].id, .items[0:1][0].id", "\"a\", \"a\""),
            (
                ".[\"s\"], .\"s\", .[\"a b\"], .user[\"id\"]",
                "\"text\", \"text\", 1, \"u1\"",
            ),
            (".user.tags[]", "\"x\", \"y\""),
            (".user.tags.[0]", "\"x\""),
            ("\"n is \\(.n + 1 * 2), \\(\"in \\(.s)\")\"", "\"n is 5, in text\""),
            ("\"\\u00e9\\ud83d\\ude00\\t\\/\"", "\"é😀\\t/\""),
            ("@base64 \"a\\(.s)b\"", "\"adGV4dA==b\""),
            ("@json, @text | length > 5", "true, true"),
            ("@uri \"?q=\\(\"a b\")\"", "\"?q=a%20b\""),
            ("1_000 + 0.5, .5, 1e3, 1E-1, 2.", "1000.5, 0.5, 1000.0, 0.1, 2.0"),
            ("$id, $u.id, $u.ids[1], $big", "\"a\", \"u1\", 5, 9007199254740993"),
            ("$ENV.HOME, env.HOME", "\"/h\", \"/h\""),
            (".n # == 4", "3"),
            (".n == 3 // see the ticket", "true"),
            (".n == 4 // TODO", "false"),
            (".missing // 0 == 1 // see the ticket", "false"),
            (".n // 0", "3"),
            ("import \"a\" as a; .", "G401 `import`"),
            ("include \"a\"; .", "G401 `include`"),
            ("input", "G402 `input` `input` is not available"),
        ],
    );
}

#[test]
fn infix_words() {
    table(
        Place::Asserts,
        &[
            (
                ".s contains \"ex\", .s contains \"nope\", .n contains 3",
                "true, false, false",
            ),
            ("[1, 2] contains 2, [\"ab\"] contains \"a\"", "true, false"),
            (".user contains \"id\", .user contains \"no\"", "true, false"),
            (".s | contains(\"ex\")", "true"),
            (
                ".s matches \"^t.*t$\", .s matches \"x$\", .n matches \"3\"",
                "true, false, false",
            ),
            (
                ".s startsWith \"te\", .s startswith \"ex\", .n startswith \"3\"",
                "true, false, false",
            ),
            (".s endsWith \"xt\", .s endswith \"te\"", "true, false"),
            (".s | startswith(\"te\") and endswith(\"xt\")", "true"),
            (".t xor .f, .t xor .n, .f xor .missing", "true, false, false"),
            (".s matches /TE/i, .s matches /TE/", "true, false"),
            (".path matches /^\\/v1\\/users\\/[0-9/]+$/", "true"),
            (".s matches /a#b|te/ and .n == 3", "true"),
            (".s matches /x \" y/ or .s matches /t/s", "true"),
            (
                "\"a\\nb\" matches /a.b/, \"a\\nb\" matches /a.b/s, \"a\\nb\" matches /^b/m",
                "false, true, true",
            ),
            (".s matches /é/gyu", "false"),
            (".s matches /[/]x|te/ # comment", "true"),
            (".s matches /(/", "G408 `(` bad regex: unclosed group"),
            (
                ".s matches /é[z-a]x/i",
                "G408 `z-a` bad regex: invalid character class range",
            ),
            (".s matches \"a**(\"", "G408 `(` bad regex: unclosed group"),
            (".s matches \"\\\\d(\"", "G408 `\"\\\\d(\"` bad regex: unclosed group"),
            (".s matches /a(?=b)/", "G408 `(?=` bad regex: look-around"),
            (".s matches /\\/(x/", "G408 `/\\/(x/` bad regex: unclosed group"),
            (
                ".s matches (\"*\")",
                "G408 `*` bad regex: repetition operator missing expression",
            ),
            (".s matches /a/q", "G408 `q` a regex has the flags"),
            (".s | test(/te/)", "G408 `/te/` a regex literal stands"),
            (".s | test(\"[\")", "G408 `[` bad regex: unclosed character class"),
            (".s matches /te", "G401 `/` the regex is not closed"),
            ("[.items[] | .id matches /a/]", "[true,false]"),
            (".n / 3", "1"),
        ],
    );
}

#[test]
fn ternaries() {
    table(
        Place::Extract,
        &[
            (".t ? 1 : 2", "1"),
            (".ok?1:2", "2"),
            (".f ? 1 : .t ? 2 : 3", "2"),
            (".n > 1 ? \"many\" : .n == 1 ? \"one\" : \"none\"", "\"many\""),
            (".items | length > 5 ? \"big\" : \"small\"", "\"small\""),
            ("[.t ? 1 : 2, (.f ? 3 : 4)]", "[1]"),
            ("{a: .t ? 1 : 2, b: 3}", "{\"a\":1,\"b\":3}"),
            (".t ? {a: 1} : {a: 2}", "{\"a\":1}"),
            (".t ? .items[0:1] : []", "[{\"id\":\"a\",\"ok\":true,\"price\":5}]"),
            (".s.a? // 3", "3"),
            (".s.a ? 1 : 2", "error"),
            (".n:number", "G401 `:` `:type` stands behind the name"),
            (".n ? 1", "G401 `1`"),
        ],
    );
    table(
        Place::Asserts,
        &[
            (".n == 3 ? true : false", "G401 `?` `… ? … : …` stands in EXTRACT only"),
            (".t?1:2", "G401 `?`"),
            (".items[]?.price:number > 1", "true, true"),
        ],
    );
}

#[test]
fn conversions() {
    table(
        Place::Asserts,
        &[
            (".long:number, .n:number, .missing:number", "12, 3, null"),
            (".long:number > 10, .long:uint == 12", "true, true"),
            ("\"9007199254740993\" | .:number == 9007199254740993", "true"),
            ("-1 | .:uint", "error: -1 is no uint"),
            ("1.5 | .:uint", "error"),
            (".s:number", "error: \"text\" is no number"),
            ("\"nan\" | .:number", "error"),
            (".t:bool, .missing:bool", "true, null"),
            (".s:bool", "error"),
            (
                ".s:string, .s:uuid, .s:email, .s:url, .s:ip, .s:regex, .s:yaml | length",
                "4, 4, 4, 4, 4, 4, 4",
            ),
            (".n:string", "error: 3 is no string"),
            (".user:json.id, (.items:json | length)", "\"u1\", 2"),
            (".s:json", "error"),
            (".time:time > \"2024-01-01T00:00:00Z\"", "true"),
            (".time:time == \"2024-01-01T14:00:00+02:00\"", "true"),
            (".time:timestamp < \"2024-01-01T12:00:00.000000001Z\"", "true"),
            ("\"2024-01-01T12:00:00.0Z\" == .time:time", "true"),
            (".time:time >= 1704110400", "true"),
            (".time:time", "\"2024-01-01T12:00:00Z\""),
            (".missing:time == null", "true"),
            (".s:time", "error: \"text\" is no time"),
            (".time:time > .s", "error"),
            (
                ".wait:duration == \"1500ms\", .wait:duration < 2, .wait:duration >= \"0.5s\"",
                "true, true, true",
            ),
            ("(.wait:duration) != \"1.5s\"", "false"),
            (".t:duration", "error"),
            (".n:numbr", "G406 `numbr` no type `:numbr`; did you mean `:number`?"),
            (".n:zzz", "G406 `zzz` no type `:zzz`"),
            ("[.items[] | .price:number] | add", "14"),
            ("{a: .n}, .items[0:1] | length", "1, 1"),
            ("{a: (.long:number)} | .a", "12"),
        ],
    );
}
