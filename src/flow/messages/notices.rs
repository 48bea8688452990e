//! Queueing messages: sealed outbox rows, in the transaction of what they tell of (security E4, D1).

use jiff::{SignedDuration, Timestamp};

use crate::domain::message::{Change, Message};
use crate::domain::notice::{Notice, REFERENCE_LIFE, State as NoticeState};
use crate::domain::outbox::{Kind, Outgoing, State};
use crate::domain::time::after;
use crate::domain::{Action, Channel, Contact, Fact, NewEvent, User, id};
use crate::flow::foundation::{Env, FlowError, Transaction, audit};
use crate::flow::messages::budgets;
use crate::keyring::Purpose;
use crate::texts::Text;

/// How long a notice is tried.
pub(crate) const NOTICE_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What goes into the outbox.
pub(crate) struct Posting<'m> {
    pub(crate) kind: Kind,
    pub(crate) channel: Channel,
    /// Without an address it is a decoy's: sealed, as long as a real one, and thrown away by the worker.
    pub(crate) message: &'m Message,
    pub(crate) code_id: Option<&'m str>,
    pub(crate) user_id: Option<&'m str>,
    pub(crate) expires_at: Timestamp,
}

/// Seals a message and queues it; it counts for the ceiling of its channel. Its id.
pub(crate) fn queue(tx: &mut Transaction<'_>, posting: &Posting<'_>) -> Result<String, FlowError> {
    budgets::spend_channel(tx.store, tx.now, posting.channel, posting.message)?;
    let id = id::new(tx.env.entropy, "msg")?;
    let plain = zeroize::Zeroizing::new(posting.message.to_bytes());
    let sealed = tx.env.keys.seal(&plain, id.as_bytes(), tx.env.entropy)?;
    tx.store.enqueue(&Outgoing {
        kind: posting.kind,
        channel: posting.channel,
        code_id: posting.code_id.map(str::to_owned),
        user_id: posting.user_id.map(str::to_owned),
        key_id: sealed.key_id.to_string(),
        sealed: sealed.bytes,
        state: State::Queued,
        attempts: 0,
        created_at: tx.now,
        due_at: tx.now,
        expires_at: posting.expires_at,
        maybe_twice: false,
        id: id.clone(),
    })?;
    Ok(id)
}

/// What the notice is about that comes with every code: whoever did not ask for it ends it.
pub(crate) const CODE: &str = "code_asked_for";

/// Makes a reference and records its keyed hash; the reference itself goes into the message, and nowhere else. The id
/// of the notice, and the reference.
pub(crate) fn mint(
    tx: &mut Transaction<'_>,
    about: &str,
    user_id: Option<&str>,
    code_id: Option<&str>,
) -> Result<(String, String), FlowError> {
    let reference = id::reference(tx.env.entropy)?;
    let (key_id, tag) = tx.env.keys.mac(Purpose::Notice, &[reference.as_bytes()]);
    let notice = Notice {
        id: id::new(tx.env.entropy, "ntc")?,
        user_id: user_id.map(str::to_owned),
        code_id: code_id.map(str::to_owned),
        about: about.to_owned(),
        key_id: key_id.to_string(),
        tag: tag.to_vec(),
        state: NoticeState::Live,
        created_at: tx.now,
        expires_at: after(tx.now, REFERENCE_LIFE),
    };
    tx.store.insert_notice(&notice)?;
    Ok((notice.id, reference))
}

/// Queues a message that is no code's.
pub(crate) fn queue_notice(
    tx: &mut Transaction<'_>,
    channel: Channel,
    message: &Message,
    user_id: Option<&str>,
    expires_at: Timestamp,
) -> Result<(), FlowError> {
    queue(tx, &Posting { kind: Kind::Notice, channel, message, code_id: None, user_id, expires_at }).map(drop)
}

/// Tells every verified contact of a person that the password expires.
pub(crate) fn warn_of_expiry(tx: &mut Transaction<'_>, user: &User, at: Timestamp) -> Result<(), FlowError> {
    let told = channels_notified(user);
    if told.is_empty() {
        return Ok(());
    }
    NewEvent::success(Action::NoticeQueued, audit::target(user))
        .with("password_expires_at", Fact::Time(at))
        .with("channels", Fact::Words(told))
        .append(tx)?;
    queue_for_all(tx, user, &Text::PasswordExpiry { user: &user.path(), until: at })
}

fn verified(user: &User) -> impl Iterator<Item = &Contact> {
    user.contacts.iter().filter(|contact| contact.verified_at.is_some())
}

fn channels_notified(user: &User) -> Vec<&'static str> {
    verified(user).map(|contact| contact.channel.as_str()).collect()
}

/// Queues a notice for every verified contact of a person.
fn queue_for_all(tx: &mut Transaction<'_>, user: &User, text: &Text<'_>) -> Result<(), FlowError> {
    for contact in verified(user) {
        let message = tx.env.texts.write(text, contact.channel, &contact.address)?;
        queue_notice(tx, contact.channel, &message, Some(&user.id), after(tx.now, NOTICE_LIFE))?;
    }
    Ok(())
}

/// Queues a notice for every verified contact of a person. Each channel has its message, one to nobody where there is
/// nobody to tell, so that their number tells nothing (security E1).
pub(crate) fn queue_for_each_channel(
    tx: &mut Transaction<'_>,
    user: Option<&User>,
    text: &Text<'_>,
) -> Result<(), FlowError> {
    for channel in Channel::ALL {
        let contact = user.into_iter().flat_map(verified).find(|contact| contact.channel == *channel);
        let to = contact.map_or("nobody@nowhere.invalid", |contact| contact.address.as_str());
        let real = tx.env.texts.write(text, *channel, to)?;
        let message = if contact.is_some() { real } else { real.to_nobody() };
        let user_id = user.map(|user| user.id.as_str());
        queue_notice(tx, *channel, &message, user_id, after(tx.now, NOTICE_LIFE))?;
    }
    Ok(())
}

/// Tells every verified contact of a person about a change, with a reference to say "this was not me" by
/// (security S7). `user` is the person with the contacts to tell.
pub(crate) fn notify(tx: &mut Transaction<'_>, user: &User, change: Change) -> Result<(), FlowError> {
    let told = channels_notified(user);
    if told.is_empty() || tx.env.occasion.silent {
        return Ok(());
    }
    let (notice, reference) = mint(tx, change.code(), Some(&user.id), None)?;
    // Whoever quotes the reference is led to the notice, and by it to this record.
    NewEvent::success(Action::NoticeQueued, audit::target(user))
        .with("notice", Fact::Id(notice))
        .with("about", Fact::Word(change.code()))
        .with("channels", Fact::Words(told))
        .append(tx)?;
    queue_for_all(tx, user, &Text::notice(change, &user.path(), tx.now, &tx.env.actor.host, &reference))
}

/// Queues a notice for a person whose contacts have just changed.
pub(crate) fn notify_all(tx: &mut Transaction<'_>, user: &User, change: Change) -> Result<(), FlowError> {
    match tx.store.user_by_id(&user.id)? {
        Some(user) => notify(tx, &user, change),
        None => Ok(()),
    }
}

/// The effect of a notice, told beforehand: who hears of the change.
pub(crate) fn effect<'c>(env: &Env<'_>, contacts: impl IntoIterator<Item = &'c Contact>) -> Option<String> {
    let verified = contacts.into_iter().filter(|contact| contact.verified_at.is_some());
    let told: Vec<String> = verified.map(Contact::masked).collect();
    let word = if env.occasion.silent { "not told: --no-notify" } else { "told" };
    match told.as_slice() {
        [] => None,
        [only] => Some(format!("{only} is {word}")),
        several => Some(format!("{} are {word}", several.join(" and "))),
    }
}
