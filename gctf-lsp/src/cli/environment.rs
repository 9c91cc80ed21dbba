//! The process's environment. Names and values that are no text cannot be named in a test, and are left out.

use std::collections::BTreeMap;

/// Every variable with its value.
pub(super) fn variables() -> BTreeMap<String, String> {
    let texts =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.collect()
}
