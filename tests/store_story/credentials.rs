//! Passwords, their history, and contacts.

use regain::domain::address::{Address, Channel};
use regain::domain::contact::{Confirmation, Contact};
use regain::domain::hash_scheme::HashTally;
use regain::domain::user::{Credential, Failures, StoredHash};
use regain::store::{Duplicate, Engine, Search, Transactions};

use super::support::*;

pub(crate) fn credentials_and_history(store: &dyn Engine) {
    let hash = |text: &str, kind: &str| StoredHash::new(text.to_owned(), kind.parse().ok());
    let (one, two) = (hash("$2b$one", "bcrypt 12"), hash("$argon2id$two", "argon2id m=19456,t=2,p=1"));
    let tallies = |account| -> Vec<String> {
        let shown = |tally: HashTally| {
            format!(
                "{} {}",
                tally.users,
                tally.kind.map_or_else(|| "none".to_owned(), |kind| kind.to_string())
            )
        };
        read(store, |tx| tx.hash_tallies(account)).into_iter().map(shown).collect()
    };
    let before = tallies(None);
    let mut credential = Credential {
        hash: Some(one.clone()),
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

    assert!(write(store, |tx| tx.move_epochs(0)) >= 8, "of everybody");
    assert!(tallies(None).contains(&"1 bcrypt 12".to_owned()), "before: {before:?}");
    assert!(!write(store, |tx| tx.upgrade_hash("usr_root", &two, &one)), "another hash stands there");
    assert!(write(store, |tx| tx.upgrade_hash("usr_root", &one, &two)));
    let root = read(store, |tx| tx.user_by_id("usr_root")).unwrap();
    assert!(root.credential.hash.as_ref() == Some(&two));
    let now = tallies(None);
    assert!(now.contains(&"1 argon2id m=19456,t=2,p=1".to_owned()), "{now:?}");
    assert!(!now.iter().any(|tally| tally.contains("bcrypt")), "{now:?}");
    assert!(tallies(Some(&root.account_id)).contains(&"1 argon2id m=19456,t=2,p=1".to_owned()));
    assert_eq!(tallies(Some("acc_none")), [""; 0]);
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
    // A name that nobody has counts as well; a success takes all of it back.
    write(store, |tx| tx.set_failures("unk_nobody", failures));
    assert_eq!(read(store, |tx| tx.failures("unk_nobody")), failures);
    write(store, |tx| tx.forget_failures("usr_root"));
    assert_eq!(read(store, |tx| tx.user_by_id("usr_root")).unwrap().failures, Failures::default());
    assert_eq!(read(store, |tx| tx.failures("unk_nobody")), failures, "of that subject alone");
}

pub(crate) fn contacts_belong_to_one_person(store: &dyn Engine) {
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
    let found = |text, address_key, parts_of_addresses| {
        read(store, |tx| tx.find_users(&Search { text, address_key, parts_of_addresses }, 10)).len()
    };
    assert_eq!((found("root@", None, false), found("root@", None, true)), (0, 1));
    assert_eq!((found("x@", Some("root@acme.example"), false), found("x@", Some("root@"), false)), (1, 0));
}

pub(crate) fn a_new_contact_waits_beside_the_verified_one(store: &dyn Engine) {
    let [old, new, third] =
        ["old", "new", "third"].map(|name| Address::email(&format!("{name}@wait.example")).unwrap());
    let ids = || {
        let user = read(store, |tx| tx.user_by_id("usr_9")).unwrap();
        let of = |all: &[Contact]| all.iter().map(|contact| contact.id.clone()).collect::<Vec<_>>();
        (of(&user.contacts), of(&user.pending))
    };
    let none: Vec<String> = Vec::new();
    write(store, |tx| bind(tx, "con_old", "usr_9", &old));
    assert_eq!(ids(), (vec!["con_old".to_owned()], none.clone()), "one that waits alone is the one there is");
    write(store, |tx| tx.set_contact_verified("con_old", at(1), at(1)));
    write(store, |tx| bind(tx, "con_new", "usr_9", &new));
    assert_eq!(ids(), (vec!["con_old".to_owned()], vec!["con_new".to_owned()]));
    let more: Step = store.write(|tx| bind(tx, "con_third", "usr_9", &third));
    assert_eq!(duplicate(more), Some(Duplicate::Contact), "one waits");
    let both: Step = store.write(|tx| tx.set_contact_verified("con_new", at(2), at(2)));
    assert_eq!(duplicate(both), Some(Duplicate::Contact), "one is verified");
    let search = Search { text: "zzz", address_key: Some(new.key()), parts_of_addresses: false };
    assert_eq!(read(store, |tx| tx.find_users(&search, 9)).len(), 1, "found by the one that waits, too");
    assert!(read(store, |tx| tx.user_by_contact(Channel::Email, new.key(), None)).is_none());

    write(store, |tx| tx.set_contact_confirmation("con_new", Confirmation::VerifiedCaller));
    let waits = || read(store, |tx| tx.user_by_id("usr_9")).unwrap().pending.remove(0).confirmation;
    assert_eq!(waits(), Confirmation::VerifiedCaller);
    let verified: Step = store.write(|tx| tx.set_contact_confirmation("con_old", Confirmation::ReadOut));
    assert!(verified.is_err(), "who confirms what is verified is settled");
    write(store, |tx| tx.delete_contact("con_old"));
    assert_eq!(ids(), (vec!["con_new".to_owned()], none.clone()));
    write(store, |tx| tx.delete_contact("con_new"));
    assert_eq!(ids(), (none.clone(), none));
}
