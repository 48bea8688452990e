//! Handing out secrets that were made here: to a file of its own, or to the terminal (security T5).

use std::fs::{self, File, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use serde::Serialize;
use zeroize::Zeroizing;

use super::color::Stream;
use super::escape;
use super::line::LIMIT;
use super::printer::Printer;
use super::qr;
use crate::domain::secret::Secret;

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
    /// Columns for a QR code; none where the terminal cannot show half blocks.
    columns: usize,
    color: bool,
}

impl Screen {
    fn of(out: Box<dyn Write>, stream: Stream, columns: Option<u16>, printer: &Printer) -> Self {
        let columns = if printer.streams.utf8 { columns.unwrap_or(80) } else { 0 };
        Self { out, columns: columns.into(), color: stream.color }
    }

    fn show(&mut self, text: &str) -> Result<(), SinkError> {
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).map_err(SinkError::Show)
    }
}

struct SecretFile {
    path: PathBuf,
    file: File,
    /// Bytes of the file before the last secret, and with it.
    before: u64,
    length: u64,
}

#[derive(Serialize)]
struct Line<'s> {
    user: &'s str,
    kind: SecretKind,
    secret: &'s str,
}

impl SecretSink {
    /// The file of `--secrets-to`, or else the terminal, or else [`SinkError::Nowhere`].
    pub fn open(file: Option<&Path>, printer: &Printer) -> Result<Self, SinkError> {
        match file {
            Some(path) => SecretFile::create(path).map(|file| Self(Target::File(file))),
            None => {
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
        }
    }

    /// Whether [`SecretSink::open`] would succeed as far as can be told without making anything (`--dry-run`).
    pub fn check(file: Option<&Path>, printer: &Printer) -> Result<(), SinkError> {
        let Some(path) = file else { return Self::open(None, printer).map(|_| ()) };
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

    /// Hands one out. When this returns, it is on the disk or on the screen.
    pub fn hand_out(&mut self, user: &str, kind: SecretKind, secret: &Secret) -> Result<(), SinkError> {
        match &mut self.0 {
            Target::File(file) => file.append(&Line { user, kind, secret: secret.expose() }),
            Target::Terminal(screen) => {
                let user = escape::visible(user);
                let shown = escape::visible(secret.expose());
                screen.show(&Zeroizing::new(format!("{} for {user}: {}\n", kind.words(), shown.as_ref())))
            }
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
            return self.hand_out(user, SecretKind::TotpUri, uri);
        };
        let user = escape::visible(user);
        let drawn = qr::draw(uri, screen.color, screen.columns);
        let how = match &drawn {
            Some(_) => "Scan this code for",
            None => "Add an entry to your authenticator for",
        };
        // Above the picture, which with a prompt below it just fits into the 24 lines of a small window.
        screen.show(&Zeroizing::new(format!("{how} {user}, or type its key: {}\n", key.expose())))?;
        drawn.map_or(Ok(()), |drawn| screen.show(&drawn))
    }

    /// Takes the last one back, because its change was not made: out of the file, or by saying so.
    pub fn undo_last(&mut self) -> Result<(), SinkError> {
        match &mut self.0 {
            Target::File(file) => file.undo(),
            Target::Terminal(screen) => {
                screen.show("The secret above is not valid: the change was not made.\n")
            }
        }
    }
}

impl SecretFile {
    fn create(path: &Path) -> Result<Self, SinkError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fail = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists if path.is_symlink() => SinkError::Link(path.to_owned()),
            io::ErrorKind::AlreadyExists => SinkError::Exists(path.to_owned()),
            io::ErrorKind::NotFound => SinkError::NoFolder(path.to_owned()),
            _ => SinkError::Create { path: path.to_owned(), source: error },
        };
        let file = File::from(
            rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR).map_err(|error| fail(error.into()))?,
        );
        let made = Self { path: path.to_owned(), file, before: 0, length: 0 };
        // The umask can only have taken bits away, also those of the owner.
        made.file.set_permissions(Permissions::from_mode(0o600)).map_err(fail)?;
        // The name is as lasting as the content only once its folder is written, too.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
        Ok(made)
    }

    fn append(&mut self, line: &Line<'_>) -> Result<(), SinkError> {
        // Room enough for a secret of any length that is accepted, so that growing leaves no copy behind.
        let mut raw = Zeroizing::new(Vec::with_capacity(2 * LIMIT));
        serde_json::to_writer(&mut *raw, line).map_err(SinkError::Encode)?;
        raw.push(b'\n');
        let text = Zeroizing::new(escape::json(&String::from_utf8_lossy(&raw)).into_owned());
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        if let Err(source) = written {
            // Half a line would spoil the lines after it. If this fails too, the first error says enough.
            let _ = self.cut_to(self.length);
            return Err(SinkError::Write { path: self.path.clone(), source });
        }
        self.before = self.length;
        self.length += text.len() as u64;
        Ok(())
    }

    fn undo(&mut self) -> Result<(), SinkError> {
        self.cut_to(self.before).map_err(|source| SinkError::Write { path: self.path.clone(), source })?;
        self.length = self.before;
        Ok(())
    }

    fn cut_to(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::Start(length))?;
        self.file.sync_all()
    }
}

impl Drop for SecretFile {
    /// An empty file of ours would only stand in the way of the next attempt, which never overwrites.
    fn drop(&mut self) {
        if self.length == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::super::color::Streams;
    use super::super::printer::Settings;
    use super::super::printer::tests::{Paper, on_paper};
    use super::*;

    fn open(path: &Path) -> Result<SecretSink, String> {
        let (printer, _, _) = on_paper(Settings::default(), Streams::default());
        SecretSink::open(Some(path), &printer).map_err(|error| error.to_string())
    }

    #[test]
    fn t4_a_new_file_for_its_owner_alone_and_a_line_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let mut sink = open(&path).unwrap();
        sink.hand_out("acme/alice", SecretKind::Password, &Secret::from("p\u{9b}w")).unwrap();
        sink.hand_out("acme/bob", SecretKind::SetupToken, &Secret::from("t")).unwrap();
        sink.undo_last().unwrap();
        sink.hand_out("acme/carol", SecretKind::TotpUri, &Secret::from("u")).unwrap();
        drop(sink);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "{\"user\":\"acme/alice\",\"kind\":\"password\",\"secret\":\"p\\u009bw\"}\n\
             {\"user\":\"acme/carol\",\"kind\":\"totp_uri\",\"secret\":\"u\"}\n"
        );
    }

    #[test]
    fn t4_nothing_is_overwritten_and_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("old"), "kept").unwrap();
        symlink(at("target"), at("link")).unwrap();
        let name = |name: &str| at(name).display().to_string();
        assert_eq!(
            open(&at("old")).err(),
            Some(format!("{} exists already, and is not overwritten", name("old")))
        );
        assert_eq!(open(&at("link")).err(), Some(format!("{} is a link, and is not followed", name("link"))));
        assert_eq!(open(&at("no/x")).err(), Some(format!("the folder of {} does not exist", name("no/x"))));
        assert_eq!(fs::read_to_string(at("old")).unwrap(), "kept");
        assert!(!at("target").exists());
    }

    #[test]
    fn a_file_that_got_no_secret_is_not_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let mut sink = open(&path).unwrap();
        sink.hand_out("acme/bob", SecretKind::Password, &Secret::from("x")).unwrap();
        sink.undo_last().unwrap();
        drop(sink);
        assert!(!path.exists());
    }

    #[test]
    fn t5_a_full_disk_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never-made");
        let file = File::options().write(true).open("/dev/full").unwrap();
        let full = SecretFile { path: path.clone(), file, before: 0, length: 0 };
        let handed = SecretSink(Target::File(full)).hand_out("a", SecretKind::Password, &Secret::from("x"));
        let expected = format!("the secret could not be written to {}", path.display());
        assert_eq!(handed.map_err(|error| error.to_string()), Err(expected));
    }

    #[test]
    fn without_file_and_terminal_there_is_nowhere() {
        let (printer, _, _) = on_paper(Settings::default(), Streams::default());
        assert!(matches!(SecretSink::open(None, &printer), Err(SinkError::Nowhere)));
    }

    #[test]
    fn a_terminal_is_told_and_told_otherwise() {
        let paper = Paper::default();
        let screen = Screen { out: Box::new(paper.clone()), columns: 0, color: false };
        let mut sink = SecretSink(Target::Terminal(screen));
        sink.hand_out("acme/\u{202e}bob", SecretKind::SetupToken, &Secret::from("rgn")).unwrap();
        sink.undo_last().unwrap();
        sink.hand_out_authenticator("acme/bob", &Secret::from("otpauth://"), &Secret::from("KEY")).unwrap();
        assert_eq!(
            paper.text(),
            "setup token for acme/\\u{202e}bob: rgn\nThe secret above is not valid: the change was not made.\n\
             Add an entry to your authenticator for acme/bob, or type its key: KEY\n"
        );
    }
}
