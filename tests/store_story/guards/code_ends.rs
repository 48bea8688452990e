//! Ends of codes: which ones end, as what, and what of a former end stays.

use regain::domain::code::{Code, EndReason, State};
use regain::domain::receipt::Arrival;
use regain::store::{CodesOf, StoreError, Tx};

use super::codes::made;
use super::*;

type Fate = (State, Option<String>);

fn fate(state: State, reason: Option<&str>) -> Fate {
    (state, reason.map(str::to_owned))
}

fn told(ground: &Ground, id: &str) -> Fate {
    let code = ground.read(|tx| tx.code(id)).unwrap();
    (code.state, code.state_reason)
}

/// Codes in every state that the worker and a person can leave them in, each with the id of how it got there.
fn in_every_state(change: fn(&mut Code)) -> Ground {
    let ground = Ground::new();
    let put = |id: &str, tries: u32| {
        let row = made(id, |of| {
            of.tries_left = tries;
            change(of);
        });
        ground.write(|tx| tx.insert_code(&row));
    };
    for id in ["queued", "sent", "failed", "used"] {
        put(id, 2);
    }
    put("tried_out", 1);
    put("sent_tried_out", 1);
    ground.write(|tx| {
        tx.set_code_delivery("sent", State::Sent, None, at(1))?;
        tx.set_code_delivery("failed", State::Failed, Some("no way"), at(1))?;
        tx.use_code("used")?;
        tx.set_code_delivery("sent_tried_out", State::Sent, None, at(1))?;
        tx.try_code("sent_tried_out", at(1))?;
        tx.try_code("tried_out", at(1)).map(|_| ())
    });
    ground
}

/// What becomes of each of them.
fn fates(ground: &Ground) -> [Fate; 5] {
    ["queued", "sent", "failed", "used", "tried_out"].map(|id| told(ground, id))
}

#[test]
fn one_code_ends_by_its_id_and_keeps_a_former_end() {
    let (revoked, no_way) = (fate(State::Revoked, Some("operator")), fate(State::Failed, Some("no way")));
    for (id, ends, becomes) in [
        ("queued", true, revoked.clone()),
        ("sent", true, revoked.clone()),
        ("failed", true, no_way.clone()),
        ("used", false, fate(State::Used, None)),
        // Closed by its tries, and not ended yet: of it nothing is left.
        ("tried_out", true, revoked.clone()),
        ("sent_tried_out", true, revoked.clone()),
    ] {
        let ground = in_every_state(|_| {});
        let before = fates(&ground);
        assert_eq!(
            ground.write(|tx| tx.end_code(id, State::Revoked, Some(EndReason::Operator))),
            ends,
            "{id}"
        );
        assert_eq!(told(&ground, id), becomes, "{id}");
        let changed = fates(&ground).iter().zip(&before).filter(|(now, then)| now != then).count();
        let seen = ends && !["failed", "sent_tried_out"].contains(&id);
        assert_eq!(changed, usize::from(seen), "{id}: no other");
        assert!(!ground.write(|tx| tx.end_code(id, State::Revoked, Some(EndReason::Operator))), "{id}: once");
        assert!(ground.write(|tx| tx.try_code(id, at(2))).is_none(), "{id}: closed");
    }
}

#[test]
fn k4_a_code_is_used_up_once_unless_it_ended_before() {
    let used = |ground: &Ground, id: &str| ground.write(|tx| tx.use_code(id));
    for id in ["queued", "sent", "tried_out", "sent_tried_out"] {
        let ground = in_every_state(|_| {});
        let before = fates(&ground);
        assert!(used(&ground, id), "{id}");
        assert_eq!(told(&ground, id), fate(State::Used, None), "{id}");
        let changed = fates(&ground).iter().zip(&before).filter(|(now, then)| now != then).count();
        assert_eq!(changed, usize::from(id != "sent_tried_out"), "{id}: no other");
        assert!(!used(&ground, id), "{id}: once");
    }
    // What failed by somebody's word and is entered all the same was used; its reason stays.
    let ground = in_every_state(|_| {});
    assert!(used(&ground, "failed"));
    assert_eq!(told(&ground, "failed"), fate(State::Used, Some("no way")));
    let ground = in_every_state(|_| {});
    for id in ["queued", "failed", "tried_out"] {
        ground.write(|tx| tx.end_code(id, State::Revoked, Some(EndReason::Operator)));
    }
    assert_eq!(["queued", "failed", "used"].map(|id| used(&ground, id)), [false; 3]);
}

#[test]
fn s7_all_codes_of_a_person_contact_or_request_end_and_no_other_ones() {
    type End = fn(&mut dyn Tx) -> Result<u64, StoreError>;
    let ways: [(&str, End, Option<Change<Code>>); 4] = [
        (
            "request",
            |tx| tx.end_codes(CodesOf::Request("req_1"), EndReason::Operator),
            Some(|of| of.request_id = Some("req_2".to_owned())),
        ),
        (
            "user",
            |tx| tx.end_codes(CodesOf::User("usr_alice"), EndReason::Operator),
            Some(|of| of.user_id = Some("usr_bob".to_owned())),
        ),
        (
            "contact",
            |tx| tx.end_codes(CodesOf::Contact("con_mail"), EndReason::Operator),
            Some(|of| of.contact_id = Some("con_other".to_owned())),
        ),
        ("all", |tx| tx.end_codes(CodesOf::Everyone, EndReason::Operator), None),
    ];
    for (way, end, other) in ways {
        let ground = in_every_state(|_| {});
        assert_eq!(ground.write(end), 3, "{way}: the open ones");
        let revoked = || fate(State::Revoked, Some("operator"));
        let becomes = [
            revoked(),
            revoked(),
            fate(State::Failed, Some("no way")),
            fate(State::Used, None),
            fate(State::Exhausted, None),
        ];
        assert_eq!(fates(&ground), becomes, "{way}");
        assert!(ground.write(|tx| tx.try_code("failed", at(2))).is_none(), "{way}: closed");
        if let Some(other) = other {
            let ground = in_every_state(other);
            let before = fates(&ground);
            assert_eq!(ground.write(end), 0, "{way}");
            assert_eq!(fates(&ground), before, "{way}");
        }
    }
}

#[test]
fn k5_open_codes_that_are_over_expire() {
    let ground = in_every_state(|_| {});
    assert_eq!(ground.write(|tx| tx.expire_codes(at(599))), 0);
    assert_eq!(ground.write(|tx| tx.expire_codes(at(600))), 3, "at the very moment, and the open ones alone");
    let becomes = [
        fate(State::Failed, Some(EndReason::NotSentInTime.as_str())),
        fate(State::Expired, None),
        fate(State::Failed, Some("no way")),
        fate(State::Used, None),
        fate(State::Exhausted, None),
    ];
    assert_eq!(fates(&ground), becomes);
    let ground = in_every_state(|_| {});
    assert_eq!(ground.write(|tx| tx.expire_codes(at(0))), 0, "made now");
    assert!(ground.write(|tx| tx.try_code("failed", at(2))).is_some(), "open");
    ground.write(|tx| tx.expire_codes(at(600)));
    assert!(ground.write(|tx| tx.try_code("failed", at(2))).is_none(), "closed");
}

#[test]
fn what_the_worker_says_counts_for_the_code_that_waits_for_it() {
    for (id, sent, failed) in [
        ("queued", fate(State::Sent, None), fate(State::Failed, Some("down"))),
        ("sent", fate(State::Sent, None), fate(State::Sent, None)),
        ("failed", fate(State::Failed, Some("no way")), fate(State::Failed, Some("no way"))),
        ("used", fate(State::Used, None), fate(State::Used, None)),
    ] {
        for (state, reason, becomes) in [(State::Sent, None, sent), (State::Failed, Some("down"), failed)] {
            let ground = in_every_state(|_| {});
            let before = fates(&ground);
            ground.write(|tx| tx.set_code_delivery(id, state, reason, at(7)));
            assert_eq!(told(&ground, id), becomes, "{id} {state}");
            let changed = fates(&ground).iter().zip(&before).filter(|(now, then)| now != then).count();
            assert_eq!(changed, usize::from(id == "queued"), "{id}: no other");
            let delivered = ground.read(|tx| tx.code(id)).unwrap().delivered_at;
            let when = match (id, state) {
                ("queued", State::Sent) => Some(at(7)),
                ("sent", _) => Some(at(1)),
                _ => None,
            };
            assert_eq!(delivered, when, "{id} {state}");
        }
    }
    // Over while it waited: the worker's word still counts, as what it came to.
    for (state, reason, becomes) in [
        (State::Sent, None, fate(State::Expired, None)),
        (State::Failed, Some("down"), fate(State::Failed, Some("down"))),
    ] {
        let ground = in_every_state(|_| {});
        ground.write(|tx| tx.expire_codes(at(600)));
        ground.write(|tx| tx.set_code_delivery("queued", state, reason, at(601)));
        assert_eq!(told(&ground, "queued"), becomes);
    }
}

#[test]
fn a_receipt_moves_the_code_that_it_is_about_and_no_end() {
    let arrival = |ground: &Ground, id: &str, arrival| {
        ground.write(|tx| tx.set_code_arrival(id, arrival, at(9), "told"));
        let code = ground.read(|tx| tx.code(id)).unwrap();
        (code.state, code.state_reason, code.delivered_at)
    };
    let is = |state, reason: Option<&str>, seconds: Option<i64>| {
        (state, reason.map(str::to_owned), seconds.map(at))
    };
    for (id, delivered, undelivered) in [
        ("queued", is(State::Queued, None, None), is(State::Queued, None, None)),
        ("sent", is(State::Sent, Some("told"), Some(9)), is(State::Failed, Some("told"), None)),
        ("failed", is(State::Sent, Some("told"), Some(9)), is(State::Failed, Some("no way"), None)),
        ("used", is(State::Used, None, Some(9)), is(State::Used, None, None)),
    ] {
        for (word, becomes) in [(Arrival::Delivered, delivered), (Arrival::Undelivered, undelivered)] {
            let ground = in_every_state(|_| {});
            let others = || ["queued", "sent", "failed", "used"].into_iter().filter(|other| *other != id);
            let before: Vec<Fate> = others().map(|other| told(&ground, other)).collect();
            assert_eq!(arrival(&ground, id, word), becomes, "{id} {word}");
            let after: Vec<Fate> = others().map(|other| told(&ground, other)).collect();
            assert_eq!(after, before, "{id} {word}: no other");
        }
    }
    // One whose time is over: it arrived too late, or did not.
    let ground = in_every_state(|_| {});
    ground.write(|tx| tx.expire_codes(at(600)));
    assert_eq!(arrival(&ground, "failed", Arrival::Delivered), is(State::Expired, Some("told"), Some(9)));
    assert_eq!(arrival(&ground, "sent", Arrival::Undelivered), is(State::Expired, Some("told"), None));
    ground.write(|tx| tx.set_code_arrival("sent", Arrival::Undelivered, at(9), "told again"));
    assert_eq!(told(&ground, "sent"), fate(State::Expired, Some("told")), "what is over keeps its reason");
}
