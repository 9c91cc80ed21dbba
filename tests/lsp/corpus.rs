//! Real files, typed character by character: every prefix of them is a text that the server has to live with.

use crate::support::editor::{Editor, uri};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Every `.gctf` file of the examples, and of the corpus where it is there.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in [root.join("examples"), root.join("../shared/corpus")] {
        for entry in ignore::Walk::new(folder).filter_map(Result::ok) {
            if entry.path().extension().is_some_and(|extension| extension == "gctf") {
                files.push(entry.into_path());
            }
        }
    }
    files.sort();
    files
}

/// The text with its addresses turned away from this machine, so that nothing is dialled.
fn text(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a text");
    text.replace("localhost", "host.invalid")
        .replace("127.0.0.1", "192.0.2.1")
}

#[test]
fn typed_character_by_character() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut editor = Editor::new(folder.path());
    for (number, path) in files().iter().enumerate() {
        let text = text(path);
        let typed = editor.open_text(&folder.path().join(format!("typed{number}.gctf")), "");
        for (at, character) in text.char_indices() {
            editor.edit(&typed, at..at, &character.to_string());
        }
        let whole = editor.open_text(&folder.path().join(format!("whole{number}.gctf")), &text);
        // The first list of a file is sent whatever it is; the typed one becomes equal to it.
        editor.published(&whole);
        editor.wait(|editor| editor.shown(&typed) == editor.shown(&whole));
        for method in ["codeLens", "documentSymbol", "foldingRange", "semanticTokens/full"] {
            let ask = |uri: &String| json!({ "textDocument": { "uri": uri } });
            let method = format!("textDocument/{method}");
            let (left, right) = (
                editor.request(&method, ask(&typed)),
                editor.request(&method, ask(&whole)),
            );
            let left = left.to_string().replace(&typed, &whole);
            assert_eq!(left, right.to_string(), "{method} {}", path.display());
        }
        editor.close(&typed);
        editor.close(&whole);
    }
    assert_eq!(editor.shut_down(), Some(0));
}

/// What an editor asks while somebody types, at every place of a broken text.
#[test]
fn asked_at_every_place_of_a_prefix() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut editor = Editor::new(folder.path());
    let example = crate::support::chat().join("tests/get_messages.gctf");
    let text = text(&example).replacen("host.invalid", "h\u{e9}\u{1d11e}st.invalid", 1);
    let path = folder.path().join("a.gctf");
    let file = editor.open_text(&path, "");
    let mut asked = Vec::new();
    for (at, character) in text.char_indices() {
        editor.edit(&file, at..at, &character.to_string());
        let place = editor.at(&file, "", at + character.len_utf8());
        asked.push(editor.start("textDocument/completion", place.clone()));
        asked.push(editor.start("textDocument/hover", place));
    }
    for id in asked {
        let answer = editor.answer(id);
        assert!(answer.get("error").is_none(), "{answer}");
    }
    assert_ne!(
        editor.request(
            "textDocument/documentSymbol",
            json!({ "textDocument": { "uri": uri(&path) } })
        ),
        Value::Null
    );
    assert_eq!(editor.shut_down(), Some(0));
}

/// Texts that were made to hurt: deep, long, binary.
#[test]
fn hostile_texts() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut editor = Editor::new(folder.path());
    let request = "--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n";
    let asserts = "--- ENDPOINT ---\na.B/C\n--- ASSERTS ---\n";
    let texts = [
        format!("{request}{}", "[".repeat(100_000)),
        format!("{request}{}", "{\"a\":".repeat(50_000)),
        format!("{request}{}{}", "[".repeat(300), "]".repeat(300)),
        format!("{request}\"{}", "x".repeat(1_000_000)),
        format!("{request}{}", "\u{0}\r\u{feff}\u{1d11e}".repeat(10_000)),
        format!("{asserts}{}", "(".repeat(100_000)),
        format!("{asserts}{}", "(\n".repeat(3_000)),
        format!("{asserts}.a{}", " | .a".repeat(50_000)),
        "--- ".repeat(50_000),
        "#[".repeat(50_000),
        "--- ENDPOINT ---\n".repeat(20_000),
        format!("{request}{}", "\n".repeat(100_000)),
    ];
    for (number, text) in texts.iter().enumerate() {
        let file = editor.open_text(&folder.path().join(format!("{number}.gctf")), text);
        editor.published(&file);
        let mut place = editor.at(&file, "", text.len());
        place["positions"] = json!([place["position"]]);
        place["context"] = json!({ "includeDeclaration": true, "triggerKind": 1 });
        place["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        for method in [
            "codeLens",
            "documentSymbol",
            "foldingRange",
            "semanticTokens/full",
            "completion",
            "hover",
            "formatting",
            "definition",
            "typeDefinition",
            "references",
            "documentHighlight",
            "documentLink",
            "selectionRange",
        ] {
            editor.request(&format!("textDocument/{method}"), place.clone());
        }
        editor.edit(&file, text.len()..text.len(), "x");
        editor.edit(&file, 0..1, "");
        editor.request("textDocument/documentSymbol", place);
        editor.close(&file);
    }
    assert_eq!(editor.shut_down(), Some(0));
}
