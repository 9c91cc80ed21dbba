//! What types say of expressions and templates, through the documents of a file.

use super::super::diagnostics::findings;
use super::super::testing::{FILE, fixture};

/// Code and marked text of what types find.
fn found(text: &str) -> Vec<String> {
    let (analysis, _) = fixture(text);
    let found = findings(&analysis, FILE).diagnostics.into_iter();
    let typed = [
        "G322", "G409", "G410", "G411", "G412", "G422", "G423", "G426", "G427", "G428",
    ];
    found
        .filter(|found| typed.contains(&found.code))
        .map(|found| format!("{} {}", found.code, &text[found.range.clone()]))
        .collect()
}

const NONE: [&str; 0] = [];

#[test]
fn lines_look_at_what_is_expected_before_them() {
    let text = "--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE with_asserts ---\n{\"id\": \"a\"}\n--- ASSERTS ---\n\
        .statsu == \"OPEN\"\n.status == \"OPNE\"\n.code == 5\n.order.items.name == \"a\"\n\
        --- ENDPOINT ---\nshop.Orders/Create\n--- ERROR with_asserts ---\n{\"code\": \"INTERNAL\"}\n--- ASSERTS ---\n\
        .code == 13\n.status == \"OPEN\"\n.message.x\n\
        --- ENDPOINT ---\nshop.Orders/Create\n--- ASSERTS ---\n.code == 13\n.status == \"OPEN\"\n.nope == 1\n";
    assert_eq!(
        found(text),
        [
            "G409 statsu",
            "G410 \"OPNE\"",
            "G409 code",
            "G426 name",
            "G409 status",
            "G426 x",
            "G409 nope",
        ]
    );
}

#[test]
fn variables_keep_their_types_through_a_file() {
    let text = "--- DATASET ---\n- n: 1\n  s: a\n--- ENDPOINT ---\nshop.Orders/Create\n--- EXTRACT ---\nreply = .\n\
        total = .order.total\n\
        --- ENDPOINT ---\nshop.Orders/Create\n\
        --- REQUEST ---\n{\"paid\": \"{{ total }}\", \"total\": \"{{total}}\", \"customer_id\": \"{{dataset.n}}\", \
        \"items\": [{\"count\": \"{{ reply.order.createdAt }}\"}], \"gifts\": \"{{ reply.order }}\", \"old\": \"no {{ total }}\"}\n\
        --- ASSERTS ---\n$total > 5\n$reply.order.statsu == \"OPEN\"\n$dataset.s == 5\n$later.x == 1\n.id == $reply.id\n";
    assert_eq!(
        found(text),
        [
            "G322 \"{{ total }}\"",
            "G322 \"{{dataset.n}}\"",
            "G322 \"{{ reply.order.createdAt }}\"",
            "G411 $total",
            "G409 statsu",
            "G410 5",
        ]
    );
}

#[test]
fn shown_defaults_are_no_traps() {
    let line = "--- ENDPOINT ---\nshop.Orders/Create\n--- ASSERTS ---\n.order.paid == false\n";
    let shown = format!("--- OPTIONS ---\nemit_defaults: true\n{line}");
    assert_eq!(found(line), ["G412 .order.paid == false"]);
    assert_eq!(found(&shown), NONE);
    // What was extracted under other settings is not known to be left out.
    let mixed = format!("{line}--- EXTRACT ---\nfirst = .order\n{shown}$first.paid == false\n.order.paid == false\n");
    assert_eq!(found(&mixed), ["G412 .order.paid == false"]);
}

#[test]
fn a_line_that_moves_is_not_looked_at_again() {
    use super::super::context::Context;
    use super::Flow;
    use std::sync::Arc;
    let text = "--- ENDPOINT ---\nshop.Orders/Create\n--- ASSERTS ---\n.id == \"a\"\n";
    let (analysis, _) = fixture(text);
    let typed = |analysis: &super::super::Analysis| {
        let file = analysis.file(FILE).unwrap();
        let context = Context::all(analysis, file).next().unwrap();
        let lines = Flow::of(&file.source).pass(&context, context.schema());
        Arc::clone(&lines.lines.last().unwrap().typed)
    };
    let before = typed(&analysis);
    let mut edited = analysis.clone();
    let mut file = analysis.file(FILE).unwrap().clone();
    let at = text.find(".id").unwrap();
    file.source.edit(at..at, ".status\n");
    edited.files = Arc::new([(FILE, Arc::new(file))].into());
    assert!(Arc::ptr_eq(&before, &typed(&edited)));
}

#[test]
fn trailers_come_at_the_end_of_a_stream() {
    let text = |method: &str| {
        format!(
            "--- ENDPOINT ---\nshop.Orders/{method}\n--- RESPONSE with_asserts ---\n{{\"id\": \"a\"}}\n--- ASSERTS ---\n\
             @trailer(\"took\") == \"@trailer(x)\" and (@has_trailer(\"t\") | not)\n@header(\"a\") == null\n\
             --- RESPONSE with_asserts ---\n{{\"id\": \"b\"}}\n--- ASSERTS ---\n@trailer(\"took\") != null\n"
        )
    };
    assert_eq!(found(&text("List")), ["G422 @trailer", "G422 @has_trailer"]);
    assert_eq!(found(&text("Create")), NONE);
}

/// The text after each fix of the first finding with this code, by the fix's title.
fn cured(text: &str, code: &str) -> Vec<(String, String)> {
    let (analysis, _) = fixture(text);
    let fixes = crate::ide::quick_fixes::quick_fixes(&analysis, FILE, 0..text.len()).into_iter();
    let fixes = fixes.filter(|fix| fix.diagnostic.code == code);
    fixes
        .map(|fix| (fix.title, crate::text::apply(text, &fix.edits)))
        .collect()
}

#[test]
fn a_default_that_is_left_out_is_written_or_shown() {
    let call = "--- ENDPOINT ---\nshop.Orders/Create\n\n--- ASSERTS ---\n";
    let text = format!("{call}.order.paid == false\n");
    let written = format!("{call}(.order.paid // false) == false\n");
    let shown = format!("--- OPTIONS ---\nemit_defaults: true\n\n{text}");
    let title = "Set emit_defaults: true".to_owned();
    assert_eq!(
        cured(&text, "G412"),
        [
            ("Use (.order.paid // false)".to_owned(), written),
            (title.clone(), shown)
        ]
    );
    let own = |line: &str| format!("--- OPTIONS ---\n{line}timeout: 5\n\n{text}");
    assert_eq!(cured(&own(""), "G412")[1], (title, own("emit_defaults: true\n")));
    assert_eq!(cured(&own("emit_defaults: false\n"), "G412").len(), 1);
    let inherited = format!("{}{text}", own(""));
    let second = cured(&inherited, "G412").into_iter().map(|(title, _)| title);
    assert_eq!(second.filter(|title| title.starts_with("Set")).count(), 1);
}
