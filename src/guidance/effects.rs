//! What a change does not do, or leaves to be done.

use super::words::new_password;
use crate::domain::appeal::{Appeal, State};
use crate::domain::shell::word;
use crate::domain::time::for_people;
use crate::domain::{AccessMode, User};

pub const ROOT_SETS_PASSWORD: &str =
    "the root user has no password yet and sets one with `regain password reset`";
pub const BIND_FIRST: &str = "it is not asked for until two of its codes were entered: `regain mfa confirm`";

/// So many people, in words.
pub fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// A new root user whom no code can reach.
pub fn root_without_contact(account: &str) -> String {
    format!(
        "the root user has no password yet, and no contact to set one with: `regain contact bind {} --email ADDRESS` \
        binds one",
        word(account)
    )
}

/// A lock that a reset leaves.
pub fn stays_locked(user: &str, until: &str) -> String {
    format!("{user} stays locked until {until}; --unlock ends the lock (`regain faq locked`)")
}

/// A disabled user whom a reset does not enable.
pub fn stays_disabled(user: &User) -> String {
    let (noun, path) = (if user.root { "account" } else { "user" }, user.path());
    format!("{path} stays disabled; `regain {noun} enable {}` enables it", word(&path))
}

/// An account that a reset of one in it leaves disabled.
pub fn account_stays_disabled(account: &str) -> String {
    format!("the account {account} stays disabled; `regain account enable {}` enables it", word(account))
}

pub const STAYS_BOUND: &str =
    "the authenticator stays bound, and the reset asks for its code; for a lost phone, add --remove-mfa";

/// Somebody who has nothing to sign in with.
pub fn no_password(user: &str) -> String {
    format!("{user} has no password, and cannot sign in until one is set: {}", new_password(user))
}

/// Of a row with a password of somebody who is there.
pub const PASSWORD_STAYS: &str =
    "the password in the file is not used, because they have been here before: --passwords uses it";

/// Somebody whose password hash cannot be verified here.
pub fn must_reset(user: &str, scheme: &str) -> String {
    format!(
        "the password hash of {user} cannot be verified here ({scheme}): they must set a new password; --setup sends a setup \
         token"
    )
}

/// Somebody to whom no setup token can be sent.
pub fn no_setup_token(user: &str) -> String {
    format!("no setup token is sent to {user}, who has no email address: {}", new_password(user))
}

/// An authenticator that a reset leaves.
pub fn stays_bound(user: &str) -> String {
    format!("{user} keeps the authenticator, and is asked for its code; for a lost phone, add --remove-mfa")
}

/// For operators: whatever else is done for this person leaves them blocked.
pub fn stays_blocked(user: &User) -> Option<String> {
    let (about, path) = (user.disowned.as_ref()?.describe(), user.path());
    Some(format!(
        "{path} stays blocked, because \"{about}\" was not theirs; `regain user enable {} --unlock` ends the block",
        word(&path)
    ))
}

/// What taking a password away leaves open: a reset by a code, where one reaches them.
pub fn can_still_reset(user: &User) -> Option<String> {
    let reached = user.contacts.iter().any(|contact| contact.verified_at.is_some());
    let open =
        reached && user.enabled() && user.disowned.is_none() && user.access_mode != AccessMode::Programmatic;
    let (noun, path) = (if user.root { "account" } else { "user" }, user.path());
    open.then(|| {
        format!(
            "anyone with access to a contact of {path} can still set a new password with a code; `regain {noun} \
            disable {}` keeps them out until you know more",
            word(&path)
        )
    })
}

/// What whoever has a password changed at the next sign-in has to know, the same for everybody.
pub const MUST_CHANGE: &str = "anyone who knows the current password can choose the next one; if it may be stolen, \
    block the person instead: `regain user revoke USER`";

/// Somebody who signs in by program only, whatever their password.
pub fn by_program_only(user: &str) -> String {
    format!(
        "{user} has programmatic access only, and needs no password; `regain user update {} --access-mode default` \
        lets them sign in",
        word(user)
    )
}

/// Somebody cannot sign in before a contact is bound that login protection needs.
pub fn unmet_protection(user: &User) -> Option<String> {
    let (channel, path) = (user.lacks_for_login()?, user.path());
    Some(format!(
        "{path} has no verified {}, and cannot sign in until there is one: `regain contact bind {} --{channel} {} \
         --verified`",
        channel.noun(),
        word(&path),
        channel.placeholder()
    ))
}

/// The caution of whoever leaves an identity behind (domain.md, "Unified ID").
const CHANGE_ACCOUNT: &str = "change your account: use another one, or register a new ID with `regain account register`; \
     it cannot use the resources of the lost one; an IAM user asks the administrator of the account instead";

/// What whoever has the serial of an appeal can do now.
pub fn after_appeal(appeal: &Appeal) -> String {
    match appeal.state {
        State::Submitted => {
            "wait for the decision: it comes by SMS to the new mobile number, and is shown here; then set a new \
             password and sign in with it"
                .to_owned()
        }
        State::Approved => format!(
            "reset the password before {}: `regain password reset --appeal {}`; then sign in: `regain login USER`",
            for_people(appeal.expires_at),
            word(&appeal.serial)
        ),
        State::Denied => CHANGE_ACCOUNT.to_owned(),
        State::Used => "the password was reset; sign in with the new one: `regain login USER`".to_owned(),
        State::Expired => format!("it has ended; submit another appeal, or {CHANGE_ACCOUNT}"),
    }
}

/// What an operator who looks at an appeal can do now, or has the person do. `decides` is whether this one may decide it.
pub fn after_appeal_for_operators(appeal: &Appeal, user: Option<&User>, decides: bool) -> String {
    let serial = word(&appeal.serial);
    match (appeal.state, user) {
        (State::Submitted, _) if !decides => "an administrator decides it".to_owned(),
        (State::Submitted, Some(user)) if user.root => format!(
            "compare what was claimed with what is on record, then `regain appeal approve {serial}` or `regain appeal \
             deny {serial}`; --reason says why"
        ),
        (State::Submitted, _) => format!("deny it: `regain appeal deny {serial}`; --reason says why"),
        (State::Approved, Some(user)) => {
            let (until, path) = (for_people(appeal.expires_at), user.path());
            format!(
                "have them reset the password before {until}: `regain password reset {} --appeal {serial}`",
                word(&path)
            )
        }
        (State::Denied, _) => {
            "have them submit another one with better proof, `regain appeal submit`, use another \
                               account, or register a new ID, `regain account register`"
                .to_owned()
        }
        (State::Approved | State::Used | State::Expired, _) => after_appeal(appeal),
    }
}
