//! A server that others wrote: Node's, whose reflection sends descriptors that lack most of what binds them.

use crate::support::peers::{node_server, skip};
use crate::support::servers::Servers;
use crate::support::{gctf, stderr};
use gctf_lsp::grpc::protos::read_descriptor_set;

const FRONT: &str = r#"
syntax = "proto3";
package shop.front;
import "z/base.proto";
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service Orders {
  rpc Echo(Order) returns (Order);
  rpc Put(z.base.Item) returns (z.base.Item);
}
message Order {
  string customer_id = 1;
  repeated z.base.Item items = 2;
  map<string, Line> by_name = 3;
  optional int32 maybe = 4;
  oneof pay { string card = 5; z.base.Money cash = 6; }
  google.protobuf.Timestamp sent_at = 7;
  google.protobuf.Any extra = 8;
  google.protobuf.Int64Value big = 9;
  google.protobuf.Struct free = 10;
  State state = 11;
  Order parent = 12;
  repeated int32 numbers = 13;
  message Line {
    int64 count = 1;
    Kind kind = 2;
    enum Kind { A = 0; B = 1; }
  }
}
enum State { NONE = 0; OPEN = 1; }
"#;

/// Of two packages, one of them in two files, which the server makes one.
const BASE: &str = r#"
syntax = "proto3";
package z.base;
import "deep.proto";
message Item { string item_name = 1; Money price = 2; Deep deep = 3; }
message Money { int64 units = 1; }
"#;
const DEEP: &str = r#"
syntax = "proto3";
package z.base;
message Deep { optional int64 level = 1; bytes raw = 2; bool without = 3; }
service Depths { rpc Find(Deep) returns (Deep); }
"#;

#[test]
fn what_is_missing_is_made_good() {
    let servers = Servers::new();
    servers.write("front.proto", FRONT);
    servers.write("z/base.proto", BASE);
    servers.write("deep.proto", DEEP);
    let Some((_server, port)) = node_server(servers.path(), "front.proto", &["shop.front.Orders", "z.base.Depths"])
    else {
        return skip("@grpc/reflection");
    };
    let call = |endpoint: &str, request: &str, expected: &str| {
        format!(
            "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\n{endpoint}\n\n--- REQUEST ---\n{request}\n\n--- RESPONSE ---\n{expected}\n"
        )
    };
    let echoed = |endpoint: &str, message: &str| call(endpoint, message, message);
    let order = r#"{
        "customer_id": "c", "items": [{ "item_name": "n", "price": { "units": "9007199254740993" }, "deep": { "level": "0", "raw": "/+8=" } }],
        "by_name": { "a": { "count": "5", "kind": "B" } }, "maybe": 0, "cash": { "units": "1" },
        "sent_at": "2024-01-01T00:00:00.005Z", "extra": { "@type": "x/z.base.Money", "units": "3" }, "big": "5",
        "free": { "a": [1.5, null] }, "state": "OPEN", "parent": { "parent": { "card": "" } }, "numbers": [1, 300]
    }"#;
    for (text, expected) in [
        (echoed("shop.front.Orders/Echo", order), "passed"),
        (echoed("shop.front.Orders/Put", r#"{ "item_name": "n" }"#), "passed"),
        (echoed("z.base.Depths/Find", r#"{ "level": "0" }"#), "passed"),
        (
            call(
                "shop.front.Orders/Echo",
                r#"{ "customerId": "c" }"#,
                r#"{ "customer_id": "c" }"#,
            ),
            "passed",
        ),
        (
            echoed("shop.front.Orders/Echo", r#"{ "state": "CLOSED" }"#),
            "G516 8:12 state: shop.front.State has no value \"CLOSED\": it has NONE, OPEN",
        ),
    ] {
        assert_eq!(servers.faults(port, &text), expected, "{text}");
    }
    // What is saved of it is whole, too.
    let address = format!("localhost:{port}");
    let saved = gctf(servers.path(), &["schema", "save", &address]);
    assert!(saved.status.success(), "{}", stderr(&saved));
    let set = servers.path().join(format!("gctf-schema/localhost_{port}.binpb"));
    let loaded = read_descriptor_set(&set).expect("a descriptor set");
    let order = loaded
        .descriptors
        .pool
        .get_message_by_name("shop.front.Order")
        .expect("a message");
    let field = |name: &str| order.get_field_by_name(name).expect("a field");
    assert!(field("maybe").field_descriptor_proto().proto3_optional());
    assert!(field("by_name").is_map() && !field("state").supports_presence());
}
