//! Real editors with the project's own plugins.

mod neovim;

use std::path::PathBuf;

/// The program that `variable` names. Without one the test is skipped, or fails where every test has to run.
fn program(variable: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).filter(|value| !value.is_empty());
    let required = std::env::var_os("GCTF_TEST_REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(named.is_some() || !required, "{variable} has to name a program");
    named.map(PathBuf::from)
}
