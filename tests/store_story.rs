//! One story that every engine must tell the same way, and what is particular to the file of SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use regain::domain::account::{Account, Kind as AccountKind, Status};
use regain::domain::address::{Address, Channel};
use regain::domain::code::{Code, CodeMac, Purpose, State as CodeState};
use regain::domain::contact::Contact;
use regain::domain::event::Event;
use regain::domain::mfa::StoredMfa;
use regain::domain::name::Name;
use regain::domain::outbox::{Kind, Outgoing, State as OutboxState};
use regain::domain::request::{Captcha, Method, Request, State};
use regain::domain::token::{Occasion, SetupToken, State as TokenState};
use regain::domain::user::{AccessMode, Credential, Failures, LoginProtection, StoredHash, User};
use regain::store::sqlite::Sqlite;
use regain::store::{Duplicate, Engine, EventFilter, StoreError, Transactions, Tx, UserPlace};

type Step = Result<(), StoreError>;

#[test]
fn sqlite_tells_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(&folder.path().join("regain.db")).unwrap();
    the_story(&store);
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

/// The whole story. A new engine calls it with an empty store.
fn the_story(store: &dyn Engine) {
    accounts_and_their_looks(store);
    users_and_paging(store);
    credentials_and_history(store);
    contacts_belong_to_one_person(store);
    requests_go_forward(store);
    codes_are_used_once(store);
    tokens_are_used_once(store);
    messages_are_leased(store);
    budgets_are_counted(store);
    authenticators_are_bound_once(store);
    records_are_kept_in_order(store);
    an_error_undoes_everything(store);
    the_spent_is_purged(store);
    what_belongs_to_somebody_goes_with_them(store);
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

#[track_caller]
fn write<T>(store: &dyn Engine, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
    store.write(body).unwrap()
}

#[track_caller]
fn read<T>(store: &dyn Engine, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
    store.read(body).unwrap()
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn account(id: &str, text: &str) -> Account {
    Account {
        id: id.to_owned(),
        name: text.to_owned(),
        kind: AccountKind::Cloud,
        status: Status::Enabled,
        user_quota: None,
        users: 0,
        created_at: at(0),
    }
}

fn user(id: &str, account: &Account, text: &str) -> User {
    User {
        id: id.to_owned(),
        account_id: account.id.clone(),
        account: account.name.clone(),
        account_status: account.status,
        // The root user is called like its account.
        name: if text.is_empty() { account.name.clone() } else { text.to_owned() },
        root: text.is_empty(),
        status: Status::Enabled,
        description: None,
        access_mode: AccessMode::Default,
        login_protection: LoginProtection::None,
        credential: Credential {
            hash: None,
            must_change: false,
            changed_at: None,
            expires_at: None,
            leans_on_mfa: false,
            epoch: 0,
        },
        failures: Failures::default(),
        last_login_at: None,
        created_at: at(0),
        mfa: false,
        contacts: Vec::new(),
    }
}

fn insert(tx: &mut dyn Tx, user: &User) -> Step {
    if user.root {
        return tx.insert_user(user, "", "");
    }
    let name = name(&user.name);
    tx.insert_user(user, &name.key(), &name.look())
}

fn contact(id: &str, user_id: &str, address: &Address) -> Contact {
    Contact {
        id: id.to_owned(),
        user_id: user_id.to_owned(),
        channel: address.channel(),
        address: address.as_str().to_owned(),
        key: address.key().to_owned(),
        verified_at: None,
        usable_from: at(0),
        bound_at: at(0),
    }
}

fn bind(tx: &mut dyn Tx, id: &str, user_id: &str, address: &Address) -> Step {
    tx.insert_contact(&contact(id, user_id, address), &address.look(), address.is_ascii())
}

fn request(id: &str, user_id: Option<&str>) -> Request {
    Request {
        id: id.to_owned(),
        user_id: user_id.map(str::to_owned),
        subject: b"subject".to_vec(),
        source: "uid:1000".to_owned(),
        uid: 1000,
        state: State::Captcha,
        withheld: None,
        challenge: Some("00".to_owned()),
        captcha: None,
        captcha_left: 2,
        method: None,
        created_at: at(0),
        expires_at: at(900),
        last_sent_at: None,
    }
}

fn code(id: &str, user_id: Option<&str>, request_id: Option<&str>) -> Code {
    Code {
        id: id.to_owned(),
        user_id: user_id.map(str::to_owned),
        user: None,
        request_id: request_id.map(str::to_owned),
        contact_id: user_id.map(|_| "con_mail".to_owned()),
        purpose: Purpose::Reset,
        channel: Channel::Email,
        destination: user_id.map(|_| "a***@e***.example".to_owned()),
        state: if user_id.is_some() { CodeState::Queued } else { CodeState::Failed },
        state_reason: None,
        tries_left: 2,
        created_at: at(0),
        expires_at: at(600),
        delivered_at: None,
        mac: CodeMac { key_id: "abcdefgh".to_owned(), tag: vec![7; 32] },
    }
}

fn message(id: &str, kind: Kind, code_id: Option<&str>, due: i64) -> Outgoing {
    Outgoing {
        id: id.to_owned(),
        kind,
        channel: Channel::Email,
        code_id: code_id.map(str::to_owned),
        user_id: Some("usr_root".to_owned()),
        key_id: "abcdefgh".to_owned(),
        sealed: b"sealed".to_vec(),
        state: OutboxState::Queued,
        attempts: 0,
        created_at: at(due),
        due_at: at(due),
        expires_at: at(due + 600),
    }
}

fn duplicate(result: Result<(), StoreError>) -> Option<Duplicate> {
    match result {
        Err(StoreError::Duplicate(what)) => Some(what),
        Err(other) => panic!("{other}"),
        Ok(()) => None,
    }
}

fn accounts_and_their_looks(store: &dyn Engine) {
    let acme = account("acc_a", "Acme");
    write(store, |tx| {
        tx.insert_account(&acme, &name("Acme").key(), &name("Acme").look())?;
        insert(tx, &user("usr_root", &acme, ""))
    });
    assert_eq!(read(store, |tx| tx.account_by_key("acme")).as_ref(), Some(&acme));
    assert_eq!(read(store, |tx| tx.account_by_key("Acme")), None, "keys come folded");

    // D4: two that fold alike or look alike cannot both exist, whatever checked before.
    for (text, key, look) in [
        ("ACME", name("ACME").key(), name("ACME").look()),
        ("Acrne", name("Acrne").key(), name("Acrne").look()),
    ] {
        let twin = account("acc_twin", text);
        let result: Step = store.write(|tx| tx.insert_account(&twin, &key, &look));
        assert_eq!(duplicate(result), Some(Duplicate::Account), "{text}");
    }
    let look = name("Acrne").look();
    assert_eq!(read(store, |tx| tx.account_by_look(&look)).as_deref(), Some("Acme"));

    let changed = Account { status: Status::Disabled, user_quota: Some(3), ..acme.clone() };
    write(store, |tx| tx.update_account(&changed, "acme", &name("Acme").look()));
    assert_eq!(read(store, |tx| tx.account_by_key("acme")).as_ref(), Some(&changed));
    let renamed = Account { name: "Initech".to_owned(), ..acme.clone() };
    write(store, |tx| tx.update_account(&renamed, "initech", &name("Initech").look()));
    assert_eq!(read(store, |tx| tx.user_by_key("initech", "")).unwrap().path(), "Initech");
    assert_eq!(read(store, |tx| tx.account_by_key("acme")), None);
    write(store, |tx| tx.update_account(&acme, "acme", &name("Acme").look()));

    for group in ["password", "login", "protection"] {
        assert_eq!(read(store, |tx| tx.policy("acc_a", group)), None, "{group}");
        write(store, |tx| tx.set_policy("acc_a", group, "{\"x\":1}"));
        assert_eq!(read(store, |tx| tx.policy("acc_a", group)).as_deref(), Some("{\"x\":1}"), "{group}");
    }

    let b = account("acc_b", "Globex");
    write(store, |tx| tx.insert_account(&b, "globex", &name("Globex").look()));
    let page = |after: Option<&str>, limit| -> Vec<String> {
        read(store, |tx| tx.accounts_page(after, limit)).into_iter().map(|account| account.id).collect()
    };
    assert_eq!(page(None, 1), ["acc_a"]);
    assert_eq!(page(Some("acc_a"), 10), ["acc_b"]);
    assert_eq!(page(Some("acc_b"), 10), Vec::<String>::new());
}

fn users_and_paging(store: &dyn Engine) {
    let (acme, globex) = (account("acc_a", "Acme"), account("acc_b", "Globex"));
    let names = ["alice", "Bob", "carol", "dave", "erin", "frank", "grace"];
    write(store, |tx| {
        insert(tx, &user("usr_other", &globex, ""))?;
        // Ids that sort otherwise than names, so that one order cannot stand in for the other.
        for (at, text) in names.iter().enumerate().rev() {
            insert(tx, &user(&format!("usr_{}", 9 - at), &acme, text))?;
        }
        insert(tx, &user("usr_alice_too", &globex, "alice"))
    });
    assert_eq!(read(store, |tx| tx.account_by_key("acme")).unwrap().users, 7, "the root user does not count");

    for text in ["ALICE", "a1ice", "AIice"] {
        let twin = user("usr_twin", &acme, text);
        assert_eq!(duplicate(store.write(|tx| insert(tx, &twin))), Some(Duplicate::User), "{text}");
    }
    let look = name("a1ice").look();
    assert_eq!(read(store, |tx| tx.user_by_look("acc_a", &look)).as_deref(), Some("alice"));
    assert_eq!(read(store, |tx| tx.user_by_look("acc_none", &look)), None);
    assert!(duplicate(store.write(|tx| insert(tx, &user("usr_twin", &acme, "")))).is_some(), "one root user");

    let found = |account: &str, user: &str| read(store, |tx| tx.user_by_key(account, user)).map(|u| u.id);
    assert_eq!(found("acme", "").as_deref(), Some("usr_root"));
    assert_eq!(found("acme", "bob").as_deref(), Some("usr_8"));
    assert_eq!(found("acme", "nobody"), None);
    assert_eq!(found("globex", "bob"), None);

    // However long a page is: everybody once, nobody twice, the root user first, then by name.
    for limit in 1..=10 {
        let of_acme = walk(store, Some("acc_a"), limit);
        assert_eq!(
            of_acme,
            ["Acme", "alice", "Bob", "carol", "dave", "erin", "frank", "grace"],
            "pages of {limit}"
        );
        let everybody = walk(store, None, limit);
        assert_eq!(everybody.len(), 10, "pages of {limit}");
        assert_eq!(everybody[..8], of_acme, "pages of {limit}");
        assert_eq!(everybody[8..], ["Globex", "alice"], "pages of {limit}");
    }
    // Who is renamed or goes between two pages costs nobody else their place.
    let first = read(store, |tx| tx.users_page(Some("acc_a"), None, 3));
    write(store, |tx| tx.delete_user("usr_9"));
    let rest = read(store, |tx| tx.users_page(Some("acc_a"), Some(&UserPlace::of(&first[2])), 10));
    assert_eq!(
        rest.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(),
        ["carol", "dave", "erin", "frank", "grace"]
    );
    write(store, |tx| insert(tx, &user("usr_9", &acme, "alice")));

    let beginning =
        |account: &str, user: Option<&str>| read(store, |tx| tx.names_beginning(account, user, 10));
    assert_eq!(beginning("ac", None), ["Acme"]);
    assert_eq!(beginning("acme", Some("b")), ["Acme/Bob"]);
    assert_eq!(beginning("acme", Some("z")), Vec::<String>::new());

    // O5: literally, case-blind.
    let find = |text: &str| -> Vec<String> {
        read(store, |tx| tx.find_users(text, false, 10)).into_iter().map(|u| u.id).collect()
    };
    assert_eq!(find("AROL"), ["usr_7"]);
    for text in ["%", "_", "\\", "c_rol", "' OR 1=1 --"] {
        assert_eq!(find(text), Vec::<String>::new(), "{text}");
    }

    let mut bob = read(store, |tx| tx.user_by_key("acme", "bob")).unwrap();
    "robert".clone_into(&mut bob.name);
    bob.status = Status::Disabled;
    bob.description = Some("100 % literal".to_owned());
    write(store, |tx| tx.update_user(&bob, "robert", &name("robert").look()));
    assert!(read(store, |tx| tx.user_by_key("acme", "robert")).unwrap() == bob);
    assert_eq!(find("% lit"), ["usr_8"]);
}

/// Names in the order of pages of that length.
fn walk(store: &dyn Engine, account: Option<&str>, limit: u32) -> Vec<String> {
    let (mut seen, mut names, mut after) = (BTreeSet::new(), Vec::new(), None::<UserPlace>);
    loop {
        let page = read(store, |tx| tx.users_page(account, after.as_ref(), limit));
        assert!(page.len() <= limit as usize);
        let Some(last) = page.last() else { return names };
        after = Some(UserPlace::of(last));
        for user in page {
            assert!(seen.insert(user.id.clone()), "{} was listed twice in pages of {limit}", user.id);
            names.push(user.name);
        }
    }
}

fn credentials_and_history(store: &dyn Engine) {
    let mut credential = Credential {
        hash: Some(StoredHash::new("$argon2id$one".to_owned())),
        must_change: true,
        changed_at: Some(at(1)),
        expires_at: Some(at(2)),
        leans_on_mfa: false,
        epoch: 1,
    };
    assert!(write(store, |tx| tx.set_credential("usr_root", &credential)));
    assert!(read(store, |tx| tx.user_by_id("usr_root")).unwrap().credential == credential);
    assert!(!write(store, |tx| tx.set_credential("usr_root", &credential)), "the epoch moved meanwhile");
    credential.epoch = 3;
    assert!(!write(store, |tx| tx.set_credential("usr_root", &credential)), "an epoch was left out");

    let (one, two) =
        (StoredHash::new("$argon2id$one".to_owned()), StoredHash::new("$argon2id$two".to_owned()));
    assert!(!write(store, |tx| tx.upgrade_hash("usr_root", &two, &one)), "another hash stands there");
    assert!(write(store, |tx| tx.upgrade_hash("usr_root", &one, &two)));
    assert_eq!(read(store, |tx| tx.user_by_id("usr_root")).unwrap().credential.epoch, 1);

    for number in 0..5_u8 {
        write(store, |tx| tx.add_to_history("usr_root", at(i64::from(number)), "abcdefgh", &[number], 3));
    }
    let history = |limit| -> Vec<u8> {
        read(store, |tx| tx.password_history("usr_root", limit))
            .into_iter()
            .map(|(_, bytes)| bytes[0])
            .collect()
    };
    assert_eq!(history(10), [4, 3, 2], "three are kept, newest first");
    assert_eq!(history(1), [4]);

    let failures = Failures { count: 4, since: Some(at(5)), locked_until: Some(at(6)) };
    write(store, |tx| tx.set_failures("usr_root", failures));
    write(store, |tx| tx.set_last_login("usr_root", at(7)));
    let root = read(store, |tx| tx.user_by_id("usr_root")).unwrap();
    assert_eq!((root.failures, root.last_login_at), (failures, Some(at(7))));
    let nobody: Step = store.write(|tx| tx.set_failures("usr_nobody", failures));
    assert!(matches!(nobody, Err(StoreError::Rows { changed: 0, expected: 1 })));
}

fn contacts_belong_to_one_person(store: &dyn Engine) {
    let mail = Address::email("Root@Acme.example").unwrap();
    let mobile = Address::mobile("+4915112345678").unwrap();
    write(store, |tx| bind(tx, "con_mail", "usr_root", &mail));
    write(store, |tx| bind(tx, "con_mobile", "usr_root", &mobile));
    let holder = |account: Option<&str>| {
        read(store, |tx| tx.user_by_contact(Channel::Email, mail.key(), account)).map(|user| user.id)
    };
    assert_eq!(holder(None), None, "nobody is found by an address that is not verified");
    write(store, |tx| tx.set_contact_verified("con_mail", at(10), at(20)));
    assert_eq!(holder(None).as_deref(), Some("usr_root"));
    assert_eq!(holder(Some("acme")), None, "the root user is no IAM user of the account");

    let root = read(store, |tx| tx.user_by_id("usr_root")).unwrap();
    let bound = root.contact(Channel::Email).unwrap();
    assert_eq!((bound.verified_at, bound.usable_from), (Some(at(10)), at(20)));
    assert_eq!(bound.address, mail.as_str());
    assert_eq!(root.contacts.len(), 2);

    let again: Step = store.write(|tx| bind(tx, "con_twin", "usr_9", &mail));
    assert_eq!(duplicate(again), Some(Duplicate::Contact));
    let taken = |text: &str, except: &str| {
        let address = Address::email(text).unwrap();
        read(store, |tx| tx.contact_taken(&address, except))
    };
    assert!(taken("root@acme.example", "usr_9"));
    assert!(!taken("root@acme.example", "usr_root"), "one's own is not taken");
    assert!(taken("r\u{43e}ot@acme.example", "usr_9"), "D4: a Cyrillic o looks the same");
    assert!(!taken("other@acme.example", "usr_9"));
    // O5: an address is searched only where that is wanted.
    assert!(read(store, |tx| tx.find_users("root@", false, 10)).is_empty());
    assert_eq!(read(store, |tx| tx.find_users("root@", true, 10)).len(), 1);
}

fn requests_go_forward(store: &dyn Engine) {
    write(store, |tx| {
        tx.insert_request(&request("req_1", Some("usr_root")))?;
        tx.insert_request(&request("req_2", Some("usr_root")))?;
        tx.insert_request(&request("req_decoy", None))
    });
    let live = |now| read(store, |tx| tx.live_requests(b"subject", "uid:1000", now));
    assert_eq!(live(at(1)), (3, 3));
    assert_eq!(live(at(900)), (0, 0), "over at the very moment");

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
    write(store, |tx| tx.set_request_sent("req_1", Method::Email, at(30)));
    let sent = read(store, |tx| tx.request("req_1")).unwrap();
    assert_eq!(
        (sent.state, sent.method, sent.last_sent_at),
        (State::Code, Some(Method::Email), Some(at(30)))
    );

    assert_eq!(write(store, |tx| tx.end_requests("usr_root", State::Cancelled, Some("req_1"))), 1);
    assert_eq!(read(store, |tx| tx.request("req_2")).unwrap().state, State::Cancelled);
    assert_eq!(read(store, |tx| tx.request("req_1")).unwrap().state, State::Code);
    assert_eq!(read(store, |tx| tx.requests_of("usr_root", 10)).len(), 2);
    assert_eq!(read(store, |tx| tx.request("req_none")).map(|found| found.id), None);

    // K5: what is over ends, and so does what was made in the future.
    assert_eq!(write(store, |tx| tx.expire_requests(at(899))), 0);
    assert_eq!(write(store, |tx| tx.expire_requests(at(-1))), 2, "made after now");
    assert!(!advance("req_1", &[State::Code], State::Password));
    let odd: Step = store.write(|tx| {
        tx.insert_request(&Request { expires_at: at(0), ..request("req_odd", Some("usr_root")) })
    });
    assert!(odd.is_err(), "K5: a request that is over when it is made is refused");
}

fn codes_are_used_once(store: &dyn Engine) {
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
    assert_eq!((tried.id.as_str(), tried.tries_left, tried.withheld), ("cod_1", 1, false));
    let last = attempt("req_c", at(2)).unwrap();
    assert_eq!(last.tries_left, 0);
    assert!(attempt("req_c", at(3)).is_none(), "K4: no try is left");

    // E1: a decoy's tries are counted like any other's, and it can never be right.
    assert!(attempt("req_d", at(1)).unwrap().withheld);
    assert_eq!(attempt("req_d", at(1)).unwrap().tries_left, 0);
    assert!(attempt("req_d", at(1)).is_none());

    assert!(write(store, |tx| tx.end_code("cod_1", CodeState::Used, None)));
    assert!(!write(store, |tx| tx.end_code("cod_1", CodeState::Revoked, None)), "an end is final");
    assert_eq!(read(store, |tx| tx.code("cod_1")).unwrap().state, CodeState::Used);
    write(store, |tx| tx.set_code_delivery("cod_1", CodeState::Sent, None, at(9)));
    assert_eq!(read(store, |tx| tx.code("cod_1")).unwrap().state, CodeState::Used, "also for the worker");

    let fresh = |id: &str| write(store, |tx| tx.insert_code(&code(id, Some("usr_root"), Some("req_c"))));
    fresh("cod_2");
    assert_eq!(write(store, |tx| tx.end_codes_of_request("req_c", CodeState::Superseded, "newer_code")), 1);
    assert!(attempt("req_c", at(1)).is_none());
    let ended = read(store, |tx| tx.code("cod_2")).unwrap();
    assert_eq!((ended.state, ended.state_reason.as_deref()), (CodeState::Superseded, Some("newer_code")));
    fresh("cod_3");
    assert_eq!(write(store, |tx| tx.end_codes_of_contact("con_mail", CodeState::Revoked, "contact")), 1);
    fresh("cod_4");
    assert_eq!(write(store, |tx| tx.end_codes_of_user("usr_root", CodeState::Revoked, "user")), 1);
    fresh("cod_5");
    assert_eq!(write(store, |tx| tx.end_all_codes(CodeState::Revoked, "all")), 1);
    fresh("cod_6");
    assert_eq!(write(store, |tx| tx.expire_codes(at(599))), 0);
    assert_eq!(write(store, |tx| tx.expire_codes(at(600))), 1);
    assert_eq!(read(store, |tx| tx.code("cod_6")).unwrap().state, CodeState::Expired);
    let newest: Vec<String> =
        read(store, |tx| tx.codes(Some("usr_root"), 3)).into_iter().map(|code| code.id).collect();
    assert_eq!(newest, ["cod_6", "cod_5", "cod_4"]);

    // K3: a code of a contact is worth something for its purpose only.
    let binding =
        Code { purpose: Purpose::BindContact, request_id: None, ..code("cod_b", Some("usr_root"), None) };
    write(store, |tx| tx.insert_code(&binding));
    assert!(write(store, |tx| tx.try_contact_code("con_mail", Purpose::LeaveContact, at(1))).is_none());
    assert!(write(store, |tx| tx.try_contact_code("con_mobile", Purpose::BindContact, at(1))).is_none());
    assert!(write(store, |tx| tx.try_contact_code("con_mail", Purpose::BindContact, at(1))).is_some());
}

fn tokens_are_used_once(store: &dyn Engine) {
    let token = |id: &str, hash: u8| SetupToken {
        id: id.to_owned(),
        user_id: "usr_root".to_owned(),
        hash: vec![hash; 32],
        occasion: Occasion::Reset,
        state: TokenState::Live,
        contact_id: Some("con_mail".to_owned()),
        created_at: at(0),
        expires_at: at(600),
    };
    write(store, |tx| tx.insert_token(&token("tok_1", 1)));
    let state = |hash: u8| read(store, |tx| tx.token_by_hash(&[hash; 32])).map(|token| token.state);
    assert_eq!(state(1), Some(TokenState::Live), "K7: looking uses nothing up");
    assert_eq!(state(9), None);
    assert!(!write(store, |tx| tx.use_token("tok_1", at(600))), "K5: over at the very moment");
    assert!(!write(store, |tx| tx.use_token("tok_1", at(-1))), "K5: not yet made");
    assert!(write(store, |tx| tx.use_token("tok_1", at(599))));
    assert!(!write(store, |tx| tx.use_token("tok_1", at(599))), "used once");
    write(store, |tx| tx.insert_token(&token("tok_2", 2)));
    assert_eq!(write(store, |tx| tx.end_tokens("usr_root", TokenState::Superseded)), 1);
    assert_eq!((state(1), state(2)), (Some(TokenState::Used), Some(TokenState::Superseded)));
    write(store, |tx| tx.insert_token(&token("tok_3", 3)));
    assert_eq!(write(store, |tx| tx.expire_tokens(at(600))), 1);
    assert_eq!(state(3), Some(TokenState::Expired));
    let twice: Step = store.write(|tx| tx.insert_token(&token("tok_4", 3)));
    assert!(twice.is_err(), "two tokens cannot have the same hash");
}

fn messages_are_leased(store: &dyn Engine) {
    assert_eq!(read(store, |tx| tx.next_due()), None);
    write(store, |tx| {
        tx.enqueue(&message("msg_notice", Kind::Notice, None, 0))?;
        tx.enqueue(&message("msg_late", Kind::Code, None, 50))?;
        tx.enqueue(&message("msg_code", Kind::Code, Some("cod_6"), 10))
    });
    assert_eq!(read(store, |tx| tx.next_due()), Some(at(0)));
    assert_eq!(read(store, |tx| tx.waiting()), [(Channel::Email, 3, at(0))]);
    let lease = |now: i64, worker: &str| {
        write(store, |tx| tx.lease(at(now), at(now + 60), worker)).map(|row| (row.id, row.attempts))
    };
    let got = |id: &str, attempts| Some((id.to_owned(), attempts));
    assert_eq!(lease(20, "one"), got("msg_code", 1), "codes before notices");
    assert_eq!(lease(20, "two"), got("msg_notice", 1), "each message is one worker's");
    assert_eq!(lease(20, "three"), None, "the other is not due");

    let settle =
        |id: &str, worker: &str, to, due| write(store, |tx| tx.settle(id, worker, to, at(due), None));
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
    assert_eq!(write(store, |tx| tx.withdraw_all()), 1);
    assert_eq!(sealed(), Vec::<String>::new());
    assert_eq!(read(store, |tx| tx.next_due()), None);
}

fn budgets_are_counted(store: &dyn Engine) {
    let spent = |subject: &[u8], since| read(store, |tx| tx.spent("scope", subject, since));
    for second in [0, 10, 20] {
        write(store, |tx| tx.spend("scope", b"one", at(second)));
    }
    write(store, |tx| tx.spend("other", b"one", at(0)));
    assert_eq!(spent(b"one", at(-1)), 3);
    assert_eq!(spent(b"one", at(0)), 2, "after that moment");
    assert_eq!(spent(b"two", at(-1)), 0);
    write(store, |tx| tx.forget("scope", b"one"));
    assert_eq!(spent(b"one", at(-1)), 0);
    assert_eq!(read(store, |tx| tx.spent("other", b"one", at(-1))), 1);
}

fn authenticators_are_bound_once(store: &dyn Engine) {
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

fn records_are_kept_in_order(store: &dyn Engine) {
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
    let numbers = |filter: EventFilter, limit| -> Vec<u64> {
        read(store, |tx| tx.events(&filter, limit)).into_iter().map(|event| event.seq).collect()
    };
    assert_eq!(numbers(EventFilter::default(), 2), [5, 4]);
    assert_eq!(numbers(EventFilter { before: Some(4), ..EventFilter::default() }, 9), [3, 2, 1]);
    let of_action = EventFilter { action: Some("login".to_owned()), ..EventFilter::default() };
    assert_eq!(numbers(of_action, 9), [4, 2]);
    let of_nobody = EventFilter { target: Some("usr_none".to_owned()), ..EventFilter::default() };
    assert_eq!(numbers(of_nobody, 9), Vec::<u64>::new());
    let after: Vec<u64> =
        read(store, |tx| tx.events_after(3, 9)).into_iter().map(|event| event.seq).collect();
    assert_eq!(after, [4, 5]);
}

fn an_error_undoes_everything(store: &dyn Engine) {
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

fn the_spent_is_purged(store: &dyn Engine) {
    write(store, |tx| {
        tx.insert_request(&request("req_live", Some("usr_root")))?;
        tx.insert_code(&code("cod_live", Some("usr_root"), Some("req_live")))?;
        tx.spend("guesses", b"one", at(0))
    });
    assert_eq!(write(store, |tx| tx.purge(at(0))), 0, "nothing is older than that");
    assert!(write(store, |tx| tx.purge(at(1))) > 0);
    assert_eq!(write(store, |tx| tx.purge(at(1))), 0, "once is enough");
    let left: Vec<String> = read(store, |tx| tx.codes(None, 100)).into_iter().map(|code| code.id).collect();
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
fn what_belongs_to_somebody_goes_with_them(store: &dyn Engine) {
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

// ── the file of SQLite ──────────────────────────────────────────────────────────────────────────────────────────

/// A closed store with an account and an event in it.
fn file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("regain.db");
    let store = Sqlite::create(&path).unwrap();
    let store: &dyn Engine = &store;
    write(store, |tx| tx.insert_account(&account("acc_a", "Acme"), "acme", &name("Acme").look()));
    write(store, |tx| insert(tx, &user("usr_root", &account("acc_a", "Acme"), "")));
    let event = Event {
        seq: 1,
        at: at(0),
        action: "login".to_owned(),
        rating: "normal".to_owned(),
        outcome: "success".to_owned(),
        reason: None,
        code: None,
        actor: "alice".to_owned(),
        operator: None,
        host: "here".to_owned(),
        process: 7,
        target: None,
        target_id: None,
        detail: serde_json::Map::new(),
        ticket: None,
        key_id: "abcdefgh".to_owned(),
        hash: "0".repeat(64),
    };
    write(store, |tx| tx.append_event(&event));
    path
}

fn raw(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

fn opening(path: &Path) -> String {
    match Sqlite::open(path) {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn u2_the_records_cannot_be_changed_even_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let raw = raw(&file(folder.path()));
    for sql in [
        "UPDATE audit SET actor = 'mallory'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE OR REPLACE audit SET seq = 9",
    ] {
        assert_eq!(
            raw.execute(sql, []).unwrap_err().to_string(),
            "operation records are append-only",
            "{sql}"
        );
    }
    let actor: String = raw.query_row("SELECT actor FROM audit", [], |row| row.get(0)).unwrap();
    assert_eq!(actor, "alice");
}

#[test]
fn d3_a_newer_schema_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    raw(&path).pragma_update(None, "user_version", 99).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(
        opening(&path),
        "open the store: it was written by a newer regain (schema 99, this one knows 1)"
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn d3_what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty"), "").unwrap();
    std::fs::write(at("text"), "This is a letter to my mother, and no store of anything.\n".repeat(100))
        .unwrap();
    raw(&at("other")).execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1);").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    for name in ["empty", "text", "other", "folder"] {
        let path = at(name);
        let before = std::fs::read(&path).ok();
        assert_eq!(
            opening(&path),
            format!("open {} as a store of regain: it is something else", path.display()),
            "{name}"
        );
        assert!(std::fs::read(&path).ok() == before, "{name} was changed");
    }
    assert_eq!(opening(&at("none")), format!("find the store {}", at("none").display()));
    assert!(!at("none").exists(), "looking makes nothing");
    let path = file(folder.path());
    assert!(matches!(Sqlite::create(&path), Err(StoreError::Exists(_))));
    std::os::unix::fs::symlink(&path, at("link")).unwrap();
    assert!(matches!(Sqlite::create(&at("link")), Err(StoreError::Exists(_))));
}

#[test]
fn d3_a_damaged_file_is_never_taken_for_a_sound_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let sound = std::fs::read(&path).unwrap();
    let mut noticed = 0;
    // A page at a time is turned over, the header's too.
    for page in 0..sound.len() / 4096 {
        let mut bytes = sound.clone();
        bytes[page * 4096..(page + 1) * 4096].iter_mut().for_each(|byte| *byte ^= 0x55);
        noticed += u32::from(damage_shows(&path, &bytes));
    }
    assert!(
        noticed as usize >= sound.len() / 4096 - 1,
        "only {noticed} of {} pages were missed",
        sound.len() / 4096
    );
    // A file that lost its end.
    assert!(damage_shows(&path, &sound[..sound.len() / 2]));
    // The control: nothing is found where nothing is wrong.
    assert!(!damage_shows(&path, &sound));
}

/// Whether opening, checking or reading says that something is wrong. None of it may panic.
fn damage_shows(path: &Path, bytes: &[u8]) -> bool {
    std::fs::write(path, bytes).unwrap();
    let store = match Sqlite::open(path) {
        Ok(store) => store,
        Err(StoreError::Corrupt(_) | StoreError::Foreign(_) | StoreError::Newer { .. }) => return true,
        Err(other) => panic!("{other}"),
    };
    let found = store.check();
    let store: &dyn Engine = &store;
    let used = store.read(|tx| Ok::<_, StoreError>((tx.users_page(None, None, 10)?.len(), tx.last_event()?)));
    found.is_err() || found.is_ok_and(|lines| !lines.is_empty()) || used.is_err()
}

#[test]
fn d3_a_table_or_trigger_of_somebody_elses_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    raw(&path)
        .execute_batch(
            "CREATE TRIGGER spy AFTER UPDATE ON users BEGIN UPDATE users SET password_hash = NULL; END; \
             DROP TRIGGER audit_loses_nothing;",
        )
        .unwrap();
    let found = Sqlite::open(&path).unwrap().check().unwrap();
    assert_eq!(found, ["trigger spy is not as regain makes it", "trigger audit_loses_nothing is missing"]);
}

#[test]
fn two_processes_may_open_an_older_file_at_once() {
    // Nothing but the migrations makes a schema: an empty one that bears the mark is brought up to date.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regain.db");
    raw(&path).execute_batch("PRAGMA application_id = 0x72676e31; PRAGMA user_version = 0;").unwrap();
    std::thread::scope(|scope| {
        let opened: Vec<_> = (0..4).map(|_| scope.spawn(|| opening(&path))).collect();
        for one in opened {
            assert_eq!(one.join().unwrap(), "opened");
        }
    });
    assert_eq!(Sqlite::open(&path).unwrap().check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_copy_is_whole_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let store = Sqlite::open(&path).unwrap();
    let copy = folder.path().join("copy.db");
    store.backup(&copy).unwrap();
    assert!(matches!(store.backup(&copy), Err(StoreError::Exists(_))));
    let live: &dyn Engine = &store;
    write(live, |tx| tx.delete_account("acc_a"));
    assert!(read(live, |tx| tx.account_by_key("acme")).is_none());
    live.restore(&copy).unwrap();
    assert!(read(live, |tx| tx.account_by_key("acme")).is_some());
    assert_eq!(live.check().unwrap(), Vec::<String>::new());
    live.compact().unwrap();
    let log = std::fs::metadata(folder.path().join("regain.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "K10: nothing is left behind in the log");
}

#[test]
fn a_look_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let before = std::fs::read(&path).unwrap();
    {
        let store = Sqlite::look(&path).unwrap();
        let store: &dyn Engine = &store;
        assert!(read(store, |tx| tx.account_by_key("acme")).is_some());
        let written: Step = store.write(|tx| tx.set_meta("half", "done"));
        assert!(
            matches!(written, Err(StoreError::ReadOnly)),
            "{:?}",
            written.err().map(|error| error.to_string())
        );
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
