//! What people type and paste, as it was meant: the one way in for names, addresses, codes, tokens, references and ids.
//! Never for passwords.
//!
//! Keyboards and clipboards bring characters that carry nothing: direction marks around a number, no-break spaces, the
//! full-width signs and the digits of other scripts. They are read as the plain ones they stand for. Wider compatibility
//! forms (`m²`) stay: they may be somebody else's.

use std::fmt;

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use zeroize::Zeroizing;

/// Without what is not seen, with full-width signs as plain ones, every blank as a space, and none at the ends. Digits and
/// dashes stay as they are.
pub fn tidied(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.trim_matches(is_blank).to_owned());
    }
    read(text, |symbol| symbol)
}

/// [`tidied`], with the digits of every script as `0` to `9` and every dash as `-`.
pub fn plain(text: &str) -> Zeroizing<String> {
    read(text, |symbol| match decimal(symbol) {
        Some(digit) => digit,
        None if is_dash(symbol) => '-',
        None => symbol,
    })
}

/// [`plain`], without blanks and dashes: for what is read in groups, such as a code or a reference.
pub fn ungrouped(text: &str) -> Zeroizing<String> {
    without(text, |symbol| symbol == '-' || is_blank(symbol))
}

/// [`plain`], without blanks: for what holds none, such as an id or a token.
pub fn unbroken(text: &str) -> Zeroizing<String> {
    without(text, is_blank)
}

/// An id of ours, which is in lower case.
pub fn id(text: &str) -> String {
    unbroken(text).to_ascii_lowercase()
}

fn without(text: &str, drop: impl Fn(char) -> bool) -> Zeroizing<String> {
    let mut kept = Zeroizing::new(String::with_capacity(text.len()));
    kept.extend(plain(text).chars().filter(|symbol| !drop(*symbol)));
    kept
}

fn read(text: &str, map: impl Fn(char) -> char) -> Zeroizing<String> {
    // What is mapped gets shorter, so that growing leaves no copy of a code behind.
    let mut read = Zeroizing::new(String::with_capacity(text.len()));
    let mut before = None;
    let mut symbols = text.chars().peekable();
    while let Some(symbol) = symbols.next() {
        let after = symbols.peek().copied();
        if !is_unseen(symbol) || joins(symbol, before, after) {
            let symbol = narrow(symbol);
            read.push(if is_space(symbol) { ' ' } else { map(symbol) });
        }
        before = Some(symbol);
    }
    let trimmed = read.trim_matches(is_blank);
    if trimmed.len() == read.len() {
        return read;
    }
    Zeroizing::new(trimmed.to_owned())
}

/// Blanks and line ends, which count for nothing around what was typed.
fn is_blank(symbol: char) -> bool {
    symbol.is_whitespace()
}

fn category(symbol: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(symbol)
}

/// Any space but a tab or a line end.
fn is_space(symbol: char) -> bool {
    category(symbol) == GeneralCategory::SpaceSeparator
}

fn is_dash(symbol: char) -> bool {
    // The minus sign is a sign of mathematics to Unicode.
    category(symbol) == GeneralCategory::DashPunctuation || matches!(symbol, '\u{2212}' | '\u{2043}')
}

/// What is drawn as nothing and takes no room: format characters, and what Unicode says may be ignored.
pub(super) fn is_unseen(symbol: char) -> bool {
    !symbol.is_ascii()
        && (category(symbol) == GeneralCategory::Format
            || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(symbol))
}

/// Joiners between letters of other scripts belong to the spelling (RFC 5892).
fn joins(symbol: char, before: Option<char>, after: Option<char>) -> bool {
    let letter = |of: Option<char>| of.is_some_and(|of| !of.is_ascii() && of.is_alphanumeric());
    let mark = |of: Option<char>| of.is_some_and(|of| category(of) == GeneralCategory::NonspacingMark);
    matches!(symbol, '\u{200c}' | '\u{200d}') && (letter(before) || mark(before)) && letter(after)
}

/// Full-width and small signs as plain ones, and the full stop of Chinese and Japanese, which their keyboards type.
fn narrow(symbol: char) -> char {
    let ascii = |code: u32| char::from_u32(code).unwrap_or(symbol);
    match symbol {
        '\u{ff01}'..='\u{ff5e}' => ascii(u32::from(symbol) - 0xff01 + 0x21),
        '\u{3002}' | '\u{ff61}' | '\u{fe52}' => '.',
        '\u{fe50}' => ',',
        '\u{fe54}' => ';',
        '\u{fe58}' | '\u{fe63}' => '-',
        '\u{fe59}' => '(',
        '\u{fe5a}' => ')',
        '\u{fe5f}' => '#',
        '\u{fe62}' => '+',
        '\u{fe6b}' => '@',
        other => other,
    }
}

/// The decimal digit that a character is in its script.
fn decimal(symbol: char) -> Option<char> {
    if symbol.is_ascii_digit() {
        return Some(symbol);
    }
    if symbol.is_ascii() || category(symbol) != GeneralCategory::DecimalNumber {
        return None;
    }
    // Unicode keeps the digits of a script together, from zero on.
    let code = u32::from(symbol);
    let is_digit =
        |code| char::from_u32(code).is_some_and(|other| category(other) == GeneralCategory::DecimalNumber);
    let before = (1..=code).take_while(|back| is_digit(code - back)).count();
    char::from_digit(u32::try_from(before % 10).ok()?, 10)
}

/// Where in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    End,
    /// Counted from 1 on.
    Within(usize),
}

/// A character that does not belong there, and cannot be told by its look: named by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stray {
    symbol: char,
    place: Place,
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol {
            ' ' => f.write_str("a blank ")?,
            symbol => write!(f, "U+{:04X} ", u32::from(symbol))?,
        }
        match self.place {
            Place::Start => f.write_str("at the start"),
            Place::End => f.write_str("at the end"),
            Place::Within(at) => write!(f, "as character {at}"),
        }
    }
}

/// The first character, if any, that is `wrong`.
pub fn stray(text: &str, wrong: impl Fn(char) -> bool) -> Option<Stray> {
    let (at, symbol) = text.chars().enumerate().find(|(_, symbol)| wrong(*symbol))?;
    let place = match at {
        0 => Place::Start,
        at if at + 1 == text.chars().count() => Place::End,
        at => Place::Within(at + 1),
    };
    Some(Stray { symbol, place })
}

/// The first character, if any, of a text that is ASCII by its form which is not, and cannot be told from one that is.
/// What is ASCII is never named: it may be a password in the wrong place.
pub fn foreign(text: &str) -> Option<Stray> {
    stray(&plain(text), |symbol| !symbol.is_ascii())
}

/// A stray character at the end of a sentence that says what the text should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aside(pub Option<Stray>);

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |stray| write!(f, "; {stray} does not belong there"))
    }
}

/// What a keyboard does not type, or types differently, at either end of a text that has to be typed again: an unseen
/// character, or a blank other than a space (RFC 8265).
pub fn untypable_end(text: &str) -> Option<Stray> {
    let untypable =
        |symbol: char| is_unseen(symbol) || (symbol != ' ' && symbol.is_whitespace()) || symbol == '\u{2800}';
    let mut from_end = text.chars().rev();
    let last = from_end.next()?;
    // The sign that an emoji is to be drawn in colour is typed with it.
    let of_emoji =
        matches!(last, '\u{fe0e}' | '\u{fe0f}') && from_end.next().is_some_and(|of| !of.is_ascii());
    if untypable(last) && !of_emoji {
        return Some(Stray { symbol: last, place: Place::End });
    }
    text.chars().next().filter(|first| untypable(*first)).map(|symbol| Stray { symbol, place: Place::Start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_nothing_is_read_as_what_was_meant() {
        for (typed, meant) in [
            ("\u{202a}+4915112345678\u{202c}", "+4915112345678"),
            ("+49\u{202f}151\u{a0}123", "+49 151 123"),
            ("\u{ff0b}\u{ff14}\u{ff19}", "+49"),
            ("bob@example.com\u{a0}", "bob@example.com"),
            ("bob@example.com\u{200b}", "bob@example.com"),
            ("\u{feff}bob\u{ff20}example\u{3002}com\r\n", "bob@example.com"),
            ("\t acme/alice \u{3000}", "acme/alice"),
            ("so\u{ad}ft", "soft"),
            ("a\u{2010}b\u{2013}c\u{2212}d", "a-b-c-d"),
            ("\u{661}\u{6f2}\u{969}\u{1d7d8}\u{1d7ff}\u{ff19}", "123099"),
            ("night shift", "night shift"),
        ] {
            assert_eq!(plain(typed).as_str(), meant, "{typed:?}");
        }
        assert_eq!(ungrouped("\u{200e}123\u{a0}4\u{2011}5\t6").as_str(), "123456");
        assert_eq!(unbroken(" rgn_\nsetup-x ").as_str(), "rgn_setup-x");
        assert_eq!(id("\u{200b}USR_0\u{a0}"), "usr_0");
    }

    #[test]
    fn what_may_be_anothers_stays() {
        for text in ["m\u{b2}", "\u{fb01}", "\u{2460}", "\u{212a}", "e\u{301}"] {
            assert_eq!(plain(text).as_str(), text, "{text:?}");
        }
        // A joiner within a word of Persian is spelling; one behind a Latin letter is nothing.
        let persian = "\u{645}\u{6cc}\u{200c}\u{62e}";
        assert_eq!(tidied(persian).as_str(), persian);
        assert_eq!(tidied("bob\u{200c}@\u{200d}x").as_str(), "bob@x");
        assert_eq!(tidied("\u{661}\u{2010}").as_str(), "\u{661}\u{2010}");
    }

    #[test]
    fn every_digit_of_every_script_has_its_value() {
        let digits: Vec<char> = ('\u{80}'..=char::MAX)
            .filter(|symbol| category(*symbol) == GeneralCategory::DecimalNumber)
            .collect();
        assert!(digits.len() > 600 && digits.len().is_multiple_of(10));
        for (at, symbol) in digits.into_iter().enumerate() {
            assert_eq!(decimal(symbol).and_then(|digit| digit.to_digit(10)), u32::try_from(at % 10).ok());
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_number_and_place() {
        let named = |text| foreign(text).map(|stray| stray.to_string());
        assert_eq!(named("\u{430}lice").as_deref(), Some("U+0430 at the start"));
        assert_eq!(named("al\u{456}ce").as_deref(), Some("U+0456 as character 3"));
        assert_eq!(named("alic\u{435}").as_deref(), Some("U+0435 at the end"));
        assert_eq!(named("alice, \u{a0}bob!"), None);
        assert_eq!(Aside(foreign("x\u{444}")).to_string(), "; U+0444 at the end does not belong there");
        assert_eq!(Aside(foreign("x")).to_string(), "");
    }

    #[test]
    fn ends_that_nobody_types_again_are_found() {
        let told = |text| untypable_end(text).map(|stray| stray.to_string());
        for (text, end) in [
            ("words\u{200b}", "U+200B at the end"),
            ("words\u{a0}", "U+00A0 at the end"),
            ("words\u{3164}", "U+3164 at the end"),
            ("words\u{2800}", "U+2800 at the end"),
            ("\u{feff}words", "U+FEFF at the start"),
            ("\u{3000}words", "U+3000 at the start"),
        ] {
            assert_eq!(told(text).as_deref(), Some(end), "{text:?}");
        }
        for text in ["", " words ", "wo\u{200b}rds", "words\u{e9}", "words\u{2764}\u{fe0f}", "words\u{1f600}"]
        {
            assert_eq!(told(text), None, "{text:?}");
        }
    }
}
