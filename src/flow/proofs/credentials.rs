//! Passwords into and out of the store: the one way for every story (security P6).

use jiff::{SignedDuration, Timestamp};

use crate::domain::code::EndReason;
use crate::domain::message::Change;
use crate::domain::password::{Context, GenerateError, NewPassword, generate, judge, normalise};
use crate::domain::request::State as RequestState;
use crate::domain::{
    Action, Credential, Entropy, Fact, NewEvent, PasswordPolicy, Secret, StoredHash, Target, User,
    sign_in as judgement,
};
use crate::flow::foundation::{Env, FlowError, Refusal, Transaction, audit, policies};
use crate::flow::messages::notices;
use crate::hasher::{Checked, HashError, Hasher, Memory};
use crate::keyring::Sealed;
use crate::store::{CodesOf, StoreError, TokensOf, Tx};

/// How long a password works that somebody else chose (domain.md, "Codes").
pub(crate) const TEMPORARY: SignedDuration = SignedDuration::from_hours(24);

/// Former passwords kept: as many as a policy can ask for (domain.md).
const KEPT: u32 = 24;

/// What the policy judges a password of this person by.
pub(crate) fn context<'a>(user: &'a User, words: &'a [&'a str]) -> Context<'a> {
    Context {
        user_name: &user.name,
        account_name: &user.account,
        email: user.email(),
        has_mfa: user.mfa,
        extra_words: words,
    }
}

/// A new password, judged and hashed.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) hash: StoredHash,
    /// Whether it was accepted only because MFA is bound (security P1).
    pub(crate) leans_on_mfa: bool,
}

impl Prepared {
    fn of(hash: StoredHash, password: &Secret, policy: &PasswordPolicy) -> Self {
        let least = usize::try_from(policy.minimum_length_for(false)).unwrap_or(usize::MAX);
        Self { hash, leans_on_mfa: password.expose().chars().count() < least }
    }
}

/// What a new password of a person is judged by, read in one go.
struct Ground {
    policy: PasswordPolicy,
    /// Hashes that cannot come back, the present one first.
    former: Vec<StoredHash>,
}

/// Reads what the next password of this person is judged by.
fn ground(env: &Env<'_>, user: &User) -> Result<Ground, FlowError> {
    let (policy, sealed) = env.read(|tx| {
        let policy = policies::password(tx, &user.account_id)?;
        let remembered = policy.number_of_recent_passwords_disallowed.saturating_sub(1);
        let sealed = tx.password_history(&user.id, remembered)?;
        Ok((policy, sealed))
    })?;
    let mut former: Vec<StoredHash> = Vec::new();
    if policy.number_of_recent_passwords_disallowed > 0 {
        former.extend(user.credential.hash.clone());
        if let Some((key_id, bytes)) = user.disowned.iter().find_map(|disowned| disowned.former.clone()) {
            former.push(unsealed(env, &user.id, &key_id, bytes)?);
        }
        for (key_id, bytes) in sealed {
            former.push(unsealed(env, &user.id, &key_id, bytes)?);
        }
    }
    Ok(Ground { policy, former })
}

/// What the next password of this person must be, in a line. Only for whoever may choose it.
pub fn rule(env: &Env<'_>, user: &User) -> Result<String, FlowError> {
    let policy = env.read(|tx| policies::password(tx, &user.account_id))?;
    let rule = policy.rule(context(user, &[]).has_mfa);
    let breached = env.settings.password.breached_list.is_some();
    Ok(if breached { format!("{rule} Passwords known from a data breach are refused.") } else { rule })
}

/// When the password of this person stops to be of use, and whether that is so near that they should be warned.
pub(crate) fn expiry(env: &Env<'_>, user: &User, policy: &PasswordPolicy) -> Option<(Timestamp, bool)> {
    user.credential.hash.as_ref()?;
    let end = judgement::expiry(user, policy.password_validity_period)?;
    Some((end, judgement::expires_soon(end, env.clock.now())))
}

/// Judges a new password by policy and history, and hashes it; a no is recorded as one to this action. Slow: never
/// inside a transaction.
pub(crate) fn prepare(
    env: &Env<'_>,
    user: &User,
    typed: &Secret,
    (action, target): (Action, Target),
) -> Result<Prepared, FlowError> {
    match judge_and_hash(env, user, typed) {
        Err(FlowError::Refused(refusal)) => env.turn_down(action, target, refusal),
        prepared => prepared,
    }
}

fn judge_and_hash(env: &Env<'_>, user: &User, typed: &Secret) -> Result<Prepared, FlowError> {
    let ground = ground(env, user)?;
    let password = accept(env, user, typed, &ground.policy)?;
    let hash = env.hasher.hash_unless_used(password.secret(), &ground.former, env.entropy)?;
    let hash = hash.ok_or(Refusal::ReusedPassword)?;
    Ok(Prepared::of(hash, password.secret(), &ground.policy))
}

/// A new password, if the policy lets this person have it.
fn accept(
    env: &Env<'_>,
    user: &User,
    typed: &Secret,
    policy: &PasswordPolicy,
) -> Result<NewPassword, FlowError> {
    let password = NewPassword::from_typed(typed).map_err(Refusal::from)?;
    let words: Vec<&str> = env.settings.password.context_words.iter().map(String::as_str).collect();
    let weak = judge(&password, policy, &context(user, &words), env.extra_list)?;
    if !weak.is_empty() {
        return Err(Refusal::WeakPassword(weak).into());
    }
    Ok(password)
}

/// Judges the first password of somebody who had none before, by the policy of their account; a no is recorded as one to this
/// action. It is to be hashed yet.
pub(crate) fn judge_first(
    env: &Env<'_>,
    user: &User,
    typed: &Secret,
    (action, target): (Action, Target),
) -> Result<(Secret, PasswordPolicy), FlowError> {
    let policy = env.read(|tx| policies::password(tx, &user.account_id))?;
    match accept(env, user, typed, &policy) {
        Ok(password) => Ok((password.into_secret(), policy)),
        Err(FlowError::Refused(refusal)) => env.turn_down(action, target, refusal),
        Err(error) => Err(error),
    }
}

/// Whether this is the password that somebody has. Slow: never inside a transaction.
pub(crate) fn is_present(env: &Env<'_>, user: &User, typed: &Secret) -> Result<bool, FlowError> {
    let (Some(stored), Ok(password)) = (&user.credential.hash, normalise(typed)) else { return Ok(false) };
    match env.hasher.verify(&password, stored) {
        // What nothing can be compared with is replaced.
        Err(HashError::Unreadable | HashError::Cost | HashError::NoKey(_)) => Ok(false),
        checked => Ok(checked? != Checked::Wrong),
    }
}

/// Makes up a password that the policy of the account lets through (security P8), and says which policy that is.
pub(crate) fn make_up(env: &Env<'_>, user: &User) -> Result<(Secret, PasswordPolicy), FlowError> {
    let policy = env.read(|tx| policies::password(tx, &user.account_id))?;
    let words: Vec<&str> = env.settings.password.context_words.iter().map(String::as_str).collect();
    match generate(env.entropy, &policy, &context(user, &words)) {
        Ok(made) => Ok((made.into_secret(), policy)),
        Err(GenerateError::Entropy(error)) => Err(error.into()),
        Err(GenerateError::Normalise(error)) => Err(Refusal::from(error).into()),
        Err(GenerateError::Unsatisfiable) => Err(Refusal::NoneFits { account: user.account.clone() }.into()),
    }
}

/// Hashes a password that was made up. It is compared with none of the former: a hundred random bits never come
/// again. It needs no store, so that many can be hashed at once. Slow: never inside a transaction.
pub(crate) fn hash(
    hasher: Hasher<'_>,
    memory: &mut Memory,
    entropy: &dyn Entropy,
    password: &Secret,
    policy: &PasswordPolicy,
) -> Result<Prepared, FlowError> {
    Ok(Prepared::of(hasher.hash_in(memory, password, entropy)?, password, policy))
}

/// The present password, sealed as a former one, and with which key.
pub(crate) fn sealed(env: &Env<'_>, user: &User) -> Result<Option<(String, Vec<u8>)>, FlowError> {
    let Some(hash) = &user.credential.hash else { return Ok(None) };
    let sealed = env.keys.seal(hash.as_str().as_bytes(), user.id.as_bytes(), env.entropy)?;
    Ok(Some((sealed.key_id.to_string(), sealed.bytes)))
}

fn unsealed(env: &Env<'_>, user_id: &str, key_id: &str, bytes: Vec<u8>) -> Result<StoredHash, FlowError> {
    let unreadable = || StoreError::Unreadable { column: "key_id" };
    let sealed = Sealed { key_id: key_id.parse().map_err(|_| unreadable())?, bytes };
    let plain = env.keys.open(&sealed, user_id.as_bytes())?;
    let text = std::str::from_utf8(&plain).map_err(|_| unreadable())?;
    Ok(StoredHash::new(text.to_owned(), None))
}

/// How a new password takes its place.
pub(crate) struct Installation<'a> {
    pub(crate) must_change: bool,
    pub(crate) expires_at: Option<Timestamp>,
    /// Whether it ends a lock (domain.md: a reset by code does, an admin's only when told to).
    pub(crate) unlock: bool,
    /// The request that leads here, which ends by itself.
    pub(crate) except_request: Option<&'a str>,
    pub(crate) notified_as: Change,
}

impl Installation<'_> {
    /// One that a person chose: for good.
    pub(crate) fn own(notified_as: Change) -> Self {
        Self { must_change: false, expires_at: None, unlock: false, except_request: None, notified_as }
    }
}

/// Puts a new hash in place of the old, which goes into the sealed history; ends every code, token and request
/// of the person, moves the epoch, and tells every bound contact (security S7).
pub(crate) fn install(
    tx: &mut Transaction<'_>,
    user: &User,
    new: Prepared,
    how: &Installation<'_>,
) -> Result<Credential, FlowError> {
    let credential = Credential {
        hash: Some(new.hash),
        // MFA may have gone while the password was being hashed.
        must_change: how.must_change || (new.leans_on_mfa && !user.mfa),
        changed_at: Some(tx.now),
        expires_at: how.expires_at,
        leans_on_mfa: new.leans_on_mfa,
        epoch: user.credential.epoch + 1,
    };
    replace(tx, user, &credential)?;
    end_everything(tx.store, user, EndReason::PasswordChanged, how.except_request)?;
    if how.unlock {
        tx.store.forget_failures(&user.id)?;
    }
    notices::notify(tx, user, how.notified_as)?;
    Ok(credential)
}

/// Writes a credential over the one the plan saw, and remembers the old hash.
pub(crate) fn replace(
    tx: &mut Transaction<'_>,
    user: &User,
    credential: &Credential,
) -> Result<(), FlowError> {
    if let Some((key_id, sealed)) = sealed(tx.env, user)? {
        remember(tx.store, tx.now, user, &key_id, &sealed)?;
    }
    if tx.store.set_credential(&user.id, credential)? {
        Ok(())
    } else {
        Err(Refusal::ChangedMeanwhile(user.path()).into())
    }
}

/// Adds a password, sealed, to the former ones.
pub(crate) fn remember(
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    key_id: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    tx.add_to_history(&user.id, now, key_id, sealed, KEPT)
}

/// Ends whatever could still lead to this person's password; how much that was.
pub(crate) fn end_everything(
    tx: &mut dyn Tx,
    user: &User,
    reason: EndReason,
    except_request: Option<&str>,
) -> Result<u64, FlowError> {
    let codes = tx.end_codes(CodesOf::User(&user.id), reason)?;
    let tokens = tx.end_tokens(TokensOf::User(&user.id), reason)?;
    let requests = tx.end_requests(&user.id, RequestState::Cancelled, except_request)?;
    let challenges = tx.end_challenges(&user.id)?;
    tx.withdraw_for_user(&user.id)?;
    Ok(codes + tokens + requests + challenges)
}

/// That an operator gave somebody a password, and who chose it.
pub(crate) fn set_by_admin(user: &User, mode: &'static str, credential: &Credential) -> NewEvent {
    let event = NewEvent::success(Action::SetPasswordByAdmin, audit::target(user));
    facts(event.with("mode", Fact::Word(mode)), credential)
}

/// The facts of an event about a password.
pub(crate) fn facts(event: NewEvent, credential: &Credential) -> NewEvent {
    let event = event.with("must_change", Fact::Flag(credential.must_change));
    match credential.expires_at {
        Some(at) => event.with("expires_at", Fact::Time(at)),
        None => event,
    }
}
