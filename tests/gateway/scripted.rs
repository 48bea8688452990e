//! A gateway that does what it is told, one act a request, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What it does with a request.
#[derive(Clone)]
pub enum Act {
    /// Answers with a status and a reason, headers that end with CR LF each, and a body.
    Answer(&'static str, &'static str, String),
    /// The same, with the whole request as the body.
    Echo(&'static str),
    /// Accepts after two seconds.
    Slow,
    /// Never answers.
    Hang,
    /// Sends the head and half of the body that it announced, and goes.
    Half(&'static str),
    /// Goes without a word.
    Close,
    /// Sends a body without end.
    Flood(&'static str),
    /// Says what is no HTTP.
    Babble,
}

impl Act {
    pub fn json(status: &'static str, body: &str) -> Self {
        Self::Answer(status, "Content-Type: application/json\r\n", body.to_owned())
    }

    pub fn text(status: &'static str, body: &str) -> Self {
        Self::Answer(status, "Content-Type: text/plain\r\n", body.to_owned())
    }
}

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub line: String,
    /// In lower case, as `name: value`.
    pub headers: Vec<String>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|header| header.strip_prefix(name)?.strip_prefix(": "))
    }
}

pub struct Gateway {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub connections: Arc<AtomicUsize>,
}

/// The last act is repeated.
struct Script {
    acts: Mutex<Vec<Act>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<AtomicUsize>,
}

impl Gateway {
    pub fn new(acts: &[Act]) -> Self {
        Self::start(acts, None)
    }

    /// With a certificate and its key in PEM.
    pub fn over_tls(acts: &[Act], certificate: &Path, key: &Path) -> Self {
        let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::start(acts, Some(Arc::new(config)))
    }

    fn start(acts: &[Act], tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, connections) = (Arc::default(), Arc::default());
        let script = Arc::new(Script {
            acts: Mutex::new(acts.to_vec()),
            asked: Arc::clone(&asked),
            connections: Arc::clone(&connections),
        });
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, tls) = (Arc::clone(&script), tls.clone());
                script.connections.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || match tls {
                    None => script.play(stream),
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config).unwrap();
                        script.play(rustls::StreamOwned::new(connection, stream));
                    }
                });
            }
        });
        Self { port, asked, connections }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request there was.
    pub fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

impl Script {
    fn play(&self, mut stream: impl Read + Write) {
        while let Some((asked, raw)) = request(&mut stream) {
            self.asked.lock().unwrap().push(asked);
            let act = {
                let mut acts = self.acts.lock().unwrap();
                if acts.len() > 1 { acts.remove(0) } else { acts[0].clone() }
            };
            if !perform(&act, &raw, &mut stream) {
                return;
            }
        }
    }
}

/// Whether the connection goes on. A client that went away is its own business.
fn perform(act: &Act, raw: &str, stream: &mut impl Write) -> bool {
    let mut say = |text: &str| stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).is_ok();
    match act {
        Act::Answer(status, headers, body) => {
            say(&format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()))
        }
        Act::Echo(status) => say(&format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{raw}", raw.len())),
        Act::Slow => {
            std::thread::sleep(Duration::from_secs(2));
            say("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        }
        Act::Hang => {
            std::thread::sleep(Duration::from_secs(60));
            false
        }
        Act::Half(status) => {
            say(&format!("HTTP/1.1 {status}\r\nContent-Length: 100\r\n\r\nhalf of it"));
            false
        }
        Act::Close => false,
        Act::Flood(status) => {
            say(&format!("HTTP/1.1 {status}\r\nContent-Length: 10000000000\r\n\r\n"));
            while say(&"flood ".repeat(10_000)) {}
            false
        }
        Act::Babble => {
            say("220 this is a mail server\r\n");
            false
        }
    }
}

fn request(stream: &mut impl Read) -> Option<(Asked, String)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: Vec<String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| format!("{}: {value}", name.to_lowercase()))
        .collect();
    let mut asked = Asked { line, headers, body: String::new() };
    let length: usize = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
    asked.body = String::from_utf8(bytes[end..].to_vec()).unwrap();
    Some((asked, String::from_utf8(bytes).unwrap()))
}

/// Whether somebody listens there.
pub fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
