//! One table for the checker and the decoder, and what is said of a reply that is expected.

mod kinds;
mod replies;
mod requests;

use super::{Rules, check, decode};
use crate::diagnostic::{Change, Diagnostic, Severity};
use crate::schema::shape::Shape;
use crate::syntax::SourceFile;
use crate::syntax::json::Value;
use prost_reflect::MessageDescriptor;

const PROTO: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message M {
  string s = 1; bool b = 2; bytes raw = 3;
  int32 i32 = 4; sint32 si32 = 5; sfixed32 sf32 = 6; uint32 u32 = 7; fixed32 f32 = 8;
  int64 i64 = 9; sint64 si64 = 10; sfixed64 sf64 = 11; uint64 u64 = 12; fixed64 f64 = 13;
  float real = 14; double wide = 15;
  Kind kind = 16; M inner = 17; repeated M many = 18; repeated int32 numbers = 19; repeated Kind kinds = 20;
  map<string, string> labels = 21; map<int32, M> by_id = 22; map<bool, int64> by_flag = 23; map<uint64, Kind> by_big = 24;
  google.protobuf.Timestamp at = 25; google.protobuf.Duration span = 26; google.protobuf.FieldMask mask = 27;
  google.protobuf.Struct extra = 28; google.protobuf.Value free = 29; google.protobuf.ListValue list = 30;
  google.protobuf.Any any = 31; google.protobuf.Empty empty = 32;
  google.protobuf.StringValue text = 33; google.protobuf.Int64Value long = 34; google.protobuf.BoolValue flag = 35;
  google.protobuf.BytesValue bytes_value = 36; google.protobuf.FloatValue float_value = 37;
  google.protobuf.NullValue nothing = 38; repeated google.protobuf.Value frees = 39;
  oneof choice { string card = 40; int32 cash = 41; M other = 42; }
  optional int32 maybe = 43; string user_id = 44; string home = 45 [json_name = "address"];
  string old = 46 [deprecated = true]; repeated google.protobuf.Timestamp times = 47;
  map<string, google.protobuf.Value> values = 48; repeated google.protobuf.StringValue texts = 49;
}
enum Kind { option allow_alias = true; NONE = 0; BIG = 1; LARGE = 1; SMALL = 2; }
"#;

fn message() -> MessageDescriptor {
    let schema = crate::ide::testing::schema(PROTO);
    schema.pool().get_message_by_name("t.M").unwrap()
}

/// The text of a file with one body, and its value.
fn body(text: &str) -> (String, Value) {
    let file = format!("--- RESPONSE ---\n{text}\n");
    let source = SourceFile::new(&file);
    let (_, document) = source.document(0).unwrap();
    let value = document.sections()[0].values()[0].clone();
    (file, value)
}

fn findings(text: &str, message: &MessageDescriptor, rules: Rules<'_>) -> (String, Vec<Diagnostic>) {
    let (file, value) = body(text);
    let mut found = check(&value, &Shape::of_message(message), rules);
    found.sort_by_key(|finding| finding.range.start);
    (file, found)
}

/// Holds that checker and decoder both take each of the values `accepted` for a field, and neither one of `refused`.
fn agree(message: &MessageDescriptor, field: &str, accepted: &[&str], refused: &[&str]) {
    let verdict = |text: &str| {
        let (file, found) = findings(text, message, Rules::SENT);
        let errors: Vec<_> = found
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        (drawn(&file, &errors), decode(&body(text).1, message).err())
    };
    for value in accepted {
        let text = format!("{{\"{field}\": {value}}}");
        assert_eq!(verdict(&text), (Vec::new(), None), "{text}");
    }
    for value in refused {
        let text = format!("{{\"{field}\": {value}}}");
        let (checked, decoded) = verdict(&text);
        assert!(
            !checked.is_empty(),
            "the checker accepts {text}, the decoder says {decoded:?}"
        );
        // Which the decoder takes for a double.
        let is_rounded = *value == "18446744073709551616";
        assert!(
            decoded.is_some() || is_rounded,
            "the decoder accepts {text}, the checker says {checked:?}"
        );
    }
}

/// `code severity marked: message [title -> text]` of each finding.
fn drawn(file: &str, found: &[Diagnostic]) -> Vec<String> {
    let draw = |finding: &Diagnostic| {
        let severity = match finding.severity {
            Severity::Error => "E",
            Severity::Warning => "W",
            Severity::Information => "I",
            Severity::Hint => "H",
        };
        let mut line = format!(
            "{} {severity} {}: {}",
            finding.code,
            &file[finding.range.clone()],
            finding.message
        );
        for fix in &finding.fixes {
            let text = match &fix.change {
                Change::Edits(edits) => edits[0].text.clone(),
                Change::Remove(range) => format!("without {}", &file[range.clone()]),
            };
            line.push_str(&format!(" [{} -> {text}]", fix.title));
        }
        line
    };
    found.iter().map(draw).collect()
}
