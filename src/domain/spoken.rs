//! Mobile numbers as callers say them: without the country's code, or with what is dialled before it.

/// Fewer digits are a part of a name, a year, a room.
const LEAST: usize = 4;

/// Country codes of two digits (ITU-T E.164): zones 1 and 7 have one digit, all others three.
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
    "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
    "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// What may be a number, by its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    digits: String,
}

impl Spoken {
    /// Digits, and what stands between them where numbers are written; anything else is no number.
    pub fn parse(text: &str) -> Option<Self> {
        let between = |c: char| c.is_whitespace() || "+-–/().".contains(c);
        if !text.chars().all(|c| c.is_ascii_digit() || between(c)) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (digits.len() >= LEAST).then_some(Self { digits })
    }

    /// The digits that each number ends with which could be meant: without the zeros of a trunk or an exit code.
    pub fn end(&self) -> &str {
        self.readings().into_iter().min_by_key(|reading| reading.len()).unwrap_or_default()
    }

    /// Without what is dialled before a number within its country: zeros nearly everywhere, `06` in Hungary, `8` in
    /// Russia, `1` in America. Of those, only before as many digits as numbers have there: the others may be a part.
    fn readings(&self) -> Vec<&str> {
        let digits = self.digits.as_str();
        let plain = digits.trim_start_matches('0');
        let mut readings = vec![plain];
        let trunks = [("06", 8..=9), ("8", 10..=10), ("1", 10..=10)];
        readings.extend(trunks.into_iter().filter_map(|(trunk, lengths)| {
            digits.strip_prefix(trunk).filter(|number| lengths.contains(&number.len()))
        }));
        readings.retain(|reading| reading.len() >= LEAST);
        readings
    }

    /// Whether this whole number was said, with its country's code or without.
    pub fn is(&self, address: &str) -> bool {
        let whole = address.trim_start_matches('+');
        let national = whole.get(code_digits(whole)..).unwrap_or_default();
        self.readings().into_iter().any(|reading| reading == whole || reading == national)
    }
}

/// How many digits of a number are its country's code.
fn code_digits(whole: &str) -> usize {
    match whole.as_bytes().first() {
        Some(b'1' | b'7') => 1,
        _ if whole.get(..2).is_some_and(|code| TWO_DIGITS.contains(&code)) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(said: &str, address: &str) -> bool {
        Spoken::parse(said).is_some_and(|said| said.is(address))
    }

    #[test]
    fn a_number_is_known_as_it_is_said_in_its_country() {
        for said in [
            "0151 12345678",
            "0151/1234-5678",
            "(0151) 12345678",
            "15112345678",
            "4915112345678",
            "0049 151 12345678",
        ] {
            assert!(is(said, "+4915112345678"), "{said}");
        }
        for (said, address) in [
            ("(201) 555-0123", "+12015550123"),
            ("1 201 555 0123", "+12015550123"),
            ("8 912 345-67-89", "+79123456789"),
            ("06 30 123 4567", "+36301234567"),
            ("091 234 5678", "+353912345678"),
            ("0912 345 678", "+98912345678"),
        ] {
            assert!(is(said, address), "{said}");
        }
    }

    #[test]
    fn a_part_is_not_the_whole() {
        for said in ["5112345678", "12345678", "01511234567", "+49151", "4915112345", "0000"] {
            assert!(!is(said, "+4915112345678"), "{said}");
        }
        for text in ["alice", "0151x", "", "12", "a@1234.de"] {
            assert_eq!(Spoken::parse(text), None, "{text}");
        }
        assert_eq!(Spoken::parse("0151 1234").unwrap().end(), "1511234");
        assert_eq!(Spoken::parse("8 912 3456789").unwrap().end(), "9123456789");
        for part in ["1512345", "812345", "061234"] {
            let end = Spoken::parse(part).unwrap().end().to_owned();
            assert_eq!(end, part.trim_start_matches('0'));
        }
    }
}
