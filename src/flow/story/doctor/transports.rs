//! Where messages go, and whether the settings for it can work. Nothing is connected to but by `probe`.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::Finding;
use super::finding::or_ok;
use crate::config::{Channel, Config, Transport as Setting};
use crate::delivery::{
    DeliveryError, Fault, Stage, Transport, Transports, authorities, can_run, look_up, resolve,
};
use crate::domain::mail::{MailServer, SecretFile, Tls, is_host};
use crate::domain::message::Message;
use crate::domain::shell;
use crate::os::{self, Exposure, read_secret};

const CHECK: &str = "transports";

/// A name server that takes longer keeps every message waiting.
const RESOLVING: Duration = Duration::from_secs(5);

/// What the checks look with.
#[derive(Clone, Copy)]
pub struct Eyes<'e> {
    pub credentials: Option<&'e Path>,
    pub process_uid: u32,
    /// What this machine is called.
    pub host: &'e str,
    pub now: Timestamp,
}

/// The settings of both channels.
pub fn transports(config: &Config, eyes: Eyes<'_>) -> Vec<Finding> {
    let delivery = &config.settings.delivery;
    let mut findings = Vec::new();
    for (name, channel) in [("email", &delivery.email), ("sms", &delivery.sms)] {
        findings.extend(ChannelCheck { config, name, eyes }.at(channel));
    }
    if delivery.background {
        findings.push(Finding::note(
            "delivery",
            "A worker of its own hands messages over after each request.",
            "for a machine that serves many, run it as a service: docs/service.md",
        ));
    }
    findings
}

/// Messages that killed workers left half written, with the codes in them.
pub fn half_written(config: &Config) -> Vec<Finding> {
    let delivery = &config.settings.delivery;
    let begun = [&delivery.email, &delivery.sms].map(|channel| match &channel.transport {
        Setting::Maildir { path } => Some((path.join("tmp"), "")),
        Setting::Spool { path, .. } => Some((path.clone(), ".LOCK")),
        _ => None,
    });
    let left = |(folder, end): (PathBuf, &'static str)| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        entries.filter(move |entry| entry.file_name().to_string_lossy().ends_with(end))
    };
    let told = |entry: std::fs::DirEntry| {
        let path = entry.path().display().to_string();
        let remedy = format!(
            "the next try of this message removes it; if no worker is at work: rm {}",
            shell::word(&path)
        );
        Finding::warning("leftovers", format!("A worker was killed and left {path}, half a message."), remedy)
    };
    begun.into_iter().flatten().flat_map(left).map(told).collect()
}

/// Connects, and logs in where there is a login; sends nothing.
pub fn probe(transports: &mut Transports) -> Vec<Finding> {
    let channels: [(&str, &mut dyn Transport); 2] =
        [("email", transports.email.as_mut()), ("sms", transports.sms.as_mut())];
    channels.map(|(name, transport)| probe_one(name, transport)).into()
}

fn probe_one(name: &str, transport: &mut dyn Transport) -> Finding {
    const CHECK: &str = "probe";
    // There is no message whose parts could be repeated.
    let nothing = Message::default();
    match transport.probe() {
        Ok(()) => Finding::ok(CHECK, format!("[delivery.{name}] goes as far as it can without a message.")),
        Err(error) => Finding::error(
            CHECK,
            format!("[delivery.{name}] failed to {}.", error.redacted(&nothing)),
            error.remedy(),
        ),
    }
}

/// One channel under the eye.
struct ChannelCheck<'c> {
    config: &'c Config,
    name: &'static str,
    eyes: Eyes<'c>,
}

impl ChannelCheck<'_> {
    fn at(&self, channel: &Channel) -> Vec<Finding> {
        let (mut faults, fine) = match &channel.transport {
            Setting::Maildir { path } => return vec![self.maildir(path)],
            Setting::Smtp(server) => {
                let words = match server.tls {
                    Tls::StartTls => "STARTTLS",
                    Tls::Implicit => "TLS",
                    Tls::None => "nothing but this machine in between",
                };
                let (host, port) = (&server.host, server.port());
                (self.server(server), format!("hands messages to {host}, port {port}, with {words}"))
            }
            Setting::Command { argv } => {
                let program = argv.first().map(String::as_str).unwrap_or_default();
                let faults = self.program(Path::new(program)).into_iter().collect();
                (faults, format!("hands messages to {program}"))
            }
            Setting::Http(http) => {
                let endpoint = &http.request.endpoint;
                let (host, port) = (&endpoint.host, endpoint.port);
                let mut faults: Vec<Finding> =
                    self.secret("token_file", http.token_file.as_ref()).into_iter().collect();
                // A proxy asks for the name itself.
                if http.proxy.is_none() {
                    faults.extend(self.name("url", look_up(host, port, RESOLVING)));
                }
                if endpoint.secure {
                    faults.extend(self.authorities(http.ca_file.as_deref()));
                }
                (faults, format!("hands messages to the gateway {host}, port {port}"))
            }
            Setting::Spool { path, .. } => {
                (self.spool(path).into_iter().collect(), format!("puts messages into {}", path.display()))
            }
        };
        // A gateway's sender is what the gateway knows.
        if self.name == "email" && !matches!(channel.transport, Setting::Http(_)) {
            faults.extend(self.sender(&channel.sender.address));
        }
        let mut findings = or_ok(faults, CHECK, format!("[delivery.{}] {fine}.", self.name));
        if let Setting::Smtp(server) = &channel.transport {
            findings.extend(self.hello(server));
        }
        findings
    }

    /// Many servers refuse a name that is not a full one, and some of them each message for it (RFC 5321, 4.1.1.1).
    fn hello(&self, server: &MailServer) -> Option<Finding> {
        let name = server.hello.as_deref().unwrap_or(self.eyes.host);
        // Without a name that a server would take, it is told an address.
        if !is_host(name) || name.contains(['.', ':']) {
            return None;
        }
        let place = match &server.hello {
            Some(_) => self.place("hello"),
            None => format!("[delivery.{}] hello is not set", self.name),
        };
        Some(Finding::note(
            CHECK,
            format!(
                "{place}: servers are told that this machine is called {name}, which some of them refuse."
            ),
            "set hello to the full name of this machine, such as mail.example.com",
        ))
    }

    /// Where a setting stands, at the beginning of a sentence.
    fn place(&self, key: &str) -> String {
        let key = format!("delivery.{}.{key}", self.name);
        match self.config.line_of(&key) {
            Some(line) => format!("In the config, line {line}, `{key}`"),
            None => format!("In the config, `{key}`"),
        }
    }

    fn error(&self, key: &str, fault: &dyn Display, remedy: impl Into<String>) -> Finding {
        Finding::error(CHECK, format!("{}: {fault}.", self.place(key)), remedy)
    }

    fn maildir(&self, path: &Path) -> Finding {
        let name = self.name;
        if os::can_write_beneath(path) {
            Finding::note(
                CHECK,
                format!("[delivery.{name}] puts messages into {}: that is only for testing.", path.display()),
                format!("set [delivery.{name}] transport to one that reaches people"),
            )
        } else {
            Finding::error(
                CHECK,
                format!("[delivery.{name}] cannot write to {}.", path.display()),
                "make the folder writable for the user regain runs as, or name another path",
            )
        }
    }

    fn server(&self, server: &MailServer) -> Vec<Finding> {
        let mut faults = Vec::from_iter(self.name("host", resolve(server, RESOLVING)));
        faults.extend(self.secret("password_file", server.login.as_ref().map(|login| &login.password_file)));
        if server.tls != Tls::None {
            faults.extend(self.authorities(server.ca_file.as_deref()));
        }
        faults
    }

    fn name<T>(&self, key: &str, resolved: Result<T, DeliveryError>) -> Option<Finding> {
        let error = resolved.err()?;
        Some(self.error(key, &error.fault, error.remedy()))
    }

    fn secret(&self, key: &str, file: Option<&SecretFile>) -> Option<Finding> {
        let error = read_secret(file?, self.eyes.credentials, self.eyes.process_uid).err()?;
        let remedy = error.hint().unwrap_or_else(|| format!("correct {key}"));
        Some(self.error(key, &format_args!("regain cannot {error}"), remedy))
    }

    /// The folder of an SMS daemon, which is there if the daemon is.
    fn spool(&self, path: &Path) -> Option<Finding> {
        if os::can_write_into(path) {
            return None;
        }
        Some(self.error(
            "path",
            &format_args!("{} is no folder that regain can write to", path.display()),
            "name the folder that the SMS daemon looks into, and let the user regain runs as write to it",
        ))
    }

    fn authorities(&self, ca_file: Option<&Path>) -> Option<Finding> {
        match authorities(ca_file, self.eyes.process_uid, self.eyes.now) {
            Ok((_, 0)) => None,
            Ok((all, expired)) if all == expired => Some(self.error(
                "ca_file",
                &"every authority has expired, so that no server is trusted",
                "write the authority's new certificate into it",
            )),
            // The system's list always has a few.
            Ok(_) if ca_file.is_none() => None,
            Ok((all, expired)) => Some(Finding::warning(
                CHECK,
                format!("{}: {expired} of {all} authorities have expired.", self.place("ca_file")),
                "write their new certificates into it",
            )),
            Err(fault) => {
                let error = DeliveryError::temporary(Stage::Tls, fault);
                let told = error.redacted_fault(&Message::default());
                let Fault::File(file) = &error.fault else {
                    return Some(self.error("ca_file", &told, error.remedy()));
                };
                let otherwise =
                    || "name a file with the certificates of authorities, or leave it out".to_owned();
                let remedy = file.hint().unwrap_or_else(otherwise);
                Some(self.error("ca_file", &format_args!("regain cannot {told}"), remedy))
            }
        }
    }

    fn program(&self, program: &Path) -> Option<Finding> {
        if let Err(error) = can_run(program) {
            return Some(self.error(
                "argv",
                &format_args!("{} cannot be run: {error}", program.display()),
                "install it, or name a program that the user regain runs as may run",
            ));
        }
        match os::check_trusted(program, Exposure::Readable, self.eyes.process_uid) {
            // One that may be run and not read is judged by nobody.
            Ok(()) | Err(os::FileError::Open { .. }) => None,
            Err(error) => Some(Finding::of_file(CHECK, &format!("{}: ", self.place("argv")), &error)),
        }
    }

    /// Servers on the way refuse a sender that cannot be answered.
    fn sender(&self, from: &str) -> Option<Finding> {
        let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
        (!domain.contains('.')).then(|| {
            Finding::warning(
                CHECK,
                format!("{}: {from} is not an address that other machines know.", self.place("from")),
                "set it to an address of your domain; most servers refuse mail from any other",
            )
        })
    }
}
