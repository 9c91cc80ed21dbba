//! Values of a document as a shell gets them: JSON on one line, templates by what they held in the last run, secrets and
//! the environment as variables of the shell.

use super::shell::{Piece, Word, push, variable_name};
use crate::eval::template::{Variables, from_json, names};
use crate::ide::RunState;
use crate::ide::context::Context;
use crate::schema::shape::Shape;
use crate::secrets::{Mask, Masker, Secrets};
use crate::syntax::json::{Data, Value};
use crate::syntax::number::Number;
use serde_json::Value as Json;

/// What is known of the values of templates, and what must not be shown.
pub(super) struct Known<'a> {
    variables: Option<&'a Variables>,
    mask: &'a Mask,
    masker: Masker,
}

impl<'a> Known<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let outcome = match context.run() {
            Some(RunState::Finished(outcome)) => Some(outcome),
            _ => None,
        };
        let mask = &context.config().settings.mask;
        let mut secrets = Secrets::new(mask.clone());
        context.source().tell_secrets(&mut secrets);
        let variables = outcome.and_then(|outcome| outcome.variables.as_deref());
        for (name, value) in variables.iter().flat_map(|variables| &variables.values) {
            secrets.meet(name, value);
        }
        if let Some(outcome) = outcome {
            secrets.join(&outcome.secrets);
        }
        Self {
            variables,
            mask,
            masker: secrets.masker(),
        }
    }

    /// The text that is called `name`, its templates replaced.
    pub(super) fn text(&self, name: &str, text: &str) -> Word {
        let mut word = Word::new();
        let mut from = 0;
        for (place, template) in names(text) {
            self.part(name, &text[from..place.start], &mut word);
            match self.value(name, template) {
                Ok(Json::String(value)) => push(&mut word, &value),
                Ok(value) => push(&mut word, &value.to_string()),
                Err(variable) => word.push(variable),
            }
            from = place.end;
        }
        self.part(name, &text[from..], &mut word);
        word
    }

    /// A text without templates, which may be a secret as a whole.
    fn part(&self, name: &str, text: &str, word: &mut Word) {
        match self.masker.is_open(text) {
            true => push(word, text),
            false => word.push(Piece::Variable(variable_name(name))),
        }
    }

    /// What `template` held in the value that is called `name`, or the variable that is to hold it.
    fn value(&self, name: &str, template: &str) -> Result<Json, Piece> {
        if let Some(variable) = template.strip_prefix("env.") {
            return Err(Piece::Variable(variable_name(variable)));
        }
        let is_secret = self.mask.covers(name) || self.mask.covers_some(template);
        let value = self
            .variables
            .filter(|_| !is_secret)
            .and_then(|known| known.get(template));
        let value = value.filter(|value| match value {
            // Looked at member by member.
            Json::Object(_) | Json::Array(_) => true,
            scalar => self.masker.is_open(&scalar.to_string()),
        });
        value.ok_or_else(|| Piece::Variable(variable_name(template)))
    }

    /// A message as JSON on one line.
    pub(super) fn message(&self, value: &Value, shape: Option<&Shape>) -> Word {
        let mut word = Word::new();
        self.json("", value, shape, &mut word);
        word
    }

    fn json(&self, name: &str, value: &Value, shape: Option<&Shape>, word: &mut Word) {
        match &value.data {
            Data::Null => push(word, "null"),
            Data::Bool(value) => push(word, if *value { "true" } else { "false" }),
            Data::Number(_) if self.mask.covers(name) => word.push(Piece::Variable(variable_name(name))),
            Data::Number(text) => push(word, &number(text)),
            Data::String(text) => self.string(name, text, value, shape, word),
            // No REQUEST without errors has these.
            Data::Template(text) | Data::Word(text) => push(word, &Json::from(text.as_str()).to_string()),
            Data::Array(items) => {
                let element = match shape {
                    Some(Shape::List(element)) => Some(&**element),
                    _ => None,
                };
                for (at, item) in items.iter().enumerate() {
                    push(word, if at == 0 { "[" } else { ", " });
                    self.json(name, item, element, word);
                }
                push(word, if items.is_empty() { "[]" } else { "]" });
            }
            Data::Object(members) => {
                let valued = members
                    .iter()
                    .filter_map(|member| Some((member, member.value.as_ref()?)));
                let mut count = 0;
                for (member, value) in valued {
                    push(word, if count == 0 { "{" } else { ", " });
                    push(word, &format!("{}: ", Json::from(member.key.as_str())));
                    let form = shape.and_then(|shape| shape.member(&member.key));
                    self.json(&member.key, value, form.as_ref(), word);
                    count += 1;
                }
                push(word, if count == 0 { "{}" } else { "}" });
            }
        }
    }

    fn string(&self, name: &str, text: &str, value: &Value, shape: Option<&Shape>, word: &mut Word) {
        if let [(place, template)] = names(text).as_slice()
            && *place == (0..text.len())
        {
            match self.value(name, template) {
                Ok(json) => return self.json(name, &from_json(&json, &value.range), shape, word),
                // No text stands for these.
                Err(variable) if shape.is_some_and(Shape::is_never_text) => return word.push(variable),
                Err(_) => {}
            }
        }
        push(word, "\"");
        for piece in self.text(name, text) {
            match piece {
                Piece::Text(text) => {
                    let quoted = Json::from(text).to_string();
                    push(word, &quoted[1..quoted.len() - 1]);
                }
                other => word.push(other),
            }
        }
        push(word, "\"");
    }
}

/// A number as JSON writes it, with the digits that are written.
fn number(text: &str) -> String {
    let is_json = |text: &str| {
        let starts = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        starts && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
    };
    if is_json(text) {
        return text.to_owned();
    }
    let plain = text.replace('_', "");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let whole = match digits.starts_with('.') {
        true => format!("{sign}0{digits}"),
        false => format!("{sign}{digits}"),
    };
    if is_json(&whole) {
        return whole;
    }
    match Number::parse(text) {
        Some(Number::Integer(integer)) => integer.to_string(),
        Some(Number::Float(float)) if float.is_nan() => "\"NaN\"".to_owned(),
        Some(Number::Float(float)) if float == f64::INFINITY => "\"Infinity\"".to_owned(),
        Some(Number::Float(float)) if float == f64::NEG_INFINITY => "\"-Infinity\"".to_owned(),
        Some(Number::Float(float)) => float.to_string(),
        None => Json::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_become_json() {
        for (text, json) in [
            ("9007199254740993", "9007199254740993"),
            ("1e2", "1e2"),
            ("-0.50", "-0.50"),
            ("1_000", "1000"),
            ("+.5", "0.5"),
            ("-.5", "-0.5"),
            ("5.", "5"),
            ("0x1F", "31"),
            ("-0xff_ff", "-65535"),
            ("007", "7"),
            ("NaN", "\"NaN\""),
            ("-Infinity", "\"-Infinity\""),
            ("12345678901234567890123456789.5", "12345678901234567890123456789.5"),
        ] {
            assert_eq!(super::number(text), json, "{text}");
        }
    }
}
