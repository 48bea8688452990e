//! The first step, and giving up.

use jiff::Timestamp;

use crate::domain::captcha::proof_of_work;
use crate::domain::code::EndReason;
use crate::domain::principal::NamedAs;
use crate::domain::request::{Entered, LIVE_PER_SOURCE, Method, Purpose, Request, State, crowded};
use crate::domain::{Action, Channel, NewEvent, Principal, User, id};
use crate::flow::foundation::{Env, FlowError, Refusal, audit, counted, people, suppressed};
use crate::flow::story::appeal;
use crate::flow::story::request::{self, AtStep, RequestView};
use crate::store::{CodesOf, Tx};

/// Who somebody says they are.
enum Said<'a> {
    Name(&'a Principal),
    /// By the appeal that was approved for them; a name beside it must be theirs.
    Appeal {
        serial: &'a str,
        name: Option<&'a Principal>,
    },
}

/// Opens a request for whoever is named, known or not.
pub fn start(env: &Env<'_>, who: &Principal) -> Result<RequestView, FlowError> {
    open(env, &Said::Name(who))
}

/// Opens a request on the strength of an approved appeal, for its person. It stands for what they would have to prove
/// besides the code, which goes to the number that was granted.
pub fn start_with_appeal(
    env: &Env<'_>,
    name: Option<&Principal>,
    serial: &str,
) -> Result<RequestView, FlowError> {
    open(env, &Said::Appeal { serial, name })
}

fn open(env: &Env<'_>, said: &Said<'_>) -> Result<RequestView, FlowError> {
    let (name, appeal) = match said {
        Said::Name(name) => (Some(*name), None),
        Said::Appeal { serial, name } => (*name, Some(*serial)),
    };
    let id = id::new(env.entropy, "req")?;
    let challenge = proof_of_work::challenge(env.entropy)?;
    // Where no request can be opened, no serial number is looked up either.
    let live = env.read(|tx| tx.live_requests(b"", &env.actor.source, env.clock.now()))?;
    let spent = appeal.filter(|_| live.of_source < LIVE_PER_SOURCE);
    let spent = spent.map(|serial| appeal::spend(env, serial)).transpose()?;
    env.write(|tx| {
        if let Some(spent) = spent {
            spent.conclude(tx.store, tx.now)?;
        }
        let user = match (name, appeal) {
            (Some(name), _) => people::find(tx.store, name)?,
            (None, Some(serial)) if spent.is_some() => appeal::opened_for(tx.store, tx.now, serial)?,
            (None, _) => None,
        };
        let typed = name.map_or_else(|| appeal.unwrap_or_default().to_owned(), Principal::key);
        // A person has one budget however named; a name nobody has is counted by itself.
        let counted_by = user.as_ref().map_or(&typed, |user| &user.id);
        let subject = counted::person(env, counted_by);
        let live = tx.store.live_requests(&subject, &env.actor.source, tx.now)?;
        let target = match (name, &user) {
            (Some(name), user) => audit::of(env.keys, name, user.as_ref()),
            (None, Some(user)) => audit::target(user),
            (None, None) => audit::unknown_text(env.keys, &typed),
        };
        if live.of_source >= LIVE_PER_SOURCE {
            let refusal = Refusal::TooManyRequests;
            return suppressed::refuse(tx, Action::ResetRequested, target, refusal);
        }
        let opening = match appeal.filter(|_| spent.is_some()) {
            Some(serial) => appeal::opening(tx.store, tx.now, serial, user.as_ref())?,
            None => None,
        };
        if appeal.is_some() && opening.is_none() {
            return tx.refuse(Action::ResetRequested, target, Refusal::AppealUnusable);
        }
        let request = Request {
            // What is offered depends on the words typed, never on the person.
            entered: if opening.is_some() {
                granted(env, user.as_ref())
            } else {
                name.and_then(|name| entered(env, name, user.as_ref()))
            },
            named: name.map_or(NamedAs::LoginId, Principal::named_as),
            user_id: user.map(|user| user.id),
            appeal: opening,
            ..request::new(tx, &id, Purpose::Reset, subject, &challenge, &live)
        };
        Ok(request::insert(tx, &request, Action::ResetRequested, target)?)
    })
}

/// Judges a request whose CAPTCHA was answered a moment ago: from then on it counts as one of the person's.
pub(super) fn arrive(tx: &mut dyn Tx, now: Timestamp, request: &Request) -> Result<(), FlowError> {
    let live = tx.live_requests(&request.subject, &request.source, now)?;
    Ok(tx.set_request_ineligible(&request.id, crowded(live.of_person, live.of_both))?)
}

/// The address by which somebody named themself: the code goes there, without another question. Not where the
/// settings have switched its method off.
fn entered(env: &Env<'_>, who: &Principal, user: Option<&User>) -> Option<Entered> {
    let Principal::Holder(address) = who else { return None };
    let channel = address.channel();
    let bound = user.and_then(|user| user.contact(channel)).map(|contact| contact.key.as_str());
    let key = bound.filter(|key| address.names(key)).unwrap_or(address.key());
    offered(env, channel).then(|| Entered { channel, tag: counted::text(env, channel.as_str(), key) })
}

/// The number that an appeal granted: whoever has its serial number need not type it.
fn granted(env: &Env<'_>, user: Option<&User>) -> Option<Entered> {
    let contact = user?.contact(Channel::Mobile).filter(|_| offered(env, Channel::Mobile))?;
    Some(Entered { channel: Channel::Mobile, tag: counted::contact(env, contact) })
}

fn offered(env: &Env<'_>, channel: Channel) -> bool {
    env.settings.reset.methods.contains(&Method::by(channel))
}

/// Gives a request up; its code ends with it.
pub fn cancel(env: &Env<'_>, id: &str) -> Result<RequestView, FlowError> {
    env.write(|tx| {
        let AtStep { mut request, target, .. } = request::at_step(tx, id, &State::LIVE)?;
        tx.store.advance_request(id, &[request.state], State::Cancelled)?;
        tx.store.end_codes(CodesOf::Request(id), EndReason::RequestCancelled)?;
        tx.store.delete_registration(id)?;
        request.state = State::Cancelled;
        NewEvent::success(Action::ResetCancelled, target).append(tx)?;
        Ok(request::view_of(env, &request))
    })
}
