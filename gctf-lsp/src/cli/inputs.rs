//! The files that a run reads, and which of them are no longer what they were.

use super::select;
use super::settings::{self, Folders};
use crate::config;
use crate::connection::named_files;
use crate::mock::stubs;
use crate::spec::{SETUP, TEARDOWN};
use crate::syntax::SourceFile;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Where a run's files come from.
pub(super) struct Sources<'a> {
    /// The arguments that name tests.
    pub(super) paths: &'a [PathBuf],
    /// Files that the whole run reads.
    pub(super) shared: Vec<PathBuf>,
    /// The folder whose mock serves the run.
    pub(super) mock: Option<&'a Path>,
    /// Which of the environments that folders have.
    pub(super) environment: Option<&'a str>,
}

/// What a file is to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Test,
    /// The mock is served from it.
    Mock,
    /// Tests depend on it; which ones is not known.
    Shared,
}

/// The files at one moment, with hashes of their contents; `None` for those that are not there.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    files: BTreeMap<PathBuf, (Role, Option<u64>)>,
    /// Where files may appear.
    folders: BTreeSet<PathBuf>,
}

/// What is different.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) tests: BTreeSet<PathBuf>,
    /// Whether more than these tests may come to something else.
    pub(super) concern_all: bool,
    /// Whether the mock is no longer what its files say.
    pub(super) mock: bool,
}

impl Inputs {
    /// Reads all files that a run of `sources` would read.
    ///
    /// # Errors
    /// A test that is named and not there.
    pub(super) fn read(sources: &Sources<'_>) -> Result<Self, String> {
        let mut inputs = Self::default();
        for folder in sources.paths.iter().filter(|path| path.is_dir()) {
            inputs.folders.extend(folders(folder));
        }
        let tests = select::paths(sources.paths)?;
        let mut folders = Folders::default();
        // One that cannot be read keeps the run from starting, which says so.
        let mut import_roots = |path: &Path| folders.of(path).map(|config| config.defaults.import_roots.clone());
        for test in &tests {
            inputs.test(test, Role::Test, import_roots(test).unwrap_or_default());
        }
        let beside: BTreeSet<_> = tests.iter().filter_map(|path| path.parent()).collect();
        for folder in beside {
            for fixture in [SETUP, TEARDOWN].map(|name| folder.join(name)) {
                inputs.test(&fixture, Role::Shared, import_roots(&fixture).unwrap_or_default());
            }
            for path in settings::sources(folder) {
                inputs.file(&path, Role::Shared);
            }
        }
        let chosen = sources.environment.map(|name| folders.environment(name));
        for path in chosen.iter().flatten() {
            inputs.file(path, Role::Shared);
        }
        for path in &sources.shared {
            inputs.file(path, Role::Shared);
        }
        if let Some(folder) = sources.mock {
            inputs.mock(folder);
        }
        Ok(inputs)
    }

    /// The folders that files were found in, or may yet appear in.
    pub(super) fn folders(&self) -> BTreeSet<PathBuf> {
        let parents = self.files.keys().filter_map(|path| path.parent());
        let parents = parents.map(|folder| match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder.to_owned(),
        });
        let all: BTreeSet<_> = parents.chain(self.folders.iter().cloned()).collect();
        all.into_iter().filter(|folder| folder.is_dir()).collect()
    }

    /// What is different from `before`.
    pub(super) fn since(&self, before: &Self) -> Changes {
        let mut changes = Changes::default();
        let all: BTreeSet<_> = self.files.keys().chain(before.files.keys()).collect();
        for path in all {
            let (now, then) = (self.files.get(path), before.files.get(path));
            let print = |file: Option<&(Role, Option<u64>)>| file.and_then(|(_, print)| *print);
            if print(now) == print(then) {
                continue;
            }
            match now.or(then).map(|(role, _)| *role) {
                Some(Role::Test) => {
                    changes.tests.insert(path.clone());
                }
                Some(Role::Mock) => changes.mock = true,
                // What a changed test names anew concerns that test alone.
                Some(Role::Shared) => changes.concern_all |= now.is_some() && then.is_some(),
                None => {}
            }
        }
        changes.concern_all |= changes.mock;
        changes
    }

    /// Notes a file; its content, if it has one and is new here.
    fn file(&mut self, path: &Path, role: Role) -> Option<Vec<u8>> {
        let known = self.files.get(path).is_some_and(|(known, _)| *known == role);
        let content = std::fs::read(path).ok();
        let print = content.as_ref().map(|content| {
            let mut hasher = DefaultHasher::new();
            content.hash(&mut hasher);
            hasher.finish()
        });
        self.files.insert(path.to_owned(), (role, print));
        content.filter(|_| !known)
    }

    /// Notes a test or fixture with the files that it names; imports are looked for in `import_roots` too.
    fn test(&mut self, path: &Path, role: Role, import_roots: Vec<PathBuf>) {
        let Some(text) = self.file(path, role) else { return };
        let source = SourceFile::new(&String::from_utf8_lossy(&text));
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut import_folders = named_files::import_folders(&source, folder);
        import_folders.push(folder.to_owned());
        import_folders.extend(import_roots);
        for (named, _) in named_files::named(&source, folder) {
            self.proto(&named, Role::Shared, &import_folders);
        }
    }

    /// Notes a file; if it is a `.proto` file, also what it imports.
    fn proto(&mut self, path: &Path, role: Role, import_folders: &[PathBuf]) {
        let is_proto = path.extension().is_some_and(|extension| extension == "proto");
        let content = self.file(path, role).filter(|_| is_proto);
        let text = content.map(|content| String::from_utf8_lossy(&content).into_owned());
        let own = path.parent().unwrap_or(Path::new(""));
        for name in text.iter().flat_map(|text| imports(text)) {
            let places = import_folders.iter().map(PathBuf::as_path).chain([own]);
            let places: Vec<_> = places.map(|folder| folder.join(name)).collect();
            match places.iter().find(|place| place.is_file()) {
                Some(found) => self.proto(found, role, import_folders),
                None => places.iter().for_each(|place| {
                    self.file(place, role);
                }),
            }
        }
    }

    /// Notes what the mock of a folder is served from.
    fn mock(&mut self, folder: &Path) {
        let Some(path) = config::nearest(folder) else { return };
        self.file(&path, Role::Mock);
        // One that cannot be read keeps the mock from starting, which says so.
        let Ok(Some(mock)) = config::read_mock(&path) else {
            return;
        };
        for proto in &mock.protos {
            self.proto(proto, Role::Mock, &mock.import_paths);
        }
        for path in mock.cert.iter().chain(&mock.key).chain(&mock.client_ca) {
            self.file(path, Role::Mock);
        }
        for path in &mock.stubs {
            if path.is_dir() {
                self.folders.extend(folders(path));
            }
            let found = stubs::files(path).unwrap_or_else(|_| vec![path.clone()]);
            for file in found {
                self.file(&file, Role::Mock);
            }
        }
    }
}

/// A folder and those in it, as tests are looked for.
fn folders(root: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = ignore::WalkBuilder::new(root).build().filter_map(Result::ok);
    let folders = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_dir()));
    folders.map(ignore::DirEntry::into_path)
}

/// The names that a `.proto` file imports, as far as lines tell.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("import")?;
        let (before, rest) = rest.split_once(['"', '\''])?;
        let is_import = matches!(before.trim(), "" | "public" | "weak");
        rest.split(['"', '\'']).next().filter(|_| is_import)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn write(&self, name: &str, text: &str) {
            let path = self.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn read(&self) -> Inputs {
            let sources = Sources {
                paths: &[self.path("tests")],
                shared: vec![self.path("rows.csv")],
                mock: Some(&self.path("mock")),
                environment: Some("dev"),
            };
            Inputs::read(&sources).unwrap()
        }
    }

    /// What `change` makes different: the tests that it concerns, or `all`, with `mock` where that is concerned.
    fn check(change: impl FnOnce(&Folder), expected: &str) {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write(
            "tests/a.gctf",
            "--- PROTO ---\nfiles: ../protos/a.proto\nimport_paths: ../protos\n",
        );
        folder.write("tests/below/b.gctf", "--- TLS ---\nca_cert: ca.pem\n");
        folder.write("tests/set/c.gctf", "--- PROTO ---\nfiles: c.proto\n");
        folder.write("tests/set/c.proto", "import 'r.proto';\n");
        folder.write(
            "tests/set/gctf.toml",
            "schema.protoRoots = ['../../roots']\nenvironments.dev = '../../dev.env'\n",
        );
        folder.write(
            "protos/a.proto",
            "syntax = \"proto3\";\nimport public \"deep/b.proto\";\n",
        );
        folder.write("protos/deep/b.proto", "import 'a.proto'; // round and round\n");
        folder.write(
            "mock/gctf.toml",
            "[mock]\nprotos = [\"m.proto\"]\nstubs = [\"stubs\"]\n",
        );
        folder.write("mock/m.proto", "");
        folder.write("mock/stubs/a.yaml", "");
        let before = folder.read();
        change(&folder);
        let changes = folder.read().since(&before);
        let tests = changes
            .tests
            .iter()
            .map(|path| path.strip_prefix(folder.0.path()).unwrap());
        let mut words: Vec<_> = tests.map(|path| path.display().to_string()).collect();
        words.extend(changes.concern_all.then(|| "all".to_owned()));
        words.extend(changes.mock.then(|| "mock".to_owned()));
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn a_changed_test_concerns_itself() {
        check(|folder| folder.write("tests/below/b.gctf", "new"), "tests/below/b.gctf");
        check(|folder| folder.write("tests/new/c.gctf", "new"), "tests/new/c.gctf");
        check(
            |folder| std::fs::remove_file(folder.path("tests/a.gctf")).unwrap(),
            "tests/a.gctf",
        );
        let other_proto = "--- PROTO ---\nfiles: ../protos/deep/b.proto\n";
        check(
            |folder| folder.write("tests/below/b.gctf", other_proto),
            "tests/below/b.gctf",
        );
    }

    #[test]
    fn everything_else_concerns_all() {
        for name in [
            "protos/a.proto",
            "protos/deep/b.proto",
            "tests/_setup.gctf",
            "tests/below/_teardown.gctf",
            "tests/below/ca.pem",
            "rows.csv",
            "tests/gctf.toml",
            "tests/below/buf.yaml",
            "dev.env",
            "roots/r.proto",
        ] {
            check(|folder| folder.write(name, "new"), "all");
        }
        for name in [
            "mock/gctf.toml",
            "mock/m.proto",
            "mock/stubs/a.yaml",
            "mock/stubs/more/b.json",
        ] {
            check(|folder| folder.write(name, "new"), "all mock");
        }
    }

    #[test]
    fn what_nobody_reads_concerns_nobody() {
        check(|folder| folder.write("tests/notes.txt", "new"), "");
        check(
            |folder| {
                let text = std::fs::read_to_string(folder.path("tests/a.gctf")).unwrap();
                folder.write("tests/a.gctf.tmp", &text);
                std::fs::rename(folder.path("tests/a.gctf.tmp"), folder.path("tests/a.gctf")).unwrap();
            },
            "",
        );
    }
}
