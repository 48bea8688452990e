//! Trying codes: each try is guarded by the code's own request, contact or id, by its purpose, its time and its tries.

use jiff::Timestamp;
use regain::domain::code::{Code, EndReason, Purpose, State};
use regain::domain::outbox::Kind;
use regain::domain::receipt::Arrival;
use regain::store::{CodesOf, LiveCode, ReferenceMac, StoreError, Tx};

use super::*;

type Try = fn(&mut dyn Tx, Timestamp) -> Result<Option<LiveCode>, StoreError>;

/// Every way to try the code `cod_1`.
const WAYS: [(&str, Try); 3] = [
    ("request", |tx, now| tx.try_request_code("req_1", now)),
    ("contact", |tx, now| tx.try_contact_code("con_mail", Purpose::Reset, now)),
    ("id", |tx, now| tx.try_code("cod_1", now)),
];

pub(super) fn made(id: &str, change: impl FnOnce(&mut Code)) -> Code {
    let mut made = code(id, Some("usr_alice"), Some("req_1"));
    change(&mut made);
    made
}

fn left(ground: &Ground, id: &str) -> u32 {
    ground.read(|tx| tx.code(id)).unwrap().tries_left
}

#[test]
fn k4_k5_every_way_to_try_a_code_has_every_guard() {
    let cases: [Case<Code>; 7] = [
        ("as it is", |_| {}, true),
        ("over", |of| of.expires_at = at(10), false),
        ("in its last moment", |of| of.expires_at = at(11), true),
        ("made now", |of| of.created_at = at(10), true),
        ("made later", |of| of.created_at = at(11), false),
        ("no try left", |of| of.tries_left = 0, false),
        ("one try left", |of| of.tries_left = 1, true),
    ];
    for (way, attempt) in WAYS {
        for (case, change, counts) in cases {
            let ground = Ground::new();
            let it = made("cod_1", change);
            ground.write(|tx| tx.insert_code(&it));
            let tried = ground.write(|tx| attempt(tx, at(10)));
            assert_eq!(tried.map(|tried| tried.id), counts.then(|| "cod_1".to_owned()), "{way}: {case}");
            assert_eq!(left(&ground, "cod_1"), it.tries_left - u32::from(counts), "{way}: {case}");
        }
    }
}

#[test]
fn k4_a_code_that_ended_is_tried_no_more_by_no_way() {
    for (way, attempt) in WAYS {
        let ground = Ground::new();
        ground.write(|tx| tx.insert_code(&made("cod_1", |_| {})));
        ground.write(|tx| tx.end_code("cod_1", State::Revoked, None));
        assert!(ground.write(|tx| attempt(tx, at(10))).is_none(), "{way}");
        assert_eq!(left(&ground, "cod_1"), 2, "{way}");
    }
}

#[test]
fn k4_the_last_try_closes_a_code_whichever_way_it_is_taken() {
    for (way, attempt) in WAYS {
        let ground = Ground::new();
        ground.write(|tx| tx.insert_code(&made("cod_1", |of| of.tries_left = 1)));
        assert!(ground.write(|tx| attempt(tx, at(10))).is_some(), "{way}");
        // Closed: what ends every open one finds none.
        assert_eq!(ground.write(|tx| tx.end_codes(CodesOf::Everyone, EndReason::Operator)), 0, "{way}");
    }
}

#[test]
fn k3_a_try_takes_from_the_code_it_is_for_and_from_no_other() {
    // What each way must pass over.
    let others: [(&str, Change<Code>); 4] = [
        ("request", |of| of.request_id = Some("req_2".to_owned())),
        ("contact", |of| of.contact_id = Some("con_other".to_owned())),
        ("contact", |of| of.purpose = Purpose::BindContact),
        ("id", |_| {}),
    ];
    for (way, change) in others {
        let (_, attempt) = WAYS.into_iter().find(|(name, _)| *name == way).unwrap();
        let ground = Ground::new();
        ground.write(|tx| tx.insert_code(&made("cod_other", change)));
        assert!(ground.write(|tx| attempt(tx, at(10))).is_none(), "{way}");
        assert_eq!(left(&ground, "cod_other"), 2, "{way}");
    }
}

/// Whether the code `cod_1` counts as delivered to nobody.
fn decoy(change: impl FnOnce(&mut Code), fate: impl FnOnce(&Ground)) -> Vec<bool> {
    let ground = Ground::new();
    let it = made("cod_1", |of| {
        of.tries_left = 9;
        change(of);
    });
    ground.write(|tx| {
        tx.insert_code(&it)?;
        tx.insert_code(&made("cod_2", |of| of.request_id = Some("req_2".to_owned())))?;
        tx.enqueue(&message("msg_1", Kind::Code, Some("cod_1"), 0))?;
        tx.enqueue(&message("msg_2", Kind::Code, Some("cod_2"), 0))
    });
    fate(&ground);
    WAYS.iter().map(|(_, attempt)| ground.write(|tx| attempt(tx, at(10))).unwrap().decoy).collect()
}

#[test]
fn e1_what_nobody_was_sent_can_never_be_right() {
    let failed = |ground: &Ground| {
        ground.write(|tx| tx.set_code_delivery("cod_1", State::Failed, Some("no way"), at(1)));
    };
    let arrived = |ground: &Ground, message: &str, arrival| {
        failed(ground);
        ground.write(|tx| tx.set_arrival(message, arrival, at(2), None));
    };
    assert_eq!(decoy(|_| {}, |_| {}), [false; 3]);
    assert_eq!(decoy(|of| of.destination = None, |_| {}), [true; 3]);
    assert_eq!(decoy(|_| {}, failed), [true; 3]);
    // By the word of a provider it did not arrive, and providers err.
    assert_eq!(decoy(|_| {}, |ground| arrived(ground, "msg_1", Arrival::Undelivered)), [false; 3]);
    // The word on another message says nothing of this one, and that it was handed over says nothing yet.
    assert_eq!(decoy(|_| {}, |ground| arrived(ground, "msg_2", Arrival::Undelivered)), [true; 3]);
    let noted = |ground: &Ground| {
        failed(ground);
        let mac = ReferenceMac { key_id: "abcdefgh".to_owned(), tag: vec![1; 32] };
        ground.write(|tx| tx.set_reference("msg_1", &mac));
    };
    assert_eq!(decoy(|_| {}, noted), [true; 3]);
}

#[test]
fn codes_are_listed_for_whom_they_are_for_newest_first() {
    let ground = Ground::new();
    for row in [
        made("cod_1", |_| {}),
        made("cod_2", |of| of.user_id = Some("usr_bob".to_owned())),
        made("cod_3", |of| of.request_id = Some("req_2".to_owned())),
        made("cod_4", |of| of.contact_id = Some("con_other".to_owned())),
    ] {
        ground.write(|tx| tx.insert_code(&row));
    }
    let of = |of, limit| -> Vec<String> {
        ground.read(|tx| tx.codes(of, limit)).into_iter().map(|code| code.id).collect()
    };
    assert_eq!(of(CodesOf::Everyone, 9), ["cod_4", "cod_3", "cod_2", "cod_1"]);
    assert_eq!(of(CodesOf::Everyone, 1), ["cod_4"]);
    assert_eq!(of(CodesOf::User("usr_alice"), 9), ["cod_4", "cod_3", "cod_1"]);
    assert_eq!(of(CodesOf::Request("req_1"), 9), ["cod_4", "cod_2", "cod_1"]);
    assert_eq!(of(CodesOf::Contact("con_mail"), 9), ["cod_3", "cod_2", "cod_1"]);
    ground.write(|tx| {
        tx.insert_code(&made("cod_root", |of| of.user_id = Some("usr_root".to_owned())))?;
        tx.insert_code(&made("cod_nobody", |of| of.user_id = None))
    });
    let path = |id: &str| ground.read(|tx| tx.code(id)).unwrap().user;
    assert_eq!(
        ["cod_1", "cod_root", "cod_nobody"].map(path),
        [Some("Acme/alice".to_owned()), Some("Acme".to_owned()), None]
    );
}
