//! Ory Kratos: identities, as they are listed, or as they are to be created.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::json;

use super::error::RowFault;
use super::field::{Draft, Field};
use super::json::{Object, given};
use super::notation::{Parts, is_bcrypt, padded};
use super::row::{Failed, filled};
use super::written::{Fields, name_of};
use crate::domain::Secret;
use crate::domain::account::Status;
use crate::domain::record::{Given, Record};

/// The field of a request that has its identities.
pub(super) const IDENTITIES: &[&str] = &["identities"];

const NUMBERS: [&str; 4] = ["phone", "phone_number", "mobile", "mobile_number"];

/// What Kratos calls what `crypt(3)` marks with these.
const CRYPT: [(&str, &str); 3] =
    [("$md5-crypt$", "$1$"), ("$sha256-crypt$", "$5$"), ("$sha512-crypt$", "$6$")];

pub(super) fn read(object: &Object<'_>) -> Result<Draft, Failed> {
    let created = object.object("create");
    filled(Draft::default(), |draft| fields(created.as_ref().unwrap_or(object), draft))
}

fn fields(object: &Object<'_>, draft: &mut Draft) -> Result<(), RowFault> {
    if let Some(traits) = object.object("traits") {
        draft.set(Field::User, traits.given("username", Field::User)?)?;
        draft.set(Field::Email, traits.given("email", Field::Email)?)?;
        if let Some(number) = NUMBERS.iter().find_map(|name| traits.get(name)) {
            draft.set(Field::Mobile, given(number, Field::Mobile)?)?;
        }
        let name = traits.object("name");
        let part = |part: &str| name.as_ref().and_then(|name| name.text(part));
        draft.describe(&[traits.text("name").or_else(|| part("first")), part("last")])?;
    }
    for (name, field) in
        [("id", Field::ExternalId), ("external_id", Field::ExternalId), ("created_at", Field::CreatedAt)]
    {
        if let Some(value) = object.get(name).filter(|value| value.get() != "null" && value.get() != "\"\"") {
            draft.set(field, given(value, field)?)?;
        }
    }
    let record = draft.record();
    for address in object.objects("verifiable_addresses") {
        let Some(verified) = address.flag("verified") else { continue };
        let of = |given: &Given<String>| address.text("value").as_deref() == given.set();
        if of(&record.email) {
            record.email_verified = Given::Set(verified);
        } else if of(&record.mobile) {
            record.mobile_verified = Given::Set(verified);
        }
    }
    record.status = match object.text("state").as_deref().map(String::as_str) {
        Some("active") => Given::Set(Status::Enabled),
        Some("inactive") => Given::Set(Status::Disabled),
        _ => Given::Nothing,
    };
    let password = object.object("credentials").and_then(|credentials| credentials.object("password"));
    if let Some(config) = password.and_then(|password| password.object("config")) {
        let clear = config.text("password").map(|clear| Secret::from(clear.as_str()));
        let hash = config.text("hashed_password").map(|hash| Secret::new(ours(&hash).into_owned()));
        record.password = Given::from(clear);
        record.password_hash = Given::from(hash);
    }
    Ok(())
}

/// A hash of Kratos in the notation of who made it first. Its scrypt counts what others take the logarithm of.
fn ours(hash: &str) -> Cow<'_, str> {
    for (theirs, ours) in CRYPT {
        if let Some(rest) = hash.strip_prefix(theirs) {
            return format!("{ours}{rest}").into();
        }
    }
    match Parts::of(hash) {
        Some(Parts::Scrypt { log_n: n, r, p, salt, tag }) if n.is_power_of_two() => {
            Parts::Scrypt { log_n: n.trailing_zeros(), r, p, salt, tag }.written().into()
        }
        Some(parts @ Parts::Pbkdf2 { .. }) => parts.written().into(),
        _ => hash.into(),
    }
}

/// A hash as Kratos has it, if it could compare with it.
fn theirs(hash: &str) -> Option<Cow<'_, str>> {
    for (theirs, ours) in CRYPT {
        if let Some(rest) = hash.strip_prefix(ours) {
            return Some(format!("{theirs}{rest}").into());
        }
    }
    if is_bcrypt(hash) || hash.starts_with("{SSHA") {
        return Some(hash.into());
    }
    match Parts::of(hash)? {
        Parts::Scrypt { log_n, r, p, salt, tag } => {
            let n = 1_u64.checked_shl(log_n)?;
            Some(format!("$scrypt$ln={n},r={r},p={p}${}${}", padded(&salt), padded(&tag)).into())
        }
        Parts::Argon2 { kind, .. } if kind == "argon2d" => None,
        parts => Some(parts.written_as_phc().into()),
    }
}

pub(super) fn carries(hash: &str) -> bool {
    theirs(hash).is_some()
}

pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let mut fields = Fields::begin(out)?;
    fields.value("schema_id", "default")?;
    fields.some("external_id", record.external_id.set())?;
    fields
        .value("state", if record.status.set() == Some(&Status::Disabled) { "inactive" } else { "active" })?;
    let mut traits = serde_json::Map::new();
    traits.insert("username".to_owned(), name_of(record).into());
    let mut addresses = Vec::new();
    for (name, via, address, verified) in [
        ("email", "email", &record.email, &record.email_verified),
        ("phone", "sms", &record.mobile, &record.mobile_verified),
    ] {
        if let Some(address) = address.set() {
            traits.insert(name.to_owned(), address.as_str().into());
            let verified = verified.set() == Some(&true);
            let status = if verified { "completed" } else { "pending" };
            addresses.push(json!({"value": address, "verified": verified, "via": via, "status": status}));
        }
    }
    if let Some(name) = record.description.set() {
        traits.insert("name".to_owned(), name.as_str().into());
    }
    fields.value("traits", traits)?;
    fields.value("verifiable_addresses", addresses)?;
    fields.some("created_at", record.created_at.set())?;
    if let Some(hash) = hash.and_then(theirs) {
        fields.value("credentials", json!({"password": {"config": {"hashed_password": hash}}}))?;
    }
    fields.end()
}

#[cfg(test)]
mod tests {
    use super::super::notation::base64;
    use super::*;

    #[test]
    fn notations_of_kratos_are_read_and_written() {
        let tag = base64("9DNzaIhKLYGZWsFfah3isq3gy+cfGRtd4WX4vgewysE").unwrap();
        let scrypt = format!("$scrypt$ln=16384,r=8,p=1$5nwP4fy/NwYg5JzTujem1A==${}", padded(&tag));
        for (theirs_, ours_) in [
            (
                scrypt.as_str(),
                "$scrypt$ln=14,r=8,p=1$5nwP4fy/NwYg5JzTujem1A$9DNzaIhKLYGZWsFfah3isq3gy+cfGRtd4WX4vgewysE",
            ),
            ("$sha512-crypt$rounds=5000$salt$tag", "$6$rounds=5000$salt$tag"),
            ("$md5-crypt$salt$tag", "$1$salt$tag"),
            ("$2a$12$abc", "$2a$12$abc"),
            ("$pbkdf2-sha256$i=1000,l=3$AAAA$AA+A", "$pbkdf2-sha256$1000$AAAA$AA.A"),
            ("$argon2id$v=19$m=16,t=2,p=1$AAAA$AA+A", "$argon2id$v=19$m=16,t=2,p=1$AAAA$AA+A"),
        ] {
            assert_eq!(ours(theirs_), ours_);
            assert_eq!(theirs(ours_).as_deref(), Some(theirs_));
        }
        for hash in ["$y$j9T$x", "$P$x", "$apr1$x$y", "$argon2d$v=19$m=16,t=2,p=1$AAAA$AA+A"] {
            assert_eq!(theirs(hash), None, "{hash}");
        }
    }
}
