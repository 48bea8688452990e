//! What can be wrong with one key of the file.

use jiff::SignedDuration;

use crate::domain::gateway::{RuleFault, TemplateFault, UrlFault};
use crate::domain::span::{self, SpanError};
use crate::domain::store_url::StoreUrlError;
use crate::domain::time::span_for_people;

/// One fault and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}{fault}", shown(key))]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// The dotted key, `codes.length`; empty where the text is not TOML.
    pub key: String,
    pub fault: Fault,
}

fn shown(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("`{key}` ") }
}

/// What is wrong. Texts that were given are not repeated: somebody may have put a password there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The parser's own words.
    #[error("{message}")]
    Syntax { message: String },
    #[error("is no setting{}", meant(suggestion.as_deref()))]
    Unknown { suggestion: Option<String> },
    #[error("must be {wanted}, not {found}")]
    Type { wanted: &'static str, found: &'static str },
    #[error("must be a whole number from {min} to {max}")]
    Range { min: i64, max: i64 },
    #[error("must be at most {max} beside this `{other}`")]
    Beside { max: u32, other: &'static str },
    #[error("must be from {} to {}", span_with_text(*min), span_with_text(*max))]
    SpanRange { min: SignedDuration, max: SignedDuration },
    #[error("must be a length of time: {}", SpanError::FORM)]
    Span(#[from] SpanError),
    #[error("must be {}", one_of(allowed))]
    Choice { allowed: Vec<&'static str> },
    #[error("must be {}; this version has no other transport", one_of(allowed))]
    Transport { allowed: Vec<&'static str> },
    #[error("is for transport = \"{wanted}\" only")]
    OtherTransport { wanted: &'static str },
    #[error("must be set for transport = \"{by}\"")]
    Needed { by: &'static str },
    #[error("must be a host name or an address, without a port")]
    NotAHost,
    #[error("may be \"none\" only where host is this machine: localhost, 127.0.0.1 or ::1")]
    InTheClear,
    #[error("must be set together with `{other}`, or neither")]
    NotAlone { other: &'static str },
    #[error("must begin with the absolute path of a program: nothing is looked for in PATH")]
    NotAProgram,
    #[error("must be an absolute path, or credential:NAME; the secret itself never stands in the config")]
    NotASecretFile,
    #[error(transparent)]
    Gateway(#[from] UrlFault),
    #[error(transparent)]
    Template(#[from] TemplateFault),
    #[error(transparent)]
    Rule(#[from] RuleFault),
    #[error("must name each header once, and none that frames the request")]
    Header,
    #[error(
        "must have a Content-Type in which fields can be escaped: application/json, application/x-www-form-urlencoded, text/xml or text/plain"
    )]
    ContentType,
    #[error("uses {{{{from}}}}, so `from` must be set to what the gateway knows you by")]
    NoSender,
    #[error(
        "must have {{{{text}}}}, and {{{{to}}}} or {{{{number}}}}, if the URL has not: the message would not be in the request"
    )]
    Incomplete,
    #[error("must be set: a template uses {{{{token}}}}")]
    NoToken,
    #[error("must not hold a colon")]
    NotAUserName,
    #[error(
        "must be a URL that begins with http:// and holds no password, and is for a gateway over https:// only"
    )]
    Proxy,
    #[error("must not be empty")]
    Empty,
    #[error("must not hold control characters")]
    Control,
    #[error("must have at most {max} characters")]
    TooLong { max: usize },
    #[error("must be an absolute path")]
    NotAbsolute,
    #[error("must be a URL that begins with https:// or http://")]
    NotAUrl,
    #[error("must be an email address")]
    NotAnAddress,
    #[error("must be the tag of a language, such as \"en\" or \"zh-CN\"")]
    NotALanguage,
    #[error("must be a domain in lower case, such as \"login.example.com\"")]
    NotADomain,
    #[error("must not say the same twice")]
    Twice,
    #[error("must have {field} in each entry")]
    MissingField { field: &'static str },
    #[error("may have only {} in each entry", one_of(allowed))]
    UnknownField { allowed: Vec<&'static str> },
    #[error("is no store: {0}")]
    Store(#[from] StoreUrlError),
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map(|key| format!("; did you mean `{key}`?")).unwrap_or_default()
}

fn span_with_text(length: SignedDuration) -> String {
    format!("\"{}\" ({})", span::to_text(length), span_for_people(length))
}

fn one_of(allowed: &[&str]) -> String {
    let quoted: Vec<String> = allowed.iter().map(|value| format!("\"{value}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
