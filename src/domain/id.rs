//! Identifiers of rows. They are no secret, but long enough that nobody meets another's by guessing.

use jiff::Timestamp;

use super::entropy::{Entropy, EntropyError, symbols};
use super::typed;

/// Lower-case letters and digits that cannot be taken for one another when read aloud (no i, l, o, u).
const ALPHABET: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters only: for what stands in messages, where no run of digits but the code may appear.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstvwxyz";

/// What ids begin with: `usr_…`.
const KINDS: [&str; 13] =
    ["usr", "acc", "con", "cod", "req", "tok", "msg", "ntc", "dev", "chl", "dft", "wrk", "bat"];

/// Symbols of an id after its kind.
const RANDOM: usize = 24;

/// Whether a name in lower case could be taken for an id: of a person or an account, which are named by it, whatever
/// follows; of another kind where it has the whole form.
pub fn is_like_one(text: &str) -> bool {
    let Some((kind, rest)) = text.split_once('_') else { return false };
    matches!(kind, "usr" | "acc") || (KINDS.contains(&kind) && is_random(rest))
}

fn is_random(text: &str) -> bool {
    text.len() == RANDOM && text.bytes().all(|symbol| ALPHABET.contains(&symbol))
}

/// A new identifier: `kind`, an underscore and 24 symbols (120 bits), such as `usr_…`.
pub fn new(entropy: &dyn Entropy, kind: &str) -> Result<String, EntropyError> {
    debug_assert!(KINDS.contains(&kind), "{kind} is a kind that names are not kept from");
    Ok(format!("{kind}_{}", symbols(entropy, ALPHABET, RANDOM)?))
}

/// Symbols of the time of an id whose like are many: milliseconds, for a thousand years.
const TIME: usize = 9;

/// [`new`] of what there are a million of: it begins with when it was made, so that those which are made together stand together
/// in each index, and 15 random symbols (75 bits) follow.
pub fn new_at(entropy: &dyn Entropy, kind: &str, at: Timestamp) -> Result<String, EntropyError> {
    debug_assert!(KINDS.contains(&kind), "{kind} is a kind that names are not kept from");
    let time = at.as_millisecond().cast_unsigned();
    let symbol = |place: usize| {
        let [of_time, ..] = (time >> (5 * place)).to_le_bytes();
        char::from(ALPHABET[usize::from(of_time & 31)])
    };
    let time: String = (0..TIME).rev().map(symbol).collect();
    Ok(format!("{kind}_{time}{}", symbols(entropy, ALPHABET, RANDOM - TIME)?))
}

/// Whether a text is an identifier of this kind.
pub fn is_of(text: &str, kind: &str) -> bool {
    text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')).is_some_and(is_random)
}

/// An id as it stands in messages: each digit as a capital of its own. Ids are in lower case, so no two become the
/// same.
pub fn without_digits(id: &str) -> String {
    let letter = |c| match c {
        '0'..='9' => char::from(b'A' + (c as u8 - b'0')),
        other => other,
    };
    id.chars().map(letter).collect()
}

/// What [`without_digits`] was made of, also as a Message-ID: `<msg_AbC@example.com>`.
pub fn with_digits(written: &str) -> String {
    let written = written.trim().trim_start_matches('<').trim_end_matches('>');
    let id = written.split_once('@').map_or(written, |(id, _)| id);
    let digit = |c| match c {
        'A'..='J' => char::from(b'0' + (c as u8 - b'A')),
        other => other,
    };
    id.chars().map(digit).collect()
}

/// Letters of a reference, in groups of five: 66 bits. Whoever quotes one can have somebody blocked, and below 64
/// bits a secret that is not typed by its holder every day needs more than a budget (NIST SP 800-63B-4, 3.1.2.2).
const REFERENCE: usize = 15;

/// A reference of fifteen letters that a person can read out, in three groups: `bdfgh-jkmnp-qrstv`.
pub fn reference(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    Ok(in_groups(&symbols(entropy, LETTERS, REFERENCE)?))
}

/// Why typed text cannot be a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reference is three groups of five letters, such as bdfgh-jkmnp-qrstv{0}")]
pub struct MalformedReference(pub typed::Aside);

/// A typed reference as it was made: the letters' case and what stands between them do not matter.
pub fn parse_reference(text: &str) -> Result<String, MalformedReference> {
    let letters = typed::ungrouped(text).replace('.', "").to_ascii_lowercase();
    if letters.len() != REFERENCE || !letters.bytes().all(|letter| LETTERS.contains(&letter)) {
        return Err(MalformedReference(typed::Aside(typed::foreign(text))));
    }
    Ok(in_groups(&letters))
}

fn in_groups(letters: &str) -> String {
    format!("{}-{}-{}", &letters[..5], &letters[5..10], &letters[10..])
}

#[cfg(test)]
mod tests {
    use super::super::entropy::SystemEntropy;
    use super::*;

    #[test]
    fn ids_never_begin_with_a_hyphen_and_references_hold_no_digit() {
        for _ in 0..200 {
            assert!(new(&SystemEntropy, "req").unwrap().starts_with("req_"));
            let reference = reference(&SystemEntropy).unwrap();
            assert!(!reference.contains(|c: char| c.is_ascii_digit()));
            assert_eq!(parse_reference(&reference), Ok(reference));
        }
    }

    #[test]
    fn ids_of_a_time_are_like_others_and_come_in_the_order_of_time() {
        let at = |ms: i64| new_at(&SystemEntropy, "usr", Timestamp::from_millisecond(ms).unwrap()).unwrap();
        let times = [0, 1, 31, 32, 1_764_600_000_000, 1_764_600_000_001, 4_102_444_800_000];
        let ids = times.map(at);
        assert!(ids.iter().all(|id| is_of(id, "usr")), "{ids:?}");
        assert!(ids.is_sorted(), "{ids:?}");
        assert_ne!(at(0)[4 + TIME..], at(0)[4 + TIME..], "the rest is random");
    }

    #[test]
    fn an_id_in_a_message_leads_back_to_it() {
        for _ in 0..200 {
            let id = new(&SystemEntropy, "msg").unwrap();
            let written = without_digits(&id);
            assert!(!written.contains(|c: char| c.is_ascii_digit()));
            for text in [&id, &written, &format!("<{written}@example.com>"), &format!(" {written} ")] {
                assert_eq!(with_digits(text), id, "{text}");
            }
        }
        assert_eq!(without_digits("msg_0a12b9"), "msg_AaBCbJ");
    }

    #[test]
    fn a_reference_is_read_however_it_was_typed() {
        let right = Ok("bdfgh-jkmnp-qrstv".to_owned());
        for text in [
            "bdfgh-jkmnp-qrstv",
            "BDFGH JKMNP QRSTV",
            " bdfghjkmnpqrstv. ",
            "\u{200e}bdfgh\u{2011}jkmnp\u{a0}qrstv",
        ] {
            assert_eq!(parse_reference(text), right, "{text}");
        }
        for (text, aside) in [
            ("", ""),
            ("bdfgh-jkmnp", ""),
            ("bdfgh-jkmnp-qrst1", ""),
            ("bdfgh-jkmnp-qrsto", ""),
            ("bdfgh-jkmnp-qrstvv", ""),
            ("ébdfgh-jkmnp-qrst", "; U+00E9 at the start does not belong there"),
        ] {
            let told = parse_reference(text).map_err(|error| error.to_string());
            let malformed = "a reference is three groups of five letters, such as bdfgh-jkmnp-qrstv";
            assert_eq!(told, Err(format!("{malformed}{aside}")), "{text}");
        }
    }
}
