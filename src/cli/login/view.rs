//! Somebody who signed in.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::flow::SignedIn;
use crate::ui::{Column, Row, column};

/// A sign-in as shown to programs; people are told in sentences.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct SignInView {
    /// `acme/alice`, or `acme` for the root user.
    user: String,
    account: String,
    name: String,
    root: bool,
    /// *Enterprise administrator* or *IAM user*.
    title: &'static str,
    /// The sign-in before this one, if the account's login policy shows it.
    last_login_at: Option<Timestamp>,
    /// Wrong passwords that were counted before this right one, if it does.
    failures_before: Option<u32>,
    must_change: bool,
    password_expires_at: Option<Timestamp>,
    /// Moves with every change of the credential, so that a session can see that it is out of date.
    epoch: u64,
    /// Minutes without activity after which a session should end, by the account's login policy.
    session_timeout: u32,
    /// What the account's login policy says at sign-in.
    info: Option<String>,
}

impl SignInView {
    pub(in crate::cli) fn of(signed_in: &SignedIn) -> Self {
        let user = &signed_in.user;
        let info = &signed_in.policy.custom_info_for_login;
        let shows = signed_in.policy.show_recent_login_info;
        Self {
            user: user.path(),
            account: user.account.clone(),
            name: user.name.clone(),
            root: user.root,
            title: user.title(),
            last_login_at: signed_in.previous_login.filter(|_| shows),
            failures_before: shows.then_some(signed_in.failures_before),
            must_change: false,
            password_expires_at: signed_in.expires_at,
            epoch: user.credential.epoch,
            session_timeout: signed_in.policy.session_timeout,
            info: (!info.is_empty()).then(|| info.clone()),
        }
    }
}

impl Row for SignInView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        column("title", |row| row.title.to_owned()),
        column("last sign-in", |row| moment(row.last_login_at)),
    ];
}
