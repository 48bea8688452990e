//! Why a code did not come: one timeline from the records, the codes and what became of their messages.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::config::CaptchaMode;
use crate::domain::code::{Code, EndReason, State};
use crate::domain::event::{Detail, Event, Outcome};
use crate::domain::issued::{Issued, Use};
use crate::domain::outbox::{Kind, Outcome as Tried, Try};
use crate::domain::receipt::Arrival;
use crate::domain::timeline::{Entry, What};
use crate::domain::token::SetupToken;
use crate::domain::{Action, Contact, NewEvent, Principal, Task, User, shell};
use crate::flow::foundation::{Env, FlowError, audit, people};
use crate::guidance::timeline::{Answer, Scene, answer};
use crate::store::{CodesOf, EventFilter, IssuedFilter, Tx};

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
pub fn explain(env: &Env<'_>, who: &Principal, since: Timestamp) -> Result<Explanation, FlowError> {
    let user = people::require(env, who, Task::ReadCodes)?;
    env.look(|tx| {
        let timeline = timeline(tx.store, &user, since, tx.now)?;
        NewEvent::success(Action::ExplainCodes, audit::target(&user)).append(tx)?;
        let path = user.path();
        let scene = Scene {
            path: &shell::word(&path),
            since,
            captcha: env.settings.captcha.mode != CaptchaMode::Off,
            locked: user.failures.locked(tx.now),
        };
        let answer = answer(&timeline, &scene);
        Ok(Explanation { user: user.clone(), since, answer, timeline })
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
    for tried in tries.iter().filter(|tried| tried.begun_at >= since) {
        let mailed =
            entries.iter().rfind(|entry| entry.what == What::SetupSent && entry.at <= tried.begun_at);
        let to = mailed.and_then(|entry| entry.destination.clone());
        entries.extend(of_try(tried, &known, to));
    }
    let of_all = of_all(tx, since)?;
    let setup = IssuedFilter {
        user_id: Some(&user.id),
        purpose: Some(Use::Setup),
        since: Some(since),
        ..IssuedFilter::default()
    };
    for token in tx.issued(&setup, now, CODES)? {
        entries.extend(end_of_token(&token, &records, &of_all));
    }
    for code in codes.iter().filter(|code| code.destination.is_none()) {
        // Beyond the budget of a source only the first of them has a record.
        if !entries.iter().any(|entry| entry.code.as_ref() == Some(&code.id)) {
            let cause = code.state_reason.clone();
            entries.push(Entry { cause, ..of_fate(code, code.created_at, What::NotSent) });
        }
    }
    for (at, code) in codes.iter().enumerate() {
        let tried = tries.iter().any(|tried| tried.code_id.as_ref() == Some(&code.id));
        entries.extend(of_code(code, tried, codes.get(at + 1..).unwrap_or_default(), now));
        let told =
            entries.iter().any(|entry| entry.what == What::Revoked && entry.code.as_ref() == Some(&code.id));
        if !told {
            entries.extend(end_of(code, &records, &of_all));
        }
    }
    // Stable: what happened within one millisecond keeps the order of the records, fates last.
    entries.sort_by_key(|entry| entry.at);
    Ok(with_tries_counted(entries))
}

/// The records of what ended codes of everybody, the oldest first.
fn of_all(tx: &mut dyn Tx, since: Timestamp) -> Result<Vec<Event>, FlowError> {
    let mut all = Vec::new();
    for action in [Action::ClockWentBack, Action::RestoreStore, Action::VerifyCodeRevoked] {
        let filter = EventFilter { action: Some(action.as_str().to_owned()), ..EventFilter::default() };
        // One of a clock that went back is dated before what it ended.
        let found = tx.events(&filter, CODES)?.into_iter().filter(|record| record.target_id.is_none());
        all.extend(found.filter(|record| record.at >= since || action == Action::ClockWentBack));
    }
    all.sort_by_key(|record| record.seq);
    Ok(all)
}

/// With one line for tries that failed alike, one after the other.
fn with_tries_counted(entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        // Of a setup token, which has no id here, only since it was sent.
        let before = kept
            .iter_mut()
            .rev()
            .take_while(|before| entry.code.is_some() || before.what != What::SetupSent)
            .find(|before| before.code == entry.code && of_a_try(before.what));
        match before.filter(|before| alike(before, &entry)) {
            Some(before) => {
                before.count = Some(before.count.unwrap_or(1) + 1);
                before.until = Some(entry.at);
            }
            None => kept.push(entry),
        }
    }
    kept
}

fn of_a_try(what: What) -> bool {
    matches!(what, What::TryFailed | What::InDoubt | What::Undeliverable | What::HandedOver)
}

fn alike(one: &Entry, other: &Entry) -> bool {
    one.what == What::TryFailed
        && other.what == What::TryFailed
        && one.cause == other.cause
        && one.words == other.words
}

/// When and why a setup token ended, if nobody used it. One that a newer one replaced is told by that.
fn end_of_token(token: &Issued, records: &[Event], of_all: &[Event]) -> Option<Entry> {
    let entry = |at, what| Entry {
        code: Some(token.id.clone()),
        destination: token.destination.clone(),
        ..Entry::new(at, what)
    };
    let reason = token.state_reason.as_deref().and_then(|word| word.parse::<EndReason>().ok());
    match (token.state, reason) {
        (State::Expired, None) => Some(entry(token.expires_at, What::SetupExpired)),
        (State::Revoked | State::Expired, Some(reason)) => {
            let made = records.iter().find(|record| record.text(Detail::Token) == Some(&token.id));
            let at = ended_at(reason, made, records, of_all).unwrap_or(token.created_at);
            Some(Entry { cause: Some(reason.as_str().to_owned()), ..entry(at, What::SetupEnded) })
        }
        _ => None,
    }
}

/// When and by what a code was ended that a record of its own does not tell of: by the clock, or with other things.
/// `records` are those of the person, `of_all` those of everybody, the oldest first.
fn end_of(code: &Code, records: &[Event], of_all: &[Event]) -> Option<Entry> {
    let reason = code.end_reason().filter(|why| code.destination.is_some() && code.state == why.state())?;
    let what = if reason == EndReason::ClockWentBack { What::Expired } else { What::Revoked };
    let made = records.iter().find(|record| record.text(Detail::Code) == Some(&code.id));
    let at = ended_at(reason, made, records, of_all)?;
    Some(Entry { cause: Some(reason.as_str().to_owned()), ..of_fate(code, at, what) })
}

/// When what was `made` so ended for this reason, where a record tells.
fn ended_at(
    reason: EndReason,
    made: Option<&Event>,
    records: &[Event],
    of_all: &[Event],
) -> Option<Timestamp> {
    let actions: &[Action] = match reason {
        EndReason::ClockWentBack => &[Action::ClockWentBack],
        EndReason::Operator => &[Action::VerifyCodeRevoked],
        EndReason::StoreRestored => &[Action::RestoreStore],
        EndReason::PasswordChanged => &[
            Action::ResetSuccess,
            Action::ChangePassword,
            Action::UpdateUserPwd,
            Action::UpdateUserPwdByEmail,
            Action::SetPasswordByAdmin,
        ],
        EndReason::ContactChanged => &[Action::ModifyUserEmail, Action::ModifyUserMobile],
        EndReason::RequestCancelled => &[Action::ResetCancelled],
        EndReason::AppealApproved => &[Action::AppealApproved],
        EndReason::Disowned => &[Action::DisownChange, Action::DisownCode],
        EndReason::UserRevoked => &[Action::RevokeUser],
        // Told from the codes themselves.
        EndReason::NewerCode | EndReason::NotSentInTime => return None,
    };
    let names = |record: &&Event| {
        record.outcome == Outcome::Success.as_str()
            && actions.iter().any(|action| action.as_str() == record.action)
    };
    // By number, not by the clock, which may be what went back.
    let after = made.map_or(0, |record| record.seq);
    records.iter().chain(of_all).filter(names).find(|record| record.seq > after).map(|record| record.at)
}

fn of_fate(code: &Code, at: Timestamp, what: What) -> Entry {
    Entry {
        code: Some(code.id.clone()),
        purpose: Some(code.purpose),
        destination: code.destination.clone(),
        ..Entry::new(at, what)
    }
}

/// What a record says, if it belongs to the story.
fn of_record(record: &Event, codes: &HashMap<&str, &Code>) -> Option<Entry> {
    let action = Action::ALL.iter().find(|action| action.as_str() == record.action)?;
    let well = record.outcome == Outcome::Success.as_str();
    let refused = record.outcome == Outcome::Refused.as_str();
    let code = record.text(Detail::Code).and_then(|id| codes.get(id).copied());
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
        (Action::ResetSuccess | Action::UpdateUserPwdByEmail, true) => What::PasswordReset,
        (Action::ResetFailed, _) => What::PasswordRefused,
        (Action::ResetCancelled, true) => What::Cancelled,
        (Action::SetupTokenSent, true) => What::SetupSent,
        (Action::ModifyUserEmail | Action::ModifyUserMobile, true) => What::ContactChanged,
        (Action::Login, true) => What::SignedIn,
        (Action::LoginFailed, _) => What::SignInFailed,
        (Action::UnlockUser, true) => What::Unlocked,
        _ => return None,
    };
    // Where nothing was live, nothing ended; those of everybody say nothing of this code.
    if what == What::Revoked && record.text(Detail::Code).is_none() {
        return None;
    }
    let mut entry = Entry::new(record.at, what);
    entry.cause = record
        .code
        .clone()
        .or_else(|| (what == What::Revoked).then(|| EndReason::Operator.as_str().to_owned()));
    if what == What::RightCode {
        entry.cause = record.text(Detail::Needs).map(str::to_owned);
    }
    entry.code = record.text(Detail::Code).map(str::to_owned);
    if what == What::SetupSent {
        entry.code = record.text(Detail::Token).map(str::to_owned);
    }
    entry.from = record.text(Detail::From).map(str::to_owned);
    entry.purpose = record.read(Detail::Purpose);
    entry.count = record.count(Detail::TriesLeft);
    entry.until = record.read(Detail::LockedUntil);
    if what == What::SetupSent {
        entry.destination = record.text(Detail::To).map(str::to_owned);
    }
    if let Some(code) = code {
        entry.purpose = Some(code.purpose);
        entry.destination.clone_from(&code.destination);
    }
    Some(entry)
}

/// What a provider says became of a code that it took.
fn of_receipt(
    tx: &mut dyn Tx,
    record: &Event,
    codes: &HashMap<&str, &Code>,
) -> Result<Option<Entry>, FlowError> {
    let Some(message) = record.text(Detail::Message) else { return Ok(None) };
    let Some(told) = tx.handed_over(message)? else { return Ok(None) };
    let code = told.code_id.as_deref().and_then(|id| codes.get(id).copied());
    let arrived = record.read(Detail::Arrival) == Some(Arrival::Delivered);
    let what = if arrived { What::Delivered } else { What::NotDelivered };
    Ok(code.map(|code| Entry { words: told.words.filter(|_| !arrived), ..of_fate(code, record.at, what) }))
}

/// Why a code did not leave: the last try to hand it over, if that failed and the code was not used since.
pub(crate) fn stuck(tx: &mut dyn Tx, user: &User, code: Option<&Code>) -> Result<Option<Entry>, FlowError> {
    let Some(code) = code.filter(|code| code.state.live() || code.state == State::Failed) else {
        return Ok(None);
    };
    let known = HashMap::from([(code.id.as_str(), code)]);
    let tries = tx.tries_of_user(&user.id)?;
    let its = tries.iter().filter(|tried| tried.code_id.as_ref() == Some(&code.id));
    Ok(last_if_failed(its.filter_map(|tried| of_try(tried, &known, None)).collect()))
}

/// Why the message with a setup token did not leave.
pub(crate) fn stuck_token(
    tx: &mut dyn Tx,
    user: &User,
    token: Option<&SetupToken>,
) -> Result<Option<Entry>, FlowError> {
    let Some((token, contact)) = token.zip(token.and_then(|token| token.contact_id.as_ref())) else {
        return Ok(None);
    };
    let to = user.every_contact().find(|bound| bound.id == *contact).map(Contact::masked);
    let tries = tx.tries_of_user(&user.id)?;
    let its = tries.iter().filter(|tried| tried.kind == Kind::Setup && tried.begun_at >= token.created_at);
    Ok(last_if_failed(its.filter_map(|tried| of_try(tried, &HashMap::new(), to.clone())).collect()))
}

fn last_if_failed(tries: Vec<Entry>) -> Option<Entry> {
    let last = with_tries_counted(tries).pop();
    last.filter(|entry| matches!(entry.what, What::TryFailed | What::Undeliverable))
}

/// How a try to hand a code or a setup token over ended, unless it was nobody's; `to` is where setup tokens went.
fn of_try(tried: &Try, codes: &HashMap<&str, &Code>, to: Option<String>) -> Option<Entry> {
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
        matter: tried.matter,
        code: tried.code_id.clone(),
        purpose: code.map(|code| code.purpose),
        destination: if tried.kind == Kind::Setup {
            to
        } else {
            code.and_then(|code| code.destination.clone())
        },
        ..Entry::new(tried.ended_at.unwrap_or(tried.begun_at), what)
    })
}

/// What became of a code; `tried` is whether its tries are known still, `later` are those made after it.
fn of_code(code: &Code, tried: bool, later: &[Code], now: Timestamp) -> Vec<Entry> {
    if code.destination.is_none() {
        return Vec::new();
    }
    let entry = |at, what| of_fate(code, at, what);
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
        State::Expired if code.state_reason.is_none() => entries.push(entry(code.expires_at, What::Expired)),
        State::Failed if code.end_reason() == Some(EndReason::NotSentInTime) => {
            entries.push(entry(code.expires_at, What::NeverLeft));
        }
        // Nothing has looked at it since.
        State::Queued if over => entries.push(entry(code.expires_at, What::NeverLeft)),
        State::Sent if over => entries.push(entry(code.expires_at, What::Expired)),
        State::Expired
        | State::Queued
        | State::Sent
        | State::Failed
        | State::Used
        | State::Revoked
        | State::Exhausted => {}
    }
    entries
}
