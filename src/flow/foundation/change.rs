//! The one shape of an operator's write.

use crate::domain::User;
use crate::flow::foundation::{Env, FlowError};

/// A change that has been planned: everything was read and judged, and nothing has happened yet.
pub trait Change {
    type Done;

    /// What will happen, a sentence each, the heaviest first. `--dry-run` stops after showing them.
    fn effects(&self) -> Vec<String>;

    /// What is typed instead of a yes, where a yes is said too easily for what cannot be taken back.
    fn typed(&self) -> Option<String> {
        None
    }

    /// Whether it changes anything, as the plan saw it. What changes nothing asks nothing, leaves no event, sends nothing,
    /// and its commit writes nothing.
    fn changes(&self) -> bool {
        true
    }

    /// Makes it happen, in one transaction that checks again what the plan saw.
    fn commit(self, env: &Env<'_>, yes: Confirmed) -> Result<Self::Done, FlowError>;
}

/// A plan for one person.
pub trait AboutUser {
    /// As the plan saw them.
    fn user(&self) -> &User;

    /// As the change leaves them, as far as the plan knows: times are those of the plan.
    fn after(&self) -> User {
        self.user().clone()
    }

    /// What somebody may take for done that is not: told once it is.
    fn left_open(&self) -> Option<String> {
        None
    }
}

/// Proof that somebody said yes. Without one no change can be committed.
#[derive(Debug, Clone, Copy)]
pub struct Confirmed(());

impl Confirmed {
    /// From an answer at the prompt, or from `--yes`.
    pub fn by(yes: bool) -> Option<Self> {
        yes.then_some(Self(()))
    }
}
