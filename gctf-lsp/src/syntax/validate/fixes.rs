//! What cures a finding on the form of a text, by its code and the text that it marks.

use super::headers::near_name;
use crate::diagnostic::{Change, Diagnostic};
use crate::text::{Edit, meant};
use std::ops::Range;

/// `finding` with the changes that cure it; ranges are bytes of `text`.
pub(in crate::syntax) fn cured(text: &str, finding: Diagnostic) -> Diagnostic {
    if !finding.fixes.is_empty() || text.get(finding.range.clone()).is_none() {
        return finding;
    }
    let cure = Cure {
        text,
        range: finding.range.clone(),
        marked: &text[finding.range.clone()],
    };
    let fixes = cure.fixes(&finding);
    fixes.into_iter().fold(finding, |finding, (title, edits)| {
        finding.with_change(title, Change::Edits(edits))
    })
}

type Titled = (String, Vec<Edit>);

struct Cure<'a> {
    text: &'a str,
    range: Range<usize>,
    marked: &'a str,
}

impl Cure<'_> {
    fn fixes(&self, finding: &Diagnostic) -> Vec<Titled> {
        let message = finding.message.as_str();
        match (finding.code, meant(message)) {
            ("G402", near) => self.function(near, message),
            (_, Some(name)) if !self.marked.contains(['\n', '{']) => self.renamed(name),
            ("G102" | "G107", _) => vec![self.removed()],
            ("G223" | "G212", _) if message.starts_with('`') && self.is_in_header() => vec![self.removed()],
            ("G112" | "G117" | "G219" | "G221" | "G222" | "G417" | "G616", _) => self.without_line(),
            ("G103" | "G115", _) => vec![(
                "Make it a comment".to_owned(),
                vec![self.insert(self.line_start(), "# ")],
            )],
            ("G104", _) => vec![self.replaced(self.marked.to_ascii_uppercase())],
            ("G105", _) => self.header(message),
            ("G108", _) if self.marked.trim() == "," => vec![self.removed()],
            ("G110", _) => self.attribute(),
            ("G116", _) => self.assignment(),
            ("G119", _) => self.token(message),
            ("G120", _) => vec![("Start a new line".to_owned(), vec![self.insert(self.range.start, "\n")])],
            ("G122" | "G123" | "G408", _) if !self.marked.contains('"') => self.quoted(),
            ("G124", _) => self.value(),
            ("G201", _) => vec![(
                "Add section ENDPOINT".to_owned(),
                vec![self.insert(self.line_start(), "--- ENDPOINT ---\npackage.Service/Method\n\n")],
            )],
            ("G202", _) => vec![self.section_at_end("RESPONSE", "{}\n")],
            ("G211" | "G614", _) => self.body(finding.code),
            ("G205" | "G601" | "G602" | "G603", _) => self.written(message),
            ("G407", _) => vec![self.replaced("==".to_owned())],
            ("G418", _) => self.variable(),
            ("G419", _) => self.string(),
            ("G420", _) => self.written(message),
            ("G606", _) => vec![(
                "Begin it with #".to_owned(),
                vec![self.replace(self.range.start..self.range.start + 2, "#")],
            )],
            _ => Vec::new(),
        }
    }

    fn replace(&self, range: Range<usize>, text: &str) -> Edit {
        Edit {
            range,
            text: text.to_owned(),
        }
    }

    fn insert(&self, at: usize, text: &str) -> Edit {
        self.replace(at..at, text)
    }

    fn replaced(&self, text: String) -> Titled {
        let edit = self.replace(self.range.clone(), &text);
        (format!("Change to {text}"), vec![edit])
    }

    /// Without what is marked and the blanks before it.
    fn removed(&self) -> Titled {
        let before = self.text[..self.range.start].trim_end_matches([' ', '\t']).len();
        let start = match before == self.line_start() {
            true => self.range.start,
            false => before,
        };
        // A header keeps one blank before its last dashes, which stand there already.
        (
            format!("Remove {}", self.shown()),
            vec![self.replace(start..self.range.end, "")],
        )
    }

    fn without_line(&self) -> Vec<Titled> {
        let end = self.line_end();
        let more = self.text[end..].find('\n').map_or(0, |at| at + 1);
        vec![(
            "Remove this line".to_owned(),
            vec![self.replace(self.line_start()..end + more, "")],
        )]
    }

    /// What is marked, cut for a menu.
    fn shown(&self) -> String {
        let mut shown: String = self.marked.trim().chars().take(40).collect();
        shown.retain(|character| !character.is_control());
        format!("`{shown}`")
    }

    fn line_start(&self) -> usize {
        self.text[..self.range.start].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Where the line of the mark's end ends, before its line end.
    fn line_end(&self) -> usize {
        let rest = self.text[self.range.end..].find(['\r', '\n']);
        rest.map_or(self.text.len(), |at| self.range.end + at)
    }

    fn is_in_header(&self) -> bool {
        self.text[self.line_start()..].trim_start().starts_with("---")
    }

    /// The name that was meant, in the quotes or with the sign that the mark has.
    fn renamed(&self, name: &str) -> Vec<Titled> {
        let text = match self.marked.as_bytes().first() {
            Some(b'"' | b'\'') if !name.starts_with('"') => format!("\"{name}\""),
            Some(sign @ (b'$' | b'@')) if !name.starts_with(char::from(*sign)) => {
                format!("{}{name}", char::from(*sign))
            }
            _ => name.trim_start_matches(':').to_owned(),
        };
        // A name with steps keeps those behind the part that is wrong.
        let steps = match self.marked.split_once('.') {
            Some((_, steps)) if !name.contains('.') && !self.marked.starts_with(['"', '\'']) => format!(".{steps}"),
            _ => String::new(),
        };
        let text = match self.marked.starts_with("dataset.") {
            true => format!("dataset.{text}"),
            false => format!("{text}{steps}"),
        };
        vec![self.replaced(text)]
    }

    /// A word that is no function: a field, a text, or the function that was meant.
    fn function(&self, near: Option<&str>, message: &str) -> Vec<Titled> {
        let word = self.marked;
        let mut fixes: Vec<_> = near.map(|near| self.replaced(near.to_owned())).into_iter().collect();
        if message.contains("for a field") {
            fixes.push(self.replaced(format!(".{word}")));
            fixes.push(self.replaced(format!("\"{word}\"")));
        }
        fixes
    }

    /// A line that was meant as a header.
    fn header(&self, message: &str) -> Vec<Titled> {
        if message.starts_with("text behind") {
            let before = self.text[..self.range.start].trim_end_matches([' ', '\t']).len();
            let comment = match self.marked.starts_with('#') {
                true => format!("\n{}", self.marked),
                false => format!("\n# {}", self.marked),
            };
            let edit = self.replace(before..self.range.end, &comment);
            return vec![("Move the text to a line of its own".to_owned(), vec![edit])];
        }
        let inner = self.marked.trim_matches(['-', ' ', '\t']);
        let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (word, options) = inner.split_at(length.unwrap_or(inner.len()));
        let name = near_name(&word.to_ascii_uppercase());
        let header = name.map(|name| format!("--- {name}{} ---", options.trim_end()));
        header.map(|header| self.replaced(header)).into_iter().collect()
    }

    /// `#[name=value]`
    fn attribute(&self) -> Vec<Titled> {
        let inner = self.marked.strip_prefix("#[").and_then(|rest| rest.strip_suffix(']'));
        let parts = inner.and_then(|inner| inner.split_once(['=', ':']));
        let named = parts.filter(|(name, _)| !name.trim().is_empty());
        let fixed = named.map(|(name, value)| format!("#[{}({})]", name.trim(), value.trim()));
        fixed.map(|text| self.replaced(text)).into_iter().collect()
    }

    /// `name: expression`
    fn assignment(&self) -> Vec<Titled> {
        let comment = (
            "Make it a comment".to_owned(),
            vec![self.insert(self.line_start(), "# ")],
        );
        let is_name = |name: &str| {
            name.trim()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        match self.marked.split_once(':').filter(|(name, _)| is_name(name)) {
            Some((name, value)) => vec![self.replaced(format!("{} = {}", name.trim(), value.trim())), comment],
            None => vec![comment],
        }
    }

    /// A token of JSON that is missing or closes nothing.
    fn token(&self, message: &str) -> Vec<Titled> {
        for token in [",", ":", "}", "]"] {
            if message.starts_with(&format!("expected `{token}` after")) {
                let edit = self.insert(self.range.end, token);
                return vec![(format!("Insert `{token}`"), vec![edit])];
            }
        }
        match message.ends_with("closes nothing: delete it") || message.starts_with("no comma stands") {
            true => vec![(
                format!("Remove {}", self.shown()),
                vec![self.replace(self.range.clone(), "")],
            )],
            false if message.starts_with("expected a value instead of") => self.written(message),
            false => Vec::new(),
        }
    }

    fn quoted(&self) -> Vec<Titled> {
        let inner = match self.marked.strip_prefix('/') {
            Some(_) if self.marked.contains('\\') => return Vec::new(),
            Some(rest) => rest.rsplit_once('/').map_or(rest, |(pattern, _)| pattern),
            None => self.marked,
        };
        vec![self.replaced(format!("\"{inner}\""))]
    }

    /// Quotes or a comment that are part of a value.
    fn value(&self) -> Vec<Titled> {
        let marked = self.marked.trim();
        if marked.starts_with('#') {
            let before = self.text[..self.range.start].trim_end_matches([' ', '\t']).len();
            let edits = vec![
                self.insert(self.line_start(), &format!("{marked}\n")),
                self.replace(before..self.range.end, ""),
            ];
            return vec![("Move the comment to a line of its own".to_owned(), edits)];
        }
        let inner = marked.get(1..marked.len().saturating_sub(1)).unwrap_or_default();
        vec![self.replaced(inner.to_owned())]
    }

    fn section_at_end(&self, name: &str, body: &str) -> Titled {
        let end = self.text.trim_end().len();
        let edit = self.insert(end, &format!("\n\n--- {name} ---\n{}", body.trim_end()));
        (format!("Add section {name}"), vec![edit])
    }

    /// An empty section gets the value that says what is meant by it.
    fn body(&self, code: &str) -> Vec<Titled> {
        let mut edits = Vec::new();
        if code == "G211" {
            edits.push(self.insert(self.range.end, " partial"));
        }
        edits.push(self.insert(self.line_end(), "\n{}"));
        vec![("Add {}".to_owned(), edits)]
    }

    /// What the message says to write.
    fn written(&self, message: &str) -> Vec<Titled> {
        let told = message
            .rsplit_once("write `")
            .and_then(|(_, rest)| rest.split_once('`'));
        match told {
            Some((text, _)) if text != "package.Service/Method" => vec![self.replaced(text.to_owned())],
            _ => Vec::new(),
        }
    }

    /// A template that is a whole string.
    fn variable(&self) -> Vec<Titled> {
        let inner = self
            .marked
            .strip_prefix("\"{{")
            .and_then(|rest| rest.strip_suffix("}}\""));
        let name = inner.map(str::trim).filter(|name| !name.contains(['{', '}', ' ']));
        name.map(|name| self.replaced(format!("${name}"))).into_iter().collect()
    }

    /// A text in the wrong quotes.
    fn string(&self) -> Vec<Titled> {
        let line = &self.text[self.range.start..self.line_end()];
        let end = line[1..].find('\'').map(|at| at + 1);
        match end.map(|end| (&line[1..end], end)) {
            Some((inner, end)) if !inner.contains(['"', '\\']) => {
                let text = format!("\"{inner}\"");
                let edit = self.replace(self.range.start..self.range.start + end + 1, &text);
                vec![(format!("Change to {text}"), vec![edit])]
            }
            _ => Vec::new(),
        }
    }
}
