//! SCIM 2.0 (RFC 7643, 7644): users in a list, in an array, or as operations of a bulk request.

use std::io::{self, Write};

use serde_json::json;

use super::error::RowFault;
use super::field::{Draft, Field};
use super::json::{Object, given};
use super::row::{Failed, filled};
use super::written::{Fields, name_of};
use crate::domain::Secret;
use crate::domain::account::Status;
use crate::domain::record::{Given, Record};

/// The fields of a list and of a bulk request that have users.
pub(super) const RESOURCES: &[&str] = &["Resources", "Operations"];

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(super) fn read(object: &Object<'_>) -> Result<Option<Draft>, Failed> {
    let data = object.object("data");
    if let Some(method) = object.text("method") {
        if object.text("path").is_some_and(|path| !path.trim_start_matches('/').starts_with("Users")) {
            return Ok(None);
        }
        if *method != "POST" {
            return Err(RowFault::Change(method.to_string()).into());
        }
    }
    let user = data.as_ref().unwrap_or(object);
    // Groups have other names.
    let of_another_kind = user.at("meta.resourceType").is_some_and(|kind| kind.get() != "\"User\"");
    if of_another_kind || (user.get("userName").is_none() && user.get("members").is_some()) {
        return Ok(None);
    }
    filled(Draft::default(), |draft| fields(user, draft)).map(Some)
}

fn fields(user: &Object<'_>, draft: &mut Draft) -> Result<(), RowFault> {
    draft.set(Field::User, user.given("userName", Field::User)?)?;
    draft.set(Field::ExternalId, user.given("externalId", Field::ExternalId)?)?;
    if let Some(created) = user.at("meta.created") {
        draft.set(Field::CreatedAt, given(created, Field::CreatedAt)?)?;
    }
    let (emails, numbers) = (user.objects("emails"), user.objects("phoneNumbers"));
    let primary = |address: &&Object<'_>| address.flag("primary") == Some(true);
    let mobile = |address: &&Object<'_>| address.text("type").is_some_and(|kind| *kind == "mobile");
    let email = emails.iter().find(primary).or(emails.first());
    for (field, address) in [(Field::Email, email), (Field::Mobile, numbers.iter().find(mobile))] {
        if let Some(address) = address {
            draft.set(field, address.given("value", field)?)?;
        }
    }
    let formatted = user.object("name").and_then(|name| name.text("formatted"));
    draft.describe(&[user.text("displayName").or(formatted), None])?;
    let record = draft.record();
    if let Some(active) = user.flag("active") {
        record.status = Given::Set(if active { Status::Enabled } else { Status::Disabled });
    }
    record.password = Given::from(user.text("password").map(|clear| Secret::from(clear.as_str())));
    Ok(())
}

pub(super) fn write(record: &Record, out: &mut impl Write) -> io::Result<()> {
    let mut fields = Fields::begin(out)?;
    fields.value("schemas", [USER])?;
    fields.some("externalId", record.external_id.set())?;
    fields.value("userName", name_of(record))?;
    fields.some("displayName", record.description.set())?;
    fields.value("active", record.status.set() != Some(&Status::Disabled))?;
    fields.some("emails", record.email.set().map(|email| json!([{"value": email, "primary": true}])))?;
    fields.some(
        "phoneNumbers",
        record.mobile.set().map(|number| json!([{"value": number, "type": "mobile"}])),
    )?;
    if let Some(at) = record.created_at.set() {
        fields.value("meta", json!({"resourceType": "User", "created": at.to_string()}))?;
    }
    fields.end()
}
