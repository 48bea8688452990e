//! What a gateway repeats of the request must not come back by its answer (security T9).

use data_encoding::BASE64;
use zeroize::Zeroizing;

use crate::delivery::encoded::{Needles, without_encoded};
use crate::delivery::redact::hide;
use crate::domain::gateway::{Escape, Fields, Template};
use crate::domain::message::Message;
use crate::domain::secret::Secret;

/// The words without the secret and the address, in each form in which a request may hold them. What belongs to
/// the message itself is hidden where the words are told.
pub(super) fn redact(
    words: &str,
    secret: Option<&Secret>,
    username: Option<&str>,
    message: &Message,
) -> String {
    let mut text = words.to_owned();
    for form in forms(&message.to) {
        text = hide(&text, &form);
    }
    let Some(secret) = secret else { return text };
    if let Some(username) = username {
        text = hide(&text, &basic(username, secret));
    }
    for form in forms(secret.expose()) {
        text = hide(&text, &form);
    }
    without_encoded(&text, &Needles { texts: vec![secret.expose()], numbers: Vec::new() })
}

/// What stands behind `Basic` (RFC 7617).
pub(super) fn basic(username: &str, secret: &Secret) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{username}:{}", secret.expose()));
    Zeroizing::new(BASE64.encode(pair.as_bytes()))
}

/// As it is, and as each kind of template writes it.
fn forms(value: &str) -> Vec<Zeroizing<String>> {
    let fields = Fields { to: value, text: "", subject: "", id: "", from: "", token: None };
    let written = |escape| Template::parse("{{to}}", escape).ok()?.fill(&fields).ok();
    // A form's space may come back as a plus.
    let plus = written(Escape::Percent).map(|text| Zeroizing::new(text.replace("%20", "+")));
    let kinds = [written(Escape::Percent), plus, written(Escape::Xml), quoted(value)];
    std::iter::once(Zeroizing::new(value.to_owned())).chain(kinds.into_iter().flatten()).collect()
}

fn quoted(value: &str) -> Option<Zeroizing<String>> {
    let text = Zeroizing::new(serde_json::to_string(value).ok()?);
    Some(Zeroizing::new(text.get(1..text.len().checked_sub(1)?)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t9_the_secret_is_taken_out_in_every_form() {
        let secret = Secret::from("p&s \"w0rd");
        let message =
            Message { to: "zoë@b.example".to_owned(), subject: String::new(), body: String::new() };
        let clean = |words: &str| redact(words, Some(&secret), Some("me"), &message);
        for words in [
            "p&s \"w0rd",
            "p%26s%20%22w0rd",
            "p%26s+%22w0rd",
            "p&amp;s &quot;w0rd",
            "p&s \\\"w0rd",
            BASE64.encode(b"p&s \"w0rd").as_str(),
            BASE64.encode(b"token=p&s \"w0rd;").as_str(),
            "702673202277307264",
            BASE64.encode(b"me:p&s \"w0rd").as_str(),
            "zoë@b.example",
            "zo%C3%AB%40b.example",
        ] {
            assert_eq!(clean(&format!("no: {words}.")), "no: [...].", "{words}");
        }
    }
}
