//! Variables that `_setup.gctf` leaves to the files of its folder: what the last definition of a name sets is read by
//! every file there, `_teardown.gctf` too, as far as the file does not set the name itself.

use super::variables::{self, Found};
use super::{Analysis, FileId, FilePosition, Place};
use crate::spec::SETUP;
use crate::syntax::{Occurrence, SourceFile};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file as features name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Open(FileId),
    /// One of [`Analysis::beside`].
    Closed(PathBuf),
}

impl Named {
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        match self {
            Self::Open(file) => Place::Open { file: *file, range },
            Self::Closed(path) => Place::Closed {
                path: path.clone(),
                range,
            },
        }
    }
}

/// A file of a folder with its variables.
pub(super) struct Member<'a> {
    pub(super) named: Named,
    pub(super) path: &'a Path,
    pub(super) source: &'a SourceFile,
    pub(super) all: Vec<Occurrence>,
    /// Those that are the variable, by their places in `all`, in the order of the text.
    uses: Vec<usize>,
}

impl Member<'_> {
    pub(super) fn uses(&self) -> impl Iterator<Item = &Occurrence> {
        self.uses.iter().map(|at| &self.all[*at])
    }

    pub(super) fn is_setup(&self) -> bool {
        is_setup(self.path)
    }
}

/// Whether the variable at `position` reaches into other files, as far as its own file and `_setup.gctf` tell.
pub fn is_shared(analysis: &Analysis, position: FilePosition) -> bool {
    let file = analysis.file(position.file);
    let found = file.and_then(|file| variables::at(file, position));
    found.is_some_and(|found| members(analysis, position.file, &found).is_some())
}

/// The name of the variable at `position`.
pub fn name_at(analysis: &Analysis, position: FilePosition) -> Option<String> {
    let found = variables::at(analysis.file(position.file)?, position)?;
    Some(found.occurrence().name().to_owned())
}

/// The files of the folder that the variable `found` in the file `id` belongs to, `_setup.gctf` first, then by their
/// paths; `None` for a variable that is its own file's alone. In `_setup.gctf` every variable is the folder's: one
/// that is set again reaches no other file, and under another name it could.
pub(super) fn members<'a>(analysis: &'a Analysis, id: FileId, found: &Found) -> Option<Vec<Member<'a>>> {
    let own = found.occurrence();
    let name = own.name();
    let path = analysis.file(id)?.path.as_deref()?;
    let mut files = files(analysis, path.parent()?);
    let (setup_path, (setup_named, setup)) = files.remove_entry(path.with_file_name(SETUP).as_path())?;
    let all = setup.occurrences();
    let last = last_set(&all, name);
    let definition = match (is_setup(path), own.variable) {
        (true, Some(definition)) => definition,
        (false, None) if variables::column(own).is_none() => last?,
        _ => return None,
    };
    let uses = places(&all, |other| other.variable == Some(definition));
    let mut members = vec![Member {
        named: setup_named,
        path: setup_path,
        source: setup,
        all,
        uses,
    }];
    let reaches = last == Some(definition);
    members.extend(files.into_iter().map(|(path, (named, source))| {
        let all = source.occurrences();
        let uses = places(&all, |other| {
            reaches && other.variable.is_none() && variables::column(other).is_none() && other.name() == name
        });
        Member {
            named,
            path,
            source,
            all,
            uses,
        }
    }));
    Some(members)
}

/// Where the `_setup.gctf` of a file's folder sets a name for the others.
pub(super) fn in_setup(analysis: &Analysis, path: &Path, name: &str) -> Option<Place> {
    let files = files(analysis, path.parent()?);
    let (named, setup) = files.get(path.with_file_name(SETUP).as_path())?;
    let all = setup.occurrences();
    Some(named.place(all[last_set(&all, name)?].range.clone()))
}

fn last_set(all: &[Occurrence], name: &str) -> Option<usize> {
    all.iter().rposition(|found| found.sets && found.path == name)
}

fn places(all: &[Occurrence], is_it: impl Fn(&Occurrence) -> bool) -> Vec<usize> {
    let mut places: Vec<_> = (0..all.len()).filter(|at| is_it(&all[*at])).collect();
    places.sort_by_key(|at| all[*at].range.start);
    places
}

fn is_setup(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == SETUP)
}

/// The files right in `folder`, as they are open, else as they are on the disk.
fn files<'a>(analysis: &'a Analysis, folder: &Path) -> BTreeMap<&'a Path, (Named, &'a SourceFile)> {
    let closed = analysis.beside.iter();
    let closed = closed.map(|(path, source)| (path.as_path(), (Named::Closed(path.clone()), source.as_ref())));
    let open = analysis.files.iter().filter_map(|(id, file)| {
        let path = file.path.as_deref()?;
        Some((path, (Named::Open(*id), &file.source)))
    });
    let in_folder = |(path, _): &(&Path, _)| path.parent() == Some(folder);
    closed.chain(open).filter(in_folder).collect()
}

#[cfg(test)]
#[path = "fixtures_tests.rs"]
mod tests;
