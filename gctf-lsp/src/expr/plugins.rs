//! What expressions can call besides jq's own functions, as definitions in jq: plugins, which read the call
//! from one variable, operators and conversions, and the functions of jq that the engine leaves out.

use jaq_core::load::parse::Def;

/// Plugins: name, parameters, body.
const PLUGINS: &[(&str, &[&str], &str)] = &[
    (
        "@len",
        &["v"],
        "v | if type == \"object\" or type == \"array\" or type == \"string\" then length else null end",
    ),
    ("@is_empty", &["v"], "v | . == null or . == \"\" or . == [] or . == {}"),
    ("@has_value", &["v"], "@is_empty(v) | not"),
    (
        "@is_uuid",
        &["v"],
        "v | type == \"string\" and test(\"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$\")",
    ),
    ("@is_timestamp", &["v"], "v | type == \"string\" and __is_time"),
    ("@is_email", &["v"], EMAIL),
    ("@is_url", &["v"], "v | __url != null"),
    ("@is_ip", &["v"], "v | __ip_version != null"),
    (
        "@is_base64",
        &["v"],
        "v | type == \"string\" and test(\"^[A-Za-z0-9+/_-]*={0,2}$\") and (gsub(\"=\"; \"\") | length % 4 != 1)",
    ),
    ("@is_json", &["v"], "v | type == \"string\" and __is_json"),
    ("@ip.version", &["v"], "v | __ip_version"),
    (
        "@json.key",
        &["v", "k"],
        "k as $k | v | if type == \"string\" and __is_json then (try (fromjson | .[$k]) catch null) else null end",
    ),
    (
        "@email.local_part",
        &["v"],
        "v | if type == \"string\" and test(\"@\") then split(\"@\")[0] else null end",
    ),
    (
        "@email.domain",
        &["v"],
        "v | if type == \"string\" and test(\"@\") then split(\"@\")[1:] | join(\"@\") else null end",
    ),
    (
        "@uuid.version",
        &["v"],
        "v | if @is_uuid(.) then (.[14:15] | if test(\"[0-9]\") then tonumber else null end) else null end",
    ),
    ("@url.scheme", &["v"], "v | __url | .scheme"),
    ("@url.host", &["v"], "v | __url | .host"),
    ("@url.port", &["v"], "v | __url | .port"),
    ("@url.path", &["v"], "v | __url | .path"),
    ("@url.query", &["v"], "v | __url | .query"),
    ("@url.fragment", &["v"], "v | __url | .fragment"),
    ("@regex", &["v", "p"], "p as $p | v | type == \"string\" and test($p)"),
    ("@schema", &["v", "s"], "s as $s | v | __fits($s)"),
    (
        "@header",
        &["n"],
        "n as $n | first($__call.headers | __values($n)) // null",
    ),
    (
        "@trailer",
        &["n"],
        "n as $n | first($__call.trailers | __values($n)) // null",
    ),
    (
        "@has_header",
        &["n"],
        "n as $n | [$__call.headers | __values($n)] != []",
    ),
    (
        "@has_trailer",
        &["n"],
        "n as $n | [$__call.trailers | __values($n)] != []",
    ),
    ("@elapsed_ms", &[], "$__call.elapsed_ms"),
    ("@total_elapsed_ms", &[], "$__call.total_elapsed_ms"),
    ("@scope.message_count", &[], "$__call.message_count"),
    ("@scope.index", &[], "$__call.index"),
    ("@env", &["n"], "n as $n | $__call.environment[$n]"),
    (
        "@env",
        &["n", "d"],
        "n as $n | d as $d | $__call.environment[$n] | if . == null then $d else . end",
    ),
];

/// What plugins, operators and conversions are made of.
const PARTS: &[(&str, &[&str], &str)] = &[
    (
        "__values",
        &["n"],
        "(n | if type == \"string\" then ascii_downcase else error(\"the name is no string\") end) as $n | .[] | select(.[0] == $n) | .[1]",
    ),
    ("__url", &[], URL),
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
    ("__wrong", &["t"], "error(\"\\(tojson) is no \\(t)\")"),
    (
        "__number",
        &["t"],
        "if . == null or type == \"number\" then . elif type == \"string\" then (try tonumber catch null) as $n | if $n == null or ($n | isnan) then __wrong(t) else $n end else __wrong(t) end",
    ),
    ("__as_number", &["v"], "v | __number(\"number\")"),
    (
        "__as_uint",
        &["v"],
        "v | __number(\"uint\") | if . == null or (. >= 0 and . == floor) then . else __wrong(\"uint\") end",
    ),
    (
        "__as_bool",
        &["v"],
        "v | if . == null or type == \"boolean\" then . else __wrong(\"bool\") end",
    ),
    (
        "__as_string",
        &["v"],
        "v | if . == null or type == \"string\" then . else __wrong(\"string\") end",
    ),
    (
        "__as_json",
        &["v"],
        "v | if . == null or type == \"object\" or type == \"array\" then . else __wrong(\"object or array\") end",
    ),
    ("__as_time", &["v"], "v | (__time | empty), ."),
    ("__as_duration", &["v"], "v | (__duration | empty), ."),
    ("__instant", &["v"], "v | __time"),
    ("__length", &["v"], "v | __duration"),
    ("env", &[], "$__call.environment"),
];

/// Functions of jq that the engine does not have.
const MISSING: &[(&str, &[&str], &str)] = &[
    ("toarray", &[], "if type == \"array\" then . else [.] end"),
    ("ascii", &[], "[.] | implode"),
    ("trimstr", &["x"], "x as $x | ltrimstr($x) | rtrimstr($x)"),
    ("dateadd", &["u", "n"], "n as $n | . + $n"),
    ("have_decnum", &[], "false"),
    ("have_literal_numbers", &[], "true"),
    ("isvalid", &["f"], "try (f | true) catch false"),
    ("leaf_paths", &[], "paths(type != \"array\" and type != \"object\")"),
    ("IN", &["s"], "any(s == .; .)"),
    ("IN", &["src", "s"], "any(src == s; .)"),
    (
        "INDEX",
        &["src", "f"],
        "reduce src as $row ({}; .[$row | f | tostring] |= $row)",
    ),
    ("INDEX", &["f"], "INDEX(.[]; f)"),
    (
        "tostream",
        &[],
        "path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q])",
    ),
    (
        "truncate_stream",
        &["s"],
        ". as $n | null | s | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end",
    ),
    (
        "@csv",
        &[],
        "map(if type == \"number\" then tojson elif type == \"boolean\" then tojson elif . == null then \"\" elif type == \"string\" then \"\\\"\" + gsub(\"\\\"\"; \"\\\"\\\"\") + \"\\\"\" else error(\"\\(type) is not valid in a csv row\") end) | join(\",\")",
    ),
    (
        "@tsv",
        &[],
        "map(if type == \"number\" or type == \"boolean\" then tojson elif . == null then \"\" elif type == \"string\" then gsub(\"\\\\\\\\\"; \"\\\\\\\\\") | gsub(\"\\t\"; \"\\\\t\") | gsub(\"\\n\"; \"\\\\n\") | gsub(\"\\r\"; \"\\\\r\") else error(\"\\(type) is not valid in a tsv row\") end) | join(\"\\t\")",
    ),
    ("@base32", &[], "tostring | __base32"),
    ("@base32d", &[], "tostring | __base32d"),
];

const EMAIL: &str =
    "v | type == \"string\" and test(\"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$\")";

/// The parts of an absolute URL, null for anything else.
const URL: &str = "if type != \"string\" then null else [capture(\"^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^@/?# ]*@)?(?<host>\\\\[[^\\\\] ]*\\\\]|[^:/?# ]+)(?::(?<port>[0-9]*))?(?<path>[^?# ]*)(?:[?](?<query>[^# ]*))?(?:#(?<fragment>[^ ]*))?$\")] | if . == [] then null else .[0] | {scheme: .scheme, host: .host, port: (.port // \"\"), path: (.path // \"\"), query: (.query // \"\"), fragment: (.fragment // \"\")} end end";

/// jq's own formats, which are no plugins.
pub(super) const FORMATS: [&str; 12] = [
    "@text", "@json", "@html", "@uri", "@csv", "@tsv", "@sh", "@base64", "@base64d", "@base32", "@base32d", "@urid",
];

/// Whether `name`, with its `@`, is a format of jq.
pub(super) fn is_format(name: &str) -> bool {
    FORMATS.contains(&name)
}

/// Whether `name`, with its `@`, can have plugins behind a dot, known or not.
pub(super) fn may_be_namespace(name: &str) -> bool {
    let mut spaces = crate::spec::plugins::PLUGINS
        .iter()
        .filter_map(|plugin| plugin.name.split_once('.'));
    let known = crate::spec::plugins::find(name).is_some() || is_format(name);
    !known || spaces.any(|(space, _)| space == name)
}

/// The plugins and the functions that jaq leaves out.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    // A definition sees those before it.
    let all = MISSING.iter().chain(PARTS).chain(PLUGINS);
    all.filter_map(|(name, parameters, body)| {
        Some(Def {
            name: *name,
            args: parameters.to_vec(),
            body: jaq_core::load::parse(body, |parser| parser.term())?,
        })
    })
}
