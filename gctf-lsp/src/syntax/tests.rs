//! Properties of files: edits equal cold parses, documents are cut where the trees have their headers.

use super::*;
use crate::spec::SectionKind;
use expect_test::{Expect, expect};
use std::fmt::Write as _;

/// Everything that the views say about a text.
fn describe(text: &str) -> String {
    let mut out = String::new();
    let file = SourceFile::new(text);
    for (start, document) in file.documents() {
        writeln!(out, "document at {start}").unwrap();
        for range in document.preamble() {
            writeln!(out, "  preamble {:?}", &document.text()[range.clone()]).unwrap();
        }
        for section in document.sections() {
            writeln!(
                out,
                "  {:?} {} {:?}",
                section.kind,
                section.name,
                &document.text()[section.header.clone()]
            )
            .unwrap();
            for attribute in &section.attributes {
                let text = |text: &Option<Text>| text.as_ref().map(|text| text.text.clone());
                writeln!(
                    out,
                    "    attribute {:?} {:?}",
                    text(&attribute.name),
                    text(&attribute.value)
                )
                .unwrap();
            }
            for option in &section.options {
                writeln!(
                    out,
                    "    option {} {:?}",
                    option.name,
                    option.value.as_ref().map(|value| &value.text)
                )
                .unwrap();
            }
            for junk in &section.header_junk {
                writeln!(out, "    junk {:?}", &document.text()[junk.clone()]).unwrap();
            }
            describe_body(&mut out, section);
        }
        for range in document.near_misses() {
            writeln!(out, "  near miss {:?}", &document.text()[range.clone()]).unwrap();
        }
        for attribute in document.dangling_attributes() {
            writeln!(out, "  dangling {:?}", &document.text()[attribute.range.clone()]).unwrap();
        }
    }
    out
}

fn describe_body(out: &mut String, section: &Section) {
    match &section.body {
        Body::Json(values) => {
            for value in values {
                writeln!(out, "    {}", show(value)).unwrap();
            }
        }
        Body::KeyValue(entries) => {
            for entry in entries {
                writeln!(out, "    {:?} {} {:?}", entry.key.text, entry.colon, entry.value.text).unwrap();
            }
        }
        Body::Lines(lines) => {
            for line in lines {
                writeln!(out, "    {:?}", line.text).unwrap();
            }
        }
        Body::Asserts(expressions) => {
            for expression in expressions {
                writeln!(out, "    {:?} {:?}", expression.code, expression.unclosed.is_some()).unwrap();
            }
        }
        Body::Extract(extractions) => {
            for extraction in extractions {
                let text = |text: &Option<Text>| text.as_ref().map(|text| text.text.clone());
                let value = extraction.value.as_ref().map(|value| &value.code);
                writeln!(
                    out,
                    "    {:?}:{:?} = {value:?}",
                    text(&extraction.name),
                    text(&extraction.annotation)
                )
                .unwrap();
            }
        }
        Body::Yaml => writeln!(out, "    yaml").unwrap(),
        Body::Text => writeln!(out, "    text").unwrap(),
    }
}

fn show(value: &json::Value) -> String {
    use json::Data;
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(text) => format!("number {text}"),
        Data::String(text) => format!("{text:?}"),
        Data::Template(name) => format!("template {name}"),
        Data::Word(text) => format!("word {text}"),
        Data::Array(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Data::Object(members) => {
            let member = |member: &json::Member| {
                let colon = if member.colon { ":" } else { "" };
                format!(
                    "{}{colon} {}",
                    member.key,
                    member.value.as_ref().map_or("-".to_owned(), show)
                )
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&describe(text));
}

#[test]
fn views_of_a_whole_document() {
    check(
        "stray\n#[skip]\n#[name(\"a (b)\")]\n--- ADDRESS ---\nlocalhost:1 # no comment\n--- TLS ---\nca_cert: ./a b.pem\nno colon\n: v\n\
         --- ENDPOINT ---\n  a.B/C  \n# comment\n--- REQUEST ---\n{ user: 'A\\u00e9\\n', \"n\": 0x1F, l: [1, {}, true,], } // c\n{}\n\
         --- RESPONSE partial tolerance=0.1 redact=[\"a---b\", \"c\"] ---\n{\"a\": \"{{ x }}\", \"b\": {{ y }}}\n--- ASSERTS ---\n.a == 1 # c\n.b | any(\n  # in\n  . > 1\n)\n(.x\n\
         --- EXTRACT ---\nid:string = .id\nname = [\n .x ]\n--- META ---\nname: x\n",
        expect![[r#"
            document at 0
              preamble "stray"
              Address ADDRESS "--- ADDRESS ---"
                attribute Some("skip") None
                attribute Some("name") Some("\"a (b)\"")
                "localhost:1 # no comment"
              Tls TLS "--- TLS ---"
                "ca_cert" true "./a b.pem"
                "no colon" false ""
                "" true "v"
              Endpoint ENDPOINT "--- ENDPOINT ---"
                "a.B/C"
              Request REQUEST "--- REQUEST ---"
                {user: "Aé\n", n: number 0x1F, l: [number 1, {}, true]}
                {}
              Response RESPONSE "--- RESPONSE partial tolerance=0.1 redact=[\"a---b\", \"c\"] ---"
                option partial None
                option tolerance Some("0.1")
                option redact Some("[\"a---b\", \"c\"]")
                {a: "{{ x }}", b: template y}
              Asserts ASSERTS "--- ASSERTS ---"
                ".a == 1" false
                ".b | any(\n      \n  . > 1\n)" false
                "(.x" true
              Extract EXTRACT "--- EXTRACT ---"
                Some("id"):Some("string") = Some(".id")
                Some("name"):None = Some("[\n .x ]")
              Meta META "--- META ---"
                yaml
        "#]],
    );
}

#[test]
fn views_of_broken_documents() {
    check(
        "--- REQUEST ---\n{\"a\": {\"b\": [1, {\"c\": \n--- RESPONSE ---\n{\"a\" 1 \"b\": }\n--- Endpoint ---\nx\n--- endpoint ---\ny\n--- ERROR ---\n{\n#[timeout(5)]\n",
        expect![[r##"
            document at 0
              Request REQUEST "--- REQUEST ---"
                {a: {b: [number 1, {c: -}]}}
              Response RESPONSE "--- RESPONSE ---"
                {a -, 1 -, b: -}
              Unknown E "--- Endpoint ---"
                option ndpoint None
                text
              Error ERROR "--- ERROR ---"
                {}
              near miss "--- endpoint ---\ny"
              dangling "#[timeout(5)]"
        "##]],
    );
}

fn sources() -> Vec<String> {
    let mut sources = vec![
        "--- ADDRESS ---\none:1\n--- ENDPOINT ---\na.S/One\n--- RESPONSE ---\n{}\n\n# c\n#[skip]\n--- ADDRESS ---\ntwo:1\n--- ENDPOINT ---\na.S/Two\n--- REQUEST ---\n{\"é𝄞\": \"x\"}\r\n--- ASSERTS ---\n.a\n".to_owned(),
    ];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["../examples", "../tests/data", "../../shared/corpus"] {
        for entry in ignore::Walk::new(root.join(folder)).flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "gctf") {
                sources.extend(std::fs::read_to_string(entry.path()));
            }
        }
    }
    sources
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

const PIECES: &[&str] = &[
    "",
    "{",
    "}",
    "\"",
    "[",
    "\n",
    "\n\n",
    "--- REQUEST ---\n",
    "\n--- ENDPOINT ---\n",
    "\n--- ADDRESS ---\n",
    "---",
    "#[skip]\n",
    "# c\n",
    "\r\n",
    "é",
    "𝄞",
    "a",
    ":",
    ",",
    "/*",
    "*/",
    "(",
    ")",
    "{{ x }}",
    "\n--- TLS ---\n",
    "\n--- ASSERTS ---\n",
    "'",
    "\\",
    " ",
    "\u{feff}",
    "\0",
];

#[test]
fn edits_equal_cold_parses() {
    let mut random = Random(88_172_645_463_325_252);
    let joined = sources().join("\n");
    let sources: Vec<_> = sources().into_iter().chain([joined]).collect();
    for round in 0..600 {
        let mut text = sources[random.below(sources.len())].clone();
        if text.len() > 4000 && round % 10 != 0 {
            continue;
        }
        let mut file = SourceFile::new(&text);
        for _ in 0..12 {
            let mut start = random.below(text.len() + 1);
            let mut end = (start + random.below(30)).min(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            let piece = PIECES[random.below(PIECES.len())];
            file.edit(start..end, piece);
            text.replace_range(start..end, piece);
            assert_eq!(file.text().to_string(), text);
            let cold = SourceFile::new(&text);
            let views = |file: &SourceFile| -> Vec<String> {
                file.documents()
                    .map(|(start, document)| format!("{start} {:?}\n{}", document.root().to_sexp(), document.text()))
                    .collect()
            };
            assert_eq!(views(&file), views(&cold), "{text}");
        }
    }
}

#[test]
fn trees_and_lines_agree_on_headers() {
    for text in sources() {
        let file = SourceFile::new(&text);
        let found: Vec<_> = file
            .documents()
            .flat_map(|(start, document)| {
                let names = document.sections().iter();
                names
                    .map(move |section| (start + section.header.start, section.name.clone()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let expected: Vec<_> = lines::lines(&text)
            .filter_map(|(at, line)| match lines::classify(line) {
                lines::Line::Header { name } => Some((at + line.len() - line.trim_start().len(), name.to_owned())),
                _ => None,
            })
            .collect();
        assert_eq!(found, expected, "{text}");
        let errors = file
            .documents()
            .filter(|(_, document)| document.root().has_error())
            .count();
        assert_eq!(errors, 0, "{text}");
    }
}

#[test]
fn carried_sections() {
    let call = "--- ENDPOINT ---\na/B\n--- REQUEST ---\n{}\n";
    let file = SourceFile::new(&format!(
        "--- ADDRESS ---\nh:1\n{call}{call}--- ADDRESS ---\nh:2\n{call}"
    ));
    let address = |index: usize| {
        let at = file.in_force(index).address.unwrap();
        let section = &file.document(at.document).unwrap().1.sections()[at.section];
        assert_eq!(section.kind, SectionKind::Address);
        section.single_line().unwrap().text.clone()
    };
    assert_eq!([address(0), address(1), address(2)], ["h:1", "h:1", "h:2"]);
}
