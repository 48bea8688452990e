//! Submitting: the same for every name, known or not, that can be appealed for or not (security E1).

use jiff::SignedDuration;

use super::captcha::Passed;
use super::claims;
use super::draft;
use super::view::AppealView;
use crate::domain::appeal::{Appeal, Serial, State, Statement};
use crate::domain::event::Detail;
use crate::domain::time::{after, before};
use crate::domain::{Action, Fact, NewEvent, Role};
use crate::flow::foundation::{Env, FlowError, Refusal, audit, counted, people, suppressed};

const PERSON: &str = "appeals_for_person";
const SOURCE: &str = "appeals_from_source";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Refuses what can never be submitted, before anything happens.
pub fn submittable(statement: &Statement) -> Result<(), FlowError> {
    statement.form().to_bytes().map_err(Refusal::Form)?;
    Ok(())
}

/// Hands a statement in. A form that it was kept as ends with it.
pub fn submit(
    env: &Env<'_>,
    _: Passed,
    statement: &Statement,
    form: Option<&str>,
) -> Result<AppealView, FlowError> {
    let serial = Serial::new(env.entropy)?.to_string();
    let sealed = claims::seal(env, &serial, statement.form())?;
    let limits = &env.settings.appeals;
    env.write(|tx| {
        if let Some(form) = form {
            draft::mine(tx, form)?;
        }
        let user = people::find(tx.store, &statement.who)?;
        // A person has one budget however named; a name nobody has is counted by itself.
        let named = user.as_ref().map_or_else(|| statement.who.key(), |user| user.id.clone());
        let subject = counted::person(env, &named);
        let target = audit::of(env.keys, &statement.who, user.as_ref());
        let yesterday = before(tx.now, DAY);
        let source = env.actor.source.as_bytes();
        // Operators act for many from one place.
        let from_here =
            if env.actor.role == Role::Stranger { tx.store.spent(SOURCE, source, yesterday)? } else { 0 };
        if from_here >= u64::from(limits.source_per_day) {
            return suppressed::refuse(tx, Action::AppealSubmitted, target, Refusal::TooManyAppeals);
        }
        // Told to operators alone: somebody else may have tried in this person's name.
        let crowded = tx.store.spent(PERSON, &subject, yesterday)? >= u64::from(limits.person_per_day);
        tx.store.spend(SOURCE, source, tx.now)?;
        tx.store.spend(PERSON, &subject, tx.now)?;
        let appeal = Appeal {
            serial: serial.clone(),
            kind: statement.kind(),
            user_id: user.map(|user| user.id),
            subject,
            source: env.actor.source.clone(),
            uid: env.actor.uid,
            state: State::Submitted,
            crowded,
            key_id: sealed.key_id.to_string(),
            sealed: Some(sealed.bytes.clone()),
            created_at: tx.now,
            expires_at: after(tx.now, limits.keep),
            decided_at: None,
            decision_reason: None,
        };
        tx.store.insert_appeal(&appeal)?;
        if let Some(form) = form {
            tx.store.delete_draft(form)?;
        }
        NewEvent::success(Action::AppealSubmitted, target)
            .with(Detail::Serial, Fact::Id(serial.clone()))
            .with("kind", Fact::Word(appeal.kind.as_str()))
            .with("crowded", Fact::Flag(crowded))
            .append(tx)?;
        Ok(AppealView::of(&appeal))
    })
}
