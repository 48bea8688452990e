//! Requests: each is moved by its id, its person and its state, in its time.

use regain::domain::request::{Captcha, Method, Request, State};
use regain::store::{StoreError, Tx};

use super::*;

fn made(id: &str, change: impl FnOnce(&mut Request)) -> Request {
    let mut made = request(id, Some("usr_alice"));
    change(&mut made);
    made
}

fn in_state(state: State) -> Request {
    made(state.as_str(), |of| of.state = state)
}

/// What a statement tells of these requests, and which of them it moves to another state.
fn moved<T>(rows: &[Request], change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> (T, Vec<String>) {
    let ground = Ground::new();
    for row in rows {
        ground.write(|tx| tx.insert_request(row));
    }
    let told = ground.write(change);
    let state = |row: &Request| ground.read(|tx| tx.request(&row.id)).unwrap().state;
    (told, rows.iter().filter(|row| state(row) != row.state).map(|row| row.id.clone()).collect())
}

fn names(states: &[State]) -> Vec<String> {
    states.iter().map(|state| state.as_str().to_owned()).collect()
}

#[test]
fn k5_what_is_over_expires_and_nothing_that_ended() {
    let rows = [
        made("over", |of| of.expires_at = at(100)),
        made("lasts", |of| of.expires_at = at(101)),
        made("now", |of| of.created_at = at(100)),
        made("ended", |of| (of.state, of.expires_at) = (State::Cancelled, at(100))),
    ];
    let (expired, which) = moved(&rows, |tx| tx.expire_requests(at(100)));
    assert_eq!((expired, which), (1, vec!["over".to_owned()]));
    let every: Vec<Request> = State::ALL.iter().map(|state| in_state(*state)).collect();
    let (_, which) = moved(&every, |tx| tx.expire_requests(at(900)));
    assert_eq!(which, names(&State::LIVE));
}

#[test]
fn s7_the_live_requests_of_one_person_end_but_for_one() {
    let mut rows: Vec<Request> = State::ALL.iter().map(|state| in_state(*state)).collect();
    rows.push(made("kept", |_| {}));
    rows.push(made("bobs", |of| of.user_id = Some("usr_bob".to_owned())));
    rows.push(made("nobodys", |of| of.user_id = None));
    let end = |except| moved(&rows, move |tx| tx.end_requests("usr_alice", State::Done, except));
    // The two on the ground are hers, too.
    let mut live = names(&State::LIVE);
    assert_eq!(end(Some("kept")), (7, live.clone()));
    live.push("kept".to_owned());
    assert_eq!(end(None), (8, live));
}

#[test]
fn s1_a_request_goes_on_from_the_states_that_are_named_and_no_other_goes_with_it() {
    for state in State::ALL {
        let rows = [made("it", |of| of.state = *state), made("other", |of| of.state = *state)];
        let advance = |from: &[State]| moved(&rows, |tx| tx.advance_request("it", from, State::Done));
        let goes = *state != State::Done;
        let which = if goes { vec!["it".to_owned()] } else { Vec::new() };
        assert_eq!(advance(&[*state]), (true, which), "{state}");
        let others: Vec<State> = State::LIVE.into_iter().filter(|other| other != state).collect();
        assert_eq!(advance(&others[..4.min(others.len())]), (false, Vec::new()), "{state}");
        assert_eq!(advance(&State::LIVE).0, state.live(), "{state}");
    }
}

#[test]
fn s2_a_captcha_is_shown_at_its_step_while_showings_are_left_and_in_one_request() {
    let ground = Ground::new();
    for row in [
        made("it", |of| of.captcha_left = 2),
        made("last", |of| of.captcha_left = 1),
        made("spent", |of| of.captcha_left = 0),
        made("later", |of| of.state = State::Method),
    ] {
        ground.write(|tx| tx.insert_request(&row));
    }
    let shown = Captcha { key_id: "abcdefgh".to_owned(), tag: vec![1], expires_at: at(300) };
    let show = |id: &str| ground.write(|tx| tx.show_captcha(id, &shown));
    let left = |id: &str| ground.read(|tx| tx.request(id)).unwrap().captcha_left;
    assert!(show("it"));
    assert_eq!((left("it"), left("last"), left("later")), (1, 1, 2));
    assert!(show("last") && !show("last"), "each showing is counted");
    assert!(!show("spent") && !show("later") && !show("none"));
    let tag = |id: &str| ground.read(|tx| tx.request(id)).unwrap().captcha.map(|captcha| captcha.tag);
    assert_eq!(
        (tag("it"), tag("last"), tag("spent"), tag("later")),
        (Some(vec![1]), Some(vec![1]), None, None)
    );
    // Answered once, and no other one with it.
    assert!(ground.write(|tx| tx.take_captcha("it")).is_some_and(|taken| taken.expires_at == at(300)));
    assert_eq!((tag("it"), tag("last")), (None, Some(vec![1])));
}

#[test]
fn what_is_noted_of_one_request_is_noted_of_no_other() {
    let ground = Ground::new();
    ground.write(|tx| {
        tx.set_challenge("req_1", None)?;
        tx.set_request_user("req_1", "usr_bob")?;
        let of = tx.request("req_1")?.unwrap();
        tx.set_request_sent(&Request { method: Some(Method::Email), last_sent_at: Some(at(5)), ..of })
    });
    let noted = |id: &str| {
        let request = ground.read(|tx| tx.request(id)).unwrap();
        (request.challenge, request.user_id, request.method, request.last_sent_at)
    };
    assert_eq!(noted("req_1"), (None, Some("usr_bob".to_owned()), Some(Method::Email), Some(at(5))));
    assert_eq!(noted("req_2"), (Some("00".to_owned()), Some("usr_alice".to_owned()), None, None));
    let of = |user: &str, limit| -> Vec<String> {
        ground.read(|tx| tx.requests_of(user, limit)).into_iter().map(|request| request.id).collect()
    };
    assert_eq!((of("usr_bob", 9), of("usr_alice", 9)), (vec!["req_1".to_owned()], vec!["req_2".to_owned()]));
    assert_eq!(of("usr_alice", 0), Vec::<String>::new());
}

/// Live ones that were begun elsewhere, by somebody else, or for another name.
fn begun() -> Vec<Request> {
    let here = |of: &mut Request| {
        (of.state, of.uid, of.source, of.subject) = (State::Method, 7, "uid:7".to_owned(), b"alice".to_vec());
    };
    let made = |id: &str, change: fn(&mut Request)| {
        made(id, |of| {
            here(of);
            change(of);
        })
    };
    vec![
        made("it", |_| {}),
        made("elsewhere", |of| "uid:8".clone_into(&mut of.source)),
        made("another", |of| of.uid = 8),
        made("of_bob", |of| of.subject = b"bob".to_vec()),
        made("over", |of| of.expires_at = at(100)),
        made("done", |of| of.state = State::Done),
        made("expired", |of| of.state = State::Expired),
    ]
}

#[test]
fn open_are_those_of_one_place_and_uid_that_can_go_on() {
    let ground = Ground::new();
    for row in begun() {
        ground.write(|tx| tx.insert_request(&row));
    }
    let open = |now| -> Vec<String> {
        let found = ground.read(|tx| tx.open_requests(7, "uid:7", at(now)));
        found.into_iter().map(|request| request.id).collect()
    };
    assert_eq!(open(99), ["over", "of_bob", "it"], "newest first");
    assert_eq!(open(100), ["of_bob", "it"]);
}

#[test]
fn k6_live_requests_are_counted_by_name_and_by_place() {
    let ground = Ground::new();
    for row in begun() {
        ground.write(|tx| tx.insert_request(&row));
    }
    let live_of = |subject: &[u8], source, now| {
        let live = ground.read(|tx| tx.live_requests(subject, source, at(now)));
        (live.of_person, live.of_source, live.of_both)
    };
    let live = |now| live_of(b"alice", "uid:7", now);
    // Of the name: it, elsewhere, another, and what is over a moment later; of the place: of_bob in place of elsewhere.
    assert_eq!(live(99), (4, 4, 3));
    assert_eq!(live(100), (3, 3, 2));
    assert_eq!(live_of(b"bob", "uid:8", 0), (1, 1, 0));
    // One whose CAPTCHA is not answered costs its place alone (K12).
    let unanswered = Request { id: "unanswered".to_owned(), state: State::Captcha, ..begun().remove(0) };
    ground.write(|tx| tx.insert_request(&unanswered));
    assert_eq!(live(100), (3, 4, 2));
}
