//! Attributes, `#[name(value)]` above a header.

use super::{Form, SectionKind, Word};

pub const SKIP: Word = Word::new(
    &["skip"],
    Form::Boolean,
    "",
    "The section is not executed; on ENDPOINT the whole document is skipped.",
);
pub const REPEAT: Word = Word::new(
    &["repeat"],
    Form::Whole(1),
    "1",
    "REQUEST is sent, RESPONSE or ASSERTS read and checked, this many times.",
);
pub const RETRY: Word = Word::new(
    &["retry"],
    Form::Whole(0),
    "OPTIONS, then `--retry`",
    "How often the file is tried again when a call is unavailable or too slow.",
);
pub const NO_RETRY: Word = Word {
    old: &["no-retry"],
    ..Word::new(&["no_retry"], Form::Boolean, "false", "The file is not tried again.")
};

/// Every attribute.
pub const ATTRIBUTES: &[Word] = &[
    SKIP,
    Word::new(
        &["timeout"],
        Form::Timeout,
        "OPTIONS, then `--timeout`, then 30",
        "How many seconds this and the later sections of the document may wait.",
    ),
    REPEAT,
    RETRY,
    Word {
        old: &["retry-delay"],
        ..Word::new(
            &["retry_delay"],
            Form::Delay,
            "1",
            "How many seconds pass before the file is tried again.",
        )
    },
    NO_RETRY,
    Word::new(
        &["compression"],
        Form::Words(&["none", "gzip"]),
        "OPTIONS, then none",
        "How messages are compressed, in both directions.",
    ),
    Word::new(&["name"], Form::Text, "", "A name for reports."),
    Word::new(&["tag"], Form::Text, "", "Tags for filters, separated by commas."),
    Word::new(&["owner"], Form::Text, "", "Who looks after the test."),
    Word::new(&["summary"], Form::Text, "", "What the test is about."),
];

/// Whether an attribute can have an effect on a section of this kind.
pub fn fits(word: &Word, kind: SectionKind) -> bool {
    use SectionKind::{Asserts, Request, Response};
    match word.name() {
        "repeat" => matches!(kind, Request | Response | Asserts),
        _ => true,
    }
}
