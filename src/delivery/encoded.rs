//! Secrets, addresses and codes that the other side repeats: as they are, in base64, in hexadecimal, or escaped
//! (security T9).

use std::ops::Range;

use zeroize::Zeroizing;

/// What stands in the place of what is hidden.
pub(super) const HIDDEN: &str = "[...]";

/// How far apart the digits of a number may stand and still be read as one.
const APART: usize = 8;

/// How often one way of writing is looked for within another.
const DEPTH: usize = 2;

/// What is not to be told.
pub(super) struct Needles<'a> {
    /// In any case of ASCII letters.
    pub(super) texts: Vec<&'a str>,
    /// Digits, whatever stands between them.
    pub(super) numbers: Vec<&'a str>,
}

impl Needles<'_> {
    /// The text without them, however they are written there.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        let plain = View::plain(text);
        let mut hidden: Vec<_> =
            plain.found(self).into_iter().map(|range| with_touching_digits(text, range)).collect();
        self.search(text, &plain, DEPTH, &mut hidden);
        hidden.sort_unstable_by_key(|range| range.start);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for range in hidden {
            if range.end <= from {
                continue;
            }
            if range.start >= from {
                out.push_str(text.get(from..range.start).unwrap_or_default());
                out.push_str(HIDDEN);
            }
            from = range.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    fn search(&self, text: &str, view: &View, depth: usize, hidden: &mut Vec<Range<usize>>) {
        if depth == 0 {
            return;
        }
        let decoded = std::iter::once(view.unescaped())
            .chain((0..4).map(|at| view.read_as_base64(at)))
            .chain((0..2).map(|at| view.read_as_hex(at)));
        for inner in decoded {
            for within in inner.found(self) {
                let place = inner.place(within.clone());
                // What stands there as it is was found before.
                if place.len() > within.len() {
                    hidden.push(whole_word(text, place));
                }
            }
            self.search(text, &inner, depth - 1, hidden);
        }
    }
}

/// With the digits that touch it: they are of the same number.
fn with_touching_digits(text: &str, range: Range<usize>) -> Range<usize> {
    let digit = |c: char| c.is_ascii_digit();
    let found = text.get(range.clone()).unwrap_or_default();
    let (before, after) = around(text, &range);
    let start = if found.starts_with(digit) { before.trim_end_matches(digit).len() } else { range.start };
    let rest = if found.ends_with(digit) { after.trim_start_matches(digit) } else { after };
    start..text.len() - rest.len()
}

/// With the rest of the characters that were written together: half a letter of base64 tells, too.
fn whole_word(text: &str, range: Range<usize>) -> Range<usize> {
    let belongs =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=' | '%' | ';' | '#');
    let (before, after) = around(text, &range);
    before.trim_end_matches(belongs).len()..text.len() - after.trim_start_matches(belongs).len()
}

fn around<'t>(text: &'t str, range: &Range<usize>) -> (&'t str, &'t str) {
    (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default())
}

/// Bytes, each with the place in the text that it was read from.
struct View {
    bytes: Vec<(u8, Range<usize>)>,
}

impl View {
    fn plain(text: &str) -> Self {
        Self { bytes: text.bytes().enumerate().map(|(at, byte)| (byte, at..at + 1)).collect() }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).map(|(byte, _)| *byte)
    }

    /// Where bytes of this view stand in the text.
    fn place(&self, within: Range<usize>) -> Range<usize> {
        let start = self.bytes.get(within.start).map_or(0, |(_, place)| place.start);
        let end = self.bytes.get(within.end.saturating_sub(1)).map_or(start, |(_, place)| place.end);
        start..end
    }

    /// Where needles stand in this view. The space of a form is a plus.
    fn found(&self, needles: &Needles<'_>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let plain: Vec<u8> = self.bytes.iter().map(|(byte, _)| byte.to_ascii_lowercase()).collect();
        let alike = |(byte, wanted): (&u8, &u8)| byte == wanted || (*wanted == b' ' && *byte == b'+');
        for needle in needles.texts.iter().filter(|needle| !needle.is_empty()) {
            let needle = Zeroizing::new(needle.to_ascii_lowercase());
            let windows = plain.windows(needle.len()).enumerate();
            let starts = windows.filter(|(_, window)| window.iter().zip(needle.as_bytes()).all(alike));
            found.extend(starts.map(|(at, _)| at..at + needle.len()));
        }
        let digits: Vec<(usize, u8)> =
            plain.iter().copied().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).collect();
        for number in needles.numbers.iter().filter(|number| !number.is_empty()) {
            for window in digits.windows(number.len()) {
                let near = window.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if b - a <= APART));
                if let ([(first, _), ..], [.., (last, _)]) = (window, window)
                    && near
                    && window.iter().map(|(_, byte)| *byte).eq(number.bytes())
                {
                    found.push(*first..last + 1);
                }
            }
        }
        found
    }

    /// As HTML, URLs, quoted-printable and JSON write characters: `&#48;`, `%30`, `=30`, `\u0030`, `\x30`, `\"`.
    fn unescaped(&self) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        while let Some(byte) = self.byte(at) {
            let read = match byte {
                b'&' => self.entity(at + 1),
                b'%' | b'=' => self.number(at + 1, 16, 2..=2),
                b'\\' => match self.byte(at + 1) {
                    Some(b'u') => self.number(at + 2, 16, 4..=4),
                    Some(b'x') => self.number(at + 2, 16, 2..=2),
                    Some(byte @ (b'"' | b'\\' | b'/')) => Some((byte, at + 2)),
                    _ => None,
                },
                _ => None,
            };
            let (byte, next) = read.unwrap_or((byte, at + 1));
            bytes.push((byte, self.place(at..next)));
            at = next;
        }
        Self { bytes }
    }

    /// What stands behind an ampersand, and where it ends.
    fn entity(&self, from: usize) -> Option<(u8, usize)> {
        const NAMED: [(&[u8], u8); 12] = [
            (b"amp", b'&'),
            (b"lt", b'<'),
            (b"gt", b'>'),
            (b"quot", b'"'),
            (b"apos", b'\''),
            (b"commat", b'@'),
            (b"plus", b'+'),
            (b"period", b'.'),
            (b"num", b'#'),
            (b"lowbar", b'_'),
            (b"percnt", b'%'),
            (b"equals", b'='),
        ];
        let (byte, next) = if self.byte(from) == Some(b'#') {
            match self.byte(from + 1) {
                Some(b'x' | b'X') => self.number(from + 2, 16, 1..=6),
                _ => self.number(from + 1, 10, 1..=7),
            }
        } else {
            let named = |name: &[u8]| (0..name.len()).all(|at| self.byte(from + at) == name.get(at).copied());
            NAMED.iter().find(|(name, _)| named(name)).map(|(name, byte)| (*byte, from + name.len()))
        }?;
        Some((byte, next + usize::from(self.byte(next) == Some(b';'))))
    }

    /// An ASCII character by its number, and where that ends.
    fn number(
        &self,
        from: usize,
        radix: u32,
        length: std::ops::RangeInclusive<usize>,
    ) -> Option<(u8, usize)> {
        let digit = |at: usize| char::from(self.byte(at)?).to_digit(radix);
        let digits: Vec<u32> = (from..from + length.end()).map_while(digit).collect();
        if digits.len() < *length.start() {
            return None;
        }
        let number = digits.iter().fold(0, |number, digit| number * radix + digit);
        Some((u8::try_from(number).ok()?, from + digits.len()))
    }

    /// Read as base64 of either alphabet, beginning at each of four letters; line breaks do not count.
    fn read_as_base64(&self, skip: usize) -> Self {
        self.grouped(skip, 6, |byte| match byte {
            b'A'..=b'Z' => Letter::Value(byte - b'A'),
            b'a'..=b'z' => Letter::Value(byte - b'a' + 26),
            b'0'..=b'9' => Letter::Value(byte - b'0' + 52),
            b'+' | b'-' => Letter::Value(62),
            b'/' | b'_' => Letter::Value(63),
            b' ' => Letter::Between,
            _ => Letter::Other,
        })
    }

    /// Read as hexadecimal digits, beginning at each of two; what people put between bytes does not count.
    fn read_as_hex(&self, skip: usize) -> Self {
        self.grouped(skip, 4, |byte| match char::from(byte).to_digit(16).map(u8::try_from) {
            Some(Ok(value)) => Letter::Value(value),
            _ if b" :-,;.x\\".contains(&byte) => Letter::Between,
            _ => Letter::Other,
        })
    }

    /// Bytes out of letters of a few bits each, in runs; the first letters of each are skipped. A `0` before an `x` is
    /// none of them, and a NUL is half a character of UTF-16.
    fn grouped(&self, skip: usize, bits: u32, letter: impl Fn(u8) -> Letter) -> Self {
        let mut bytes = Vec::new();
        let (mut waiting, mut held, mut left, mut begun) = (0_u32, 0, skip, 0);
        for (at, (byte, _)) in self.bytes.iter().enumerate() {
            let marks_hex = bits == 4 && *byte == b'0' && self.byte(at + 1) == Some(b'x');
            match letter(*byte) {
                Letter::Between => {}
                _ if marks_hex => {}
                Letter::Other => (held, left) = (0, skip),
                Letter::Value(_) if left > 0 => left -= 1,
                Letter::Value(value) => {
                    if held == 0 {
                        begun = at;
                    }
                    waiting = (waiting << bits) | u32::from(value);
                    held += bits;
                    if held >= 8 {
                        held -= 8;
                        let whole = u8::try_from((waiting >> held) & 0xff).unwrap_or_default();
                        if whole != 0 {
                            bytes.push((whole, self.place(begun..at + 1)));
                        }
                        begun = at;
                    }
                }
            }
        }
        Self { bytes }
    }
}

/// What a byte is to a way of writing.
enum Letter {
    Value(u8),
    /// It may stand between two.
    Between,
    Other,
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

    use super::*;

    fn clean(words: &str) -> String {
        let needles = Needles { texts: vec!["alice@example.com"], numbers: vec!["012345"] };
        needles.hidden_in(words)
    }

    #[test]
    fn t9_base64_hex_and_escapes_hide_nothing() {
        let letter = "Subject: Your code\n\nYour code is 012345, alice.\n";
        for at in 0..4 {
            let shifted = letter.get(at..).unwrap();
            for encoded in [BASE64.encode(shifted.as_bytes()), BASE64URL_NOPAD.encode(shifted.as_bytes())] {
                assert_eq!(clean(&format!("refused <{encoded}>")), "refused <[...]>", "{encoded}");
            }
        }
        let wrapped = BASE64.encode(letter.as_bytes());
        let (one, other) = wrapped.split_at(48);
        assert_eq!(clean(&format!("refused <{one} {other}>")), "refused <[...]>");
        for encoded in [
            HEXLOWER.encode(b"012345"),
            HEXUPPER.encode(b"to Alice@Example.com"),
            "30:31:32:33:34:35".to_owned(),
            "30-31-32-33-34-35".to_owned(),
            "0x300x310x320x330x340x35".to_owned(),
            r"\x30\x31\x32\x33\x34\x35".to_owned(),
            r"\u0030\u0031\u0032\u0033\u0034\u0035".to_owned(),
            "003000310032003300340035".to_owned(),
            "&#48;&#49;&#50;&#51;&#52;&#53;".to_owned(),
            "&#x30;&#x31;&#x32;&#x33;&#x34;&#x35;".to_owned(),
            "&amp;#48;&amp;#49;&amp;#50;&amp;#51;&amp;#52;&amp;#53;".to_owned(),
            "0&#49;2345".to_owned(),
            "alice&commat;example&period;com".to_owned(),
            "%30%31%32%33%34%35".to_owned(),
            "=30=31=32=33=34=35".to_owned(),
            "alice%40example.com".to_owned(),
            BASE64.encode(HEXLOWER.encode(b"012345").as_bytes()),
            BASE64.encode(BASE64.encode(b"the code 012345").as_bytes()),
        ] {
            let cleaned = clean(&format!("no ({encoded}) here"));
            assert!(cleaned.contains("[...]") && !cleaned.contains("345"), "{encoded}: {cleaned}");
            assert!(cleaned.starts_with("no ") && cleaned.ends_with(" here"), "{encoded}: {cleaned}");
        }
    }

    #[test]
    fn ordinary_words_are_left_as_they_are() {
        for words in [
            "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
            "451 4.7.1 Greylisted, please try again in 300 seconds; see https://example.org/greylist?id=45%20",
            "30003 Unreachable destination handset, ref=7a6b5c4d3e2f1a0b&amp;x=1",
            r#"{"code":21610,"message":"Attempt to send to unsubscribed recipient"}"#,
        ] {
            assert_eq!(clean(words), words);
        }
    }

    #[test]
    fn t9_a_secret_is_taken_out_in_every_form() {
        let needles = Needles { texts: vec!["p&s \"w0rd", "zoë@b.example"], numbers: Vec::new() };
        for words in [
            "p&s \"w0rd",
            "P&S+\"W0RD",
            "p%26s%20%22w0rd",
            "p%26s+%22w0rd",
            "p&amp;s &quot;w0rd",
            "p&s \\\"w0rd",
            BASE64.encode(b"p&s \"w0rd").as_str(),
            BASE64.encode(b"token=p&s \"w0rd;").as_str(),
            "702673202277307264",
            BASE64.encode(b"me:p&s \"w0rd").as_str(),
            "zoë@b.example",
            "zo%C3%AB%40b.example",
        ] {
            assert_eq!(needles.hidden_in(&format!("no: {words}.")), "no: [...].", "{words}");
        }
    }
}
