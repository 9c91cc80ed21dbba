//! TLS and PROTO written as one JSON object.

use super::super::files;
use super::super::json::{key_item, template};
use super::{Item, tab_stop};
use crate::spec::{Form, Word};
use crate::syntax::Section;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Step};

/// Keys and values of the object.
pub(in super::super) fn items(section: &Section, place: &JsonPlace) -> Vec<Item> {
    match (place.slot, place.path.as_slice()) {
        (JsonSlot::Key, []) => keys(section, place),
        // Members of these count as if they stood outside.
        (JsonSlot::Key, [Step::Key(group)]) if matches!(group.as_str(), "certificates" | "options") => {
            keys(section, place)
        }
        (JsonSlot::Value, _) => files::in_object(section, place).map_or_else(Vec::new, |word| values(word, place)),
        _ => Vec::new(),
    }
}

fn keys(section: &Section, place: &JsonPlace) -> Vec<Item> {
    let words = section.kind.keys().iter();
    let missing = words.filter(|word| !place.siblings.iter().any(|key| word.is(key)));
    missing
        .map(|word| {
            let shell = match word.form {
                Form::Boolean => tab_stop(word.form),
                Form::Paths | Form::List => "[\"$1\"]".to_owned(),
                form => format!("\"{}\"", tab_stop(form)),
            };
            Item {
                documentation: Some(word.describe().into()),
                ..key_item(word.name(), &shell, place)
            }
        })
        .collect()
}

fn values(word: &Word, place: &JsonPlace) -> Vec<Item> {
    let values = word.form.suggestions().iter().map(|value| match word.form {
        Form::Boolean => (*value).to_owned(),
        _ => format!("\"{value}\""),
    });
    values.map(|value| template(&value, &value, place)).collect()
}
