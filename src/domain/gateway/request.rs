//! The request that carries a message: where it goes and what it looks like.

use super::template::{Escape, Fields, Template, TemplateFault};
use crate::domain::mail::is_loopback;
use crate::domain::text::text_enum;

text_enum! {
    Method { Get => "GET", Post => "POST", Put => "PUT" }
}

/// Why a text is not the URL of a gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    #[error("must begin with https://, or with http:// for this machine itself")]
    Scheme,
    #[error("must not go to another machine in the clear: use https://")]
    Clear,
    #[error("must name the server before the first field, and hold no user name or password")]
    Server,
    #[error("must hold no spaces, control characters or #")]
    Symbol,
    #[error(transparent)]
    Template(#[from] TemplateFault),
}

/// Where a gateway listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    template: Template,
    host: String,
    /// The usual one where there is none.
    port: Option<u16>,
    secure: bool,
}

impl Endpoint {
    /// A URL whose fields stand in its path or query. In the clear it goes to this machine only: a code and the
    /// gateway's own secret are in it.
    pub fn parse(text: &str) -> Result<Self, UrlFault> {
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(UrlFault::Scheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        let (host, port) = host(authority).ok_or(UrlFault::Server)?;
        if !secure && !is_loopback(host) {
            return Err(UrlFault::Clear);
        }
        let template = Template::parse(text, Escape::Percent)?;
        let nothing = Fields { to: "", text: "", subject: "", id: "", from: "", token: None };
        let symbol = |c: char| !c.is_ascii_graphic() || matches!(c, '#' | '"' | '<' | '>' | '\\' | '^' | '`');
        if template.fill(&nothing)?.chars().any(symbol) {
            return Err(UrlFault::Symbol);
        }
        Ok(Self { template, host: host.to_owned(), port, secure })
    }

    pub fn template(&self) -> &Template {
        &self.template
    }

    /// A name, or an address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    /// Whether it is asked over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

/// The parts of an authority that is only host and port.
fn host(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(digits.parse().ok()?),
        None if port.is_empty() => None,
        None => return None,
    };
    let of_a_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    (!host.is_empty() && host.chars().all(of_a_host)).then_some((host, port))
}

/// The content types a body can have, and how fields are escaped in each.
pub fn content_kind(content_type: &str) -> Option<Escape> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => Some(Escape::Json),
        "application/x-www-form-urlencoded" => Some(Escape::Percent),
        "application/xml" | "text/xml" => Some(Escape::Xml),
        "text/plain" => Some(Escape::Plain),
        other if other.starts_with("application/") && other.ends_with("+json") => Some(Escape::Json),
        other if other.starts_with("application/") && other.ends_with("+xml") => Some(Escape::Xml),
        _ => None,
    }
}

/// Whether a header of that name can be set: those that frame the request belong to the protocol.
pub fn header_name(name: &str) -> bool {
    const OF_THE_PROTOCOL: [&str; 7] =
        ["host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"];
    let symbol = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty()
        && name.chars().all(symbol)
        && !OF_THE_PROTOCOL.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The request of one message, before its fields are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub endpoint: Endpoint,
    /// Names as written, and what they say.
    pub headers: Vec<(String, Template)>,
    /// With its content type, unless a header says that.
    pub body: Option<(Template, Option<&'static str>)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t8_messages_go_to_the_server_of_the_config_and_in_the_clear_to_this_machine_only() {
        for url in [
            "https://gateway.example/send?to={{to}}",
            "http://127.0.0.1:13013/cgi-bin/sendsms",
            "http://localhost/x",
            "http://[::1]:8080/x",
            "https://gateway.example",
            "https://gateway.example/{{token}}/send",
        ] {
            assert!(Endpoint::parse(url).is_ok(), "{url}");
        }
        let refused = |url| Endpoint::parse(url).unwrap_err();
        assert_eq!(refused("ftp://gateway.example/"), UrlFault::Scheme);
        assert_eq!(refused("http://gateway.example/"), UrlFault::Clear);
        assert_eq!(refused("http://127.0.0.1.example/"), UrlFault::Clear);
        for url in
            ["https://", "https://{{to}}.example/", "https://me:secret@gateway.example/", "https://h:99999/"]
        {
            assert_eq!(refused(url), UrlFault::Server, "{url}");
        }
        for url in ["https://gateway.example/a b", "https://gateway.example/#x", "https://gateway.example/é"]
        {
            assert_eq!(refused(url), UrlFault::Symbol, "{url}");
        }
        assert!(matches!(refused("https://gateway.example/{{nobody}}"), UrlFault::Template(_)));
    }

    #[test]
    fn the_headers_of_the_protocol_are_not_set_by_hand() {
        assert!(header_name("Authorization") && header_name("X-Kannel-To"));
        for name in ["", "Host", "content-length", "a b", "a:b", "é"] {
            assert!(!header_name(name), "{name}");
        }
    }

    #[test]
    fn a_body_has_a_kind_that_can_be_escaped() {
        assert_eq!(content_kind("application/json; charset=utf-8"), Some(Escape::Json));
        assert_eq!(content_kind("application/vnd.api+json"), Some(Escape::Json));
        assert_eq!(content_kind("text/xml"), Some(Escape::Xml));
        assert_eq!(content_kind("multipart/form-data"), None);
    }
}
