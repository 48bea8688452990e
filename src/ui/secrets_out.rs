//! Handing out secrets that were made here: to a file of its own, or to the terminal (security T5).

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

use super::color::Stream;
use super::escape;
use super::fold::folded;
use super::line::LIMIT;
use super::printer::Printer;
use super::qr;
use super::terminal::size;
use crate::domain::Secret;

/// What the secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    Password,
    SetupToken,
    TotpUri,
}

impl SecretKind {
    fn words(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SetupToken => "setup token",
            Self::TotpUri => "TOTP address",
        }
    }
}

/// Why a secret cannot be handed out.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    #[error("there is no terminal to show a secret on, and no file for it was named")]
    Nowhere,
    #[error("{0} exists already, and is not overwritten")]
    Exists(PathBuf),
    #[error("{0} is a link, and is not followed")]
    Link(PathBuf),
    #[error("the folder of {0} does not exist")]
    NoFolder(PathBuf),
    #[error("{path} could not be made")]
    Create { path: PathBuf, source: io::Error },
    #[error("the secret could not be written to {path}")]
    Write { path: PathBuf, source: io::Error },
    /// The change stands, and so does the secret, under another name.
    #[error("the secrets stay in {path}, because the file could not be renamed")]
    Unnamed { path: PathBuf, source: io::Error },
    #[error("the secret could not be shown")]
    Show(#[source] io::Error),
    #[error("the secret could not be put into its format")]
    Encode(#[source] serde_json::Error),
}

/// Where the secrets of this command go. Open it before anything changes; hand each secret out before its change
/// is committed; take it back if that fails.
pub struct SecretSink(Target);

enum Target {
    File(SecretFile),
    Terminal(Screen),
}

struct Screen {
    out: Box<dyn Write>,
    width: usize,
    /// Columns for a QR code; none where the terminal cannot show half blocks, or is read out.
    columns: usize,
    lines: usize,
    color: bool,
}

impl Screen {
    fn of(out: Box<dyn Write>, stream: Stream, columns: Option<u16>, printer: &Printer) -> Self {
        let width = columns.map_or(80, usize::from);
        let columns = if printer.streams.utf8 && !printer.streams.dumb { width } else { 0 };
        Self { out, width, columns, lines: size().1, color: stream.color }
    }

    fn show(&mut self, text: &str) -> Result<(), SinkError> {
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).map_err(SinkError::Show)
    }
}

/// A file that takes a line a secret. What was taken is on the disk, and stays there when the command is killed.
pub trait SecretLines {
    /// Takes whole lines: all of them, or none.
    fn append(&mut self, lines: &[u8]) -> io::Result<()>;
    /// Takes so many bytes at the end back.
    fn take_back(&mut self, length: usize) -> io::Result<()>;
    /// Gives the file its name: nothing more comes.
    fn finish(&mut self) -> Result<(), SinkError>;
    /// Leaves it without its name, for a command that adds to it.
    fn leave(&mut self);
}

struct SecretFile {
    path: PathBuf,
    lines: Box<dyn SecretLines>,
    /// How long the lines are that were taken last.
    last: usize,
    /// Whether any were taken.
    begun: bool,
}

/// A secret on its way out, and whose it is.
pub struct Handed<'s> {
    pub user: String,
    pub kind: SecretKind,
    pub secret: &'s Secret,
}

#[derive(Serialize)]
struct Line<'s> {
    user: &'s str,
    kind: SecretKind,
    secret: &'s str,
}

impl SecretSink {
    /// A file, by the name it is to get.
    pub fn file(path: &Path, lines: Box<dyn SecretLines>) -> Self {
        Self(Target::File(SecretFile { path: path.to_owned(), lines, last: 0, begun: false }))
    }

    /// The terminal, or [`SinkError::Nowhere`].
    pub fn terminal(printer: &Printer) -> Result<Self, SinkError> {
        let streams = &printer.streams;
        let screen = if streams.err.terminal {
            Screen::of(Box::new(io::stderr()), streams.err, streams.err_columns, printer)
        } else if streams.out.terminal {
            Screen::of(Box::new(io::stdout()), streams.out, streams.columns, printer)
        } else {
            return Err(SinkError::Nowhere);
        };
        Ok(Self(Target::Terminal(screen)))
    }

    /// Whether there would be a way out, as far as can be told without making anything (`--dry-run`).
    pub fn check(file: Option<&Path>, printer: &Printer) -> Result<(), SinkError> {
        let Some(path) = file else { return Self::terminal(printer).map(|_| ()) };
        if path.is_symlink() {
            return Err(SinkError::Link(path.to_owned()));
        }
        if path.exists() {
            return Err(SinkError::Exists(path.to_owned()));
        }
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                Err(SinkError::NoFolder(path.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Whether it shows secrets on the terminal.
    pub fn is_terminal(&self) -> bool {
        matches!(self.0, Target::Terminal(_))
    }

    /// Whether anything was handed out into a file.
    pub fn has_lines(&self) -> bool {
        matches!(&self.0, Target::File(file) if file.begun)
    }

    /// Hands them out. When this returns, all are on the disk or on the screen; where it fails, none is in the file.
    pub fn hand_out(&mut self, secrets: &[Handed<'_>]) -> Result<(), SinkError> {
        match &mut self.0 {
            Target::File(file) => file.append(secrets),
            Target::Terminal(screen) => secrets.iter().try_for_each(|Handed { user, kind, secret }| {
                let user = escape::visible(user);
                let shown = escape::visible(secret.expose());
                screen.show(&Zeroizing::new(format!("{} for {user}: {}\n", kind.words(), shown.as_ref())))
            }),
        }
    }

    /// Hands the secret of an authenticator out: its address into a file; on a terminal as a QR code where it can
    /// be shown, and as a key to type.
    pub fn hand_out_authenticator(
        &mut self,
        user: &str,
        uri: &Secret,
        key: &Secret,
    ) -> Result<(), SinkError> {
        let Target::Terminal(screen) = &mut self.0 else {
            let (user, kind) = (user.to_owned(), SecretKind::TotpUri);
            return self.hand_out(&[Handed { user, kind, secret: uri }]);
        };
        let user = escape::visible(user);
        // Above the picture: with what is to do and a question below it, neither scrolls away.
        let told = |how: &str| {
            let line = format!("{how} {user}, or type its key:");
            let fits = line.width() + 1 + key.expose().len() <= screen.width;
            let between = if fits { " " } else { "\n  " };
            let columns = u16::try_from(screen.width).unwrap_or(u16::MAX);
            Zeroizing::new(format!("{}{between}{}\n", folded(&line, columns, ""), key.expose()))
        };
        let (scan, add) = (told("Scan this code for"), told("Add an entry to your authenticator for"));
        let room = screen.lines.saturating_sub(scan.lines().count() + 2);
        let drawn = qr::draw(uri, screen.color, screen.columns, room);
        screen.show(if drawn.is_some() { &scan } else { &add })?;
        match (drawn, qr::lines_needed(uri)) {
            (Some(drawn), _) => screen.show(&drawn),
            // There is a picture, and no room for it.
            (None, Some(needed)) if screen.columns > 0 => {
                let (columns, lines) = (2 * needed, needed + scan.lines().count() + 2);
                screen.show(&format!("A window of {columns}x{lines} would show a QR code to scan.\n"))
            }
            (None, _) => Ok(()),
        }
    }

    /// Takes what was handed out last back, because its change was not made: out of the file, or by saying so.
    pub fn take_back(&mut self) -> Result<(), SinkError> {
        match &mut self.0 {
            Target::File(file) => {
                let length = std::mem::take(&mut file.last);
                file.lines.take_back(length).map_err(|source| file.failed(source))
            }
            Target::Terminal(screen) => {
                screen.show("The secret above is not valid: the change was not made.\n")
            }
        }
    }

    /// Leaves what was handed out last where it is, because nobody knows whether its change was made.
    pub fn leave(&mut self) -> Result<(), SinkError> {
        match &mut self.0 {
            Target::File(_) => Ok(()),
            Target::Terminal(screen) => screen
                .show("Whether the secret above is valid is not known: the change may have been made.\n"),
        }
    }

    /// Nothing more is handed out now, and more by a command that goes on: a file is left without its name.
    pub fn pause(self) {
        match self.0 {
            Target::File(mut file) => file.lines.leave(),
            Target::Terminal(_) => {}
        }
    }

    /// Nothing more is handed out: a file gets its name now.
    pub fn finish(self) -> Result<(), SinkError> {
        match self.0 {
            Target::File(mut file) => file.lines.finish(),
            Target::Terminal(_) => Ok(()),
        }
    }
}

impl SecretFile {
    fn append(&mut self, secrets: &[Handed<'_>]) -> Result<(), SinkError> {
        let text = lines_of(secrets)?;
        self.last = text.len();
        self.begun = true;
        self.lines.append(&text).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> SinkError {
        SinkError::Write { path: self.path.clone(), source }
    }
}

/// A line of JSON each.
pub fn lines_of(secrets: &[Handed<'_>]) -> Result<Zeroizing<Vec<u8>>, SinkError> {
    let lines = secrets.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let mut text = Zeroizing::new(Vec::with_capacity(lines.iter().map(|line| line.len()).sum()));
    for line in &lines {
        text.extend_from_slice(line.as_bytes());
    }
    Ok(text)
}

fn line(Handed { user, kind, secret }: &Handed<'_>) -> Result<Zeroizing<String>, SinkError> {
    // Room enough for a secret of any length that is accepted, so that growing leaves no copy behind.
    let mut raw = Zeroizing::new(Vec::with_capacity(2 * LIMIT));
    let line = Line { user, kind: *kind, secret: secret.expose() };
    serde_json::to_writer(&mut *raw, &line).map_err(SinkError::Encode)?;
    raw.push(b'\n');
    Ok(Zeroizing::new(escape::json(&String::from_utf8_lossy(&raw)).into_owned()))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::super::color::Streams;
    use super::super::printer::Settings;
    use super::super::printer::tests::{Paper, on_paper};
    use super::*;

    /// Lines that are kept, or a disk that takes none.
    #[derive(Clone, Default)]
    struct Pad {
        text: Rc<RefCell<String>>,
        full: bool,
    }

    impl SecretLines for Pad {
        fn append(&mut self, lines: &[u8]) -> io::Result<()> {
            if self.full {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.text.borrow_mut().push_str(&String::from_utf8_lossy(lines));
            Ok(())
        }

        fn take_back(&mut self, length: usize) -> io::Result<()> {
            let mut text = self.text.borrow_mut();
            let kept = text.len() - length;
            text.truncate(kept);
            Ok(())
        }

        fn finish(&mut self) -> Result<(), SinkError> {
            Ok(())
        }

        fn leave(&mut self) {}
    }

    fn onto(pad: &Pad) -> SecretSink {
        SecretSink::file(Path::new("secrets"), Box::new(pad.clone()))
    }

    fn handed<'s>(user: &str, kind: SecretKind, secret: &'s Secret) -> Handed<'s> {
        Handed { user: user.to_owned(), kind, secret }
    }

    #[test]
    fn a_secret_is_a_line_and_what_was_not_done_is_none() {
        let pad = Pad::default();
        let mut sink = onto(&pad);
        let secrets = ["p\u{9b}w", "t", "u"].map(Secret::from);
        let [password, token, uri] = &secrets;
        sink.hand_out(&[handed("acme/alice", SecretKind::Password, password)]).unwrap();
        let others = [
            handed("acme/bob", SecretKind::SetupToken, token),
            handed("acme/carol", SecretKind::TotpUri, uri),
        ];
        sink.hand_out(&others).unwrap();
        sink.take_back().unwrap();
        sink.hand_out(&others).unwrap();
        sink.leave().unwrap();
        sink.finish().unwrap();
        assert_eq!(
            *pad.text.borrow(),
            "{\"user\":\"acme/alice\",\"kind\":\"password\",\"secret\":\"p\\u009bw\"}\n\
             {\"user\":\"acme/bob\",\"kind\":\"setup_token\",\"secret\":\"t\"}\n\
             {\"user\":\"acme/carol\",\"kind\":\"totp_uri\",\"secret\":\"u\"}\n"
        );
    }

    #[test]
    fn t5_a_full_disk_is_an_error() {
        let mut sink = onto(&Pad { full: true, ..Pad::default() });
        let handed_out = sink.hand_out(&[handed("a", SecretKind::Password, &Secret::from("x"))]);
        let expected = "the secret could not be written to secrets".to_owned();
        assert_eq!(handed_out.map_err(|error| error.to_string()), Err(expected));
    }

    #[test]
    fn without_file_and_terminal_there_is_nowhere() {
        let (printer, _, _) = on_paper(Settings::default(), Streams::default());
        assert!(matches!(SecretSink::terminal(&printer), Err(SinkError::Nowhere)));
    }

    #[test]
    fn a_terminal_is_told_and_told_otherwise() {
        let paper = Paper::default();
        let screen = Screen { out: Box::new(paper.clone()), width: 80, columns: 0, lines: 24, color: false };
        let mut sink = SecretSink(Target::Terminal(screen));
        let token = Secret::from("rgn");
        sink.hand_out(&[handed("acme/\u{202e}bob", SecretKind::SetupToken, &token)]).unwrap();
        sink.take_back().unwrap();
        sink.leave().unwrap();
        sink.hand_out_authenticator("acme/bob", &Secret::from("otpauth://"), &Secret::from("KEY")).unwrap();
        assert_eq!(
            paper.text(),
            "setup token for acme/\\u{202e}bob: rgn\nThe secret above is not valid: the change was not made.\n\
             Whether the secret above is valid is not known: the change may have been made.\n\
             Add an entry to your authenticator for acme/bob, or type its key: KEY\n"
        );
    }
}
