//! Whether a person could recover.

use serde::Serialize;

use crate::domain::readiness::Cause;
use crate::domain::user::User;
use crate::ui::Row;

/// A person's readiness as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ReadinessView {
    id: String,
    user: String,
    account: String,
    name: String,
    root: bool,
    can_recover: bool,
    causes: Vec<Cause>,
}

impl ReadinessView {
    pub(in crate::cli) fn of(user: &User, causes: &[Cause]) -> Self {
        Self {
            id: user.id.clone(),
            user: user.path(),
            account: user.account.clone(),
            name: user.name.clone(),
            root: user.root,
            can_recover: !causes.iter().any(|cause| cause.bars()),
            causes: causes.to_vec(),
        }
    }
}

impl Row for ReadinessView {
    fn columns() -> &'static [&'static str] {
        &["user", "can recover", "why"]
    }

    fn cells(&self) -> Vec<String> {
        let causes: Vec<&str> = self.causes.iter().map(|cause| cause.told()).collect();
        let can = if self.can_recover { "yes" } else { "no" };
        vec![self.user.clone(), can.to_owned(), causes.join(", ")]
    }

    fn fields() -> &'static [&'static str] {
        &["id", "user", "account", "name", "root", "can_recover", "causes"]
    }
}
