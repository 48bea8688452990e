//! For operators: why a code was kept back or came to nothing, and what helps.

use super::words::user_word;
use crate::domain::Ineligible;
use crate::domain::code::{Code, EndReason, State};

/// What helps whoever gets no code, in a sentence's middle.
pub fn remedy(reason: Ineligible, user: Option<&str>) -> String {
    // Nobody administers the owner of an account.
    let owner = user.is_some_and(|user| !user.contains('/'));
    let fixed = match reason {
        Ineligible::NoContact if owner => {
            let bind = format!("`regain contact bind {} --email ADDRESS`", user_word(user));
            return format!(
                "they can appeal, `regain appeal submit`; or an administrator can bind one, {bind}"
            );
        }
        Ineligible::Unverified if owner => "verify it, or have them appeal: `regain appeal submit`",
        Ineligible::Cooldown if owner => "wait until it ends, or have them appeal: `regain appeal submit`",
        Ineligible::AddressMismatch => "ask for it again, in full",
        Ineligible::NoContact => "an administrator can reset the password",
        Ineligible::Unverified => "verify it, or have an administrator reset the password",
        Ineligible::Cooldown => "wait until it ends, or have an administrator reset the password",
        Ineligible::TooManyFailures => {
            let ended = "or bind the contact again, or wait until the time is over";
            return format!("`regain user enable {} --unlock`, {ended}", user_word(user));
        }
        Ineligible::TooManyFailuresHere => {
            return format!("ask from another place, or `regain user enable {} --unlock`", user_word(user));
        }
        Ineligible::ContactThrottled => "wait an hour, or a day",
        Ineligible::UserThrottled | Ineligible::SourceThrottled | Ineligible::ChannelThrottled => {
            "wait an hour"
        }
        Ineligible::TooManyRequests => "wait until they expire",
        Ineligible::Disabled => "a reset never enables it; an administrator can",
        Ineligible::ContactTaken => "reset the password of that one",
        Ineligible::Disowned => {
            return format!("look into it, then `regain user enable {} --unlock`", user_word(user));
        }
        Ineligible::Programmatic => "an administrator can change that",
        Ineligible::Unused => return format!("look into it, then `regain user enable {}`", user_word(user)),
        Ineligible::SelfManagementOff => "an administrator resets it",
        Ineligible::MethodOff => "an administrator can check: `regain config show`",
        Ineligible::TransportOff => "an administrator can find out why: `regain doctor`",
    };
    fixed.to_owned()
}

/// What happened, and what helps.
pub fn explained(reason: Ineligible, user: Option<&str>) -> String {
    format!("{}; {}", reason.describe(), remedy(reason, user))
}

/// A stored `state_reason` in words. What is not known here is a provider's words, or readable by itself.
pub fn state_reason(reason: &str, user: Option<&str>) -> String {
    if let Ok(ineligible) = reason.parse() {
        return explained(ineligible, user);
    }
    match reason.parse() {
        Ok(why @ EndReason::NotSentInTime) => {
            format!("{}; `regain delivery status` shows what is waiting", why.describe())
        }
        Ok(why @ EndReason::ClockWentBack) => format!("{}; have them ask for a new one", why.describe()),
        Ok(why) => why.describe().to_owned(),
        Err(_) => reason.replace('_', " "),
    }
}

/// What became of a code of this user, and why.
pub fn fate(code: &Code, user: &str) -> String {
    if let Some(reason) = &code.state_reason {
        return state_reason(reason, Some(user));
    }
    match code.state {
        State::Queued => "it is waiting to be handed over; `regain delivery status` shows for how long",
        State::Sent => {
            "it was handed over; check the junk folder, the phone's network and its blocked messages"
        }
        State::Failed => "it could not be handed over",
        State::Used => "it was entered, and counts no more",
        State::Expired => "nobody entered it in time",
        State::Revoked => "it was ended",
        State::Superseded => "a newer code replaced it",
        State::Exhausted => "too many wrong codes were entered",
    }
    .to_owned()
}
