//! `regain request show`, `cancel` and `list`

use clap::Args;

use crate::cli::shared::{Failure, Session, input};
use crate::domain::{Role, Task};
use crate::flow;
use crate::flow::reset;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain request list\n  regain request list acme/alice")]
pub(in crate::cli) struct List {
    /// The user; by default, the requests that you started here and can continue
    #[arg(value_name = "USER")]
    user: Option<String>,
}

// A request by its id. No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// The ID of the request
    #[arg(value_name = "ID", value_parser = input::id())]
    pub(super) id: String,
}

pub(super) fn show(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    // An operator looks at a request of somebody else's, and is recorded by name.
    let stranger = session.actor.role == Role::Stranger;
    let env = if stranger { session.oneself() } else { session.operating() };
    Ok(session.context.printer.one(&reset::show(&env, &named.id)?)?)
}

pub(super) fn cancel(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    Ok(session.context.printer.written_and_shown(&reset::cancel(&session.oneself(), &named.id)?, true)?)
}

pub(super) fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let requests = match &arguments.user {
        Some(user) => {
            let env = session.operating();
            let user = flow::require(&env, &input::who(&env, user)?, Task::ReadCodes)?;
            reset::list(&env, &user)?
        }
        None => reset::list_own(&session.oneself())?,
    };
    Ok(session.context.printer.list(requests, "There is no request.")?)
}
