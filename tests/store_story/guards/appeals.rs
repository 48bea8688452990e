//! Appeals and forms: decided once, used once, expired in time, and kept apart by person, serial and source.

use regain::domain::appeal::{Appeal, Approval, Draft, Kind, State};
use regain::store::{StoreError, Transactions, Tx};

use super::*;

fn made(serial: &str, change: impl FnOnce(&mut Appeal)) -> Appeal {
    let mut made = Appeal {
        serial: serial.to_owned(),
        kind: Kind::Ticket,
        user_id: Some("usr_alice".to_owned()),
        subject: vec![1; 32],
        source: "uid:1".to_owned(),
        uid: 1,
        state: State::Submitted,
        crowded: false,
        key_id: "aaaaaaaa".to_owned(),
        sealed: Some(vec![7; 40]),
        created_at: at(0),
        expires_at: at(1000),
        decided_at: None,
        decision_reason: None,
    };
    change(&mut made);
    made
}

fn in_every_state() -> Vec<Appeal> {
    State::ALL.iter().map(|state| made(state.as_str(), |of| of.state = *state)).collect()
}

/// What a statement tells of these appeals, and which of them it moves to another state.
fn moved<T>(rows: &[Appeal], change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> (T, Vec<String>) {
    let ground = Ground::new();
    for row in rows {
        ground.write(|tx| tx.insert_appeal(row));
    }
    let told = ground.write(change);
    let state = |row: &Appeal| ground.read(|tx| tx.appeal(&row.serial)).unwrap().state;
    (told, rows.iter().filter(|row| state(row) != row.state).map(|row| row.serial.clone()).collect())
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn only_what_is_submitted_is_decided_and_by_its_serial() {
    for state in State::ALL {
        let rows = [made("it", |of| of.state = *state), made("other", |_| {})];
        let decide = |tx: &mut dyn Tx| tx.decide_appeal("it", State::Denied, at(1), at(2));
        let decided = *state == State::Submitted;
        assert_eq!(moved(&rows, decide), (decided, names(if decided { &["it"] } else { &[] })), "{state}");
    }
}

#[test]
fn s7_the_open_appeals_of_one_person_end_but_for_one() {
    let mut rows = in_every_state();
    rows.push(made("kept", |_| {}));
    rows.push(made("bobs", |of| of.user_id = Some("usr_bob".to_owned())));
    rows.push(made("nobodys", |of| of.user_id = None));
    let end = |except| moved(&rows, move |tx| tx.end_appeals("usr_alice", State::Expired, except));
    assert_eq!(end(Some("kept")), (2, names(&["submitted", "approved"])));
    assert_eq!(end(None), (3, names(&["submitted", "approved", "kept"])));
    rows.push(made("bobs_approved", |of| {
        (of.state, of.user_id) = (State::Approved, Some("usr_bob".to_owned()));
    }));
    assert_eq!(moved(&rows, |tx| tx.use_appeals("usr_alice")), (names(&["approved"]), names(&["approved"])));
}

#[test]
fn k5_an_approval_expires_at_its_end() {
    let approved = |serial: &str, decided, expires| {
        made(serial, |of| {
            (of.state, of.decided_at, of.expires_at) = (State::Approved, Some(at(decided)), at(expires));
        })
    };
    let mut rows = vec![approved("over", 1, 100), approved("lasts", 1, 101), approved("now", 100, 900)];
    rows.push(made("submitted", |of| of.expires_at = at(100)));
    rows.push(made("denied", |of| (of.state, of.expires_at) = (State::Denied, at(100))));
    assert_eq!(moved(&rows, |tx| tx.expire_appeals(at(100))), (1, names(&["over"])));
    assert_eq!(moved(&rows, |tx| tx.expire_undecided(at(100))), (1, names(&["submitted"])));
    assert_eq!(moved(&rows, |tx| tx.expire_undecided(at(99))), (0, names(&[])));
}

#[test]
fn claims_go_when_their_appeal_is_over_and_old_enough() {
    let ground = Ground::new();
    let mut rows = in_every_state();
    rows.push(made("younger", |of| (of.state, of.created_at) = (State::Denied, at(101))));
    rows.push(made("as_old", |of| (of.state, of.created_at) = (State::Denied, at(100))));
    for row in &rows {
        ground.write(|tx| tx.insert_appeal(row));
    }
    assert_eq!(ground.write(|tx| tx.purge_claims(at(100), at(200))), 4);
    let left = || -> Vec<String> {
        ground.read(|tx| tx.sealed_claims()).into_iter().map(|(serial, ..)| serial).collect()
    };
    assert_eq!(left(), ["submitted", "approved", "younger"]);
    assert_eq!(ground.write(|tx| tx.purge_claims(at(100), at(300))), 0, "once");
    let sealed_anew: Step = ground.store.write(|tx| tx.reseal_claims("used", "bbbbbbbb", &[8; 40]));
    assert!(sealed_anew.is_err(), "what is gone is not sealed anew");
    // The row goes some time after the claims: counted from when they went, and not from the second look.
    assert_eq!(ground.write(|tx| tx.purge(at(200))), 0);
    assert_eq!(ground.write(|tx| tx.purge(at(201))), 4);
    assert!(
        ground.read(|tx| tx.appeal("submitted")).is_some() && ground.read(|tx| tx.appeal("used")).is_none()
    );
}

#[test]
fn lists_and_approvals_are_those_of_a_state_a_person_or_a_serial() {
    let ground = Ground::new();
    let bobs = made("bobs", |of| of.user_id = Some("usr_bob".to_owned()));
    let denied = made("denied", |of| of.state = State::Denied);
    for row in [made("it", |_| {}), bobs, denied] {
        ground.write(|tx| tx.insert_appeal(&row));
    }
    let serials = |found: Vec<Appeal>| -> Vec<String> { found.into_iter().map(|of| of.serial).collect() };
    assert_eq!(serials(ground.read(|tx| tx.appeals(None, 9))), ["denied", "bobs", "it"]);
    assert_eq!(serials(ground.read(|tx| tx.appeals(Some(State::Submitted), 9))), ["bobs", "it"]);
    assert_eq!(serials(ground.read(|tx| tx.appeals_of("usr_alice", 9))), ["denied", "it"]);
    let yes = Approval { uid: 1, operator: "op".to_owned(), at: at(5) };
    assert!(
        ground.write(|tx| tx.add_approval("it", &yes)) && ground.write(|tx| tx.add_approval("bobs", &yes))
    );
    assert_eq!(ground.read(|tx| tx.approvals("it")), [yes]);
    ground.write(|tx| tx.reseal_claims("it", "bbbbbbbb", &[8; 40]));
    let key = |serial: &str| ground.read(|tx| tx.appeal(serial)).unwrap().key_id;
    assert_eq!((key("it"), key("bobs")), ("bbbbbbbb".to_owned(), "aaaaaaaa".to_owned()));
}

#[test]
fn a_form_is_kept_by_its_id_and_counted_by_its_source() {
    let draft = |id: &str, source: &str, expires: i64| Draft {
        id: id.to_owned(),
        uid: 1,
        source: source.to_owned(),
        key_id: "aaaaaaaa".to_owned(),
        sealed: vec![1; 40],
        created_at: at(0),
        expires_at: at(expires),
    };
    let ground = Ground::new();
    for row in [draft("one", "uid:1", 100), draft("two", "uid:2", 101), draft("three", "uid:2", 500)] {
        ground.write(|tx| tx.keep_draft(&row));
    }
    assert_eq!(ground.read(|tx| tx.drafts_from("uid:2")), 2);
    ground.write(|tx| tx.reseal_claims("two", "bbbbbbbb", &[3; 40]));
    let key = |id: &str| ground.read(|tx| tx.draft(id)).map(|of| of.key_id);
    assert_eq!((key("one").as_deref(), key("two").as_deref()), (Some("aaaaaaaa"), Some("bbbbbbbb")));
    assert_eq!(ground.write(|tx| tx.expire_undecided(at(100))), 1);
    assert_eq!((key("one"), key("two").is_some()), (None, true));
    assert!(ground.write(|tx| tx.delete_draft("two")));
    assert!(key("three").is_some());
}
