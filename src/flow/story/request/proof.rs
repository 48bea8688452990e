//! What has to be proven besides the code: the authenticator where one is bound (security S6); on a device that is
//! not familiar, something else of a unified ID (domain.md, "Unified ID"). Nobody hears of it before a right code.

use jiff::Timestamp;

use crate::domain::code::State as CodeState;
use crate::domain::request::{Method, Proof, Request};
use crate::domain::{Contact, User};
use crate::flow::foundation::{FlowError, Transaction};
use crate::flow::story::devices;
use crate::store::{CodesOf, Tx};

/// How many of a person's appeals are looked through: more than can be approved at a time.
const RECENT: u32 = 100;

/// Whether the code is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    /// The code of the authenticator.
    Totp,
    /// A code to another contact.
    OtherContact,
}

impl Need {
    /// For the records.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Totp => "totp",
            Self::OtherContact => "other_contact",
        }
    }
}

/// What this person has to prove besides the code.
pub(crate) fn need(tx: &mut Transaction<'_>, request: &Request, user: &User) -> Result<Need, FlowError> {
    if user.mfa {
        return Ok(Need::Totp);
    }
    let enough = !user.is_unified_id()
        || request.appeal.is_some()
        || was_vouched_for(tx.store, tx.now, user)?
        || devices::known(tx, user, &request.source)?;
    Ok(if enough { Need::Nothing } else { Need::OtherContact })
}

/// Whether an appeal of theirs is approved and not over, named in the request or not. Somebody who decided on it knows
/// more than any device tells, and every contact that is left is one that they bound.
fn was_vouched_for(tx: &mut dyn Tx, now: Timestamp, user: &User) -> Result<bool, FlowError> {
    Ok(tx.appeals_of(&user.id, RECENT)?.iter().any(|appeal| appeal.opens(now)))
}

/// The proofs that this person can still give, besides the one that was given.
pub(super) fn available(
    tx: &mut Transaction<'_>,
    request: &Request,
    user: &User,
) -> Result<Vec<Proof>, FlowError> {
    if user.mfa {
        return Ok(vec![Proof::Totp]);
    }
    let given = given(tx.store, request)?;
    let methods = &tx.env.settings.reset.methods;
    let on = |contact: &Contact| {
        methods.contains(&Method::Account) || methods.contains(&Method::by(contact.channel))
    };
    let other = |contact: &&Contact| given.contact.as_ref() != Some(&contact.id);
    let ready = user.contacts.iter().filter(other).filter(|of| on(of) && of.receives(tx.now));
    Ok(ready.map(|contact| Proof::by(contact.channel)).collect())
}

/// What was proven in a request, and whether a code was sent since.
pub(crate) struct Given {
    /// The contact whose code was entered.
    pub(crate) contact: Option<String>,
    pub(crate) sent_since: bool,
}

pub(crate) fn given(tx: &mut dyn Tx, request: &Request) -> Result<Given, FlowError> {
    // Newest first, and all of them: how many there can be is for the times between two to say.
    let codes = tx.codes(CodesOf::Request(&request.id), u32::MAX)?;
    let used = codes.iter().position(|code| code.state == CodeState::Used);
    Ok(Given {
        contact: used.and_then(|at| codes.get(at)).and_then(|code| code.contact_id.clone()),
        sent_since: used != Some(0),
    })
}
