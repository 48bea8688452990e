//! The command tree: a variant a noun, and its line in `run`.

use clap::builder::Resettable;
use clap::{CommandFactory, Parser, Subcommand};

use super::globals::Globals;
use super::shared::{Context, Exit, Failure, input};
use super::{
    account, admin_reset, appeal, audit, batch, codes, completions, config, contact, delivery, demo, device,
    doctor, faq, hash, init, login, man, mfa, password, policy, request, store, support, texts, user, verify,
    version,
};

/// Get people back into their accounts: password recovery for a cloud's identity service.
#[derive(Debug, Parser)]
#[command(
    name = "regain",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    propagate_version = false,
    max_term_width = 100,
    after_help = "Start with `regain demo` or `regain init`. For details of a command, run `regain COMMAND --help`.",
    after_long_help = Exit::table()
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    /// Manage accounts and their root users
    #[command(subcommand)]
    Account(account::Command),
    /// Manage IAM users
    #[command(subcommand)]
    User(user::Command),
    AdminReset(admin_reset::AdminReset),
    /// List, resume and cancel batches: changes of several people
    #[command(subcommand)]
    Batch(batch::Command),
    /// Manage the email addresses and mobile numbers that receive codes
    #[command(subcommand)]
    Contact(contact::Command),
    /// Reset, change or set up your own password
    #[command(subcommand)]
    Password(password::Command),
    /// Reset a forgotten password step by step, for portals and scripts
    #[command(subcommand)]
    Request(request::Command),
    /// Submit and decide appeals and tickets, when contacts are lost
    #[command(subcommand)]
    Appeal(appeal::Command),
    Login(login::Login),
    Verify(verify::Verify),
    /// Manage virtual MFA: authenticators that show a code (TOTP)
    #[command(subcommand)]
    Mfa(mfa::Command),
    /// List and forget the devices that users sign in from
    #[command(subcommand)]
    Device(device::Command),
    /// Inspect, resend and revoke verification codes and setup tokens
    #[command(subcommand)]
    Codes(codes::Command),
    /// Verify callers on the phone with a code that they read out
    #[command(subcommand)]
    Support(support::Command),
    /// Show and change the security settings of an account
    #[command(subcommand)]
    Policy(policy::Command),
    /// List, verify and export operation records: who did what, when and why
    #[command(subcommand)]
    Audit(audit::Command),
    /// Send queued messages and show their status
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// Show the texts of messages, to write your own
    #[command(subcommand)]
    Texts(texts::Command),
    Doctor(doctor::Doctor),
    /// Show, check and change settings
    #[command(subcommand)]
    Config(config::Command),
    /// Find the cost of a password hash that suits this machine
    #[command(subcommand)]
    Hash(hash::Command),
    /// Back up, restore, check and maintain the store
    #[command(subcommand)]
    Store(store::Command),
    Faq(faq::Faq),
    Completions(completions::Completions),
    Man(man::Manual),
    Version(version::Version),
}

/// Every command with its arguments, as its help shows it. What is derived has the arguments of a command only once
/// that one is parsed: most of what a short command does would be to make those of all others.
pub(super) fn whole() -> clap::Command {
    let mut tree = Cli::command();
    tree.build();
    in_our_form(tree)
}

/// With the examples before the usage and the options, because they are what somebody looks for; and with `-1` after an
/// option that takes a value as its value, refused as that one's where it is none.
fn in_our_form(command: clap::Command) -> clap::Command {
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
    let command = command.mut_args(|argument| {
        let takes_one = argument.get_action().takes_values() && !argument.is_positional();
        if takes_one { argument.allow_negative_numbers(true) } else { argument }
    });
    command.mut_subcommands(in_our_form)
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
        Command::Batch(command) => batch::run(command, context),
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
        Command::Hash(command) => hash::run(command, context),
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
    fn a_command_has_its_arguments_once_it_is_parsed() {
        fn judge(command: &clap::Command) {
            for below in command.get_subcommands() {
                assert_eq!(below.get_arguments().count(), 0, "{}: defer", below.get_name());
                judge(below);
            }
        }
        judge(&Cli::command());
    }

    #[test]
    fn examples_stand_before_usage_and_options() {
        let mut all = Vec::new();
        helps(&mut whole(), &mut all);
        let with_examples: Vec<&String> = all.iter().filter(|help| help.contains("\nExample")).collect();
        assert!(with_examples.len() > 50, "{}", with_examples.len());
        for help in with_examples {
            assert!(help.find("\nExample") < help.find("\nUsage:"), "{help}");
            assert_eq!(help.matches("\nExample").count(), 1, "{help}");
        }
        let submit = all.iter().find(|help| help.contains("The file is TOML")).unwrap();
        assert!(submit.find("\nThe file is TOML") > submit.find("\nOptions:"), "{submit}");
    }
}
