//! A message as a letter of RFC 5322, for email and, in a Maildir, for SMS too.

use std::time::SystemTime;

use lettre::message::Body;
use lettre::message::header::{ContentTransferEncoding, Date, HeaderName, HeaderValue, Headers, MimeVersion};
use zeroize::Zeroizing;

use super::display_name::mailbox;
use super::error::DeliveryError;
use super::html;
use super::transport::OutboundMessage;
use super::wire::{on_the_wire, one_line};
use crate::domain::id::without_digits;
use crate::domain::mailbox::Mailbox;

/// What is the same in every letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    pub from: Mailbox,
    /// Where answers go, if not there.
    pub reply_to: Option<Mailbox>,
    /// Whether the text stands there a second time for those who read HTML.
    pub html: bool,
}

/// The letter, its lines ended by CR LF.
///
/// The code must be the only run of as many digits (cli.md), so nothing here may bring another: the date has
/// runs of four at most, and the Message-ID and the boundary none.
pub(super) fn letter(
    outbound: &OutboundMessage<'_>,
    head: &Letterhead,
) -> Result<Zeroizing<Vec<u8>>, DeliveryError> {
    let message = outbound.message;
    let (sender, from) = mailbox("sender", &head.from)?;
    let id = without_digits(outbound.id);
    let mut headers = Headers::new();
    headers.set(Date::new(SystemTime::from(outbound.at)));
    headers.insert_raw(encoded(HeaderName::new_from_ascii_str("From"), &sender));
    if let Some(reply_to) = &head.reply_to {
        let (reply_to, _) = mailbox("reply address", reply_to)?;
        headers.insert_raw(encoded(HeaderName::new_from_ascii_str("Reply-To"), &reply_to));
    }
    // An SMS goes to a bare number.
    let to = if message.to.contains('@') {
        on_the_wire("address", &message.to)?.to_string()
    } else {
        message.to.clone()
    };
    headers.insert_raw(plain(HeaderName::new_from_ascii_str("To"), "address", &to)?);
    let subject = one_line("subject", &message.subject)?.to_owned();
    headers.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Subject"), subject));
    let message_id = format!("<{id}@{}>", from.domain());
    headers.insert_raw(plain(HeaderName::new_from_ascii_str("Message-ID"), "id", &message_id)?);
    // RFC 3834: no holiday notice comes back.
    let automatic = "auto-generated".to_owned();
    headers.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), automatic));
    headers.set(MimeVersion::new(1, 0));

    let mut bytes = Zeroizing::new(headers.to_string().into_bytes());
    let mut add = |text: &[u8]| bytes.extend_from_slice(text);
    let text = text_part(&message.body);
    if head.html {
        // `=_` stands in no quoted-printable text (RFC 2045, 6.7), and nobody can guess the id.
        let boundary = format!("=_{id}");
        add(format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n").as_bytes());
        add(format!("--{boundary}\r\n").as_bytes());
        add(&text);
        add(format!("\r\n--{boundary}\r\n").as_bytes());
        add(b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        add(&html::quoted(&html::page(&message.subject, &message.body)));
        add(format!("\r\n--{boundary}--\r\n").as_bytes());
    } else {
        add(&text);
    }
    Ok(bytes)
}

/// The longest line of a letter without its end, in octets (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

/// The text with the headers that tell how it is written.
fn text_part(text: &str) -> Zeroizing<Vec<u8>> {
    let body = body(text);
    let encoding = body.encoding();
    let text = Zeroizing::new(body.into_vec());
    let head =
        format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
    let mut part = Zeroizing::new(Vec::with_capacity(head.len() + text.len()));
    part.extend_from_slice(head.as_bytes());
    part.extend_from_slice(&text);
    part
}

/// As it is where it is ASCII; else quoted-printable, which can still be read by eye. Base64 could, by chance,
/// hold a second run of digits as long as the code.
fn body(text: &str) -> Body {
    if text.is_ascii() && text.lines().all(|line| line.len() <= LONGEST_LINE) {
        let lines = Zeroizing::new(text.replace("\r\n", "\n"));
        let bytes = lines.replace('\n', "\r\n").into_bytes();
        return Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit);
    }
    Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable)
        .unwrap_or_else(|bytes| Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::Binary))
}

/// A field that is one address or id, unfolded and not encoded: a number of E.164 is none of RFC 5322, and an
/// international address stands there as it is (RFC 6532).
fn plain(name: HeaderName, field: &'static str, value: &str) -> Result<HeaderValue, DeliveryError> {
    Ok(encoded(name, one_line(field, value)?))
}

/// A field that was judged and is written as it travels.
fn encoded(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
