//! LDIF (RFC 2849): entries of people, as `slapcat` and `ldapsearch` write them. What is no person is passed over.

use std::io::{self, Write};

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::error::{ExchangeError, RowFault};
use super::field::{Draft, Field, Text};
use super::lines::{LONGEST, Lines};
use super::mapping::Map;
use super::notation::{Parts, is_crypt};
use super::row::{Failed, Next, filled};
use super::written::name_of;
use crate::domain::Secret;
use crate::domain::account::Status;
use crate::domain::record::{Given, Record};

/// A line longer than this is folded when it is written.
const WIDTH: usize = 76;

/// What makes an entry one of a person.
const OF_PEOPLE: [&str; 5] = ["uid", "sAMAccountName", "mail", "userPassword", "mobile"];

/// How an attribute's value is written.
enum Value<'e> {
    Plain(&'e str),
    Base64(&'e str),
}

impl Value<'_> {
    fn text(&self) -> Result<Text, RowFault> {
        match self {
            Self::Plain(text) => Ok(Zeroizing::new((*text).to_owned())),
            Self::Base64(text) => {
                let bytes = BASE64.decode(text.as_bytes()).map_err(|_| RowFault::NoLdif)?;
                match String::from_utf8(bytes) {
                    Ok(text) => Ok(Zeroizing::new(text)),
                    Err(error) => {
                        drop(Zeroizing::new(error.into_bytes()));
                        Err(RowFault::NotUtf8)
                    }
                }
            }
        }
    }
}

/// Entries, one after the other.
pub(super) struct Ldif<'r> {
    lines: Lines<'r>,
    map: Map,
    raw: Zeroizing<String>,
    whole: bool,
}

impl<'r> Ldif<'r> {
    pub(super) fn new(lines: Lines<'r>, map: Map) -> Self {
        Self { lines, map, raw: Zeroizing::default(), whole: false }
    }

    /// The last entry as it is written, if it was read as a whole.
    pub(super) fn raw(&self) -> Option<&str> {
        Some(self.raw.as_str()).filter(|_| self.whole)
    }

    pub(super) fn next(&mut self) -> Next {
        while let Some((row, fault)) = self.entry()? {
            if let Some(fault) = fault {
                return Ok(Some((row, Err(fault.into()))));
            }
            match person(&self.raw, &self.map) {
                Ok(None) => {}
                Ok(Some(draft)) => return Ok(Some((row, Ok(draft)))),
                Err(failed) => return Ok(Some((row, Err(failed)))),
            }
        }
        Ok(None)
    }

    /// Reads the lines of an entry, and tells the first one's number.
    fn entry(&mut self) -> Result<Option<(u64, Option<RowFault>)>, ExchangeError> {
        self.raw.clear();
        let (mut first, mut fault, mut in_comment) = (None, None, false);
        while let Some((number, line)) = self.lines.next()? {
            let line = match line {
                Ok("") if first.is_some() => break,
                Ok(line) => line,
                Err(of_line) => {
                    first.get_or_insert(number);
                    fault.get_or_insert(of_line);
                    continue;
                }
            };
            let continued = line.starts_with(' ');
            in_comment = line.starts_with('#') || (continued && in_comment);
            let version = first.is_none() && line.to_ascii_lowercase().starts_with("version:");
            if in_comment || version || line.trim().is_empty() {
                continue;
            }
            first.get_or_insert(number);
            if self.raw.len() + line.len() > LONGEST {
                fault.get_or_insert(RowFault::TooLong);
            } else if fault.is_none() {
                self.raw.push_str(line);
                self.raw.push('\n');
            }
        }
        self.whole = fault.is_none();
        Ok(first.map(|first| (first, fault)))
    }
}

fn person(entry: &str, map: &Map) -> Result<Option<Draft>, Failed> {
    // Folded lines go on behind one blank.
    let unfolded = Zeroizing::new(entry.replace("\n ", ""));
    let mut attributes = Vec::new();
    for line in unfolded.lines() {
        let (name, value) = line.split_once(':').ok_or(RowFault::NoLdif)?;
        // A value in a language, or in another form, is one of several.
        if name.contains(';') {
            continue;
        }
        attributes.push((name, value));
    }
    let find = |wanted: &str| attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let value = |wanted: &str| find(wanted).map(|(_, value)| of(value)).transpose();
    let text = |wanted: &str| value(wanted)?.map(|value| value.text()).transpose();
    if let Some(kind) = text("changetype")?.filter(|kind| !kind.eq_ignore_ascii_case("add")) {
        return Err(RowFault::Change(kind.to_string()).into());
    }
    if find("dn").is_none() {
        return Err(RowFault::NoLdif.into());
    }
    if !OF_PEOPLE.iter().any(|name| find(name).is_some()) && !map.columns().any(|name| find(name).is_some()) {
        return Ok(None);
    }
    filled(Draft::default(), |draft| fields(&text, map, draft)).map(Some)
}

/// A value behind the colon of its name.
fn of(value: &str) -> Result<Value<'_>, RowFault> {
    match value.as_bytes().first() {
        Some(b':') => Ok(Value::Base64(value[1..].trim())),
        Some(b'<') => Err(RowFault::Elsewhere),
        _ => Ok(Value::Plain(value.trim_start_matches(' '))),
    }
}

fn fields(
    text: &dyn Fn(&str) -> Result<Option<Text>, RowFault>,
    map: &Map,
    draft: &mut Draft,
) -> Result<(), RowFault> {
    let first =
        |names: &[&str]| names.iter().find_map(|name| text(name).transpose()).transpose().map(Given::from);
    for (field, names) in [
        (Field::User, &["uid", "sAMAccountName", "cn"][..]),
        (Field::Email, &["mail"]),
        (Field::Mobile, &["mobile", "telephoneNumber"]),
        (Field::Description, &["description", "displayName", "cn"]),
        (Field::ExternalId, &["entryUUID"]),
        (Field::MustChange, &["pwdReset"]),
    ] {
        draft.set(field, first(names)?)?;
    }
    if let Some(at) = text("createTimestamp")? {
        draft.set(Field::CreatedAt, Given::Set(Zeroizing::new(generalized(&at))))?;
    }
    if text("nsAccountLock")?.is_some_and(|lock| lock.eq_ignore_ascii_case("true")) {
        draft.record().status = Given::Set(Status::Disabled);
    }
    if let Some(password) = text("userPassword")?.filter(|password| !password.is_empty()) {
        if password.starts_with('{') {
            draft.record().password_hash = Given::Set(Secret::from(bare(&password)));
        } else {
            draft.record().password = Given::Set(Secret::from(password.as_str()));
        }
    }
    for (field, column) in map.fields() {
        if let Some(value) = text(column)? {
            draft.set(field, Given::Set(value))?;
        }
    }
    Ok(())
}

/// A hash without the name of its scheme, where it says that itself.
fn bare(hash: &str) -> &str {
    let rest = hash.split_once('}').map_or("", |(_, rest)| rest);
    if rest.starts_with('$') { rest } else { hash }
}

/// `20261130020516Z` as RFC 3339 has it.
fn generalized(text: &str) -> String {
    let digits = text.split(['.', 'Z']).next().unwrap_or_default();
    if digits.len() != 14 || !digits.is_ascii() {
        return text.to_owned();
    }
    let (date, time) = digits.split_at(8);
    format!("{}-{}-{}T{}:{}:{}Z", &date[..4], &date[4..6], &date[6..], &time[..2], &time[2..4], &time[4..])
}

/// A hash as a directory has it, if one could compare with it.
fn theirs(hash: &str) -> Option<String> {
    if hash.starts_with('{') {
        return Some(hash.to_owned());
    }
    if is_crypt(hash) {
        return Some(format!("{{CRYPT}}{hash}"));
    }
    match Parts::of(hash)? {
        Parts::Argon2 { .. } => Some(format!("{{ARGON2}}{hash}")),
        parts @ Parts::Pbkdf2 { .. } => {
            let written = parts.written();
            let (scheme, rest) = written.trim_start_matches('$').split_once('$')?;
            Some(format!("{{{}}}{rest}", scheme.to_ascii_uppercase()))
        }
        Parts::Scrypt { .. } => None,
    }
}

pub(super) fn carries(hash: &str) -> bool {
    theirs(hash).is_some()
}

pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let name = name_of(record);
    let account =
        record.user.as_deref().and_then(|user| user.split_once('/')).map_or(name, |(account, _)| account);
    attribute(out, "dn", &format!("uid={},ou={}", escaped(name), escaped(account)))?;
    attribute(out, "objectClass", "inetOrgPerson")?;
    attribute(out, "uid", name)?;
    attribute(out, "cn", record.description.set().map_or(name, String::as_str))?;
    attribute(out, "sn", name)?;
    for (name, value) in [
        ("description", record.description.set()),
        ("mail", record.email.set()),
        ("mobile", record.mobile.set()),
        ("entryUUID", record.external_id.set()),
    ] {
        value.map_or(Ok(()), |value| attribute(out, name, value))?;
    }
    if let Some(at) = record.created_at.set() {
        attribute(out, "createTimestamp", &at.strftime("%Y%m%d%H%M%SZ").to_string())?;
    }
    if record.must_change.set() == Some(&true) {
        attribute(out, "pwdReset", "TRUE")?;
    }
    if record.status.set() == Some(&Status::Disabled) {
        attribute(out, "nsAccountLock", "true")?;
    }
    if let Some(hash) = hash.and_then(theirs) {
        base64_attribute(out, "userPassword", &hash)?;
    }
    out.write_all(b"\n")
}

/// A value in a distinguished name (RFC 4514).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for symbol in text.chars() {
        if matches!(symbol, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#') {
            escaped.push('\\');
        }
        escaped.push(symbol);
    }
    escaped
}

fn attribute(out: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    let safe = value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !value.starts_with([' ', ':', '<'])
        && !value.ends_with(' ');
    if safe { folded(out, &format!("{name}: {value}")) } else { base64_attribute(out, name, value) }
}

fn base64_attribute(out: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    folded(out, &format!("{name}:: {}", BASE64.encode(value.as_bytes())))
}

fn folded(out: &mut impl Write, line: &str) -> io::Result<()> {
    let (mut rest, mut width) = (line, WIDTH);
    while rest.len() > width {
        let (now, later) = rest.split_at(width);
        writeln!(out, "{now}")?;
        out.write_all(b" ")?;
        (rest, width) = (later, WIDTH - 1);
    }
    writeln!(out, "{rest}")
}
