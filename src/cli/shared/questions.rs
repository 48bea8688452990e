//! Questions at the terminal, each with the option that would have answered it.

use super::context::Context;
use super::failure::Failure;
use crate::domain::Secret;
use crate::ui::{AskError, Prompts};

impl Context<'_> {
    /// An answer at the terminal, which `option` would have given where there is none.
    pub(in crate::cli) fn ask<T>(
        &self,
        option: &'static str,
        ask: impl FnOnce(&Prompts<'_>) -> Result<T, AskError>,
    ) -> Result<T, Failure> {
        answered(option, ask(&self.prompts()))
    }

    pub(in crate::cli) fn ask_password(&self, prompt: &str) -> Result<Secret, Failure> {
        answered(PASSWORD, self.prompts().ask_secret(prompt))
    }

    pub(in crate::cli) fn ask_new_password(&self) -> Result<Secret, Failure> {
        answered(PASSWORD, self.prompts().ask_new_password())
    }
}

const PASSWORD: &str = "--password-stdin";

fn answered<T>(option: &'static str, answer: Result<T, AskError>) -> Result<T, Failure> {
    answer.map_err(|error| match error {
        AskError::NoTerminal => Failure::NoTerminal { option },
        other => Failure::Ask(other),
    })
}
