//! What a file from elsewhere says of one person, whatever format it has.

use jiff::Timestamp;

use super::Secret;
use super::account::Status;
use super::address::Channel;
use super::contact::Contact;
use super::time::whole_seconds;
use super::user::{AccessMode, LoginProtection, User};

/// What is said of one field of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Given<T> {
    /// The field is not there, or is there and empty: it is left as it is.
    #[default]
    Nothing,
    /// JSON's `null`: what is there goes.
    Removed,
    Set(T),
}

impl<T> Given<T> {
    /// The value, if one is set.
    pub fn set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Nothing | Self::Removed => None,
        }
    }
}

impl<T> From<Option<T>> for Given<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Self::Set)
    }
}

/// A person as a file has them. Names and addresses stand as they were written: who reads them knows the region, and
/// which account is meant where none is named.
#[derive(Default)]
pub struct Record {
    /// The line of the input, where the heading is line 1, or the place in an array that has several in a line.
    pub row: u64,
    /// `account/name`, an account for its root user, or a name alone, where the account comes from elsewhere.
    pub user: Option<String>,
    pub email: Given<String>,
    pub mobile: Given<String>,
    pub email_verified: Given<bool>,
    pub mobile_verified: Given<bool>,
    pub description: Given<String>,
    pub status: Given<Status>,
    pub access_mode: Given<AccessMode>,
    pub login_protection: Given<LoginProtection>,
    pub must_change: Given<bool>,
    /// In the clear.
    pub password: Given<Secret>,
    /// As the program that made it wrote it.
    pub password_hash: Given<Secret>,
    pub external_id: Given<String>,
    pub created_at: Given<Timestamp>,
}

impl Record {
    /// What can be said of a user elsewhere; with `hash`, the hash of their password, too.
    pub fn of(user: &User, hash: bool) -> Self {
        let address = |contact: Option<&Contact>| contact.map(|contact| contact.address.clone()).into();
        let verified =
            |contact: Option<&Contact>| contact.map(|contact| contact.verified_at.is_some()).into();
        let (email, mobile) = (user.contact(Channel::Email), user.contact(Channel::Mobile));
        let stored = user.credential.hash.as_ref().filter(|_| hash);
        Self {
            row: 0,
            user: Some(user.path()),
            email: address(email),
            mobile: address(mobile),
            email_verified: verified(email),
            mobile_verified: verified(mobile),
            description: user.description.clone().into(),
            status: Given::Set(user.status),
            access_mode: Given::Set(user.access_mode),
            login_protection: Given::Set(user.login_protection),
            must_change: Given::Set(user.credential.must_change),
            password: Given::Nothing,
            password_hash: stored.map(|stored| Secret::from(stored.as_str())).into(),
            external_id: user.external_id.clone().into(),
            created_at: Given::Set(whole_seconds(user.created_at)),
        }
    }
}
