//! Secrets on standard input: a line each, in the order in which their options were given (cli.md, "Secrets").

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::context::Context;
use super::failure::Failure;
use crate::domain::secret::Kind;
use crate::domain::{Channel, Secret};
use crate::ui::{StdinSecrets, stdin};

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Line {
    Password,
    OldPassword,
    NewPassword,
    /// The code that an authenticator shows.
    Totp,
    /// A code that was sent.
    Code,
    SetupToken,
    /// To a CAPTCHA.
    Answer,
}

impl Line {
    fn kind(self) -> Kind {
        match self {
            Self::Password | Self::OldPassword | Self::NewPassword => Kind::Password,
            Self::Totp | Self::Code | Self::SetupToken | Self::Answer => Kind::Typed,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OldPassword => "old password",
            Self::NewPassword => "new password",
            Self::Totp => "TOTP code",
            Self::Code => "code",
            Self::SetupToken => "setup token",
            Self::Answer => "answer",
        }
    }
}

impl Line {
    /// The option that says that it comes.
    fn option(self) -> &'static str {
        match self {
            Self::Password | Self::OldPassword | Self::NewPassword => "--password-stdin",
            Self::Totp => "--totp-stdin",
            Self::Code => "--code-stdin",
            Self::SetupToken => "--token-stdin",
            Self::Answer => "--answer-stdin",
        }
    }
}

/// The options that stand for lines, by their ids.
const OPTIONS: [(&str, Line); 4] = [
    ("password_stdin", Line::Password),
    (TOTP_STDIN, Line::Totp),
    (CODE_STDIN, Line::Code),
    ("token_stdin", Line::SetupToken),
];
pub(in crate::cli) const PASSWORD_FILE: &str = "--password-file";
const TOTP_STDIN: &str = "totp_stdin";
const CODE_STDIN: &str = "code_stdin";
const CODE_TO: &str = "code_to";
/// In the help they stand behind the options of their command.
const LAST: usize = 100;

/// `--totp-stdin` if `TOTP`, `--code-stdin` and `--code-to` if `CODE`, and the order in which they and the others of a
/// command that stand for lines were given, which only the raw matches tell. It must be the first field of its command: the
/// fields after it take their options out of the matches.
#[derive(Debug, Clone)]
pub(in crate::cli) struct StdinOptions<const TOTP: bool, const CODE: bool> {
    order: Vec<Line>,
    code_to: Option<Channel>,
}

impl<const TOTP: bool, const CODE: bool> StdinOptions<TOTP, CODE> {
    /// Standard input, of which nothing has been read.
    pub(in crate::cli) fn lines<'c>(&self, context: &'c Context<'_>) -> Lines<'c> {
        Lines { code_to: self.code_to, ..Lines::of(context, self.order.iter().copied()) }
    }
}

/// Standard input as lines of secrets; claimed at the first use. A line that is taken is read with all that come before it,
/// and after the last line nothing may follow.
pub(in crate::cli) struct Lines<'c> {
    context: &'c Context<'c>,
    stdin: Option<StdinSecrets<'c>>,
    ahead: VecDeque<Line>,
    read: Vec<(Line, Secret)>,
    /// The line that could not be read.
    bad: Option<Line>,
    /// After all others come as many lines with codes as turn out to be needed.
    codes: bool,
    code_to: Option<Channel>,
}

impl<'c> Lines<'c> {
    fn of(context: &'c Context<'_>, lines: impl IntoIterator<Item = Line>) -> Self {
        Self {
            context,
            stdin: None,
            ahead: lines.into_iter().collect(),
            read: Vec::new(),
            bad: None,
            codes: false,
            code_to: None,
        }
    }

    /// For a command that reads none, and asks.
    pub(in crate::cli) fn none(context: &'c Context<'_>) -> Self {
        Self::of(context, [])
    }

    /// The one line of a command that reads no other.
    pub(in crate::cli) fn only(context: &'c Context<'_>, line: Line) -> Result<Secret, Failure> {
        let mut lines = Self::none(context);
        let secret = lines.next(line)?;
        lines.end()?;
        Ok(secret)
    }

    /// Where an option stands for two lines.
    pub(in crate::cli) fn with_two(mut self, option: Line, lines: [Line; 2]) -> Self {
        let two = |line| if line == option { lines.to_vec() } else { vec![line] };
        self.ahead = self.ahead.into_iter().flat_map(two).collect();
        self
    }

    /// Where `--code-stdin` stands for any number of lines, after those of the other options.
    pub(in crate::cli) fn with_codes_last(mut self) -> Self {
        self.codes = self.ahead.contains(&Line::Code);
        self.ahead.retain(|line| *line != Line::Code);
        self
    }

    /// The first line of that kind that was not taken yet; `None` where its option was not given.
    pub(in crate::cli) fn take(&mut self, line: Line) -> Result<Option<Secret>, Failure> {
        let at = |lines: &Self| lines.read.iter().position(|(of, _)| *of == line);
        while at(self).is_none() && self.ahead.contains(&line) {
            let Some(next) = self.ahead.pop_front() else { break };
            let secret = self.next(next)?;
            self.read.push((next, secret));
            // What cannot be a line is no better for what comes after it.
            if self.ahead.is_empty() && !self.codes && self.bad.is_none() {
                self.end()?;
            }
        }
        Ok(at(self).map(|at| self.read.remove(at).1))
    }

    /// Which line could not be read, if any.
    pub(in crate::cli) fn bad(&self) -> Option<Line> {
        self.bad
    }

    /// Whether a line has the code that was sent.
    pub(in crate::cli) fn have_code(&self) -> bool {
        self.codes || self.ahead.contains(&Line::Code) || self.have_read_code()
    }

    /// Whether the code was read before the lines of other options, and so answers one that was sent before. Else it is
    /// read when the code has been sent, so that whoever feeds the lines can wait for it.
    pub(in crate::cli) fn have_read_code(&self) -> bool {
        self.read.iter().any(|(line, _)| *line == Line::Code)
    }

    /// The next code, if a line has it.
    pub(in crate::cli) fn code(&mut self) -> Result<Option<Secret>, Failure> {
        if self.codes { self.next(Line::Code).map(Some) } else { self.take(Line::Code) }
    }

    /// The last of the codes that come after all others.
    pub(in crate::cli) fn last_code(&mut self) -> Result<Option<Secret>, Failure> {
        let code = self.code()?;
        if self.codes {
            self.end()?;
        }
        Ok(code)
    }

    /// The kind of contact that a code should go to.
    pub(in crate::cli) fn code_to(&self) -> Option<Channel> {
        self.code_to
    }

    fn next(&mut self, line: Line) -> Result<Secret, Failure> {
        self.context.printer.detail(|| format!("read: the {} from standard input", line.noun()));
        let stdin = match &mut self.stdin {
            Some(stdin) => stdin,
            none => none.insert(StdinSecrets::claim(&self.context.printer)?),
        };
        stdin.next_line(line.noun(), line.kind()).map_err(|error| {
            self.bad = Some(line);
            Failure::Secret { option: line.option(), error }
        })
    }

    /// After the last line, before anything is done with what was read.
    fn end(&mut self) -> Result<(), Failure> {
        match &mut self.stdin {
            Some(stdin) => Ok(stdin.end()?),
            None => Ok(()),
        }
    }
}

impl<const TOTP: bool, const CODE: bool> FromArgMatches for StdinOptions<TOTP, CODE> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let place = |id: &str| {
            let known = matches.try_contains_id(id).unwrap_or(false);
            let typed = known && matches.value_source(id) == Some(ValueSource::CommandLine);
            typed.then(|| matches.index_of(id)).flatten()
        };
        let mut given: Vec<(usize, Line)> =
            OPTIONS.iter().filter_map(|(id, line)| Some((place(id)?, *line))).collect();
        let file = matches.try_get_one::<PathBuf>("password_file").ok().flatten();
        if file.is_some_and(|path| is_stdin(path)) {
            given.extend(matches.index_of("password_file").map(|at| (at, Line::Password)));
        }
        given.sort_by_key(|(at, _)| *at);
        let code_to = matches.try_get_one::<String>(CODE_TO).ok().flatten();
        Ok(Self {
            order: given.into_iter().map(|(_, line)| line).collect(),
            code_to: code_to.and_then(|word| word.parse().ok()),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<const TOTP: bool, const CODE: bool> Args for StdinOptions<TOTP, CODE> {
    fn augment_args(mut command: Command) -> Command {
        let line = |id, long, help| {
            Arg::new(id).long(long).action(ArgAction::SetTrue).display_order(LAST).help(help)
        };
        if TOTP {
            command = command.arg(line(
                TOTP_STDIN,
                "totp-stdin",
                "Read the TOTP code from standard input (one line); lines follow the order of the options",
            ));
        }
        if CODE {
            command = command
                .arg(line(
                    CODE_STDIN,
                    "code-stdin",
                    "Read the sent code from standard input (one line); lines follow the order of the options",
                ))
                .arg(
                    Arg::new(CODE_TO)
                        .long("code-to")
                        .value_name("KIND")
                        .value_parser(["email", "mobile"])
                        .display_order(LAST)
                        .help("Choose which of your contacts receives the code, instead of being asked"),
                );
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Whether a file to read is standard input, or one to write standard output.
pub(in crate::cli) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

// Where a password comes from if not from a prompt. No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Clone, Args, Default)]
pub(in crate::cli) struct PasswordSource {
    /// Read the password from standard input (one line)
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from a file that only you can read; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    password_file: Option<PathBuf>,
    /// Read the password from an open file descriptor
    #[arg(long, value_name = "N", conflicts_with_all = ["password_stdin", "password_file"])]
    password_fd: Option<u32>,
}

impl PasswordSource {
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some() || self.password_fd.is_some()
    }

    /// The password, if an option says where it is.
    pub(in crate::cli) fn read(&self, lines: &mut Lines<'_>) -> Result<Option<Secret>, Failure> {
        if self.password_stdin || self.password_file.as_deref().is_some_and(is_stdin) {
            return lines.take(Line::Password);
        }
        if self.password_file.is_some() || self.password_fd.is_some() {
            // A descriptor is opened anew, by its name and so with the service's rights: whoever could open a file
            // for writing alone would have it read. sudo hands on none but the first three, besides.
            let option = if self.password_file.is_some() { PASSWORD_FILE } else { "--password-fd" };
            lines.context.own_file("use --password-stdin").map_err(|failure| failure.of(option))?;
        }
        let printer = &lines.context.printer;
        match (&self.password_file, self.password_fd) {
            (Some(path), _) => {
                printer.detail(|| format!("read: the password from {}", path.display()));
                let read = stdin::from_file(path);
                read.map(Some).map_err(|error| Failure::Secret { option: PASSWORD_FILE, error })
            }
            (None, Some(number)) => {
                printer.detail(|| format!("read: the password from the file descriptor {number}"));
                let read = stdin::from_descriptor(number);
                read.map(Some).map_err(|error| Failure::Secret { option: "--password-fd", error })
            }
            (None, None) => Ok(None),
        }
    }

    /// For a command that reads no other line.
    pub(in crate::cli) fn read_only(&self, context: &Context<'_>) -> Result<Option<Secret>, Failure> {
        self.read(&mut Lines::of(context, [Line::Password]))
    }
}
