//! What is said, and what cures it.

use super::{Bench, COLUMN, THING};
use crate::diagnostic::Change;
use expect_test::expect;

#[test]
fn messages_end_with_what_to_do() {
    let bench = Bench::of(THING, "t.Thing");
    let table = expect![[r#"
        .nmae
        .part.nope
        {idd: .nmae}
        .part | {di}
        .part as {di: $i} | $i
        .name.first
        .name["x"]
        .name[0]
        .name[]
        .text_box.value == "x"
        .at.seconds > 5
        .ttl.seconds
        .parts.id
        .parts["id"]
        .parts | .id
        .labels[0]
        .by_number[1]
        .part[0]
        .name == 5
        .big == 5
        .big == -5
        .big == "05"
        .count == "5"
        .count == 1.5
        .flag == "true"
        .color == "RDE"
        .color == "CRIMSON"
        .color == 1
        .color == true
        .at == "yesterday"
        .ttl == "1.5s"
        .blob == "YQ"
        .parts == 3
        .name == ("a" | length)
        .count > "5"
        .big > 5
        5 < .big
        .big | . > 5
        .flag == false
        .count != 0
        0 <= .count
        .tags == []
        .big:number == 0
        .name contains 5
        .count matches /5/
        @is_uuid(.count)
        .name | keys
        .big | floor
        .name | test(5)
        .big + 1
        1 + .big
        .name - "x"
        .count:string
        .part | strings
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
