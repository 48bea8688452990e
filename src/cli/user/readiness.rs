//! Whether a person could recover.

use serde::Serialize;

use crate::domain::User;
use crate::domain::readiness::Cause;
use crate::ui::{Column, Row, column};

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
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        column("can recover", |row| if row.can_recover { "yes" } else { "no" }.to_owned()),
        column("why", |row| row.causes.iter().map(|cause| cause.describe()).collect::<Vec<_>>().join(", ")),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "user", "account", "name", "root", "can_recover", "causes"];
}
