//! Editions as protoc writes them: messages are the same bytes here as in Python's own library.

use crate::support::peers::{program, skip};
use crate::support::{servers::Servers, workspace};
use gctf_lsp::grpc::protos::read_descriptor_set;
use gctf_lsp::schema::json::{Defaults, shown};
use gctf_lsp::schema::shape::is_closed;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde_json::json;
use std::process::Command;

const PROTO: &str = r#"
edition = "2023";
package e;
import "google/protobuf/timestamp.proto";
message M {
  int32 explicit = 1;
  int32 implicit = 2 [features.field_presence = IMPLICIT];
  string needed = 3 [features.field_presence = LEGACY_REQUIRED];
  repeated int32 packed = 4;
  repeated sint64 expanded = 5 [features.repeated_field_encoding = EXPANDED];
  Part prefixed = 6;
  Part delimited = 7 [features.message_encoding = DELIMITED];
  repeated Part parts = 8 [features.message_encoding = DELIMITED];
  map<string, Part> by_name = 9;
  Open open = 10;
  Closed closed = 11 [features.field_presence = EXPLICIT];
  oneof choice { int32 left = 12; Part right = 13 [features.message_encoding = DELIMITED]; }
  google.protobuf.Timestamp at = 14;
  bytes preset = 15 [default = "ab", features.field_presence = EXPLICIT];
  extensions 100 to 200;
  message Part {
    uint64 size = 1 [features.field_presence = IMPLICIT];
    M whole = 2 [features.message_encoding = DELIMITED];
  }
}
extend M {
  repeated fixed32 marks = 100;
  M.Part extra = 101 [features.message_encoding = DELIMITED];
}
enum Open { NONE = 0; SOME = 1; }
enum Closed { option features.enum_type = CLOSED; NO = 0; YES = 1; }
"#;

#[test]
fn the_same_bytes_as_in_python() {
    let Some(python) = program("GCTF_TEST_PYTHON", &["-c", "import grpc_tools, google.protobuf"]) else {
        return skip("grpcio-tools");
    };
    let servers = Servers::new();
    // Maps of one entry: they have no order. Of the file's own features, those that fields inherit, and both syntaxes that a file may end in.
    for (number, (features, value)) in [
        ("", json!({ "explicit": 0, "implicit": 0, "needed": "" })),
        (
            "option features.field_presence = IMPLICIT;",
            json!({ "explicit": 0, "implicit": 5, "needed": "", "open": "NONE", "prefixed": {} }),
        ),
        (
            "option features.message_encoding = DELIMITED;\noption features.repeated_field_encoding = EXPANDED;",
            json!({ "needed": "n", "packed": [1, 300], "prefixed": { "size": "1" }, "by_name": { "a": { "size": "9" } }, "at": "1970-01-01T00:00:01Z" }),
        ),
        (
            "",
            json!({
                "explicit": 1, "needed": "n", "packed": [1, 2, 300], "expanded": ["-1", "5"],
                "delimited": { "size": "18446744073709551615", "whole": { "needed": "x" } }, "parts": [{}, { "size": "2" }],
                "by_name": { "b": {} }, "open": 7, "closed": "YES", "right": { "size": "4" },
                "at": "2024-01-01T00:00:00.500Z", "preset": "AQI=", "[e.marks]": [1, 2]
            }),
        ),
        // Python puts several extensions in an order of its own.
        ("", json!({ "needed": "n", "[e.extra]": { "size": "3" } })),
    ]
    .into_iter()
    .enumerate()
    {
        let proto = PROTO.replace("package e;", &format!("package e;\n{features}"));
        let source = servers.write(&format!("e{number}.proto"), &proto);
        let set = servers.path().join(format!("e{number}.binpb"));
        let output = Command::new(&python)
            .arg(workspace().join("tests/peers/editions.py"))
            .args([&source, &set])
            .args(["e.M", &value.to_string()])
            .output()
            .expect("python starts");
        assert!(output.status.success(), "{}", crate::support::stderr(&output));
        let expected = crate::support::stdout(&output).trim().to_owned();

        let loaded = read_descriptor_set(&set).expect("a descriptor set");
        let message = loaded.descriptors.pool.get_message_by_name("e.M").expect("e.M");
        let own = DynamicMessage::deserialize(message.clone(), &value).expect("a message");
        let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(own.encode_to_vec()), expected, "{features} {value}");
        let bytes: Vec<u8> = (0..expected.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&expected[at..at + 2], 16).expect("hexadecimal"))
            .collect();
        let theirs = DynamicMessage::decode(message, bytes.as_slice()).expect("a message");
        assert_eq!(shown(&theirs, Defaults::Omitted), shown(&own, Defaults::Omitted));
        let closed = |name: &str| is_closed(&loaded.descriptors.pool.get_enum_by_name(name).expect("an enum"));
        assert_eq!((closed("e.Open"), closed("e.Closed")), (false, true));
    }
}
