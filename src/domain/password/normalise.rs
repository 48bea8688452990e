//! The one form in which a password is judged, hashed and verified (security P2, P3, P9).

use unicode_normalization::UnicodeNormalization;

use crate::domain::secret::Secret;
use crate::domain::typed::{Stray, untypable_end};

/// Bytes of typed text that are looked at at most: 1024 code points, the most that a policy allows, of four
/// bytes each. It keeps hostile input cheap; length in code points is for the policy to judge.
pub const INPUT_CEILING: usize = 4096;

/// Why typed text cannot be a password under any policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NormaliseError {
    #[error("the password is empty")]
    Empty,
    #[error("the password is blank: it holds nothing but spaces or invisible characters")]
    Blank,
    #[error("the password holds a control character")]
    Control,
    #[error("the password is longer than {INPUT_CEILING} bytes")]
    TooLong,
    #[error("the password has {0}, which cannot be typed again: leave it out")]
    Untypable(Stray),
}

/// A password that somebody wants to have from now on, normalised. Only [`super::judge()`] says whether they may.
pub struct NewPassword(Secret);

impl NewPassword {
    /// What nobody can type again is refused at its ends, where it comes from copying (RFC 8265). A password that somebody
    /// has already is taken as it is.
    pub fn from_typed(typed: &Secret) -> Result<Self, NormaliseError> {
        let normal = normalise(typed)?;
        untypable_end(typed.expose()).map_or(Ok(Self(normal)), |stray| Err(NormaliseError::Untypable(stray)))
    }

    /// The text to hash.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    pub fn into_secret(self) -> Secret {
        self.0
    }
}

/// NFC with every space as U+0020, and nothing folded: the `OpaqueString` profile of RFC 8265. A password that
/// is to be verified takes the same way as a new one, or it would not match.
pub fn normalise(typed: &Secret) -> Result<Secret, NormaliseError> {
    let text = typed.expose();
    if text.is_empty() {
        return Err(NormaliseError::Empty);
    }
    if text.len() > INPUT_CEILING {
        return Err(NormaliseError::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(NormaliseError::Control);
    }
    if text.chars().all(is_invisible) {
        return Err(NormaliseError::Blank);
    }
    // NFC makes UTF-8 at most three times as long (Unicode FAQ on normalisation). Room for that from the start
    // leaves no half-written copy behind where a growing string was moved.
    let mut normal = String::with_capacity(text.len().saturating_mul(3));
    normal.extend(text.chars().map(|symbol| if is_space(symbol) { ' ' } else { symbol }).nfc());
    Ok(Secret::new(normal))
}

/// General category Zs.
fn is_space(symbol: char) -> bool {
    matches!(
        symbol,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Spaces, line separators, and what is drawn as nothing: soft hyphen, zero-width and joining characters,
/// marks of direction, fillers, variation selectors, tags.
fn is_invisible(symbol: char) -> bool {
    symbol.is_whitespace()
        || matches!(
            symbol,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> Result<String, NormaliseError> {
        normalise(&Secret::from(text)).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn p2_composes_turns_spaces_into_spaces_and_folds_nothing() {
        assert_eq!(normal("e\u{301}te\u{301}").unwrap(), "\u{e9}t\u{e9}");
        assert_eq!(normal("a\u{a0}b\u{2003}c\u{3000}d").unwrap(), "a b c d");
        assert_eq!(normal("PaSS ﬁ Ａ ²").unwrap(), "PaSS ﬁ Ａ ²");
        assert_eq!(normal("e\u{301}te\u{301}").unwrap().chars().count(), 3);
    }

    #[test]
    fn p3_all_printing_ascii_and_edge_spaces_are_kept_and_controls_refused() {
        let printing: String = (' '..='~').collect();
        assert_eq!(normal(&printing).unwrap(), printing);
        assert_eq!(normal(" a ").unwrap(), " a ");
        for control in ["a\0b", "a\nb", "a\tb", "a\u{7f}", "\u{85}a", "\u{1b}[A"] {
            assert_eq!(normal(control), Err(NormaliseError::Control));
        }
    }

    #[test]
    fn p9_empty_and_blank_are_refused() {
        assert_eq!(normal(""), Err(NormaliseError::Empty));
        for blank in [" ", "               ", "\u{a0}\u{3000}", "\u{200b}\u{feff}", "\u{3164}"] {
            assert_eq!(normal(blank), Err(NormaliseError::Blank), "{blank:?}");
        }
    }

    #[test]
    fn p3_what_nobody_can_type_again_ends_no_new_password_and_may_end_an_old_one() {
        let new =
            |text: &str| NewPassword::from_typed(&Secret::from(text)).err().map(|error| error.to_string());
        for (text, stray) in [
            ("violet-harbour-lantern-42\u{200b}", "U+200B at the end"),
            ("violet-harbour-lantern-42\u{a0}", "U+00A0 at the end"),
            ("\u{feff}violet-harbour-lantern-42", "U+FEFF at the start"),
        ] {
            let told = format!("the password has {stray}, which cannot be typed again: leave it out");
            assert_eq!(new(text), Some(told), "{text:?}");
            assert!(normal(text).is_ok(), "{text:?}");
        }
        assert_eq!(new(" violet harbour "), None);
        assert_eq!(new("\u{200b}"), Some(NormaliseError::Blank.to_string()));
    }

    #[test]
    fn p1_nothing_is_cut() {
        assert_eq!(normal(&"x".repeat(INPUT_CEILING)).unwrap().len(), INPUT_CEILING);
        assert_eq!(normal(&"x".repeat(INPUT_CEILING + 1)), Err(NormaliseError::TooLong));
    }

    proptest! {
        #[test]
        fn p2_normalising_twice_changes_nothing(text in "\\PC{1,60}") {
            if let Ok(once) = normal(&text) {
                prop_assert_eq!(normal(&once), Ok(once));
            }
        }
    }
}
