//! The command tree, and running what was asked for.

use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::{
    account, admin_reset, appeal, audit, codes, completing, completions, config, contact, delivery, demo,
    device, doctor, faq, init, input, login, man, mfa, parse, password, policy, request, store, support,
    texts, user, verify,
};
use crate::ui::{self, ColorChoice, Format, yield_to_signal};

/// Gets people back into their accounts: password recovery for a cloud's identity service.
#[derive(Debug, Parser)]
#[command(
    name = "regain",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    propagate_version = false,
    max_term_width = 100,
    after_help = "Begin with `regain demo`, or with `regain init`. `regain COMMAND --help` tells more of each.",
    after_long_help = Exit::table()
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Globals {
    /// The config file, instead of the usual one
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The store: a path, or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    pub(super) store: Option<std::ffi::OsString>,
    /// How results are shown
    #[arg(short, long, global = true, value_name = "FORMAT", default_value = "table")]
    pub(super) output: Output,
    /// Never ask: fail and name the option that would have answered
    #[arg(long, global = true)]
    pub(super) no_input: bool,
    /// Answer yes to "Go on?"
    #[arg(short, long, global = true)]
    pub(super) yes: bool,
    /// Show what would happen, and change nothing
    #[arg(long, global = true)]
    pub(super) dry_run: bool,
    /// Why, for the operation records
    #[arg(long, global = true, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// The ticket this is for, for the operation records
    #[arg(long, global = true, value_name = "ID")]
    pub(super) ticket: Option<String>,
    /// No notes and no word of success; errors are still told
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Tell more; twice, more still
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

impl Globals {
    /// Nothing given, and nothing to be said or asked.
    pub(super) fn silent() -> Self {
        Self {
            config: None,
            store: None,
            output: Output::Table,
            no_input: true,
            yes: false,
            dry_run: false,
            reason: None,
            ticket: None,
            quiet: true,
            verbose: 0,
            color: Color::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Output {
    Table,
    Json,
    Jsonl,
    Csv,
}

impl From<Output> for Format {
    fn from(output: Output) -> Self {
        match output {
            Output::Table => Self::Table,
            Output::Json => Self::Json,
            Output::Jsonl => Self::Jsonl,
            Output::Csv => Self::Csv,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Demo(demo::Demo),
    /// Make the config, the key and an empty store
    Init(init::Init),
    /// Accounts and their root users
    #[command(subcommand)]
    Account(account::Command),
    /// IAM users
    #[command(subcommand)]
    User(user::Command),
    AdminReset(admin_reset::AdminReset),
    /// Email addresses and mobile numbers that codes go to
    #[command(subcommand)]
    Contact(contact::Command),
    /// Your own password: reset it when forgotten, change it, set it up
    #[command(subcommand)]
    Password(password::Command),
    /// A forgotten password, one step a command: for portals and scripts
    #[command(subcommand)]
    Request(request::Command),
    /// Appeals and tickets: when your contacts are gone
    #[command(subcommand)]
    Appeal(appeal::Command),
    Login(login::Login),
    Verify(verify::Verify),
    /// Virtual MFA: authenticators that show a code (TOTP)
    #[command(subcommand)]
    Mfa(mfa::Command),
    /// The devices that people sign in from
    #[command(subcommand)]
    Device(device::Command),
    /// Verification codes: what was sent, to whom, and what became of it
    #[command(subcommand)]
    Codes(codes::Command),
    /// Callers on the phone: a code that they read out shows who they are
    #[command(subcommand)]
    Support(support::Command),
    /// The security settings of an account
    #[command(subcommand)]
    Policy(policy::Command),
    /// Operation records: who did what, to whom, when, why
    #[command(subcommand)]
    Audit(audit::Command),
    /// Messages on their way: the outbox and its worker
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// The words of messages: see them, and write your own
    #[command(subcommand)]
    Texts(texts::Command),
    /// Look for what is wrong, and tell what to do about it
    Doctor(doctor::Doctor),
    /// The settings, and where each comes from
    #[command(subcommand)]
    Config(config::Command),
    /// The store itself: copies, checks, keys
    #[command(subcommand)]
    Store(store::Command),
    Faq(faq::Faq),
    /// Print what a shell needs to complete on TAB
    Completions(completions::Completions),
    /// Write the manual pages into a folder
    Man(man::Manual),
}

fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    input::remark("--reason", context.globals.reason.as_deref())?;
    input::remark("--ticket", context.globals.ticket.as_deref())?;
    match command {
        Command::Demo(arguments) => demo::run(&arguments, context),
        Command::Init(arguments) => init::run(&arguments, context),
        Command::Account(command) => account::run(command, context),
        Command::User(command) => user::run(command, context),
        Command::AdminReset(arguments) => admin_reset::run(&arguments, context),
        Command::Contact(command) => contact::run(command, context),
        Command::Password(command) => password::run(command, context),
        Command::Request(command) => request::run(command, context),
        Command::Appeal(command) => appeal::run(command, context),
        Command::Login(arguments) => login::run(&arguments, context),
        Command::Verify(arguments) => verify::run(&arguments, context),
        Command::Mfa(command) => mfa::run(command, context),
        Command::Device(command) => device::run(&command, context),
        Command::Codes(command) => codes::run(command, context),
        Command::Support(command) => support::run(command, context),
        Command::Policy(command) => policy::run(command, context),
        Command::Audit(command) => audit::run(command, context),
        Command::Delivery(command) => delivery::run(command, context),
        Command::Texts(command) => texts::run(command, context),
        Command::Doctor(arguments) => doctor::run(&arguments, context),
        Command::Config(command) => config::run(&command, context),
        Command::Store(command) => store::run(command, context),
        Command::Faq(arguments) => faq::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments, context),
        Command::Man(arguments) => man::run(&arguments, context),
    }
}

/// Everything between the arguments and the exit code. A bug that panics is told as one, without what it panicked with:
/// that may be a secret (security T1).
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| ui::tell_of_bug(panic.location())));
    panic::catch_unwind(answer_or_run).unwrap_or_else(|_| Exit::Internal.into())
}

fn answer_or_run() -> ExitCode {
    if completing::answer() {
        return ExitCode::SUCCESS;
    }
    let cli = match parse::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    let Cli { globals, command } = cli;
    let detached = matches!(&command, Command::Delivery(command) if command.is_detached());
    let context = match Context::new(&globals, detached) {
        Ok(context) => context,
        Err(stopped) => {
            let (printer, failure) = *stopped;
            printer.error(&failure.report());
            return failure.exit().into();
        }
    };
    let ended = run(command, &context).and_then(|()| context.printer.flush().map_err(Failure::from));
    let ended = ended.map_err(|failure| match failure {
        Failure::Output(error) if context.has_changed() => Failure::OutputAfterChange(error),
        other => other,
    });
    yield_to_signal();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Silent(exit)) => exit.into(),
        Err(failure) => {
            // What was already said comes before why it ended; a second failure of stdout adds nothing.
            let _ = context.printer.flush();
            context.printer.error(&failure.report());
            failure.exit().into()
        }
    }
}
