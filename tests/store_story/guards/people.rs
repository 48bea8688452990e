//! People, contacts and devices: found by exactly what they are, and changed alone.

use regain::domain::account::{Account, Status};
use regain::domain::address::{Address, Channel};
use regain::domain::device::Device;
use regain::store::Registration;

use super::*;

/// Alice with a verified email address, Bob with one that is not.
fn with_contacts() -> Ground {
    let ground = Ground::new();
    ground.write(|tx| {
        bind(tx, "con_alice", "usr_alice", &Address::email("alice@acme.example").unwrap())?;
        bind(tx, "con_bob", "usr_bob", &Address::email("bob@acme.example").unwrap())?;
        bind(tx, "con_root", "usr_root", &Address::mobile("+4915112345678").unwrap())?;
        tx.set_contact_verified("con_alice", at(1), at(2))?;
        tx.set_contact_verified("con_root", at(1), at(2))
    });
    ground
}

#[test]
fn s4_somebody_is_found_by_a_verified_contact_of_that_channel_alone() {
    let ground = with_contacts();
    let found = |channel, key: &str, account: Option<&str>| {
        ground.read(|tx| tx.user_by_contact(channel, key, account)).map(|user| user.id)
    };
    let is = |id: &str| Some(id.to_owned());
    assert_eq!(found(Channel::Email, "alice@acme.example", None), is("usr_alice"));
    assert_eq!(found(Channel::Email, "alice@acme.example", Some("acme")), is("usr_alice"));
    assert_eq!(found(Channel::Email, "alice@acme.example", Some("other")), None);
    assert_eq!(found(Channel::Email, "bob@acme.example", None), None, "not verified");
    assert_eq!(found(Channel::Email, "carol@acme.example", None), None);
    assert_eq!(found(Channel::Mobile, "alice@acme.example", None), None);
    assert_eq!(found(Channel::Mobile, "+4915112345678", None), is("usr_root"));
    assert_eq!(found(Channel::Mobile, "+4915112345678", Some("acme")), None, "no IAM user");
}

#[test]
fn d4_an_address_is_taken_in_its_channel_by_its_key_or_by_its_look() {
    let ground = with_contacts();
    let taken = |address: Address, except: &str| ground.read(|tx| tx.contact_taken(&address, except));
    let email = |text: &str| Address::email(text).unwrap();
    assert!(taken(email("alice@acme.example"), "usr_bob"));
    assert!(!taken(email("alice@acme.example"), "usr_alice"), "one's own");
    assert!(!taken(email("carol@acme.example"), "usr_bob"));
    assert!(taken(email("\u{430}lice@acme.example"), "usr_bob"), "looks the same, and is not ASCII");
    assert!(
        !taken(email("\u{431}\u{43e}\u{431}@acme.example"), "usr_bob"),
        "is not ASCII, and looks like nobody's"
    );
    // Both in ASCII: the eye that takes one for the other is not to be helped.
    assert_eq!(email("a1ice@acme.example").skeleton(), email("alice@acme.example").skeleton());
    assert!(!taken(email("a1ice@acme.example"), "usr_bob"));
    assert!(!taken(Address::mobile("+4915112345679").unwrap(), "usr_bob"));
}

#[test]
fn a_contact_is_verified_and_unbound_alone() {
    let ground = with_contacts();
    let verified = |user: &str| ground.user(user).contacts.first().map(|contact| contact.verified_at);
    assert_eq!((verified("usr_alice"), verified("usr_bob")), (Some(Some(at(1))), Some(None)));
    ground.write(|tx| tx.delete_contact("con_alice"));
    assert_eq!((verified("usr_alice"), verified("usr_bob")), (None, Some(None)));
    let mobile = Address::mobile("+4915112345678").unwrap();
    ground.write(|tx| {
        tx.delete_contact("con_root")?;
        bind(tx, "con_mobile", "usr_bob", &mobile)
    });
    let listed: Vec<String> =
        ground.read(|tx| tx.users_page(None, None, 9)).into_iter().map(|user| user.id).collect();
    assert_eq!(listed, ["usr_root", "usr_alice", "usr_bob"], "with two contacts, once");
    ground.write(|tx| {
        tx.delete_contact("con_mobile")?;
        bind(tx, "con_root", "usr_root", &mobile)
    });
    let root = ground.user("usr_root");
    assert!(root.contact(Channel::Email).is_none() && root.contact(Channel::Mobile).is_some());
}

#[test]
fn people_are_changed_deleted_and_listed_by_what_they_are() {
    let ground = Ground::new();
    let other = account("acc_b", "Globex");
    ground.write(|tx| {
        tx.insert_account(&other, "globex", "globex")?;
        insert(tx, &user("usr_other", &other, ""))?;
        insert(tx, &user("usr_carol", &other, "carol"))
    });
    let mut alice = ground.user("usr_alice");
    alice.status = Status::Disabled;
    ground.write(|tx| tx.update_user(&alice, "alice", "alice"));
    assert!(ground.user("usr_alice") == alice && ground.user("usr_bob").status == Status::Enabled);
    let renamed = Account { status: Status::Disabled, name: "Initech".to_owned(), ..other };
    ground.write(|tx| tx.update_account(&renamed, "initech", "initech"));
    ground.write(|tx| tx.set_policy("acc_b", "login", "{}"));
    assert_eq!(ground.read(|tx| tx.account_by_key("acme")).unwrap().status, Status::Enabled);
    // The root user is called like its account, and nobody else is.
    let names = ["usr_root", "usr_other", "usr_carol"].map(|id| ground.user(id).name);
    assert_eq!(names, ["Acme", "Initech", "carol"]);
    assert_eq!(ground.read(|tx| tx.policy("acc_a", "login")), None);
    assert_eq!(ground.read(|tx| tx.policy("acc_b", "login")).as_deref(), Some("{}"));
    let alike = |look: &str| ground.read(|tx| tx.account_by_skeleton(look));
    assert_eq!((alike("initech").as_deref(), alike("globex")), (Some("Initech"), None));
    let look = |account: &str, look: &str| {
        ground.read(|tx| tx.user_called(account, look, look)).map(|(_, name)| name)
    };
    assert_eq!((look("acc_a", "carol"), look("acc_b", "carol").as_deref()), (None, Some("carol")));
    let beginning = |account: &str, user| ground.read(|tx| tx.names_beginning(account, user, 9));
    assert_eq!(beginning("", None), ["Acme", "Initech"]);
    assert_eq!(beginning("b", None), Vec::<String>::new());
    assert_eq!(
        (beginning("acme", None), beginning("acme", Some("alice"))),
        (vec!["Acme".to_owned()], vec!["Acme/alice".to_owned()])
    );
    assert_eq!(
        beginning("acme", Some("")),
        ["Acme/alice", "Acme/bob"],
        "the root user has no name of its own"
    );
    assert_eq!(beginning("initech", Some("b")), Vec::<String>::new());
    ground.write(|tx| tx.delete_user("usr_bob"));
    assert!(ground.read(|tx| tx.user_by_id("usr_bob")).is_none());
    assert!(ground.read(|tx| tx.user_by_id("usr_carol")).is_some());
    ground.write(|tx| tx.delete_account("acc_b"));
    assert!(ground.read(|tx| tx.user_by_id("usr_alice")).is_some());
}

fn device(id: &str, user: &str, last: i64) -> Device {
    Device {
        id: id.to_owned(),
        user_id: user.to_owned(),
        key_id: "abcdefgh".to_owned(),
        tag: vec![3; 32],
        label: "desk".to_owned(),
        first_seen: at(0),
        last_seen: at(last),
    }
}

/// What is left of four devices after a statement.
fn left<T>(change: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> (T, Vec<String>) {
    let ground = Ground::new();
    let other = account("acc_b", "Globex");
    ground.write(|tx| {
        tx.insert_account(&other, "globex", "globex")?;
        insert(tx, &user("usr_carol", &other, "carol"))?;
        for (id, user, last) in [
            ("a1", "usr_alice", 100),
            ("a2", "usr_alice", 101),
            ("b1", "usr_bob", 102),
            ("c1", "usr_carol", 99),
        ] {
            tx.insert_device(&device(id, user, last))?;
        }
        Ok(())
    });
    let told = ground.write(change);
    let of = |user: &str| ground.read(|tx| tx.devices(user)).into_iter().map(|device| device.id);
    (told, ["usr_alice", "usr_bob", "usr_carol"].into_iter().flat_map(of).collect())
}

#[test]
fn devices_are_forgotten_by_person_account_and_time() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(left(|tx| tx.forget_device("usr_alice", "a1")), (true, names(&["a2", "b1", "c1"])));
    assert_eq!(left(|tx| tx.forget_device("usr_bob", "a1")), (false, names(&["a2", "a1", "b1", "c1"])));
    assert_eq!(left(|tx| tx.forget_devices("usr_alice")), (2, names(&["b1", "c1"])));
    assert_eq!(left(|tx| tx.forget_devices_of_account("acc_a")), (3, names(&["c1"])));
    assert_eq!(left(|tx| tx.forget_unused_devices(at(100))), (2, names(&["a2", "b1"])));
    let ((), all) = left(|tx| tx.update_device(&device("a1", "usr_alice", 999)));
    assert_eq!(all, ["a1", "a2", "b1", "c1"], "one alone");
}

#[test]
fn a_registration_belongs_to_its_request() {
    let ground = Ground::new();
    for id in ["req_1", "req_2"] {
        let note =
            Registration { request_id: id.to_owned(), key_id: "abcdefgh".to_owned(), sealed: id.into() };
        ground.write(|tx| tx.insert_registration(&note));
    }
    let noted = |id: &str| ground.read(|tx| tx.registration(id)).map(|of| of.sealed);
    assert_eq!((noted("req_1"), noted("req_2")), (Some(b"req_1".to_vec()), Some(b"req_2".to_vec())));
    ground.write(|tx| tx.delete_registration("req_1"));
    assert_eq!((noted("req_1"), noted("req_2").is_some()), (None, true));
}
