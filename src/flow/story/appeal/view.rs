//! What whoever has the serial may see: progress, and nothing about the person (security E2).

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::appeal::{Appeal, Kind, Serial, State};
use crate::domain::time::in_seconds;
use crate::domain::{Action, User, attempt};
use crate::flow::foundation::{Env, FlowError, Refusal, audit};
use crate::flow::proofs::attempts::{self, Spent};
use crate::guidance::effects::after_appeal;
use crate::store::{StoreError, Tx};

/// An appeal as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppealView {
    pub serial: String,
    pub kind: Kind,
    pub state: State,
    #[serde(serialize_with = "in_seconds")]
    pub submitted_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    pub decided_at: Option<Timestamp>,
    /// Until when an approved one can be used.
    #[serde(serialize_with = "in_seconds")]
    pub expires_at: Option<Timestamp>,
    /// What to do now.
    pub next: String,
}

impl AppealView {
    pub(super) fn of(appeal: &Appeal) -> Self {
        Self {
            serial: appeal.serial.clone(),
            kind: appeal.kind,
            state: appeal.state,
            submitted_at: appeal.created_at,
            decided_at: appeal.decided_at,
            expires_at: (appeal.state == State::Approved).then_some(appeal.expires_at),
            next: after_appeal(appeal),
        }
    }
}

/// The progress of an appeal. What is not there, and what can be no serial, look the same.
pub fn show(env: &Env<'_>, typed: &str) -> Result<AppealView, FlowError> {
    let spent = spend(env, typed)?;
    env.write(|tx| {
        spent.conclude(tx.store, tx.now)?;
        match parse(tx.store, typed)? {
            Some(appeal) => Ok(AppealView::of(&appeal)),
            None => {
                let target = audit::unknown_text(env.keys, typed);
                tx.refuse(Action::LookupAppeal, target, Refusal::AppealGone)
            }
        }
    })
}

/// Spends an attempt at a serial number.
pub(crate) fn spend(env: &Env<'_>, typed: &str) -> Result<Spent, FlowError> {
    attempts::spend_typed(env, attempt::Kind::Serial, "appeal", typed)
}

/// The appeal with this serial.
pub(super) fn parse(tx: &mut dyn Tx, typed: &str) -> Result<Option<Appeal>, StoreError> {
    // The same read for what can be no serial.
    tx.appeal(Serial::parse(typed).as_ref().map_or("", Serial::as_str))
}

/// Whom an appeal was approved for, if the password can be reset on the strength of it now.
pub(crate) fn opened_for(tx: &mut dyn Tx, now: Timestamp, typed: &str) -> Result<Option<User>, StoreError> {
    let found = parse(tx, typed)?.filter(|appeal| appeal.opens(now));
    // The same read for an appeal that opens nothing.
    tx.user_by_id(found.and_then(|appeal| appeal.user_id).as_deref().unwrap_or_default())
}

/// The serial of the appeal, if this person may reset the password on the strength of it now.
pub(crate) fn opening(
    tx: &mut dyn Tx,
    now: Timestamp,
    typed: &str,
    user: Option<&User>,
) -> Result<Option<String>, StoreError> {
    let found = parse(tx, typed)?.filter(|appeal| appeal.opens(now));
    Ok(found.and_then(|appeal| {
        let theirs = user.is_some_and(|user| appeal.user_id.as_ref() == Some(&user.id));
        theirs.then_some(appeal.serial)
    }))
}
