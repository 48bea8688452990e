//! The one answer: why the latest code did not come, or that it did.

use jiff::Timestamp;
use serde::Serialize;

use super::entry::{because, describe, failed, mend, next, out_of_a_lock, receiver, trouble};
use crate::domain::code::{EndReason, Purpose};
use crate::domain::denial::tries;
use crate::domain::time::for_people;
use crate::domain::timeline::{Entry, What};
use crate::guidance::words::{capitalised, setup_token};

/// Whether a worker runs.
const HANDS_OVER: &str = "`regain delivery status` shows whether messages are handed over";

/// What is said first: the cause, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// A stable word.
    pub cause: String,
    #[serde(rename = "told")]
    pub text: String,
    pub next: Option<String>,
}

/// What a timeline is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// How commands name the person.
    pub path: &'a str,
    /// Where the timeline begins.
    pub since: Timestamp,
    /// Whether a request begins with a CAPTCHA.
    pub captcha: bool,
    /// Until when wrong passwords keep them out, if they do.
    pub locked: Option<Timestamp>,
}

/// Judges a timeline, the oldest line first.
pub fn answer(entries: &[Entry], scene: &Scene<'_>) -> Answer {
    let path = scene.path;
    // What goes to whoever agrees to a change is nothing that the person waits for.
    let approved = entries.iter().any(|entry| entry.purpose == Some(Purpose::Approve));
    let own = |entry: &&Entry| entry.purpose != Some(Purpose::Approve);
    let entries = &entries.iter().filter(own).cloned().collect::<Vec<_>>();
    let last = |which: fn(What) -> bool| entries.iter().rposition(|entry| which(entry.what));
    let made = last(|what| matches!(what, What::NotSent | What::Queued));
    // Asking again too soon leaves the code before as it was.
    let asked = made.or_else(|| last(|what| what == What::SendRefused));
    let mailed =
        entries.iter().rposition(|entry| entry.what == What::SetupSent && entry.destination.is_some());
    let text = match (asked.and_then(|at| entries.get(at)), mailed) {
        (_, Some(at)) if mailed > asked => setup(entries.get(at..).unwrap_or_default(), path),
        (Some(last), _) if last.what != What::Queued => Some(of(last, path)),
        (Some(queued), _) => {
            // A clock that was set back ends a code before it was made.
            let its =
                |entry: &&Entry| entry.code == queued.code && (entry.code.is_some() || entry.at >= queued.at);
            Some(sent(queued, &entries.iter().filter(its).collect::<Vec<_>>(), entries, path))
        }
        (None, _) => None,
    };
    match (text, scene.locked) {
        (text, Some(until)) => locked(text, until, last(|what| what == What::SignInFailed) > asked, path),
        (Some(text), None) => with_sign_in(text, entries, path),
        (None, None) => never_asked(entries, scene, approved),
    }
}

/// What keeps them out: said first, unless a code was asked for since.
fn locked(besides: Option<Answer>, until: Timestamp, since: bool, path: &str) -> Answer {
    let lock =
        format!("{path} is locked until {}: too many wrong passwords were entered.", for_people(until));
    let ended = Some(sentence(&out_of_a_lock(path)));
    match besides {
        None => Answer { cause: "locked".to_owned(), text: lock, next: ended },
        Some(other) if since => {
            Answer { cause: "locked".to_owned(), text: format!("{lock} {}", other.text), next: ended }
        }
        Some(other) => Answer { text: format!("{} {lock}", other.text), next: other.next.or(ended), ..other },
    }
}

/// Whoever entered the code and could not sign in since has another trouble than codes.
fn with_sign_in(answer: Answer, entries: &[Entry], path: &str) -> Answer {
    let ends = |entry: &&Entry| {
        matches!(entry.what, What::RightCode | What::PasswordReset | What::SignedIn | What::SignInFailed)
    };
    let last = entries.iter().rev().find(ends).filter(|last| last.what == What::SignInFailed);
    let Some(failed) = last.filter(|_| answer.cause == "used") else { return answer };
    Answer {
        text: format!("{} They could not sign in since: {}.", answer.text, because(failed)),
        next: next(failed, path).map(|next| sentence(&next)),
        ..answer
    }
}

/// The fate of a setup token that went by mail: its record comes first.
fn setup(entries: &[Entry], path: &str) -> Option<Answer> {
    let (made, later) = entries.split_first()?;
    let way = |entry: &&Entry| {
        let on_its_way =
            matches!(entry.what, What::TryFailed | What::Undeliverable | What::InDoubt | What::HandedOver);
        let over = matches!(entry.what, What::SetupEnded | What::SetupExpired) && entry.code == made.code;
        entry.code.is_none() && on_its_way || over || entry.what == What::PasswordReset
    };
    let (to, again) = (receiver(made), format!("{} sends another", setup_token(path)));
    let fate = later.iter().rev().find(way);
    let (cause, text, next) = match fate {
        Some(used) if used.what == What::PasswordReset => (
            "setup_token_used",
            format!("A setup token was made for {to}, and a new password was set since."),
            None,
        ),
        Some(ended) if ended.what == What::SetupEnded => (
            "setup_token_ended",
            format!("A setup token for {to} was ended: {}.", because(ended)),
            Some(again),
        ),
        Some(over) if over.what == What::SetupExpired => {
            ("setup_token_expired", format!("A setup token for {to} was not used in time."), Some(again))
        }
        Some(gone) if gone.what == What::Undeliverable => (
            "setup_token_undeliverable",
            format!("A setup token for {to} was given up: {}.", trouble(gone)),
            next(gone, path).map(|next| format!("{next}; then {again}")),
        ),
        Some(failed) if failed.what == What::TryFailed => (
            "setup_token_being_retried",
            format!("A setup token for {to} is still on its way: {}.", trouble(failed)),
            next(failed, path),
        ),
        Some(over) if over.what == What::HandedOver => (
            "setup_token_handed_over",
            format!(
                "A setup token was handed over for {to} at {}. Nothing more is known.",
                for_people(over.at)
            ),
            next(over, path).map(|next| format!("{next}; {again}")),
        ),
        Some(_) | None => (
            "setup_token_waiting",
            format!(
                "A setup token for {to} has been waiting to be handed over since {}.",
                for_people(made.at)
            ),
            Some(HANDS_OVER.to_owned()),
        ),
    };
    Some(Answer { cause: cause.to_owned(), text, next: next.map(|next| sentence(&next)) })
}

/// What a single line says.
fn of(entry: &Entry, path: &str) -> Answer {
    let cause = entry.cause.clone().unwrap_or_else(|| entry.what.as_str().to_owned());
    let text = match (entry.what, entry.count) {
        (What::NotSent | What::SendRefused, _) => format!("no code was sent: {}", because(entry)),
        (What::Undeliverable, _) => format!("the latest code was given up: {}", trouble(entry)),
        (What::AskRefused, _) => {
            "no reset was started: too many requests are open from the same place".to_owned()
        }
        (What::WrongCode, Some(0)) => {
            "a code reached them, and they entered wrong ones until it ended".to_owned()
        }
        (What::WrongCode, Some(left)) => {
            format!("a code reached them, and they entered a wrong one; {}", tries(left))
        }
        (What::WrongCode, None) => "a code reached them, and they entered a wrong one".to_owned(),
        (_, _) => describe(entry),
    };
    Answer { cause, text: sentence(&text), next: next(entry, path).map(|next| sentence(&next)) }
}

fn never_asked(entries: &[Entry], scene: &Scene<'_>, approved: bool) -> Answer {
    let Scene { path, since, captcha, .. } = *scene;
    let latest = |what| entries.iter().rev().find(|entry| entry.what == what);
    if let Some(refused) = latest(What::AskRefused) {
        return of(refused, path);
    }
    let begun = latest(What::Asked).is_some();
    let (cause, text, next) = if begun && captcha && latest(What::CaptchaPassed).is_none() {
        let answered =
            if latest(What::CaptchaFailed).is_some() { "answered wrongly" } else { "never answered" };
        (
            "captcha",
            format!("A reset was started, and its CAPTCHA was {answered}: no code was asked for."),
            "Have them type the characters of the picture, or `work` if they cannot see it.",
        )
    } else if begun {
        (
            "no_method_chosen",
            "A reset was started, and no way to receive a code was chosen.".to_owned(),
            "Have them choose email, mobile or account name.",
        )
    } else if approved {
        (
            "approval",
            "The latest code went to the person who agrees to changes in this account.".to_owned(),
            "Have them ask that person for it.",
        )
    } else {
        (
            "nothing_asked",
            format!("Nobody asked for a code for {path} since {}.", for_people(since)),
            "Ask which account and which name they typed: they see the same for a name that does not exist. \
             `--since 7d` looks further back.",
        )
    };
    Answer { cause: cause.to_owned(), text, next: Some(next.to_owned()) }
}

/// The fate of a code that was made for somebody, from what followed.
fn sent(queued: &Entry, later: &[&Entry], all: &[Entry], path: &str) -> Answer {
    let find = |what| later.iter().rev().find(|entry| entry.what == what).copied();
    let decided = [What::Undeliverable, What::HandedOver];
    let arrived = all.iter().rev().find(|entry| entry.what == What::RightCode && entry.at >= queued.at);
    if let Some(right) = arrived {
        let reset = all.iter().any(|entry| entry.what == What::PasswordReset && entry.at >= right.at);
        let needs = right.cause.is_some() && !reset;
        let (cause, text) = if needs {
            ("second_proof", "The latest code arrived and was entered; one more proof is needed.")
        } else {
            ("used", "The latest code arrived and was entered.")
        };
        return Answer {
            cause: cause.to_owned(),
            text: text.to_owned(),
            next: next(right, path).filter(|_| needs).map(|next| sentence(&next)),
        };
    }
    let ended = later.iter().rev().find(|entry| {
        entry.what == What::Revoked || entry.cause.as_deref() == Some(EndReason::ClockWentBack.as_str())
    });
    if let Some(ended) = ended {
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
        (None, _) => waiting(queued, find(What::TryFailed), find(What::NeverLeft), path),
    }
}

fn of_fate(fate: &Entry, expired: Option<&Entry>, path: &str) -> Answer {
    let mut answer = of(fate, path);
    fate.what.as_str().clone_into(&mut answer.cause);
    if fate.what == What::HandedOver {
        let at = for_people(fate.at);
        let to = fate.destination.as_deref().unwrap_or("the contact");
        answer.text = format!("The latest code was handed over for {to} at {at}. Nothing more is known.");
    }
    if expired.is_some() && matches!(fate.what, What::HandedOver | What::Delivered) {
        answer.text.push_str(" It has expired since.");
        let again = "then have them ask for a new one";
        answer.next = Some(match answer.next {
            Some(next) => format!("{}, {again}.", next.trim_end_matches('.')),
            None => "Have them ask for a new one.".to_owned(),
        });
    }
    answer
}

fn waiting(queued: &Entry, tried: Option<&Entry>, expired: Option<&Entry>, path: &str) -> Answer {
    let since = for_people(queued.at);
    let (cause, text) = match (expired, tried) {
        (Some(_), Some(tried)) => (
            "expired_before_sending",
            format!(
                "The latest code expired before it could be handed over: the last try {}.",
                failed(tried)
            ),
        ),
        (Some(_), None) => (
            "expired_before_sending",
            "The latest code expired before anything took it from the queue.".to_owned(),
        ),
        (None, Some(tried)) => {
            ("being_retried", format!("The latest code is still on its way: the last try {}.", failed(tried)))
        }
        (None, None) => {
            ("waiting", format!("The latest code has been waiting to be handed over since {since}."))
        }
    };
    let next = match (expired, tried) {
        (Some(_), _) => {
            let why = tried.and_then(|tried| mend(tried, path));
            let why = why.unwrap_or_else(|| "`regain doctor` shows why".to_owned());
            sentence(&format!("{why}; then have them ask for a new code"))
        }
        (None, Some(tried)) => next(tried, path).map_or_else(String::new, |next| sentence(&next)),
        (None, None) => sentence(HANDS_OVER),
    };
    Answer { cause: cause.to_owned(), text, next: Some(next) }
}

/// A capital first, and a full stop last.
fn sentence(text: &str) -> String {
    let text = capitalised(text);
    if text.ends_with('.') { text } else { text + "." }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
