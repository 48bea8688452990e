//! Messages: each is one worker's at a time, ends once, and is found by whom it is for.

use regain::domain::address::Channel;
use regain::domain::code::State as CodeState;
use regain::domain::mail_answer::Matter;
use regain::domain::outbox::{Kind, Outcome, Outgoing, State};
use regain::domain::receipt::Arrival;
use regain::store::{Disposition, ReferenceMac, StoreError, Tx};

use super::*;

fn made(id: &str, change: impl FnOnce(&mut Outgoing)) -> Outgoing {
    let mut made = message(id, Kind::Notice, None, 0);
    change(&mut made);
    made
}

fn with(rows: &[Outgoing]) -> Ground {
    let ground = Ground::new();
    ground.write(|tx| {
        tx.insert_code(&code("cod_1", Some("usr_alice"), Some("req_1")))?;
        tx.insert_code(&code("cod_2", Some("usr_alice"), Some("req_2")))?;
        rows.iter().try_for_each(|row| tx.enqueue(row))
    });
    ground
}

fn lease_of(ground: &Ground, now: i64, worker: &str, held: &[Channel]) -> Option<Outgoing> {
    ground.write(|tx| tx.lease(at(now), at(now + 60), worker, held))
}

fn lease(ground: &Ground, now: i64, worker: &str) -> Option<String> {
    lease_of(ground, now, worker, &[]).map(|row| row.id)
}

fn settle(ground: &Ground, id: &str, worker: &str, to: State, outcome: Outcome) -> bool {
    let disposition = Disposition {
        to,
        due_at: at(100),
        now: at(50),
        outcome,
        stage: None,
        words: Some("words"),
        matter: None,
    };
    ground.write(|tx| tx.record_outcome(id, worker, &disposition))
}

#[expect(clippy::unnecessary_wraps, reason = "for what may be none")]
fn is(id: &str) -> Option<String> {
    Some(id.to_owned())
}

#[test]
fn a_message_is_leased_by_one_worker_at_a_time() {
    let ground = with(&[made("it", |_| {})]);
    assert_eq!(lease(&ground, -1, "one"), None, "not due");
    assert_eq!(lease(&ground, 0, "one"), is("it"));
    assert_eq!([lease(&ground, 0, "two"), lease(&ground, 59, "one")], [None, None], "held");
    let twice = || ground.read(|tx| tx.maybe_twice(Channel::Email, at(0)));
    assert_eq!(twice(), 0);
    assert_eq!(lease(&ground, 60, "two"), is("it"), "whoever did not come back loses it");
    assert_eq!(twice(), 1);
    assert!(!settle(&ground, "it", "one", State::Done, Outcome::HandedOver), "not its holder");
    assert!(settle(&ground, "it", "two", State::Queued, Outcome::Postponed));
    assert!(!settle(&ground, "it", "two", State::Done, Outcome::HandedOver), "nobody holds it");
    assert_eq!(lease(&ground, 99, "two"), None, "put off");
    assert_eq!(lease(&ground, 100, "two"), is("it"));
    assert!(settle(&ground, "it", "two", State::Done, Outcome::HandedOver));
    assert_eq!(lease(&ground, 999, "two"), None, "done");
    assert_eq!(twice(), 1, "it may have gone out twice ever since");
}

#[test]
fn a_lease_takes_codes_first_then_what_waits_longest_and_no_channel_that_is_held() {
    let ground = with(&[
        made("notice", |_| {}),
        made("setup", |of| of.kind = Kind::Setup),
        made("code_late", |of| (of.kind, of.due_at) = (Kind::Code, at(2))),
        made("code", |of| (of.kind, of.due_at) = (Kind::Code, at(1))),
        made("sms", |of| (of.kind, of.channel) = (Kind::Code, Channel::Mobile)),
    ]);
    let next = |held: &[Channel]| ground.read(|tx| tx.next_due(held));
    assert_eq!((next(&[Channel::Email]), next(&[Channel::Mobile])), (Some(at(0)), Some(at(0))));
    assert_eq!(next(&[Channel::Email, Channel::Mobile]), None);
    let lease = |held: &[Channel]| lease_of(&ground, 5, "one", held).map(|row| row.id);
    assert_eq!(lease(&[Channel::Mobile]), is("code"));
    assert_eq!(lease(&[Channel::Email]), is("sms"));
    assert_eq!(lease(&[Channel::Email]), None);
    assert_eq!(
        [lease(&[]), lease(&[]), lease(&[]), lease(&[])],
        [is("code_late"), is("setup"), is("notice"), None]
    );
    assert_eq!(next(&[]), Some(at(65)), "when the first lease is over");
}

#[test]
fn a_try_is_written_down_by_whoever_made_it_and_once() {
    let ground = with(&[made("it", |_| {}), made("other", |_| {})]);
    lease(&ground, 0, "one");
    lease(&ground, 0, "one");
    lease(&ground, 60, "two");
    let tries = || -> Vec<(String, Outcome)> {
        let found = ground.read(|tx| tx.tries_of_user("usr_root"));
        found.into_iter().map(|of| (of.message_id, of.outcome)).collect()
    };
    let row = |id: &str, outcome| (id.to_owned(), outcome);
    let [it, other] = ["it", "other"];
    assert_eq!(tries(), [row(it, Outcome::Unknown), row(other, Outcome::InHand), row(it, Outcome::InHand)]);
    // The first comes back after all: what it tells is written down, of its own try.
    settle(&ground, "it", "one", State::Done, Outcome::HandedOver);
    let after = [row(it, Outcome::HandedOver), row(other, Outcome::InHand), row(it, Outcome::InHand)];
    assert_eq!(tries(), after);
    settle(&ground, "it", "one", State::Done, Outcome::Failed);
    assert_eq!(tries(), after, "once");
    settle(&ground, "it", "two", State::Failed, Outcome::Failed);
    let all = [row(it, Outcome::HandedOver), row(other, Outcome::InHand), row(it, Outcome::Failed)];
    assert_eq!(tries(), all);
    assert!(ground.read(|tx| tx.tries_of_user("usr_alice")).is_empty());
    // Leased anew, an ended try keeps its end.
    settle(&ground, "other", "one", State::Queued, Outcome::Postponed);
    lease(&ground, 100, "three");
    lease(&ground, 160, "four");
    assert_eq!(tries()[1], row(other, Outcome::Postponed));
}

#[test]
fn k2_a_body_is_wiped_unless_another_try_follows() {
    for (to, left) in [(State::Queued, 2), (State::Done, 1), (State::Failed, 1)] {
        let ground = with(&[made("it", |_| {}), made("other", |of| of.due_at = at(500))]);
        lease(&ground, 0, "one");
        settle(&ground, "it", "one", to, Outcome::Failed);
        assert_eq!(ground.read(|tx| tx.sealed_messages()).len(), left, "{to}");
    }
}

/// Which of these still hold a body after a statement.
fn kept<T>(rows: &[Outgoing], change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> (T, Vec<String>) {
    let ground = with(rows);
    let told = ground.write(change);
    (told, ground.read(|tx| tx.sealed_messages()).into_iter().map(|row| row.0).collect())
}

#[test]
fn messages_are_withdrawn_for_their_code_or_their_person_and_notices_stay() {
    let alices = |id: &str, kind| made(id, |of| (of.kind, of.user_id) = (kind, Some("usr_alice".to_owned())));
    let rows = [
        made("code", |of| (of.kind, of.code_id) = (Kind::Code, Some("cod_1".to_owned()))),
        made("other", |of| (of.kind, of.code_id) = (Kind::Code, Some("cod_2".to_owned()))),
        alices("setup", Kind::Setup),
        alices("notice", Kind::Notice),
    ];
    assert_eq!(
        kept(&rows, |tx| tx.withdraw_for_code("cod_1")),
        (1, ["other", "setup", "notice"].map(str::to_owned).to_vec())
    );
    assert_eq!(
        kept(&rows, |tx| tx.withdraw_for_user("usr_alice")),
        (1, ["code", "other", "notice"].map(str::to_owned).to_vec())
    );
    assert_eq!(kept(&rows, |tx| tx.withdraw_all()), (4, Vec::new()));
    // What a worker holds is withdrawn, too, and what has ended is not ended again.
    let ground = with(&rows);
    lease(&ground, 0, "one");
    assert_eq!(ground.write(|tx| tx.withdraw_for_code("cod_1")), 1);
    assert!(
        !settle(&ground, "code", "one", State::Queued, Outcome::Postponed),
        "its worker puts nothing off"
    );
    assert_eq!(ground.write(|tx| tx.withdraw_for_code("cod_1")), 0);
    assert_eq!(ground.write(|tx| tx.withdraw_all()), 3);
    assert_eq!(ground.read(|tx| tx.waiting()), []);
    assert_eq!(lease(&ground, 999, "two"), None, "nor does anybody take it over");
}

#[test]
fn what_waits_is_hurried_and_what_is_held_is_not() {
    let ground = with(&[
        made("held", |_| {}),
        made("later", |of| of.due_at = at(500)),
        made("sooner", |of| of.due_at = at(5)),
    ]);
    assert_eq!(lease(&ground, 0, "one"), is("held"));
    ground.write(|tx| tx.retry_now(at(10)));
    assert_eq!(lease(&ground, 9, "two"), is("sooner"), "what is due sooner stays so");
    assert_eq!([lease(&ground, 9, "two"), lease(&ground, 10, "two")], [None, is("later")]);
    assert_eq!(lease(&ground, 10, "two"), None);
}

#[test]
fn what_waits_is_counted_by_channel() {
    let ground = with(&[
        made("one", |of| of.created_at = at(3)),
        made("two", |of| of.created_at = at(4)),
        made("sms", |of| of.channel = Channel::Mobile),
        made("done", |of| of.due_at = at(-5)),
    ]);
    lease(&ground, -5, "one");
    settle(&ground, "done", "one", State::Done, Outcome::HandedOver);
    lease(&ground, 0, "one");
    assert_eq!(
        ground.read(|tx| tx.waiting()),
        [(Channel::Email, 2, at(3)), (Channel::Mobile, 1, at(0))],
        "what is in hand waits, too"
    );
    ground.write(|tx| tx.reseal("two", "hgfedcba", b"anew"));
    let sealed = |id: &str| {
        ground.read(|tx| tx.sealed_messages()).into_iter().find(|row| row.0 == id).map(|row| row.1)
    };
    assert_eq!((sealed("one"), sealed("two")), (is("abcdefgh"), is("hgfedcba")));
}

#[test]
fn what_was_left_is_told_by_its_last_try() {
    let ground = with(&[
        made("one", |_| {}),
        made("two", |_| {}),
        made("due", |of| (of.channel, of.due_at) = (Channel::Mobile, at(40))),
        made("later", |of| of.due_at = at(300)),
        made("done", |of| of.due_at = at(-5)),
    ]);
    let left = |now| -> Vec<(Channel, u64, Option<String>, Option<Matter>)> {
        let left = ground.read(|tx| tx.left_behind(at(now))).into_iter();
        left.map(|of| {
            let last = of.last.as_ref();
            (
                of.channel,
                of.count,
                last.map(|last| last.message_id.clone()),
                last.and_then(|last| last.matter),
            )
        })
        .collect()
    };
    let ends = |id: &str, now: i64, matter: Matter| {
        ground.write(|tx| {
            tx.lease(at(now), at(now + 60), "one", &[])?;
            let (to, outcome) = (State::Queued, Outcome::Postponed);
            let (stage, words, matter) = (Some("recipient"), Some("words"), Some(matter));
            tx.record_outcome(
                id,
                "one",
                &Disposition { to, due_at: at(now + 100), now: at(now), outcome, stage, words, matter },
            )
        })
    };
    lease(&ground, -5, "one");
    settle(&ground, "done", "one", State::Done, Outcome::HandedOver);
    assert_eq!(left(-1), [], "what is done, and what is not due");
    assert_eq!(left(0), [(Channel::Email, 2, None, None)], "due, and not tried");
    assert!(ends("one", 0, Matter::MailboxFull));
    assert!(ends("two", 1, Matter::MailboxFull));
    assert_eq!(left(2), [(Channel::Email, 2, is("two"), Some(Matter::MailboxFull))]);
    // The last try counts, and the newest of several.
    assert!(ends("due", 50, Matter::Later));
    assert!(ends("one", 100, Matter::Relaying));
    assert_eq!(
        left(101),
        [
            (Channel::Email, 1, is("two"), Some(Matter::MailboxFull)),
            (Channel::Mobile, 1, is("due"), Some(Matter::Later)),
            (Channel::Email, 1, is("one"), Some(Matter::Relaying)),
        ]
    );
}

#[test]
fn traffic_and_failures_are_those_of_a_channel_since_a_moment() {
    let ground = with(&[
        made("it", |of| of.created_at = at(50)),
        made("before", |of| (of.created_at, of.due_at) = (at(9), at(100))),
        made("sms", |of| (of.channel, of.created_at, of.due_at) = (Channel::Mobile, at(50), at(200))),
    ]);
    let failure = |channel, since| {
        ground.read(|tx| tx.last_failure(channel, at(since))).map(|of| (of.message_id, of.outcome))
    };
    lease(&ground, 0, "one");
    settle(&ground, "it", "one", State::Failed, Outcome::Failed);
    assert_eq!(failure(Channel::Email, 50), Some(("it".to_owned(), Outcome::Failed)));
    assert_eq!((failure(Channel::Email, 51), failure(Channel::Mobile, 0)), (None, None));
    lease(&ground, 100, "one");
    settle(&ground, "before", "one", State::Done, Outcome::HandedOver);
    assert_eq!(failure(Channel::Email, 50), Some(("it".to_owned(), Outcome::Failed)), "not what went well");
    lease(&ground, 200, "one");
    settle(&ground, "sms", "one", State::Queued, Outcome::Postponed);
    assert_eq!(failure(Channel::Mobile, 50), Some(("sms".to_owned(), Outcome::Postponed)));
    let traffic = |since| -> Vec<(Channel, u64, u64, u64, u64)> {
        let found = ground.read(|tx| tx.traffic(at(since), 1_000_000));
        found.into_iter().map(|of| (of.channel, of.queued, of.handed_over, of.postponed, of.failed)).collect()
    };
    assert_eq!(traffic(9), [(Channel::Email, 2, 1, 0, 1), (Channel::Mobile, 1, 0, 1, 0)]);
    assert_eq!(traffic(10), [(Channel::Email, 1, 1, 0, 1), (Channel::Mobile, 1, 0, 1, 0)]);
    assert_eq!(traffic(50), traffic(10), "what ended at that moment counts");
    assert_eq!(traffic(51), []);
    let twice = |channel, since| ground.read(|tx| tx.maybe_twice(channel, at(since)));
    lease(&ground, 210, "two");
    lease(&ground, 270, "three");
    assert_eq!([twice(Channel::Mobile, 50), twice(Channel::Mobile, 51), twice(Channel::Email, 0)], [1, 0, 0]);
}

#[test]
fn a_receipt_is_found_by_its_message_and_by_what_the_provider_calls_it() {
    let ground = with(&[
        made("queued", |of| of.due_at = at(500)),
        made("held", |_| {}),
        made("done", |of| of.created_at = at(1)),
        made("failed", |_| {}),
    ]);
    (0..3).for_each(|_| assert!(lease(&ground, 0, "one").is_some()));
    settle(&ground, "done", "one", State::Done, Outcome::HandedOver);
    settle(&ground, "failed", "one", State::Failed, Outcome::Failed);
    let found =
        ["queued", "held", "done", "failed"].map(|id| ground.read(|tx| tx.handed_over(id)).map(|of| of.id));
    assert_eq!(found, [None, is("held"), is("done"), None]);
    let mac = |key: &str, tag: u8| ReferenceMac { key_id: key.to_owned(), tag: vec![tag; 32] };
    ground.write(|tx| {
        tx.set_reference("held", &mac("abcdefgh", 1))?;
        tx.set_reference("done", &mac("abcdefgh", 1))?;
        tx.set_arrival("done", Arrival::Delivered, at(9), None)
    });
    let named = |mac: &ReferenceMac| ground.read(|tx| tx.handed_over_as(mac)).map(|of| (of.id, of.arrival));
    assert_eq!(named(&mac("abcdefgh", 1)), Some(("done".to_owned(), Some(Arrival::Delivered))), "the newest");
    assert_eq!(named(&mac("abcdefgh", 2)), None);
    assert_eq!(named(&mac("hgfedcba", 1)), None, "the same tag of another key is another name");
    assert!(
        ground.read(|tx| tx.handed_over("done")).is_some_and(|of| of.arrival == Some(Arrival::Delivered))
    );
    let of_held = ground.read(|tx| tx.handed_over("held")).unwrap();
    assert_eq!(of_held.arrival, None, "what is told of one message is told of no other");
}

#[test]
fn a_code_is_marked_where_its_own_message_may_have_gone_out_twice() {
    let of =
        |id: &str, code: &str| made(id, |of| (of.kind, of.code_id) = (Kind::Code, Some(code.to_owned())));
    let ground = with(&[of("it", "cod_1"), of("other", "cod_2")]);
    lease(&ground, 0, "one");
    lease(&ground, 60, "two");
    lease(&ground, 60, "two");
    let twice = |id: &str| ground.read(|tx| tx.code(id)).unwrap().maybe_twice;
    assert_eq!((twice("cod_1"), twice("cod_2")), (true, false));
    assert_eq!(ground.read(|tx| tx.code("cod_1")).unwrap().state, CodeState::Queued);
}
