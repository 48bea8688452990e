//! Who tries, in vain, to come in as somebody: as far as the records tell from where.

use jiff::{SignedDuration, Timestamp};

use crate::domain::diagnosis::{Attempts, SignInSeen};
use crate::domain::event::{Detail, Event, Outcome};
use crate::domain::time::before;
use crate::domain::{Action, User};
use crate::store::{EventFilter, StoreError, Tx};

/// How far back.
const SPAN: SignedDuration = SignedDuration::from_hours(24);
/// How many records are looked through.
const EVENTS: u32 = 500;
/// Fewer are slips of the person's own.
const MANY: u64 = 5;

/// The places from which many tries failed within a day, those of the most first.
pub(super) fn attempts(tx: &mut dyn Tx, user: &User, now: Timestamp) -> Result<Vec<Attempts>, StoreError> {
    let filter = EventFilter {
        target: Some(user.id.clone()),
        outcome: Some(Outcome::Failure.as_str().to_owned()),
        since: Some(before(now, SPAN)),
        ..EventFilter::default()
    };
    let mut found: Vec<Attempts> = Vec::new();
    // The newest first.
    for event in tx.events(&filter, EVENTS)? {
        let sign_in = event.action == Action::LoginFailed.as_str();
        if !sign_in && event.action != Action::VerifyCodeFailed.as_str() {
            continue;
        }
        let from = place(&event);
        let at = found.iter().position(|attempts| attempts.from == from).unwrap_or(found.len());
        if at == found.len() {
            found.push(Attempts { from, sign_ins: 0, codes: 0, last_at: event.at });
        }
        if let Some(attempts) = found.get_mut(at) {
            *(if sign_in { &mut attempts.sign_ins } else { &mut attempts.codes }) += 1;
        }
    }
    found.retain(|attempts| attempts.sign_ins + attempts.codes >= MANY);
    found.sort_by_key(|attempts| std::cmp::Reverse(attempts.sign_ins + attempts.codes));
    Ok(found)
}

/// How many sign-ins are told.
const SIGN_INS: u32 = 10;

/// The latest sign-ins and tries at one, newest first.
pub(super) fn sign_ins(tx: &mut dyn Tx, user: &User) -> Result<Vec<SignInSeen>, StoreError> {
    let mut found = Vec::new();
    for action in [Action::Login, Action::LoginFailed] {
        let filter = EventFilter {
            target: Some(user.id.clone()),
            action: Some(action.as_str().to_owned()),
            ..EventFilter::default()
        };
        found.extend(tx.events(&filter, SIGN_INS)?);
    }
    found.sort_by_key(|event| std::cmp::Reverse(event.seq));
    found.truncate(SIGN_INS as usize);
    let seen = |event: Event| SignInSeen {
        at: event.at,
        signed_in: event.action == Action::Login.as_str(),
        from: place(&event),
        reason: event.code,
    };
    Ok(found.into_iter().map(seen).collect())
}

fn place(event: &Event) -> String {
    match event.text(Detail::From) {
        Some(address) => format!("{address} by way of {}", event.actor),
        None => format!("{} on {}", event.actor, event.host),
    }
}
