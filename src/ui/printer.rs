//! What goes to stdout and to stderr, and in which form.

use std::cell::{Cell, RefCell};
use std::io::{self, BufWriter, Write};
use std::panic::Location;

use unicode_width::UnicodeWidthStr;

use super::color::{ColorChoice, Environment, Paint, Streams, paint};
use super::course::Course;
use super::error_report::ErrorReport;
use super::fold::{folded, refolded};
use super::{escape, json, picture, terminal};
use crate::domain::captcha::{Bitmap, HEIGHT, WIDTH};
use crate::domain::principal::NamedAs;
use crate::guidance::Program;

/// `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    #[default]
    Table,
    Json,
    Jsonl,
    Csv,
}

impl Format {
    /// Whether errors are lines, and no objects.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Table | Self::Csv)
    }
}

/// The options of the command line that decide what is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    pub format: Format,
    /// `-q`: no notes and no word of success. Errors are never silenced.
    pub quiet: bool,
    /// `-v`: what is read, opened and asked; silenced by `-q`.
    pub verbose: bool,
    pub color: ColorChoice,
}

/// Why data could not be written. A reader that went away is not among them.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("the output could not be written")]
    Write(#[source] io::Error),
    #[error("the output could not be put into its format")]
    Encode(#[source] serde_json::Error),
}

/// Tells of a panic, and of nothing that it was about.
pub fn tell_of_bug(at: Option<&Location<'_>>) {
    let at = at.map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    // Nobody is left to hear that this failed.
    let _ =
        terminal::say(&format!("error: a bug in regain{at}\nhint: please report it, with what you did\n"));
}

/// Made once, from the command line and the environment; passed by reference.
pub struct Printer {
    settings: Settings,
    pub(super) streams: Streams,
    out: RefCell<Stdout>,
    err: RefCell<Box<dyn Write>>,
    program: RefCell<Program>,
    pub(super) course: Course,
    changed: Cell<bool>,
}

struct Stdout {
    writer: BufWriter<Box<dyn Write>>,
    /// The reader has gone (`| head`): the rest is dropped in silence.
    closed: bool,
}

impl Printer {
    pub fn new(settings: Settings, environment: &Environment) -> Self {
        let streams = Streams::detect(settings.color, environment);
        Self::with_streams(settings, streams, Box::new(io::stdout()), Box::new(io::stderr()))
    }

    pub(super) fn with_streams(
        settings: Settings,
        streams: Streams,
        out: Box<dyn Write>,
        err: Box<dyn Write>,
    ) -> Self {
        // 64 KiB: the capacity of a Linux pipe, so that a long list costs few system calls.
        let out = Stdout { writer: BufWriter::with_capacity(64 * 1024, out), closed: false };
        let program = RefCell::default();
        let (out, err) = (RefCell::new(out), RefCell::new(err));
        Self { settings, streams, out, err, program, course: Course::default(), changed: Cell::default() }
    }

    /// From now on, messages name commands as they work where this program runs.
    pub fn name_commands(&self, program: Program) {
        let before = self.program();
        self.program.replace(program.read_as(&before));
    }

    /// From now on, messages send people to whom that kind of them is helped by.
    pub fn speak_to(&self, named: NamedAs) {
        self.program.borrow_mut().is_read_by(named);
    }

    /// From now on Esc leaves a conversation at the second time only, and `resume` is the command that goes on with it.
    pub fn begin_conversation(&self, resume: Option<String>) {
        self.course.begin(resume);
    }

    /// Within this, Esc at a question goes back to one before it: it ends with [`super::AskError::Back`].
    pub fn with_step_back<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.course.with_step_back(ask)
    }

    /// How commands are named: for sentences that are data.
    pub fn program(&self) -> Program {
        self.program.borrow().clone()
    }

    pub fn format(&self) -> Format {
        self.settings.format
    }

    /// How wide the terminal is that stdout goes to, if it is one.
    pub(super) fn columns(&self) -> Option<u16> {
        self.streams.columns
    }

    /// Whether the locale can show more than ASCII (for [`super::picture::render`]).
    pub fn is_utf8(&self) -> bool {
        self.streams.utf8
    }

    /// Whether a picture of the size of a CAPTCHA can be seen as a whole, with the question below it. Nobody sees one who
    /// has the lines read out.
    pub fn shows_pictures(&self) -> bool {
        const LINES_BELOW: usize = 6;
        let (columns, rows) = terminal::size();
        let height = if self.streams.utf8 { HEIGHT.div_ceil(2) } else { HEIGHT };
        let fits = columns > WIDTH && rows >= height + LINES_BELOW;
        !self.streams.err.terminal || (fits && !self.streams.dumb)
    }

    pub(super) fn shows_progress(&self) -> bool {
        self.streams.err.terminal && !self.settings.quiet && !self.streams.dumb
    }

    /// Whether messages go to a terminal.
    pub(super) fn has_terminal(&self) -> bool {
        self.streams.err.terminal
    }

    /// Whether what is shown goes to a terminal.
    pub fn writes_to_terminal(&self) -> bool {
        self.streams.out.terminal
    }

    /// Whether the reader of stdout has gone, so that making more data is of no use.
    pub fn is_closed(&self) -> bool {
        self.out.borrow().closed
    }

    /// Something was changed, or nothing: what was stands, whatever becomes of the output.
    pub fn stands(&self, changed: bool) {
        self.changed.set(self.changed.get() || changed);
    }

    /// Whether it was said that something was changed.
    pub fn has_changed(&self) -> bool {
        self.changed.get()
    }

    /// Text of ours that is itself the result (help pages, completions, a picture on request), as it is.
    pub fn text(&self, text: &str) -> Result<(), OutputError> {
        self.write(text.as_bytes()).map_err(OutputError::Write)
    }

    /// Sentences of ours that are themselves the result: a paragraph a line, broken between words on a terminal and
    /// going on as deep as it began.
    pub fn prose(&self, text: &str) -> Result<(), OutputError> {
        let Some(columns) = self.streams.columns else { return self.text(&format!("{text}\n")) };
        text.split('\n').try_for_each(|line| {
            let body = line.trim_start_matches(' ');
            let indent = " ".repeat(line.len() - body.len());
            let deeper = match body.split_once(' ') {
                Some(("|", _)) => "| ",
                Some(("-", _)) => "  ",
                Some((number, _)) if number.ends_with('.') && number.len() == 2 => "   ",
                _ => "",
            };
            self.text(&format!("{}\n", folded(line, columns, &(indent + deeper))))
        })
    }

    /// A page that is written for 80 columns, as it is where there are as many.
    pub fn page(&self, text: &str) -> Result<(), OutputError> {
        match self.streams.columns {
            Some(columns) if columns < 80 => self.text(&refolded(text, columns)),
            _ => self.text(text),
        }
    }

    /// From now on, results go to standard error: standard output is for what [`Self::beside_results`] writes.
    pub fn results_aside(&self) {
        let aside = BufWriter::with_capacity(64 * 1024, Box::new(io::stderr()) as Box<dyn Write>);
        self.out.replace(Stdout { writer: aside, closed: false });
    }

    /// Writes to standard output at once, after [`Self::results_aside`].
    pub fn beside_results(&self, bytes: &[u8]) -> Result<(), OutputError> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(OutputError::Write)
    }

    /// A picture as a file, when that is the result.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), OutputError> {
        self.write(bytes).map_err(OutputError::Write)
    }

    /// Hands over what is buffered. Call it before exiting: only then is a full disk seen.
    pub fn flush(&self) -> Result<(), OutputError> {
        let mut out = self.out.borrow_mut();
        let flushed = out.writer.flush();
        out.judge(flushed).map_err(OutputError::Write)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = self.out.borrow_mut();
        if out.closed {
            return Ok(());
        }
        let written = out.writer.write_all(bytes);
        out.judge(written)
    }

    /// What a person has to read in order to answer a prompt. Never silenced. Like all messages it is one line: a
    /// line feed in it came with someone's data, and could forge another message.
    pub fn tell(&self, message: &str) {
        self.line(&self.wrapped("", message));
    }

    /// A picture to be read at a prompt. Never silenced.
    pub fn picture(&self, bitmap: &Bitmap) {
        self.line(picture::render(bitmap, self.streams.utf8).trim_end_matches('\n'));
    }

    /// Something worth knowing, silenced by `-q`.
    pub fn note(&self, message: &str) {
        if !self.settings.quiet {
            self.tell(message);
        }
    }

    /// One line about what was done, silenced by `-q`.
    pub fn done(&self, message: &str) {
        self.note(message);
    }

    /// A command to be copied, in a line of its own and never broken, silenced by `-q`.
    pub fn command(&self, command: &str) {
        if self.settings.quiet {
            return;
        }
        let named = self.program.borrow().name_in(&format!("  {command}"));
        let line = escape::visible(&named);
        let fits = self.streams.err_columns.is_none_or(|columns| line.width() <= columns.into());
        self.line(if fits { &line } else { line.trim_start() });
    }

    /// What to do next, silenced by `-q`.
    pub fn hint(&self, message: &str) {
        if !self.settings.quiet {
            self.labelled("hint:", Paint::Hint, message);
        }
    }

    /// Something that may be wrong. Never silenced.
    pub fn warn(&self, message: &str) {
        self.labelled("warning:", Paint::Warning, message);
    }

    /// What is read, opened or asked on the way: with `-v`, unless `-q` silences it. Never a secret, nor an address.
    pub fn detail(&self, message: impl FnOnce() -> String) {
        if self.settings.verbose && !self.settings.quiet {
            self.line(&escape::visible(&message()));
        }
    }

    /// The failure of the command: one JSON object with `-o json` and `-o jsonl`, else lines. Never silenced.
    pub fn error(&self, report: &ErrorReport) {
        // What was printed before it stands before it, also where both streams are one terminal.
        let _ = self.flush();
        match self.settings.format {
            Format::Json | Format::Jsonl => {
                #[derive(serde::Serialize)]
                struct Wrapped<'r> {
                    error: &'r ErrorReport,
                }
                let program = self.program.borrow();
                let named = ErrorReport {
                    message: program.name_in(&report.message),
                    hints: report.hints.iter().map(|hint| program.name_in(hint)).collect(),
                    ..report.clone()
                };
                if let Ok(text) = json::compact(&Wrapped { error: &named }) {
                    self.line(&text);
                }
            }
            Format::Table | Format::Csv => {
                self.labelled("error:", Paint::Error, &report.message);
                for cause in &report.causes {
                    self.line(&format!("caused by: {}", escape::visible(cause)));
                }
                for hint in &report.hints {
                    self.labelled("hint:", Paint::Hint, hint);
                }
            }
        }
    }

    fn labelled(&self, label: &str, style: Paint, message: &str) {
        // Wrapped with the plain label, whose width the escape sequences of colour would spoil.
        let text = self.wrapped(label, message);
        let rest = text.strip_prefix(label).unwrap_or_default();
        self.line(&format!("{}{rest}", paint(label, style, self.streams.err.color)));
    }

    /// A message after its label: broken between words on a terminal, one line elsewhere. Lines after the first
    /// stand under the text.
    fn wrapped(&self, label: &str, message: &str) -> String {
        let named = self.program.borrow().name_in(message);
        let message = escape::visible(&named);
        let text = if label.is_empty() { message.into_owned() } else { format!("{label} {message}") };
        let Some(columns) = self.streams.err_columns else { return text };
        // An item goes on under its words, anything else where it began.
        let begins = text.len() - text.trim_start().len();
        let indent = if text.trim_start().starts_with("- ") { begins.max(2) + 2 } else { begins };
        folded(&text, columns, &" ".repeat(indent))
    }

    /// One line on stderr. Where even that cannot be written there is nobody to tell.
    fn line(&self, text: &str) {
        let mut err = self.err.borrow_mut();
        let _ = err.write_all(format!("{text}\n").as_bytes());
        let _ = err.flush();
    }
}

impl Stdout {
    fn judge(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other,
        }
    }
}

#[cfg(test)]
#[path = "printer_tests.rs"]
pub(super) mod tests;
