//! Messages, budgets and records; what is undone, purged, or goes with whom it belonged to.

use std::ops::ControlFlow;

use jiff::Timestamp;
use regain::domain::address::{Address, Channel};
use regain::domain::event::Event;
use regain::domain::mfa::StoredMfa;
use regain::domain::outbox::{Kind, Outcome, Outgoing, State as OutboxState};
use regain::domain::token::{Occasion, SetupToken, State as TokenState};
use regain::store::{CodesOf, Disposition, Engine, EventFilter, Parts, StoreError, Tally, Transactions};

use super::support::*;

pub(crate) fn messages_are_leased(store: &dyn Engine) {
    assert_eq!(read(store, |tx| tx.next_due(&[])), None);
    write(store, |tx| {
        tx.enqueue(&message("msg_notice", Kind::Notice, None, 0))?;
        tx.enqueue(&message("msg_late", Kind::Code, None, 50))?;
        tx.enqueue(&message("msg_code", Kind::Code, Some("cod_6"), 10))
    });
    assert_eq!(read(store, |tx| tx.next_due(&[])), Some(at(0)));
    assert_eq!(read(store, |tx| tx.waiting()), [(Channel::Email, 3, at(0))]);
    let lease = |now: i64, worker: &str| {
        write(store, |tx| tx.lease(at(now), at(now + 60), worker, &[])).map(|row| (row.id, row.attempts))
    };
    let got = |id: &str, attempts| Some((id.to_owned(), attempts));
    assert_eq!(lease(20, "one"), got("msg_code", 1), "codes before notices");
    assert_eq!(lease(20, "two"), got("msg_notice", 1), "each message is one worker's");
    assert_eq!(lease(20, "three"), None, "the other is not due");

    let settle = |id: &str, worker: &str, to, due| {
        let outcome = if to == OutboxState::Done { Outcome::HandedOver } else { Outcome::Postponed };
        let words = (to == OutboxState::Queued).then_some("try later");
        let disposition =
            Disposition { to, due_at: at(due), now: at(due), outcome, stage: None, words, matter: None };
        write(store, |tx| tx.record_outcome(id, worker, &disposition))
    };
    assert!(!settle("msg_code", "two", OutboxState::Done, 0), "only its holder ends a message");
    assert!(settle("msg_code", "one", OutboxState::Queued, 30));
    assert!(!settle("msg_code", "one", OutboxState::Done, 0), "once");
    assert_eq!(lease(29, "one"), None);
    assert_eq!(lease(30, "one"), got("msg_code", 2));
    // Whoever does not come back loses the lease to the next one, and cannot end the message any more.
    assert_eq!(lease(89, "two").map(|row| row.0), got("msg_late", 1).map(|row| row.0));
    assert_eq!(lease(90, "three").map(|row| row.0), got("msg_code", 3).map(|row| row.0));
    assert!(!settle("msg_code", "one", OutboxState::Done, 0));

    let sealed =
        || -> Vec<String> { read(store, |tx| tx.sealed_messages()).into_iter().map(|row| row.0).collect() };
    assert_eq!(sealed().len(), 3);
    assert!(settle("msg_code", "three", OutboxState::Done, 0));
    assert_eq!(sealed().len(), 2, "K2: the body is wiped when it is handed over");
    write(store, |tx| tx.reseal("msg_late", "hgfedcba", b"anew"));
    write(store, |tx| tx.enqueue(&message("msg_second", Kind::Code, Some("cod_5"), 0)));
    assert_eq!(write(store, |tx| tx.withdraw_for_code("cod_5")), 1);
    assert_eq!(write(store, |tx| tx.withdraw_for_user("usr_root")), 1, "notices stay");
    assert_eq!(sealed(), ["msg_notice"]);
    let left = || read(store, |tx| tx.left_behind(at(100))).iter().map(|left| left.count).sum::<u64>();
    assert_eq!(left(), 0, "what is on its way is not left behind");
    assert_eq!(write(store, |tx| tx.withdraw_all()), 1);
    for (at_number, id) in ["msg_nine", "msg_root"].into_iter().enumerate() {
        let to = ["usr_9", "usr_root"][at_number];
        let setup = Outgoing { user_id: Some(to.to_owned()), ..message(id, Kind::Setup, None, 0) };
        write(store, |tx| tx.enqueue(&setup));
    }
    assert_eq!(left(), 2);
    assert_eq!(write(store, |tx| tx.withdraw_setups(Some("usr_root"))), 1);
    assert_eq!(write(store, |tx| tx.withdraw_setups(None)), 1);
    assert_eq!(sealed(), Vec::<String>::new());
    assert_eq!(read(store, |tx| tx.next_due(&[])), None);
}

pub(crate) fn budgets_are_counted(store: &dyn Engine) {
    let spent = |subject: &[u8], since| read(store, |tx| tx.spent("scope", subject, since));
    for second in [0, 10, 20] {
        write(store, |tx| tx.spend("scope", b"one", at(second)));
    }
    write(store, |tx| tx.spend("other", b"one", at(0)));
    assert_eq!(spent(b"one", at(-1)), 3);
    assert_eq!(spent(b"one", at(0)), 2, "after that moment");
    assert_eq!(spent(b"two", at(-1)), 0);
    write(store, |tx| tx.spend("scope", b"two", at(0)));
    assert_eq!(read(store, |tx| tx.spent_out("scope", 3, 3, at(19))), [b"one".to_vec()]);
    assert_eq!(read(store, |tx| tx.spent_out("scope", 3, 3, at(20))), Vec::<Vec<u8>>::new(), "all long ago");
    // What begins with a subject belongs to it.
    write(store, |tx| tx.spend("scope", b"one, from here", at(30)));
    assert_eq!(spent(b"one", at(-1)), 3);
    assert_eq!(read(store, |tx| tx.spent_beneath("scope", b"one", at(10))), 2);
    assert_eq!(read(store, |tx| tx.last_spent_beneath("scope", b"one")), Some(at(30)));
    assert_eq!(read(store, |tx| tx.last_spent_beneath("scope", b"none")), None);
    assert_eq!(write(store, |tx| tx.forget_unused("scope", 3, at(29))), 1, "two was not used since");
    assert_eq!(read(store, |tx| tx.spent_beneath("scope", b"one", at(-1))), 4);
    write(store, |tx| tx.forget("scope", b"two"));
    write(store, |tx| tx.forget("scope", b"one"));
    assert_eq!(spent(b"one", at(-1)), 0);
    assert_eq!(read(store, |tx| tx.spent_beneath("scope", b"one", at(-1))), 0);
    assert_eq!(read(store, |tx| tx.spent("other", b"one", at(-1))), 1);
    // A tally stands in one row, whatever it counts to.
    let tally = |count, second| Tally { count, since: at(second) };
    assert_eq!(read(store, |tx| tx.tally("tally", b"one")), None);
    for counted in [tally(0, 0), tally(1, 0), tally(1 << 40, 5)] {
        write(store, |tx| tx.set_tally("tally", b"one", counted));
        assert_eq!(read(store, |tx| tx.tally("tally", b"one")), Some(counted));
    }
}

pub(crate) fn records_are_kept_in_order(store: &dyn Engine) {
    let event = |seq: u64| Event {
        seq,
        at: at(i64::try_from(seq).unwrap()),
        action: if seq.is_multiple_of(2) { "login" } else { "loginFailed" }.to_owned(),
        rating: "normal".to_owned(),
        outcome: "success".to_owned(),
        reason: Some("why".to_owned()),
        code: None,
        actor: "alice".to_owned(),
        operator: None,
        host: "here".to_owned(),
        process: 7,
        target: Some("Acme".to_owned()),
        target_id: Some("usr_root".to_owned()),
        detail: serde_json::Map::from_iter([("method".to_owned(), "email".into())]),
        ticket: Some("T-1".to_owned()),
        key_id: "abcdefgh".to_owned(),
        hash: format!("{seq:064}"),
    };
    assert_eq!(read(store, |tx| tx.last_event()), None);
    for seq in 1..=5 {
        write(store, |tx| tx.append_event(&event(seq)));
    }
    let again: Step = store.write(|tx| tx.append_event(&event(5)));
    assert!(again.is_err(), "a number is given once");
    assert_eq!(read(store, |tx| tx.last_event()), Some(event(5)), "everything comes back as it was");
    assert_eq!(read(store, |tx| tx.chain_head()), Some((5, format!("{:064}", 5))));
    let numbers = |filter: EventFilter, limit| -> Vec<u64> {
        read(store, |tx| tx.events(&filter, limit)).into_iter().map(|event| event.seq).collect()
    };
    assert_eq!(numbers(EventFilter::default(), 2), [5, 4]);
    assert_eq!(numbers(EventFilter { before: Some(4), ..EventFilter::default() }, 9), [3, 2, 1]);
    let of_action = EventFilter { action: Some("login".to_owned()), ..EventFilter::default() };
    assert_eq!(numbers(of_action, 9), [4, 2]);
    let of_nobody = EventFilter { target: Some("usr_none".to_owned()), ..EventFilter::default() };
    assert_eq!(numbers(of_nobody, 9), Vec::<u64>::new());
    let within = EventFilter { since: Some(at(2)), until: Some(at(4)), ..EventFilter::default() };
    assert_eq!(numbers(within, 9), [3, 2], "the beginning counts and the end does not");
    let of_operator = EventFilter { operator: Some("alice".to_owned()), ..EventFilter::default() };
    assert_eq!(numbers(of_operator, 9), Vec::<u64>::new(), "nobody acted as an operator");
    let after: Vec<u64> =
        read(store, |tx| tx.events_after(3, 9)).into_iter().map(|event| event.seq).collect();
    assert_eq!(after, [4, 5]);
    let mut stored = Vec::new();
    read(store, |tx| {
        tx.each_event(2, &mut |event| {
            stored.push((event.seq, event.detail.to_owned(), event.hash.to_owned()));
            if event.seq < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    });
    let as_stored = |seq: u64| (seq, r#"{"method":"email"}"#.to_owned(), format!("{seq:064}"));
    assert_eq!(stored, [as_stored(3), as_stored(4)]);
}

pub(crate) fn an_error_undoes_everything(store: &dyn Engine) {
    let failed: Step = store.write(|tx| {
        tx.set_meta("half", "done")?;
        tx.delete_user("usr_root")?;
        tx.delete_user("usr_nobody")
    });
    assert!(matches!(failed, Err(StoreError::Rows { changed: 0, expected: 1 })));
    assert_eq!(read(store, |tx| tx.meta("half")), None);
    assert!(read(store, |tx| tx.user_by_id("usr_root")).is_some());
    write(store, |tx| tx.set_meta("half", "done"));
    write(store, |tx| tx.set_meta("half", "whole"));
    assert_eq!(read(store, |tx| tx.meta("half")).as_deref(), Some("whole"));
}

pub(crate) fn parts_fall_alone_and_stand_together(store: &dyn Engine) {
    let note = |key: &'static str| read(store, move |tx| tx.meta(key));
    let kept = store.together(Parts::Apart, &mut || {
        write(store, |tx| tx.set_meta("first", "done"));
        let failed: Step = store.write(|tx| {
            tx.set_meta("first", "undone")?;
            tx.delete_user("usr_nobody")
        });
        assert!(matches!(failed, Err(StoreError::Rows { changed: 0, expected: 1 })));
        assert_eq!(note("first").as_deref(), Some("done"), "a part sees those before it");
        write(store, |tx| tx.set_meta("second", "done"));
        true
    });
    assert!(kept.unwrap());
    assert_eq!((note("first").as_deref(), note("second").as_deref()), (Some("done"), Some("done")));
    let undo = |kept: bool| {
        write(store, |tx| tx.set_meta("first", "undone"));
        assert!(!kept, "it is given up here");
        kept
    };
    assert!(!store.together(Parts::Apart, &mut || undo(false)).unwrap());
    assert_eq!(note("first").as_deref(), Some("done"));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.together(Parts::Apart, &mut || undo(true))
    }));
    assert!(panicked.is_err());
    assert_eq!(note("first").as_deref(), Some("done"));
    write(store, |tx| tx.set_meta("second", "alone"));
    assert_eq!(note("second").as_deref(), Some("alone"), "what follows stands for itself again");
}

pub(crate) fn where_all_or_none_stands_one_part_undoes_the_others(store: &dyn Engine) {
    let note = |key: &'static str| read(store, move |tx| tx.meta(key));
    for (keeps, expected) in [(false, None), (true, Some("done"))] {
        let kept = store.together(Parts::AllOrNone, &mut || {
            write(store, |tx| tx.set_meta("one", "done"));
            let part: Step = store.write(|tx| {
                tx.set_meta("two", "done")?;
                if keeps { Ok(()) } else { tx.delete_user("usr_nobody") }
            });
            assert_eq!(part.is_ok(), keeps);
            // Whoever goes on all the same keeps nothing of it.
            write(store, |tx| tx.set_meta("three", "done"));
            true
        });
        assert_eq!(kept.unwrap(), keeps);
        for key in ["one", "two", "three"] {
            assert_eq!(note(key).as_deref(), expected, "{key}");
        }
    }
}

pub(crate) fn whoever_reads_steadily_can_write_in_between(store: &dyn Engine) {
    let note = || read(store, |tx| tx.meta("steady"));
    let mut seen = Vec::new();
    let steadily = store.steadily(&mut || {
        seen.push(note());
        write(store, |tx| tx.set_meta("steady", "one"));
        seen.push(note());
        assert!(
            store
                .together(Parts::AllOrNone, &mut || {
                    write(store, |tx| tx.set_meta("steady", "two"));
                    seen.push(note());
                    true
                })
                .unwrap()
        );
        seen.push(note());
    });
    steadily.unwrap();
    seen.push(note());
    let seen: Vec<&str> = seen.iter().map(|note| note.as_deref().unwrap_or("none")).collect();
    assert_eq!(seen, ["none", "one", "two", "two", "two"]);
    write(store, |tx| tx.set_meta("steady", "three"));
}

pub(crate) fn the_spent_is_purged(store: &dyn Engine) {
    write(store, |tx| {
        tx.insert_request(&request("req_live", Some("usr_root")))?;
        tx.insert_code(&code("cod_live", Some("usr_root"), Some("req_live")))?;
        tx.spend("guesses", b"one", at(0))
    });
    assert_eq!(write(store, |tx| tx.purge(at(0))), 0, "nothing is older than that");
    assert!(write(store, |tx| tx.purge(at(1))) > 0);
    assert_eq!(write(store, |tx| tx.purge(at(1))), 0, "once is enough");
    let left: Vec<String> =
        read(store, |tx| tx.codes(CodesOf::Everyone, 100)).into_iter().map(|code| code.id).collect();
    assert_eq!(left, ["cod_live", "cod_b"], "K10: what is live stays");
    assert!(read(store, |tx| tx.request("req_live")).is_some());
    assert!(read(store, |tx| tx.request("req_2")).is_none());
    assert_eq!(
        read(store, |tx| tx.spent("guesses", b"one", Timestamp::MIN)),
        1,
        "failures in a row count for ever"
    );
    assert_eq!(read(store, |tx| tx.events_after(0, 100)).len(), 5, "records stay");
}

/// K8: who takes the name of somebody deleted inherits nothing.
pub(crate) fn what_belongs_to_somebody_goes_with_them(store: &dyn Engine) {
    let acme = account("acc_a", "Acme");
    let alice = read(store, |tx| tx.user_by_key("acme", "alice")).unwrap();
    let mail = Address::email("alice@acme.example").unwrap();
    write(store, |tx| {
        bind(tx, "con_alice", &alice.id, &mail)?;
        tx.insert_request(&request("req_alice", Some(&alice.id)))?;
        tx.insert_code(&code("cod_alice", Some(&alice.id), Some("req_alice")))?;
        tx.add_to_history(&alice.id, at(0), "abcdefgh", b"old", 24)?;
        tx.enrol_mfa(&StoredMfa {
            user_id: alice.id.clone(),
            key_id: "abcdefgh".to_owned(),
            sealed: vec![7; 40],
            enrolled_at: at(0),
            bound_at: None,
            last_step: None,
        })?;
        let to_alice = Outgoing {
            user_id: Some(alice.id.clone()),
            ..message("msg_alice", Kind::Code, Some("cod_alice"), 0)
        };
        tx.enqueue(&to_alice)?;
        tx.insert_token(&SetupToken {
            id: "tok_alice".to_owned(),
            user_id: alice.id.clone(),
            hash: vec![8; 32],
            occasion: Occasion::NewUser,
            state: TokenState::Live,
            contact_id: None,
            channel: None,
            destination: None,
            message_id: None,
            removes_mfa: None,
            created_at: at(0),
            expires_at: at(600),
        })
    });
    write(store, |tx| tx.delete_user(&alice.id));
    let mut again = user("usr_again", &acme, "alice");
    again.created_at = at(100);
    write(store, |tx| insert(tx, &again));
    assert!(read(store, |tx| tx.user_by_key("acme", "alice")).unwrap() == again);
    assert!(read(store, |tx| tx.request("req_alice")).is_none());
    assert!(read(store, |tx| tx.code("cod_alice")).is_none());
    assert!(read(store, |tx| tx.token_by_hash(&[8; 32])).is_none());
    assert!(read(store, |tx| tx.password_history("usr_again", 10)).is_empty());
    assert!(read(store, |tx| tx.sealed_messages()).is_empty());
    assert!(write(store, |tx| tx.try_request_code("req_alice", at(1))).is_none());
    // The address is free for the next one.
    write(store, |tx| bind(tx, "con_again", "usr_again", &mail));

    write(store, |tx| tx.delete_account("acc_a"));
    assert!(read(store, |tx| tx.user_by_key("acme", "")).is_none());
    assert!(read(store, |tx| tx.user_by_id("usr_again")).is_none());
    assert!(read(store, |tx| tx.user_by_contact(Channel::Email, mail.key(), None)).is_none());
    assert_eq!(read(store, |tx| tx.users_page(None, None, 10)).len(), 2, "the other account stays");
    assert_eq!(read(store, |tx| tx.events_after(0, 100)).len(), 5, "and so do the records");
    let gone: Step = store.write(|tx| tx.delete_account("acc_a"));
    assert!(matches!(gone, Err(StoreError::Rows { changed: 0, expected: 1 })));
}
