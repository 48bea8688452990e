//! Requests, codes and tokens: each is good once, in order, in time.

use regain::domain::attempt::{Attempt, Kind as AttemptKind};
use regain::domain::code::{Code, EndReason, Purpose, State as CodeState};
use regain::domain::eligibility::Ineligible;
use regain::domain::mfa::StoredMfa;
use regain::domain::request::{Captcha, Method, Request, State};
use regain::domain::token::{Occasion, SetupToken, State as TokenState};
use regain::store::{CodesOf, Engine, LiveRequests, TokensOf, Transactions};

use super::support::*;

pub(crate) fn requests_go_forward(store: &dyn Engine) {
    write(store, |tx| {
        tx.insert_request(&request("req_1", Some("usr_root")))?;
        tx.insert_request(&request("req_2", Some("usr_root")))?;
        tx.insert_request(&request("req_decoy", None))
    });
    let live = |now| read(store, |tx| tx.live_requests(b"subject", "uid:1000", now));
    let counted = |of_source, of_person, of_both| LiveRequests { of_source, of_person, of_both };
    assert_eq!(live(at(1)), counted(3, 0, 0), "no CAPTCHA of theirs is answered");
    let answered = |id: &str| write(store, |tx| tx.advance_request(id, &[State::Captcha], State::Method));
    assert!(answered("req_decoy"));
    assert_eq!(live(at(1)), counted(3, 1, 1));
    let elsewhere = read(store, |tx| tx.live_requests(b"subject", "uid:1", at(1)));
    assert_eq!(elsewhere, counted(0, 1, 0));
    assert_eq!(live(at(900)), counted(0, 0, 0), "over at the very moment");
    let ineligible = || read(store, |tx| tx.request("req_decoy")).unwrap().ineligible;
    for reason in [Some(Ineligible::TooManyRequests), None] {
        write(store, |tx| tx.set_request_ineligible("req_decoy", reason));
        assert_eq!(ineligible(), reason);
    }

    let shown = || Captcha { key_id: "abcdefgh".to_owned(), tag: vec![1], expires_at: at(300) };
    assert!(write(store, |tx| tx.show_captcha("req_1", &shown())));
    assert!(write(store, |tx| tx.show_captcha("req_1", &shown())));
    assert!(!write(store, |tx| tx.show_captcha("req_1", &shown())), "S2: only two showings were left");
    assert!(write(store, |tx| tx.take_captcha("req_1")).is_some());
    assert!(write(store, |tx| tx.take_captcha("req_1")).is_none(), "S2: answered once");

    let advance = |id: &str, from: &[State], to| write(store, |tx| tx.advance_request(id, from, to));
    assert!(!advance("req_1", &[State::Code], State::Password), "S1: no step is skipped");
    assert!(advance("req_1", &[State::Captcha], State::Method));
    assert!(!advance("req_1", &[State::Captcha], State::Method), "S1: nor taken twice");
    assert!(advance("req_1", &[State::Method, State::Code], State::Code));
    let asked = Request {
        method: Some(Method::Email),
        last_sent_at: Some(at(30)),
        asked: Some(vec![7; 32]),
        corrected_in: Some(State::Code),
        ..read(store, |tx| tx.request("req_1")).unwrap()
    };
    write(store, |tx| tx.set_request_sent(&asked));
    let sent = read(store, |tx| tx.request("req_1")).unwrap();
    assert_eq!(
        (sent.state, sent.method, sent.last_sent_at),
        (State::Code, Some(Method::Email), Some(at(30)))
    );
    assert_eq!((sent.asked, sent.corrected_in), (Some(vec![7; 32]), Some(State::Code)));

    assert_eq!(write(store, |tx| tx.end_requests("usr_root", State::Cancelled, Some("req_1"))), 1);
    assert_eq!(read(store, |tx| tx.request("req_2")).unwrap().state, State::Cancelled);
    assert_eq!(read(store, |tx| tx.request("req_1")).unwrap().state, State::Code);
    assert_eq!(read(store, |tx| tx.requests_of("usr_root", 10)).len(), 2);
    assert_eq!(read(store, |tx| tx.request("req_none")).map(|found| found.id), None);

    // K5: what is over ends.
    assert_eq!(write(store, |tx| tx.expire_requests(at(899))), 0);
    assert_eq!(write(store, |tx| tx.expire_requests(at(900))), 2, "at the very moment");
    assert!(!advance("req_1", &[State::Code], State::Password));
    let odd: Step = store.write(|tx| {
        tx.insert_request(&Request { expires_at: at(0), ..request("req_odd", Some("usr_root")) })
    });
    assert!(odd.is_err(), "K5: a request that is over when it is made is refused");
}

pub(crate) fn attempts_are_counted_until_they_end(store: &dyn Engine) {
    let attempt = |seq: u64, kind, subject: &str, begun| Attempt {
        seq,
        kind,
        subject: subject.to_owned(),
        counted: vec![1; 32],
        source: "uid:1".to_owned(),
        begun_at: at(begun),
    };
    let (sign_in, code) = (AttemptKind::SignIn, AttemptKind::Code);
    let open = || read(store, |tx| tx.open_sign_ins("usr_root", at(0)));
    for row in [
        attempt(1, sign_in, "usr_root", 10),
        attempt(2, code, "usr_root", 20),
        attempt(3, sign_in, "usr_root", 0),
        attempt(4, AttemptKind::SignInCode, "usr_root", 30),
        attempt(5, sign_in, "usr_bob", 30),
        attempt(6, sign_in, "usr_root", 99),
    ] {
        write(store, |tx| tx.open_attempt(&row));
    }
    assert_eq!(open(), 3, "sign-ins that were begun after that moment");
    assert!(!write(store, |tx| tx.close_attempt(1, at(10))), "too late");
    assert!(write(store, |tx| tx.close_attempt(1, at(9))));
    assert!(!write(store, |tx| tx.close_attempt(1, at(9))), "once");
    let overdue = write(store, |tx| tx.take_overdue_attempts(at(20), at(98)));
    assert_eq!(overdue.iter().map(|row| row.seq).collect::<Vec<_>>(), [2, 3, 6], "and one of the future");
    assert_eq!(write(store, |tx| tx.end_sign_ins("usr_root")), 1);
    assert_eq!((open(), write(store, |tx| tx.end_sign_ins("usr_bob"))), (0, 1));
}

pub(crate) fn codes_are_used_once(store: &dyn Engine) {
    write(store, |tx| {
        tx.insert_request(&request("req_c", Some("usr_root")))?;
        tx.insert_code(&code("cod_1", Some("usr_root"), Some("req_c")))?;
        tx.insert_request(&request("req_d", None))?;
        tx.insert_code(&code("cod_decoy", None, Some("req_d")))
    });
    let attempt = |id: &str, now| write(store, |tx| tx.try_request_code(id, now));
    assert!(attempt("req_c", at(600)).is_none(), "K5: over at the very moment");
    assert!(attempt("req_c", at(-1)).is_none(), "K5: not yet made");
    let tried = attempt("req_c", at(1)).unwrap();
    assert_eq!((tried.id.as_str(), tried.tries_left, tried.decoy), ("cod_1", 1, false));
    let last = attempt("req_c", at(2)).unwrap();
    assert_eq!(last.tries_left, 0);
    assert!(attempt("req_c", at(3)).is_none(), "K4: no try is left");

    // E1: a decoy's tries are counted like any other's, and it can never be right.
    assert!(attempt("req_d", at(1)).unwrap().decoy);
    assert_eq!(attempt("req_d", at(1)).unwrap().tries_left, 0);
    assert!(attempt("req_d", at(1)).is_none());
    let again = Code { tries_left: 1, expires_at: at(700), ..code("cod_decoy", None, Some("req_d")) };
    write(store, |tx| tx.renew_decoy(&again));
    assert!(attempt("req_d", at(699)).unwrap().decoy, "a decoy takes its own place");
    assert!(attempt("req_d", at(699)).is_none());
    let sent: Step = store.write(|tx| tx.renew_decoy(&code("cod_1", Some("usr_root"), Some("req_c"))));
    assert!(sent.is_err(), "one that was sent to somebody stays what it is");

    assert!(write(store, |tx| tx.end_code("cod_1", CodeState::Used, None)));
    assert!(!write(store, |tx| tx.end_code("cod_1", CodeState::Revoked, None)), "an end is final");
    assert_eq!(read(store, |tx| tx.code("cod_1")).unwrap().state, CodeState::Used);
    write(store, |tx| tx.set_code_delivery("cod_1", CodeState::Sent, None, at(9)));
    assert_eq!(read(store, |tx| tx.code("cod_1")).unwrap().state, CodeState::Used, "also for the worker");

    let fresh = |id: &str| write(store, |tx| tx.insert_code(&code(id, Some("usr_root"), Some("req_c"))));
    fresh("cod_2");
    assert_eq!(write(store, |tx| tx.end_codes(CodesOf::Request("req_c"), EndReason::NewerCode)), 1);
    assert!(attempt("req_c", at(1)).is_none());
    let ended = read(store, |tx| tx.code("cod_2")).unwrap();
    assert_eq!((ended.state, ended.state_reason.as_deref()), (CodeState::Superseded, Some("newer_code")));
    fresh("cod_3");
    assert_eq!(write(store, |tx| tx.end_codes(CodesOf::Contact("con_mail"), EndReason::Operator)), 1);
    fresh("cod_4");
    assert_eq!(write(store, |tx| tx.end_codes(CodesOf::User("usr_root"), EndReason::Operator)), 1);
    fresh("cod_5");
    assert_eq!(write(store, |tx| tx.end_codes(CodesOf::Everyone, EndReason::Operator)), 1);
    fresh("cod_6");
    assert_eq!(write(store, |tx| tx.expire_codes(at(599))), 0);
    assert_eq!(write(store, |tx| tx.expire_codes(at(600))), 1);
    let fate = |id: &str| {
        let code = read(store, |tx| tx.code(id)).unwrap();
        (code.state, code.state_reason)
    };
    // It waited still: nobody could have entered it. The worker's word on it comes later.
    assert_eq!(fate("cod_6"), (CodeState::Failed, Some("not_sent_in_time".to_owned())));
    write(store, |tx| tx.set_code_delivery("cod_6", CodeState::Failed, Some("the server is down"), at(601)));
    assert_eq!(fate("cod_6"), (CodeState::Failed, Some("the server is down".to_owned())));
    write(store, |tx| tx.set_code_delivery("cod_6", CodeState::Sent, None, at(602)));
    assert_eq!(fate("cod_6").0, CodeState::Failed, "once");
    let newest: Vec<String> =
        read(store, |tx| tx.codes(CodesOf::User("usr_root"), 3)).into_iter().map(|code| code.id).collect();
    assert_eq!(newest, ["cod_6", "cod_5", "cod_4"]);
    fresh("cod_7");
    write(store, |tx| tx.set_code_delivery("cod_7", CodeState::Sent, None, at(1)));
    write(store, |tx| tx.expire_codes(at(600)));
    assert_eq!(fate("cod_7"), (CodeState::Expired, None));
    // In a worker's hands when its time was over: it left, too late.
    fresh("cod_8");
    write(store, |tx| tx.expire_codes(at(600)));
    write(store, |tx| tx.set_code_delivery("cod_8", CodeState::Sent, None, at(601)));
    assert_eq!(fate("cod_8"), (CodeState::Expired, None));

    // K3: a code of a contact is worth something for its purpose only.
    let binding =
        Code { purpose: Purpose::BindContact, request_id: None, ..code("cod_b", Some("usr_root"), None) };
    write(store, |tx| tx.insert_code(&binding));
    assert!(write(store, |tx| tx.try_contact_code("con_mail", Purpose::LeaveContact, at(1))).is_none());
    assert!(write(store, |tx| tx.try_contact_code("con_mobile", Purpose::BindContact, at(1))).is_none());
    assert!(write(store, |tx| tx.try_contact_code("con_mail", Purpose::BindContact, at(1))).is_some());
}

pub(crate) fn tokens_are_used_once(store: &dyn Engine) {
    let token = |id: &str, hash: u8| SetupToken {
        id: id.to_owned(),
        user_id: "usr_root".to_owned(),
        hash: vec![hash; 32],
        occasion: Occasion::Reset,
        state: TokenState::Live,
        contact_id: Some("con_mail".to_owned()),
        channel: None,
        destination: None,
        message_id: None,
        removes_mfa: None,
        created_at: at(0),
        expires_at: at(600),
    };
    write(store, |tx| tx.insert_token(&token("tok_1", 1)));
    let state = |hash: u8| {
        let found = read(store, |tx| tx.token_by_hash(&[hash; 32]))?;
        assert_eq!(read(store, |tx| tx.token(&found.id)).map(|token| token.hash), Some(found.hash));
        Some(found.state)
    };
    assert_eq!(state(1), Some(TokenState::Live), "K7: looking uses nothing up");
    assert_eq!(state(9), None);
    assert!(!write(store, |tx| tx.use_token("tok_1", at(600))), "K5: over at the very moment");
    assert!(!write(store, |tx| tx.use_token("tok_1", at(-1))), "K5: not yet made");
    assert!(write(store, |tx| tx.use_token("tok_1", at(599))));
    assert!(!write(store, |tx| tx.use_token("tok_1", at(599))), "used once");
    write(store, |tx| tx.insert_token(&token("tok_2", 2)));
    let live = || read(store, |tx| tx.live_token("usr_root")).map(|token| token.id);
    assert_eq!(live(), Some("tok_2".to_owned()));
    assert_eq!(write(store, |tx| tx.end_tokens(TokensOf::User("usr_root"), EndReason::NewerCode)), 1);
    assert_eq!((state(1), state(2)), (Some(TokenState::Used), Some(TokenState::Superseded)));
    write(store, |tx| tx.insert_token(&token("tok_3", 3)));
    assert_eq!(write(store, |tx| tx.expire_tokens(at(600))), 1);
    assert_eq!(state(3), Some(TokenState::Expired));
    let twice: Step = store.write(|tx| tx.insert_token(&token("tok_4", 3)));
    assert!(twice.is_err(), "two tokens cannot have the same hash");
}

pub(crate) fn authenticators_are_bound_once(store: &dyn Engine) {
    let alice = read(store, |tx| tx.user_by_key("acme", "alice")).unwrap();
    let fresh = |key: &str| StoredMfa {
        user_id: alice.id.clone(),
        key_id: key.to_owned(),
        sealed: vec![7; 40],
        enrolled_at: at(1),
        bound_at: None,
        last_step: None,
    };
    let stored = || read(store, |tx| tx.mfa(&alice.id));
    assert!(stored().is_none() && !write(store, |tx| tx.bind_mfa(&alice.id, at(2), 10)));
    assert!(write(store, |tx| tx.enrol_mfa(&fresh("aaaaaaaa"))));
    assert!(!write(store, |tx| tx.use_mfa_step(&alice.id, 10)), "not bound yet");
    assert!(write(store, |tx| tx.enrol_mfa(&fresh("bbbbbbbb"))));
    assert!(stored().is_some_and(|mfa| mfa == fresh("bbbbbbbb")));
    assert!(!read(store, |tx| tx.user_by_id(&alice.id)).unwrap().mfa);
    assert!(write(store, |tx| tx.bind_mfa(&alice.id, at(2), 10)));
    assert!(read(store, |tx| tx.user_by_id(&alice.id)).unwrap().mfa);
    assert!(!write(store, |tx| tx.bind_mfa(&alice.id, at(3), 11)));
    assert!(!write(store, |tx| tx.enrol_mfa(&fresh("cccccccc"))));
    let used = |step| write(store, |tx| tx.use_mfa_step(&alice.id, step));
    assert_eq!([9, 10, 11, 11, 10, 13, 12].map(used), [false, false, true, false, false, true, false]);
    let bound = StoredMfa { bound_at: Some(at(2)), last_step: Some(13), ..fresh("bbbbbbbb") };
    assert!(stored().is_some_and(|mfa| mfa == bound));
    assert!(write(store, |tx| tx.delete_mfa(&alice.id)) && !write(store, |tx| tx.delete_mfa(&alice.id)));
    assert!(stored().is_none());
}
