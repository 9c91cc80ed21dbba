//! Numbers as people write them in JSON5, kept exact.

/// A number by its exact value where that is an integer of 64 bits, else as a double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    /// Reads decimal and hexadecimal numbers with `_`, signs, `.5`, `5.`, exponents, `NaN` and `Infinity`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|character| *character != '_').collect();
        let (sign, unsigned) = match digits.as_bytes().first()? {
            b'-' => (-1, &digits[1..]),
            b'+' => (1, &digits[1..]),
            _ => (1, digits.as_str()),
        };
        if let Some(hex) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
            return Some(Self::Integer(sign * i128::from(u64::from_str_radix(hex, 16).ok()?)));
        }
        match unsigned {
            "NaN" => return Some(Self::Float(f64::NAN)),
            "Infinity" => return Some(Self::Float(f64::INFINITY * sign as f64)),
            _ => {}
        }
        if let Some(integer) = integral(unsigned) {
            return Some(Self::Integer(sign * integer));
        }
        let starts_right = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.');
        let float: f64 = unsigned.parse().ok().filter(|_| starts_right)?;
        Some(Self::Float(float * sign as f64))
    }

    /// The value of a JSON number.
    pub fn of(number: &serde_json::Number) -> Self {
        match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), ..) => Self::Integer(i128::from(integer)),
            (None, Some(integer), _) => Self::Integer(i128::from(integer)),
            (.., Some(float)) => Self::Float(float),
            _ => Self::Float(f64::NAN),
        }
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }

    /// The JSON number; `None` for what JSON cannot write.
    pub fn to_json(self) -> Option<serde_json::Number> {
        match self {
            Self::Integer(integer) => i64::try_from(integer)
                .map(serde_json::Number::from)
                .or_else(|_| u64::try_from(integer).map(serde_json::Number::from))
                .ok()
                .or_else(|| serde_json::Number::from_f64(integer as f64)),
            Self::Float(float) => serde_json::Number::from_f64(float),
        }
    }
}

/// The exact integer that a decimal text stands for, such as `12`, `12.0`, `1e2`, `1.5e1`.
fn integral(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let shift = exponent - fraction.len() as i32;
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(0..=25).contains(&shift) {
        return None;
    }
    let value: i128 = digits.parse().ok()?;
    value.checked_mul(10_i128.checked_pow(shift as u32)?)
}

#[cfg(test)]
mod tests {
    use super::Number::{self, Float, Integer};

    #[test]
    fn spellings() {
        for (text, value) in [
            ("12", Some(Integer(12))),
            ("-0", Some(Integer(0))),
            ("1_000", Some(Integer(1000))),
            ("0x1F", Some(Integer(31))),
            ("-0x1f", Some(Integer(-31))),
            ("+.5", Some(Float(0.5))),
            ("5.", Some(Integer(5))),
            ("1e2", Some(Integer(100))),
            ("1.25e1", Some(Float(12.5))),
            ("9007199254740993", Some(Integer(9_007_199_254_740_993))),
            ("18446744073709551615", Some(Integer(18_446_744_073_709_551_615))),
            ("1e400", Some(Float(f64::INFINITY))),
            ("inf", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(Number::parse(text), value, "{text}");
        }
    }
}
