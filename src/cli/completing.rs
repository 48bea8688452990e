//! Completing on TAB: the shell runs this same program, so that names in the store complete too.
//!
//! It only reads, asks nothing, and says nothing where something is wrong: a person is typing.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Command, ValueHint};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::completions::VARIABLE;
use super::globals::Globals;
use super::shared::Context;
use super::tree as commands;
use crate::config::{self, Intent};
use crate::domain::name::key_of;
use crate::domain::policy::FieldTable as _;
use crate::domain::selection::Filter;
use crate::domain::{Action, LoginPolicy, PasswordPolicy, ProtectionPolicy, Role};
use crate::store::{self, Engine, StoreError, Transactions};

/// More would scroll away.
const MOST: u32 = 100;

/// Answers a shell that asks for candidates; `false` if none does.
pub(super) fn answer() -> bool {
    let folder = std::env::current_dir().ok();
    let completing = CompleteEnv::with_factory(tree).var(VARIABLE);
    // A mistake in what was typed so far has no candidates, and no words of ours in the middle of the line.
    completing.try_complete(std::env::args_os(), folder.as_deref()).unwrap_or(true)
}

/// The command tree with the candidates of its values.
fn tree() -> Command {
    with_candidates(commands::whole())
}

/// Values complete by what they are called in the help, so that no subcommand has to say it again.
fn with_candidates(command: Command) -> Command {
    let command = command.mut_args(|argument| {
        let called = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
        match called.as_deref() {
            Some("USER" | "USER|ACCOUNT") => {
                argument.add(ArgValueCompleter::new(|typed: &OsStr| names(typed, true)))
            }
            Some("ACCOUNT") => argument.add(ArgValueCompleter::new(|typed: &OsStr| names(typed, false))),
            Some("FIELD=VALUE") => {
                argument.add(ArgValueCompleter::new(|typed: &OsStr| beginning(typed, policy_fields())))
            }
            Some("KEY=VALUE") => {
                argument.add(ArgValueCompleter::new(|typed: &OsStr| beginning(typed, Filter::forms())))
            }
            Some("ACTION") => argument.add(ArgValueCompleter::new(|typed: &OsStr| {
                beginning(typed, Action::ALL.iter().map(|action| action.as_str().to_owned()))
            })),
            Some("KEY") => argument.add(ArgValueCompleter::new(|typed: &OsStr| {
                beginning(typed, config::keys().map(str::to_owned))
            })),
            Some("FILE" | "URL") => argument.value_hint(ValueHint::FilePath),
            Some("DIR") => argument.value_hint(ValueHint::DirPath),
            _ => argument,
        }
    });
    command.mut_subcommands(with_candidates)
}

/// Those that begin like what is typed.
fn beginning(typed: &OsStr, known: impl Iterator<Item = String>) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    known.filter(|word| word.starts_with(typed)).map(CompletionCandidate::new).collect()
}

/// The fields of all policies, with the sign that their value stands behind.
fn policy_fields() -> impl Iterator<Item = String> {
    let all = [
        PasswordPolicy::default().fields(),
        LoginPolicy::default().fields(),
        ProtectionPolicy::default().fields(),
    ];
    all.into_iter().flatten().map(|field| format!("{}=", field.name))
}

/// Accounts that begin like this, the users of the only one, and, after a slash, those that begin like this; nothing
/// unless an admin asks.
fn names(typed: &OsStr, users: bool) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let folded = key_of(typed);
    let found = read_store(|store| {
        store.read(|tx| match folded.split_once('/') {
            Some((account, user)) if users => tx.names_beginning(account, Some(user), MOST),
            Some(_) => Ok(Vec::new()),
            None => {
                let mut found = tx.names_beginning(&folded, None, MOST)?;
                if let ([account], true) = (found.as_slice(), users) {
                    // Its users with it, whole: behind an account with its slash alone, shells put a space.
                    let account = key_of(account);
                    found.extend(tx.names_beginning(&account, Some(""), MOST)?);
                }
                Ok(found)
            }
        })
    });
    let mut found = found.unwrap_or_default();
    found.retain(|name| is_safe(name));
    found.into_iter().map(CompletionCandidate::new).collect()
}

/// Shells put candidates on the line as they are, so only names without a meaning to any shell are offered.
fn is_safe(name: &str) -> bool {
    name.chars().all(|symbol| symbol.is_ascii_alphanumeric() || "._@+-/".contains(symbol))
        && !name.starts_with('-')
}

/// Reads the store that the line so far would use. Only admins: a look-up by support is recorded
/// (security O4), and completing writes nothing.
fn read_store(names: impl Fn(&dyn Engine) -> Result<Vec<String>, StoreError>) -> Option<Vec<String>> {
    let globals = Globals::named_in(&typed_options());
    let context = Context::new(&globals, false).ok()?;
    let config = context.load(Intent::Use).ok()?;
    if context.role(&config) != Role::Admin {
        return None;
    }
    context.trust_store(config.locations.store.file()).ok()?;
    let store = store::open_read_only(&config.locations.store).ok()?;
    names(store.as_ref()).ok()
}

/// `--config` and `--store` of the line that is being typed: what stands behind the `--` of our own.
fn typed_options() -> Vec<(String, OsString)> {
    let mut line = std::env::args_os().skip_while(|word| word != "--").skip(1);
    let mut found = Vec::new();
    while let Some(word) = line.next() {
        let Some(text) = word.to_str() else { continue };
        match (text, text.split_once('=')) {
            ("--config" | "--store", _) => found.extend(line.next().map(|value| (text.to_owned(), value))),
            (_, Some((name @ ("--config" | "--store"), value))) => {
                found.push((name.to_owned(), OsString::from(value)));
            }
            _ => {}
        }
    }
    found
}

/// Only the two options that say where everything is.
impl Globals {
    fn named_in(options: &[(String, OsString)]) -> Self {
        let value = |name: &str| options.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        Self {
            config: value("--config").map(|path| Path::new(path).to_owned()),
            store: value("--store").cloned(),
            ..Self::silent()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_without_a_meaning_to_a_shell_are_offered() {
        for safe in ["acme", "acme/alice", "a.b_c-d/x"] {
            assert!(is_safe(safe), "{safe}");
        }
        for unsafe_one in ["acme/a b", "$(id)", "a;b", "a'b", "-x", "a\tb", "a*", "~a"] {
            assert!(!is_safe(unsafe_one), "{unsafe_one}");
        }
    }

    #[test]
    fn every_value_called_user_has_candidates() {
        fn judge(command: &Command) {
            for argument in command.get_arguments() {
                let called = argument.get_value_names().and_then(|names| names.first());
                let person =
                    called.is_some_and(|name| matches!(name.as_str(), "USER" | "ACCOUNT" | "USER|ACCOUNT"));
                let word = called.is_some_and(|name| {
                    matches!(name.as_str(), "ACTION" | "KEY" | "KEY=VALUE" | "FIELD=VALUE")
                });
                let candidates = argument.get::<ArgValueCompleter>().is_some();
                assert_eq!(person || word, candidates, "{} {}", command.get_name(), argument.get_id());
            }
            command.get_subcommands().for_each(judge);
        }
        judge(&tree());
    }
}
