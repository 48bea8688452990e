//! Django: users as `dumpdata` writes them. What else it writes is passed over.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::error::RowFault;
use super::field::{Draft, Field};
use super::json::{Object, given};
use super::notation::{Parts, is_bcrypt};
use super::row::{Failed, filled};
use super::written::{Fields, name_of};
use crate::domain::Secret;
use crate::domain::account::Status;
use crate::domain::record::{Given, Record};

const NUMBERS: [&str; 4] = ["phone_number", "phone", "mobile", "mobile_number"];

/// A password that nothing is equal to begins so.
const UNUSABLE: char = '!';

/// What hashes of Django begin with.
const SCHEMES: [&str; 9] = [
    "pbkdf2_sha256$",
    "pbkdf2_sha1$",
    "argon2$",
    "bcrypt_sha256$$",
    "bcrypt$$",
    "scrypt$",
    "sha1$",
    "md5$",
    "unsalted_md5$",
];

pub(super) fn read(object: &Object<'_>) -> Result<Option<Draft>, Failed> {
    // Sites have users of their own making.
    let fields = object.object("fields").filter(|fields| fields.get("password").is_some());
    let Some(user) = fields.filter(|user| user.get("username").or(user.get("email")).is_some()) else {
        return if object.get("model").is_some() { Ok(None) } else { Err(RowFault::Nobody.into()) };
    };
    filled(Draft::default(), |draft| set(object, &user, draft)).map(Some)
}

fn set(object: &Object<'_>, user: &Object<'_>, draft: &mut Draft) -> Result<(), RowFault> {
    for (name, field) in
        [("username", Field::User), ("email", Field::Email), ("date_joined", Field::CreatedAt)]
    {
        draft.set(field, user.given(name, field)?)?;
    }
    draft.set(Field::ExternalId, object.given("pk", Field::ExternalId)?)?;
    if let Some(number) = NUMBERS.iter().find_map(|name| user.get(name)) {
        draft.set(Field::Mobile, given(number, Field::Mobile)?)?;
    }
    draft.describe(&[user.text("first_name"), user.text("last_name")])?;
    let record = draft.record();
    if let Some(active) = user.flag("is_active") {
        record.status = Given::Set(if active { Status::Enabled } else { Status::Disabled });
    }
    let hash = user.text("password").filter(|hash| !hash.starts_with(UNUSABLE));
    record.password_hash = Given::from(hash.map(|hash| Secret::from(hash.as_str())));
    Ok(())
}

/// A hash as Django has it, if it could compare with it.
fn theirs(hash: &str) -> Option<String> {
    if SCHEMES.iter().any(|scheme| hash.starts_with(scheme)) {
        return Some(hash.to_owned());
    }
    if is_bcrypt(hash) {
        return Some(format!("bcrypt${hash}"));
    }
    matches!(Parts::of(hash), Some(Parts::Argon2 { .. })).then(|| format!("argon2{hash}"))
}

pub(super) fn carries(hash: &str) -> bool {
    theirs(hash).is_some()
}

/// Without `pk`, so that Django gives numbers of its own.
pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let mut user: Map<String, Value> = Map::new();
    let mut set = |name: &str, value: Value| drop(user.insert(name.to_owned(), value));
    set("username", name_of(record).into());
    set("email", record.email.set().map_or("", String::as_str).into());
    set("password", hash.and_then(theirs).unwrap_or_else(|| UNUSABLE.to_string()).into());
    set("is_active", (record.status.set() != Some(&Status::Disabled)).into());
    set("first_name", record.description.set().map_or("", String::as_str).into());
    if let Some(at) = record.created_at.set() {
        set("date_joined", at.to_string().into());
    }
    let mut fields = Fields::begin(out)?;
    fields.value("model", "auth.user")?;
    fields.value("fields", user)?;
    fields.end()
}
