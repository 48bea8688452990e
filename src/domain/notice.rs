//! What somebody was told of, and can say "this was not me" to.

use jiff::{SignedDuration, Timestamp};

use super::text::text_enum;

/// How long a reference can be quoted: somebody may be away for a while when the message comes.
pub const REFERENCE_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a notice is called that told of many wrong codes.
pub const GUESSED: &str = "codes_guessed";

text_enum! {
    /// The life of a reference.
    State {
        Live => "live",
        /// Somebody quoted it.
        Used => "used",
        Expired => "expired",
        /// Another one of the same person was quoted.
        Ended => "ended",
    }
}

/// A message with a reference, as stored. Of the reference only a keyed hash is kept: whoever quotes it can have the
/// person blocked.
#[derive(Clone)]
pub struct Notice {
    pub id: String,
    /// Nobody for a code that nobody gets.
    pub user_id: Option<String>,
    /// The code that the message brought; none for a notice of a change.
    pub code_id: Option<String>,
    /// The stable word of what it told of, such as `password_reset`.
    pub about: String,
    pub key_id: String,
    pub tag: Vec<u8>,
    pub state: State,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// That somebody said a change was not theirs. Until an operator has looked, nobody signs in or resets the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disowned {
    pub at: Timestamp,
    /// The notice that was quoted, and what it told of.
    pub notice_id: String,
    pub about: String,
    /// The password that was taken away, sealed: key id and bytes. It joins the history when the block ends.
    pub former: Option<(String, Vec<u8>)>,
}

impl Disowned {
    /// What was disowned, for a sentence.
    pub fn describe(&self) -> String {
        describe(&self.about)
    }
}

/// A word of what a notice told of, for a sentence.
pub fn describe(about: &str) -> String {
    about.replace('_', " ")
}
