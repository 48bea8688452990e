//! How a person is named on the command line: one positional, `USER`, everywhere (cli.md, "Naming people").

use super::address::{Address, AddressError, Channel};
use super::cells::undefused;
use super::id;
use super::mobile::{self, Region};
use super::name::{Name, NameError};
use super::text::text_enum;
use super::typed;

text_enum! {
    /// How somebody named themself. It decides where they are pointed to, and tells nothing of who they are.
    NamedAs {
        /// An IAM user, by account and name or email.
        Member => "member",
        /// An account or a unified ID.
        LoginId => "login_id",
        /// An address may be anybody's.
        Address => "address",
    }
}

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
    pub fn named_as(&self) -> NamedAs {
        match self {
            Self::Member(..) | Self::MemberByEmail(..) => NamedAs::Member,
            Self::Account(_) => NamedAs::LoginId,
            Self::Holder(_) | Self::Id(_) => NamedAs::Address,
        }
    }

    /// The account of an IAM user, as far as the words tell.
    pub fn account_of_member(&self) -> Option<&Name> {
        match self {
            Self::Member(account, _) | Self::MemberByEmail(account, _) => Some(account),
            Self::Account(_) | Self::Holder(_) | Self::Id(_) => None,
        }
    }

    /// Whether an address names them, so that looking them up is a search by it (security O4).
    pub fn is_by_address(&self) -> bool {
        matches!(self, Self::MemberByEmail(..) | Self::Holder(_))
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

/// Reads what somebody typed. The default reads for strangers, and knows no region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reader {
    /// By whose rules a number without a country code is read.
    pub region: Option<Region>,
    /// Whether people are named by ids, too, as operators do.
    pub ids: bool,
    /// Whether a number that cannot exist is read as it was written: somebody may have bound it before the data changed.
    pub former_numbers: bool,
}

impl Reader {
    /// Whom a USER means.
    pub fn who(self, text: &str) -> Result<Principal, PrincipalError> {
        let text = typed::tidied(text);
        let text = undefused(&text);
        if let Some((account, member)) = text.split_once('/') {
            // A slash can stand between the digits of a number.
            if !mobile::is_meant(text) {
                return Self::member(account, member);
            }
        }
        if text.contains('@') {
            return Ok(Principal::Holder(Address::email(text)?));
        }
        if mobile::is_meant(text) {
            return Ok(Principal::Holder(self.bound(Channel::Mobile, text)?));
        }
        let name = Name::parse(text)?;
        Ok(if self.ids && id::is_of(&name.key(), "usr") {
            Principal::Id(name)
        } else {
            Principal::Account(name)
        })
    }

    fn member(account: &str, member: &str) -> Result<Principal, PrincipalError> {
        let account = Name::parse(account)?;
        Ok(match member.trim() {
            "" => Principal::Account(account),
            email if email.contains('@') => Principal::MemberByEmail(account, Address::email(email)?),
            name => Principal::Member(account, Name::parse(name)?),
        })
    }

    /// An address of a channel.
    pub fn address(self, channel: Channel, text: &str) -> Result<Address, AddressError> {
        match channel {
            Channel::Email => Address::email(text),
            Channel::Mobile => self.mobile(text),
        }
    }

    /// A mobile number.
    pub fn mobile(self, text: &str) -> Result<Address, AddressError> {
        Address::mobile_in(self.region, undefused(&typed::tidied(text)))
    }

    /// An address that somebody may have bound, some time.
    pub fn bound(self, channel: Channel, text: &str) -> Result<Address, AddressError> {
        self.address(channel, text).or_else(|error| match error {
            AddressError::Mobile(reason) if self.former_numbers && reason.is_impossible_number() => {
                Address::as_written(undefused(&typed::tidied(text))).ok_or(error)
            }
            other => Err(other),
        })
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

    fn operator() -> Reader {
        Reader { region: "DE".parse().ok(), ids: true, former_numbers: true }
    }

    fn read(reader: Reader, text: &str) -> String {
        match reader.who(text) {
            Ok(Principal::Account(name)) => format!("account {name}"),
            Ok(Principal::Member(account, name)) => format!("user {account}/{name}"),
            Ok(Principal::MemberByEmail(account, email)) => format!("user {account}/{email}"),
            Ok(Principal::Holder(address)) => format!("holder {address}"),
            Ok(Principal::Id(id)) => format!("id {id}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_form_is_read_as_it_was_meant() {
        for (text, who) in [
            ("\u{200b}acme\u{ff0f}alice\u{a0}", "user acme/alice"),
            ("acme / alice", "user acme/alice"),
            ("acme/", "account acme"),
            ("acme/alice\u{ff20}example.com\u{200b}", "user acme/alice@example.com"),
            ("'+4915112345678", "holder +4915112345678"),
            ("0151 12345678", "holder +4915112345678"),
            ("0151/12345678", "holder +4915112345678"),
            ("(0151) 12345678", "holder +4915112345678"),
            ("usr_0123456789abcdefghjkmnpq", "id usr_0123456789abcdefghjkmnpq"),
            ("usr_000", "account usr_000"),
            ("+999123456789", "holder +999123456789"),
            ("9acme", "a name begins with a letter, '-', '_' or '.', not with a digit"),
            ("4.9E+12", "a number in scientific notation has lost digits in a spreadsheet: write it whole"),
        ] {
            assert_eq!(read(operator(), text), who, "{text:?}");
        }
    }

    #[test]
    fn e1_for_strangers_an_id_is_a_name_and_what_cannot_exist_is_nobody() {
        let stranger = Reader { region: operator().region, ..Reader::default() };
        for (text, who) in [
            ("usr_0123456789abcdefghjkmnpq", "account usr_0123456789abcdefghjkmnpq"),
            ("+999123456789", "no country has this code: check the digits after the +"),
        ] {
            assert_eq!(read(stranger, text), who, "{text:?}");
        }
        assert_eq!(
            read(Reader::default(), "0151 12345678"),
            "write a mobile number as +, country code and number, such as +4915112345678"
        );
    }
}
