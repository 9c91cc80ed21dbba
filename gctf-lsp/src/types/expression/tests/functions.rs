//! Functions, pipes and what is made of lists and objects.

use super::{Bench, THING};
use expect_test::expect;

#[test]
fn of_lists_and_objects() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .parts | length ⇒ number
        .parts | map(.id) ⇒ array of string or null
        .parts | map(.ide) ⇒ array ⇒ G409@ide
        .parts | map(.id) | join(", ") ⇒ string
        .parts | map(.amount) | add ⇒ number or null
        .parts | map(.weight) | add ⇒ string or null
        .parts | map(.color) | unique ⇒ array of string (t.Color) or null
        .parts | map(.inner) ⇒ array of t.Part or null
        .parts | map(.inner.id) ⇒ array of string or null
        .parts | map(.inner.ide) ⇒ array ⇒ G409@ide
        .parts | map({id}) ⇒ array of {id: string or null}
        .parts | map({ide}) ⇒ array of {ide: any value} ⇒ G409@ide
        .parts | map({id, n: .amount}) | .[0].n ⇒ int32 or null
        .parts | map({id, n: .amount}) | .[0].m ⇒ any value ⇒ G409@m
        .parts | map(select(.amount > 1)) ⇒ array of t.Part
        .parts | map(select(.amount > 1)) | length ⇒ number
        .parts | map(select(.amount > 1).id) ⇒ array of string or null
        .parts | first ⇒ t.Part or null
        .parts | first.id ⇒ string or null
        .parts | first | .ide ⇒ any value ⇒ G409@ide
        .parts | last | .ide ⇒ any value ⇒ G409@ide
        first(.parts[]) ⇒ t.Part
        first(.parts[]) | .ide ⇒ any value ⇒ G409@ide
        last(.parts[]).ide ⇒ any value ⇒ G409@ide
        nth(0; .parts[]) | .ide ⇒ any value ⇒ G409@ide
        limit(2; .parts[]) | .ide ⇒ any value ⇒ G409@ide
        [limit(2; .parts[])] | length ⇒ number
        .parts | .[0].id ⇒ string or null
        .parts | sort_by(.id) ⇒ array of t.Part
        .parts | sort_by(.ide) ⇒ array of t.Part ⇒ G409@ide
        .parts | sort_by(.id) | .[0].ide ⇒ any value ⇒ G409@ide
        .parts | group_by(.color) | map(length) ⇒ array of number
        .parts | group_by(.color) | .[0][0].ide ⇒ any value ⇒ G409@ide
        .parts | group_by(.color) | map({c: .[0].color, n: length}) ⇒ array of {c: string (t.Color) or null, n: number}
        .parts | unique_by(.id) | length ⇒ number
        .parts | min_by(.amount) ⇒ t.Part or null
        .parts | max_by(.amount) | .ide ⇒ any value ⇒ G409@ide
        .parts | max_by(.amout) ⇒ t.Part or null ⇒ G409@amout
        .parts | any(.is_new) ⇒ bool
        .parts | all(.amount > 0) ⇒ bool
        .parts | all(.amount > "0") ⇒ bool ⇒ G410@.amount > "0"
        any(.parts[]; .is_new) ⇒ bool
        all(.parts[].amount; . > 0) ⇒ bool
        all(.parts[].amount; . > "0") ⇒ bool ⇒ G410@. > "0"
        .parts | reverse | .[0].ide ⇒ any value ⇒ G409@ide
        .parts | to_entries | map(.key) ⇒ array of string or number
        .parts | to_entries | .[0].value.ide ⇒ any value ⇒ G409@ide
        .parts | del(.[0]) ⇒ any value
        .parts | del(.[0]) | .[0].ide ⇒ any value
        .parts | flatten ⇒ any value
        .parts | tojson ⇒ string
        .parts | tostring ⇒ string
        .parts | map(.id) | index("a") ⇒ number or null
        .parts | map(.id) | contains(["a"]) ⇒ bool
        .parts | contains([{id: "a"}]) ⇒ bool
        .parts | INDEX(.id) ⇒ any value
        .parts | map_values(.id) ⇒ array of string or null
        .parts | map_values(.ide) ⇒ array ⇒ G409@ide
        .parts | add ⇒ any value
        .parts | has(0) ⇒ bool
        .parts | has("id") ⇒ bool
        .parts | isempty(.[]) ⇒ bool
        .parts | keys ⇒ array of number
        .parts | .[1:] | map(.id) ⇒ array of string or null
        .tags | join(",") ⇒ string
        .tags | map(length) ⇒ array of number
        .tags | map(ascii_upcase) ⇒ array of string
        .tags | map(.x) ⇒ array ⇒ G426@x
        .tags | map(. + 1) ⇒ array ⇒ G427@+
        .tags | map(. == 1) ⇒ array of false ⇒ G410@1
        .tags | sort | first ⇒ string or null
        .tags | unique ⇒ array of string
        .tags | min ⇒ string or null
        .tags | max | length ⇒ number
        .tags | max > 5 ⇒ bool ⇒ G410@max > 5
        .tags | add ⇒ string or null
        .tags | any ⇒ bool
        .tags | index("a") ⇒ number or null
        .tags | inside(["a", "b"]) ⇒ bool
        .tags | IN(["a"]) ⇒ bool
        .tags[] | IN("a", "b") ⇒ bool
        .numbers | add ⇒ number or null
        .numbers | add > "3" ⇒ false ⇒ G410@add > "3"
        .numbers | add / length ⇒ number
        .numbers | map(. * 2) ⇒ array of number
        .numbers | map(. > 1) | all ⇒ bool
        .numbers | map(tostring) | join("-") ⇒ string
        .numbers | map(.x) ⇒ array ⇒ G426@x
        .numbers | max - min ⇒ number
        .numbers | sort ⇒ array of int32
        .numbers | bsearch(1) ⇒ number
        .numbers | transpose ⇒ any value
        .numbers | combinations ⇒ any value
        .numbers | implode ⇒ string
        .labels | keys ⇒ array of string
        .labels | keys | .[0] ⇒ string or null
        .labels | keys[0] == 1 ⇒ false ⇒ G410@1
        .labels | keys == ["a"] ⇒ bool
        .labels | length ⇒ number
        .labels | to_entries ⇒ array of {key: string or number, value: string}
        .labels | to_entries | map(.value) ⇒ array of string
        .labels | to_entries[0].key ⇒ string or number or null
        .labels | to_entries[].value.x ⇒ any value ⇒ G426@x
        .labels | to_entries[] | select(.key == "a") | .value ⇒ string
        .labels | to_entries[0].vlaue ⇒ any value ⇒ G409@vlaue
        .labels | with_entries(.value |= length) ⇒ any value
        .labels | with_entries(select(.key == "a")) ⇒ any value
        .labels | with_entries(select(.value == 1)) ⇒ any value ⇒ G410@1
        .labels | has("a") ⇒ bool
        .labels | has(0) ⇒ bool
        .labels | map_values(length) ⇒ object
        .labels | map(length) ⇒ array of number
        .labels | map(.x) ⇒ array ⇒ G426@x
        .labels | add ⇒ string or null
        .labels | any ⇒ bool
        .labels | del(.a) ⇒ any value
        .labels | del(.a) | .b ⇒ any value
        .labels | add == 5 ⇒ false ⇒ G410@5
        .labels | values ⇒ map of string by string
        .labels | tojson | fromjson ⇒ any value
        .labels | sort ⇒ any value ⇒ G427@sort
        .labels | join(",") ⇒ any value ⇒ G427@join
        .labels | first ⇒ string or null
        .labels | contains({a: "b"}) ⇒ bool
        .counts | map_values(. + 1) ⇒ object
        .counts | map_values(. + 1) | .a ⇒ number or null
        .counts | add ⇒ number or null
        .counts | add > "1" ⇒ false ⇒ G410@add > "1"
        .counts | to_entries | max_by(.value).key ⇒ string or number or null
        .by_name | map(.id) ⇒ array of string or null
        .by_name | map(.ide) ⇒ array ⇒ G409@ide
        .by_name | to_entries | map(.value.ide) ⇒ array ⇒ G409@ide
        .by_name | map_values(.amount) | .a ⇒ int32 or null
        .by_name | keys ⇒ array of string
        .part | keys ⇒ array of string
        .part | keys_unsorted ⇒ array of string
        .part | to_entries ⇒ array of {key: string or number, value: any value}
        .part | has("id") ⇒ bool
        .part | has("nope") ⇒ bool
        .part | length ⇒ number
        .part | map(.x) ⇒ array
        .part | del(.id) ⇒ t.Part or null
        .part | del(.id) | .di ⇒ any value ⇒ G409@di
        .part | del(.di) ⇒ t.Part or null ⇒ G409@di
        .part | tojson ⇒ string
        .part | sort ⇒ any value ⇒ G427@sort
        .part | map_values(.) ⇒ object
        .part | add ⇒ any value
        .part | with_entries(.value = 1) ⇒ any value
        .part | type ⇒ "object" or "null"
        .part | type == "object" ⇒ bool
        .part | type == "string" ⇒ false ⇒ G410@"string"
        .part | paths ⇒ any value
        .part | getpath(["id"]) ⇒ any value
        .part | pick(.id) ⇒ any value
        .part | tostream ⇒ any value
        .part | [..] ⇒ array
        .part | recurse ⇒ any value
        .part | walk(.) ⇒ any value
        .part | objects | .ide ⇒ any value ⇒ G409@ide
        .part | values | .ide ⇒ any value ⇒ G409@ide
        .part | strings ⇒ nothing ⇒ G428@.part | strings
        .part | numbers ⇒ nothing ⇒ G428@.part | numbers
        .part | arrays ⇒ nothing ⇒ G428@.part | arrays
        .children | map(.parts) | flatten ⇒ any value
        .children | map(.parts[].id) ⇒ array of string or null
        .children | map(.parts[].ide) ⇒ array ⇒ G409@ide
        .children | map(.name) | sort | first ⇒ string or null
    "#]]);
}

#[test]
fn of_scalars() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .name | length ⇒ number
        .name | ascii_downcase ⇒ string
        .name | ascii_downcase == 1 ⇒ false ⇒ G410@1
        .name | test("^A") ⇒ bool
        .name | test(5) ⇒ any value ⇒ G427@5
        .name | test("a"; "i") ⇒ bool
        .name | match("a") ⇒ any value
        .name | match("a").offset ⇒ any value
        .name | capture("(?<x>a)") ⇒ any value
        .name | capture("(?<x>a)").x ⇒ any value
        .name | sub("a"; "b") ⇒ string
        .name | sub("(?<x>a)"; .x) ⇒ string
        .name | gsub("(?<x>a)"; "\(.x)!") ⇒ string
        .name | sub("a"; .nope) ⇒ string
        .name | split(",") ⇒ array of string
        .name | split(",")[0] ⇒ string or null
        .name | split(",") | length ⇒ number
        .name | split(5) ⇒ any value ⇒ G427@5
        .name | split(", *"; null) ⇒ array of string
        .name | splits(",") ⇒ string
        .name | scan("a") ⇒ any value
        .name | startswith("A") ⇒ bool
        .name | startswith(5) ⇒ any value ⇒ G427@5
        .name | endswith("A") ⇒ bool
        .name | ltrimstr("A") ⇒ any value
        .name | rtrimstr(5) ⇒ any value
        .name | trim ⇒ string
        .name | explode ⇒ array of number
        .name | explode | implode ⇒ string
        .name | tonumber ⇒ number
        .name | tonumber > "5" ⇒ false ⇒ G410@tonumber > "5"
        .name | tostring ⇒ string
        .name | tojson ⇒ string
        .name | fromjson ⇒ any value
        .name | fromjson | .x ⇒ any value
        .name | ascii ⇒ any value ⇒ G427@ascii
        .name | index("a") ⇒ number or null
        .name | indices("a") ⇒ array of number
        .name | contains("a") ⇒ bool
        .name | contains(5) ⇒ bool
        .name | inside("abc") ⇒ bool
        .name | has("a") ⇒ bool
        .name | keys ⇒ any value ⇒ G427@keys
        .name | map(.) ⇒ any value ⇒ G427@map
        .name | to_entries ⇒ any value ⇒ G427@to_entries
        .name | add ⇒ any value ⇒ G427@add
        .name | sort ⇒ any value ⇒ G427@sort
        .name | first ⇒ null
        .name | reverse ⇒ any value ⇒ G427@reverse
        .name | min ⇒ any value ⇒ G427@min
        .name | any ⇒ any value ⇒ G427@any
        .name | all ⇒ any value ⇒ G427@all
        .name | join(",") ⇒ any value ⇒ G427@join
        .name | flatten ⇒ any value
        .name | floor ⇒ any value ⇒ G427@floor
        .name | sqrt ⇒ any value ⇒ G427@sqrt
        .name | abs ⇒ any value
        .name | todate ⇒ any value ⇒ G427@todate
        .name | fromdate ⇒ number
        .name | strptime("%Y") ⇒ array of number
        .name | utf8bytelength ⇒ number
        .name | type ⇒ "string" or "null"
        .name | type == "string" ⇒ bool
        .name | type == "text" ⇒ false ⇒ G410@"text"
        .name | @base64 ⇒ string
        .name | @base64d ⇒ string
        .name | @json ⇒ string
        .name | @uri ⇒ string
        .name | @csv ⇒ string
        .name | @text == 5 ⇒ false ⇒ G410@5
        .name | not ⇒ bool
        .name | not == 1 ⇒ false ⇒ G410@1
        .name | isvalid(.x) ⇒ bool
        .name | isempty(empty) ⇒ bool
        .name | values | .x ⇒ any value ⇒ G426@x
        .name | numbers ⇒ nothing ⇒ G428@.name | numbers
        .name | strings ⇒ string
        .name | select(. == "a") ⇒ string or null
        .name | select(. == 5) ⇒ nothing ⇒ G410@5
        .name | recurse ⇒ any value
        .name | env | .HOME ⇒ any value
        .name | now > 5 ⇒ bool
        .name | now > "5" ⇒ false ⇒ G410@now > "5"
        .name | error ⇒ nothing
        .name | empty ⇒ nothing ⇒ G428@.name | empty
        .name | tojson | .x ⇒ any value ⇒ G426@x
        .name | toboolean ⇒ bool
        .count | length ⇒ number
        .count | floor ⇒ number
        .count | tostring ⇒ string
        .count | tostring | .x ⇒ any value ⇒ G426@x
        .count | tostring == 5 ⇒ false ⇒ G410@5
        .count | tonumber ⇒ number
        .count | ascii ⇒ string
        .count | keys ⇒ any value ⇒ G427@keys
        .count | test("5") ⇒ any value ⇒ G427@test
        .count | split(",") ⇒ any value ⇒ G427@split
        .count | ascii_downcase ⇒ any value ⇒ G427@ascii_downcase
        .count | startswith("5") ⇒ any value ⇒ G427@startswith
        .count | explode ⇒ any value ⇒ G427@explode
        .count | todate ⇒ string
        .count | strftime("%Y") ⇒ string
        .count | strftime(5) ⇒ any value ⇒ G427@5
        .count | abs ⇒ any value
        .count | sqrt > "2" ⇒ false ⇒ G410@sqrt > "2"
        .count | pow(.; 2) ⇒ number
        .count | range(.) ⇒ number
        .count | log ⇒ number
        .count | fromjson ⇒ any value ⇒ G427@fromjson
        .count | tojson == "5" ⇒ bool
        .count | contains(5) ⇒ bool
        .count | has("a") ⇒ bool
        .count | join(",") ⇒ any value ⇒ G427@join
        .count | implode ⇒ any value ⇒ G427@implode
        .count | reverse ⇒ any value ⇒ G427@reverse
        .count | sort ⇒ any value ⇒ G427@sort
        .count | map(. + 1) ⇒ any value ⇒ G427@map
        .count | first ⇒ null
        .count | to_entries ⇒ any value ⇒ G427@to_entries
        .count | from_entries ⇒ any value ⇒ G427@from_entries
        .count | group_by(.) ⇒ any value ⇒ G427@group_by
        .count | unique ⇒ any value ⇒ G427@unique
        .count | flatten ⇒ any value
        .count | trim ⇒ any value ⇒ G427@trim
        .count | ltrimstr("a") ⇒ any value
        .count | type == "number" ⇒ bool
        .count | gmtime ⇒ array of number
        .count | mktime ⇒ any value ⇒ G427@mktime
        .count | isnan ⇒ bool
        .flag | length ⇒ number
        .flag | tonumber ⇒ any value ⇒ G427@tonumber
        .flag | tostring == "true" ⇒ bool
        .flag | not ⇒ bool
        .flag | keys ⇒ any value ⇒ G427@keys
        .flag | test("t") ⇒ any value ⇒ G427@test
        .flag | floor ⇒ any value ⇒ G427@floor
        .flag | toboolean ⇒ bool
        .maybe | length ⇒ number
        .maybe | not == true ⇒ bool
        .null | length ⇒ number ⇒ G409@null
        null | keys ⇒ any value ⇒ G427@keys
        null | length ⇒ number
        null | test("a") ⇒ any value ⇒ G427@test
        null | first ⇒ null
        null | has("a") ⇒ bool
        null | not ⇒ true
        true | not ⇒ false
        .exact | floor ⇒ number
        .exact | round == "1" ⇒ false ⇒ G410@"1"
        .exact | tostring ⇒ string
        .at | length ⇒ number
        .at | fromdate ⇒ number
        .at | floor ⇒ any value ⇒ G427@floor
        .at | split("T")[0] ⇒ string or null
        .at | strptime("%Y-%m-%dT%H:%M:%SZ") | mktime ⇒ number
        .at | test("^2024") ⇒ bool
        .at | keys ⇒ any value ⇒ G427@keys
        .color | keys ⇒ any value ⇒ G427@keys
        .blob | keys ⇒ any value ⇒ G427@keys
        .bool_box | length ⇒ number
        .int_box | test("x") ⇒ any value ⇒ G427@test
        .text_box | floor ⇒ any value ⇒ G427@floor
        .extra | floor ⇒ any value ⇒ G427@floor
        .extra | keys ⇒ array of string
        .extra | test("a") ⇒ any value ⇒ G427@test
        .list | keys ⇒ array of number
        .list | test("a") ⇒ any value ⇒ G427@test
        .list | map(.x) ⇒ array
        .anything | test("a") ⇒ bool
        .anything | keys ⇒ any value
        .nothing | keys ⇒ any value ⇒ G427@keys
        .detail | keys ⇒ array of string
        .detail | test("x") ⇒ any value ⇒ G427@test
        .empty | keys ⇒ array of string
        .empty | test("x") ⇒ any value ⇒ G427@test
        length ⇒ number
        keys ⇒ array of string
        map(.) ⇒ array
        to_entries ⇒ array of {key: string or number, value: any value}
        test("x") ⇒ any value ⇒ G427@test
        floor ⇒ any value ⇒ G427@floor
        type ⇒ "object"
        tojson ⇒ string
        range(3) ⇒ number
        [range(3)] ⇒ array of number
        [range(3)] | .x ⇒ any value ⇒ G426@x
        [limit(3; repeat(1))] ⇒ array
        [.[] | numbers] ⇒ array
        input ⇒ cannot be read
        nope ⇒ cannot be read
        @nope(.name) ⇒ cannot be read
    "#]]);
}
