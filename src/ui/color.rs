//! What the terminal can show: colour, width, characters. Judged from values passed in, never read from here.

use std::io::IsTerminal;

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// The variables of the environment that decide how things are shown, by their names.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    pub no_color: Option<String>,
    pub clicolor: Option<String>,
    pub clicolor_force: Option<String>,
    pub term: Option<String>,
    /// `ACCESSIBLE`: somebody has the lines of the terminal read out.
    pub accessible: Option<String>,
    pub lc_all: Option<String>,
    pub lc_ctype: Option<String>,
    pub lang: Option<String>,
}

impl Environment {
    /// A terminal that understands no escape sequence, or says nothing of what it is.
    pub fn is_dumb(&self) -> bool {
        self.term.as_deref().is_none_or(|term| term.is_empty() || term == "dumb")
    }

    /// Whether questions are asked line by line, without anything that is painted: by a terminal that cannot be painted
    /// on, or for somebody who has its lines read out.
    pub fn is_plain(&self) -> bool {
        self.is_dumb() || self.accessible.as_deref().is_some_and(|value| !matches!(value, "" | "0" | "false"))
    }

    /// Whether the locale is a UTF-8 one. The first of the three that is set and not empty decides (POSIX).
    pub fn is_utf8(&self) -> bool {
        [&self.lc_all, &self.lc_ctype, &self.lang]
            .into_iter()
            .flatten()
            .find(|value| !value.is_empty())
            .is_some_and(|locale| {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            })
    }

    /// Whether a stream is written in colour: flag > `NO_COLOR` > `CLICOLOR_FORCE` > `TERM=dumb` >
    /// `CLICOLOR=0` > terminal. The variables' meaning is that of no-color.org and bixense.com/clicolors.
    pub fn wants_color(&self, choice: ColorChoice, is_terminal: bool) -> bool {
        let set = |variable: &Option<String>| variable.as_ref().is_some_and(|value| !value.is_empty());
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set(&self.no_color) => false,
            ColorChoice::Auto if set(&self.clicolor_force) && self.clicolor_force.as_deref() != Some("0") => {
                true
            }
            ColorChoice::Auto if self.is_dumb() || self.clicolor.as_deref() == Some("0") => false,
            ColorChoice::Auto => is_terminal,
        }
    }
}

/// What one stream is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stream {
    pub(super) terminal: bool,
    pub(super) color: bool,
}

/// The facts about stdout and stderr, each judged by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Streams {
    pub(super) out: Stream,
    pub(super) err: Stream,
    /// Columns of the terminal on stdout.
    pub(super) columns: Option<u16>,
    /// Columns of the terminal on stderr.
    pub(super) err_columns: Option<u16>,
    pub(super) utf8: bool,
    /// Nothing is painted, and nothing is a picture.
    pub(super) dumb: bool,
}

impl Streams {
    pub(super) fn detect(choice: ColorChoice, environment: &Environment) -> Self {
        let stream = |terminal| Stream { terminal, color: environment.wants_color(choice, terminal) };
        let out = stream(std::io::stdout().is_terminal());
        let err = stream(std::io::stderr().is_terminal());
        let width = |stream: Stream, of: std::os::fd::BorrowedFd<'_>| {
            let size = rustix::termios::tcgetwinsize(of).ok().filter(|_| stream.terminal);
            size.map(|size| size.ws_col).filter(|columns| *columns > 0)
        };
        Self {
            out,
            err,
            columns: width(out, rustix::stdio::stdout()),
            err_columns: width(err, rustix::stdio::stderr()),
            utf8: environment.is_utf8(),
            dumb: environment.is_plain(),
        }
    }
}

/// The few styles there are. Meaning never hangs on them alone: each stands on a word.
#[derive(Debug, Clone, Copy)]
pub(super) enum Paint {
    Error,
    Warning,
    Hint,
    Heading,
}

/// The text in its style, or as it is.
pub(super) fn paint(text: &str, style: Paint, color: bool) -> String {
    if !color {
        return text.to_owned();
    }
    // SGR numbers of ECMA-48: 1 bold, 31 red, 33 yellow, 36 cyan.
    let code = match style {
        Paint::Error => "1;31",
        Paint::Warning => "1;33",
        Paint::Hint => "36",
        Paint::Heading => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Environment)) -> Environment {
        let mut environment = Environment { term: Some("xterm".to_owned()), ..Environment::default() };
        change(&mut environment);
        environment
    }

    #[test]
    fn the_flag_beats_the_variables_and_they_beat_the_terminal() {
        let some = |text: &str| Some(text.to_owned());
        let plain = with(|_| ());
        assert!(plain.wants_color(ColorChoice::Auto, true));
        assert!(!plain.wants_color(ColorChoice::Auto, false));
        let no = with(|e| (e.no_color, e.clicolor_force) = (some("1"), some("1")));
        assert!(!no.wants_color(ColorChoice::Auto, true));
        assert!(no.wants_color(ColorChoice::Always, false));
        assert!(with(|e| e.no_color = some("")).wants_color(ColorChoice::Auto, true));
        let force = with(|e| (e.clicolor_force, e.term) = (some("1"), some("dumb")));
        assert!(force.wants_color(ColorChoice::Auto, false));
        assert!(!force.wants_color(ColorChoice::Never, true));
        assert!(!with(|e| e.clicolor_force = some("0")).wants_color(ColorChoice::Auto, false));
        assert!(!with(|e| e.term = some("dumb")).wants_color(ColorChoice::Auto, true));
        assert!(!with(|e| e.term = None).wants_color(ColorChoice::Auto, true));
        assert!(!with(|e| e.clicolor = some("0")).wants_color(ColorChoice::Auto, true));
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let some = |text: &str| Some(text.to_owned());
        assert!(with(|e| e.lang = some("de_DE.UTF-8")).is_utf8());
        assert!(with(|e| (e.lc_all, e.lang) = (some(""), some("C.utf8"))).is_utf8());
        assert!(!with(|e| (e.lc_all, e.lang) = (some("C"), some("de_DE.UTF-8"))).is_utf8());
        assert!(!Environment::default().is_utf8());
    }
}
