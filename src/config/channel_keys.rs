//! The keys of a channel's table, and what they need of each other. Each transport has keys of its own.

use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::channels::{Channel, HttpGateway, Transport};
use super::fields::{
    CONTENT_TYPE, body, bounces, conditions, endpoint, headers, host, length_of_time, line, line_if_any,
    lines, mailbox, path, port, secret_file, spot, statuses, url,
};
use super::value::one_of;
use crate::domain::address;
use crate::domain::gateway::{
    Condition, Endpoint, Escape, Field, Locator, Method, Request, ResponseRules, Template, content_kind,
};
use crate::domain::mail::{Login, MailServer, SecretFile, Tls, is_loopback};
use crate::domain::mailbox::Mailbox;
use crate::domain::spool::SpoolFormat;

/// One answer may take as long as a whole message at most: [`crate::delivery`] gives up after 50 s.
const LONGEST_ANSWER: i64 = 45;
/// What `from` is until somebody says who they are.
const NOBODY: &str = "regain@localhost";

/// Keys, and what is wrong with them beside the others.
pub(super) type Faults = Vec<(&'static str, String)>;

/// The keys that are a transport's own; the others are every transport's.
const OWN_KEYS: [(&str, &[&str]); 5] = [
    ("maildir", &["path"]),
    ("smtp", &["host", "port", "tls", "username", "password_file", "ca_file", "hello", "bounces"]),
    ("command", &["argv"]),
    ("http", &HTTP_KEYS),
    ("spool", &["path", "format", "group_readable"]),
];

const HTTP_KEYS: [&str; 13] = [
    "url",
    "method",
    "headers",
    "body",
    "username",
    "token_file",
    "ca_file",
    "accept",
    "accept_body",
    "retry_body",
    "message_id",
    "refusal",
    "proxy",
];

/// The transports of a channel, as the config names them.
fn transports(channel: address::Channel) -> [&'static str; 4] {
    match channel {
        address::Channel::Email => ["maildir", "smtp", "command", "http"],
        address::Channel::Mobile => ["maildir", "command", "http", "spool"],
    }
}

/// The transport of this channel that a key is for, where that is another one.
pub(super) fn other_transport(channel: address::Channel, transport: &str, key: &str) -> Option<&'static str> {
    let known = transports(channel);
    let mut owners = OWN_KEYS
        .iter()
        .filter(|(name, keys)| known.contains(name) && keys.contains(&key))
        .map(|(name, _)| *name)
        .peekable();
    let first = owners.peek().copied()?;
    (known.contains(&transport) && owners.all(|owner| owner != transport)).then_some(first)
}

/// A channel's table, each key valid by itself. What only the other channel has is left out.
#[derive(Deserialize)]
pub(super) struct Keys {
    #[serde(deserialize_with = "line")]
    transport: String,
    #[serde(deserialize_with = "line")]
    from: String,
    #[serde(default, deserialize_with = "mailbox")]
    reply_to: Option<Mailbox>,
    #[serde(default, deserialize_with = "bounces")]
    bounces: Option<String>,
    #[serde(deserialize_with = "length_of_time::<_, 1, LONGEST_ANSWER>")]
    timeout: SignedDuration,
    #[serde(deserialize_with = "path")]
    path: Option<PathBuf>,
    #[serde(deserialize_with = "lines")]
    argv: Vec<String>,
    #[serde(default, deserialize_with = "host")]
    host: Option<String>,
    #[serde(default, deserialize_with = "port")]
    port: Option<u16>,
    #[serde(default)]
    tls: Option<Tls>,
    #[serde(deserialize_with = "line_if_any")]
    username: Option<String>,
    #[serde(default, deserialize_with = "secret_file")]
    password_file: Option<SecretFile>,
    #[serde(deserialize_with = "path")]
    ca_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "host")]
    hello: Option<String>,
    #[serde(deserialize_with = "endpoint")]
    url: Option<Endpoint>,
    method: Method,
    #[serde(deserialize_with = "headers")]
    headers: Vec<(String, Template)>,
    #[serde(deserialize_with = "body")]
    body: String,
    #[serde(deserialize_with = "secret_file")]
    token_file: Option<SecretFile>,
    #[serde(deserialize_with = "statuses")]
    accept: Vec<u16>,
    #[serde(deserialize_with = "conditions")]
    accept_body: Vec<Condition>,
    #[serde(deserialize_with = "conditions")]
    retry_body: Vec<Condition>,
    #[serde(deserialize_with = "spot")]
    message_id: Option<Locator>,
    #[serde(deserialize_with = "spot")]
    refusal: Option<Locator>,
    #[serde(deserialize_with = "url")]
    proxy: Option<String>,
    #[serde(default)]
    format: Option<SpoolFormat>,
    #[serde(default)]
    group_readable: bool,
}

/// The channel of `[delivery.email]`. [`Keys::judge`] tells everything that is wrong with it.
pub(super) fn email<'v, D: Deserializer<'v>>(from: D) -> Result<Channel, D::Error> {
    Keys::deserialize(from)?.judge(address::Channel::Email).map_err(|_| D::Error::custom("cannot work"))
}

/// The channel of `[delivery.sms]`. [`Keys::judge`] tells everything that is wrong with it.
pub(super) fn sms<'v, D: Deserializer<'v>>(from: D) -> Result<Channel, D::Error> {
    Keys::deserialize(from)?.judge(address::Channel::Mobile).map_err(|_| D::Error::custom("cannot work"))
}

impl Keys {
    /// The channel that these keys describe, or all that is missing or at odds.
    pub(super) fn judge(self, channel: address::Channel) -> Result<Channel, Faults> {
        let known = transports(channel);
        let Some(name) = known.into_iter().find(|name| *name == self.transport) else {
            let told = format!("must be {}; this version has no other transport", one_of(&known));
            return Err(vec![("transport", told)]);
        };
        let mut faults = Faults::new();
        // A gateway for SMS knows its customers by a number or a name.
        let mut sender = Mailbox::bare(&self.from);
        if (channel, name) != (address::Channel::Mobile, "http") {
            match Mailbox::parse(&self.from) {
                Ok(mailbox) => sender = mailbox,
                Err(fault) => faults.push(("from", fault.to_string())),
            }
        } else if self.from.trim().is_empty() {
            faults.push(("from", "must not be empty".to_owned()));
        }
        let (from, reply_to, timeout) = (self.from.clone(), self.reply_to.clone(), self.timeout);
        let bounces = match self.bounces.as_deref() {
            None => Some(sender.address.clone()),
            Some("<>") => None,
            Some(address) => Some(address.to_owned()),
        };
        let transport = match name {
            "smtp" => self.mail_server(&mut faults).map(Transport::Smtp),
            "command" => self.program(&mut faults).map(|argv| Transport::Command { argv }),
            "http" => self.gateway(&mut faults).map(|gateway| Transport::Http(Box::new(gateway))),
            "spool" => self.spool(&mut faults),
            _ => {
                let usual = if channel == address::Channel::Email { "email" } else { "sms" };
                Some(Transport::Maildir { path: self.path.unwrap_or_else(|| usual.into()) })
            }
        };
        match transport {
            Some(transport) if faults.is_empty() => {
                Ok(Channel { transport, from, sender, reply_to, bounces, timeout })
            }
            _ => Err(faults),
        }
    }

    fn mail_server(self, faults: &mut Faults) -> Option<MailServer> {
        let tls = self.tls.unwrap_or(Tls::StartTls);
        if self.host.is_none() {
            faults.push(needed("host", "smtp"));
        }
        if tls == Tls::None && self.host.as_ref().is_some_and(|host| !is_loopback(host)) {
            let told = "may be \"none\" only where host is this machine: localhost, 127.0.0.1 or ::1";
            faults.push(("tls", told.to_owned()));
        }
        let login = match (self.username, self.password_file) {
            (Some(username), Some(password_file)) => Some(Login { username, password_file }),
            (None, None) => None,
            _ => {
                faults.push(together("password_file"));
                None
            }
        };
        let (host, port, ca_file, hello) = (self.host?, self.port, self.ca_file, self.hello);
        Some(MailServer { host, port, tls, login, ca_file, hello })
    }

    fn program(self, faults: &mut Faults) -> Option<Vec<String>> {
        match self.argv.first() {
            None => faults.push(needed("argv", "command")),
            Some(program) if program.starts_with('/') => return Some(self.argv),
            // Nothing is looked for in PATH (security T7).
            Some(_) => faults.push((
                "argv",
                "must begin with the absolute path of a program: nothing is looked for in PATH".to_owned(),
            )),
        }
        None
    }

    /// A spool folder is another program's, so there is no usual one.
    fn spool(self, faults: &mut Faults) -> Option<Transport> {
        if self.path.is_none() {
            faults.push(needed("path", "spool"));
        }
        let (path, format) = (self.path?, self.format.unwrap_or(SpoolFormat::Smstools));
        Some(Transport::Spool { path, format, group_readable: self.group_readable })
    }

    /// What templates and rules say is judged here, so that nothing about them is wrong for the first time when a
    /// code is to go out.
    fn gateway(self, faults: &mut Faults) -> Option<HttpGateway> {
        let mut fault = |key, told: &str| faults.push((key, told.to_owned()));
        let body = self.body_template().unwrap_or_else(|told| {
            fault("body", &told);
            None
        });
        let in_url = |field| self.url.as_ref().is_some_and(|url| url.template.uses(field));
        let in_headers = |field| self.headers.iter().any(|(_, value)| value.uses(field));
        let in_body = |field| body.as_ref().is_some_and(|(body, _)| body.uses(field));
        let uses = |field| in_url(field) || in_headers(field) || in_body(field);
        if self.from == NOBODY {
            let unsigned = [
                ("url", in_url(Field::From)),
                ("headers", in_headers(Field::From)),
                ("body", in_body(Field::From)),
            ];
            for (key, _) in unsigned.into_iter().filter(|(_, names_sender)| *names_sender) {
                fault(key, "uses {{from}}, so `from` must be set to what the gateway knows you by");
            }
        }
        let complete = uses(Field::Text) && (uses(Field::To) || uses(Field::Number));
        if self.url.is_some() && !complete {
            fault(
                "body",
                "must have {{text}}, and {{to}} or {{number}}, if the URL has not: the message would not be in the request",
            );
        }
        // A colon would end it (RFC 7617, 2).
        if self.username.as_ref().is_some_and(|name| name.contains(':')) {
            fault("username", "must not hold a colon");
        }
        if self.token_file.is_none() && self.username.is_some() {
            fault("token_file", &together("token_file").1);
        } else if self.token_file.is_none() && uses(Field::Token) {
            fault("token_file", "must be set: a template uses {{token}}");
        }
        // A proxy's password would stand in the config.
        let secure = self.url.as_ref().is_none_or(|url| url.secure);
        let plain = |url: &String| secure && url.starts_with("http://") && !url.contains('@');
        if !self.proxy.as_ref().is_none_or(plain) {
            fault(
                "proxy",
                "must be a URL that begins with http:// and holds no password, and is for a gateway over https:// only",
            );
        }
        if self.url.is_none() {
            faults.push(needed("url", "http"));
        }
        let (method, endpoint, headers) = (self.method, self.url?, self.headers);
        Some(HttpGateway {
            request: Request { method, endpoint, headers, body },
            rules: ResponseRules {
                accept: self.accept,
                accept_body: self.accept_body,
                retry_body: self.retry_body,
                message_id: self.message_id,
                refusal: self.refusal,
            },
            username: self.username,
            token_file: self.token_file,
            ca_file: self.ca_file,
            proxy: self.proxy,
        })
    }

    /// The body of a request, and the content type that no header gives it; none where it is empty.
    fn body_template(&self) -> Result<Option<(Template, Option<&'static str>)>, String> {
        if self.body.is_empty() {
            return Ok(None);
        }
        let named = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE));
        let (escape, content_type) = match named.and_then(|(_, value)| content_kind(value.source())) {
            Some(escape) => (escape, None),
            None if self.body.trim_start().starts_with(['{', '[']) => {
                (Escape::Json, Some("application/json"))
            }
            None => (Escape::Percent, Some("application/x-www-form-urlencoded")),
        };
        let template = Template::parse(&self.body, escape).map_err(|error| error.to_string())?;
        Ok(Some((template, content_type)))
    }
}

fn needed(key: &'static str, by: &str) -> (&'static str, String) {
    (key, format!("must be set for transport = \"{by}\""))
}

fn together(key: &'static str) -> (&'static str, String) {
    (key, "must be set together with `username`, or neither".to_owned())
}

#[cfg(test)]
#[path = "channel_keys_tests.rs"]
mod tests;
