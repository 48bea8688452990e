//! Deleting a user, for good.

use crate::domain::account::Status;
use crate::domain::{Action, NewEvent, Principal, Task, User};
use crate::flow::foundation::{AboutUser, Change, Confirmed, Env, FlowError, Refusal, audit, people};

/// The planned deletion of a disabled IAM user.
pub struct DeleteUser {
    user: User,
}

impl DeleteUser {
    pub fn plan(env: &Env<'_>, who: &Principal) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManagePeople)?;
        if user.root {
            let refusal = Refusal::RootUser(user.path());
            return env.turn_down(Action::DeleteUser, audit::target(&user), refusal);
        }
        if user.status == Status::Enabled {
            let refusal = Refusal::NotDisabled { noun: "user", who: user.path() };
            return env.turn_down(Action::DeleteUser, audit::target(&user), refusal);
        }
        Ok(Self { user })
    }
}

impl AboutUser for DeleteUser {
    fn user(&self) -> &User {
        &self.user
    }
}

impl Change for DeleteUser {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        vec![
            format!("{} is permanently deleted", self.user.path()),
            "its contacts, codes, tokens and requests end; the operation records stay".to_owned(),
        ]
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        env.write(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            // Everything of the person goes with the row, so that the name made again inherits nothing (K8).
            tx.store.delete_user(&user.id)?;
            NewEvent::success(Action::DeleteUser, audit::target(&user)).append(tx)?;
            Ok(user)
        })
    }
}
