//! Parsing the command line. What a person typed is never echoed back: it may be a password in the wrong place
//! (security T1). So errors are told by their kind, with only names that the program itself knows.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args as _, CommandFactory, FromArgMatches, ValueEnum};

use super::globals::Globals;
use super::shared::input::ForeignCharacter;
use super::shared::{Exit, Failure, observe, program, ui_environment};
use super::tree::{self, Cli};
use crate::config::Environment;
use crate::guidance::meant::{self, Meant};
use crate::ui::{Format, Printer, Settings};

/// The command line, or the exit code after help, version or an error were shown.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // What is understood so needs one command of the tree. All of it is for everything else.
    let (arguments, error) = match asked_for(&arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) if error.kind() == ErrorKind::DisplayVersion => (arguments, error),
        Err(_) => {
            let arguments = asking_for_help(arguments);
            let parsed = tree::whole().try_get_matches_from(&arguments);
            match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
                Ok(cli) => return Ok(cli),
                Err(error) => (arguments, error),
            }
        }
    };
    let environment = Environment::of_this_process();
    let format = format_of_errors(&arguments, &environment);
    let printer = Printer::new(Settings { format, ..Settings::default() }, &ui_environment(&environment));
    if let Ok(identity) = observe(&environment) {
        printer.name_commands(program(&environment, &identity));
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // clap trims the end of a help text that we wrote.
            let text = error.render().to_string();
            let shown = printer.text(&format!("{}\n", text.trim_end())).and_then(|()| printer.flush());
            Err(match shown.map_err(Failure::from) {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => {
                    printer.error(&failure.report());
                    failure.exit().into()
                }
            })
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            for line in error.render().to_string().lines() {
                printer.tell(line);
            }
            Err(Exit::Usage.into())
        }
        _ => {
            printer.error(&told(&error, &arguments).report());
            Err(Exit::Usage.into())
        }
    }
}

/// The command line as the command takes it that it names.
fn asked_for(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut tree = Cli::command();
    let tree = match alone(&mut tree, &mut arguments.iter().skip(1).filter_map(|word| word.to_str())) {
        Some(command) => Globals::augment_args(clap::Command::new("regain")).subcommand(command),
        None => tree,
    };
    Cli::from_arg_matches(&tree.try_get_matches_from(arguments)?)
}

/// The subcommand that the words name, with the one beneath it that they name, and without the others: each that is
/// there gets a copy of every global option.
fn alone<'w>(
    command: &mut clap::Command,
    words: &mut impl Iterator<Item = &'w str>,
) -> Option<clap::Command> {
    let word = words.find(|word| command.find_subcommand(word).is_some())?;
    let named = command.find_subcommand_mut(word)?;
    Some(match alone(named, words) {
        Some(beneath) => clap::Command::new(word.to_owned()).subcommand(beneath),
        None => std::mem::take(named),
    })
}

/// `regain help user create` is `regain user create --help`, wherever among the subcommands `help` stands. A word
/// after it that is none of ours stays, and is refused as anywhere.
fn asking_for_help(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut command = Cli::command();
    for at in 1..arguments.len() {
        let Some(word) = arguments.get(at).and_then(|word| word.to_str()) else { break };
        if word == "help" && command.has_subcommands() {
            arguments.remove(at);
            arguments.push(OsString::from("--help"));
            break;
        }
        let Some(next) = command.find_subcommand(word).cloned() else { break };
        command = next;
    }
    arguments
}

/// What the global `-o` says, seen even where the rest does not parse; else what the variable says. One that is no
/// format is a program's, which reads errors as objects, unless it is nearly a person's.
fn format_of_errors(arguments: &[OsString], environment: &Environment) -> Format {
    let said = said_format(arguments).or_else(|| environment.output.as_ref()?.to_str().map(str::to_owned));
    let Some(said) = said else { return Format::Table };
    let known =
        Format::value_variants().iter().filter_map(|format| Some((format, format.to_possible_value()?)));
    let slips = |(format, name): (&Format, PossibleValue)| {
        (strsim::osa_distance(name.get_name(), &said.to_lowercase()), *format)
    };
    let nearest = known.map(slips).filter(|(slips, _)| *slips < 3).min_by_key(|(slips, _)| *slips);
    nearest.map_or(Format::Json, |(_, format)| format)
}

/// The last value of `-o` or `--output`.
fn said_format(arguments: &[OsString]) -> Option<String> {
    let mut said = None;
    let mut words = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default());
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let value = match word {
            "-o" | "--output" => words.next(),
            _ => word
                .strip_prefix("--output=")
                .or_else(|| word.strip_prefix("-o").map(|value| value.strip_prefix('=').unwrap_or(value))),
        };
        said = value.map(str::to_owned).or(said);
    }
    said
}

/// The error in our words.
fn told(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let path = known_path(arguments, typed(error, ContextKind::InvalidSubcommand));
    let help = format!("`{path} --help` lists what it takes");
    let meant = meant_by(error, &path, arguments);
    let wrong = meant.as_ref().and_then(|meant| meant.name);
    let hint = meant
        .map(|Meant { sentence, .. }| {
            let end = if sentence.ends_with('?') { "" } else { ";" };
            format!("{sentence}{end} `{path} --help` lists all")
        })
        .or_else(|| suggested(error).map(|known| format!("did you mean {known}? `{path} --help` lists all")));
    let hint = hint.unwrap_or(help);
    let about = named(error, ContextKind::InvalidArg).map_or_else(String::new, |name| format!(" {name}"));
    let message = match error.kind() {
        ErrorKind::InvalidSubcommand => match wrong {
            Some(name) => format!("`{path}` has no subcommand {name}"),
            None => format!("`{path}` has no such subcommand"),
        },
        ErrorKind::UnknownArgument => match wrong {
            Some(name) if name.len() == 1 => format!("`{path}` does not take -{name}"),
            Some(name) => format!("`{path}` does not take --{name}"),
            None => match typed(error, ContextKind::InvalidArg).and_then(an_option_of_ours) {
                Some(name) => format!("`{path}` does not take {name}"),
                None => format!("`{path}` does not take one of these arguments"),
            },
        },
        ErrorKind::MissingRequiredArgument => format!("`{path}` needs an argument that is missing:{about}"),
        ErrorKind::MissingSubcommand => format!("`{path}` needs a subcommand"),
        ErrorKind::ArgumentConflict => match named(error, ContextKind::PriorArg) {
            Some(other) if about.is_empty() => format!("`{path}`: {other} cannot be combined with the rest"),
            // An option that excludes itself was given twice.
            Some(other) if about.trim_start() == other => format!("`{path}`: {other} is given twice"),
            Some(other) => format!("`{path}`: these cannot be combined:{about} and {other}"),
            None => format!("`{path}`: these cannot be combined:{about}"),
        },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if about.is_empty() => {
            format!("`{path}`: a value is not valid")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("`{path}`: the value of{about} is not valid{}", limits(error))
        }
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("`{path}`: a value is missing for{about}")
        }
        ErrorKind::TooManyValues => {
            format!("`{path}`: too many values for{about}; secrets are never arguments")
        }
        ErrorKind::InvalidUtf8 => format!("`{path}`: an argument is not valid UTF-8"),
        _ => format!("`{path}`: the arguments cannot be understood"),
    };
    Failure::usage_with(message, hint)
}

/// What was typed in this part of an error: to compare it with what we know, and never to be shown.
fn typed(error: &clap::Error, part: ContextKind) -> Option<&str> {
    match error.get(part)? {
        ContextValue::String(text) => Some(text),
        _ => None,
    }
}

/// What was typed, where it is an option of another command.
fn an_option_of_ours(text: &str) -> Option<String> {
    fn takes(command: &clap::Command, name: &str) -> bool {
        command.get_arguments().any(|argument| argument.get_long() == Some(name))
            || command.get_subcommands().any(|command| takes(command, name))
    }
    let name = strip_value(text);
    takes(&tree::whole(), name.strip_prefix("--")?).then_some(name)
}

/// What was meant by the name of a command or an option that there is not here.
fn meant_by(error: &clap::Error, path: &str, arguments: &[OsString]) -> Option<Meant> {
    let mut root = Cli::command();
    root.build();
    let path = path.strip_prefix("regain").unwrap_or_default().trim_start();
    if let Some(word) = typed(error, ContextKind::InvalidSubcommand) {
        let at = arguments.iter().position(|argument| argument == word)?;
        let next = arguments.get(at + 1).and_then(|next| next.to_str());
        let has = |noun: &str, verb: &str| {
            let under = if noun.is_empty() { Some(&root) } else { root.find_subcommand(noun) };
            under.is_some_and(|under| under.find_subcommand(verb).is_some())
        };
        return meant::command(path, word, next, &has);
    }
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let mut command = &root;
    for name in path.split_whitespace() {
        command = command.find_subcommand(name)?;
    }
    let has = |known: &str| command.get_arguments().any(|argument| argument.get_long() == Some(known));
    meant::option(path, typed(error, ContextKind::InvalidArg)?, &has)
}

/// The subcommands at the front, as far as they are known: before the word that is none.
fn known_path(arguments: &[OsString], wrong: Option<&str>) -> String {
    let mut command = Cli::command();
    let mut path = String::from("regain");
    let words = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    for word in words.take_while(|word| Some(*word) != wrong) {
        let Some(next) = command.find_subcommand(word).cloned() else { continue };
        path.push(' ');
        path.push_str(next.get_name());
        command = next;
    }
    path
}

/// The options and positionals of ours in this part of the error.
fn named(error: &clap::Error, part: ContextKind) -> Option<String> {
    let known = |text: &str| text.starts_with(['-', '<', '[']);
    match error.get(part)? {
        ContextValue::String(text) => known(text).then(|| in_words(text)),
        ContextValue::Strings(all) => {
            Some(all.iter().map(|text| in_words(text)).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    }
}

/// As it is written in a sentence: `[USER]...` as `<USER>`, `<USER|--from <FILE>>` as `<USER> or --from`.
fn in_words(text: &str) -> String {
    let text = text.trim_end_matches("...");
    let group = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    match group.filter(|group| group.split('|').any(|one| one.starts_with("--"))) {
        Some(group) => {
            let names = group.split('|').filter_map(|one| one.split_whitespace().next());
            let names: Vec<String> = names
                .map(|name| match name.strip_prefix("--") {
                    Some(_) => name.to_owned(),
                    None => format!("<{}>", name.trim_end_matches("...").trim_matches(['<', '>', '[', ']'])),
                })
                .collect();
            names.join(" or ")
        }
        None => strip_value(&text.replace('[', "<").replace(']', ">")),
    }
}

/// `--password-stdin=secret` is shown as `--password-stdin`.
fn strip_value(text: &str) -> String {
    text.split('=').next().unwrap_or_default().to_owned()
}

/// What a slip of the fingers was meant to be: a name of ours, never what was typed. A name that only looks a little like
/// it is none: `revoke` is not what `reset` means.
fn suggested(error: &clap::Error) -> Option<String> {
    let kinds = [
        (ContextKind::SuggestedSubcommand, ContextKind::InvalidSubcommand),
        (ContextKind::SuggestedArg, ContextKind::InvalidArg),
        (ContextKind::SuggestedValue, ContextKind::InvalidValue),
    ];
    kinds.into_iter().find_map(|(suggestion, part)| {
        let typed = typed(error, part).map(strip_value)?;
        let slips = |known: &str| strsim::osa_distance(known, &typed);
        let all = match error.get(suggestion)? {
            ContextValue::String(text) => std::slice::from_ref(text),
            ContextValue::Strings(all) => all,
            _ => return None,
        };
        let nearest = all.iter().min_by_key(|known| slips(known))?;
        (slips(nearest) <= (typed.chars().count() / 3).max(1)).then(|| nearest.clone())
    })
}

/// What the value may be: one of some, or a number within a range.
fn limits(error: &clap::Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(all)) if !all.is_empty() => format!(" (one of {})", all.join(", ")),
        _ => match std::error::Error::source(error) {
            Some(source) if source.is::<std::num::ParseIntError>() => " (a whole number)".to_owned(),
            Some(source) if source.is::<ForeignCharacter>() => format!(": {source}"),
            Some(source) => range(&source.to_string()).unwrap_or_default(),
            None => String::new(),
        },
    }
}

/// The range in clap's own words, `0 is not in 1..=100`; what was typed is left out.
fn range(words: &str) -> Option<String> {
    let (_, range) = words.rsplit_once(" is not in ")?;
    let (from, to) = range.split_once("..")?;
    let (from, to) = (from.parse::<i128>().ok()?, to.trim_start_matches('=').parse::<i128>().ok()?);
    // Where the type alone ends it, the end says nothing.
    let open = to >= i128::from(u32::MAX);
    Some(if open {
        format!(" (a number from {from} on)")
    } else {
        format!(" (a number from {from} to {to})")
    })
}
