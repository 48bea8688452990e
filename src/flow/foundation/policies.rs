//! The policies of an account, as they are stored; what an older version stored gets today's defaults for the rest.

use crate::domain::{LoginPolicy, PasswordPolicy, ProtectionPolicy};
use crate::store::{StoreError, Tx};

pub(crate) fn password(tx: &mut dyn Tx, account_id: &str) -> Result<PasswordPolicy, StoreError> {
    read(tx, account_id, "password")
}

pub(crate) fn login(tx: &mut dyn Tx, account_id: &str) -> Result<LoginPolicy, StoreError> {
    read(tx, account_id, "login")
}

pub(crate) fn protection(tx: &mut dyn Tx, account_id: &str) -> Result<ProtectionPolicy, StoreError> {
    read(tx, account_id, "protection")
}

/// A policy of an account; `group` is `password`, `login` or `protection`.
pub(crate) fn read<P: Default + serde::de::DeserializeOwned>(
    tx: &mut dyn Tx,
    account_id: &str,
    group: &'static str,
) -> Result<P, StoreError> {
    match tx.policy(account_id, group)? {
        None => Ok(P::default()),
        Some(json) => serde_json::from_str(&json).map_err(|_| StoreError::Unreadable { column: "policy" }),
    }
}
