//! Apache's `htpasswd`: `name:hash`, a person a line.

use std::io::{self, Write};

use super::error::RowFault;
use super::field::{Draft, Field};
use super::notation::is_crypt;
use super::row::{Failed, filled};
use super::written::name_of;
use crate::domain::record::Record;

pub(super) fn read(line: &str) -> Result<Draft, Failed> {
    let (name, hash) = line.trim_end().split_once(':').ok_or(RowFault::NoHtpasswd)?;
    // Groups and digests of Apache have other files.
    if hash.contains([':', ' ']) {
        return Err(RowFault::NoHtpasswd.into());
    }
    filled(Draft::default(), |draft| {
        draft.put(Field::User, name)?;
        draft.put(Field::PasswordHash, hash)
    })
}

pub(super) fn carries(hash: &str) -> bool {
    is_crypt(hash) || hash.starts_with("$apr1$") || hash.starts_with("{SHA}")
}

/// Who has no hash is left out: nobody can sign in by such a line.
pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    hash.map_or(Ok(()), |hash| writeln!(out, "{}:{hash}", name_of(record)))
}
