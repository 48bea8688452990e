//! A conversation with a mail server (RFC 5321), command by command.

use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use lettre::Address;
use lettre::transport::smtp::authentication::{DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter, ServerInfo};
use lettre::transport::smtp::response::{Response, Severity};
use rustls::ClientConfig;
use zeroize::Zeroizing;

use super::super::encoded::Needles;
use super::super::error::DeliveryError;
use super::super::fault::Fault;
use super::super::stage::{Persistence, Stage, Step};
use super::dial;
use super::reply::{Incoming, joined, of_io, on_one_line};
use super::tls;
use super::wire::{Timed, Wire};
use crate::domain::Secret;
use crate::domain::mail::{MailServer, Tls};
use crate::domain::mail_answer::{Asked, judge};

/// What a conversation begins with.
pub(super) struct Opening<'o> {
    pub(super) server: &'o MailServer,
    /// There unless the server is spoken to in the clear.
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// What this machine calls itself; nothing where it has no name that a server would take.
    pub(super) hello: Option<&'o str>,
    /// User name and password.
    pub(super) login: Option<(&'o str, Secret)>,
    /// How long one answer is waited for.
    pub(super) timeout: Duration,
}

/// By whom a letter is sent, and to whom.
pub(super) struct Envelope {
    /// None: nothing comes back.
    pub(super) sender: Option<Address>,
    pub(super) recipient: Address,
    /// Whether an address is in another script (RFC 6531).
    pub(super) utf8: bool,
}

/// A server that has greeted us and waits for letters.
pub(super) struct Session {
    wire: Wire,
    incoming: Incoming,
    timeout: Duration,
    /// The end of whatever is done now.
    until: Instant,
    server: ServerInfo,
    /// Whether the server still waits for the rest of a letter it has declined in part.
    begun: bool,
    over: bool,
}

/// What the answer to EHLO says. RFC 5321, 4.1.1.1: keywords count without regard to case; and some servers write
/// AUTH=PLAIN, as a draft of RFC 2554 had it. lettre reads neither, takes the server's name for a keyword, and stops at a
/// line without one.
fn offered(response: &Response) -> ServerInfo {
    let offers = response.message().skip(1).map(|line| line.to_ascii_uppercase().replace('=', " "));
    let offers = offers.filter(|line| !line.trim().is_empty());
    let lines = std::iter::once("server".to_owned()).chain(offers).collect();
    ServerInfo::from_response(&Response::new(response.code(), lines)).unwrap_or_default()
}

impl Session {
    /// Connects, and goes on until the server would take a letter.
    pub(super) fn open(
        opening: Opening<'_>,
        until: Instant,
        trail: &mut Vec<Step>,
    ) -> Result<Self, DeliveryError> {
        let Opening { server, tls, hello, login, timeout } = opening;
        let mut passed = |stage, words: String| trail.push(Step { stage, words });
        // A connection that was kept may have used up some of the time.
        let left = timeout.min(until.saturating_duration_since(Instant::now()));
        let addresses = dial::resolve(server, left)?;
        passed(
            Stage::Resolve,
            addresses.iter().map(|found| found.ip().to_string()).collect::<Vec<_>>().join(", "),
        );
        let (tcp, address) = dial::connect(&addresses, timeout, until)?;
        passed(Stage::Connect, address.to_string());
        let seconds = timeout.as_secs();
        let secured = |timed, config| {
            tls::handshake(timed, config, &server.host, seconds)
                .map_err(|fault| DeliveryError::temporary(Stage::Tls, fault))
        };
        let timed = Timed::new(tcp, until.min(Instant::now() + timeout));
        let wire = match (server.tls, tls.clone()) {
            (Tls::Implicit, Some(config)) => {
                let secure = secured(timed, config)?;
                passed(Stage::Tls, tls::version(&secure.conn));
                Wire::Secure(Box::new(secure))
            }
            _ => Wire::Clear(timed),
        };
        let mut session = Self {
            wire,
            incoming: Incoming::default(),
            timeout,
            until,
            server: ServerInfo::default(),
            begun: false,
            over: false,
        };
        let greeting = session.answer(Stage::Greet)?;
        session.hello(hello)?;
        passed(Stage::Greet, on_one_line(&greeting));
        if let (Tls::StartTls, Some(config)) = (server.tls, tls) {
            session = session.secure(|timed| {
                secured(timed, config).map_err(|error| match error.fault {
                    Fault::NotTls => DeliveryError::temporary(Stage::Tls, Fault::NoTlsAfterAll),
                    _ => error,
                })
            })?;
            if let Wire::Secure(secure) = &session.wire {
                passed(Stage::Tls, tls::version(&secure.conn));
            }
            // What was said in the clear counts no more (RFC 3207, 4.2).
            session.hello(hello)?;
        }
        if let Some((username, password)) = login {
            let words = session.authenticate(username, &password)?;
            passed(Stage::Authenticate, words);
        }
        Ok(session)
    }

    /// From the clear to TLS.
    fn secure(
        mut self,
        handshake: impl FnOnce(
            Timed,
        )
            -> Result<rustls::StreamOwned<rustls::ClientConnection, Timed>, DeliveryError>,
    ) -> Result<Self, DeliveryError> {
        let failed = |fault| DeliveryError::temporary(Stage::Tls, fault);
        if !self.server.supports_feature(Extension::StartTls) {
            return Err(failed(Fault::NoStartTls));
        }
        self.command(Stage::Tls, Starttls)?;
        // Whatever stands there was not said under TLS, and must not be taken for it.
        if !self.incoming.is_empty() {
            return Err(failed(Fault::Injected));
        }
        self.wire.until(self.moment());
        self.wire = match self.wire {
            Wire::Clear(timed) => Wire::Secure(Box::new(handshake(timed)?)),
            secure @ Wire::Secure(_) => secure,
        };
        Ok(self)
    }

    fn hello(&mut self, name: Option<&str>) -> Result<(), DeliveryError> {
        let client = match name {
            Some(name) => ClientId::Domain(name.to_owned()),
            // An address stands in for a name (RFC 5321, 4.1.3).
            None => match self.wire.local().map(|address| address.ip()) {
                Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
                Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
                Err(_) => ClientId::default(),
            },
        };
        self.server = offered(&self.command(Stage::Greet, Ehlo::new(client))?);
        Ok(())
    }

    /// By PLAIN (RFC 4616), else LOGIN; the way is under TLS or does not leave this machine. It gives what the server
    /// said. lettre's own command would keep the password in memory that nobody wipes.
    fn authenticate(&mut self, username: &str, password: &Secret) -> Result<String, DeliveryError> {
        let stage = Stage::Authenticate;
        let plain = Zeroizing::new(format!("\0{username}\0{}", password.expose()));
        let plain = Zeroizing::new(BASE64.encode(plain.as_bytes()));
        let coded = Zeroizing::new(BASE64.encode(password.expose().as_bytes()));
        let ended = match self.server.get_auth_mechanism(DEFAULT_MECHANISMS) {
            Some(Mechanism::Plain) => self.command(stage, format_args!("AUTH PLAIN {}\r\n", *plain)),
            Some(Mechanism::Login) => self
                .command(stage, "AUTH LOGIN\r\n")
                .and_then(|_| self.command(stage, format_args!("{}\r\n", BASE64.encode(username.as_bytes()))))
                .and_then(|_| self.command(stage, format_args!("{}\r\n", *coded))),
            _ => return Err(DeliveryError::temporary(stage, Fault::NoMechanism)),
        };
        // A server that repeats what it was told must not tell it on.
        let secret = Needles { texts: vec![password.expose()], numbers: Vec::new() };
        let without = |words: &str| secret.hidden_in(words);
        match ended {
            Ok(response) if response.has_code(235) => Ok(without(&on_one_line(&response))),
            // Asked for more, where there is no more to say.
            Ok(_) => Err(DeliveryError::temporary(stage, Fault::NotSmtp)),
            Err(error) => Err(error.with_words(without)),
        }
    }

    /// Hands one letter over, and gives what the server said when it took it.
    pub(super) fn send(
        &mut self,
        envelope: &Envelope,
        letter: &[u8],
        until: Instant,
        trail: &mut Vec<Step>,
    ) -> Result<String, DeliveryError> {
        let mut passed =
            |stage, response: &Response| trail.push(Step { stage, words: on_one_line(response) });
        self.until = until;
        if self.begun {
            self.command(Stage::Sender, Rset)?;
            self.begun = false;
        }
        if envelope.utf8 && !self.server.supports_feature(Extension::SmtpUtfEight) {
            return Err(DeliveryError::permanent(Stage::Recipient, Fault::NoSmtpUtf8));
        }
        self.begun = true;
        let parameters = if envelope.utf8 { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        let response = self.command(Stage::Sender, Mail::new(envelope.sender.clone(), parameters))?;
        passed(Stage::Sender, &response);
        let recipient = Rcpt::new(envelope.recipient.clone(), Vec::new());
        passed(Stage::Recipient, &self.command(Stage::Recipient, recipient)?);
        if !self.command(Stage::Accept, Data)?.has_code(354) {
            return Err(self.ends(DeliveryError::temporary(Stage::Accept, Fault::NotSmtp)));
        }
        self.write(Stage::Accept, &stuffed(letter))?;
        let response = self.answer(Stage::Accept)?;
        self.begun = false;
        passed(Stage::Accept, &response);
        Ok(joined(&response))
    }

    /// Whether nothing more can be said.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes leave. What the server says to that changes nothing, so it is waited for only for a moment.
    pub(super) fn quit(mut self) {
        if !self.over {
            self.timeout = Duration::from_secs(1);
            self.until = Instant::now() + self.timeout;
            let _ = self.command(Stage::Accept, Quit);
        }
    }

    /// One line with its end, as lettre writes its commands.
    fn command(&mut self, stage: Stage, line: impl Display) -> Result<Response, DeliveryError> {
        // With room enough, so that no password is left behind where a text outgrows its place.
        let mut text = Zeroizing::new(String::with_capacity(1_024));
        // Writing to memory cannot fail.
        let _ = write!(*text, "{line}");
        self.write(stage, text.as_bytes())?;
        self.answer(stage)
    }

    /// When the next answer is due.
    fn moment(&self) -> Instant {
        self.until.min(Instant::now() + self.timeout)
    }

    fn write(&mut self, stage: Stage, bytes: &[u8]) -> Result<(), DeliveryError> {
        let moment = self.moment();
        self.wire.until(moment);
        let written = self.wire.write_all(bytes).and_then(|()| self.wire.flush());
        written.map_err(|error| {
            let fault = of_io(error, self.timeout.as_secs());
            self.ends(DeliveryError::temporary(stage, fault))
        })
    }

    /// The next answer, if it says that it goes on.
    fn answer(&mut self, stage: Stage) -> Result<Response, DeliveryError> {
        let moment = self.moment();
        self.wire.until(moment);
        let response = match self.incoming.response(&mut self.wire) {
            Ok(response) => response,
            Err(error) => {
                let fault = error.fault(self.timeout.as_secs());
                return Err(self.ends(DeliveryError::temporary(stage, fault)));
            }
        };
        if response.is_positive() {
            return Ok(response);
        }
        // What is not about the person is put right by somebody: by whoever runs this site, or the server.
        let matter = judge(response.code().into(), &joined(&response), asked(stage));
        let for_good = response.code().severity == Severity::PermanentNegativeCompletion;
        let persistence = if for_good && matter.ends_the_message() {
            Persistence::Permanent
        } else {
            Persistence::Temporary
        };
        let error = DeliveryError::new(stage, persistence, Fault::Refused).said(on_one_line(&response));
        let error = error.about(matter);
        // 421: the server hangs up (RFC 5321, 3.8).
        Err(if response.has_code(421) { self.ends(error) } else { error })
    }

    fn ends(&mut self, error: DeliveryError) -> DeliveryError {
        self.over = true;
        error
    }
}

/// Which part of the conversation a stage is.
fn asked(stage: Stage) -> Asked {
    match stage {
        Stage::Sender => Asked::Sender,
        Stage::Recipient => Asked::Recipient,
        Stage::Accept => Asked::Message,
        Stage::Prepare
        | Stage::Start
        | Stage::Resolve
        | Stage::Connect
        | Stage::Tls
        | Stage::Greet
        | Stage::Authenticate => Asked::Connection,
    }
}

/// A letter as DATA takes it: a dot at the beginning of a line is doubled, and one alone is the end
/// (RFC 5321, 4.5.2).
fn stuffed(letter: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(letter.len() + letter.len() / 32 + 8));
    for line in letter.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line);
    }
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b".\r\n");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_the_beginning_of_lines_are_doubled() {
        assert_eq!(stuffed(b"a\r\n.\r\n..b\r\nc.").to_vec(), b"a\r\n..\r\n...b\r\nc.\r\n.\r\n");
    }

    #[test]
    fn offers_are_read_in_any_case_and_the_servers_name_is_none() {
        let offered = |lines: &[&str]| {
            let response: Response = "250 ok\r\n".parse().unwrap();
            super::offered(&Response::new(response.code(), lines.iter().map(ToString::to_string).collect()))
        };
        let server = offered(&["STARTTLS", " ", "", "starttls", "AUTH=LOGIN x", "auth PLAIN"]);
        assert!(server.supports_feature(Extension::StartTls));
        assert!(!server.supports_feature(Extension::SmtpUtfEight));
        assert!(server.supports_auth_mechanism(Mechanism::Plain));
        assert!(server.supports_auth_mechanism(Mechanism::Login));
        assert!(!offered(&["STARTTLS"]).supports_feature(Extension::StartTls));
        assert!(!offered(&[" "]).supports_feature(Extension::StartTls));
    }
}
