//! What may be sent: budgets of contacts, people, places and channels, that survive resending, a new request,
//! another method and a restart (security K6).

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::env::Env;
use super::error::FlowError;
use super::refusal::Refusal;
use crate::config::Budgets;
use crate::domain::address::Channel;
use crate::domain::code::Withheld;
use crate::domain::contact::{Contact, MAX_FAILURES};
use crate::domain::message::Message;
use crate::domain::time::{after, before};
use crate::keyring::Purpose;
use crate::store::{StoreError, Tx};
use crate::texts::segments;

const CONTACT: &str = "sent_to_contact";
const PERSON: &str = "sent_to_person";
const SOURCE: &str = "sent_from_source";
const CHANNEL: &str = "sent_by_channel";
/// Wrong codes in a row for one contact.
const GUESSES: &str = "guesses";

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// By whom and for whom a message is counted. Decoys are counted like everyone else.
pub(super) struct Account<'a> {
    /// Keyed hash of the contact's address, or of what was typed instead.
    pub(super) contact: Vec<u8>,
    /// Keyed hash of the person, or of the name nobody has.
    pub(super) person: &'a [u8],
    /// Self-service only: operators act for many from one place.
    pub(super) source: Option<&'a str>,
    pub(super) channel: Channel,
}

/// What a contact is counted by: its address, so that binding it again brings no new budget.
pub(super) fn of_contact(env: &Env<'_>, contact: &Contact) -> Vec<u8> {
    of_text(env, contact.channel.as_str(), &contact.key)
}

/// The same for codes that are asked beside a right password.
pub(super) fn of_sign_in(env: &Env<'_>, contact: &Contact) -> Vec<u8> {
    of_text(env, "sign_in", &contact.key)
}

/// What anything else is counted by.
pub(super) fn of_text(env: &Env<'_>, kind: &str, text: &str) -> Vec<u8> {
    env.keys.lasting_mac(Purpose::Budget, &[kind.as_bytes(), text.as_bytes()]).to_vec()
}

/// Whether one more may be sent now, or which budget is spent.
pub(super) fn judge(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    account: &Account<'_>,
) -> Result<Option<Withheld>, FlowError> {
    let limits = &env.settings.budgets;
    let hour = before(now, HOUR);
    if guessed_out(tx, &account.contact)? {
        return Ok(Some(Withheld::TooManyFailures));
    }
    let to_contact = tx.spent(CONTACT, &account.contact, hour)?;
    let today = tx.spent(CONTACT, &account.contact, before(now, DAY))?;
    if to_contact >= u64::from(limits.contact_per_hour) || today >= u64::from(limits.contact_per_day) {
        return Ok(Some(Withheld::ContactThrottled));
    }
    // A person has two contacts; each may use up its own budget.
    if tx.spent(PERSON, account.person, hour)? >= 2 * u64::from(limits.contact_per_hour) {
        return Ok(Some(Withheld::UserThrottled));
    }
    if let Some(source) = account.source
        && tx.spent(SOURCE, source.as_bytes(), hour)? >= u64::from(limits.source_per_hour)
    {
        return Ok(Some(Withheld::SourceThrottled));
    }
    let ceiling = of_channel(tx, limits, account.channel, now)?;
    Ok(ceiling.is_some_and(Ceiling::reached).then_some(Withheld::ChannelThrottled))
}

/// What the store as a whole may send by a channel in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    pub spent: u64,
    pub most: u64,
}

impl Ceiling {
    /// Whether codes are kept back.
    pub fn reached(self) -> bool {
        self.spent >= self.most
    }
}

/// How much of a channel's ceiling the last hour has taken, if it has one.
pub(super) fn of_channel(
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
    let spent = tx.spent(CHANNEL, channel.as_str().as_bytes(), before(now, HOUR))?;
    Ok(Some(Ceiling { spent, most: u64::from(most.get()) }))
}

/// What contacts are counted by for which too many wrong codes were entered in a row; few, if any.
pub(super) fn exhausted(tx: &mut dyn Tx) -> Result<HashSet<Vec<u8>>, StoreError> {
    Ok(tx.spent_out(GUESSES, MAX_FAILURES)?.into_iter().collect())
}

/// Who asked for a code a moment ago waits for the next (`codes.resend_after`).
pub(super) fn too_soon(env: &Env<'_>, last_sent_at: Timestamp, now: Timestamp) -> Option<Refusal> {
    let again_from = after(last_sent_at, env.settings.codes.resend_after);
    let wait = again_from.duration_since(now);
    // Rounded up: whoever waits as long as they were told has waited long enough.
    let seconds = wait.as_secs().unsigned_abs() + u64::from(wait.subsec_nanos() > 0);
    (now < again_from).then_some(Refusal::TooSoon { seconds })
}

/// Counts one code, sent or not; what its message costs is counted when it is queued.
pub(super) fn spend(tx: &mut dyn Tx, now: Timestamp, account: &Account<'_>) -> Result<(), FlowError> {
    tx.spend(CONTACT, &account.contact, now)?;
    tx.spend(PERSON, account.person, now)?;
    if let Some(source) = account.source {
        tx.spend(SOURCE, source.as_bytes(), now)?;
    }
    Ok(())
}

/// Counts what a message costs its channel, whatever it is: one, or as many as an SMS has parts. Notices and setup
/// tokens are counted and never held back: who was told of nothing could say no to nothing (security S7).
pub(super) fn spend_channel(
    tx: &mut dyn Tx,
    now: Timestamp,
    channel: Channel,
    message: &Message,
) -> Result<(), FlowError> {
    let parts = match channel {
        Channel::Email => 1,
        Channel::Mobile => segments(message.body.trim_end()).count,
    };
    for _ in 0..parts {
        tx.spend(CHANNEL, channel.as_str().as_bytes(), now)?;
    }
    Ok(())
}

/// Whether there were too many wrong ones in a row.
pub(super) fn guessed_out(tx: &mut dyn Tx, subject: &[u8]) -> Result<bool, FlowError> {
    Ok(tx.spent(GUESSES, subject, Timestamp::MIN)? >= MAX_FAILURES)
}

/// Counts a wrong code.
pub(super) fn guessed_wrong(tx: &mut dyn Tx, now: Timestamp, contact: &[u8]) -> Result<(), FlowError> {
    Ok(tx.spend(GUESSES, contact, now)?)
}

/// A right code ends the row of wrong ones.
pub(super) fn guessed_right(tx: &mut dyn Tx, contact: &[u8]) -> Result<(), FlowError> {
    Ok(tx.forget(GUESSES, contact)?)
}
