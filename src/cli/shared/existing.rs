//! What `--if-missing` finds: it is left as it is, and what it has otherwise than was asked for is told.

use crate::domain::{Address, User};
use crate::ui::Printer;

/// That it is there, and how it differs.
pub(in crate::cli) fn tell(printer: &Printer, path: &str, differs: &[String]) {
    printer.note(&format!("{path} exists already, and is left as it is."));
    if !differs.is_empty() {
        printer.note(&format!("Note: it differs from what you asked for: {}.", differs.join("; ")));
    }
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
