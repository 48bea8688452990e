//! `regain request set-password`

use clap::Args;

use super::show::Named;
use crate::cli::shared::stdin::PasswordSource;
use crate::cli::shared::{Failure, Session, input, new_password, reset_conversation};
use crate::domain::Secret;
use crate::flow::register;
use crate::flow::reset;
use crate::guidance::notes;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  printf '%s\\n' \"$password\" | regain request set-password req_… --password-stdin"
)]
pub(in crate::cli) struct SetPassword {
    #[command(flatten)]
    named: Named,
    /// For a registration: use this login ID because the first one is taken
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
}

pub(super) fn run(arguments: &SetPassword, session: &Session<'_>) -> Result<(), Failure> {
    let given = arguments.password.read_only(session.context)?;
    let (env, id) = (session.oneself(), &arguments.named.id);
    if let Some(name) = &arguments.name {
        register::rename(&env, id, &input::account(name)?)?;
    }
    let view = match given {
        Some(password) => reset::set_password(&env, id, &password)?,
        None if !session.context.prompts().are_possible() => {
            return Err(Failure::NoTerminal { option: "--password-stdin" });
        }
        None => {
            let rule = reset::password_rule(&env, id)?;
            let look_at = |typed: &Secret| reset::look_at_password(&env, id, typed);
            new_password::ask(session.context, &rule, look_at, |typed, ()| {
                reset::set_password(&env, id, typed)
            })?
        }
    };
    let printer = &session.context.printer;
    if let Some(finisher) = reset::finished_by(&env, id)? {
        reset_conversation::suggest_authenticator(session, &finisher);
        printer.hint(&notes::log_in(&finisher.who.to_string()));
    }
    Ok(printer.written_and_shown(&view, true)?)
}
