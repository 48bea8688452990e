//! What can be said of a mail server's settings without a message.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::super::error::{DeliveryError, Fault};
use super::{dial, tls, validity};
use crate::domain::mail::MailServer;

/// Whether the name of the server has addresses.
pub fn resolves(server: &MailServer, limit: Duration) -> Result<(), DeliveryError> {
    dial::resolve(server, limit).map(drop)
}

/// The authorities of a file: how many there are, and how many of them have expired. Without a file, the
/// system's.
pub fn authorities(
    ca_file: Option<&Path>,
    process_uid: u32,
    now: Timestamp,
) -> Result<(usize, usize), Fault> {
    let found = match ca_file {
        Some(path) => tls::authorities(path, process_uid)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    if found.is_empty() {
        return Err(Fault::NoAuthorities);
    }
    let expired = found.iter().filter(|der| validity::not_after(der).is_some_and(|end| end < now)).count();
    Ok((found.len(), expired))
}
