//! Giving somebody a password or a setup token. Its secret is prepared after the yes and outside the transaction, because
//! that is slow, and is handed out before the commit (security T5).

use crate::domain::text::text_enum;
use crate::domain::{Action, Entropy, PasswordPolicy, Secret, Target, User, token};
use crate::flow::foundation::{AboutUser, Confirmed, Env, FlowError};
use crate::flow::proofs::credentials::{self, Prepared};
use crate::hasher::{Hasher, Memory};

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

text_enum! {
    /// Where secrets can be handed out.
    SecretDestination { File => "file", Terminal => "terminal", Nowhere => "nowhere" }
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

    /// A password in the clear that came with them and was judged by this policy.
    fn accepted(&self) -> Option<(&Secret, &PasswordPolicy)> {
        None
    }

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
        draw(env, self)?.hashed(&mut Memory::new(), env.hasher, env.entropy)
    }
}

/// A secret that is to be hashed or handed out, if there is to be one.
pub(crate) enum Drawn {
    Nothing,
    Token(Secret),
    /// With the policy that it fits.
    Password(Secret, PasswordPolicy),
    /// One that is known already, and not to be handed out.
    Accepted(Secret, PasswordPolicy),
}

/// Makes up the secret of this person.
pub(crate) fn draw<P: IssueCredential + ?Sized>(env: &Env<'_>, plan: &P) -> Result<Drawn, FlowError> {
    if let Some((password, policy)) = plan.accepted() {
        return Ok(Drawn::Accepted(Secret::from(password.expose()), policy.clone()));
    }
    Ok(match plan.mode() {
        None | Some(IssueMode::Given) => Drawn::Nothing,
        Some(IssueMode::Setup) => Drawn::Token(token::generate(env.entropy)?),
        Some(IssueMode::Generate) => {
            let (password, policy) = credentials::make_up(env, plan.judged_as())?;
            Drawn::Password(password, policy)
        }
    })
}

impl Drawn {
    /// Whether it has to be hashed.
    pub(crate) fn is_password(&self) -> bool {
        matches!(self, Self::Password(..) | Self::Accepted(..))
    }

    /// Hashes it, if it is a password. Slow then.
    pub(crate) fn hashed(
        self,
        memory: &mut Memory,
        hasher: Hasher<'_>,
        entropy: &dyn Entropy,
    ) -> Result<PreparedSecret, FlowError> {
        Ok(match self {
            Self::Nothing => PreparedSecret { hash: None, secret: None },
            Self::Token(token) => PreparedSecret { hash: None, secret: Some(token) },
            Self::Password(password, policy) => {
                let hash = credentials::hash(hasher, memory, entropy, &password, &policy)?;
                PreparedSecret { hash: Some(hash), secret: Some(password) }
            }
            Self::Accepted(password, policy) => {
                let hash = credentials::hash(hasher, memory, entropy, &password, &policy)?;
                PreparedSecret { hash: Some(hash), secret: None }
            }
        })
    }
}
