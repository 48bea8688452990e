//! What a record says of one person, read: names and addresses as they are meant here.

use jiff::Timestamp;

use super::options::{ImportOptions, Key};
use crate::domain::account::Status;
use crate::domain::address::AddressError;
use crate::domain::external_id::{self, ExternalIdError};
use crate::domain::name::NameError;
use crate::domain::record::{Given, Record};
use crate::domain::text::coded_error;
use crate::domain::user::{AccessMode, DescriptionError, LoginProtection, parse_description};
use crate::domain::{Address, Channel, Name, Reader, Secret};

coded_error! {
    /// Why a record is nobody who could be brought in.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
    RecordError {
        #[error("the row says of nobody who they are: the field `user` is empty")]
        Nobody => "malformed",
        #[error("`{0}` is what people are known by here, and the row has none")]
        NoKey(&'static str) => "no_key",
        #[error("`user`: {0}")]
        Name(#[from] NameError) => "malformed",
        #[error("`{0}`: {1}")]
        Address(&'static str, AddressError) => "malformed",
        #[error("`external_id`: {0}")]
        ExternalId(#[from] ExternalIdError) => "malformed",
        #[error("`description`: {0}")]
        Description(#[from] DescriptionError) => "malformed",
        #[error("`created_at` lies in the future")]
        Future => "malformed",
        #[error("`{0}` cannot be removed, so it cannot be null: leave the field out")]
        NotRemovable(&'static str) => "not_removable",
        #[error("the row has a password and a password hash, and only one of them can be meant")]
        TwoPasswords => "two_passwords",
    }
    /// The stable code.
    pub fn code;
}

/// Whom a record is about, before anybody has been looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// The root user of this account.
    Root(Name),
    /// An IAM user; without a name where something else says who it is.
    Member(Name, Option<Name>),
}

impl Bearer {
    pub fn account(&self) -> &Name {
        match self {
            Self::Root(account) | Self::Member(account, _) => account,
        }
    }
}

/// A record as it is meant here.
pub struct Entry<'r> {
    pub bearer: Bearer,
    pub email: Given<Address>,
    pub mobile: Given<Address>,
    /// How a number was written that was completed by the rules of a country.
    pub rewritten: Option<&'r str>,
    /// The kinds of contact that count as verified, on the word of whoever made the file.
    pub verified: Vec<Channel>,
    pub description: Given<String>,
    pub external_id: Given<String>,
    pub status: Option<Status>,
    pub access_mode: Option<AccessMode>,
    pub login_protection: Option<LoginProtection>,
    pub must_change: Option<bool>,
    pub password: Option<&'r Secret>,
    pub password_hash: Option<&'r Secret>,
    pub created_at: Option<Timestamp>,
}

impl<'r> Entry<'r> {
    pub fn read(
        record: &'r Record,
        options: &ImportOptions,
        reader: Reader,
        now: Timestamp,
    ) -> Result<Self, RecordError> {
        let bearer = bearer(record.user.as_deref(), options)?;
        let trusted = |said: &Given<bool>| options.trust_verified && said.set() == Some(&true);
        let channels = [(Channel::Email, &record.email_verified), (Channel::Mobile, &record.mobile_verified)];
        let verified = channels.into_iter().filter(|(_, said)| trusted(said)).map(|(channel, _)| channel);
        let mobile = address(reader, Channel::Mobile, &record.mobile)?;
        let written = record.mobile.set().zip(mobile.set());
        let entry = Self {
            bearer,
            rewritten: written
                .filter(|(text, number)| number.is_rewritten(text))
                .map(|(text, _)| text.as_str()),
            email: address(reader, Channel::Email, &record.email)?,
            mobile,
            verified: verified.collect(),
            description: text(&record.description, parse_description)?,
            external_id: text(&record.external_id, external_id::parse)?,
            status: kept("status", &record.status)?.copied(),
            access_mode: kept("access_mode", &record.access_mode)?.copied(),
            login_protection: kept("login_protection", &record.login_protection)?.copied(),
            must_change: kept("must_change", &record.must_change)?.copied(),
            password: kept("password", &record.password)?,
            password_hash: kept("password_hash", &record.password_hash)?,
            created_at: kept("created_at", &record.created_at)?.copied(),
        };
        // Mail servers refuse it: only who vouches for one binds it.
        let stray = entry.email.set().is_some_and(Address::has_stray_dots);
        if stray && !entry.verified.contains(&Channel::Email) {
            return Err(RecordError::Address("email", AddressError::StrayDots));
        }
        if entry.password.is_some() && entry.password_hash.is_some() {
            return Err(RecordError::TwoPasswords);
        }
        if entry.created_at.is_some_and(|at| at > now) {
            return Err(RecordError::Future);
        }
        let has_key = match options.key {
            Key::Name => matches!(entry.bearer, Bearer::Root(_) | Bearer::Member(_, Some(_))),
            Key::Email => entry.email.set().is_some(),
            Key::Mobile => entry.mobile.set().is_some(),
            Key::ExternalId => entry.external_id.set().is_some(),
        };
        let root = matches!(entry.bearer, Bearer::Root(_));
        if has_key || root { Ok(entry) } else { Err(RecordError::NoKey(options.key.field())) }
    }

    pub fn contact(&self, channel: Channel) -> &Given<Address> {
        match channel {
            Channel::Email => &self.email,
            Channel::Mobile => &self.mobile,
        }
    }
}

/// Whom the field `user` names: `account/name`, or a name of the account that is meant where none is, else an account.
fn bearer(user: Option<&str>, options: &ImportOptions) -> Result<Bearer, RecordError> {
    let user = user.map(str::trim).filter(|user| !user.is_empty());
    let (account, name) = match (user, &options.account) {
        (None, Some(account)) if options.key != Key::Name => {
            return Ok(Bearer::Member(account.clone(), None));
        }
        (None, _) => return Err(RecordError::Nobody),
        (Some(user), default) => match (user.split_once('/'), default) {
            (Some((account, name)), _) => (Name::parse(account)?, name.trim()),
            (None, Some(account)) => (account.clone(), user),
            (None, None) => (Name::parse(user)?, ""),
        },
    };
    let name = if name.is_empty() { None } else { Some(Name::parse(name)?) };
    // The root user is called like its account.
    match name.filter(|name| name.key() != account.key()) {
        None => Ok(Bearer::Root(account)),
        Some(name) => Ok(Bearer::Member(account, Some(name))),
    }
}

/// A value that may be set or left, and that nobody can be without.
fn kept<'r, T>(field: &'static str, given: &'r Given<T>) -> Result<Option<&'r T>, RecordError> {
    match given {
        Given::Removed => Err(RecordError::NotRemovable(field)),
        Given::Nothing => Ok(None),
        Given::Set(value) => Ok(Some(value)),
    }
}

fn address(reader: Reader, channel: Channel, given: &Given<String>) -> Result<Given<Address>, RecordError> {
    let read = |text: &str| match reader.address(channel, text) {
        Ok(address) => Ok(Given::Set(address)),
        Err(error) => Err(RecordError::Address(channel.as_str(), error)),
    };
    of_text(given, read)
}

fn text<E: Into<RecordError>>(
    given: &Given<String>,
    parse: impl Fn(&str) -> Result<Option<String>, E>,
) -> Result<Given<String>, RecordError> {
    of_text(given, |text| parse(text).map(Given::from).map_err(Into::into))
}

/// What is read of a text that is there.
fn of_text<T>(
    given: &Given<String>,
    read: impl FnOnce(&str) -> Result<Given<T>, RecordError>,
) -> Result<Given<T>, RecordError> {
    match given {
        Given::Nothing => Ok(Given::Nothing),
        Given::Removed => Ok(Given::Removed),
        Given::Set(text) => read(text),
    }
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
