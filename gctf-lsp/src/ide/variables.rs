//! The variable under the cursor, and where its value comes from.

use super::{Analysis, FileId, FilePosition, FileState, Place, fixtures};
use crate::syntax::Occurrence;
use std::ops::Range;

/// The occurrences of a file's variables, with the one at the cursor.
pub(super) struct Found {
    pub(super) all: Vec<Occurrence>,
    at: usize,
}

impl Found {
    /// The one at the cursor.
    pub(super) fn occurrence(&self) -> &Occurrence {
        &self.all[self.at]
    }

    /// Everything that is the same variable, in the order of the text: its definition and what reads it. For what
    /// nothing in the file sets, everything that reads the same name.
    pub(super) fn same(&self) -> Vec<&Occurrence> {
        let own = self.occurrence();
        let is_same = |other: &&Occurrence| match own.variable {
            Some(_) => other.variable == own.variable,
            None => other.variable.is_none() && self.key(other) == self.key(own),
        };
        let mut same: Vec<_> = self.all.iter().filter(is_same).collect();
        same.sort_by_key(|found| found.range.start);
        same
    }

    /// What tells variables apart that come from outside: columns by their names.
    fn key<'a>(&self, occurrence: &'a Occurrence) -> &'a str {
        column(occurrence).unwrap_or_else(|| occurrence.name())
    }
}

/// The variable at `position`.
pub(super) fn at(file: &FileState, position: FilePosition) -> Option<Found> {
    let all = file.source.occurrences();
    let offset = position.offset;
    // A cursor before `$` is on the variable too.
    let touches = |found: &Occurrence| {
        let start = found.range.start;
        let dollar = start > 0 && file.source.text().get_byte(start - 1) == Some(b'$');
        // A column is what is named, not the rows.
        let length = column(found).map_or(found.range.len(), |column| "dataset.".len() + column.len());
        start - usize::from(dollar) <= offset && offset <= start + length
    };
    let at = all.iter().position(touches)?;
    Some(Found { all, at })
}

/// `column` of `dataset.column`.
pub(super) fn column(occurrence: &Occurrence) -> Option<&str> {
    let steps = occurrence.path.strip_prefix("dataset.")?;
    steps.split('.').next().filter(|_| occurrence.variable.is_none())
}

/// A column of the rows, with every place that names it: in the rows and where it is read, in the order of the text.
pub(super) fn column_at(file: &FileState, offset: usize) -> Option<(String, Vec<Range<usize>>)> {
    const PREFIX: &str = "dataset.";
    let touches = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    let occurrences = file.source.occurrences();
    let uses = |name: &str| {
        let own = occurrences.iter().filter(|found| column(found) == Some(name));
        let places = own.map(|found| found.range.start + PREFIX.len());
        places.map(|start| start..start + name.len()).collect::<Vec<_>>()
    };
    let columns = file.source.visible_variables(0, 0).into_iter();
    let columns = columns.filter(|variable| variable.set_at.is_none());
    let mut columns = columns.filter_map(|variable| Some(variable.name.strip_prefix(PREFIX)?.to_owned()));
    columns.find_map(|name| {
        // A quoted key is a name in quotes.
        let keys = file.source.column_places(&name).into_iter();
        let keys = keys.map(|range| match range.len() == name.len() + 2 {
            true => range.start + 1..range.end - 1,
            false => range,
        });
        let mut places: Vec<_> = keys.chain(uses(&name)).collect();
        places.sort_by_key(|place| place.start);
        places.iter().any(touches).then_some((name, places))
    })
}

/// Where the value of an occurrence comes from.
pub(super) fn definition(analysis: &Analysis, id: FileId, found: &Found) -> Option<Place> {
    let file = analysis.file(id)?;
    let occurrence = found.occurrence();
    if let Some(variable) = occurrence.variable {
        return Some(Place::Open {
            file: id,
            range: found.all[variable].range.clone(),
        });
    }
    match column(occurrence) {
        Some(column) => file.source.column(column).map(|range| Place::Open { file: id, range }),
        None => fixtures::in_setup(analysis, file.path.as_deref()?, occurrence.name()),
    }
}
