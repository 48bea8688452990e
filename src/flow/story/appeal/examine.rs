//! What operators see: the list, and one appeal with what was claimed beside what is on record.

use jiff::Timestamp;
use serde::Serialize;

use super::claims;
use super::on_record::OnRecord;
use super::view::{self, AppealView};
use crate::domain::appeal::{
    Appeal, Approval, NEW_EMAIL, NEW_MOBILE, QUESTIONS, State, Statement, WHO, questions,
};
use crate::domain::event::Detail;
use crate::domain::{Action, Fact, NewEvent, Role, Target, Task, User};
use crate::flow::foundation::{Env, FlowError, Missing, Stop, Transaction, audit};
use crate::guidance::effects::{after_appeal_for_operators, stays_blocked};
use crate::store::Tx;

/// The most that support sees in one list (security O5), and the most anybody does.
const SEEN_BY_SUPPORT: u32 = 50;
const SEEN: u32 = 1000;

/// An appeal in the list.
pub struct Listed {
    pub view: AppealView,
    /// Nobody for a name that nobody has.
    pub user: Option<User>,
    pub remarks: Vec<String>,
}

/// The latest appeals, newest first, and whether there are more. Support sees fates, and each look is recorded.
pub fn list(
    env: &Env<'_>,
    state: Option<State>,
    limit: Option<u32>,
) -> Result<(Vec<Listed>, bool), FlowError> {
    env.authorize(Task::ReadAppeals, None)?;
    let support = env.actor.role == Role::Support;
    let most = limit.unwrap_or(SEEN).min(if support { SEEN_BY_SUPPORT } else { SEEN });
    if support {
        env.record_look(&NewEvent::success(Action::LookupAppeal, Target::None))?;
    }
    env.look(|tx| {
        let mut appeals = tx.store.appeals(state, most.saturating_add(1))?;
        let more = appeals.len() > most as usize;
        appeals.truncate(most as usize);
        let mut listed = Vec::with_capacity(appeals.len());
        for appeal in appeals {
            let user = person(tx.store, &appeal)?;
            let view = AppealView::of(&appeal);
            listed.push(Listed { remarks: remarks(&appeal, user.as_ref(), tx.now), view, user });
        }
        Ok((listed, more))
    })
}

/// An answer, and what is on record about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub group: Option<&'static str>,
    pub field: String,
    /// The question, where it is one of the form's.
    pub question: Option<&'static str>,
    pub claimed: Option<String>,
    pub on_record: Option<String>,
}

/// An appeal as an operator sees it.
pub struct Examined {
    pub view: AppealView,
    pub user: Option<User>,
    /// What whoever decided it gave as the reason.
    pub decision_reason: Option<String>,
    pub remarks: Vec<String>,
    pub approvals: Vec<Approval>,
    /// How many it takes.
    pub approvals_needed: u32,
    /// Only for those who may decide; `None` once they were purged, too.
    pub claims: Option<Vec<Comparison>>,
}

/// Looks at an appeal. Reading claims is recorded, and so is every look by support (security O4).
pub fn examine(env: &Env<'_>, typed: &str) -> Result<Examined, FlowError> {
    env.authorize(Task::ReadAppeals, None)?;
    let reads_claims = env.actor.role == Role::Admin;
    env.look(|tx| {
        let appeal = require(tx, typed)?;
        let user = person(tx.store, &appeal)?;
        let mut remarks = remarks(&appeal, user.as_ref(), tx.now);
        let statement = if reads_claims { claims::statement(env, &appeal)? } else { None };
        let compared = match &statement {
            Some(statement) => {
                let on_record = OnRecord::read(tx.store, &appeal, user.as_ref(), statement)?;
                if appeal.state == State::Submitted && on_record.is_taken() {
                    remarks
                        .push("a new contact belongs to somebody else, so it cannot be approved".to_owned());
                }
                remarks.extend(statement.new_mobile.doubt());
                Some(compare(statement, &on_record))
            }
            None => None,
        };
        if let (Some(why), true) = (tx.unrecorded, compared.is_some()) {
            return Err(FlowError::Unrecorded { why, admins_may: false }.into());
        }
        NewEvent::success(Action::LookupAppeal, target(&appeal, user.as_ref()))
            .with(Detail::Serial, Fact::Id(appeal.serial.clone()))
            .with("claims", Fact::Flag(compared.is_some()))
            .append(tx)?;
        let next = after_appeal_for_operators(&appeal, user.as_ref(), reads_claims);
        Ok(Examined {
            view: AppealView { next, ..AppealView::of(&appeal) },
            decision_reason: appeal.decision_reason.clone(),
            remarks,
            approvals: tx.store.approvals(&appeal.serial)?,
            approvals_needed: env.settings.appeals.approvals,
            claims: compared,
            user,
        })
    })
}

/// For operators: the appeal, which must be there.
pub(super) fn require(tx: &mut Transaction<'_>, typed: &str) -> Result<Appeal, Stop> {
    if let Some(appeal) = view::parse(tx.store, typed)? {
        return Ok(appeal);
    }
    let target = audit::unknown_text(tx.env.keys, typed);
    NewEvent::failure(Action::LookupAppeal, target, "no_such_appeal").append(tx)?;
    Err(Stop::keep(Missing::Appeal))
}

/// The person it is about, if there is one.
pub(super) fn person(tx: &mut dyn Tx, appeal: &Appeal) -> Result<Option<User>, FlowError> {
    Ok(tx.user_by_id(appeal.user_id.as_deref().unwrap_or_default())?)
}

/// Whom its events are about.
pub(super) fn target(appeal: &Appeal, user: Option<&User>) -> Target {
    let nobody = || Target::Unknown { hash: format!("appeal:{}", appeal.serial) };
    user.map_or_else(nobody, audit::target)
}

/// What an operator should know before reading on.
fn remarks(appeal: &Appeal, user: Option<&User>, now: Timestamp) -> Vec<String> {
    let mut remarks = Vec::new();
    match user {
        None => remarks.push("nobody here has that name, so it cannot be approved".to_owned()),
        Some(user) if !user.root => remarks.push(
            "an IAM user: their administrator resets the password, and it cannot be approved".to_owned(),
        ),
        Some(user) if !user.enabled() => {
            remarks.push("disabled: no reset enables it".to_owned());
        }
        Some(_) => {}
    }
    if matches!(appeal.state, State::Submitted | State::Approved) {
        remarks.extend(user.and_then(block));
    }
    if appeal.state == State::Expired && appeal.decided_at.is_none() && now < appeal.expires_at {
        remarks
            .push("it ended before its time: another one was approved, or the store was restored".to_owned());
    }
    if appeal.crowded {
        remarks.push("there were too many for this person within a day".to_owned());
    }
    if appeal.sealed.is_none() {
        remarks.push("what was claimed has been purged".to_owned());
    }
    remarks
}

/// That an approval alone brings nobody in: a block keeps codes back, and the hours of the approval run out.
pub(super) fn block(user: &User) -> Option<String> {
    stays_blocked(user).map(|stays| format!("{stays}, and no code for a reset goes out before"))
}

/// Who and the new contacts first, then each question of the kind, then whatever else was said.
fn compare(statement: &Statement, on_record: &OnRecord) -> Vec<Comparison> {
    let form = statement.form();
    let row = |group: Option<&'static str>, field: &str, question: Option<&'static str>| {
        let key = group.map_or_else(|| field.to_owned(), |group| format!("{group}.{field}"));
        Comparison {
            group,
            field: field.to_owned(),
            question,
            claimed: form.get(&key).filter(|text| !text.is_empty()).map(str::to_owned),
            on_record: on_record.beside(&key),
        }
    };
    let mut rows = vec![
        row(None, WHO, Some("Who they say they are")),
        row(None, NEW_MOBILE, Some("New mobile number")),
        row(None, NEW_EMAIL, Some("New email address")),
    ];
    let asked = questions(statement.kind());
    rows.extend(
        asked.map(|question| row(Some(question.group.as_str()), question.field, Some(question.text))),
    );
    for answer in form.answers() {
        let group = answer.group.as_str();
        if !rows.iter().any(|row| row.group == Some(group) && row.field == answer.field) {
            let known = QUESTIONS.iter().find(|of| of.group == answer.group && of.field == answer.field);
            rows.push(row(Some(group), answer.field, known.map(|question| question.text)));
        }
    }
    rows
}
