//! How fast a full queue drains, beside a bare loop that does the same without a queue, in the same run and in turn.
//!
//!     cargo bench --bench drain [-- MESSAGES]
//!
//! The servers are threads of this process. One does with a message what it owes to everybody (RFC 5321, 6.1): the message
//! is on the disk before it is taken. The other one keeps nothing, and is faster than any transaction: it shows what the
//! queue costs. That is one transaction a message, by which a worker that is killed leaves one message in doubt at most.
//!
//! Figures are told as `benches/measure.py` tells them.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use regain::config::Settings;
use regain::delivery::{
    Accepted, DeliveryError, Fault, Letterhead, Maildir, OutboundMessage, Stage, Transport, Transports,
};
use regain::domain::address::Channel;
use regain::domain::entropy::SystemEntropy;
use regain::domain::id;
use regain::domain::mailbox::Mailbox;
use regain::domain::message::Message;
use regain::domain::operator::Role;
use regain::domain::outbox::{Kind, Outgoing, State};
use regain::domain::password::NoList;
use regain::domain::store_url::StoreUrl;
use regain::domain::time::{Clock, SystemClock, after};
use regain::flow::{self, Actor, Delivered, Env, Occasion, Remarks, Spawner, Stay, Terms};
use regain::hasher::{Cost, Hasher};
use regain::keyring::KeyRing;
use regain::store::{self, StoreError, Transactions};
use regain::texts::Texts;
use serde_json::json;

/// How often each is measured, in turn.
const ROUNDS: u64 = 5;
const TO: &str = "alice@example.com";
const BODY: &str = "Your verification code is 012345\n\nIt is for: setting a new password.\n";

struct Nobody;

impl Spawner for Nobody {
    fn wake(&self) {}
}

impl Remarks for Nobody {
    fn remark(&self, _: &str) {}
}

/// A client that does nothing but what the protocol asks for, over one connection that is kept.
struct Kept {
    server: SocketAddr,
    connection: Option<(TcpStream, BufReader<TcpStream>)>,
}

impl Kept {
    /// Gives what the server called the message.
    fn send(&mut self, body: &str) -> String {
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

impl Transport for Kept {
    fn stages(&self) -> &'static [Stage] {
        &[]
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        Ok(Accepted { reference: self.send(&outbound.message.body) })
    }
}

/// No SMS is queued here.
struct Unused;

impl Transport for Unused {
    fn stages(&self) -> &'static [Stage] {
        &[]
    }

    fn hand_over(&mut self, _: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        Err(DeliveryError::permanent(Stage::Accept, Fault::Refused))
    }
}

/// A server that takes everything, and keeps it if it has a folder for it.
fn server(keeps: Option<PathBuf>) -> SocketAddr {
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

/// Resident memory of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn message() -> Message {
    Message { to: TO.to_owned(), subject: "s".to_owned(), body: BODY.to_owned() }
}

fn fill(env: &Env<'_>, messages: u64) {
    let message = message();
    let now = env.clock.now();
    env.store
        .write(|tx| {
            for _ in 0..messages {
                let id = id::new(env.entropy, "msg").unwrap();
                let sealed = env.keys.seal(&message.to_bytes(), id.as_bytes(), env.entropy).unwrap();
                tx.enqueue(&Outgoing {
                    kind: Kind::Notice,
                    channel: Channel::Email,
                    code_id: None,
                    user_id: None,
                    key_id: sealed.key_id.to_string(),
                    sealed: sealed.bytes,
                    state: State::Queued,
                    attempts: 0,
                    created_at: now,
                    due_at: now,
                    expires_at: after(now, jiff::SignedDuration::from_hours(24)),
                    maybe_twice: false,
                    id,
                })?;
            }
            Ok::<(), StoreError>(())
        })
        .unwrap();
}

/// Messages a second, of a queue that is filled for it.
fn drain(env: &Env<'_>, email: Box<dyn Transport>, messages: u64) -> f64 {
    env.store.write(|tx| tx.purge(jiff::Timestamp::MAX).map(drop)).unwrap();
    fill(env, messages);
    let mut transports = Transports { email, sms: Box::new(Unused) };
    let (stop, mut done) = (AtomicBool::new(false), Delivered::default());
    let terms = Terms { stay: Stay::Once, stop: &stop, leave: &stop, lost: &[] };
    let rate = rate(messages, || flow::deliver(env, &mut transports, &terms, &mut done).unwrap());
    assert_eq!(done.handed_over, messages);
    rate
}

fn rate(messages: u64, act: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    act();
    f64::from(u32::try_from(messages).unwrap()) / begun.elapsed().as_secs_f64()
}

/// As any program keeps a message: in a file that is on the disk before it has its name, and then the name.
fn put(folder: &Path, letter: &[u8], number: u64) {
    let (begun, whole) =
        (folder.join(format!("tmp/{number}.1.bench")), folder.join(format!("new/{number}.1.bench")));
    let mut file = File::create(&begun).unwrap();
    file.write_all(letter).unwrap();
    file.sync_all().unwrap();
    std::fs::rename(begun, whole).unwrap();
    File::open(folder.join("new")).unwrap().sync_all().unwrap();
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Measures two in turn, and tells the medians.
fn compare(
    what: &str,
    reference: &str,
    least: Option<f64>,
    mut ours: impl FnMut() -> f64,
    mut theirs: impl FnMut() -> f64,
) {
    let (theirs, ours) = (0..ROUNDS).map(|_| (theirs(), ours())).unzip();
    let (ours, theirs) = (median(ours).round(), median(theirs).round());
    let mut told = json!({
        "what": what, "reference": reference, "unit": "messages/s", "ours": ours, "theirs": theirs,
    });
    if let Some(least) = least {
        told["at_least"] = json!(least);
    }
    println!("{told}");
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let all = numbers.next().unwrap_or(10_000);
    let (messages, few, many) = (all / ROUNDS, all / 10, 3 * all);
    let folder = tempfile::tempdir().unwrap();
    let store = store::create(&StoreUrl::from(folder.path().join("regain.db"))).unwrap();
    let keys = KeyRing::generate(&SystemEntropy, &SystemClock).unwrap();
    let (settings, texts) = (Settings::parse("").unwrap(), Texts::default());
    let actor = Actor {
        uid: 0,
        name: "bench".to_owned(),
        role: Role::Admin,
        owner: true,
        store_owner: Some(1000),
        host: "localhost".to_owned(),
        process: 1,
        source: "uid:0".to_owned(),
        place: None,
    };
    let env = Env {
        store: store.as_ref(),
        keys: &keys,
        hasher: Hasher::new(Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 }, false, &keys),
        clock: &SystemClock,
        entropy: &SystemEntropy,
        settings: &settings,
        actor,
        occasion: Occasion::default(),
        spawner: &Nobody,
        remarks: &Nobody,
        texts: &texts,
        extra_list: &NoList,
        conclude_overdue: flow::conclude_overdue_attempts,
        in_a_row: false,
    };
    let [ours, plain, kept] = ["ours", "plain", "kept"].map(|name| folder.path().join(name));
    let letterhead = Letterhead { from: Mailbox::bare("regain@localhost"), reply_to: None, html: true };
    // A letter of ours, for the plain loop to write the same; and a folder for the server.
    let outbound = OutboundMessage { id: "msg_0", at: SystemClock.now(), message: &message(), again: false };
    for folder in [&plain, &kept] {
        Maildir::new(folder, letterhead.clone(), "bench").hand_over(&outbound).unwrap();
    }
    let letter = std::fs::read_dir(plain.join("new")).unwrap().next().unwrap().unwrap().path();
    let letter = std::fs::read(letter).unwrap();

    let (keeps, forgets) = (server(Some(kept)), server(None));
    let client = |server| Kept { server, connection: None };
    // What a run costs at all is in memory then.
    drain(&env, Box::new(client(forgets)), few);
    let begun = resident();
    compare(
        "draining 30 times as many",
        "draining few",
        Some(0.77),
        || drain(&env, Box::new(client(forgets)), many),
        || drain(&env, Box::new(client(forgets)), few),
    );
    eprintln!("memory: {begun} KiB before, {} KiB after", resident());
    for (what, server, least) in
        [("draining by SMTP", keeps, Some(0.8)), ("draining to a server that keeps nothing", forgets, None)]
    {
        let mut bare = client(server);
        compare(
            what,
            "a loop of the same client",
            least,
            || drain(&env, Box::new(client(server)), messages),
            || rate(messages, || (0..messages).for_each(|_| drop(bare.send(BODY)))),
        );
    }
    let mut names = 0..;
    compare(
        "draining into a Maildir",
        "a loop that flushes and names a file each",
        Some(0.8),
        || drain(&env, Box::new(Maildir::new(&ours, letterhead.clone(), "bench")), messages),
        || rate(messages, || (0..messages).for_each(|_| put(&plain, &letter, names.next().unwrap()))),
    );
}
