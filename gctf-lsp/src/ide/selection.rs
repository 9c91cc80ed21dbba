//! What a selection grows to: from the token to the whole file.

use super::{Analysis, FilePosition};
use crate::expr::ast::{Expr, Kind, Place};
use crate::expr::{deep, parse};
use crate::spec::SectionKind;
use crate::syntax::{Body, Document, Expression, Section};
use std::ops::Range;

/// The ranges around `position`, each inside the next; the last one is the whole file.
pub fn selection(analysis: &Analysis, position: FilePosition) -> Vec<Range<usize>> {
    let Some(file) = analysis.file(position.file) else {
        return Vec::new();
    };
    let mut ranges = Vec::new();
    if let Some((start, document)) = file.source.document(file.source.document_at(position.offset)) {
        let offset = position.offset.saturating_sub(start).min(document.text().len());
        let own = in_document(document, offset).into_iter();
        ranges.extend(own.map(|range| range.start + start..range.end + start));
        ranges.push(start..start + document.text().len());
    }
    ranges.push(0..file.source.text().len_bytes());
    nested(ranges, position.offset)
}

/// Most ranges of an answer: clients take them apart one inside the other.
const MOST: usize = 256;

/// Those of `ranges` that hold `offset` and grow, the smallest first; of too many the largest but one are left out.
fn nested(ranges: Vec<Range<usize>>, offset: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let holds = range.start <= offset && offset <= range.end && !range.is_empty();
        let grows = found
            .last()
            .is_none_or(|last| range.start <= last.start && last.end <= range.end && range.len() > last.len());
        if holds && grows {
            found.push(range);
        }
    }
    if found.len() > MOST {
        found.drain(MOST - 1..found.len() - 1);
    }
    found
}

fn in_document(document: &Document, offset: usize) -> Vec<Range<usize>> {
    let text = document.text();
    let Some(section) = document.section_at(offset) else {
        return document.enclosing(offset);
    };
    let mut ranges = in_expressions(section, offset);
    ranges.extend(in_endpoint(section, offset));
    ranges.extend(document.enclosing(offset));
    ranges.push(trimmed(text, &section.body_range));
    ranges.push(section.trimmed_range(text));
    ranges.push(section.range().start..section.trimmed_range(text).end);
    // Without the blank lines around it.
    ranges.push(trimmed(text, &(0..text.len())));
    ranges
}

/// The service or the method.
fn in_endpoint(section: &Section, offset: usize) -> Option<Range<usize>> {
    let line = section
        .single_line()
        .filter(|_| section.kind == SectionKind::Endpoint)?;
    let slash = line.range.start + line.text.find('/')?;
    Some(match offset <= slash {
        true => line.range.start..slash,
        false => slash + 1..line.range.end,
    })
}

fn trimmed(text: &str, range: &Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + slice.len() - slice.trim_start().len();
    start..start + slice.trim().len()
}

fn in_expressions(section: &Section, offset: usize) -> Vec<Range<usize>> {
    let (place, expressions): (_, Vec<&Expression>) = match &section.body {
        Body::Asserts(lines) => (Place::Asserts, lines.iter().collect()),
        Body::Extract(lines) => (
            Place::Extract,
            lines.iter().filter_map(|line| line.value.as_ref()).collect(),
        ),
        _ => return Vec::new(),
    };
    let touched = expressions
        .into_iter()
        .find(|expression| expression.range.start <= offset && offset <= expression.range.end);
    let Some(expression) = touched else {
        return Vec::new();
    };
    let start = expression.range.start;
    let read = deep(&expression.code, || {
        let parsed = parse(&expression.code, place).map_err(|error| vec![error])?;
        let mut found = Vec::new();
        descend(&parsed.expression, offset - start, &mut found);
        Ok(found)
    });
    let mut ranges: Vec<_> = read
        .unwrap_or_default()
        .into_iter()
        .map(|range| range.start + start..range.end + start)
        .collect();
    ranges.push(expression.range.clone());
    ranges
}

/// The parts of an expression that hold `offset`, the smallest first.
fn descend(expression: &Expr<'_>, offset: usize, found: &mut Vec<Range<usize>>) {
    let touches = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    let mut children = Vec::new();
    expression.each_child(&mut |child| children.push(child));
    if let Some(child) = children.into_iter().find(|child| touches(&child.range)) {
        descend(child, offset, found);
    }
    if let Kind::Path(_, steps) = &expression.kind {
        let at = steps.iter().position(|step| touches(&step.range));
        if let Some(at) = at {
            found.push(steps[at].range.clone());
            found.extend(steps[at..].iter().map(|step| expression.range.start..step.range.end));
        }
    }
    found.push(expression.range.clone());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::fixture;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let (analysis, position) = fixture(text);
        let text = text.replacen("$0", "", 1);
        let shown: Vec<_> = selection(&analysis, position)
            .into_iter()
            .map(|range| format!("{:?}\n", &text[range]))
            .collect();
        expected.assert_eq(&shown.concat());
    }

    #[test]
    fn json_grows_by_its_values() {
        check(
            "--- ENDPOINT ---\na/B\n\n--- REQUEST ---\n{ \"a\": [{ \"b\": \"on$0e two\", \"c\": 1 }] }\n\n--- RESPONSE ---\n{}\n",
            expect![[r#"
                "one two"
                "\"one two\""
                "\"b\": \"one two\""
                "{ \"b\": \"one two\", \"c\": 1 }"
                "[{ \"b\": \"one two\", \"c\": 1 }]"
                "\"a\": [{ \"b\": \"one two\", \"c\": 1 }]"
                "{ \"a\": [{ \"b\": \"one two\", \"c\": 1 }] }"
                "--- REQUEST ---\n{ \"a\": [{ \"b\": \"one two\", \"c\": 1 }] }"
                "--- ENDPOINT ---\na/B\n\n--- REQUEST ---\n{ \"a\": [{ \"b\": \"one two\", \"c\": 1 }] }\n\n--- RESPONSE ---\n{}"
                "--- ENDPOINT ---\na/B\n\n--- REQUEST ---\n{ \"a\": [{ \"b\": \"one two\", \"c\": 1 }] }\n\n--- RESPONSE ---\n{}\n"
            "#]],
        );
    }

    #[test]
    fn expressions_grow_by_precedence() {
        check(
            "--- ENDPOINT ---\na/B\n--- ASSERTS ---\n.x == 1 and (.a.b$0.c + 2 * 3 | length) > 1\n.y\n",
            expect![[r#"
                "b"
                ".a.b"
                ".a.b.c"
                ".a.b.c + 2 * 3"
                ".a.b.c + 2 * 3 | length"
                "(.a.b.c + 2 * 3 | length)"
                "(.a.b.c + 2 * 3 | length) > 1"
                ".x == 1 and (.a.b.c + 2 * 3 | length) > 1"
                ".x == 1 and (.a.b.c + 2 * 3 | length) > 1\n.y"
                "--- ASSERTS ---\n.x == 1 and (.a.b.c + 2 * 3 | length) > 1\n.y"
                "--- ENDPOINT ---\na/B\n--- ASSERTS ---\n.x == 1 and (.a.b.c + 2 * 3 | length) > 1\n.y"
                "--- ENDPOINT ---\na/B\n--- ASSERTS ---\n.x == 1 and (.a.b.c + 2 * 3 | length) > 1\n.y\n"
            "#]],
        );
        check(
            "--- ENDPOINT ---\na/B\n--- ASSERTS ---\n1 + 2 * $03 == .x\n",
            expect![[r#"
                "3"
                "2 * 3"
                "1 + 2 * 3"
                "1 + 2 * 3 == .x"
                "--- ASSERTS ---\n1 + 2 * 3 == .x"
                "--- ENDPOINT ---\na/B\n--- ASSERTS ---\n1 + 2 * 3 == .x"
                "--- ENDPOINT ---\na/B\n--- ASSERTS ---\n1 + 2 * 3 == .x\n"
            "#]],
        );
    }

    #[test]
    fn lines_and_headers_grow_to_their_sections() {
        check(
            "--- ENDPOINT ---\npkg.Service/Met$0hod\n--- REQUEST ---\n{}\n--- ENDPOINT ---\na/C\n",
            expect![[r#"
                "Method"
                "pkg.Service/Method"
                "--- ENDPOINT ---\npkg.Service/Method"
                "--- ENDPOINT ---\npkg.Service/Method\n--- REQUEST ---\n{}"
                "--- ENDPOINT ---\npkg.Service/Method\n--- REQUEST ---\n{}\n"
                "--- ENDPOINT ---\npkg.Service/Method\n--- REQUEST ---\n{}\n--- ENDPOINT ---\na/C\n"
            "#]],
        );
        check(
            "--- ENDPOINT ---\na/B\n#[skip]\n--- REQ$0UEST ---\n{}\n",
            expect![[r##"
            "REQUEST"
            "--- REQUEST ---"
            "--- REQUEST ---\n{}"
            "#[skip]\n--- REQUEST ---\n{}"
            "--- ENDPOINT ---\na/B\n#[skip]\n--- REQUEST ---\n{}"
            "--- ENDPOINT ---\na/B\n#[skip]\n--- REQUEST ---\n{}\n"
        "##]],
        );
    }
}
