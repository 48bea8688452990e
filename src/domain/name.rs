//! Names of accounts and IAM users: what may be one, and when two are the same or look the same.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_security::skeleton;

use super::id;
use super::typed::{self, Stray};

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name cannot be empty")]
    Empty,
    #[error("a name has at most 64 characters")]
    TooLong,
    #[error("a name begins with a letter, '-', '_' or '.', not with a digit")]
    BadStart,
    #[error("a name cannot have two spaces in a row")]
    LooseSpace,
    #[error("a name can have only letters A to Z, digits, spaces and '-', '_', '.'")]
    BadCharacter,
    #[error("a name can have only letters A to Z, digits, spaces and '-', '_', '.', not {0}")]
    Stray(Stray),
}

/// The longest name, in characters (domain.md, "Users").
pub const MAX_LENGTH: usize = 64;

/// The name of an account or of an IAM user: 1 to 64 of ASCII letters, digits, space, `-`, `_`, `.`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl Name {
    /// Judges a typed name; the spelling is kept.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = typed::plain(text).to_string();
        let Some(first) = text.chars().next() else { return Err(NameError::Empty) };
        if text.chars().count() > MAX_LENGTH {
            return Err(NameError::TooLong);
        }
        if let Some(stray) = typed::stray(&text, |c| !c.is_ascii() || c.is_control()) {
            return Err(NameError::Stray(stray));
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.')) {
            return Err(NameError::BadCharacter);
        }
        if first.is_ascii_digit() {
            return Err(NameError::BadStart);
        }
        if text.contains("  ") {
            return Err(NameError::LooseSpace);
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names are looked up and compared by: case does not count (cli.md, "Naming people").
    pub fn key(&self) -> String {
        key_of(&self.0)
    }

    /// Whether it could be taken for an id. No name that looks so is given any more; those there are still count.
    pub fn is_like_id(&self) -> bool {
        id::is_like_one(&self.key())
    }

    /// Two names with the same look cannot both exist (security D4): `Unicode` confusables of the spelling as
    /// written (`I`, `1` and `l`; `rn` and `m`), and `0` for `o`, folded to lower case.
    pub fn skeleton(&self) -> String {
        skeleton_of(&self.0)
    }
}

/// The key of a name that is stored already.
pub fn key_of(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The common look of all texts that a person could take for this one.
pub(super) fn skeleton_of(text: &str) -> String {
    // Nothing in ASCII combines with what stands beside it, and nearly everything is ASCII.
    static LOOKS: LazyLock<Vec<String>> = LazyLock::new(|| {
        (0..128_u8).map(|symbol| look_of(char::from(symbol).encode_utf8(&mut [0]))).collect()
    });
    if text.is_ascii() {
        text.bytes().map(|symbol| LOOKS[usize::from(symbol)].as_str()).collect()
    } else {
        look_of(text)
    }
}

fn look_of(text: &str) -> String {
    skeleton(text).collect::<String>().to_lowercase().replace('0', "o")
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    #[test]
    fn spellings_that_cannot_be_names() {
        for (text, error) in [
            ("", NameError::Empty),
            ("7up", NameError::BadStart),
            ("a  l", NameError::LooseSpace),
            ("al/ice", NameError::BadCharacter),
            ("al@ice", NameError::BadCharacter),
            ("al!ice", NameError::BadCharacter),
        ] {
            assert_eq!(Name::parse(text).err(), Some(error), "{text:?}");
        }
        for (text, stray) in [("\u{430}lice", "U+0430 at the start"), ("al\0ice", "U+0000 as character 3")] {
            let told =
                format!("a name can have only letters A to Z, digits, spaces and '-', '_', '.', not {stray}");
            assert_eq!(Name::parse(text).unwrap_err().to_string(), told);
        }
        assert_eq!(Name::parse(&"a".repeat(65)).err(), Some(NameError::TooLong));
        assert!(Name::parse(&"a".repeat(64)).is_ok());
        assert!(Name::parse("-x_y.z 9").is_ok());
    }

    #[test]
    fn a_name_is_read_as_it_was_meant() {
        for text in [
            "night shift-2",
            " night\u{a0}shift\u{2011}\u{ff12}\u{200b}\r\n",
            "\u{202a}night shift-2\u{202c}",
        ] {
            assert_eq!(name(text).as_str(), "night shift-2", "{text:?}");
        }
    }

    #[test]
    fn names_that_look_like_ids_are_known() {
        for text in ["usr_000", "USR_000", "acc_x", "req_0123456789abcdefghjkmnpq"] {
            assert!(name(text).is_like_id(), "{text}");
        }
        for text in ["usr", "user_1", "dev_anna", "con_1", "usr-000"] {
            assert!(!name(text).is_like_id(), "{text}");
        }
    }

    #[test]
    fn d4_case_folds_and_look_alikes_meet() {
        assert_eq!(name("Alice").key(), name("aLICE").key());
        for (left, right) in [("AIice", "Alice"), ("a1ice", "alice"), ("rnike", "mike"), ("bob0", "bobo")] {
            assert_eq!(name(left).skeleton(), name(right).skeleton(), "{left} {right}");
        }
        for (left, right) in [("ali", "all"), ("bob", "bod"), ("user1", "user2"), ("user11", "user111")] {
            assert_ne!(name(left).skeleton(), name(right).skeleton(), "{left} {right}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_text_in_ascii_looks_as_its_symbols_do(text in "[ -~]{0,20}") {
            assert_eq!(skeleton_of(&text), look_of(&text));
        }
    }
}
