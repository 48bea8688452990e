//! Whom a list or a command for many is about, where people are chosen by what they have in common.

use jiff::Timestamp;

use super::account::Status;
use super::address::Channel;
use super::name::{Name, key_of};
use super::sign_in;
use super::text::{nearest, text_enum};
use super::typed;
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
        /// One that is of no use any more: a temporary one, or one that is too old for the policy.
        Expired => "expired",
        MustChange => "must-change",
        /// Hashed by another program, and not replaced since.
        Imported => "imported",
    }
}

impl Key {
    /// The words that it takes; none where it takes a moment or a text.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Status => Access::WORDS,
            Self::Password => PasswordKind::WORDS,
            Self::SignedIn => &["never"],
            Self::Contact => &["none"],
            Self::VerifiedEmail | Self::VerifiedMobile => &["no"],
            Self::Mfa => &["yes", "no"],
            Self::Setup => &["pending"],
            Self::InactiveSince | Self::CreatedBefore | Self::PasswordSetBefore | Self::Match => &[],
        }
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

/// A condition that cannot be read. Nothing of what was typed is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("a condition is KEY=VALUE, such as status=locked")]
    Form,
    #[error("there is no condition of this name{}; there are {}", meant(*nearest), Key::WORDS.join(", "))]
    Key { nearest: Option<&'static str> },
    #[error("{0} has no value")]
    Empty(Key),
    #[error("{key} takes {}{}", key.words().join(", "), meant(*nearest))]
    Value { key: Key, nearest: Option<&'static str> },
    #[error("{0} takes a moment that has been, and this is in the future")]
    Future(Key),
    #[error("{key}: {error}")]
    When { key: Key, error: WhenError },
}

fn meant(nearest: Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |word| format!("; did you mean {word}?"))
}

/// What is known of a user beside their own row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// After how many days their policy has a password expire; 0 is never.
    pub validity_days: u32,
    /// Whether a setup token of theirs is live.
    pub setup_pending: bool,
}

impl Filter {
    /// Reads `KEY=VALUE`.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, FilterError> {
        let text: &str = &typed::plain(text);
        let (key, value) = text.split_once('=').ok_or(FilterError::Form)?;
        let (key, value) = (key.trim(), value.trim());
        let key: Key = key
            .parse()
            .map_err(|_| FilterError::Key { nearest: nearest(key, Key::WORDS.iter().copied()) })?;
        if value.is_empty() {
            return Err(FilterError::Empty(key));
        }
        let word = |read: Option<Self>| {
            let words = key.words().iter().copied();
            read.ok_or_else(|| FilterError::Value { key, nearest: nearest(value, words) })
        };
        let only = |filter: Self| word(key.words().contains(&value).then_some(filter));
        let when = || match when::parse(value, now) {
            Ok(at) if at > now => Err(FilterError::Future(key)),
            read => read.map_err(|error| FilterError::When { key, error }),
        };
        match key {
            Key::Status => word(value.parse().ok().map(Self::Access)),
            Key::Password => word(value.parse().ok().map(Self::Password)),
            Key::SignedIn => only(Self::NeverSignedIn),
            Key::Contact => only(Self::NoContact),
            Key::VerifiedEmail => only(Self::Unverified(Channel::Email)),
            Key::VerifiedMobile => only(Self::Unverified(Channel::Mobile)),
            Key::Mfa => only(Self::Mfa(value == "yes")),
            Key::Setup => only(Self::SetupPending),
            Key::InactiveSince => when().map(Self::InactiveSince),
            Key::CreatedBefore => when().map(Self::CreatedBefore),
            Key::PasswordSetBefore => when().map(Self::PasswordSetBefore),
            Key::Match => Ok(Self::Match(key_of(value))),
        }
    }

    /// Every condition as it is written, as far as it can be known beforehand.
    pub fn forms() -> impl Iterator<Item = String> {
        Key::ALL.iter().flat_map(|key| {
            let words = if key.words().is_empty() { &[""] } else { key.words() };
            words.iter().map(move |word| format!("{key}={word}"))
        })
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
            Self::PasswordSetBefore(at) => {
                credential.hash.is_some() && credential.changed_at.is_some_and(|changed| changed < *at)
            }
            Self::Password(kind) => Self::is_of(*kind, user, beside, now),
            Self::NoContact => user.contacts.is_empty(),
            Self::Unverified(channel) => {
                user.contact(*channel).is_none_or(|contact| contact.verified_at.is_none())
            }
            Self::Mfa(bound) => user.mfa == *bound,
            Self::SetupPending => beside.setup_pending,
            // As tables write a user: the name behind its account.
            Self::Match(part) if part.contains('/') => key_of(&user.path()).contains(part),
            Self::Match(part) => key_of(&user.name).contains(part),
        }
    }

    fn is_of(kind: PasswordKind, user: &User, beside: Beside, now: Timestamp) -> bool {
        let credential = &user.credential;
        if credential.hash.is_none() {
            return kind == PasswordKind::None;
        }
        match kind {
            PasswordKind::None => false,
            PasswordKind::Temporary => credential.expires_at.is_some() && !credential.is_over(now),
            PasswordKind::Expired => {
                let end = sign_in::expiry(user, beside.validity_days);
                credential.is_over(now) || end.is_some_and(|end| end <= now)
            }
            PasswordKind::MustChange => credential.must_change,
            PasswordKind::Imported => credential.is_imported(),
        }
    }
}

/// In which accounts people are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    /// Of none, nobody.
    Accounts(Vec<Name>),
}

/// People by what they have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub reach: Reach,
    /// All of them must hold.
    pub filters: Vec<Filter>,
}

impl Selection {
    /// Everybody, or everybody in one account.
    pub fn whole(account: Option<Name>) -> Self {
        let reach = account.map_or(Reach::Everywhere, |account| Reach::Accounts(vec![account]));
        Self { reach, filters: Vec::new() }
    }

    /// Whether it is everybody, or everybody in one account: what support may list, too.
    pub fn is_whole(&self) -> bool {
        let one = match &self.reach {
            Reach::Everywhere => true,
            Reach::Accounts(accounts) => accounts.len() == 1,
        };
        one && self.filters.is_empty()
    }
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
