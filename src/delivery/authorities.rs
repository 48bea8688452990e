//! Whose certificates are trusted.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::fault::Fault;
use super::validity::not_after;
use crate::os::{Exposure, read_trusted};

/// Where systems keep theirs: Debian and its kin, Fedora and its kin, openSUSE, Alpine. The variables
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` do not count: a worker has no variables, and would trust others than the one
/// who tries the way out by hand (security T7).
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The certificates of a file in PEM, which others may not write to; without one, the system's.
pub(super) fn certificates(
    ca_file: Option<&Path>,
    process_uid: u32,
) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let system = || BUNDLES.iter().map(PathBuf::from).find(|path| path.exists()).ok_or(Fault::NoAuthorities);
    let path = ca_file.map_or_else(system, |path| Ok(path.to_owned()))?;
    let bytes = read_trusted(&path, Exposure::Readable, process_uid)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
    if found.is_empty() { Err(Fault::NotPem { path }) } else { Ok(found) }
}

/// What a client trusts.
pub(super) fn roots(ca_file: Option<&Path>, process_uid: u32) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    let (known, _) = roots.add_parsable_certificates(certificates(ca_file, process_uid)?);
    if known == 0 { Err(Fault::NoAuthorities) } else { Ok(roots) }
}

/// How many authorities there are, and how many of them have expired.
pub fn authorities(
    ca_file: Option<&Path>,
    process_uid: u32,
    now: Timestamp,
) -> Result<(usize, usize), Fault> {
    let found = certificates(ca_file, process_uid)?;
    let expired = found.iter().filter(|der| not_after(der).is_some_and(|end| end < now)).count();
    Ok((found.len(), expired))
}
