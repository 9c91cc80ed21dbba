//! What servers mean by the status codes, by number as in [`CODES`](crate::status::CODES).

pub const MEANINGS: [&str; 17] = [
    "No error.",
    "The caller cancelled the call.",
    "An error that says nothing more, also one from another system.",
    "An argument is wrong whatever the state of the system is.",
    "The deadline passed before the call was done.",
    "What was asked for does not exist.",
    "What should be created exists already.",
    "The caller is known but may not do this.",
    "A quota or a resource is used up.",
    "The system is not in the state that the call needs.",
    "The call was broken off, often by a conflict; trying the whole again may help.",
    "The call went past the valid range, such as the end of a list.",
    "The server does not have this method.",
    "Something the system relies on is broken.",
    "The service cannot be reached now; trying again may help.",
    "Data is lost for good.",
    "The caller is not known: credentials are missing or wrong.",
];
