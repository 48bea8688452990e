//! How a person is named on the command line: one positional, `USER`, everywhere (cli.md, "Naming people").

use super::address::{Address, AddressError};
use super::name::{Name, NameError};
use super::reader::Reader;

/// Whom a `USER` argument means, before anybody has been looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `acme`: the account itself, that is its root user.
    Account(Name),
    /// `acme/alice`: an IAM user by name.
    Member(Name, Name),
    /// `acme/alice@example.com`: the IAM user of that account with that verified email.
    MemberByEmail(Name, Address),
    /// `alice@example.com` or `+4915112345678`: whoever has that verified contact.
    Holder(Address),
    /// `usr_…`: the user with that id, for operators. An account that was called so before is found by it, too.
    Id(Name),
}

/// Why a text names nobody that could exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl Principal {
    /// The account of an IAM user, as far as the words tell.
    pub fn account_of_member(&self) -> Option<&Name> {
        match self {
            Self::Member(account, _) | Self::MemberByEmail(account, _) => Some(account),
            Self::Account(_) | Self::Holder(_) | Self::Id(_) => None,
        }
    }

    /// Whom somebody means who is no operator, where no region is set.
    pub fn parse(text: &str) -> Result<Self, PrincipalError> {
        Reader::default().who(text)
    }

    /// One text for every spelling that means the same: what budgets and records of unknown names
    /// are keyed by.
    pub fn key(&self) -> String {
        match self {
            Self::Account(account) | Self::Id(account) => account.key(),
            Self::Member(account, user) => format!("{}/{}", account.key(), user.key()),
            Self::MemberByEmail(account, email) => format!("{}/{}", account.key(), email.key()),
            Self::Holder(address) => address.key().to_owned(),
        }
    }
}

impl std::fmt::Display for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(account) | Self::Id(account) => write!(f, "{account}"),
            Self::Member(account, user) => write!(f, "{account}/{user}"),
            Self::MemberByEmail(account, email) => write!(f, "{account}/{email}"),
            Self::Holder(address) => write!(f, "{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_of_the_contract() {
        let read = |text| Principal::parse(text).unwrap();
        assert!(matches!(read("acme/alice"), Principal::Member(..)));
        assert!(matches!(read("acme/alice@example.com"), Principal::MemberByEmail(..)));
        assert!(matches!(read("acme"), Principal::Account(_)));
        assert_eq!(read("acme/"), read("acme"));
        assert!(matches!(read("alice@example.com"), Principal::Holder(_)));
        assert_eq!(read("0049 151 12345678"), read("+4915112345678"));
        assert_eq!(read("ACME/Alice").key(), read("acme/alice").key());
    }

    #[test]
    fn impossible_spellings_are_refused() {
        for text in ["", "/", "acme//x", "9acme", "acme/9x", "acme/a@", "a@b@c.de", "+49"] {
            assert!(Principal::parse(text).is_err(), "{text:?}");
        }
    }
}
