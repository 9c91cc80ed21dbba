//! Variables, names of EXTRACT, lines that go on, and places without items.

use super::super::super::super::testing::fixture;
use super::{Expect, check, expect, listed};

#[test]
fn variables_and_names() {
    let flow = "--- DATASET ---\n- n: 1\n--- ENDPOINT ---\nshop.Orders/Create\n--- EXTRACT ---\ntotal = .order.total\nreply = .\n\
        --- ENDPOINT ---\nshop.Orders/Create\n--- ASSERTS ---\n";
    let at = |line: &str, expected: Expect| {
        let (analysis, position) = fixture(&format!("{flow}{line}\n"));
        expected.assert_eq(&listed(&analysis, position));
    };
    at(
        ". as $x | $$0",
        expect![[r#"
            $x — bound here
            $reply (shop.Reply) — EXTRACT
            $total (string (int64) or null) — EXTRACT
            $dataset ({n: number}) — DATASET
            > . as $x | \$x
        "#]],
    );
    at(
        "$reply.order.$0",
        expect![[r#"
        customer_id (string)
        items (repeated shop.Item)
        status (shop.Status)
        gifts (map<string, shop.Item>)
        card (string) — oneof payment
        cash (shop.Cash) — oneof payment
        total (int64)
        paid (bool)
        > $reply.order.customer_id
    "#]],
    );
    at(
        "$dataset.$0",
        expect![[r#"
        n (number)
        > $dataset.n
    "#]],
    );
    let extract = "--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE ---\n{}\n--- EXTRACT ---\n";
    let (analysis, position) = fixture(&format!("{extract}id = .id\ns$0\n"));
    expect![[r#"
        status = .status (shop.Status)
        > status = .status
    "#]]
    .assert_eq(&listed(&analysis, position));
    let (analysis, position) = fixture(&format!("{extract}x = .order.$0\n"));
    expect![[r#"
        customer_id (string)
        items (repeated shop.Item)
        status (shop.Status)
        gifts (map<string, shop.Item>)
        card (string) — oneof payment
        cash (shop.Cash) — oneof payment
        total (int64)
        paid (bool)
        > x = .order.customer_id
    "#]]
    .assert_eq(&listed(&analysis, position));
}

#[test]
fn brackets_over_several_lines_and_places_without_items() {
    check(
        ".order.items | any(\n  # comment .\n  .$0",
        expect![[r#"
        name (string)
        count (int32)
        part (shop.Item)
        >   .name
    "#]],
    );
    check(
        "any(\n  .order.items[];\n  .na$0\n)",
        expect![[r#"
        name (string)
        count (int32)
        part (shop.Item)
        >   .name
    "#]],
    );
    check(
        ".id == \"a$0\" # b",
        expect![[r#"
        null
        > .id == null # b
    "#]],
    );
    check(
        ".id # .$0",
        expect![[r#"
        nothing
    "#]],
    );
    check(
        ".order.total - $0",
        expect![[r#"
            map (map(…))
            length
            any (any · any(…) · any(…; …))
            all (all · all(…) · all(…; …))
            first (first · first(…))
            last (last · last(…))
            contains (contains(…))
            has (has(…))
            > .order.total - map($1)
        "#]],
    );
    check(
        ".order.total -$0",
        expect![[r#"
        nothing
    "#]],
    );
}
