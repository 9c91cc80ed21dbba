//! Layout as an editor asks for it: whole files, ranges, while somebody types.

use crate::support::editor::{Editor, full_capabilities};
use serde_json::{Value, json};

const OPTIONS: fn() -> Value = || json!({ "tabSize": 8, "insertSpaces": false });

/// The byte of a position in UTF-16.
fn offset(text: &str, position: &Value) -> usize {
    let number = |name: &str| position[name].as_u64().expect("a number") as usize;
    let line: usize = text.split_inclusive('\n').take(number("line")).map(str::len).sum();
    let mut units = 0;
    let rest = text[line..].char_indices();
    let reached = rest.map(|(at, character)| {
        units += character.len_utf16();
        (units, at + character.len_utf8())
    });
    let before = reached.take_while(|(units, _)| *units <= number("character"));
    line + before.last().map_or(0, |(_, end)| end)
}

/// The text after the edits of an answer.
fn applied(text: &str, edits: &Value) -> String {
    let mut text = text.to_owned();
    for edit in edits.as_array().expect("edits").iter().rev() {
        let (start, end) = (
            offset(&text, &edit["range"]["start"]),
            offset(&text, &edit["range"]["end"]),
        );
        text.replace_range(start..end, edit["newText"].as_str().expect("a text"));
    }
    text
}

#[test]
fn a_whole_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for encodings in [json!(["utf-16"]), json!(["utf-8", "utf-16"])] {
        let mut capabilities = full_capabilities();
        capabilities["general"]["positionEncodings"] = encodings.clone();
        let mut editor = Editor::with_capabilities(folder.path(), capabilities);
        assert_eq!(editor.capabilities["documentFormattingProvider"], json!(true));
        let text = "---ENDPOINT---\r\n a.B/C\r\n---REQUEST---\r\n{\"\u{e9}\u{1d11e}\":[1,{ }]} # \u{e9}\r\n---RESPONSE---\r\n{\"a\" 1\r\n---ASSERTS---\r\n  .a\r\n";
        let uri = editor.open_text(&folder.path().join("a.gctf"), text);
        let edits = editor.request(
            "textDocument/formatting",
            json!({ "textDocument": { "uri": uri }, "options": OPTIONS() }),
        );
        // What is not about columns behind wide characters is the same in both.
        if encodings[0] == json!("utf-16") {
            assert_eq!(
                applied(text, &edits),
                "--- ENDPOINT ---\r\na.B/C\r\n\r\n--- REQUEST ---\r\n{\r\n  \"\u{e9}\u{1d11e}\": [\r\n    1,\r\n    {}\r\n  ]\r\n} # \u{e9}\r\n\r\n--- RESPONSE ---\r\n{\"a\" 1\r\n\r\n--- ASSERTS ---\r\n.a\r\n"
            );
        }
        let in_key = |edit: &&Value| edit["range"]["start"]["line"] == json!(3);
        let second = edits.as_array().expect("edits").iter().filter(in_key).nth(1);
        let column = match encodings[0] == json!("utf-8") {
            true => 10,
            false => 7,
        };
        assert_eq!(
            second.expect("behind the colon")["range"]["start"]["character"],
            json!(column)
        );
    }
}

#[test]
fn a_range_and_what_is_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut editor = Editor::new(folder.path());
    let text = "---REQUEST---\n{a:1}\n---RESPONSE---\n{\n  \"b\": [\n    1\n      ]\n}\n";
    let uri = editor.open_text(&folder.path().join("a.gctf"), text);
    let place = |line, character| json!({ "line": line, "character": character });
    let edits = editor.request(
        "textDocument/rangeFormatting",
        json!({ "textDocument": { "uri": uri }, "options": OPTIONS(),
            "range": { "start": place(1, 1), "end": place(1, 1) } }),
    );
    assert_eq!(
        applied(text, &edits),
        "--- REQUEST ---\n{\n  a: 1\n}\n---RESPONSE---\n{\n  \"b\": [\n    1\n      ]\n}\n"
    );
    let typed = |editor: &mut Editor, line: u32, character: u32, ch: &str| {
        editor.request(
            "textDocument/onTypeFormatting",
            json!({ "textDocument": { "uri": uri }, "options": OPTIONS(), "position": place(line, character), "ch": ch }),
        )
    };
    assert_eq!(
        typed(&mut editor, 6, 7, "]"),
        json!([{ "range": { "start": place(6, 0), "end": place(6, 6) }, "newText": "  " }])
    );
    assert_eq!(typed(&mut editor, 5, 4, "\n"), json!([]));
    assert_eq!(typed(&mut editor, 0, 3, "\n"), json!([]));
    let edits = typed(&mut editor, 6, 6, "\n");
    assert_eq!(edits[0]["newText"], json!("  "));
}
