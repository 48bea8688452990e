//! The command tree: a variant a noun, and its line in `run`.

use clap::builder::Resettable;
use clap::{CommandFactory, Parser, Subcommand};

use super::globals::Globals;
use super::shared::{Context, Exit, Failure, input};
use super::{
    account, admin_reset, appeal, audit, codes, completions, config, contact, delivery, demo, device, doctor,
    faq, init, login, man, mfa, password, policy, request, store, support, texts, user, verify, version,
};

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
    Version(version::Version),
}

/// The commands as their help shows them: with the examples before the usage and the options, because they are what
/// somebody looks for.
pub(super) fn with_examples_first(command: clap::Command) -> clap::Command {
    const TEMPLATE: &str =
        "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let command = if after.starts_with("Example") {
        let (examples, rest) = after.split_once("\n\n").unwrap_or((&after, ""));
        let (examples, rest) = (examples.to_owned(), rest.to_owned());
        let rest = if rest.is_empty() { Resettable::Reset } else { Resettable::Value(rest.into()) };
        command.help_template(TEMPLATE).before_help(examples).after_help(rest)
    } else {
        command
    };
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_examples_first))
}

/// Runs what was asked for.
pub(super) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
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
        Command::Device(command) => device::run(command, context),
        Command::Codes(command) => codes::run(command, context),
        Command::Support(command) => support::run(command, context),
        Command::Policy(command) => policy::run(command, context),
        Command::Audit(command) => audit::run(command, context),
        Command::Delivery(command) => delivery::run(command, context),
        Command::Texts(command) => texts::run(command, context),
        Command::Doctor(arguments) => doctor::run(&arguments, context),
        Command::Config(command) => config::run(command, context),
        Command::Store(command) => store::run(command, context),
        Command::Faq(arguments) => faq::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments, context),
        Command::Version(_) => version::run(context),
        Command::Man(arguments) => man::run(&arguments, Cli::command(), context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The help of each command beneath this one.
    fn helps(command: &mut clap::Command, all: &mut Vec<String>) {
        all.push(command.render_long_help().to_string());
        command.get_subcommands_mut().for_each(|sub| helps(sub, all));
    }

    #[test]
    fn examples_stand_before_usage_and_options() {
        let mut all = Vec::new();
        helps(&mut with_examples_first(Cli::command()), &mut all);
        let with_examples: Vec<&String> = all.iter().filter(|help| help.contains("\nExample")).collect();
        assert!(with_examples.len() > 50, "{}", with_examples.len());
        for help in with_examples {
            assert!(help.find("\nExample") < help.find("\nUsage:"), "{help}");
            assert_eq!(help.matches("\nExample").count(), 1, "{help}");
        }
        let submit = all.iter().find(|help| help.contains("A file, as TOML")).unwrap();
        assert!(submit.find("\nA file, as TOML") > submit.find("\nOptions:"), "{submit}");
    }
}
