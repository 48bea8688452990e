//! Blocking a user now.

use crate::domain::code::EndReason;
use crate::domain::{Action, Credential, Fact, NewEvent, Principal, Task, User, message};
use crate::flow::foundation::{AboutUser, Change, Confirmed, Env, FlowError, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::credentials;

/// The planned revocation of everything a user could come in with.
pub struct RevokeUser {
    user: User,
    told: Option<String>,
}

impl RevokeUser {
    pub fn plan(env: &Env<'_>, who: &Principal) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManagePeople)?;
        let told = notices::effect(env, &user.contacts);
        Ok(Self { user, told })
    }
}

impl AboutUser for RevokeUser {
    fn user(&self) -> &User {
        &self.user
    }
}

impl Change for RevokeUser {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let path = self.user.path();
        let mut effects = vec![
            format!("the password of {path} is gone, and with it the sign-in; sessions elsewhere can end"),
            format!("every live code, setup token and request of {path} ends"),
            format!("no device of {path} is known any more"),
        ];
        effects.extend(self.told.clone());
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            let epoch = user.credential.epoch + 1;
            let credential = Credential { changed_at: Some(tx.now), epoch, ..Credential::default() };
            credentials::replace(tx, &user, &credential)?;
            tx.store.forget_devices(&user.id)?;
            let ended = credentials::end_everything(tx.store, &user, EndReason::UserRevoked, None)?;
            notices::notify(tx, &user, message::Change::PasswordRevoked)?;
            NewEvent::success(Action::RevokeUser, audit::target(&user))
                .with("ended", Fact::Count(ended))
                .append(tx)?;
            people::reload(tx.store, &user)
        })
    }
}
