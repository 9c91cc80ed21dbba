//! Instants and lengths of time as seconds and nanoseconds; the nanoseconds are never negative.

/// The seconds since 1970 of a time as RFC 3339 writes it.
pub(crate) fn instant(text: &str) -> Option<(i64, u32)> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if !separators.iter().all(|(at, byte)| bytes.get(*at) == Some(byte)) || !matches!(bytes.get(10)?, b'T' | b't') {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let in_range = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = fraction(text.get(19..)?)?;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some((seconds - offset(zone)?, nanos))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let past = year - 1;
    let of_years = past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    let of_months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    of_years + of_months + day - 1 - 719_162
}

/// The nanoseconds of `.5` at the start of `text`, and the rest of it.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(behind) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let count = behind.bytes().take_while(u8::is_ascii_digit).count();
    let digits = format!("{:0<9}", &behind[..count]);
    match count {
        0 => None,
        _ => Some((digits[..9].parse().ok()?, &behind[count..])),
    }
}

/// The seconds that a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let number = |text: &str, most: i64| -> Option<i64> {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok())?.filter(|number| *number <= most)
    };
    Some(sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60))
}

/// The length of `1.5s`, `-2m`, `1h30m` or `250ms`.
pub(super) fn duration(text: &str) -> Option<(i64, u32)> {
    const UNITS: [(&str, i128); 7] = [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let whole = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (nanos, behind) = fraction(&rest[whole..])?;
        if whole == 0 {
            return None;
        }
        let (name, unit) = UNITS.iter().find(|(name, _)| behind.starts_with(name))?;
        let number: i128 = rest[..whole].parse().ok()?;
        total = total.checked_add(number.checked_mul(*unit)?)? + i128::from(nanos) * unit / 1_000_000_000;
        rest = &behind[name.len()..];
    }
    match text.is_empty() {
        true => None,
        false => split(sign * total),
    }
}

/// A number of seconds as a number is written.
pub(super) fn seconds(text: &str) -> Option<(i64, u32)> {
    let exact = duration(&format!("{text}s"));
    exact.or_else(|| {
        let number: f64 = text.parse().ok()?;
        let fits = number.is_finite() && number.abs() < 9e15;
        // In range, so that nothing is cut off.
        fits.then(|| split((number * 1e9) as i128))?
    })
}

fn split(nanos: i128) -> Option<(i64, u32)> {
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    Some((seconds, u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some((0, 0))),
            ("2024-02-29T12:00:00.5Z", Some((1_709_208_000, 500_000_000))),
            ("2024-01-01T02:00:00+02:00", Some((1_704_067_200, 0))),
            ("1969-12-31T23:59:59.25z", Some((-1, 250_000_000))),
            ("0001-01-01T00:00:00Z", Some((-62_135_596_800, 0))),
            ("2023-02-29T12:00:00Z", None),
            ("2024-01-01", None),
            ("2024-01-01T00:00:00", None),
            ("2024-01-01T24:00:00Z", None),
            ("2024-01-01T00:00:00.Z", None),
            ("", None),
            ("é024-01-01T00:00:00Z", None),
        ] {
            assert_eq!(instant(text), expected, "{text}");
        }
    }

    #[test]
    fn lengths() {
        for (text, expected) in [
            ("1.5s", Some((1, 500_000_000))),
            ("-1.5s", Some((-2, 500_000_000))),
            ("1h30m", Some((5400, 0))),
            ("250ms", Some((0, 250_000_000))),
            ("1", None),
            ("", None),
            ("s", None),
            ("1x", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
        assert_eq!(seconds("1.25"), Some((1, 250_000_000)));
        assert_eq!(seconds("1e3"), Some((1000, 0)));
    }
}
