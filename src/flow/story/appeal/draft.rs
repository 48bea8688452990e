//! A form that is left and taken up again. It is kept after each answer, for the uid that began it.

use jiff::Timestamp;

use super::captcha::Passed;
use super::claims;
use crate::domain::appeal::{Draft, Form};
use crate::domain::time::after;
use crate::domain::{Action, Fact, NewEvent, Target, id};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction, audit, surplus};

/// Forms from one source that wait to be sent.
const FROM_SOURCE: u64 = 10;

/// A form that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftView {
    pub id: String,
    pub expires_at: Timestamp,
}

/// Keeps a form for the first time.
pub fn begin(env: &Env<'_>, _: &Passed, form: &Form) -> Result<DraftView, FlowError> {
    let id = id::new(env.entropy, "dft")?;
    let sealed = claims::seal(env, &id, form)?;
    env.write(|tx| {
        if tx.store.drafts_from(&env.actor.source)? >= FROM_SOURCE {
            let refusal = Refusal::TooManyForms;
            return surplus::refuse(tx, Action::AppealBegun, Target::None, refusal);
        }
        let draft = Draft {
            id: id.clone(),
            uid: env.actor.uid,
            source: env.actor.source.clone(),
            key_id: sealed.key_id.to_string(),
            sealed: sealed.bytes.clone(),
            created_at: tx.now,
            expires_at: after(tx.now, env.settings.appeals.draft),
        };
        tx.store.keep_draft(&draft)?;
        NewEvent::success(Action::AppealBegun, Target::None)
            .with("form", Fact::Id(draft.id.clone()))
            .append(tx)?;
        Ok(DraftView { id: draft.id, expires_at: draft.expires_at })
    })
}

/// Keeps what has been answered since. No event tells of it: the form begins and ends with one.
pub fn keep(env: &Env<'_>, id: &str, form: &Form) -> Result<(), FlowError> {
    let sealed = claims::seal(env, id, form)?;
    env.write(|tx| {
        let draft = mine(tx, id)?;
        tx.store.keep_draft(&Draft {
            key_id: sealed.key_id.to_string(),
            sealed: sealed.bytes.clone(),
            ..draft
        })?;
        Ok(())
    })
}

/// The form as it was left, for the uid that began it.
pub fn take_up(env: &Env<'_>, _: &Passed, id: &str) -> Result<(DraftView, Form), FlowError> {
    let draft = env.write(|tx| mine(tx, id))?;
    let form = claims::open(env, &draft.id, &draft.key_id, &draft.sealed)?;
    Ok((DraftView { id: draft.id, expires_at: draft.expires_at }, form))
}

/// The form, if the actor began it. What is not there, is over, or belongs to another all looks the same.
pub(super) fn mine(tx: &mut Transaction<'_>, id: &str) -> Result<Draft, Stop> {
    match tx.store.draft(id)?.filter(|draft| draft.uid == tx.env.actor.uid) {
        Some(draft) => Ok(draft),
        None => {
            let target = audit::unknown_text(tx.env.keys, id);
            tx.refuse(Action::AppealBegun, target, Refusal::FormGone)
        }
    }
}
