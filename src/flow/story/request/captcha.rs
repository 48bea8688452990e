//! The picture that is shown, and answers to it.

use jiff::{SignedDuration, Timestamp};

use crate::domain::captcha::canonical;
use crate::domain::request::{CAPTCHA_MINUTES, Captcha};
use crate::domain::time::after;
use crate::flow::foundation::Env;
use crate::keyring::Purpose;

/// What is kept of a picture. The answer is bound to what it is asked for: the id of a request, or the challenge of a
/// form.
pub(crate) fn shown(env: &Env<'_>, asked_for: &str, answer: &str, now: Timestamp) -> Captcha {
    let canonical = canonical(answer);
    let (key_id, tag) = env.keys.mac(Purpose::Captcha, &[asked_for.as_bytes(), canonical.as_bytes()]);
    let expires_at = after(now, SignedDuration::from_mins(CAPTCHA_MINUTES));
    Captcha { key_id: key_id.to_string(), tag: tag.to_vec(), expires_at }
}

/// Whether this is what the picture shows.
pub(crate) fn is_answer(env: &Env<'_>, asked_for: &str, shown: &Captcha, typed: &str) -> bool {
    let canonical = canonical(typed);
    let parts = [asked_for.as_bytes(), canonical.as_bytes()];
    env.tag_matches(&shown.key_id, Purpose::Captcha, &parts, &shown.tag)
}
