//! Texts to look at: real files, and generated ones.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// All `.gctf` files of the project, and those of a corpus beside it when there is one.
pub(crate) fn files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["../examples", "../tests/data", "../../shared/corpus"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "gctf")
            && let Ok(text) = fs::read_to_string(&path)
        {
            files.push((path, text));
        }
    }
}

const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "'",
    "\"a\"",
    "\"a\":",
    "'b'",
    "\\",
    "\\\n",
    "\\\r\n",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    "\u{c}",
    "# c",
    "\n# c\n",
    "// d",
    "\n// d\n",
    "/*",
    "*/",
    "/* c */",
    "/",
    "\n#[skip]\n",
    "\n#[timeout(5)]\n",
    "\n  #[name(\"a(b\\\")\") x",
    "#[",
    "#[a=1]",
    "]",
    "(",
    ")",
    "{{ v }}",
    "{{",
    "}}",
    "{{v.w}}",
    "1.5",
    "-",
    "--",
    "---",
    "----",
    "+.5e3",
    "0x1F",
    "true",
    "null",
    "abc",
    "key: v",
    "\nkey: {{ v }} x",
    "=",
    "==",
    "é",
    "\u{1F600}",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{a0}",
    ".a.b | c",
    "@header(\"x\")",
    "$x",
    " matches /a[/]/i",
    " contains ",
    "\"\\(\"x\")\"",
    "x = .a",
    "\nn:number = .b",
    "\n: x",
    "\n   indented",
    "\\u12",
    "\\n",
    "?",
    "..",
    "!",
    "#",
    ";",
    "|",
    "<END>",
    "*",
    "\n--- REQUEST ---\n",
    "\n--- RESPONSE partial tolerance=0.1 redact=[\"a---b\"] ---\n",
    "\n--- ERROR ---\n",
    "\n--- ASSERTS ---\n",
    "\n--- EXTRACT ---\n",
    "\n--- ADDRESS ---\n",
    "\n--- ENDPOINT ----\n",
    "\n---TLS---\n",
    "\n  --- PROTO ---  \r\n",
    "\n--- REQUEST_HEADERS ---\n",
    "\n--- OPTIONS ---\n",
    "\n--- BENCH ---\n",
    "\n--- META ---\n",
    "\n--- DATASET ---\n",
    "\n--- REQUEST_2 ---\n",
    "\n--- Endpoint ---\n",
    "\n--- endpoint ---\n",
    "\n--- ENDPOINT\n",
    "\n-- error --\n",
    "\n---- TLS ----\n",
    "\n--- X ---\n",
    "\n--- X a=\"b c\" , 'd' =e [f g] \\--- ---\n",
    "\n--- RESPONSE a=[",
    "--- ---",
    " ---\n",
    "\n------\n",
    "--- REQUEST ---",
    "\n--- X --- -",
    "\n--- X --- ---\n",
    "\n---A---A---A---\n",
];

/// A xorshift generator: the same documents on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn token(&mut self) -> &'static str {
        TOKENS[self.below(TOKENS.len())]
    }

    pub(crate) fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(60) {
            text.push_str(self.token());
        }
        text
    }

    pub(crate) fn edit(&mut self, text: &str, within: Range<usize>) -> (Range<usize>, String) {
        let mut start = within.start + self.below(within.len() + 1);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + self.below(8)).min(within.end);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let insert = if self.below(3) == 0 { "" } else { self.token() };
        (start..end, insert.to_owned())
    }
}
