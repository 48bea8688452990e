//! `regain device list`

use clap::Args;

use super::view::DeviceView;
use crate::cli::shared::person::Person;
use crate::cli::shared::stdin::StdinOptions;
use crate::cli::shared::{Failure, Session};
use crate::domain::{Action, Task};
use crate::flow::devices::list;

/// List the devices that somebody signed in from
///
/// A device is known after a sign-in with everything asked on two different days (UTC), and forgotten after 90 days
/// without one. On any other, resetting the password of a unified ID takes one more proof. By an operator, or by the
/// person with their password.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain device list acme\n  regain device list acme -o json")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    #[command(flatten)]
    person: Person,
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let (person, task) = (&arguments.person, Task::ReadPeople);
    let mut lines = arguments.stdin.lines(session.context);
    let action = Action::LookupDevices;
    let authority = person.authority(session, &mut lines, action, task)?;
    let env = person.env(session, task);
    let who = authority.user().path();
    let now = env.clock.now();
    let views = list(&env, &authority)?.into_iter().map(|device| DeviceView::of(&who, device, now));
    Ok(session.context.printer.list(views, "No device is remembered.")?)
}
