//! What `--if-missing` finds: it is left as it is, and what it has otherwise than was asked for is told.

use super::context::Context;
use super::failure::Failure;
use super::planned::Planned;
use super::runner;
use crate::domain::{Address, User};
use crate::ui::{Format, Row};

/// Tells that it is there, and how it differs, and shows it.
pub(in crate::cli) fn leave<R: Row>(
    context: &Context<'_>,
    path: &str,
    differs: &[String],
    it: R,
) -> Result<(), Failure> {
    let printer = &context.printer;
    let left = format!("{path} exists already, and is left as it is");
    let differs = match differs {
        [] => None,
        differs => Some(format!("it differs from what you asked for: {}", differs.join("; "))),
    };
    printer.note(&format!("{left}."));
    if let Some(differs) = &differs {
        printer.note(&format!("Note: {differs}."));
    }
    if context.globals.dry_run && printer.format() != Format::Table {
        let effects: Vec<String> = std::iter::once(left).chain(differs).collect();
        return runner::preview(context, Planned::of(it), &effects, false);
    }
    Ok(printer.written_and_shown(&it, false)?)
}

/// Those of the addresses that are not this person's, or not verified.
pub(in crate::cli) fn unbound(user: &User, asked: &[Address]) -> Vec<String> {
    let missing = |address: &Address| {
        let bound =
            user.contacts.iter().find(|of| of.channel == address.channel() && of.key == address.key());
        match bound {
            None => Some(format!("{address} is not bound to it")),
            Some(contact) if contact.verified_at.is_none() => Some(format!("{address} is not verified")),
            Some(_) => None,
        }
    };
    asked.iter().filter_map(missing).collect()
}
