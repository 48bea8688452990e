//! Everything that the help desk may know of one person: plain data.

use jiff::Timestamp;
use serde::Serialize;

use super::appeal::Appeal;
use super::challenge::ChallengeState;
use super::code::{Code, Purpose};
use super::contact::Contact;
use super::eligibility::Ineligible;
use super::operator::CallerMay;
use super::readiness::{Cause, PasswordState};
use super::request::Request;
use super::time::for_people;
use super::time::in_seconds;
use super::timeline::Entry;
use super::token::SetupToken;
use super::user::User;

/// What is known about a person now.
pub struct Diagnosis {
    pub user: User,
    pub at: Timestamp,
    pub password: PasswordState,
    /// When it stops to be of use, and whether that is near.
    pub password_expires: Option<(Timestamp, bool)>,
    /// What keeps them from recovering, or says how they got there.
    pub causes: Vec<Cause>,
    pub contacts: Vec<ContactState>,
    /// Those that can go on, newest first.
    pub requests: Vec<Request>,
    /// The latest, newest first.
    pub codes: Vec<Code>,
    /// Why the newest of them did not leave, if it did not.
    pub stuck: Option<Entry>,
    pub token: Option<SetupToken>,
    /// Why its message did not leave, if it did not.
    pub stuck_token: Option<Entry>,
    /// A caller who is being verified, or was a moment ago.
    pub challenge: Option<ChallengeState>,
    /// The uid of who looks: a challenge counts for whoever sent it.
    pub asked_by: u32,
    /// Places from which many tries failed.
    pub attempts: Vec<Attempts>,
    /// The latest sign-ins and tries at one, newest first.
    pub sign_ins: Vec<SignInSeen>,
    /// Those that wait for a decision, or that a reset can stand on.
    pub appeals: Vec<Appeal>,
    /// What support may do for a verified caller.
    pub callers_may: Vec<CallerMay>,
}

/// A sign-in, or a try at one: when, from where, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignInSeen {
    #[serde(serialize_with = "in_seconds")]
    pub at: Timestamp,
    pub signed_in: bool,
    /// A user of this machine, or the address that a portal or kiosk told and its user.
    pub from: String,
    /// Why not, as the records have it.
    pub reason: Option<String>,
}

impl SignInSeen {
    /// In one line.
    pub fn describe(&self) -> String {
        let how = match (self.signed_in, &self.reason) {
            (true, _) => "signed in".to_owned(),
            (false, Some(reason)) => format!("failed: {}", reason.replace('_', " ")),
            (false, None) => "failed".to_owned(),
        };
        format!("{} {how}, from {}", for_people(self.at), self.from)
    }
}

/// A contact, and the first reason why no reset code would go to it now, if they asked again from where they asked last.
pub struct ContactState {
    pub contact: Contact,
    pub ineligible: Option<Ineligible>,
}

impl Diagnosis {
    /// Whether they could reset the password by themselves now.
    pub fn can_recover(&self) -> bool {
        !self.causes.iter().any(|cause| cause.bars())
    }
}

/// The latest code that went to the person: one that asks somebody else to agree is not theirs to wait for.
pub fn latest(codes: &[Code]) -> Option<&Code> {
    codes.iter().find(|code| code.purpose != Purpose::Approve)
}

/// Tries from one place that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempts {
    /// A user of this machine, or the address that a portal or kiosk told and its user.
    pub from: String,
    pub sign_ins: u64,
    pub codes: u64,
    #[serde(serialize_with = "in_seconds")]
    pub last_at: Timestamp,
}

impl Attempts {
    /// How many of what, for the beginning of a sentence.
    pub fn describe(&self) -> String {
        let of = |count: u64, what: &str| {
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {what}{plural}"))
        };
        let counted: Vec<String> =
            [of(self.sign_ins, "sign-in"), of(self.codes, "code")].into_iter().flatten().collect();
        counted.join(" and ")
    }
}
