//! Whether the store is sound.

use serde::de::DeserializeOwned;

use crate::domain::hash_scheme::HashKind;
use crate::domain::{LoginPolicy, PasswordPolicy, ProtectionPolicy, StoredHash, Task, User};
use crate::flow::foundation::{Env, FlowError};
use crate::flow::story::audit_log;
use crate::hasher::HashError;
use crate::keyring::{KeyringError, Sealed};
use crate::store::{Inspected, StoreError, Transactions};

/// More findings than anybody reads are counted only.
const SHOWN: usize = 100;

/// What is wrong with the store, a sentence each; nothing if it is sound.
pub fn check_store(env: &Env<'_>) -> Result<Vec<String>, FlowError> {
    env.authorize(Task::ManageStore, None)?;
    // Where not even this can be done, the damage is the finding.
    match inspect(env) {
        Err(FlowError::Store(error @ (StoreError::Corrupt(_) | StoreError::Unreadable { .. }))) => {
            Ok(vec![describe_damage(&error)])
        }
        found => found,
    }
}

/// The damage that keeps a store from being read at all, as a finding.
pub fn describe_damage(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("regain cannot {error}: {cause}"),
        None => format!("regain cannot {error}"),
    }
}

fn inspect(env: &Env<'_>) -> Result<Vec<String>, FlowError> {
    let mut findings = env.store.check(true)?;
    findings.extend(rows(env)?);
    let verified = env.store.read(|tx| audit_log::verify(env.keys, tx))?;
    if let Some((at, what)) = verified.first_bad {
        findings.push(format!("the operation records are broken at number {at}: {what}"));
    }
    Ok(findings)
}

/// Every row that a command would stumble over.
fn rows(env: &Env<'_>) -> Result<Vec<String>, FlowError> {
    let mut findings = Vec::new();
    let mut more = 0_usize;
    env.read(|tx| {
        (findings, more) = (Vec::new(), 0);
        tx.inspect(&mut |row| {
            for finding in judge(env, row) {
                if findings.len() < SHOWN {
                    findings.push(finding);
                } else {
                    more += 1;
                }
            }
        })
    })?;
    if more > 0 {
        findings.push(format!("{more} more rows are bad"));
    }
    Ok(findings)
}

fn judge(env: &Env<'_>, row: Inspected) -> Vec<String> {
    match row {
        Inspected::Sound => Vec::new(),
        Inspected::Unreadable { table, id, column } => {
            vec![format!("row {id} of the table {table} has a {column} that nobody can read")]
        }
        Inspected::Account(account, policies) => policies
            .iter()
            .filter(|(group, text)| !is_policy(group, text))
            .map(|(group, _)| format!("the {group} policy of the account {} cannot be read", account.name))
            .collect(),
        Inspected::User(user) => password(env, &user).into_iter().collect(),
        Inspected::Former { user_id, key_id, sealed } => {
            let opened = key_id
                .parse()
                .map_err(KeyringError::from)
                .and_then(|key_id| env.keys.open(&Sealed { key_id, bytes: sealed }, user_id.as_bytes()));
            match opened {
                Ok(plain) => {
                    let hash = StoredHash::new(String::from_utf8_lossy(&plain).into_owned(), None);
                    hash_fault(env, &hash)
                        .err()
                        .into_iter()
                        .map(|fault| format!("a former password of {user_id} {fault}"))
                        .collect()
                }
                Err(error) => vec![format!("regain cannot {error}: a former password of {user_id}")],
            }
        }
    }
}

fn password(env: &Env<'_>, user: &User) -> Option<String> {
    let hash = user.credential.hash.as_ref()?;
    let fault = match hash_fault(env, hash) {
        Err(fault) => fault,
        Ok(kind) if Some(&kind) != hash.kind() => format!("is {kind}, and noted as something else"),
        Ok(_) => return None,
    };
    Some(format!("the password hash of {} {fault}", user.path()))
}

/// What a hash is, or why no password could be compared with it, after the words for it.
fn hash_fault(env: &Env<'_>, hash: &StoredHash) -> Result<HashKind, String> {
    env.hasher.check_stored(hash).map_err(|error| match error {
        HashError::NoKey(id) => format!("needs the key {id}, which is not in the key file"),
        HashError::Cost => "costs too much or too little to be verified".to_owned(),
        _ => "cannot be verified".to_owned(),
    })
}

fn is_policy(group: &str, text: &str) -> bool {
    fn reads<P: DeserializeOwned>(text: &str) -> bool {
        serde_json::from_str::<P>(text).is_ok()
    }
    match group {
        "password" => reads::<PasswordPolicy>(text),
        "protection" => reads::<ProtectionPolicy>(text),
        _ => reads::<LoginPolicy>(text),
    }
}
