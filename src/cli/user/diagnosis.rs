//! What the help desk sees of one person.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::{ChallengeView, IssuedView, UserView, moment};
use crate::domain::account::Status;
use crate::domain::diagnosis::{Attempts, ContactState, Diagnosis, SignInSeen};
use crate::domain::readiness::{Cause, PasswordState};
use crate::domain::request::{Method, Request, State};
use crate::domain::time::in_seconds;
use crate::domain::{AccessMode, Channel, Ineligible};
use crate::guidance::{self, Program, codes};
use crate::ui::{Column, Row, column};

/// A diagnosis as shown.
#[derive(Serialize)]
pub(in crate::cli) struct DiagnosisView {
    user: UserView,
    mfa: bool,
    password: PasswordState,
    /// Wrong passwords since the last right one, within the policy's period; those that locked, while it lasts.
    failures: u32,
    /// Whether a right password, with what is asked besides, would let them in.
    can_sign_in: bool,
    can_recover: bool,
    causes: Vec<Cause>,
    pub(in crate::cli) contacts: Vec<ReachView>,
    pub(in crate::cli) requests: Vec<LiveRequestView>,
    pub(in crate::cli) codes: Vec<FateView>,
    #[serde(serialize_with = "in_seconds")]
    setup_token_expires_at: Option<Timestamp>,
    /// What was disowned, while they are blocked for it.
    disowned: Option<String>,
    pub(in crate::cli) challenge: Option<ChallengeView>,
    pub(in crate::cli) attempts: Vec<Attempts>,
    pub(in crate::cli) sign_ins: Vec<SignInSeen>,
    pub(in crate::cli) next: Vec<String>,
    /// What keeps a right password from signing in.
    #[serde(skip)]
    kept_out: Vec<String>,
}

/// A contact, and whether a reset code would go to it now.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ReachView {
    channel: Channel,
    address: String,
    verified: bool,
    #[serde(serialize_with = "in_seconds")]
    usable_from: Timestamp,
    receives: bool,
    reason: Option<Ineligible>,
}

/// A request that can go on, as operators see it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct LiveRequestView {
    id: String,
    state: State,
    method: Option<Method>,
    /// Why no code of it goes to anybody, whatever is typed.
    reason: Option<Ineligible>,
    #[serde(skip)]
    why: String,
    #[serde(serialize_with = "in_seconds")]
    created_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    expires_at: Timestamp,
}

/// A code with what became of it.
#[derive(Serialize)]
pub(in crate::cli) struct FateView {
    #[serde(flatten)]
    code: IssuedView,
    why: String,
}

impl DiagnosisView {
    pub(in crate::cli) fn of(found: Diagnosis, program: &Program) -> Self {
        let next = program.name_in_all(&guidance::advice(&found));
        let path = found.user.path();
        let kept_out = kept_out(&found);
        let user = UserView::of(&found.user, found.at).expiring(found.password_expires.map(|(at, _)| at));
        Self {
            mfa: user.mfa(),
            user,
            can_sign_in: kept_out.is_empty(),
            kept_out,
            password: found.password,
            failures: found.user.failures.counted(found.at),
            can_recover: found.can_recover(),
            contacts: found.contacts.iter().map(ReachView::from).collect(),
            requests: found
                .requests
                .into_iter()
                .map(|request| LiveRequestView::of(request, &path, program))
                .collect(),
            codes: found
                .codes
                .into_iter()
                .map(|code| FateView {
                    why: program.name_in(&codes::fate(&code, &path)),
                    code: IssuedView::of(code.into(), program),
                })
                .collect(),
            disowned: found.user.disowned.as_ref().map(|disowned| disowned.about.clone()),
            challenge: found.challenge.map(ChallengeView::from),
            attempts: found.attempts,
            sign_ins: found.sign_ins,
            setup_token_expires_at: found.token.map(|token| token.expires_at),
            causes: found.causes,
            next,
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
            usable_from: contact.receives_from(),
            receives: state.ineligible.is_none(),
            reason: state.ineligible,
        }
    }
}

/// In few words, where the contact stands beside it.
fn briefly(reason: Ineligible) -> &'static str {
    match (reason, Cause::of(reason)) {
        (Ineligible::Unverified, _) => "not verified",
        (Ineligible::Cooldown, _) => "in its cool-down",
        (_, Cause::Throttled) => reason.describe(),
        (_, cause) => cause.describe(),
    }
}

impl LiveRequestView {
    fn of(request: Request, user: &str, program: &Program) -> Self {
        let why = request.ineligible.map(|reason| program.name_in(&codes::explained(reason, Some(user))));
        Self {
            why: why.unwrap_or_default(),
            id: request.id,
            state: request.state,
            method: request.method,
            reason: request.ineligible,
            created_at: request.created_at,
            expires_at: request.expires_at,
        }
    }
}

impl DiagnosisView {
    /// With what keeps them out although they are enabled still.
    fn status(&self) -> String {
        let state = self.user.state();
        let unused = self.causes.contains(&Cause::Unused);
        if unused { format!("{state}, but {}", Cause::Unused.describe()) } else { state }
    }

    /// Who it is about, and the answers to what callers ask: whether they can sign in, and help themselves.
    pub(in crate::cli) fn head(&self) -> Vec<String> {
        let signs_in = match (self.kept_out.as_slice(), self.password) {
            ([], PasswordState::MustChange | PasswordState::Temporary | PasswordState::Expired) => {
                "yes, and must change the password then".to_owned()
            }
            ([], _) => "yes, with the right password".to_owned(),
            (kept_out, _) => format!("no ({})", kept_out.join(", ")),
        };
        vec![
            self.user.headline(),
            format!("Can sign in: {signs_in}."),
            format!("Can reset the password alone: {}.", self.recovery()),
        ]
    }

    /// The facts of one screen, the most telling first.
    pub(in crate::cli) fn facts(&self) -> Vec<(&'static str, String)> {
        const SIGN_INS: usize = 3;
        let wrong = match self.failures {
            0 => String::new(),
            1 => ", 1 wrong one since the last right one".to_owned(),
            many => format!(", {many} wrong ones since the last right one"),
        };
        let mut facts = vec![("password", format!("{}{wrong}", self.user.password()))];
        let contacts: Vec<String> = self.contacts.iter().map(ReachView::brief).collect();
        facts.push(("contacts", if contacts.is_empty() { "none".to_owned() } else { contacts.join("; ") }));
        match self.sign_ins.as_slice() {
            [] => facts.push(("sign-ins", "none".to_owned())),
            seen => {
                let names = std::iter::once("sign-ins").chain(std::iter::repeat(""));
                facts.extend(names.zip(seen.iter().take(SIGN_INS).map(SignInSeen::describe)));
            }
        }
        // A reason that stands above is not told again.
        let told = |why: &str, others: &[&str]| {
            self.next.iter().map(String::as_str).chain(others.iter().copied()).any(|text| text.contains(why))
        };
        let latest = self.codes.first();
        facts.extend(latest.map(|code| ("latest code", code.brief(told(&code.why, &[])))));
        let of_code = latest.map_or("", |code| &code.why);
        facts.extend(
            self.requests
                .first()
                .map(|request| ("live request", request.brief(told(&request.why, &[of_code])))),
        );
        facts.extend(self.challenge.as_ref().map(|challenge| ("caller", challenge.brief())));
        facts
    }

    fn recovery(&self) -> String {
        // What only tells how they got there stands among the facts.
        let causes: Vec<&str> =
            self.causes.iter().filter(|cause| cause.bars()).map(|cause| cause.describe()).collect();
        if self.can_recover { "yes, by a code".to_owned() } else { format!("no ({})", causes.join(", ")) }
    }
}

/// What keeps even a right password from signing in, or that there is none.
fn kept_out(found: &Diagnosis) -> Vec<String> {
    let user = &found.user;
    let mut kept_out = Vec::new();
    let mut holds = |holds: bool, why: &str| kept_out.extend(holds.then(|| why.to_owned()));
    holds(user.disowned.is_some(), "blocked until an administrator looks");
    holds(user.account_status == Status::Disabled, "the account is disabled");
    holds(user.status == Status::Disabled, "disabled");
    holds(user.status == Status::Enabled && found.causes.contains(&Cause::Unused), Cause::Unused.describe());
    holds(user.access_mode == AccessMode::Programmatic, Cause::Programmatic.describe());
    holds(found.password == PasswordState::None, "no password is set");
    holds(found.password == PasswordState::TemporaryExpired, Cause::TemporaryExpired.describe());
    holds(user.lacks_for_login().is_some(), "login protection has no verified contact to ask by");
    if let Some(until) = user.failures.locked(found.at) {
        kept_out.push(format!("locked until {}", moment(Some(until))));
    }
    kept_out
}

impl ReachView {
    fn brief(&self) -> String {
        let receives = self.reason.map_or_else(
            || "receives codes".to_owned(),
            |reason| format!("receives none: {}", briefly(reason)),
        );
        format!("{} {receives}", self.address)
    }
}

impl LiveRequestView {
    /// In one line, without the reason where that is told already.
    fn brief(&self, told: bool) -> String {
        let why = match (self.why.as_str(), told) {
            ("", _) => String::new(),
            (_, true) => "; no code goes out".to_owned(),
            (why, false) => format!("; no code goes out: {why}"),
        };
        let until = moment(Some(self.expires_at));
        format!("waits to {}, until {until}{why}", self.state.next_step())
    }
}

impl FateView {
    /// In one line, without the reason where that is told already.
    fn brief(&self, told: bool) -> String {
        let (issued, at) = (&self.code.issued, moment(Some(self.code.issued.created_at)));
        let why = if told { String::new() } else { format!(": {}", self.why) };
        format!("{at} to {}, {}{why}", self.code.receiver(), issued.state)
    }
}

impl Row for SignInSeen {
    const COLUMNS: &'static [Column<Self>] = &[
        column("sign-in", |row| moment(Some(row.at))),
        column("ended", |row| if row.signed_in { "signed in" } else { "failed" }.to_owned()),
        column("why", |row| row.reason.as_deref().unwrap_or_default().replace('_', " ")),
        column("from", |row| row.from.clone()),
    ];
}

impl Row for DiagnosisView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.headline()),
        column("status", Self::status),
        column("password", |row| row.user.password()),
        column("wrong passwords", |row| row.failures.to_string()),
        column("MFA", |row| if row.mfa { "bound" } else { "none" }.to_owned()),
        column("last sign-in", |row| row.user.last_seen()),
        column("can recover", Self::recovery),
    ];
}

impl Row for ReachView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("contact", |row| row.address.clone()),
        column("verified", |row| if row.verified { "yes" } else { "no" }.to_owned()),
        column("usable from", |row| moment(Some(row.usable_from))),
        column("receives codes", |row| {
            row.reason.map_or_else(|| "yes".to_owned(), |reason| format!("no: {}", briefly(reason)))
        }),
    ];
}

impl Row for LiveRequestView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("live request", |row| row.id.clone()),
        column("waits to", |row| row.state.next_step().to_owned()),
        column("method", |row| row.method.map(|method| method.to_string()).unwrap_or_default()),
        column("asked for", |row| moment(Some(row.created_at))),
        column("expires", |row| moment(Some(row.expires_at))),
        column("why no code", |row| row.why.clone()),
    ];
}

impl Row for Attempts {
    const COLUMNS: &'static [Column<Self>] = &[
        column("failed tries from", |row| row.from.clone()),
        column("sign-ins", |row| row.sign_ins.to_string()),
        column("codes", |row| row.codes.to_string()),
        column("last", |row| moment(Some(row.last_at))),
    ];
}

impl Row for FateView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("latest code", |row| row.code.issued.id.clone()),
        column("for", |row| row.code.purpose()),
        column("to", |row| row.code.receiver()),
        column("state", |row| row.code.issued.state.to_string()),
        column("asked for", |row| moment(Some(row.code.issued.created_at))),
        column("why", |row| row.why.clone()),
    ];
}
