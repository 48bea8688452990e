//! A mail server as the config describes it.

use std::net::IpAddr;
use std::path::PathBuf;

use super::text::text_enum;

text_enum! {
    /// How the way to a mail server is kept from being read.
    Tls {
        /// In the clear first, then by the command STARTTLS (RFC 3207), or not at all: never in the clear after.
        StartTls => "starttls",
        /// From the first byte (RFC 8314).
        Implicit => "implicit",
        /// In the clear: on this machine only.
        None => "none",
    }
}

impl Tls {
    /// Where such a server listens: the submission port of RFC 6409, that of RFC 8314, and that of RFC 5321.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// Where a secret is kept that the config names and never holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFile {
    Path(PathBuf),
    /// The name of a file in the folder that systemd makes for a service (`$CREDENTIALS_DIRECTORY`).
    Credential(String),
}

/// What is known of a server before it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// A host name or an address.
    pub host: String,
    /// The usual one where there is none.
    pub port: Option<u16>,
    pub tls: Tls,
    pub login: Option<Login>,
    /// Certificates in PEM; the system's where there is none.
    pub ca_file: Option<PathBuf>,
    /// What this machine calls itself; its host name where there is none.
    pub hello: Option<String>,
}

/// By whom, and with what, the server is logged in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub username: String,
    pub password_file: SecretFile,
}

impl MailServer {
    pub fn at(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            port: None,
            tls: Tls::StartTls,
            login: None,
            ca_file: None,
            hello: None,
        }
    }

    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.tls.usual_port())
    }
}

/// Whether a host is this machine by its name alone.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a text can be a host: an address, or labels of letters, digits and hyphens, once it is ASCII.
pub fn is_host(text: &str) -> bool {
    if text.parse::<IpAddr>().is_ok() {
        return true;
    }
    let ascii = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::STD3);
    ascii.is_ok_and(|ascii| {
        let ascii = ascii.strip_suffix('.').unwrap_or(&ascii);
        // RFC 1035: 253 octets, of which each label has 63 at most.
        (1..=253).contains(&ascii.len())
            && ascii.split('.').all(|label| {
                (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses() {
        for host in ["mail.example.org", "localhost", "127.0.0.1", "::1", "bücher.example", "a.b."] {
            assert!(is_host(host), "{host}");
        }
        for text in ["", "a b", "a..b", "-a.example", "mail.example.org:25", "[::1]", "a/b", "a@b", "."] {
            assert!(!is_host(text), "{text}");
        }
    }

    #[test]
    fn this_machine_is_told_by_name() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "128.0.0.1", "0.0.0.0", "::", "mail.example.org"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
