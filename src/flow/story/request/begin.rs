//! How a request begins.

use jiff::SignedDuration;

use super::view::{self, RequestView};
use crate::config::CaptchaMode;
use crate::domain::request::{CAPTCHA_SHOWINGS, LIFETIME_MINUTES, Purpose, Request, State, crowded};
use crate::domain::time::after;
use crate::domain::{Action, Fact, Ineligible, NewEvent, Target};
use crate::flow::foundation::{FlowError, Transaction};
use crate::store::LiveRequests;

/// A request that begins now, about nobody.
pub(crate) fn new(
    tx: &Transaction<'_>,
    id: &str,
    purpose: Purpose,
    subject: Vec<u8>,
    challenge: &str,
    live: &LiveRequests,
) -> Request {
    let captcha = tx.env.settings.captcha.mode != CaptchaMode::Off;
    Request {
        id: id.to_owned(),
        purpose,
        user_id: None,
        subject,
        source: tx.env.actor.source.clone(),
        uid: tx.env.actor.uid,
        state: if captcha { State::Captcha } else { State::Method },
        ineligible: if captcha { None } else { crowded(live.of_person, live.of_both) },
        challenge: captcha.then(|| challenge.to_owned()),
        captcha: None,
        captcha_left: CAPTCHA_SHOWINGS,
        method: None,
        entered: None,
        created_at: tx.now,
        expires_at: after(tx.now, SignedDuration::from_mins(LIFETIME_MINUTES)),
        last_sent_at: None,
        appeal: None,
    }
}

/// Writes it down.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    request: &Request,
    action: Action,
    target: Target,
) -> Result<RequestView, FlowError> {
    tx.store.insert_request(request)?;
    NewEvent::success(action, target)
        .with("request", Fact::Id(request.id.clone()))
        .with("withheld", Fact::Word(request.ineligible.map_or("no", Ineligible::as_str)))
        .append(tx)?;
    Ok(view::of(tx.env, request))
}
