//! What came of the last run, on the header of what expects it.

use super::Hover;
use crate::ide::completion::vocabulary_hover;
use crate::ide::context::Context;
use crate::ide::response::masked;
use crate::ide::runnables::summary;
use crate::spec::SectionKind;
use crate::status::code_name;
use crate::syntax::Section;
use crate::syntax::cursor::Place;
use serde_json::Value as Json;

/// Lines of the response that are shown.
const LINES: usize = 20;

/// The outcome on the header of a RESPONSE or ERROR, with what the section is; nothing without a fresh one. The range is of
/// the document.
pub(super) fn on_header(context: &Context<'_>, section: &Section) -> Option<Hover> {
    if !matches!(section.kind, SectionKind::Response | SectionKind::Error) {
        return None;
    }
    let outcome = context.fresh_outcome()?;
    let reply = outcome.reply.as_deref()?;
    let status = match reply.status_message.as_str() {
        "" => code_name(reply.code).to_owned(),
        message => format!("{}: {message}", code_name(reply.code)),
    };
    let messages = reply.messages.iter();
    let texts: Vec<_> = messages
        .take(LINES)
        .map(|message| crate::eval::locate::text(&hidden(context, message)))
        .collect();
    let text = masked(texts.join("\n"), &outcome.secrets);
    let mut lines: Vec<_> = text.lines().take(LINES).collect();
    if text.lines().count() > LINES || reply.messages.len() > LINES {
        lines.push("…");
    }
    let body = match lines.is_empty() {
        true => String::new(),
        false => format!("\n\n```json\n{}\n```", lines.join("\n")),
    };
    let status = masked(status, &outcome.secrets);
    let about = vocabulary_hover(context, &Place::HeaderName { section });
    let about = about.map_or(String::new(), |about| format!("\n\n---\n\n{}", about.markdown));
    Some(Hover {
        range: section.name_range.clone(),
        markdown: format!(
            "Last run: {} · {status} · {} ms{body}{about}",
            summary(outcome),
            reply.elapsed.as_millis()
        ),
    })
}

/// A message without the values of members whose names are those of secrets.
fn hidden(context: &Context<'_>, message: &Json) -> Json {
    let mask = &context.config().settings.mask;
    match message {
        Json::Object(members) => {
            let member = |(name, value): (&String, &Json)| match mask.covers(name) {
                true => (name.clone(), Json::String("***".to_owned())),
                false => (name.clone(), hidden(context, value)),
            };
            Json::Object(members.iter().map(member).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| hidden(context, item)).collect()),
        scalar => scalar.clone(),
    }
}
