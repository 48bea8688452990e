//! `regain device`: who signed in from where, and forgetting it.

use crate::site::Site;

const PASSWORD: &str = "quiet lemon orbits a violin";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site
}

fn sign_in(site: &Site) {
    site.pipe(&["login", "acme/alice", "--password-stdin", "-q"], PASSWORD).succeeded();
}

#[test]
fn a_sign_in_is_listed_with_a_label_and_never_with_what_it_is() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["device", "list", "acme/alice"])), @r"
    exit 0
    --- stderr
    No device is remembered.
    ");
    sign_in(&site);
    let devices = site.json(&["device", "list", "acme/alice"]);
    let device = &devices[0];
    assert_eq!((devices.as_array().unwrap().len(), &device["known"]), (1, &false.into()));
    let keys: Vec<&str> = device.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["first_seen", "forgotten_from", "id", "known", "label", "last_seen", "user"]);
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    if !machine.trim().is_empty() {
        let stored = std::fs::read(site.store()).unwrap();
        let holds = stored.windows(machine.trim().len()).any(|window| window == machine.trim().as_bytes());
        assert!(!holds, "the number of the machine stands in the store");
    }
    // A program that verifies a password signs nobody in.
    assert_eq!(site.judged("acme/alice", PASSWORD), 0);
    assert_eq!(site.json(&["device", "list", "acme/alice"]), devices);
}

#[test]
fn one_or_all_are_forgotten() {
    let site = site();
    sign_in(&site);
    let id = site.json(&["device", "list", "acme/alice"])[0]["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(site.shown(&site.run(&["device", "forget", "acme/alice"])), @r"
    exit 2
    --- stderr
    error: name the device by its id, or say --all
    hint: `regain device list USER` shows the ids
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["device", "forget", "acme/alice", "dev_none", "-y"])), @r"
    exit 3
    --- stderr
    error: acme/alice has no device with the id dev_none
    hint: `regain device list USER` shows the ids
    ");
    let dry = site.json(&["device", "forget", "acme/alice", "--all", "--dry-run"]);
    assert_eq!(dry["effects"].as_array().unwrap().len(), 2);
    let forget = ["device", "forget", "acme/alice", &id, "-y", "--reason", "laptop stolen"];
    insta::assert_snapshot!(site.shown(&site.run(&forget)), @r"
    exit 0
    --- stderr
    Forgot 1 device of acme/alice.
    ");
    assert_eq!(site.json(&["device", "list", "acme/alice"]), serde_json::json!([]));
    sign_in(&site);
    insta::assert_snapshot!(site.shown(&site.run(&["device", "forget", "acme/alice", "--all", "-y"])), @r"
    exit 0
    --- stderr
    Forgot 1 device of acme/alice.
    ");
    assert_eq!(site.recorded("forgetDevices", ""), 2);
}

#[test]
fn s9_people_forget_their_own_with_the_password() {
    let site = site();
    sign_in(&site);
    let forget = ["device", "forget", "acme/alice", "--all", "--password-stdin"];
    assert_eq!(site.pipe(&forget, "not the password at all").code, 11);
    site.pipe(&forget, PASSWORD).succeeded();
    let list = ["device", "list", "acme/alice", "--password-stdin", "-o", "json"];
    assert_eq!(site.pipe(&list, PASSWORD).succeeded().json(), serde_json::json!([]));
}

#[test]
fn o2_support_lists_devices_and_forgets_none() {
    const SUPPORT: u32 = 40_004;
    let site = site();
    sign_in(&site);
    let config = std::fs::read_to_string(site.config()).unwrap();
    std::fs::write(site.config(), format!("{config}[operators]\nsupport = [\"uid:{SUPPORT}\"]\n")).unwrap();
    if !site.let_in(SUPPORT) {
        return;
    }
    let listed = site.run_as(SUPPORT, &["device", "list", "acme/alice", "-o", "json"]).succeeded().json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let forget = ["device", "forget", "acme/alice", "--all", "-y", "--no-input", "-o", "json"];
    // Support has no word in it, and would need the person's password.
    let refused = site.run_as(SUPPORT, &forget);
    assert_eq!((refused.code, &refused.error()["reason"]), (4, &"not_allowed".into()), "{refused:?}");
}

#[test]
fn k8_devices_end_with_a_revocation_and_with_their_user() {
    let site = site();
    let devices = || site.rows("devices").len();
    sign_in(&site);
    site.run(&["user", "revoke", "acme/alice", "-y"]).succeeded();
    assert_eq!(devices(), 0);
    site.user("acme/bob", PASSWORD);
    site.pipe(&["login", "acme/bob", "--password-stdin", "-q"], PASSWORD).succeeded();
    assert_eq!(devices(), 1);
    site.run(&["account", "disable", "acme", "-y"]).succeeded();
    assert_eq!(devices(), 0);
    site.run(&["account", "enable", "acme", "-y"]).succeeded();
    site.pipe(&["login", "acme/bob", "--password-stdin", "-q"], PASSWORD).succeeded();
    site.run(&["user", "disable", "acme/bob", "-y"]).succeeded();
    site.run(&["user", "delete", "acme/bob", "-y"]).succeeded();
    assert_eq!(devices(), 0);
}

#[test]
fn where_nothing_will_happen_nothing_is_asked() {
    let site = site();
    let forget = ["device", "forget", "acme/alice", "--all", "--no-input"];
    insta::assert_snapshot!(site.shown(&site.run(&forget)), @"
    exit 0
    --- stderr
    Nothing to change: no device of acme/alice is known.
    ");
    sign_in(&site);
    assert_eq!(site.run(&forget).code, 9, "now there is one, and the operator is asked");
}
