//! A mail server as a transport.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;

use super::super::error::DeliveryError;
use super::super::letter::{Letterhead, letter};
use super::super::stage::{Stage, Step};
use super::super::transport::{Accepted, LONGEST_HANDOVER, OutboundMessage, Transport};
use super::super::wire::on_the_wire;
use super::session::{Envelope, Opening, Session};
use super::tls;
use crate::domain::mail::{MailServer, Tls, is_host};
use crate::os::read_secret;

/// A connection that rested for longer is taken leave of: the server may not know us any more.
const KEPT: Duration = Duration::from_secs(30);

/// What such a transport is made of.
pub struct SmtpOptions {
    pub server: MailServer,
    pub letterhead: Letterhead,
    /// The sender on the envelope; none for no bounces.
    pub bounces: Option<String>,
    /// How long one answer is waited for.
    pub timeout: Duration,
    /// The name of this machine, where the server's settings have no other.
    pub host: String,
    /// Where systemd keeps what the service is handed.
    pub credentials: Option<PathBuf>,
    pub process_uid: u32,
}

/// Hands letters to a mail server, as many over one connection as it takes.
pub struct Smtp {
    options: SmtpOptions,
    tls: Option<Arc<ClientConfig>>,
    kept: Option<(Session, Instant)>,
    trail: Vec<Step>,
}

impl Smtp {
    pub fn new(options: SmtpOptions) -> Self {
        Self { options, tls: None, kept: None, trail: Vec::new() }
    }

    fn open(&mut self, until: Instant) -> Result<Session, DeliveryError> {
        let Self { options, tls, trail, .. } = self;
        let SmtpOptions { server, timeout, credentials, process_uid, .. } = options;
        let unprepared = |fault| DeliveryError::temporary(Stage::Prepare, fault);
        if server.tls != Tls::None && tls.is_none() {
            *tls = Some(tls::config(server.ca_file.as_deref(), *process_uid).map_err(unprepared)?);
        }
        // Read for each connection, and wiped when it stands: a new password counts at once.
        let login = match &server.login {
            Some(login) => {
                let secret = read_secret(&login.password_file, credentials.as_deref(), *process_uid);
                Some((login.username.as_str(), secret.map_err(|error| unprepared(error.into()))?))
            }
            None => None,
        };
        trail.push(Step { stage: Stage::Prepare, words: String::new() });
        let hello = server.hello.as_deref().or(Some(options.host.as_str())).filter(|name| is_host(name));
        let opening = Opening { server, tls: tls.clone(), hello, login, timeout: *timeout };
        Session::open(opening, until, trail)
    }

    /// Over the connection that was kept, if the server still knows it; nothing was said of the message otherwise.
    fn by_kept(
        &mut self,
        envelope: &Envelope,
        letter: &[u8],
        until: Instant,
    ) -> Option<Result<String, DeliveryError>> {
        let (mut session, since) = self.kept.take()?;
        if since.elapsed() > KEPT {
            session.quit();
            return None;
        }
        let ended = session.send(envelope, letter, until, &mut self.trail);
        if session.is_over() {
            if ended.as_ref().is_err_and(|error| error.stage == Stage::Sender) {
                self.trail.clear();
                return None;
            }
        } else {
            self.kept = Some((session, Instant::now()));
        }
        Some(ended)
    }
}

impl Transport for Smtp {
    fn stages(&self) -> &'static [Stage] {
        use Stage::{
            Accept, Authenticate, Connect, Greet, Prepare, Recipient, Resolve, Sender, Tls as Secure,
        };
        match (self.options.server.tls, self.options.server.login.is_some()) {
            (Tls::StartTls, true) => {
                &[Prepare, Resolve, Connect, Greet, Secure, Authenticate, Sender, Recipient, Accept]
            }
            (Tls::StartTls, false) => &[Prepare, Resolve, Connect, Greet, Secure, Sender, Recipient, Accept],
            (Tls::Implicit, true) => {
                &[Prepare, Resolve, Connect, Secure, Greet, Authenticate, Sender, Recipient, Accept]
            }
            (Tls::Implicit, false) => &[Prepare, Resolve, Connect, Secure, Greet, Sender, Recipient, Accept],
            (Tls::None, true) => &[Prepare, Resolve, Connect, Greet, Authenticate, Sender, Recipient, Accept],
            (Tls::None, false) => &[Prepare, Resolve, Connect, Greet, Sender, Recipient, Accept],
        }
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        self.trail.clear();
        let until = Instant::now() + LONGEST_HANDOVER;
        let written = letter(outbound, &self.options.letterhead)?;
        let bounces = self.options.bounces.as_ref();
        let sender = bounces.map(|address| on_the_wire("sender", address)).transpose()?;
        let recipient = on_the_wire("address", &outbound.message.to)?;
        let from = on_the_wire("sender", &self.options.letterhead.from.address)?;
        let addresses = sender.iter().chain([&recipient, &from]).map(AsRef::<str>::as_ref);
        let utf8 = !addresses.into_iter().all(str::is_ascii);
        let envelope = Envelope { sender, recipient, utf8 };
        let said = match self.by_kept(&envelope, &written, until) {
            Some(ended) => ended?,
            None => {
                let mut session = self.open(until)?;
                let ended = session.send(&envelope, &written, until, &mut self.trail);
                if !session.is_over() {
                    self.kept = Some((session, Instant::now()));
                }
                ended?
            }
        };
        Ok(Accepted { reference: reference(&said) })
    }

    fn trail(&self) -> &[Step] {
        &self.trail
    }

    fn probe(&mut self) -> Result<(), DeliveryError> {
        self.trail.clear();
        self.open(Instant::now() + LONGEST_HANDOVER).map(Session::quit)
    }

    fn idle(&mut self) {
        if let Some((session, _)) = self.kept.take() {
            session.quit();
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.idle();
    }
}

/// What the server calls the letter: Postfix says `queued as X`, Exim `OK id=X`; else all that was said.
fn reference(said: &str) -> String {
    let named = ["queued as ", "id="].iter().find_map(|before| said.split_once(before));
    let name = named.and_then(|(_, after)| after.split_ascii_whitespace().next());
    name.unwrap_or(said).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_name_letters_in_their_ways() {
        for (said, name) in [
            ("2.0.0 Ok: queued as 4Rk3Tz", "4Rk3Tz"),
            ("OK id=1tEAbc-0001Ab-2C", "1tEAbc-0001Ab-2C"),
            ("2.0.0 ab12 Message accepted for delivery", "2.0.0 ab12 Message accepted for delivery"),
        ] {
            assert_eq!(reference(said), name);
        }
    }
}
