//! The words of one line: what happened, and what helps, for staff on the telephone.

use crate::domain::code::{EndReason, Purpose};
use crate::domain::denial::tries;
use crate::domain::mail_answer::{About, Matter};
use crate::domain::shell::word;
use crate::domain::time::for_people;
use crate::domain::timeline::{Entry, What};
use crate::domain::{Channel, Ineligible};
use crate::guidance::codes;
use crate::guidance::denial::CAUSES;
use crate::guidance::mail_answer;
use crate::guidance::words::{capitalised, setup_token};

/// What to look for where a message was handed over and is not seen: nobody but the receiver can.
pub(super) fn look(channel: Option<Channel>) -> &'static str {
    match channel {
        Some(Channel::Mobile) => "have them check the phone's network, its blocked messages and unpaid bills",
        Some(Channel::Email) | None => "have them check the junk folder",
    }
}

/// Tries in vain after which it is no hiccup any more.
const MANY: u64 = 3;

/// What is left to whoever has a right code and nothing else to prove who they are with.
const SECOND: &str = "an authenticator, or a code to another contact; without any, a device they often sign in from, or \
                      the form: `regain appeal submit`";

/// What ends a lock.
pub(super) fn out_of_a_lock(path: &str) -> String {
    format!("wait, or reset with a code, or `regain user enable {} --unlock`", word(path))
}

/// One line in plain words: what happened, and its cause.
pub fn describe(entry: &Entry) -> String {
    let what = match entry.what {
        What::Asked => "started to reset the password".to_owned(),
        What::AskRefused => {
            "started to reset the password, and was refused: too many requests are open from the same place"
                .to_owned()
        }
        What::CaptchaFailed => "answered the CAPTCHA wrongly".to_owned(),
        What::CaptchaPassed => "answered the CAPTCHA".to_owned(),
        What::NotSent => {
            format!("asked for a code{}; none was sent: {}", purposely(entry), because(entry))
        }
        What::SendRefused => format!("asked for a code, and was refused: {}", because(entry)),
        What::Queued => format!("a code{} was made for {}", purposely(entry), receiver(entry)),
        What::TryFailed => match entry.until.zip(entry.count).filter(|(_, tries)| *tries > 1) {
            Some((last, tries)) => {
                format!("{tries} tries {}; the last was on {}", failed(entry), for_people(last))
            }
            None => format!("a try {}", failed(entry)),
        },
        What::HandedOver => format!("handed over for {}", receiver(entry)),
        What::InDoubt => {
            "the worker that was sending it was killed: it may have been sent, and is sent again".to_owned()
        }
        What::Undeliverable => format!("it was given up: {}", trouble(entry)),
        What::Delivered => format!("the provider says that it reached {}", receiver(entry)),
        What::NotDelivered => {
            format!("the provider says that it did not reach {}{}", receiver(entry), answered(entry))
        }
        What::WrongCode => match entry.count {
            Some(0) => "entered a wrong code with the last try: the code ended".to_owned(),
            Some(left) => format!("entered a wrong code; {}", tries(left)),
            None => "entered a wrong code".to_owned(),
        },
        What::SpentCode => {
            "entered a code when none could be used: it had expired, was replaced, or had no tries left"
                .to_owned()
        }
        What::RightCode => match entry.cause {
            Some(_) => "entered the right code; one more proof is needed".to_owned(),
            None => "entered the right code".to_owned(),
        },
        What::WrongProof => format!("the authenticator's code was not accepted: {}", because(entry)),
        What::Expired if entry.cause.as_deref() == Some(EndReason::ClockWentBack.as_str()) => {
            "the clock was set back, which ends every code".to_owned()
        }
        What::Expired => "nobody entered the code in time".to_owned(),
        What::NeverLeft => "it expired before it was handed over".to_owned(),
        What::Superseded => "a newer code replaced it; only the newest counts".to_owned(),
        What::Revoked => format!("the code was ended: {}", because(entry)),
        What::PasswordRefused => format!("the reset was refused: {}", because(entry)),
        What::PasswordReset => "set a new password".to_owned(),
        What::Cancelled => "cancelled the request".to_owned(),
        What::SetupSent => match &entry.destination {
            Some(to) => format!("a setup token was made for {to}"),
            None => "a setup token was made".to_owned(),
        },
        What::SetupEnded => format!("the setup token was ended: {}", because(entry)),
        What::SetupExpired => "nobody used the setup token in time".to_owned(),
        What::ContactChanged => "a contact was changed".to_owned(),
        What::SignedIn => "signed in".to_owned(),
        What::SignInFailed => match entry.until {
            Some(until) => {
                format!("could not sign in: {}; locked until {}", because(entry), for_people(until))
            }
            None => format!("could not sign in: {}", because(entry)),
        },
        What::Unlocked => "an administrator ended the lock".to_owned(),
    };
    let from = entry.from.as_deref().map(|address| format!(", from {address}"));
    capitalised(&(what + &from.unwrap_or_default()))
}

/// What helps, where something does. `path` is how commands name the person.
pub fn next(entry: &Entry, path: &str) -> Option<String> {
    let next = match entry.what {
        What::NotSent => codes::remedy(entry.cause.as_deref()?.parse().ok()?, Some(path)),
        What::AskRefused => "wait until open requests expire, 15 minutes at most".to_owned(),
        What::SendRefused if entry.cause.as_deref() == Some("too_soon") => {
            "ask again a minute later".to_owned()
        }
        What::SendRefused => "ask by another method".to_owned(),
        What::TryFailed => {
            let again = "it is retried automatically until it expires";
            if let Some(mend) = mend(entry, path) {
                return Some(format!("{again}; {mend}"));
            }
            match test(entry).filter(|_| entry.count.is_some_and(|count| count >= MANY)) {
                Some(test) => format!("{again}; an administrator finds the cause with {test}"),
                None => again.to_owned(),
            }
        }
        What::Undeliverable => match mend(entry, path).or_else(|| find_step(entry)) {
            Some(mend) => mend,
            None => "`regain doctor` shows what is wrong".to_owned(),
        },
        What::NeverLeft => {
            "`regain delivery status` shows what is waiting; then have them ask for a new code".to_owned()
        }
        What::Revoked => "have them ask for a new code".to_owned(),
        What::Expired if entry.cause.is_some() => "have them ask for a new code".to_owned(),
        What::HandedOver | What::Delivered | What::NotDelivered => look(channel(entry)).to_owned(),
        What::SetupEnded | What::SetupExpired => {
            format!("{} sends another", setup_token(path))
        }
        What::RightCode if entry.cause.is_some() => SECOND.to_owned(),
        What::WrongCode if entry.count == Some(0) => "have them ask for a new code".to_owned(),
        What::WrongCode => "have them read the newest message; older codes no longer count".to_owned(),
        What::SpentCode | What::Expired => "have them ask for a new code, and enter it at once".to_owned(),
        What::WrongProof => CAUSES.to_owned(),
        What::SignInFailed if entry.until.is_some() => out_of_a_lock(path),
        What::SignInFailed if entry.cause.as_deref() == Some("locked") => out_of_a_lock(path),
        What::SignInFailed if entry.cause.as_deref() == Some("wrong_password") => {
            format!("`regain password reset {}`", word(path))
        }
        What::Asked
        | What::CaptchaFailed
        | What::CaptchaPassed
        | What::Queued
        | What::InDoubt
        | What::RightCode
        | What::Superseded
        | What::PasswordRefused
        | What::PasswordReset
        | What::Cancelled
        | What::SetupSent
        | What::ContactChanged
        | What::SignedIn
        | What::SignInFailed
        | What::Unlocked => return None,
    };
    Some(next)
}

/// What helps, line by line: a wrong code means something else where none had gone out.
pub fn next_of_each(entries: &[Entry], path: &str) -> impl Iterator<Item = Option<String>> {
    let mut went_out = true;
    entries.iter().map(move |entry| {
        if matches!(entry.what, What::Queued | What::NotSent) {
            went_out = entry.what == What::Queued;
        }
        if entry.what == What::WrongCode && !went_out {
            return Some(
                "no code had gone out, so none could be right: have them ask for a new one".to_owned(),
            );
        }
        next(entry, path)
    })
}

/// The channel, as far as the masked address tells.
fn channel(entry: &Entry) -> Option<Channel> {
    let masked = entry.destination.as_deref()?;
    Some(if masked.contains('@') { Channel::Email } else { Channel::Mobile })
}

/// What shows an administrator where on the way it stops.
fn test(entry: &Entry) -> Option<&'static str> {
    Some(match channel(entry)? {
        Channel::Email => "`regain delivery test --email ADDRESS`",
        Channel::Mobile => "`regain delivery test --mobile NUMBER`",
    })
}

/// By trying, where the answer told nothing.
fn find_step(entry: &Entry) -> Option<String> {
    Some(format!("an administrator finds the step that fails: {}", test(entry)?))
}

/// What a mail server's answer asks for, and of whom.
pub(super) fn mend(entry: &Entry, path: &str) -> Option<String> {
    let matter = entry.matter?;
    let remedy = mail_answer::remedy(matter);
    Some(match (matter.about(), matter) {
        (About::Nobody, _) => return None,
        (About::Recipient, Matter::MailboxFull) => remedy.to_owned(),
        (About::Recipient, _) => format!(
            "{remedy}; an administrator binds another: `regain contact bind {} --email ADDRESS`",
            word(path)
        ),
        (About::Site | About::Sender | About::Message, _) => format!("an administrator can fix it: {remedy}"),
    })
}

pub(super) fn receiver(entry: &Entry) -> &str {
    entry.destination.as_deref().unwrap_or("nobody")
}

/// ` (bind contact)`, unless it is for what nearly all codes are for.
fn purposely(entry: &Entry) -> String {
    let special = entry.purpose.filter(|purpose| *purpose != Purpose::Reset);
    special.map(|purpose| format!(" ({})", purpose.as_str().replace('_', " "))).unwrap_or_default()
}

/// `failed to log in to the server: …`: with a stage, the words begin with what it does.
pub(super) fn failed(entry: &Entry) -> String {
    match (&entry.words, &entry.cause) {
        (Some(words), Some(_stage)) => format!("failed to {words}"),
        (Some(words), None) => format!("failed: {words}"),
        (None, _) => "failed".to_owned(),
    }
}

/// Why it did not leave: how the last try failed, or what was said where there was none.
pub fn trouble(entry: &Entry) -> String {
    match (&entry.words, &entry.cause) {
        (Some(words), None) => words.clone(),
        (None, _) | (_, Some(_)) => format!("the last try {}", failed(entry)),
    }
}

fn answered(entry: &Entry) -> String {
    entry.words.as_ref().map(|words| format!(": {words}")).unwrap_or_default()
}

/// The cause in words; a code that is not known here is readable by itself.
pub(super) fn because(entry: &Entry) -> String {
    let Some(cause) = &entry.cause else { return "no cause is recorded".to_owned() };
    let ineligible = cause.parse().ok().map(Ineligible::describe);
    match ineligible.or_else(|| cause.parse().ok().map(EndReason::describe)) {
        Some(words) => words.to_owned(),
        None if cause == "too_soon" => "a code had been asked for a moment before".to_owned(),
        None => cause.replace('_', " "),
    }
}
