//! What the help desk sees of one person.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::{ChallengeView, CodeView, UserView, moment};
use crate::domain::address::Channel;
use crate::domain::code::Withheld;
use crate::domain::readiness::{Cause, PasswordState};
use crate::domain::request::{Method, Request, State};
use crate::flow::{Attempts, ContactState, Diagnosis, Hindrance};
use crate::ui::Row;

/// A diagnosis as shown.
#[derive(Serialize)]
pub(in crate::cli) struct DiagnosisView {
    user: UserView,
    mfa: bool,
    password: PasswordState,
    /// Wrong passwords since the last right one, within the policy's period; those that locked, while it lasts.
    failures: u32,
    can_recover: bool,
    causes: Vec<Cause>,
    pub(in crate::cli) contacts: Vec<ReachView>,
    pub(in crate::cli) requests: Vec<LiveRequestView>,
    pub(in crate::cli) codes: Vec<FateView>,
    setup_token_expires_at: Option<Timestamp>,
    /// What was disowned, while they are blocked for it.
    disowned: Option<String>,
    pub(in crate::cli) challenge: Option<ChallengeView>,
    pub(in crate::cli) attempts: Vec<AttemptsView>,
    pub(in crate::cli) next: Vec<String>,
}

/// A contact, and whether a reset code would go to it now.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ReachView {
    channel: Channel,
    address: String,
    verified: bool,
    usable_from: Timestamp,
    receives: bool,
    reason: Option<&'static str>,
    #[serde(skip)]
    told: &'static str,
}

/// A request that can go on, as operators see it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct LiveRequestView {
    id: String,
    state: State,
    method: Option<Method>,
    /// Why no code of it goes to anybody, whatever is typed.
    reason: Option<Withheld>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

/// Many tries from one place that failed.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct AttemptsView {
    from: String,
    sign_ins: u64,
    codes: u64,
    last_at: Timestamp,
}

/// A code with what became of it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct FateView {
    #[serde(flatten)]
    code: CodeView,
    why: String,
}

impl From<Diagnosis> for DiagnosisView {
    fn from(found: Diagnosis) -> Self {
        let user = UserView::of(&found.user, found.at).expiring(found.password_expires.map(|(at, _)| at));
        Self {
            mfa: user.mfa(),
            user,
            password: found.password,
            failures: found.user.failures.counted(found.at),
            can_recover: found.can_recover(),
            contacts: found.contacts.iter().map(ReachView::from).collect(),
            requests: found.requests.into_iter().map(LiveRequestView::from).collect(),
            codes: found
                .codes
                .into_iter()
                .map(|code| FateView { why: code.why(), code: code.into() })
                .collect(),
            disowned: found.user.disowned.as_ref().map(|disowned| disowned.about.clone()),
            challenge: found.challenge.map(ChallengeView::from),
            attempts: found.attempts.into_iter().map(AttemptsView::from).collect(),
            setup_token_expires_at: found.token.map(|token| token.expires_at),
            causes: found.causes,
            next: found.next,
        }
    }
}

impl From<&ContactState> for ReachView {
    fn from(state: &ContactState) -> Self {
        let contact = &state.contact;
        Self {
            channel: contact.channel,
            address: contact.masked(),
            verified: contact.verified_at.is_some(),
            usable_from: contact.usable_from,
            receives: state.hindrance.is_none(),
            reason: state.hindrance.map(Hindrance::code),
            told: state.hindrance.map_or("yes", Hindrance::told),
        }
    }
}

impl From<Request> for LiveRequestView {
    fn from(request: Request) -> Self {
        Self {
            id: request.id,
            state: request.state,
            method: request.method,
            reason: request.withheld,
            created_at: request.created_at,
            expires_at: request.expires_at,
        }
    }
}

impl From<Attempts> for AttemptsView {
    fn from(found: Attempts) -> Self {
        let Attempts { from, sign_ins, codes, last_at } = found;
        Self { from, sign_ins, codes, last_at }
    }
}

impl DiagnosisView {
    /// With what keeps them out although they are enabled still.
    fn status(&self) -> String {
        let state = self.user.state();
        let unused = self.causes.contains(&Cause::Unused);
        if unused { format!("{state}, but {}", Cause::Unused.told()) } else { state }
    }
}

impl Row for DiagnosisView {
    fn columns() -> &'static [&'static str] {
        &["user", "status", "password", "wrong passwords", "MFA", "last sign-in", "can recover"]
    }

    fn cells(&self) -> Vec<String> {
        let told: Vec<&str> = self.causes.iter().map(|cause| cause.told()).collect();
        let can = match (self.can_recover, told.is_empty()) {
            (true, true) => "yes, by a code".to_owned(),
            (true, false) => format!("yes, by a code ({})", told.join(", ")),
            (false, _) => format!("no: {}", told.join(", ")),
        };
        vec![
            self.user.headline(),
            self.status(),
            self.user.password(),
            self.failures.to_string(),
            if self.mfa { "bound" } else { "none" }.to_owned(),
            self.user.last_seen(),
            can,
        ]
    }
}

impl Row for ReachView {
    fn columns() -> &'static [&'static str] {
        &["contact", "verified", "usable from", "receives codes"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.address.clone(),
            if self.verified { "yes" } else { "no" }.to_owned(),
            moment(Some(self.usable_from)),
            if self.receives { "yes".to_owned() } else { format!("no: {}", self.told) },
        ]
    }
}

impl Row for LiveRequestView {
    fn columns() -> &'static [&'static str] {
        &["live request", "waits to", "method", "asked for", "expires", "why no code"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.state.next_step().to_owned(),
            self.method.map(|method| method.to_string()).unwrap_or_default(),
            moment(Some(self.created_at)),
            moment(Some(self.expires_at)),
            self.reason.map(Withheld::explained).unwrap_or_default(),
        ]
    }
}

impl Row for AttemptsView {
    fn columns() -> &'static [&'static str] {
        &["failed tries from", "sign-ins", "codes", "last"]
    }

    fn cells(&self) -> Vec<String> {
        let (sign_ins, codes) = (self.sign_ins.to_string(), self.codes.to_string());
        vec![self.from.clone(), sign_ins, codes, moment(Some(self.last_at))]
    }
}

impl Row for FateView {
    fn columns() -> &'static [&'static str] {
        &["latest code", "for", "to", "state", "asked for", "why"]
    }

    fn cells(&self) -> Vec<String> {
        let [id, purpose, to, state, asked] = self.code.brief();
        vec![id, purpose, to, state, asked, self.why.clone()]
    }
}
