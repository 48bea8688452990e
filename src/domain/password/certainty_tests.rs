//! What is certain must be what zxcvbn says: held against zxcvbn itself, which is given every kind of text that it
//! knows how to guess.

use proptest::collection::vec;
use proptest::prelude::*;
use zxcvbn::matching::patterns::MatchPattern;

use super::*;

/// Words of every list, in every disguise; walks, dates, sequences, repeats, and what is between them.
const FRAGMENTS: [&str; 100] = [
    "password",
    "dragon",
    "monkey",
    "sunshine",
    "qazwsx",
    "1qaz2wsx",
    "letmein",
    "trustno1",
    "abc123",
    "horse",
    "battery",
    "staple",
    "correct",
    "administration",
    "the",
    "of",
    "and",
    "you",
    "a",
    "i",
    "hip-hop",
    "don't",
    "state-of-the-art",
    "colspan=3|total",
    "nord-pas-de-calais",
    "uncharacteristically",
    "stankylecartmankennymr",
    "o'shaughnessy",
    "smith",
    "patricia",
    "christopher",
    "p@ssw0rd",
    "P4$$W0RD",
    "7h3",
    "1i77l3",
    "|e77er",
    "dr4g0n",
    "m0nk3y",
    "+ru$+n01",
    "drowssap",
    "nogard",
    "30rd",
    "eulb",
    "DrAgOn",
    "SUNSHINE",
    "Horse",
    "baTTery",
    "19",
    "2026",
    "1984",
    "1990",
    "31.12.1999",
    "1/1/91",
    "2001-9-11",
    "11 11 11",
    "3_5_87",
    "111191",
    "20011231",
    "qwerty",
    "zxcvbn",
    "asdfgh",
    "poiuyt",
    "QwErTy",
    "!@#$%^",
    "zaq12wsx",
    "aoeuid",
    "snthdi",
    "',.pyf",
    "741852963",
    "/*-+",
    "159753",
    "abcdef",
    "fedcba",
    "ZYXWV",
    "13579",
    "aceg",
    "aabcd",
    "αβγδε",
    "яюэь",
    "aaaa",
    "abab",
    "abcabc",
    "111",
    "..",
    "ñandú",
    "日本",
    "Straße",
    "İst",
    " ",
    "-",
    "_",
    ".",
    "#",
    "&",
    "alice",
    "ecila",
    "Quorvex",
    "xevrouQ",
    "ΣΟΦΟΣ",
    "ΣΟΦΟσ",
];

const WORDS: [&str; 6] = ["alice", "acme", "quorvex", "ΣΟΦΟΣ", "日本", "smith-jones"];

fn words() -> Vec<String> {
    WORDS.iter().map(|word| word.to_lowercase()).collect()
}

/// All that is said of a text holds for zxcvbn, and whatever zxcvbn takes for a known piece may be one.
fn is_sound(text: &str) -> Result<(), String> {
    let words = words();
    if let Some(least) = (1..=16_u32).rev().find(|least| withstands(text, &words, *least)) {
        let least = f64::from(least);
        let found = estimate::guesses_log10(text, &words, least);
        if found < least {
            return Err(format!("{text:?} was certain to withstand {least} and is rated at {found}"));
        }
    }
    if is_no_word(text) && estimate::is_common(text) {
        return Err(format!("{text:?} was certain to be no word and is a common one"));
    }
    let symbols: Vec<char> = text.chars().take(32).collect();
    if is_read_alike(&symbols) {
        let named: Vec<&str> = words.iter().map(String::as_str).collect();
        let text: String = symbols.iter().collect();
        let pieces = Pieces::of(&symbols, &words);
        for piece in zxcvbn::zxcvbn(&text, &named).sequence() {
            let one = piece.i == piece.j || piece.pattern == MatchPattern::BruteForce;
            if !one && !pieces.may_be(piece.i, piece.j + 1) {
                return Err(format!("{:?} in {text:?} is known to zxcvbn: {:?}", piece.token, piece.pattern));
            }
        }
    }
    Ok(())
}

#[test]
fn every_fragment_is_sound_alone_and_beside_another() {
    for (at, one) in FRAGMENTS.iter().enumerate() {
        is_sound(one).unwrap();
        // Every seventh is of another kind.
        is_sound(&format!("{one}{}", FRAGMENTS[(at + 7) % FRAGMENTS.len()])).unwrap();
    }
}

#[test]
fn every_digit_and_sign_that_zxcvbn_reads_as_a_letter_is_read_so() {
    for text in [
        "n4ture", "n@ture", "8attery", "(hicken", "{hicken", "[hicken", "<hicken", "j3wel", "dra6on",
        "dra9on", "m1chael", "m!chael", "m|chael", "e1ephant", "e|ephant", "e7ephant", "m0nkey", "$unshine",
        "5unshine", "+rumpet", "7rumpet", "bo%ing", "pi22a",
    ] {
        let estimate = zxcvbn::zxcvbn(text, &[]);
        assert!(matches!(estimate.sequence(), [only] if only.pattern != MatchPattern::BruteForce), "{text}");
        is_sound(text).unwrap();
    }
}

#[test]
fn a_word_with_digits_at_its_ends_is_a_word_though_its_letters_are_none() {
    assert!(estimate::is_common("#trustno1#") && !is_no_word("#trustno1#"));
}

#[test]
fn nothing_is_certain_where_lower_case_has_more_symbols() {
    // zxcvbn finds the word one symbol further on, where it leaves less to be guessed.
    let text = "İuncharacteristically#";
    assert!(estimate::guesses_log10(text, &[], 8.0) < 8.0);
    assert!(!withstands(text, &[], 8) && !is_no_word(text));
}

#[test]
fn every_three_keys_that_zxcvbn_takes_for_a_walk_touch() {
    let keys: Vec<char> = QWERTY.iter().flat_map(|row| row.chars().step_by(2)).collect();
    let mut walks = 0;
    for one in &keys {
        for other in &keys {
            for third in &keys {
                let text = [*one, *other, *third];
                // Only what would be missed is worth asking, and a few others to see that there are walks at all.
                if Pieces::of(&text, &[]).may_be(0, 3) && walks > 100 {
                    continue;
                }
                let estimate = zxcvbn::zxcvbn(&text.iter().collect::<String>(), &[]);
                if let [only] = estimate.sequence()
                    && matches!(only.pattern, MatchPattern::Spatial(_))
                {
                    walks += 1;
                    assert!(Pieces::of(&text, &[]).may_be(0, 3), "{text:?}");
                }
            }
        }
    }
    assert!(walks > 100, "{walks}");
}

#[test]
fn what_managers_make_up_and_people_are_advised_to_use_is_certain() {
    for text in [
        "correct horse battery staple",
        "correct-horse-battery-staple",
        "Vier Wörter reichen dicke",
        "the and for you",
        "HorseLanternVelvet7!",
        "orbit lantern velvet",
        "K7#vQ!m2Zx$9wLp@",
        "vK9#qTz2!mWx7$Lp4",
        "qX9v-Tm4k-Rw7h-Jd3f",
        "dugwuq-1pitki-Cyrgof",
        "vmqzxbwktrhpndgf",
        "日本語のパスワードは長いほうがいい",
        "T4kq9bWz7xRm",
    ] {
        assert!(withstands(text, &words(), 8) && is_no_word(text), "{text}");
        assert!(is_sound(text).is_ok(), "{text}");
    }
}

#[test]
fn what_zxcvbn_refuses_or_hardly_lets_through_is_not_certain() {
    for text in [
        "",
        "a",
        "password",
        "horsestaple",
        "uncharacteristically",
        "31.12.1999 1.1.2001",
        "qwertyuiop[]asdfghjkl",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnopqrstuvwxyz",
        "smith-jonesALICE",
        "83910274650192837465",
    ] {
        assert!(!withstands(text, &words(), 8), "{text}");
    }
    for text in
        ["!!!!!!!!!!password", "12345678901234567890", "!!2#horse&&%9^", "password84629175038461", "drowssap"]
    {
        assert!(!is_no_word(text), "{text}");
    }
    // More than the estimate can say is not promised.
    assert!(!withstands("K7#vQ!m2Zx$9wLp@", &[], 17));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn p4_nothing_is_certain_that_zxcvbn_would_refuse(
        fragments in vec(prop_oneof![3 => proptest::sample::select(&FRAGMENTS[..]).prop_map(str::to_owned), 1 => "[!-~]{1,4}", 1 => "\\PC{1,3}"], 1..7),
    ) {
        is_sound(&fragments.concat()).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn p4_random_texts_are_certain_only_as_far_as_zxcvbn_says(
        text in prop_oneof!["[ -~]{1,24}", "[a-e]{1,20}", "[a-z1-4]{1,20}", "[0-9/.-]{1,20}", "([a-e]{3,5}[ -_.]){2,6}", "\\PC{1,40}"],
    ) {
        is_sound(&text).map_err(TestCaseError::fail)?;
    }
}
