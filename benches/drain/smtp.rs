//! A server and a client that do nothing but what the protocol asks for.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::TO;

/// A client that does nothing but what the protocol asks for, over one connection that is kept.
pub(crate) struct Kept {
    server: SocketAddr,
    connection: Option<(TcpStream, BufReader<TcpStream>)>,
}

impl Kept {
    pub(crate) fn to(server: SocketAddr) -> Self {
        Self { server, connection: None }
    }

    /// Gives what the server called the message.
    pub(crate) fn send(&mut self, body: &str) -> String {
        let letter = format!("From: regain@localhost\r\nTo: {TO}\r\n\r\n{}.\r\n", body.replace('\n', "\r\n"));
        let server = self.server;
        let (stream, answers) = self.connection.get_or_insert_with(|| {
            let mut stream = TcpStream::connect(server).unwrap();
            // Or each message would wait for a delayed acknowledgement.
            stream.set_nodelay(true).unwrap();
            let mut answers = BufReader::new(stream.try_clone().unwrap());
            answer(&mut answers, "220");
            say(&mut stream, &mut answers, "EHLO localhost\r\n", "250");
            (stream, answers)
        });
        say(stream, answers, "MAIL FROM:<regain@localhost>\r\n", "250");
        say(stream, answers, &format!("RCPT TO:<{TO}>\r\n"), "250");
        say(stream, answers, "DATA\r\n", "354");
        say(stream, answers, &letter, "250")
    }
}

fn say(stream: &mut TcpStream, answers: &mut BufReader<TcpStream>, line: &str, expected: &str) -> String {
    stream.write_all(line.as_bytes()).unwrap();
    answer(answers, expected)
}

/// The last line of an answer has a blank behind its number.
fn answer(answers: &mut BufReader<TcpStream>, expected: &str) -> String {
    loop {
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert!(line.starts_with(expected), "{line}");
        if line.as_bytes().get(3) == Some(&b' ') {
            return line.split_off(4);
        }
    }
}

/// A server that takes everything, and keeps it if it has a folder for it.
pub(crate) fn server(keeps: Option<PathBuf>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let keeps = keeps.clone();
            std::thread::spawn(move || serve(&stream.unwrap(), keeps.as_deref()));
        }
    });
    address
}

fn serve(mut stream: &TcpStream, keeps: Option<&Path>) {
    static TAKEN: AtomicU64 = AtomicU64::new(0);
    stream.set_nodelay(true).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 here\r\n").unwrap();
    while let Some(Ok(line)) = lines.next() {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-here\r\n250 PIPELINING\r\n".to_owned(),
            "DATA" => {
                stream.write_all(b"354 go on\r\n").unwrap();
                let letter = lines.by_ref().map(Result::unwrap).take_while(|line| line != ".");
                let letter: Vec<String> = letter.collect();
                let number = TAKEN.fetch_add(1, Ordering::Relaxed);
                if let Some(folder) = keeps {
                    put(folder, letter.join("\n").as_bytes(), number);
                }
                format!("250 2.0.0 Ok: queued as {number:X}\r\n")
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).unwrap();
    }
}

/// As any program keeps a message: in a file that is on the disk before it has its name, and then the name.
pub(crate) fn put(folder: &Path, letter: &[u8], number: u64) {
    let (begun, whole) =
        (folder.join(format!("tmp/{number}.1.bench")), folder.join(format!("new/{number}.1.bench")));
    let mut file = File::create(&begun).unwrap();
    file.write_all(letter).unwrap();
    file.sync_all().unwrap();
    std::fs::rename(begun, whole).unwrap();
    File::open(folder.join("new")).unwrap().sync_all().unwrap();
}
