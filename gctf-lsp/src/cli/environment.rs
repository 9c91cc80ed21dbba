//! The process's environment. Names and values that are no text cannot be named in a test, and are left out.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Every variable with its value.
pub(super) fn variables() -> BTreeMap<String, String> {
    let texts =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.collect()
}

/// The folder for what can be made again, as the system has it; `None` where nobody says.
pub(super) fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let home = || folder("HOME");
    let own = match std::env::consts::OS {
        "windows" => folder("LOCALAPPDATA"),
        "macos" => folder("XDG_CACHE_HOME").or_else(|| Some(home()?.join("Library/Caches"))),
        _ => folder("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache"))),
    };
    Some(own?.join("gctf"))
}
