//! Whoever registers, while nothing of them is in the store but a sealed note.

use jiff::Timestamp;

use crate::domain::account::{Account, Kind};
use crate::domain::code::Code;
use crate::domain::eligibility::{By, Facts, reasons};
use crate::domain::request::{Request, State};
use crate::domain::{Action, Address, Channel, Contact, Ineligible, Name, Target, User, id};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction, counted, eligibility};
use crate::flow::proofs::codes::{self, Issue};
use crate::flow::story::accounts;
use crate::keyring::Sealed;
use crate::store::{Registration, StoreError, Tx};
use crate::texts::Text;

/// Counts the names that were wanted after the first, within one request.
pub(super) const NAMES: &str = "names";

/// How many of them are answered: enough for people, and too few to list who has an account.
pub(super) const NAMES_TRIED: u64 = 5;

/// What they want to be called, and their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Newcomer {
    pub(super) name: Name,
    pub(super) mobile: Address,
}

impl Newcomer {
    /// Sealed for its request. A name holds no line feed.
    pub(super) fn seal(&self, env: &Env<'_>, request_id: &str) -> Result<Registration, FlowError> {
        let text = format!("{}\n{}", self.name, self.mobile);
        let sealed = env.keys.seal(text.as_bytes(), &context(request_id), env.entropy)?;
        Ok(Registration {
            request_id: request_id.to_owned(),
            key_id: sealed.key_id.to_string(),
            sealed: sealed.bytes,
        })
    }

    /// The one of a request.
    pub(super) fn of(env: &Env<'_>, tx: &mut dyn Tx, request: &Request) -> Result<Option<Self>, FlowError> {
        let Some(stored) = tx.registration(&request.id)? else { return Ok(None) };
        let unreadable = || StoreError::Unreadable { column: "sealed" };
        let key_id = stored.key_id.parse().map_err(|_| unreadable())?;
        let plain = env.keys.open(&Sealed { key_id, bytes: stored.sealed }, &context(&request.id))?;
        let text = std::str::from_utf8(&plain).map_err(|_| unreadable())?;
        let (name, mobile) = text.split_once('\n').ok_or_else(unreadable)?;
        Ok(Some(Self {
            name: Name::parse(name).map_err(|_| unreadable())?,
            mobile: Address::as_stored(Channel::Mobile, mobile).ok_or_else(unreadable)?,
        }))
    }

    /// The account and its root user as they will be.
    pub(crate) fn identity(&self, env: &Env<'_>) -> Result<(Account, User), FlowError> {
        accounts::identity(env, &self.name, Kind::Unified)
    }
}

fn context(request_id: &str) -> Vec<u8> {
    [b"registration ", request_id.as_bytes()].concat()
}

/// Sends the code to the number, or tells its holder. Both take the same reads and leave the same rows.
pub(crate) fn issue(tx: &mut Transaction<'_>, request: &Request) -> Result<Code, Stop> {
    let found = Newcomer::of(tx.env, tx.store, request)?;
    let Newcomer { mobile, .. } = found.ok_or_else(|| Stop::keep(Refusal::RequestGone))?;
    let taken = tx.store.contact_taken(&mobile, "")?;
    // In no table of contacts yet.
    let id = id::new_at(tx.env.entropy, "con", tx.now)?;
    let pending = Contact { security: true, ..Contact::pending(id, "", &mobile, tx.now) };
    let charge = Charge {
        // The number's own, whoever writes to it.
        contact: counted::contact(tx.env, &pending),
        person: request.subject.clone(),
        by: By::Stranger(&request.source),
        channel: Channel::Mobile,
    };
    let purpose = request.purpose.of_codes();
    let facts = Facts {
        crowded: request.ineligible.is_some(),
        taken,
        ..eligibility::facts(tx, purpose, None, &charge)?
    };
    let reasons = reasons(&facts);
    let to = reasons.first().map_or(Ok(&pending), |reason| Err(Some(*reason)));
    let order = Issue { purpose, user: None, request_id: Some(&request.id), to, charge };
    // Written for everyone, so that it costs everyone the same.
    let told = tx.env.texts.write(&Text::NumberTaken {}, Channel::Mobile, mobile.as_str())?;
    // The holder of the number hears of it, within the budgets of everyone.
    let instead = (reasons == [Ineligible::ContactTaken]).then_some(told);
    Ok(codes::issue_or_tell(tx, &order, instead)?)
}

/// Who registers, once the number is proven, if nobody has that name yet. A name that is taken can be replaced by
/// another, a few times: `rename` counts it, before anybody looks whether that is taken.
pub(crate) fn newcomer(
    tx: &mut Transaction<'_>,
    request: &Request,
    target: Target,
) -> Result<Newcomer, Stop> {
    let Some(newcomer) = Newcomer::of(tx.env, tx.store, request)? else {
        return tx.refuse(Action::RegisterFailed, target, Refusal::RequestGone);
    };
    let same = tx.store.account_by_key(&newcomer.name.key())?.is_some();
    if tx.store.account_by_skeleton(&newcomer.name.skeleton())?.is_none() && !same {
        return Ok(newcomer);
    }
    if tx.store.spent(NAMES, request.id.as_bytes(), Timestamp::MIN)? + 1 < NAMES_TRIED {
        return tx.refuse(Action::RegisterFailed, target, Refusal::NameTaken);
    }
    tx.store.advance_request(&request.id, &[State::Password], State::Cancelled)?;
    tx.store.delete_registration(&request.id)?;
    tx.refuse(Action::RegisterFailed, target, Refusal::NamesSpent)
}
