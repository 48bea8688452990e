//! Our CSV and JSON lines, written.

use std::io::{self, Write};

use csv::Terminator;

use super::field::Field;
use super::written::Fields;
use crate::domain::cells::defused;
use crate::domain::record::{Given, Record};

/// The fields that are written of a person.
const FIELDS: [Field; 13] = [
    Field::User,
    Field::Email,
    Field::Mobile,
    Field::EmailVerified,
    Field::MobileVerified,
    Field::Description,
    Field::Status,
    Field::AccessMode,
    Field::LoginProtection,
    Field::MustChange,
    Field::ExternalId,
    Field::CreatedAt,
    Field::PasswordHash,
];

fn fields(hashes: bool) -> impl Iterator<Item = Field> {
    FIELDS.into_iter().filter(move |field| hashes || *field != Field::PasswordHash)
}

/// A value as it is written.
enum Value<'r> {
    Text(&'r str),
    Flag(bool),
    Made(String),
}

fn value<'r>(record: &'r Record, field: Field, hash: Option<&'r str>) -> Option<Value<'r>> {
    let text = |given: &'r Given<String>| given.set().map(|text| Value::Text(text));
    let flag = |given: &Given<bool>| given.set().map(|flag| Value::Flag(*flag));
    match field {
        Field::User => record.user.as_deref().map(Value::Text),
        Field::Email => text(&record.email),
        Field::Mobile => text(&record.mobile),
        Field::EmailVerified => flag(&record.email_verified),
        Field::MobileVerified => flag(&record.mobile_verified),
        Field::Description => text(&record.description),
        Field::Status => record.status.set().map(|status| Value::Text(status.as_str())),
        Field::AccessMode => record.access_mode.set().map(|mode| Value::Text(mode.as_str())),
        Field::LoginProtection => record.login_protection.set().map(|by| Value::Text(by.as_str())),
        Field::MustChange => flag(&record.must_change),
        Field::ExternalId => text(&record.external_id),
        Field::CreatedAt => record.created_at.set().map(|at| Value::Made(at.to_string())),
        Field::PasswordHash => hash.map(Value::Text),
        // A user says all of these, and a clear password is never written.
        Field::Account | Field::Name | Field::Password => None,
    }
}

pub(super) fn heading(hashes: bool, out: &mut impl Write) -> io::Result<()> {
    let names: Vec<&str> = fields(hashes).map(Field::as_str).collect();
    write!(out, "{}\r\n", names.join(","))
}

pub(super) fn row(record: &Record, hash: Option<&str>, hashes: bool, out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    for field in fields(hashes) {
        match value(record, field, hash) {
            None => writer.write_field("")?,
            Some(Value::Text(text)) => writer.write_field(defused(text.into()).as_bytes())?,
            Some(Value::Flag(flag)) => writer.write_field(if flag { "true" } else { "false" })?,
            Some(Value::Made(text)) => writer.write_field(text)?,
        }
    }
    writer.write_record(None::<&[u8]>)?;
    writer.flush()
}

pub(super) fn object(
    record: &Record,
    hash: Option<&str>,
    hashes: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut object = Fields::begin(out)?;
    for field in fields(hashes) {
        let name = field.as_str();
        match value(record, field, hash) {
            None => object.value(name, ())?,
            Some(Value::Text(text)) => object.value(name, text)?,
            Some(Value::Flag(flag)) => object.value(name, flag)?,
            Some(Value::Made(text)) => object.value(name, text)?,
        }
    }
    object.end()?;
    out.write_all(b"\n")
}
