//! Readers of the keys of an HTTP gateway and of a spool folder. What templates and rules say is judged here, so
//! that nothing about them is wrong for the first time when a code is to go out.

use toml::de::DeValue;

use super::Fault;
use super::channels::{Channel, Transport};
use super::gateway::HttpGateway;
use super::read::{Reading, address, choice, entries, flag, line, list_of_lines, not, text, url, whole};
use super::read_channels::secret_file;
use crate::domain::gateway::{
    Condition, Endpoint, Escape, Field, Method, ReplyRules, Spot, Template, TemplateFault, content_kind,
    header_name,
};
use crate::domain::spool::SpoolFormat;

/// The longest body of a request, in characters.
const LONGEST_BODY: usize = 10_000;
/// What `from` is until somebody says who they are.
const NOBODY: &str = "regain@localhost";
/// What the header of that name says of the body.
const CONTENT_TYPE: &str = "content-type";

/// The gateway that is being described, for a key that was given a value of its own.
fn gateway(channel: &mut Channel, given: bool) -> Result<Option<&mut HttpGateway>, Fault> {
    match &mut channel.transport {
        Transport::Http(gateway) => Ok(Some(gateway)),
        _ if given => Err(Fault::OtherTransport { wanted: "http" }),
        _ => Ok(None),
    }
}

pub(super) fn endpoint(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let given = line(value)?;
    let nobody = channel.from == NOBODY;
    let Some(gateway) = gateway(channel, !given.is_empty())? else { return Ok(()) };
    if given.is_empty() {
        return Err(Fault::Needed { by: "http" });
    }
    let endpoint = Endpoint::parse(given)?;
    signed(endpoint.template(), nobody)?;
    gateway.request.endpoint = endpoint;
    Ok(())
}

/// A request that names its sender needs one.
fn signed(template: &Template, nobody: bool) -> Reading {
    if nobody && template.uses(Field::From) { Err(Fault::NoSender) } else { Ok(()) }
}

pub(super) fn method(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let names: Vec<_> = Method::ALL.iter().map(|method| (method.as_str(), *method)).collect();
    let mut given = Method::Post;
    choice(value, &names, &mut given)?;
    if let Some(gateway) = gateway(channel, given != Method::Post)? {
        gateway.request.method = given;
    }
    Ok(())
}

/// `{ Name = "template", … }`
pub(super) fn headers(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let DeValue::Table(table) = value else { return Err(not("a table of headers", value)) };
    let nobody = channel.from == NOBODY;
    let Some(gateway) = gateway(channel, !table.is_empty())? else { return Ok(()) };
    let mut headers = Vec::new();
    for (name, value) in table {
        let name: &str = name.get_ref();
        let taken = |(other, _): &(String, Template)| other.eq_ignore_ascii_case(name);
        if !header_name(name) || headers.iter().any(taken) {
            return Err(Fault::Header);
        }
        let template = Template::parse(line(value.get_ref())?, Escape::Header)?;
        // A message has line breaks, and a header has none.
        for field in [Field::Text, Field::Subject] {
            if template.uses(field) {
                return Err(TemplateFault::Misplaced { field: field.as_str() }.into());
            }
        }
        signed(&template, nobody)?;
        if name.eq_ignore_ascii_case(CONTENT_TYPE) && content_kind(template.source()).is_none() {
            return Err(Fault::ContentType);
        }
        headers.push((name.to_owned(), template));
    }
    gateway.request.headers = headers;
    Ok(())
}

/// After URL and headers, because of the content type, and because only all of them tell what is missing.
pub(super) fn body(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let DeValue::String(given) = value else { return Err(not("a text in quotes", value)) };
    let nobody = channel.from == NOBODY;
    let Some(gateway) = gateway(channel, !given.is_empty())? else { return Ok(()) };
    if given.chars().count() > LONGEST_BODY {
        return Err(Fault::TooLong { max: LONGEST_BODY });
    }
    let request = &mut gateway.request;
    if !given.is_empty() {
        let named = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE));
        let (escape, content_type) = match named {
            Some((_, template)) => (content_kind(template.source()).ok_or(Fault::ContentType)?, None),
            None if given.trim_start().starts_with(['{', '[']) => (Escape::Json, Some("application/json")),
            None => (Escape::Percent, Some("application/x-www-form-urlencoded")),
        };
        let template = Template::parse(given, escape)?;
        signed(&template, nobody)?;
        request.body = Some((template, content_type));
    }
    // A URL that is none has its own fault already.
    let complete = request.endpoint.template().is_empty()
        || (request.uses(Field::Text) && (request.uses(Field::To) || request.uses(Field::Number)));
    if complete { Ok(()) } else { Err(Fault::Incomplete) }
}

/// After the templates that use it.
pub(super) fn token_file(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given = None;
    secret_file(value, &mut given)?;
    let Some(gateway) = gateway(channel, given.is_some())? else { return Ok(()) };
    if given.is_none() && gateway.username.is_some() {
        return Err(Fault::NotAlone { other: "username" });
    }
    if given.is_none() && gateway.request.uses(Field::Token) {
        return Err(Fault::NoToken);
    }
    gateway.token_file = given;
    Ok(())
}

/// Statuses, at least one.
pub(super) fn accept(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given: Vec<u16> = Vec::new();
    for entry in entries(value)? {
        let mut status = 0;
        whole(entry, 200..=299, &mut status)?;
        given.push(status);
    }
    if given.is_empty() {
        return Err(Fault::Empty);
    }
    if let Some(gateway) = gateway(channel, given != ReplyRules::default().accept)? {
        gateway.rules.accept = given;
    }
    Ok(())
}

pub(super) fn conditions(
    channel: &mut Channel,
    value: &DeValue<'_>,
    field: fn(&mut ReplyRules) -> &mut Vec<Condition>,
) -> Reading {
    let given = list_of_lines(value)?;
    let parsed = given.iter().map(|text| Condition::parse(text)).collect::<Result<Vec<_>, _>>()?;
    if let Some(gateway) = gateway(channel, !given.is_empty())? {
        *field(&mut gateway.rules) = parsed;
    }
    Ok(())
}

pub(super) fn spot(
    channel: &mut Channel,
    value: &DeValue<'_>,
    field: fn(&mut ReplyRules) -> &mut Option<Spot>,
) -> Reading {
    let given = line(value)?;
    if let Some(gateway) = gateway(channel, !given.is_empty())? {
        *field(&mut gateway.rules) = if given.is_empty() { None } else { Some(Spot::parse(given)?) };
    }
    Ok(())
}

pub(super) fn proxy(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given = None;
    url(value, &mut given)?;
    let Some(gateway) = gateway(channel, given.is_some())? else { return Ok(()) };
    // A proxy's password would stand in the config.
    let secure = gateway.request.endpoint.is_secure();
    let plain = |url: &String| secure && url.starts_with("http://") && !url.contains('@');
    if !given.as_ref().is_none_or(plain) {
        return Err(Fault::Proxy);
    }
    gateway.proxy = given;
    Ok(())
}

/// An address in a Maildir; for a gateway, what it shows as the sender.
pub(super) fn sms_sender(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    match channel.transport {
        Transport::Http(_) => text(value, &mut channel.from),
        _ => address(value, &mut channel.from),
    }
}

pub(super) fn format(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let names: Vec<_> = SpoolFormat::ALL.iter().map(|format| (format.as_str(), *format)).collect();
    let mut given = SpoolFormat::Smstools;
    choice(value, &names, &mut given)?;
    match &mut channel.transport {
        Transport::Spool { format, .. } => *format = given,
        _ if given == SpoolFormat::Smstools => {}
        _ => return Err(Fault::OtherTransport { wanted: "spool" }),
    }
    Ok(())
}

pub(super) fn group_readable(channel: &mut Channel, value: &DeValue<'_>) -> Reading {
    let mut given = false;
    flag(value, &mut given)?;
    match &mut channel.transport {
        Transport::Spool { group_readable, .. } => *group_readable = given,
        _ if !given => {}
        _ => return Err(Fault::OtherTransport { wanted: "spool" }),
    }
    Ok(())
}

#[cfg(test)]
#[path = "read_gateway_tests.rs"]
mod tests;
