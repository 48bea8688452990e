//! Setup tokens, credentials, authenticators and proofs: what is good once, for one person, at one epoch.

use jiff::Timestamp;
use regain::domain::address::Address;
use regain::domain::code::{EndReason, State as CodeState};
use regain::domain::issued::Use;
use regain::domain::mfa::StoredMfa;
use regain::domain::protection::StoredProof;
use regain::domain::token::{Occasion, SetupToken, State};
use regain::domain::user::{Credential, StoredHash};
use regain::store::{IssuedFilter, StoreError, TokensOf, Tx};

use super::*;

fn token(number: u8, change: impl FnOnce(&mut SetupToken)) -> SetupToken {
    let mut made = SetupToken {
        id: format!("tok_{number}"),
        user_id: "usr_alice".to_owned(),
        hash: vec![number; 32],
        occasion: Occasion::Reset,
        state: State::Live,
        contact_id: None,
        channel: None,
        destination: None,
        message_id: None,
        removes_mfa: None,
        created_at: at(0),
        expires_at: at(600),
    };
    change(&mut made);
    made
}

/// What a statement tells of these tokens, and which of them it moves to another state, by their place.
fn moved<T>(
    rows: &[SetupToken],
    change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>,
) -> (T, Vec<usize>) {
    let ground = Ground::new();
    for row in rows {
        ground.write(|tx| tx.insert_token(row));
    }
    let told = ground.write(change);
    let state = |row: &SetupToken| ground.read(|tx| tx.token_by_hash(&row.hash)).unwrap().state;
    (told, (0..rows.len()).filter(|at| state(&rows[*at]) != rows[*at].state).collect())
}

#[test]
fn k4_k5_a_token_is_used_alive_once_and_in_its_time() {
    let cases: [Case<SetupToken>; 9] = [
        ("as it is", |_| {}, true),
        ("over", |of| of.expires_at = at(10), false),
        ("in its last moment", |of| of.expires_at = at(11), true),
        ("made now", |of| of.created_at = at(10), true),
        ("made later", |of| of.created_at = at(11), false),
        ("used", |of| of.state = State::Used, false),
        ("revoked", |of| of.state = State::Revoked, false),
        ("superseded", |of| of.state = State::Superseded, false),
        ("expired", |of| of.state = State::Expired, false),
    ];
    for (case, change, good) in cases {
        let rows = [token(1, change), token(2, |of| of.user_id = "usr_bob".to_owned())];
        let (used, which) = moved(&rows, |tx| tx.use_token("tok_1", at(10)));
        assert_eq!(used, good, "{case}");
        let becomes_used = rows[0].state != State::Used;
        assert_eq!(which, if good && becomes_used { vec![0] } else { vec![] }, "{case}");
    }
}

#[test]
fn s7_the_live_tokens_of_one_person_end() {
    let rows = [
        token(1, |_| {}),
        token(2, |of| of.user_id = "usr_bob".to_owned()),
        token(3, |of| of.state = State::Used),
        token(4, |of| of.state = State::Expired),
    ];
    let end = |of| moved(&rows, |tx| tx.end_tokens(of, EndReason::Operator));
    assert_eq!(end(TokensOf::User("usr_alice")), (1, vec![0]));
    assert_eq!(end(TokensOf::One("tok_2")), (1, vec![1]));
    assert_eq!((end(TokensOf::One("tok_3")), end(TokensOf::Contact("con_mail"))), ((0, vec![]), (0, vec![])));
    assert_eq!(end(TokensOf::Everyone), (2, vec![0, 1]));
    let ground = Ground::new();
    for row in &rows[1..] {
        ground.write(|tx| tx.insert_token(row));
    }
    let live = |user: &str| ground.read(|tx| tx.live_token(user)).map(|of| of.id);
    assert_eq!((live("usr_alice"), live("usr_bob").as_deref()), (None, Some("tok_2")));
}

#[test]
fn k5_live_tokens_that_are_over_expire() {
    let rows = [
        token(1, |of| of.expires_at = at(100)),
        token(2, |of| of.expires_at = at(101)),
        token(3, |of| of.created_at = at(100)),
        token(4, |of| (of.state, of.expires_at) = (State::Used, at(100))),
    ];
    assert_eq!(moved(&rows, |tx| tx.expire_tokens(at(100))), (1, vec![0]));
}

#[test]
fn k5_who_has_a_token_that_is_live_and_in_its_time() {
    let rows = [
        token(1, |of| of.state = State::Used),
        token(2, |of| (of.user_id, of.expires_at) = ("usr_bob".to_owned(), at(100))),
    ];
    let ground = Ground::new();
    for row in &rows {
        ground.write(|tx| tx.insert_token(row));
    }
    let have = |now, users: &[&str]| Vec::from_iter(ground.read(|tx| tx.with_live_tokens(users, at(now))));
    assert_eq!(have(99, &["usr_alice", "usr_bob"]), ["usr_bob"]);
    assert_eq!(have(100, &["usr_alice", "usr_bob"]), [""; 0], "it is over");
    assert_eq!(have(-1, &["usr_bob"]), [""; 0], "it has not begun");
    assert_eq!(have(99, &["usr_alice"]), [""; 0], "of others");
}

/// The only token of a list, as it stands: state, reason and when its message left.
fn listed(ground: &Ground, now: i64) -> (CodeState, Option<String>, Option<Timestamp>) {
    let setup = IssuedFilter { purpose: Some(Use::Setup), ..IssuedFilter::default() };
    let of = ground.read(|tx| tx.issued(&setup, at(now), 9)).remove(0);
    (of.state, of.state_reason, of.delivered_at)
}

#[test]
fn a_token_is_listed_with_what_became_of_its_message_and_why_it_ended() {
    let mailed = || {
        let ground = Ground::new();
        let of = token(1, |of| {
            of.contact_id = Some("con_mail".to_owned());
            of.message_id = Some("msg_1".to_owned());
        });
        let address = Address::email("alice@example.com").unwrap();
        ground.write(|tx| {
            bind(tx, "con_mail", "usr_alice", &address)?;
            tx.insert_token(&of)
        });
        ground
    };
    let told = |ground: &Ground, state, words| {
        ground.write(|tx| tx.set_token_delivery("msg_1", state, words, at(5)));
    };
    let ground = mailed();
    assert_eq!(listed(&ground, 9), (CodeState::Queued, None, None));
    told(&ground, CodeState::Sent, None);
    assert_eq!(listed(&ground, 9), (CodeState::Sent, None, Some(at(5))));
    told(&ground, CodeState::Failed, Some("too late"));
    assert_eq!(listed(&ground, 9), (CodeState::Sent, None, Some(at(5))), "what left has left");
    assert_eq!(listed(&ground, 600).0, CodeState::Expired, "whether or not anything has swept");
    ground.write(|tx| tx.end_tokens(TokensOf::User("usr_alice"), EndReason::PasswordChanged));
    let ended = (CodeState::Revoked, Some("password_changed".to_owned()), Some(at(5)));
    assert_eq!(listed(&ground, 700), ended);
    let ground = mailed();
    told(&ground, CodeState::Failed, Some("no such mailbox"));
    assert_eq!(listed(&ground, 9), (CodeState::Failed, Some("no such mailbox".to_owned()), None));
    ground.write(|tx| tx.end_tokens(TokensOf::One("tok_1"), EndReason::NewerCode));
    assert_eq!(listed(&ground, 9), (CodeState::Superseded, Some("newer_code".to_owned()), None));
    // Bound no more, it opens nothing.
    let ground = mailed();
    ground.write(|tx| tx.delete_contact("con_mail"));
    assert_eq!(listed(&ground, 9), (CodeState::Revoked, Some("contact_changed".to_owned()), None));
    // Handed to an operator.
    let ground = Ground::new();
    ground.write(|tx| tx.insert_token(&token(1, |_| {})));
    assert_eq!(listed(&ground, 9), (CodeState::Sent, None, None));
}

fn credential(epoch: u64, hash: &str) -> Credential {
    Credential {
        hash: Some(StoredHash::new(hash.to_owned(), "bcrypt 12".parse().ok())),
        changed_at: Some(at(0)),
        epoch,
        ..Credential::default()
    }
}

#[test]
fn a_credential_follows_the_one_that_was_read() {
    let ground = Ground::new();
    let set = |epoch| ground.write(|tx| tx.set_credential("usr_alice", &credential(epoch, "one")));
    assert_eq!([set(0), set(2), set(1), set(1), set(3), set(2)], [false, false, true, false, false, true]);
    assert!(ground.user("usr_bob").credential == Credential::default());
}

#[test]
fn p7_a_hash_is_replaced_by_a_stronger_one_of_the_same_password() {
    let ground = Ground::new();
    for user in ["usr_alice", "usr_bob"] {
        ground.write(|tx| tx.set_credential(user, &credential(1, "one")));
    }
    let hash = |text: &str| StoredHash::new(text.to_owned(), "argon2id m=19456,t=2,p=1".parse().ok());
    let upgrade =
        |from: &str, to: &str| ground.write(|tx| tx.upgrade_hash("usr_alice", &hash(from), &hash(to)));
    let stands = |user: &str| ground.user(user).credential.hash.unwrap().as_str().to_owned();
    assert!(!upgrade("another", "two"), "it was changed meanwhile");
    assert_eq!(stands("usr_alice"), "one");
    assert!(upgrade("one", "two"));
    assert_eq!((stands("usr_alice").as_str(), stands("usr_bob").as_str()), ("two", "one"));
    let kind = |user: &str| ground.user(user).credential.kind().unwrap().to_string();
    assert_eq!(["usr_alice", "usr_bob"].map(kind), ["argon2id m=19456,t=2,p=1", "bcrypt 12"]);
    let tallies = |account| {
        let counted = ground.read(|tx| tx.hash_tallies(account)).into_iter();
        counted
            .map(|tally| (tally.kind.map_or_else(String::new, |kind| kind.to_string()), tally.users))
            .collect::<Vec<_>>()
    };
    let all = tallies(None);
    assert!(
        all.contains(&("bcrypt 12".to_owned(), 1))
            && all.contains(&("argon2id m=19456,t=2,p=1".to_owned(), 1))
    );
    assert_eq!(tallies(Some(&ground.user("usr_alice").account_id)), all, "there is one account");
}

#[test]
fn k5_a_temporary_password_ends_for_good_at_its_moment_and_a_lasting_one_never() {
    let ground = Ground::new();
    let temporary = Credential { expires_at: Some(at(100)), ..credential(1, "one") };
    ground.write(|tx| tx.set_credential("usr_alice", &temporary));
    ground.write(|tx| {
        tx.set_credential("usr_bob", &Credential { expires_at: Some(at(101)), ..temporary.clone() })
    });
    ground.write(|tx| tx.set_credential("usr_root", &credential(1, "one")));
    assert_eq!(ground.write(|tx| tx.expire_passwords(at(99))), 0);
    assert_eq!(ground.write(|tx| tx.expire_passwords(at(100))), 1);
    let ends = ["usr_alice", "usr_bob", "usr_root"].map(|user| ground.user(user).credential.expires_at);
    assert_eq!(ends, [Some(at(0)), Some(at(101)), None]);
    assert_eq!(ground.write(|tx| tx.expire_passwords(at(100))), 0, "once");
}

#[test]
fn what_is_noted_of_one_person_is_noted_of_no_other() {
    let ground = Ground::new();
    ground.write(|tx| {
        tx.set_last_login("usr_alice", at(7))?;
        tx.set_expiry_notified("usr_alice", 3)?;
        tx.set_active_from("usr_alice", at(8))?;
        tx.add_to_history("usr_alice", at(1), "abcdefgh", &[1], 2)?;
        tx.add_to_history("usr_bob", at(1), "abcdefgh", &[9], 2)?;
        tx.add_to_history("usr_alice", at(2), "abcdefgh", &[2], 2)?;
        tx.add_to_history("usr_bob", at(2), "abcdefgh", &[8], 2)?;
        tx.add_to_history("usr_alice", at(3), "abcdefgh", &[3], 2)
    });
    let noted = |user: &str| {
        let (told, from) = ground.read(|tx| Ok((tx.expiry_notified(user)?, tx.active_from(user)?)));
        (ground.user(user).last_login_at, told, from)
    };
    assert_eq!(noted("usr_alice"), (Some(at(7)), Some(3), Some(at(8))));
    assert_eq!(noted("usr_bob"), (None, None, None));
    let history = |user: &str| -> Vec<u8> {
        ground.read(|tx| tx.password_history(user, 9)).into_iter().map(|(_, sealed)| sealed[0]).collect()
    };
    assert_eq!((history("usr_alice"), history("usr_bob")), (vec![3, 2], vec![8, 9]));
}

fn authenticator(user: &str, key: &str) -> StoredMfa {
    StoredMfa {
        user_id: user.to_owned(),
        key_id: key.to_owned(),
        sealed: vec![7; 40],
        enrolled_at: at(1),
        bound_at: None,
        last_step: None,
    }
}

#[test]
fn k4_an_authenticator_is_bound_once_and_each_step_counts_once() {
    let ground = Ground::new();
    for user in ["usr_alice", "usr_bob"] {
        assert!(ground.write(|tx| tx.enrol_mfa(&authenticator(user, "aaaaaaaa"))));
    }
    let step = |user: &str, step| ground.write(|tx| tx.use_mfa_step(user, step));
    assert!(!step("usr_alice", 9), "not bound");
    assert!(ground.write(|tx| tx.bind_mfa("usr_alice", at(2), 10)));
    assert_eq!((ground.user("usr_alice").mfa, ground.user("usr_bob").mfa), (true, false));
    assert!(!ground.write(|tx| tx.bind_mfa("usr_alice", at(3), 99)), "bound already");
    assert!(!ground.write(|tx| tx.enrol_mfa(&authenticator("usr_alice", "bbbbbbbb"))), "bound already");
    assert!(ground.write(|tx| tx.bind_mfa("usr_bob", at(2), 10)));
    assert_eq!([9, 10, 11, 11].map(|of| step("usr_alice", of)), [false, false, true, false]);
    assert!(step("usr_bob", 11), "each has their own");
    assert!(ground.write(|tx| tx.delete_mfa("usr_alice")));
    assert_eq!((ground.user("usr_alice").mfa, ground.user("usr_bob").mfa), (false, true));
}

#[test]
fn k3_a_proof_is_of_one_person_and_one_place() {
    let proof = |user: &str, source: &str, proven: i64| StoredProof {
        user_id: user.to_owned(),
        source: source.to_owned(),
        contact_id: "con_mail".to_owned(),
        epoch: 1,
        proven_at: at(proven),
        key_id: "abcdefgh".to_owned(),
        tag: vec![1; 32],
    };
    let ground = Ground::new();
    let rows = [
        proof("usr_alice", "uid:1", 100),
        proof("usr_alice", "uid:2", 101),
        proof("usr_bob", "uid:1", 102),
        proof("usr_bob", "uid:3", 200),
    ];
    for row in &rows {
        ground.write(|tx| tx.put_proof(row));
    }
    let found = |user: &str, source: &str| ground.read(|tx| tx.proof(user, source)).map(|of| of.proven_at);
    assert_eq!((found("usr_alice", "uid:2"), found("usr_bob", "uid:1")), (Some(at(101)), Some(at(102))));
    assert_eq!((found("usr_alice", "uid:3"), found("usr_root", "uid:1")), (None, None));
    assert_eq!(ground.write(|tx| tx.expire_proofs(at(100))), 1, "given then or before");
    assert_eq!((found("usr_alice", "uid:1"), found("usr_alice", "uid:2")), (None, Some(at(101))));
    assert_eq!(ground.write(|tx| tx.end_proofs("usr_bob")), 2);
    assert!(found("usr_alice", "uid:2").is_some());
}
