//! Issuing a code: its keyed hash into the store, the code itself into a sealed message, nothing anywhere else.

use jiff::SignedDuration;

use crate::domain::code::{Code, CodeMac, EndReason, Purpose, State};
use crate::domain::message::Message;
use crate::domain::outbox::Kind;
use crate::domain::request::Request;
use crate::domain::time::after;
use crate::domain::{Channel, Contact, Ineligible, Secret, User, entropy, id};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{Env, FlowError, Transaction};
use crate::flow::messages::budgets;
use crate::flow::messages::notices::{self, Posting};
use crate::keyring::Purpose as MacPurpose;
use crate::store::CodesOf;
use crate::texts::{About, Carried, Text};

/// What a code is issued for.
pub(crate) struct Issue<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) user: Option<&'a User>,
    pub(crate) request_id: Option<&'a str>,
    /// The contact read in this very transaction (security S4), or why nobody gets it.
    pub(crate) to: Result<&'a Contact, Option<Ineligible>>,
    pub(crate) charge: Charge<'a>,
}

/// Writes the code and its message, or a decoy of both: the same rows, of the same size. Returns the code's row.
pub(crate) fn issue(tx: &mut Transaction<'_>, order: &Issue<'_>) -> Result<Code, FlowError> {
    issue_or_tell(tx, order, None)
}

/// Writes a code like [`issue`]; where nobody is to get it, `instead` goes out in its place, in the same rows of the same
/// size.
pub(crate) fn issue_or_tell(
    tx: &mut Transaction<'_>,
    order: &Issue<'_>,
    instead: Option<Message>,
) -> Result<Code, FlowError> {
    let settings = &tx.env.settings.codes;
    let to = order.to;
    if to.is_ok() || instead.is_some() {
        budgets::spend(tx, &order.charge)?;
    } else {
        budgets::spend_in_vain(tx, &order.charge)?;
    }
    let lifetime = lifetime(tx.env, order.charge.channel);
    let id = id::new(tx.env.entropy, "cod")?;
    let digits = Secret::new(entropy::digits(tx.env.entropy, settings.length)?);
    let code = Code {
        user_id: order.user.map(|user| user.id.clone()),
        user: order.user.map(User::path),
        request_id: order.request_id.map(str::to_owned),
        contact_id: to.ok().map(|contact| contact.id.clone()),
        purpose: order.purpose,
        channel: order.charge.channel,
        destination: to.ok().map(Contact::masked),
        state: if to.is_ok() { State::Queued } else { State::Failed },
        state_reason: to.err().flatten().map(|reason| reason.as_str().to_owned()),
        tries_left: settings.tries,
        created_at: tx.now,
        expires_at: after(tx.now, lifetime),
        delivered_at: None,
        maybe_twice: false,
        mac: mac(tx.env, &id, order.purpose, &digits),
        id,
    };
    tx.store.insert_code(&code)?;
    let address = to.map_or("nobody@nowhere.invalid", |contact| contact.address.as_str());
    let about = about(order.purpose);
    let (_, reference) = notices::mint(tx, about, code.user_id.as_deref(), Some(&code.id))?;
    let path = order.user.map(User::path).unwrap_or_default();
    let binding = to.ok().filter(|_| order.purpose == Purpose::BindContact);
    let bound = binding.filter(|contact| order.user.is_some_and(|user| is_bound(user, contact)));
    let carried = Carried {
        code: &digits,
        good_for: lifetime,
        good_until: code.expires_at,
        reference: Some(&reference),
    };
    let about = About {
        // It stands in the command, too.
        user: shown(&path, if bound.is_some() { "USER" } else { "somebody" }),
        host: shown(&tx.env.actor.host, "regain"),
        read_out: bound.is_some_and(|contact| contact.confirmation.is_by_operator()),
        confirm: bound.map(|contact| contact.channel.as_str()),
    };
    let text = Text::code(order.purpose, carried, about);
    let real = tx.env.texts.write(&text, order.charge.channel, address)?;
    let (kind, code_id, message) = match (to, instead) {
        // A code that goes to nobody would take its message with it.
        (Err(_), Some(instead)) => (Kind::Notice, None, instead),
        (Err(_), _) => (Kind::Code, Some(code.id.as_str()), real.to_nobody()),
        (Ok(_), _) => (Kind::Code, Some(code.id.as_str()), real),
    };
    let posting = Posting {
        kind,
        channel: order.charge.channel,
        message: &message,
        code_id,
        user_id: order.user.map(|user| user.id.as_str()),
        expires_at: code.expires_at,
    };
    notices::queue(tx, &posting)?;
    Ok(code)
}

fn lifetime(env: &Env<'_>, channel: Channel) -> SignedDuration {
    match channel {
        Channel::Email => env.settings.codes.lifetime,
        Channel::Mobile => env.settings.codes.sms_lifetime(),
    }
}

/// A code to try on where the source may ask for no more: nobody is sent it, and there is one at most for a request,
/// which takes the place of itself when it is asked for again. There is no message of it, and no reference.
pub(crate) fn hold_back(
    tx: &mut Transaction<'_>,
    request: &Request,
    user: Option<&User>,
    channel: Channel,
) -> Result<Code, FlowError> {
    const WHY: &str = Ineligible::SourceThrottled.as_str();
    let last = tx.store.codes(CodesOf::Request(&request.id), 1)?.pop();
    let held = last.filter(|code| code.state_reason.as_deref() == Some(WHY));
    let purpose = request.purpose.of_codes();
    let digits = Secret::new(entropy::digits(tx.env.entropy, tx.env.settings.codes.length)?);
    let again = held.is_some();
    let id = match held {
        Some(code) => code.id,
        None => id::new(tx.env.entropy, "cod")?,
    };
    let code = Code {
        user_id: user.map(|user| user.id.clone()),
        user: user.map(User::path),
        request_id: Some(request.id.clone()),
        contact_id: None,
        purpose,
        channel,
        destination: None,
        state: State::Failed,
        state_reason: Some(WHY.to_owned()),
        tries_left: tx.env.settings.codes.tries,
        created_at: tx.now,
        expires_at: after(tx.now, lifetime(tx.env, channel)),
        delivered_at: None,
        maybe_twice: false,
        mac: mac(tx.env, &id, purpose, &digits),
        id,
    };
    if again {
        tx.store.renew_decoy(&code)?;
    } else {
        tx.store.end_codes(CodesOf::Request(&request.id), EndReason::NewerCode)?;
        tx.store.insert_code(&code)?;
    }
    Ok(code)
}

/// Whether an admin bound the contact, and its code is entered later: it is bound already. Whoever changes their own enters
/// the code at the prompt that asked for it, before anything is bound.
fn is_bound(user: &User, contact: &Contact) -> bool {
    user.every_contact().any(|bound| bound.id == contact.id)
}

/// A name, unless it holds a run of digits that could be taken for a code (`codes.length`).
fn shown<'t>(text: &'t str, instead: &'t str) -> &'t str {
    let mut runs = text.split(|c: char| !c.is_ascii_digit());
    let like_a_code = runs.any(|run| (6..=8).contains(&run.len()));
    if text.is_empty() || like_a_code { instead } else { text }
}

/// What disowning a code is about. One to leave a contact, to sign in, or before a change was asked for by somebody who
/// has the password: whoever gets it without having asked must be blocked, and not only rid of the code.
fn about(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::LeaveContact => "contact_change_asked_for",
        Purpose::SignIn => "sign_in_asked_for",
        Purpose::Protect | Purpose::Approve => "change_asked_for",
        Purpose::Reset | Purpose::BindContact | Purpose::Register | Purpose::VerifyCaller => notices::CODE,
    }
}

/// The keyed hash of a code, bound to its row (which is bound to request, person, contact) and to its purpose,
/// so that none other accepts it (security K2, K3).
fn mac(env: &Env<'_>, code_id: &str, purpose: Purpose, digits: &Secret) -> CodeMac {
    let parts = [purpose.as_str().as_bytes(), code_id.as_bytes(), digits.expose().as_bytes()];
    let (key_id, tag) = env.keys.mac(MacPurpose::Code, &parts);
    CodeMac { key_id: key_id.to_string(), tag: tag.to_vec() }
}

/// Whether the digits are those of the code with this id, in constant time (security E5).
pub(super) fn matches(
    env: &Env<'_>,
    code_id: &str,
    purpose: Purpose,
    stored: &CodeMac,
    digits: &Secret,
) -> bool {
    let parts = [purpose.as_str().as_bytes(), code_id.as_bytes(), digits.expose().as_bytes()];
    env.tag_matches(&stored.key_id, MacPurpose::Code, &parts, &stored.tag)
}
