//! `regain appeal approve` and `regain appeal deny`.

use clap::Args;

use super::view::named_appeal;
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::time::for_people;
use crate::flow::appeal;
use crate::guidance::notes;

/// Approve an appeal: replace the contacts and allow a password reset for 24 hours
///
/// Check it first with `regain appeal show`. Approval forgets the user's known devices, ends their codes, setup tokens,
/// requests and other appeals, and notifies the old contacts. An authenticator stays bound unless you give
/// --remove-mfa. With `[appeals] approvals = 2`, two operators must approve.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain appeal approve apl-bdfgh-jkmnp-qrstv --reason \"certificate seen\" --ticket 4711\n  \
                  regain appeal approve apl-bdfgh-jkmnp-qrstv --remove-mfa --reason \"phone stolen, certificate seen\""
)]
pub(in crate::cli) struct Approve {
    /// The serial number of the appeal
    #[arg(value_name = "SERIAL", value_parser = input::id())]
    serial: String,
    /// Also remove the authenticator, for a lost phone
    #[arg(long)]
    remove_mfa: bool,
}

/// Deny an appeal and notify the new number by SMS
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain appeal deny apl-bdfgh-jkmnp-qrstv --reason \"wrong in all groups\""
)]
pub(in crate::cli) struct Deny {
    /// The serial number of the appeal
    #[arg(value_name = "SERIAL", value_parser = input::id())]
    serial: String,
}

pub(super) fn approve(arguments: &Approve, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let change = appeal::Approve::plan(&env, &arguments.serial, arguments.remove_mfa)?;
    without_reason(session);
    let (after, decides) = change.after();
    let planned = Planned::of(named_appeal(after, &printer.program()));
    let planned = if decides { planned.but(&["decided_at", "expires_at", "next"]) } else { planned };
    let Some((decided, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    let serial = &decided.view.serial;
    match (decided.missing, decided.view.expires_at) {
        (0, Some(until)) => {
            printer.done(&format!(
                "Approved {serial}. The password can be reset before {}, with the new mobile number.",
                for_people(until)
            ));
            printer.hint(&notes::reset_by_appeal(serial));
        }
        (missing, _) => printer.done(&format!(
            "Your approval of {serial} is recorded. It needs {missing} more, from other operators."
        )),
    }
    if let Some(remark) = &decided.remark {
        printer.note(&format!("Note: {remark}."));
    }
    Ok(printer.written(&decided.view, changed)?)
}

pub(super) fn deny(arguments: &Deny, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let change = appeal::Deny::plan(&env, &arguments.serial)?;
    without_reason(session);
    let planned = Planned::of(named_appeal(change.after(), &printer.program())).but(&["decided_at"]);
    let Some((view, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    printer.done(&format!("Denied {}. An SMS tells the new mobile number.", view.serial));
    Ok(printer.written(&view, changed)?)
}

fn without_reason(session: &Session<'_>) {
    if session.context.globals.reason.is_none() {
        session.context.printer.hint("--reason TEXT records why you decided so");
    }
}
