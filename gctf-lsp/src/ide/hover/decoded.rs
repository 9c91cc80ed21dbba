//! Texts that stand for something else, as people read it: times, durations, bytes.

use crate::schema::shape::Shape;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use prost_reflect::prost_types::Timestamp;

/// Most characters of a text that is shown.
const LONGEST: usize = 200;
/// Most bytes that are shown by their numbers.
const MOST_BYTES: usize = 32;

/// What `text` means in this form; `None` where it says so itself, or says nothing.
pub(super) fn decoded(text: &str, shape: &Shape) -> Option<String> {
    match shape {
        Shape::Timestamp => time(text),
        Shape::Duration => duration(text),
        Shape::Bytes => bytes(text),
        _ => None,
    }
}

fn time(text: &str) -> Option<String> {
    let time: Timestamp = text.parse().ok()?;
    let shown = time.to_string();
    let shown = shown.trim_end_matches('Z').replace('T', " ");
    // 1970-01-01 was a Thursday.
    let days = [
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
    ];
    let day = days.get(usize::try_from(time.seconds.div_euclid(86_400).rem_euclid(7)).ok()?)?;
    Some(format!("{day}, {shown} UTC\n\nUnix time {}", time.seconds))
}

fn duration(text: &str) -> Option<String> {
    let number = text.strip_suffix('s')?;
    let (sign, number) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: u64 = whole.parse().ok().filter(|_| is_digits(whole) && is_digits(fraction))?;
    let fraction = match fraction.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    };
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
    ];
    let mut words: Vec<_> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    let rest = seconds % 60;
    if rest > 0 || !fraction.is_empty() || words.is_empty() {
        words.push(format!("{rest}{fraction} s"));
    }
    Some(format!("{sign}{}", words.join(" ")))
}

fn bytes(text: &str) -> Option<String> {
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(standard).ok()?;
    let count = match bytes.len() {
        0 => return Some("No bytes".to_owned()),
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    };
    let readable = |text: &&str| text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let shown = match std::str::from_utf8(&bytes).ok().filter(readable) {
        Some(text) => cut(text),
        None => {
            let hex: Vec<_> = bytes
                .iter()
                .take(MOST_BYTES)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let more = if bytes.len() > MOST_BYTES { " …" } else { "" };
            format!("{}{more}", hex.join(" "))
        }
    };
    // A longer fence than any in the text.
    Some(format!("{count}\n\n````text\n{shown}\n````"))
}

/// The start of a text that is too long to show.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shown_as_what_they_mean() {
        let check = |shape: &Shape, text: &str, expected: Option<&str>| {
            assert_eq!(decoded(text, shape).as_deref(), expected, "{text}");
        };
        let (time, duration, bytes) = (Shape::Timestamp, Shape::Duration, Shape::Bytes);
        check(
            &time,
            "2024-01-01T12:00:00.500+02:00",
            Some("Monday, 2024-01-01 10:00:00.500 UTC\n\nUnix time 1704103200"),
        );
        check(
            &time,
            "1969-12-31T23:59:59Z",
            Some("Wednesday, 1969-12-31 23:59:59 UTC\n\nUnix time -1"),
        );
        check(&time, "tomorrow", None);
        check(&duration, "90061.250s", Some("1 d 1 h 1 min 1.25 s"));
        check(&duration, "-3600s", Some("-1 h"));
        check(&duration, "0s", Some("0 s"));
        check(&duration, "1h", None);
        check(&duration, "+1s", None);
        check(&bytes, "aGk", Some("2 bytes\n\n````text\nhi\n````"));
        check(&bytes, "_-8=", Some("2 bytes\n\n````text\nff ef\n````"));
        check(&bytes, "", Some("No bytes"));
        check(&bytes, "*", None);
        check(&Shape::String, "aGk", None);
    }
}
