//! An email address with the name that mail programs show before it: `Acme Accounts <accounts@acme.example>`.

/// By whom a letter is, or where answers go (RFC 5322, 3.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: String,
}

/// Why a text is none. It reads after the name of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailboxFault {
    #[error("must be an email address")]
    Address,
    #[error("must have its name in one pair of quotation marks, or in none")]
    Quotes,
    #[error("must have a name without < and >")]
    Angle,
    #[error("must have a name without control characters")]
    Control,
    #[error("must have a name without six digits in a row: they could be taken for the code")]
    Digits,
}

/// Runs of digits that may be a code (`codes.length`).
const CODE: usize = 6;

impl Mailbox {
    /// Without a name.
    pub fn bare(address: &str) -> Self {
        Self { name: None, address: address.to_owned() }
    }

    /// Reads `address`, `Name <address>` or `"Name" <address>`.
    pub fn parse(text: &str) -> Result<Self, MailboxFault> {
        let text = text.trim();
        let parts = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
        let (name, address) = match parts {
            Some((name, address)) => (name_in(name.trim())?, address.trim()),
            None => (None, text),
        };
        check_address(address)?;
        Ok(Self { name, address: address.to_owned() })
    }
}

/// Judges an email address without a name.
pub fn check_address(address: &str) -> Result<(), MailboxFault> {
    let options = email_address::Options::default().without_display_text();
    let parsed = email_address::EmailAddress::parse_with_options(address, options);
    parsed.map(drop).map_err(|_| MailboxFault::Address)
}

fn name_in(written: &str) -> Result<Option<String>, MailboxFault> {
    let name = match written.strip_prefix('"') {
        Some(rest) => unquoted(rest)?,
        None if written.contains('"') => return Err(MailboxFault::Quotes),
        None => written.to_owned(),
    };
    if name.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(MailboxFault::Control);
    }
    if name.contains(['<', '>']) {
        return Err(MailboxFault::Angle);
    }
    if name.split(|c: char| !c.is_numeric()).any(|run| run.chars().count() >= CODE) {
        return Err(MailboxFault::Digits);
    }
    Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty()))
}

/// What stands between quotation marks; a backslash takes the next character as it is.
fn unquoted(rest: &str) -> Result<String, MailboxFault> {
    let (mut name, mut chars) = (String::new(), rest.chars());
    loop {
        match chars.next().ok_or(MailboxFault::Quotes)? {
            '"' => break,
            '\\' => name.push(chars.next().ok_or(MailboxFault::Quotes)?),
            other => name.push(other),
        }
    }
    if chars.as_str().trim().is_empty() { Ok(name) } else { Err(MailboxFault::Quotes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_before_its_address() {
        for (text, name) in [
            ("a@b.example", None),
            (" <a@b.example> ", None),
            ("\"\" <a@b.example>", None),
            ("Acme Accounts <a@b.example>", Some("Acme Accounts")),
            ("Acme, Inc. (accounts)<a@b.example>", Some("Acme, Inc. (accounts)")),
            ("\"Acme, Inc.\" <a@b.example>", Some("Acme, Inc.")),
            (r#""The \"best\" \\ Acme" <a@b.example>"#, Some(r#"The "best" \ Acme"#)),
            ("Müller & Söhne 爱 <a@b.example>", Some("Müller & Söhne 爱")),
            ("Route 12345 <a@b.example>", Some("Route 12345")),
        ] {
            let found = Mailbox::parse(text);
            let expected = Mailbox { name: name.map(str::to_owned), address: "a@b.example".to_owned() };
            assert_eq!(found, Ok(expected), "{text}");
        }
    }

    #[test]
    fn t8_what_could_be_something_else_is_refused() {
        use MailboxFault::{Address, Angle, Control, Digits, Quotes};
        for (text, fault) in [
            ("", Address),
            ("Acme", Address),
            ("Acme a@b.example", Address),
            ("Acme <a@b.example", Address),
            ("Acme <>", Address),
            ("Acme <a@b.example>, <c@d.example>", Angle),
            ("Acme <x> <a@b.example>", Angle),
            ("\"Acme <a@b.example>", Quotes),
            ("\"Acme\" Inc <a@b.example>", Quotes),
            ("Ac\"me <a@b.example>", Quotes),
            ("\"Acme\\\" <a@b.example>", Quotes),
            ("Acme\r\nBcc: x@y.example <a@b.example>", Control),
            ("Ac\u{2028}me <a@b.example>", Control),
            ("Acme 123456 <a@b.example>", Digits),
            ("Acme \u{661}\u{662}\u{663}\u{664}\u{665}\u{666} <a@b.example>", Digits),
        ] {
            assert_eq!(Mailbox::parse(text), Err(fault), "{text}");
        }
    }
}
