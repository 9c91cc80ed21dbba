//! The proto sources that lie in the user's folders, for the comments and positions that a server's reflection does not
//! have: those of buf's modules, else a folder's own.

use crate::grpc::protos;
use crate::schema::Schema;
use crate::schema::local::Local;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most sources that are looked at.
const MOST_FILES: usize = 2000;

/// `schema` with what the sources in the folders `roots` tell; sources that do not compile tell nothing.
pub(super) async fn with_docs(schema: Schema, roots: Vec<PathBuf>) -> Schema {
    let bare = schema.clone();
    let merged = tokio::task::spawn_blocking(move || match local(&roots) {
        Some(local) => schema.with_docs_of(Arc::new(local)),
        None => schema,
    });
    merged.await.unwrap_or(bare)
}

fn local(roots: &[PathBuf]) -> Option<Local> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for root in roots {
        let modules = modules(root);
        let depth = if modules.is_empty() { Some(1) } else { None };
        let own = if modules.is_empty() {
            vec![root.clone()]
        } else {
            modules
        };
        for folder in own {
            if !folders.contains(&folder) {
                files.extend(sources(&folder, depth));
                folders.push(folder);
            }
        }
    }
    files.truncate(MOST_FILES);
    if files.is_empty() {
        return None;
    }
    let pool = protos::compile_what_can(&files, &folders);
    let places = pool.files().filter_map(|file| {
        let path = folders
            .iter()
            .map(|folder| folder.join(file.name()))
            .find(|path| path.is_file())?;
        Some((file.name().to_owned(), path))
    });
    let places: BTreeMap<_, _> = places.collect();
    Some(Local::new(pool, places))
}

/// The proto files of a folder, ignored ones left out.
fn sources(folder: &Path, depth: Option<usize>) -> Vec<PathBuf> {
    let mut walk = ignore::WalkBuilder::new(folder);
    let entries = walk.max_depth(depth).sort_by_file_path(Path::cmp).build().flatten();
    let paths = entries.map(ignore::DirEntry::into_path);
    let is_proto = |path: &PathBuf| path.extension().is_some_and(|end| end == "proto") && path.is_file();
    paths.filter(is_proto).take(MOST_FILES).collect()
}

/// What `buf.yaml` and `buf.work.yaml` say of import roots.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Buf {
    modules: Vec<Module>,
    directories: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Module {
    path: PathBuf,
}

/// The import roots of a folder that buf manages, inside of it; none for another folder.
fn modules(root: &Path) -> Vec<PathBuf> {
    let read = |name: &str| {
        let text = std::fs::read_to_string(root.join(name)).ok()?;
        serde_saphyr::from_str::<Buf>(&text).ok()
    };
    let found = [read("buf.work.yaml"), read("buf.yaml")];
    let is_managed = found.iter().any(Option::is_some);
    let named = found.into_iter().flatten().flat_map(|buf| {
        let modules = buf.modules.into_iter().map(|module| module.path);
        buf.directories.into_iter().chain(modules)
    });
    let mut folders: Vec<_> = named
        .filter_map(|path| root.join(path).canonicalize().ok())
        .filter(|path| root.canonicalize().is_ok_and(|root| path.starts_with(root)))
        .collect();
    // Without a word on modules the folder itself is one.
    if is_managed && folders.is_empty() {
        folders.push(root.to_owned());
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_those_of_the_modules_or_of_the_folder_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |name: &str, text: &str| {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("own.proto", "syntax = \"proto3\"; message Own {}");
        write("broken.proto", "syntax = \"proto3\"; message {");
        write(
            "api/v1/a.proto",
            "syntax = \"proto3\"; import \"v1/b.proto\"; message A { B b = 1; }",
        );
        write("api/v1/b.proto", "syntax = \"proto3\"; message B {}");
        let names = || -> Vec<String> {
            let local = local(std::slice::from_ref(&root)).unwrap();
            local
                .files()
                .map(|(name, path)| format!("{name} {}", path.strip_prefix(&root).unwrap().display()))
                .collect()
        };
        assert_eq!(names(), ["own.proto own.proto"]);
        write(
            "buf.yaml",
            "version: v2\nmodules:\n  - path: api\n  - path: ../outside\n",
        );
        assert_eq!(names(), ["v1/a.proto api/v1/a.proto", "v1/b.proto api/v1/b.proto"]);
    }
}
