//! The one answer: why the latest code did not come, or that it did.

use jiff::Timestamp;

use super::entry::{Entry, What};
use crate::domain::time::for_people;

/// What is told first: the cause, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// A stable word.
    pub cause: String,
    pub told: String,
    pub next: Option<String>,
}

/// Judges a timeline, the oldest line first. `path` is how commands name the person, `since` where the timeline
/// begins; `captcha` is whether a request begins with one.
pub fn answer(entries: &[Entry], path: &str, since: Timestamp, captcha: bool) -> Answer {
    let made = |entry: &&Entry| matches!(entry.what, What::NotSent | What::Queued);
    let refused = |entry: &&Entry| entry.what == What::SendRefused;
    // Asking again too soon leaves the code before as it was.
    match entries.iter().rev().find(made).or_else(|| entries.iter().rev().find(refused)) {
        None => never_asked(entries, path, since, captcha),
        Some(last) if last.what != What::Queued => of(last, path),
        Some(queued) => {
            let later: Vec<&Entry> =
                entries.iter().filter(|entry| entry.code == queued.code && entry.at >= queued.at).collect();
            sent(queued, &later, entries, path)
        }
    }
}

/// What a single line says.
fn of(entry: &Entry, path: &str) -> Answer {
    let cause = entry.cause.clone().unwrap_or_else(|| entry.what.as_str().to_owned());
    let told = match entry.what {
        What::NotSent | What::SendRefused => format!("no code was sent: {}", entry.because()),
        What::Undeliverable => format!("the latest code was given up: the last try {}", entry.failed()),
        What::AskRefused => "no reset was begun: too many requests are open from the same place".to_owned(),
        What::WrongCode => match entry.count {
            Some(0) => "a code reached them, and they entered wrong ones until it ended".to_owned(),
            Some(1) => "a code reached them, and they entered a wrong one; 1 try is left".to_owned(),
            Some(left) => format!("a code reached them, and they entered a wrong one; {left} tries are left"),
            None => "a code reached them, and they entered a wrong one".to_owned(),
        },
        _ => entry.told(),
    };
    Answer { cause, told: sentence(&told), next: entry.next(path).map(|next| sentence(&next)) }
}

fn never_asked(entries: &[Entry], path: &str, since: Timestamp, captcha: bool) -> Answer {
    let latest = |what| entries.iter().rev().find(|entry| entry.what == what);
    if let Some(refused) = latest(What::AskRefused) {
        return of(refused, path);
    }
    let begun = latest(What::Asked).is_some();
    let (cause, told, next) = if begun && captcha && latest(What::CaptchaPassed).is_none() {
        (
            "captcha",
            "A reset was begun, and its CAPTCHA was never answered: no code was asked for.".to_owned(),
            "Have them type the characters of the picture, or `work` where they cannot see it.",
        )
    } else if begun {
        (
            "no_method_chosen",
            "A reset was begun, and no way to be sent a code was chosen.".to_owned(),
            "Have them choose email, mobile or account name.",
        )
    } else {
        (
            "nothing_asked",
            format!("Nobody asked for a code for {path} since {}.", for_people(since)),
            "Ask which account and which name they typed: a name that nobody has looks the same to them. \
             `--since 7d` looks further back.",
        )
    };
    Answer { cause: cause.to_owned(), told, next: Some(next.to_owned()) }
}

/// The fate of a code that was made for somebody, from what followed.
fn sent(queued: &Entry, later: &[&Entry], all: &[Entry], path: &str) -> Answer {
    let find = |what| later.iter().rev().find(|entry| entry.what == what).copied();
    let decided = [What::Undeliverable, What::HandedOver];
    let arrived = all.iter().rev().find(|entry| entry.what == What::RightCode && entry.at >= queued.at);
    if let Some(right) = arrived {
        let reset = all.iter().any(|entry| entry.what == What::PasswordReset && entry.at >= right.at);
        let needs = right.cause.is_some() && !reset;
        let (cause, told) = if needs {
            ("second_proof", "The latest code arrived and was entered; one more proof is needed.")
        } else {
            ("used", "The latest code arrived and was entered.")
        };
        return Answer {
            cause: cause.to_owned(),
            told: told.to_owned(),
            next: right.next(path).filter(|_| needs).map(|next| sentence(&next)),
        };
    }
    if let Some(ended) = find(What::Revoked) {
        return of(ended, path);
    }
    let wrong = all.iter().rev().find(|entry| entry.what == What::WrongCode && entry.at >= queued.at);
    // The latest receipt counts: providers correct themselves.
    let receipt =
        later.iter().rev().find(|entry| matches!(entry.what, What::Delivered | What::NotDelivered)).copied();
    let fate = receipt.or_else(|| decided.iter().find_map(|what| find(*what)));
    match (fate, wrong) {
        // Whoever types something has a message before them.
        (Some(Entry { what: What::HandedOver | What::Delivered, .. }), Some(wrong)) => of(wrong, path),
        (Some(fate), _) => of_fate(fate, find(What::Expired), path),
        (None, _) => waiting(queued, find(What::TryFailed), find(What::Expired), path),
    }
}

fn of_fate(fate: &Entry, expired: Option<&Entry>, path: &str) -> Answer {
    let mut answer = of(fate, path);
    fate.what.as_str().clone_into(&mut answer.cause);
    if fate.what == What::HandedOver {
        let at = for_people(fate.at);
        let to = fate.destination.as_deref().unwrap_or("the contact");
        answer.told =
            format!("The latest code was handed over for {to} at {at}. Nothing is known beyond that.");
    }
    if expired.is_some() && matches!(fate.what, What::HandedOver | What::Delivered) {
        answer.told.push_str(" It has expired since.");
        let again = "then have them ask for a new one";
        answer.next = Some(match answer.next {
            Some(next) => format!("{}, {again}.", next.trim_end_matches('.')),
            None => "Have them ask for a new one.".to_owned(),
        });
    }
    answer
}

fn waiting(queued: &Entry, failed: Option<&Entry>, expired: Option<&Entry>, path: &str) -> Answer {
    let since = for_people(queued.at);
    let (cause, told) = match (expired, failed) {
        (Some(_), Some(failed)) => (
            "expired_before_sending",
            format!(
                "The latest code expired before it could be handed over: the last try {}.",
                failed.failed()
            ),
        ),
        (Some(_), None) => (
            "expired_before_sending",
            "The latest code expired before anything took it from the queue.".to_owned(),
        ),
        (None, Some(failed)) => (
            "being_retried",
            format!("The latest code is on its way still: the last try {}.", failed.failed()),
        ),
        (None, None) => ("waiting", format!("The latest code waits to be handed over since {since}.")),
    };
    let next = match cause {
        "waiting" => "`regain delivery status` tells whether anything hands messages over.".to_owned(),
        "being_retried" => {
            failed.and_then(|entry| entry.next(path)).map_or_else(String::new, |next| sentence(&next))
        }
        _ => "`regain doctor` tells why; then have them ask for a new code.".to_owned(),
    };
    Answer { cause: cause.to_owned(), told, next: Some(next) }
}

/// A capital first, and a full stop last.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let text: String = first.into_iter().flatten().chain(letters).collect();
    if text.ends_with('.') { text } else { text + "." }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
