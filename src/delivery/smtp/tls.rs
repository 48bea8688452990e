//! TLS towards a mail server: whom to trust, and what went wrong.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, ClientConnection, StreamOwned};

use super::super::authorities::roots;
use super::super::fault::{CertificateFault, Fault};
use super::dial::ascii_host;
use super::reply::of_io;
use super::wire::Timed;

/// Trusts the authorities of this file, or the system's.
pub(super) fn config(ca_file: Option<&Path>, process_uid: u32) -> Result<Arc<ClientConfig>, Fault> {
    let roots = roots(ca_file, process_uid)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Fault::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The whole handshake, so that what fails later is no fault of TLS.
pub(super) fn handshake(
    mut timed: Timed,
    config: Arc<ClientConfig>,
    host: &str,
    seconds: u64,
) -> Result<StreamOwned<ClientConnection, Timed>, Fault> {
    let name = ascii_host(host).and_then(|host| ServerName::try_from(host).ok()).ok_or(Fault::NoAddress)?;
    let mut connection = ClientConnection::new(config, name).map_err(Fault::Tls)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut timed).map_err(|error| judged(error, seconds))?;
    }
    Ok(StreamOwned::new(connection, timed))
}

/// As shown: `TLS 1.3`.
pub(super) fn version(connection: &ClientConnection) -> String {
    match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        _ => "TLS".to_owned(),
    }
}

fn judged(error: io::Error, seconds: u64) -> Fault {
    let Some(cause) = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) else {
        return of_io(error, seconds);
    };
    of_tls(cause)
}

/// What rustls hands on as it is, in a type that only webpki has: known by its name.
fn of_webpki(error: &CertificateError) -> CertificateFault {
    let named = format!("{error:?}");
    if named.contains("CaUsedAsEndEntity") {
        CertificateFault::OfAuthority
    } else if named.contains("UnsupportedCertVersion") {
        CertificateFault::OldVersion
    } else {
        CertificateFault::Other(error.clone())
    }
}

/// What TLS itself complains about.
pub(in crate::delivery) fn of_tls(cause: &rustls::Error) -> Fault {
    match cause {
        rustls::Error::InvalidCertificate(why) => Fault::Certificate(match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                CertificateFault::NotYetValid
            }
            CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                CertificateFault::WrongName
            }
            other => of_webpki(other),
        }),
        rustls::Error::InvalidMessage(_) => Fault::NotTls,
        other => Fault::Tls(other.clone()),
    }
}
