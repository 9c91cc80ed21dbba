//! The proto sources that lie in the user's folders, for the comments and positions that a server's reflection does not
//! have: those below import roots that somebody named, else a folder's own.

use super::session::Session;
use crate::config::folder::FolderConfig;
use crate::connection::named_files;
use crate::grpc::{pool, protos};
use crate::schema::Schema;
use crate::schema::local::Local;
use crate::target::SchemaSource;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most sources that are looked at.
const MOST_FILES: usize = 2000;

/// Most files and folders that are looked at to find them.
const MOST_ENTRIES: usize = 100_000;

/// Where proto sources are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roots {
    /// Folders that imports start at, the first ones first: whatever is below them counts.
    imports: Vec<PathBuf>,
    /// Folders that buf may manage; of others only their own sources count.
    folders: Vec<PathBuf>,
    /// Nothing is read outside of these, links followed.
    pub(super) inside: Vec<PathBuf>,
}

impl Session {
    /// Where sources of the schema from `source` may lie, by the files that need it.
    pub(super) fn proto_roots(&self, source: &SchemaSource) -> Roots {
        let mut roots = Roots {
            imports: Vec::new(),
            folders: self.folders.clone(),
            inside: self.folders.clone(),
        };
        for (id, _) in self.open.iter().filter(|(_, file)| file.wanted.contains(source)) {
            let Some(state) = self.analysis.file(*id) else { continue };
            let Some(own) = state.path.as_deref().and_then(Path::parent) else {
                continue;
            };
            let mut imports = named_files::import_folders(&state.source, own);
            imports.extend(self.analysis.config(state).defaults.import_roots.iter().cloned());
            if imports.is_empty() {
                roots.folders.push(own.to_owned());
            }
            roots.imports.extend(imports);
            roots.inside.push(own.to_owned());
        }
        roots
    }
}

/// `schema` with what the sources in `roots` tell; sources that do not compile tell nothing.
pub(super) async fn with_docs(schema: Schema, roots: Roots) -> Schema {
    let bare = schema.clone();
    let merged = tokio::task::spawn_blocking(move || match local(&roots, &schema) {
        Some(local) => schema.with_docs_of(Arc::new(local)),
        None => schema,
    });
    merged.await.unwrap_or(bare)
}

fn local(roots: &Roots, schema: &Schema) -> Option<Local> {
    let inside: Vec<_> = roots
        .inside
        .iter()
        .filter_map(|root| root.canonicalize().ok())
        .collect();
    let is_inside = |path: &Path| {
        let real = path.canonicalize();
        real.is_ok_and(|real| inside.iter().any(|root| real.starts_with(root)))
    };
    let managed = roots
        .folders
        .iter()
        .map(|folder| (folder, FolderConfig::read(folder, folder).proto_roots));
    let managed = managed.flat_map(|(folder, modules)| match modules.is_empty() {
        true => vec![(folder.clone(), Some(1))],
        false => modules.into_iter().map(|module| (module, None)).collect(),
    });
    let named = roots.imports.iter().map(|root| (root.clone(), None));
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for (folder, depth) in named.chain(managed) {
        let Some(folder) = folder.canonicalize().ok().filter(|folder| is_inside(folder)) else {
            continue;
        };
        if !folders.contains(&folder) {
            files.extend(sources(&folder, depth).into_iter().filter(|path| is_inside(path)));
            folders.push(folder);
        }
    }
    files.truncate(MOST_FILES);
    if files.is_empty() {
        return None;
    }
    let mut compiled = protos::compile_what_can(&files, &folders);
    let paths = compiled.pool.files().filter_map(|file| {
        let path = folders
            .iter()
            .map(|folder| folder.join(file.name()))
            .find(|path| path.is_file())?;
        Some((file.name().to_owned(), path))
    });
    let paths = paths.collect();
    let served = pool::also_in(schema.pool(), &compiled.pool);
    compiled.pool = pool::without(&compiled.pool, &served);
    Some(Local::new(compiled, served, paths))
}

/// The proto files of a folder, ignored ones left out.
fn sources(folder: &Path, depth: Option<usize>) -> Vec<PathBuf> {
    let mut walk = ignore::WalkBuilder::new(folder);
    let entries = walk.max_depth(depth).sort_by_file_path(Path::cmp).build();
    let paths = entries.take(MOST_ENTRIES).flatten().map(ignore::DirEntry::into_path);
    let is_proto = |path: &PathBuf| path.extension().is_some_and(|end| end == "proto") && path.is_file();
    paths.filter(is_proto).take(MOST_FILES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace whose one file is in `root/tests`.
    fn roots(root: &Path, imports: &[&str]) -> Roots {
        let own = root.join("tests");
        let folders = match imports {
            [] => vec![root.to_owned(), own.clone()],
            _ => vec![root.to_owned()],
        };
        Roots {
            imports: imports.iter().map(|path| own.join(path)).collect(),
            folders,
            inside: vec![root.to_owned(), own],
        }
    }

    #[test]
    fn sources_are_those_below_the_roots_or_of_the_folder_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("root");
        let write = |name: &str, text: &str| {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("own.proto", "syntax = \"proto3\"; message Own {}");
        write("broken.proto", "syntax = \"proto3\"; message {");
        write("tests/test.proto", "syntax = \"proto3\"; message Test {}");
        write(
            "api/v1/a.proto",
            "syntax = \"proto3\"; import \"v1/b.proto\"; message A { B b = 1; }",
        );
        write("api/v1/b.proto", "syntax = \"proto3\"; message B {}");
        write("../outside/c.proto", "syntax = \"proto3\"; message C {}");
        let names = |imports: &[&str]| -> Vec<String> {
            let nothing = Schema::new(prost_reflect::DescriptorPool::new(), Vec::new());
            let local = local(&roots(&root, imports), &nothing).unwrap();
            local
                .files()
                .map(|(name, path)| format!("{name} {}", path.strip_prefix(&root).unwrap().display()))
                .collect()
        };
        let api = ["v1/a.proto api/v1/a.proto", "v1/b.proto api/v1/b.proto"];
        let own = "own.proto own.proto";
        assert_eq!(names(&[]), [own, "tests/test.proto tests/test.proto"]);
        // What the section or the settings name comes before what lies about.
        assert_eq!(names(&["../api"]), [own, api[0], api[1]]);
        // Nothing outside is read, by its path or by a link.
        assert_eq!(names(&["../../outside"]), [own]);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("outside"), root.join("link")).unwrap();
            std::os::unix::fs::symlink(folder.path().join("outside/c.proto"), root.join("d.proto")).unwrap();
            assert_eq!(names(&["../link"]), [own]);
        }
        write(
            "buf.yaml",
            "version: v2\nmodules:\n  - path: api\n  - path: ../outside\n",
        );
        assert_eq!(names(&["."]), ["test.proto tests/test.proto", api[0], api[1]]);
    }
}
