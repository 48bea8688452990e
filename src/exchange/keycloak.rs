//! Keycloak: the users of a realm's export, or of a partial import.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::error::RowFault;
use super::field::{Draft, Field};
use super::json::Object;
use super::notation::{Digest, Parts, base64, padded};
use super::row::{Failed, filled};
use super::written::{Fields, milliseconds, name_of};
use crate::domain::account::Status;
use crate::domain::record::{Given, Record};
use crate::domain::{AccessMode, Secret};

/// The field of a realm that has its users.
pub(super) const USERS: &[&str] = &["users"];

/// What has to be done at the next sign-in.
const UPDATE_PASSWORD: &str = "UPDATE_PASSWORD";

/// The attributes in which sites keep a number.
const NUMBERS: [&str; 5] = ["mobile", "phoneNumber", "phone_number", "mobileNumber", "phone"];

pub(super) fn read(object: &Object<'_>) -> Result<Draft, Failed> {
    filled(Draft::default(), |draft| fields(object, draft))
}

fn fields(object: &Object<'_>, draft: &mut Draft) -> Result<(), RowFault> {
    for (name, field) in [
        ("username", Field::User),
        ("email", Field::Email),
        ("emailVerified", Field::EmailVerified),
        ("createdTimestamp", Field::CreatedAt),
        ("id", Field::ExternalId),
    ] {
        draft.set(field, object.given(name, field)?)?;
    }
    if let Some(number) = NUMBERS.iter().find_map(|name| object.at(&format!("attributes.{name}"))) {
        draft.set(Field::Mobile, super::json::given(number, Field::Mobile)?)?;
    }
    if let Some(verified) = object.at("attributes.phoneNumberVerified") {
        draft.set(Field::MobileVerified, super::json::given(verified, Field::MobileVerified)?)?;
    }
    draft.describe(&[object.text("firstName"), object.text("lastName")])?;
    let record = draft.record();
    if let Some(enabled) = object.flag("enabled") {
        record.status = Given::Set(if enabled { Status::Enabled } else { Status::Disabled });
    }
    if let Some(actions) = object.get("requiredActions") {
        let actions: Vec<String> = serde_json::from_str(actions.get()).unwrap_or_default();
        record.must_change = Given::Set(actions.iter().any(|action| action == UPDATE_PASSWORD));
    }
    if object.text("serviceAccountClientId").is_some() {
        record.access_mode = Given::Set(AccessMode::Programmatic);
    }
    let credentials = object.objects("credentials");
    let of_password =
        |credential: &&Object<'_>| credential.text("type").is_none_or(|kind| *kind == "password");
    let Some(credential) = credentials.iter().find(of_password) else { return Ok(()) };
    match credential.text("value") {
        Some(clear) => {
            record.password = Given::Set(Secret::from(clear.as_str()));
            if credential.flag("temporary") == Some(true) {
                record.must_change = Given::Set(true);
            }
        }
        None => record.password_hash = Given::from(hash(credential).map(Secret::new)),
    }
    Ok(())
}

/// The hash of a credential, in a notation of its own; one of an algorithm that is not known, by the name of that.
fn hash(credential: &Object<'_>) -> Option<String> {
    // Before Keycloak 8 these stood in the credential itself.
    let Some(secret) = credential.text("secretData") else {
        let algorithm =
            credential.text("algorithm").map_or_else(|| "pbkdf2".to_owned(), |name| name.to_string());
        let (tag, salt) = (credential.text("hashedSaltedValue")?, credential.text("salt")?);
        return pbkdf2(&algorithm, number(credential, "hashIterations")?, &salt, &tag);
    };
    let data = credential.text("credentialData")?;
    let (secret, data) = (Object::parse(&secret).ok()?, Object::parse(&data).ok()?);
    let (algorithm, iterations) = (data.text("algorithm")?, number(&data, "hashIterations")?);
    let (tag, salt) = (secret.text("value")?, secret.text("salt"));
    if *algorithm != "argon2" {
        return pbkdf2(&algorithm, iterations, salt.as_deref().map_or("", String::as_str), &tag);
    }
    let more = data.object("additionalParameters")?;
    let parameter = |name: &str| more.at(name).and_then(super::json::text);
    let count = |name: &str| parameter(name)?.parse().ok();
    let version = match parameter("version").as_deref().map(String::as_str) {
        Some("1.0" | "10") => 16,
        _ => 19,
    };
    let parts = Parts::Argon2 {
        kind: format!("argon2{}", parameter("type").map_or_else(|| "id".to_owned(), |kind| kind.to_string())),
        version,
        memory: count("memory")?,
        iterations,
        lanes: count("parallelism")?,
        salt: base64(&salt?)?,
        tag: base64(&tag)?,
    };
    Some(parts.written())
}

fn number(object: &Object<'_>, name: &str) -> Option<u32> {
    object.get(name)?.get().trim_matches('"').parse().ok()
}

fn pbkdf2(algorithm: &str, rounds: u32, salt: &str, tag: &str) -> Option<String> {
    match Digest::of_name(algorithm) {
        Some(digest) => {
            Some(Parts::Pbkdf2 { digest, rounds, salt: base64(salt)?, tag: base64(tag)? }.written())
        }
        None => Some(format!("{{KEYCLOAK-{}}}{tag}", algorithm.to_ascii_uppercase())),
    }
}

/// Whether Keycloak could compare with it.
pub(super) fn carries(hash: &str) -> bool {
    matches!(Parts::of(hash), Some(Parts::Argon2 { .. } | Parts::Pbkdf2 { .. }))
}

pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let mut fields = Fields::begin(out)?;
    fields.some("id", record.external_id.set())?;
    fields.value("username", name_of(record))?;
    fields.some("email", record.email.set())?;
    fields.some("emailVerified", record.email_verified.set())?;
    fields.value("enabled", record.status.set() != Some(&Status::Disabled))?;
    fields.some("firstName", record.description.set())?;
    fields.some("createdTimestamp", record.created_at.set().map(milliseconds))?;
    let mut attributes = serde_json::Map::new();
    if let Some(number) = record.mobile.set() {
        attributes.insert("phoneNumber".to_owned(), json!([number]));
    }
    if let Some(verified) = record.mobile_verified.set() {
        attributes.insert("phoneNumberVerified".to_owned(), json!([verified.to_string()]));
    }
    fields.some("attributes", Some(attributes).filter(|attributes| !attributes.is_empty()))?;
    let must_change = record.must_change.set() == Some(&true);
    fields.value("requiredActions", if must_change { vec![UPDATE_PASSWORD] } else { Vec::new() })?;
    fields.some("credentials", hash.and_then(Parts::of).and_then(|parts| credential(&parts)))?;
    fields.end()
}

fn credential(parts: &Parts) -> Option<Value> {
    let (salt, tag, data) = match parts {
        Parts::Argon2 { kind, version, memory, iterations, lanes, salt, tag } => {
            let data = json!({
                "hashIterations": iterations,
                "algorithm": "argon2",
                "additionalParameters": {
                    "hashLength": [tag.len().to_string()],
                    "memory": [memory.to_string()],
                    "type": [kind.trim_start_matches("argon2")],
                    "version": [if *version == 16 { "1.0" } else { "1.3" }],
                    "parallelism": [lanes.to_string()],
                },
            });
            (salt, tag, data)
        }
        Parts::Pbkdf2 { digest, rounds, salt, tag } => {
            let algorithm = match digest {
                Digest::Sha1 => "pbkdf2".to_owned(),
                Digest::Sha256 | Digest::Sha512 => format!("pbkdf2-{}", digest.as_str()),
            };
            let data = json!({"hashIterations": rounds, "algorithm": algorithm, "additionalParameters": {}});
            (salt, tag, data)
        }
        Parts::Scrypt { .. } => return None,
    };
    let secret = json!({"value": padded(tag), "salt": padded(salt), "additionalParameters": {}});
    // Both are texts that hold JSON.
    Some(json!([{"type": "password", "secretData": secret.to_string(), "credentialData": data.to_string()}]))
}
