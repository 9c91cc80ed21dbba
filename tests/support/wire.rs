//! What the fake editor sends and reads: messages, URIs, positions.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A message with its header.
pub(crate) fn framed(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// The next message; none behind the last.
pub(super) fn read_message(output: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

pub(crate) fn uri(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| absolute(path));
    format!("file://{}", path.display())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).expect("a path")
}

/// Line and UTF-16 column of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
    json!({ "line": line, "character": column })
}

/// The byte offset of a line and UTF-16 column.
pub(crate) fn offset(text: &str, position: &Value) -> usize {
    let line = position["line"].as_u64().unwrap_or(0) as usize;
    let column = position["character"].as_u64().unwrap_or(0) as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = 0;
    for (at, character) in text[start..].char_indices() {
        if units >= column {
            return start + at;
        }
        units += character.len_utf16();
    }
    text.len()
}

/// `line:column text severity code message`.
pub(super) fn show(text: &str, found: &Value) -> String {
    let range = &found["range"];
    let marked = &text[offset(text, &range["start"])..offset(text, &range["end"])];
    format!(
        "{}:{} {marked:?} {} {} {}",
        range["start"]["line"],
        range["start"]["character"],
        ["", "error", "warning", "information", "hint"][found["severity"].as_u64().unwrap_or(0) as usize],
        found["code"].as_str().unwrap_or_default(),
        found["message"].as_str().unwrap_or_default()
    )
}

/// Whether a lens stands above a document whatever came of it.
pub(crate) fn is_steady(title: &str) -> bool {
    let comes = ["Response", "Diff", "Accept actual", "Diagnose", "Start mock"];
    !comes.contains(&title) && !title.starts_with("▶ Run row")
}
