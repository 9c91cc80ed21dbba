//! The process's environment. Names and values that are no text cannot be named in a test, and are left out.

use crate::connection::Defaults;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Every variable with its value.
pub(super) fn variables() -> BTreeMap<String, String> {
    let texts =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.collect()
}

/// What the environment says of targets.
pub(super) fn defaults() -> Defaults {
    let variable = |name: &str| {
        let value = std::env::var(format!("GCTF_{name}")).or_else(|_| std::env::var(format!("GRPCTESTIFY_{name}")));
        value.ok().filter(|value| !value.is_empty())
    };
    let path = |name: &str| variable(name).map(PathBuf::from);
    Defaults {
        address: variable("ADDRESS").unwrap_or_else(|| "localhost:4770".to_owned()),
        ca: path("TLS_CA_FILE"),
        certificate: path("TLS_CERT_FILE"),
        key: path("TLS_KEY_FILE"),
        server_name: variable("TLS_SERVER_NAME"),
        import_roots: Vec::new(),
    }
}

/// The folder of what is remembered for the user, whatever the workspace; none where the user has no home.
pub(super) fn state_folder() -> Option<PathBuf> {
    let known = [("XDG_STATE_HOME", ""), ("LOCALAPPDATA", ""), ("HOME", ".local/state")];
    user_folder(&known)
}

/// The folder for what can be made again, as the system has it; `None` where nobody says.
pub(super) fn cache_folder() -> Option<PathBuf> {
    let known: &[(&str, &str)] = match std::env::consts::OS {
        "windows" => &[("LOCALAPPDATA", "")],
        "macos" => &[("XDG_CACHE_HOME", ""), ("HOME", "Library/Caches")],
        _ => &[("XDG_CACHE_HOME", ""), ("HOME", ".cache")],
    };
    user_folder(known)
}

/// The first folder that the environment names, with what comes below it.
fn user_folder(known: &[(&str, &str)]) -> Option<PathBuf> {
    let folders = known.iter().filter_map(|(variable, below)| {
        let folder = PathBuf::from(std::env::var_os(variable)?);
        folder.is_absolute().then(|| folder.join(below).join("gctf"))
    });
    folders.into_iter().next()
}
