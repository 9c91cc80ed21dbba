//! Plugins, as definitions in jq itself: they read the call from one variable.

use super::Tree;
use jaq_core::load::parse::{BinaryOp, Def, Term};

/// Name, parameters, body.
const PLUGINS: &[(&str, &[&str], &str)] = &[
    (
        "@len",
        &["v"],
        "v | if type == \"object\" or type == \"array\" or type == \"string\" then length else null end",
    ),
    ("@is_empty", &["v"], "v | . == null or . == \"\" or . == [] or . == {}"),
    ("@empty", &["v"], "v | . == null or . == \"\" or . == [] or . == {}"),
    (
        "@has_value",
        &["v"],
        "v | (. == null or . == \"\" or . == [] or . == {}) | not",
    ),
    (
        "@is_uuid",
        &["v"],
        "v | type == \"string\" and test(\"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$\")",
    ),
    (
        "@uuid",
        &["v"],
        "v | type == \"string\" and test(\"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$\")",
    ),
    ("@is_timestamp", &["v"], TIMESTAMP),
    ("@timestamp", &["v"], TIMESTAMP),
    ("@regex", &["v", "p"], "p as $p | v | type == \"string\" and test($p)"),
    (
        "@header",
        &["n"],
        "n as $n | first($__call.headers[] | select(.[0] == ($n | ascii_downcase)) | .[1]) // null",
    ),
    (
        "@trailer",
        &["n"],
        "n as $n | first($__call.trailers[] | select(.[0] == ($n | ascii_downcase)) | .[1]) // null",
    ),
    (
        "@has_header",
        &["n"],
        "n as $n | any($__call.headers[]; .[0] == ($n | ascii_downcase))",
    ),
    (
        "@has_trailer",
        &["n"],
        "n as $n | any($__call.trailers[]; .[0] == ($n | ascii_downcase))",
    ),
    ("@elapsed_ms", &[], "$__call.elapsed_ms"),
    ("@total_elapsed_ms", &[], "$__call.total_elapsed_ms"),
    ("@scope_message_count", &[], "$__call.message_count"),
    ("@scope_index", &[], "$__call.index"),
    ("env", &[], "$__call.environment"),
    ("toarray", &[], "if type == \"array\" then . else [.] end"),
    ("ascii", &[], "[.] | implode"),
];

const TIMESTAMP: &str = "v | type == \"string\" and test(\"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$\")";

/// jq's own formats, which are no plugins.
const FORMATS: [&str; 11] = [
    "@text", "@json", "@html", "@uri", "@csv", "@tsv", "@sh", "@base64", "@base64d", "@base32", "@base32d",
];

/// The plugins and the functions that jaq leaves out.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    PLUGINS.iter().filter_map(|(name, parameters, body)| {
        Some(Def {
            name: *name,
            args: parameters.to_vec(),
            body: jaq_core::load::parse(body, |parser| parser.term())?,
        })
    })
}

/// Arguments of plugins stand between commas, those of jq's functions between semicolons.
pub(super) fn split_arguments(tree: Tree<'_>) -> Tree<'_> {
    super::bounds::map_terms(tree, &|term| match term {
        Term::Call(name, arguments) if name.starts_with('@') && !FORMATS.contains(&name) => {
            Term::Call(name, arguments.into_iter().flat_map(commas).collect())
        }
        other => other,
    })
}

fn commas(term: Tree<'_>) -> Vec<Tree<'_>> {
    match term {
        Term::BinOp(left, BinaryOp::Comma, right) => {
            let mut terms = commas(*left);
            terms.extend(commas(*right));
            terms
        }
        other => vec![other],
    }
}
