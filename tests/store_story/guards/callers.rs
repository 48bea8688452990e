//! Challenges of callers and notices that can be disowned: each is good once, for its person and operator, in its time.

use regain::domain::challenge::{Challenge, State};
use regain::domain::notice::{Disowned, Notice, State as NoticeState};
use regain::store::{StoreError, Tx};

use super::*;

fn challenge(id: &str, change: impl FnOnce(&mut Challenge)) -> Challenge {
    let mut made = Challenge {
        id: id.to_owned(),
        user_id: "usr_alice".to_owned(),
        code_id: "cod_1".to_owned(),
        uid: 7,
        operator: "helper".to_owned(),
        state: State::Sent,
        created_at: at(0),
        expires_at: at(600),
    };
    change(&mut made);
    made
}

/// A ground with two codes and these challenges.
fn with(rows: &[Challenge]) -> Ground {
    let ground = Ground::new();
    ground.write(|tx| {
        tx.insert_code(&code("cod_1", Some("usr_alice"), Some("req_1")))?;
        tx.insert_code(&code("cod_2", Some("usr_alice"), Some("req_2")))?;
        rows.iter().try_for_each(|row| tx.insert_challenge(row))
    });
    ground
}

/// What a statement tells of these challenges, and which of them it moves to another state.
fn moved<T>(
    rows: &[Challenge],
    change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>,
) -> (T, Vec<String>) {
    let ground = with(rows);
    let told = ground.write(change);
    let state = |row: &Challenge| ground.read(|tx| tx.challenge(&row.id)).unwrap().state;
    (told, rows.iter().filter(|row| state(row) != row.state).map(|row| row.id.clone()).collect())
}

fn in_every_state() -> Vec<Challenge> {
    State::ALL.iter().map(|state| challenge(state.as_str(), |of| of.state = *state)).collect()
}

#[test]
fn k5_a_challenge_is_confirmed_while_its_code_is_good() {
    let cases: [Case<Challenge>; 8] = [
        ("as it is", |_| {}, true),
        ("over", |of| of.expires_at = at(10), false),
        ("in its last moment", |of| of.expires_at = at(11), true),
        ("made now", |of| of.created_at = at(10), true),
        ("made later", |of| of.created_at = at(11), false),
        ("confirmed", |of| of.state = State::Confirmed, false),
        ("used", |of| of.state = State::Used, false),
        ("ended", |of| of.state = State::Ended, false),
    ];
    for (case, change, confirms) in cases {
        let rows = [challenge("it", change), challenge("other", |_| {})];
        let (confirmed, which) = moved(&rows, |tx| tx.confirm_challenge("it", at(10), at(900)));
        assert_eq!((confirmed, which.len()), (confirms, usize::from(confirms)), "{case}");
    }
    let ground = with(&[challenge("it", |_| {})]);
    ground.write(|tx| tx.confirm_challenge("it", at(10), at(900)));
    assert_eq!(ground.read(|tx| tx.challenge("it")).unwrap().expires_at, at(900));
}

#[test]
fn o2_a_confirmed_caller_counts_once_for_this_person_and_this_operator() {
    let cases: [Case<Challenge>; 9] = [
        ("as it is", |_| {}, true),
        ("another person's", |of| of.user_id = "usr_bob".to_owned(), false),
        ("another operator's", |of| of.uid = 8, false),
        ("sent", |of| of.state = State::Sent, false),
        ("used", |of| of.state = State::Used, false),
        ("over", |of| of.expires_at = at(10), false),
        ("in its last moment", |of| of.expires_at = at(11), true),
        ("made now", |of| of.created_at = at(10), true),
        ("made later", |of| of.created_at = at(11), false),
    ];
    for (case, change, counts) in cases {
        let confirmed = |of: &mut Challenge| of.state = State::Confirmed;
        let it = challenge("it", |of| {
            confirmed(of);
            change(of);
        });
        let rows = [it, challenge("other", confirmed)];
        let (used, which) = moved(&rows, |tx| tx.use_challenge("it", "usr_alice", 7, at(10)));
        assert_eq!((used, which.len()), (counts, usize::from(counts)), "{case}");
    }
}

#[test]
fn challenges_end_alive_and_by_their_person() {
    let live = || vec!["sent".to_owned(), "confirmed".to_owned()];
    assert_eq!(moved(&in_every_state(), |tx| tx.end_challenges("usr_alice")), (2, live()));
    assert_eq!(moved(&in_every_state(), |tx| tx.end_challenges("usr_bob")), (0, Vec::new()));
    for state in State::ALL {
        let ((), which) = moved(&in_every_state(), |tx| tx.end_challenge(state.as_str()));
        assert_eq!(which, if state.live() { vec![state.as_str().to_owned()] } else { Vec::new() });
    }
    let ground = with(&in_every_state());
    let found = |user: &str| -> Vec<String> {
        ground.read(|tx| tx.live_challenges(user)).into_iter().map(|of| of.id).collect()
    };
    assert_eq!(
        (found("usr_alice"), found("usr_bob")),
        (vec!["confirmed".to_owned(), "sent".to_owned()], vec![])
    );
}

#[test]
fn k5_live_challenges_that_are_over_expire() {
    let rows = [
        challenge("over", |of| of.expires_at = at(100)),
        challenge("lasts", |of| of.expires_at = at(101)),
        challenge("now", |of| of.created_at = at(100)),
    ];
    let (count, which) = moved(&rows, |tx| tx.expire_challenges(at(100)));
    assert_eq!((count, which), (1, vec!["over".to_owned()]));
    let (_, which) = moved(&in_every_state(), |tx| tx.expire_challenges(at(600)));
    assert_eq!(which, ["sent", "confirmed"]);
}

#[test]
fn a_code_that_is_sent_again_belongs_to_the_challenge_that_waits_for_it() {
    let ground = with(&[
        challenge("it", |_| {}),
        challenge("confirmed", |of| of.state = State::Confirmed),
        challenge("other", |of| of.code_id = "cod_2".to_owned()),
    ]);
    ground.write(|tx| tx.insert_code(&code("cod_3", Some("usr_alice"), Some("req_1"))));
    ground.write(|tx| tx.renew_challenge("cod_1", "cod_3", at(700)));
    let now = |id: &str| {
        let of = ground.read(|tx| tx.challenge(id)).unwrap();
        (of.code_id, of.expires_at)
    };
    assert_eq!(now("it"), ("cod_3".to_owned(), at(700)));
    assert_eq!(now("confirmed"), ("cod_1".to_owned(), at(600)));
    assert_eq!(now("other"), ("cod_2".to_owned(), at(600)));
}

fn notice(tag: u8, change: impl FnOnce(&mut Notice)) -> Notice {
    let mut made = Notice {
        id: format!("ntc_{tag}"),
        user_id: Some("usr_alice".to_owned()),
        code_id: None,
        about: "password_reset".to_owned(),
        key_id: "abcdefgh".to_owned(),
        tag: vec![tag; 32],
        state: NoticeState::Live,
        created_at: at(0),
        expires_at: at(600),
    };
    change(&mut made);
    made
}

/// What a statement tells of these notices, and which of them it moves to another state, by number.
fn notices_moved<T>(
    rows: &[Notice],
    change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>,
) -> (T, Vec<usize>) {
    let ground = Ground::new();
    for row in rows {
        ground.write(|tx| tx.insert_notice(row));
    }
    let told = ground.write(change);
    let state = |row: &Notice| ground.read(|tx| tx.notice_by_tag(&row.tag)).unwrap().state;
    (told, (0..rows.len()).filter(|at| state(&rows[*at]) != rows[*at].state).collect())
}

#[test]
fn s7_a_reference_is_good_once_in_its_time() {
    let cases: [Case<Notice>; 8] = [
        ("as it is", |_| {}, true),
        ("over", |of| of.expires_at = at(10), false),
        ("in its last moment", |of| of.expires_at = at(11), true),
        ("made now", |of| of.created_at = at(10), true),
        ("made later", |of| of.created_at = at(11), false),
        ("used", |of| of.state = NoticeState::Used, false),
        ("expired", |of| of.state = NoticeState::Expired, false),
        ("ended", |of| of.state = NoticeState::Ended, false),
    ];
    for (case, change, good) in cases {
        let rows = [notice(1, change), notice(2, |_| {})];
        let (used, which) = notices_moved(&rows, |tx| tx.use_notice("ntc_1", at(10)));
        assert_eq!((used, which), (good, if good { vec![0] } else { vec![] }), "{case}");
    }
}

#[test]
fn s7_the_live_references_of_one_person_end_together() {
    let rows = [
        notice(1, |_| {}),
        notice(2, |_| {}),
        notice(3, |of| of.user_id = Some("usr_bob".to_owned())),
        notice(4, |of| of.user_id = None),
        notice(5, |of| of.state = NoticeState::Used),
        notice(6, |of| of.state = NoticeState::Expired),
    ];
    assert_eq!(notices_moved(&rows, |tx| tx.end_notices("usr_alice")), (2, vec![0, 1]));
    let rows = [
        notice(1, |of| of.expires_at = at(100)),
        notice(2, |of| of.expires_at = at(101)),
        notice(3, |of| of.created_at = at(100)),
        notice(4, |of| (of.state, of.expires_at) = (NoticeState::Used, at(100))),
    ];
    assert_eq!(notices_moved(&rows, |tx| tx.expire_notices(at(100))), (1, vec![0]));
}

#[test]
fn whoever_disowned_a_change_is_blocked_and_nobody_else() {
    let ground = Ground::new();
    let disowned = Disowned {
        at: at(1),
        notice_id: "ntc_1".to_owned(),
        about: "password_reset".to_owned(),
        former: Some(("abcdefgh".to_owned(), vec![5; 40])),
    };
    ground.write(|tx| tx.set_disowned("usr_alice", Some(&disowned)));
    ground.write(|tx| tx.set_disowned("usr_bob", Some(&disowned)));
    ground.write(|tx| tx.set_disowned("usr_bob", None));
    assert_eq!(ground.user("usr_alice").disowned, Some(disowned));
    assert_eq!((ground.user("usr_bob").disowned, ground.user("usr_root").disowned), (None, None));
}
