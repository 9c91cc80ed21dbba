//! Old spellings of plugins.

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
