//! Devices of people, and identities that are being registered.

use regain::domain::address::{Address, Channel};
use regain::domain::device::Device;
use regain::domain::request::{Entered, Purpose, Request, State};
use regain::store::{Engine, Registration};

use super::support::*;

fn device(id: &str, user_id: &str, last: i64) -> Device {
    Device {
        id: id.to_owned(),
        user_id: user_id.to_owned(),
        key_id: "abcdefgh".to_owned(),
        tag: vec![3; 32],
        label: "alice on desk".to_owned(),
        first_seen: at(0),
        last_seen: at(last),
    }
}

pub(crate) fn devices_are_remembered_and_forgotten(store: &dyn Engine) {
    let acme = account("acc_d", "devices");
    write(store, |tx| {
        tx.insert_account(&acme, "devices", "devices")?;
        insert(tx, &user("usr_d", &acme, ""))?;
        insert(tx, &user("usr_e", &acme, "emil"))?;
        tx.insert_device(&device("dev_1", "usr_d", 1))?;
        tx.insert_device(&device("dev_2", "usr_d", 2))?;
        tx.insert_device(&device("dev_3", "usr_e", 3))
    });
    let of = |user: &str| -> Vec<String> {
        read(store, |tx| tx.devices(user)).into_iter().map(|device| device.id).collect()
    };
    assert_eq!(of("usr_d"), ["dev_2", "dev_1"], "the one used last comes first");
    write(store, |tx| tx.update_device(&device("dev_1", "usr_d", 9)));
    assert_eq!(read(store, |tx| tx.devices("usr_d"))[0], device("dev_1", "usr_d", 9));
    assert!(!write(store, |tx| tx.forget_device("usr_e", "dev_1")), "only one's own");
    assert!(write(store, |tx| tx.forget_device("usr_d", "dev_1")));
    assert_eq!(write(store, |tx| tx.forget_unused_devices(at(1))), 0);
    assert_eq!(write(store, |tx| tx.forget_unused_devices(at(2))), 1, "not used since then");
    assert_eq!((of("usr_d"), of("usr_e")), (vec![], vec!["dev_3".to_owned()]));
    assert_eq!(write(store, |tx| tx.forget_devices_of_account("acc_d")), 1);
    write(store, |tx| tx.insert_device(&device("dev_4", "usr_e", 4)));
    write(store, |tx| tx.delete_user("usr_e"));
    assert_eq!(of("usr_e"), Vec::<String>::new(), "K8: it ends with its person");
    write(store, |tx| tx.delete_account("acc_d"));
}

pub(crate) fn registrations_end_with_their_request(store: &dyn Engine) {
    let entered = Entered { channel: Channel::Mobile, tag: vec![5; 32] };
    let wanted = Request {
        purpose: Purpose::Register,
        subject: b"newcomer".to_vec(),
        entered: Some(entered.clone()),
        appeal: Some("app_1".to_owned()),
        ..request("req_r", None)
    };
    let note = || Registration {
        request_id: "req_r".to_owned(),
        key_id: "abcdefgh".to_owned(),
        sealed: vec![6; 40],
    };
    write(store, |tx| {
        tx.insert_request(&wanted)?;
        tx.insert_registration(&note())
    });
    let stored = read(store, |tx| tx.request("req_r")).unwrap();
    assert_eq!((stored.purpose, stored.entered), (Purpose::Register, Some(entered)));
    assert_eq!(stored.appeal.as_deref(), Some("app_1"));
    let noted = || read(store, |tx| tx.registration("req_r")).map(|of| of.sealed);
    assert_eq!(noted(), Some(vec![6; 40]));
    write(store, |tx| tx.delete_registration("req_r"));
    assert_eq!(noted(), None);
    write(store, |tx| tx.insert_registration(&note()));
    let acme = account("acc_n", "newcomers");
    let mobile = Address::mobile("+4915199999999").unwrap();
    write(store, |tx| {
        tx.insert_account(&acme, "newcomers", "newcomers")?;
        insert(tx, &user("usr_n", &acme, ""))?;
        let security = contact("con_n", "usr_n", &mobile);
        let security = regain::domain::contact::Contact { security: true, ..security };
        tx.insert_contact(&security, &mobile.skeleton(), true)?;
        tx.set_request_user("req_r", "usr_n")
    });
    let person = read(store, |tx| tx.user_by_id("usr_n")).unwrap();
    assert!(person.contact(Channel::Mobile).unwrap().security);
    assert_eq!(read(store, |tx| tx.requests_of("usr_n", 9)).len(), 1);
    write(store, |tx| tx.advance_request("req_r", &[State::Captcha], State::Done));
    write(store, |tx| tx.delete_account("acc_n"));
    assert_eq!(noted(), None, "it goes with its request");
}
