//! What is said of the parts of expressions at `$0`.

use super::hover;
use super::tests::{CALL, PROTO, check};
use crate::ide::testing::{fixture_of, with_reply};
use expect_test::expect;

#[test]
fn steps_from_anywhere_show_their_fields() {
    let call = |rest: &str| format!("{CALL}--- EXTRACT ---\nfirst = .items[0]\n{CALL}--- ASSERTS ---\n{rest}\n");
    for step in [
        ".items | map(select(.na$0me == \"a\"))",
        "$first.na$0me == \"a\"",
        ".items[] as $x | $x.na$0me",
        ".items | group_by(.n$0ame)",
        ".items[0][\"na$0me\"]",
        ".items[0].\"na$0me\"",
    ] {
        let (analysis, position) = fixture_of(PROTO, &call(step));
        let found = hover(&analysis, position).unwrap();
        let end = found.markdown.lines().last().unwrap();
        assert!(
            found.markdown.starts_with("```proto\nstring name = 1;"),
            "{step}: {}",
            found.markdown
        );
        assert!(end.starts_with("Type here: `string"), "{step}: {end}");
    }
}

#[test]
fn steps_show_what_the_last_run_had() {
    let (analysis, position) = fixture_of(PROTO, &format!("{CALL}--- ASSERTS ---\n.items[0].na$0me == \"a\"\n"));
    let message = serde_json::json!({ "items": [{ "name": "ada" }] });
    let found = hover(&with_reply(analysis, vec![message]), position).unwrap();
    assert!(
        found.markdown.ends_with("\n\nLast run: `\"ada\"`"),
        "{}",
        found.markdown
    );
}

#[test]
fn words_of_expressions_say_what_they_mean() {
    let call = |rest: &str| format!("{CALL}{rest}\n");
    check(
        &call("--- ASSERTS ---\n.items | le$0ngth > 1"),
        expect![[r#"
        "length"
        ```jq
        length
        ```

        Elements of an array, members of an object, characters of a text; of a number it is the number without its sign, of null 0.

        `["a", "b"] | length → 2`

        Type here: `number`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n.items | length >$0 1"),
        expect![[r#"
        ">"
        ```jq
        f > g
        ```

        Whether the left side comes last in jq's order of all values.

        `"b" > "a" → true`

        Type here: `bool`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n.customer_id con$0tains \"a\""),
        expect![[r#"
        "contains"
        ```jq
        f contains g
        ```

        Whether a text has the part in it, an array the element, an object the key.

        `["a", "b"] contains "a" → true`

        Type here: `bool`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n(.customer_id /$0/ \"a\") == \"b\""),
        expect![[r#"
            "//"
            ```jq
            f // g
            ```

            The left side where it is neither null nor false, else the right side.

            `null // 1 → 1`

            Type here: `string or "a"`
        "#]],
    );
    check(
        &call("--- ASSERTS ---\n@is_u$0uid(.customer_id)"),
        expect![[r#"
        "@is_uuid"
        ```gctf
        @is_uuid(v: any) → bool
        ```

        Whether the value is the text of a UUID.

        `@is_uuid("123e4567-e89b-12d3-a456-426614174000") → true`

        Type here: `bool`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n.total:num$0ber > 5"),
        expect![[r#"
        ":number"
        ```jq
        :number
        ```

        The value as a number; texts are read. Compares 64-bit integers by size.

        `"12":number > 9 → true`

        Type here: `number or null`
    "#]],
    );
    check(
        &call("--- EXTRACT ---\nx:st$0ring = .customer_id"),
        expect![[r#"
        "string"
        ```jq
        :string
        ```

        The value, which has to be a text.

        `"a":string → "a"`
    "#]],
    );
    check(
        &call("--- EXTRACT ---\nx = if .card then 1 el$0se 2 end"),
        expect![[r#"
            "else"
            ```jq
            if condition then f elif condition then g else h end
            ```

            The branch whose condition holds; the input without `else`.

            `if 1 > 2 then "a" else "b" end → "b"`

            Type here: `1 or 2`
        "#]],
    );
    check(
        &call("--- EXTRACT ---\nx = .raw | @bas$0e64d"),
        expect![[r#"
        "@base64d"
        ```jq
        @base64d
        ```

        The text that is written in base64.

        `"aGk=" | @base64d → "hi"`

        Type here: `string`
    "#]],
    );
    // Words are known in lines that cannot be read.
    check(
        &call("--- ASSERTS ---\n.items | map(.a | te$0st("),
        expect![[r#"
        "test"
        ```jq
        test(regex)
        test(regex; flags)
        ```

        Whether the regex has a match in the text.

        `"Paid" | test("paid"; "i") → true`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n.card == \"length$0\" # length"),
        expect![["nothing\n"]],
    );
    check(
        &call("--- ASSERTS ---\n.card == \"a\" # leng$0th"),
        expect![["nothing\n"]],
    );
    check(
        &call("--- EXTRACT ---\nx = def length: 1; .card | len$0gth"),
        expect![["nothing\n"]],
    );
}

#[test]
fn parts_of_expressions_have_types() {
    let call = |rest: &str| format!("{CALL}{rest}\n");
    check(
        &call("--- EXTRACT ---\nx = .items[0$0].name"),
        expect![[r#"
        nothing
    "#]],
    );
    check(
        &call("--- EXTRACT ---\nx = .items[0].name + ($0.card)"),
        expect![[r#"
            "."
            ```jq
            .
            ```

            Type here: `shop.Order`
        "#]],
    );
    check(
        &call("--- EXTRACT ---\nx = .items[] as $y | $y$0"),
        expect![[r#"
        "$y"
        ```jq
        $y
        ```

        Type here: `shop.Item`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n.status == \"OP$0EN\""),
        expect![[r#"
        "\"OPEN\""
        ```proto
        OPEN = 1;
        ```

        Being packed.

        of `shop.Status`
    "#]],
    );
    check(
        &call("--- ASSERTS ---\n.items | any(\"CLO$0SED\" != .status)"),
        expect![["nothing\n"]],
    );
    check(
        &call("--- ASSERTS ---\n[.] | any(\"CLO$0SED\" != .status)"),
        expect![[r#"
            "\"CLOSED\""
            ```proto
            CLOSED = 2;
            ```

            **Deprecated.**

            of `shop.Status`
        "#]],
    );
    check(&call("--- ASSERTS ---\n.card == \"OP$0EN\""), expect![["nothing\n"]]);
}
