//! `regain request register`

use clap::Args;

use crate::cli::shared::{Failure, Session, input};
use crate::domain::Channel;
use crate::flow::register;

/// Open a registration request for a new unified ID
///
/// The steps that follow are the same as for a forgotten password. The code goes to the mobile number, which becomes
/// the security phone number. A new ID cannot use what another ID owns: tell people before they register.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain request register alice --mobile +4915112345678 -o json")]
pub(in crate::cli) struct Register {
    /// The login ID: 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "NAME")]
    name: String,
    /// The mobile number, such as +4915112345678
    #[arg(long, value_name = "NUMBER")]
    mobile: String,
    /// Set the client's IP address, for portals that the config trusts
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

pub(super) fn run(arguments: &Register, session: &mut Session<'_>) -> Result<(), Failure> {
    session.trust_source(arguments.source.as_deref())?;
    let name = input::account(&arguments.name)?;
    let env = session.oneself();
    let mobile = input::address(&env, Channel::Mobile, &arguments.mobile)?;
    let view = register::start(&env, &name, &mobile)?;
    Ok(session.context.printer.written_and_shown(&view, true)?)
}
