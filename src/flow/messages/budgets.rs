//! What may be sent: budgets of contacts, people, places and channels, that survive resending, a new request,
//! another method and a restart (security K6).

use jiff::{SignedDuration, Timestamp};

use crate::config::Budgets;
use crate::domain::address::Channel;
use crate::domain::code::Withheld;
use crate::domain::message::Message;
use crate::domain::time::{after, before};
use crate::flow::foundation::{Env, FlowError, Refusal, counted};
use crate::flow::proofs::guesses;
use crate::keyring::Purpose;
use crate::store::{StoreError, Tx};
use crate::texts::segments;

const CONTACT: &str = "sent_to_contact";
const PERSON: &str = "sent_to_person";
const SOURCE: &str = "sent_from_source";
const CHANNEL: &str = "sent_by_channel";

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// By whom and for whom a message is counted. Decoys are counted like everyone else.
pub(crate) struct Account<'a> {
    /// Keyed hash of the contact's address, or of what was typed instead.
    pub(crate) contact: Vec<u8>,
    /// Keyed hash of the person, or of the name nobody has.
    pub(crate) person: &'a [u8],
    pub(crate) by: By<'a>,
    pub(crate) channel: Channel,
}

/// Who asks for a message. What some ask for is held up by what others did as little as can be (security K12).
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// Anybody who knows a name, from a source.
    Stranger(&'a str),
    /// Somebody with the person's password, from a source.
    Proven(&'a str),
    /// Operators act for many from one place.
    Operator,
    /// Whoever has asked before: to tell what is left. Nothing is spent so.
    Anybody,
}

impl By<'_> {
    fn source(&self) -> Option<&str> {
        match self {
            Self::Stranger(source) | Self::Proven(source) => Some(source),
            Self::Operator | Self::Anybody => None,
        }
    }

    /// The part of a subject that they spend, beneath it.
    fn part(&self, env: &Env<'_>, subject: &[u8]) -> Vec<u8> {
        let kind = match self {
            Self::Stranger(_) | Self::Anybody => "stranger",
            Self::Proven(_) => "proven",
            Self::Operator => "operator",
        };
        // Those who have the password are one, wherever they are.
        let source = if let Self::Stranger(source) = self { source } else { "" };
        counted::beneath(env, subject, &[kind, source])
    }
}

/// Whether one more may be sent now, or which budget is spent.
pub(crate) fn judge(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    account: &Account<'_>,
) -> Result<Option<Withheld>, FlowError> {
    let limits = &env.settings.budgets;
    if guesses::off(env, tx, now, &account.contact)? {
        return Ok(Some(Withheld::TooManyFailures));
    }
    if let Some(source) = account.by.source()
        && guesses::spent_from(env, tx, now, &account.contact, source)?
    {
        return Ok(Some(Withheld::TooManyFailuresHere));
    }
    let mut is_spent = |scope, subject: &[u8], span, limit: u32| {
        is_spent(env, tx, account.by, scope, subject, before(now, span), u64::from(limit))
    };
    if is_spent(CONTACT, &account.contact, HOUR, limits.contact_per_hour)?
        || is_spent(CONTACT, &account.contact, DAY, limits.contact_per_day)?
    {
        let all = tx.spent_beneath(CONTACT, &account.contact, before(now, HOUR))?;
        let today = tx.spent_beneath(CONTACT, &account.contact, before(now, DAY))?;
        // Where only this source has had its part, another one gets its codes.
        let of_all = all >= u64::from(limits.contact_per_hour) || today >= u64::from(limits.contact_per_day);
        return Ok(Some(if of_all { Withheld::ContactThrottled } else { Withheld::SourceThrottled }));
    }
    // A person has two contacts; each may use up its own budget.
    if is_spent(PERSON, account.person, HOUR, limits.contact_per_hour.saturating_mul(2))? {
        return Ok(Some(Withheld::UserThrottled));
    }
    if let Some(source) = account.by.source()
        && source_is_spent(env, tx, now, source)?
    {
        return Ok(Some(Withheld::SourceThrottled));
    }
    let ceiling = of_channel(tx, limits, account.channel, now)?;
    Ok(ceiling.is_some_and(Ceiling::reached).then_some(Withheld::ChannelThrottled))
}

/// Whether a source has asked for as many messages as it may.
pub(crate) fn source_is_spent(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    source: &str,
) -> Result<bool, StoreError> {
    let limit = u64::from(env.settings.budgets.source_per_hour);
    Ok(tx.spent(SOURCE, source.as_bytes(), before(now, HOUR))? >= limit)
}

/// Whether a limit is reached for whoever asks. One source spends half of it at most; one that has spent nothing of
/// it gets its first in up to twice the limit, so that no other uses it up for the person. Those who have proved
/// something, and operators, are held up by what their like have asked for alone (security K12).
fn is_spent(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    by: By<'_>,
    scope: &'static str,
    subject: &[u8],
    since: Timestamp,
    limit: u64,
) -> Result<bool, StoreError> {
    let own = tx.spent(scope, &by.part(env, subject), since)?;
    let all = tx.spent_beneath(scope, subject, since)?;
    Ok(match by {
        By::Stranger(_) if own == 0 => all >= 2 * limit,
        By::Stranger(_) => own >= (limit / 2).max(1) || all >= limit,
        By::Proven(_) | By::Operator => own >= limit,
        By::Anybody => all >= limit,
    })
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
    let spent = tx.spent(CHANNEL, channel.as_str().as_bytes(), before(now, HOUR))?;
    Ok(Some(Ceiling { spent, most: u64::from(most.get()) }))
}

/// Who asked for a code a moment ago waits for the next (`codes.resend_after`).
pub(crate) fn too_soon(env: &Env<'_>, last_sent_at: Timestamp, now: Timestamp) -> Option<Refusal> {
    let again_from = after(last_sent_at, env.settings.codes.resend_after);
    let wait = again_from.duration_since(now);
    // Rounded up: whoever waits as long as they were told has waited long enough.
    let seconds = wait.as_secs().unsigned_abs() + u64::from(wait.subsec_nanos() > 0);
    (now < again_from).then_some(Refusal::TooSoon { seconds })
}

/// Counts one code; what its message costs is counted when it is queued.
pub(crate) fn spend(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    account: &Account<'_>,
) -> Result<(), FlowError> {
    tx.spend(CONTACT, &account.by.part(env, &account.contact), now)?;
    tx.spend(PERSON, &account.by.part(env, account.person), now)?;
    if let Some(source) = account.by.source() {
        tx.spend(SOURCE, source.as_bytes(), now)?;
    }
    Ok(())
}

/// Counts one that was sent to nobody: it costs its source, and as many rows as any other, in an account that no person
/// pays from (security K12).
pub(crate) fn spend_in_vain(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    account: &Account<'_>,
) -> Result<(), FlowError> {
    let apart = |subject: &[u8]| env.keys.lasting_mac(Purpose::Budget, &[b"in_vain", subject]).to_vec();
    let (contact, person) = (apart(&account.contact), apart(account.person));
    spend(env, tx, now, &Account { contact, person: &person, ..*account })
}

/// Counts what a message costs its channel, whatever it is: one, or as many as an SMS has parts. Notices and setup
/// tokens are counted and never held back: who was told of nothing could say no to nothing (security S7).
pub(crate) fn spend_channel(
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
