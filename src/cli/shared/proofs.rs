//! What people show besides the password: the code of an authenticator, and one that was sent to them. As options of
//! a command: lines of standard input in the order in which they were given (cli.md, "Secrets").

use anyhow::anyhow;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::context::Context;
use super::failure::Failure;
use super::input::Lines;
use crate::domain::address::Channel;
use crate::domain::secret::Secret;

/// `--code-stdin`, `--code-to` and, where `TOTP`, `--totp-stdin`. It must be the first field of its command: the fields
/// after it take their options out of the matches.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Proofs<const TOTP: bool> {
    /// The options that stand for lines, as they were given.
    order: Vec<Line>,
    to: Option<Channel>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Password,
    Totp,
    Code,
}

const LINES: [(&str, Line); 3] =
    [("password_stdin", Line::Password), ("totp_stdin", Line::Totp), (CODE, Line::Code)];
const CODE: &str = "code_stdin";
const TO: &str = "code_to";
/// In the help they stand behind the options of their command.
const LAST: usize = 100;

/// What was read before anything is judged.
pub(in crate::cli) struct Given<'c, P, T> {
    pub(in crate::cli) password: P,
    pub(in crate::cli) totp: Option<T>,
    pub(in crate::cli) codes: Codes<'c>,
}

/// Where codes that were sent come from, if not from a prompt.
pub(in crate::cli) struct Codes<'c> {
    given: Option<Code>,
    lines: Lines<'c>,
    /// The kind of contact that a code should go to.
    to: Option<Channel>,
    /// Whether lines follow that are read by somebody else.
    more: bool,
}

enum Code {
    /// Read, because the lines of other options come after it.
    Read(Secret),
    /// The last line: read when the code has been sent, so that whoever feeds the lines can wait for it.
    Last,
}

impl<'c> Codes<'c> {
    /// Where there is only the prompt.
    pub(in crate::cli) fn from_prompt(context: &'c Context<'_>) -> Self {
        Self { given: None, lines: Lines::of(context), to: None, more: false }
    }

    /// From lines that go on afterwards.
    pub(in crate::cli) fn among(lines: Lines<'c>, given: bool) -> Self {
        Self { given: given.then_some(Code::Last), lines, to: None, more: true }
    }

    /// The lines that are left.
    pub(in crate::cli) fn into_lines(self) -> Lines<'c> {
        self.lines
    }

    pub(in crate::cli) fn to(&self) -> Option<Channel> {
        self.to
    }

    /// Whether a line has it.
    pub(in crate::cli) fn are_given(&self) -> bool {
        self.given.is_some()
    }

    /// Whether the code was there from the beginning, and so answers one that was sent before.
    pub(in crate::cli) fn was_read(&self) -> bool {
        matches!(self.given, Some(Code::Read(_)))
    }

    /// The line with the code, if there is one.
    pub(in crate::cli) fn line(&mut self) -> Result<Option<Secret>, Failure> {
        match self.given.take() {
            None => Ok(None),
            Some(Code::Read(code)) => Ok(Some(code)),
            Some(Code::Last) if self.more => {
                self.given = Some(Code::Last);
                self.lines.next("code").map(Some)
            }
            Some(Code::Last) => self.lines.only("code").map(Some),
        }
    }
}

impl<const TOTP: bool> Proofs<TOTP> {
    /// Reads the lines in their order. `password` reads what the password's option stands for, wherever that comes
    /// from; `totp` the lines of an authenticator.
    pub(in crate::cli) fn read<'c, P, T>(
        &self,
        context: &'c Context<'_>,
        password: impl FnOnce(&mut Lines<'c>) -> Result<P, Failure>,
        totp: impl FnOnce(&mut Lines<'c>) -> Result<T, Failure>,
    ) -> Result<Given<'c, P, T>, Failure> {
        let mut lines = Lines::of(context);
        let (mut password, mut totp) = (Some(password), Some(totp));
        let (mut known, mut shown, mut code) = (None, None, None);
        if !self.order.contains(&Line::Password) {
            known = password.take().map(|read| read(&mut lines)).transpose()?;
        }
        for (at, line) in self.order.iter().enumerate() {
            match line {
                Line::Password => known = password.take().map(|read| read(&mut lines)).transpose()?,
                Line::Totp => shown = totp.take().map(|read| read(&mut lines)).transpose()?,
                Line::Code if at + 1 == self.order.len() => code = Some(Code::Last),
                Line::Code => code = Some(Code::Read(lines.next("code")?)),
            }
        }
        if !matches!(code, Some(Code::Last)) {
            lines.end()?;
        }
        let Some(password) = known else {
            return Err(anyhow!("the password was not looked for").into());
        };
        Ok(Given { password, totp: shown, codes: Codes { given: code, lines, to: self.to, more: false } })
    }
}

/// The one line of an authenticator.
pub(in crate::cli) fn one_totp(lines: &mut Lines<'_>) -> Result<Secret, Failure> {
    lines.next("TOTP code")
}

/// Two in a row, a line each.
pub(in crate::cli) fn two_totps(lines: &mut Lines<'_>) -> Result<(Secret, Secret), Failure> {
    Ok((one_totp(lines)?, one_totp(lines)?))
}

impl<const TOTP: bool> FromArgMatches for Proofs<TOTP> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let place = |id: &str| {
            let known = matches.try_contains_id(id).unwrap_or(false);
            let typed = known && matches.value_source(id) == Some(ValueSource::CommandLine);
            typed.then(|| matches.index_of(id)).flatten()
        };
        let mut given: Vec<(usize, Line)> =
            LINES.iter().filter_map(|(id, line)| place(id).map(|at| (at, *line))).collect();
        given.sort_by_key(|(at, _)| *at);
        let to = matches.get_one::<String>(TO).and_then(|word| word.parse().ok());
        Ok(Self { order: given.into_iter().map(|(_, line)| line).collect(), to })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// `--code-to`, for a command that reads its lines by itself too.
pub(in crate::cli) fn code_to() -> Arg {
    Arg::new(TO)
        .long("code-to")
        .value_name("KIND")
        .value_parser(["email", "mobile"])
        .display_order(LAST)
        .help("Which of your contacts the code goes to, instead of asking")
}

impl<const TOTP: bool> Args for Proofs<TOTP> {
    fn augment_args(command: Command) -> Command {
        let code = Arg::new(CODE)
            .long("code-stdin")
            .action(ArgAction::SetTrue)
            .display_order(LAST)
            .help("Read the code that was sent from standard input, a line; in the order of the options");
        let totp = Arg::new("totp_stdin")
            .long("totp-stdin")
            .action(ArgAction::SetTrue)
            .display_order(LAST)
            .help("Read the TOTP code from standard input, a line; in the order of the options");
        let command = if TOTP { command.arg(totp) } else { command };
        command.arg(code).arg(code_to())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
