//! Made-up values, to see what a text looks like and to hold it to the rules.

use jiff::{SignedDuration, Timestamp};

use super::catalogue::{Entry, Given, Kind};
use crate::domain::Secret;
use crate::domain::time::after;

/// Secrets of samples: nobody's.
pub(super) const CODE: &str = "012345";
const TOKEN: &str = "rgn_setup_0000000000000000000000000000000example";

/// The secret of a sample of this message.
pub(super) fn secret(entry: &Entry) -> Secret {
    Secret::from(if entry.carries_code() { CODE } else { TOKEN })
}

/// A value for each field; optional ones have theirs if `full`.
pub(super) fn given<'a>(
    entry: &Entry,
    secret: &'a Secret,
    at: Timestamp,
    full: bool,
) -> Vec<(&'static str, Given<'a>)> {
    let value = |(name, kind): &(&'static str, Kind)| {
        let given = match kind {
            Kind::Secret => Given::Secret(secret),
            Kind::Text => Given::Text(word(name)),
            Kind::Optional => Given::Optional(full.then_some(word(name))),
            Kind::Span => Given::Span(SignedDuration::from_mins(10)),
            Kind::Moment => Given::Moment(at),
            Kind::Clock => Given::Clock(after(at, SignedDuration::from_mins(10))),
        };
        (*name, given)
    };
    entry.fields.iter().map(value).collect()
}

fn word(field: &str) -> &'static str {
    match field {
        "user" => "acme/alice",
        "host" => "host.example.com",
        "reference" => "bdfgh-jkmnp-qrstv",
        "account" => "acme",
        "confirm" => "mobile",
        "serial" => "bdfgh-jkmnp",
        _ => "something",
    }
}
