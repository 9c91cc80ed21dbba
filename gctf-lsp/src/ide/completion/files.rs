//! Values that name files. The files are listed by whoever may read the disk.

use super::super::context::Context;
use super::{Completions, Item, ItemKind};
use crate::spec::{Form, SectionKind, Word, find, keys};
use crate::syntax::Section;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Place, Step};
use std::ops::Range;
use std::path::PathBuf;

/// Files that a value can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesWanted {
    /// Where their paths start.
    pub folder: PathBuf,
    pub kind: FileKind,
    /// The path that is written, in bytes of the file.
    pub(super) replace: Range<usize>,
}

/// Which files fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Certificate,
    Key,
    Proto,
    DescriptorSet,
    Folder,
}

impl FileKind {
    /// Extensions of such files; none for folders.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Certificate => &["pem", "crt", "cer"],
            Self::Key => &["pem", "key"],
            Self::Proto => &["proto"],
            Self::DescriptorSet => &["binpb", "pb", "desc", "protoset"],
            Self::Folder => &[],
        }
    }

    /// The files that a key of TLS or PROTO names.
    fn of(word: &Word) -> Option<Self> {
        Some(match word.name() {
            name if name == keys::CA.name() || name == keys::CERTIFICATE.name() => Self::Certificate,
            name if name == keys::KEY.name() => Self::Key,
            name if name == keys::FILES.name() => Self::Proto,
            name if name == keys::DESCRIPTOR.name() => Self::DescriptorSet,
            name if name == keys::IMPORT_PATHS.name() => Self::Folder,
            _ => return None,
        })
    }
}

impl Completions {
    /// Adds the files that it wants, each as the path from [`FilesWanted::folder`] with `/` between its steps,
    /// nearest first.
    pub fn add_files(&mut self, paths: &[String]) {
        let Some(wanted) = self.files.take() else { return };
        let room = super::MAX_ITEMS.saturating_sub(self.items.len());
        self.incomplete |= paths.len() > room;
        let items = paths
            .iter()
            .take(room)
            .map(|path| Item::word(ItemKind::File, path, &wanted.replace));
        self.items.extend(items);
    }
}

/// The files that the value at `place` can name; ranges are those of the document.
pub(super) fn wanted(context: &Context<'_>, place: &Place<'_>) -> Option<FilesWanted> {
    let (word, replace) = match place {
        Place::Setting { section, key, token } => {
            let word = known(section, key)?;
            let replace = match word.form {
                Form::Paths => element(context, token),
                _ => token.clone(),
            };
            (word, replace)
        }
        Place::Json { section, place } => (in_object(section, place)?, inside_quotes(context, place)?),
        _ => return None,
    };
    Some(FilesWanted {
        folder: context.folder()?.to_owned(),
        kind: FileKind::of(word)?,
        replace,
    })
}

fn known(section: &Section, key: &str) -> Option<&'static Word> {
    match section.kind {
        SectionKind::Tls | SectionKind::Proto => find(section.kind.keys(), key),
        _ => None,
    }
}

/// The key whose value, or whose element, stands at `place` of TLS or PROTO written as an object.
pub(super) fn in_object(section: &Section, place: &JsonPlace) -> Option<&'static Word> {
    match (place.slot, place.path.as_slice()) {
        (JsonSlot::Value, [.., Step::Key(key)] | [.., Step::Key(key), Step::Element]) => known(section, key),
        _ => None,
    }
}

/// What is between the quotes of the token; a file is named in quotes.
fn inside_quotes(context: &Context<'_>, place: &JsonPlace) -> Option<Range<usize>> {
    let quote = place.quote?;
    let text = &context.document.text()[place.token.clone()];
    let is_closed = text.len() > 1 && text.ends_with(quote);
    Some(place.token.start + 1..place.token.end - usize::from(is_closed))
}

/// The element of a list at the cursor, without its quotes.
pub(super) fn element(context: &Context<'_>, token: &Range<usize>) -> Range<usize> {
    let text = context.document.text();
    let at = context.offset.clamp(token.start, token.end);
    let is_edge = |character: char| matches!(character, ',' | '[' | ']' | '"' | '\'');
    let start = text[token.start..at]
        .rfind(is_edge)
        .map_or(token.start, |edge| token.start + edge + 1);
    let end = text[at..token.end].find(is_edge).map_or(token.end, |edge| at + edge);
    let blanks = text[start..at].len() - text[start..at].trim_start().len();
    let tail = &text[at..end];
    start + blanks..at + tail.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{FILE, fixture};
    use super::super::completions;
    use crate::ide::FileState;
    use std::path::Path;
    use std::sync::Arc;

    /// The kind of files, what a path replaces, and the items with a file `a/b`.
    fn files(body: &str) -> String {
        let (mut analysis, position) = fixture(&format!("--- ENDPOINT ---\na.B/C\n--- {body}"));
        let mut state = FileState::clone(analysis.file(FILE).unwrap());
        state.path = Some("/tests/x.gctf".into());
        let text = state.source.text().to_string();
        Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
        let mut found = completions(&analysis, position);
        let Some(wanted) = found.files.clone() else {
            return "nothing".to_owned();
        };
        assert_eq!(wanted.folder, Path::new("/tests"));
        found.add_files(&["a/b".to_owned()]);
        let item = found.items.last().unwrap();
        assert_eq!((item.label.as_str(), item.plain.as_str()), ("a/b", "a/b"));
        format!("{:?} {:?}", wanted.kind, &text[item.replace.clone()])
    }

    #[test]
    fn values_that_name_files() {
        assert_eq!(files("TLS ---\nca_cert: $0"), "Certificate \"\"");
        assert_eq!(files("TLS ---\nkey: old$0.key\n"), "Key \"old.key\"");
        assert_eq!(files("TLS ---\nserver_name: $0"), "nothing");
        assert_eq!(files("PROTO ---\ndescriptor: $0"), "DescriptorSet \"\"");
        assert_eq!(
            files("PROTO ---\nfiles: a.proto, b$0.proto, c.proto"),
            "Proto \"b.proto\""
        );
        assert_eq!(files("PROTO ---\nfiles: [a.proto, \"$0\"]"), "Proto \"\"");
        assert_eq!(files("PROTO ---\nimport_paths: ../$0"), "Folder \"../\"");
        assert_eq!(files("PROTO ---\n{\"files\": [\"a$0\"]}"), "Proto \"a\"");
        assert_eq!(
            files("TLS ---\n{\"certificates\": {\"ca_cert\": \"$0"),
            "Certificate \"\""
        );
        assert_eq!(files("OPTIONS ---\ncompression: $0"), "nothing");
    }
}
