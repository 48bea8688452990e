//! Budgets, the clock, purging and records: what a moment, a subject or an end leaves out.

use jiff::{SignedDuration, Timestamp};
use regain::domain::challenge::{Challenge, State as ChallengeState};
use regain::domain::code::State as CodeState;
use regain::domain::event::Event;
use regain::domain::notice::{Notice, State as NoticeState};
use regain::domain::outbox::{Kind, Outcome, Outgoing, State};
use regain::domain::request::{Request, State as RequestState};
use regain::domain::token::{Occasion, SetupToken, State as TokenState};
use regain::domain::user::Credential;
use regain::store::{Disposition, EventFilter, Inspected, Registration};

use super::*;

#[test]
fn k6_a_budget_is_of_one_scope_and_one_subject_since_a_moment() {
    let ground = Ground::new();
    for (scope, subject, second) in
        [("one", b"a", 0), ("one", b"a", 1), ("one", b"b", 1), ("two", b"a", 1), ("two", b"c", 1)]
    {
        ground.write(|tx| tx.spend(scope, subject, at(second)));
    }
    let spent =
        |scope: &'static str, subject: &[u8], since| ground.read(|tx| tx.spent(scope, subject, at(since)));
    assert_eq!([spent("one", b"a", -1), spent("one", b"a", 0), spent("one", b"a", 1)], [2, 1, 0]);
    assert_eq!([spent("one", b"b", -1), spent("two", b"a", -1), spent("three", b"a", -1)], [1, 1, 0]);
    assert_eq!(ground.read(|tx| tx.spent_out("one", 1, 2, at(-1))), [b"a".to_vec()]);
    assert_eq!(ground.read(|tx| tx.spent_out("two", 1, 2, at(-1))), Vec::<Vec<u8>>::new());
    ground.write(|tx| tx.forget("one", b"a"));
    assert_eq!([spent("one", b"a", -1), spent("one", b"b", -1), spent("two", b"a", -1)], [0, 1, 1]);
}

fn temporary(set: i64, ends: i64) -> Credential {
    Credential { changed_at: Some(at(set)), expires_at: Some(at(ends)), epoch: 1, ..Credential::default() }
}

#[test]
fn k5_a_clock_that_goes_back_ends_the_passwords_of_its_future_and_no_others() {
    let ground = Ground::new();
    ground.write(|tx| tx.set_credential("usr_alice", &temporary(101, 900)));
    ground.write(|tx| tx.set_credential("usr_bob", &temporary(100, 900)));
    let lasting = Credential { expires_at: None, ..temporary(101, 900) };
    ground.write(|tx| tx.set_credential("usr_root", &lasting));
    ground.write(|tx| {
        tx.spend("one", b"later", at(101))?;
        tx.spend("one", b"earlier", at(99))
    });
    let back = SignedDuration::from_secs(50);
    assert_eq!(ground.write(|tx| tx.set_clock_back(at(100), back)), 1);
    let ends = ["usr_alice", "usr_bob", "usr_root"].map(|user| ground.user(user).credential.expires_at);
    assert_eq!(ends, [Some(at(101)), Some(at(900)), None]);
    let spent = |subject: &[u8], since| ground.read(|tx| tx.spent("one", subject, at(since)));
    assert_eq!([spent(b"later", 99), spent(b"later", 100)], [1, 0], "it counts as spent now");
    assert_eq!([spent(b"earlier", 98), spent(b"earlier", 99)], [1, 0]);
    assert_eq!(ground.write(|tx| tx.set_clock_back(at(100), back)), 0, "once");
}

/// A message that was created and is due then.
fn posted(id: &str, second: i64) -> Outgoing {
    Outgoing { created_at: at(second), due_at: at(second), ..message(id, Kind::Notice, None, 0) }
}

fn settled(ground: &Ground, id: &str, second: i64, to: State) {
    ground.write(|tx| {
        tx.enqueue(&posted(id, second))?;
        tx.lease(at(second), at(second + 60), "one", &[])?;
        let (outcome, due_at) = (Outcome::HandedOver, at(second));
        tx.record_outcome(
            id,
            "one",
            &Disposition { to, due_at, now: due_at, outcome, stage: None, words: None, matter: None },
        )
    });
}

#[test]
fn what_the_store_notes_about_itself_has_a_name() {
    let ground = Ground::new();
    ground.write(|tx| {
        tx.set_meta("one", "1")?;
        tx.set_meta("two", "2")?;
        tx.set_meta("one", "3")
    });
    let noted = ["one", "two", "three"].map(|key| ground.read(|tx| tx.meta(key)));
    assert_eq!(noted, [Some("3".to_owned()), Some("2".to_owned()), None]);
}

#[test]
fn d3_a_message_that_is_done_is_read_without_its_body() {
    let ground = Ground::new();
    settled(&ground, "msg_done", 0, State::Done);
    ground.write(|tx| tx.enqueue(&posted("msg_waits", 0)));
    let mut unreadable = 0;
    ground.read(|tx| {
        tx.inspect(&mut |row| unreadable += usize::from(matches!(row, Inspected::Unreadable { .. })))
    });
    assert_eq!(unreadable, 0);
}

#[test]
fn what_waits_moves_back_with_the_clock_and_what_is_done_does_not() {
    let ground = Ground::new();
    settled(&ground, "done", 200, State::Done);
    ground.write(|tx| tx.enqueue(&posted("held", 200)));
    ground.write(|tx| tx.lease(at(200), at(260), "one", &[]));
    ground.write(|tx| tx.enqueue(&posted("waits", 210)));
    ground.write(|tx| tx.set_clock_back(at(150), SignedDuration::from_secs(50)));
    let lease = |now| ground.write(|tx| tx.lease(at(now), at(now + 9), "two", &[])).map(|row| row.id);
    assert_eq!([lease(159), lease(160)], [None, Some("waits".to_owned())]);
    assert_eq!([lease(168), lease(209).as_deref().map(str::to_owned)], [None, Some("waits".to_owned())]);
    assert_eq!(lease(210), Some("held".to_owned()), "its lease lasts as long as it would have");
    let created = ground.read(|tx| tx.waiting());
    assert_eq!(created[0].2, at(150), "nothing was made in the future");
    let queued =
        |since| -> u64 { ground.read(|tx| tx.traffic(at(since), 1)).iter().map(|step| step.queued).sum() };
    assert_eq!((queued(151), queued(150)), (1, 3), "what is done stays where it was");
}

/// Rows of every kind that can be purged, made then; `ended` or still of use.
fn rows(ground: &Ground, tag: u8, second: i64, ended: bool) {
    let name = |kind: &str| format!("{kind}_{tag}");
    let state = if ended { RequestState::Done } else { RequestState::Password };
    let made = |id: String| Request { state, created_at: at(second), ..request(&id, Some("usr_alice")) };
    let of = code(&name("cod"), Some("usr_alice"), Some(&name("req")));
    let of = regain::domain::code::Code { created_at: at(second), ..of };
    let challenge = Challenge {
        id: name("chl"),
        user_id: "usr_alice".to_owned(),
        code_id: name("code_kept"),
        uid: 1,
        operator: "op".to_owned(),
        state: if ended { ChallengeState::Used } else { ChallengeState::Confirmed },
        created_at: at(second),
        expires_at: at(900),
    };
    let notice = Notice {
        id: name("ntc"),
        user_id: None,
        code_id: None,
        about: "x".to_owned(),
        key_id: "abcdefgh".to_owned(),
        tag: vec![tag; 32],
        state: if ended { NoticeState::Used } else { NoticeState::Live },
        created_at: at(second),
        expires_at: at(900),
    };
    let token = SetupToken {
        id: name("tok"),
        user_id: "usr_alice".to_owned(),
        hash: vec![tag; 32],
        occasion: Occasion::Reset,
        state: if ended { TokenState::Used } else { TokenState::Live },
        contact_id: None,
        channel: None,
        destination: None,
        message_id: None,
        removes_mfa: None,
        created_at: at(second),
        expires_at: at(900),
    };
    ground.write(|tx| {
        tx.insert_request(&made(name("req")))?;
        tx.insert_request(&made(name("reg")))?;
        let registration =
            Registration { request_id: name("reg"), key_id: "abcdefgh".to_owned(), sealed: vec![1] };
        tx.insert_registration(&registration)?;
        tx.insert_code(&of)?;
        if ended {
            tx.end_code(&of.id, CodeState::Used, None)?;
        }
        // The code that a challenge hangs on stays open, or it would take the challenge with it.
        tx.insert_code(&code(&name("code_kept"), Some("usr_alice"), Some("req_1")))?;
        tx.insert_challenge(&challenge)?;
        tx.insert_notice(&notice)?;
        tx.insert_token(&token)?;
        tx.spend(if ended { "sent_to_contact" } else { "guesses" }, &[tag], at(second))
    });
    if ended {
        settled(ground, &name("msg"), second, State::Done);
    } else {
        ground.write(|tx| tx.enqueue(&posted(&name("msg"), second)));
    }
}

/// Which of the rows with this tag are there.
fn there(ground: &Ground, tag: u8) -> Vec<&'static str> {
    let name = |kind: &str| format!("{kind}_{tag}");
    let mut there = Vec::new();
    ground.read(|tx| {
        let spent = tx.spent("sent_to_contact", &[tag], Timestamp::MIN)?
            + tx.spent("guesses", &[tag], Timestamp::MIN)?;
        // A message is found by its receipts once it is handed over, and by its body while it waits.
        let message = tx.handed_over(&name("msg"))?.is_some()
            || tx.sealed_messages()?.iter().any(|(id, ..)| *id == name("msg"));
        for (kind, is_there) in [
            ("message", message),
            ("challenge", tx.challenge(&name("chl"))?.is_some()),
            ("notice", tx.notice_by_tag(&[tag; 32])?.is_some()),
            ("code", tx.code(&name("cod"))?.is_some()),
            ("registration", tx.registration(&name("reg"))?.is_some()),
            ("request", tx.request(&name("req"))?.is_some()),
            ("token", tx.token_by_hash(&[tag; 32])?.is_some()),
            ("budget", spent > 0),
        ] {
            if is_there {
                there.push(kind);
            }
        }
        Ok(())
    });
    there
}

#[test]
fn k10_purged_is_what_ended_and_is_old_and_of_each_kind_nothing_else() {
    const ALL: [&str; 8] =
        ["message", "challenge", "notice", "code", "registration", "request", "token", "budget"];
    let ground = Ground::new();
    rows(&ground, 11, 99, true);
    rows(&ground, 12, 100, true);
    rows(&ground, 13, 99, false);
    let before: Vec<_> = (11..=13).map(|tag| there(&ground, tag)).collect();
    assert_eq!(before, [ALL; 3]);
    // Both requests of the first, and one of each other kind.
    assert_eq!(ground.write(|tx| tx.purge(at(100))), 9);
    let after: Vec<_> = (11..=13).map(|tag| there(&ground, tag)).collect();
    assert_eq!(after, [&[][..], &ALL, &ALL]);
}

#[test]
fn k10_every_end_is_purged_and_everything_alive_stays() {
    let ground = Ground::new();
    let id = |kind: &str, state: &str| format!("{kind}_{state}");
    for state in RequestState::ALL {
        ground.write(|tx| {
            for kind in ["req", "reg"] {
                let made = request(&id(kind, state.as_str()), Some("usr_alice"));
                tx.insert_request(&Request { state: *state, ..made })?;
            }
            let request_id = id("reg", state.as_str());
            tx.insert_registration(&Registration {
                request_id,
                key_id: "abcdefgh".to_owned(),
                sealed: vec![1],
            })
        });
    }
    let kept = code("cod_kept", Some("usr_alice"), Some("req_1"));
    ground.write(|tx| tx.insert_code(&kept));
    for state in ChallengeState::ALL {
        let challenge = Challenge {
            id: id("chl", state.as_str()),
            user_id: "usr_alice".to_owned(),
            code_id: kept.id.clone(),
            uid: 1,
            operator: "op".to_owned(),
            state: *state,
            created_at: at(0),
            expires_at: at(900),
        };
        ground.write(|tx| tx.insert_challenge(&challenge));
    }
    for (name, to) in [("msg_done", State::Done), ("msg_failed", State::Failed)] {
        settled(&ground, name, 0, to);
    }
    ground.write(|tx| tx.enqueue(&posted("msg_held", 0)));
    ground.write(|tx| tx.lease(at(0), at(60), "one", &[]));
    ground.write(|tx| tx.enqueue(&posted("msg_waits", 0)));
    // Of requests two each that ended, with one registration; of challenges three, and two messages.
    assert_eq!(ground.write(|tx| tx.purge(at(1))), 14);
    for state in RequestState::ALL {
        let there = ground.read(|tx| {
            let (request, of) = (id("req", state.as_str()), id("reg", state.as_str()));
            Ok((tx.request(&request)?.is_some(), tx.registration(&of)?.is_some()))
        });
        assert_eq!(there, (state.live(), state.live()), "{state}");
    }
    for state in ChallengeState::ALL {
        let there = ground.read(|tx| tx.challenge(&id("chl", state.as_str()))).is_some();
        assert_eq!(there, state.live(), "{state}");
    }
    let tried: Vec<String> =
        ground.read(|tx| tx.tries_of_user("usr_root")).into_iter().map(|of| of.message_id).collect();
    assert_eq!(tried, ["msg_held"], "the tries of what is done go with it");
    assert_eq!(ground.read(|tx| tx.waiting())[0].1, 2);
}

#[test]
fn k10_a_request_stays_while_a_code_of_it_does() {
    let ground = Ground::new();
    let done = Request { state: RequestState::Done, ..request("req_done", Some("usr_alice")) };
    ground.write(|tx| {
        tx.insert_request(&done)?;
        tx.insert_code(&code("cod_open", Some("usr_alice"), Some("req_done")))
    });
    assert_eq!(ground.write(|tx| tx.purge(at(900))), 0);
    assert!(ground.read(|tx| tx.code("cod_open")).is_some());
    ground.write(|tx| tx.end_code("cod_open", CodeState::Used, None));
    assert_eq!(ground.write(|tx| tx.purge(at(900))), 2);
}

fn event(seq: u64, change: impl FnOnce(&mut Event)) -> Event {
    let mut made = record(seq);
    change(&mut made);
    made
}

#[test]
fn records_are_filtered_by_every_condition_by_itself() {
    let ground = Ground::new();
    for row in [
        event(1, |_| {}),
        event(2, |of| of.action = "loginFailed".to_owned()),
        event(3, |of| of.outcome = "failure".to_owned()),
        event(4, |of| of.operator = Some("root".to_owned())),
        event(5, |of| of.target_id = Some("usr_1".to_owned())),
        event(6, |of| of.target_id = Some("acc_1".to_owned())),
        event(7, |of| of.target = Some("Acme".to_owned())),
        event(8, |of| of.target = Some("Acme/alice".to_owned())),
        event(9, |of| of.target = Some("Globex".to_owned())),
    ] {
        ground.write(|tx| tx.append_event(&row));
    }
    let text = |text: &str| Some(text.to_owned());
    let none = EventFilter::default;
    for (filter, found) in [
        (none(), vec![9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (EventFilter { before: Some(3), ..none() }, vec![2, 1]),
        (EventFilter { target: text("usr_1"), ..none() }, vec![5]),
        (EventFilter { account: text("acc_1"), ..none() }, vec![6]),
        (EventFilter { names: vec!["Acme".to_owned()], ..none() }, vec![7]),
        (EventFilter { names: vec!["x".to_owned(), "Acme/alice".to_owned()], ..none() }, vec![8]),
        (
            EventFilter {
                target: text("usr_1"),
                account: text("acc_1"),
                names: vec!["Acme".to_owned()],
                ..none()
            },
            vec![7, 6, 5],
        ),
        (EventFilter { action: text("loginFailed"), ..none() }, vec![2]),
        (EventFilter { outcome: text("failure"), ..none() }, vec![3]),
        (EventFilter { operator: text("root"), ..none() }, vec![4]),
        (EventFilter { since: Some(at(8)), ..none() }, vec![9, 8]),
        (EventFilter { until: Some(at(3)), ..none() }, vec![2, 1]),
    ] {
        let numbers: Vec<u64> = ground.read(|tx| tx.events(&filter, 99)).iter().map(|of| of.seq).collect();
        assert_eq!(numbers, found, "{filter:?}");
    }
    let after = |seq, limit| -> Vec<u64> {
        ground.read(|tx| tx.events_after(seq, limit)).iter().map(|of| of.seq).collect()
    };
    assert_eq!((after(7, 9), after(0, 2)), (vec![8, 9], vec![1, 2]));
}
