//! How a request begins, and what is kept of its picture.

use jiff::{SignedDuration, Timestamp};

use super::view;
use super::view::RequestView;
use crate::config::CaptchaMode;
use crate::domain::captcha::canonical;
use crate::domain::principal::NamedAs;
use crate::domain::request::{
    CAPTCHA_MINUTES, CAPTCHA_SHOWINGS, Captcha, LIFETIME_MINUTES, Purpose, Request, State, crowded,
};
use crate::domain::time::after;
use crate::domain::{Action, Fact, Ineligible, NewEvent, Target};
use crate::flow::foundation::{Env, FlowError, Transaction};
use crate::keyring::Purpose as MacPurpose;
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
        asked: None,
        corrected_in: None,
        named: NamedAs::LoginId,
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

/// What is kept of a picture. The answer is bound to what it is asked for: the id of a request, or the challenge of a
/// form.
pub(crate) fn shown(env: &Env<'_>, asked_for: &str, answer: &str, now: Timestamp) -> Captcha {
    let canonical = canonical(answer);
    let (key_id, tag) = env.keys.mac(MacPurpose::Captcha, &[asked_for.as_bytes(), canonical.as_bytes()]);
    let expires_at = after(now, SignedDuration::from_mins(CAPTCHA_MINUTES));
    Captcha { key_id: key_id.to_string(), tag: tag.to_vec(), expires_at }
}

/// Whether this is what the picture shows.
pub(crate) fn is_answer(env: &Env<'_>, asked_for: &str, shown: &Captcha, typed: &str) -> bool {
    let canonical = canonical(typed);
    let parts = [asked_for.as_bytes(), canonical.as_bytes()];
    env.tag_matches(&shown.key_id, MacPurpose::Captcha, &parts, &shown.tag)
}
