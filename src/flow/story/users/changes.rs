//! What may be changed of a user.

use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::account::Status;
use crate::domain::{AccessMode, LoginProtection, Name};

/// What `user update`, `enable` and `disable` may change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserChanges {
    pub name: Option<Name>,
    /// `Some(None)` takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub description: Option<Option<String>>,
    /// What another system calls them; `Some(None)` takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub external_id: Option<Option<String>>,
    pub access_mode: Option<AccessMode>,
    pub login_protection: Option<LoginProtection>,
    pub status: Option<Status>,
    /// Whether the present password must be changed at the next sign-in.
    pub must_change: Option<bool>,
    /// Ends a lock now instead of by waiting.
    pub unlock: bool,
    /// The confirmed challenge of a caller, on whose word support ends a lock; it is used up.
    pub verified_caller: Option<String>,
}

/// What is written, `null` included: a field that is not there is none.
#[expect(clippy::option_option, reason = "a description is left, removed or set")]
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl UserChanges {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
