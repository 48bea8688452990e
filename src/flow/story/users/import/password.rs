//! The password that a row brings: judged in the clear, or recognised as a hash.

use jiff::SignedDuration;

use crate::domain::import::{Entry, ImportOptions};
use crate::domain::{Action, PasswordPolicy, Secret, StoredHash, Target, User};
use crate::flow::foundation::{Env, FlowError, Refusal};
use crate::flow::proofs::credentials::{self, Prepared, TEMPORARY};
use crate::flow::proofs::issuance::IssueMode;
use crate::guidance::effects::{PASSWORD_STAYS, must_reset};
use crate::hasher::Recognised;

/// A password that somebody gets.
pub(super) struct GivenPassword {
    pub(super) source: Source,
    pub(super) must_change: bool,
    /// How long it works, if not for ever.
    pub(super) life: Option<SignedDuration>,
}

/// In what form it came.
pub(super) enum Source {
    /// In the clear; judged by this policy, and hashed before the commit.
    Clear(Secret, PasswordPolicy),
    /// In the clear; judged and hashed.
    Hashed(Prepared),
    /// As a hash.
    Foreign(Prepared),
}

impl GivenPassword {
    /// One that whoever made the file knows: like any password of an operator it is temporary, unless the row says
    /// otherwise.
    fn in_the_clear(source: Source, entry: &Entry<'_>) -> Self {
        let must_change = entry.must_change.unwrap_or(true);
        Self { source, must_change, life: must_change.then_some(TEMPORARY) }
    }

    /// One that the person chose, elsewhere.
    fn of_hash(hash: StoredHash, entry: &Entry<'_>) -> Self {
        let source = Source::Foreign(Prepared { hash, leans_on_mfa: false });
        Self { source, must_change: entry.must_change.unwrap_or(false), life: None }
    }

    /// How it came, for the record.
    pub(super) fn mode(&self) -> &'static str {
        match self.source {
            Source::Clear(..) | Source::Hashed(_) => IssueMode::Given.as_str(),
            Source::Foreign(_) => "hash",
        }
    }
}

/// The password that a row sets, if it does, and what is to be said of it.
type Given = (Option<GivenPassword>, Option<String>);

/// The first password of somebody new, and what is to be said of it.
pub(super) fn of_newcomer(
    env: &Env<'_>,
    user: &User,
    entry: &Entry<'_>,
    options: &ImportOptions,
    recorded_as: (Action, Target),
) -> Result<Given, FlowError> {
    if let Some(typed) = entry.password {
        let (password, policy) = credentials::judge_first(env, user, typed, recorded_as)?;
        let given = GivenPassword::in_the_clear(Source::Clear(password, policy), entry);
        return Ok((Some(given), None));
    }
    of_hash(env, user, entry, options)
}

/// The next password of somebody who is there, and what is to be said of it. The one that they have is no change.
pub(super) fn of_existing(
    env: &Env<'_>,
    user: &User,
    entry: &Entry<'_>,
    options: &ImportOptions,
    recorded_as: (Action, Target),
) -> Result<Given, FlowError> {
    match (entry.password, entry.password_hash) {
        (None, None) => Ok((None, None)),
        _ if !options.passwords => Ok((None, Some(PASSWORD_STAYS.to_owned()))),
        (Some(typed), _) if credentials::is_present(env, user, typed)? => Ok((None, None)),
        (Some(typed), _) => {
            let prepared = credentials::prepare(env, user, typed, recorded_as)?;
            Ok((Some(GivenPassword::in_the_clear(Source::Hashed(prepared), entry)), None))
        }
        (None, Some(_)) => of_hash(env, user, entry, options),
    }
}

fn of_hash(
    env: &Env<'_>,
    user: &User,
    entry: &Entry<'_>,
    options: &ImportOptions,
) -> Result<Given, FlowError> {
    let Some(text) = entry.password_hash else { return Ok((None, None)) };
    let text = text.expose().trim();
    if user.credential.hash.as_ref().is_some_and(|stored| stored.as_str() == text) {
        return Ok((None, None));
    }
    match env.hasher.recognise(text) {
        Recognised::Legacy(hash) if !options.allow_legacy => {
            let scheme = hash.kind().map_or("legacy", |kind| kind.scheme.as_str());
            Err(Refusal::LegacyHash(scheme).into())
        }
        Recognised::Verified(hash) | Recognised::Legacy(hash) => {
            Ok((Some(GivenPassword::of_hash(hash, entry)), None))
        }
        Recognised::OutOfBounds(scheme) => Err(Refusal::HashTooDear(scheme.as_str()).into()),
        Recognised::MustReset(scheme) => Ok((None, Some(must_reset(&user.path(), scheme)))),
        Recognised::Unknown => Err(Refusal::UnknownHash.into()),
    }
}
