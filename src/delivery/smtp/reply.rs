//! What a server answers (RFC 5321, 4.2).

use std::io::{self, Read};

use super::super::error::Fault;

/// More in one line or one answer is no answer: Postfix's limits are 2,048 and 100,000 octets.
const LONGEST_LINE: usize = 2_048;
const LONGEST_REPLY: usize = 65_536;

/// One answer: three digits, and a text of one line or several.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// On one line, as people quote it: `550 5.1.1 no such user`.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" ")).trim_end().to_owned()
    }

    /// Whether the server goes on: 2xx, or 3xx where it waits for more.
    pub(super) fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

/// What came from the server and was not looked at yet.
#[derive(Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
}

impl Incoming {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next answer.
    pub(super) fn reply(&mut self, from: &mut impl Read) -> Result<Reply, ReplyError> {
        let mut lines = Vec::new();
        let mut length = 0;
        let mut first = None;
        loop {
            let line = self.line(from)?;
            length += line.len();
            let (code, last, text) = parse(&line).ok_or(ReplyError::Garbled)?;
            if length > LONGEST_REPLY || *first.get_or_insert(code) != code {
                return Err(ReplyError::Garbled);
            }
            lines.push(text);
            if last {
                return Ok(Reply { code, lines });
            }
        }
    }

    /// The next line without its end, which is CR LF, or LF where the server is careless.
    fn line(&mut self, from: &mut impl Read) -> Result<Vec<u8>, ReplyError> {
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.bytes.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            if self.bytes.len() > LONGEST_LINE {
                return Err(ReplyError::Garbled);
            }
            let mut chunk = [0_u8; 1_024];
            match from.read(&mut chunk) {
                Ok(0) => return Err(ReplyError::Closed),
                Ok(count) => self.bytes.extend(chunk.iter().take(count)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReplyError::Io(error)),
            }
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum ReplyError {
    /// It is not SMTP.
    Garbled,
    /// The other side has hung up.
    Closed,
    Io(io::Error),
}

impl ReplyError {
    /// As a fault, where one answer is waited for that long.
    pub(super) fn fault(self, seconds: u64) -> Fault {
        match self {
            Self::Garbled => Fault::NotSmtp,
            Self::Closed => Fault::Closed,
            Self::Io(error) => of_io(error, seconds),
        }
    }
}

/// The fault of bytes that did not come or go.
pub(super) fn of_io(error: io::Error, seconds: u64) -> Fault {
    match error.kind() {
        io::ErrorKind::TimedOut => Fault::Timeout { seconds },
        // rustls says so where TLS was not ended properly.
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Fault::Closed
        }
        _ => Fault::Broken(error),
    }
}

/// Code, whether it is the last line, and text.
fn parse(line: &[u8]) -> Option<(u16, bool, String)> {
    let (digits, rest) = line.split_first_chunk::<3>()?;
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    if !(200..600).contains(&code) {
        return None;
    }
    let (last, text) = match rest.split_first() {
        None => (true, rest),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    Some((code, last, String::from_utf8_lossy(text).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Reply, String> {
        let mut from = bytes;
        Incoming::default().reply(&mut from).map_err(|error| error.fault(20).to_string())
    }

    #[test]
    fn answers_of_one_line_and_of_several() {
        let reply =
            |code, lines: &[&str]| Reply { code, lines: lines.iter().map(ToString::to_string).collect() };
        assert_eq!(read(b"250 Ok\r\n"), Ok(reply(250, &["Ok"])));
        assert_eq!(read(b"250\r\n"), Ok(reply(250, &[""])));
        assert_eq!(read(b"250-a\r\n250- \r\n250 b\n"), Ok(reply(250, &["a", " ", "b"])));
        assert_eq!(read(b"550 5.1.1 no\xff\r\n").unwrap().words(), "550 5.1.1 no\u{fffd}");
    }

    #[test]
    fn what_is_no_answer() {
        let not_smtp = Err("the answer is not SMTP".to_owned());
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"\x16\x03\x01\x02\r\n",
            b"250-a\r\n550 b\r\n",
            b"2500 a\r\n",
            b"+50 a\r\n",
            b"199 a\r\n",
            b"600 a\r\n",
            b"\r\n",
            &[b'2'; 5_000],
            &b"250-a\r\n".repeat(20_000),
        ] {
            assert_eq!(read(bytes), not_smtp);
        }
        assert_eq!(read(b"250-a\r\n"), Err("the server closed the connection".to_owned()));
    }

    #[test]
    fn what_follows_an_answer_stays() {
        let mut from = &b"220 go\r\n250 injected\r\n"[..];
        let mut incoming = Incoming::default();
        assert_eq!(incoming.reply(&mut from).unwrap().code, 220);
        assert!(!incoming.is_empty());
    }
}
