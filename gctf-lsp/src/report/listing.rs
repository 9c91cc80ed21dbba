//! A test as reports for programs name it.

use super::Place;
use crate::ide::TestKey;
use crate::syntax::SourceFile;
use serde::Serialize;
use std::path::Path;

/// One document that can be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    /// [`TestKey::id`].
    pub test: String,
    /// Its name, or the method that it calls.
    pub label: String,
    pub range: Place,
    /// Which document of the file it is.
    #[serde(skip)]
    pub document: usize,
    /// The method, `package.Service/Method`.
    #[serde(skip)]
    pub endpoint: String,
}

/// The tests of a file, in order.
pub fn of_file(source: &SourceFile) -> Vec<Test> {
    let keys = TestKey::all(source).enumerate();
    keys.filter_map(|(index, key)| {
        let key = key?;
        let (start, document) = source.document(index)?;
        let (first, last) = (document.sections().first()?, document.sections().last()?);
        let range = start + first.range().start..start + last.trimmed_range(document.text()).end;
        Some(Test {
            test: key.id(),
            label: key.name.unwrap_or_else(|| key.endpoint.clone()),
            range: Place::of(source, &range),
            document: index,
            endpoint: key.endpoint,
        })
    })
    .collect()
}

/// The `file:` URI of a path, absolute or from the working directory.
pub fn uri(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::from(match text.starts_with('/') {
        true => "file://",
        false => "file:///",
    });
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b':' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
