//! A message as a letter of RFC 5322, for email and, in a Maildir, for SMS too.

use std::time::SystemTime;

use lettre::message::Body;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Date, HeaderName, HeaderValue, Headers, MimeVersion,
};
use zeroize::Zeroizing;

use super::error::{DeliveryError, Fault};
use super::stage::Stage;
use super::transport::Parcel;

/// The letter, its lines ended by CR LF.
///
/// The code must be the only run of as many digits (cli.md), so nothing here may bring another: the date has
/// runs of four at most, and the Message-ID none.
pub(super) fn letter(parcel: &Parcel<'_>, from: &str) -> Result<Zeroizing<Vec<u8>>, DeliveryError> {
    let message = parcel.message;
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let mut headers = Headers::new();
    headers.set(Date::new(SystemTime::from(parcel.at)));
    headers.insert_raw(address(HeaderName::new_from_ascii_str("From"), "sender", from)?);
    headers.insert_raw(address(HeaderName::new_from_ascii_str("To"), "address", &message.to)?);
    let subject = one_line("subject", &message.subject)?.to_owned();
    headers.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Subject"), subject));
    let id = format!("<{}@{domain}>", without_digits(parcel.id));
    headers.insert_raw(address(HeaderName::new_from_ascii_str("Message-ID"), "id", &id)?);
    // RFC 3834: no holiday notice comes back.
    let automatic = "auto-generated".to_owned();
    headers.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), automatic));
    headers.set(MimeVersion::new(1, 0));
    headers.set(ContentType::TEXT_PLAIN);
    let body = body(&message.body);
    headers.set(body.encoding());

    let head = headers.to_string();
    let text = Zeroizing::new(body.into_vec());
    let mut bytes = Zeroizing::new(Vec::with_capacity(head.len() + 2 + text.len()));
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&text);
    Ok(bytes)
}

/// The longest line of a letter without its end, in octets (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

/// As it is where it is ASCII; else quoted-printable, which can still be read by eye. Base64 could, by chance,
/// hold a second run of digits as long as the code.
fn body(text: &str) -> Body {
    if text.is_ascii() && text.lines().all(|line| line.len() <= LONGEST_LINE) {
        let bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        return Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit);
    }
    Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable)
        .unwrap_or_else(|bytes| Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::Binary))
}

/// A field that is one address or id, unfolded and not encoded: a number of E.164 is none of RFC 5322, and an
/// international address stands there as it is (RFC 6532).
fn address(name: HeaderName, field: &'static str, value: &str) -> Result<HeaderValue, DeliveryError> {
    let value = one_line(field, value)?;
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned()))
}

/// Refuses what could begin another header (security T8).
fn one_line<'v>(field: &'static str, value: &'v str) -> Result<&'v str, DeliveryError> {
    if value.chars().any(char::is_control) {
        let fault = Fault::Control { field };
        Err(DeliveryError::permanent(Stage::Prepare, fault))
    } else {
        Ok(value)
    }
}

/// Each digit as a capital of its own. Ids are in lower case, so no two become the same.
fn without_digits(id: &str) -> String {
    id.chars()
        .map(|c| match c {
            '0'..='9' => char::from(b'A' + (c as u8 - b'0')),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Message;

    fn written(to: &str, subject: &str, body: &str) -> Result<String, DeliveryError> {
        let message = Message { to: to.to_owned(), subject: subject.to_owned(), body: body.to_owned() };
        let parcel =
            Parcel { id: "msg_0a12b9", at: "2026-11-21T18:12:03Z".parse().unwrap(), message: &message };
        let bytes = letter(&parcel, "regain@example.org")?;
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn ascii_stays_readable() {
        assert_eq!(
            written("alice@example.com", "Your code", &format!("It is 012345\n\n{}\n", "Bye. ".repeat(40)))
                .unwrap(),
            "Date: Sat, 21 Nov 2026 18:12:03 +0000\r\n\
             From: regain@example.org\r\n\
             To: alice@example.com\r\n\
             Subject: Your code\r\n\
             Message-ID: <msg_AaBCbJ@example.org>\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\
             \r\n\
             It is 012345\r\n\r\n"
                .to_owned()
                + &"Bye. ".repeat(40)
                + "\r\n"
        );
    }

    #[test]
    fn an_sms_is_to_the_bare_number() {
        let text = written("+4915112345678", "Your code", "012345\n").unwrap();
        assert!(text.contains("\r\nTo: +4915112345678\r\n"), "{text}");
    }

    #[test]
    fn other_scripts_are_quoted_and_the_code_stays_whole() {
        let text = written("爱@例子.cn", "你的验证码", "验证码：012345\n").unwrap();
        assert!(text.contains("\r\nContent-Transfer-Encoding: quoted-printable\r\n"), "{text}");
        assert!(text.contains("\r\nTo: 爱@例子.cn\r\n"), "{text}");
        assert!(text.contains("\r\nSubject: =?utf-8?b?"), "{text}");
        assert!(text.ends_with("=E9=AA=8C=E8=AF=81=E7=A0=81=EF=BC=9A012345\r\n"), "{text}");
    }

    #[test]
    fn t8_no_field_can_begin_another_header() {
        let refused = |to, subject| written(to, subject, "x").unwrap_err().fault.to_string();
        let to = "the address holds a control character";
        assert_eq!(refused("a@b.example\r\nBcc: c@d.example", "s"), to);
        assert_eq!(refused("a@b.example\nBcc: c@d.example", "s"), to);
        assert_eq!(refused("a@b.example", "s\rBcc: c@d.example"), "the subject holds a control character");
    }
}
