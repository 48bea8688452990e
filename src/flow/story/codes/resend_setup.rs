//! A setup token that did not arrive: a new one goes to the same address, by the rules of an administrator's reset.

use crate::domain::issued::{Issued, Use};
use crate::domain::token::{SetupToken, State};
use crate::domain::{Action, Contact, Task, User};
use crate::flow::foundation::{
    AboutUser, Change, Confirmed, Env, FlowError, Missing, Refusal, audit, lookups,
};
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, SecretDestination};
use crate::flow::story::admin_reset::{AdminReset, ResetOptions};
use crate::store::{IssuedFilter, Tx};

/// The planned sending of a new setup token in place of one.
pub struct ResendSetup {
    reset: AdminReset,
}

impl AboutUser for ResendSetup {
    fn user(&self) -> &User {
        self.reset.user()
    }
}

impl ResendSetup {
    /// `verified_caller` is the confirmed challenge of a caller, which support may need and which is used up.
    pub fn plan(env: &Env<'_>, id: &str, verified_caller: Option<&str>) -> Result<Self, FlowError> {
        env.authorize(Task::SendSetupLink, None)?;
        let read = |tx: &mut dyn Tx| {
            let Some(token) = tx.token(id)? else { return Ok(None) };
            let newer = tx.live_token(&token.user_id)?.filter(|live| live.id != token.id);
            Ok(tx.user_by_id(&token.user_id)?.map(|user| (token, user, newer.is_some())))
        };
        let found = lookups::read(env, read, |_| None)?;
        let (token, user, newer) = found.ok_or_else(|| Missing::Code(id.to_owned()))?;
        env.authorize(Task::SendSetupLink, Some(&user))?;
        if let Some(refusal) = judge(&token, &user, newer) {
            return env.turn_down(Action::SetupTokenSent, audit::target(&user), refusal);
        }
        let options = ResetOptions {
            mode: IssueMode::Setup,
            must_change: true,
            expires: None,
            unlock: false,
            remove_mfa: token.removes_mfa.is_some(),
            // Whoever could not make one for a root user cannot have it sent again.
            over_root: user.root,
            destination: SecretDestination::Nowhere,
            otherwise: None,
            verified_caller: verified_caller.map(str::to_owned),
        };
        let who = user.path();
        let reset = AdminReset::of(env, user, options)?.in_place_of(env, &token);
        if reset.receiver().map(|contact| &contact.id) != token.contact_id.as_ref() {
            let target = audit::target(reset.user());
            return env.turn_down(Action::SetupTokenSent, target, Refusal::TokenWentElsewhere(who));
        }
        Ok(Self { reset })
    }
}

impl ResendSetup {
    /// Where it goes.
    pub fn receiver(&self) -> Option<&Contact> {
        self.reset.receiver()
    }
}

/// Why no new one takes the place of this one. One that is too old may be sent anew: somebody waits for it still.
fn judge(token: &SetupToken, user: &User, newer: bool) -> Option<Refusal> {
    let over = |how| Some(Refusal::TokenIsOver(user.path(), how));
    match token.state {
        State::Used => over("used"),
        State::Revoked => over("ended"),
        State::Superseded => over("replaced by a newer one"),
        State::Expired if newer => over("replaced by a newer one"),
        State::Live | State::Expired if token.contact_id.is_none() => {
            Some(Refusal::TokenHandedOut(user.path()))
        }
        State::Live | State::Expired => None,
    }
}

impl Change for ResendSetup {
    type Done = Option<Issued>;

    fn effects(&self) -> Vec<String> {
        let mut effects = self.reset.effects();
        effects.push("the setup token before it ends".to_owned());
        effects
    }

    fn commit(self, env: &Env<'_>, yes: Confirmed) -> Result<Self::Done, FlowError> {
        let prepared = self.reset.prepare(env)?;
        let done = self.reset.commit(env, &prepared, yes)?;
        let newest = IssuedFilter {
            user_id: Some(&done.user.id),
            purpose: Some(Use::Setup),
            ..IssuedFilter::default()
        };
        let now = env.clock.now();
        Ok(env.read(|tx| tx.issued(&newest, now, 1))?.pop())
    }
}
