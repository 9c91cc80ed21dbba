//! Names that are rewritten, and names that are not; comparisons that are always the same.

use super::expression::{Input, Resolved, resolve};
use super::form::{Defaults, Type};
use crate::expr::Place;
use crate::schema::shape::Shape;
use prost_reflect::MessageDescriptor;
use std::collections::BTreeMap;

const PROTO: &str = r#"
    syntax = "proto3";
    package t;
    import "google/protobuf/struct.proto";
    import "google/protobuf/any.proto";
    message User {
        string user_id = 1; map<string, string> labels = 2; google.protobuf.Struct extra = 3;
        Home home = 4 [json_name = "address"]; repeated Home old_homes = 5; google.protobuf.Any any_thing = 6;
        map<string, Home> by_name = 7; bool is_new = 8;
        int64 big = 9; repeated uint64 bigs = 10; map<string, int64> counts = 11; int32 small = 12; double exact = 13;
    }
    message Home { string zip_code = 1; User the_owner = 2; }
"#;

fn of<'a>(
    source: &'a str,
    place: Place,
    message: Option<&MessageDescriptor>,
    variables: &BTreeMap<String, Type>,
) -> Resolved<'a> {
    let input = Input {
        ty: message.map_or(Type::Unknown, |message| Type::of(Shape::of_message(message))),
        variables,
        defaults: Defaults::Omitted,
    };
    resolve(source, place, &input)
}

#[test]
fn json_names_become_proto_names() {
    let schema = crate::ide::testing::schema(PROTO);
    let user = schema.pool().get_message_by_name("t.User").unwrap();
    for (source, expected) in [
        (".userId == \"a\"", ".user_id == \"a\""),
        (".\"userId\", .[\"userId\"]", ".\"user_id\", .[\"user_id\"]"),
        (".address.zipCode", ".home.zip_code"),
        (".home.zip_code", ".home.zip_code"),
        (
            ".labels.userId, .extra.userId, .anyThing.userId",
            ".labels.userId, .extra.userId, .any_thing.userId",
        ),
        (
            ".[$k], has(\"userId\"), keys, to_entries",
            ".[$k], has(\"userId\"), keys, to_entries",
        ),
        (".oldHomes[].zipCode", ".old_homes[].zip_code"),
        (
            ".oldHomes[0].zipCode, .oldHomes[1:][0].theOwner.isNew",
            ".old_homes[0].zip_code, .old_homes[1:][0].the_owner.is_new",
        ),
        (".oldHomes | map(.zipCode)", ".old_homes | map(.zip_code)"),
        (
            ".oldHomes | map(select(.zipCode == \"1\")) | first | .theOwner.userId",
            ".old_homes | map(select(.zip_code == \"1\")) | first | .the_owner.user_id",
        ),
        (
            ".oldHomes | sort_by(.zipCode) | last.zipCode",
            ".old_homes | sort_by(.zip_code) | last.zip_code",
        ),
        (
            "[.oldHomes[] | select(.theOwner.isNew)][0].zipCode",
            "[.old_homes[] | select(.the_owner.is_new)][0].zip_code",
        ),
        (
            ".address as $h | $h.zipCode == .userId",
            ".home as $h | $h.zip_code == .user_id",
        ),
        (
            ". as {userId: $x, address: {zipCode: $z}} | $x",
            ". as {user_id: $x, home: {zip_code: $z}} | $x",
        ),
        (". as {$userId} | $userId", ". as {user_id: $userId} | $userId"),
        (
            "{userId, a: .isNew} | .userId",
            "{userId: .user_id, a: .is_new} | .userId",
        ),
        (
            "any(.oldHomes[]; .zipCode == \"1\")",
            "any(.old_homes[]; .zip_code == \"1\")",
        ),
        (
            ".oldHomes | any(.zipCode == \"1\") and (length == 1)",
            ".old_homes | any(.zip_code == \"1\") and (length == 1)",
        ),
        (
            "reduce .oldHomes[] as $h (.userId; . + $h.zipCode)",
            "reduce .old_homes[] as $h (.user_id; . + $h.zip_code)",
        ),
        (
            ".byName.zipCode.zipCode, (.byName[] | .zipCode)",
            ".by_name.zipCode.zip_code, (.by_name[] | .zip_code)",
        ),
        (
            "if .isNew then .address else .oldHomes[0] end | .zipCode",
            "if .is_new then .home else .old_homes[0] end | .zip_code",
        ),
        (
            "@len(.userId) > 0 and @is_uuid(.userId)",
            "@len(.user_id) > 0 and @is_uuid(.user_id)",
        ),
        ("\"\\(.userId)\" == \"userId\"", "\"\\(.user_id)\" == \"userId\""),
        (
            ".userId matches /userId/ # .userId",
            ".user_id matches /userId/ # .userId",
        ),
        (
            "(.address // .oldHomes[0]).zipCode",
            "(.home // .old_homes[0]).zip_code",
        ),
        ("def map(f): f; map(.userId)", "def map(f): f; map(.userId)"),
        ("not .isNew", "not .is_new"),
        (
            ".userId:string == \"a\" // see the ticket",
            ".user_id:string == \"a\"                  ",
        ),
        (".nope.userId, .userId.x", ".nope.userId, .user_id.x"),
        (".userId ==", ".userId =="),
        ("..", ".."),
    ] {
        let resolved = of(source, Place::Asserts, Some(&user), &BTreeMap::new());
        assert_eq!(resolved.text, expected, "{source}");
    }
}

#[test]
fn variables_keep_the_type_of_what_they_were_extracted_from() {
    let schema = crate::ide::testing::schema(PROTO);
    let user = schema.pool().get_message_by_name("t.User").unwrap();
    let mut types = BTreeMap::new();
    for (name, source) in [
        ("u", "."),
        ("homes", ".oldHomes"),
        ("some", ".oldHomes[0] // .address"),
        ("either", ".address // .labels"),
        ("text", ".userId"),
        ("labels", ".labels"),
        ("built", "{userId: 1}"),
    ] {
        let ty = of(source, Place::Extract, Some(&user), &BTreeMap::new()).ty;
        types.insert(name.to_owned(), ty);
    }
    for (source, expected) in [
        ("$u.userId == .userId", "$u.user_id == .userId"),
        ("$homes | map(.zipCode)", "$homes | map(.zip_code)"),
        ("$some.zipCode", "$some.zip_code"),
        ("$either.zipCode", "$either.zipCode"),
        (
            "$text.userId, $labels.userId, $built.userId",
            "$text.userId, $labels.userId, $built.userId",
        ),
        (". as $u | $u.userId", ". as $u | $u.userId"),
        ("$nope.userId", "$nope.userId"),
    ] {
        let resolved = of(source, Place::Asserts, None, &types);
        assert_eq!(resolved.text, expected, "{source}");
    }
}

#[test]
fn long_integers_are_not_ordered_against_numbers() {
    let schema = crate::ide::testing::schema(PROTO);
    let user = schema.pool().get_message_by_name("t.User").unwrap();
    let none = BTreeMap::new();
    for (source, expected) in [
        (".big > 10", ".big"),
        ("10 <= .big and .small > 1", ".big"),
        (".big < -1", ".big"),
        (".big >= .small", ".big"),
        (".exact < (.big)", "(.big)"),
        (".bigs[0] < 1, .counts.a > 1", ".bigs[0] .counts.a"),
        (".big | . > 10", "."),
        ("any(.bigs[]; . > 3)", "."),
        (".bigs | map(. > 3) | all", "."),
        (".bigs | max > 3", "max"),
        (". as {big: $b} | $b > 3", "$b"),
        (".oldHomes[0].theOwner.big > 1", ".oldHomes[0].theOwner.big"),
        // Of one kind, converted, or not certain.
        (".big == 10 or .big != 10", ""),
        (".big > \"10\"", ""),
        (".big:number > 10", ""),
        ("(.big | tonumber) > 10", ""),
        ("(.big // 0) > 10, (.big // 0 | . > 10)", ""),
        ("(.big // 0) as $b | $b > 10", ""),
        (".big > .big", ""),
        (".bigs > 3", ""),
        (".extra.big > 3", ""),
        (".small > 3 and .exact < 1.5", ""),
        ("(.big | length) > 3", ""),
        ("$big > 3", ""),
        ("def big: 1; big > 3", ""),
        ("\"<\" == .user_id", ""),
        (".big >", ""),
    ] {
        let found = of(source, Place::Asserts, Some(&user), &none).errors;
        assert!(found.iter().all(|error| error.code == "G411"), "{source}");
        let sides: Vec<_> = found.iter().map(|error| &source[error.range.clone()]).collect();
        assert_eq!(sides.join(" "), expected, "{source}");
    }
    for (place, advice) in [
        (Place::Asserts, "write `.big:number`"),
        (Place::Extract, "write `(.big | tonumber)`"),
    ] {
        let found = of(".big > 10", place, Some(&user), &none).errors;
        assert!(found[0].message.ends_with(advice), "{found:?}");
    }
}
