//! The fields of a person, by the names that our own formats have for them.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::error::RowFault;
use crate::domain::list::REGAIN_ERROR;
use crate::domain::record::{Given, Record};
use crate::domain::text::{nearest, text_enum};
use crate::domain::{Secret, cells, typed, when};

text_enum! {
    /// What can be said of a person.
    Field {
        User => "user",
        Account => "account",
        Name => "name",
        Email => "email",
        Mobile => "mobile",
        EmailVerified => "email_verified",
        MobileVerified => "mobile_verified",
        Description => "description",
        Status => "status",
        AccessMode => "access_mode",
        LoginProtection => "login_protection",
        MustChange => "must_change",
        Password => "password",
        PasswordHash => "password_hash",
        ExternalId => "external_id",
        CreatedAt => "created_at",
    }
}

/// What lists and reports of this program print besides: it is read back as what it is, and says nothing.
pub const PRINTED: &[&str] = &[
    REGAIN_ERROR,
    "id",
    "root",
    "title",
    "password_set",
    "password_changed_at",
    "password_expires_at",
    "locked_until",
    "disowned_at",
    "mfa",
    "epoch",
    "last_login_at",
    "contacts",
    "row",
    "text",
    "outcome",
    "changed",
    "reason",
    "message",
    "expires_at",
    "effects",
    "dry_run",
];

/// What other programs call our fields.
const OTHER_WORDS: [(&str, Field); 22] = [
    ("username", Field::User),
    ("login", Field::User),
    ("userid", Field::User),
    ("uid", Field::User),
    ("login_id", Field::User),
    ("organization", Field::Account),
    ("tenant", Field::Account),
    ("realm", Field::Account),
    ("mail", Field::Email),
    ("email_address", Field::Email),
    ("phone", Field::Mobile),
    ("phone_number", Field::Mobile),
    ("telephone", Field::Mobile),
    ("verified", Field::EmailVerified),
    ("phone_verified", Field::MobileVerified),
    ("phone_number_verified", Field::MobileVerified),
    ("comment", Field::Description),
    ("enabled", Field::Status),
    ("active", Field::Status),
    ("hash", Field::PasswordHash),
    ("passwd", Field::Password),
    ("created", Field::CreatedAt),
];

/// What a column or a field of one of our formats is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Field(Field),
    /// Of no meaning here.
    Printed,
    /// And what was probably meant.
    Unknown(Option<&'static str>),
}

/// What a name stands for, in any case, with blanks or dashes for the lines between words.
pub(super) fn known(name: &str) -> Known {
    let mut word = typed::plain(name).to_ascii_lowercase().replace([' ', '-'], "_");
    if let Ok(field) = word.parse() {
        return Known::Field(field);
    }
    if PRINTED.contains(&word.as_str()) {
        return Known::Printed;
    }
    let fields = || Field::WORDS.iter().copied();
    let near = nearest(&word, fields()).or_else(|| {
        word.retain(|symbol| symbol != '_');
        let called = |theirs: &str| theirs.replace('_', "") == word;
        OTHER_WORDS.iter().find(|(theirs, _)| called(theirs)).map(|(_, field)| field.as_str())
    });
    Known::Unknown(near)
}

/// A text that may be a secret.
pub(super) type Text = Zeroizing<String>;

/// A person of whom some fields are read.
#[derive(Default)]
pub(super) struct Draft {
    record: Record,
    account: Option<String>,
    name: Option<String>,
}

impl Draft {
    /// Sets a field by its text. One that is empty is left.
    pub(super) fn set(&mut self, field: Field, given: Given<Text>) -> Result<(), RowFault> {
        let record = &mut self.record;
        match field {
            Field::User => record.user = plain(&given),
            Field::Account => self.account = plain(&given),
            Field::Name => self.name = plain(&given),
            Field::Email => record.email = text(&given),
            Field::Mobile => record.mobile = text(&given),
            Field::EmailVerified => record.email_verified = flag(field, &given)?,
            Field::MobileVerified => record.mobile_verified = flag(field, &given)?,
            Field::Description => record.description = text(&given),
            Field::Status => record.status = word(field, &given, crate::domain::account::Status::WORDS)?,
            Field::AccessMode => record.access_mode = word(field, &given, crate::domain::AccessMode::WORDS)?,
            Field::LoginProtection => {
                record.login_protection = word(field, &given, crate::domain::LoginProtection::WORDS)?;
            }
            Field::MustChange => record.must_change = flag(field, &given)?,
            Field::Password => record.password = secret(given),
            Field::PasswordHash => record.password_hash = secret(given),
            Field::ExternalId => record.external_id = text(&given),
            Field::CreatedAt => record.created_at = moment(field, &given)?,
        }
        Ok(())
    }

    /// Sets a field to a text that is there.
    pub(super) fn put(&mut self, field: Field, text: &str) -> Result<(), RowFault> {
        self.set(field, Given::Set(Zeroizing::new(text.to_owned())))
    }

    /// Describes the person by their full name, whose parts these are.
    pub(super) fn describe(&mut self, parts: &[Option<Text>; 2]) -> Result<(), RowFault> {
        let parts: Vec<&str> = parts.iter().flatten().map(|part| part.as_str()).collect();
        self.put(Field::Description, &parts.join(" "))
    }

    /// What needs no reading.
    pub(super) fn record(&mut self) -> &mut Record {
        &mut self.record
    }

    /// Whom it is about, as far as that is known.
    pub(super) fn user(&self) -> Option<String> {
        match (&self.record.user, &self.account, &self.name) {
            (Some(user), ..) => Some(user.clone()),
            (None, Some(account), Some(name)) => Some(cells::person(account, name)),
            (None, None, name) => name.clone(),
            (None, Some(_), None) => None,
        }
    }

    /// The person, if it is said who it is.
    pub(super) fn finish(mut self) -> Result<Record, RowFault> {
        self.record.user = self.user();
        let record = self.record;
        if record.user.is_some() {
            return Ok(record);
        }
        if self.account.is_some() {
            return Err(RowFault::NoName);
        }
        let others = [&record.email, &record.mobile, &record.external_id];
        if others.iter().any(|given| given.set().is_some()) { Ok(record) } else { Err(RowFault::Nobody) }
    }
}

fn plain(given: &Given<Text>) -> Option<String> {
    text(given).set().cloned()
}

/// A text as it was meant.
fn text(given: &Given<Text>) -> Given<String> {
    match given {
        Given::Nothing => Given::Nothing,
        Given::Removed => Given::Removed,
        Given::Set(text) => {
            let text = typed::tidied(text);
            if text.is_empty() { Given::Nothing } else { Given::Set(text.to_string()) }
        }
    }
}

/// A secret as it stands there.
fn secret(given: Given<Text>) -> Given<Secret> {
    match given {
        Given::Nothing => Given::Nothing,
        Given::Removed => Given::Removed,
        Given::Set(text) if text.is_empty() => Given::Nothing,
        Given::Set(mut text) => Given::Set(Secret::new(std::mem::take(&mut *text))),
    }
}

/// Reads what is set.
fn read<T>(
    given: &Given<Text>,
    fault: RowFault,
    of: impl Fn(&str) -> Option<T>,
) -> Result<Given<T>, RowFault> {
    match text(given) {
        Given::Nothing => Ok(Given::Nothing),
        Given::Removed => Ok(Given::Removed),
        Given::Set(text) => of(&text).map(Given::Set).ok_or(fault),
    }
}

fn flag(field: Field, given: &Given<Text>) -> Result<Given<bool>, RowFault> {
    read(given, RowFault::NotBoolean(field.as_str()), |text| match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    })
}

fn word<T: std::str::FromStr>(
    field: Field,
    given: &Given<Text>,
    words: &'static [&'static str],
) -> Result<Given<T>, RowFault> {
    let fault = RowFault::NoneOf { field: field.as_str(), words };
    read(given, fault, |text| text.to_ascii_lowercase().parse().ok())
}

fn moment(field: Field, given: &Given<Text>) -> Result<Given<Timestamp>, RowFault> {
    read(given, RowFault::NotMoment(field.as_str()), time)
}

/// A moment as text, or in seconds or milliseconds since 1970.
fn time(text: &str) -> Option<Timestamp> {
    /// Milliseconds since 1970 have more digits than seconds ever will.
    const MILLISECONDS: i64 = 100_000_000_000;
    match text.parse::<i64>() {
        Ok(count) if count.abs() >= MILLISECONDS => Timestamp::from_millisecond(count).ok(),
        Ok(count) => Timestamp::from_second(count).ok(),
        Err(_) => when::absolute(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_every_spelling() {
        for name in ["email_verified", "Email Verified", "EMAIL-VERIFIED", "\u{200b}email_verified\u{a0}"] {
            assert_eq!(known(name), Known::Field(Field::EmailVerified), "{name}");
        }
        for (name, meant) in [
            ("emial", Some("email")),
            ("pasword_hash", Some("password_hash")),
            ("userName", Some("user")),
            ("PhoneNumber", Some("mobile")),
            ("shoe size", None),
        ] {
            assert_eq!(known(name), Known::Unknown(meant), "{name}");
        }
        assert_eq!(known("Last_Login_At"), Known::Printed);
    }

    #[test]
    fn moments_are_read_as_programs_write_them() {
        for text in [
            "2026-11-30T02:05:16Z",
            "1796004316",
            "1796004316000",
            "2026-11-30 02:05:16",
            "2026-11-30 02:05:16 UTC",
        ] {
            assert_eq!(
                time(text).map(|at| at.to_string()).as_deref(),
                Some("2026-11-30T02:05:16Z"),
                "{text}"
            );
        }
        for text in ["90d", "02:05", "yesterday", ""] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_wrong_value_is_never_repeated() {
        let mut draft = Draft::default();
        let told = |fault: Result<(), RowFault>| fault.unwrap_err().to_string();
        assert_eq!(told(draft.put(Field::Status, "hunter2")), "its `status` is none of enabled, disabled");
        assert_eq!(
            told(draft.put(Field::MustChange, "hunter2")),
            "its `must_change` is neither true nor false"
        );
        assert_eq!(
            told(draft.put(Field::CreatedAt, "hunter2")),
            "its `created_at` is no time such as 2026-11-30T18:00:00Z"
        );
    }

    #[test]
    fn a_person_is_named_in_one_of_several_ways() {
        let named = |fields: &[(Field, &str)]| {
            let mut draft = Draft::default();
            for (field, text) in fields {
                draft.put(*field, text).unwrap();
            }
            draft.finish().map(|record| record.user)
        };
        let (user, account, name) = (Field::User, Field::Account, Field::Name);
        let told = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(named(&[(account, "acme"), (name, "bob")]), told("acme/bob"));
        assert_eq!(named(&[(account, "acme"), (name, "ACME")]), told("acme"));
        assert_eq!(named(&[(user, "acme/x"), (account, "y"), (name, "z")]), told("acme/x"));
        assert_eq!(named(&[(name, "bob")]), told("bob"));
        assert_eq!(named(&[(account, "acme")]), Err(RowFault::NoName));
        assert_eq!(named(&[(Field::Email, "a@example.com")]), Ok(None));
        assert_eq!(named(&[(user, " ")]), Err(RowFault::Nobody));
    }
}
