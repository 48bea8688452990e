//! A user.

use jiff::Timestamp;
use serde::Serialize;

use super::ContactView;
use crate::domain::account::Status;
use crate::domain::user::{AccessMode, LoginProtection, User};
use crate::ui::Row;

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
    password_changed_at: Option<Timestamp>,
    password_expires_at: Option<Timestamp>,
    /// While it is in the future.
    locked_until: Option<Timestamp>,
    mfa: bool,
    epoch: u64,
    last_login_at: Option<Timestamp>,
    created_at: Timestamp,
    contacts: Vec<ContactView>,
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
            locked_until: user.failures.locked(now),
            mfa: user.mfa,
            epoch: user.credential.epoch,
            last_login_at: user.last_login_at,
            created_at: user.created_at,
            contacts: user.contacts.iter().map(|contact| ContactView::of(contact, false)).collect(),
        }
    }

    fn password(&self) -> String {
        let mfa = if self.mfa { ", with MFA" } else { "" };
        match (self.password_set, self.must_change, self.password_expires_at) {
            (false, _, _) => "none".to_owned(),
            (true, _, Some(at)) => format!("temporary until {}{mfa}", super::moment(Some(at))),
            (true, true, None) => format!("set, must be changed{mfa}"),
            (true, false, None) => format!("set{mfa}"),
        }
    }

    fn state(&self) -> String {
        match self.locked_until {
            Some(until) => format!("{}, locked until {}", self.status, super::moment(Some(until))),
            None => self.status.to_string(),
        }
    }
}

impl Row for UserView {
    fn columns() -> &'static [&'static str] {
        &["user", "kind", "status", "password", "contacts", "last sign-in"]
    }

    fn cells(&self) -> Vec<String> {
        let contacts: Vec<String> = self.contacts.iter().map(ContactView::brief).collect();
        vec![
            if self.root { self.account.clone() } else { format!("{}/{}", self.account, self.name) },
            self.title.to_owned(),
            self.state(),
            self.password(),
            if contacts.is_empty() { "none".to_owned() } else { contacts.join(", ") },
            self.last_login_at.map_or_else(|| "never".to_owned(), |at| super::moment(Some(at))),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &[
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
            "mfa",
            "epoch",
            "last_login_at",
            "created_at",
            "contacts",
        ]
    }
}
