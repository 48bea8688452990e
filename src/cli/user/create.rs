//! `regain user create`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::shared::carry_out::{confirm, preview};
use crate::cli::shared::input::{Addresses, PasswordSource};
use crate::cli::shared::secret_output::Parcel;
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Context, Failure, Session, input, new_password, secret_output};
use crate::domain::account::Status;
use crate::domain::address::Channel;
use crate::domain::operator::Task;
use crate::domain::user::{AccessMode, LoginProtection, User, parse_description};
use crate::domain::who::Who;
use crate::flow::{self, CreateUser, FlowError, Made, Missing, Mode, NewUser, Refusal};
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
    #[arg(long, value_name = "MODE", default_value = "default")]
    access_mode: AccessModeArgument,
    /// Make it disabled
    #[arg(long)]
    disabled: bool,
    /// What is asked besides the password at `regain login`
    #[arg(long, value_name = "KIND", default_value = "none")]
    login_protection: ProtectionArgument,
    #[command(flatten)]
    first: FirstPassword,
    /// If there is such a user, leave it as it is and show it
    #[arg(long)]
    if_missing: bool,
    /// Write the password or the setup token into a new file that only you can read
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

/// Who chooses a password for somebody: one of these.
#[derive(Debug, Args)]
pub(in crate::cli) struct FirstPassword {
    /// Ask for the password, twice
    #[arg(long, conflicts_with_all = ["generate", "setup", "password_stdin", "password_file", "password_fd"])]
    ask: bool,
    /// Generate the password
    #[arg(long, conflicts_with_all = ["setup", "password_stdin", "password_file", "password_fd"])]
    generate: bool,
    /// Let the person set the password, with a one-time setup token
    #[arg(long, conflicts_with_all = ["password_stdin", "password_file", "password_fd"])]
    setup: bool,
    #[command(flatten)]
    password: PasswordSource,
}

impl FirstPassword {
    pub(in crate::cli) fn mode(&self) -> Option<Mode> {
        if self.ask || self.password.is_given() {
            Some(Mode::Given)
        } else if self.generate {
            Some(Mode::Generate)
        } else {
            self.setup.then_some(Mode::Setup)
        }
    }

    pub(in crate::cli) fn asks(&self) -> bool {
        self.ask
    }

    pub(in crate::cli) fn password(&self) -> &PasswordSource {
        &self.password
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum AccessModeArgument {
    Default,
    Programmatic,
    Console,
}

impl From<AccessModeArgument> for AccessMode {
    fn from(argument: AccessModeArgument) -> Self {
        match argument {
            AccessModeArgument::Default => Self::Default,
            AccessModeArgument::Programmatic => Self::Programmatic,
            AccessModeArgument::Console => Self::Console,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ProtectionArgument {
    None,
    Sms,
    Email,
    Vmfa,
}

impl From<ProtectionArgument> for LoginProtection {
    fn from(argument: ProtectionArgument) -> Self {
        match argument {
            ProtectionArgument::None => Self::None,
            ProtectionArgument::Sms => Self::Sms,
            ProtectionArgument::Email => Self::Email,
            ProtectionArgument::Vmfa => Self::Vmfa,
        }
    }
}

pub(super) fn run(arguments: &Create, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let (account, name) = input::member(&arguments.user)?;
    let who = Who::Member(account.clone(), name.clone());
    let description = arguments.description.as_deref().map(parse_description).transpose();
    let file = arguments.secrets_to.as_deref();
    let new = NewUser {
        account,
        name,
        contacts: arguments.addresses.read()?,
        description: description.map_err(|error| Failure::usage(error.to_string()))?.flatten(),
        access_mode: arguments.access_mode.into(),
        login_protection: arguments.login_protection.into(),
        status: if arguments.disabled { Status::Disabled } else { Status::Enabled },
        first: arguments.first.mode(),
        outlet: secret_output::outlet(file, &context.printer),
    };
    if arguments.if_missing {
        match flow::require(&env, &who, Task::ManagePeople) {
            Ok(user) => return exists(session, &user),
            Err(FlowError::Missing(Missing::User(_))) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let asks = arguments.first.asks();
    if asks && !context.globals.dry_run && !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: "--password-stdin" });
    }
    let first = new.first;
    let plan = CreateUser::plan(&env, new)?;
    let mut sink = secret_output::open(plan.hands_out(), file, context)?;
    let given = arguments.first.password().read_only(context)?;
    let given = given.map(|password| plan.given(&env, &password)).transpose()?;
    let effects = plan.effects(&env);
    if context.globals.dry_run {
        return preview(context, effects);
    }
    let yes = confirm(context, &effects)?;
    let made: Made = match given {
        Some(made) => made,
        None if asks => {
            let rule = plan.rule(&env)?;
            new_password::ask(context, "--password-stdin", &rule, |typed| plan.given(&env, typed))?
        }
        None => plan.make(&env)?,
    };
    let path = plan.path();
    let ready = plan.with(&made);
    let created = match (&mut sink, made.secret(), first) {
        (Some(sink), Some(secret), Some(way)) => {
            let parcel = Parcel { user: &path, kind: secret_output::kind(way), secret };
            secret_output::then_commit(sink, &parcel, || ready.commit(&env, yes))
        }
        _ => ready.commit(&env, yes).map_err(Failure::from),
    };
    let mailed = sink.is_none();
    let user = match secret_output::close(sink, &context.printer, created) {
        // Somebody made it while we were asking.
        Err(Failure::Flow(FlowError::Refused(Refusal::UserExists))) if arguments.if_missing => {
            return exists(session, &flow::require(&env, &who, Task::ManagePeople)?);
        }
        other => other?,
    };
    tell(context, &user, first, mailed);
    Ok(context.printer.one_if_data(&UserView::of(&user, env.clock.now()))?)
}

/// What was made, and what is missing yet.
fn tell(context: &Context<'_>, user: &User, first: Option<Mode>, mailed: bool) {
    let printer = &context.printer;
    let token = user.contact(Channel::Email).filter(|_| mailed && first == Some(Mode::Setup));
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
