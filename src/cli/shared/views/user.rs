//! A user.

use jiff::Timestamp;
use serde::Serialize;

use super::ContactView;
use super::moment::moment;
use crate::domain::account::Status;
use crate::domain::code::State as CodeState;
use crate::domain::issued::Issued;
use crate::domain::time::{in_seconds, whole_seconds_from};
use crate::domain::{AccessMode, LoginProtection, User};
use crate::ui::{Column, Row, column, spare};

/// A user as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct UserView {
    id: String,
    account: String,
    name: String,
    root: bool,
    /// *Enterprise administrator* or *IAM user*.
    title: &'static str,
    status: Status,
    description: Option<String>,
    access_mode: AccessMode,
    login_protection: LoginProtection,
    must_change: bool,
    password_set: bool,
    #[serde(serialize_with = "in_seconds")]
    password_changed_at: Option<Timestamp>,
    #[serde(serialize_with = "in_seconds")]
    password_expires_at: Option<Timestamp>,
    /// Shown in cells; programs compare `password_expires_at`.
    #[serde(skip)]
    password_over: bool,
    /// The end of a password that somebody else gave.
    #[serde(skip)]
    temporary_until: Option<Timestamp>,
    /// While it is in the future.
    #[serde(serialize_with = "in_seconds")]
    locked_until: Option<Timestamp>,
    /// Since when they are blocked, because somebody said that a change was not theirs.
    #[serde(serialize_with = "in_seconds")]
    disowned_at: Option<Timestamp>,
    mfa: bool,
    epoch: u64,
    #[serde(serialize_with = "in_seconds")]
    last_login_at: Option<Timestamp>,
    #[serde(serialize_with = "in_seconds")]
    created_at: Timestamp,
    contacts: Vec<ContactView>,
    external_id: Option<String>,
}

impl UserView {
    pub(in crate::cli) fn of(user: &User, now: Timestamp) -> Self {
        Self {
            id: user.id.clone(),
            account: user.account.clone(),
            name: user.name.clone(),
            root: user.root,
            title: user.title(),
            status: user.status,
            description: user.description.clone(),
            access_mode: user.access_mode,
            login_protection: user.login_protection,
            must_change: user.credential.must_change,
            password_set: user.credential.hash.is_some(),
            password_changed_at: user.credential.changed_at,
            password_expires_at: user.credential.expires_at,
            password_over: user.credential.is_over(now),
            temporary_until: user.credential.expires_at,
            locked_until: user.failures.locked(now).map(whole_seconds_from),
            disowned_at: user.disowned.as_ref().map(|disowned| disowned.at),
            mfa: user.mfa,
            epoch: user.credential.epoch,
            last_login_at: user.last_login_at,
            created_at: user.created_at,
            contacts: user.every_contact().map(|contact| ContactView::of(contact, false)).collect(),
            external_id: user.external_id.clone(),
        }
    }

    /// With the end that the password policy sets.
    pub(in crate::cli) fn expiring(mut self, at: Option<Timestamp>) -> Self {
        self.password_expires_at = at;
        self
    }

    /// With what a change makes of the password, where it says so.
    pub(in crate::cli) fn owing(mut self, must_change: Option<bool>) -> Self {
        self.must_change = must_change.unwrap_or(self.must_change);
        self
    }

    pub(in crate::cli) fn mfa(&self) -> bool {
        self.mfa
    }

    /// Who it is, in one line.
    pub(in crate::cli) fn headline(&self) -> String {
        format!("{} ({}), {}", self.path(), self.title, self.id)
    }

    pub(in crate::cli) fn last_seen(&self) -> String {
        self.last_login_at.map_or_else(|| "never".to_owned(), |at| moment(Some(at)))
    }

    fn path(&self) -> String {
        if self.root { self.account.clone() } else { format!("{}/{}", self.account, self.name) }
    }

    /// `user show` tells the rest.
    fn state_briefly(&self) -> String {
        match (self.disowned_at, self.locked_until) {
            (Some(_), _) => "blocked".to_owned(),
            (None, Some(_)) if self.status == Status::Enabled => "locked".to_owned(),
            _ => self.status.to_string(),
        }
    }

    fn password_briefly(&self) -> String {
        match (self.password_set, self.must_change, self.temporary_until) {
            (false, _, _) => "none",
            (true, _, Some(_)) if self.password_over => "expired",
            (true, _, Some(_)) => "temporary",
            (true, true, None) => "must change",
            (true, false, None) => "set",
        }
        .to_owned()
    }

    pub(in crate::cli) fn password(&self) -> String {
        let mfa = if self.mfa { ", with MFA" } else { "" };
        match (self.password_set, self.must_change, self.temporary_until) {
            (false, _, _) => format!("none{mfa}"),
            (true, _, Some(_)) if self.password_over => format!("temporary, expired{mfa}"),
            (true, _, Some(at)) => {
                format!("temporary until {}{mfa}", moment(Some(at)))
            }
            (true, true, None) => format!("set, must be changed{mfa}"),
            (true, false, None) => format!("set{mfa}"),
        }
    }

    fn contacts(&self) -> String {
        let contacts: Vec<String> = self.contacts.iter().map(ContactView::brief).collect();
        if contacts.is_empty() { "none".to_owned() } else { contacts.join(", ") }
    }

    fn channels(&self) -> String {
        let channels: Vec<&str> = self.contacts.iter().map(ContactView::channel).collect();
        if channels.is_empty() { "none".to_owned() } else { channels.join(", ") }
    }

    /// What a sign-in takes, which explains one that failed.
    fn way_in(&self) -> String {
        let access = match self.access_mode {
            AccessMode::Default => "at a console and by program",
            AccessMode::Programmatic => "by program only",
            AccessMode::Console => "at a console",
        };
        let protection = match self.login_protection {
            LoginProtection::None => "",
            LoginProtection::Sms => ", with a code by SMS",
            LoginProtection::Email => ", with a code by email",
            LoginProtection::Vmfa => ", with an authenticator",
        };
        format!("{access}{protection}")
    }

    pub(in crate::cli) fn state(&self) -> String {
        match (self.disowned_at, self.locked_until) {
            (Some(since), _) => {
                let since = moment(Some(since));
                format!("{}, blocked since {since}: a change was not theirs", self.status)
            }
            (None, Some(until)) => {
                format!("{}, locked until {}", self.status, moment(Some(until)))
            }
            (None, None) => self.status.to_string(),
        }
    }
}

impl Row for UserView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", Self::path),
        column("kind", |row| row.title.to_owned()),
        spare(4, "status", Self::state).or_briefly(Self::state_briefly),
        spare(3, "password", Self::password).or_briefly(Self::password_briefly),
        spare(2, "contacts", Self::contacts).or_briefly(Self::channels),
        spare(1, "last sign-in", Self::last_seen),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "account",
        "name",
        "root",
        "title",
        "status",
        "description",
        "access_mode",
        "login_protection",
        "must_change",
        "password_set",
        "password_changed_at",
        "password_expires_at",
        "locked_until",
        "disowned_at",
        "mfa",
        "epoch",
        "last_login_at",
        "created_at",
        "contacts",
        "external_id",
    ];
}

/// One user alone, with what a list has no room for.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct UserDetail {
    #[serde(flatten)]
    pub(in crate::cli) view: UserView,
    /// The setup token that they can set a password with.
    pub(in crate::cli) setup_token: Option<Issued>,
}

impl UserDetail {
    fn setup_token(&self) -> String {
        let Some(token) = &self.setup_token else { return "none".to_owned() };
        let way = match (&token.destination, token.state) {
            (Some(to), CodeState::Queued) => format!("waits to be sent to {to}"),
            (Some(to), CodeState::Failed) => format!("could not be sent to {to}"),
            (Some(to), _) => format!("sent to {to}"),
            (None, _) if token.is_handed_out() => "handed to an operator".to_owned(),
            (None, _) => "sent by email".to_owned(),
        };
        format!("{}, {way}, good until {}", token.id, moment(Some(token.expires_at)))
    }
}

impl Row for UserDetail {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.view.path()),
        column("kind", |row| row.view.title.to_owned()),
        column("status", |row| row.view.state()),
        column("password", |row| row.view.password()),
        column("setup token", Self::setup_token),
        column("contacts", |row| row.view.contacts()),
        column("last sign-in", |row| row.view.last_seen()),
        column("signs in", |row| row.view.way_in()),
        column("description", |row| row.view.description.clone().unwrap_or_else(|| "none".to_owned())),
        column("external ID", |row| row.view.external_id.clone().unwrap_or_else(|| "none".to_owned())),
    ];
}

#[cfg(test)]
mod tests {
    use super::super::{AloneView, ChangeView, OutcomeView};
    use super::*;
    use crate::exchange::{Field, PRINTED};

    #[test]
    fn what_lists_and_reports_print_is_known_where_people_are_read() {
        let printed = [UserView::FIELDS, OutcomeView::FIELDS, ChangeView::FIELDS, AloneView::FIELDS].concat();
        assert!(printed.len() > 30);
        for field in printed {
            assert!(PRINTED.contains(&field) || Field::WORDS.contains(&field), "{field}");
        }
    }
}
