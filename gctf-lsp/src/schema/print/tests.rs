//! What is printed compiles to what was printed.

use super::{Printed, print};
use crate::grpc::pool;
use crate::schema::source_info::Descriptors;
use expect_test::expect;
use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::text_format::FormatOptions;
use prost_reflect::{DescriptorPool, DynamicMessage, FileDescriptor};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use std::collections::BTreeMap;

struct Texts(BTreeMap<String, String>);

impl FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            Some(text) => File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn compile(texts: BTreeMap<String, String>) -> Descriptors {
    let names: Vec<_> = texts.keys().cloned().collect();
    let mut resolver = ChainFileResolver::new();
    resolver.add(Texts(texts.clone()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_source_info(true).include_imports(true);
    for name in names {
        if let Err(error) = compiler.open_file(&name) {
            panic!("{error:?}\n{}", texts[&name]);
        }
    }
    pool::slim(&compiler.descriptor_pool())
}

/// A file without its comments and positions.
fn bare(file: &FileDescriptor) -> DynamicMessage {
    let kind = DescriptorPool::global()
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .unwrap();
    let mut message = DynamicMessage::decode(kind, file.encode_to_vec().as_slice()).unwrap();
    message.clear_field_by_name("source_code_info");
    message
}

/// Prints every file of the pool, the bundled ones too, and compiles what came.
fn round_trip(Descriptors { pool, source_info }: &Descriptors) {
    let printed = pool
        .files()
        .map(|file| (file.name().to_owned(), print(&file, source_info, "Generated.").text));
    let printed: BTreeMap<_, _> = printed.collect();
    let again = compile(printed.clone()).pool;
    // Options of which all that was set is unknown to the bundled descriptors are empty there.
    let empty = regex::Regex::new(r"options \{\s*\}\s*").unwrap();
    for file in pool.files() {
        let other = again.get_file_by_name(file.name()).unwrap();
        let pretty = FormatOptions::new()
            .pretty(true)
            .print_message_fields_in_index_order(true);
        let lines = |file: &FileDescriptor| {
            let text = bare(file).to_text_format_with_options(&pretty);
            let text = empty.replace_all(&text, "").into_owned();
            text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
        };
        let (before, after) = (lines(&file), lines(&other));
        let differing = before
            .lines()
            .zip(after.lines())
            .position(|(before, after)| before != after);
        let around = differing.map(|at| {
            let part = |text: &str| {
                text.lines()
                    .skip(at.saturating_sub(12))
                    .take(20)
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            format!("{}\n--- became\n{}", part(&before), part(&after))
        });
        assert!(before == after, "{}: {}", file.name(), around.unwrap_or_default());
    }
}

fn of(texts: &[(&str, &str)]) -> Descriptors {
    compile(
        texts
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
    )
}

const OLD: &str = r#"
syntax = "proto2";
package old.v1;
import "google/protobuf/descriptor.proto";
import public "google/protobuf/timestamp.proto";

option java_package = "com.old";
option optimize_for = CODE_SIZE;
option (note) = "a \"file\"\n\001";

extend google.protobuf.FileOptions { optional string note = 50000; }
extend google.protobuf.FieldOptions {
  repeated int32 numbers = 50001;
  optional Rule rule = 50002;
}
message Rule {
  optional string pattern = 1;
  repeated Rule inner = 2;
  optional double weight = 3;
  optional Level level = 4;
}
enum Level { option allow_alias = true; LOW = 0; LEAST = 0; HIGH = 5 [deprecated = true]; NEGATIVE = -1;
  reserved 7, 9 to 11, 100 to max; reserved "GONE", "LOST"; }

// A message.
message Old {
  message First { optional int32 n = 1; }
  map<string, First> firsts = 1;
  message Second { message Third { } optional Third third = 1; }
  // Named oddly.
  required string odd_name = 2 [json_name = "strange", (numbers) = 1, (numbers) = -2];
  optional group Result = 3 { required string url = 1; optional group Deep = 2 { } }
  repeated int32 packed = 4 [packed = true, (rule) = { pattern: "a'b", inner: [{ level: HIGH }], weight: 1.5 }];
  optional string text = 5 [default = "x\"\\\n€"];
  optional bytes raw = 6 [default = "\001\377a"];
  optional double inf = 7 [default = inf];
  optional double minus = 8 [default = -inf];
  optional Level level = 9 [default = HIGH];
  oneof choice { int32 a = 10; Second b = 11; group C = 12 { optional int32 d = 1; } }
  map<int32, Level> levels = 13;
  optional google.protobuf.Timestamp at = 14;
  optional bool yes = 15 [default = true, deprecated = true];
  repeated group Many = 16 { }
  extensions 100 to 199, 300;
  extensions 1000 to max;
  reserved 20, 22 to 25;
  reserved "gone";
  extend Old { optional string inside = 101; }
}
extend Old {
  // Outside.
  optional int64 outside = 102;
  repeated group Extra = 103 { optional string x = 1; }
}
"#;

const NEW: &str = r#"
syntax = "proto3";
package new;
import "old.proto";
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";

// The service.
//
// In two paragraphs.
service Orders {
  option deprecated = true;
  // Creates.
  rpc Create(Order) returns (stream .new.Order.Item) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Both(stream google.protobuf.Any) returns (old.v1.Old);
}
message Order {
  string id = 1; // The id.
  optional int32 count = 2;
  repeated Item items = 3;
  message Item { string name = 1; Item parent = 2; Order order = 3; }
  message google { message protobuf { message Any { } } Order Order = 1; }
  google mine = 4;
  .google.protobuf.Any any = 5;
  .old.v1.Level level = 6;
  message old { }
  oneof one { Kind kind = 7; .google.protobuf.Value value = 8; }
  enum Kind { NONE = 0; SOME = 1; }
  repeated int32 unpacked = 9 [packed = false];
  string camelCase = 10;
  string _under__score_ = 11;
  message Empty { }
}
"#;

#[test]
fn every_construct_comes_back() {
    round_trip(&of(&[("old.proto", OLD), ("new.proto", NEW)]));
}

#[test]
fn a_file_without_a_package_comes_back() {
    round_trip(&of(&[
        (
            "a.proto",
            "syntax = \"proto2\"; import \"b.proto\"; message A { optional B b = 1; } message B { optional a.b.A a = 1; }",
        ),
        (
            "b.proto",
            "syntax = \"proto3\"; package a.b; message A { A A = 1; b x = 2; B y = 3; message b { string a = 1; } message B { } }",
        ),
    ]));
}

#[test]
fn protos_of_this_project_come_back() {
    let chat = include_str!("../../../../examples/basic-examples/real-time-chat/server/chat.proto");
    let details = include_str!("../../grpc/error_details.proto");
    round_trip(&of(&[("chat.proto", chat), ("details.proto", details)]));
}

#[test]
fn bundled_files_come_back() {
    round_trip(&DescriptorPool::global().into());
}

/// Whether something with a name of its own is declared at `path`.
fn is_element(path: &[i32]) -> bool {
    let mut kind = "file";
    for step in path.chunks(2) {
        kind = match (kind, step[0]) {
            ("file", 4) | ("message", 3) => "message",
            ("file", 5) | ("message", 4) => "enum",
            ("file", 6) => "service",
            ("file", 7) | ("message", 2 | 6 | 8) | ("enum" | "service", 2) => "leaf",
            _ => return false,
        };
    }
    path.len().is_multiple_of(2) && !path.is_empty()
}

#[test]
fn every_element_has_its_place() {
    let Descriptors { pool, source_info } = of(&[("old.proto", OLD), ("new.proto", NEW)]);
    for name in ["old.proto", "new.proto"] {
        let file = pool.get_file_by_name(name).unwrap();
        let Printed { text, places } = print(&file, &source_info, "Generated.");
        // Every declaration of the source has a location of its name, which ends in 1.
        for location in source_info.of_file(name) {
            let location = Location::decode(location).unwrap();
            let [path @ .., 1] = location.path.as_slice() else {
                continue;
            };
            if is_element(path) {
                assert!(places.contains_key(path), "{path:?} of {name} in\n{text}");
            }
        }
    }
    let file = pool.get_file_by_name("new.proto").unwrap();
    let printed = print(&file, &source_info, "Generated.");
    let field = pool
        .get_message_by_name("new.Order.Item")
        .unwrap()
        .get_field(2)
        .unwrap();
    assert_eq!(&printed.text[printed.place(field.path()).unwrap()], "parent");
}

#[test]
fn it_reads_like_a_source() {
    let Descriptors { pool, source_info } = of(&[("old.proto", OLD), ("new.proto", NEW)]);
    let file = pool.get_file_by_name("new.proto").unwrap();
    expect![[r#"
        // Generated from reflection of localhost:4770.

        syntax = "proto3";

        package new;

        import "old.proto";
        import "google/protobuf/any.proto";
        import "google/protobuf/struct.proto";

        // The service.
        //
        // In two paragraphs.
        service Orders {
          option deprecated = true;
          // Creates.
          rpc Create(Order) returns (stream Order.Item) {
            option idempotency_level = NO_SIDE_EFFECTS;
          }
          rpc Both(stream google.protobuf.Any) returns (old.v1.Old);
        }

        message Order {
          enum Kind {
            NONE = 0;
            SOME = 1;
          }

          // The id.
          string id = 1;
          optional int32 count = 2;
          repeated Item items = 3;
          google mine = 4;
          .google.protobuf.Any any = 5;
          .old.v1.Level level = 6;
          oneof one {
            Kind kind = 7;
            .google.protobuf.Value value = 8;
          }
          repeated int32 unpacked = 9 [packed = false];
          string camelCase = 10;
          string _under__score_ = 11;

          message Item {
            string name = 1;
            Item parent = 2;
            Order order = 3;
          }

          message google {
            new.Order Order = 1;

            message protobuf {
              message Any {}
            }
          }

          message old {}

          message Empty {}
        }
    "#]]
    .assert_eq(&print(&file, &source_info, "Generated from reflection of localhost:4770.").text);
}
