//! Readers of a channel's keys. Each transport has keys of its own: one that is set for another transport is a
//! mistake, and its default is none.

use std::path::PathBuf;

use toml::de::DeValue;

use super::Fault;
use super::channels::{Bounces, Channel, Transport};
use super::read::{Reading, address, choice, line, list_of_lines, path, whole};
use crate::domain::mail::{Login, MailServer, SecretFile, Tls, is_host, is_loopback};

/// One of the transports there are.
pub(super) fn transport(
    value: &DeValue<'_>,
    names: &[(&'static str, Transport)],
    channel: &mut Channel,
) -> Reading {
    choice(value, names, &mut channel.transport).map_err(|fault| match fault {
        Fault::Choice { allowed } => Fault::Transport { allowed },
        other => other,
    })
}

/// A Maildir's path; empty means `usual`, a folder in the outbox. A spool folder is another program's, so there is
/// no usual one.
pub(super) fn maildir(channel: &mut Channel, usual: &str, value: &DeValue<'_>) -> Reading {
    let mut given = None;
    path(value, &mut given)?;
    match (&mut channel.transport, given) {
        (Transport::Maildir { path }, given) => *path = given.unwrap_or_else(|| usual.into()),
        (Transport::Spool { path, .. }, Some(given)) => *path = given,
        (Transport::Spool { .. }, None) => return Err(Fault::Needed { by: "spool" }),
        (_, None) => {}
        (_, Some(_)) => return Err(Fault::OtherTransport { wanted: "maildir" }),
    }
    Ok(())
}

/// An address that may be left empty.
pub(super) fn optional_address(value: &DeValue<'_>, field: &mut Option<String>) -> Reading {
    *field = None;
    if !line(value)?.is_empty() {
        let mut given = String::new();
        address(value, &mut given)?;
        *field = Some(given);
    }
    Ok(())
}

/// The sender on the envelope; a program is told by its own arguments, and a Maildir has no envelope.
pub(super) fn bounces(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let given = line(value)?;
    server(channel, !given.is_empty())?;
    channel.bounces = match given {
        "" => Bounces::ToSender,
        "<>" => Bounces::Never,
        _ => {
            let mut given = String::new();
            address(value, &mut given)?;
            Bounces::ToAddress(given)
        }
    };
    Ok(())
}

/// The server that is being described, for a key that was given a value; nothing where neither is the case.
fn server(channel: &mut Channel, given: bool) -> Result<Option<&mut MailServer>, Fault> {
    match &mut channel.transport {
        Transport::Smtp(server) => Ok(Some(server)),
        _ if given => Err(Fault::OtherTransport { wanted: "smtp" }),
        _ => Ok(None),
    }
}

pub(super) fn host(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let given = line(value)?;
    let Some(server) = server(channel, !given.is_empty())? else { return Ok(()) };
    if given.is_empty() {
        return Err(Fault::Needed { by: "smtp" });
    }
    if !is_host(given) {
        return Err(Fault::NotAHost);
    }
    given.clone_into(&mut server.host);
    Ok(())
}

pub(super) fn port(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given = 0_u16;
    whole(value, 0..=i64::from(u16::MAX), &mut given)?;
    if let Some(server) = server(channel, given != 0)? {
        server.port = Some(given).filter(|port| *port != 0);
    }
    Ok(())
}

pub(super) fn tls(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let names: Vec<_> = Tls::ALL.iter().map(|tls| (tls.as_str(), *tls)).collect();
    let mut given = Tls::StartTls;
    choice(value, &names, &mut given)?;
    let Some(server) = server(channel, given != Tls::StartTls)? else { return Ok(()) };
    // A host that is no host has its own fault already.
    if given == Tls::None && !server.host.is_empty() && !is_loopback(&server.host) {
        return Err(Fault::InTheClear);
    }
    server.tls = given;
    Ok(())
}

pub(super) fn username(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let given = line(value)?;
    if let Transport::Http(gateway) = &mut channel.transport {
        // A colon would end it (RFC 7617, 2).
        if given.contains(':') {
            return Err(Fault::NotAUserName);
        }
        gateway.username = Some(given).filter(|given| !given.is_empty()).map(str::to_owned);
        return Ok(());
    }
    let Some(server) = server(channel, !given.is_empty())? else { return Ok(()) };
    server.login = Some(given)
        .filter(|given| !given.is_empty())
        .map(|given| Login { username: given.to_owned(), password_file: SecretFile::Path(PathBuf::new()) });
    Ok(())
}

/// After the user name: neither is of use alone.
pub(super) fn password_file(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given = None;
    secret_file(value, &mut given)?;
    let Some(server) = server(channel, given.is_some())? else { return Ok(()) };
    match (&mut server.login, given) {
        (Some(login), Some(given)) => login.password_file = given,
        (None, None) => {}
        _ => return Err(Fault::NotAlone { other: "username" }),
    }
    Ok(())
}

pub(super) fn ca_file(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given = None;
    path(value, &mut given)?;
    if let Transport::Http(gateway) = &mut channel.transport {
        gateway.ca_file = given;
    } else if let Some(server) = server(channel, given.is_some())? {
        server.ca_file = given;
    }
    Ok(())
}

pub(super) fn hello(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let given = line(value)?;
    let Some(server) = server(channel, !given.is_empty())? else { return Ok(()) };
    if !given.is_empty() && !is_host(given) {
        return Err(Fault::NotAHost);
    }
    server.hello = Some(given).filter(|given| !given.is_empty()).map(str::to_owned);
    Ok(())
}

/// A program and its arguments. `usual` is the default, which another transport has, too.
pub(super) fn argv(channel: &mut Channel, usual: &[&str], value: &DeValue<'_>) -> Reading {
    let given = list_of_lines(value)?;
    let Transport::Command { argv } = &mut channel.transport else {
        let default = given.iter().map(String::as_str).eq(usual.iter().copied());
        return if default { Ok(()) } else { Err(Fault::OtherTransport { wanted: "command" }) };
    };
    match given.first() {
        None => return Err(Fault::Needed { by: "command" }),
        // Nothing is looked for in PATH (security T7).
        Some(program) if !program.starts_with('/') => return Err(Fault::NotAProgram),
        Some(_) => *argv = given,
    }
    Ok(())
}

/// A secret by the file it is in: an absolute path, or `credential:NAME`; empty for none.
pub(super) fn secret_file(value: &DeValue<'_>, field: &mut Option<SecretFile>) -> Reading {
    let given = line(value)?;
    *field = match given.strip_prefix("credential:") {
        Some(name) if is_credential(name) => Some(SecretFile::Credential(name.to_owned())),
        None if given.is_empty() => None,
        None if given.starts_with('/') => Some(SecretFile::Path(given.into())),
        _ => return Err(Fault::NotASecretFile),
    };
    Ok(())
}

/// systemd takes any name of a file; nothing that leads to another folder.
fn is_credential(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains('/')
}
