//! A mail server that does what a test tells it to, and writes down what it was told.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Answers that are deeds: silence until the other side gives up, hanging up, and going on without an answer.
pub(crate) const HANG: &str = "HANG";
pub(crate) const DROP: &str = "DROP";

/// What the server says to each command, in turn; the last one stays. `ECHO` in it becomes what it was told.
pub(crate) struct Script {
    replies: HashMap<&'static str, VecDeque<Vec<u8>>>,
    certificate: Option<Arc<ServerConfig>>,
    implicit: bool,
}

impl Script {
    /// In the clear, and content with everything.
    pub(crate) fn clear() -> Self {
        let replies = [
            ("BANNER", "220 scripted ESMTP\r\n"),
            ("EHLO", "250-scripted\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"),
            ("STARTTLS", "220 go ahead\r\n"),
            ("AUTH", "235 welcome\r\n"),
            ("MAIL", "250 sender ok\r\n"),
            ("RCPT", "250 recipient ok\r\n"),
            ("DATA", "354 go ahead\r\n"),
            (".", "250 2.0.0 Ok: queued as X7\r\n"),
            ("RSET", "250 ok\r\n"),
            ("QUIT", "221 bye\r\n"),
        ];
        let replies =
            replies.map(|(command, reply)| (command, VecDeque::from([reply.as_bytes().to_vec()]))).into();
        Self { replies, certificate: None, implicit: false }
    }

    /// With STARTTLS and this certificate.
    pub(crate) fn starttls(certificate: &str) -> Self {
        let mut script =
            Self::clear().says("EHLO", "250-scripted\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n");
        script.certificate = Some(super::certificates::server(certificate));
        script
    }

    /// With TLS from the first byte.
    pub(crate) fn implicit(certificate: &str) -> Self {
        Self { implicit: true, ..Self::starttls(certificate) }
    }

    pub(crate) fn says(self, command: &'static str, reply: &str) -> Self {
        self.says_in_turn(command, &[reply])
    }

    pub(crate) fn says_in_turn(mut self, command: &'static str, replies: &[&str]) -> Self {
        self.replies.insert(command, replies.iter().map(|reply| reply.as_bytes().to_vec()).collect());
        self
    }

    pub(crate) fn says_bytes(mut self, command: &'static str, reply: Vec<u8>) -> Self {
        self.replies.insert(command, VecDeque::from([reply]));
        self
    }
}

/// What happened on the server.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    /// Every command, as it came.
    pub(crate) commands: Vec<String>,
    /// Every letter that came to its end, with the dots that were doubled.
    pub(crate) letters: Vec<String>,
}

/// A server that listens until the test ends.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub(crate) fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (script, shared) = (Arc::new(Mutex::new(script)), Arc::clone(&seen));
        std::thread::spawn(move || {
            for tcp in listener.incoming().map_while(Result::ok) {
                shared.lock().unwrap().connections += 1;
                let (script, seen) = (Arc::clone(&script), Arc::clone(&shared));
                // A client that hangs up in the middle is what many tests are about.
                std::thread::spawn(move || drop(Conversation { script, seen }.hold(tcp)));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

struct Conversation {
    script: Arc<Mutex<Script>>,
    seen: Arc<Mutex<Seen>>,
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Conversation {
    fn hold(&self, tcp: TcpStream) -> std::io::Result<()> {
        let (certificate, implicit) = {
            let script = self.script.lock().unwrap();
            (script.certificate.clone(), script.implicit)
        };
        let secured = |tcp| -> Box<dyn Stream> {
            let connection = ServerConnection::new(Arc::clone(certificate.as_ref().unwrap())).unwrap();
            Box::new(StreamOwned::new(connection, tcp))
        };
        let plain = tcp.try_clone()?;
        let mut stream =
            BufReader::new(if implicit { secured(tcp) } else { Box::new(tcp) as Box<dyn Stream> });
        if !self.answer(&mut stream, "BANNER", "")? {
            return Ok(());
        }
        let mut line = String::new();
        while stream.read_line(&mut line)? > 0 {
            let told = line.trim_end().to_owned();
            line.clear();
            self.seen.lock().unwrap().commands.push(told.clone());
            let verb = told.split(' ').next().unwrap().to_ascii_uppercase();
            if !self.answer(&mut stream, &verb, &told)? {
                return Ok(());
            }
            match verb.as_str() {
                "STARTTLS" if certificate.is_some() => {
                    stream = BufReader::new(secured(plain.try_clone()?));
                }
                "DATA" => {
                    let letter = read_letter(&mut stream)?;
                    self.seen.lock().unwrap().letters.push(letter.clone());
                    if !self.answer(&mut stream, ".", &letter)? {
                        return Ok(());
                    }
                }
                "QUIT" => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the conversation goes on.
    fn answer(
        &self,
        stream: &mut BufReader<Box<dyn Stream>>,
        verb: &str,
        told: &str,
    ) -> std::io::Result<bool> {
        let reply = {
            let mut script = self.script.lock().unwrap();
            // The further lines of AUTH LOGIN are no commands.
            let verb = if script.replies.contains_key(verb) { verb } else { "AUTH" };
            let replies = script.replies.get_mut(verb).unwrap();
            if replies.len() > 1 { replies.pop_front().unwrap() } else { replies.front().unwrap().clone() }
        };
        match reply.as_slice() {
            reply if reply == HANG.as_bytes() => {
                std::thread::sleep(Duration::from_secs(30));
                Ok(false)
            }
            reply if reply == DROP.as_bytes() => Ok(false),
            reply => {
                let text = String::from_utf8_lossy(reply).replace("ECHO", &told.replace(['\r', '\n'], " "));
                let bytes = if reply.is_ascii() { text.as_bytes() } else { reply };
                stream.get_mut().write_all(bytes)?;
                stream.get_mut().flush()?;
                Ok(true)
            }
        }
    }
}

fn read_letter(stream: &mut impl BufRead) -> std::io::Result<String> {
    let mut letter = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(letter);
        }
        letter.push_str(&line);
    }
}
