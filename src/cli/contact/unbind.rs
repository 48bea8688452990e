//! `regain contact unbind`

use clap::Args;

use crate::cli::shared::batch::several;
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::people::{People, Whom};
use crate::cli::shared::runner;
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Failure, Planned, Session, input};
use crate::domain::{Channel, Principal};
use crate::flow::batch::Work;
use crate::flow::{AboutUser, Env, UnbindContact};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regain contact unbind acme/alice --mobile\n  \
    regain contact unbind acme/alice --email --unverified\n  \
    regain contact unbind --account acme --where status=disabled --mobile --dry-run")]
#[command(group(clap::ArgGroup::new("channel").required(true).args(["email", "mobile"])))]
pub(in crate::cli) struct Unbind {
    #[command(flatten)]
    people: People,
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
    let channel = if arguments.email { Channel::Email } else { Channel::Mobile };
    let plan = |env: &Env<'_>, who: &Principal| UnbindContact::plan(env, who, channel, arguments.unverified);
    let named = match arguments.people.read(session)? {
        Whom::One(named) => named,
        whom => {
            let work = Work::UnbindContact { channel, unverified: arguments.unverified };
            return several(session, &whom, &arguments.people.batch, "contact unbind", work);
        }
    };
    let context = session.context;
    let env = session.operating();
    let change = plan(&env, &input::who(&env, &named.text)?)?;
    let planned = Planned::of(UserView::of(&change.after(), env.clock.now()));
    let Some((user, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    let what = if arguments.unverified { "unverified " } else { "" };
    if changed {
        context.printer.done(&format!("Unbound the {what}{} of {}.", channel.noun(), user.path()));
    }
    let view = UserView::of(&user, env.clock.now());
    Ok(context.printer.written(&view, changed)?)
}
