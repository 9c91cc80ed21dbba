//! Plugins of expressions: names, parameters, results, and old spellings.

/// What a parameter or a result of a plugin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginType {
    Any,
    Boolean,
    Number,
    Text,
    Object,
}

impl PluginType {
    /// As a signature shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Boolean => "bool",
            Self::Number => "uint",
            Self::Text => "string",
            Self::Object => "object",
        }
    }
}

/// A plugin.
#[derive(Clone, Copy, Debug)]
pub struct Plugin {
    /// With its `@`.
    pub name: &'static str,
    pub parameters: &'static [(&'static str, PluginType)],
    /// How many of the parameters may be left out, from the end but for `@schema`, which leaves out its first.
    pub optional: usize,
    pub returns: PluginType,
    pub doc: &'static str,
}

use PluginType::{Any, Boolean, Number, Object, Text};

const VALUE: &[(&str, PluginType)] = &[("v", Any)];
const NAME: &[(&str, PluginType)] = &[("name", Text)];
const URL: &[(&str, PluginType)] = &[("u", Text)];

const fn plugin(
    name: &'static str,
    parameters: &'static [(&'static str, PluginType)],
    returns: PluginType,
    doc: &'static str,
) -> Plugin {
    Plugin {
        name,
        parameters,
        optional: 0,
        returns,
        doc,
    }
}

/// All plugins under their own names.
pub const PLUGINS: &[Plugin] = &[
    plugin("@is_uuid", VALUE, Boolean, "Whether the value is the text of a UUID."),
    plugin("@is_email", VALUE, Boolean, "Whether the value is an email address."),
    plugin(
        "@is_ip",
        VALUE,
        Boolean,
        "Whether the value is an IP address, version 4 or 6.",
    ),
    plugin("@is_url", VALUE, Boolean, "Whether the value is an absolute URL."),
    plugin(
        "@is_timestamp",
        VALUE,
        Boolean,
        "Whether the value is a time as RFC 3339 writes it.",
    ),
    plugin(
        "@is_base64",
        VALUE,
        Boolean,
        "Whether the value is base64, in the standard or the URL alphabet; padding is optional.",
    ),
    plugin("@is_json", VALUE, Boolean, "Whether the value is the text of JSON."),
    plugin(
        "@is_empty",
        VALUE,
        Boolean,
        "Whether the value is null, `\"\"`, `[]` or `{}`; 0 and false are not empty.",
    ),
    plugin("@has_value", VALUE, Boolean, "The opposite of `@is_empty`."),
    plugin(
        "@len",
        VALUE,
        Number,
        "Characters of a text, elements of an array, entries of an object; null for anything else.",
    ),
    plugin(
        "@regex",
        &[("v", Any), ("pattern", Text)],
        Boolean,
        "Whether the text has a match of the pattern anywhere.",
    ),
    Plugin {
        optional: 1,
        ..plugin(
            "@schema",
            &[("v", Any), ("schema", Object)],
            Boolean,
            "Whether the value, or the message if none is given, fits the JSON Schema.",
        )
    },
    plugin(
        "@header",
        NAME,
        Text,
        "The first value of a response header, its name in any case; null when absent.",
    ),
    plugin(
        "@trailer",
        NAME,
        Text,
        "The first value of a trailer, its name in any case; null when absent.",
    ),
    plugin("@has_header", NAME, Boolean, "Whether the response has this header."),
    plugin("@has_trailer", NAME, Boolean, "Whether the response has this trailer."),
    Plugin {
        optional: 1,
        ..plugin(
            "@env",
            &[("name", Text), ("default", Text)],
            Text,
            "A variable of the environment or of the env file; null or the default when absent.",
        )
    },
    plugin(
        "@elapsed_ms",
        &[],
        Number,
        "Milliseconds from the call's start, or the previous section's last message, to this section's.",
    ),
    plugin("@total_elapsed_ms", &[], Number, "Milliseconds of all sections so far."),
    plugin(
        "@scope.message_count",
        &[],
        Number,
        "How many messages this section looks at.",
    ),
    plugin(
        "@scope.index",
        &[],
        Number,
        "The number of this section among those that look at messages, from 1.",
    ),
    plugin("@url.scheme", URL, Text, "The scheme of a URL; null for no URL."),
    plugin("@url.host", URL, Text, "The host of a URL; null for no URL."),
    plugin(
        "@url.port",
        URL,
        Text,
        "The port of a URL, `\"\"` when absent; null for no URL.",
    ),
    plugin("@url.path", URL, Text, "The path of a URL; null for no URL."),
    plugin(
        "@url.query",
        URL,
        Text,
        "The query of a URL without `?`; null for no URL.",
    ),
    plugin(
        "@url.fragment",
        URL,
        Text,
        "The fragment of a URL without `#`; null for no URL.",
    ),
    plugin(
        "@email.local_part",
        &[("e", Text)],
        Text,
        "What stands before the first `@`; null without one.",
    ),
    plugin(
        "@email.domain",
        &[("e", Text)],
        Text,
        "What stands behind the first `@`; null without one.",
    ),
    plugin("@ip.version", &[("s", Text)], Number, "4 or 6; null for no IP address."),
    plugin(
        "@uuid.version",
        &[("s", Text)],
        Number,
        "The version of a UUID; null for no UUID.",
    ),
    plugin(
        "@json.key",
        &[("text", Text), ("key", Text)],
        Any,
        "A member of the object in a JSON text; null when absent or no JSON.",
    ),
];

/// Old and new spelling.
pub const RENAMED: &[(&str, &str)] = &[
    ("@uuid", "@is_uuid"),
    ("@email", "@is_email"),
    ("@ip", "@is_ip"),
    ("@url", "@is_url"),
    ("@timestamp", "@is_timestamp"),
    ("@empty", "@is_empty"),
    ("@scope_message_count", "@scope.message_count"),
    ("@scope_index", "@scope.index"),
];

/// The plugin of this name, old spellings included.
pub fn find(name: &str) -> Option<&'static Plugin> {
    let renamed = RENAMED.iter().find(|(old, _)| *old == name);
    let name = renamed.map_or(name, |(_, new)| new);
    PLUGINS.iter().find(|plugin| plugin.name == name)
}

impl Plugin {
    /// How it is called, for a reader.
    pub fn signature(&self) -> String {
        let first_is_optional = self.name == "@schema";
        let optional = |at: usize| match first_is_optional {
            true => at < self.optional,
            false => at >= self.parameters.len() - self.optional,
        };
        let parameters = self.parameters.iter().enumerate().map(|(at, (name, kind))| {
            let parameter = format!("{name}: {}", kind.as_str());
            if optional(at) {
                format!("[{parameter}]")
            } else {
                parameter
            }
        });
        let parameters: Vec<_> = parameters.collect();
        format!("{}({})", self.name, parameters.join(", "))
    }

    /// The parameters that `count` arguments fill, if that many are allowed.
    pub fn filled(&self, count: usize) -> Option<&'static [(&'static str, PluginType)]> {
        let all = self.parameters;
        match all.len().checked_sub(count)? {
            missing if missing > self.optional => None,
            missing if self.name == "@schema" => Some(&all[missing..]),
            _ => Some(&all[..count]),
        }
    }
}
