//! What the words of the language mean.

use super::super::super::context::Context;
use super::super::super::hover::Hover;
use crate::spec::attributes::ATTRIBUTES;
use crate::spec::codes::MEANINGS;
use crate::spec::headers::HEADERS;
use crate::spec::{SectionKind, Word, find, keys};
use crate::status::{code_name, parse_code};
use crate::syntax::Section;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Place, Step};
use std::ops::Range;

/// The hover text of what the table knows at `place`.
pub(in crate::ide) fn hover(context: &Context<'_>, place: &Place<'_>) -> Option<Hover> {
    let text = context.document.text();
    match place {
        Place::HeaderName { section } => Some(Hover {
            range: section.name_range.clone(),
            markdown: section.kind.spec()?.describe(),
        }),
        Place::HeaderOption { section, token } => {
            let words = section.kind.spec()?.options;
            of_word(find(words, text[token.clone()].trim_matches('"'))?, token)
        }
        Place::HeaderOptionValue { section, option, token } => {
            of_word(find(section.kind.spec()?.options, option)?, token)
        }
        Place::AttributeName { token } => of_word(find(ATTRIBUTES, &text[token.clone()])?, token),
        Place::AttributeValue { name, token } => of_word(find(ATTRIBUTES, name)?, token),
        Place::Key { section, token, .. } => of_key(section, &text[token.clone()], token),
        Place::Setting { section, key, token } => of_key(section, key, token),
        Place::Template { token, .. } => of_variable(context, token),
        Place::Header { .. } | Place::Line { .. } | Place::Json { .. } | Place::Expression { .. } | Place::Nowhere => {
            None
        }
    }
}

fn of_word(word: &Word, token: &Range<usize>) -> Option<Hover> {
    let found = Hover {
        range: token.clone(),
        markdown: word.describe(),
    };
    (!token.is_empty()).then_some(found)
}

fn of_key(section: &Section, key: &str, token: &Range<usize>) -> Option<Hover> {
    let key = key.trim();
    if section.kind == SectionKind::RequestHeaders {
        let header = HEADERS.iter().find(|header| header.name.eq_ignore_ascii_case(key))?;
        return Some(Hover {
            range: token.clone(),
            markdown: header.docs.to_owned(),
        });
    }
    let threshold = section.kind == SectionKind::Bench && key.starts_with(keys::THRESHOLDS);
    match threshold {
        true => of_word(&keys::THRESHOLD, token),
        false => of_word(find(section.kind.keys(), key)?, token),
    }
}

fn of_variable(context: &Context<'_>, token: &Range<usize>) -> Option<Hover> {
    let name = &context.document.text()[token.clone()];
    let root = name.split('.').next().unwrap_or(name);
    let variables = context.source().visible_variables(context.index, token.start);
    let variable = variables
        .iter()
        .find(|variable| variable.name == name || variable.name == root);
    if let (None, Some(name)) = (variable, name.strip_prefix("env.")) {
        return Some(Hover {
            range: token.clone(),
            markdown: of_environment(context, name),
        });
    }
    let variable = variable?;
    let markdown = match &variable.set_at {
        None => "A column of DATASET.".to_owned(),
        Some(range) => {
            let source = context.source().text();
            let line = source.line(source.byte_to_line(range.start)).to_string();
            format!("```gctf\n{}\n```\n\nSet by EXTRACT.", line.trim())
        }
    };
    Some(Hover {
        range: token.clone(),
        markdown,
    })
}

/// Whether a variable of the environment is set; never what it holds.
fn of_environment(context: &Context<'_>, name: &str) -> String {
    let config = context.config();
    let chosen = match config.settings.environment.as_str() {
        "" => String::new(),
        chosen => format!(" or in the environment `{chosen}`"),
    };
    let state = match &config.environment {
        None => return "A variable of the environment.".to_owned(),
        Some(names) if names.contains(name) => "set",
        Some(_) => "not set",
    };
    format!("A variable of the environment: {state} in the process{chosen}.")
}

/// The hover text of a member or a code of an ERROR.
pub(in crate::ide) fn status_hover(text: &str, place: &JsonPlace) -> Option<Hover> {
    let written = text[place.token.clone()].trim_matches(['"', '\'']);
    let member = |name: &str| Some(find(keys::ERROR, name)?.docs.to_owned());
    let markdown = match (place.slot, place.path.as_slice()) {
        (JsonSlot::Key, []) => member(written)?,
        (JsonSlot::Value, [Step::Key(key)]) if key == "code" => {
            let code = parse_code(written)?;
            let meaning = usize::try_from(code).ok().and_then(|code| MEANINGS.get(code))?;
            format!("{} ({code})\n\n{meaning}", code_name(code))
        }
        (JsonSlot::Value, [Step::Key(key)]) => member(key)?,
        _ => return None,
    };
    let found = Hover {
        range: place.token.clone(),
        markdown,
    };
    (!place.token.is_empty()).then_some(found)
}
