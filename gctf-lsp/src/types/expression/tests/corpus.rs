//! Files that people wrote: nothing is said against them.

use super::{BTreeMap, Defaults, Input, Type, look};
use crate::expr::Place;
use crate::schema::shape::Shape;
use crate::syntax::{Body, Document, SourceFile};
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = ignore::Walk::new(folder).filter_map(Result::ok);
    let paths = entries.map(ignore::DirEntry::into_path);
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "gctf"))
        .collect()
}

fn lines(document: &Document) -> Vec<(Place, String)> {
    let of = |body: &Body| -> Vec<(Place, String)> {
        match body {
            Body::Asserts(lines) => lines.iter().map(|line| (Place::Asserts, line.code.clone())).collect(),
            Body::Extract(lines) => {
                let values = lines.iter().filter_map(|line| line.value.as_ref());
                values.map(|value| (Place::Extract, value.code.clone())).collect()
            }
            _ => Vec::new(),
        }
    };
    document
        .sections()
        .iter()
        .flat_map(|section| of(&section.body))
        .collect()
}

/// Everything that is said about the files of `folder`, where `ty` is what a document's expressions look at.
fn said(folder: &Path, ty: impl Fn(&Document) -> Type) -> Vec<String> {
    let variables = BTreeMap::new();
    let mut said = Vec::new();
    for path in files(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        for (_, document) in SourceFile::new(&text).documents() {
            for (place, code) in lines(document) {
                let input = Input {
                    ty: ty(document),
                    variables: &variables,
                    defaults: Defaults::Omitted,
                };
                let found = look(&code, place, &input).findings;
                said.extend(
                    found
                        .iter()
                        .map(|finding| format!("{}: {code}: {}", path.display(), finding.message)),
                );
            }
        }
    }
    said
}

#[test]
fn nothing_is_said_where_types_are_unknown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["examples", "../shared/corpus"] {
        let said = said(&root.join(folder), |_| Type::Unknown);
        assert!(said.is_empty(), "{}", said.join("\n"));
    }
}

#[test]
fn nothing_is_said_of_the_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let proto = folder.join("basic-examples/real-time-chat/server/chat.proto");
    let schema = crate::ide::testing::schema(&std::fs::read_to_string(proto).unwrap());
    let output = |document: &Document| {
        let line = document.endpoint()?;
        let (service, method) = crate::connection::split_endpoint(&line.text)?;
        let method = schema.method(service, method).ok()?;
        Some(Type::of(Shape::of_message(&method.output())))
    };
    let said = said(&folder, |document| output(document).unwrap_or(Type::Unknown));
    assert!(said.is_empty(), "{}", said.join("\n"));
}
