//! Writing people, in whatever format.

use std::io::{self, Write};

use super::format::Format;
use super::notation::is_peppered;
use super::written::hash_of;
use super::{auth0, django, htpasswd, keycloak, kratos, ldif, ours, scim, shadow};
use crate::domain::record::Record;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    pub people: u64,
    /// Hashes that the format cannot say, and that no program which reads it could compare with.
    pub hashes_left_out: u64,
    /// Hashes that were written and are of no use elsewhere, because a key of this store goes into them.
    pub peppered: u64,
}

/// Writes people one after the other.
pub struct Writer<W> {
    out: W,
    format: Format,
    hashes: bool,
    written: Written,
}

impl<W: Write> Writer<W> {
    /// With `hashes`, the hashes of passwords are written, too; clear passwords never are.
    pub fn new(format: Format, hashes: bool, out: W) -> Self {
        Self { out, format, hashes, written: Written::default() }
    }

    pub fn write(&mut self, record: &Record) -> io::Result<()> {
        let hash = hash_of(record).filter(|_| self.hashes);
        let hash = hash.filter(|hash| {
            let carried = carries(self.format, hash);
            self.written.hashes_left_out += u64::from(!carried);
            self.written.peppered += u64::from(carried && is_peppered(hash));
            carried
        });
        let first = self.written.people == 0;
        self.written.people += 1;
        let out = &mut self.out;
        if let Some((before, _)) = around(self.format) {
            out.write_all(if first { before } else { ",\n" }.as_bytes())?;
        }
        match self.format {
            Format::Csv => {
                if first {
                    ours::heading(self.hashes, out)?;
                }
                ours::row(record, hash, self.hashes, out)
            }
            Format::Jsonl => ours::object(record, hash, self.hashes, out),
            Format::Htpasswd => htpasswd::write(record, hash, out),
            Format::Shadow => shadow::write(record, hash, out),
            Format::Ldif => ldif::write(record, hash, out),
            Format::Keycloak => keycloak::write(record, hash, out),
            Format::Kratos => kratos::write(record, hash, out),
            Format::Django => django::write(record, hash, out),
            Format::Auth0 => auth0::write(record, hash, out),
            Format::Scim => scim::write(record, out),
        }
    }

    /// What it is written to: whoever reads from there may empty it between people.
    pub fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the file, and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<(W, Written)> {
        let empty = self.written.people == 0;
        if empty && self.format == Format::Csv {
            ours::heading(self.hashes, &mut self.out)?;
        }
        if let Some((before, after)) = around(self.format) {
            self.out.write_all(if empty { before } else { "\n" }.as_bytes())?;
            self.out.write_all(after.as_bytes())?;
        }
        self.out.flush()?;
        Ok((self.out, self.written))
    }
}

/// Whether a program that reads the format could compare with a hash; our own carry any.
fn carries(format: Format, hash: &str) -> bool {
    match format {
        Format::Csv | Format::Jsonl => true,
        Format::Htpasswd => htpasswd::carries(hash),
        Format::Shadow => shadow::carries(hash),
        Format::Ldif => ldif::carries(hash),
        Format::Keycloak => keycloak::carries(hash),
        Format::Kratos => kratos::carries(hash),
        Format::Django => django::carries(hash),
        Format::Auth0 => auth0::carries(hash),
        Format::Scim => false,
    }
}

/// What stands before the people, and behind them.
fn around(format: Format) -> Option<(&'static str, &'static str)> {
    match format {
        Format::Keycloak => Some(("{\"users\":[\n", "]}\n")),
        Format::Scim => Some((
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"Resources\":[\n",
            "]}\n",
        )),
        Format::Kratos | Format::Django | Format::Auth0 => Some(("[\n", "]\n")),
        Format::Csv | Format::Jsonl | Format::Htpasswd | Format::Shadow | Format::Ldif => None,
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
