//! What makes an SMS long: each part is paid for.

use crate::domain::sms::{Alphabet, Segments};
use crate::domain::time::counted;

/// So many characters are named.
const NAMED: usize = 3;

/// Why a text takes more room than its characters ask for, or more than one SMS; nothing where it is as short as can be.
/// `foreign` are its characters beyond GSM-7. It reads after "because" or by itself, without a full stop.
pub fn why_long(size: &Segments, foreign: &[char]) -> Option<String> {
    let Segments { alphabet, length, count } = *size;
    let room = alphabet.in_one();
    let over = length.saturating_sub(room);
    match alphabet {
        Alphabet::Gsm7 if count <= 1 => None,
        Alphabet::Gsm7 => {
            Some(format!("{} more than the {room} of one SMS", counted(over as u64, "character")))
        }
        Alphabet::Ucs2 => {
            let usual = Alphabet::Gsm7.in_one();
            let (is, them) = if foreign.len() == 1 { ("is", "it") } else { ("are", "them") };
            let names = named(foreign);
            Some(format!(
                "{names} {is} not in GSM-7; with {them}, one SMS has room for {room} characters, not {usual}"
            ))
        }
    }
}

/// `ç (U+00E7), U+00A0 and 5 others`.
fn named(foreign: &[char]) -> String {
    let mut names: Vec<String> = foreign.iter().take(NAMED).map(|c| name(*c)).collect();
    let others = foreign.len().saturating_sub(NAMED);
    if others > 0 {
        names.push(counted(others as u64, "other"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// A character that can be seen stands before its number.
fn name(c: char) -> String {
    let number = format!("U+{:04X}", c as u32);
    let visible =
        unicode_width::UnicodeWidthChar::width(c).is_some_and(|width| width > 0) && !c.is_whitespace();
    if visible { format!("{c} ({number})") } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sms::{foreign, segments};

    fn why(text: &str) -> Option<String> {
        why_long(&segments(text), &foreign(text))
    }

    #[test]
    fn the_character_that_costs_is_named() {
        assert_eq!(why(&"a".repeat(160)), None);
        assert_eq!(why(&"a".repeat(161)).unwrap(), "1 character more than the 160 of one SMS");
        assert_eq!(why(&"€".repeat(90)).unwrap(), "20 characters more than the 160 of one SMS");
        assert_eq!(
            why("a ç b ç").unwrap(),
            "ç (U+00E7) is not in GSM-7; with it, one SMS has room for 70 characters, not 160"
        );
        assert_eq!(
            why("\u{201c}x\u{a0}\u{200b}\u{201d}😀").unwrap(),
            "“ (U+201C), U+00A0, U+200B and 2 others are not in GSM-7; with them, one SMS has room for 70 characters, \
             not 160"
        );
    }
}
