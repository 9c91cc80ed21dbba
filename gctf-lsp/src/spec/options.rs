//! Options in the headers of RESPONSE and ERROR.

use super::{Form, Word};

pub const WITH_ASSERTS: Word = Word::new(
    &["with_asserts"],
    Form::Flag,
    "",
    "The ASSERTS that follows looks at every message of this section.",
);
pub const PARTIAL: Word = Word::new(
    &["partial"],
    Form::Flag,
    "",
    "Only what is listed is compared: objects as subsets, arrays by their beginning; on a stream more may follow.",
);
pub const TYPE: Word = Word::new(
    &["type"],
    Form::Words(&["partial"]),
    "",
    "Another spelling of `partial`.",
);
pub const UNORDERED_ARRAYS: Word = Word::new(
    &["unordered_arrays"],
    Form::Flag,
    "",
    "Arrays are compared without regard to order, at every depth.",
);
pub const TOLERANCE: Word = Word::new(&["tolerance"], Form::Number, "", "Numbers may differ by this much.");
pub const REDACT: Word = Word::new(
    &["redact"],
    Form::List,
    "",
    "Fields that are left out of the comparison, by name at every depth or by path from the root.",
);

/// The options of RESPONSE; ERROR takes them too but has no use for some.
pub const RESPONSE: &[Word] = &[WITH_ASSERTS, PARTIAL, TYPE, UNORDERED_ARRAYS, TOLERANCE, REDACT];

/// Options that ERROR accepts without effect.
pub const WITHOUT_EFFECT_ON_ERROR: &[Word] = &[UNORDERED_ARRAYS, TOLERANCE, REDACT];
