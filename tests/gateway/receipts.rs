//! `delivery receipt`: what a gateway's callback hands in.

use serde_json::json;

use super::people::{NUMBER, ask, code, configure, enter, fate, site};
use super::scripted::{Act, Gateway};
use crate::site::Site;

/// A site with a code that was handed over as `gw-1`; its gateway, and the request.
fn sent() -> (Site, Gateway, String) {
    let gateway = Gateway::new(&[Act::json("202 Accepted", r#"{"id": "gw-1"}"#)]);
    let site = site("");
    let url = format!("http://127.0.0.1:{}/{{{{id}}}}", gateway.port);
    let rest = "body = '{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}'\nmessage_id = \"/id\"";
    configure(&site, &format!("transport = \"http\"\nurl = \"{url}\"\n{rest}"));
    let (request, _) = ask(&site);
    (site, gateway, request)
}

fn ours(gateway: &Gateway) -> String {
    gateway.only().line.split(['/', ' ']).nth(2).unwrap().to_owned()
}

fn events(site: &Site) -> usize {
    site.recorded("deliveryReceipt", "")
}

#[test]
fn a_message_that_arrived_says_so() {
    let (site, gateway, _) = sent();
    let handed_over = code(&site)["delivered_at"].clone();
    insta::assert_snapshot!(
        site.shown(&site.run(&["delivery", "receipt", "gw-1", "--state", "DELIVRD", "--dry-run"])).replace(&ours(&gateway), "OURS"),
        @"
    exit 0
    --- stdout
    would happen  the message msg_ID arrived
    "
    );
    assert_eq!((events(&site), fate(&site)), (0, ("sent".to_owned(), String::new())));
    let noted = site.run(&["delivery", "receipt", "gw-1", "--state", "DELIVRD"]).succeeded();
    assert_eq!(noted.stderr, format!("The message {} arrived.\n", ours(&gateway)));
    assert_eq!(fate(&site), ("sent".to_owned(), "delivered".to_owned()));
    let told = code(&site)["delivered_at"].clone();
    assert!(told.as_str() >= handed_over.as_str() && told.is_string(), "{told}");
    assert_eq!(events(&site), 1);

    // The same again, and by our own id, changes nothing.
    let again = site.run(&["delivery", "receipt", &ours(&gateway), "--state", "delivered", "-o", "json"]);
    assert_eq!(
        again.json(),
        json!({"id": ours(&gateway), "arrival": "delivered", "outcome": "known", "changed": false})
    );
    assert_eq!((events(&site), &code(&site)["delivered_at"]), (1, &told));
    // So does a no that comes late.
    let late = site.run(&["delivery", "receipt", "gw-1", "--state", "failed", "-o", "json"]);
    assert_eq!(
        late.json(),
        json!({"id": ours(&gateway), "arrival": "delivered", "outcome": "late", "changed": false})
    );
    assert_eq!(fate(&site), ("sent".to_owned(), "delivered".to_owned()));
    assert_eq!(events(&site), 1);
}

/// A program has the id without digits, and may print a name of its own; a letter has it as its Message-ID.
#[test]
fn a_message_is_found_by_what_a_program_was_given_and_by_what_it_said() {
    let site = site("");
    let (given, program) = (site.path().join("given"), site.path().join("send"));
    std::fs::write(&program, "#!/bin/sh\n/bin/cat >\"$1\"; echo its-own-1\n").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let argv = format!("[\"{}\", \"{}\"]", program.display(), given.display());
    configure(&site, &format!("transport = \"command\"\nargv = {argv}"));
    ask(&site);
    let text = std::fs::read_to_string(given).unwrap();
    let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    let ours = site.newest("outbox").text("id").to_owned();
    assert_ne!(id, ours, "it holds digits, by all chance");
    for named in [id, &format!("<{id}@example.com>"), &ours, "its-own-1"] {
        let noted =
            site.run(&["delivery", "receipt", named, "--state", "delivered", "-o", "json"]).succeeded();
        assert_eq!(noted.json()["id"], ours, "{named}");
    }
    assert_eq!(site.run(&["delivery", "receipt", "its-own-2", "--state", "delivered"]).code, 3);
}

#[test]
fn one_that_did_not_arrive_has_failed_and_can_still_be_entered() {
    let (site, gateway, request) = sent();
    let receipt = r#"{"id": "gw-1", "state": 2, "words": "30003 Unreachable: +4915112345678 (..45678) is off; 012 345"}"#;
    site.pipe(&["delivery", "receipt", "--stdin", "-q"], receipt).succeeded();
    let told = "undelivered: 30003 Unreachable: [...] (..[...]) is off; [...]";
    assert_eq!(fate(&site), ("failed".to_owned(), told.to_owned()));
    assert_eq!(code(&site)["delivered_at"], json!(null));
    let text = gateway.only().body;
    let (_, text) = text.split_once("text").unwrap();
    enter(&site, &request, text).succeeded();
    assert_eq!(fate(&site).0, "used");
}

#[test]
fn a_network_that_tries_again_may_succeed() {
    let (site, _, _) = sent();
    site.run(&["delivery", "receipt", "gw-1", "--state", "undelivered", "-q"]).succeeded();
    assert_eq!(fate(&site).0, "failed");
    let pending = site.run(&["delivery", "receipt", "gw-1", "--state", "8", "-o", "json"]);
    assert_eq!(pending.json()["outcome"], "pending");
    site.run(&["delivery", "receipt", "gw-1", "--state", "1", "-q"]).succeeded();
    assert_eq!(fate(&site), ("sent".to_owned(), "delivered".to_owned()));
    assert_eq!(events(&site), 2);
}

#[test]
fn a_gateway_may_be_faster_than_the_worker() {
    for (state, fate_of_it) in [("delivered", ("sent", "delivered")), ("failed", ("failed", "undelivered"))] {
        let gateway = Gateway::new(&[Act::Slow]);
        let site = site("");
        let url = format!("http://127.0.0.1:{}/{{{{id}}}}?to={{{{to}}}}&text={{{{text}}}}", gateway.port);
        configure(&site, &format!("transport = \"http\"\nurl = \"{url}\""));
        let id = site.request("acme/alice");
        site.run(&["request", "send", &id, "--method", "mobile", "--address", NUMBER]).succeeded();
        let mut worker = site.command(&["delivery", "run", "--once", "-q"]).spawn().unwrap();
        while gateway.asked().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let ours = gateway.only().line.split(['/', '?']).nth(1).unwrap().to_owned();
        site.run(&["delivery", "receipt", &ours, "--state", state, "-q"]).succeeded();
        assert_eq!(fate(&site).0, "queued");
        assert!(worker.wait().unwrap().success());
        assert_eq!(fate(&site), (fate_of_it.0.to_owned(), fate_of_it.1.to_owned()));
    }
}

#[test]
fn what_nobody_knows_is_told_and_recorded_without_its_name() {
    let (site, _, _) = sent();
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "receipt", "hunter2", "--state", "delivered"])), @"
    exit 3
    --- stderr
    error: no message was handed over with the id hunter2
    hint: check the id, and try again: a receipt can arrive before the gateway's name for the message is recorded
    ");
    assert_eq!(site.event("deliveryReceipt").line(&["outcome", "code"]), "failure no_such_message");
    assert!(!site.raw().dump(&["audit"]).contains("hunter2"));
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "receipt", "gw-1", "--state", "perhaps"])), @"
    exit 2
    --- stderr
    error: regain does not know this state of a message
    hint: give delivered, undelivered or pending, or the word for it of Kannel, SMPP, Twilio or Vonage
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&["delivery", "receipt", "--stdin"], "{\"id\": 1}")), @r#"
    exit 2
    --- stderr
    error: standard input holds no receipt
    hint: write one JSON object to it: {"id": "…", "state": "…", "words": "…"}
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "receipt"])), @"
    exit 2
    --- stderr
    error: `regain delivery receipt` needs an argument that is missing: --state <STATE> <ID>
    hint: `regain delivery receipt --help` lists what it takes
    ");
}

#[test]
fn t9_the_gateways_name_of_a_message_is_not_kept() {
    let (site, _, _) = sent();
    let store = std::fs::read(site.store()).unwrap();
    let log = std::fs::read(site.path().join("data/regain/regain.db-wal")).unwrap_or_default();
    assert!(![store, log].concat().windows(4).any(|part| part == b"gw-1"));
    // It is found by its keyed hash, after a rotation of the key too.
    site.run(&["store", "rotate-key", "-y", "-q"]).succeeded();
    site.run(&["delivery", "receipt", "gw-1", "--state", "delivered", "-q"]).succeeded();
    assert_eq!(fate(&site).1, "delivered");
}

#[test]
fn o2_only_admins_and_those_that_are_named_hand_receipts_in() {
    /// Debian's user of that number, who is nobody to the store.
    const DAEMON: u32 = 1;
    let (site, ..) = sent();
    let state = || site.newest("codes").line(&["state", "state_reason"]);
    if !site.let_in(DAEMON) {
        return;
    }
    let receipt = ["delivery", "receipt", "gw-1", "--state", "delivered", "-o", "json"];
    let refused = site.run_as(DAEMON, &receipt);
    assert_eq!((refused.code, refused.error()["reason"].as_str()), (4, Some("not_allowed")));
    assert_eq!(site.recorded("operatorRefused", ""), 1);
    assert_eq!(state(), "sent -");

    let config = std::fs::read_to_string(site.config()).unwrap();
    let named = config.replace("background = false", "background = false\nreceipts = [\"daemon\"]");
    assert_ne!(named, config);
    std::fs::write(site.config(), named).unwrap();
    let noted = site.run_as(DAEMON, &receipt);
    assert_eq!((noted.code, noted.json()["outcome"].as_str()), (0, Some("noted")), "{noted:?}");
    assert_eq!(state(), "sent delivered");
    assert_eq!(site.event("deliveryReceipt")["actor"], "daemon");
    // And nothing else.
    assert_eq!(site.run_as(DAEMON, &["codes", "list"]).code, 4);
}
