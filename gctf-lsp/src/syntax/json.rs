//! JSON values as they are written in a body: every node keeps its byte range, numbers keep their digits.

use std::ops::Range;

/// One JSON value with the byte range of its text.
///
/// Ranges are relative to whatever text the value was read from (for a body: its document).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Bytes from the first to behind the last character of the value, quotes and brackets included.
    pub range: Range<usize>,
    /// What the value is.
    pub data: Data,
}

/// The kinds of [`Value`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    Null,
    Bool(bool),
    /// The number as written: decimal, hexadecimal, with `_`, `+`, `NaN`, `Infinity`.
    Number(String),
    /// The text with its escapes resolved. Templates are still in it.
    String(String),
    Array(Vec<Value>),
    Object(Vec<Member>),
    /// `{{ name }}` outside a string; an error in a file, kept so that tools can speak of it.
    Template(String),
    /// A bare word that is no JSON literal; an error in a file.
    Word(String),
}

/// One `key: value` of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key's text with its escapes resolved.
    pub key: String,
    /// Bytes of the key, quotes included.
    pub key_range: Range<usize>,
    /// Whether a colon was written.
    pub colon: bool,
    /// The value, missing while it is being typed.
    pub value: Option<Value>,
}
