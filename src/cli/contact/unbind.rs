//! `regain contact unbind`

use clap::Args;

use crate::cli::shared::input::NoNotify;
use crate::cli::shared::runner;
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Failure, Planned, Session, input};
use crate::domain::Channel;
use crate::flow::{AboutUser, UnbindContact};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regain contact unbind acme/alice --mobile\n  \
    regain contact unbind acme/alice --email --unverified")]
#[command(group(clap::ArgGroup::new("channel").required(true).args(["email", "mobile"])))]
pub(in crate::cli) struct Unbind {
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    /// Remove the email address
    #[arg(long)]
    email: bool,
    /// Remove the mobile number
    #[arg(long)]
    mobile: bool,
    /// Remove only the new contact that waits for its code, not the one that it would replace
    #[arg(long)]
    unverified: bool,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Unbind, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
    let context = session.context;
    let env = session.operating();
    let who = input::who(&env, &arguments.user)?;
    let channel = if arguments.email { Channel::Email } else { Channel::Mobile };
    let change = UnbindContact::plan(&env, &who, channel, arguments.unverified)?;
    let planned = Planned::of(UserView::of(&change.after(), env.clock.now()));
    let Some((user, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    let what = if arguments.unverified { "unverified " } else { "" };
    if changed {
        context.printer.done(&format!("Unbound the {what}{} of {}.", channel.noun(), user.path()));
    }
    let view = UserView::of(&user, env.clock.now());
    Ok(context.printer.written(&view, changed)?)
}
