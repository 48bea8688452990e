//! Questions to the person at the terminal.
//!
//! A prompt is possible only where stdin and stderr both are a terminal and `--no-input` was not given: whoever
//! pipes something in must never find a prompt reading the terminal behind the pipe.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::time::Duration;

use dialoguer::theme::{SimpleTheme, Theme};
use zeroize::Zeroizing;

use super::ask_error::AskError;
use super::course::Esc;
use super::desk::{Desk, ask_line, in_words, line_after, on_terminal};
use super::keys::Impatient;
use super::printer::{OutputError, Printer};
use super::{escape, menu, secret_prompt};
use crate::domain::code::parse_typed;
use crate::domain::password::warm_up;
use crate::domain::secret::Kind;
use crate::domain::{Address, Channel, Reader, Secret, mfa, typed};
use crate::flow::reset::CodeAnswer;
use crate::guidance::notes::ABOUT_AUTHENTICATORS;

/// What can be answered besides the digits.
pub struct CodePrompt<'p> {
    pub text: &'p str,
    /// Whether Enter alone is an answer.
    pub again: bool,
    /// Whether `m` is one.
    pub other: bool,
    /// What `?` tells.
    pub help: Option<&'p dyn Fn()>,
}

/// The gate to all prompts.
pub struct Prompts<'p> {
    pub(super) printer: &'p Printer,
    possible: bool,
}

impl<'p> Prompts<'p> {
    pub fn new(printer: &'p Printer, no_input: bool) -> Self {
        let possible = !no_input && io::stdin().is_terminal() && printer.streams.err.terminal;
        Self { printer, possible }
    }

    /// Whether there is somebody to ask.
    pub fn are_possible(&self) -> bool {
        self.possible
    }

    /// A secret that exists already. Empty where only Enter was pressed.
    pub fn ask_secret(&self, prompt: &str) -> Result<Secret, AskError> {
        self.at_desk(false, |desk| secret_prompt::ask(desk, prompt, Kind::Password))
    }

    /// A token, of which nothing is shown either.
    pub fn ask_token(&self, prompt: &str) -> Result<Secret, AskError> {
        self.at_desk(false, |desk| secret_prompt::ask(desk, prompt, Kind::Typed))
    }

    /// A line that is shown while typed, without its line feed, otherwise as typed: an address, a name, a
    /// verification code. `initial` stands there already and can be changed.
    pub fn ask_line(&self, prompt: &str, initial: Option<&str>) -> Result<String, AskError> {
        self.at_desk(false, |desk| ask_line(desk, prompt, initial.unwrap_or_default()))
    }

    /// A line as `parse` reads it, asked for until it can be read.
    pub fn ask_until<T, E: Display>(
        &self,
        prompt: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, AskError> {
        loop {
            match parse(&self.ask_line(prompt, None)?) {
                Ok(read) => return Ok(read),
                Err(error) => self.printer.tell(&format!("Not accepted: {error}.")),
            }
        }
    }

    /// A new password, typed twice, or why `look_at` refused it after the first time. Three mismatches are
    /// [`AskError::Mismatch`].
    pub fn ask_new_password<L, E>(
        &self,
        look_at: impl Fn(&Secret) -> Result<L, E>,
    ) -> Result<Result<(Secret, L), E>, AskError> {
        // A person types for longer than the dictionaries take to build. A failure is met again, and told, where the password
        // is judged.
        std::thread::spawn(warm_up);
        let again = |prompt: &str| self.printer.with_step_back(|| self.ask_secret(prompt));
        secret_prompt::ask_new(
            |prompt| self.ask_secret(prompt),
            again,
            |line| self.printer.tell(line),
            look_at,
        )
    }

    /// An address, asked for until it is one; `?` tells `help`. A number that was read as another than was written is told
    /// whole.
    pub fn ask_address(
        &self,
        prompt: &str,
        reader: Reader,
        channel: Channel,
        help: Option<&dyn Fn()>,
    ) -> Result<Address, AskError> {
        let (address, text) = loop {
            let text = self.ask_line(prompt, None)?;
            match (typed::tidied(&text).as_str(), help) {
                ("?", Some(help)) => help(),
                _ => match reader.address(channel, &text) {
                    Ok(address) => break (address, text),
                    Err(error) => self.printer.tell(&format!("Not accepted: {error}.")),
                },
            }
        };
        if address.is_rewritten(&text) {
            self.printer.tell(&format!("That is {address}."));
        }
        Ok(address)
    }

    /// A code of that many digits, until it is one by its form: a slip costs nothing (security K1).
    pub fn ask_code(&self, prompt: &CodePrompt<'_>, length: usize) -> Result<CodeAnswer, AskError> {
        loop {
            let answer = Zeroizing::new(self.ask_line(prompt.text, None)?);
            match (typed::tidied(&answer).as_str(), prompt.help) {
                ("", _) if prompt.again => return Ok(CodeAnswer::Again),
                ("m" | "M", _) if prompt.other => return Ok(CodeAnswer::OtherMethod),
                ("?", Some(help)) => help(),
                (text, _) => match parse_typed(text, length) {
                    Ok(digits) => return Ok(CodeAnswer::Digits(digits)),
                    Err(malformed) => {
                        self.printer.tell(&format!("Not accepted: {malformed}. It does not count as a try."));
                    }
                },
            }
        }
    }

    /// The code of an authenticator, until it is one by its form: a slip costs nothing (security K1).
    /// `?` tells the lines of `help`.
    pub fn ask_totp(&self, prompt: &str, help: &[&str]) -> Result<Secret, AskError> {
        let prompt = format!("{prompt} (?: help)");
        loop {
            let answer = self.ask_line(&prompt, None)?;
            if typed::tidied(&answer).as_str() == "?" {
                for line in help {
                    self.printer.tell(line);
                }
                continue;
            }
            match mfa::parse(&answer) {
                Ok(digits) => return Ok(digits),
                Err(malformed) => {
                    self.printer.tell(&format!("Not accepted: {malformed}. It does not count as a try."));
                }
            }
        }
    }

    /// Yes or no. Enter alone takes the default, if there is one.
    pub fn confirm(&self, question: &str, default: Option<bool>) -> Result<bool, AskError> {
        self.declinable(|desk| confirm(desk, question, default))
    }

    /// Yes or no; whoever types nothing within `wait` has said yes.
    pub fn confirm_or_wait(&self, question: &str, wait: Duration) -> Result<bool, AskError> {
        self.declinable(|desk| {
            let mut impatient = Impatient { keyboard: desk.keyboard, wait: Some(wait) };
            let mut desk = Desk { keyboard: &mut impatient, out: desk.out, dumb: desk.dumb };
            confirm(&mut desk, question, Some(true))
        })
    }

    /// The index of the chosen item.
    pub fn select(&self, question: &str, items: &[&str]) -> Result<usize, AskError> {
        let program = self.printer.program();
        let items: Vec<String> = items.iter().map(|item| program.name_in(item)).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        self.at_desk(!self.printer.streams.dumb, |desk| menu::select(desk, question, &items))
    }

    /// Esc never warns: it declines.
    fn declinable<T>(&self, ask: impl FnMut(&mut Desk<'_>) -> Result<T, AskError>) -> Result<T, AskError> {
        self.until_answered(false, true, ask)
    }

    fn at_desk<T>(
        &self,
        hides_cursor: bool,
        ask: impl FnMut(&mut Desk<'_>) -> Result<T, AskError>,
    ) -> Result<T, AskError> {
        self.until_answered(hides_cursor, false, ask)
    }

    fn until_answered<T>(
        &self,
        hides_cursor: bool,
        declines: bool,
        mut ask: impl FnMut(&mut Desk<'_>) -> Result<T, AskError>,
    ) -> Result<T, AskError> {
        if !self.possible {
            return Err(AskError::NoTerminal);
        }
        // What the question is about must stand above it.
        self.printer.flush().map_err(|error| match error {
            OutputError::Write(error) => error,
            OutputError::Encode(error) => error.into(),
        })?;
        let course = &self.printer.course;
        loop {
            match on_terminal(hides_cursor, self.printer.streams.dumb, &mut ask) {
                Err(AskError::Back) => match course.escape(declines) {
                    Esc::Leaves => return Err(AskError::Cancelled),
                    Esc::GoesBack => return Err(AskError::Back),
                    Esc::Warns(warning) => self.printer.tell(&warning),
                },
                answer => {
                    course.answered();
                    return answer;
                }
            }
        }
    }
}

/// What helps somebody whose authenticator's code is asked for.
pub const AUTHENTICATOR_HELP: [&str; 5] = [
    "Your authenticator shows a code of 6 digits, and a new one every 30 seconds:",
    "  - use the newest entry with exactly this name",
    "  - check that the phone sets its clock automatically",
    "  - phone lost? ask {administrator} to remove the authenticator",
    ABOUT_AUTHENTICATORS,
];

/// What helps somebody who is just adding one.
pub const NEW_AUTHENTICATOR_HELP: [&str; 4] = [
    "Your authenticator shows a code of 6 digits, and a new one every 30 seconds:",
    "  - take the entry that you added for this enrolment",
    "  - see that the phone's clock sets itself",
    ABOUT_AUTHENTICATORS,
];

fn confirm(desk: &mut Desk<'_>, question: &str, default: Option<bool>) -> Result<bool, AskError> {
    let mut label = String::new();
    let question = escape::visible(question.trim_end());
    SimpleTheme
        .format_confirm_prompt(&mut label, &question, default)
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let label = in_words(&label);
    loop {
        let answer = line_after(desk, &label, "")?;
        match (typed::tidied(&answer).to_ascii_lowercase().as_str(), default) {
            ("y" | "yes", _) => return Ok(true),
            ("n" | "no", _) => return Ok(false),
            ("", Some(default)) => return Ok(default),
            _ => desk.say("Please answer y or n.\n")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::color::Streams;
    use super::super::desk::label;
    use super::super::keys::tests::Typed;
    use super::super::printer::Settings;
    use super::super::printer::tests::on_paper;
    use super::*;

    fn confirmed(keys: &[u8], default: Option<bool>) -> (Result<bool, AskError>, String) {
        let mut out = Vec::new();
        let mut keyboard = Typed::new(keys);
        let mut desk = Desk { keyboard: &mut keyboard, out: &mut out, dumb: false };
        let answer = confirm(&mut desk, "Go on?", default);
        (answer, String::from_utf8(out).unwrap())
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        let (printer, _, err) = on_paper(Settings::default(), Streams::default());
        let prompts = Prompts::new(&printer, false);
        assert!(!prompts.are_possible());
        assert!(matches!(prompts.ask_secret("Password"), Err(AskError::NoTerminal)));
        assert!(matches!(prompts.confirm("Sure?", Some(true)), Err(AskError::NoTerminal)));
        assert_eq!(err.text(), "");
    }

    #[test]
    fn yes_and_no_and_the_default() {
        assert_eq!(confirmed(b"y\r", None).0.ok(), Some(true));
        assert_eq!(confirmed(b"No\r", Some(true)).0.ok(), Some(false));
        assert_eq!(confirmed(b"\r", Some(false)).0.ok(), Some(false));
        let (answer, shown) = confirmed(b"\rmaybe\ryes\r", None);
        assert_eq!(answer.ok(), Some(true));
        assert_eq!(
            shown,
            "Go on? [y/n] \nPlease answer y or n.\nGo on? [y/n] maybe\nPlease answer y or n.\n\
             Go on? [y/n] yes\n"
        );
        assert!(matches!(confirmed(b"\x04", Some(true)).0, Err(AskError::Cancelled)));
    }

    #[test]
    fn who_says_nothing_in_time_has_said_yes() {
        let mut out = Vec::new();
        let mut silent = Typed::then_pause(b"");
        let mut keyboard = Impatient { keyboard: &mut silent, wait: Some(Duration::from_millis(1)) };
        let mut desk = Desk { keyboard: &mut keyboard, out: &mut out, dumb: false };
        assert!(confirm(&mut desk, "Log in now?", Some(true)).is_ok_and(|yes| yes));
    }

    #[test]
    fn labels_end_once() {
        assert_eq!(label("Name"), "Name: ");
        assert_eq!(label("Which one? "), "Which one? ");
        assert_eq!(label("a\u{1b}b:"), "a\\u{1b}b: ");
    }
}
