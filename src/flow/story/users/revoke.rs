//! Blocking a user now.

use crate::domain::code::EndReason;
use crate::domain::{Action, Credential, Fact, NewEvent, Principal, Task, User, message};
use crate::flow::foundation::{AboutUser, Change, Confirmed, Env, FlowError, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::credentials;
use crate::flow::story::caller_challenge;
use crate::guidance::effects::can_still_reset;
use crate::store::{CodesOf, StoreError, Tx};

/// The planned revocation of everything a user could come in with.
pub struct RevokeUser {
    user: User,
    notified: Option<String>,
    verified_caller: Option<String>,
    open: Open,
}

/// What a person could come in with, or be known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    password: bool,
    /// A code, a token, a request or a challenge.
    live: bool,
    device: bool,
}

impl Open {
    fn of(tx: &mut dyn Tx, user: &User) -> Result<Self, StoreError> {
        let live = tx.live_token(&user.id)?.is_some()
            || tx.codes(CodesOf::User(&user.id), u32::MAX)?.iter().any(|code| code.state.live())
            || tx.requests_of(&user.id, u32::MAX)?.iter().any(|request| request.state.live())
            || !tx.live_challenges(&user.id)?.is_empty();
        let device = !tx.devices(&user.id)?.is_empty();
        Ok(Self { password: user.credential.hash.is_some(), live, device })
    }

    fn anything(self) -> bool {
        self.password || self.live || self.device
    }
}

impl RevokeUser {
    /// By support, for a caller who answered this challenge alone.
    pub fn plan(env: &Env<'_>, who: &Principal, verified_caller: Option<&str>) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::BlockPeople)?;
        let caller = caller_challenge::judge(env, Task::BlockPeople, &user, verified_caller)?;
        if let Some(refusal) = caller {
            return env.turn_down(Action::RevokeUser, audit::target(&user), refusal);
        }
        let notified = notices::effect(env, &user.contacts);
        let open = env.read(|tx| Open::of(tx, &user))?;
        Ok(Self { user, notified, open, verified_caller: verified_caller.map(str::to_owned) })
    }
}

impl AboutUser for RevokeUser {
    fn user(&self) -> &User {
        &self.user
    }

    fn after(&self) -> User {
        let mut user = self.user.clone();
        if self.open.anything() {
            let epoch = user.credential.epoch + 1;
            user.credential = Credential { epoch, ..Credential::default() };
        }
        user
    }

    fn left_open(&self) -> Option<String> {
        can_still_reset(&self.user)
    }
}

impl Change for RevokeUser {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let path = self.user.path();
        if !self.open.anything() {
            return vec![format!("{path} has no password, and nothing live could lead to one")];
        }
        let mut effects = vec![if self.open.password {
            format!(
                "the password of {path} is removed, so that they cannot sign in; sessions elsewhere can end"
            )
        } else {
            format!("sessions of {path} elsewhere can end")
        }];
        if self.open.live {
            effects.push(format!("every live code, setup token and request of {path} ends"));
        }
        if self.open.device {
            effects.push(format!("no device of {path} is known any more"));
        }
        effects.extend(self.left_open());
        effects.extend(self.notified.clone());
        effects
    }

    fn changes(&self) -> bool {
        self.open.anything()
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        if !self.open.anything() {
            return Ok(self.user);
        }
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            caller_challenge::use_up(tx, Action::RevokeUser, &user, self.verified_caller.as_deref())?;
            let epoch = user.credential.epoch + 1;
            let credential = Credential { changed_at: Some(tx.now), epoch, ..Credential::default() };
            credentials::replace(tx, &user, &credential)?;
            tx.store.forget_devices(&user.id)?;
            let ended = credentials::end_everything(tx.store, &user, EndReason::UserRevoked, None)?;
            notices::notify(tx, &user, message::Change::PasswordRevoked)?;
            let event =
                NewEvent::success(Action::RevokeUser, audit::target(&user)).with("ended", Fact::Count(ended));
            caller_challenge::noted(event, self.verified_caller.as_deref()).append(tx)?;
            people::reload(tx.store, &user)
        })
    }
}
