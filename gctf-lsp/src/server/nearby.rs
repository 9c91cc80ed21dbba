//! Files near a `.gctf` file that a value in it can name: in its folder, and in the workspace around it.

use crate::ide::completion::FileKind;
use std::path::{Path, PathBuf};

/// Entries that are looked at before the search ends.
const MAX_ENTRIES: usize = 5000;

/// How deep folders are looked into.
const MAX_DEPTH: usize = 6;

/// Folders with too much in them that nobody names.
const PASSED_OVER: [&str; 2] = ["node_modules", "target"];

/// Paths from `folder` of the files that fit, nearest first, `/` between their steps. Nothing outside `folder`
/// and the innermost of `workspace` that holds it is looked at.
pub(super) fn list(folder: &Path, workspace: &[PathBuf], kind: FileKind) -> Vec<String> {
    let around = workspace.iter().filter(|root| folder.starts_with(root));
    let root = around.max_by_key(|root| root.components().count());
    let root = root.map_or(folder, PathBuf::as_path);
    let mut search = Search {
        root,
        kind,
        left: MAX_ENTRIES,
        found: Vec::new(),
    };
    let mut from: Option<&Path> = None;
    for (up, start) in folder.ancestors().enumerate() {
        search.below(start, &"../".repeat(up), from, 0);
        if start == root {
            break;
        }
        if kind == FileKind::Folder {
            search.found.push(format!("..{}", "/..".repeat(up)));
        }
        from = Some(start);
    }
    search.found
}

struct Search<'a> {
    /// What is not in it is not named.
    root: &'a Path,
    kind: FileKind,
    left: usize,
    found: Vec<String>,
}

impl Search<'_> {
    /// Looks through `folder`, which `prefix` leads to, but for `known`.
    fn below(&mut self, folder: &Path, prefix: &str, known: Option<&Path>, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        let mut entries: Vec<_> = entries.flatten().take(self.left).collect();
        self.left -= entries.len();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        let mut folders = Vec::new();
        for entry in entries {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
                continue;
            };
            let (path, text) = (entry.path(), format!("{prefix}{name}"));
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    let is_new = known != Some(path.as_path()) && !PASSED_OVER.contains(&name);
                    if is_new {
                        folders.push((path, text));
                    }
                }
                Ok(kind) if self.fits(name) && (kind.is_file() || self.leads_inside(&path)) => self.found.push(text),
                _ => {}
            }
        }
        for (path, text) in folders {
            if self.kind == FileKind::Folder {
                self.found.push(text.clone());
            }
            if depth < MAX_DEPTH {
                self.below(&path, &format!("{text}/"), None, depth + 1);
            }
        }
    }

    fn fits(&self, name: &str) -> bool {
        let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| self.kind.extensions().contains(&extension))
    }

    /// Whether a link ends at a file in the root.
    fn leads_inside(&self, link: &Path) -> bool {
        let root = self.root.canonicalize();
        let target = link.canonicalize();
        match (root, target) {
            (Ok(root), Ok(target)) => target.starts_with(root) && target.is_file(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_folder_come_before_those_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("workspace");
        let write = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        };
        for path in [
            "secret.pem",
            "workspace/tests/a.pem",
            "workspace/tests/certs/b.crt",
            "workspace/tests/x.proto",
            "workspace/server/tls/c.pem",
            "workspace/server/.hidden/d.pem",
            "workspace/node_modules/e.pem",
        ] {
            write(path);
        }
        let tests = root.join("tests");
        let workspace = [root.clone()];
        assert_eq!(
            list(&tests, &workspace, FileKind::Certificate),
            ["a.pem", "certs/b.crt", "../server/tls/c.pem"]
        );
        assert_eq!(list(&tests, &[], FileKind::Certificate), ["a.pem", "certs/b.crt"]);
        assert_eq!(list(&tests, &workspace, FileKind::Proto), ["x.proto"]);
        assert_eq!(
            list(&tests, &workspace, FileKind::Folder),
            ["certs", "..", "../server", "../server/tls"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_outside_are_not_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("workspace");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("secret.pem"), "").unwrap();
        std::fs::write(root.join("own.pem"), "").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.pem"), root.join("out.pem")).unwrap();
        std::os::unix::fs::symlink(root.join("own.pem"), root.join("in.pem")).unwrap();
        assert_eq!(list(&root, &[], FileKind::Key), ["in.pem", "own.pem"]);
    }
}
