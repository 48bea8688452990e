//! `regain user create`

use std::path::PathBuf;

use clap::Args;

use crate::cli::shared::input::Addresses;
use crate::cli::shared::issuance::{self, FirstPassword};
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Context, Failure, Planned, Session, existing, input, runner, secret_output};
use crate::domain::account::Status;
use crate::domain::user::parse_description;
use crate::domain::{AccessMode, Channel, LoginProtection, Principal, Task, User};
use crate::flow::{self, AboutUser, CreateUser, FlowError, IssueCredential, IssueMode, NewUser, Refusal};
use crate::guidance::{effects, notes};

/// Create an IAM user
///
/// Without --ask, --generate, --setup or a password from a pipe or file, the user has no password and cannot sign in
/// until one is set. A given or generated password is valid for a day and must be changed at the first sign-in. A setup
/// token is valid for seven days. With --if-missing you can repeat the command: an existing user stays unchanged, and
/// the differences from your options are reported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user create acme/alice --email alice@example.com --setup\n  \
                        regain user create acme/bob --generate --secrets-to bob.jsonl\n  \
                        regain user create acme/carol --email carol@example.com --setup --expires 2d --if-missing -y")]
pub(in crate::cli) struct Create {
    /// The account and name, such as acme/alice; 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    addresses: Addresses,
    /// Set a one-line description, at most 255 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Set the ID that another system uses for the user; unique in the account
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Set the access mode; by default, every kind of access is allowed
    #[arg(long, value_name = "MODE", value_parser = input::words::<AccessMode>(AccessMode::WORDS))]
    access_mode: Option<AccessMode>,
    /// Create the user as disabled
    #[arg(long)]
    disabled: bool,
    /// Set the second proof that `regain login` requires; none by default
    #[arg(long, value_name = "KIND", value_parser = input::words::<LoginProtection>(LoginProtection::WORDS))]
    login_protection: Option<LoginProtection>,
    #[command(flatten)]
    first: FirstPassword,
    /// Set how long the password or setup token is valid, such as 24h; at most 7d
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// If the user exists, leave it unchanged and show it
    #[arg(long)]
    if_missing: bool,
    /// Write the password or setup token to a new file that only you can read
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

/// What only the run knows of somebody new.
const UNMADE: [&str; 6] =
    ["id", "created_at", "password_changed_at", "password_expires_at", "verified_at", "usable_from"];

pub(super) fn run(arguments: &Create, session: &Session<'_>) -> Result<(), Failure> {
    secret_output::no_pipe(arguments.secrets_to.as_deref())?;
    let (context, env) = (session.context, session.operating());
    let (account, name) = input::member(&env, &arguments.user)?;
    let description = arguments.description.as_deref().map(parse_description).transpose();
    let expires = arguments.expires.as_deref().map(issuance::lifetime).transpose()?;
    if expires.is_some() && arguments.first.mode().is_none() {
        return Err(Failure::usage_with(
            "--expires is for a password or a setup token, and none is made",
            "say which with --setup, --generate, --ask or --password-stdin",
        ));
    }
    let file = arguments.secrets_to.as_deref();
    let new = NewUser {
        account,
        name,
        contacts: arguments.addresses.read(&env)?,
        description: description.map_err(|error| Failure::usage(error.to_string()))?.flatten(),
        access_mode: arguments.access_mode.unwrap_or(AccessMode::Default),
        login_protection: arguments.login_protection.unwrap_or(LoginProtection::None),
        status: if arguments.disabled { Status::Disabled } else { Status::Enabled },
        first: arguments.first.mode(),
        expires,
        if_missing: arguments.if_missing,
        destination: secret_output::destination(file, &context.printer),
        external_id: arguments.external_id.as_deref().map(input::external_id).transpose()?.flatten(),
    };
    input::doubts(&context.printer, &new.contacts);
    let planned = CreateUser::plan(&env, new.clone()).map_err(Failure::from);
    let issued = planned.and_then(|plan| {
        arguments.first.require_terminal(context)?;
        let preview = |effects: Vec<String>| {
            let planned = Planned::of(UserView::of(&plan.after(), env.clock.now())).but(&UNMADE);
            let planned = planned.with("password_set", plan.gives_password());
            runner::preview(context, planned, &effects, true)
        };
        let user = issuance::issue(session, &plan, &arguments.first, file, preview)?;
        Ok(user.map(|user| (user, !plan.hands_out())))
    });
    let (user, mailed) = match issued {
        // Also where somebody made it while we were asking.
        Err(Failure::Flow(FlowError::Refused(Refusal::UserExists))) if arguments.if_missing => {
            return exists(arguments, &new, session);
        }
        Err(other) => return Err(other),
        Ok(None) => return Ok(()),
        Ok(Some(made)) => made,
    };
    tell(context, &user, new.first, mailed);
    Ok(context.printer.written(&UserView::of(&user, env.clock.now()), true)?)
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

fn exists(arguments: &Create, new: &NewUser, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let who = Principal::Member(new.account.clone(), new.name.clone());
    let user = flow::require(&env, &who, Task::ManagePeople)?;
    let differs = differences(arguments, new, &user);
    existing::leave(session.context, &user.path(), &differs, UserView::of(&user, env.clock.now()))
}

/// What was asked for, and is not so.
fn differences(arguments: &Create, new: &NewUser, user: &User) -> Vec<String> {
    let mut differs = existing::unbound(user, &new.contacts);
    if new.description.is_some() && new.description != user.description {
        differs.push("its description differs".to_owned());
    }
    if new.external_id.is_some() && new.external_id != user.external_id {
        differs.push("its external ID differs".to_owned());
    }
    if let Some(asked) = arguments.access_mode.filter(|asked| *asked != user.access_mode) {
        differs.push(format!("its access mode is {}, not {asked}", user.access_mode));
    }
    if let Some(asked) = arguments.login_protection.filter(|asked| *asked != user.login_protection) {
        differs.push(format!("its login protection is {}, not {asked}", user.login_protection));
    }
    if arguments.disabled && user.status == Status::Enabled {
        differs.push("it is enabled".to_owned());
    }
    match new.first {
        Some(IssueMode::Setup) => differs.push("no setup token was made".to_owned()),
        Some(_) => differs.push("no password was set".to_owned()),
        None => {}
    }
    differs
}
