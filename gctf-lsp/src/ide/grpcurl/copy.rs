//! A document as the command line that makes the same call.

use super::json::Known;
use super::shell::{Piece, Word, here_document, literal, push, quoted};
use crate::connection::split_endpoint;
use crate::diagnostic::Severity;
use crate::eval::rules::{Rules, deadline};
use crate::ide::context::Context;
use crate::ide::{Analysis, FilePosition};
use crate::schema::json::Defaults;
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::Section;
use crate::target::{SchemaSource, Target, Tls};
use std::path::Path;

/// The command line for the document at `position`, without a line end.
///
/// # Errors
/// Why it cannot be written, in a sentence.
pub fn command(analysis: &Analysis, position: FilePosition) -> Result<String, String> {
    let file = analysis.file(position.file);
    let context = file.and_then(|file| Context::at(analysis, file, position.offset));
    let context = context.ok_or("the file has no such document")?;
    let endpoint = context.document.endpoint().map(|line| line.text.as_str());
    let endpoint = endpoint.filter(|endpoint| split_endpoint(endpoint).is_some());
    let endpoint = endpoint.ok_or("ENDPOINT is not package.Service/Method: write it first")?;
    let known = Known::new(&context);
    let (target, address) = address(&context, &known)?;
    let mut arguments = Arguments::default();
    let note = arguments.transport(&target);
    arguments.schema(&context);
    arguments.headers(&context, &known);
    arguments.options(&context);
    let messages = messages(&context, &known)?;
    let body = match messages.as_slice() {
        [one] => {
            arguments.valued("-d", one.clone());
            None
        }
        _ => {
            arguments.flag("-d");
            arguments.flag("@");
            Some(here_document(&messages))
        }
    };
    arguments.words.push(address);
    arguments.flag(endpoint);
    let words = arguments.words.iter().map(|word| quoted(word));
    let line: Vec<_> = std::iter::once("grpcurl".to_owned()).chain(words).collect();
    let (redirection, body) = body.map_or_else(Default::default, |(redirection, body)| {
        (format!(" {redirection}"), format!("\n{body}"))
    });
    Ok(format!("{note}{}{redirection}{body}", line.join(" ")))
}

#[derive(Default)]
struct Arguments {
    words: Vec<Word>,
}

impl Arguments {
    fn flag(&mut self, text: &str) {
        self.words.push(vec![Piece::Text(text.to_owned())]);
    }

    fn valued(&mut self, flag: &str, value: Word) {
        self.flag(flag);
        self.words.push(value);
    }

    fn path(&mut self, flag: &str, path: &Path) {
        self.valued(flag, vec![Piece::Text(path.display().to_string())]);
    }

    /// Says how the connection is encrypted; what to say in front of the command about what cannot be said.
    fn transport(&mut self, target: &Target) -> String {
        let Some(tls) = &target.tls else {
            self.flag("-plaintext");
            return String::new();
        };
        let Tls {
            ca,
            identity,
            server_name,
            verify,
            authority,
        } = tls;
        if let Some(ca) = ca {
            self.path("-cacert", ca);
        }
        if let Some((certificate, key)) = identity {
            self.path("-cert", certificate);
            self.path("-key", key);
        }
        if !verify {
            self.flag("-insecure");
        }
        // grpcurl takes one name for both.
        let (flag, name) = match (server_name, authority) {
            (Some(name), Some(authority)) if name != authority => {
                self.valued("-servername", vec![Piece::Text(name.clone())]);
                return format!("# grpcurl cannot send the authority {authority} to a server that is {name}.\n");
            }
            (_, Some(authority)) => ("-authority", authority),
            (Some(name), None) => ("-servername", name),
            (None, None) => return String::new(),
        };
        self.valued(flag, vec![Piece::Text(name.clone())]);
        String::new()
    }

    fn schema(&mut self, context: &Context<'_>) {
        match context.connection().schema_files() {
            Some(SchemaSource::DescriptorSet(path)) => self.path("-protoset", &path),
            Some(SchemaSource::Protos { files, import_paths }) => {
                let own = files.iter().filter_map(|file| file.parent());
                let mut roots: Vec<&Path> = Vec::new();
                for root in import_paths.iter().map(AsRef::as_ref).chain(own) {
                    if !roots.contains(&root) {
                        roots.push(root);
                    }
                }
                roots.into_iter().for_each(|root| self.path("-import-path", root));
                files.iter().for_each(|file| self.path("-proto", file));
            }
            Some(SchemaSource::Reflection { .. }) | None => {}
        }
    }

    fn headers(&mut self, context: &Context<'_>, known: &Known<'_>) {
        let sections = context.document.sections_of(SectionKind::RequestHeaders);
        let entries = sections.flat_map(Section::entries);
        for entry in entries.filter(|entry| entry.colon && !entry.key.text.is_empty()) {
            let mut word = vec![Piece::Text(format!("{}: ", entry.key.text))];
            for piece in known.text(&entry.key.text, &entry.value.text) {
                match piece {
                    Piece::Text(text) => push(&mut word, &text),
                    other => word.push(other),
                }
            }
            self.valued("-H", word);
        }
    }

    fn options(&mut self, context: &Context<'_>) {
        let Some(rules) = Rules::of(context.source(), context.index) else {
            return;
        };
        if rules.says_timeout() {
            let timeouts = rules.timeouts(context.config().settings.timeout);
            let seconds = deadline(context.document, &timeouts).as_secs();
            self.flag("-max-time");
            self.flag(&seconds.to_string());
        }
        if rules.defaults() == Defaults::Shown {
            self.flag("-emit-defaults");
        }
    }
}

/// Where the call goes, and the address as grpcurl takes it.
fn address(context: &Context<'_>, known: &Known<'_>) -> Result<(Target, Word), String> {
    let connection = context.connection();
    let written = known.text("address", connection.address_text().trim());
    if let Some(address) = literal(&written) {
        let target = connection.target(&address).map_err(|fault| fault.message)?;
        let address = vec![Piece::Text(target.to_string())];
        return Ok((target, address));
    }
    // What a variable holds decides nothing else: a host, a port, or both.
    let stood_for = |value: &str| -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(_) | Piece::Code(_) => value.to_owned(),
        };
        written.iter().map(piece).collect()
    };
    let tried = ["host", "1", "host:1"].map(|value| (connection.target(&stood_for(value)), value));
    let fault = tried[0].0.as_ref().err().map(|fault| fault.message.clone());
    let found = tried
        .into_iter()
        .find_map(|(target, value)| Some((target.ok()?, value)));
    let (target, value) = found.ok_or_else(|| fault.unwrap_or_default())?;
    let mut address = Word::new();
    for piece in &written {
        match piece {
            Piece::Text(text) => {
                let behind = text.split_once("://").map_or(text.as_str(), |(_, behind)| behind);
                push(&mut address, behind.trim_end_matches('/'));
            }
            other => address.push(other.clone()),
        }
    }
    let whole = stood_for(value);
    let bare = whole.split_once("://").map_or(whole.as_str(), |(_, behind)| behind);
    if !bare.trim_end_matches('/').ends_with(&format!(":{}", target.port)) {
        push(&mut address, &format!(":{}", target.port));
    }
    Ok((target, address))
}

/// The messages that the document sends.
fn messages(context: &Context<'_>, known: &Known<'_>) -> Result<Vec<Word>, String> {
    let shape = context.method().map(|method| Shape::of_message(&method.input()));
    let sections = context.document.sections_of(SectionKind::Request);
    let mut messages = Vec::new();
    for section in sections.filter(|section| !section.is_skipped()) {
        let errors = context.document.structure().iter();
        let mut errors = errors.filter(|found| found.severity == Severity::Error);
        if let Some(error) = errors.find(|found| section.body_range.contains(&found.range.start)) {
            return Err(format!("REQUEST has an error: {}", error.message));
        }
        let mut once: Vec<_> = section
            .values()
            .iter()
            .map(|value| known.message(value, shape.as_ref()))
            .collect();
        if once.is_empty() {
            once.push(empty());
        }
        messages.extend(std::iter::repeat_n(once, section.repeats()).flatten());
    }
    if messages.is_empty() {
        messages.push(empty());
    }
    Ok(messages)
}

fn empty() -> Word {
    vec![Piece::Text("{}".to_owned())]
}
