//! Accounts and users: two that fold or look alike cannot both be, and pages lose nobody.

use std::collections::BTreeSet;

use regain::domain::User;
use regain::domain::account::{Account, Status};
use regain::domain::address::{Address, Channel};
use regain::store::{Duplicate, Engine, Search, Transactions, UserPlace};

use super::support::*;

pub(crate) fn accounts_and_their_looks(store: &dyn Engine) {
    let acme = account("acc_a", "Acme");
    write(store, |tx| {
        tx.insert_account(&acme, &name("Acme").key(), &name("Acme").skeleton())?;
        insert(tx, &user("usr_root", &acme, ""))
    });
    assert_eq!(read(store, |tx| tx.account_by_key("acme")).as_ref(), Some(&acme));
    assert_eq!(read(store, |tx| tx.account_by_key("Acme")), None, "keys come folded");
    assert_eq!(read(store, |tx| tx.account_by_id("acc_a")).as_ref(), Some(&acme));
    assert_eq!(read(store, |tx| tx.account_by_id("acc_z")), None);

    // D4: two that fold alike or look alike cannot both exist, whatever checked before.
    for (text, key, look) in [
        ("ACME", name("ACME").key(), name("ACME").skeleton()),
        ("Acrne", name("Acrne").key(), name("Acrne").skeleton()),
    ] {
        let twin = account("acc_twin", text);
        let result: Step = store.write(|tx| tx.insert_account(&twin, &key, &look));
        assert_eq!(duplicate(result), Some(Duplicate::Account), "{text}");
    }
    let look = name("Acrne").skeleton();
    assert_eq!(read(store, |tx| tx.account_by_skeleton(&look)).as_deref(), Some("Acme"));

    let changed = Account { status: Status::Disabled, user_quota: Some(3), ..acme.clone() };
    write(store, |tx| tx.update_account(&changed, "acme", &name("Acme").skeleton()));
    assert_eq!(read(store, |tx| tx.account_by_key("acme")).as_ref(), Some(&changed));
    let renamed = Account { name: "Initech".to_owned(), ..acme.clone() };
    write(store, |tx| tx.update_account(&renamed, "initech", &name("Initech").skeleton()));
    assert_eq!(read(store, |tx| tx.user_by_key("initech", "")).unwrap().path(), "Initech");
    assert_eq!(read(store, |tx| tx.account_by_key("acme")), None);
    write(store, |tx| tx.update_account(&acme, "acme", &name("Acme").skeleton()));

    for group in ["password", "login", "protection"] {
        assert_eq!(read(store, |tx| tx.policy("acc_a", group)), None, "{group}");
        write(store, |tx| tx.set_policy("acc_a", group, "{\"x\":1}"));
        assert_eq!(read(store, |tx| tx.policy("acc_a", group)).as_deref(), Some("{\"x\":1}"), "{group}");
    }

    let b = account("acc_b", "Globex");
    write(store, |tx| tx.insert_account(&b, "globex", &name("Globex").skeleton()));
    let page = |after: Option<&str>, limit| -> Vec<String> {
        read(store, |tx| tx.accounts_page(after, limit)).into_iter().map(|account| account.id).collect()
    };
    assert_eq!(page(None, 1), ["acc_a"]);
    assert_eq!(page(Some("acc_a"), 10), ["acc_b"]);
    assert_eq!(page(Some("acc_b"), 10), Vec::<String>::new());
}

pub(crate) fn users_and_paging(store: &dyn Engine) {
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
    let look = name("a1ice").skeleton();
    let called = |account: &str, key: &str, look: &str| {
        read(store, |tx| tx.user_called(account, key, look)).map(|(_, name)| name)
    };
    assert_eq!(called("acc_a", "a1ice", &look).as_deref(), Some("alice"));
    assert_eq!(called("acc_a", "alice", "another look").as_deref(), Some("alice"));
    assert_eq!((called("acc_none", "alice", &look), called("acc_a", "a1ice", "another")), (None, None));
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
    let counted = || read(store, |tx| tx.account_by_key("acme")).unwrap().users;
    assert_eq!(counted(), 7, "all but the root user");
    write(store, |tx| tx.delete_user("usr_9"));
    assert_eq!(counted(), 6);
    let rest = read(store, |tx| tx.users_page(Some("acc_a"), Some(&UserPlace::of(&first[2])), 10));
    assert_eq!(
        rest.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(),
        ["carol", "dave", "erin", "frank", "grace"]
    );
    write(store, |tx| insert(tx, &user("usr_9", &acme, "alice")));
    assert_eq!(counted(), 7);

    let number = Address::mobile("+4915112345678").unwrap();
    write(store, |tx| bind(tx, "con_number", "usr_8", &number));
    let by_digits = |digits: &str, anywhere| -> Vec<String> {
        read(store, |tx| tx.users_by_digits(digits, anywhere, 9)).into_iter().map(|u| u.id).collect()
    };
    assert_eq!((by_digits("5678", false), by_digits("1234", false)), (vec!["usr_8".to_owned()], vec![]));
    assert_eq!(by_digits("1234", true), ["usr_8"]);
    let holder = |account: &str| {
        read(store, |tx| tx.user_by_address(account, Channel::Mobile, number.key())).map(|user| user.id)
    };
    assert_eq!((holder("acc_a").as_deref(), holder("acc_b")), (Some("usr_8"), None), "in their account");
    write(store, |tx| tx.delete_contact("con_number"));
    assert_eq!(holder("acc_a"), None);

    let beginning =
        |account: &str, user: Option<&str>| read(store, |tx| tx.names_beginning(account, user, 10));
    assert_eq!(beginning("ac", None), ["Acme"]);
    assert_eq!(beginning("acme", Some("b")), ["Acme/Bob"]);
    assert_eq!(beginning("acme", Some("z")), Vec::<String>::new());

    // O5: literally, case-blind.
    let find = |text: &str| -> Vec<String> {
        let search = Search { text, address_key: None, parts_of_addresses: false };
        read(store, |tx| tx.find_users(&search, 10)).into_iter().map(|u| u.id).collect()
    };
    assert_eq!(find("AROL"), ["usr_7"]);
    for text in ["%", "_", "\\", "c_rol", "' OR 1=1 --"] {
        assert_eq!(find(text), Vec::<String>::new(), "{text}");
    }

    let mut bob = read(store, |tx| tx.user_by_key("acme", "bob")).unwrap();
    "robert".clone_into(&mut bob.name);
    bob.status = Status::Disabled;
    bob.credential.must_change = true;
    bob.description = Some("100 % literal".to_owned());
    write(store, |tx| tx.update_user(&bob, "robert", &name("robert").skeleton()));
    assert!(read(store, |tx| tx.user_by_key("acme", "robert")).unwrap() == bob);
    assert_eq!(find("% lit"), ["usr_8"]);
}

pub(crate) fn external_ids(store: &dyn Engine) {
    let named = |account: &str, id: &str| read(store, |tx| tx.user_by_external_id(account, id)).map(|u| u.id);
    let mut bob = read(store, |tx| tx.user_by_id("usr_8")).unwrap();
    let mut set = |id: Option<&str>| {
        bob.external_id = id.map(str::to_owned);
        write(store, |tx| tx.update_user(&bob, "robert", &name("robert").skeleton()));
        assert!(read(store, |tx| tx.user_by_id("usr_8")).unwrap() == bob);
    };
    set(Some("HR-0042"));
    assert_eq!(named("acc_a", "HR-0042").as_deref(), Some("usr_8"));
    assert_eq!(
        (named("acc_a", "hr-0042"), named("acc_b", "HR-0042")),
        (None, None),
        "exactly, in its account"
    );
    let search = Search { text: "HR-0042", address_key: None, parts_of_addresses: false };
    let found = |search: &Search<'_>| read(store, |tx| tx.find_users(search, 10)).len();
    assert_eq!((found(&search), found(&Search { text: "HR-004", ..search })), (1, 0));

    // One has it in an account, whatever was checked before; another account may have it, too.
    let twin =
        |id, account, text| User { external_id: Some("HR-0042".to_owned()), ..user(id, account, text) };
    let (acme, globex) = (account("acc_a", "Acme"), account("acc_b", "Globex"));
    let second = store.write(|tx| insert(tx, &twin("usr_twin", &acme, "twin")));
    assert_eq!(duplicate(second), Some(Duplicate::User));
    write(store, |tx| insert(tx, &twin("usr_twin", &globex, "twin")));
    assert_eq!(named("acc_b", "HR-0042").as_deref(), Some("usr_twin"));
    write(store, |tx| tx.delete_user("usr_twin"));
    set(None);
    assert_eq!(named("acc_a", "HR-0042"), None);
}

/// Names in the order of pages of that length.
pub(crate) fn walk(store: &dyn Engine, account: Option<&str>, limit: u32) -> Vec<String> {
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
