//! Questions at the terminal, and the options that would have answered them.

use super::context::Context;
use super::failure::Failure;
use crate::domain::Secret;
use crate::ui::{AskError, Prompts};

impl Context<'_> {
    pub(in crate::cli) fn prompts(&self) -> Prompts<'_> {
        Prompts::new(&self.printer, self.globals.no_input)
    }

    /// An answer at the terminal, which `option` would have given where there is none.
    pub(in crate::cli) fn ask<T>(
        &self,
        option: &'static str,
        ask: impl FnOnce(&Prompts<'_>) -> Result<T, AskError>,
    ) -> Result<T, Failure> {
        answered(option, ask(&self.prompts()))
    }

    /// Asks within this what can be gone back from to a question before it; `None` where somebody does.
    pub(in crate::cli) fn or_back<T>(
        &self,
        ask: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        match self.printer.with_step_back(ask) {
            Err(Failure::Ask(AskError::Back)) => Ok(None),
            answer => answer.map(Some),
        }
    }

    pub(in crate::cli) fn ask_password(&self, prompt: &str) -> Result<Secret, Failure> {
        answered(PASSWORD, self.prompts().ask_secret(prompt))
    }

    /// A new password, typed twice, or why it was refused after the first time.
    pub(in crate::cli) fn ask_new_password<L, E>(
        &self,
        look_at: impl Fn(&Secret) -> Result<L, E>,
    ) -> Result<Result<(Secret, L), E>, Failure> {
        answered(PASSWORD, self.prompts().ask_new_password(look_at))
    }
}

const PASSWORD: &str = "--password-stdin";

fn answered<T>(option: &'static str, answer: Result<T, AskError>) -> Result<T, Failure> {
    answer.map_err(|error| match error {
        AskError::NoTerminal => Failure::NoTerminal { option },
        other => Failure::Ask(other),
    })
}
