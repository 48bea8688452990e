//! `regain user list`, `find` and `show`.

use clap::Args;

use crate::cli::shared::selection::Shown;
use crate::cli::shared::views::{UserDetail, UserView};
use crate::cli::shared::{Failure, Session, input};
use crate::domain::mobile;
use crate::domain::time::for_people;
use crate::flow;
use crate::guidance::notes;

/// List users, sorted by account and name
///
/// Options that select users are for administrators. Rows are written as they are read. With json, jsonl and csv, memory use does not grow with the number of users.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain user list acme\n  regain user list acme --where status=locked\n  \
                  regain user list -o jsonl --limit 100 --after usr_…"
)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    shown: Shown,
    /// Show at most N rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Show only users after the one with this ID
    #[arg(long, value_name = "ID", value_parser = input::id())]
    after: Option<String>,
}

/// Find users by part of a name, account, description or address, or by ID
///
/// The text is matched literally, in upper or lower case. You can enter a mobile number in its national form, without
/// the country code (0151 12345678). For support, an address or a number must match in full, in any notation. A search
/// that matches addresses is recorded.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain user find alice\n  regain user find '0151 12345678'\n  regain user find usr_…"
)]
pub(in crate::cli) struct Find {
    /// The text to search for
    #[arg(value_name = "TEXT")]
    text: String,
}

/// Show one user
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user show acme/alice -o json")]
pub(in crate::cli) struct Show {
    /// The user, such as acme/alice, acme, acme/alice@example.com, alice@example.com or +4915112345678
    #[arg(value_name = "USER")]
    user: String,
}

pub(super) fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let selection = arguments.shown.read(session)?;
    let env = session.operating();
    let now = env.clock.now();
    let mut rows = session.context.printer.begin_list::<UserView>();
    let more = flow::list_users(&env, &selection, arguments.after.as_deref(), arguments.limit, |user| {
        rows.row(&UserView::of(user, now)).map_err(Failure::from)
    })?;
    rows.finish(notes::NO_USERS)?;
    if more {
        session
            .context
            .printer
            .note("There are more; support sees 50 at once. --after ID shows the next ones.");
    }
    Ok(())
}

pub(super) fn find(arguments: &Find, session: &Session<'_>) -> Result<(), Failure> {
    if arguments.text.trim().is_empty() {
        return Err(Failure::usage_with("there is no text to look for", notes::ALL_USERS));
    }
    if let Some(mangled) = mobile::mangled(&arguments.text) {
        return Err(Failure::usage(mangled.to_string()).of("<TEXT>"));
    }
    let env = session.operating();
    let now = env.clock.now();
    let found = flow::find_users(&env, &arguments.text)?;
    let printer = &session.context.printer;
    printer.list(found.users.iter().map(|user| UserView::of(user, now)), "Nobody was found.")?;
    if found.users.is_empty() {
        printer.note(&searched(&found));
    }
    if found.more {
        printer.note(&format!(
            "There are more than these {}; search for a longer part of the name.",
            found.users.len()
        ));
    }
    Ok(())
}

/// What was looked at, where nobody was found.
fn searched(found: &flow::Found) -> String {
    if found.names_only {
        return "Searched: parts of names, accounts and descriptions; whole ids.".to_owned();
    }
    match (found.whole_addresses_only, &found.number) {
        (false, None) => "Searched: parts of names, accounts, descriptions, email addresses and mobile numbers; whole \
                          ids."
            .to_owned(),
        (false, Some(digits)) => format!(
            "Searched: parts of names, accounts, descriptions, email addresses and mobile numbers, with {digits} anywhere in \
             a number; whole ids."
        ),
        (true, None) => "Searched: parts of names, accounts and descriptions; whole ids, email addresses and mobile \
                         numbers. For support, an address is found only as a whole."
            .to_owned(),
        (true, Some(_)) => "Searched: parts of names, accounts and descriptions; whole ids and mobile numbers, with and \
                            without the code of their country. For support, a number is found only as a whole."
            .to_owned(),
    }
}

pub(super) fn show(arguments: &Show, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let flow::Shown { user, expiry, setup_token } =
        flow::show_user(&env, &input::who(&env, &arguments.user)?)?;
    let printer = &session.context.printer;
    let view = UserView::of(&user, env.clock.now()).expiring(expiry.map(|(at, _)| at));
    printer.one(&UserDetail { view, setup_token })?;
    if let Some((at, true)) = expiry.filter(|_| user.credential.expires_at.is_none()) {
        let verb = if at <= env.clock.now() { "expired" } else { "expires" };
        printer.warn(&format!("the password of {} {verb} on {}", user.path(), for_people(at)));
    }
    Ok(())
}
