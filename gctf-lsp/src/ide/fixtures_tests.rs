use super::*;
use crate::ide::highlight::{Mark, highlights};
use crate::ide::references::{Declaration, references};
use crate::ide::rename::{prepare, rename};
use crate::ide::testing::folder;
use crate::text;
use expect_test::{Expect, expect};

type Files<'a> = &'a [(&'a str, &'a str)];

/// A name is set twice, and the tests get what the second one sets.
const SETUP_TEXT: &str = "--- ENDPOINT ---\na/A\n--- EXTRACT ---\nuser = .a\n--- ENDPOINT ---\na/B\n--- REQUEST ---\n{\"x\": \"{{ user }}\"}\n\
    --- EXTRACT ---\nuser = .b\nkey = $user\n";

/// Reads the variable twice, then sets it itself.
const TEST: &str = "--- ENDPOINT ---\na/C\n--- REQUEST ---\n{\"é😀\": \"{{user.id}} {{ key }}\"}\n--- ASSERTS ---\n.x == $user\n\
    --- EXTRACT ---\nuser = .c\n--- ENDPOINT ---\na/D\n--- ASSERTS ---\n.x == $user and (.y as $own | $own)\n";

const TEARDOWN_TEXT: &str = "--- ENDPOINT ---\r\na/E\r\n--- REQUEST ---\r\n{\"é\": \"{{ user }}\"}\r\n";

/// `text` with the cursor in front of the `nth` occurrence of `mark`.
fn at(text: &str, mark: &str, nth: usize) -> String {
    let at = text.match_indices(mark).nth(nth).unwrap().0;
    format!("{}$0{}", &text[..at], &text[at..])
}

fn source<'a>(analysis: &'a Analysis, named: &Named) -> (String, &'a SourceFile) {
    match named {
        Named::Open(id) => {
            let file = analysis.file(*id).unwrap();
            let name = file.path.as_ref().unwrap().file_name().unwrap();
            (name.to_string_lossy().into_owned(), &file.source)
        }
        Named::Closed(path) => {
            let name = path.file_name().unwrap();
            (format!("{} on the disk", name.display()), &analysis.beside[path])
        }
    }
}

/// The references, a line each: file, line, column and text.
fn check_references(open: Files<'_>, closed: Files<'_>, declaration: Declaration, expected: Expect) {
    let (analysis, position) = folder(open, closed);
    let mut shown = String::new();
    for place in references(&analysis, position, declaration) {
        let (named, range) = match place {
            Place::Open { file, range } => (Named::Open(file), range),
            Place::Closed { path, range } => (Named::Closed(path), range),
            other => panic!("{other:?}"),
        };
        let (name, source) = source(&analysis, &named);
        let text = source.text().to_string();
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[..start].matches('\n').count();
        shown += &format!("{name} {line}:{} {}\n", range.start - start, &text[range]);
    }
    expected.assert_eq(&shown);
}

/// The lines that change, or why none does.
fn check_rename(open: Files<'_>, closed: Files<'_>, new: &str, expected: Expect) {
    let (analysis, position) = folder(open, closed);
    let mut shown = String::new();
    match prepare(&analysis, position).and_then(|_| rename(&analysis, position, new)) {
        Err(reason) => shown = format!("{reason}\n"),
        Ok(files) => {
            for edits in files {
                let (name, source) = source(&analysis, &edits.file);
                let before = source.text().to_string();
                let after = text::apply(&before, &edits.edits);
                for (before, after) in before.split_inclusive('\n').zip(after.split_inclusive('\n')) {
                    if before != after {
                        shown += &format!("{name}: {after:?}\n");
                    }
                }
            }
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn from_either_side_all_uses_in_the_folder_are_found() {
    let all = || {
        expect![[r#"
            _setup.gctf 9:0 user
            _setup.gctf 10:7 user
            _teardown.gctf on the disk 3:11 user
            a.gctf 3:14 user
            a.gctf 5:7 user
        "#]]
    };
    let closed: Files<'_> = &[("_teardown.gctf", TEARDOWN_TEXT), ("other.txt", "")];
    let setup = at(SETUP_TEXT, "user", 2);
    check_references(
        &[("a.gctf", TEST), ("_setup.gctf", &setup)],
        closed,
        Declaration::Included,
        all(),
    );
    let test = at(TEST, "user.id", 0);
    check_references(
        &[("a.gctf", &test), ("_setup.gctf", SETUP_TEXT)],
        closed,
        Declaration::Included,
        all(),
    );
    let teardown = TEARDOWN_TEXT.replace("{{ ", "{{ $0");
    let closed: Files<'_> = &[("a.gctf", TEST), ("_setup.gctf", SETUP_TEXT)];
    check_references(
        &[("_teardown.gctf", &teardown)],
        closed,
        Declaration::Left,
        expect![[r#"
            _setup.gctf on the disk 10:7 user
            _teardown.gctf 3:11 user
            a.gctf on the disk 3:14 user
            a.gctf on the disk 5:7 user
        "#]],
    );
}

#[test]
fn what_is_set_again_is_another_variable() {
    // In the setup the first one, and in the test its own.
    let setup = at(SETUP_TEXT, "user", 0);
    check_references(
        &[("_setup.gctf", &setup), ("a.gctf", TEST)],
        &[],
        Declaration::Included,
        expect![[r#"
            _setup.gctf 3:0 user
            _setup.gctf 7:10 user
        "#]],
    );
    let test = at(TEST, "$user", 1);
    check_references(
        &[("_setup.gctf", SETUP_TEXT), ("a.gctf", &test)],
        &[],
        Declaration::Included,
        expect![[r#"
            a.gctf 7:0 user
            a.gctf 11:7 user
        "#]],
    );
    // Files of other folders have no part in it.
    let (mut analysis, position) = folder(&[("_setup.gctf", &at(SETUP_TEXT, "user", 2))], &[]);
    let other = std::sync::Arc::new(SourceFile::new(TEST));
    std::sync::Arc::make_mut(&mut analysis.beside).insert("/t/sub/a.gctf".into(), other);
    assert_eq!(references(&analysis, position, Declaration::Included).len(), 2);
}

#[test]
fn a_rename_changes_all_files_of_the_folder() {
    let all = || {
        expect![[r#"
            _setup.gctf: "login = .b\n"
            _setup.gctf: "key = $login\n"
            _teardown.gctf on the disk: "{\"é\": \"{{ login }}\"}\r\n"
            a.gctf: "{\"é😀\": \"{{login.id}} {{ key }}\"}\n"
            a.gctf: ".x == $login\n"
        "#]]
    };
    let closed: Files<'_> = &[("_teardown.gctf", TEARDOWN_TEXT)];
    let setup = at(SETUP_TEXT, "user", 3);
    check_rename(&[("a.gctf", TEST), ("_setup.gctf", &setup)], closed, "login", all());
    let test = at(TEST, "user\n", 0);
    check_rename(
        &[("a.gctf", &test), ("_setup.gctf", SETUP_TEXT)],
        closed,
        "login",
        all(),
    );
    // What a test sets itself, and what the setup sets again, changes where it is.
    check_rename(
        &[("a.gctf", &at(TEST, "user = .c", 0)), ("_setup.gctf", SETUP_TEXT)],
        closed,
        "login",
        expect![[r#"
            a.gctf: "login = .c\n"
            a.gctf: ".x == $login and (.y as $own | $own)\n"
        "#]],
    );
    check_rename(
        &[("_setup.gctf", &at(SETUP_TEXT, "user = .a", 0)), ("a.gctf", TEST)],
        closed,
        "login",
        expect![[r#"
            _setup.gctf: "login = .a\n"
            _setup.gctf: "{\"x\": \"{{ login }}\"}\n"
        "#]],
    );
}

#[test]
fn names_that_any_of_the_files_has_are_refused() {
    let call = |name: &str| format!("--- ENDPOINT ---\na/B\n--- EXTRACT ---\n{name} = .id\n");
    let reads = |name: &str| format!("--- ENDPOINT ---\na/B\n--- REQUEST ---\n{{\"x\": \"{{{{ {name} }}}}\"}}\n");
    let setup = format!("{}{}", call("us$0er"), call("key"));
    let plain = setup.replacen("$0", "", 1);
    let refused = |text: &str, expected: Expect| {
        check_rename(&[("_setup.gctf", &setup)], &[("b.gctf", text)], "login", expected);
    };
    check_rename(
        &[("_setup.gctf", &setup)],
        &[],
        "key",
        expect![[r#"
            `key` is already set by `_setup.gctf`
        "#]],
    );
    // It is set before the last use, it is read and set by nothing, or an expression sets it.
    refused(
        &format!("{}{}", call("login"), reads("user")),
        expect![[r#"
            `login` is already a variable where this one is used, in `b.gctf`
        "#]],
    );
    refused(
        &reads("login"),
        expect![[r#"
            `login` is already a variable where this one is used, in `b.gctf`
        "#]],
    );
    refused(
        &format!("{}--- ASSERTS ---\n.a as $login | $login\n", reads("user")),
        expect![[r#"
            `$login` is set by an expression where this variable is used, in `b.gctf`
        "#]],
    );
    // It is set after the last use, or in a file that does not use the variable.
    for text in [format!("{}{}", reads("user"), call("login")), call("login")] {
        let (analysis, position) = folder(&[("_setup.gctf", &setup)], &[("b.gctf", &text)]);
        assert!(rename(&analysis, position, "login").is_ok(), "{text}");
    }
    // A test's own variable cannot have a name of the setup either.
    check_rename(
        &[("a.gctf", &call("ow$0n")), ("_setup.gctf", &plain)],
        &[],
        "user",
        expect![[r#"
            `user` is already set by `_setup.gctf`
        "#]],
    );
    check_rename(
        &[("a.gctf", &reads("no$0ne")), ("_setup.gctf", &plain)],
        &[],
        "x",
        expect![[r#"
            `none` is not set in this file
        "#]],
    );
}

#[test]
fn highlights_are_those_of_the_file() {
    let (analysis, position) = folder(&[("a.gctf", &at(TEST, "user.id", 0)), ("_setup.gctf", SETUP_TEXT)], &[]);
    let marks = highlights(&analysis, position);
    assert_eq!(
        marks.iter().map(|(_, mark)| *mark).collect::<Vec<_>>(),
        [Mark::Read, Mark::Read]
    );
    let (analysis, position) = folder(&[("_setup.gctf", &at(SETUP_TEXT, "user", 3))], &[]);
    let marks = highlights(&analysis, position);
    assert_eq!(
        marks.iter().map(|(_, mark)| *mark).collect::<Vec<_>>(),
        [Mark::Write, Mark::Read]
    );
}
