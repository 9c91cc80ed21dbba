//! What is said of methods, fields and values at `$0`.

use super::hover;
use crate::ide::testing::fixture_of;
use expect_test::{Expect, expect};

pub(super) const PROTO: &str = r#"
syntax = "proto3";
package shop;
import "google/protobuf/any.proto";
import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";

extend google.protobuf.FieldOptions { repeated Behavior field_behavior = 1052; }
enum Behavior { NOTHING = 0; OPTIONAL = 1; REQUIRED = 2; OUTPUT_ONLY = 3; }

// Takes orders.
service Orders {
  // Creates an order.
  rpc Create(Order) returns (Order);
  rpc Forget(stream Order) returns (stream Item) { option deprecated = true; }
}
message Order {
  // Who orders.
  string customer_id = 1 [(field_behavior) = REQUIRED, (field_behavior) = OUTPUT_ONLY];
  repeated Item items = 2;
  Status status = 3;
  map<string, Item> gifts = 4;
  oneof payment { string card = 5; Item cash = 6; }
  int64 total = 7;
  google.protobuf.Timestamp created_at = 9;
  google.protobuf.Duration ttl = 10;
  string old = 11 [deprecated = true];
  google.protobuf.Any any = 12;
  bytes raw = 13;
}
// What is ordered.
message Item { string name = 1; optional int32 count = 2; Item part = 3; }
enum Status {
  STATUS_UNSPECIFIED = 0;
  // Being packed.
  OPEN = 1;
  CLOSED = 2 [deprecated = true];
}
"#;

/// Shows the marked text and what is said of it.
pub(super) fn check(text: &str, expected: Expect) {
    let (analysis, position) = fixture_of(PROTO, text);
    let text = analysis.file(position.file).unwrap().source.text().to_string();
    let out = match hover(&analysis, position) {
        Some(hover) => format!("{:?}\n{}\n", &text[hover.range], hover.markdown),
        None => "nothing\n".to_owned(),
    };
    expected.assert_eq(&out);
}

pub(super) const CALL: &str = "--- ENDPOINT ---\nshop.Orders/Create\n";

fn request(body: &str, expected: Expect) {
    check(
        &format!("{CALL}--- REQUEST ---\n{body}\n--- RESPONSE ---\n{{}}\n"),
        expected,
    );
}

#[test]
fn a_method_shows_its_line_and_where_it_comes_from() {
    check(
        "--- ENDPOINT ---\nshop.Orders/Cre$0ate\n",
        expect![[r#"
        "Create"
        ```proto
        rpc Create(shop.Order) returns (shop.Order);
        ```

        unary · reflection at localhost:4770

        Creates an order.
    "#]],
    );
    check(
        "--- ENDPOINT ---\nshop.Or$0ders/Forget\n",
        expect![[r#"
        "shop.Orders"
        ```proto
        rpc Forget(stream shop.Order) returns (stream shop.Item);
        ```

        bidirectional streaming · reflection at localhost:4770

        **Deprecated.**
    "#]],
    );
    check(
        "--- ENDPOINT ---\nshop.Orders/Miss$0ing\n",
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn keys_show_their_fields_at_any_depth() {
    request(
        "{ \"customer$0_id\": \"x\" }",
        expect![[r#"
        "\"customer_id\""
        ```proto
        string customer_id = 1;
        ```

        Who orders.

        JSON name: `customerId`

        Written as a string.

        Left out of responses at its default value.

        `REQUIRED`: has to be given in a request.

        `OUTPUT_ONLY`: set by the server, ignored in requests.
    "#]],
    );
    request(
        "{ 'customerId$0': 'x' }",
        expect![[r#"
        "'customerId'"
        ```proto
        string customer_id = 1;
        ```

        Who orders.

        JSON name: `customerId`

        Written as a string.

        Left out of responses at its default value.

        `REQUIRED`: has to be given in a request.

        `OUTPUT_ONLY`: set by the server, ignored in requests.
    "#]],
    );
    request(
        "{ \"items\": [{}, { \"part\": { \"cou$0nt\": 1 } }] }",
        expect![[r#"
        "\"count\""
        ```proto
        optional int32 count = 2;
        ```

        Written as a whole number.

        Absent is something else than the default value.
    "#]],
    );
    request(
        "{ \"gifts\": { \"a\": { \"$0name\": 1 } } }",
        expect![[r#"
        "\"name\""
        ```proto
        string name = 1;
        ```

        Written as a string.

        Left out of responses at its default value.
    "#]],
    );
    request(
        "{ \"ca$0sh\": {} }",
        expect![[r#"
        "\"cash\""
        ```proto
        shop.Item cash = 6;
        ```

        One of `payment`: only one of its members may be set.

        Written as an object.
    "#]],
    );
    request(
        "{ \"old$0\": \"x\" }",
        expect![[r#"
        "\"old\""
        ```proto
        string old = 11;
        ```

        **Deprecated.**

        Written as a string.

        Left out of responses at its default value.
    "#]],
    );
    request(
        "{ \"gifts\": { \"free$0\": {} } }",
        expect![[r#"
        nothing
    "#]],
    );
    request(
        "{ \"nothing$0\": 1 }",
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn values_show_what_they_mean() {
    request(
        "{ \"status\": \"OP$0EN\" }",
        expect![[r#"
        "\"OPEN\""
        ```proto
        OPEN = 1;
        ```

        Being packed.

        of `shop.Status`
    "#]],
    );
    request(
        "{ \"status\": 2$0 }",
        expect![[r#"
        "2"
        ```proto
        CLOSED = 2;
        ```

        **Deprecated.**

        of `shop.Status`
    "#]],
    );
    request(
        "{ \"created_at\": \"2024-01-01T12:0$00:00+02:00\" }",
        expect![[r#"
        "\"2024-01-01T12:00:00+02:00\""
        Monday, 2024-01-01 10:00:00 UTC

        Unix time 1704103200

        ```proto
        google.protobuf.Timestamp created_at = 9;
        ```

        JSON name: `createdAt`

        Written as a time such as `"2024-01-01T12:00:00Z"`.
    "#]],
    );
    request(
        "{ \"ttl\": \"90$0s\" }",
        expect![[r#"
        "\"90s\""
        1 min 30 s

        ```proto
        google.protobuf.Duration ttl = 10;
        ```

        Written as seconds such as `"1.5s"`.
    "#]],
    );
    request(
        "{ \"raw\": \"aG$0k=\" }",
        expect![[r#"
        "\"aGk=\""
        2 bytes

        ````text
        hi
        ````

        ```proto
        bytes raw = 13;
        ```

        Written as base64.

        Left out of responses at its default value.
    "#]],
    );
    request(
        "{ \"total\": 1$02 }",
        expect![[r#"
        "12"
        ```proto
        int64 total = 7;
        ```

        A 64-bit integer: shown as a string of digits.

        Left out of responses at its default value.
    "#]],
    );
}

#[test]
fn expressions_show_fields_and_variables() {
    let call = |rest: &str| format!("{CALL}--- REQUEST ---\n{{}}\n{rest}");
    check(
        &call("--- ASSERTS ---\n.items[0].part.cou$0nt == 1 // x\n"),
        expect![[r#"
            "count"
            ```proto
            optional int32 count = 2;
            ```

            Written as a whole number.

            Absent is something else than the default value.

            Type here: `int32 or null`
        "#]],
    );
    check(
        &call("--- EXTRACT ---\nid = .createdA$0t\n"),
        expect![[r#"
            "createdAt"
            ```proto
            google.protobuf.Timestamp created_at = 9;
            ```

            JSON name: `createdAt`

            Written as a time such as `"2024-01-01T12:00:00Z"`.

            Type here: `string (time) or null`
        "#]],
    );
    check(
        &call("--- EXTRACT ---\nid = .ttl\n--- ASSERTS ---\n.ttl == $i$0d\n"),
        expect![[r#"
            "id"
            ```gctf
            id = .ttl
            ```

            Set by EXTRACT.

            Type here: `string (duration) or null`
        "#]],
    );
    check(
        &call("--- ERROR ---\n{}\n--- ASSERTS ---\n.sta$0tus == 1\n"),
        expect![[r#"
            nothing
        "#]],
    );
    check(
        &call("--- ASSERTS ---\n.sta$0tus == (\n"),
        expect![[r#"
            nothing
        "#]],
    );
}

#[test]
fn an_any_is_entered_by_its_type() {
    let any = |rest: &str| format!("{{ \"any\": {{ {rest} }} }}");
    request(
        &any("\"@type\": \"type.googleapis.com/shop.It$0em\""),
        expect![[r#"
        "\"type.googleapis.com/shop.Item\""
        ```proto
        message shop.Item {
          string name = 1;
          optional int32 count = 2;
          shop.Item part = 3;
        }
        ```

        What is ordered.
    "#]],
    );
    request(
        &any("\"na$0me\": 1, \"@type\": \"type.googleapis.com/shop.Item\""),
        expect![[r#"
        "\"name\""
        ```proto
        string name = 1;
        ```

        Written as a string.

        Left out of responses at its default value.
    "#]],
    );
    request(
        &any("\"@type\": \"x/google.protobuf.Duration\", \"value\": \"6$01s\""),
        expect![[r#"
        "\"61s\""
        1 min 1 s
    "#]],
    );
    request(
        &any("\"na$0me\": 1, \"@type\": \"type.googleapis.com/shop.Nothing\""),
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn an_error_shows_its_code_and_its_details() {
    let error = |body: &str| format!("{CALL}--- REQUEST ---\n{{}}\n--- ERROR ---\n{body}\n");
    check(
        &error("{ \"code\": \"NOT_FO$0UND\" }"),
        expect![[r#"
        "\"NOT_FOUND\""
        NOT_FOUND (5)

        What was asked for does not exist.
    "#]],
    );
    check(
        &error("{ \"code\": 5, \"details\": [{ \"@type\": \"x/shop.Item\", \"cou$0nt\": 1 }] }"),
        expect![[r#"
            "\"count\""
            ```proto
            optional int32 count = 2;
            ```

            Written as a whole number.

            Absent is something else than the default value.
        "#]],
    );
}

#[test]
fn ranges_are_exact_after_wide_characters_and_crlf() {
    check(
        "--- ENDPOINT ---\r\nshop.Orders/Create\r\n--- REQUEST ---\r\n{\r\n  \"card\": \"héé 😀\", \"cust$0omer_id\": \"x\" }\r\n",
        expect![[r#"
            "\"customer_id\""
            ```proto
            string customer_id = 1;
            ```

            Who orders.

            JSON name: `customerId`

            Written as a string.

            Left out of responses at its default value.

            `REQUIRED`: has to be given in a request.

            `OUTPUT_ONLY`: set by the server, ignored in requests.
        "#]],
    );
}
