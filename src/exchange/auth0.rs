//! Auth0: users as they are imported, and as they are exported.

use std::io::{self, Write};

use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::{Value, json};

use super::error::RowFault;
use super::field::{Draft, Field};
use super::json::Object;
use super::notation::{Parts, base64, is_bcrypt, padded};
use super::row::{Failed, filled};
use super::written::{Fields, name_of};
use crate::domain::Secret;
use crate::domain::account::Status;
use crate::domain::record::{Given, Record};

pub(super) fn read(object: &Object<'_>) -> Result<Draft, Failed> {
    filled(Draft::default(), |draft| fields(object, draft))
}

fn fields(object: &Object<'_>, draft: &mut Draft) -> Result<(), RowFault> {
    for (name, field) in [
        ("username", Field::User),
        ("email", Field::Email),
        ("email_verified", Field::EmailVerified),
        ("phone_number", Field::Mobile),
        ("phone_verified", Field::MobileVerified),
        ("user_id", Field::ExternalId),
        ("created_at", Field::CreatedAt),
    ] {
        draft.set(field, object.given(name, field)?)?;
    }
    draft.describe(&[object.text("name"), None])?;
    // Dumps of the database write moments and ids as objects of one field.
    for (path, field) in [("_id.$oid", Field::ExternalId), ("created_at.$date", Field::CreatedAt)] {
        if let Some(value) = object.at(path) {
            draft.set(field, super::json::given(value, field)?)?;
        }
    }
    let record = draft.record();
    if let Some(blocked) = object.flag("blocked") {
        record.status = Given::Set(if blocked { Status::Disabled } else { Status::Enabled });
    }
    let bcrypt = object.text("passwordHash").or_else(|| object.text("password_hash"));
    let hash = match (bcrypt, object.object("custom_password_hash")) {
        (Some(hash), _) => Some(hash.to_string()),
        (None, Some(custom)) => hash(&custom),
        (None, None) => None,
    };
    record.password_hash = Given::from(hash.map(Secret::new));
    Ok(())
}

/// A hash of another program, in a notation of its own; one for which there is none, by the name of its algorithm.
fn hash(custom: &Object<'_>) -> Option<String> {
    let algorithm = custom.text("algorithm")?;
    let hash = custom.object("hash")?;
    let value = hash.text("value")?;
    let whole = match algorithm.as_str() {
        "argon2" | "bcrypt" | "ldap" => Some(value.to_string()),
        "pbkdf2" => Parts::of(&value).map(|parts| parts.written()),
        "scrypt" => scrypt(custom, &hash),
        digest => salted(digest, custom, &hash),
    };
    Some(whole.unwrap_or_else(|| format!("{{AUTH0-{}}}{}", algorithm.to_ascii_uppercase(), *value)))
}

/// The bytes of a value, in the encoding that stands beside it.
fn bytes(object: &Object<'_>) -> Option<Vec<u8>> {
    let value = object.text("value")?;
    match object.text("encoding").as_deref().map(String::as_str) {
        Some("base64") => base64(&value),
        Some("hex") => HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok(),
        _ => Some(value.as_bytes().to_vec()),
    }
}

fn scrypt(custom: &Object<'_>, hash: &Object<'_>) -> Option<String> {
    let number = |name: &str, otherwise: u32| {
        let stated = custom.get(name).or_else(|| hash.get(name));
        stated.map_or(Some(otherwise), |number| number.get().parse().ok())
    };
    let cost: u32 = number("cost", 16_384).filter(|cost| cost.is_power_of_two())?;
    let parts = Parts::Scrypt {
        log_n: cost.trailing_zeros(),
        r: number("blockSize", 8)?,
        p: number("parallelization", 1)?,
        salt: bytes(&custom.object("salt")?)?,
        tag: bytes(hash)?,
    };
    Some(parts.written())
}

/// A plain digest, in the notation of LDAP, which has its salt behind the password.
fn salted(digest: &str, custom: &Object<'_>, hash: &Object<'_>) -> Option<String> {
    let (plain, salted) = match digest {
        "md5" => ("MD5", "SMD5"),
        "sha1" => ("SHA", "SSHA"),
        "sha256" => ("SHA256", "SSHA256"),
        "sha512" => ("SHA512", "SSHA512"),
        _ => return None,
    };
    let mut tag = bytes(hash)?;
    let Some(salt) = custom.object("salt") else { return Some(format!("{{{plain}}}{}", padded(&tag))) };
    if salt.text("position").is_none_or(|position| *position != "suffix") {
        return None;
    }
    tag.extend(bytes(&salt)?);
    Some(format!("{{{salted}}}{}", padded(&tag)))
}

/// A hash as Auth0 imports it, if it could compare with it.
fn theirs(hash: &str) -> Option<Value> {
    let custom = |algorithm: &str, value: &str| json!({"algorithm": algorithm, "hash": {"value": value, "encoding": "utf8"}});
    if is_bcrypt(hash) {
        return Some(custom("bcrypt", hash));
    }
    if ["{SSHA", "{SHA", "{SMD5}", "{MD5}"].iter().any(|scheme| hash.starts_with(scheme)) {
        return Some(custom("ldap", hash));
    }
    match Parts::of(hash)? {
        Parts::Argon2 { .. } => Some(custom("argon2", hash)),
        parts @ Parts::Pbkdf2 { .. } => Some(custom("pbkdf2", &parts.written_as_phc())),
        Parts::Scrypt { log_n, r, p, salt, tag } => Some(json!({
            "algorithm": "scrypt",
            "hash": {"value": padded(&tag), "encoding": "base64"},
            "salt": {"value": padded(&salt), "encoding": "base64"},
            "cost": 1_u64.checked_shl(log_n)?,
            "blockSize": r,
            "parallelization": p,
            "keylen": tag.len(),
        })),
    }
}

pub(super) fn carries(hash: &str) -> bool {
    theirs(hash).is_some()
}

pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let mut fields = Fields::begin(out)?;
    fields.some("user_id", record.external_id.set())?;
    fields.value("username", name_of(record))?;
    fields.some("email", record.email.set())?;
    fields.some("email_verified", record.email_verified.set())?;
    fields.some("phone_number", record.mobile.set())?;
    fields.some("phone_verified", record.mobile_verified.set())?;
    fields.some("name", record.description.set())?;
    fields.value("blocked", record.status.set() == Some(&Status::Disabled))?;
    fields.some("created_at", record.created_at.set())?;
    fields.some("custom_password_hash", hash.and_then(theirs))?;
    fields.end()
}
