//! The body of ERROR: a status.

use super::super::json::{key_item, template};
use super::{Item, ItemKind};
use crate::spec::codes::MEANINGS;
use crate::spec::keys;
use crate::status::CODES;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Step};

/// What can stand at `place` of an ERROR.
pub(in super::super) fn items(place: &JsonPlace) -> Vec<Item> {
    match (place.slot, place.path.as_slice()) {
        (JsonSlot::Key, []) => members(place),
        (JsonSlot::Value, []) => vec![template("{ }", "{\"code\": \"$1\", \"message\": \"${2:*}\"}", place)],
        (JsonSlot::Value, [Step::Key(key)]) => match key.as_str() {
            "code" => codes(place),
            "message" => vec![Item {
                documentation: Some("Any message.".into()),
                ..template("\"*\"", "\"*\"", place)
            }],
            "details" => vec![template("[ ]", "[$1]", place)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn members(place: &JsonPlace) -> Vec<Item> {
    let missing = keys::ERROR
        .iter()
        .filter(|word| !place.siblings.iter().any(|key| word.is(key)));
    missing
        .map(|word| {
            let shell = match word.name() {
                "code" => format!("\"${{1|{}|}}\"", CODES[1..].join(",")),
                "message" => "\"${1:*}\"".to_owned(),
                _ => "[$1]".to_owned(),
            };
            Item {
                documentation: Some(word.docs.into()),
                ..key_item(word.name(), &shell, place)
            }
        })
        .collect()
}

/// The codes of errors in the order of their numbers.
fn codes(place: &JsonPlace) -> Vec<Item> {
    let quote = place.quote.unwrap_or('"');
    let codes = CODES.iter().zip(MEANINGS).enumerate().skip(1);
    codes
        .map(|(number, (name, meaning))| {
            let text = format!("{quote}{name}{quote}");
            Item {
                kind: ItemKind::EnumMember,
                label: (*name).to_owned(),
                detail: Some(number.to_string()),
                documentation: Some(meaning.into()),
                filter: match place.quote {
                    Some(_) => text.clone(),
                    None => (*name).to_owned(),
                },
                ..template(&text, &text, place)
            }
        })
        .collect()
}
