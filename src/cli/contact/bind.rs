//! `regain contact bind`

use clap::Args;

use super::verify::{ask_for_code, show};
use crate::cli::shared::input::{NoNotify, OneAddress};
use crate::cli::shared::runner;
use crate::cli::shared::{Failure, Session, input};
use crate::flow::BindContact;
use crate::guidance::notes;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain contact bind acme/alice --email alice@example.com --verified")]
pub(in crate::cli) struct Bind {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    address: OneAddress,
    /// You vouch for it: no code is sent
    #[arg(long)]
    verified: bool,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Bind, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
    let context = session.context;
    let env = session.operating();
    let (who, address) = (input::who(&env, &arguments.user)?, arguments.address.read(&env)?);
    input::doubts(&context.printer, std::slice::from_ref(&address));
    let change = BindContact::plan(&env, &who, address.clone(), arguments.verified)?;
    let Some((user, changed)) = runner::run(session, change)? else { return Ok(()) };
    if !changed {
        return show(session, &user, address.channel(), changed);
    }
    if arguments.verified {
        context.printer.done(&format!("Bound {address} to {}.", user.path()));
        return show(session, &user, address.channel(), changed);
    }
    context.printer.done(&format!("Bound {address} to {}, and sent a code to it.", user.path()));
    let enter = notes::verify_contact(&user.path(), &address);
    if !context.prompts().are_possible() {
        context.printer.hint(&format!("enter the code: `{enter} --code-stdin`"));
        return show(session, &user, address.channel(), changed);
    }
    let verified = ask_for_code(session, &who, &address, None).map_err(|left| left.or_resume(|| enter))?;
    context.printer.done(&format!("Verified {address}."));
    show(session, &verified, address.channel(), true)
}
