//! How fast a full queue drains, beside a bare loop of a plain client against the same server in the same run.
//!
//!     cargo bench --bench drain [-- MESSAGES [DELAY_MS]]
//!
//! The server is a sink in this process that takes every message, after `DELAY_MS` each. What the queue adds is one
//! transaction a message, by which a worker that is killed leaves one message in doubt at most.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use regain::config::Settings;
use regain::delivery::{
    Accepted, DeliveryError, Fault, Letterhead, Maildir, OutboundMessage, Stage, Transport, Transports,
};
use regain::domain::address::Channel;
use regain::domain::entropy::SystemEntropy;
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
    fn send(&mut self, body: &str) {
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
        say(stream, answers, &letter, "250");
    }
}

fn say(stream: &mut TcpStream, answers: &mut BufReader<TcpStream>, line: &str, expected: &str) {
    stream.write_all(line.as_bytes()).unwrap();
    answer(answers, expected);
}

/// The last line of an answer has a blank behind its number.
fn answer(answers: &mut BufReader<TcpStream>, expected: &str) {
    loop {
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert!(line.starts_with(expected), "{line}");
        if line.as_bytes().get(3) == Some(&b' ') {
            return;
        }
    }
}

impl Transport for Kept {
    fn stages(&self) -> &'static [Stage] {
        &[]
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        self.send(&outbound.message.body);
        Ok(Accepted::default())
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

/// A server that takes everything and keeps nothing.
fn sink(delay: Duration, taken: &Arc<AtomicU64>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let taken = Arc::clone(taken);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let taken = Arc::clone(&taken);
            std::thread::spawn(move || serve(&stream.unwrap(), delay, &taken));
        }
    });
    address
}

fn serve(mut stream: &TcpStream, delay: Duration, taken: &AtomicU64) {
    stream.set_nodelay(true).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 sink\r\n").unwrap();
    while let Some(Ok(line)) = lines.next() {
        let answer: &[u8] = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => b"250-sink\r\n250 PIPELINING\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").unwrap();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| line != ".")) {}
                std::thread::sleep(delay);
                taken.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).unwrap();
    }
}

/// Resident memory of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn fill(env: &Env<'_>, messages: u64) {
    let message = Message { to: TO.to_owned(), subject: "s".to_owned(), body: BODY.to_owned() };
    let now = env.clock.now();
    env.store
        .write(|tx| {
            for at in 0..messages {
                let id = format!("msg_{at:024}");
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

fn drain(env: &Env<'_>, email: Box<dyn Transport>, messages: u64) -> Duration {
    let mut transports = Transports { email, sms: Box::new(Unused) };
    let (stop, mut done) = (AtomicBool::new(false), Delivered::default());
    let terms = Terms { stay: Stay::Once, stop: &stop, leave: &stop, lost: &[] };
    let begun = Instant::now();
    flow::deliver(env, &mut transports, &terms, &mut done).unwrap();
    assert_eq!(done.handed_over, messages);
    begun.elapsed()
}

fn told(what: &str, messages: u64, took: Duration) {
    let rate = f64::from(u32::try_from(messages).unwrap()) / took.as_secs_f64();
    println!("{what:<28} {:>8.2} s {rate:>8.0} messages/s", took.as_secs_f64());
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let messages = numbers.next().unwrap_or(10_000);
    let delay = Duration::from_millis(numbers.next().unwrap_or(0));
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
    };
    let taken = Arc::new(AtomicU64::new(0));
    let server = sink(delay, &taken);

    let mut bare = Kept { server, connection: None };
    let begun = Instant::now();
    for _ in 0..messages {
        bare.send(BODY);
    }
    told("bare loop, SMTP", messages, begun.elapsed());

    // A tenth first: what a run costs at all is in memory then.
    fill(&env, messages / 10);
    drain(&env, Box::new(Kept { server, connection: None }), messages / 10);
    purge(&env);
    fill(&env, messages);
    let before = resident();
    let took = drain(&env, Box::new(Kept { server, connection: None }), messages);
    told("queue, SMTP", messages, took);
    println!("{:<28} {before:>8} KiB before, {} KiB after", "memory", resident());
    assert_eq!(taken.load(Ordering::Relaxed), 2 * messages + messages / 10);

    purge(&env);
    let mut bare = Maildir::new(&folder.path().join("bare"), letterhead(), "bench");
    let message = Message { to: TO.to_owned(), subject: "s".to_owned(), body: BODY.to_owned() };
    let begun = Instant::now();
    for at in 0..messages {
        let id = format!("msg_{at}");
        bare.hand_over(&OutboundMessage { id: &id, at: SystemClock.now(), message: &message }).unwrap();
    }
    told("bare loop, Maildir", messages, begun.elapsed());
    fill(&env, messages);
    let maildir = Maildir::new(&folder.path().join("queue"), letterhead(), "bench");
    told("queue, Maildir", messages, drain(&env, Box::new(maildir), messages));
}

fn letterhead() -> Letterhead {
    Letterhead { from: Mailbox::bare("regain@localhost"), reply_to: None, html: true }
}

fn purge(env: &Env<'_>) {
    env.store.write(|tx| tx.purge(jiff::Timestamp::MAX).map(drop)).unwrap();
}
