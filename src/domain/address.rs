//! Contact addresses: email and mobile. Parsing, the form they are compared by, and masking.

use std::fmt;

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::mobile::{self, MobileError, Region};
use super::name::skeleton_of;
use super::text::text_enum;
use super::typed::{self, Stray};

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
    #[error("this is not an email address: write one like name@example.com")]
    Email,
    #[error(
        "mail servers refuse an email address with a dot at the start or end of its name, or two in a row"
    )]
    StrayDots,
    #[error("an email address has at most 254 octets")]
    EmailTooLong,
    #[error("give one email address, not several")]
    Several,
    #[error("an email address cannot hold {0}")]
    Stray(Stray),
    #[error(transparent)]
    Mobile(#[from] MobileError),
}

/// An email address (RFC 5321, at most 254 octets) or a mobile number (E.164).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    channel: Channel,
    text: String,
    key: String,
    /// The digits that were written, where a number was read as another: one that was stored so is found by them.
    written: Option<String>,
}

/// RFC 5321 4.5.3.1.3 allows a path of 256 octets with its angle brackets.
const EMAIL_OCTETS: usize = 254;

impl Address {
    /// An address as it was stored.
    pub fn as_stored(channel: Channel, text: &str) -> Option<Self> {
        match channel {
            Channel::Email => Self::email(text).ok(),
            Channel::Mobile => mobile::as_stored(text).map(|e164| Self::of_number(e164, None)),
        }
    }

    /// An email address. Its key is the local part without case and compatibility forms, and the domain in its ASCII form:
    /// mailboxes that differ in case only are one in practice, and treating them as two is how a code
    /// reaches a stranger (security D4).
    pub fn email(text: &str) -> Result<Self, AddressError> {
        let text: &str = &as_typed(text).nfc().collect::<String>();
        if text.contains([',', ';']) || text.matches('@').count() > 1 {
            return Err(AddressError::Several);
        }
        if text.len() > EMAIL_OCTETS {
            return Err(AddressError::EmailTooLong);
        }
        if let Some(stray) = typed::stray(text, char::is_control) {
            return Err(AddressError::Stray(stray));
        }
        let plain = Options::default().without_display_text().without_domain_literal();
        // What is in no address is named, for it may look like what is. The name of somebody before one is seen.
        let malformed = || {
            let foreign = |c: char| !(c.is_ascii_graphic() || c.is_alphanumeric() || is_combining_mark(c));
            let stray = typed::stray(text, foreign).filter(|_| !text.contains('<'));
            stray.map_or(AddressError::Email, AddressError::Stray)
        };
        let (local, _) = text.split_once('@').ok_or_else(malformed)?;
        let parsed =
            EmailAddress::parse_with_options(&without_stray_dots(text), plain).map_err(|_| malformed())?;
        if text.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>')) {
            return Err(malformed());
        }
        let domain = idna::domain_to_ascii_cow(parsed.domain().as_bytes(), idna::AsciiDenyList::STD3)
            .map_err(|_| malformed())?;
        let local = folded(local);
        Ok(Self {
            channel: Channel::Email,
            key: format!("{local}@{}", domain.to_lowercase()),
            text: text.nfc().collect(),
            written: None,
        })
    }

    /// A mobile number with its country code.
    pub fn mobile(text: &str) -> Result<Self, AddressError> {
        Self::mobile_in(None, text)
    }

    /// A mobile number, as [`mobile::read`] reads it.
    pub fn mobile_in(region: Option<Region>, text: &str) -> Result<Self, AddressError> {
        let number = mobile::read(text, region)?;
        Ok(Self::of_number(number.e164, number.written))
    }

    /// A number that cannot exist by today's data, as it was written: one that was bound before can be looked up.
    pub fn as_written(text: &str) -> Option<Self> {
        mobile::as_written(text).map(|e164| Self::of_number(e164, None))
    }

    fn of_number(e164: String, written: Option<String>) -> Self {
        Self { channel: Channel::Mobile, key: e164.clone(), text: e164, written }
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

    /// Every key under which it may have been stored, the right one first.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key()).chain(self.written.as_deref())
    }

    /// Whether a contact with this key is meant.
    pub fn names(&self, key: &str) -> bool {
        self.keys().any(|of| of == key)
    }

    /// Whether it has other digits than were written: it was read by the rules of a country.
    pub fn is_rewritten(&self, written: &str) -> bool {
        let digits = |text: &str| typed::plain(text).chars().filter(char::is_ascii_digit).collect::<String>();
        let written = digits(written);
        let written = written.strip_prefix("00").unwrap_or(&written);
        self.channel == Channel::Mobile && self.text.get(1..) != Some(written)
    }

    /// What there is to check about it, for whoever is about to bind it: it may be new, or mistyped.
    pub fn doubt(&self) -> Option<String> {
        (self.channel == Channel::Mobile && !mobile::is_known(&self.text))
            .then(|| format!("{} is in no known range of numbers: check that no digit is wrong", self.text))
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

/// An address as it was typed. Where a part would be plain ASCII but for dashes and digits, its mailbox or host is; in other
/// scripts these belong to the spelling.
fn as_typed(text: &str) -> String {
    let plain = |part: &str| {
        let plain = typed::plain(part);
        // A blank beside the @ stays, and is refused.
        let whole = !plain.is_empty() && !part.starts_with(' ') && !part.ends_with(' ');
        if whole && plain.is_ascii() { plain.to_string() } else { part.to_owned() }
    };
    typed::tidied(text).split('@').map(plain).collect::<Vec<_>>().join("@")
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
            format!("{}***@{}***{dot}{top}", first(local, 1), first(host, 1))
        }
        Channel::Mobile => {
            let last_two = address.char_indices().nth_back(1).map_or(0, |(at, _)| at);
            format!("{}***{}", first(address, 3), &address[last_two..])
        }
    }
}

fn first(text: &str, count: usize) -> &str {
    &text[..text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)]
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
            ("Alice <alice@example.com>", AddressError::Email),
        ] {
            assert_eq!(Address::email(text).err(), Some(error), "{text:?}");
        }
        for (text, stray) in [
            ("alice@exa mple.com", "a blank as character 10"),
            ("alice @example.com", "a blank as character 6"),
            ("o\u{2019}neil@example.com", "U+2019 as character 2"),
            ("\u{201c}alice\u{201d}@example.com", "U+201C at the start"),
            ("alice@example\u{2024}com", "U+2024 as character 14"),
            ("al\u{2800}ice@example.com", "U+2800 as character 3"),
            ("alice@example.com\u{b4}", "U+00B4 at the end"),
            ("alice\u{2044}example.com", "U+2044 as character 6"),
        ] {
            let told = Address::email(text).err().map(|error| error.to_string());
            assert_eq!(told, Some(format!("an email address cannot hold {stray}")), "{text:?}");
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
    fn emails_are_read_as_they_were_meant() {
        let read = |text| Address::email(text).unwrap().as_str().to_owned();
        for text in [
            "bob@example.com\u{a0}",
            "bob@example.com\u{200b}",
            "bob\u{ff20}example.com",
            "\u{202a}bob@example.com\u{202c}",
            "bob@example\u{3002}com",
            "\u{ff42}ob@example.com\t",
        ] {
            assert_eq!(read(text), "bob@example.com", "{text:?}");
        }
        assert_eq!(read("mary\u{2010}ann@example.com"), "mary-ann@example.com");
        // Another mailbox, which compares as one that looks so, and is never written to in its place.
        let squared = Address::email("m\u{b2}@example.com").unwrap();
        assert_eq!((squared.as_str(), squared.key()), ("m\u{b2}@example.com", "m2@example.com"));
        // Digits and dashes of other scripts are spelling among their letters.
        assert_eq!(read("\u{639}\u{661}@example.com"), "\u{639}\u{661}@example.com");
        assert_eq!(
            Address::email("bob@exam\u{7}ple.com").unwrap_err().to_string(),
            "an email address cannot hold U+0007 as character 9"
        );
    }

    #[test]
    fn a_number_is_named_by_what_it_was_stored_as() {
        let number = Address::mobile("+49 0151 12345678").unwrap();
        assert_eq!(number.as_str(), "+4915112345678");
        assert!(number.is_rewritten("+49 0151 12345678") && !number.is_rewritten("0049 (151) 12345678"));
        assert!(number.names("+4915112345678") && number.names("+49015112345678"));
        assert!(!number.names("+4915112345679"));
        let gone = Address::as_stored(Channel::Mobile, "+999123456789").unwrap();
        assert_eq!(Address::as_written("+999 123 456 789"), Some(gone));
        assert_eq!(Address::as_stored(Channel::Mobile, "0151"), None);
    }

    #[test]
    fn a_range_that_nobody_knows_is_doubted() {
        let doubt = |text| Address::mobile(text).unwrap().doubt();
        assert_eq!(doubt("+4915112345678"), None);
        assert_eq!(
            doubt("+4912345678").as_deref(),
            Some("+4912345678 is in no known range of numbers: check that no digit is wrong")
        );
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
