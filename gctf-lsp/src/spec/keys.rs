//! Keys of key-value and YAML sections.

pub use super::bench::{BENCH, THRESHOLD, THRESHOLDS};
use super::{Form, Word, options};

pub const CA: Word = Word::new(
    &["ca_cert", "ca_file", "ca-cert", "cacert"],
    Form::Path,
    "the system's roots",
    "PEM file with the only certificate authorities to trust.",
);
pub const CERTIFICATE: Word = Word::new(
    &["client_cert", "cert", "cert_file", "client-cert"],
    Form::Path,
    "",
    "PEM file with the client's certificate; needs `client_key`.",
);
pub const KEY: Word = Word::new(
    &["client_key", "key", "key_file", "client-key"],
    Form::Path,
    "",
    "PEM file with the client's private key; needs `client_cert`.",
);
pub const SERVER_NAME: Word = Word::new(
    &["server_name", "servername"],
    Form::Text,
    "the host of ADDRESS",
    "Name that the server's certificate is verified against.",
);
pub const INSECURE: Word = Word::new(
    &["insecure", "insecure_skip_verify"],
    Form::Boolean,
    "false",
    "The server's certificate is not verified.",
);
pub const AUTHORITY: Word = Word::new(
    &["authority"],
    Form::Text,
    "host and port of ADDRESS",
    "Name that is sent as `:authority`.",
);
pub const TLS_MODE: Word = Word::new(
    &["mode"],
    Form::Words(&["tls", "mtls", "insecure", "plaintext"]),
    "mtls",
    "`insecure` skips the verification, `plaintext` means no TLS.",
);

/// Keys of TLS.
pub const TLS: &[Word] = &[CA, CERTIFICATE, KEY, SERVER_NAME, INSECURE, AUTHORITY, TLS_MODE];

pub const DESCRIPTOR: Word = Word::new(
    &["descriptor"],
    Form::Path,
    "",
    "A FileDescriptorSet; wins over `files`.",
);
pub const FILES: Word = Word::new(&["files", "file"], Form::Paths, "", "The `.proto` files to compile.");
pub const IMPORT_PATHS: Word = Word::new(
    &["import_paths"],
    Form::Paths,
    "",
    "Folders that imports are searched in first, then the folder of this file.",
);
pub const PROTO_MODE: Word = Word::new(
    &["mode"],
    Form::Words(&["reflection", "files", "descriptor"]),
    "",
    "Confirms the source of the schema; `reflection` ignores the other keys.",
);

/// Keys of PROTO.
pub const PROTO: &[Word] = &[DESCRIPTOR, FILES, IMPORT_PATHS, PROTO_MODE];

pub const RETRY: Word = Word::new(
    &["retry"],
    Form::Whole(0),
    "`--retry`, 0",
    "How often the file is tried again when a call is unavailable or too slow.",
);
pub const NO_RETRY: Word = Word {
    old: &["no-retry"],
    ..Word::new(&["no_retry"], Form::Boolean, "false", "The file is not tried again.")
};
const IN_OPTIONS: &str = "the option of each RESPONSE";

/// Keys of OPTIONS.
pub const OPTIONS: &[Word] = &[
    Word::new(
        &["timeout"],
        Form::Timeout,
        "`--timeout`, 30",
        "How many seconds a section may wait.",
    ),
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
        "`GCTF_COMPRESSION`, none",
        "How messages are compressed, in both directions.",
    ),
    Word::new(
        &["emit_defaults"],
        Form::Boolean,
        "false",
        "Fields at their default are shown in responses instead of left out.",
    ),
    Word::new(
        &["protocol"],
        Form::Words(&["grpc"]),
        "grpc",
        "The protocol of the call.",
    ),
    comparison(options::PARTIAL, Form::Boolean),
    comparison(options::TOLERANCE, Form::Number),
    comparison(options::REDACT, Form::List),
    comparison(options::WITH_ASSERTS, Form::Boolean),
    comparison(options::UNORDERED_ARRAYS, Form::Boolean),
];

/// An option of RESPONSE as a key of OPTIONS, where it holds for every RESPONSE of the document.
const fn comparison(option: Word, form: Form) -> Word {
    Word {
        form,
        default: IN_OPTIONS,
        ..option
    }
}

/// Keys of META.
pub const META: &[Word] = &[
    Word::new(&["name"], Form::Text, "", "A name for reports."),
    Word::new(&["summary"], Form::Text, "", "What the test is about."),
    Word::new(&["tags"], Form::YamlList, "", "Tags for `--tags` and `--skip-tags`."),
    Word::new(&["owner"], Form::Text, "", "Who looks after the test."),
    Word::new(&["links"], Form::YamlList, "", "Pages that belong to the test."),
];

/// Members of an ERROR.
pub const ERROR: &[Word] = &[
    Word::new(
        &["code"],
        Form::Text,
        "",
        "The status code: its name in any case, or its number.",
    ),
    Word::new(
        &["message"],
        Form::Text,
        "",
        "The whole message; `\"*\"` is any, and `partial` leaves it out.",
    ),
    Word::new(
        &["details"],
        Form::YamlList,
        "",
        "The details in order, each like a message; `[]` is none.",
    ),
];
