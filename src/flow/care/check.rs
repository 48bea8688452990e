//! Whether the store is sound.

use crate::domain::operator::Task;
use crate::flow::env::Env;
use crate::flow::error::FlowError;
use crate::flow::records;
use crate::store::Transactions;

/// What is wrong with the store, a sentence each; nothing if it is sound.
pub fn check_store(env: &Env<'_>) -> Result<Vec<String>, FlowError> {
    env.authorize(Task::ManageStore, None)?;
    let mut findings = env.store.check()?;
    let verified = env.store.read(|tx| records::verify(env.keys, tx))?;
    if let Some((at, what)) = verified.first_bad {
        findings.push(format!("the operation records are broken at number {at}: {what}"));
    }
    Ok(findings)
}
