//! What stands around a file on the disk: the nearest `gctf.toml`, and the folders that buf takes for roots.

use super::layers;
use super::settings::Layer;
use serde::Deserialize;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Most bytes of a file that is read for this.
const MAX_FILE: u64 = 1 << 20;

/// The names of the files that it comes from.
pub const NAMES: [&str; 3] = ["gctf.toml", "buf.work.yaml", "buf.yaml"];

/// What a folder says about the files in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FolderConfig {
    /// The settings of the nearest `gctf.toml`.
    pub layer: Option<Layer>,
    /// Where `.proto` files are imported from, by the nearest `buf.work.yaml` or `buf.yaml`.
    pub proto_roots: Vec<PathBuf>,
    /// The mock that the nearest `gctf.toml` declares.
    pub mock: Option<DeclaredMock>,
    /// Why the `gctf.toml` could not be read, a sentence each.
    pub problems: Vec<String>,
    /// The same of buf's file, without which all else still holds.
    pub buf_problems: Vec<String>,
}

/// A `gctf.toml` with a `[mock]` table. What else the table says is read when the mock is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredMock {
    pub config: PathBuf,
    /// `host:port`
    pub listen: String,
}

impl DeclaredMock {
    fn of(text: &str, config: PathBuf) -> Option<Self> {
        let table: toml::Table = text.parse().ok()?;
        let listen = table.get("mock")?.get("listen").and_then(toml::Value::as_str);
        Some(Self {
            config,
            listen: listen.unwrap_or(super::MOCK_ADDRESS).to_owned(),
        })
    }
}

impl FolderConfig {
    /// Looks at `folder` and those above it, up to `root`.
    pub fn read(folder: &Path, root: &Path) -> Self {
        let mut config = Self::default();
        let inside: Vec<_> = folder
            .ancestors()
            .take_while(|folder| folder.starts_with(root))
            .collect();
        for folder in &inside {
            let path = folder.join("gctf.toml");
            let Some(text) = text(&path, &mut config.problems) else {
                continue;
            };
            match layers::of_toml(&text, &path) {
                Ok(layer) => config.layer = Some(layer),
                Err(problem) => config.problems.push(problem),
            }
            config.mock = DeclaredMock::of(&text, path);
            break;
        }
        for folder in inside {
            let names = ["buf.work.yaml", "buf.yaml"].iter();
            let found = names
                .copied()
                .find_map(|name| Some((name, text(&folder.join(name), &mut config.buf_problems)?)));
            let Some((name, text)) = found else { continue };
            match buf_roots(folder, &text) {
                Ok(roots) => config.proto_roots = roots,
                Err(reason) => {
                    let path = folder.join(name);
                    config.buf_problems.push(format!("{}: {reason}", path.display()));
                }
            }
            break;
        }
        config
    }
}

/// The text of a file, if there is one; why it cannot be read is noted.
fn text(path: &Path, problems: &mut Vec<String>) -> Option<String> {
    let read = std::fs::metadata(path).and_then(|metadata| match metadata.len() > MAX_FILE {
        true => Err(std::io::Error::other("larger than 1 MiB")),
        false => std::fs::read_to_string(path),
    });
    match read {
        Ok(text) => Some(text),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
        Err(error) => {
            problems.push(format!("{}: {error}", path.display()));
            None
        }
    }
}

/// The members of `buf.work.yaml` and of `buf.yaml` in its versions.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Buf {
    /// `buf.work.yaml`
    directories: Vec<PathBuf>,
    /// `buf.yaml`, v2
    modules: Vec<Module>,
    /// `buf.yaml`, v1beta1
    build: Build,
}

#[derive(Debug, Deserialize)]
struct Module {
    #[serde(default)]
    path: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Build {
    roots: Vec<PathBuf>,
}

fn buf_roots(folder: &Path, text: &str) -> Result<Vec<PathBuf>, String> {
    let buf: Buf = serde_saphyr::from_str(text).map_err(|error| {
        let reason = error.to_string();
        reason.lines().next().unwrap_or_default().to_owned()
    })?;
    let modules = buf.modules.into_iter().map(|module| module.path);
    let named: Vec<_> = buf
        .directories
        .into_iter()
        .chain(modules)
        .chain(buf.build.roots)
        .collect();
    Ok(match named.is_empty() {
        true => vec![folder.to_owned()],
        false => named.into_iter().map(|path| folder.join(path)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_inside_the_root() {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("root");
        let deep = root.join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(outside.path().join("gctf.toml"), "address = 'outside:1'\n").unwrap();
        assert_eq!(FolderConfig::read(&deep, &root), FolderConfig::default());
        std::fs::write(root.join("gctf.toml"), "address = 'root:1'\n").unwrap();
        std::fs::write(
            root.join("buf.yaml"),
            "version: v2\nmodules:\n  - path: proto\n    name: x\n",
        )
        .unwrap();
        let found = FolderConfig::read(&deep, &root);
        assert_eq!(found.layer.unwrap().entries[0].value, "root:1");
        assert_eq!(found.proto_roots, [root.join("proto")]);
        assert_eq!(found.mock, None);
        std::fs::write(root.join("gctf.toml"), "[mock]\nlisten = 'localhost:1'\n").unwrap();
        let declared = DeclaredMock {
            config: root.join("gctf.toml"),
            listen: "localhost:1".to_owned(),
        };
        assert_eq!(FolderConfig::read(&deep, &root).mock, Some(declared));
        std::fs::write(root.join("a/gctf.toml"), "address = \n").unwrap();
        std::fs::write(deep.join("buf.yaml"), "version: [\n").unwrap();
        let found = FolderConfig::read(&deep, &root);
        assert_eq!((&found.layer, &found.proto_roots), (&None, &Vec::new()));
        assert_eq!((found.problems.len(), found.buf_problems.len()), (1, 1), "{found:?}");
    }

    #[test]
    fn the_forms_of_buf() {
        let roots = |text: &str| buf_roots(Path::new("/w"), text).unwrap();
        assert_eq!(roots("version: v1\nbreaking:\n  use: [FILE]\n"), [Path::new("/w")]);
        assert_eq!(
            roots("version: v1\ndirectories: [a, b/c]\n"),
            [Path::new("/w/a"), Path::new("/w/b/c")]
        );
        assert_eq!(roots("version: v1beta1\nbuild:\n  roots: [a]\n"), [Path::new("/w/a")]);
    }
}
