//! Whoever did not sign in for longer than the login policy allows is disabled.

use crate::domain::account::Status;
use crate::domain::{Action, Fact, Ineligible, NewEvent, User};
use crate::flow::foundation::{FlowError, Transaction, audit, people};

/// Disables somebody who was unused for too long.
pub(crate) fn disable(tx: &mut Transaction<'_>, user: &User) -> Result<(), FlowError> {
    let disabled = User { status: Status::Disabled, ..user.clone() };
    let (key, look) = people::named(user)?;
    tx.store.update_user(&disabled, &key, &look)?;
    NewEvent::success(Action::UpdateUser, audit::target(user))
        .with("changed", Fact::Words(vec!["status"]))
        .with("status", Fact::Word(Status::Disabled.as_str()))
        .with("because", Fact::Word(Ineligible::Unused.as_str()))
        .append(tx)
}
