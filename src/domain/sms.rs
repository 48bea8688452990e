//! How many SMS a text is (3GPP TS 23.038 and 23.040): providers charge for each.

use super::text::text_enum;

text_enum! {
    /// How the characters of an SMS are written.
    Alphabet {
        /// Seven bits each: 160 in one, 153 in each of several.
        Gsm7 => "GSM-7",
        /// Sixteen bits each: 70 in one, 67 in each of several.
        Ucs2 => "UCS-2",
    }
}

impl Alphabet {
    /// How many characters fit into one SMS.
    pub fn in_one(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// How many fit into each of several, which say how they belong together.
    fn in_each(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }
}

/// The size of a text as SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    pub alphabet: Alphabet,
    /// In units of the alphabet.
    pub length: usize,
    pub count: usize,
}

/// The basic characters of GSM 7 bit besides letters and digits of ASCII.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Those that take an escape before them.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// What a character takes in GSM 7 bit; nothing if it has no place there.
fn units(c: char) -> Option<usize> {
    match c {
        c if c.is_ascii_alphanumeric() || BASIC.contains(c) => Some(1),
        c if EXTENDED.contains(c) => Some(2),
        _ => None,
    }
}

/// The size of a text as SMS.
pub fn segments(text: &str) -> Segments {
    let seven_bits: Option<usize> = text.chars().map(units).sum();
    let (alphabet, length) = match seven_bits {
        Some(length) => (Alphabet::Gsm7, length),
        None => (Alphabet::Ucs2, text.encode_utf16().count()),
    };
    let count = if length <= alphabet.in_one() { 1 } else { length.div_ceil(alphabet.in_each()) };
    Segments { alphabet, length, count }
}

/// The characters that have no place in GSM 7 bit, each once, in their order: one of them makes all UCS-2.
pub fn foreign(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    for c in text.chars().filter(|c| units(*c).is_none()) {
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_as_networks_do() {
        let of = |text: &str| {
            let found = segments(text);
            (found.alphabet, found.length, found.count)
        };
        assert_eq!(of(""), (Alphabet::Gsm7, 0, 1));
        assert_eq!(of(&"a".repeat(160)), (Alphabet::Gsm7, 160, 1));
        assert_eq!(of(&"a".repeat(161)), (Alphabet::Gsm7, 161, 2));
        assert_eq!(of(&"a".repeat(307)), (Alphabet::Gsm7, 307, 3));
        assert_eq!(of(&"€".repeat(80)), (Alphabet::Gsm7, 160, 1));
        assert_eq!(of(&"€".repeat(81)), (Alphabet::Gsm7, 162, 2));
        assert_eq!(of("@regain.example #012345"), (Alphabet::Gsm7, 23, 1));
        // One character that is none of GSM's makes all of them UCS-2; a backtick is such a one.
        assert_eq!(foreign("5 €: `çç`\u{a0}"), ['`', 'ç', '\u{a0}']);
        assert!(foreign("[12:00], {not} 5 €.\nGrüße").is_empty());
        for text in ["`", "ç", "\u{a0}"] {
            assert_eq!(of(text), (Alphabet::Ucs2, 1, 1), "{text}");
        }
        assert_eq!(of("[12:00], {not} 5 €.\nGrüße").0, Alphabet::Gsm7);
        assert_eq!(of(&"验".repeat(70)), (Alphabet::Ucs2, 70, 1));
        assert_eq!(of(&"验".repeat(71)), (Alphabet::Ucs2, 71, 2));
        assert_eq!(of(&"😀".repeat(35)), (Alphabet::Ucs2, 70, 1));
    }
}
