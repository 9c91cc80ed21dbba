//! What may stand as the value of an option, key or attribute.

/// What counts as true in a boolean value, in any case.
pub const TRUE: &[&str] = &["true", "1", "yes", "on"];
/// What counts as false in a boolean value, in any case.
pub const FALSE: &[&str] = &["false", "0", "no", "off"];

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// The path of a file, relative to the `.gctf` file.
    Path,
    /// `a, b` or `[a, b]`.
    List,
    /// `a, b` or `[a, b]`, of paths.
    Paths,
    /// A list of texts in YAML.
    YamlList,
    Boolean,
    /// A boolean of a header option, where only `true 1 false 0` count.
    Flag,
    /// One of these.
    Words(&'static [&'static str]),
    /// A whole number that is at least this.
    Whole(u64),
    /// A whole number of seconds above zero.
    Timeout,
    /// Seconds, zero or more, with fractions.
    Delay,
    /// A number, `_` between digits.
    Number,
    /// From 0 to 1.
    Fraction,
    /// A number with `ms`, `s`, `m` or `h`, or bare.
    Duration,
    /// `<N`, `<=N`, `>N` or `>=N`.
    Threshold,
}

impl Form {
    /// Whether `value` has this form.
    pub fn allows(self, value: &str) -> bool {
        let decimal = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        match self {
            Self::Text | Self::Path | Self::Paths | Self::YamlList => true,
            Self::List => value.starts_with('[') == value.ends_with(']'),
            Self::Boolean => TRUE.iter().chain(FALSE).any(|word| word.eq_ignore_ascii_case(value)),
            Self::Flag => self.suggestions().contains(&value) || matches!(value, "1" | "0"),
            Self::Words(words) => words.contains(&value),
            Self::Whole(least) => value.parse::<u64>().is_ok_and(|number| number >= least),
            Self::Timeout => value.parse::<u64>().is_ok_and(|seconds| seconds > 0),
            Self::Delay => decimal(value).is_some_and(|seconds| seconds >= 0.0),
            Self::Number => decimal(&value.replace('_', "")).is_some(),
            Self::Fraction => decimal(value).is_some_and(|part| (0.0..=1.0).contains(&part)),
            Self::Duration => is_duration(value),
            Self::Threshold => {
                let bound = value.strip_prefix(['<', '>']);
                let number = bound.map(|rest| rest.strip_prefix('=').unwrap_or(rest).trim());
                number.is_some_and(|number| decimal(number).is_some())
            }
        }
    }

    /// What is allowed, as the end of a sentence; empty for any text.
    pub fn expected(self) -> String {
        match self {
            Self::Text => String::new(),
            Self::Path => "a path, relative to this file".to_owned(),
            Self::List => "a list: `a, b` or `[\"a\", \"b\"]`".to_owned(),
            Self::Paths => "paths, relative to this file: `a, b` or `[a, b]`".to_owned(),
            Self::YamlList => "a YAML list".to_owned(),
            Self::Boolean => "`true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`".to_owned(),
            Self::Flag => "`true`, `1`, `false` or `0`".to_owned(),
            Self::Words(words) => one_of(words),
            Self::Whole(least) => format!("a whole number from {least}"),
            Self::Timeout => "whole seconds above 0".to_owned(),
            Self::Delay => "seconds, 0 or more".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Fraction => "a number from 0 to 1".to_owned(),
            Self::Duration => "a number with `ms`, `s`, `m` or `h`".to_owned(),
            Self::Threshold => "`<N`, `<=N`, `>N` or `>=N`".to_owned(),
        }
    }

    /// The values worth offering.
    pub fn suggestions(self) -> &'static [&'static str] {
        match self {
            Self::Boolean | Self::Flag => &["true", "false"],
            Self::Words(words) => words,
            _ => &[],
        }
    }
}

/// `` `a`, `b` or `c` ``.
fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Numbers, each with a unit, or one bare number.
fn is_duration(value: &str) -> bool {
    if value.parse::<f64>().is_ok_and(|number| number >= 0.0) {
        return true;
    }
    let mut rest = value;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (number, unit) = rest.split_at(digits);
        let unit = unit.trim_start();
        let length = unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len());
        if number.parse::<f64>().is_err() || !["ms", "s", "m", "h"].contains(&&unit[..length]) {
            return false;
        }
        rest = unit[length..].trim_start();
    }
    !value.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (form, good, bad) in [
            (Form::Boolean, &["true", "YES", "0"][..], &["2", "truth", ""][..]),
            (Form::Flag, &["true", "1", "false", "0"], &["yes", "True"]),
            (Form::Whole(1), &["1", "20"], &["0", "-1", "1.5", "x"]),
            (Form::Timeout, &["1"], &["0", "1s", "0.5", "{{t}}"]),
            (Form::Delay, &["0", "0.5", "3"], &["-1", "NaN", "1s"]),
            (Form::Number, &["0.1", "1_000", "1e-3"], &["", "x", "inf"]),
            (Form::Fraction, &["0", "0.1", "1"], &["1.1", "10%"]),
            (
                Form::Duration,
                &["30s", "1.5h", "100", "1h30m", "2 ms"],
                &["", "s", "1x", "fast"],
            ),
            (Form::Threshold, &["<1", ">= 2.5"], &["1", "=1", "<x"]),
            (Form::List, &["a, b", "[a]", ""], &["[a", "a]"]),
        ] {
            for value in good {
                assert!(form.allows(value), "{form:?} {value}");
            }
            for value in bad {
                assert!(!form.allows(value), "{form:?} {value}");
            }
        }
        assert_eq!(Form::Words(&["a", "b", "c"]).expected(), "`a`, `b` or `c`");
    }
}
