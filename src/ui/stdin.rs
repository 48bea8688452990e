//! Secrets that come from a pipe, a file or a file descriptor.
//!
//! One secret a line. Exactly one trailing LF or CRLF is dropped, and a byte-order mark at the start of the input; all
//! else, also spaces, belongs to the secret.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

use super::ask_error::AskError;
use super::desk::on_terminal;
use super::line::LIMIT;
use super::printer::Printer;
use super::secret_prompt;
use crate::domain::Secret;
use crate::domain::secret::{BYTE_ORDER_MARK, Kind, SecretError, from_bytes};

/// Why no secret could be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretInputError {
    #[error("standard input was already used for something else")]
    Claimed,
    #[error("the input ended before the secret")]
    Missing,
    #[error("standard input holds more than the command reads")]
    More,
    #[error("the secret is longer than 4096 bytes")]
    TooLong,
    #[error("the secret cannot be used")]
    Unusable(#[from] SecretError),
    #[error("the input could not be read")]
    Read(#[source] io::Error),
    #[error("{path} could not be opened")]
    Open { path: PathBuf, source: io::Error },
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    #[error("{0} can be read by others than its owner")]
    Exposed(PathBuf),
    #[error("{0} holds more than one line")]
    MoreLines(PathBuf),
    #[error("file descriptor {0} is not open for reading")]
    Descriptor(u32, #[source] io::Error),
    #[error("no secret was typed")]
    Typed(#[source] AskError),
}

/// Takes standard input for this command; a second claim is an error, because what it holds would be mixed up.
fn claim() -> Result<(), SecretInputError> {
    static CLAIMED: AtomicBool = AtomicBool::new(false);
    if CLAIMED.swap(true, Ordering::SeqCst) { Err(SecretInputError::Claimed) } else { Ok(()) }
}

/// Standard input as the text of a file, which is no secret.
pub fn claim_text() -> Result<impl BufRead, SecretInputError> {
    claim()?;
    Ok(io::stdin().lock())
}

/// Standard input as a source of secrets. A process has one.
pub struct StdinSecrets<'p> {
    printer: &'p Printer,
    at_start: bool,
}

impl<'p> StdinSecrets<'p> {
    pub fn claim(printer: &'p Printer) -> Result<Self, SecretInputError> {
        claim()?;
        Ok(Self { printer, at_start: true })
    }

    /// The next line. `what` names it to a person who is typing: `password`, `code`.
    pub fn next_line(&mut self, what: &str, kind: Kind) -> Result<Secret, SecretInputError> {
        if io::stdin().is_terminal() {
            // Whoever asked for a pipe and gave none would otherwise wait before a silent terminal.
            self.printer.note("Standard input is a terminal: type one line. It is not shown.");
            let dumb = self.printer.streams.dumb;
            let prompt = format!("Line with the {what}");
            return on_terminal(false, dumb, |desk| secret_prompt::ask(desk, &prompt, kind))
                .map_err(SecretInputError::Typed);
        }
        read_line(&mut Unbuffered, std::mem::take(&mut self.at_start), kind)
    }

    /// After the last line: whoever gave more meant something else by it, such as a password of two lines.
    ///
    /// Only what is there already is found. Whoever feeds the command line by line (a coprocess) keeps the pipe
    /// open, and is not waited for.
    pub fn end(&mut self) -> Result<(), SecretInputError> {
        let mut waiting = [PollFd::from_borrowed_fd(rustix::stdio::stdin(), PollFlags::IN)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let ready = rustix::io::retry_on_intr(|| poll(&mut waiting, Some(&at_once)));
        if io::stdin().is_terminal() || ready.map_err(|error| SecretInputError::Read(error.into()))? == 0 {
            return Ok(());
        }
        match read_byte(&mut Unbuffered)? {
            Some(_) => Err(SecretInputError::More),
            None => Ok(()),
        }
    }
}

/// `--password-file`: a file of one line that only its owner can read. A pipe (`<(…)`) is one, too.
pub fn from_file(path: &Path) -> Result<Secret, SecretInputError> {
    let open = |source| SecretInputError::Open { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(open)?;
    let facts = file.metadata().map_err(open)?;
    if facts.is_dir() {
        return Err(SecretInputError::NotAFile(path.to_owned()));
    }
    if facts.is_file() && facts.mode() & 0o077 != 0 {
        return Err(SecretInputError::Exposed(path.to_owned()));
    }
    let secret = read_line(&mut file, true, Kind::Password)?;
    if facts.is_file() && read_byte(&mut file)?.is_some() {
        return Err(SecretInputError::MoreLines(path.to_owned()));
    }
    Ok(secret)
}

/// `--password-fd`: one line from a descriptor that the caller opened.
pub fn from_descriptor(number: u32) -> Result<Secret, SecretInputError> {
    // Opening it by name takes no `unsafe`, which adopting a bare number does.
    let mut file = File::open(format!("/dev/fd/{number}"))
        .map_err(|source| SecretInputError::Descriptor(number, source))?;
    read_line(&mut file, true, Kind::Password)
}

/// One line. The bytes are taken one by one: no buffer keeps a secret, and the next line stays where it is.
fn read_line(input: &mut dyn Read, at_start: bool, kind: Kind) -> Result<Secret, SecretInputError> {
    // More than a secret may have by a mark and the CR of its line end; made once, so that growing leaves no copy.
    let mut line = Zeroizing::new(Vec::with_capacity(LIMIT + BYTE_ORDER_MARK.len() + 1));
    let mut ended = false;
    while let Some(byte) = read_byte(input)? {
        if byte == b'\n' {
            ended = true;
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            break;
        }
        if line.len() > LIMIT + BYTE_ORDER_MARK.len() {
            return Err(SecretInputError::TooLong);
        }
        line.push(byte);
    }
    if at_start && line.starts_with(BYTE_ORDER_MARK) {
        line.drain(..BYTE_ORDER_MARK.len());
    }
    if line.is_empty() && !ended {
        return Err(SecretInputError::Missing);
    }
    if line.len() > LIMIT {
        return Err(SecretInputError::TooLong);
    }
    kind.settle(&mut line);
    Ok(from_bytes(std::mem::take(&mut *line))?)
}

fn read_byte(input: &mut dyn Read) -> Result<Option<u8>, SecretInputError> {
    let mut byte = Zeroizing::new([0_u8]);
    loop {
        match input.read(&mut byte[..]) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SecretInputError::Read(error)),
        }
    }
}

/// Standard input past the library's buffer, which would keep a copy.
struct Unbuffered;

impl Read for Unbuffered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(rustix::stdio::stdin(), buffer)?)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn lines(mut input: &[u8], count: usize) -> Vec<Result<String, String>> {
        (0..count)
            .map(|at| {
                let line = read_line(&mut input, at == 0, Kind::Password);
                line.map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
            })
            .collect()
    }

    #[test]
    fn exactly_one_line_end_is_dropped() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(lines(b" a b \nc\r\nlast", 3), [ok(" a b "), ok("c"), ok("last")]);
        assert_eq!(lines(b"\na\n", 2), [ok(""), ok("a")]);
        assert_eq!(lines(b"a\r\r\n", 1), [Err("the secret cannot be used".to_owned())]);
        assert_eq!(lines(b"a\r", 1), [Err("the secret cannot be used".to_owned())]);
    }

    #[test]
    fn a_byte_order_mark_at_the_start_is_no_part_of_the_secret() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(lines("\u{feff}a\r\n\u{feff}b\n".as_bytes(), 2), [ok("a"), ok("\u{feff}b")]);
        assert_eq!(lines("\u{feff}\n".as_bytes(), 1), [ok("")]);
        let most = [BYTE_ORDER_MARK, &vec![b'a'; LIMIT], b"\r\n"].concat();
        assert_eq!(lines(&most, 1), [Ok("a".repeat(LIMIT))]);
    }

    #[test]
    fn a_tab_is_a_blank_in_what_is_no_password() {
        let read = |kind| read_line(&mut &b"\t123\t456\n"[..], true, kind).ok();
        assert_eq!(read(Kind::Typed).as_ref().map(Secret::expose), Some(" 123 456"));
        assert!(read(Kind::Password).is_none());
    }

    #[test]
    fn a_missing_line_is_not_an_empty_secret() {
        let missing = Err("the input ended before the secret".to_owned());
        assert_eq!(lines(b"", 1), std::slice::from_ref(&missing));
        assert_eq!(lines(b"a\n", 2), [Ok("a".to_owned()), missing]);
    }

    #[test]
    fn p3_bad_bytes_are_refused() {
        for bad in [&b"a\0b\n"[..], b"\xff\n", b"a\tb\n", "\u{85}\n".as_bytes()] {
            assert_eq!(lines(bad, 1), [Err("the secret cannot be used".to_owned())]);
        }
    }

    #[test]
    fn the_limit_is_exact() {
        for end in [&b""[..], b"\n", b"\r\n"] {
            let most = [vec![b'a'; LIMIT], end.to_vec()].concat();
            assert_eq!(lines(&most, 1), [Ok("a".repeat(LIMIT))]);
            let more = [vec![b'a'; LIMIT + 1], end.to_vec()].concat();
            assert_eq!(lines(&more, 1), [Err("the secret is longer than 4096 bytes".to_owned())]);
        }
    }

    #[test]
    fn t4_a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let with = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            from_file(&path).map(|secret| secret.expose().to_owned())
        };
        assert_eq!(with("secret words\n", 0o600).unwrap(), "secret words");
        assert_eq!(with("secret words", 0o400).unwrap(), "secret words");
        for mode in [0o604, 0o640, 0o602, 0o644] {
            assert!(matches!(with("secret words\n", mode), Err(SecretInputError::Exposed(_))));
        }
        assert!(matches!(with("two\nlines\n", 0o600), Err(SecretInputError::MoreLines(_))));
        assert!(matches!(from_file(folder.path()), Err(SecretInputError::NotAFile(_))));
        assert!(matches!(from_file(&folder.path().join("none")), Err(SecretInputError::Open { .. })));
    }

    #[test]
    fn a_descriptor_gives_one_line() {
        use std::os::fd::AsRawFd;
        let (reader, mut writer) = io::pipe().unwrap();
        io::Write::write_all(&mut writer, b"from a pipe\nnext\n").unwrap();
        let number = u32::try_from(reader.as_raw_fd()).unwrap();
        assert_eq!(from_descriptor(number).unwrap().expose(), "from a pipe");
        assert!(matches!(from_descriptor(999_999), Err(SecretInputError::Descriptor(999_999, _))));
    }
}
