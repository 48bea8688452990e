//! What a server answers (RFC 5321, 4.2), byte by byte until an answer is whole; lettre reads it then.

use std::io::{self, Read};

use lettre::transport::smtp::response::Response;

use super::super::fault::Fault;

/// More in one line or one answer is no answer: Postfix's limits are 2,048 and 100,000 octets.
const LONGEST_LINE: usize = 2_048;
const LONGEST_REPLY: usize = 65_536;

/// On one line, as people quote it: `550 5.1.1 no such user`.
pub(super) fn on_one_line(response: &Response) -> String {
    format!("{} {}", response.code(), joined(response)).trim_end().to_owned()
}

/// The text without the code.
pub(super) fn joined(response: &Response) -> String {
    response.message().collect::<Vec<_>>().join(" ")
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
    pub(super) fn response(&mut self, from: &mut impl Read) -> Result<Response, ReplyError> {
        let mut reply = String::new();
        loop {
            let line = as_lettre_reads_it(self.line(from)?).ok_or(ReplyError::Garbled)?;
            reply.push_str(&line);
            reply.push_str("\r\n");
            if reply.len() > LONGEST_REPLY {
                return Err(ReplyError::Garbled);
            }
            // A hyphen behind the code: more lines follow.
            if line.as_bytes().get(3) != Some(&b'-') {
                return reply.parse().map_err(|_| ReplyError::Garbled);
            }
        }
    }

    /// The next line without its end, which is CR LF, or LF where the server is careless.
    fn line(&mut self, from: &mut impl Read) -> Result<String, ReplyError> {
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.bytes.drain(..=end).collect();
                let line = line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\n")).unwrap_or(&line);
                return Ok(String::from_utf8_lossy(line).into_owned());
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

/// A line that begins with a code, which lettre wants followed by a text, and without the second digits above 5 that
/// RFC 5321 has no meaning for and servers send all the same: `571 no` becomes `550 (571) no`, as only the first digit
/// counts then (4.3.2). Nothing where there is no code.
fn as_lettre_reads_it(line: String) -> Option<String> {
    let (code, text) =
        line.split_at_checked(3).filter(|(code, _)| code.bytes().all(|c| c.is_ascii_digit()))?;
    Some(match code.as_bytes() {
        [first, b'6'..=b'9', _] => {
            let (mark, text) = text.split_at_checked(1).unwrap_or((" ", text));
            format!("{}50{mark}({code}) {text}", char::from(*first))
        }
        _ if text.is_empty() => line + " ",
        _ => line,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Response, String> {
        let mut from = bytes;
        Incoming::default().response(&mut from).map_err(|error| error.fault(20).to_string())
    }

    #[test]
    fn answers_of_one_line_and_of_several() {
        let lines = |bytes| {
            let response = read(bytes).unwrap();
            (u16::from(response.code()), response.message().map(str::to_owned).collect::<Vec<_>>())
        };
        let strings = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(lines(b"250 Ok\r\n"), (250, strings(&["Ok"])));
        assert_eq!(lines(b"250\r\n"), (250, strings(&[""])));
        assert_eq!(lines(b"250-a\r\n250- \r\n250 b\n"), (250, strings(&["a", " ", "b"])));
        let quoted = |bytes| on_one_line(&read(bytes).unwrap());
        assert_eq!(quoted(b"550 5.1.1 no\xff\r\n"), "550 5.1.1 no\u{fffd}");
        assert_eq!(quoted(b"571 no\r\n"), "550 (571) no");
        assert_eq!(quoted(b"471-not\r\n471 now\r\n"), "450 (471) not (471) now");
        assert_eq!(quoted(b"571\r\n"), "550 (571)");
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
            b"abc-def\r\n",
            b"970 a\r\n",
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
        assert_eq!(u16::from(incoming.response(&mut from).unwrap().code()), 220);
        assert!(!incoming.is_empty());
    }
}
