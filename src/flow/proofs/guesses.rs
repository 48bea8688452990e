//! Wrong codes in a row: counted for what they were tried on (a contact, an authenticator), with the source each
//! came from. A hundred switch it off for everybody; a quarter of them make it useless to the source that entered
//! them, and no more of that source count towards the hundred, so that none alone switches anything off (security K12).

use jiff::Timestamp;

use crate::domain::eligibility::{MAX_FAILURES, MAX_FROM_SOURCE};
use crate::domain::notice::GUESSED;
use crate::domain::time::before;
use crate::domain::{Action, Contact, Fact, NewEvent, Target, User};
use crate::flow::foundation::eligibility::{GUESSES, SUBJECT, failures};
use crate::flow::foundation::{Env, FlowError, Transaction, counted};
use crate::flow::messages::notices;
use crate::store::{StoreError, Tx};
use crate::texts::Text;

/// Those of a source that has had its part: they are worth nothing, and count for nothing.
const VAIN: &str = "guesses_in_vain";
/// Wrong ones by the name they were entered for, whatever they were tried on.
const OF_PERSON: &str = "guesses_of_person";
/// That the person was told of them.
const TOLD: &str = "guesses_told";

/// After so many, the person is told.
const HALF: u64 = MAX_FAILURES / 2;

/// What a wrong code is counted by.
pub(crate) struct Counted<'a> {
    /// Keyed hash of the contact or the authenticator; for a decoy, of the name.
    pub(crate) tried_on: &'a [u8],
    /// Where it came from: that of its request, where there is one.
    pub(crate) source: &'a str,
    /// Keyed hash of the person or of the name that nobody has: decides when they are told, decoy or not.
    pub(crate) person: &'a [u8],
}

/// Counts a guess as wrong: one that was compared, or that has no outcome. [`right`] takes back all before it. A row of wrong
/// ones ends after a time without any (`codes.method_off_for`). As many rows for everyone.
pub(crate) fn wrong(tx: &mut Transaction<'_>, counted: &Counted<'_>) -> Result<(), FlowError> {
    let over = before(tx.now, tx.env.settings.codes.method_off_for);
    let last = tx.store.last_spent_beneath(GUESSES, counted.tried_on)?;
    if last.is_some_and(|last| last <= over) {
        tx.store.forget(GUESSES, counted.tried_on)?;
    }
    let last = tx.store.last_spent_beneath(OF_PERSON, counted.person)?;
    if last.is_none_or(|last| last <= over) {
        tx.store.forget(OF_PERSON, counted.person)?;
        tx.store.forget(TOLD, counted.person)?;
    }
    let from_here = counted::beneath(tx.env, counted.tried_on, &[counted.source]);
    let full = tx.store.spent(GUESSES, &from_here, Timestamp::MIN)? >= MAX_FROM_SOURCE;
    tx.store.spend(if full { VAIN } else { GUESSES }, &from_here, tx.now)?;
    Ok(tx.store.spend(OF_PERSON, counted.person, tx.now)?)
}

/// A right one ends the row of wrong ones.
pub(crate) fn right(tx: &mut dyn Tx, counted: &Counted<'_>) -> Result<(), FlowError> {
    forget(tx, counted.tried_on)?;
    tx.forget(OF_PERSON, counted.person)?;
    Ok(tx.forget(TOLD, counted.person)?)
}

/// Begins the count anew for a contact or an authenticator: it was proved otherwise, or is another one.
pub(crate) fn forget(tx: &mut dyn Tx, tried_on: &[u8]) -> Result<(), FlowError> {
    Ok(tx.forget(GUESSES, tried_on)?)
}

/// Whether guesses are worth nothing: what they are tried on is switched off for everybody, or for their source. Codes
/// that were sent before are worth nothing then, either.
pub(crate) fn spent(tx: &mut Transaction<'_>, counted: &Counted<'_>) -> Result<bool, StoreError> {
    let (all, here) = failures(tx.env, tx.store, tx.now, counted.tried_on, Some(counted.source))?;
    Ok(all >= MAX_FAILURES || here >= MAX_FROM_SOURCE)
}

/// Deletes rows of wrong ones that have ended by time; how many.
pub(crate) fn purge(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp) -> Result<u64, StoreError> {
    let since = before(now, env.settings.codes.method_off_for);
    Ok(tx.forget_unused(GUESSES, SUBJECT, since)? + tx.forget_unused(OF_PERSON, SUBJECT, since)?)
}

/// Whatever wrong codes of a person are counted by.
fn all_of(env: &Env<'_>, user: &User) -> Vec<Vec<u8>> {
    let contacts = user.every_contact();
    let contacts = contacts.flat_map(|of| [counted::contact(env, of), counted::sign_in(env, of)]);
    contacts.chain(counted::every_totp(env, &user.id)).collect()
}

/// What of a person is switched off, for everybody or for some source: contacts, codes at a sign-in, authenticator.
pub(crate) fn any_off(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
) -> Result<bool, StoreError> {
    for tried_on in all_of(env, user) {
        if failures(env, tx, now, &tried_on, None)?.0 >= MAX_FROM_SOURCE {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Begins every count of a person anew, at an administrator's word.
pub(crate) fn forget_all(env: &Env<'_>, tx: &mut dyn Tx, user: &User) -> Result<(), FlowError> {
    let person = counted::person(env, &user.id);
    tx.forget(OF_PERSON, &person)?;
    tx.forget(TOLD, &person)?;
    all_of(env, user).iter().try_for_each(|tried_on| forget(tx, tried_on))
}

/// Begins the counts of a person's contacts anew, who has proved all that is asked by another way. Never that of the
/// authenticator: whoever reads their letters could guess at it for ever.
pub(crate) fn proved_otherwise(env: &Env<'_>, tx: &mut dyn Tx, user: &User) -> Result<(), FlowError> {
    let of = |contact: &Contact| counted::contact(env, contact);
    user.contacts.iter().map(of).try_for_each(|tried_on| forget(tx, &tried_on))
}

/// Tells the person, once, that half as many wrong codes were entered as switch something off, with a reference to
/// say "this was not me". For the transaction that knows that the guess was wrong. Whoever is nobody, or has nothing
/// bound, gets a message to nobody.
pub(crate) fn tell_half(
    tx: &mut Transaction<'_>,
    person: &[u8],
    user: Option<&User>,
    target: &Target,
) -> Result<(), FlowError> {
    let wrong = tx.store.spent(OF_PERSON, person, Timestamp::MIN)?;
    if wrong < HALF || tx.store.spent(TOLD, person, Timestamp::MIN)? > 0 {
        return Ok(());
    }
    tx.store.spend(TOLD, person, tx.now)?;
    let id = user.map(|user| user.id.as_str());
    let (notice, reference) = notices::mint(tx, GUESSED, id, None)?;
    NewEvent::success(Action::NoticeQueued, target.clone())
        .with("notice", Fact::Id(notice))
        .with("about", Fact::Word(GUESSED))
        .with("wrong", Fact::Count(HALF))
        .append(tx)?;
    let who = user.map_or_else(|| "nobody".to_owned(), User::path);
    let (at, host, reference) = (tx.now, tx.env.actor.host.as_str(), reference.as_str());
    notices::queue_for_each_channel(tx, user, &Text::CodesGuessed { user: &who, at, host, reference })
}

#[cfg(test)]
#[path = "guesses_tests.rs"]
mod tests;
