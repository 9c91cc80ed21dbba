//! What a user and a folder set: the settings, and `gctf.toml`.

pub mod env_file;
mod environments;
pub mod folder;
pub mod layers;
pub mod settings;

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Where a mock listens that nobody has told where.
pub const MOCK_ADDRESS: &str = "localhost:4770";

/// The `[mock]` table, paths made relative to the working directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MockConfig {
    pub listen: Option<String>,
    pub protos: Vec<PathBuf>,
    pub stubs: Vec<PathBuf>,
    pub import_paths: Vec<PathBuf>,
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub client_ca: Option<PathBuf>,
}

#[derive(Deserialize)]
struct File {
    mock: Option<MockConfig>,
}

/// The nearest `gctf.toml` at or above `folder`.
pub fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    folder
        .ancestors()
        .map(|folder| folder.join("gctf.toml"))
        .find(|path| path.is_file())
}

/// The `[mock]` table of a file; `None` if it has none.
///
/// # Errors
/// The file with line and column of what is wrong.
pub fn read_mock(path: &Path) -> Result<Option<MockConfig>, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {}", path.display(), error.to_string().trim_end());
    let text = std::fs::read_to_string(path).map_err(|error| fail(&error))?;
    let file: File = toml::from_str(&text).map_err(|error| fail(&error))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let place = |path: PathBuf| folder.join(path);
    Ok(file.mock.map(|mock| MockConfig {
        listen: mock.listen,
        protos: mock.protos.into_iter().map(place).collect(),
        stubs: mock.stubs.into_iter().map(place).collect(),
        import_paths: mock.import_paths.into_iter().map(place).collect(),
        cert: mock.cert.map(place),
        key: mock.key.map(place),
        client_ca: mock.client_ca.map(place),
    }))
}
