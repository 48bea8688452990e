//! The dialogue about a code that was sent: given in a line, or typed at the terminal until it is right.

use super::failure::Failure;
use super::input;
use super::session::Session;
use crate::domain::Secret;
use crate::flow::reset::CodeAnswer;
use crate::flow::{Denial, FlowError, Refusal};
use crate::guidance::notes;
use crate::ui::{CodePrompt, ON_THE_WAY, Printer};

/// How a code is asked for, and what can be done instead of entering it.
#[derive(Default)]
pub(in crate::cli) struct CodeDialogue<'d> {
    pub(in crate::cli) prompt: String,
    pub(in crate::cli) on_enter: OnEnter<'d>,
    /// Whether `m` leaves it, for another contact.
    pub(in crate::cli) other: bool,
    /// Whether `?` tells why no code came.
    pub(in crate::cli) help: bool,
    /// Whether it goes on when no try is left, for another code.
    pub(in crate::cli) outlasts_tries: bool,
}

/// What Enter alone does.
#[derive(Default)]
pub(in crate::cli) enum OnEnter<'d> {
    #[default]
    Nothing,
    /// Sends another code.
    Resend(&'d dyn Fn() -> Result<(), FlowError>),
    /// Leaves it, as an empty line does.
    Leave,
}

impl CodeDialogue<'_> {
    /// Goes on until the code is right, where it cannot be left.
    pub(in crate::cli) fn until_right<T>(
        &self,
        session: &Session<'_>,
        mut given: Option<Secret>,
        mut enter: impl FnMut(&Secret) -> Result<T, FlowError>,
    ) -> Result<T, Failure> {
        loop {
            if let Some(done) = self.run(session, given.take(), &mut enter)? {
                return Ok(done);
            }
        }
    }

    /// Hands the code that was given to `enter`, or asks for it until `enter` takes it. `None`: it was left.
    pub(in crate::cli) fn run<T>(
        &self,
        session: &Session<'_>,
        given: Option<Secret>,
        mut enter: impl FnMut(&Secret) -> Result<T, FlowError>,
    ) -> Result<Option<T>, Failure> {
        let (printer, length) = (&session.context.printer, session.config.settings.codes.length);
        if let Some(line) = given {
            if matches!(self.on_enter, OnEnter::Leave) && line.expose().is_empty() {
                return Ok(None);
            }
            return Ok(Some(enter(&input::digits(&line, length)?)?));
        }
        let help = || no_code_came(printer);
        let prompt = CodePrompt {
            text: &self.prompt,
            again: !matches!(self.on_enter, OnEnter::Nothing),
            other: self.other,
            help: if self.help { Some(&help) } else { None },
        };
        let context = session.context;
        let ask = || context.ask("--code-stdin", |prompts| prompts.ask_code(&prompt, length));
        let can_be_left = self.other || matches!(self.on_enter, OnEnter::Leave);
        loop {
            let answer = if can_be_left { context.or_back(ask)? } else { Some(ask()?) };
            let digits = match (answer, &self.on_enter) {
                (Some(CodeAnswer::Digits(digits)), _) => digits,
                (Some(CodeAnswer::Again), OnEnter::Resend(send)) => {
                    resent(printer, send())?;
                    continue;
                }
                (Some(CodeAnswer::Again | CodeAnswer::OtherMethod) | None, _) => return Ok(None),
            };
            match enter(&digits) {
                Ok(done) => return Ok(Some(done)),
                Err(FlowError::Denied(denial @ Denial::Code { tries_left }))
                    if tries_left > 0 || self.outlasts_tries =>
                {
                    printer.tell(&format!("Not accepted: {denial}."));
                }
                Err(FlowError::Refused(refusal @ Refusal::CodeSpent)) if self.outlasts_tries => {
                    printer.tell(&format!("Not accepted: {refusal}."));
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

/// Tells of a new code, or why there is none yet: then the one before can still be entered.
pub(in crate::cli) fn resent(printer: &Printer, sent: Result<(), FlowError>) -> Result<(), Failure> {
    match kept(sent)? {
        None => printer.note("A new code is on its way; the one before no longer counts."),
        Some(why) => printer.tell(&format!("No new code: {why}. The one before still counts.")),
    }
    Ok(())
}

/// Why no new code was sent, so that the one before still counts.
pub(in crate::cli) fn kept(sent: Result<(), FlowError>) -> Result<Option<Refusal>, FlowError> {
    match sent {
        Ok(()) => Ok(None),
        Err(FlowError::Refused(why @ (Refusal::TooSoon { .. } | Refusal::Ineligible(_)))) => Ok(Some(why)),
        Err(other) => Err(other),
    }
}

fn no_code_came(printer: &Printer) {
    printer.tell("Why a code may not come:");
    for cause in ON_THE_WAY {
        printer.tell(&format!("  - {cause}"));
    }
    printer.tell(notes::WHO_SEES_CODES);
}
