//! The facts that [`crate::domain::eligibility`] judges by. For a name that nobody has, as much is read (security E1).

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{Env, counted, policies};
use crate::config::Budgets;
use crate::domain::code::Purpose;
use crate::domain::eligibility::{
    By, Ceiling, Counters, Facts, MAX_FAILURES, Policies, Used, is_unused as judge_unused, reasons,
};
use crate::domain::time::before;
use crate::domain::{Channel, Contact, Ineligible, User};
use crate::flow::foundation::Transaction;
use crate::store::{StoreError, Tx};

/// What went to a contact, by whom.
pub(crate) const TO_CONTACT: &str = "sent_to_contact";
pub(crate) const TO_PERSON: &str = "sent_to_person";
pub(crate) const FROM_SOURCE: &str = "sent_from_source";
pub(crate) const BY_CHANNEL: &str = "sent_by_channel";
/// Wrong codes, by what they were tried on and, beneath it, the source.
pub(crate) const GUESSES: &str = "guesses";

/// Octets of a keyed hash: what subjects are cut to, to count them with what lies beneath.
pub(crate) const SUBJECT: u32 = 32;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What a message is counted by. Decoys are counted like everyone else.
pub(crate) struct Charge<'a> {
    /// Keyed hash of the contact's address, or of what was typed instead.
    pub(crate) contact: Vec<u8>,
    /// Keyed hash of the person, or of the name nobody has.
    pub(crate) person: Vec<u8>,
    pub(crate) by: By<'a>,
    pub(crate) channel: Channel,
}

impl<'a> Charge<'a> {
    /// For a message to somebody's own contact.
    pub(crate) fn of(env: &Env<'_>, contact: &Contact, by: By<'a>) -> Self {
        Self {
            contact: counted::contact(env, contact),
            person: counted::person(env, &contact.user_id),
            by,
            channel: contact.channel,
        }
    }
}

/// The part of a subject that somebody spends, beneath it.
pub(crate) fn part(env: &Env<'_>, by: By<'_>, subject: &[u8]) -> Vec<u8> {
    let (kind, source) = match by {
        By::Stranger(source) => ("stranger", source),
        // Those who have the password are one, wherever they are.
        By::Proven(_) => ("proven", ""),
        By::Operator => ("operator", ""),
    };
    counted::beneath(env, subject, &[kind, source])
}

/// The first reason why a code of this purpose may not go to a contact of this person, as far as the two and what is
/// counted tell.
pub(crate) fn judge(
    tx: &mut Transaction<'_>,
    purpose: Purpose,
    user: &User,
    contact: &Contact,
    charge: &Charge<'_>,
) -> Result<Option<Ineligible>, StoreError> {
    let facts = Facts { contact: Some(contact), ..facts(tx, purpose, Some(user), charge)? };
    Ok(reasons(&facts).first().copied())
}

/// What is stored of a person and their account; the contact and what was asked are for the caller to add.
pub(crate) fn facts<'a>(
    tx: &mut Transaction<'_>,
    purpose: Purpose,
    user: Option<&'a User>,
    charge: &Charge<'a>,
) -> Result<Facts<'a>, StoreError> {
    let counters = counters(tx, charge)?;
    let mut facts = Facts { user, by: charge.by, counters, ..Facts::new(purpose, tx.now) };
    if purpose == Purpose::Reset {
        facts.policies = of_account(tx.store, user.map_or("", |user| user.account_id.as_str()))?;
        facts.active_from = tx.store.active_from(user.map_or("", |user| user.id.as_str()))?;
    }
    Ok(facts)
}

/// What the policies of an account say about those who help themselves.
pub(crate) fn of_account(tx: &mut dyn Tx, account_id: &str) -> Result<Policies, StoreError> {
    let manage_password = policies::protection(tx, account_id)?.manage_password;
    let validity_days = policies::login(tx, account_id)?.account_validity_period;
    Ok(Policies { manage_password, validity_days })
}

/// Whether an enabled IAM user has not signed in for longer than the login policy allows.
pub(crate) fn is_unused(
    tx: &mut dyn Tx,
    user: &User,
    validity_days: u32,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(judge_unused(user, tx.active_from(&user.id)?, validity_days, now))
}

fn counters(tx: &mut Transaction<'_>, charge: &Charge<'_>) -> Result<Counters, StoreError> {
    let Charge { contact, person, by, channel } = charge;
    let limits = &tx.env.settings.budgets;
    let (failures, failures_here) = failures(tx.env, tx.store, tx.now, contact, by.source())?;
    let mut used = |scope, subject: &[u8], span, limit: u32| -> Result<Used, StoreError> {
        let since = before(tx.now, span);
        let own = tx.store.spent(scope, &part(tx.env, *by, subject), since)?;
        Ok(Used { own, all: tx.store.spent_beneath(scope, subject, since)?, limit: u64::from(limit) })
    };
    Ok(Counters {
        failures,
        failures_here,
        contact: vec![
            used(TO_CONTACT, contact, HOUR, limits.contact_per_hour)?,
            used(TO_CONTACT, contact, DAY, limits.contact_per_day)?,
        ],
        // A person has two contacts; each may use up its own budget.
        person: Some(used(TO_PERSON, person, HOUR, limits.contact_per_hour.saturating_mul(2))?),
        source: by.source().map(|source| of_source(tx, source)).transpose()?,
        channel: of_channel(tx.store, limits, *channel, tx.now)?,
    })
}

/// What a source has asked for in the last hour, and may ask for.
pub(crate) fn of_source(tx: &mut Transaction<'_>, source: &str) -> Result<Ceiling, StoreError> {
    let spent = tx.store.spent(FROM_SOURCE, source.as_bytes(), before(tx.now, HOUR))?;
    Ok(Ceiling { spent, most: u64::from(tx.env.settings.budgets.source_per_hour) })
}

/// How much of a channel's ceiling the last hour has taken, if it has one.
pub(crate) fn of_channel(
    tx: &mut dyn Tx,
    limits: &Budgets,
    channel: Channel,
    now: Timestamp,
) -> Result<Option<Ceiling>, StoreError> {
    let most = match channel {
        Channel::Email => limits.email_per_hour,
        Channel::Mobile => limits.sms_per_hour,
    };
    let Some(most) = most else { return Ok(None) };
    let spent = tx.spent(BY_CHANNEL, channel.as_str().as_bytes(), before(now, HOUR))?;
    Ok(Some(Ceiling { spent, most: u64::from(most.get()) }))
}

/// How many wrong codes in a row were tried on something, and how many of them by a source. A row of wrong ones ends
/// after a time without any (`codes.method_off_for`).
pub(crate) fn failures(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    tried_on: &[u8],
    source: Option<&str>,
) -> Result<(u64, u64), StoreError> {
    let all = tx.spent_beneath(GUESSES, tried_on, Timestamp::MIN)?;
    let here = match source {
        Some(source) => tx.spent(GUESSES, &counted::beneath(env, tried_on, &[source]), Timestamp::MIN)?,
        None => 0,
    };
    let last = tx.last_spent_beneath(GUESSES, tried_on)?;
    let goes_on = last.is_some_and(|last| last > before(now, env.settings.codes.method_off_for));
    Ok(if goes_on { (all, here) } else { (0, 0) })
}

/// What is switched off for everybody by wrong codes; little, if anything.
pub(crate) fn exhausted(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
) -> Result<HashSet<Vec<u8>>, StoreError> {
    let since = before(now, env.settings.codes.method_off_for);
    Ok(tx.spent_out(GUESSES, SUBJECT, MAX_FAILURES, since)?.into_iter().collect())
}
