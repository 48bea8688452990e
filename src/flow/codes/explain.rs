//! Why a code did not come: one timeline from the records, the codes and what became of their messages.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::super::env::Env;
use super::super::error::FlowError;
use super::super::{events, people};
use crate::config::CaptchaMode;
use crate::domain::code::{Code, State};
use crate::domain::event::{Action, Event, NewEvent, Outcome};
use crate::domain::operator::Task;
use crate::domain::outbox::{Kind, Outcome as Tried, Try};
use crate::domain::receipt::Arrival;
use crate::domain::timeline::{Answer, Entry, What, answer};
use crate::domain::user::User;
use crate::domain::who::Who;
use crate::store::{CodesOf, EventFilter, Tx};

/// How many records are looked through, and codes: far more than the budgets of a day let happen.
const EVENTS: u32 = 500;
const CODES: u32 = 200;

/// What happened on the way of a person's codes.
pub struct Explanation {
    pub user: User,
    pub since: Timestamp,
    pub answer: Answer,
    /// The oldest first.
    pub timeline: Vec<Entry>,
}

/// Puts together what is known since then. It is always recorded (security O4); support may.
pub fn explain(env: &Env<'_>, who: &Who, since: Timestamp) -> Result<Explanation, FlowError> {
    let user = people::require(env, who, Task::ReadCodes)?;
    env.write(|tx, now| {
        let timeline = timeline(tx, &user, since, now)?;
        events::append(env, tx, now, &NewEvent::success(Action::ExplainCodes, events::target(&user)))?;
        let captcha = env.settings.captcha.mode != CaptchaMode::Off;
        let answer = answer(&timeline, &user.path(), since, captcha);
        Ok(Ok(Explanation { user: user.clone(), since, answer, timeline }))
    })
}

fn timeline(tx: &mut dyn Tx, user: &User, since: Timestamp, now: Timestamp) -> Result<Vec<Entry>, FlowError> {
    let filter = EventFilter { target: Some(user.id.clone()), since: Some(since), ..EventFilter::default() };
    let mut records = tx.events(&filter, EVENTS)?;
    records.reverse();
    let mut codes = tx.codes(CodesOf::User(&user.id), CODES)?;
    codes.retain(|code| code.created_at >= since);
    codes.reverse();
    let tries = tx.tries_of_user(&user.id)?;
    let known: HashMap<&str, &Code> = codes.iter().map(|code| (code.id.as_str(), code)).collect();
    let mut entries: Vec<Entry> = records.iter().filter_map(|record| of_record(record, &known)).collect();
    for record in records.iter().filter(|record| record.action == Action::DeliveryReceipt.as_str()) {
        entries.extend(of_receipt(tx, record, &known)?);
    }
    entries.extend(
        tries.iter().filter(|tried| tried.begun_at >= since).filter_map(|tried| of_try(tried, &known)),
    );
    for (at, code) in codes.iter().enumerate() {
        let tried = tries.iter().any(|tried| tried.code_id.as_ref() == Some(&code.id));
        entries.extend(of_code(code, tried, codes.get(at + 1..).unwrap_or_default(), now));
    }
    // Stable: what happened within one millisecond keeps the order of the records, fates last.
    entries.sort_by_key(|entry| entry.at);
    Ok(entries)
}

/// What a record says, if it belongs to the story.
fn of_record(record: &Event, codes: &HashMap<&str, &Code>) -> Option<Entry> {
    let action = Action::ALL.iter().find(|action| action.as_str() == record.action)?;
    let well = record.outcome == Outcome::Success.as_str();
    let refused = record.outcome == Outcome::Refused.as_str();
    let code = text(record, "code").and_then(|id| codes.get(id.as_str()).copied());
    let what = match (action, well) {
        (Action::ResetRequested, true) => What::Asked,
        (Action::ResetRequested, false) => What::AskRefused,
        (Action::CaptchaPassed, true) => What::CaptchaPassed,
        (Action::CaptchaFailed, _) => What::CaptchaFailed,
        (Action::VerifyCodeSent, true) => What::Queued,
        (Action::VerifyCodeSent, false) if refused => What::SendRefused,
        (Action::VerifyCodeSent, false) => What::NotSent,
        (Action::ChallengeSent, true) => What::Queued,
        (Action::ChallengeSent, false) => What::SendRefused,
        (Action::ChallengeConfirmed, true) => What::RightCode,
        (Action::ChallengeFailed, _) if refused => What::SpentCode,
        (Action::ChallengeFailed, _) => What::WrongCode,
        (Action::VerifyCodePassed, true) => What::RightCode,
        (Action::VerifyCodeFailed, _) if refused => What::SpentCode,
        (Action::VerifyCodeFailed, _) if record.code.as_deref() == Some("wrong_code") => What::WrongCode,
        (Action::VerifyCodeFailed, _) => What::WrongProof,
        (Action::VerifyCodeRevoked, true) => What::Revoked,
        (Action::ResetSuccess, true) => What::PasswordReset,
        (Action::ResetFailed, _) => What::PasswordRefused,
        (Action::ResetCancelled, true) => What::Cancelled,
        (Action::SetupTokenSent, true) => What::SetupSent,
        (Action::ModifyUserEmail | Action::ModifyUserMobile, true) => What::ContactChanged,
        (Action::Login, true) => What::SignedIn,
        (Action::LoginFailed, _) => What::SignInFailed,
        (Action::UnlockUser, true) => What::Unlocked,
        _ => return None,
    };
    let mut entry = Entry::new(record.at, what);
    entry.cause = record.code.clone().or_else(|| (what == What::Revoked).then(|| "operator".to_owned()));
    if what == What::RightCode {
        entry.cause = text(record, "needs");
    }
    entry.code = text(record, "code");
    entry.count = record.detail.get("tries_left").and_then(Value::as_u64);
    entry.until = text(record, "locked_until").and_then(|at| at.parse().ok());
    if let Some(code) = code {
        entry.purpose = Some(code.purpose);
        entry.destination.clone_from(&code.destination);
    }
    Some(entry)
}

fn text(record: &Event, key: &str) -> Option<String> {
    record.detail.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// What a provider says became of a code that it took.
fn of_receipt(
    tx: &mut dyn Tx,
    record: &Event,
    codes: &HashMap<&str, &Code>,
) -> Result<Option<Entry>, FlowError> {
    let Some(message) = text(record, "message") else { return Ok(None) };
    let Some(told) = tx.handed_over(&message)? else { return Ok(None) };
    let code = told.code_id.as_deref().and_then(|id| codes.get(id).copied());
    let arrived = text(record, "arrival").as_deref() == Some(Arrival::Delivered.as_str());
    Ok(code.map(|code| Entry {
        words: told.words.filter(|_| !arrived),
        code: Some(code.id.clone()),
        purpose: Some(code.purpose),
        destination: code.destination.clone(),
        ..Entry::new(record.at, if arrived { What::Delivered } else { What::NotDelivered })
    }))
}

/// How a try to hand a code or a setup token over ended, unless it was nobody's.
/// Why a code did not leave: the last try to hand it over, if that failed and the code was not used since.
pub(in crate::flow) fn stuck(
    tx: &mut dyn Tx,
    user: &User,
    code: Option<&Code>,
) -> Result<Option<Entry>, FlowError> {
    let Some(code) = code.filter(|code| code.state.live() || code.state == State::Failed) else {
        return Ok(None);
    };
    let known = HashMap::from([(code.id.as_str(), code)]);
    let last =
        tx.tries_of_user(&user.id)?.into_iter().rfind(|tried| tried.code_id.as_ref() == Some(&code.id));
    let failed = |entry: &Entry| matches!(entry.what, What::TryFailed | What::Undeliverable);
    Ok(last.and_then(|tried| of_try(&tried, &known)).filter(failed))
}

fn of_try(tried: &Try, codes: &HashMap<&str, &Code>) -> Option<Entry> {
    let what = match tried.outcome {
        Tried::HandedOver => What::HandedOver,
        Tried::Postponed => What::TryFailed,
        Tried::Failed => What::Undeliverable,
        Tried::Unknown => What::InDoubt,
        Tried::InHand | Tried::ToNobody | Tried::Dropped => return None,
    };
    let code = tried.code_id.as_deref().and_then(|id| codes.get(id).copied());
    if tried.kind == Kind::Notice || (tried.kind == Kind::Code && code.is_none()) {
        return None;
    }
    Some(Entry {
        cause: tried.stage.clone(),
        words: tried.words.clone(),
        code: tried.code_id.clone(),
        purpose: code.map(|code| code.purpose),
        destination: code.and_then(|code| code.destination.clone()),
        ..Entry::new(tried.ended_at.unwrap_or(tried.begun_at), what)
    })
}

/// What became of a code; `tried` is whether its tries are known still, `later` are those made after it.
fn of_code(code: &Code, tried: bool, later: &[Code], now: Timestamp) -> Vec<Entry> {
    let Some(destination) = &code.destination else { return Vec::new() };
    let entry = |at, what| Entry {
        code: Some(code.id.clone()),
        purpose: Some(code.purpose),
        destination: Some(destination.clone()),
        ..Entry::new(at, what)
    };
    let mut entries = Vec::new();
    if let Some(at) = code.delivered_at.filter(|_| !tried) {
        entries.push(entry(at, What::HandedOver));
    }
    let over = code.expires_at <= now;
    match code.state {
        State::Superseded => {
            let newer = later.iter().find(|newer| newer.request_id == code.request_id);
            entries.extend(newer.map(|newer| entry(newer.created_at, What::Superseded)));
        }
        State::Expired => entries.push(entry(code.expires_at, What::Expired)),
        // Nothing has looked at it since.
        State::Queued | State::Sent if over => entries.push(entry(code.expires_at, What::Expired)),
        State::Queued | State::Sent | State::Failed | State::Used | State::Revoked | State::Exhausted => {}
    }
    entries
}
