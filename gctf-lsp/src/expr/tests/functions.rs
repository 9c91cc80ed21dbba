//! jq's functions: the table of names is the engine's, and what the engine lacks is added.

use super::super::builtins::{FUNCTIONS, REFUSED};
use super::*;

#[test]
fn every_function_of_the_table_exists() {
    let engine = Engine::new();
    let mut missing = Vec::new();
    for (name, arities) in FUNCTIONS {
        for arity in *arities {
            let arguments = match arity {
                0 => String::new(),
                count => format!("({})", vec!["1"; *count].join("; ")),
            };
            let source = format!("{name}{arguments}");
            if let Err(errors) = engine.compile(&source, Place::Extract, &[]) {
                missing.push(format!("{source}: {errors:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    for (name, _) in REFUSED {
        assert!(FUNCTIONS.iter().all(|(known, _)| known != name), "{name}");
    }
}

#[test]
fn added_functions() {
    table(
        Place::Asserts,
        &[
            ("[1, \"a\\\"b\", null, true] | @csv", "\"1,\\\"a\\\"\\\"b\\\",,true\""),
            ("[1, \"a\\tb\\\\\", null] | @tsv", "\"1\\ta\\\\tb\\\\\\\\\\t\""),
            ("\"fooba\" | @base32, (@base32 | @base32d)", "\"MZXW6YTB\", \"fooba\""),
            ("\"a\" | @base32", "\"ME======\""),
            ("1, [2] | toarray", "[1], [2]"),
            ("65 | ascii", "\"A\""),
            ("\"xax\" | trimstr(\"x\")", "\"a\""),
            ("[1, [2]] | tostream", "[[0],1], [[1,0],2], [[1,0]], [[1]]"),
            (
                "[1 | truncate_stream([[0], 1], [[1, 0], 2], [[1, 0]], [[1]])]",
                "[[[0],2],[[0]]]",
            ),
            (".n | IN(1, 3), IN(4)", "true, false"),
            ("IN(.items[].id; \"a\", \"z\")", "true"),
            (".items | INDEX(.id) | .b.price", "9"),
            ("INDEX(.items[]; .id) | keys", "[\"a\",\"b\"]"),
            ("[{a: [1]} | leaf_paths]", "[[\"a\",0]]"),
            ("isvalid(error), isvalid(1)", "false, true"),
            ("have_decnum, have_literal_numbers", "false, true"),
            ("1 | dateadd(\"seconds\"; 2)", "3"),
            ("[limit(2; .items[].id)], first(.items[].id)", "[\"a\",\"b\"], \"a\""),
            ("\"2024-01-01T00:00:00Z\" | fromdateiso8601", "1704067200"),
            (
                ".s | test(\"TE\"; \"i\"), sub(\"t\"; \"x\"), [match(\"t\"; \"g\").offset]",
                "true, \"xext\", [0,3]",
            ),
        ],
    );
}

#[test]
fn unknown_names() {
    table(
        Place::Asserts,
        &[
            (
                "token == \"x\"",
                "G402 `token` no function `token`: write `.token` for a field, `\"token\"` for a text",
            ),
            (
                ".items | lenght == 2",
                "G402 `lenght` no function `lenght`: write `.lenght` for a field, `\"lenght\"` for a text; did you mean `length`?",
            ),
            (
                ".items | maap(.id)",
                "G402 `maap` no function `maap`; did you mean `map`?",
            ),
            ("map", "G402 `map` `map` takes 1 arguments, not 0"),
            ("halt", "G402 `halt` `halt` is not available"),
            (
                "halt_error, debug, stderr, inputs, input_line_number, input_filename",
                "G402 `halt_error`",
            ),
            ("modulemeta", "G402"),
            ("get_search_list", "G402"),
            ("SQL", "G402"),
            ("fromstream(1)", "G402 `fromstream` `fromstream` is not available"),
            ("__contains(1; 2)", "G402"),
            ("error_empty", "G402"),
            ("$idd", "G405 `$idd` no variable `$idd`; did you mean `$id`?"),
            ("$__call.environment", "G405 `$__call`"),
            ("$__loc__", "G405"),
            (".items[] as $x | $x.id == $y", "G405 `$y` no variable `$y`"),
            ("reduce .[] as $x (0; 1) | $x", "G405 `$x`"),
            ("def f($a): $a; $a", "G405 `$a`"),
            ("def f(g): g; g", "G402 `g`"),
            ("{$nope}", "G405 `$nope`"),
        ],
    );
}
