//! Which format a file has, by its beginning.

use super::error::ExchangeError;
use super::field::{Field, Known, known};
use super::format::Format;
use super::table::Splitter;
use crate::domain::cells::{SEPARATORS, counts, said_separator};

/// The format of a file that begins so.
pub fn recognise(start: &[u8]) -> Result<Format, ExchangeError> {
    let text = String::from_utf8_lossy(start);
    let Some(line) = text.split(['\n', '\r']).find(|line| counts(line)) else {
        return Err(ExchangeError::Empty);
    };
    match line.trim_start().as_bytes().first() {
        Some(b'{') => of_names(&names(&text), false),
        Some(b'[') => of_names(&names(&text), true),
        _ => of_line(line).ok_or(ExchangeError::Unrecognised),
    }
}

/// Whether JSON has an object a line: whoever writes one over several lines indents them.
pub(super) fn has_whole_lines(start: &[u8]) -> bool {
    let whole = |line: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    let mut lines = start.split(|byte| matches!(byte, b'\n' | b'\r')).peekable();
    let says = |line: &&[u8]| !matches!(line.trim_ascii_start().first(), None | Some(b'#'));
    while lines.next_if(|line| !says(line)).is_some() {}
    let object = lines.peek().is_some_and(|line| line.trim_ascii_start().starts_with(b"{"));
    object && lines.any(|line| line.starts_with(b"{") && whole(line))
}

fn of_line(line: &str) -> Option<Format> {
    let lower = line.to_ascii_lowercase();
    let name = lower.strip_prefix("dn:").is_some_and(|name| name.starts_with(':') || name.contains('='));
    if name || lower.starts_with("version:") {
        return Some(Format::Ldif);
    }
    let number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fields: Vec<&str> = line.trim_end().split(':').collect();
    match fields[..] {
        [_, _, uid, gid, _, _, _] if number(&uid) && number(&gid) => return Some(Format::Shadow),
        [_, _, ref ages @ .., _]
            if ages.len() == 6 && ages.iter().all(|age| age.is_empty() || number(age)) =>
        {
            return Some(Format::Shadow);
        }
        [_, hash] if is_hash(hash) => return Some(Format::Htpasswd),
        _ => {}
    }
    let is_table = |separator: &u8| {
        let mut splitter = Splitter::new(*separator);
        splitter.split(line);
        splitter.cells().count() > 1
    };
    let heading = matches!(known(line), Known::Field(_)) || said_separator(line).is_some();
    (heading || SEPARATORS.iter().any(is_table)).then_some(Format::Csv)
}

/// What stands behind a name in a file of htpasswd: a scheme, or thirteen characters of the oldest one.
fn is_hash(text: &str) -> bool {
    let of_des = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    text.starts_with(['$', '{']) || (text.len() == 13 && text.bytes().all(of_des))
}

/// The names in the first object of a text, which may end anywhere.
fn names(text: &str) -> Vec<String> {
    let (mut names, mut depth, mut of_object) = (Vec::new(), 0_u32, None);
    let mut symbols = text.char_indices();
    while let Some((at, symbol)) = symbols.next() {
        match symbol {
            '{' => {
                depth += 1;
                of_object.get_or_insert(depth);
            }
            '[' => depth += 1,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if of_object.is_some_and(|of| depth < of) {
                    break;
                }
            }
            '"' => {
                let mut escaped = false;
                let end = symbols.find(|(_, symbol)| {
                    let ends = *symbol == '"' && !escaped;
                    escaped = *symbol == '\\' && !escaped;
                    ends
                });
                let Some((end, _)) = end else { break };
                let names_something = text[end + 1..].trim_start().starts_with(':');
                if Some(depth) == of_object && names_something {
                    names.push(text[at + 1..end].to_owned());
                }
            }
            _ => {}
        }
    }
    names
}

/// Names that only a document has around its people.
const AROUND: [(&str, Format); 6] = [
    ("realm", Format::Keycloak),
    ("users", Format::Keycloak),
    ("ifResourceExists", Format::Keycloak),
    ("Resources", Format::Scim),
    ("Operations", Format::Scim),
    ("totalResults", Format::Scim),
];

/// Names that only people of one format have.
const OF_PEOPLE: [(&str, Format); 27] = [
    ("fields", Format::Django),
    ("traits", Format::Kratos),
    ("schema_id", Format::Kratos),
    ("create", Format::Kratos),
    ("userName", Format::Scim),
    ("schemas", Format::Scim),
    ("bulkId", Format::Scim),
    ("emailVerified", Format::Keycloak),
    ("createdTimestamp", Format::Keycloak),
    ("requiredActions", Format::Keycloak),
    ("firstName", Format::Keycloak),
    ("realmRoles", Format::Keycloak),
    ("enabled", Format::Keycloak),
    ("user_id", Format::Auth0),
    ("_id", Format::Auth0),
    ("passwordHash", Format::Auth0),
    ("custom_password_hash", Format::Auth0),
    ("app_metadata", Format::Auth0),
    ("user_metadata", Format::Auth0),
    ("phone_number", Format::Auth0),
    ("phone_verified", Format::Auth0),
    ("blocked", Format::Auth0),
    ("given_name", Format::Auth0),
    ("family_name", Format::Auth0),
    ("nickname", Format::Auth0),
    ("user", Format::Jsonl),
    ("account", Format::Jsonl),
];

/// Names that Auth0 has in common with us.
const OF_AUTH0: [&str; 6] = ["email", "email_verified", "username", "name", "password_hash", "created_at"];

/// Names that people of Keycloak have in common with those of Auth0.
const OF_KEYCLOAK: [&str; 6] = ["id", "username", "email", "attributes", "credentials", "groups"];

fn of_names(names: &[String], array: bool) -> Result<Format, ExchangeError> {
    let found = |table: &[(&str, Format)]| {
        table.iter().find(|(name, _)| names.iter().any(|known| known == name)).map(|(_, format)| *format)
    };
    let identities = names.iter().any(|name| name == "identities");
    let around = || match found(&AROUND) {
        None if identities && found(&OF_PEOPLE).is_none() => Some(Format::Kratos),
        around => around,
    };
    if let Some(format) = around().filter(|_| !array).or_else(|| found(&OF_PEOPLE)) {
        return Ok(format);
    }
    let all = |of: &dyn Fn(&str) -> bool| !names.is_empty() && names.iter().all(|name| of(name));
    let ours = |name: &str| !matches!(known(name), Known::Unknown(_));
    let mut fits = Vec::new();
    if all(&ours) || (names.is_empty() && array) {
        fits.push(Format::Jsonl);
    }
    if all(&|name| OF_AUTH0.contains(&name)) {
        fits.push(Format::Auth0);
    }
    if all(&|name| OF_KEYCLOAK.contains(&name)) && names.iter().any(|name| name == "username") {
        fits.push(Format::Keycloak);
    }
    match fits[..] {
        [format] => Ok(format),
        [] if names.iter().any(|name| Field::WORDS.contains(&name.as_str())) => Ok(Format::Jsonl),
        [] => Err(ExchangeError::Unrecognised),
        _ => Err(ExchangeError::Ambiguous(fits)),
    }
}

#[cfg(test)]
#[path = "recognise_tests.rs"]
mod tests;
