//! Blocking a user now.

use crate::domain::code::EndReason;
use crate::domain::{Action, Credential, Fact, NewEvent, Principal, Task, User, message};
use crate::flow::foundation::{AboutUser, Change, Confirmed, Env, FlowError, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::credentials;
use crate::store::{CodesOf, StoreError, Tx};

/// The planned revocation of everything a user could come in with.
pub struct RevokeUser {
    user: User,
    notified: Option<String>,
    /// Whether there is anything that they could come in with, or be known by.
    open: bool,
}

/// Whether a person has a password, or anything that could lead to one.
fn is_open(tx: &mut dyn Tx, user: &User) -> Result<bool, StoreError> {
    // Without a password from the beginning nothing was ever revoked.
    let revoked = user.credential.hash.is_none() && user.credential.changed_at.is_some();
    Ok(!revoked
        || tx.live_token(&user.id)?.is_some()
        || tx.codes(CodesOf::User(&user.id), u32::MAX)?.iter().any(|code| code.state.live())
        || tx.requests_of(&user.id, u32::MAX)?.iter().any(|request| request.state.live())
        || !tx.live_challenges(&user.id)?.is_empty()
        || !tx.devices(&user.id)?.is_empty())
}

impl RevokeUser {
    pub fn plan(env: &Env<'_>, who: &Principal) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManagePeople)?;
        let notified = notices::effect(env, &user.contacts);
        let open = env.read(|tx| is_open(tx, &user))?;
        Ok(Self { user, notified, open })
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
        if !self.open {
            return vec![format!("{path} has no password, and nothing live could lead to one")];
        }
        let mut effects = vec![
            format!("the password of {path} is gone, and with it the sign-in; sessions elsewhere can end"),
            format!("every live code, setup token and request of {path} ends"),
            format!("no device of {path} is known any more"),
        ];
        effects.extend(self.notified.clone());
        effects
    }

    fn changes(&self) -> bool {
        self.open
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        if !self.open {
            return Ok(self.user);
        }
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
