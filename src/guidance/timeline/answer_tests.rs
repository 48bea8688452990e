//! Every cause of domain.md's "Why am I not getting the code?", from the lines that stand for it.

use jiff::{SignedDuration, Timestamp};

use super::{Scene, answer};
use crate::domain::Ineligible;
use crate::domain::time::after;
use crate::domain::timeline::{Entry, What};

fn at(minute: i64) -> Timestamp {
    after(Timestamp::UNIX_EPOCH, SignedDuration::from_mins(minute))
}

/// A line about the code `cod_1`.
fn line(minute: i64, what: What) -> Entry {
    Entry {
        code: Some("cod_1".to_owned()),
        destination: Some("a***@e***.com".to_owned()),
        ..Entry::new(at(minute), what)
    }
}

/// A right code after which one more proof is asked for.
fn needing() -> Entry {
    Entry { cause: Some("other_contact".to_owned()), ..line(4, What::RightCode) }
}

fn scene() -> Scene<'static> {
    Scene { path: "acme/alice", since: at(0), captcha: true, locked: None }
}

fn cause(entries: &[Entry]) -> String {
    answer(entries, &scene()).cause
}

#[test]
fn e7_why_no_code_went_is_the_cause_whatever_it_was() {
    for reason in Ineligible::ALL {
        let kept = Entry { cause: Some(reason.as_str().to_owned()), ..line(1, What::NotSent) };
        let answer = answer(&[line(0, What::Asked), kept], &scene());
        assert_eq!(answer.cause, reason.as_str());
        assert_eq!(answer.text, format!("No code was sent: {}.", reason.describe()));
        assert!(answer.next.is_some_and(|next| next.ends_with('.')), "{reason}");
    }
}

#[test]
fn what_a_provider_says_is_quoted() {
    let refused = Entry { words: Some("550 no such user here".to_owned()), ..line(2, What::Undeliverable) };
    let answer = answer(&[line(1, What::Queued), refused], &scene());
    assert_eq!(answer.cause, "undeliverable");
    assert_eq!(answer.text, "The latest code was given up: 550 no such user here.");
    assert_eq!(
        answer.next.as_deref(),
        Some("An administrator finds the step that fails: `regain delivery test --email ADDRESS`.")
    );
}

#[test]
fn the_latest_code_counts_and_what_followed_it() {
    let queued = line(1, What::Queued);
    let older = Entry { code: Some("cod_0".to_owned()), ..line(0, What::NotSent) };
    for (later, expected) in [
        (vec![], "waiting"),
        (vec![line(2, What::TryFailed)], "being_retried"),
        (vec![Entry { words: Some("451 later".to_owned()), ..line(2, What::TryFailed) }], "being_retried"),
        (vec![line(2, What::NeverLeft)], "expired_before_sending"),
        (vec![line(2, What::HandedOver)], "handed_over"),
        (vec![line(2, What::HandedOver), line(3, What::Expired)], "handed_over"),
        (vec![line(2, What::HandedOver), line(3, What::Delivered)], "delivered"),
        (vec![line(2, What::HandedOver), line(3, What::NotDelivered)], "not_delivered"),
        (vec![line(2, What::HandedOver), line(3, What::WrongCode)], "wrong_code"),
        (vec![line(2, What::HandedOver), line(3, What::WrongCode), line(4, What::RightCode)], "used"),
        (vec![line(2, What::HandedOver), line(3, What::Revoked)], "revoked"),
        (vec![line(2, What::HandedOver), line(3, What::SendRefused)], "handed_over"),
        (vec![line(2, What::HandedOver), needing()], "second_proof"),
        (vec![line(2, What::HandedOver), needing(), line(5, What::PasswordReset)], "used"),
    ] {
        let story = [vec![older.clone(), queued.clone()], later].concat();
        assert_eq!(cause(&story), expected, "{story:?}");
    }
}

#[test]
fn whoever_never_asked_is_told_apart_by_how_far_they_came() {
    assert_eq!(cause(&[]), "nothing_asked");
    assert_eq!(cause(&[line(0, What::SignInFailed)]), "nothing_asked");
    assert_eq!(cause(&[line(0, What::Asked)]), "captcha");
    assert_eq!(cause(&[line(0, What::Asked), line(1, What::CaptchaFailed)]), "captcha");
    assert_eq!(cause(&[line(0, What::Asked), line(1, What::CaptchaPassed)]), "no_method_chosen");
    let refused = Entry { cause: Some("too_many_requests".to_owned()), ..line(0, What::AskRefused) };
    assert_eq!(cause(&[refused]), "too_many_requests");
}

#[test]
fn a_failed_sign_in_after_a_code_that_was_entered_is_told() {
    let failed = Entry { cause: Some("wrong_password".to_owned()), ..Entry::new(at(5), What::SignInFailed) };
    let used = [line(1, What::Queued), line(2, What::HandedOver), line(3, What::RightCode)];
    let after = answer(&[&used[..], std::slice::from_ref(&failed)].concat(), &scene());
    assert_eq!(
        (after.text.as_str(), after.next.as_deref()),
        (
            "The latest code arrived and was entered. They could not sign in since: wrong password.",
            Some("`regain password reset acme/alice`.")
        )
    );
    let in_again = [&used[..], &[failed, Entry::new(at(6), What::SignedIn)]].concat();
    assert_eq!(answer(&in_again, &scene()).text, "The latest code arrived and was entered.");
}

#[test]
fn a_wrong_code_where_none_went_out_is_no_older_one() {
    let lines =
        [line(1, What::NotSent), line(2, What::WrongCode), line(3, What::Queued), line(4, What::WrongCode)];
    let helps: Vec<_> = crate::guidance::timeline::next_of_each(&lines, "acme/alice").collect();
    let begins = |at: usize| helps[at].as_deref().unwrap_or_default().split(',').next().unwrap_or_default();
    assert_eq!(begins(1), "no code had gone out");
    assert_eq!(begins(3), "have them read the newest message; older codes no longer count");
}
