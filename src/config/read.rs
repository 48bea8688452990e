//! Readers of one value: each checks the type and the limits, and fills one field.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use jiff::SignedDuration;
use toml::de::DeValue;

use super::Fault;
use super::settings::Phone;
use crate::domain::span;
use crate::domain::store_url::StoreUrl;

pub(super) type Reading = Result<(), Fault>;

/// Longest line of text. Nothing shown on one screen is longer.
const MAX_TEXT: usize = 1_000;

/// A whole number within limits. The limits fit the field's type.
pub(super) fn whole<T: TryFrom<i64>>(
    value: &DeValue<'_>,
    limits: RangeInclusive<i64>,
    field: &mut T,
) -> Reading {
    let DeValue::Integer(number) = value else { return Err(not("a whole number", value)) };
    let out_of_range = || Fault::Range { min: *limits.start(), max: *limits.end() };
    let number = i64::from_str_radix(number.as_str(), number.radix()).map_err(|_| out_of_range())?;
    if !limits.contains(&number) {
        return Err(out_of_range());
    }
    *field = T::try_from(number).map_err(|_| out_of_range())?;
    Ok(())
}

/// A whole number where 0 means that there is no ceiling.
pub(super) fn ceiling(value: &DeValue<'_>, max: i64, field: &mut Option<NonZeroU32>) -> Reading {
    let mut number = 0_u32;
    whole(value, 0..=max, &mut number)?;
    *field = NonZeroU32::new(number);
    Ok(())
}

/// A length of time, its limits in seconds.
pub(super) fn length_of_time(
    value: &DeValue<'_>,
    limits: RangeInclusive<i64>,
    field: &mut SignedDuration,
) -> Reading {
    let DeValue::String(text) = value else { return Err(not("a length of time such as \"10m\"", value)) };
    let length = span::parse(text)?;
    if !limits.contains(&length.as_secs()) {
        let [min, max] = [*limits.start(), *limits.end()].map(SignedDuration::from_secs);
        return Err(Fault::SpanRange { min, max });
    }
    *field = length;
    Ok(())
}

pub(super) fn flag(value: &DeValue<'_>, field: &mut bool) -> Reading {
    let DeValue::Boolean(given) = value else { return Err(not("true or false", value)) };
    *field = *given;
    Ok(())
}

/// A line of text that is not empty.
pub(super) fn text(value: &DeValue<'_>, field: &mut String) -> Reading {
    let given = line(value)?;
    if given.trim().is_empty() {
        return Err(Fault::Empty);
    }
    given.clone_into(field);
    Ok(())
}

/// A link to the web, or empty for none (security T8: links come from the config only).
pub(super) fn url(value: &DeValue<'_>, field: &mut Option<String>) -> Reading {
    let given = line(value)?;
    *field = None;
    if given.is_empty() {
        return Ok(());
    }
    let rest = given.strip_prefix("https://").or_else(|| given.strip_prefix("http://"));
    if rest.is_none_or(str::is_empty) || given.contains(char::is_whitespace) {
        return Err(Fault::NotAUrl);
    }
    *field = Some(given.to_owned());
    Ok(())
}

/// An absolute path, or empty for none. A relative one would mean another file in each folder.
pub(super) fn path(value: &DeValue<'_>, field: &mut Option<PathBuf>) -> Reading {
    let given = line(value)?;
    if !given.is_empty() && !given.starts_with('/') {
        return Err(Fault::NotAbsolute);
    }
    *field = Some(given).filter(|given| !given.is_empty()).map(PathBuf::from);
    Ok(())
}

/// Where the store is, or empty for the usual place.
pub(super) fn store(value: &DeValue<'_>, field: &mut Option<StoreUrl>) -> Reading {
    let given = line(value)?;
    *field = None;
    if given.is_empty() {
        return Ok(());
    }
    let url = StoreUrl::parse(given.as_ref())?;
    if url.file().is_relative() {
        return Err(Fault::NotAbsolute);
    }
    *field = Some(url);
    Ok(())
}

/// A tag of a language, which is the name of a folder, too.
pub(super) fn language(value: &DeValue<'_>, field: &mut String) -> Reading {
    let given = line(value)?;
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !given.split('-').all(is_part) {
        return Err(Fault::NotALanguage);
    }
    given.clone_into(field);
    Ok(())
}

/// The name of a site in its ASCII form, or empty for none.
pub(super) fn domain(value: &DeValue<'_>, field: &mut String) -> Reading {
    let given = line(value)?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let is_domain = given.contains('.') && given.len() <= 253 && given.split('.').all(is_label);
    if !given.is_empty() && !is_domain {
        return Err(Fault::NotADomain);
    }
    given.clone_into(field);
    Ok(())
}

/// The address that messages come from.
pub(super) fn address(value: &DeValue<'_>, field: &mut String) -> Reading {
    let given = line(value)?;
    let options = email_address::Options::default().without_display_text();
    email_address::EmailAddress::parse_with_options(given, options).map_err(|_| Fault::NotAnAddress)?;
    given.clone_into(field);
    Ok(())
}

/// One of a few names.
pub(super) fn choice<T: Clone>(value: &DeValue<'_>, names: &[(&'static str, T)], field: &mut T) -> Reading {
    *field = chosen(value, names)?;
    Ok(())
}

/// At least one of a few names, each once, in the order given.
pub(super) fn choices<T: Clone + PartialEq>(
    value: &DeValue<'_>,
    names: &[(&'static str, T)],
    field: &mut Vec<T>,
) -> Reading {
    let mut list = Vec::new();
    for entry in entries(value)? {
        list.push(chosen(entry, names)?);
    }
    if list.is_empty() {
        return Err(Fault::Empty);
    }
    once_each(&list)?;
    *field = list;
    Ok(())
}

/// A list of names, each once; it may be empty.
pub(super) fn names(value: &DeValue<'_>, field: &mut Vec<String>) -> Reading {
    let mut list = Vec::new();
    for entry in entries(value)? {
        let mut name = String::new();
        text(entry, &mut name)?;
        list.push(name);
    }
    once_each(&list)?;
    *field = list;
    Ok(())
}

/// A list of texts as they are; it may be empty.
pub(super) fn list_of_lines(value: &DeValue<'_>) -> Result<Vec<String>, Fault> {
    entries(value)?.map(|entry| line(entry).map(str::to_owned)).collect()
}

/// A list of `{ region = "…", phone = "…" }`.
pub(super) fn phones(value: &DeValue<'_>, field: &mut Vec<Phone>) -> Reading {
    const FIELDS: [&str; 2] = ["region", "phone"];
    let mut list = Vec::new();
    for entry in entries(value)? {
        let DeValue::Table(table) = entry else {
            return Err(not("a list of { region = \"…\", phone = \"…\" }", entry));
        };
        if table.keys().any(|key| !FIELDS.contains(&key.get_ref().as_ref())) {
            return Err(Fault::UnknownField { allowed: FIELDS.to_vec() });
        }
        let mut phone = Phone { region: String::new(), phone: String::new() };
        for (name, slot) in FIELDS.into_iter().zip([&mut phone.region, &mut phone.phone]) {
            let given = table.get(name).ok_or(Fault::MissingField { field: name })?;
            text(given.get_ref(), slot)?;
        }
        list.push(phone);
    }
    *field = list;
    Ok(())
}

/// A text without control characters.
pub(super) fn line<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Fault> {
    let DeValue::String(given) = value else { return Err(not("a text in quotes", value)) };
    if given.chars().any(char::is_control) {
        return Err(Fault::Control);
    }
    if given.chars().count() > MAX_TEXT {
        return Err(Fault::TooLong { max: MAX_TEXT });
    }
    Ok(given)
}

pub(super) fn entries<'v, 'i>(
    value: &'v DeValue<'i>,
) -> Result<impl Iterator<Item = &'v DeValue<'i>>, Fault> {
    match value {
        DeValue::Array(list) => Ok(list.iter().map(toml::Spanned::get_ref)),
        _ => Err(not("a list in square brackets", value)),
    }
}

fn chosen<T: Clone>(value: &DeValue<'_>, names: &[(&'static str, T)]) -> Result<T, Fault> {
    let given = line(value)?;
    let found = names.iter().find(|(name, _)| *name == given).map(|(_, meaning)| meaning.clone());
    found.ok_or_else(|| Fault::Choice { allowed: names.iter().map(|(name, _)| *name).collect() })
}

fn once_each<T: PartialEq>(list: &[T]) -> Reading {
    let twice = list.iter().enumerate().any(|(at, entry)| list.iter().take(at).any(|before| before == entry));
    if twice { Err(Fault::Twice) } else { Ok(()) }
}

/// The fault of a value of another type.
pub(super) fn not(wanted: &'static str, value: &DeValue<'_>) -> Fault {
    let found = match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Fault::Type { wanted, found }
}
