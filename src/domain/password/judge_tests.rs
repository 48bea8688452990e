//! Passwords that must be refused, with their reasons, and passwords that must not.

use proptest::prelude::*;

use super::super::{NoList, WordList};
use super::*;
use crate::domain::policy::{FieldTable, Preset};
use crate::domain::secret::Secret;

const ALICE: Context<'_> = Context {
    user_name: "alice",
    account_name: "acme",
    email: Some("al.smith@mail.example.com"),
    has_mfa: false,
    extra_words: &["Rocketworks"],
};

fn codes_under(policy: &PasswordPolicy, context: &Context<'_>, text: &str) -> Vec<&'static str> {
    let password = NewPassword::from_typed(&Secret::from(text)).unwrap();
    judge(&password, policy, context, &NoList).unwrap().iter().map(name).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    codes_under(&PasswordPolicy::default(), &ALICE, text)
}

/// A name in a word.
fn name(weakness: &Weakness) -> &'static str {
    match weakness {
        Weakness::TooShort { .. } => "too_short",
        Weakness::TooLong { .. } => "too_long",
        Weakness::TooFewKinds { .. } => "too_few_kinds",
        Weakness::TooManyIdentical { .. } => "too_many_identical",
        Weakness::ContainsUserName => "contains_user_name",
        Weakness::Common | Weakness::Listed | Weakness::Breached => "common",
        Weakness::ContextWord => "context_word",
        Weakness::Guessable => "guessable",
    }
}

#[test]
fn p1_length_is_counted_in_code_points() {
    assert_eq!(codes("kx7 vumböq dref"), [""; 0]);
    assert_eq!(codes("kx7 vumböq dre"), ["too_short"]);
    let mfa = Context { has_mfa: true, ..ALICE };
    let nist = PasswordPolicy::default();
    assert_eq!(codes_under(&nist, &mfa, "kx7vümbq"), [""; 0]);
    assert_eq!(codes_under(&nist, &mfa, "kx7vumb"), ["too_short", "guessable"]);
    let long: String = "kx7vumbqdref93hz".chars().cycle().take(129).collect();
    assert_eq!(codes(&long), ["too_long"]);
    assert_eq!(codes(&long[1..]), [""; 0]);
}

#[test]
fn all_reasons_come_at_once() {
    let policy = PasswordPolicy::default()
        .with_fields(&[("password_char_combination", "4"), ("maximum_consecutive_identical_chars", "2")])
        .unwrap();
    let aaa = Context { user_name: "aaaa", ..ALICE };
    let password = NewPassword::from_typed(&Secret::from("AAAA")).unwrap();
    let found = judge(&password, &policy, &aaa, &NoList).unwrap();
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "the password is too short: use at least 15 characters; four or more random words are easy to type \
             and hard to guess",
            "the password has too few kinds of character: use at least 4 of upper case, lower case, digits and \
             others",
            "the password repeats a character too often: use the same one at most 2 times in a row",
            "the password is the user name or its reverse: use something that others do not know of this user",
            "the password is made of names that belong to this account: use words that have nothing to do with \
             the user, the account or their addresses",
        ]
    );
}

#[test]
fn kinds_and_runs_are_counted() {
    let four = PasswordPolicy { password_char_combination: 4, ..PasswordPolicy::preset(Preset::Cloud) };
    assert_eq!(codes_under(&four, &ALICE, "Kx7-vumbq"), [""; 0]);
    assert_eq!(codes_under(&four, &ALICE, "Kx7vumbqd"), ["too_few_kinds"]);
    assert_eq!(codes_under(&four, &ALICE, "Kx7日vumbq"), [""; 0]);
    let two =
        PasswordPolicy { maximum_consecutive_identical_chars: 2, ..PasswordPolicy::preset(Preset::Cloud) };
    assert_eq!(codes_under(&two, &ALICE, "Kx77vumbq"), [""; 0]);
    assert_eq!(codes_under(&two, &ALICE, "Kx777umbq"), ["too_many_identical"]);
}

#[test]
fn the_user_name_and_its_reverse_are_refused_in_any_case() {
    let cloud = PasswordPolicy::preset(Preset::Cloud);
    let bob = Context { user_name: "Bob-Miller.1", ..ALICE };
    assert_eq!(codes_under(&cloud, &bob, "bob-MILLER.1"), ["contains_user_name"]);
    assert_eq!(codes_under(&cloud, &bob, "1.relliM-boB"), ["contains_user_name"]);
    assert_eq!(codes_under(&cloud, &bob, "bob-miller.12"), [""; 0]);
    let off = PasswordPolicy { password_not_username_or_invert: false, ..cloud };
    assert_eq!(codes_under(&off, &bob, "bob-MILLER.1"), [""; 0]);
}

#[test]
fn p4_context_words_are_refused_with_their_reverse_repeats_and_paddings() {
    for text in [
        "alicealicealicealice",
        "Alice-Alice-Alice-Alice",
        "!!!!!!!!!!alice1234567890123456789",
        "ecilaecilaecilaecila",
        "acme-alice-2026-2026",
        "al.smith@mail.example.com",
        "al.smith@example.com",
        "alsmith1984alsmith1984",
        "examplemailexamplemail",
        "regain-regain-regain",
        "Rocketworks2026!!!!!",
        "4l1c3 4l1c3 4l1c3 4l1c3",
        "4cm3!4l!c3!4cm3!4l!c3",
    ] {
        assert_eq!(codes(text), ["context_word"], "{text}");
    }
    assert_eq!(codes("alice rides quaint tractors"), [""; 0]);
}

#[test]
fn p4_common_words_are_refused_with_their_reverse_repeats_and_paddings() {
    for text in [
        "passwordpassword",
        "PasswordPasswordPassword",
        "password-password-password",
        "password1password2password3",
        "p@ssw0rd-p@ssw0rd",
        "P@ssw0rd1234567890",
        "drowssapdrowssap",
        "!!!!!!!!!!password",
        "password84629175038461",
        "monkey/monkey/monkey",
        "qwertyuiopqwertyuiop",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnopqrstuvwxyz",
        "12345678901234567890",
        "administration",
        "(sunshine)(sunshine)",
    ] {
        let found = codes(text);
        assert!(found.contains(&"common"), "{text}: {found:?}");
        assert!(!found.contains(&"guessable"), "{text}: {found:?}");
    }
}

#[test]
fn p4_repeats_beyond_what_zxcvbn_reads_are_still_weak() {
    for text in ["abcdef".repeat(20), "kxv7mb".repeat(21), "dragonmonkey".repeat(10)] {
        let found = codes(&text);
        assert!(found == ["common"] || found == ["guessable"], "{text}: {found:?}");
    }
    // A weak start is not held against a strong end, however far out.
    assert_eq!(codes(&format!("{}kx7 vumböq dref", "a".repeat(100))), [""; 0]);
}

#[test]
fn passwords_as_people_and_managers_make_them_are_accepted() {
    for text in [
        "correct horse battery staple",
        "correct-horse-battery-staple",
        "Vier Wörter reichen dicke",
        "K7#vQ!m2Zx$9wLp@",
        "qX9v-Tm4k-Rw7h-Jd3f",
        "Mein Hund frisst 3 Socken",
        "日本語のパスワードは長いほうがいい",
        "0f8a6c1e9b2d4f7a83c5",
        "83910274650192837465",
    ] {
        assert_eq!(codes(text), [""; 0], "{text}");
    }
}

/// A site's lists: words of its own, and one password that was seen in a breach.
struct Lists(WordList<'static>);

impl ExtraList for Lists {
    fn contains(&self, candidate: &str) -> Result<bool, ListError> {
        if candidate.contains("unreadable") {
            return Err(ListError::Unsorted { path: "list".into(), at: 0 });
        }
        Ok(self.0.contains(candidate))
    }

    fn is_breached(&self, password: &Secret) -> Result<bool, ListError> {
        Ok(password.expose() == "Seen-in-a-Breach-7")
    }
}

#[test]
fn p5_the_extra_list_counts_under_any_policy() {
    let list = Lists(WordList::new("Tr0mpete-im-Keller\nquaxo"));
    let cloud = PasswordPolicy::preset(Preset::Cloud);
    let found = |text: &str| {
        let password = NewPassword::from_typed(&Secret::from(text)).unwrap();
        judge(&password, &cloud, &ALICE, &list)
    };
    assert_eq!(found("tr0mpete-IM-keller").unwrap(), [Weakness::Listed]);
    assert_eq!(found("Quaxo2026!").unwrap(), [Weakness::Listed]);
    assert_eq!(found("Tr0mpete-am-Keller").unwrap(), []);
    // What was seen in a breach is compared as it is.
    assert_eq!(found("Seen-in-a-Breach-7").unwrap(), [Weakness::Breached]);
    assert_eq!(found("seen-in-a-breach-7").unwrap(), []);
    // Where a list cannot be asked, nothing is accepted.
    assert!(found("unreadable-here-7").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn judging_never_panics(text in "\\PC{0,140}", user in "\\PC{0,20}", email in "\\PC{0,20}") {
        if let Ok(password) = NewPassword::from_typed(&Secret::from(text.as_str())) {
            let context = Context { user_name: &user, email: Some(&email), ..Context::default() };
            let _ = judge(&password, &PasswordPolicy::default(), &context, &NoList);
        }
    }
}
