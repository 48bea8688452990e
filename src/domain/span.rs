//! Lengths of time as people write them in the config and on the command line: `60s`, `10m`, `24h`, `7d`.

use jiff::SignedDuration;

/// Units from the largest down, in seconds. A day is 24 hours: the clock here is UTC.
const UNITS: [(char, i64); 5] = [('w', 7 * 86_400), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Longest run of digits in front of a unit, so that no product can overflow.
const MAX_DIGITS: usize = 9;

/// The text is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a length of time is {}", Self::FORM)]
pub struct SpanError;

impl SpanError {
    /// What one looks like.
    pub const FORM: &'static str = "a number and a unit, such as 60s, 10m, 24h or 7d";
}

/// Reads whole numbers with their units, the larger unit first: `10m`, `1h30m`. No sign, no space, no
/// fraction, no bare number.
pub fn parse(text: &str) -> Result<SignedDuration, SpanError> {
    let mut seconds: i64 = 0;
    let mut digits = String::new();
    let mut next_unit = 0;
    for symbol in text.chars() {
        if symbol.is_ascii_digit() && digits.len() < MAX_DIGITS {
            digits.push(symbol);
            continue;
        }
        let (at, size) = UNITS
            .iter()
            .enumerate()
            .skip(next_unit)
            .find_map(|(at, (unit, size))| (*unit == symbol).then_some((at, *size)))
            .ok_or(SpanError)?;
        let count: i64 = digits.parse().map_err(|_| SpanError)?;
        seconds += count * size;
        next_unit = at + 1;
        digits.clear();
    }
    // Digits left over have no unit; a unit never reached means that the text was empty.
    if digits.is_empty() && next_unit > 0 { Ok(SignedDuration::from_secs(seconds)) } else { Err(SpanError) }
}

/// The shortest text that [`parse`] reads back as the same whole seconds: `24h`, `1h30m`, `0s`.
pub fn to_text(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    // Weeks are read only: configs and people say 7d.
    let units = &UNITS[1..];
    // One unit if it divides evenly; days only from two on, because people say 24 hours.
    for &(unit, size) in units {
        let floor = if unit == 'd' { 2 * size } else { size };
        if seconds >= floor && seconds % size == 0 {
            return format!("{}{unit}", seconds / size);
        }
    }
    let mut left = seconds;
    let mut text = String::new();
    for &(unit, size) in units {
        if left >= size {
            text.push_str(&(left / size).to_string());
            text.push(unit);
            left %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_with_units_are_read() {
        for (text, seconds) in [
            ("60s", 60),
            ("10m", 600),
            ("24h", 86_400),
            ("7d", 604_800),
            ("1w", 604_800),
            ("1w1d", 691_200),
            ("1h30m", 5_400),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "", "10", "m", " 10m", "10m ", "10 m", "-10m", "+1m", "1.5h", "10M", "10ms", "30m1h", "1m1m",
            "1d1w",
        ] {
            assert_eq!(parse(text), Err(SpanError), "{text:?}");
        }
        assert_eq!(parse("9999999999s"), Err(SpanError));
        assert_eq!(parse("٣m"), Err(SpanError));
    }

    #[test]
    fn the_text_is_read_back_as_the_same() {
        for text in ["0s", "1s", "60s", "90s", "10m", "24h", "7d", "1h30m", "1h1s"] {
            let span = parse(text).unwrap();
            assert_eq!(parse(&to_text(span)), Ok(span), "{text}");
        }
        assert_eq!(to_text(SignedDuration::from_secs(86_400)), "24h");
        assert_eq!(to_text(SignedDuration::from_secs(5_400)), "90m");
        assert_eq!(to_text(SignedDuration::from_secs(604_800)), "7d");
    }
}
