//! What is being typed at the end of an expression.

use super::*;

#[test]
fn what_is_typed_and_how_the_rest_is_read() {
    for (prefix, slot, readable) in [
        (".", Slot::Step, ".__"),
        (".ite", Slot::Step, ".__"),
        (".items[].", Slot::Step, ".items[].__"),
        (".items | map(select(.", Slot::Step, ".items | map(select(.__))"),
        ("reduce .items[] as $i (.", Slot::Step, "reduce .items[] as $i (.__; .)"),
        (
            "reduce .items[] as $i (0; . + $i.",
            Slot::Step,
            "reduce .items[] as $i (0; . + $i.__)",
        ),
        ("if .a.", Slot::Step, "if .a.__ then . end"),
        ("if .a then .b else .", Slot::Step, "if .a then .b else .__ end"),
        ("\"a \\(.", Slot::Step, "\"a \\(.__)\""),
        ("{a: .x, b: .", Slot::Step, "{a: .x, b: .__}"),
        ("{a, ", Slot::Key, "{a, __: .}"),
        ("{na", Slot::Key, "{__: .}"),
        (".[\"na", Slot::QuotedStep, ".[\"__\"]"),
        (".items | sel", Slot::Term, ".items | ."),
        (".items | map(", Slot::Term, ".items | map(.)"),
        ("@is", Slot::Plugin, "."),
        ("@url.ho", Slot::Plugin, "."),
        (". as $x | $", Slot::Variable, ". as $x | ."),
        (".a ", Slot::Operator, ".a "),
        (".a con", Slot::Operator, ".a "),
        (".a == ", Slot::Operand { left: 2 }, ".a == ."),
        (".a and .bc == \"O", Slot::Operand { left: 10 }, ".a and .bc == ."),
        (".a == tr", Slot::Operand { left: 2 }, ".a == ."),
        (
            "@header(\"x",
            Slot::Argument {
                plugin: "@header".to_owned(),
            },
            "@header(.)",
        ),
        (".a:num", Slot::Type, ".a"),
        (".a matches /x[\"]/ and .", Slot::Step, ".a matches /x[\"]/ and .__"),
        ("\"}\\\"(\" == .", Slot::Step, "\"}\\\"(\" == .__"),
    ] {
        let found = unfinished(prefix).unwrap_or_else(|| panic!("{prefix}"));
        assert_eq!((found.slot, found.readable.as_str()), (slot, readable), "{prefix}");
        let place = crate::expr::parse(&found.readable, crate::expr::Place::Asserts);
        assert!(place.is_ok(), "{prefix}: {place:?}");
    }
    for prefix in [
        "# .",
        ".a # b",
        ".a == \"x\"",
        ".a matches /x",
        ".a matches \"x",
        ".a == 5",
        ".a -",
        ".items[]",
        "\"a .",
        ". as $",
    ] {
        assert_eq!(unfinished(prefix), None, "{prefix}");
    }
}

#[test]
fn any_prefix_of_any_text_is_looked_at() {
    let text = "if .ä == \"\\(.b[0] // {\"c\": [1]})\" then reduce .[] as [$x, {y: $z}] (0; . + $x) else @h(/a\\/]/; \"\\u00e9";
    for (end, _) in text.char_indices() {
        let _ = unfinished(&text[..end]);
    }
}
