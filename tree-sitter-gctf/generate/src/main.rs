//! Writes `tree-sitter-gctf/src` from `grammar.js`; nothing else may touch that folder but `scanner.c`.

use std::{error::Error, path::Path};

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

const ABI_VERSION: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let grammar = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    // "native" is the JavaScript engine inside the crate, so that no node is needed.
    generate_parser_in_directory(
        grammar,
        None::<&str>,
        None::<&str>,
        ABI_VERSION,
        None,
        Some("native"),
        true,
        OptLevel::default(),
        &mut Vec::new(),
    )?;
    Ok(())
}
