//! Every type of value, in every place that can hold one.

use super::super::super::testing::{fixture_of, with_reply};
use super::super::{Completions, completions};

const ALL: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service S { rpc Do(All) returns (All); rpc Wrap(google.protobuf.StringValue) returns (google.protobuf.Any); }
message All {
  string s = 1; bool b = 2; int32 i = 3; uint64 long = 4; double d = 5; bytes raw = 6; Kind kind = 7;
  Part part = 8; repeated Part parts = 9; map<string, Part> by_name = 10; map<int32, string> by_number = 11;
  google.protobuf.Timestamp at = 12; google.protobuf.Duration span = 13; google.protobuf.Int64Value wrapped = 14;
  google.protobuf.Struct extra = 15; google.protobuf.Value free = 16; google.protobuf.ListValue list = 17;
  google.protobuf.FieldMask update_mask = 18; google.protobuf.Any any = 19; google.protobuf.Empty empty = 20;
  google.protobuf.NullValue nothing = 21; repeated google.protobuf.Any anys = 22;
  oneof choice { string card = 23; Part cash = 24; } optional int32 maybe = 25; repeated int64 numbers = 26;
  map<string, Kind> kinds = 27; map<bool, Kind> flags = 28;
}
message Part { string part_name = 1; Part inner = 2; }
enum Kind { KIND_UNSPECIFIED = 0; OLD = 1 [deprecated = true]; NEW = 2; }
"#;

const OLD: &str = r#"
syntax = "proto2";
package t;
service S { rpc Do(Old) returns (Old); }
message Old {
  optional string note = 1; required Kind kind = 2; required string name = 3; optional Old inner = 5;
  optional group Extra = 4 { required int32 n = 1; }
  extensions 100 to 200;
}
enum Kind { A = 1; }
extend Old { optional Old more = 100; repeated string tags = 101; }
"#;

fn complete(text: &str, proto: &str) -> Completions {
    let (analysis, position) = fixture_of(proto, text);
    completions(&analysis, position)
}

/// `label=snippet` of each item at `$0` of a body.
fn offered(kind: &str, body: &str, proto: &str) -> Vec<String> {
    let text = format!("--- ENDPOINT ---\nt.S/Do\n--- {kind} ---\n{body}");
    let items = complete(&text, proto).items.into_iter();
    items.map(|item| format!("{}={}", item.label, item.snippet)).collect()
}

fn request(body: &str) -> Vec<String> {
    offered("REQUEST", body, ALL)
}

#[test]
fn values_of_every_type() {
    for (field, expected) in [
        ("s", &["\"\"=\"$1\""][..]),
        ("b", &["true=true", "false=false"]),
        ("i", &["0=0"]),
        ("long", &["\"0\"=\"${1:0}\""]),
        (
            "d",
            &[
                "0=0",
                "\"NaN\"=\"NaN\"",
                "\"Infinity\"=\"Infinity\"",
                "\"-Infinity\"=\"-Infinity\"",
            ],
        ),
        ("raw", &["\"\"=\"$1\""]),
        (
            "kind",
            &["NEW=\"NEW\"", "KIND_UNSPECIFIED=\"KIND_UNSPECIFIED\"", "OLD=\"OLD\""],
        ),
        ("part", &["{ fields … }={\n  $1\n}", "{ }={$1}"]),
        ("parts", &["[ ]=[$1]", "[ element ]=[{$1}]"]),
        ("by_name", &["{ }={$1}", "{ \"key\": value }={\"${1:key}\": {$2}}"]),
        ("by_number", &["{ }={$1}", "{ \"key\": value }={\"${1:1}\": \"$2\"}"]),
        ("at", &["now=\"${1:1970-01-01T00:00:00Z}\""]),
        ("span", &["\"1s\"=\"1s\"", "\"30s\"=\"30s\"", "\"1.5s\"=\"1.5s\""]),
        ("wrapped", &["\"0\"=\"${1:0}\""]),
        ("extra", &["{ }={$1}"]),
        (
            "free",
            &[
                "null=null",
                "true=true",
                "false=false",
                "0=0",
                "\"\"=\"$1\"",
                "{ }={$1}",
                "[ ]=[$1]",
            ],
        ),
        ("list", &["[ ]=[$1]"]),
        ("any", &["{ \"@type\": … }={\"@type\": \"$1\"}"]),
        ("empty", &["{ }={}"]),
        ("nothing", &["null=null"]),
        ("numbers", &["[ ]=[$1]", "[ element ]=[\"$1\"]"]),
    ] {
        assert_eq!(request(&format!("{{\"{field}\": $0}}")), expected, "{field}");
    }
    assert_eq!(request("{\"numbers\": [\"1\", $0]}"), ["\"0\"=\"${1:0}\""]);
    assert_eq!(request("{\"kinds\": {\"a\": \"N$0\"}}")[0], "NEW=\"NEW\"");
    assert_eq!(request("{\"extra\": {\"a\": [{\"b\": $0"), request("{\"free\": $0}"));
    assert_eq!(request("{\"part\": {\"inner\": {\"inner\": {$0").len(), 2);
}

#[test]
fn shells_of_keys() {
    let shells = request("{$0}");
    for expected in [
        "s=\"s\": \"$1\"",
        "b=\"b\": ${1|true,false|}",
        "i=\"i\": $1",
        "kind=\"kind\": \"${1|NEW,KIND_UNSPECIFIED,OLD|}\"",
        "part=\"part\": {$1}",
        "parts=\"parts\": [$1]",
        "by_name=\"by_name\": {$1}",
        "any=\"any\": {\"@type\": \"$1\"}",
        "empty=\"empty\": {}",
        "nothing=\"nothing\": null",
        "free=\"free\": $1",
    ] {
        assert!(shells.contains(&expected.to_owned()), "{expected}: {shells:?}");
    }
    assert_eq!(
        request("{\"flags\": {\"true\": \"NEW\", $0}}"),
        ["false=\"false\": \"${1|NEW,KIND_UNSPECIFIED,OLD|}\""]
    );
}

#[test]
fn required_fields_come_first_and_extensions_last() {
    let old = |body: &str| offered("REQUEST", body, OLD);
    let labels: Vec<_> = old("{$0}")
        .iter()
        .map(|item| item.split('=').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        labels,
        ["kind", "name", "note", "inner", "extra", "[t.more]", "[t.tags]"]
    );
    assert_eq!(
        old("{\"inner\": $0}")[0],
        "{ fields … }={\n  \"kind\": \"${1|A|}\",\n  \"name\": \"$2\"\n}"
    );
    assert_eq!(
        old("{\"[t.more]\": {\"inner\": {\"name\": \"\", \"kind\": $0"),
        ["A=\"A\""]
    );
    assert_eq!(old("{\"[t.tags]\": [$0]}"), ["\"\"=\"$1\""]);
    assert_eq!(old("{\"[t$0\": []}")[5], "[t.more]=\"[t.more]\"");
    assert_eq!(old("{\"extra\": {$0}}"), ["n=\"n\": $1"]);
}

#[test]
fn a_oneof_is_free_while_its_members_are_null() {
    let has = |body: &str, name: &str| request(body).iter().any(|item| item.starts_with(&format!("{name}=")));
    assert!(has("{\"card\": null, $0}", "cash"));
    assert!(!has("{\"card\": null, $0}", "card"));
    assert!(!has("{\"card\": \"\", $0}", "cash"));
    assert!(!has("{\"cash\": {}, $0}", "card"));
    assert!(!has("{\"card\": , $0}", "cash"));
    assert!(has("{\"cash$0\": {}}", "card"));
    assert!(has("{\"i\": 1, $0}", "maybe"));
}

#[test]
fn an_any_names_its_type_and_then_has_its_fields() {
    assert_eq!(request("{\"any\": {$0}}"), ["@type=\"@type\": \"$1\""]);
    let types = request("{\"any\": {\"@type\": \"$0\"}}");
    assert_eq!(
        types[..2],
        [
            "t.All=\"type.googleapis.com/t.All\"",
            "t.Part=\"type.googleapis.com/t.Part\""
        ]
    );
    assert!(types.contains(&"google.rpc.Help.Link=\"type.googleapis.com/google.rpc.Help.Link\"".to_owned()));
    assert!(types.last().unwrap().starts_with("google.protobuf."), "{types:?}");
    assert!(!types.iter().any(|item| item.contains("Entry")), "{types:?}");
    let part = ["part_name=\"part_name\": \"$1\"", "inner=\"inner\": {$1}"];
    assert_eq!(
        request("{\"any\": {\"@type\": \"type.googleapis.com/t.Part\", $0}}"),
        part
    );
    assert_eq!(
        request("{\"anys\": [{$0 \"@type\": \"x/t.Part\"}]}")[0],
        format!("{},", part[0])
    );
    assert_eq!(
        request("{\"anys\": [{\"@type\": \"x/t.Part\", \"inner\": {\"inner\": {$0"),
        part
    );
    let time = "{\"any\": {\"@type\": \"type.googleapis.com/google.protobuf.Duration\", $0}}";
    assert_eq!(request(time), ["value=\"value\": \"$1\""]);
    let value = time.replace("$0", "\"value\": $0");
    assert_eq!(request(&value)[0], "\"1s\"=\"1s\"");
    assert_eq!(request("{\"any\": {\"@type\": \"x/nobody.Knows\", $0}}"), [""; 0]);
}

#[test]
fn types_match_by_what_is_typed() {
    let filters = |typed: &str| {
        let text = format!("--- ENDPOINT ---\nt.S/Do\n--- REQUEST ---\n{{\"any\": {{\"@type\": \"{typed}$0\"}}}}");
        let items = complete(&text, ALL).items;
        items
            .into_iter()
            .find(|item| item.label == "t.Part")
            .map(|item| item.filter)
    };
    assert_eq!(filters("").as_deref(), Some("\"type.googleapis.com/t.Part\""));
    assert_eq!(filters("Par").as_deref(), Some("\"Part\""));
    assert_eq!(filters("t.P").as_deref(), Some("\"t.Part\""));
    assert_eq!(
        filters("type.googleapis.com/t.").as_deref(),
        Some("\"type.googleapis.com/t.Part\"")
    );
}

#[test]
fn details_of_an_error() {
    let error = |details: &str| {
        offered(
            "ERROR",
            &format!("{{\"code\": \"INTERNAL\", \"details\": [{details}]}}"),
            ALL,
        )
    };
    assert_eq!(error("$0")[0], "{ \"@type\": … }={\"@type\": \"$1\"}");
    assert_eq!(error("{$0}"), ["@type=\"@type\": \"$1\""]);
    let types = error("{\"@type\": $0}");
    assert_eq!(
        types[0],
        "google.rpc.ErrorInfo=\"type.googleapis.com/google.rpc.ErrorInfo\""
    );
    assert!(types.contains(&"t.All=\"type.googleapis.com/t.All\"".to_owned()));
    let bad_request = "\"@type\": \"type.googleapis.com/google.rpc.BadRequest\"";
    assert_eq!(
        error(&format!("{{{bad_request}, $0}}")),
        ["field_violations=\"field_violations\": [$1]"]
    );
    assert_eq!(
        error(&format!("{{{bad_request}, \"field_violations\": [{{\"fie$0\"}}]}}"))[0],
        "field=\"field\": \"$1\""
    );
    assert_eq!(error("{}, {\"@type\": \"x/t.All\", \"kind\": $0}")[0], "NEW=\"NEW\"");
}

#[test]
fn paths_of_a_mask_are_those_of_the_messages_beside_it() {
    let paths = request("{\"update_mask\": \"$0\"}");
    assert_eq!(paths, ["\"\"=\"$1\"", "partName=\"partName\"", "inner=\"inner\""]);
    assert_eq!(
        request("{\"update_mask\": \"partName,inner.$0\"}")[1..],
        [
            "inner.partName=\"partName,inner.partName\"",
            "inner.inner=\"partName,inner.inner\""
        ]
    );
    assert_eq!(
        request("{\"update_mask\": \"inner,$0\"}")[1..],
        ["partName=\"inner,partName\""]
    );
}

#[test]
fn wildcards_and_variables() {
    let text =
        "--- ENDPOINT ---\nt.S/Do\n--- EXTRACT ---\nid = .s\n--- ENDPOINT ---\nt.S/Do\n--- RESPONSE ---\n{\"b\": $0}";
    let items = complete(text, ALL).items;
    let snippets: Vec<_> = items.iter().map(|item| item.snippet.as_str()).collect();
    assert_eq!(snippets, ["true", "false", "\"*\"", "\"{{id\\}\\}\""]);
    assert_eq!(items[3].plain, "\"{{id}}\"");
    let items = complete(&text.replace("RESPONSE", "REQUEST").replace("$0", "'$0'"), ALL).items;
    assert_eq!(items[2].plain, "'{{id}}'");
}

#[test]
fn a_body_that_is_no_object() {
    let wrap = |kind: &str| {
        let text = format!("--- ENDPOINT ---\nt.S/Wrap\n--- {kind} ---\n$0");
        complete(&text, ALL).items
    };
    assert_eq!(wrap("REQUEST")[0].label, "\"\"");
    assert_eq!(wrap("RESPONSE")[0].label, "{ \"@type\": … }");
}

#[test]
fn broken_json_never_loses_the_way() {
    for broken in [
        "{\"part\": {\"part_name\": \"a\" $0",
        "{\"part\" {\"part_name\": \"a\", $0",
        "{\"part\": {\"part_name\": \"a, \n $0",
        "{\"i\": , \"part\": {\"part_name\": , $0}",
        "{\"i\" \"part\": {\"part_name\": \"x\", $0}",
        "{\"i\": 1 ] , \"part\": {\"part_name\": \"x\", $0}",
        "{\"parts\": [{\"part_name\": \"x\"}, {\"part_name\": 1, $0",
        "{\"parts\": [{\"part_name\": \"x\" {\"part_name\": 1, $0",
    ] {
        let found = request(broken);
        let inner = found.iter().any(|item| item.starts_with("inner="));
        assert!(
            inner && !found.iter().any(|item| item.starts_with("part_name=")),
            "{broken}: {found:?}"
        );
    }
}

#[test]
fn keys_of_maps_are_those_of_the_last_reply() {
    let text = "--- ENDPOINT ---\nt.S/Do\n--- RESPONSE ---\n{\"byName\": {\"a\": {}, $0}}";
    let (analysis, position) = fixture_of(ALL, text);
    let seen = serde_json::json!({ "by_name": { "b": {}, "a": {}, "c": {} } });
    let analysis = with_reply(analysis, vec![seen]);
    let found = completions(&analysis, position).items;
    let snippets: Vec<_> = found.iter().map(|item| item.snippet.as_str()).collect();
    assert_eq!(snippets, ["\"b\": {$1}", "\"c\": {$1}"]);
}

#[test]
fn many_types_are_narrowed_by_what_is_typed() {
    let messages: String = (0..5000)
        .map(|at| format!("message M{at} {{ string s{at} = 1; }}\n"))
        .collect();
    let proto = format!(
        "syntax = \"proto3\"; package t;\nimport \"google/protobuf/any.proto\";\nservice S {{ rpc Do(In) returns (In); }}\nmessage In {{ google.protobuf.Any any = 1; }}\n{messages}"
    );
    let text = "--- ENDPOINT ---\nt.S/Do\n--- REQUEST ---\n{\"any\": {\"@type\": \"M4999$0\"}}";
    let (analysis, mut position) = fixture_of(&proto, text);
    let found = completions(&analysis, position);
    assert_eq!((found.items.len(), found.incomplete), (1, false));
    position.offset -= "M4999".len();
    let found = completions(&analysis, position);
    assert_eq!((found.items.len(), found.incomplete), (200, true));
}
