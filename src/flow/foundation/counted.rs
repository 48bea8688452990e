//! What budgets and guesses are counted by: keyed hashes, which no rotation changes, of addresses, people and names.

use crate::domain::Contact;
use crate::flow::foundation::Env;
use crate::keyring::Purpose;

/// Where a code of an authenticator is asked. Wrong ones are counted apart, so that guessing in resets never keeps
/// anybody from signing in (security K6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TotpUse {
    SignIn,
    /// A reset by code, or a setup token.
    Recovery,
}

/// A contact's codes: its address, so that binding it again brings no new budget.
pub(crate) fn contact(env: &Env<'_>, contact: &Contact) -> Vec<u8> {
    text(env, contact.channel.as_str(), &contact.key)
}

/// A contact's codes that are asked beside a right password.
pub(crate) fn sign_in(env: &Env<'_>, contact: &Contact) -> Vec<u8> {
    text(env, "sign_in", &contact.key)
}

/// A person's authenticator.
pub(crate) fn totp(env: &Env<'_>, by: TotpUse, user_id: &str) -> Vec<u8> {
    let kind = match by {
        TotpUse::SignIn => "totp_sign_in",
        TotpUse::Recovery => "totp_recovery",
    };
    text(env, kind, user_id)
}

/// A person's authenticator, wherever its codes are asked.
pub(crate) fn every_totp(env: &Env<'_>, user_id: &str) -> [Vec<u8>; 2] {
    [TotpUse::SignIn, TotpUse::Recovery].map(|place| totp(env, place, user_id))
}

/// A person, by their id, or a name that nobody has.
pub(crate) fn person(env: &Env<'_>, id_or_name: &str) -> Vec<u8> {
    text(env, "person", id_or_name)
}

/// Anything else, as one of its kind.
pub(crate) fn text(env: &Env<'_>, kind: &str, text: &str) -> Vec<u8> {
    env.keys.lasting_mac(Purpose::Budget, &[kind.as_bytes(), text.as_bytes()]).to_vec()
}

/// A part of something that is counted, which counts with the whole.
pub(crate) fn beneath(env: &Env<'_>, whole: &[u8], parts: &[&str]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    [whole, &env.keys.lasting_mac(Purpose::Budget, &parts)].concat()
}
