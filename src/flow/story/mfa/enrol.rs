//! Enrolling: a fresh secret, handed out once, of no effect until two codes of it were seen.

use crate::domain::mfa::{Seed, StoredMfa};
use crate::domain::{Action, Fact, NewEvent, Secret};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, audit};
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::totp::seal;
use crate::guidance::effects::BIND_FIRST;

/// The planned enrolment. Its secret must be handed out before the commit (security T5).
pub struct Enrolment<'a> {
    authority: &'a Authority,
    seed: Seed,
    /// There is one that was enrolled and never bound.
    replaces: bool,
}

impl<'a> Enrolment<'a> {
    /// One authenticator a person: a bound one is taken away first.
    pub fn plan(env: &Env<'_>, authority: &'a Authority) -> Result<Self, FlowError> {
        let user = authority.user();
        if user.mfa {
            let bound = Refusal::MfaBound(user.path());
            return env.turn_down(Action::CreateMfa, audit::target(user), bound);
        }
        let replaces = env.read(|tx| tx.mfa(&user.id))?.is_some();
        Ok(Self { authority, seed: Seed::generate(env.entropy)?, replaces })
    }

    /// For an authenticator that reads a QR code or a link.
    pub fn uri(&self) -> Secret {
        self.seed.uri(self.authority.user())
    }

    /// For typing into one.
    pub fn base32(&self) -> Secret {
        self.seed.base32()
    }
}

impl Change for Enrolment<'_> {
    type Done = ();

    fn effects(&self) -> Vec<String> {
        let who = self.authority.user().path();
        let mut effects = vec![format!("{who} gets the secret of an authenticator, which is shown once")];
        if self.replaces {
            effects
                .push("the one that was enrolled before, and never bound, is of no use any more".to_owned());
        }
        effects.push(BIND_FIRST.to_owned());
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<(), FlowError> {
        env.write(|tx| {
            let user = self.authority.still(tx)?;
            let sealed = seal(env, &user.id, &self.seed)?;
            let enrolled = tx.store.enrol_mfa(&StoredMfa {
                user_id: user.id.clone(),
                key_id: sealed.key_id.to_string(),
                sealed: sealed.bytes,
                enrolled_at: tx.now,
                bound_at: None,
                last_step: None,
            })?;
            let target = audit::target(&user);
            if !enrolled {
                return tx.refuse(Action::CreateMfa, target, Refusal::MfaBound(user.path()));
            }
            Ok(NewEvent::success(Action::CreateMfa, target)
                .with("replaced", Fact::Flag(self.replaces))
                .append(tx)?)
        })
    }
}
