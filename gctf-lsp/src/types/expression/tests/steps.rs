//! Steps of paths: names, indexes, slices and `[]`.

use super::{Bench, OLD, THING};
use expect_test::expect;

#[test]
fn names() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        . ⇒ t.Thing
        .name ⇒ string or null
        .nick ⇒ string or null
        .displayName ⇒ string or null
        .display_name ⇒ string or null
        .address ⇒ string or null
        .home ⇒ string or null
        .nope ⇒ any value ⇒ G409@nope
        .nmae ⇒ any value ⇒ G409@nmae
        .displayNam ⇒ any value ⇒ G409@displayNam
        ."name" ⇒ string or null
        ."nmae" ⇒ any value ⇒ G409@"nmae"
        .["name"] ⇒ string or null
        .["nmae"] ⇒ any value ⇒ G409@"nmae"
        .part ⇒ t.Part or null
        .part.id ⇒ string or null
        .part.di ⇒ any value ⇒ G409@di
        .part.inner.inner.id ⇒ string or null
        .part.inner.ide ⇒ any value ⇒ G409@ide
        .piece.amount ⇒ int32 or null
        .name.first ⇒ any value ⇒ G426@first
        .count.value ⇒ any value ⇒ G426@value
        .flag.x ⇒ any value ⇒ G426@x
        .color.name ⇒ any value ⇒ G426@name
        .blob.length ⇒ any value ⇒ G426@length
        .big.low ⇒ any value ⇒ G426@low
        .tags.name ⇒ any value ⇒ G426@name
        .parts.id ⇒ any value ⇒ G426@id
        .parts.idd ⇒ any value ⇒ G426@idd
        .numbers.x ⇒ any value ⇒ G426@x
        .labels.anything ⇒ string or null
        .labels.a.b ⇒ any value ⇒ G426@b
        .counts.a.b ⇒ any value ⇒ G426@b
        .by_name.a.id ⇒ string or null
        .by_name.a.di ⇒ any value ⇒ G409@di
        .by_flag.true.amount ⇒ int32 or null
        .by_number.one ⇒ string or null
        .paints.a ⇒ string (t.Color) or null
        .paints.a.name ⇒ any value ⇒ G426@name
        .parent.parent.children ⇒ array of t.Thing or null
        .parent.children.name ⇒ any value ⇒ G426@name
        .children[0].children[0].nam ⇒ any value ⇒ G409@nam
        .part.nope.deeper ⇒ any value ⇒ G409@nope
        (.part).id ⇒ string or null
        (.part // .piece).id ⇒ string or null
        (.part // .piece).ide ⇒ any value ⇒ G409@ide
        (.part, .piece).ide ⇒ any value ⇒ G409@ide
        (.part // .parent).id ⇒ string or null
        (.part // .parent).nope ⇒ any value ⇒ G409@nope
        (.name // .part).id ⇒ string or null
        .part?.id ⇒ string or null
        .name?.id ⇒ any value
        .name.id? ⇒ any value
        .nope? ⇒ any value ⇒ G409@nope
        try .name.id ⇒ any value
        try .nope ⇒ any value ⇒ G409@nope
        (.name.id)? ⇒ any value
        .part | .id ⇒ string or null
        .part | .di ⇒ any value ⇒ G409@di
        . as $x | $x.nope ⇒ any value ⇒ G409@nope
        .part as $p | $p.di ⇒ any value ⇒ G409@di
        .part as {id: $i} | $i ⇒ string or null
        .part as {di: $i} | $i ⇒ any value ⇒ G409@di
        .part as {$id} | $id ⇒ string or null
        .part | {id} ⇒ {id: string or null}
        .part | {di} ⇒ {di: any value} ⇒ G409@di
        .part | {id, amount} ⇒ {amount: int32 or null, id: string or null}
        .name | .x ⇒ any value ⇒ G426@x
        {a: .nope} ⇒ {a: any value} ⇒ G409@nope
        [.nope] ⇒ array ⇒ G409@nope
        .empty.x ⇒ any value ⇒ G409@x
        .nothing.x ⇒ null
        .extra.a.b.c ⇒ any value
        .anything.x.y ⇒ any value
        .list.x ⇒ any value ⇒ G426@x
        .detail.value ⇒ any value
        .detail["@type"] ⇒ any value
        .at.seconds ⇒ any value ⇒ G426@seconds
        .ttl.seconds ⇒ any value ⇒ G426@seconds
        .ttl.nanos ⇒ any value ⇒ G426@nanos
        .mask.paths ⇒ any value ⇒ G426@paths
        .text_box.value ⇒ any value ⇒ G426@value
        .int_box.value ⇒ any value ⇒ G426@value
        .long_box.value ⇒ any value ⇒ G426@value
        .bool_box.value ⇒ any value ⇒ G426@value
        .times.seconds ⇒ any value ⇒ G426@seconds
        .times[0].seconds ⇒ any value ⇒ G426@seconds
        .spans.a.seconds ⇒ any value ⇒ G426@seconds
        "\(.nope)" ⇒ string ⇒ G409@nope
        -.part.di ⇒ number ⇒ G409@di
        not .nope ⇒ bool ⇒ G409@nope
        .part.di:string ⇒ any value ⇒ G409@di
    "#]]);
}

#[test]
fn indexes_and_slices() {
    Bench::of(THING, "t.Thing").check(&expect![[r#"
        .parts[0] ⇒ t.Part or null
        .parts[-1] ⇒ t.Part or null
        .parts[0].id ⇒ string or null
        .parts[0].ide ⇒ any value ⇒ G409@ide
        .parts["id"] ⇒ any value ⇒ G426@"id"
        .parts[.count] ⇒ any value
        .parts[.name] ⇒ any value
        .parts[1.5] ⇒ t.Part or null
        .parts[] ⇒ t.Part
        .parts[].id ⇒ string or null
        .parts[].ide ⇒ any value ⇒ G409@ide
        .parts[]?.ide ⇒ any value ⇒ G409@ide
        .parts[1:] ⇒ array of t.Part or null
        .parts[:2][0].id ⇒ string or null
        .parts[.count:.size] ⇒ array of t.Part or null
        .parts[1:].id ⇒ any value ⇒ G426@id
        .tags[] ⇒ string
        .tags[0] ⇒ string or null
        .tags[0].x ⇒ any value ⇒ G426@x
        .tags[][] ⇒ any value ⇒ G426@[]
        .tags[0][0] ⇒ any value ⇒ G426@[0]
        .name[] ⇒ any value ⇒ G426@[]
        .name[0] ⇒ any value ⇒ G426@[0]
        .name[1:2] ⇒ string or null
        .name["x"] ⇒ any value ⇒ G426@"x"
        .count[] ⇒ any value ⇒ G426@[]
        .count[0] ⇒ any value ⇒ G426@[0]
        .count["a"] ⇒ any value ⇒ G426@"a"
        .flag[] ⇒ any value ⇒ G426@[]
        .color[] ⇒ any value ⇒ G426@[]
        .at[] ⇒ any value ⇒ G426@[]
        .at[0] ⇒ any value ⇒ G426@[0]
        .big[0] ⇒ any value ⇒ G426@[0]
        .part[] ⇒ any value
        .part[0] ⇒ any value ⇒ G426@[0]
        .part["id"] ⇒ string or null
        .part["di"] ⇒ any value ⇒ G409@"di"
        .part[.name] ⇒ any value
        .part[1:] ⇒ null
        .labels[] ⇒ string
        .labels["a b"] ⇒ string or null
        .labels[0] ⇒ any value ⇒ G426@[0]
        .labels[.name] ⇒ any value
        .labels[].x ⇒ any value ⇒ G426@x
        .by_number["1"] ⇒ string or null
        .by_number[1] ⇒ any value ⇒ G426@[1]
        .by_id["1"] ⇒ string (int64) or null
        .by_flag["true"].id ⇒ string or null
        .by_flag[true] ⇒ any value
        .by_name[].id ⇒ string or null
        .by_name[].di ⇒ any value ⇒ G409@di
        .by_name["x"].id ⇒ string or null
        .colors[] ⇒ string (t.Color)
        .colors[0].x ⇒ any value ⇒ G426@x
        .switches[] ⇒ bool
        .ids[] ⇒ string (int64)
        .ids[0] ⇒ string (int64) or null
        .reals[0] ⇒ double or null
        .extra[] ⇒ any value
        .extra["a"] ⇒ any value
        .extra[0] ⇒ any value ⇒ G426@[0]
        .list[] ⇒ any value
        .list[0].x ⇒ any value
        .list["x"] ⇒ any value ⇒ G426@"x"
        .anything[] ⇒ any value
        .anything[0] ⇒ any value
        .nothing[] ⇒ nothing ⇒ G428@.nothing[]
        .mask[] ⇒ any value ⇒ G426@[]
        .children[].children[].name ⇒ string or null
        .children[].children[].nam ⇒ any value ⇒ G409@nam
        .children[][] ⇒ any value
        .[] ⇒ any value
        .[0] ⇒ any value ⇒ G426@[0]
        .["name", "nmae"] ⇒ any value
        .parts | .[0] ⇒ t.Part or null
        .parts | .[].ide ⇒ any value ⇒ G409@ide
        .parts | .[0] | .ide ⇒ any value ⇒ G409@ide
        .count | .[] ⇒ any value ⇒ G426@[]
        [.name][0] ⇒ string or null
        [.name].x ⇒ any value ⇒ G426@x
        [.part][0].di ⇒ any value ⇒ G409@di
        {a: .name}.a ⇒ string or null
        {a: .name}.b ⇒ any value ⇒ G409@b
        {a: .name}[] ⇒ string or null
        {a: .part}.a.di ⇒ any value ⇒ G409@di
        {a: .name}[0] ⇒ any value ⇒ G426@[0]
        "abc"[0] ⇒ any value ⇒ G426@[0]
        3.x ⇒ any value ⇒ G426@x
        .tags?[] ⇒ string
        .count[]? ⇒ any value
        .name[]? ⇒ any value
        .parts[0]?.ide ⇒ any value ⇒ G409@ide
    "#]]);
}

#[test]
fn proto2() {
    Bench::of(OLD, "t.Old").check(&expect![[r#"
                .name ⇒ string or null
                .flag ⇒ bool or null
                .count ⇒ int32 or null
                .big ⇒ string (int64) or null
                .size ⇒ string (t.Size) or null
                .sizes ⇒ array of string (t.Size) or null
                .inner ⇒ t.Old.Inner or null
                .inner.id ⇒ string or null
                .inner.di ⇒ any value ⇒ G409@di
                ."[t.more]" ⇒ any value
                .["[t.more]"] ⇒ any value
                ."[t.other]" ⇒ any value
                .more ⇒ any value ⇒ G409@more
                .flag == false ⇒ bool
                .count == 0 ⇒ bool
                .count != 0 ⇒ bool
                .big == "0" ⇒ bool
                .size == "SMALL" ⇒ bool
                .size == "SMAL" ⇒ false ⇒ G410@"SMAL"
                .size == 1 ⇒ false ⇒ G410@1
                .size == 3 ⇒ false ⇒ G410@3
                .size == null ⇒ bool
                .sizes == [] ⇒ bool ⇒ G412@.sizes == []
                .sizes[0] == 3 ⇒ false ⇒ G410@3
                .big > 1 ⇒ bool ⇒ G411@.big
                .count == "1" ⇒ false ⇒ G410@"1"
    "#]]);
}
