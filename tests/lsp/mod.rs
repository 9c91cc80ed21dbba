//! `gctf lsp` as an editor meets it.

mod completion;
mod corpus;
mod doctor;
mod environments;
mod explorer;
mod expressions;
mod fixes;
mod format;
mod grpcurl;
mod hostile;
mod interrupted;
mod loading;
mod main_job;
mod mock;
mod navigation;
mod on_save;
mod protocol;
mod pull;
mod remedies;
mod results;
mod runs;
mod saved;
mod schema;
mod settings;
mod skeleton;
mod texts;
mod trust;
mod warm;
mod watched;

use crate::support::editor::Editor;

/// The text that the server has asked to show, once it has asked more than `before` times.
fn shown_text(editor: &mut Editor, before: usize) -> String {
    editor.wait(|editor| editor.asked("window/showDocument").len() > before);
    let shown = &editor.asked("window/showDocument")[before]["params"]["uri"];
    let path = shown.as_str().and_then(|uri| uri.strip_prefix("file://"));
    std::fs::read_to_string(path.expect("a file")).expect("a text")
}
