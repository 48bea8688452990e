//! How fast a full queue drains, beside a bare loop that does the same without a queue, in the same run and in turn.
//!
//!     cargo bench --bench drain [-- MESSAGES]
//!
//! The servers are threads of this process. One does with a message what it owes to everybody (RFC 5321, 6.1): the message
//! is on the disk before it is taken. The other one keeps nothing, and is faster than any transaction: it shows what the
//! queue costs. That is one transaction a message, by which a worker that is killed leaves one message in doubt at most. So
//! the bare loop is told, and what is judged is the same loop from the smallest queue that does this.
//!
//! Figures are told as `benches/measure.py` tells them.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

mod queue;
mod smtp;

use std::cell::RefCell;
use std::sync::atomic::AtomicBool;
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

use self::queue::Queue;
use self::smtp::{Kept, put, server};

/// How often each is measured, in turn.
const ROUNDS: u64 = 5;
/// A reference.
const QUEUED: &str = "this loop from the smallest queue";
const TO: &str = "alice@example.com";
const BODY: &str = "Your verification code is 012345\n\nIt is for: setting a new password.\n";

struct Nobody;

impl Spawner for Nobody {
    fn wake(&self) {}
}

impl Remarks for Nobody {
    fn remark(&self, _: &str) {}
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

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Something that does the same: what it is called, what is wanted beside it, and its rate.
type Reference<'r> = (&'r str, Option<f64>, &'r mut dyn FnMut() -> f64);

/// Measures it and its references in turn, and tells the medians.
fn compare(what: &str, mut ours: impl FnMut() -> f64, references: &mut [Reference<'_>]) {
    let mut rates = Vec::new();
    let mut theirs = vec![Vec::new(); references.len()];
    for _ in 0..ROUNDS {
        for ((_, _, measure), theirs) in references.iter_mut().zip(&mut theirs) {
            theirs.push(measure());
        }
        rates.push(ours());
    }
    let ours = median(rates).round();
    for ((reference, least, _), theirs) in references.iter().zip(theirs) {
        let mut told = json!({
            "what": what, "reference": reference, "unit": "messages/s", "ours": ours, "theirs": median(theirs).round(),
        });
        if let Some(least) = least {
            told["at_least"] = json!(least);
        }
        println!("{told}");
    }
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
    // What a run costs at all is in memory then.
    drain(&env, Box::new(Kept::to(forgets)), few);
    let begun = resident();
    compare(
        "draining 30 times as many",
        || drain(&env, Box::new(Kept::to(forgets)), many),
        &mut [("draining few", Some(0.77), &mut || drain(&env, Box::new(Kept::to(forgets)), few))],
    );
    eprintln!("memory: {begun} KiB before, {} KiB after", resident());
    let mut queue = Queue::new(&folder.path().join("queue.db"));
    let mut queued = |hand_over: &mut dyn FnMut(&str) -> String| {
        queue.fill(messages);
        rate(messages, || queue.drain(hand_over))
    };
    for (what, server, least) in
        [("draining by SMTP", keeps, Some(0.8)), ("draining to a server that keeps nothing", forgets, None)]
    {
        let (mut bare, mut other) = (Kept::to(server), Kept::to(server));
        compare(
            what,
            || drain(&env, Box::new(Kept::to(server)), messages),
            &mut [
                ("a loop of the same client", None, &mut || {
                    rate(messages, || (0..messages).for_each(|_| drop(bare.send(BODY))))
                }),
                (QUEUED, least, &mut || queued(&mut |body| other.send(body))),
            ],
        );
    }
    let mut names = 0..;
    let mut write = || {
        let name = names.next().unwrap();
        put(&plain, &letter, name);
        name.to_string()
    };
    let write = RefCell::new(&mut write);
    compare(
        "draining into a Maildir",
        || drain(&env, Box::new(Maildir::new(&ours, letterhead.clone(), "bench")), messages),
        &mut [
            ("a loop that flushes and names a file each", None, &mut || {
                rate(messages, || (0..messages).for_each(|_| drop(write.borrow_mut()())))
            }),
            // Which does not compose its letters of text and HTML.
            (QUEUED, Some(0.75), &mut || queued(&mut |_| write.borrow_mut()())),
        ],
    );
}
