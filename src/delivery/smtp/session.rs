//! A conversation with a mail server (RFC 5321), command by command.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use rustls::ClientConfig;
use zeroize::Zeroizing;

use super::super::error::{DeliveryError, Fault};
use super::super::scrub::hide;
use super::super::stage::{Persistence, Stage, Step};
use super::dial;
use super::reply::{Incoming, Reply, of_io};
use super::tls;
use super::wire::{Timed, Wire};
use crate::domain::mail::{MailServer, Tls};
use crate::domain::secret::Secret;

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

/// A letter and its envelope.
pub(super) struct Mail<'m> {
    /// Empty: nothing comes back.
    pub(super) sender: &'m str,
    pub(super) recipient: &'m str,
    pub(super) letter: &'m [u8],
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
    can: Abilities,
    /// Whether the server still waits for the rest of a letter it has declined in part.
    begun: bool,
    over: bool,
}

/// What the answer to EHLO says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Abilities {
    starttls: bool,
    smtputf8: bool,
    plain: bool,
    login: bool,
}

impl Abilities {
    fn of(reply: &Reply) -> Self {
        let mut can = Self::default();
        // The first line is the server's name. RFC 5321, 4.1.1.1: keywords count without regard to case.
        for line in reply.lines.iter().skip(1) {
            // Some write AUTH=PLAIN, as a draft of RFC 2554 had it.
            let line = line.to_ascii_uppercase().replace('=', " ");
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("STARTTLS") => can.starttls = true,
                Some("SMTPUTF8") => can.smtputf8 = true,
                Some("AUTH") => {
                    for mechanism in words {
                        can.plain |= mechanism == "PLAIN";
                        can.login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        can
    }
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
            can: Abilities::default(),
            begun: false,
            over: false,
        };
        let greeting = session.answer(Stage::Greet)?;
        session.hello(hello)?;
        passed(Stage::Greet, greeting.words());
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
            let reply = session.authenticate(username, &password)?;
            passed(Stage::Authenticate, reply.words());
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
        if !self.can.starttls {
            return Err(failed(Fault::NoStartTls));
        }
        self.command(Stage::Tls, "STARTTLS")?;
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
        let name = match name {
            Some(name) => name.to_owned(),
            // An address stands in for a name (RFC 5321, 4.1.3).
            None => match self.wire.local().map(|address| address.ip()) {
                Ok(std::net::IpAddr::V6(address)) => format!("[IPv6:{address}]"),
                Ok(std::net::IpAddr::V4(address)) => format!("[{address}]"),
                Err(_) => "[127.0.0.1]".to_owned(),
            },
        };
        let reply = self.command(Stage::Greet, &format!("EHLO {name}"))?;
        self.can = Abilities::of(&reply);
        Ok(())
    }

    /// By PLAIN (RFC 4616), else LOGIN; the way is under TLS or does not leave this machine.
    fn authenticate(&mut self, username: &str, password: &Secret) -> Result<Reply, DeliveryError> {
        let stage = Stage::Authenticate;
        let plain = Zeroizing::new(format!("\0{username}\0{}", password.expose()));
        let plain = Zeroizing::new(BASE64.encode(plain.as_bytes()));
        let coded = Zeroizing::new(BASE64.encode(password.expose().as_bytes()));
        let ended = if self.can.plain {
            self.command(stage, &Zeroizing::new(format!("AUTH PLAIN {}", *plain)))
        } else if self.can.login {
            self.command(stage, "AUTH LOGIN")
                .and_then(|_| self.command(stage, &BASE64.encode(username.as_bytes())))
                .and_then(|_| self.command(stage, &coded))
        } else {
            return Err(DeliveryError::temporary(stage, Fault::NoMechanism));
        };
        // A server that repeats what it was told must not tell it on.
        let without = |words: &str| {
            [password.expose(), plain.as_str(), coded.as_str()]
                .into_iter()
                .fold(words.to_owned(), |words, secret| hide(&words, secret))
        };
        match ended {
            Ok(reply) if reply.code == 235 => {
                let lines = reply.lines.iter().map(|line| without(line)).collect();
                Ok(Reply { lines, ..reply })
            }
            // Asked for more, where there is no more to say.
            Ok(_) => Err(DeliveryError::temporary(stage, Fault::NotSmtp)),
            Err(error) => Err(error.with_words(without)),
        }
    }

    /// Hands one letter over, and gives what the server said when it took it.
    pub(super) fn send(
        &mut self,
        mail: &Mail<'_>,
        until: Instant,
        trail: &mut Vec<Step>,
    ) -> Result<String, DeliveryError> {
        self.until = until;
        if self.begun {
            self.command(Stage::Sender, "RSET")?;
            self.begun = false;
        }
        if mail.utf8 && !self.can.smtputf8 {
            return Err(DeliveryError::permanent(Stage::Recipient, Fault::NoSmtpUtf8));
        }
        self.begun = true;
        let parameter = if mail.utf8 { " SMTPUTF8" } else { "" };
        let reply = self.command(Stage::Sender, &format!("MAIL FROM:<{}>{parameter}", mail.sender))?;
        trail.push(Step { stage: Stage::Sender, words: reply.words() });
        let reply = self.command(Stage::Recipient, &format!("RCPT TO:<{}>", mail.recipient))?;
        trail.push(Step { stage: Stage::Recipient, words: reply.words() });
        if self.command(Stage::Accept, "DATA")?.code != 354 {
            return Err(self.ends(DeliveryError::temporary(Stage::Accept, Fault::NotSmtp)));
        }
        self.write(Stage::Accept, &stuffed(mail.letter))?;
        let reply = self.answer(Stage::Accept)?;
        self.begun = false;
        trail.push(Step { stage: Stage::Accept, words: reply.words() });
        Ok(reply.lines.join(" "))
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
            let _ = self.command(Stage::Accept, "QUIT");
        }
    }

    fn command(&mut self, stage: Stage, line: &str) -> Result<Reply, DeliveryError> {
        let bytes = Zeroizing::new([line.as_bytes(), b"\r\n"].concat());
        self.write(stage, &bytes)?;
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
    fn answer(&mut self, stage: Stage) -> Result<Reply, DeliveryError> {
        let moment = self.moment();
        self.wire.until(moment);
        let reply = match self.incoming.reply(&mut self.wire) {
            Ok(reply) => reply,
            Err(error) => {
                let fault = error.fault(self.timeout.as_secs());
                return Err(self.ends(DeliveryError::temporary(stage, fault)));
            }
        };
        if reply.is_positive() {
            return Ok(reply);
        }
        // Before the sender is named, the server has declined us and not this message: somebody will put the
        // config or the server right. 421: the server hangs up (RFC 5321, 3.8).
        let about_message = matches!(stage, Stage::Sender | Stage::Recipient | Stage::Accept);
        let persistence =
            if reply.code >= 500 && about_message { Persistence::Permanent } else { Persistence::Temporary };
        let error = DeliveryError::refused(stage, persistence).said(reply.words()).replied(reply.code);
        Err(if reply.code == 421 { self.ends(error) } else { error })
    }

    fn ends(&mut self, error: DeliveryError) -> DeliveryError {
        self.over = true;
        error
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
    fn abilities_are_read_in_any_case_and_the_name_is_none() {
        let lines = ["STARTTLS", " ", "starttls", "AUTH=LOGIN x", "auth PLAIN"].map(str::to_owned).to_vec();
        let can = Abilities::of(&Reply { code: 250, lines });
        assert_eq!(can, Abilities { starttls: true, smtputf8: false, plain: true, login: true });
        let named = Reply { code: 250, lines: vec!["STARTTLS".to_owned()] };
        assert_eq!(Abilities::of(&named), Abilities::default());
    }
}
