use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;

use super::*;
use crate::delivery::{Accepted, DeliveryError, Fault, Stage, Transport};
use crate::domain::outbox::{Kind, Outcome, Try};
use crate::domain::time::before;
use crate::flow::foundation::world_tests::World;
use crate::flow::messages::notices::{self, Posting};

/// What a transport does with each message, in turn; when there is nothing left it takes them.
enum Act {
    Take,
    Fail(fn() -> DeliveryError),
    /// Takes it and dies.
    Die,
}

/// A transport that plays its acts and notes what it took, and what may be left behind of an earlier try.
struct Play {
    acts: Arc<Mutex<Vec<Act>>>,
    took: Arc<Mutex<Vec<String>>>,
    /// Set when the last act is played: the clock stands still, so nothing would end the run.
    stop: Arc<AtomicBool>,
}

impl Transport for Play {
    fn stages(&self) -> &'static [Stage] {
        &[]
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        let mut acts = self.acts.lock().unwrap();
        let act = if acts.is_empty() { Act::Take } else { acts.remove(0) };
        if acts.is_empty() {
            self.stop.store(true, Ordering::Relaxed);
        }
        drop(acts);
        if let Act::Fail(error) = act {
            return Err(error());
        }
        let again = if outbound.again { " again" } else { "" };
        self.took.lock().unwrap().push(format!("{}{again}", outbound.message.body));
        if matches!(act, Act::Die) {
            panic!("killed");
        }
        Ok(Accepted::default())
    }
}

struct Theatre {
    world: World,
    email: Arc<Mutex<Vec<Act>>>,
    sms: Arc<Mutex<Vec<Act>>>,
    took: Arc<Mutex<Vec<String>>>,
}

impl Theatre {
    fn new() -> Self {
        let (email, sms, took) = (Arc::default(), Arc::default(), Arc::default());
        Self { world: World::new(), email, sms, took }
    }

    fn queue(&self, channel: Channel, body: &str) {
        let message =
            Message { to: "a@b.example".to_owned(), subject: "s".to_owned(), body: body.to_owned() };
        let env = self.world.env();
        env.write(|tx| {
            let posting = Posting {
                kind: Kind::Setup,
                channel,
                message: &message,
                code_id: None,
                user_id: Some("usr_1"),
                expires_at: after(tx.now, SignedDuration::from_hours(1)),
            };
            notices::queue(tx, &posting)?;
            Ok(())
        })
        .unwrap();
    }

    /// One worker, until the acts are played.
    fn work(&self) -> Delivered {
        self.work_as(Stay::Once, false)
    }

    fn work_as(&self, stay: Stay, leave: bool) -> Delivered {
        let stop = Arc::new(AtomicBool::new(false));
        let play = |acts: &Arc<Mutex<Vec<Act>>>| -> Box<dyn Transport> {
            let (acts, took, stop) = (Arc::clone(acts), Arc::clone(&self.took), Arc::clone(&stop));
            Box::new(Play { acts, took, stop })
        };
        let mut transports = Transports { email: play(&self.email), sms: play(&self.sms) };
        let mut done = Delivered::default();
        let leave = AtomicBool::new(leave);
        let terms = Terms { stay, stop: &stop, leave: &leave, lost: &[] };
        let run = || deliver(&self.world.env(), &mut transports, &terms, &mut done, |_| Ok(()));
        if let Ok(ended) = catch_unwind(AssertUnwindSafe(run)) {
            ended.unwrap();
        }
        done
    }

    fn took(&self) -> Vec<String> {
        std::mem::take(&mut *self.took.lock().unwrap())
    }

    fn tries(&self) -> Vec<(Outcome, Option<String>, Option<String>)> {
        let told = |tried: Try| (tried.outcome, tried.stage, tried.words);
        self.world.with(|tx| tx.tries_of_user("usr_1")).into_iter().map(told).collect()
    }
}

fn unreachable() -> DeliveryError {
    DeliveryError::temporary(Stage::Connect, Fault::Timeout { seconds: 10 })
}

fn busy() -> DeliveryError {
    DeliveryError::temporary(Stage::Accept, Fault::Refused).said("451 4.7.1 not now, a@b.example")
}

fn slow_down() -> DeliveryError {
    busy().not_before(SignedDuration::from_mins(10))
}

fn never() -> DeliveryError {
    DeliveryError::permanent(Stage::Recipient, Fault::Refused).said("550 5.1.1 no such user")
}

/// A worker that dies leaves one message in doubt, which is marked by whoever takes it over; no other is touched.
#[test]
fn a_worker_that_dies_doubles_the_message_in_its_hands_and_no_other() {
    let stage = Theatre::new();
    for body in ["one", "two", "three"] {
        stage.queue(Channel::Email, body);
    }
    *stage.email.lock().unwrap() = vec![Act::Take, Act::Die];
    stage.work();
    assert_eq!(stage.took(), ["one", "two"]);
    // Its lease holds: the next worker leaves it alone.
    *stage.email.lock().unwrap() = vec![Act::Take];
    assert_eq!(stage.work().handed_over, 1);
    assert_eq!(stage.took(), ["three"]);
    stage.world.wait(2);
    *stage.email.lock().unwrap() = vec![Act::Take];
    assert_eq!(stage.work().handed_over, 1);
    assert_eq!(stage.took(), ["two again"], "it is not lost, and it may have come twice");
    let outcomes: Vec<Outcome> = stage.tries().into_iter().map(|tried| tried.0).collect();
    assert_eq!(outcomes, [Outcome::HandedOver, Outcome::Unknown, Outcome::HandedOver, Outcome::HandedOver]);
    let since = before(stage.world.now(), SignedDuration::from_hours(1));
    assert_eq!(stage.world.with(|tx| tx.maybe_twice(Channel::Email, since)), 1);
}

#[test]
fn every_try_is_written_down_with_its_stage_and_redacted_words() {
    let stage = Theatre::new();
    stage.queue(Channel::Email, "one");
    *stage.email.lock().unwrap() = vec![Act::Fail(busy)];
    assert_eq!(stage.work().postponed, 1);
    stage.world.wait(1);
    *stage.email.lock().unwrap() = vec![Act::Fail(never)];
    assert_eq!(stage.work().failed, 1);
    let word = |text: &str| Some(text.to_owned());
    assert_eq!(
        stage.tries(),
        [
            (
                Outcome::Postponed,
                word("accept"),
                word("hand the message over: it was refused: 451 4.7.1 not now, [...]")
            ),
            (
                Outcome::Failed,
                word("recipient"),
                word("have the recipient accepted: it was refused: 550 5.1.1 no such user")
            ),
        ]
    );
}

/// A server that cannot be reached costs one message a try, and the other channel nothing.
#[test]
fn a_worker_that_is_to_leave_takes_what_is_due_and_waits_for_no_other_try() {
    let theatre = Theatre::new();
    theatre.email.lock().unwrap().extend([Act::Fail(busy), Act::Take]);
    theatre.queue(Channel::Email, "a message");
    let done = theatre.work_as(Stay::Watch, true);
    assert_eq!((done.postponed, done.handed_over), (1, 0));
    assert_eq!(theatre.email.lock().unwrap().len(), 1, "nobody told it to stop");
}

#[test]
fn an_outage_holds_its_channel_and_no_other() {
    let stage = Theatre::new();
    for body in ["one", "two", "three"] {
        stage.queue(Channel::Email, body);
        stage.queue(Channel::Mobile, body);
    }
    *stage.email.lock().unwrap() = vec![Act::Fail(unreachable), Act::Take];
    *stage.sms.lock().unwrap() = vec![Act::Take, Act::Take, Act::Take];
    let done = stage.work();
    assert_eq!((done.postponed, done.handed_over), (1, 3));
    assert_eq!(stage.took(), ["one", "two", "three"]);
    assert_eq!(stage.tries().len(), 4);
}

#[test]
fn a_provider_that_asks_for_a_pause_is_left_alone() {
    let stage = Theatre::new();
    stage.queue(Channel::Mobile, "one");
    *stage.sms.lock().unwrap() = vec![Act::Fail(slow_down)];
    stage.work();
    stage.world.wait(9);
    assert_eq!(stage.work(), Delivered::default());
    stage.world.wait(1);
    assert_eq!(stage.work().handed_over, 1);
    // One that asks for longer than the message lives has refused it.
    stage.queue(Channel::Mobile, "two");
    stage.world.wait(55);
    *stage.sms.lock().unwrap() = vec![Act::Fail(slow_down)];
    assert_eq!(stage.work().failed, 1);
}

#[test]
fn what_expired_during_an_outage_says_what_held_it_up() {
    let stage = Theatre::new();
    stage.queue(Channel::Email, "one");
    *stage.email.lock().unwrap() = vec![Act::Fail(unreachable)];
    stage.work();
    stage.world.wait(61);
    assert_eq!(stage.work().failed, 1);
    let last = stage.tries().pop().unwrap();
    assert_eq!(last.1, None, "it was not tried");
    assert_eq!(
        last.2.as_deref(),
        Some(
            "it expired before it could be sent; the last try failed to connect to the server: no answer came within \
            10 s"
        )
    );
}

#[test]
fn notices_and_tokens_count_for_the_ceiling_and_a_long_sms_by_its_parts() {
    let stage = Theatre::new();
    stage.queue(Channel::Email, &"long ".repeat(100));
    stage.queue(Channel::Mobile, "short");
    stage.queue(Channel::Mobile, &"x".repeat(161));
    let spent = |channel: &str| {
        stage.world.with(|tx| tx.spent("sent_by_channel", channel.as_bytes(), jiff::Timestamp::MIN))
    };
    assert_eq!((spent("email"), spent("mobile")), (1, 3));
}
