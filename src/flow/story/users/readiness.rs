//! Who could not reset their password by themselves today.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::look::{FOUND_BY_SUPPORT, every_user};
use crate::config::{Channel as Delivery, Transport};
use crate::delivery::can_run;
use crate::domain::contact::Contact;
use crate::domain::name::Name;
use crate::domain::operator::Role;
use crate::domain::readiness::{Cause, Way, Ways, causes, needs_familiar_device, with, with_policy};
use crate::domain::request::Method;
use crate::domain::user::User;
use crate::flow::foundation::{Env, FlowError, counted};
use crate::flow::proofs::guesses;
use crate::flow::proofs::self_service::Rules;
use crate::os;
use crate::store::{StoreError, Tx};

/// How many there are, and how many are kept by what.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    pub people: u64,
    /// Those who could not recover.
    pub unready: u64,
    /// Of those who could not: how many each cause applies to. One person may have several.
    pub by_cause: Vec<(Cause, u64)>,
    /// How many support was not shown (security O5).
    pub kept_back: u64,
}

/// Judges everyone, by account and name, and hands those who could not recover to `each`, or everybody if
/// `everyone`, with their causes, until it says to stop. Memory does not grow with the number of people.
pub fn readiness<E: From<FlowError>>(
    env: &Env<'_>,
    account: Option<&Name>,
    everyone: bool,
    mut each: impl FnMut(&User, &[Cause]) -> Result<ControlFlow<()>, E>,
) -> Result<Readiness, E> {
    let (ways, now) = (ways(env), env.clock.now());
    let mut exhausted: Option<HashSet<Vec<u8>>> = None;
    let mut rules: Option<(String, Rules)> = None;
    let mut counted =
        Readiness { by_cause: Cause::ALL.iter().map(|cause| (*cause, 0)).collect(), ..Readiness::default() };
    let mut left = if env.actor.role == Role::Support { u64::from(FOUND_BY_SUPPORT) } else { u64::MAX };
    every_user(env, account, None, None, |user| {
        // Read once, and not before it is clear that the actor may.
        let exhausted = match &exhausted {
            Some(known) => known,
            None => exhausted.insert(env.read(|tx| guesses::exhausted(env, tx, now))?),
        };
        if rules.as_ref().is_none_or(|(account, _)| *account != user.account_id) {
            // People come by account, so that one at a time is remembered.
            rules = Some((user.account_id.clone(), env.read(|tx| Rules::of(tx, &user.account_id))?));
        }
        let timed = rules.as_ref().is_some_and(|(_, rules)| rules.count_time());
        let active_from = if timed { env.read(|tx| tx.active_from(&user.id))? } else { None };
        let withheld = rules.as_ref().and_then(|(_, rules)| rules.withhold(user, active_from, now));
        let causes = causes(user, |contact| is_exhausted(env, exhausted, contact), ways, now);
        let causes = with_policy(causes, withheld);
        let alone = needs_familiar_device(user, |contact| is_exhausted(env, exhausted, contact), ways, now);
        let stuck = alone && !env.read(|tx| has_familiar(tx, user, now))?;
        let causes = if stuck { with(causes, Cause::NoSecondProof) } else { causes };
        let unready = causes.iter().any(|cause| cause.bars());
        counted.people += 1;
        if unready {
            counted.unready += 1;
            for (cause, count) in &mut counted.by_cause {
                *count += u64::from(causes.contains(cause));
            }
        }
        if !unready && !everyone {
            return Ok(ControlFlow::Continue(()));
        }
        if left == 0 {
            counted.kept_back += 1;
            return Ok(ControlFlow::Continue(()));
        }
        left -= 1;
        each(user, &causes)
    })?;
    Ok(counted)
}

/// Whether there is any device that a person often signs in from.
pub(super) fn has_familiar(tx: &mut dyn Tx, user: &User, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.devices(&user.id)?.iter().any(|device| device.known(now)))
}

/// Whether too many wrong codes were entered for a contact.
pub(super) fn is_exhausted(env: &Env<'_>, exhausted: &HashSet<Vec<u8>>, contact: &Contact) -> bool {
    !exhausted.is_empty() && exhausted.contains(&counted::contact(env, contact))
}

/// By which channels codes can go out here: a Maildir must be writable, or can be made; a spool folder is its daemon's,
/// and there if the daemon is; any other way out is one. A Maildir is for trying out, and still a way.
pub(super) fn ways(env: &Env<'_>) -> Ways {
    let (methods, delivery) = (&env.settings.reset.methods, &env.settings.delivery);
    let way = |method: Method, channel: &Delivery| {
        let works = match &channel.transport {
            Transport::Maildir { path } => os::can_write_beneath(path),
            Transport::Spool { path, .. } => os::can_write_into(path),
            Transport::Command { argv } => {
                argv.first().is_some_and(|program| can_run(program.as_ref()).is_ok())
            }
            // Whether a server answers is for `doctor --probe` to find out.
            Transport::Smtp(_) | Transport::Http(_) => true,
        };
        if !methods.contains(&method) && !methods.contains(&Method::Account) {
            Way::MethodOff
        } else if works {
            Way::Open
        } else {
            Way::TransportOff
        }
    };
    Ways { email: way(Method::Email, &delivery.email), mobile: way(Method::Mobile, &delivery.sms) }
}
