//! For operators: why a code was kept back or came to nothing, and what helps.

use super::words::user_word;
use crate::domain::code::{CLOCK_WENT_BACK, Code, NOT_SENT_IN_TIME, State, Withheld};

/// What helps whoever gets no code, in a sentence's middle.
pub fn remedy(withheld: Withheld, user: Option<&str>) -> String {
    let fixed = match withheld {
        Withheld::AddressMismatch => "ask for it again, in full",
        Withheld::NoContact => "an administrator can reset the password",
        Withheld::Unverified => "verify it, or have an administrator reset the password",
        Withheld::Cooldown => "wait until it ends, or have an administrator reset the password",
        Withheld::TooManyFailures => {
            let ended = "or bind the contact again, or wait until the time is over";
            return format!("`regain user enable {} --unlock`, {ended}", user_word(user));
        }
        Withheld::TooManyFailuresHere => {
            return format!("ask from another place, or `regain user enable {} --unlock`", user_word(user));
        }
        Withheld::ContactThrottled => "wait an hour, or a day",
        Withheld::UserThrottled | Withheld::SourceThrottled | Withheld::ChannelThrottled => "wait an hour",
        Withheld::TooManyRequests => "wait until they expire",
        Withheld::Disabled => "a reset never enables it; an administrator can",
        Withheld::ContactTaken => "reset the password of that one",
        Withheld::Disowned => {
            return format!("look into it, then `regain user enable {} --unlock`", user_word(user));
        }
        Withheld::Programmatic => "an administrator can change that",
        Withheld::Unused => return format!("look into it, then `regain user enable {}`", user_word(user)),
        Withheld::SelfManagementOff => "an administrator resets it",
    };
    fixed.to_owned()
}

/// What happened, and what helps.
pub fn explained(withheld: Withheld, user: Option<&str>) -> String {
    format!("{}; {}", withheld.told(), remedy(withheld, user))
}

/// A stored `state_reason` in words. What is not known here is a provider's words, or readable by itself.
pub fn state_reason(reason: &str) -> String {
    match (reason, reason.parse::<Withheld>()) {
        (_, Ok(withheld)) => explained(withheld, None),
        (NOT_SENT_IN_TIME, _) => {
            "its time was over before it was handed over; `regain delivery status` tells what waits"
                .to_owned()
        }
        (CLOCK_WENT_BACK, _) => {
            "the clock was set back, which ends every code; have them ask for a new one".to_owned()
        }
        (other, _) => other.replace('_', " "),
    }
}

/// What became of a code, and why.
pub fn fate(code: &Code) -> String {
    if let Some(reason) = &code.state_reason {
        return state_reason(reason);
    }
    match code.state {
        State::Queued => "it waits to be handed over; `regain delivery status` tells for how long",
        State::Sent => {
            "it was handed over; look into the junk folder, and at the phone's network and spam list"
        }
        State::Failed => "it could not be handed over",
        State::Used => "it was entered and is used up",
        State::Expired => "nobody entered it in time",
        State::Revoked => "it was ended",
        State::Superseded => "a newer code replaced it",
        State::Exhausted => "too many wrong codes were entered",
    }
    .to_owned()
}
