//! The secrets that a file spells out, by the names of headers, members and columns.

use super::json::{Data, Value};
use super::{Body, Document, Section, SourceFile};
use crate::secrets::Secrets;
use crate::spec::SectionKind;

impl SourceFile {
    /// Has `secrets` meet everything that is written in the file.
    pub fn tell_secrets(&self, secrets: &mut Secrets) {
        for (_, document) in self.documents() {
            document.tell_secrets(secrets);
        }
        for row in self.rows() {
            row.columns.iter().for_each(|(name, value)| secrets.meet(name, value));
        }
    }
}

impl Document {
    fn tell_secrets(&self, secrets: &mut Secrets) {
        let headers = self.sections_of(SectionKind::RequestHeaders);
        for entry in headers.flat_map(Section::entries) {
            secrets.meet_text(&entry.key.text, &entry.value.text);
        }
        for section in self.sections() {
            section.values().iter().for_each(|value| tell("", value, secrets));
            if let Body::Asserts(lines) = &section.body {
                let telling = lines.iter().filter(|line| secrets.mask().covers_some(&line.code));
                let texts: Vec<_> = telling.flat_map(|line| quoted(&line.code)).collect();
                for text in texts {
                    // A name is none, as in `@header("authorization")`.
                    if !secrets.mask().covers(text) {
                        secrets.take(text);
                    }
                }
            }
        }
    }
}

/// What is called by the name of a secret is one with everything in it.
fn tell(name: &str, value: &Value, secrets: &mut Secrets) {
    match &value.data {
        Data::String(text) => secrets.meet_text(name, text),
        Data::Array(items) => items.iter().for_each(|item| tell(name, item, secrets)),
        Data::Object(members) => {
            let is_secret = secrets.mask().covers(name);
            for member in members {
                let name = match is_secret {
                    true => name,
                    false => member.key.as_str(),
                };
                member.value.iter().for_each(|value| tell(name, value, secrets));
            }
        }
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Template(_) | Data::Word(_) => {}
    }
}

/// The strings in an expression, without those that hold escapes.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Mask;

    #[test]
    fn what_is_called_like_a_secret() {
        let file = SourceFile::new(
            "--- DATASET ---\n- { password: row-one, user: ann-row }\n\n--- ENDPOINT ---\na.S/One\n\n\
             --- REQUEST_HEADERS ---\nauthorization: Bearer head-er\nx-id: open-head\n\n\
             --- REQUEST ---\n{ token: 'bo-dy', list: [{ api_key: { deep: ['most'], n: 123456 } }], name: 'open-body', refresh_token: '{{ t }}' }\n\n\
             --- RESPONSE ---\n{ \"secret\": [\"one-1\", \"two-2\"] }\n\n\
             --- ASSERTS ---\n.token == \"as-sert\" and .x == \"be-side\"\n@header(\"x-token\") == \"head-ed\"\n.name == \"open-line\"\n",
        );
        let mut secrets = Secrets::new(Mask::default());
        file.tell_secrets(&mut secrets);
        let masker = secrets.masker();
        for text in [
            "row-one", "head-er", "bo-dy", "most", "one-1", "two-2", "as-sert", "be-side", "head-ed",
        ] {
            assert_eq!(masker.text(text), "***", "{text}");
        }
        for text in [
            "ann-row",
            "open-head",
            "open-body",
            "open-line",
            "{{ t }}",
            "Bearer",
            "x-token",
        ] {
            assert_eq!(masker.text(text), text);
        }
    }
}
