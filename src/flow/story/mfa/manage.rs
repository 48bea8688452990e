//! The steps of a virtual authenticator: enrolled with a fresh secret that is handed out once and of no effect yet, bound
//! when two codes in a row show that it has the secret and its clock is right, taken away.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::attempt::Kind;
use crate::domain::mfa::{Seed, Stage, StoredMfa, step};
use crate::domain::request::State;
use crate::domain::time::in_seconds;
use crate::domain::{Action, Credential, Fact, LoginProtection, NewEvent, Secret, User, message};
use crate::flow::foundation::{
    AboutUser, Change, Confirmed, Denial, Env, FlowError, Missing, Refusal, Stop, Transaction, audit, people,
};
use crate::flow::messages::notices;
use crate::flow::proofs::attempts;
use crate::flow::proofs::attempts::Trial;
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::totp::{forget_guesses, seal, unseal};
use crate::guidance::effects::BIND_FIRST;

/// What is known of a person's authenticator, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MfaStatus {
    /// As written on the command line.
    pub user: String,
    #[serde(rename = "state")]
    pub stage: Stage,
    #[serde(serialize_with = "in_seconds")]
    pub enrolled_at: Option<Timestamp>,
    #[serde(serialize_with = "in_seconds")]
    pub bound_at: Option<Timestamp>,
    pub login_protection: LoginProtection,
}

/// Whoever asks has been authorised where the person was found.
pub fn status(env: &Env<'_>, user: &User) -> Result<MfaStatus, FlowError> {
    let stored = env.read(|tx| tx.mfa(&user.id))?;
    Ok(MfaStatus {
        user: user.path(),
        stage: stored.as_ref().map_or(Stage::None, StoredMfa::stage),
        enrolled_at: stored.as_ref().map(|stored| stored.enrolled_at),
        bound_at: stored.and_then(|stored| stored.bound_at),
        login_protection: user.login_protection,
    })
}

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
            effects.push("the one that was enrolled before, and never bound, no longer works".to_owned());
        }
        effects.push(BIND_FIRST.to_owned());
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<(), FlowError> {
        env.write(|tx| {
            let user = self.authority.revalidate(tx)?;
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

/// Binds the enrolled authenticator; from here on it is asked for, the two codes are used, and every bound contact
/// is told. Requests to reset the password that are under way end: they did not ask for it.
pub fn confirm(
    env: &Env<'_>,
    authority: &Authority,
    first: &Secret,
    second: &Secret,
) -> Result<User, FlowError> {
    let purpose = Action::BindMfa.as_str();
    let trial = Trial::new(Kind::Totp, purpose, &authority.user().id, &env.actor.source);
    let spent = attempts::spend_alone(env, &trial)?;
    env.write_and_send(|tx| {
        spent.conclude(tx.store, tx.now)?;
        let user = authority.revalidate(tx)?;
        let target = audit::target(&user);
        let stored = tx.store.mfa(&user.id)?.ok_or_else(|| Stop::keep(Missing::Mfa(user.path())))?;
        if stored.bound_at.is_some() {
            return tx.refuse(Action::BindMfa, target, Refusal::MfaBound(user.path()));
        }
        let step = match unseal(env, &stored)?.judge_pair(first, second, step(tx.now)) {
            Ok(step) => step,
            Err(fault) => {
                NewEvent::failure(Action::BindMfa, target, fault.as_str()).append(tx)?;
                return Err(Stop::keep(Denial::totp(fault)));
            }
        };
        if !tx.store.bind_mfa(&user.id, tx.now, step)? {
            return tx.refuse(Action::BindMfa, target, Refusal::ChangedMeanwhile(user.path()));
        }
        forget_guesses(env, tx.store, &user)?;
        tx.store.end_requests(&user.id, State::Cancelled, None)?;
        notices::notify(tx, &user, message::Change::MfaBound)?;
        NewEvent::success(Action::BindMfa, target).append(tx)?;
        let bound = people::reload(tx.store, &user)?;
        authority.end_other_proofs(tx, &bound)?;
        Ok(bound)
    })
}

/// The planned removal, of a bound authenticator or of one that was only enrolled.
pub struct Removal {
    authority: Authority,
    /// There is one, bound or only enrolled.
    enrolled: bool,
    notified: Option<String>,
}

impl Removal {
    /// People may not take away what login protection asks them for; an admin may.
    pub fn plan(env: &Env<'_>, authority: Authority) -> Result<Self, FlowError> {
        let user = authority.user();
        let enrolled = env.read(|tx| tx.mfa(&user.id))?.is_some();
        if authority.is_own() && user.mfa && user.login_protection == LoginProtection::Vmfa {
            return env.turn_down(Action::UnbindMfa, audit::target(user), Refusal::MfaInUse);
        }
        let notified = notices::effect(env, &user.contacts);
        Ok(Self { authority, enrolled, notified })
    }
}

/// Takes the authenticator of a person away, bound or only enrolled, and tells and records it; the person without it.
/// `must_change`: the password stays, and is too short without one.
pub(crate) fn take_away(tx: &mut Transaction<'_>, user: &User, must_change: bool) -> Result<User, Stop> {
    if !tx.store.delete_mfa(&user.id)? {
        return Err(Stop::keep(Missing::Mfa(user.path())));
    }
    forget_guesses(tx.env, tx.store, user)?;
    let target = audit::target(user);
    if user.mfa {
        if must_change {
            let epoch = user.credential.epoch + 1;
            let credential = Credential { must_change: true, epoch, ..user.credential.clone() };
            if !tx.store.set_credential(&user.id, &credential)? {
                return Err(Refusal::ChangedMeanwhile(user.path()).into());
            }
        }
        notices::notify(tx, user, message::Change::MfaUnbound)?;
        NewEvent::success(Action::UnbindMfa, target.clone())
            .with("must_change", Fact::Flag(must_change))
            .append(tx)?;
    }
    NewEvent::success(Action::DeleteMfa, target).append(tx)?;
    people::reload(tx.store, user)
}

/// Whether the password is too short without MFA (security P1).
pub(crate) fn forces_change(user: &User) -> bool {
    user.mfa && user.credential.hash.is_some() && user.credential.leans_on_mfa && !user.credential.must_change
}

impl AboutUser for Removal {
    fn user(&self) -> &User {
        self.authority.user()
    }

    fn after(&self) -> User {
        let mut user = self.user().clone();
        user.credential.must_change |= forces_change(&user);
        user.mfa = false;
        user
    }
}

impl Change for Removal {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let user = self.authority.user();
        let who = user.path();
        if !self.enrolled {
            return vec![format!("{who} has no authenticator enrolled")];
        }
        if !user.mfa {
            return vec![format!(
                "the authenticator that was enrolled for {who}, and never bound, no longer works"
            )];
        }
        let mut effects = vec![format!("{who} is no longer asked for the code of an authenticator")];
        if forces_change(user) {
            effects.push(
                "the password is too short without one, and must be changed at the next sign-in".to_owned(),
            );
        }
        if user.login_protection == LoginProtection::Vmfa {
            effects.push("login protection still requires one".to_owned());
        }
        effects.extend(self.notified.clone());
        effects
    }

    fn changes(&self) -> bool {
        self.enrolled
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        if !self.enrolled {
            return Ok(self.authority.user().clone());
        }
        env.write_and_send(|tx| {
            let user = self.authority.revalidate(tx)?;
            let without = take_away(tx, &user, forces_change(&user))?;
            self.authority.end_other_proofs(tx, &without)?;
            Ok(without)
        })
    }
}
