//! Who could not reset their password by themselves today.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::find::FOUND_BY_SUPPORT;
use super::select::every_user;
use crate::config::Transport;
use crate::delivery::can_run;
use crate::domain::code::Purpose;
use crate::domain::eligibility::{Counters, Facts, MAX_FAILURES, Policies, reasons};
use crate::domain::readiness::{Cause, causes, needs_familiar_device};
use crate::domain::request::Method;
use crate::domain::selection::Selection;
use crate::domain::{Channel, Contact, Ineligible, Role, User};
use crate::flow::foundation::{Env, FlowError, counted, eligibility};
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
    selection: &Selection,
    everyone: bool,
    mut each: impl FnMut(&User, &[Cause]) -> Result<ControlFlow<()>, E>,
) -> Result<Readiness, E> {
    let (way, now) = (ways(env), env.clock.now());
    let mut exhausted: Option<HashSet<Vec<u8>>> = None;
    let mut known: Option<(String, Policies)> = None;
    let mut counted =
        Readiness { by_cause: Cause::ALL.iter().map(|cause| (*cause, 0)).collect(), ..Readiness::default() };
    let mut left = if env.actor.role == Role::Support { u64::from(FOUND_BY_SUPPORT) } else { u64::MAX };
    every_user(env, selection, None, None, |user| {
        // Read once, and not before it is clear that the actor may.
        let exhausted = match &exhausted {
            Some(known) => known,
            None => exhausted.insert(env.read(|tx| eligibility::exhausted(env, tx, now))?),
        };
        let policies = match &known {
            Some((account, policies)) if *account == user.account_id => *policies,
            // People come by account, so that one at a time is remembered.
            _ => {
                known
                    .insert((
                        user.account_id.clone(),
                        env.read(|tx| eligibility::of_account(tx, &user.account_id))?,
                    ))
                    .1
            }
        };
        let timed = policies.validity_days > 0;
        let active_from = if timed { env.read(|tx| tx.active_from(&user.id))? } else { None };
        let against = |contact: Option<&Contact>| {
            let off = !exhausted.is_empty()
                && contact.is_some_and(|contact| exhausted.contains(&counted::contact(env, contact)));
            // What is spent for an hour or a day makes nobody unready.
            let counters = Counters { failures: if off { MAX_FAILURES } else { 0 }, ..Counters::default() };
            let way = contact.and_then(|contact| way(contact.channel));
            let user = Some(user);
            reasons(&Facts {
                user,
                policies,
                active_from,
                contact,
                way,
                counters,
                ..Facts::new(Purpose::Reset, now)
            })
        };
        let ways: Vec<_> = each_contact(user).into_iter().map(against).collect();
        let alone = needs_familiar_device(user, &ways) && !env.read(|tx| has_familiar(tx, user, now))?;
        let causes = causes(user, &ways, alone, now);
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

/// The contacts that a code could go to; none is one case, too.
pub(super) fn each_contact(user: &User) -> Vec<Option<&Contact>> {
    if user.contacts.is_empty() { vec![None] } else { user.contacts.iter().map(Some).collect() }
}

/// Why codes cannot go out here by a channel: a Maildir must be writable, or can be made; a spool folder is its daemon's,
/// and there if the daemon is; any other way out is one. A Maildir is for trying out, and still a way.
pub(super) fn ways(env: &Env<'_>) -> impl Fn(Channel) -> Option<Ineligible> {
    let (methods, delivery) = (&env.settings.reset.methods, &env.settings.delivery);
    let way = |method: Method, transport: &Transport| {
        let works = match transport {
            Transport::Maildir { path } => os::can_write_beneath(path),
            Transport::Spool { path, .. } => os::can_write_into(path),
            Transport::Command { argv } => {
                argv.first().is_some_and(|program| can_run(program.as_ref()).is_ok())
            }
            // Whether a server answers is for `doctor --probe` to find out.
            Transport::Smtp(_) | Transport::Http(_) => true,
        };
        if !methods.contains(&method) && !methods.contains(&Method::Account) {
            Some(Ineligible::MethodOff)
        } else {
            (!works).then_some(Ineligible::TransportOff)
        }
    };
    let email = way(Method::Email, &delivery.email.transport);
    let mobile = way(Method::Mobile, &delivery.sms.transport);
    move |channel| match channel {
        Channel::Email => email,
        Channel::Mobile => mobile,
    }
}
