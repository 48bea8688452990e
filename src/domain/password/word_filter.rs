//! Whether a text may be one of zxcvbn's words, answered without its dictionaries.
//!
//! zxcvbn's word lists cost 13 ms of CPU and 8 MiB to be built into dictionaries, once a process (release build,
//! measured 2026), and most passwords that may be set hold few of the words or none. So a Bloom filter of the words is
//! part of the program: it never denies a word, and takes one text in 4,000 for a word that is none. It is made from the lists of
//! the zxcvbn that is built in, by `tests/generated.rs`, which fails where the two part ways.

use super::look_alikes::representative;

/// Made by [`word_filter`].
static FILTER: &[u8] = include_bytes!("zxcvbn_words.bloom");

/// For 92,000 words: 17 bits for each, of which each sets ten; a text that is no word passes at 0.03 %
/// ((1 - e^(-10/17))^10 = 0.0003).
const FILTER_BYTES: usize = 192 * 1024;
const BITS_A_WORD: u64 = 10;

/// Shorter words are not in the filter: whatever is so short is taken for one.
pub(super) const SHORTEST: usize = 3;

/// The longest word has 23 letters.
pub(super) const LONGEST: usize = 24;

/// The hash of a text that grows symbol by symbol, of what its symbols stand for (FNV-1a, 64 bits).
#[derive(Clone, Copy)]
pub(super) struct Spelling(u64);

impl Spelling {
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(super) fn push(&mut self, symbol: char) {
        self.0 = (self.0 ^ u64::from(u32::from(representative(symbol)))).wrapping_mul(0x0100_0000_01b3);
    }

    /// Whether the text so far may be a word of [`SHORTEST`] to [`LONGEST`] letters; a certain no if not.
    pub(super) fn may_be_a_word(self) -> bool {
        self.bits().all(|(byte, bit)| FILTER.get(byte).is_some_and(|byte| byte & bit != 0))
    }

    /// The places of its bits: byte and mask. Two halves of one mixed hash make as many as are wanted (Kirsch and
    /// Mitzenmacher, 2006).
    fn bits(self) -> impl Iterator<Item = (usize, u8)> {
        // FNV mixes its upper bits too little to be halved: the finishing steps of MurmurHash3.
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        mixed ^= mixed >> 33;
        let (first, step) = (mixed & 0xffff_ffff, (mixed >> 32) | 1);
        (0..BITS_A_WORD).map(move |number| {
            let place = first.wrapping_add(number.wrapping_mul(step)) % (FILTER_BYTES as u64 * 8);
            (usize::try_from(place / 8).unwrap_or(0), 1 << (place % 8))
        })
    }
}

/// The filter of `words`, as it is built in. None if one of them is longer than the filter can answer for, or holds
/// something else than the printing characters of ASCII.
pub fn word_filter<'a>(words: impl Iterator<Item = &'a str>) -> Option<Vec<u8>> {
    let mut filter = vec![0_u8; FILTER_BYTES];
    for word in words {
        if word.len() > LONGEST || !word.bytes().all(|symbol| symbol.is_ascii_graphic()) {
            return None;
        }
        if word.len() < SHORTEST {
            continue;
        }
        let mut spelling = Spelling::new();
        word.chars().for_each(|symbol| spelling.push(symbol));
        for (byte, bit) in spelling.bits() {
            if let Some(place) = filter.get_mut(byte) {
                *place |= bit;
            }
        }
    }
    Some(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be_a_word(text: &str) -> bool {
        let mut spelling = Spelling::new();
        text.chars().for_each(|symbol| spelling.push(symbol));
        spelling.may_be_a_word()
    }

    #[test]
    fn words_are_known_in_any_case_and_with_digits_and_signs_for_letters() {
        for word in
            ["horse", "Password", "P4$$W0RD", "+he", "7h3", "1qaz2wsx", "nord-pas-de-calais", "M0nk3y"]
        {
            assert!(may_be_a_word(word), "{word}");
        }
    }

    #[test]
    fn next_to_nothing_else_is_taken_for_a_word() {
        // Numbers in letters that no list has: 6 of them, all with a q in the wrong places.
        let letters = |number: usize| -> String {
            (0..6).map(|at| ['q', 'w', 'x', 'v', 'j', 'k', 'z', 'h'][(number >> (3 * at)) & 7]).collect()
        };
        let taken = (0..100_000).filter(|number| may_be_a_word(&letters(*number))).count();
        assert!(taken < 100, "{taken} of 100,000: 30 are to be expected");
    }

    #[test]
    fn what_the_filter_cannot_answer_for_is_no_part_of_it() {
        assert_eq!(word_filter(["a".repeat(LONGEST + 1).as_str()].into_iter()), None);
        assert_eq!(word_filter(["two words"].into_iter()), None);
        assert_eq!(word_filter(["wörter"].into_iter()), None);
        assert!(
            word_filter(["words"].into_iter()).is_some_and(|filter| filter.iter().any(|byte| *byte != 0))
        );
    }
}
