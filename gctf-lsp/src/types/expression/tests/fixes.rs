//! What is said, and what cures it.

use super::{Bench, COLUMN, THING};
use crate::diagnostic::Change;
use expect_test::expect;

#[test]
fn messages_end_with_what_to_do() {
    let bench = Bench::of(THING, "t.Thing");
    let table = expect![[r#"
        .nmae ⇒ G409 t.Thing has no field "nmae", so that this is always null; did you mean "name"? ⇒ Change to "name": .name
        .part.nope ⇒ G409 t.Part has no field "nope", so that this is always null
        {idd: .nmae} ⇒ G409 t.Thing has no field "nmae", so that this is always null; did you mean "name"? ⇒ Change to "name": {idd: .name}
        .part | {di} ⇒ G409 t.Part has no field "di", so that this is always null; did you mean "id"? ⇒ Change to "id": .part | {di: .id}
        .part as {di: $i} | $i ⇒ G409 t.Part has no field "di", so that this is always null; did you mean "id"? ⇒ Change to "id": .part as {id: $i} | $i
        .name.first ⇒ G426 this is taken from string, which has no members: leave the step out ⇒ Remove .first: .name
        .name["x"] ⇒ G426 this is taken from string, which has no members: leave the step out ⇒ Remove ["x"]: .name
        .name[0] ⇒ G426 this is taken from string, which has no parts: leave the step out ⇒ Remove [0]: .name
        .name[] ⇒ G426 this is taken from string, which has no elements: leave the `[]` out ⇒ Remove []: .name
        .text_box.value == "x" ⇒ G426 this is taken from string, which has no members: leave the step out ⇒ Remove .value: .text_box == "x"
        .at.seconds > 5 ⇒ G426 a time is shown as a string such as "2024-01-01T12:00:00Z": compare that, without this step ⇒ Remove .seconds: .at > 5
        .ttl.seconds ⇒ G426 a duration is shown as a string such as "1.500s": compare that, without this step ⇒ Remove .seconds: .ttl
        .parts.id ⇒ G426 an array has no members by name: read its elements by `[]`, or one of them by `[0]` ⇒ Read every element: .parts[].id
        .parts["id"] ⇒ G426 an array has no members by name: read its elements by `[]`, or one of them by `[0]` ⇒ Read every element: .parts[]["id"]
        .parts | .id ⇒ G426 an array has no members by name: read its elements by `[]`, or one of them by `[0]` ⇒ Read every element: .parts | .[].id
        .labels[0] ⇒ G426 an object has no elements by number: name a member, as in `["k"]` ⇒ Change to "0": .labels["0"]
        .by_number[1] ⇒ G426 an object has no elements by number: name a member, as in `["k"]` ⇒ Change to "1": .by_number["1"]
        .part[0] ⇒ G426 an object has no elements by number: name a member, as in `["k"]`
        .name == 5 ⇒ G410 this is always false: what it is compared with is string ⇒ Write as a string: .name == "5"
        .big == 5 ⇒ G410 this is always false: 64-bit integers are shown as strings, so write one in quotes ⇒ Write as a string: .big == "5"
        .big == -5 ⇒ G410 this is always false: 64-bit integers are shown as strings, so write one in quotes ⇒ Write as a string: .big == "-5"
        .big == "05" ⇒ G410 this is always false: 64-bit integers are shown as plain digits
        .count == "5" ⇒ G410 this is always false: what it is compared with is int32 ⇒ Write as a number: .count == 5
        .count == 1.5 ⇒ G410 this is always false: int32 never has this value
        .flag == "true" ⇒ G410 this is always false: what it is compared with is a boolean
        .color == "RDE" ⇒ G410 this is always false: t.Color has no value "RDE"; did you mean "RED"? ⇒ Change to "RED": .color == "RED"
        .color == "CRIMSON" ⇒ G410 this is always false: t.Color shows this value as "RED" ⇒ Change to "RED": .color == "RED"
        .color == 1 ⇒ G410 this is always false: an enum is shown by its name, so write that ⇒ Change to "RED": .color == "RED"
        .color == true ⇒ G410 this is always false: an enum is shown by its name, so write that
        .at == "yesterday" ⇒ G410 this is always false: a time is shown in UTC such as "2024-01-01T12:00:00Z"
        .ttl == "1.5s" ⇒ G410 this is always false: a duration is shown as seconds such as "1.500s"
        .blob == "YQ" ⇒ G410 this is always false: bytes are shown as padded base64
        .parts == 3 ⇒ G410 this is always false: what it is compared with is array of t.Part
        .name == ("a" | length) ⇒ G410 this is always false: the sides are string and a number
        .count > "5" ⇒ G410 int32 and a string are ordered by their kinds alone: compare values of one kind
        .big > 5 ⇒ G411 64-bit integers are shown as strings, which are never ordered as numbers are: write `.big:number` ⇒ Add :number: .big:number > 5
        5 < .big ⇒ G411 64-bit integers are shown as strings, which are never ordered as numbers are: write `.big:number` ⇒ Add :number: 5 < .big:number
        .big | . > 5 ⇒ G411 64-bit integers are shown as strings, which are never ordered as numbers are: write `.:number` ⇒ Add :number: .big | .:number > 5
        .flag == false ⇒ G412 `.flag` is left out when it is false, so that this fails then: write `(.flag // false)` ⇒ Use (.flag // false): (.flag // false) == false
        .count != 0 ⇒ G412 `.count` is left out when it is 0, so that this holds then: write `(.count // 0)` ⇒ Use (.count // 0): (.count // 0) != 0
        0 <= .count ⇒ G412 `.count` is left out when it is 0, so that this fails then: write `(.count // 0)` ⇒ Use (.count // 0): 0 <= (.count // 0)
        .tags == [] ⇒ G412 `.tags` is left out when it is [], so that this fails then: write `(.tags // [])` ⇒ Use (.tags // []): (.tags // []) == []
        .big:number == 0 ⇒ G412 `.big:number` is left out when it is 0, so that this fails then: write `(.big:number // 0)` ⇒ Use (.big:number // 0): (.big:number // 0) == 0
        .name contains 5 ⇒ G423 this is never true for string on the left and a number on the right: compare with `==`, or give it strings
        .count matches /5/ ⇒ G423 this is never true for int32 on the left and a string on the right: compare with `==`, or give it strings
        @is_uuid(.count) ⇒ G423 `@is_uuid` is never true for int32: it looks at strings
        .name | keys ⇒ G427 `keys` fails on string: it takes an array or an object
        .big | floor ⇒ G427 `floor` fails on string (int64): it takes a number ⇒ Use tonumber: .big | (tonumber | floor)
        .name | test(5) ⇒ G427 `test` takes a string here, and this is 5
        .big + 1 ⇒ G427 64-bit integers are shown as strings: write `:number` behind them ⇒ Add :number: .big:number + 1
        1 + .big ⇒ G427 64-bit integers are shown as strings: write `:number` behind them ⇒ Add :number: 1 + .big:number
        .name - "x" ⇒ G427 string and a string cannot be combined by this operator
        .count:string ⇒ G427 int32 is no `:string`, so that this fails
        .part | strings ⇒ G428 this never yields a value, so the line cannot pass: compare something
    "#]];
    let mut lines = String::new();
    for source in table
        .data()
        .lines()
        .map(|line| line.split(COLUMN).next().unwrap().trim())
    {
        for finding in bench.look(source).findings {
            lines += &format!("{source}{COLUMN}{} {}", finding.code, finding.message);
            for fix in &finding.fixes {
                let Change::Edits(edits) = &fix.change else { continue };
                lines += &format!("{COLUMN}{}: {}", fix.title, crate::text::apply(source, edits));
            }
            lines += "\n";
        }
    }
    table.assert_eq(&lines);
}
