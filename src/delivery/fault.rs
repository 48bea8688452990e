//! What can be wrong on a message's way, in our own words.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::domain::gateway::TemplateFault;
use crate::os::{FileError, SecretFileError};

/// What was wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the {field} holds a control character")]
    Control { field: &'static str },
    #[error("the {field} cannot be written to")]
    Address { field: &'static str },
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    #[error(transparent)]
    Gateway(#[from] GatewayFault),
    #[error("the address is not a telephone number")]
    NotANumber,
    /// It was understood and declined; the words of the other side say why.
    #[error("it was refused")]
    Refused,
    #[error("no answer came within {seconds} s")]
    Timeout { seconds: u64 },
    #[error("the connection broke")]
    Broken(#[source] io::Error),
    #[error("the server closed the connection")]
    Closed,

    #[error("nothing answers to that name")]
    Unresolved(#[source] io::Error),
    #[error("the name has no address")]
    NoAddress,
    #[error("the name points to another machine, and nothing is sent there without TLS")]
    InTheClear,
    #[error("{address} accepts no connection")]
    Unreachable { address: SocketAddr, source: io::Error },
    #[error("the answer is not SMTP")]
    NotSmtp,
    #[error("the server does not offer STARTTLS")]
    NoStartTls,
    #[error(
        "the server sent more than its answer before TLS began: somebody may be intercepting the connection"
    )]
    Injected,
    #[error("the server does not speak TLS there")]
    NotTls,
    #[error("the server agreed to STARTTLS, and then spoke no TLS")]
    NoTlsAfterAll,
    #[error("its certificate {0}")]
    Certificate(CertificateFault),
    #[error(transparent)]
    Tls(rustls::Error),
    #[error("no certificate of an authority was found on this machine")]
    NoAuthorities,
    #[error("{} holds no certificate in PEM", path.display())]
    NotPem { path: PathBuf },
    #[error("the server offers neither AUTH PLAIN nor AUTH LOGIN")]
    NoMechanism,
    #[error("the server does not accept addresses in non-Latin scripts (SMTPUTF8)")]
    NoSmtpUtf8,

    #[error("{} cannot be run", program.display())]
    Program { program: PathBuf, source: io::Error },
    #[error("the program succeeded, but read nothing of the message")]
    Unread,
    #[error("the program ended with {code}")]
    Exit { code: i32 },
    #[error("the program was ended by signal {signal}")]
    Signal { signal: i32 },
}

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CertificateFault {
    #[error("has expired")]
    Expired,
    #[error("is not valid yet")]
    NotYetValid,
    #[error("is from an authority that is not trusted here")]
    UnknownIssuer,
    #[error("is for another name")]
    WrongName,
    #[error("is made for an authority (CA:TRUE), and not for a server")]
    OfAuthority,
    #[error("is of an old version of X.509, which cannot name a server")]
    OldVersion,
    #[error("is not valid: {0:?}")]
    Other(rustls::CertificateError),
}

/// What only a gateway can be at fault for. Texts here are our own: what a library says may hold the URL, and so
/// the gateway's secret (security T9).
#[derive(Debug, thiserror::Error)]
pub enum GatewayFault {
    #[error("the request {0}")]
    Template(#[from] TemplateFault),
    #[error("the URL or a header is not valid once its fields are filled in")]
    Request,
    #[error("the proxy did not connect")]
    Proxy,
    #[error("it accepts no connection")]
    Unreachable(#[source] io::Error),
    #[error("it answered with status {status}")]
    Status { status: u16 },
    #[error("it accepted with status {status}, but its answer says no")]
    Answer { status: u16 },
    #[error("it redirects elsewhere (status {status}), and messages never follow redirects; correct the URL")]
    Redirect { status: u16 },
    #[error("its answer is not HTTP")]
    Protocol,
}
