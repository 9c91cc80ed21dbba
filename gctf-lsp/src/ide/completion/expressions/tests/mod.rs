//! Completion in expressions: what is offered first, and the line after taking it.

use super::super::super::testing::{FILE, fixture, with_reply};
use super::super::super::{Analysis, FilePosition};
use super::super::{Item, ItemKind, completions};
use expect_test::{Expect, expect};
use serde_json::json;

mod places;

fn document(line: &str) -> String {
    format!("--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE with_asserts ---\n{{}}\n--- ASSERTS ---\n{line}\n")
}

/// `label (type) — description` of the first items, and the line after taking the first.
fn listed(analysis: &Analysis, position: FilePosition) -> String {
    let items = completions(analysis, position).items;
    let Some(first) = items.first() else {
        return "nothing\n".to_owned();
    };
    let mut out = String::new();
    for item in items.iter().take(8) {
        out.push_str(&item.label);
        out.extend(item.detail.iter().map(|detail| format!(" ({detail})")));
        out.extend(item.description.iter().map(|description| format!(" — {description}")));
        out.push('\n');
    }
    let mut text = analysis.file(FILE).unwrap().source.text().to_string();
    text.replace_range(first.replace.clone(), &first.snippet);
    let at = text[..first.replace.start].rfind('\n').map_or(0, |at| at + 1);
    out.push_str(&format!("> {}\n", text[at..].lines().next().unwrap_or_default()));
    out
}

fn check(line: &str, expected: Expect) {
    let (analysis, position) = fixture(&document(line));
    expected.assert_eq(&listed(&analysis, position));
}

#[test]
fn steps() {
    check(
        ".$0",
        expect![[r#"
        id (string)
        status (shop.Status)
        order (shop.Order)
        > .id
    "#]],
    );
    check(
        ".order.it$0ems",
        expect![[r#"
        customer_id (string)
        items (repeated shop.Item)
        status (shop.Status)
        gifts (map<string, shop.Item>)
        card (string) — oneof payment
        cash (shop.Cash) — oneof payment
        total (int64)
        paid (bool)
        > .order.customer_id
    "#]],
    );
    check(
        ".order.items[].$0",
        expect![[r#"
        name (string)
        count (int32)
        part (shop.Item)
        > .order.items[].name
    "#]],
    );
    check(
        ".order.items.$0",
        expect![[r#"
        [] (every element)
        [0] (the first element)
        > .order.items[]
    "#]],
    );
    check(
        ".order.items | map(select(.$0",
        expect![[r#"
        name (string)
        count (int32)
        part (shop.Item)
        > .order.items | map(select(.name
    "#]],
    );
    check(
        ".order as $o | $o.$0 == 1",
        expect![[r#"
        customer_id (string)
        items (repeated shop.Item)
        status (shop.Status)
        gifts (map<string, shop.Item>)
        card (string) — oneof payment
        cash (shop.Cash) — oneof payment
        total (int64)
        paid (bool)
        > .order as $o | $o.customer_id == 1
    "#]],
    );
    check(
        ".order | {id: .customer_id, $0}",
        expect![[r#"
        customer_id (string)
        items (repeated shop.Item)
        status (shop.Status)
        gifts (map<string, shop.Item>)
        card (string) — oneof payment
        cash (shop.Cash) — oneof payment
        total (int64)
        paid (bool)
        > .order | {id: .customer_id, customer_id}
    "#]],
    );
    check(
        ".[\"st$0",
        expect![[r#"
        id (string)
        status (shop.Status)
        order (shop.Order)
        > .["id"
    "#]],
    );
    check(
        "[{x: .id}][0].$0",
        expect![[r#"
        x (string or null)
        > [{x: .id}][0].x
    "#]],
    );
    check(
        "\"\\(.order.pa$0",
        expect![[r#"
        customer_id (string)
        items (repeated shop.Item)
        status (shop.Status)
        gifts (map<string, shop.Item>)
        card (string) — oneof payment
        cash (shop.Cash) — oneof payment
        total (int64)
        paid (bool)
        > "\(.order.customer_id
    "#]],
    );
    check(
        ".order.gifts[\"a\"].$0",
        expect![[r#"
        name (string)
        count (int32)
        part (shop.Item)
        > .order.gifts["a"].name
    "#]],
    );
    check(
        ".status.$0",
        expect![[r#"
        nothing
    "#]],
    );
    check(
        "reduce .order.items[] as $i (0; . + $i.$0",
        expect![[r#"
        name (string)
        count (int32)
        part (shop.Item)
        > reduce .order.items[] as $i (0; . + $i.name
    "#]],
    );
}

#[test]
fn words_plugins_and_operators() {
    check(
        ".id | as$0",
        expect![[r#"
            contains (contains(…))
            startswith (startswith(…))
            has (has(…))
            ascii_downcase
            abs
            ascii_upcase
            fromdateiso8601
            have_literal_numbers
            > .id | contains($1)
        "#]],
    );
    check(
        ".order.items | $0",
        expect![[r#"
            map (map(…))
            length
            any (any · any(…) · any(…; …))
            all (all · all(…) · all(…; …))
            first (first · first(…))
            last (last · last(…))
            contains (contains(…))
            has (has(…))
            > .order.items | map($1)
        "#]],
    );
    check(
        "@is_u$0",
        expect![[r#"
        @is_uuid (@is_uuid(v: any))
        @is_email (@is_email(v: any))
        @is_ip (@is_ip(v: any))
        @is_url (@is_url(v: any))
        @is_timestamp (@is_timestamp(v: any))
        @is_base64 (@is_base64(v: any))
        @is_json (@is_json(v: any))
        @is_empty (@is_empty(v: any))
        > @is_uuid($1)
    "#]],
    );
    check(
        ".id $0",
        expect![[r#"
        ==
        !=
        contains
        matches
        startsWith
        endsWith
        <
        <=
        > .id == 
    "#]],
    );
    check(
        ".order.items con$0",
        expect![[r#"
        |
        contains
        ==
        !=
        <
        <=
        >
        >=
        > .order.items | 
    "#]],
    );
    check(
        ".order.total:n$0",
        expect![[r#"
        bool
        uint
        number
        string
        uuid
        email
        url
        ip
        > .order.total:bool
    "#]],
    );
}

#[test]
fn words_say_what_they_mean() {
    for line in [".order.items | $0", "@$0", ".id $0", ".total:$0"] {
        let (analysis, position) = fixture(&document(line));
        let items = completions(&analysis, position).items;
        let words = items
            .iter()
            .filter(|item| matches!(item.kind, ItemKind::Function | ItemKind::Keyword | ItemKind::Type));
        let bare = words.clone().filter(|item| {
            let docs = item.documentation.clone();
            docs.and_then(|docs| docs.markdown(&crate::schema::source_info::SourceInfo::default()))
                .is_none()
                && item.label != "true"
        });
        let bare: Vec<_> = bare.collect();
        assert!(words.count() > 5, "{line}");
        assert_eq!(bare, Vec::<&Item>::new(), "{line}");
    }
}

#[test]
fn operands() {
    check(
        ".status == $0",
        expect![[r#"
        OPEN (1)
        CLOSED (2)
        STATUS_UNSPECIFIED (0)
        null
        > .status == "OPEN"
    "#]],
    );
    check(
        ".id == \"a\" and .status == \"O$0\"",
        expect![[r#"
        OPEN (1)
        CLOSED (2)
        STATUS_UNSPECIFIED (0)
        null
        > .id == "a" and .status == "OPEN"
    "#]],
    );
    check(
        ".order.paid == $0",
        expect![[r#"
        true
        null
        > .order.paid == true
    "#]],
    );
    check(
        ".id != $0",
        expect![[r#"
        null
        > .id != null
    "#]],
    );
}

#[test]
fn secrets_of_the_last_reply_are_not_shown() {
    let (analysis, position) = fixture(&document(".order.items[0].$0"));
    let message = json!({"order": {"items": [{"name": "n", "token": "s3cret"}]}});
    let found = listed(&with_reply(analysis, vec![message]), position);
    assert!(
        found.contains("token") && found.contains("***") && !found.contains("s3cret"),
        "{found}"
    );
    let (analysis, position) = fixture(&document(".token == $0"));
    let found = listed(&with_reply(analysis, vec![json!({"token": "s3cret"})]), position);
    assert!(!found.contains("s3cret"), "{found}");
}

#[test]
fn what_the_last_reply_had_comes_first() {
    let seen = |line: &str, expected: Expect| {
        let (analysis, position) = fixture(&document(line));
        let message = json!({"id": "a", "status": "OPEN", "order": {"total": "12", "gifts": {"red hat": {"name": "x"}, "b": {}},
            "items": [{"name": "n", "token": "s3cret"}]}});
        expected.assert_eq(&listed(&with_reply(analysis, vec![message]), position));
    };
    seen(
        ".$0",
        expect![[r#"
            id (string) — "a"
            status (shop.Status) — "OPEN"
            order (shop.Order) — {3}
            > .id
        "#]],
    );
    seen(
        ".order.gifts.$0",
        expect![[r#"
            red hat — {1}
            b — {0}
            > .order.gifts."red hat"
        "#]],
    );
    seen(
        ".order.gifts[\"re$0",
        expect![[r#"
            red hat — {1}
            b — {0}
            > .order.gifts["red hat"
        "#]],
    );
    seen(
        ".order.items[0].$0",
        expect![[r#"
        name (string) — "n"
        token — ***
        count (int32)
        part (shop.Item)
        > .order.items[0].name
    "#]],
    );
    seen(
        ".status == $0",
        expect![[r#"
        "OPEN" (1) — last run
        CLOSED (2)
        STATUS_UNSPECIFIED (0)
        null
        > .status == "OPEN"
    "#]],
    );
    seen(
        ".order.total == \"$0\"",
        expect![[r#"
        "12" — last run
        null
        > .order.total == "12"
    "#]],
    );
    seen(
        "@header(\"$0",
        expect![[r#"
        content-type — application/grpc
        token — ***
        date
        server
        x-request-id
        > @header("content-type"
    "#]],
    );
    seen(
        "@has_trailer(\"$0\")",
        expect![[r#"
        took — 3ms
        > @has_trailer("took")
    "#]],
    );
}
