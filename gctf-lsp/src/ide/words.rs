//! What the words of expressions mean, as Markdown.

use crate::spec::functions::{self, Function, Kind};
use crate::spec::plugins::Plugin;

/// What the word of this kind means, with an example.
pub(super) fn docs(kind: Kind, name: &str) -> Option<String> {
    functions::find(kind, name).map(|word| of_function(&word))
}

/// What a function, an operator, a keyword, a format or a type means, with an example.
pub(super) fn of_function(word: &Function) -> String {
    format!("{}\n\n`{}`", word.docs, word.shown_example())
}

/// What a plugin means, with an example.
pub(super) fn of_plugin(plugin: &Plugin) -> String {
    match functions::find(Kind::Plugin, plugin.name) {
        Some(example) => format!("{}\n\n`{}`", plugin.doc, example.shown_example()),
        None => plugin.doc.to_owned(),
    }
}
