//! A variable or a column of rows gets another name, everywhere in its file and, where `_setup.gctf` sets it, in the
//! files of the folder, and nothing else does.

use super::fixtures::{self, Member, Named};
use super::variables::{self, Found};
use super::{Analysis, FilePosition, FileState};
use crate::spec::SETUP;
use crate::syntax::{Occurrence, SourceFile};
use crate::text::Edit;
use std::ops::Range;
use std::path::Path;

/// Names that mean something else in templates.
const TAKEN: [&str; 2] = ["env", "dataset"];

/// What a file's text becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdits {
    pub file: Named,
    /// In the order of the text.
    pub edits: Vec<Edit>,
}

/// What would be renamed at `position`: the bytes of the name, and the name.
///
/// # Errors
/// Why nothing there can be renamed, in a sentence.
pub fn prepare(analysis: &Analysis, position: FilePosition) -> Result<(Range<usize>, String), String> {
    if let Some((name, place)) = column(analysis, position) {
        return Ok((place, name));
    }
    let (_, found) = renamed(analysis, position)?;
    let occurrence = found.occurrence();
    Ok((occurrence.range.clone(), occurrence.name().to_owned()))
}

/// The edits that give the variable at `position` the name `name`, in each file that it stands in.
///
/// # Errors
/// Why it cannot have that name, in a sentence.
pub fn rename(analysis: &Analysis, position: FilePosition, name: &str) -> Result<Vec<FileEdits>, String> {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!(
            "`{name}` is no name of a variable: letters, digits and `_`, no digit first"
        ));
    }
    if let Some(file) = analysis.file(position.file)
        && let Some((old, places)) = variables::column_at(file, position.offset)
    {
        let edits = rename_column(file, &old, &places, name)?;
        return Ok(in_files([(Named::Open(position.file), edits)]));
    }
    let (file, found) = renamed(analysis, position)?;
    if TAKEN.contains(&name) {
        return Err(format!("`{name}` means something else in templates"));
    }
    if name == found.occurrence().name() {
        return Ok(Vec::new());
    }
    let edits = |uses: &[&Occurrence]| {
        let edit = |found: &&Occurrence| Edit {
            range: found.range.clone(),
            text: name.to_owned(),
        };
        uses.iter().map(edit).collect()
    };
    if let Some(members) = fixtures::members(analysis, position.file, &found) {
        if let Some(reason) = members.iter().find_map(|member| clash_in_folder(member, name)) {
            return Err(reason);
        }
        let all = members.into_iter().map(|member| {
            let edits = edits(&member.uses().collect::<Vec<_>>());
            (member.named, edits)
        });
        return Ok(in_files(all));
    }
    let path = file.path.as_deref();
    if path.is_some_and(|path| fixtures::in_setup(analysis, path, name).is_some()) {
        return Err(set_by_setup(name));
    }
    let same = found.same();
    match clash(&file.source, &found.all, &same, name) {
        Some(reason) => Err(reason),
        None => Ok(in_files([(Named::Open(position.file), edits(&same))])),
    }
}

fn in_files(files: impl IntoIterator<Item = (Named, Vec<Edit>)>) -> Vec<FileEdits> {
    let changed = files.into_iter().filter(|(_, edits)| !edits.is_empty());
    changed.map(|(file, edits)| FileEdits { file, edits }).collect()
}

/// The column of the rows at `position`, with its place there.
fn column(analysis: &Analysis, position: FilePosition) -> Option<(String, Range<usize>)> {
    let (name, places) = variables::column_at(analysis.file(position.file)?, position.offset)?;
    let touches = |place: &Range<usize>| place.start <= position.offset && position.offset <= place.end;
    Some((name, places.into_iter().find(touches)?))
}

fn rename_column(file: &FileState, old: &str, places: &[Range<usize>], name: &str) -> Result<Vec<Edit>, String> {
    if name != old && file.source.column(name).is_some() {
        return Err(format!("`{name}` is already a column of the rows"));
    }
    let places = places.iter().filter(|_| name != old);
    let edits = places.map(|range| Edit {
        range: range.clone(),
        text: name.to_owned(),
    });
    Ok(edits.collect())
}

fn renamed(analysis: &Analysis, position: FilePosition) -> Result<(&FileState, Found), String> {
    let file = analysis.file(position.file).ok_or("the file is not open")?;
    let found = variables::at(file, position).ok_or("only variables can be renamed")?;
    let name = found.occurrence().name();
    match found.occurrence().variable {
        None if fixtures::members(analysis, position.file, &found).is_none() => {
            Err(format!("`{name}` is not set in this file"))
        }
        _ => Ok((file, found)),
    }
}

fn set_by_setup(name: &str) -> String {
    format!("`{name}` is already set by `{SETUP}`")
}

/// Why `name` cannot be the name of a variable of the folder, because something in this file has it.
fn clash_in_folder(member: &Member<'_>, name: &str) -> Option<String> {
    if member.is_setup() && member.all.iter().any(|other| other.sets && other.path == name) {
        return Some(set_by_setup(name));
    }
    let reason = clash(member.source, &member.all, &member.uses().collect::<Vec<_>>(), name)?;
    let file = member.path.file_name().map(Path::new).unwrap_or(member.path);
    Some(format!("{reason}, in `{}`", file.display()))
}

/// Why `name` cannot be the name of the variable `uses`, because something else in the file has it. Where nothing in
/// the file sets the variable it is there from the start.
fn clash(source: &SourceFile, all: &[Occurrence], uses: &[&Occurrence], name: &str) -> Option<String> {
    let definition = uses.iter().find_map(|found| found.variable);
    let (from, first) = definition.map_or((0, 0), |at| (at, all[at].document));
    let last = uses.iter().map(|found| found.document).max();
    let set_there = all
        .iter()
        .any(|other| other.sets && other.path == name && Some(other.document) <= last);
    // A name that nothing set before would be ours from the definition on.
    let captured = all[from..]
        .iter()
        .any(|other| !other.sets && other.name() == name && other.variable.is_none_or(|set| set < from));
    if set_there || captured {
        return Some(format!("`{name}` is already a variable where this one is used"));
    }
    // Expressions set variables of their own, which would hide this one.
    let own = format!("${name}");
    let documents = source.documents().take(last.map_or(0, |last| last + 1)).skip(first);
    let hides = |text: &str| {
        let mut places = text.match_indices(&own);
        places.any(|(at, _)| !text[at + own.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    };
    let mut hidden = documents.filter(|(_, document)| hides(document.text()));
    hidden
        .next()
        .map(|_| format!("`{own}` is set by an expression where this variable is used"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{FILE, fixture};
    use expect_test::{Expect, expect};

    fn check(text: &str, name: &str, expected: Expect) {
        let (analysis, position) = fixture(text);
        let mut text = text.replacen("$0", "", 1);
        let out = match (prepare(&analysis, position), rename(&analysis, position, name)) {
            (Err(reason), _) => format!("{reason}\n"),
            (Ok((range, old)), Err(reason)) => format!("{old} at {range:?}: {reason}\n"),
            (Ok((range, old)), Ok(files)) => {
                assert_eq!(text[range], old);
                assert!(files.iter().all(|edits| edits.file == Named::Open(FILE)));
                for edit in files.iter().flat_map(|edits| &edits.edits).rev() {
                    text.replace_range(edit.range.clone(), &edit.text);
                }
                text
            }
        };
        expected.assert_eq(&out);
    }

    const CHAIN: &str = "--- ENDPOINT ---\na/B\n--- EXTRACT ---\nid = .id\nidentity = .b\n#[skip]\n\
        --- ENDPOINT ---\na/C\n--- REQUEST ---\n{\"id\": \"{{ id }} {{id.x}} {{ identity }}\"}\n--- ASSERTS ---\n.id == $0$id and (.l as $e | $e)\n\
        --- ENDPOINT ---\na/D\n--- REQUEST ---\n{\"x\": \"{{ late }}\"}\n--- EXTRACT ---\nid = $id\nnext = $id\n";

    #[test]
    fn every_use_and_nothing_else_changes() {
        check(
            CHAIN,
            "key",
            expect![[r#"
            --- ENDPOINT ---
            a/B
            --- EXTRACT ---
            key = .id
            identity = .b
            #[skip]
            --- ENDPOINT ---
            a/C
            --- REQUEST ---
            {"id": "{{ key }} {{key.x}} {{ identity }}"}
            --- ASSERTS ---
            .id == $key and (.l as $e | $e)
            --- ENDPOINT ---
            a/D
            --- REQUEST ---
            {"x": "{{ late }}"}
            --- EXTRACT ---
            id = $key
            next = $id
        "#]],
        );
    }

    #[test]
    fn names_that_would_mean_something_else_are_refused() {
        let reasons = ["", "1a", "a-b", "é", "env", "identity", "late", "next", "e"].map(|name| {
            let (analysis, position) = fixture(CHAIN);
            rename(&analysis, position, name).unwrap_err()
        });
        expect![[r#"
            `` is no name of a variable: letters, digits and `_`, no digit first
            `1a` is no name of a variable: letters, digits and `_`, no digit first
            `a-b` is no name of a variable: letters, digits and `_`, no digit first
            `é` is no name of a variable: letters, digits and `_`, no digit first
            `env` means something else in templates
            `identity` is already a variable where this one is used
            `late` is already a variable where this one is used
            `next` is already a variable where this one is used
            `$e` is set by an expression where this variable is used
        "#]]
        .assert_eq(&(reasons.join("\n") + "\n"));
        let (analysis, position) = fixture(CHAIN);
        assert_eq!(rename(&analysis, position, "id"), Ok(Vec::new()));
    }

    #[test]
    fn a_name_that_is_set_later_only_is_free() {
        let call = |name| format!("--- ENDPOINT ---\na/B\n--- EXTRACT ---\n{name} = .id\n");
        check(
            &format!("{}{}--- ASSERTS ---\n$later\n", call("i$0d"), call("later")),
            "later",
            expect![[r#"
                --- ENDPOINT ---
                a/B
                --- EXTRACT ---
                later = .id
                --- ENDPOINT ---
                a/B
                --- EXTRACT ---
                later = .id
                --- ASSERTS ---
                $later
            "#]],
        );
    }

    #[test]
    fn only_variables_of_the_file_are_renamed() {
        check(
            "--- ENDPOINT ---\na/$0B\n",
            "x",
            expect![[r#"
            only variables can be renamed
        "#]],
        );
        check(
            "--- ENDPOINT ---\na/B\n--- REQUEST ---\n{\"a\": \"{{ fo$0o }}\"}\n",
            "x",
            expect![[r#"
            `foo` is not set in this file
        "#]],
        );
    }

    #[test]
    fn columns_are_renamed_in_the_rows_and_where_they_are_read() {
        let text = "--- DATASET ---\n- na$0me: a\n  other: name\n- {\"name\": b}\n--- ENDPOINT ---\na/B\n--- REQUEST ---\n\
            {\"x\": \"{{ dataset.name }} {{name}}\"}\n--- ASSERTS ---\n.name == $dataset.name\n";
        let renamed = || {
            expect![[r#"
            --- DATASET ---
            - title: a
              other: name
            - {"title": b}
            --- ENDPOINT ---
            a/B
            --- REQUEST ---
            {"x": "{{ dataset.title }} {{name}}"}
            --- ASSERTS ---
            .name == $dataset.title
        "#]]
        };
        check(text, "title", renamed());
        let from_use = text
            .replacen("$0", "", 1)
            .replacen("$dataset.name", "$dataset.na$0me", 1);
        check(&from_use, "title", renamed());
        check(
            text,
            "other",
            expect![[r#"
            name at 18..22: `other` is already a column of the rows
        "#]],
        );
    }
}
