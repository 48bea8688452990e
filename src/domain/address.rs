//! Contact addresses: email and mobile. Parsing, the form they are compared by, and masking.

use std::fmt;

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization;

use super::name::skeleton_of;
use super::text::text_enum;

text_enum! {
    /// The two kinds of contact.
    Channel { Email => "email", Mobile => "mobile" }
}

impl Channel {
    /// What stands for one in the usage of a command.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Email => "ADDRESS",
            Self::Mobile => "NUMBER",
        }
    }

    /// As written in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Email => "email address",
            Self::Mobile => "mobile number",
        }
    }
}

/// Why a text cannot be an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("an email address looks like name@example.com, and this does not")]
    Email,
    #[error(
        "mail servers refuse an email address with a dot at the start or end of its name, or two in a row"
    )]
    StrayDots,
    #[error("an email address has at most 254 octets")]
    EmailTooLong,
    #[error("give one email address, not several")]
    Several,
    #[error("a mobile number is written +, country code and number, such as +4915112345678")]
    Mobile,
    #[error("leave out the (0): a number with its country code has none, as in +4915112345678")]
    TrunkZero,
}

/// An email address (RFC 5321, at most 254 octets) or a mobile number (E.164).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    channel: Channel,
    text: String,
    key: String,
}

/// RFC 5321 4.5.3.1.3 allows a path of 256 octets with its angle brackets.
const EMAIL_OCTETS: usize = 254;

impl Address {
    pub fn parse(channel: Channel, text: &str) -> Result<Self, AddressError> {
        match channel {
            Channel::Email => Self::email(text),
            Channel::Mobile => Self::mobile(text),
        }
    }

    /// An email address. Its key is the local part without case and compatibility forms, and the domain in its ASCII form:
    /// mailboxes that differ in case only are one in practice, and treating them as two is how a code
    /// reaches a stranger (security D4).
    pub fn email(text: &str) -> Result<Self, AddressError> {
        let text: &str = &text.trim_matches(' ').nfc().collect::<String>();
        if text.contains([',', ';']) || text.matches('@').count() > 1 {
            return Err(AddressError::Several);
        }
        if text.len() > EMAIL_OCTETS {
            return Err(AddressError::EmailTooLong);
        }
        let plain = Options::default().without_display_text().without_domain_literal();
        let (local, _) = text.split_once('@').ok_or(AddressError::Email)?;
        let parsed = EmailAddress::parse_with_options(&without_stray_dots(text), plain)
            .map_err(|_| AddressError::Email)?;
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>')) {
            return Err(AddressError::Email);
        }
        let domain = idna::domain_to_ascii_cow(parsed.domain().as_bytes(), idna::AsciiDenyList::STD3)
            .map_err(|_| AddressError::Email)?;
        let local = folded(local);
        Ok(Self {
            channel: Channel::Email,
            key: format!("{local}@{}", domain.to_lowercase()),
            text: text.nfc().collect(),
        })
    }

    /// A mobile number: `+` or `00`, then 8 to 15 digits; spaces, hyphens, dots and brackets are dropped.
    ///
    /// `+49 (0)151…` is how the number is printed for callers from here and from abroad; with both it is nobody's.
    pub fn mobile(text: &str) -> Result<Self, AddressError> {
        let mut number: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '\u{a0}')).collect();
        if number.contains("(0)") {
            return Err(AddressError::TrunkZero);
        }
        number.retain(|c| !matches!(c, '(' | ')'));
        if let Some(rest) = number.strip_prefix("00") {
            number = format!("+{rest}");
        }
        let digits = number.strip_prefix('+').ok_or(AddressError::Mobile)?;
        let well_formed = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if !well_formed {
            return Err(AddressError::Mobile);
        }
        Ok(Self { channel: Channel::Mobile, key: number.clone(), text: number })
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// As it is written to.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What addresses are compared and looked up by.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether its dots stand where RFC 5321 has none, although mailboxes are called so: carriers gave them out.
    pub fn has_stray_dots(&self) -> bool {
        self.channel == Channel::Email && without_stray_dots(&self.text) != self.text
    }

    /// Two addresses of which one is not ASCII and both look the same cannot both be bound. Plain ASCII
    /// look-alikes (`al@…`, `a1@…`) are two people's mailboxes every day, so they may.
    pub fn skeleton(&self) -> String {
        skeleton_of(&self.key_for_people())
    }

    fn key_for_people(&self) -> String {
        match self.key.rsplit_once('@') {
            None => self.key.clone(),
            Some((local, domain)) => format!("{local}@{}", idna::domain_to_unicode(domain).0),
        }
    }

    /// Whether the spelling people see is ASCII throughout.
    pub fn is_ascii(&self) -> bool {
        self.key_for_people().is_ascii()
    }
}

/// An email address with dots before the `@` only where RFC 5321 has them, between other characters.
fn without_stray_dots(text: &str) -> String {
    let (local, domain) = text.split_once('@').unwrap_or((text, ""));
    let atoms: Vec<&str> = local.split('.').filter(|atom| !atom.is_empty()).collect();
    format!("{}@{domain}", atoms.join("."))
}

/// One form for everything that is the same but for case or compatibility: full case folding over NFKC, as
/// Unicode's `toNFKC_Casefold` has it for the letters that mailboxes are written with (`ſ`, `ß`, `ς`, `İ`).
fn folded(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let folded = lower.replace('ß', "ss").replace('ς', "σ").replace("i\u{307}", "i");
    folded.nfkc().collect()
}

/// An address with all but its first letters replaced by three stars, however long it is, so that the
/// length tells nothing: `a***@e***.com`, `+49***78`.
pub fn masked(channel: Channel, address: &str) -> String {
    match channel {
        Channel::Email => {
            let (local, domain) = address.split_once('@').unwrap_or((address, ""));
            let (host, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
            let dot = if top.is_empty() { "" } else { "." };
            format!("{}***@{}***{dot}{top}", first(local), first(host))
        }
        Channel::Mobile => {
            let head: String = address.chars().take(3).collect();
            let count = address.chars().count();
            let tail: String = address.chars().skip(count.saturating_sub(2)).collect();
            format!("{head}***{tail}")
        }
    }
}

fn first(text: &str) -> String {
    text.chars().take(1).collect()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_that_cannot_be() {
        for (text, error) in [
            ("", AddressError::Email),
            ("alice", AddressError::Email),
            ("alice@", AddressError::Email),
            ("@example.com", AddressError::Email),
            ("alice@example.com,bob@example.com", AddressError::Several),
            ("alice@example.com bob@example.com", AddressError::Several),
            ("alice@example.com\r\nBcc: x", AddressError::Email),
            ("al\0ice@example.com", AddressError::Email),
            ("Alice <alice@example.com>", AddressError::Email),
            ("alice@exa mple.com", AddressError::Email),
        ] {
            assert_eq!(Address::email(text).err(), Some(error), "{text:?}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(Address::email(&long).err(), Some(AddressError::EmailTooLong));
    }

    #[test]
    fn dots_may_stand_where_mailboxes_have_them() {
        for text in ["bob..x@example.com", "bob.@example.com", ".bob@example.com", "b...b..@example.com"] {
            let address = Address::email(text).unwrap();
            assert_eq!((address.as_str(), address.key(), address.has_stray_dots()), (text, text, true));
        }
        assert!(!Address::email("bob.x@example.com").unwrap().has_stray_dots());
        for text in [".@example.com", "..@example.com", "bob@example..com", "bob@.example.com"] {
            assert_eq!(Address::email(text).err(), Some(AddressError::Email), "{text:?}");
        }
    }

    #[test]
    fn d4_emails_fold_in_case_form_and_domain() {
        let key = |text: &str| Address::email(text).unwrap().key().to_owned();
        assert_eq!(key("Alice@Example.COM"), "alice@example.com");
        assert_eq!(key("jose\u{301}@example.com"), key("JOSÉ@example.com"));
        assert_eq!(key("a@bücher.example"), key("a@xn--bcher-kva.example"));
        for (left, right) in [("\u{17f}am", "sam"), ("stra\u{df}e", "STRASSE"), ("AL\u{130}CE", "alice")] {
            let at = |local| key(&format!("{local}@example.com"));
            assert_eq!(at(left), at(right), "{left}");
        }
        let look = |text| Address::email(text).unwrap().skeleton();
        assert_eq!(look("p\u{430}ypal@example.com"), look("paypal@example.com"));
    }

    #[test]
    fn mobiles_are_e164() {
        for text in ["+4915112345678", "004915112345678", "+49 151 1234-5678", "0049 (151) 1234 5678"] {
            assert_eq!(Address::mobile(text).map(|a| a.key().to_owned()), Ok("+4915112345678".to_owned()));
        }
        for text in ["", "+", "015112345678", "+0123456789", "+49151", "+4915112345678901", "+49151x2345678"]
        {
            assert_eq!(Address::mobile(text), Err(AddressError::Mobile), "{text:?}");
        }
        for text in ["+49(0)15112345678", "+49 (0) 151 12345678"] {
            assert_eq!(Address::mobile(text), Err(AddressError::TrunkZero), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_mask_is_as_long_whatever_it_hides(
            local in "[a-z0-9][a-z0-9._+-]{0,40}",
            host in "[a-z0-9][a-z0-9-]{0,30}(\\.[a-z0-9-]{1,20}){0,3}",
            digits in "[1-9][0-9]{7,14}",
        ) {
            let email = masked(Channel::Email, &format!("{local}@{host}.example"));
            let expected = format!("{}***@{}***.example", &local[..1], &host[..1]);
            proptest::prop_assert_eq!(email, expected);
            let mobile = masked(Channel::Mobile, &format!("+{digits}"));
            proptest::prop_assert_eq!(mobile.len(), "+49***78".len());
            let expected = format!("+{}***{}", &digits[..2], &digits[digits.len() - 2..]);
            proptest::prop_assert_eq!(mobile, expected);
        }
    }

    #[test]
    fn masks_tell_nothing_by_their_length() {
        assert_eq!(masked(Channel::Email, "alice@example.com"), "a***@e***.com");
        assert_eq!(masked(Channel::Email, "alexandra.longname@extremely.long.example.com"), "a***@e***.com");
        assert_eq!(masked(Channel::Mobile, "+4915112345678"), "+49***78");
        assert_eq!(masked(Channel::Mobile, "+8612345678"), "+86***78");
    }
}
