//! What the help desk can do about what a diagnosis found.

use super::effects::unmet_protection;
use super::words::setup_token;
use super::{codes, timeline};
use crate::domain::account::Status;
use crate::domain::appeal::State as AppealState;
use crate::domain::challenge::State;
use crate::domain::diagnosis::{Attempts, Diagnosis, latest};
use crate::domain::operator::CallerMay;
use crate::domain::readiness::{Cause, PasswordState};
use crate::domain::shell::word;
use crate::domain::time::for_people;
use crate::domain::timeline::Entry;
use crate::domain::{AccessMode, Channel, Contact, Ineligible};

/// The next steps, the first thing first; each is a sentence with the command where there is one.
pub fn advice(found: &Diagnosis) -> Vec<String> {
    let named = found.user.path();
    let path = &word(&named);
    let mut next: Vec<String> = kept_back(found).into_iter().collect();
    next.extend(obstacles(found, path));
    next.extend(found.causes.iter().filter_map(|cause| about(*cause, found, path)));
    if found.can_recover() {
        next.push(format!("They can reset the password by themselves: `regain password reset {path}`."));
        if let Some(stuck) = &found.stuck {
            next.push(format!("The latest code has not been sent yet: {}.", why_not_left(stuck, &named)));
        } else if let Some(code) =
            latest(&found.codes).filter(|code| code.contact_id.is_some() && code.can_be_sent_again(found.at))
        {
            next.push(format!("If no code came, send a new one: `regain codes resend {}`.", word(&code.id)));
        }
    } else if found.user.disowned.is_none()
        && found.user.enabled()
        && found.user.access_mode != AccessMode::Programmatic
    {
        // Whoever is blocked is looked into first: what is bound may be somebody else's.
        next.push(by_administrator(found, path));
    }
    if let Some(state) = &found.challenge {
        let (challenge, until) = (&state.challenge, for_people(state.challenge.expires_at));
        let mine = challenge.uid == found.asked_by;
        let (operator, id) = (&challenge.operator, word(&challenge.id));
        let (found_out, then, others) = if challenge.state == State::Confirmed {
            let mut then = format!("`regain admin-reset {path} --setup --verified-caller {id}`");
            let locked = found.user.failures.locked(found.at).is_some();
            if locked && found.callers_may.contains(&CallerMay::Unlock) {
                then = format!("{then} or `regain user enable {path} --unlock --verified-caller {id}`");
            }
            let others = format!("; only {operator} can use it");
            (format!("{operator} verified a caller as this person; valid until {until}"), then, others)
        } else {
            let then = format!("`regain support confirm {id}`");
            let waits = format!("{operator} waits for the code that a caller reads out, until {until}");
            (waits, then, String::new())
        };
        next.push(if mine { format!("{found_out}: {then}.") } else { format!("{found_out}{others}.") });
    }
    if let Some(token) = &found.token {
        let until = for_people(token.expires_at);
        next.push(match &found.stuck_token {
            Some(stuck) => format!(
                "A setup token is good until {until}, but has not been sent yet: {}; then {} sends another.",
                why_not_left(stuck, &named),
                setup_token(&named)
            ),
            None if token.contact_id.is_none() => format!(
                "A setup token was handed to an operator, and is good until {until}: `regain password setup` accepts \
                 it. Wrong person? `regain codes revoke {}`.",
                word(&token.id)
            ),
            None => format!(
                "A setup token is good until {until}: `regain password setup` accepts it. Not arrived? `regain codes resend \
                 {id}`. Wrong person? `regain codes revoke {id}`.",
                id = word(&token.id)
            ),
        });
    }
    next.extend(found.attempts.iter().map(|attempts| tried_by(attempts, path)));
    next.extend(found.appeals.iter().map(|appeal| {
        let about = if appeal.state == AppealState::Approved {
            format!("is approved, for a reset before {}", for_people(appeal.expires_at))
        } else {
            "waits for a decision".to_owned()
        };
        format!("An appeal {about}: `regain appeal show {}`.", word(&appeal.serial))
    }));
    next
}

/// Why no code of their latest try went out, which is what they call about: unless the advice for a cause says it, or they
/// have got in since.
fn kept_back(found: &Diagnosis) -> Option<String> {
    let code = latest(&found.codes).filter(|code| code.destination.is_none())?;
    let why: Ineligible = code.state_reason.as_deref()?.parse().ok()?;
    let got_in = [found.user.last_login_at, found.user.credential.changed_at].into_iter().flatten().max();
    let over = got_in.is_some_and(|at| at > code.created_at);
    (found.can_recover() && !over).then(|| {
        let (at, path) = (for_people(code.created_at), found.user.path());
        format!("The code they asked for on {at} went to nobody: {}.", codes::explained(why, Some(&path)))
    })
}

/// That many tries failed, and what helps if they were somebody else's.
fn tried_by(attempts: &Attempts, path: &str) -> String {
    format!(
        "{} failed within a day from {}, the last on {}. If that was not them, somebody else is trying: `regain audit \
         list --user {path} --outcome failure` shows each. A source that fails often must wait, and gets no codes \
         after 25 wrong ones; `regain user enable {path} --unlock` lifts these limits.",
        attempts.describe(),
        attempts.from,
        for_people(attempts.last_at)
    )
}

/// Why a message has not left, since when, and what helps.
fn why_not_left(stuck: &Entry, user: &str) -> String {
    let at = for_people(stuck.until.unwrap_or(stuck.at));
    let next = timeline::next(stuck, user).map(|next| format!("; {next}")).unwrap_or_default();
    format!("on {at} {}{next}", timeline::trouble(stuck))
}

/// What keeps even a right password from signing in.
fn obstacles(found: &Diagnosis, path: &str) -> Vec<String> {
    let (user, mut next) = (&found.user, Vec::new());
    if let Some(disowned) = &user.disowned {
        next.push(format!(
            "It has been blocked since {}: somebody said that \"{}\" was not theirs. Find out who they are and what \
            happened; then an administrator ends it: `regain user enable {path} --unlock`.",
            for_people(disowned.at),
            disowned.describe()
        ));
    }
    if user.account_status == Status::Disabled {
        next.push(format!(
            "The account is disabled; an administrator enables it: `regain account enable {}`.",
            word(&user.account)
        ));
    }
    if user.status == Status::Disabled {
        let noun = if user.root { "account" } else { "user" };
        next.push(format!(
            "It is disabled, and no reset enables it; an administrator does: `regain {noun} enable {path}`."
        ));
    }
    if let Some(until) = user.failures.locked(found.at) {
        next.push(format!(
            "It is locked until {}. To end it, wait{}, or ask an administrator{}: `regain user enable {path} --unlock`; \
             `regain faq locked` explains more.",
            for_people(until),
            if found.can_recover() { ", reset the password with a code" } else { "" },
            if support_unlocks(found) { ", or support for a verified caller" } else { "" }
        ));
    }
    let can_act = can_act(found);
    match found.password {
        PasswordState::TemporaryExpired => {
            next.push("The temporary password has expired; a new one is needed.".to_owned());
        }
        PasswordState::Temporary | PasswordState::MustChange | PasswordState::Expired => {
            let login = if can_act { format!(": `regain login {path}`") } else { String::new() };
            next.push(format!("The password must be changed at the next sign-in{login}."));
        }
        PasswordState::None | PasswordState::Set => {}
    }
    if let (PasswordState::Set, Some((at, true))) = (found.password, found.password_expires) {
        let at = for_people(at);
        let change =
            if can_act { format!(": `regain password change {path}` before then") } else { String::new() };
        next.push(format!("The password expires on {at}{change}."));
    }
    next.extend(unmet_protection(user).map(|unmet| format!("{unmet}.")));
    next
}

/// Whether they can do now what takes their password, if they know it.
fn can_act(found: &Diagnosis) -> bool {
    let user = &found.user;
    user.enabled()
        && user.disowned.is_none()
        && user.failures.locked(found.at).is_none()
        && !found.causes.contains(&Cause::Unused)
}

/// Whether support can end the lock, for a caller who can read out a code.
fn support_unlocks(found: &Diagnosis) -> bool {
    let reached = found.contacts.iter().any(|state| state.ineligible.is_none());
    found.callers_may.contains(&CallerMay::Unlock) && !found.user.root && reached
}

/// What can be done about what keeps them from a code; `None` where it is said already.
fn about(cause: Cause, found: &Diagnosis, path: &str) -> Option<String> {
    let verified = |contact: &&Contact| contact.verified_at.is_some();
    Some(match cause {
        Cause::NoVerifiedContact => match found.user.contacts.first() {
            Some(contact) if !contact.confirmation.is_by_operator() => {
                let (noun, channel) = (contact.channel.noun(), contact.channel);
                let themself = if found.user.credential.hash.is_some() && can_act(found) {
                    format!(
                        "If they know their password, they can confirm it, `regain contact verify {path} --{channel}`; \
                         otherwise they read"
                    )
                } else {
                    "They read".to_owned()
                };
                format!(
                    "Its {noun} was never verified. {themself} the code out to an administrator: `regain contact bind \
                     {path} --{channel} {} --read-out`.",
                    channel.placeholder()
                )
            }
            Some(contact) => format!(
                "Its {} was never verified; an administrator enters the code that went there: `regain contact verify \
                 {path} --{} {}`.",
                contact.channel.noun(),
                contact.channel,
                contact.channel.placeholder()
            ),
            None => format!(
                "No contact is bound; an administrator binds one: `regain contact bind {path} --email ADDRESS`."
            ),
        },
        Cause::Cooldown => {
            let from =
                found.user.contacts.iter().filter(verified).map(|contact| contact.usable_from).min()?;
            format!("The contact was changed recently; it receives codes from {} on.", for_people(from))
        }
        Cause::TooManyFailures => {
            let another = found.contacts.iter().any(|state| state.ineligible.is_none());
            format!(
                "100 wrong codes in a row were entered for the contact. It can be used again after a time (`[codes] \
                 method_off_for`){}, or when an administrator unlocks it: `regain user enable {path} --unlock`.",
                if another { ", after a reset with another contact" } else { "" }
            )
        }
        Cause::MethodOff => {
            "The method that would reach them is switched off here; an administrator can check: `regain config show`."
                .to_owned()
        }
        Cause::TransportOff => {
            "This machine cannot send messages now; an administrator can find out why: `regain doctor`.".to_owned()
        }
        Cause::Throttled => {
            let of_budget = |why: &Ineligible| Cause::of(*why) == Cause::Throttled;
            let kept_back = found.contacts.iter().find_map(|state| state.ineligible.filter(of_budget))?;
            // Budgets are judged for a place (security K12), and this diagnosis for the one they asked from last.
            let place = if kept_back.is_of_budget() {
                " This applies to the place they last asked from; from another place, a first code may still be sent."
            } else {
                ""
            };
            let why = codes::explained(kept_back, Some(&found.user.path()));
            format!("No code can be sent to them for now: {why}.{place}")
        }
        Cause::NoSecondProof => {
            format!(
                "On a device it does not often sign in from, a second proof is needed, and it has none. They can \
                appeal: `regain appeal submit`; or an administrator binds another contact, `regain contact bind \
                {path} --email ADDRESS`, or an authenticator, `regain mfa enrol {path}`."
            )
        }
        Cause::Programmatic => {
            format!(
                "It has programmatic access only, and no password to recover; an administrator can change that: \
                 `regain user update {path} --access-mode default`."
            )
        }
        Cause::Unused => format!(
            "It was not used for longer than the login policy allows, and counts as disabled; an administrator \
             ends that: `regain user enable {path}`."
        ),
        Cause::SelfManagementOff => {
            format!(
                "People in this account may not set their own passwords: see `regain policy show {} protection`.",
                word(&found.user.account)
            )
        }
        Cause::Disowned | Cause::Disabled | Cause::TemporaryExpired | Cause::NeverSignedIn => return None,
    })
}

/// The administrator's reset, in the way that fits.
fn by_administrator(found: &Diagnosis, path: &str) -> String {
    let email = found.user.contact(Channel::Email).is_some_and(|contact| contact.verified_at.is_some());
    if found.user.root {
        format!(
            "Otherwise, only the owner of the store can reset a root user: `regain admin-reset {path} --override`."
        )
    } else if email {
        format!("The quickest way is a setup token by email: `regain admin-reset {path} --setup`.")
    } else {
        format!("An administrator can reset the password: `regain admin-reset {path} --generate`.")
    }
}
