//! Whom a command for many is about, where they are chosen by what they have in common.

use jiff::Timestamp;

use super::account::Status;
use super::address::Channel;
use super::name::key_of;
use super::text::text_enum;
use super::user::User;
use super::when::{self, WhenError};

text_enum! {
    /// What people can have in common: the key of `--where KEY=VALUE`.
    Key {
        Status => "status",
        SignedIn => "signed-in",
        InactiveSince => "inactive-since",
        CreatedBefore => "created-before",
        PasswordSetBefore => "password-set-before",
        Password => "password",
        Contact => "contact",
        VerifiedEmail => "verified-email",
        VerifiedMobile => "verified-mobile",
        Mfa => "mfa",
        Setup => "setup",
        Match => "match",
    }
}

text_enum! {
    /// Whether somebody can come in, and what keeps them from it.
    Access { Enabled => "enabled", Disabled => "disabled", Locked => "locked", Blocked => "blocked" }
}

text_enum! {
    /// What somebody's password is.
    PasswordKind {
        None => "none",
        /// One with an end that has not come.
        Temporary => "temporary",
        /// A temporary one that is of no use any more.
        Expired => "expired",
        MustChange => "must-change",
        /// Hashed by another program, and not replaced since.
        Imported => "imported",
    }
}

/// One condition of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Access(Access),
    NeverSignedIn,
    /// The last sign-in came before, or there was none and the user was created before.
    InactiveSince(Timestamp),
    CreatedBefore(Timestamp),
    PasswordSetBefore(Timestamp),
    Password(PasswordKind),
    NoContact,
    Unverified(Channel),
    Mfa(bool),
    SetupPending,
    /// Part of a name, folded.
    Match(String),
}

/// A condition that cannot be read. The text reads after `--where: `.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("a condition is KEY=VALUE, such as status=enabled")]
    Form,
    #[error("there is no such key; the keys are {}", Key::WORDS.join(", "))]
    Key,
    #[error("{0} has no value")]
    Empty(Key),
    #[error("{key} is {expected}")]
    Value { key: Key, expected: String },
    #[error("{key}: {error}")]
    When { key: Key, error: WhenError },
}

/// What is known of a user beside their own row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// Whether their password was hashed by another program.
    pub imported: bool,
    /// Whether a setup token of theirs is live.
    pub setup_pending: bool,
}

impl Filter {
    /// Reads `KEY=VALUE`.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, FilterError> {
        let (key, value) = text.split_once('=').ok_or(FilterError::Form)?;
        let key: Key = key.trim().parse().map_err(|_| FilterError::Key)?;
        let value = value.trim();
        if value.is_empty() {
            return Err(FilterError::Empty(key));
        }
        let only = |word: &str, filter: Self| {
            let expected = || FilterError::Value { key, expected: word.to_owned() };
            if value == word { Ok(filter) } else { Err(expected()) }
        };
        let when = || when::parse(value, now).map_err(|error| FilterError::When { key, error });
        let one_of = |words: &[&str]| FilterError::Value { key, expected: words.join(", ") };
        match key {
            Key::Status => value.parse().map(Self::Access).map_err(|_| one_of(Access::WORDS)),
            Key::SignedIn => only("never", Self::NeverSignedIn),
            Key::InactiveSince => when().map(Self::InactiveSince),
            Key::CreatedBefore => when().map(Self::CreatedBefore),
            Key::PasswordSetBefore => when().map(Self::PasswordSetBefore),
            Key::Password => value.parse().map(Self::Password).map_err(|_| one_of(PasswordKind::WORDS)),
            Key::Contact => only("none", Self::NoContact),
            Key::VerifiedEmail => only("no", Self::Unverified(Channel::Email)),
            Key::VerifiedMobile => only("no", Self::Unverified(Channel::Mobile)),
            Key::Mfa => match value {
                "yes" => Ok(Self::Mfa(true)),
                "no" => Ok(Self::Mfa(false)),
                _ => Err(one_of(&["yes", "no"])),
            },
            Key::Setup => only("pending", Self::SetupPending),
            Key::Match => Ok(Self::Match(key_of(value))),
        }
    }

    /// Whether it holds of somebody.
    pub fn holds(&self, user: &User, beside: Beside, now: Timestamp) -> bool {
        let credential = &user.credential;
        match self {
            Self::Access(Access::Enabled) => user.status == Status::Enabled,
            Self::Access(Access::Disabled) => user.status == Status::Disabled,
            Self::Access(Access::Locked) => user.failures.locked(now).is_some(),
            Self::Access(Access::Blocked) => user.disowned.is_some(),
            Self::NeverSignedIn => user.last_login_at.is_none(),
            Self::InactiveSince(since) => user.last_login_at.unwrap_or(user.created_at) < *since,
            Self::CreatedBefore(at) => user.created_at < *at,
            Self::PasswordSetBefore(at) => credential.changed_at.is_some_and(|changed| changed < *at),
            Self::Password(PasswordKind::None) => credential.hash.is_none(),
            Self::Password(PasswordKind::Temporary) => {
                credential.expires_at.is_some() && !credential.is_over(now)
            }
            Self::Password(PasswordKind::Expired) => credential.is_over(now),
            Self::Password(PasswordKind::MustChange) => credential.must_change,
            Self::Password(PasswordKind::Imported) => beside.imported,
            Self::NoContact => user.contacts.is_empty(),
            Self::Unverified(channel) => !user
                .contacts
                .iter()
                .any(|contact| contact.channel == *channel && contact.verified_at.is_some()),
            Self::Mfa(bound) => user.mfa == *bound,
            Self::SetupPending => beside.setup_pending,
            Self::Match(part) => key_of(&user.name).contains(part),
        }
    }
}
