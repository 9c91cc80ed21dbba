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
    ("@is_email", &["v"], EMAIL),
    ("@email", &["v"], EMAIL),
    ("@is_url", &["v"], URL),
    ("@url", &["v"], URL),
    ("@is_ip", &["v"], "__ip_version(v) != null"),
    ("@ip", &["v"], "__ip_version(v) != null"),
    (
        "@is_base64",
        &["v"],
        "v | type == \"string\" and test(\"^[A-Za-z0-9+/_-]*={0,2}$\") and (gsub(\"=\"; \"\") | length % 4 != 1)",
    ),
    (
        "@is_json",
        &["v"],
        "v | type == \"string\" and (try (fromjson | true) catch false)",
    ),
    ("@ip_version", &["v"], "__ip_version(v)"),
    (
        "@json_key",
        &["v", "k"],
        "k as $k | v | if type == \"string\" then (try (fromjson | .[$k]) catch null) else null end",
    ),
    (
        "@email_local_part",
        &["v"],
        "v | if type == \"string\" and test(\"@\") then split(\"@\")[0] else null end",
    ),
    (
        "@email_domain",
        &["v"],
        "v | if type == \"string\" and test(\"@\") then split(\"@\")[1:] | join(\"@\") else null end",
    ),
    (
        "@uuid_version",
        &["v"],
        "v | if @is_uuid(.) then (.[14:15] | if test(\"[0-9]\") then tonumber else null end) else null end",
    ),
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
    ("@env", &["n"], "n as $n | $__call.environment[$n]"),
    (
        "@env",
        &["n", "d"],
        "n as $n | d as $d | $__call.environment[$n] | if . == null then $d else . end",
    ),
    (
        "__contains",
        &["l", "r"],
        "r as $r | l as $l | ($l | type) as $type | if $type == \"string\" then ($r | type == \"string\") and ($l | contains($r)) elif $type == \"array\" then any($l[]; . == $r) elif $type == \"object\" then ($r | type == \"string\") and ($l | has($r)) else false end",
    ),
    (
        "__matches",
        &["l", "r"],
        "r as $r | l as $l | ($l | type == \"string\") and ($r | type == \"string\") and ($l | test($r))",
    ),
    (
        "__startswith",
        &["l", "r"],
        "r as $r | l as $l | ($l | type == \"string\") and ($r | type == \"string\") and ($l | startswith($r))",
    ),
    (
        "__endswith",
        &["l", "r"],
        "r as $r | l as $l | ($l | type == \"string\") and ($r | type == \"string\") and ($l | endswith($r))",
    ),
    (
        "__xor",
        &["l", "r"],
        "r as $r | l as $l | if $l then $r | not elif $r then true else false end",
    ),
    ("__not", &["v"], "v | not"),
    (
        "__as_number",
        &["v"],
        "v | if . == null or type == \"number\" then . elif type == \"string\" then tonumber | if type == \"number\" then . else error(\"no number\") end else error(\"no number\") end",
    ),
    (
        "__as_uint",
        &["v"],
        "v | if type == \"string\" then tonumber else . end | if . == null or (type == \"number\" and . >= 0 and . == floor) then . else error(\"no uint\") end",
    ),
    (
        "__as_bool",
        &["v"],
        "v | if . == null or type == \"boolean\" then . else error(\"no bool\") end",
    ),
    (
        "__as_string",
        &["v"],
        "v | if . == null or type == \"string\" then . else error(\"no string\") end",
    ),
    (
        "__as_json",
        &["v"],
        "v | if . == null or type == \"object\" or type == \"array\" then . else error(\"no json\") end",
    ),
    ("toarray", &[], "if type == \"array\" then . else [.] end"),
    ("ascii", &[], "[.] | implode"),
];

const TIMESTAMP: &str = "v | type == \"string\" and test(\"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$\")";

const EMAIL: &str =
    "v | type == \"string\" and test(\"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$\")";

const URL: &str = "v | type == \"string\" and test(\"^[A-Za-z][A-Za-z0-9+.-]*://[^ /?#]+([/?#][^ ]*)?$\")";

/// jq's own formats, which are no plugins.
const FORMATS: [&str; 12] = [
    "@text", "@json", "@html", "@uri", "@csv", "@tsv", "@sh", "@base64", "@base64d", "@base32", "@base32d", "@urid",
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
    super::trees::map_terms(tree, &|term| match term {
        Term::Call(name, arguments) if name.starts_with('@') && !FORMATS.contains(&name) => {
            Term::Call(name, arguments.into_iter().flat_map(commas).collect())
        }
        other => other,
    })
}

/// `$ENV` is the run's environment, as `env` is.
pub(super) fn environment(tree: Tree<'_>) -> Tree<'_> {
    super::trees::map_terms(tree, &|term| match term {
        Term::Var("$ENV") => Term::Call("env", Vec::new()),
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
