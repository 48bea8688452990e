//! The words of a timeline: what happened, and what helps, for staff on the telephone.

use super::entry::{Entry, What};
use crate::domain::address::Channel;
use crate::domain::code::{CLOCK_WENT_BACK, Purpose};
use crate::domain::eligibility::Ineligible;
use crate::domain::time::for_people;

/// What to look for where a message was handed over and is not seen: nobody but the receiver can.
pub(super) fn look(channel: Option<Channel>) -> &'static str {
    match channel {
        Some(Channel::Mobile) => {
            "have them look at the phone's network, its blocked messages and its unpaid bills"
        }
        Some(Channel::Email) | None => "have them look into the junk folder",
    }
}

/// Tries in vain after which it is no hiccup any more.
const MANY: u64 = 3;

/// What is left to whoever has a right code and nothing else to prove who they are with.
const SECOND: &str = "an authenticator, or a code to another contact; without any, a device they often sign in from, or \
                      the form: `regain appeal submit`";

/// What ends a lock.
pub(super) fn out_of_a_lock(path: &str) -> String {
    format!("wait, or reset with a code, or `regain user enable {path} --unlock`")
}

impl Entry {
    /// One line in plain words: what happened, and its cause.
    pub fn told(&self) -> String {
        let what = match self.what {
            What::Asked => "began to reset the password".to_owned(),
            What::AskRefused => {
                "began to reset the password, and was refused: too many requests are open from the same place"
                    .to_owned()
            }
            What::CaptchaFailed => "answered the CAPTCHA wrongly".to_owned(),
            What::CaptchaPassed => "answered the CAPTCHA".to_owned(),
            What::NotSent => {
                format!("asked for a code{}; none was sent: {}", self.purposely(), self.because())
            }
            What::SendRefused => format!("asked for a code, and was refused: {}", self.because()),
            What::Queued => format!("a code{} was made for {}", self.purposely(), self.receiver()),
            What::TryFailed => match (self.count, self.until) {
                (Some(tries), Some(last)) if tries > 1 => {
                    format!("{tries} tries {}; the last was on {}", self.failed(), for_people(last))
                }
                _ => format!("a try {}", self.failed()),
            },
            What::HandedOver => format!("handed over for {}", self.receiver()),
            What::InDoubt => {
                "the worker that held it was killed: it may have gone out, and is sent again".to_owned()
            }
            What::Undeliverable => format!("it was given up: {}", self.trouble()),
            What::Delivered => format!("the provider says that it reached {}", self.receiver()),
            What::NotDelivered => {
                format!("the provider says that it did not reach {}{}", self.receiver(), self.answered())
            }
            What::WrongCode => match self.count {
                Some(0) => "entered a wrong code, for the last time: the code ended".to_owned(),
                Some(1) => "entered a wrong code; 1 try is left".to_owned(),
                Some(left) => format!("entered a wrong code; {left} tries are left"),
                None => "entered a wrong code".to_owned(),
            },
            What::SpentCode => {
                "entered a code when none could be used: it had expired, was replaced, or had no tries left"
                    .to_owned()
            }
            What::RightCode => match self.cause {
                Some(_) => "entered the right code; one more proof is needed".to_owned(),
                None => "entered the right code".to_owned(),
            },
            What::WrongProof => format!("the authenticator's code was not accepted: {}", self.because()),
            What::Expired if self.cause.as_deref() == Some(CLOCK_WENT_BACK) => {
                "the clock was set back, which ends every code".to_owned()
            }
            What::Expired => "nobody entered the code in time".to_owned(),
            What::NeverLeft => "its time was over before it was handed over".to_owned(),
            What::Superseded => "a newer code replaced it; only the newest counts".to_owned(),
            What::Revoked => format!("the code was ended: {}", self.because()),
            What::PasswordRefused => format!("the reset was refused: {}", self.because()),
            What::PasswordReset => "set a new password".to_owned(),
            What::Cancelled => "gave the request up".to_owned(),
            What::SetupSent => match &self.destination {
                Some(to) => format!("a setup token was made for {to}"),
                None => "a setup token was made".to_owned(),
            },
            What::ContactChanged => "a contact was changed".to_owned(),
            What::SignedIn => "signed in".to_owned(),
            What::SignInFailed => match self.until {
                Some(until) => {
                    format!("could not sign in: {}; locked until {}", self.because(), for_people(until))
                }
                None => format!("could not sign in: {}", self.because()),
            },
            What::Unlocked => "an administrator ended the lock".to_owned(),
        };
        capitalised(&what)
    }

    /// What helps, where something does. `path` is how commands name the person.
    pub fn next(&self, path: &str) -> Option<String> {
        let remedy = || self.cause.as_deref()?.parse::<Ineligible>().ok().map(Ineligible::remedy);
        let next = match self.what {
            What::NotSent => remedy()?.replace("USER", path),
            What::AskRefused => "wait until open requests expire, a quarter of an hour at most".to_owned(),
            What::SendRefused if self.cause.as_deref() == Some("too_soon") => {
                "ask again a minute later".to_owned()
            }
            What::SendRefused => "ask by another method".to_owned(),
            What::TryFailed => {
                let again = "it is tried again by itself while it is good";
                match (self.count, self.test()) {
                    (Some(MANY..), Some(test)) => {
                        format!("{again}; an administrator finds the cause with {test}")
                    }
                    _ => again.to_owned(),
                }
            }
            What::Undeliverable => match self.test() {
                Some(test) => format!("an administrator finds the step that fails: {test}"),
                None => "`regain doctor` tells what is wrong".to_owned(),
            },
            What::NeverLeft => {
                "`regain delivery status` tells what waits; then have them ask for a new code".to_owned()
            }
            What::Revoked => "have them ask for a new code".to_owned(),
            What::Expired if self.cause.is_some() => "have them ask for a new code".to_owned(),
            What::HandedOver | What::Delivered | What::NotDelivered => look(self.channel()).to_owned(),
            What::RightCode if self.cause.is_some() => SECOND.to_owned(),
            What::WrongCode if self.count == Some(0) => "have them ask for a new code".to_owned(),
            What::WrongCode => "have them read the newest message; older codes no longer count".to_owned(),
            What::SpentCode | What::Expired => {
                "have them ask for a new code, and enter it at once".to_owned()
            }
            What::WrongProof => "`regain faq mfa` lists the causes".to_owned(),
            What::SignInFailed if self.until.is_some() => out_of_a_lock(path),
            What::SignInFailed if self.cause.as_deref() == Some("locked") => out_of_a_lock(path),
            What::SignInFailed if self.cause.as_deref() == Some("wrong_password") => {
                format!("`regain password reset {path}`")
            }
            _ => return None,
        };
        Some(next)
    }

    /// The channel, as far as the masked address tells.
    fn channel(&self) -> Option<Channel> {
        let masked = self.destination.as_deref()?;
        Some(if masked.contains('@') { Channel::Email } else { Channel::Mobile })
    }

    /// What shows an administrator where on the way it stops.
    fn test(&self) -> Option<&'static str> {
        Some(match self.channel()? {
            Channel::Email => "`regain delivery test --email ADDRESS`",
            Channel::Mobile => "`regain delivery test --mobile NUMBER`",
        })
    }

    pub(super) fn receiver(&self) -> &str {
        self.destination.as_deref().unwrap_or("nobody")
    }

    /// ` (bind contact)`, unless it is for what nearly all codes are for.
    fn purposely(&self) -> String {
        let special = self.purpose.filter(|purpose| *purpose != Purpose::Reset);
        special.map(|purpose| format!(" ({})", purpose.as_str().replace('_', " "))).unwrap_or_default()
    }

    /// `failed to log in to the server: …`: with a stage, the words begin with what it does.
    pub(super) fn failed(&self) -> String {
        match (&self.words, &self.cause) {
            (Some(words), Some(_stage)) => format!("failed to {words}"),
            (Some(words), None) => format!("failed: {words}"),
            (None, _) => "failed".to_owned(),
        }
    }

    /// Why it did not leave: how the last try failed, or what was said where there was none.
    pub fn trouble(&self) -> String {
        match (&self.words, &self.cause) {
            (Some(words), None) => words.clone(),
            _ => format!("the last try {}", self.failed()),
        }
    }

    fn answered(&self) -> String {
        self.words.as_ref().map(|words| format!(": {words}")).unwrap_or_default()
    }

    /// The cause in words; a code that is not known here is readable by itself.
    pub(super) fn because(&self) -> String {
        let Some(cause) = &self.cause else { return "no cause is recorded".to_owned() };
        match cause.parse::<Ineligible>() {
            Ok(reason) => reason.describe().to_owned(),
            Err(_) => match cause.as_str() {
                "too_soon" => "a code had been asked for a moment before".to_owned(),
                "operator" => "by an operator".to_owned(),
                "newer_code" => "a newer one was asked for".to_owned(),
                "password_changed" => "the password was changed".to_owned(),
                "contact_changed" => "the contact was changed".to_owned(),
                "request_cancelled" => "the request was given up".to_owned(),
                "appeal_approved" => "an appeal was approved".to_owned(),
                "revoked" => "an operator took everything back that could lead to a password".to_owned(),
                "store_restored" => "the store was restored from a backup".to_owned(),
                other => other.replace('_', " "),
            },
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
