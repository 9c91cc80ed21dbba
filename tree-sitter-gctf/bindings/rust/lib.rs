//! The tree-sitter grammar for `.gctf` files.
//!
//! The grammar is total: no input yields an ERROR or MISSING node. What is broken has nodes of its own, such as
//! `missing_close` or `stray`, and damages nothing behind the next header line.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_gctf() -> *const ();
}

/// The grammar, for `tree_sitter::Language::new`.
// SAFETY: the generated function returns a pointer to a static language.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_gctf) };

/// The description of all nodes, as JSON.
pub const NODE_TYPES: &str = include_str!("../../src/node-types.json");

/// Captures for colouring.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

/// Where other languages stand: YAML bodies, regex literals.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");

/// What folds.
pub const FOLDS_QUERY: &str = include_str!("../../queries/folds.scm");

/// Definitions and uses of extracted variables.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");

/// What indents.
pub const INDENTS_QUERY: &str = include_str!("../../queries/indents.scm");

/// Text objects: sections, containers, values.
pub const TEXTOBJECTS_QUERY: &str = include_str!("../../queries/textobjects.scm");
