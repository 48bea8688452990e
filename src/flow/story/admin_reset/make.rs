//! Making the secrets of a reset, and hashing them: slow, and so never inside a transaction.

use std::num::NonZeroUsize;
use std::thread;

use super::plan::{AdminReset, Mode};
use crate::domain::entropy::Entropy;
use crate::domain::policy::PasswordPolicy;
use crate::domain::secret::Secret;
use crate::domain::token;
use crate::flow::foundation::{Env, FlowError, audit};
use crate::flow::proofs::credentials::{self, Prepared};
use crate::hasher::Hasher;

/// What a reset needs before it is committed.
pub struct Made {
    pub(crate) hash: Option<Prepared>,
    /// The generated password, or the setup token.
    pub(crate) secret: Option<Secret>,
}

impl Made {
    /// What must be handed out before the commit, if it is not mailed.
    pub fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }
}

/// Hashes at once use a core and the memory of a hash each; more than this brings nothing while one process
/// commits.
const MOST_THREADS: usize = 8;

/// How many are worth making together.
pub fn batch() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_THREADS)
}

impl AdminReset {
    /// Judges and hashes the password that the operator gave. A refusal is recorded.
    pub fn given(&self, env: &Env<'_>, typed: &Secret) -> Result<Made, FlowError> {
        match credentials::prepare(env, &self.user, typed) {
            Ok(hash) => Ok(Made { hash: Some(hash), secret: None }),
            Err(FlowError::Refused(refusal)) => {
                env.turn_down(self.how.action(), audit::target(&self.user), refusal)
            }
            Err(other) => Err(other),
        }
    }

    /// Makes the password or the setup token of this person alone. Slow.
    pub fn make(&self, env: &Env<'_>) -> Result<Made, FlowError> {
        let (secret, policy) = self.drawn(env)?;
        hashed(env.hasher, env.entropy, secret, policy.as_ref())
    }

    /// The secret, and for a password the policy that it fits.
    fn drawn(&self, env: &Env<'_>) -> Result<(Secret, Option<PasswordPolicy>), FlowError> {
        if self.mode() == Mode::Setup {
            return Ok((token::generate(env.entropy)?, None));
        }
        let (secret, policy) = credentials::make_up(env, &self.user)?;
        Ok((secret, Some(policy)))
    }
}

/// Makes a secret for each, all different (security P8), with the hashes of a batch made at once.
pub fn make_all(env: &Env<'_>, plans: &[&AdminReset]) -> Vec<Result<Made, FlowError>> {
    let drawn: Vec<_> = plans.iter().map(|plan| plan.drawn(env)).collect();
    let (hasher, entropy) = (env.hasher, env.entropy);
    thread::scope(|scope| {
        let running: Vec<_> = drawn
            .into_iter()
            .map(|drawn| {
                drawn.map(|(secret, policy)| {
                    scope.spawn(move || hashed(hasher, entropy, secret, policy.as_ref()))
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| match thread?.join() {
                Ok(made) => made,
                // A panic of ours goes on where it can be seen.
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

fn hashed(
    hasher: Hasher<'_>,
    entropy: &dyn Entropy,
    secret: Secret,
    policy: Option<&PasswordPolicy>,
) -> Result<Made, FlowError> {
    let hash = match policy {
        Some(policy) => Some(credentials::hash(hasher, entropy, &secret, policy)?),
        None => None,
    };
    Ok(Made { hash, secret: Some(secret) })
}
