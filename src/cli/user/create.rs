//! `regain user create`

use std::path::PathBuf;

use clap::Args;

use crate::cli::shared::input::Addresses;
use crate::cli::shared::issuance::{self, FirstPassword};
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Context, Failure, Session, input, runner, secret_output};
use crate::domain::account::Status;
use crate::domain::user::parse_description;
use crate::domain::{AccessMode, Channel, LoginProtection, Principal, Task, User};
use crate::flow::{self, CreateUser, FlowError, IssueCredential, IssueMode, Missing, NewUser, Refusal};
use crate::guidance::{effects, notes};

/// Make an IAM user
///
/// Without --ask, --generate, --setup or a password from a pipe or file, the user has no password and cannot sign
/// in until one is set. A given or generated password works for a day and must be changed at the first sign-in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user create acme/alice --email alice@example.com --setup\n  \
                        regain user create acme/bob --generate --secrets-to bob.jsonl")]
pub(in crate::cli) struct Create {
    /// Account and name, such as acme/alice; a name has 1 to 64 letters, digits, spaces, dots, hyphens, underscores
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    addresses: Addresses,
    /// A line about the user, at most 255 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// How the user may come in
    #[arg(long, value_name = "MODE", default_value = "default", value_parser = input::words::<AccessMode>(AccessMode::WORDS))]
    access_mode: AccessMode,
    /// Make it disabled
    #[arg(long)]
    disabled: bool,
    /// What is asked besides the password at `regain login`
    #[arg(long, value_name = "KIND", default_value = "none", value_parser = input::words::<LoginProtection>(LoginProtection::WORDS))]
    login_protection: LoginProtection,
    #[command(flatten)]
    first: FirstPassword,
    /// If there is such a user, leave it as it is and show it
    #[arg(long)]
    if_missing: bool,
    /// Write the password or the setup token into a new file that only you can read
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

pub(super) fn run(arguments: &Create, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let (account, name) = input::member(&env, &arguments.user)?;
    let who = Principal::Member(account.clone(), name.clone());
    let description = arguments.description.as_deref().map(parse_description).transpose();
    let file = arguments.secrets_to.as_deref();
    let new = NewUser {
        account,
        name,
        contacts: arguments.addresses.read(&env)?,
        description: description.map_err(|error| Failure::usage(error.to_string()))?.flatten(),
        access_mode: arguments.access_mode,
        login_protection: arguments.login_protection,
        status: if arguments.disabled { Status::Disabled } else { Status::Enabled },
        first: arguments.first.mode(),
        destination: secret_output::destination(file, &context.printer),
    };
    input::doubts(context, &new.contacts);
    if arguments.if_missing {
        match flow::require(&env, &who, Task::ManagePeople) {
            Ok(user) => return exists(session, &user),
            Err(FlowError::Missing(Missing::User(_))) => {}
            Err(other) => return Err(other.into()),
        }
    }
    arguments.first.require_terminal(context)?;
    let first = new.first;
    let plan = CreateUser::plan(&env, new)?;
    let preview = |effects: Vec<String>| runner::preview(context, &effects);
    let user = match issuance::issue(session, &plan, &arguments.first, file, preview) {
        // Somebody made it while we were asking.
        Err(Failure::Flow(FlowError::Refused(Refusal::UserExists))) if arguments.if_missing => {
            return exists(session, &flow::require(&env, &who, Task::ManagePeople)?);
        }
        Err(other) => return Err(other),
        Ok(None) => return Ok(()),
        Ok(Some(user)) => user,
    };
    tell(context, &user, first, !plan.hands_out());
    Ok(context.printer.one_if_data(&UserView::of(&user, env.clock.now()))?)
}

/// What was made, and what is missing yet.
fn tell(context: &Context<'_>, user: &User, first: Option<IssueMode>, mailed: bool) {
    let printer = &context.printer;
    let token = user.contact(Channel::Email).filter(|_| mailed && first == Some(IssueMode::Setup));
    let token = token.map(|email| format!(", and sent a setup token to {}", email.masked()));
    printer.done(&format!("Made the user {}{}.", user.path(), token.unwrap_or_default()));
    if let Some(unmet) = effects::unmet_protection(user) {
        printer.warn(&unmet);
    }
    if first.is_none() {
        printer.hint(&notes::set_password(&user.path()));
    }
}

fn exists(session: &Session<'_>, user: &User) -> Result<(), Failure> {
    let printer = &session.context.printer;
    printer.note(&format!("{} exists already, and is left as it is.", user.path()));
    Ok(printer.one(&UserView::of(user, session.operating().clock.now()))?)
}
