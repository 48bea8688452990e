//! `regain request disown`: "this was not me".

use clap::Args;
use serde::Serialize;

use crate::cli::shared::views::UserView;
use crate::cli::shared::{Failure, Planned, Session, runner};
use crate::domain::Role;
use crate::domain::id::parse_reference;
use crate::domain::notice::{GUESSED, describe};
use crate::domain::principal::NamedAs;
use crate::flow::{self, AboutUser, DisownNotice};
use crate::guidance::notes;
use crate::ui::{Column, Row, column};

/// Report a change or code that was not yours, with the reference in the message
///
/// After a change that was not yours, the affected user is blocked: the password is removed, everything that could set
/// a new one ends, and nobody can sign in as this user until an administrator has checked. A code that you did not
/// request is revoked. The command does not say whether the reference is right. The help desk can enter it for a caller
/// and sees the result.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain request disown bdfgh-jkmnp-qrstv\n  regain request disown bdfgh-jkmnp-qrstv --for-caller --ticket T-1042"
)]
pub(in crate::cli) struct Disown {
    /// The reference from the message: three groups of five letters
    #[arg(value_name = "REFERENCE")]
    reference: String,
    /// Act for a caller who reads it out: show the effect, confirm, and report the result (operators; always on for
    /// support)
    #[arg(long)]
    for_caller: bool,
    /// Set the client's IP address, for portals that the config trusts
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

#[derive(Serialize)]
struct Received {
    received: bool,
}

impl Row for Received {
    const COLUMNS: &'static [Column<Self>] = &[column("received", |_| "yes".to_owned())];
}

/// What it did, for operators.
#[derive(Serialize)]
struct Done {
    user: UserView,
    notice: String,
    about: String,
    blocked: bool,
}

impl Row for Done {
    const COLUMNS: &'static [Column<Self>] = &[
        column("notice", |row| row.notice.clone()),
        column("about", |row| describe(&row.about)),
        column("blocked", |row| if row.blocked { "yes" } else { "no" }.to_owned()),
    ];
}

pub(in crate::cli) fn run(arguments: &Disown, session: &mut Session<'_>) -> Result<(), Failure> {
    session.trust_source(arguments.source.as_deref())?;
    let reference = parse_reference(&arguments.reference)
        .map_err(|error| Failure::usage_with(error.to_string(), "copy it from the message"))?;
    if arguments.for_caller || session.actor.role == Role::Support {
        return for_caller(&reference, session);
    }
    session.context.no_dry_run()?;
    flow::disown(&session.oneself(), &reference)?;
    let printer = &session.context.printer;
    // The same for everyone (security E1), and so it tells what is true in either case.
    printer.done(
        "Received. If the reference is right and not too old, the code or change that it stands for has been \
         stopped. After a change, nobody can sign in or reset the password until an administrator has looked into \
         it.",
    );
    printer.speak_to(NamedAs::Address);
    printer.note("Talk to {helper} now, even if it was a mistake: only they can end the block.");
    Ok(printer.written(&Received { received: true }, true)?)
}

fn for_caller(reference: &str, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let plan = DisownNotice::plan(&env, reference)?;
    let planned = Planned::of(Done {
        user: UserView::of(&plan.after(), env.clock.now()),
        notice: plan.notice().id.clone(),
        about: plan.notice().about.clone(),
        blocked: plan.blocks(),
    });
    let unknown: &[&str] = if plan.blocks() { &["disowned_at", "password_changed_at"] } else { &[] };
    let Some((done, changed)) = runner::run(session, planned.but(unknown), plan)? else { return Ok(()) };
    let (who, about) = (done.user.path(), describe(&done.about));
    if done.blocked {
        context.printer.done(&format!("Blocked {who}, because of \"{about}\"."));
        context.printer.hint(&notes::end_block(&who));
    } else if done.about == GUESSED {
        context.printer.done(&format!("Ended every live code and request of {who}; nobody is blocked."));
    } else {
        context.printer.done(&format!("Ended the code for {who} that they did not ask for."));
    }
    let user = UserView::of(&done.user, env.clock.now());
    let view = Done { user, notice: done.notice_id, about: done.about, blocked: done.blocked };
    Ok(context.printer.written(&view, changed)?)
}
