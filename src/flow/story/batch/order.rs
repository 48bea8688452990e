//! What a batch does for each of its people, as its journal keeps it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::Channel;
use crate::domain::import::ImportOptions;
use crate::flow::proofs::issuance::IssueMode;
use crate::flow::story::admin_reset::ResetOptions;
use crate::flow::story::users::UserChanges;

/// What is done for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    ResetPassword(ResetOptions),
    UpdateUser(UserChanges),
    RevokeUser,
    DeleteUser,
    UnbindContact {
        channel: Channel,
        unverified: bool,
    },
    RemoveMfa,
    RevokeCodes,
    /// The rows of a file in this format, with columns for fields as `--map` says.
    ImportUsers {
        options: ImportOptions,
        format: String,
        map: Vec<String>,
    },
}

/// What was asked for, once for all people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    #[serde(flatten)]
    pub work: Work,
    /// Whether it is done for all of them or for none.
    pub atomic: bool,
    /// Whether nobody is told.
    pub no_notify: bool,
    /// Why, as the operator said: no part of what tells one order from another.
    pub reason: Option<String>,
    pub ticket: Option<String>,
    /// The file that secrets are written to, as it was named.
    #[serde(default)]
    pub secrets_to: Option<String>,
}

impl Order {
    /// With the file that secrets are written to.
    #[must_use]
    pub fn with_secrets_to(self, file: Option<&Path>) -> Self {
        Self { secrets_to: file.map(|path| path.display().to_string()), ..self }
    }

    /// Whether its rows are those of a file.
    pub fn is_of_file(&self) -> bool {
        matches!(self.work, Work::ImportUsers { .. })
    }

    /// Whether everybody for whom something is done is handed a secret.
    pub(super) fn hands_out_to_all(&self) -> bool {
        matches!(&self.work, Work::ResetPassword(options) if options.mode == IssueMode::Generate)
    }

    /// As a journal keeps it.
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The order of a batch; `None` where another version of the program wrote it.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// What is the same whenever the same is asked for.
    pub(super) fn identity(&self) -> String {
        Self { reason: None, ticket: None, secrets_to: None, ..self.clone() }.written()
    }
}
