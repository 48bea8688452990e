//! How far a person's authenticator is.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::mfa::Stage;
use crate::domain::user::LoginProtection;
use crate::flow::mfa::MfaStatus;
use crate::ui::Row;

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
    fn columns() -> &'static [&'static str] {
        &["user", "MFA", "enrolled", "bound", "login protection"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.user.clone(),
            self.state.to_string(),
            crate::cli::shared::views::moment(self.enrolled_at),
            crate::cli::shared::views::moment(self.bound_at),
            self.login_protection.to_string(),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &["user", "state", "enrolled_at", "bound_at", "login_protection"]
    }
}
