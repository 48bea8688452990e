//! Arguments and secrets on their way in: parsing with messages that tell the way out.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use jiff::Timestamp;

use super::context::Context;
use super::failure::Failure;
use crate::domain::address::{Address, Channel};
use crate::domain::code::parse_typed;
use crate::domain::name::Name;
use crate::domain::secret::Secret;
use crate::domain::who::Who;
use crate::domain::{span, time};
use crate::ui::{StdinSecrets, stdin};

/// A USER argument.
pub(in crate::cli) fn who(text: &str) -> Result<Who, Failure> {
    Who::parse(text).map_err(|error| {
        Failure::usage_with(error.to_string(), "write acme/alice, acme, alice@example.com or +4915112345678")
    })
}

/// An account's name, with or without its slash.
pub(in crate::cli) fn account(text: &str) -> Result<Name, Failure> {
    let text = text.strip_suffix('/').unwrap_or(text);
    Name::parse(text).map_err(|error| Failure::usage(error.to_string()))
}

/// A USER argument that must name an IAM user by name.
pub(in crate::cli) fn member(text: &str) -> Result<(Name, Name), Failure> {
    match who(text)? {
        Who::Member(account, user) => Ok((account, user)),
        _ => Err(Failure::usage_with("this needs the name of an IAM user", "write it as acme/alice")),
    }
}

/// A moment: as RFC 3339 writes it, or a span such as 24h, which is so long before `now`.
pub(in crate::cli) fn moment(text: &str, option: &'static str, now: Timestamp) -> Result<Timestamp, Failure> {
    if let Ok(ago) = span::parse(text) {
        return Ok(time::before(now, ago));
    }
    text.parse().map_err(|_| {
        Failure::usage_with(
            format!("{option} is no moment"),
            "write it as 2026-11-21T18:00:00Z, or as a span such as 24h: so long ago",
        )
    })
}

/// A code that was not typed at a prompt, which would ask again.
pub(in crate::cli) fn digits(typed: &Secret, length: usize) -> Result<Secret, Failure> {
    parse_typed(typed.expose(), length)
        .map_err(|malformed| Failure::usage_with(malformed.to_string(), "it costs no try"))
}

/// An address of a channel.
pub(in crate::cli) fn address(channel: Channel, text: &str) -> Result<Address, Failure> {
    Address::parse(channel, text).map_err(|error| Failure::usage(error.to_string()))
}

/// A remark of `--reason` or `--ticket` is a line: one of several could pass for several records (security U4),
/// and it stands in every record of a run over many people.
pub(in crate::cli) fn remark(option: &str, text: Option<&str>) -> Result<(), Failure> {
    const LENGTH: usize = 500;
    let Some(text) = text else { return Ok(()) };
    if text.chars().any(breaks_the_line) {
        return Err(Failure::usage(format!("{option} takes one line, without control characters")));
    }
    if text.chars().count() > LENGTH {
        return Err(Failure::usage(format!("{option} takes at most {LENGTH} characters")));
    }
    Ok(())
}

fn breaks_the_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `--email E` or `--mobile M`, exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(in crate::cli) struct OneAddress {
    /// The email address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The mobile number, such as +4915112345678
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
}

impl OneAddress {
    pub(in crate::cli) fn read(&self) -> Result<Address, Failure> {
        match (&self.email, &self.mobile) {
            (Some(email), _) => address(Channel::Email, email),
            (None, Some(mobile)) => address(Channel::Mobile, mobile),
            (None, None) => Err(Failure::usage("give --email or --mobile")),
        }
    }
}

/// `--email E` and `--mobile M`, any of them.
#[derive(Debug, Args)]
pub(in crate::cli) struct Addresses {
    /// An email address, bound as verified on your word
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) email: Option<String>,
    /// A mobile number, such as +4915112345678, bound as verified on your word
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) mobile: Option<String>,
}

impl Addresses {
    pub(in crate::cli) fn read(&self) -> Result<Vec<Address>, Failure> {
        let email = self.email.as_deref().map(|text| address(Channel::Email, text));
        let mobile = self.mobile.as_deref().map(|text| address(Channel::Mobile, text));
        email.into_iter().chain(mobile).collect()
    }
}

/// Where a password comes from if not from a prompt.
#[derive(Debug, Args, Default)]
pub(in crate::cli) struct PasswordSource {
    /// Read the password from standard input, a line
    #[arg(long)]
    pub(in crate::cli) password_stdin: bool,
    /// Read the password from a file that only you can read
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    pub(in crate::cli) password_file: Option<PathBuf>,
    /// Read the password from an open file descriptor
    #[arg(long, value_name = "N", conflicts_with_all = ["password_stdin", "password_file"])]
    pub(in crate::cli) password_fd: Option<u32>,
}

impl PasswordSource {
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some() || self.password_fd.is_some()
    }

    /// The password, if an option says where it is; `lines` is standard input if something else claimed it.
    pub(in crate::cli) fn read(&self, lines: &mut Lines<'_>) -> Result<Option<Secret>, Failure> {
        if self.password_stdin {
            return lines.next("password").map(Some);
        }
        if self.password_file.is_some() || self.password_fd.is_some() {
            // A descriptor is opened anew, by its name and so with the service's rights: whoever could open a file
            // for writing alone would have it read. sudo hands on none but the first three, besides.
            lines.context.own_file("use --password-stdin")?;
        }
        let printer = &lines.context.printer;
        match (&self.password_file, self.password_fd) {
            (Some(path), _) => {
                printer.detail(|| format!("read: the password from {}", path.display()));
                Ok(Some(stdin::from_file(path)?))
            }
            (None, Some(number)) => {
                printer.detail(|| format!("read: the password from the file descriptor {number}"));
                Ok(Some(stdin::from_descriptor(number)?))
            }
            (None, None) => Ok(None),
        }
    }

    /// The password, for a command that reads nothing else.
    pub(in crate::cli) fn read_only(&self, context: &Context<'_>) -> Result<Option<Secret>, Failure> {
        let mut lines = Lines::of(context);
        let password = self.read(&mut lines)?;
        lines.end()?;
        Ok(password)
    }
}

/// Standard input as lines of secrets, in the order of the options; claimed at the first use.
pub(in crate::cli) struct Lines<'c> {
    context: &'c Context<'c>,
    stdin: Option<StdinSecrets<'c>>,
}

impl<'c> Lines<'c> {
    pub(in crate::cli) fn of(context: &'c Context<'c>) -> Self {
        Self { context, stdin: None }
    }

    pub(in crate::cli) fn next(&mut self, what: &'static str) -> Result<Secret, Failure> {
        self.context.printer.detail(|| format!("read: the {what} from standard input"));
        let stdin = match self.stdin.take() {
            Some(stdin) => stdin,
            None => StdinSecrets::claim(&self.context.printer)?,
        };
        Ok(self.stdin.insert(stdin).next_line(what)?)
    }

    /// After the last line, before anything is done with what was read.
    pub(in crate::cli) fn end(&mut self) -> Result<(), Failure> {
        match &mut self.stdin {
            Some(stdin) => Ok(stdin.end()?),
            None => Ok(()),
        }
    }

    /// The one line of a command that reads no other.
    pub(in crate::cli) fn only(&mut self, what: &'static str) -> Result<Secret, Failure> {
        let line = self.next(what)?;
        self.end()?;
        Ok(line)
    }
}

/// `--totp-stdin`: a line of standard input among those of other options, in the order in which they were given
/// (cli.md, "Secrets"), which only the raw matches tell. It must be the first field of its command: the fields after it
/// take their options out of the matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct TotpSource {
    /// How many of the others come before it, if it was given.
    place: Option<usize>,
}

const TOTP: &str = "totp_stdin";
/// In the help it stands behind the options of its command.
const LAST: usize = 100;
/// The options whose lines it may stand among.
const OTHERS: [&str; 3] = ["password_stdin", "code_stdin", "token_stdin"];

impl TotpSource {
    /// What `read` reads, with the code before or after it.
    pub(in crate::cli) fn beside<'c, T>(
        self,
        lines: &mut Lines<'c>,
        read: impl FnOnce(&mut Lines<'c>) -> Result<T, Failure>,
    ) -> Result<(T, Option<Secret>), Failure> {
        match self.place {
            None => Ok((read(lines)?, None)),
            Some(0) => {
                let code = code(lines)?;
                Ok((read(lines)?, Some(code)))
            }
            Some(_) => Ok((read(lines)?, Some(code(lines)?))),
        }
    }

    /// What `read` reads, with both codes, where the options stand for two lines, one each.
    pub(in crate::cli) fn among<'c, T, U>(
        self,
        lines: &mut Lines<'c>,
        first: impl FnOnce(&mut Lines<'c>) -> Result<T, Failure>,
        second: impl FnOnce(&mut Lines<'c>) -> Result<U, Failure>,
    ) -> Result<(T, U, Option<Secret>), Failure> {
        if self.place.is_some_and(|place| place > 1) {
            let (one, two) = (first(lines)?, second(lines)?);
            return Ok((one, two, Some(code(lines)?)));
        }
        let (one, totp) = self.beside(lines, first)?;
        Ok((one, second(lines)?, totp))
    }
}

fn code(lines: &mut Lines<'_>) -> Result<Secret, Failure> {
    lines.next("TOTP code")
}

impl FromArgMatches for TotpSource {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |id: &str| {
            let known = matches.try_contains_id(id).unwrap_or(false);
            let typed = known && matches.value_source(id) == Some(ValueSource::CommandLine);
            typed.then(|| matches.index_of(id)).flatten()
        };
        let before = |totp| OTHERS.iter().filter_map(|id| given(id)).filter(|other| *other < totp).count();
        Ok(Self { place: given(TOTP).map(before) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for TotpSource {
    fn augment_args(command: Command) -> Command {
        command.arg(
            Arg::new(TOTP)
                .long("totp-stdin")
                .action(ArgAction::SetTrue)
                .display_order(LAST)
                .help("Read the TOTP code from standard input, a line; in the order of the options"),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
