//! Comparisons by the types of their sides: strings, numbers, 64-bit integers, enums, well-known types, presence.

use super::{Bench, THING};
use crate::expr::Place;
use expect_test::expect;

#[test]
fn kinds() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .name == "Ada" ⇒ bool
        .name == 5 ⇒ false ⇒ G410@5
        .name != 5 ⇒ true ⇒ G410@5
        5 == .name ⇒ false ⇒ G410@5
        .name == true ⇒ false ⇒ G410@true
        .name == null ⇒ bool
        .name == [] ⇒ false ⇒ G410@[]
        .name == {} ⇒ false ⇒ G410@{}
        .name == .nick ⇒ bool
        .name == .count ⇒ bool
        .name == .big ⇒ bool
        .name != .flag ⇒ bool
        .count == 5 ⇒ bool
        .count == "5" ⇒ false ⇒ G410@"5"
        .count == "five" ⇒ false ⇒ G410@"five"
        .count == "5 " ⇒ false ⇒ G410@"5 "
        .count == 1.5 ⇒ false ⇒ G410@1.5
        .count == 3000000000 ⇒ false ⇒ G410@3000000000
        .count == -1 ⇒ bool
        .count == -2147483648 ⇒ bool
        .count == 1e2 ⇒ bool
        .size == -1 ⇒ false ⇒ G410@-1
        .size == 4294967295 ⇒ bool
        .size == 4294967296 ⇒ false ⇒ G410@4294967296
        .flag == true ⇒ bool
        .flag == "true" ⇒ false ⇒ G410@"true"
        .flag == 1 ⇒ false ⇒ G410@1
        .flag == 0 ⇒ false ⇒ G410@0
        .maybe == 0 ⇒ false ⇒ G410@0
        .maybe == "false" ⇒ false ⇒ G410@"false"
        .parts == "x" ⇒ false ⇒ G410@"x"
        .parts == 3 ⇒ false ⇒ G410@3
        .parts == {} ⇒ false ⇒ G410@{}
        .part == [] ⇒ false ⇒ G410@[]
        .part == {} ⇒ bool
        .part == null ⇒ bool
        .part == "x" ⇒ false ⇒ G410@"x"
        .part == .piece ⇒ bool
        .part == .parts ⇒ bool
        .labels == [] ⇒ false ⇒ G410@[]
        .labels == {"a": "b"} ⇒ bool
        .tags == ["a"] ⇒ bool
        .tags[0] == "a" ⇒ bool
        .tags[0] == 1 ⇒ false ⇒ G410@1
        .tags | length == "3" ⇒ false ⇒ G410@"3"
        .name | length == 3 ⇒ bool
        .labels.a == "x" ⇒ bool
        .labels.a == 1 ⇒ false ⇒ G410@1
        .counts.a == 1 ⇒ bool
        .counts.a == "1" ⇒ false ⇒ G410@"1"
        .name < "b" ⇒ bool
        .name < 5 ⇒ bool ⇒ G410@.name < 5
        .name > 5 ⇒ bool ⇒ G410@.name > 5
        5 > .name ⇒ bool ⇒ G410@5 > .name
        .count < "5" ⇒ true ⇒ G410@.count < "5"
        .count >= .name ⇒ bool ⇒ G410@.count >= .name
        .flag > 1 ⇒ false ⇒ G410@.flag > 1
        .part < .parts ⇒ bool ⇒ G410@.part < .parts
        .count < null ⇒ false ⇒ G410@.count < null
        .count > 1 ⇒ bool
        .count > .size ⇒ bool
        .count > .exact ⇒ bool
        .name > .nick ⇒ bool
        .flag > false ⇒ bool
        .tags > "a" ⇒ bool ⇒ G410@.tags > "a"
        .tags < ["b"] ⇒ bool
        .anything == 5 ⇒ bool
        .anything < 5 ⇒ bool
        .extra.x == "a" ⇒ bool
        .list[0] == 3 ⇒ bool
        .detail.x > 3 ⇒ bool
        .empty == {} ⇒ bool
        .nothing == null ⇒ true ⇒ G410@.nothing == null
        .nothing == 1 ⇒ false ⇒ G410@1
        .part.amount == "3" ⇒ false ⇒ G410@"3"
        .parts[].amount == "3" ⇒ false ⇒ G410@"3"
        any(.parts[]; .amount == "3") ⇒ bool ⇒ G410@"3"
        .parts | any(.id == 1) ⇒ bool ⇒ G410@1
        .parts | map(.amount == "1") | all ⇒ bool ⇒ G410@"1"
        .parts | map(select(.id == 3)) ⇒ array of nothing ⇒ G410@3
        [.parts[] | select(.amount == "1")] | length > 0 ⇒ bool ⇒ G410@"1"
        .count == (1, "2") ⇒ bool
        .count == ("1", "2") ⇒ false ⇒ G410@.count == ("1", "2")
        (.count, .name) == true ⇒ false ⇒ G410@true
        (.count // 0) == "0" ⇒ false ⇒ G410@"0"
        (.name // "x") == 3 ⇒ false ⇒ G410@3
        "a" == "b" ⇒ false
        1 < 2 ⇒ true
        (.name | length) == "3" ⇒ false ⇒ G410@"3"
        .name == "a" and .count == "5" ⇒ false ⇒ G410@"5"
        .name == "a" or .flag == "b" ⇒ bool ⇒ G410@"b"
        not .name == 5 ⇒ false ⇒ G410@5
        (.name == 5) | not ⇒ true ⇒ G410@5
        .name == ("a" | length) ⇒ false ⇒ G410@.name == ("a" | length)
    "#]]);
}

#[test]
fn long_integers() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .big == 5 ⇒ false ⇒ G410@5
        .big == "5" ⇒ bool
        .big != 5 ⇒ true ⇒ G410@5
        .big == "five" ⇒ false ⇒ G410@"five"
        .big == "05" ⇒ false ⇒ G410@"05"
        .big == "-0" ⇒ false ⇒ G410@"-0"
        .big == "9223372036854775807" ⇒ bool
        .big == "9223372036854775808" ⇒ false ⇒ G410@"9223372036854775808"
        .total == "18446744073709551615" ⇒ bool
        .total == "-1" ⇒ false ⇒ G410@"-1"
        .total == 1.5 ⇒ false ⇒ G410@1.5
        .big == -5 ⇒ false ⇒ G410@-5
        .big == null ⇒ bool
        .big == true ⇒ false ⇒ G410@true
        .big > 5 ⇒ bool ⇒ G411@.big
        .big > "5" ⇒ bool
        5 < .big ⇒ bool ⇒ G411@.big
        .big > -5 ⇒ bool ⇒ G411@.big
        .big >= .count ⇒ bool ⇒ G411@.big
        .big > .exact ⇒ bool ⇒ G411@.big
        .big > .total ⇒ bool
        .big:number > 5 ⇒ bool
        .big:number == 5 ⇒ bool
        .big:number == "5" ⇒ false ⇒ G410@"5"
        .big:string == "5" ⇒ bool
        .big:uint > 5 ⇒ bool
        (.big | tonumber) > 5 ⇒ bool
        (.big | tonumber) == "5" ⇒ false ⇒ G410@"5"
        (.big // 0) > 5 ⇒ bool
        (.big // "0") > 5 ⇒ true ⇒ G410@(.big // "0") > 5
        (.big // "0") == 0 ⇒ false ⇒ G410@0
        (.big // 0) == 0 ⇒ bool
        .maybe_big > 5 ⇒ bool ⇒ G411@.maybe_big
        .maybe_big == 0 ⇒ false ⇒ G410@0
        .maybe_big == "0" ⇒ bool
        .big + 1 ⇒ any value ⇒ G427@+
        .big - 1 ⇒ any value ⇒ G427@-
        .big * 2 ⇒ string or null
        .big / 2 ⇒ any value ⇒ G427@/
        .big % 2 ⇒ any value ⇒ G427@%
        .big + "1" ⇒ string or "1"
        .big + .total ⇒ string or string (int64) or string (uint64) or null
        .big + .count ⇒ any value ⇒ G427@+
        .big:number + 1 ⇒ number or 1
        1 + .big ⇒ any value ⇒ G427@+
        -.big ⇒ number
        .ids[0] > 5 ⇒ bool ⇒ G411@.ids[0]
        .ids[0] == 5 ⇒ false ⇒ G410@5
        .ids | map(. > 5) | any ⇒ bool ⇒ G411@.
        .ids | max > 5 ⇒ bool ⇒ G411@max
        .ids | map(tonumber) | max > 5 ⇒ bool
        .ids | map(tonumber) | add == 5 ⇒ bool
        .ids | add ⇒ string or null
        .ids | sort ⇒ array of string (int64)
        .ids == [1, 2] ⇒ bool
        .ids | index("5") ⇒ number or null
        .totals.a > 5 ⇒ bool ⇒ G411@.totals.a
        .totals.a == 5 ⇒ false ⇒ G410@5
        .totals[] == 5 ⇒ false ⇒ G410@5
        .by_id["1"] == 5 ⇒ false ⇒ G410@5
        .by_id["1"] == "5" ⇒ bool
        .amount == 5 ⇒ false ⇒ G410@5
        .long_box > 5 ⇒ bool ⇒ G411@.long_box
        .long_box == 5 ⇒ false ⇒ G410@5
        .ulong_box == "5" ⇒ bool
        .int_box == 5 ⇒ bool
        .int_box == "5" ⇒ false ⇒ G410@"5"
        .uint_box > 3 ⇒ bool
        .part.weight == 0 ⇒ false ⇒ G410@0
        .part.weight > 3 ⇒ bool ⇒ G411@.part.weight
        .parts[].weight > 3 ⇒ bool ⇒ G411@.parts[].weight
        any(.parts[]; .weight > 3) ⇒ bool ⇒ G411@.weight
        .parts | map(.weight) | max > 3 ⇒ bool ⇒ G411@max
        . as {big: $b} | $b > 3 ⇒ bool ⇒ G411@$b
        .big as $b | $b == 3 ⇒ false ⇒ G410@3
        if .flag then .big else .total end > 3 ⇒ bool ⇒ G411@if .flag then .big else .total end
        if .flag then .big else .count end > 3 ⇒ bool
        .big | tostring == "5" ⇒ bool
        .big | floor ⇒ any value ⇒ G427@floor
        .big | tonumber | floor ⇒ number
        .big | length ⇒ number
        .big | . > 3 ⇒ bool ⇒ G411@.
    "#]]);
}

#[test]
fn long_integers_in_extract() {
    let mut bench = Bench::of(THING, "t.Thing");
    bench.place = Place::Extract;
    bench.check(&expect![[r#"
        .big ⇒ string (int64) or null
        .big > 5 ⇒ bool ⇒ G411@.big
        .big > 5 ? "many" : "few" ⇒ "many" or "few" ⇒ G411@.big
        .big == 5 ? 1 : 2 ⇒ 1 or 2 ⇒ G410@5
        .flag ? .name : .count ⇒ string or int32 or null
        .flag == false ? 1 : 2 ⇒ 1 or 2 ⇒ G412@.flag == false
        .flag ? .nope : 1 ⇒ any value ⇒ G409@nope
        .count > 3 ? .part : .piece ⇒ t.Part or null
        (.flag ? .part : .piece).ide ⇒ any value ⇒ G409@ide
        .big + 1 ⇒ any value ⇒ G427@+
        .name == 5 ⇒ false ⇒ G410@5
        .part.di ⇒ any value ⇒ G409@di
        .count > 1 ? "a" : .count == 1 ? "b" : "c" ⇒ "a" or "b" or "c"
    "#]]);
}

#[test]
fn enums() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .color ⇒ string (t.Color) or null
        .color == "RED" ⇒ bool
        .color == "GREEN" ⇒ bool
        .color == "CRIMSON" ⇒ false ⇒ G410@"CRIMSON"
        .color == "RDE" ⇒ false ⇒ G410@"RDE"
        .color == "red" ⇒ false ⇒ G410@"red"
        .color == "BLUE" ⇒ false ⇒ G410@"BLUE"
        "BLUE" == .color ⇒ false ⇒ G410@"BLUE"
        .color != "BLUE" ⇒ true ⇒ G410@"BLUE"
        .color == 1 ⇒ false ⇒ G410@1
        .color == 0 ⇒ false ⇒ G410@0
        .color == 5 ⇒ bool
        .color != 1 ⇒ true ⇒ G410@1
        .color == true ⇒ false ⇒ G410@true
        .color == null ⇒ bool
        .color > 1 ⇒ bool ⇒ G410@.color > 1
        .color > "A" ⇒ bool ⇒ G412@.color > "A"
        .color == "COLOR_UNSPECIFIED" ⇒ bool ⇒ G412@.color == "COLOR_UNSPECIFIED"
        .color != "COLOR_UNSPECIFIED" ⇒ bool ⇒ G412@.color != "COLOR_UNSPECIFIED"
        .color == .tint ⇒ bool
        .color == .name ⇒ bool
        .color == .count ⇒ bool
        .tint == "COLOR_UNSPECIFIED" ⇒ bool
        .tint == "BLEU" ⇒ false ⇒ G410@"BLEU"
        .shade == "GREN" ⇒ false ⇒ G410@"GREN"
        .colors[0] == "RED" ⇒ bool
        .colors[0] == "READ" ⇒ false ⇒ G410@"READ"
        .colors | index("RED") ⇒ number or null
        .colors contains "RED" ⇒ bool
        .colors contains "BLUE" ⇒ false ⇒ G423@contains
        .paints.a == "RED" ⇒ bool
        .paints.a == "PINK" ⇒ false ⇒ G410@"PINK"
        .paints[] == "PINK" ⇒ false ⇒ G410@"PINK"
        any(.colors[]; . == "PINK") ⇒ bool ⇒ G410@"PINK"
        .color | . == "PINK" ⇒ false ⇒ G410@"PINK"
        .color as $c | $c == "PINK" ⇒ false ⇒ G410@"PINK"
        (.color // "COLOR_UNSPECIFIED") == "RED" ⇒ bool
        (.color // "NONE") == "NONE" ⇒ bool
        (.color // "NONE") == "PINK" ⇒ false ⇒ G410@"PINK"
        .color | ascii_downcase == "red" ⇒ bool
        .color | test("^R") ⇒ bool
        .color matches /^R/ ⇒ bool
        .color startsWith "R" ⇒ bool
        .color | tostring == "1" ⇒ bool
        .color | tonumber ⇒ number
        .color + 1 ⇒ number or 1
        .color + "x" ⇒ string or "x"
        .color | length ⇒ number
        .color | keys ⇒ any value ⇒ G427@keys
        .color:string == "RED" ⇒ bool
        .color:number == 1 ⇒ bool
        .part.color == "BLUE" ⇒ false ⇒ G410@"BLUE"
        .parts[0].color == "BLUE" ⇒ false ⇒ G410@"BLUE"
        .parts | map(select(.color == "BLUE")) ⇒ array of nothing ⇒ G410@"BLUE"
        .parts | group_by(.color) ⇒ array of array of t.Part
        if .color == "RED" then 1 else 2 end ⇒ 1 or 2
        [.color] == ["BLUE"] ⇒ bool
        {c: .color}.c == "BLUE" ⇒ false ⇒ G410@"BLUE"
        .color | IN("RED", "GREEN") ⇒ bool
        .color == ("RED", "GREEN") ⇒ bool
        .color == ("PINK", "BLUE") ⇒ false ⇒ G410@.color == ("PINK", "BLUE")
    "#]]);
}

#[test]
fn floats_and_well_known_types() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .ratio == 0.1 ⇒ bool
        .ratio == 0.5 ⇒ bool
        .ratio == 16777217 ⇒ false ⇒ G410@16777217
        .ratio == 0.123456789012 ⇒ false ⇒ G410@0.123456789012
        .ratio == "NaN" ⇒ bool
        .ratio == "Infinity" ⇒ bool
        .ratio == "0.1" ⇒ false ⇒ G410@"0.1"
        .ratio > 0.1 ⇒ bool
        .ratio > "1" ⇒ bool ⇒ G410@.ratio > "1"
        .exact == 0.1 ⇒ bool
        .exact == "0.1" ⇒ false ⇒ G410@"0.1"
        .exact == "NaN" ⇒ bool
        .exact == 1e300 ⇒ bool
        .exact == 123456789012345678 ⇒ bool
        .exact < 1.5 ⇒ bool
        .exact + 1 ⇒ number or 1
        .exact | floor == 1 ⇒ bool
        .reals[0] == "1" ⇒ false ⇒ G410@"1"
        .reals | add > 1 ⇒ bool
        .float_box == 0.1 ⇒ bool
        .double_box == "x" ⇒ false ⇒ G410@"x"
        .blob == "YQ==" ⇒ bool
        .blob == "YQ" ⇒ false ⇒ G410@"YQ"
        .blob == "not base64!" ⇒ false ⇒ G410@"not base64!"
        .blob == 5 ⇒ false ⇒ G410@5
        .blob | length ⇒ number
        .blob | @base64d == "a" ⇒ bool
        .bytes_box == "YQ" ⇒ false ⇒ G410@"YQ"
        .at == "2024-01-01T12:00:00Z" ⇒ bool
        .at == "2024-01-01T12:00:00+02:00" ⇒ false ⇒ G410@"2024-01-01T12:00:00+02:00"
        .at == "2024-01-01T12:00:00.5Z" ⇒ false ⇒ G410@"2024-01-01T12:00:00.5Z"
        .at == "2024-01-01T12:00:00.500Z" ⇒ bool
        .at == "2024-01-01" ⇒ false ⇒ G410@"2024-01-01"
        .at == "yesterday" ⇒ false ⇒ G410@"yesterday"
        .at == 1704110400 ⇒ false ⇒ G410@1704110400
        .at > "2024-01-01T00:00:00Z" ⇒ bool
        .at > 5 ⇒ bool ⇒ G410@.at > 5
        .at > .at ⇒ bool
        .at:time > "2024-01-01T00:00:00Z" ⇒ bool
        .at:time > 5 ⇒ bool
        .at:timestamp == "2024-01-01T12:00:00+02:00" ⇒ bool
        .at | fromdate > 5 ⇒ bool
        .at | fromdate > "x" ⇒ false ⇒ G410@fromdate > "x"
        .at == .ttl ⇒ bool
        .times[0] == "x" ⇒ false ⇒ G410@"x"
        .ttl == "1.500s" ⇒ bool
        .ttl == "1.5s" ⇒ false ⇒ G410@"1.5s"
        .ttl == "1s" ⇒ bool
        .ttl == "1" ⇒ false ⇒ G410@"1"
        .ttl == 1 ⇒ false ⇒ G410@1
        .ttl > 1 ⇒ bool ⇒ G410@.ttl > 1
        .ttl:duration > "1s" ⇒ bool
        .ttl:duration > 1 ⇒ bool
        .spans.a == "1 s" ⇒ false ⇒ G410@"1 s"
        .mask == "name" ⇒ bool
        .mask == ["name"] ⇒ false ⇒ G410@.mask == ["name"]
        .mask | split(",") ⇒ array of string
        .text_box == "x" ⇒ bool
        .text_box == 5 ⇒ false ⇒ G410@5
        .text_box == "" ⇒ bool
        .bool_box == true ⇒ bool
        .bool_box == "true" ⇒ false ⇒ G410@"true"
        .bool_box == false ⇒ bool
        .int_box == 0 ⇒ bool
        .extra == {} ⇒ bool
        .extra == "x" ⇒ false ⇒ G410@"x"
        .list == [] ⇒ bool
        .list == {} ⇒ false ⇒ G410@{}
        .list == "x" ⇒ false ⇒ G410@"x"
        .nothing == null ⇒ true ⇒ G410@.nothing == null
        .detail == "x" ⇒ false ⇒ G410@"x"
        .empty == "x" ⇒ false ⇒ G410@"x"
        .empty == {} ⇒ bool
    "#]]);
}

#[test]
fn defaults_that_are_left_out() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .flag ⇒ true or null
        .flag == false ⇒ false ⇒ G412@.flag == false
        .flag != false ⇒ true ⇒ G412@.flag != false
        .flag == true ⇒ bool
        .flag != true ⇒ bool
        false == .flag ⇒ false ⇒ G412@false == .flag
        .maybe == false ⇒ bool
        .maybe != false ⇒ bool
        .count == 0 ⇒ bool ⇒ G412@.count == 0
        .count != 0 ⇒ bool ⇒ G412@.count != 0
        .count >= 0 ⇒ bool ⇒ G412@.count >= 0
        .count > 0 ⇒ bool
        .count <= 0 ⇒ bool
        .count < 0 ⇒ bool ⇒ G412@.count < 0
        .count < 5 ⇒ bool
        .count > -1 ⇒ bool ⇒ G412@.count > -1
        .count == 5 ⇒ bool
        0 <= .count ⇒ bool ⇒ G412@0 <= .count
        .limit == 0 ⇒ bool
        .exact == 0 ⇒ bool ⇒ G412@.exact == 0
        .exact >= 0.0 ⇒ bool ⇒ G412@.exact >= 0.0
        .ratio == 0 ⇒ bool ⇒ G412@.ratio == 0
        .name == "" ⇒ bool ⇒ G412@.name == ""
        .name != "" ⇒ bool ⇒ G412@.name != ""
        .name >= "" ⇒ bool ⇒ G412@.name >= ""
        .name < "a" ⇒ bool
        .nick == "" ⇒ bool
        .blob == "" ⇒ bool ⇒ G412@.blob == ""
        .big == "0" ⇒ bool ⇒ G412@.big == "0"
        .big != "0" ⇒ bool ⇒ G412@.big != "0"
        .big == "5" ⇒ bool
        .big > "0" ⇒ bool
        .total == "0" ⇒ bool ⇒ G412@.total == "0"
        .color == "COLOR_UNSPECIFIED" ⇒ bool ⇒ G412@.color == "COLOR_UNSPECIFIED"
        .tags == [] ⇒ bool ⇒ G412@.tags == []
        .tags != [] ⇒ bool ⇒ G412@.tags != []
        .tags | length == 0 ⇒ bool
        .tags | length > 0 ⇒ bool
        .labels == {} ⇒ bool ⇒ G412@.labels == {}
        .labels != {} ⇒ bool ⇒ G412@.labels != {}
        .labels | length == 0 ⇒ bool
        .labels | keys == [] ⇒ bool
        .part == null ⇒ bool
        .part.amount == 0 ⇒ bool ⇒ G412@.part.amount == 0
        .part.is_new == false ⇒ false ⇒ G412@.part.is_new == false
        .parts[0].amount == 0 ⇒ bool ⇒ G412@.parts[0].amount == 0
        .parts[].is_new == false ⇒ false ⇒ G412@.parts[].is_new == false
        .parts | map(.amount == 0) | all ⇒ bool ⇒ G412@.amount == 0
        .parts | all(.is_new == false) ⇒ bool ⇒ G412@.is_new == false
        .word == "" ⇒ bool
        .amount == "0" ⇒ bool
        (.flag // false) == false ⇒ bool
        (.count // 0) == 0 ⇒ bool
        .flag == null ⇒ bool
        .flag | not ⇒ bool
        not .flag ⇒ bool
        .flag and .maybe ⇒ bool
        .count | . == 0 ⇒ bool ⇒ G412@. == 0
        .count as $c | $c == 0 ⇒ bool ⇒ G412@$c == 0
        . as {count: $c} | $c == 0 ⇒ bool ⇒ G412@$c == 0
        .count + 1 == 1 ⇒ bool
        .name | length == 0 ⇒ bool
        select(.count == 0) ⇒ t.Thing ⇒ G412@.count == 0
        if .flag == false then 1 else 2 end ⇒ 1 or 2 ⇒ G412@.flag == false
        .flag == true or .count == 0 ⇒ bool ⇒ G412@.count == 0
        [.count] == [0] ⇒ bool
        .count == 0.0 ⇒ bool ⇒ G412@.count == 0.0
        .count == (0) ⇒ bool ⇒ G412@.count == (0)
        (.count) == 0 ⇒ bool ⇒ G412@(.count) == 0
        .display_name == "" ⇒ bool ⇒ G412@.display_name == ""
        .displayName == "" ⇒ bool ⇒ G412@.displayName == ""
        .displayName == 5 ⇒ false ⇒ G410@5
        .counts.a == 0 ⇒ bool
        .switches[0] == false ⇒ bool
        .text_box == "" ⇒ bool
        .int_box == 0 ⇒ bool
        .parent.flag == false ⇒ false ⇒ G412@.parent.flag == false
    "#]]);
}

#[test]
fn defaults_that_are_shown() {
    let mut bench = Bench::of(THING, "t.Thing");
    bench.defaults = super::Defaults::Shown;
    bench.make(9, 20);
    bench.check(&expect![[r#"
        .flag ⇒ bool
        .flag == false ⇒ bool
        .count ⇒ int32
        .count >= 0 ⇒ bool
        .count == "0" ⇒ false ⇒ G410@"0"
        .tags == [] ⇒ bool
        .tags == null ⇒ false ⇒ G410@.tags == null
        .name == null ⇒ false ⇒ G410@.name == null
        .name == "" ⇒ bool
        .big > 1 ⇒ true ⇒ G411@.big
        .color == "COLOR_UNSPECIFIED" ⇒ bool
        .part ⇒ t.Part or null
        .part.amount == 0 ⇒ bool
        .nick == null ⇒ bool
    "#]]);
}
