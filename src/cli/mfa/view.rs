//! How far a person's authenticator is.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::LoginProtection;
use crate::domain::mfa::Stage;
use crate::flow::mfa::MfaStatus;
use crate::ui::{Column, Row, column};

/// The authenticator of a person as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct MfaView {
    user: String,
    state: Stage,
    enrolled_at: Option<Timestamp>,
    bound_at: Option<Timestamp>,
    login_protection: LoginProtection,
}

impl From<MfaStatus> for MfaView {
    fn from(status: MfaStatus) -> Self {
        let MfaStatus { user, stage, enrolled_at, bound_at, login_protection } = status;
        Self { user, state: stage, enrolled_at, bound_at, login_protection }
    }
}

impl Row for MfaView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        column("MFA", |row| row.state.to_string()),
        column("enrolled", |row| moment(row.enrolled_at)),
        column("bound", |row| moment(row.bound_at)),
        column("login protection", |row| row.login_protection.to_string()),
    ];
    const FIELDS: &'static [&'static str] = &["user", "state", "enrolled_at", "bound_at", "login_protection"];
}
