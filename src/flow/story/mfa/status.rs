//! How far a person's authenticator is.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::mfa::{Stage, StoredMfa};
use crate::domain::{LoginProtection, User};
use crate::flow::foundation::{Env, FlowError};

/// What is known of a person's authenticator, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MfaStatus {
    /// As written on the command line.
    pub user: String,
    #[serde(rename = "state")]
    pub stage: Stage,
    pub enrolled_at: Option<Timestamp>,
    pub bound_at: Option<Timestamp>,
    pub login_protection: LoginProtection,
}

/// Whoever asks has been authorised where the person was found.
pub fn status(env: &Env<'_>, user: &User) -> Result<MfaStatus, FlowError> {
    let stored = env.read(|tx| tx.mfa(&user.id))?;
    Ok(MfaStatus {
        user: user.path(),
        stage: stored.as_ref().map_or(Stage::None, StoredMfa::stage),
        enrolled_at: stored.as_ref().map(|stored| stored.enrolled_at),
        bound_at: stored.and_then(|stored| stored.bound_at),
        login_protection: user.login_protection,
    })
}
