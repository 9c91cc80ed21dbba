//! Keys of BENCH, which is read, completed and checked, but not executed.

use super::{Form, Word};

const SCHEDULE: &str = "How the load changes over time.";

/// Keys of BENCH; `thresholds.…` stands for any key that starts so.
pub const BENCH: &[Word] = &[
    key(
        &["mode"],
        Form::Words(&["fixed", "stepping", "adaptive", "closed", "open"]),
        "How the load is made.",
    ),
    key(&["profile"], Form::Text, "Name of a set of load settings."),
    key(&["name"], Form::Text, "Name of the benchmark in reports."),
    key(&["concurrency"], Form::Text, "How many calls run at once."),
    key(&["requests"], Form::Text, "How many calls are made in all."),
    key(&["duration"], Form::Duration, "How long calls are made."),
    key(
        &["max_duration"],
        Form::Duration,
        "When the benchmark ends at the latest.",
    ),
    key(&["ramp_up"], Form::Duration, "How long the load rises at the start."),
    key(
        &["warmup"],
        Form::Duration,
        "How long calls are made before they count.",
    ),
    key(
        &["cool_down"],
        Form::Duration,
        "How long calls are made after they count.",
    ),
    key(&["max_rps"], Form::Text, "Most calls a second."),
    key(&["request_timeout"], Form::Duration, "How long one call may take."),
    key(&["connections"], Form::Text, "How many connections are opened."),
    key(&["connect_timeout"], Form::Duration, "How long connecting may take."),
    key(&["keepalive"], Form::Text, "How connections are kept alive."),
    key(&["cpus"], Form::Text, "How many processors are used."),
    key(
        &["progress_interval"],
        Form::Duration,
        "How often progress is reported.",
    ),
    key(
        &["warmup_mode"],
        Form::Words(&["warmup", "dry_run"]),
        "What the warm-up does.",
    ),
    key(
        &["load_schedule"],
        Form::Words(&["const", "step", "line", "sine", "spike", "custom"]),
        SCHEDULE,
    ),
    key(&["load_start"], Form::Text, SCHEDULE),
    key(&["load_step"], Form::Text, SCHEDULE),
    key(&["load_end"], Form::Text, SCHEDULE),
    key(&["load_step_duration"], Form::Duration, SCHEDULE),
    key(&["load_max_duration"], Form::Duration, SCHEDULE),
    key(&["load_midpoint"], Form::Text, SCHEDULE),
    key(&["load_amplitude"], Form::Text, SCHEDULE),
    key(&["load_frequency"], Form::Text, SCHEDULE),
    key(&["load_spike_target"], Form::Text, SCHEDULE),
    key(&["load_spike_after"], Form::Text, SCHEDULE),
    key(&["load_spike_duration"], Form::Duration, SCHEDULE),
    key(&["load_profile"], Form::Text, SCHEDULE),
    key(
        &["concurrency_schedule"],
        Form::Words(&["const", "step", "line"]),
        "How the number of calls at once changes over time.",
    ),
    key(&["concurrency_start"], Form::Text, "The first number of calls at once."),
    key(&["concurrency_end"], Form::Text, "The last number of calls at once."),
    key(
        &["concurrency_step"],
        Form::Text,
        "How much the number of calls at once rises.",
    ),
    key(
        &["concurrency_step_duration"],
        Form::Duration,
        "How long one number of calls at once lasts.",
    ),
    key(
        &["assert_mode"],
        Form::Words(&["full", "sampled", "off", "fail_fast", "collect_all", "skip"]),
        "Which replies are checked.",
    ),
    key(&["no_assert"], Form::Text, "No reply is checked."),
    key(
        &["sample_rate"],
        Form::Fraction,
        "The part of the replies that is checked.",
    ),
    key(
        &["duration_stop"],
        Form::Words(&["close", "wait", "ignore"]),
        "What becomes of calls that run when the time is over.",
    ),
    key(
        &["cache"],
        Form::Words(&["on", "off", "refresh", "true", "false", "1", "0"]),
        "Whether results are cached.",
    ),
    key(&["cache_ttl"], Form::Duration, "How long cached results hold."),
    key(&["skip_first"], Form::Text, "How many first calls do not count."),
    key(
        &["count_errors_in_latency"],
        Form::Text,
        "Whether failed calls count in the latency.",
    ),
    key(
        &["latency_percentiles"],
        Form::Text,
        "Percentiles to report, `p50,p99.9`.",
    ),
    key(&["sources"], Form::YamlList, "Files that the calls come from."),
];

/// What a key that starts with [`THRESHOLDS`] is.
pub const THRESHOLD: Word = Word::new(
    &["thresholds.error_rate_pct"],
    Form::Threshold,
    "",
    "A bound that a figure of the benchmark must keep.",
);

/// The start of keys that name a figure.
pub const THRESHOLDS: &str = "thresholds.";

const fn key(spellings: &'static [&'static str], form: Form, docs: &'static str) -> Word {
    Word::new(spellings, form, "", docs)
}
