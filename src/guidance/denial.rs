//! What helps whoever was denied: the same words for everyone, locked or not, known or not (security E1).

use crate::domain::denial::Denial;
use crate::domain::mfa::Fault;
use crate::domain::operator::{Task, Verdict};

/// The page that lists the causes of a wrong code of an authenticator.
pub(super) const CAUSES: &str = "`regain faq mfa` lists the causes";

const ADMINISTRATOR: &str = "ask an administrator";
const OWN: &str = "to act on your own identity, give your password: --password-stdin";

/// The hints, the first thing first.
pub fn denial(denial: &Denial) -> &'static [&'static str] {
    match denial {
        Denial::Credentials => &[
            "forgotten? `regain password reset`",
            "sure that it is right? `regain faq locked` explains why it may not work now",
        ],
        Denial::Code { tries_left: 0 } => &["ask for a new code"],
        Denial::Code { .. } => &[],
        Denial::Role { themself: true, .. } => &[ADMINISTRATOR, OWN],
        Denial::Role { task, verdict, .. } => beyond(*task, *verdict),
        Denial::Totp(fault) | Denial::SecondTotp { fault, .. } => totp(*fault),
        Denial::Captcha => &["get a new one: `regain request captcha ID`"],
        Denial::Token => &["ask {helper} for a new one"],
    }
}

/// Who can, where support cannot.
fn beyond(task: Task, verdict: Verdict) -> &'static [&'static str] {
    match (verdict, task) {
        // Whoever is no operator is told in the sentence itself.
        (Verdict::NotAnOperator | Verdict::Allowed, _) => &[],
        (Verdict::BeyondSupport, Task::EndLock) => &[
            ADMINISTRATOR,
            "with \"unlock\" in [support] verified_caller_may, support can for a verified caller",
        ],
        (Verdict::BeyondSupport, Task::BlockPeople) => &[
            ADMINISTRATOR,
            "with \"block\" in [support] verified_caller_may, support can for a verified caller",
        ],
        (Verdict::BeyondSupport, Task::SendSetupLink) => {
            &[ADMINISTRATOR, "with \"setup\" in [support] verified_caller_may, support can"]
        }
        (Verdict::BeyondSupport | Verdict::Privileged, _) => &[ADMINISTRATOR],
    }
}

fn totp(fault: Fault) -> &'static [&'static str] {
    match fault {
        Fault::Wrong => &[
            "use the newest entry for this user, and check that the phone's clock is right",
            "phone lost? ask {administrator} to remove the authenticator",
            CAUSES,
        ],
        Fault::Old => &["check that the phone sets its clock automatically", CAUSES],
        Fault::NotInARow => &["enter the code that is shown and the next one, 30 seconds later"],
        Fault::Spent => &["ask {administrator} to remove the authenticator, then enrol it again"],
        Fault::Missing | Fault::Ahead | Fault::Used => &[],
    }
}

/// The page that lists the causes, where there is one.
pub fn page(denial: &Denial) -> Option<&'static str> {
    let (Denial::Totp(fault) | Denial::SecondTotp { fault, .. }) = denial else { return None };
    matches!(fault, Fault::Wrong | Fault::Old).then_some(CAUSES)
}
