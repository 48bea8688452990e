//! Taking people away, with their contacts in full.

use std::ops::ControlFlow;

use super::select::every_user;
use crate::domain::record::Record;
use crate::domain::selection::{Reach, Selection};
use crate::domain::{Action, Fact, NewEvent, Target, Task};
use crate::flow::foundation::{Env, FlowError, audit, people};

/// Who is handed out, and what of them.
pub struct ExportUsers<'e> {
    pub selection: &'e Selection,
    /// As the record names it.
    pub format: &'static str,
    /// With the hashes of their passwords.
    pub hashes: bool,
}

/// Hands everyone to `each`, by account and name, page by page, until it says to stop; admins only, and never without a
/// record of it, which is made before the first is handed out (security O4).
pub fn export_users<E: From<FlowError>>(
    env: &Env<'_>,
    export: &ExportUsers<'_>,
    mut each: impl FnMut(&Record) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let ExportUsers { selection, format, hashes } = *export;
    env.authorize(Task::UnmaskContacts, None)?;
    let found = match &selection.reach {
        Reach::Accounts(names) if names.len() == 1 => people::require_group(env, names.first())?,
        Reach::Accounts(_) | Reach::Everywhere => None,
    };
    let target = found.as_ref().map_or(Target::None, audit::of_account);
    let event = NewEvent::success(Action::ExportUsers, target)
        .with("format", Fact::Word(format))
        .with("hashes", Fact::Flag(hashes));
    env.record_or_hide(&event)?;
    every_user(env, selection, None, None, |user| each(&Record::of(user, hashes)))
}
