//! Documents as commands, commands as documents, and both ways.

mod copy;
mod paste;
mod round_trip;

use crate::ide::testing::FILE;
use crate::ide::{Analysis, FilePosition, FileState};
use crate::syntax::SourceFile;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

fn analysis_at(path: &str, text: &str) -> Analysis {
    let state = FileState {
        source: SourceFile::new(text),
        path: Some(PathBuf::from(path)),
        version: 0,
        runs: BTreeMap::new(),
        config: None,
    };
    Analysis {
        files: Arc::new(BTreeMap::from([(FILE, Arc::new(state))])),
        ..Analysis::default()
    }
}

fn at(offset: usize) -> FilePosition {
    FilePosition { file: FILE, offset }
}
