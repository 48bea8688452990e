//! How people are brought in, and what becomes of each.

use serde::{Deserialize, Serialize};

use crate::domain::Name;
use crate::domain::text::text_enum;

text_enum! {
    /// By what somebody is known who is there already, within their account.
    Key { Name => "name", Email => "email", Mobile => "mobile", ExternalId => "external-id" }
}

impl Key {
    /// The field that has it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Name => "user",
            Self::Email => "email",
            Self::Mobile => "mobile",
            Self::ExternalId => "external_id",
        }
    }
}

text_enum! {
    /// What is done about somebody who is there already.
    OnConflict {
        /// Their row fails.
        Fail => "fail",
        /// They are left as they are.
        Skip => "skip",
        /// What their row says is made so.
        Update => "update",
    }
}

text_enum! {
    /// How whoever has no password gets one.
    First { Setup => "setup", Generate => "generate" }
}

/// What an import is told; it stands with its batch, so that the rest is done in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// The account of names that stand alone.
    pub account: Option<Name>,
    pub key: Key,
    pub on_conflict: OnConflict,
    /// Whether somebody who is there gets the password or the hash of their row.
    pub passwords: bool,
    /// Whether a contact counts as verified that its row says is.
    pub trust_verified: bool,
    /// Whether hashes are taken that are cheap to guess.
    pub allow_legacy: bool,
    pub first: Option<First>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            account: None,
            key: Key::Name,
            on_conflict: OnConflict::Fail,
            passwords: false,
            trust_verified: false,
            allow_legacy: false,
            first: None,
        }
    }
}

text_enum! {
    /// Why somebody is left as they are, by the stable code.
    Skipped {
        Exists => "exists": "they are here already, and --on-conflict is skip",
        RootUser => "root_user": "a root user who is here already is not imported: it is managed with its account",
        Operator => "operator": "an operator of this store who is here already is not imported",
    }
    /// For people.
    fn describe;
}

/// What becomes of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped(Skipped),
}
