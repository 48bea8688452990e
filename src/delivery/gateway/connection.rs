//! What many messages share: the connection, the certificates that are trusted, the secret.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error, Proxy};

use super::failed::connecting;
use crate::delivery::authorities::certificates;
use crate::delivery::fault::{Fault, GatewayFault};
use crate::domain::Secret;
use crate::domain::mail::SecretFile;
use crate::os::read_secret;

/// The way to a gateway, and what opens it.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// For a gateway that asks for a name and a password (RFC 7617): the name; the password is the secret.
    pub username: Option<String>,
    pub token_file: Option<SecretFile>,
    /// Certificates in PEM; the system's where there is none.
    pub ca_file: Option<PathBuf>,
    /// A proxy that is asked to connect; none of the environment's counts.
    pub proxy: Option<String>,
    pub timeout: Duration,
    /// systemd's `$CREDENTIALS_DIRECTORY`.
    pub credentials: Option<PathBuf>,
    pub process_uid: u32,
}

/// The usual resolver, whose errors cannot be taken for those of a connection.
#[derive(Debug)]
struct Names {
    usual: DefaultResolver,
    /// A name may lead elsewhere than it says, and nothing goes to another machine in the clear.
    only_here: bool,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.usual.resolve(uri, config, timeout).map_err(|error| match error {
            Error::Io(_) => Error::HostNotFound,
            other => other,
        })?;
        let elsewhere = |address: &std::net::SocketAddr| !address.ip().is_loopback();
        if self.only_here && found.iter().any(elsewhere) { Err(Error::HostNotFound) } else { Ok(found) }
    }
}

/// A way that was opened.
pub(super) struct Connection {
    pub(super) agent: Agent,
    pub(super) secret: Option<Secret>,
}

impl GatewayOptions {
    pub(super) fn open(&self, secure: bool) -> Result<Connection, Fault> {
        let proxy = match &self.proxy {
            Some(url) => Some(Proxy::new(url).map_err(|_| Fault::from(GatewayFault::Proxy))?),
            None => None,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Whatever an answer points to was not named by the config (security T8).
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .timeout_global(Some(self.timeout))
            .timeout_connect(Some(connecting(self.timeout)))
            .user_agent("regain")
            .tls_config(self.tls(secure)?)
            .build();
        let agent = Agent::with_parts(
            config,
            DefaultConnector::default(),
            Names { usual: DefaultResolver::default(), only_here: !secure },
        );
        Ok(Connection { agent, secret: self.secret()? })
    }

    fn tls(&self, secure: bool) -> Result<TlsConfig, Fault> {
        let trusted = if secure { self.trusted()? } else { Vec::new() };
        Ok(TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(trusted)))
            .build())
    }

    fn trusted(&self) -> Result<Vec<Certificate<'static>>, Fault> {
        let found = certificates(self.ca_file.as_deref(), self.process_uid)?;
        Ok(found.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
    }

    fn secret(&self) -> Result<Option<Secret>, Fault> {
        let Some(file) = &self.token_file else { return Ok(None) };
        Ok(Some(read_secret(file, self.credentials.as_deref(), self.process_uid)?))
    }
}
