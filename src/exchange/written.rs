//! What formats write of a person.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::Secret;
use crate::domain::record::Record;

/// The name within an account; of a root user, the account's.
pub(super) fn name_of(record: &Record) -> &str {
    let user = record.user.as_deref().unwrap_or_default();
    user.split_once('/').map_or(user, |(_, name)| name)
}

pub(super) fn hash_of(record: &Record) -> Option<&str> {
    record.password_hash.set().map(Secret::expose)
}

/// Since 1970, as Java counts.
pub(super) fn milliseconds(at: &Timestamp) -> i64 {
    at.as_millisecond()
}

/// An object of JSON, written field by field.
pub(super) struct Fields<'w, W> {
    out: &'w mut W,
    begun: bool,
}

impl<'w, W: Write> Fields<'w, W> {
    pub(super) fn begin(out: &'w mut W) -> io::Result<Self> {
        out.write_all(b"{")?;
        Ok(Self { out, begun: false })
    }

    pub(super) fn value(&mut self, name: &str, value: impl Serialize) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            self.out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *self.out, name)?;
        self.out.write_all(b":")?;
        serde_json::to_writer(&mut *self.out, &value)?;
        Ok(())
    }

    /// A field that is left out where it has no value.
    pub(super) fn some(&mut self, name: &str, value: Option<impl Serialize>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.value(name, value))
    }

    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(b"}")
    }
}
