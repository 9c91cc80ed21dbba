//! Construction, folds, conditions, alternatives, strings, plugins, conversions, variables and where all is silent.

use super::{Bench, THING};
use expect_test::expect;

#[test]
fn construction() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        [] ⇒ array of nothing
        {} ⇒ {}
        [1, 2] ⇒ array of 1 or 2
        [.name, .count] ⇒ array of string or int32 or null
        [.parts[].id] ⇒ array of string or null
        [.parts[] | {id, n: .amount}] ⇒ array of {id: string or null, n: int32 or null}
        {name} ⇒ {name: string or null}
        {name, count} ⇒ {count: int32 or null, name: string or null}
        {nope} ⇒ {nope: any value} ⇒ G409@nope
        {"name"} ⇒ {name: string or null}
        {a: 1, b: "x", c: null} ⇒ {a: 1, b: "x", c: null}
        {a: .name} ⇒ {a: string or null}
        {a: .name}.a == 5 ⇒ false ⇒ G410@5
        {a: .name} | .b ⇒ any value ⇒ G409@b
        {a: {b: .count}} | .a.b == "x" ⇒ false ⇒ G410@"x"
        {(.name): 1} ⇒ object
        {(.name): 1}.x ⇒ 1 or null
        {(.name): .count} | .x == "y" ⇒ false ⇒ G410@"y"
        {"a b": .flag}["a b"] ⇒ true or null
        {a: 1} + {b: 2} ⇒ object
        {a: 1} + {b: 2} | .b ⇒ any value
        {a: 1} * {b: {c: 2}} ⇒ object
        {a: (1, 2)} ⇒ {a: 1 or 2}
        {a: empty} ⇒ {a: nothing}
        {$__loc__} ⇒ cannot be read
        {displayName} ⇒ {displayName: string or null}
        {displayName}.displayName == 5 ⇒ false ⇒ G410@5
        [.parts[0], .part][0].ide ⇒ any value ⇒ G409@ide
        [1, "a"] | .[0] == true ⇒ false ⇒ G410@true
        [.[]?] ⇒ array
        [][0] ⇒ null
        [] | first == null ⇒ true ⇒ G410@first == null
        [[1]] | .[0][0] == "1" ⇒ false ⇒ G410@"1"
        [.name] + [.count] ⇒ array of string or int32 or null
        [.name] + .tags ⇒ array of string or null
        [.name] - ["a"] ⇒ array of string or null
        .tags + .numbers ⇒ array of string or int32 or array of string or array of int32 or null
        .tags + 1 ⇒ 1
        .tags - .tags ⇒ array of string
        .tags - "a" ⇒ any value ⇒ G427@-
        .part + {x: 1} ⇒ object or {x: 1}
        .part + .piece ⇒ object or t.Part or null
        .part + .name ⇒ t.Part or string or null
        .part - .piece ⇒ any value ⇒ G427@-
        .part * .piece ⇒ object
        .name + "x" ⇒ string or "x"
        .name + 1 ⇒ 1
        .name - "x" ⇒ any value ⇒ G427@-
        .name * 2 ⇒ string or null
        .name / "," ⇒ array of string
        .name / 2 ⇒ any value ⇒ G427@/
        .name % 2 ⇒ any value ⇒ G427@%
        .name + null ⇒ string or null
        .count + 1 ⇒ number or 1
        .count + "1" ⇒ "1"
        .count - .size ⇒ number
        .count * 1.5 ⇒ number
        .count / 2 ⇒ number
        .count % 2 ⇒ number
        .count + .exact ⇒ number or int32 or double or null
        .count + .flag ⇒ int32 or true or null
        .flag + .flag ⇒ true or null
        .flag + 1 ⇒ 1
        .flag - 1 ⇒ any value ⇒ G427@-
        null + 1 ⇒ 1
        null - 1 ⇒ any value ⇒ G427@-
        .count + 1 == "2" ⇒ false ⇒ G410@"2"
        .count + .name == 3 ⇒ bool
        -.count ⇒ number
        -.name ⇒ number
        -(.count) == "1" ⇒ false ⇒ G410@"1"
        .labels + {a: "b"} ⇒ object or {a: "b"}
        .labels + {a: 1} | .a ⇒ any value
        .at + "x" ⇒ string or "x"
        .at - .at ⇒ any value ⇒ G427@-
        .anything + 1 ⇒ any value
        .extra.a + 1 ⇒ any value
    "#]]);
}

#[test]
fn folds_and_definitions() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        reduce .numbers[] as $n (0; . + $n) ⇒ 0 or number
        reduce .numbers[] as $n (0; . + $n) > "3" ⇒ false ⇒ G410@reduce .numbers[] as $n (0; . + $n) > "3"
        reduce .tags[] as $t (""; . + $t) ⇒ "" or string
        reduce .tags[] as $t (0; . + $t) ⇒ any value
        reduce .tags[] as $t (0; . + ($t | length)) == 3 ⇒ bool
        reduce .parts[] as $p (0; . + $p.amount) ⇒ 0 or number
        reduce .parts[] as $p (0; . + $p.amout) ⇒ any value ⇒ G409@amout
        reduce .parts[] as $p ({}; .[$p.id] = $p.amount) ⇒ any value
        reduce .parts[] as $p (null; $p) | .ide ⇒ any value ⇒ G409@ide
        reduce .parts[] as {id: $i} (""; . + $i) ⇒ "" or string
        reduce .parts[] as {idd: $i} (""; .) ⇒ "" ⇒ G409@idd
        reduce empty as $x (0; .) ⇒ 0
        reduce .tags[] as $t ([]; . + [$t]) | .[0] ⇒ string or null
        reduce .tags[] as $t (0; empty) ⇒ 0
        foreach .numbers[] as $n (0; . + $n) ⇒ any value
        foreach .numbers[] as $n (0; . + $n; [$n, .]) ⇒ any value
        foreach .parts[] as $p (0; . + 1; $p.ide) ⇒ any value ⇒ G409@ide
        [foreach .numbers[] as $n (0; . + $n)] | last ⇒ any value
        .part as $p | .parts | map(.id == $p.id) ⇒ array of bool
        .part as $p | .parts | map(.id == $p.idd) ⇒ array of bool ⇒ G409@idd
        .count as $n | .name as $s | $n == $s ⇒ bool
        .parts[] as $p | $p.id ⇒ string or null
        .parts as [$a, $b] | $a.id ⇒ string or null
        .parts as [$a, $b] | $a.ide ⇒ any value ⇒ G409@ide
        . as {name: $n, count: $c} | $n == $c ⇒ bool
        . as {part: {id: $i}} | $i == 3 ⇒ false ⇒ G410@3
        . as {part: {idd: $i}} | $i ⇒ any value ⇒ G409@idd
        . as [$a] ?// $a | $a.nope ⇒ any value
        def f: .name; f ⇒ any value
        def f: .nope; f ⇒ any value
        def f(x): x; f(.nope) ⇒ any value
        def f($x): $x; f(.name) == 5 ⇒ bool
        def f: def g: 3; g; f == "3" ⇒ bool
        def length: 5; .name | length ⇒ any value
        def r: if . > 3 then . else . + 1 | r end; 0 | r ⇒ any value
        label $out | .parts[] | if .is_new then ., break $out else . end ⇒ t.Part
        label $out | .parts[] | .ide ⇒ any value ⇒ G409@ide
        [.parts[] | .id] | until(length < 2; .[1:]) ⇒ any value
        [range(10)] | while(length > 1; .[1:]) ⇒ any value
        [.[] | select(type == "number")] | add ⇒ any value
        .count | [., 1] | until(.[0] < 5; [.[0] - 5, 0]) ⇒ any value
        [limit(3; .count | repeat(. + 1))] ⇒ array
        .name |= ascii_upcase ⇒ any value
        .name |= .x ⇒ any value ⇒ G426@x
        .count += 1 ⇒ any value
        .count = 5 ⇒ cannot be read
        .part.id = "x" ⇒ cannot be read
        .part.di = "x" ⇒ cannot be read
        .count //= 3 ⇒ any value
        (.count |= . + 1).count == 3 ⇒ bool
        .parts |= map(.id) ⇒ any value
        .parts[0].id |= length ⇒ any value
        path(.part.id) ⇒ any value
        [paths] ⇒ array
        del(.name) ⇒ t.Thing
        del(.nope) ⇒ t.Thing ⇒ G409@nope
        del(.name).name ⇒ string or null
        del(.name, .count).part.di ⇒ any value ⇒ G409@di
        to_entries[] | .value ⇒ any value
        getpath(["part", "di"]) ⇒ any value
    "#]]);
}

#[test]
fn conditions_and_alternatives() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        if .flag then .name else .count end ⇒ string or int32 or null
        if .flag then .name else .nick end ⇒ string or null
        if .flag then .name else .nick end == 5 ⇒ false ⇒ G410@5
        if .flag then .name else .count end == 5 ⇒ bool
        if .flag then .name else .count end == true ⇒ false ⇒ G410@true
        if .flag then 1 elif .maybe then 2 else 3 end ⇒ 1 or 2 or 3
        if .flag then 1 elif .maybe then 2 else 3 end == 4 ⇒ false ⇒ G410@4
        if .flag then 1 elif .maybe then 2 else 3 end == 3 ⇒ bool
        if .flag then .part else .piece end | .ide ⇒ any value ⇒ G409@ide
        if .flag then .part else .parent end | .name ⇒ string or null
        if .flag then .part else .parent end | .nope ⇒ any value ⇒ G409@nope
        if .flag then .name end ⇒ string or t.Thing or null
        if .flag then .name end | .nope ⇒ null
        if .nope then 1 else 2 end ⇒ 1 or 2 ⇒ G409@nope
        if .name == 5 then 1 else 2 end ⇒ 1 or 2 ⇒ G410@5
        if .flag then empty else .name end ⇒ string or null
        if .flag then error("x") else .name end ⇒ string or null
        if empty then 1 else 2 end ⇒ 1 or 2
        if (.flag, .maybe) then 1 else "a" end ⇒ 1 or "a"
        .name // "x" ⇒ string or "x"
        .name // 5 ⇒ string or 5
        .name // empty ⇒ string
        .nope // "x" ⇒ any value ⇒ G409@nope
        .name.x // 5 ⇒ any value
        .part.id // .piece.id ⇒ string or null
        .part.id // .piece.ide ⇒ any value ⇒ G409@ide
        .part // {id: "x"} | .id ⇒ string or "x" or null
        .flag // true ⇒ true
        .flag // false ⇒ bool
        .count // 0 ⇒ int32 or 0
        (.count // 0) + 1 ⇒ number
        (.tags // []) | length ⇒ number
        (.tags // []) == [] ⇒ bool
        (.nope // .name) == 5 ⇒ bool ⇒ G409@nope
        .parts[0].id // error("none") ⇒ string
        first(.parts[] | select(.id == "a")) // null ⇒ t.Part or null
        (.name, .nick) // "x" ⇒ string or "x"
        null // 1 ⇒ 1
        false // "x" ⇒ "x"
        1 // 2 ⇒ 1 or 2
        empty // 2 ⇒ 2
        try .name catch "x" ⇒ string or "x" or null
        try .name.x catch . ⇒ any value
        try error("x") catch . ⇒ any value
        try error("x") catch 5 ⇒ 5
        (try .count catch 0) == "x" ⇒ false ⇒ G410@"x"
        try (.name | keys) catch [] ⇒ any value
        .name.x? ⇒ any value
        (.name | keys)? ⇒ any value
        .name | try tonumber catch 0 ⇒ number or 0
        (.name | try tonumber catch 0) == "x" ⇒ false ⇒ G410@"x"
        .name | tonumber? // 0 ⇒ number or 0
        [.name | tonumber?] ⇒ array of number
        .a? // .b? // 1 ⇒ any value ⇒ G409@a · G409@b
        .flag and .name ⇒ bool
        .flag or .name ⇒ bool
        .flag xor .maybe ⇒ bool
        .name and true ⇒ bool
        .flag and .count == "5" ⇒ false ⇒ G410@"5"
        true and false ⇒ false
        null or false ⇒ false
        not .flag ⇒ bool
        !.flag ⇒ bool
        .flag | not | not ⇒ bool
        .flag and .maybe == 3 ⇒ false ⇒ G410@3
        .parts | length == 2 and .name == "x" ⇒ bool
        .part | .id != "x" and .name == "y" ⇒ bool ⇒ G409@name
        .count == 1 and .parts | length == 2 ⇒ bool
        (.parts | length == 2) and .name == "x" ⇒ bool
        select(.flag) ⇒ t.Thing
        select(.flag).name ⇒ string or null
        select(.flag).nope ⇒ any value ⇒ G409@nope
        select(false) ⇒ nothing ⇒ G428@select(false)
        select(.name == 5) ⇒ nothing ⇒ G410@5
        .parts[] | select(.id == 5) ⇒ nothing ⇒ G410@5
        empty ⇒ nothing ⇒ G428@empty
        .parts | empty ⇒ nothing ⇒ G428@.parts | empty
        error ⇒ nothing
        .[] | empty ⇒ nothing ⇒ G428@.[] | empty
    "#]]);
}

#[test]
fn strings_plugins_and_conversions() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        "x" ⇒ "x"
        "\(.name) is \(.count)" ⇒ string
        "\(.nope)" ⇒ string ⇒ G409@nope
        "\(.name)" == 5 ⇒ false ⇒ G410@5
        @base64 "x\(.name)" ⇒ string
        @json "\(.part)" ⇒ string
        "a\("b")" ⇒ string
        .name contains "a" ⇒ bool
        .name contains 5 ⇒ false ⇒ G423@contains
        .count contains 5 ⇒ false ⇒ G423@contains
        .count contains "5" ⇒ false ⇒ G423@contains
        .tags contains "a" ⇒ bool
        .tags contains 5 ⇒ false ⇒ G423@contains
        .labels contains "a" ⇒ bool
        .labels contains 5 ⇒ false ⇒ G423@contains
        .part contains "id" ⇒ bool
        .flag contains "t" ⇒ false ⇒ G423@contains
        .parts contains "x" ⇒ false ⇒ G423@contains
        .parts[0].id contains "x" ⇒ bool
        .anything contains 5 ⇒ bool
        .name matches "^a" ⇒ bool
        .name matches /^a/ ⇒ bool
        .name matches 5 ⇒ false ⇒ G423@matches
        .count matches /5/ ⇒ false ⇒ G423@matches
        .tags matches /a/ ⇒ false ⇒ G423@matches
        .flag matches /t/ ⇒ false ⇒ G423@matches
        .color matches /RED/ ⇒ bool
        .at matches /^2024/ ⇒ bool
        .big matches /^[0-9]+$/ ⇒ bool
        .part matches /x/ ⇒ false ⇒ G423@matches
        .name startsWith "a" ⇒ bool
        .name startsWith 5 ⇒ false ⇒ G423@startsWith
        .count startsWith "5" ⇒ false ⇒ G423@startsWith
        .tags startsWith "a" ⇒ false ⇒ G423@startsWith
        .name endsWith "a" ⇒ bool
        .part endsWith "x" ⇒ false ⇒ G423@endsWith
        5 startsWith "x" ⇒ false ⇒ G423@startsWith
        .nick contains .name ⇒ bool
        .name contains .count ⇒ false ⇒ G423@contains
        @len(.name) ⇒ number or null
        @len(.name) == "3" ⇒ false ⇒ G410@"3"
        @len(.name) > 3 ⇒ bool
        @len(.count) ⇒ number or null
        @len(.nope) ⇒ number or null ⇒ G409@nope
        @is_uuid(.name) ⇒ bool
        @is_uuid(.count) ⇒ bool ⇒ G423@@is_uuid
        @is_uuid(.part) ⇒ bool ⇒ G423@@is_uuid
        @is_uuid(.big) ⇒ bool
        @is_email(.flag) ⇒ bool ⇒ G423@@is_email
        @is_url(.tags) ⇒ bool ⇒ G423@@is_url
        @is_url(.tags[0]) ⇒ bool
        @is_ip(.exact) ⇒ bool
        @is_timestamp(.at) ⇒ bool
        @is_timestamp(.count) ⇒ bool ⇒ G423@@is_timestamp
        @is_base64(.blob) ⇒ bool
        @is_json(.part) ⇒ bool ⇒ G423@@is_json
        @is_empty(.tags) ⇒ bool
        @is_empty(.count) ⇒ bool
        @has_value(.name) ⇒ bool
        @has_value(.name) == "x" ⇒ false ⇒ G410@"x"
        @regex(.name, "a") ⇒ bool
        @regex(.count, "a") ⇒ bool ⇒ G423@@regex
        @regex(.name, /a/) ⇒ bool
        @header("h") ⇒ string or null
        @header("h") == 5 ⇒ false ⇒ G410@5
        @header("h") == "1" ⇒ bool
        @header("h") | test("1") ⇒ bool
        @header("h") | floor ⇒ any value ⇒ G427@floor
        @has_header("h") ⇒ bool
        @has_header("h") == "x" ⇒ false ⇒ G410@"x"
        @trailer("x") ⇒ string or null
        @env("HOME") ⇒ string or null
        @elapsed_ms < 5 ⇒ bool
        @elapsed_ms < "5" ⇒ true ⇒ G410@@elapsed_ms < "5"
        @elapsed_ms ⇒ number
        @scope.index == 1 ⇒ bool
        @scope.index == "1" ⇒ false ⇒ G410@"1"
        @url.host(.name) ⇒ string or null
        @url.port(.name) == 80 ⇒ false ⇒ G410@80
        @email.domain(.name) ⇒ string or null
        @uuid.version(.name) == 4 ⇒ bool
        @uuid.version(.name) == "4" ⇒ false ⇒ G410@"4"
        @ip.version(.name) ⇒ number or null
        @json.key(.name, "a") ⇒ any value
        @json.key(.name, "a") == 1 ⇒ bool
        @schema({"type": "object"}) ⇒ bool
        .parts | map(@is_uuid(.id)) | all ⇒ bool
        .parts | map(@is_uuid(.amount)) | all ⇒ bool ⇒ G423@@is_uuid
        .name:string ⇒ string or null
        .name:number ⇒ number or null
        .name:number == "5" ⇒ false ⇒ G410@"5"
        .name:uuid ⇒ string or null
        .count:string ⇒ any value ⇒ G427@.count:string
        .count:number ⇒ int32 or null
        .count:bool ⇒ any value ⇒ G427@.count:bool
        .flag:bool ⇒ true or null
        .flag:number ⇒ any value ⇒ G427@.flag:number
        .flag:string ⇒ any value ⇒ G427@.flag:string
        .part:json ⇒ t.Part or null
        .part:string ⇒ any value ⇒ G427@.part:string
        .tags:json ⇒ array of string or null
        .tags:number ⇒ any value ⇒ G427@.tags:number
        .name:json ⇒ any value ⇒ G427@.name:json
        .name:bool ⇒ any value ⇒ G427@.name:bool
        .at:time ⇒ string (time) or null
        .flag:time ⇒ any value ⇒ G427@.flag:time
        .part:time ⇒ any value ⇒ G427@.part:time
        .big:uint ⇒ number or null
        .big:uint == "5" ⇒ false ⇒ G410@"5"
        .big:json ⇒ any value ⇒ G427@.big:json
        .exact:number ⇒ double or number or null
        .color:number ⇒ number or null
        .anything:number ⇒ number or null
        .anything:string ⇒ any value
        .nope:string ⇒ any value ⇒ G409@nope
    "#]]);
}

#[test]
fn silence() {
    let mut bench = Bench::of(THING, "t.Thing");
    bench.extracted = vec![
        ("n", ".count"),
        ("s", ".name"),
        ("p", ".part"),
        ("l", ".parts"),
        ("five", "5"),
        ("b", ".big"),
    ];
    bench.check(&expect![[r#"
        $n ⇒ int32 or null
        $s ⇒ string or null
        $p ⇒ t.Part or null
        $p.id ⇒ string or null
        $p.ide ⇒ any value ⇒ G409@ide
        $l[0].ide ⇒ any value ⇒ G409@ide
        $l | map(.id) ⇒ array of string or null
        $l | map(.ide) ⇒ array ⇒ G409@ide
        $n == "5" ⇒ false ⇒ G410@"5"
        $n == 5 ⇒ bool
        $n == 0 ⇒ bool ⇒ G412@$n == 0
        $s == .name ⇒ bool
        $s == .count ⇒ bool
        $s == .displayName ⇒ bool
        $n > .name ⇒ bool ⇒ G410@$n > .name
        $b > 5 ⇒ bool ⇒ G411@$b
        $b == 5 ⇒ false ⇒ G410@5
        $five == .count ⇒ bool
        $five == .name ⇒ false ⇒ G410@$five == .name
        $p.displayName ⇒ any value ⇒ G409@displayName
        {$s} ⇒ {s: string or null}
        {$p}.p.ide ⇒ any value ⇒ G409@ide
        "\($p.ide)" ⇒ string ⇒ G409@ide
        $s | length ⇒ number
        $n | keys ⇒ any value ⇒ G427@keys
        $p as $s | $s.id ⇒ string or null
        $ENV.HOME ⇒ any value
        env.HOME ⇒ any value
        .anything.a.b[0].c == 1 ⇒ bool
        .anything | keys ⇒ any value
        .anything > 5 ⇒ bool
        .extra | .a.b > 5 ⇒ bool
        .extra.a[0] ⇒ any value
        .list[0] > 5 ⇒ bool
        .list | map(.x) ⇒ array
        .detail.nope ⇒ any value
        .detail.nope == 5 ⇒ bool
        .detail | .["@type"] | test("x") ⇒ bool
        fromjson ⇒ any value ⇒ G427@fromjson
        .name | fromjson | .a.b ⇒ any value
        getpath(["nope"]) ⇒ any value
        [paths] | length ⇒ number
        .. | .nope? ⇒ any value
        [..] | length ⇒ number
        recurse | .x? ⇒ any value
        .parts | .. | numbers ⇒ any value
        input_filename ⇒ cannot be read
        $__loc__.line ⇒ cannot be read
        def f(x): x | x; f(.parts) ⇒ any value
        .name | ⇒ cannot be read
        .name == ⇒ cannot be read
        .name == "a ⇒ cannot be read
        .parts[ ⇒ cannot be read
        .parts | map( ⇒ cannot be read
        (.name ⇒ cannot be read
        .name) ⇒ cannot be read
        .name && ⇒ cannot be read
        . ⇒ t.Thing
        .. ⇒ any value
        .foo..bar ⇒ cannot be read
        .a == 1 # .nope ⇒ bool ⇒ G409@a
        .name == "a" // see the ticket ⇒ bool
        .name == "a" # .nope == 5 ⇒ bool
    "#]]);
}
