//! Giving somebody a password or a setup token. Its secret is prepared after the yes and outside the transaction, because
//! that is slow, and is handed out before the commit (security T5).

use std::num::NonZeroUsize;
use std::thread;

use crate::domain::text::text_enum;
use crate::domain::{Action, Entropy, PasswordPolicy, Secret, Target, User, token};
use crate::flow::foundation::{AboutUser, Confirmed, Env, FlowError};
use crate::flow::proofs::credentials::{self, Prepared};
use crate::hasher::Hasher;

text_enum! {
    /// Who chooses the new password.
    IssueMode {
        /// The operator.
        Given => "given",
        /// The machine.
        Generate => "generate",
        /// The person, with a setup token.
        Setup => "setup",
    }
}

/// Where secrets can be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretDestination {
    File,
    Terminal,
    Nowhere,
}

/// What such a change needs before it is committed.
pub struct PreparedSecret {
    pub(crate) hash: Option<Prepared>,
    /// The generated password, or the setup token.
    pub(crate) secret: Option<Secret>,
}

impl PreparedSecret {
    /// What must be handed out before the commit, if it is not mailed.
    pub fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }
}

/// A planned change that gives somebody a password or a setup token.
pub trait IssueCredential: AboutUser {
    type Done;

    /// Who chooses the password; `None`: nobody, there is to be none.
    fn mode(&self) -> Option<IssueMode>;

    /// Whether the secret must be handed out here.
    fn hands_out(&self) -> bool;

    /// What will happen, a sentence each, the heaviest first.
    fn effects(&self) -> Vec<String>;

    /// As whom the new password is judged.
    fn judged_as(&self) -> &User {
        self.user()
    }

    /// As what a refused password is recorded.
    fn recorded_as(&self) -> (Action, Target);

    /// Makes it happen, in one transaction that checks again what the plan saw.
    fn commit(
        &self,
        env: &Env<'_>,
        prepared: &PreparedSecret,
        yes: Confirmed,
    ) -> Result<Self::Done, FlowError>;

    /// What the new password must be, in a line.
    fn rule(&self, env: &Env<'_>) -> Result<String, FlowError> {
        credentials::rule(env, self.judged_as())
    }

    /// Judges and hashes the password that the operator gave. A refusal is recorded. Slow.
    fn given(&self, env: &Env<'_>, typed: &Secret) -> Result<PreparedSecret, FlowError> {
        let hash = credentials::prepare(env, self.judged_as(), typed, self.recorded_as())?;
        Ok(PreparedSecret { hash: Some(hash), secret: None })
    }

    /// Makes the password or the setup token of this person alone, if there is to be one. Slow.
    fn prepare(&self, env: &Env<'_>) -> Result<PreparedSecret, FlowError> {
        hashed(draw(env, self)?, env.hasher, env.entropy)
    }
}

/// Hashes at once use a core and the memory of a hash each; more than this brings nothing while one process
/// commits.
const MOST_THREADS: usize = 8;

/// How many are worth preparing together.
pub fn prepared_at_once() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_THREADS)
}

/// Makes a secret for each, all different (security P8), and hashes them at once.
pub fn prepare_all<P: IssueCredential>(
    env: &Env<'_>,
    plans: &[&P],
) -> Vec<Result<PreparedSecret, FlowError>> {
    let drawn: Vec<_> = plans.iter().map(|plan| draw(env, *plan)).collect();
    let (hasher, entropy) = (env.hasher, env.entropy);
    thread::scope(|scope| {
        let running: Vec<_> = drawn
            .into_iter()
            .map(|drawn| drawn.map(|drawn| scope.spawn(move || hashed(drawn, hasher, entropy))))
            .collect();
        running
            .into_iter()
            .map(|thread| match thread?.join() {
                Ok(prepared) => prepared,
                // A panic of ours goes on where it can be seen.
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

/// A secret that was made up, and for a password the policy that it fits.
type Drawn = Option<(Secret, Option<PasswordPolicy>)>;

fn draw<P: IssueCredential + ?Sized>(env: &Env<'_>, plan: &P) -> Result<Drawn, FlowError> {
    Ok(match plan.mode() {
        None | Some(IssueMode::Given) => None,
        Some(IssueMode::Setup) => Some((token::generate(env.entropy)?, None)),
        Some(IssueMode::Generate) => {
            let (secret, policy) = credentials::make_up(env, plan.judged_as())?;
            Some((secret, Some(policy)))
        }
    })
}

fn hashed(drawn: Drawn, hasher: Hasher<'_>, entropy: &dyn Entropy) -> Result<PreparedSecret, FlowError> {
    let Some((secret, policy)) = drawn else { return Ok(PreparedSecret { hash: None, secret: None }) };
    let hash = policy.map(|policy| credentials::hash(hasher, entropy, &secret, &policy)).transpose()?;
    Ok(PreparedSecret { hash, secret: Some(secret) })
}
