//! The words of expressions: jq's functions and formats, operators, keywords and types, each with what it means and
//! an example that is true. The words themselves are lines of a text, so that they can be read as such.

use std::sync::LazyLock;

/// A word of expressions.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub kind: Kind,
    /// As it is written in an expression: of a plugin and a format with `@`, of a type with `:`.
    pub name: &'static str,
    /// How it is written with what belongs to it, such as `range(from; to)`; one for each number of arguments.
    pub signatures: &'static str,
    /// One sentence or a few; empty for plugins, which [`super::plugins`] describes.
    pub docs: &'static str,
    pub example: &'static str,
    /// What the example yields, as JSON with `, ` between several values.
    pub result: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Format,
    Operator,
    Keyword,
    Type,
    /// The example of a plugin.
    Plugin,
}

const TEXT: &str = include_str!("functions.txt");

/// Every word, by kind.
pub fn all() -> impl Iterator<Item = Function> {
    static WORDS: LazyLock<Vec<Function>> = LazyLock::new(read);
    WORDS.iter().copied()
}

fn read() -> Vec<Function> {
    let mut kind = Kind::Function;
    let words = TEXT.lines().filter_map(|line| {
        kind = heading(line).unwrap_or(kind);
        word(kind, line)
    });
    words.collect()
}

/// The word of this kind and name.
pub fn find(kind: Kind, name: &str) -> Option<Function> {
    all().find(|word| word.kind == kind && word.name == name)
}

impl Function {
    /// How it is written, one entry for each number of arguments.
    pub fn forms(&self) -> impl Iterator<Item = &'static str> {
        let separator = match self.kind {
            Kind::Function => ", ",
            // Elsewhere a comma is part of what is written.
            _ => "\n",
        };
        self.signatures.split(separator)
    }

    /// `example → result`
    pub fn shown_example(&self) -> String {
        format!("{} → {}", self.example, self.result)
    }
}

/// The parameters in a form such as `range(from; to)`.
pub fn parameters(form: &str) -> impl Iterator<Item = &str> {
    let inside = form.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.into_iter().flat_map(|inside| inside.split("; "))
}

/// The kind of the words below a line such as `[functions]`.
fn heading(line: &str) -> Option<Kind> {
    Some(match line {
        "[functions]" => Kind::Function,
        "[formats]" => Kind::Format,
        "[operators]" => Kind::Operator,
        "[keywords]" => Kind::Keyword,
        "[types]" => Kind::Type,
        "[plugins]" => Kind::Plugin,
        _ => return None,
    })
}

/// `forms :: docs :: example :: result`; a plugin has no docs.
fn word(kind: Kind, line: &'static str) -> Option<Function> {
    let parts: Vec<_> = line.split(" :: ").collect();
    let (signatures, docs, example, result) = match parts[..] {
        [signatures, docs, example, result] => (signatures, docs, example, result),
        [name, example, result] => (name, "", example, result),
        _ => return None,
    };
    Some(Function {
        kind,
        name: name(kind, signatures),
        signatures,
        docs,
        example,
        result,
    })
}

/// The word in what is written with it.
fn name(kind: Kind, signatures: &str) -> &str {
    let mut words = signatures.split([' ', '(', ',']);
    let name = match (kind, signatures) {
        (Kind::Operator, "f, g") => Some(","),
        (Kind::Operator, _) | (Kind::Keyword, "f as $x | g") => words.nth(1),
        _ => words.next(),
    };
    name.unwrap_or_default()
}
