//! What a field of the settings takes, for serde: a value of the right type, within its limits.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::num::NonZeroU32;
use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::domain::gateway::{
    Condition, Endpoint, Escape, Field, Locator, RuleFault, Template, TemplateFault, content_kind,
    header_name,
};
use crate::domain::mail::{SecretFile, is_host};
use crate::domain::mailbox::{Mailbox, MailboxFault, check_address};
use crate::domain::mobile::Region;
use crate::domain::request::Method;
use crate::domain::span::{self, SpanError};
use crate::domain::store_url::StoreUrl;
use crate::domain::time::span_for_people;

/// Longest line of text. Nothing shown on one screen is longer.
const MAX_TEXT: usize = 1_000;
/// The longest body of a request to a gateway, in characters.
const MAX_BODY: usize = 10_000;
/// The header that says how a body is written.
pub(super) const CONTENT_TYPE: &str = "content-type";

const NOT_ABSOLUTE: &str = "must be an absolute path";

/// A whole number from `MIN` to `MAX`, which fit the field's type.
pub(super) fn whole<'v, D: Deserializer<'v>, T: TryFrom<i64>, const MIN: i64, const MAX: i64>(
    from: D,
) -> Result<T, D::Error> {
    let number = i64::deserialize(from)?;
    let within = T::try_from(number).ok().filter(|_| (MIN..=MAX).contains(&number));
    within.ok_or_else(|| Error::custom(format_args!("must be a whole number from {MIN} to {MAX}")))
}

/// A whole number to `MAX` where 0 means that there is no ceiling.
pub(super) fn ceiling<'v, D: Deserializer<'v>, const MAX: i64>(
    from: D,
) -> Result<Option<NonZeroU32>, D::Error> {
    Ok(NonZeroU32::new(whole::<D, u32, 0, MAX>(from)?))
}

/// A port, or 0 for the usual one.
pub(super) fn port<'v, D: Deserializer<'v>>(from: D) -> Result<Option<u16>, D::Error> {
    Ok(Some(whole::<D, u16, 0, 65_535>(from)?).filter(|port| *port != 0))
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Status(#[serde(deserialize_with = "whole::<_, _, 200, 299>")] u16);

/// Statuses of HTTP that mean success, at least one.
pub(super) fn statuses<'v, D: Deserializer<'v>>(from: D) -> Result<Vec<u16>, D::Error> {
    let list = Vec::<Status>::deserialize(from)?;
    not_empty(list.is_empty())?;
    Ok(list.into_iter().map(|Status(status)| status).collect())
}

/// A length of time of `MIN` to `MAX` seconds.
pub(super) fn length_of_time<'v, D: Deserializer<'v>, const MIN: i64, const MAX: i64>(
    from: D,
) -> Result<SignedDuration, D::Error> {
    let length = from.deserialize_str(Span)?;
    if (MIN..=MAX).contains(&length.as_secs()) {
        return Ok(length);
    }
    let [min, max] = [MIN, MAX]
        .map(SignedDuration::from_secs)
        .map(|limit| format!("\"{}\" ({})", span::to_text(limit), span_for_people(limit)));
    Err(D::Error::custom(format_args!("must be from {min} to {max}")))
}

struct Span;

impl Visitor<'_> for Span {
    type Value = SignedDuration;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a length of time such as \"10m\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SignedDuration, E> {
        span::parse(text)
            .map_err(|_| E::custom(format_args!("must be a length of time: {}", SpanError::FORM)))
    }
}

/// A text without control characters, which may be empty.
pub(super) fn line<'v, D: Deserializer<'v>>(from: D) -> Result<String, D::Error> {
    let given = String::deserialize(from)?;
    if given.chars().any(char::is_control) {
        return Err(D::Error::custom("must not hold control characters"));
    }
    short_enough(given, MAX_TEXT)
}

/// A line that says something.
pub(super) fn text<'v, D: Deserializer<'v>>(from: D) -> Result<String, D::Error> {
    let given = line(from)?;
    not_empty(given.trim().is_empty())?;
    Ok(given)
}

/// The body of a request, of as many lines as it likes.
pub(super) fn body<'v, D: Deserializer<'v>>(from: D) -> Result<String, D::Error> {
    short_enough(String::deserialize(from)?, MAX_BODY)
}

fn short_enough<E: Error>(given: String, max: usize) -> Result<String, E> {
    if given.chars().count() > max {
        return Err(E::custom(format_args!("must have at most {max} characters")));
    }
    Ok(given)
}

fn not_empty<E: Error>(empty: bool) -> Result<(), E> {
    if empty { Err(E::custom("must not be empty")) } else { Ok(()) }
}

/// What `parse` makes of a line, or nothing of an empty one.
fn unless_empty<'v, D: Deserializer<'v>, T, F: Display>(
    from: D,
    parse: impl FnOnce(&str) -> Result<T, F>,
) -> Result<Option<T>, D::Error> {
    let given = line(from)?;
    if given.is_empty() { Ok(None) } else { parse(&given).map(Some).map_err(D::Error::custom) }
}

/// A line as it is, or nothing of an empty one.
pub(super) fn line_if_any<'v, D: Deserializer<'v>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Some(line(from)?).filter(|given| !given.trim().is_empty()))
}

/// A link to the web, or empty for none (security T8: links come from the config only).
pub(super) fn url<'v, D: Deserializer<'v>>(from: D) -> Result<Option<String>, D::Error> {
    unless_empty(from, |given| {
        let rest = given.strip_prefix("https://").or_else(|| given.strip_prefix("http://"));
        if rest.is_none_or(str::is_empty) || given.contains(char::is_whitespace) {
            return Err("must be a URL that begins with https:// or http://");
        }
        Ok(given.to_owned())
    })
}

/// An absolute path, or empty for none. A relative one would mean another file in each folder.
pub(super) fn path<'v, D: Deserializer<'v>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let absolute =
        |given: &str| if given.starts_with('/') { Ok(PathBuf::from(given)) } else { Err(NOT_ABSOLUTE) };
    unless_empty(from, absolute)
}

/// Where the store is, or empty for the usual place.
pub(super) fn store<'v, D: Deserializer<'v>>(from: D) -> Result<Option<StoreUrl>, D::Error> {
    unless_empty(from, |given| {
        let url = StoreUrl::parse(given.as_ref()).map_err(|error| format!("is not a store: {error}"))?;
        if url.file().is_relative() { Err(NOT_ABSOLUTE.to_owned()) } else { Ok(url) }
    })
}

/// A tag of a language, which is the name of a folder, too.
pub(super) fn language<'v, D: Deserializer<'v>>(from: D) -> Result<String, D::Error> {
    let given = line(from)?;
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !given.split('-').all(is_part) {
        return Err(D::Error::custom("must be the tag of a language, such as \"en\" or \"zh-CN\""));
    }
    Ok(given)
}

/// The name of a site in its ASCII form, or empty for none.
pub(super) fn domain<'v, D: Deserializer<'v>>(from: D) -> Result<String, D::Error> {
    let given = line(from)?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let is_domain = given.contains('.') && given.len() <= 253 && given.split('.').all(is_label);
    if !given.is_empty() && !is_domain {
        return Err(D::Error::custom("must be a domain in lower case, such as \"login.example.com\""));
    }
    Ok(given)
}

/// The name of a time zone, or empty for UTC alone. It is the name of a file, and leads to no other folder.
pub(super) fn time_zone<'v, D: Deserializer<'v>>(from: D) -> Result<Option<String>, D::Error> {
    unless_empty(from, |given| {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
        };
        if given.len() <= 64 && given.split('/').all(is_part) {
            Ok(given.to_owned())
        } else {
            Err("must be the name of a time zone, such as \"Europe/Berlin\"")
        }
    })
}

/// A host name or an address, or empty for none.
pub(super) fn host<'v, D: Deserializer<'v>>(from: D) -> Result<Option<String>, D::Error> {
    unless_empty(from, |given| {
        if is_host(given) {
            Ok(given.to_owned())
        } else {
            Err("must be a host name or an address, without a port")
        }
    })
}

/// An email address with or without a name, or empty for none.
pub(super) fn mailbox<'v, D: Deserializer<'v>>(from: D) -> Result<Option<Mailbox>, D::Error> {
    unless_empty(from, Mailbox::parse)
}

/// Where undeliverable messages go: an email address, `<>` for nowhere, or empty.
pub(super) fn bounces<'v, D: Deserializer<'v>>(from: D) -> Result<Option<String>, D::Error> {
    unless_empty(from, |given| {
        if given != "<>" {
            check_address(given)?;
        }
        Ok::<_, MailboxFault>(given.to_owned())
    })
}

/// At least one method, each once, in the order given.
pub(super) fn methods<'v, D: Deserializer<'v>>(from: D) -> Result<Vec<Method>, D::Error> {
    let list = Vec::deserialize(from)?;
    not_empty(list.is_empty())?;
    once_each(list)
}

/// Words of a kind, each once; there may be none.
pub(super) fn words<'v, D: Deserializer<'v>, T: Deserialize<'v> + PartialEq>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    once_each(Vec::deserialize(from)?)
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Text(#[serde(deserialize_with = "text")] String);

/// A list of names, each once; it may be empty.
pub(super) fn names<'v, D: Deserializer<'v>>(from: D) -> Result<Vec<String>, D::Error> {
    once_each(Vec::<Text>::deserialize(from)?.into_iter().map(|Text(name)| name).collect())
}

fn once_each<T: PartialEq, E: Error>(list: Vec<T>) -> Result<Vec<T>, E> {
    let twice = list.iter().enumerate().any(|(at, entry)| list.iter().take(at).any(|before| before == entry));
    if twice { Err(E::custom("must not say the same twice")) } else { Ok(list) }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Line(#[serde(deserialize_with = "line")] String);

/// A list of texts as they are; it may be empty.
pub(super) fn lines<'v, D: Deserializer<'v>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<Line>::deserialize(from)?.into_iter().map(|Line(line)| line).collect())
}

/// A secret by the file it is in: an absolute path, or `credential:NAME`; empty for none.
pub(super) fn secret_file<'v, D: Deserializer<'v>>(from: D) -> Result<Option<SecretFile>, D::Error> {
    // systemd takes any name of a file; nothing that leads to another folder.
    let is_credential = |name: &str| !["", ".", ".."].contains(&name) && !name.contains('/');
    unless_empty(from, |given| match given.strip_prefix("credential:") {
        Some(name) if is_credential(name) => Ok(SecretFile::Credential(name.to_owned())),
        None if given.starts_with('/') => Ok(SecretFile::Path(given.into())),
        _ => {
            Err("must be an absolute path, or credential:NAME; the secret itself never belongs in the config")
        }
    })
}

/// A country by its two letters, or empty for none.
pub(super) fn region<'v, D: Deserializer<'v>>(from: D) -> Result<Option<Region>, D::Error> {
    unless_empty(from, |given| {
        given.parse().map_err(|()| "must be a country by its two letters of ISO 3166-1, such as \"DE\"")
    })
}

/// Where requests to a gateway go, or empty.
pub(super) fn endpoint<'v, D: Deserializer<'v>>(from: D) -> Result<Option<Endpoint>, D::Error> {
    unless_empty(from, Endpoint::parse)
}

/// `{ Name = "template", … }`
pub(super) fn headers<'v, D: Deserializer<'v>>(from: D) -> Result<Vec<(String, Template)>, D::Error> {
    let mut headers: Vec<(String, Template)> = Vec::new();
    for (name, Line(value)) in BTreeMap::<String, Line>::deserialize(from)? {
        if !header_name(&name) || headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name)) {
            return Err(D::Error::custom("must name each header once, and none that frames the request"));
        }
        let template = Template::parse(&value, Escape::Header).map_err(D::Error::custom)?;
        // A message has line breaks, and a header has none.
        if let Some(field) = [Field::Text, Field::Subject].into_iter().find(|field| template.uses(*field)) {
            return Err(D::Error::custom(TemplateFault::Misplaced { field: field.as_str() }));
        }
        if name.eq_ignore_ascii_case(CONTENT_TYPE) && content_kind(template.source()).is_none() {
            return Err(D::Error::custom(
                "must have a Content-Type in which fields can be escaped: application/json, \
                 application/x-www-form-urlencoded, text/xml or text/plain",
            ));
        }
        headers.push((name, template));
    }
    Ok(headers)
}

/// What an answer of a gateway may say, one of these; it may be empty.
pub(super) fn conditions<'v, D: Deserializer<'v>>(from: D) -> Result<Vec<Condition>, D::Error> {
    let parsed: Result<_, RuleFault> = lines(from)?.iter().map(|text| Condition::parse(text)).collect();
    parsed.map_err(D::Error::custom)
}

/// A place in the answer of a gateway, or empty for none.
pub(super) fn spot<'v, D: Deserializer<'v>>(from: D) -> Result<Option<Locator>, D::Error> {
    unless_empty(from, Locator::parse)
}
