//! Sending a code. Whether one really goes out depends on the person; what is seen does not.

use jiff::Timestamp;

use crate::domain::code::{Code, EndReason};
use crate::domain::eligibility::{By, Facts, reasons};
use crate::domain::event::{Detail, Outcome};
use crate::domain::request::{Entered, Method, Purpose, Request, State};
use crate::domain::{Action, Address, Channel, Fact, Ineligible, NewEvent, Target, User};
use crate::flow::foundation::eligibility::{self, Charge};
use crate::flow::foundation::{Env, FlowError, Refusal, Transaction, counted, suppressed};
use crate::flow::messages::budgets;
use crate::flow::proofs::codes::{self, Issue};
use crate::flow::story::register;
use crate::flow::story::request::Given;
use crate::flow::story::request::{self, AtStep, RequestView};
use crate::store::{CodesOf, Tx};

/// Sends a code by a method, to the person's own stored contact. What was typed, now or at the start, can only match
/// it (security S4). Without a method it goes to the address that was entered. Sending again ends the code before.
pub fn send(
    env: &Env<'_>,
    id: &str,
    method: impl Into<Option<Method>>,
    typed: Option<&Address>,
) -> Result<RequestView, FlowError> {
    let method = method.into();
    let allowed = [State::Method, State::Code, State::Second];
    let (view, queued) = env.write(|tx| {
        let AtStep { mut request, user, target } = request::at_step(tx, id, &allowed)?;
        let given = given(tx.store, &request, user.as_ref())?;
        let asked = match asked(&request, user.as_ref(), given, method, typed) {
            Ok(asked) => asked,
            Err(refusal) => return tx.refuse(Action::VerifyCodeSent, target, refusal),
        };
        let way = asked.counted(env);
        match may_send(env, &request, &asked, &way, tx.now) {
            Ok(Sending::InTurn) => {}
            Ok(Sending::Correction) => request.corrected_in = Some(request.state),
            Err(refusal) => return tx.refuse(Action::VerifyCodeSent, target, refusal),
        }
        // Told to nobody, and the same for everybody: whose request it is does not matter.
        let spent = eligibility::of_source(tx, &request.source)?.reached();
        let code = if spent {
            codes::hold_back(tx, &request, user.as_ref(), likely_channel(asked.method))?
        } else {
            tx.store.end_codes(CodesOf::Request(id), EndReason::NewerCode)?;
            match request.purpose {
                Purpose::Reset => issue(tx, &request, user.as_ref(), &asked)?,
                Purpose::Register => register::issue(tx, &request)?,
            }
        };
        if request.state != State::Second {
            tx.store.advance_request(id, &[State::Method, State::Code], State::Code)?;
            request.state = State::Code;
        }
        (request.method, request.last_sent_at, request.asked) = (Some(asked.method), Some(tx.now), Some(way));
        tx.store.set_request_sent(&request)?;
        let event = sent(target, asked.method, &code);
        if spent {
            suppressed::record(tx, event)?;
        } else {
            event.append(tx)?;
        }
        Ok((request::proving(tx, &request, user.as_ref())?, !spent))
    })?;
    if queued {
        env.spawner.wake();
    }
    Ok(view)
}

/// How a code was asked for.
struct Asked<'a> {
    method: Method,
    address: Named<'a>,
    /// What another proof cannot come from, because this one came from there.
    except: Option<String>,
    /// Whether the time since the last code counts; not for the first one to another contact.
    waits: bool,
}

impl Asked<'_> {
    /// What tells one way of asking from another.
    fn counted(&self, env: &Env<'_>) -> Vec<u8> {
        match &self.address {
            Named::Typed(address) => counted::text(env, address.channel().as_str(), address.key()),
            Named::Entered(entered) => entered.tag.clone(),
            Named::Nothing => counted::text(env, "method", self.method.as_str()),
        }
    }
}

/// Where it should go, as far as anybody said.
enum Named<'a> {
    Typed(&'a Address),
    Entered(Entered),
    Nothing,
}

/// What was proven before, where a code to another contact is asked for.
fn given(tx: &mut dyn Tx, request: &Request, user: Option<&User>) -> Result<Given, FlowError> {
    match user {
        Some(user) if request.state == State::Second && !user.mfa => request::given(tx, request),
        _ => Ok(Given { contact: None, sent_since: true }),
    }
}

/// Puts together what was asked; what is missing is missed for everyone alike. In the state `second`, where only
/// people with a right code get to, the code goes to another contact than the first.
fn asked<'a>(
    request: &Request,
    user: Option<&User>,
    given: Given,
    method: Option<Method>,
    typed: Option<&'a Address>,
) -> Result<Asked<'a>, Refusal> {
    if request.state == State::Second && user.is_none_or(|user| user.mfa) {
        return Err(Refusal::WrongStep { next: request.state.next_step() });
    }
    let first = request.entered.as_ref().filter(|_| request.state != State::Second);
    let entered = first.filter(|entered| method.is_none_or(|method| method == Method::by(entered.channel)));
    let (method, address) = match (method, typed, entered) {
        (_, Some(_), _) if request.purpose == Purpose::Register => return Err(Refusal::NoAddressNeeded),
        (_, None, Some(entered)) => (Method::by(entered.channel), Named::Entered(entered.clone())),
        (Some(_), _, None) if request.purpose == Purpose::Register => return Err(Refusal::MethodOff),
        (None, _, _) => return Err(Refusal::MethodNeeded),
        (Some(Method::Account), _, _) => (Method::Account, Named::Nothing),
        (Some(method), Some(typed), _) => (method, Named::Typed(typed)),
        (Some(_), None, None) => return Err(Refusal::AddressNeeded),
    };
    let of_given =
        |user: &User| user.contacts.iter().find(|of| Some(&of.id) == given.contact.as_ref()).cloned();
    if user.and_then(of_given).is_some_and(|contact| method == Method::by(contact.channel)) {
        return Err(Refusal::SameProof);
    }
    Ok(Asked { method, address, except: given.contact, waits: given.sent_since })
}

/// How a code may be sent now.
enum Sending {
    InTurn,
    /// Before its time, because it was mistyped where the last one should go.
    Correction,
}

/// What is refused to everyone alike. In each step, one other address than the last one does not wait: whoever mistyped
/// would sit before a code that cannot come. The code before it ends, and both are counted (security S4).
fn may_send(
    env: &Env<'_>,
    request: &Request,
    asked: &Asked<'_>,
    way: &[u8],
    now: Timestamp,
) -> Result<Sending, Refusal> {
    if request.purpose == Purpose::Reset && !env.settings.reset.methods.contains(&asked.method) {
        return Err(Refusal::MethodOff);
    }
    let last = request.last_sent_at.filter(|_| asked.waits);
    let Some(refusal) = last.and_then(|last| budgets::too_soon(env, last, now)) else {
        return Ok(Sending::InTurn);
    };
    let typed = matches!(asked.address, Named::Typed(_)) && request.method != Some(Method::Account);
    let other = typed && request.asked.as_deref().is_some_and(|before| before != way);
    if other && request.corrected_in != Some(request.state) { Ok(Sending::Correction) } else { Err(refusal) }
}

fn issue(
    tx: &mut Transaction<'_>,
    request: &Request,
    user: Option<&User>,
    asked: &Asked<'_>,
) -> Result<Code, FlowError> {
    let contact = user.and_then(|user| request.receiver(asked.method, user, asked.except.as_deref(), tx.now));
    let channel = contact.map_or_else(|| likely_channel(asked.method), |contact| contact.channel);
    let its_own = contact.map(|contact| counted::contact(tx.env, contact));
    let counted = match &asked.address {
        Named::Typed(address) => {
            let its_key = contact.map(|contact| contact.key.as_str()).filter(|key| address.names(key));
            counted::text(tx.env, channel.as_str(), its_key.unwrap_or(address.key()))
        }
        Named::Entered(entered) => entered.tag.clone(),
        Named::Nothing => its_own.clone().unwrap_or_else(|| request.subject.clone()),
    };
    let mismatch = its_own.is_some_and(|its_own| its_own != counted);
    let by = By::Stranger(&request.source);
    let charge = Charge { contact: counted, person: request.subject.clone(), by, channel };
    let purpose = request.purpose.of_codes();
    let facts = Facts {
        crowded: request.ineligible.is_some(),
        contact,
        mismatch,
        ..eligibility::facts(tx, purpose, user, &charge)?
    };
    let to = match (contact, reasons(&facts).first()) {
        (Some(contact), None) => Ok(contact),
        // A name that nobody has gets none for no reason of a person's.
        (_, reason) => Err(reason.copied().filter(|_| user.is_some())),
    };
    codes::issue(tx, &Issue { purpose, user, request_id: Some(&request.id), to, charge })
}

/// What is recorded of a sending.
fn sent(target: Target, method: Method, code: &Code) -> NewEvent {
    let mut event = NewEvent::success(Action::VerifyCodeSent, target)
        .with("method", Fact::Word(method.as_str()))
        .with(Detail::Code, Fact::Id(code.id.clone()));
    if code.destination.is_none() {
        event.outcome = Outcome::Failure;
        let why = code.state_reason.as_deref().and_then(|word| word.parse::<Ineligible>().ok());
        event.code = Some(why.map_or("nobody", Ineligible::as_str));
    }
    event
}

fn likely_channel(method: Method) -> Channel {
    match method {
        Method::Email | Method::Account => Channel::Email,
        Method::Mobile => Channel::Mobile,
    }
}
