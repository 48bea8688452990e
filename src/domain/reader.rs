//! How a USER and an address are read: by whom, and in which country.

use super::address::{Address, AddressError, Channel};
use super::id;
use super::mobile::{self, Region};
use super::name::Name;
use super::principal::{Principal, PrincipalError};
use super::typed;

/// Reads what somebody typed. The default reads for strangers, and knows no region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reader {
    /// By whose rules a number without a country code is read.
    pub region: Option<Region>,
    /// Operators name people by ids, too, and by numbers that cannot exist any more.
    pub operator: bool,
}

impl Reader {
    /// Whom a USER means.
    pub fn who(&self, text: &str) -> Result<Principal, PrincipalError> {
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
        Ok(if self.operator && id::is_of_user(&name.key()) {
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
    pub fn address(&self, channel: Channel, text: &str) -> Result<Address, AddressError> {
        match channel {
            Channel::Email => Address::email(text),
            Channel::Mobile => self.mobile(text),
        }
    }

    /// A mobile number.
    pub fn mobile(&self, text: &str) -> Result<Address, AddressError> {
        Address::mobile_in(self.region, undefused(&typed::tidied(text)))
    }

    /// An address that somebody may have bound, some time: for operators also a number that cannot exist today.
    pub fn bound(&self, channel: Channel, text: &str) -> Result<Address, AddressError> {
        self.address(channel, text).or_else(|error| match error {
            AddressError::Mobile(reason) if self.operator && reason.is_impossible_number() => {
                Address::as_written(undefused(&typed::tidied(text))).ok_or(error)
            }
            other => Err(other),
        })
    }
}

/// A cell of a table that a spreadsheet would have run, without the quote that this program put in front of it.
fn undefused(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(cell) if cell.starts_with(['=', '+', '-', '@', '\'']) => cell,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator() -> Reader {
        Reader { region: "DE".parse().ok(), operator: true }
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
        let stranger = Reader { operator: false, ..operator() };
        for (text, who) in [
            ("usr_0123456789abcdefghjkmnpq", "account usr_0123456789abcdefghjkmnpq"),
            ("+999123456789", "no country has this code: check the digits after the +"),
        ] {
            assert_eq!(read(stranger, text), who, "{text:?}");
        }
        assert_eq!(
            read(Reader::default(), "0151 12345678"),
            "a mobile number is written +, country code and number, such as +4915112345678"
        );
    }
}
