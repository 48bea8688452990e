//! Taking an authenticator away.

use crate::domain::{Action, Credential, Fact, LoginProtection, NewEvent, User, message};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Missing, Refusal, Stop, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::totp::forget_guesses;

/// The planned removal, of a bound authenticator or of one that was only enrolled.
pub struct Removal<'a> {
    authority: &'a Authority,
    told: Option<String>,
}

impl<'a> Removal<'a> {
    /// People may not take away what login protection asks them for; an admin may.
    pub fn plan(env: &Env<'_>, authority: &'a Authority) -> Result<Self, FlowError> {
        let user = authority.user();
        if env.read(|tx| tx.mfa(&user.id))?.is_none() {
            return Err(Missing::Mfa(user.path()).into());
        }
        if authority.is_own() && user.mfa && user.login_protection == LoginProtection::Vmfa {
            return env.turn_down(Action::UnbindMfa, audit::target(user), Refusal::MfaInUse);
        }
        Ok(Self { authority, told: notices::effect(env, &user.contacts) })
    }
}

/// Whether the password is too short without MFA (security P1).
fn forces_change(user: &User) -> bool {
    user.mfa && user.credential.hash.is_some() && user.credential.leans_on_mfa && !user.credential.must_change
}

impl Change for Removal<'_> {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let user = self.authority.user();
        let who = user.path();
        if !user.mfa {
            return vec![format!(
                "the authenticator that was enrolled for {who}, and never bound, is of no use"
            )];
        }
        let mut effects = vec![format!("{who} is no longer asked for the code of an authenticator")];
        if forces_change(user) {
            effects.push(
                "the password is too short without one, and must be changed at the next sign-in".to_owned(),
            );
        }
        if user.login_protection == LoginProtection::Vmfa {
            effects.push("login protection still wants one".to_owned());
        }
        effects.extend(self.told.clone());
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        env.write_and_send(|tx| {
            let user = self.authority.still(tx)?;
            if !tx.store.delete_mfa(&user.id)? {
                return Err(Stop::keep(Missing::Mfa(user.path())));
            }
            forget_guesses(env, tx.store, &user)?;
            let target = audit::target(&user);
            if user.mfa {
                let must_change = forces_change(&user);
                if must_change {
                    let epoch = user.credential.epoch + 1;
                    let credential = Credential { must_change: true, epoch, ..user.credential.clone() };
                    if !tx.store.set_credential(&user.id, &credential)? {
                        return Err(Refusal::ChangedMeanwhile(user.path()).into());
                    }
                }
                notices::notify(tx, &user, message::Change::MfaUnbound)?;
                NewEvent::success(Action::UnbindMfa, target.clone())
                    .with("must_change", Fact::Flag(must_change))
                    .append(tx)?;
            }
            NewEvent::success(Action::DeleteMfa, target).append(tx)?;
            let without = people::reload(tx.store, &user)?;
            self.authority.carry(tx, &without)?;
            Ok(without)
        })
    }
}
