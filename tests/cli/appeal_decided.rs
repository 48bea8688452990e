//! `regain appeal approve` and `deny`: who may be approved and by how many, what changes then, and for how long.

use serde_json::json;

use super::appeal::{NUMBER, form, reason, site, state, submit, submitted};
use crate::site::{Site, later, normalised};

const NEW: &str = "an entirely fresh passphrase";

/// The one SMS to the new number, without its headers.
fn sms(site: &Site) -> String {
    let mut mails = site.mails_to(NUMBER);
    assert_eq!(mails.len(), 1, "{mails:?}");
    normalised(mails.remove(0).split_once("\n\n").unwrap().1)
}

#[test]
fn approved_it_replaces_the_contacts_and_opens_a_day_to_reset() {
    let site = site();
    let open = site.sent("acme", "root@acme.example");
    let (other, serial) = (submitted(&site, "acme"), submitted(&site, "root@acme.example"));
    let early = site.run(&["request", "start", "acme", "--appeal", &serial, "-o", "json"]);
    assert_eq!(reason(&early), (4, "appeal_unusable".to_owned()));
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "approve", &serial, "-y", "--reason", "certificate seen"])), @"
    exit 0
    --- stderr
    Approved apl-SERIAL. The password can be reset before TIME, with the new mobile number.
    hint: the SMS tells them how: `regain password reset --appeal apl-SERIAL`, then `regain login`
    ");
    assert_eq!((state(&site, &serial), state(&site, &other)), ("approved".to_owned(), "expired".to_owned()));
    let remarks = site.json(&["appeal", "show", &other])["remarks"].clone();
    assert_eq!(
        remarks,
        json!(["it ended before its time: another one was approved, or the store was restored"])
    );
    insta::assert_snapshot!(sms(&site), @"Appeal approved: this number belongs to acme now. Set a password until TIME: regain password reset --appeal apl-SERIAL");
    // S5: the old contacts are told, and are nobody's any more.
    for old in ["root@acme.example", "+4915100000001"] {
        let told = site.mails_to(old).pop().unwrap();
        assert!(told.contains("Subject: Your contact was changed\n"), "{told}");
    }
    let contacts = site.json(&["contact", "list", "acme", "--unmask"]);
    let bound: Vec<(&str, &str, bool)> = contacts
        .as_array()
        .unwrap()
        .iter()
        .map(|of| {
            let text = |field: &str| of[field].as_str().unwrap();
            (text("channel"), text("address"), of["verified"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(bound, [("mobile", NUMBER, true)]);
    assert_eq!(site.json(&["request", "show", &open])["state"], "cancelled");

    // To the new number at once, by account name too.
    let started = site.run(&["request", "start", "acme", "--appeal", &serial, "-o", "json"]).succeeded();
    let id = started.json()["id"].as_str().unwrap().to_owned();
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    site.verify(&id, &site.code_to(NUMBER)).succeeded();
    site.set_password(&id, NEW).succeeded();
    assert_eq!((state(&site, &serial).as_str(), site.judged("acme", NEW)), ("used", 0));
    let again = site.run(&["request", "start", "acme", "--appeal", &serial, "-o", "json"]);
    assert_eq!(reason(&again), (4, "appeal_unusable".to_owned()));
    let actions: Vec<String> = site
        .json(&["audit", "list", "--limit", "100"])
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["action"].as_str().unwrap().starts_with("appeal"))
        .map(|event| format!("{} {}", event["action"].as_str().unwrap(), event["reason"]))
        .collect();
    assert_eq!(
        actions,
        [
            "appealUsed null",
            "appealApproved \"certificate seen\"",
            "appealSubmitted null",
            "appealSubmitted null"
        ]
    );
}

#[test]
fn an_email_address_is_bound_besides_and_what_stays_the_same_stays() {
    let site = site();
    let text = format!("new_email = \"root@acme.example\"\n{}", form("acme"));
    let serial =
        submit(&site, &text, &["-o", "json"]).succeeded().json()["serial"].as_str().unwrap().to_owned();
    site.json(&["appeal", "approve", &serial]);
    let id = site.sent("acme", "root@acme.example");
    site.verify(&id, &site.code_to("root@acme.example")).succeeded();
    let changed = site.mails_to("root@acme.example");
    assert!(!changed.iter().any(|mail| mail.contains("Your contact was changed")), "{changed:?}");
    // A reset without the serial uses it up, too.
    site.set_password(&id, NEW).succeeded();
    assert_eq!(state(&site, &serial), "used");
}

#[test]
fn denied_it_says_change_your_account() {
    let site = site();
    let serial = submitted(&site, "acme");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "deny", &serial, "-y", "--reason", "all wrong", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "serial": "apl-SERIAL",
      "kind": "appeal",
      "state": "denied",
      "submitted_at": "TIME",
      "decided_at": "TIME",
      "expires_at": null,
      "next": "change your account: use another one, or register a new ID with `regain account register`; it cannot use the resources of the lost one; an IAM user asks the administrator of the account instead",
      "changed": true
    }
    --- stderr
    Denied apl-SERIAL. An SMS tells the new mobile number.
    "#);
    insta::assert_snapshot!(sms(&site), @"Appeal apl-SERIAL was denied. Change your account: use another one, or register a new ID; it cannot use the resources of the old one.");
    for decide in ["approve", "deny"] {
        let ended = site.run(&["appeal", decide, &serial, "-y", "-o", "json"]);
        assert_eq!(reason(&ended), (4, "appeal_over".to_owned()), "{decide}");
    }
    let contacts = site.json(&["contact", "list", "acme"]);
    assert_eq!(contacts.as_array().unwrap().len(), 2, "nothing about the identity changes");
    assert_eq!(site.events("appealDenied")[0].line(&["outcome", "reason"]), "success all wrong");
}

#[test]
fn o3_a_dry_run_tells_the_effects_and_changes_nothing() {
    let site = site();
    let serial = submitted(&site, "acme");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "approve", &serial, "--dry-run", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "serial": "apl-SERIAL",
      "kind": "appeal",
      "state": "approved",
      "submitted_at": "TIME",
      "decided_at": null,
      "expires_at": null,
      "next": null,
      "dry_run": true,
      "outcome": "would_do",
      "effects": [
        "+4915112345678 becomes the mobile number of acme, on your word",
        "r***@a***.example is no longer theirs; it is told, and codes sent to it end",
        "+49***01 is no longer theirs; it is told, and codes sent to it end",
        "every live code, setup token and request of acme ends, its known devices are forgotten, and other appeals for it end",
        "an SMS tells the new number, and the password can be reset for 24 hours"
      ],
      "changed": false
    }
    --- stderr
    hint: --reason TEXT records why you decided so
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "deny", &serial, "--dry-run", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "serial": "apl-SERIAL",
      "kind": "appeal",
      "state": "denied",
      "submitted_at": "TIME",
      "decided_at": null,
      "expires_at": null,
      "next": "change your account: use another one, or register a new ID with `regain account register`; it cannot use the resources of the lost one; an IAM user asks the administrator of the account instead",
      "dry_run": true,
      "outcome": "would_do",
      "effects": [
        "the appeal apl-SERIAL for acme is denied, for good",
        "an SMS tells the new number, and to use another account or register a new ID",
        "nothing about the identity changes"
      ],
      "changed": false
    }
    --- stderr
    hint: --reason TEXT records why you decided so
    "#);
    assert_eq!(state(&site, &serial), "submitted");
    let unasked = site.run(&["appeal", "approve", &serial]);
    assert_eq!((unasked.code, state(&site, &serial)), (9, "submitted".to_owned()), "{unasked:?}");
    let rows = site.counts();
    let tried = submit(&site, &form("acme"), &["--dry-run", "-o", "json"]).succeeded().json();
    assert_eq!(
        tried,
        json!({
            "serial": null,
            "kind": "appeal",
            "state": "submitted",
            "submitted_at": null,
            "decided_at": null,
            "expires_at": null,
            "next": null,
            "dry_run": true,
            "outcome": "would_do",
            "effects": ["the answers can be used, and would be submitted"],
            "changed": false
        })
    );
    assert_eq!(site.counts(), rows);
}

#[test]
fn who_cannot_be_approved() {
    let site = site();
    site.user("acme/alice", "quiet lemon orbits a violin");
    site.account("other");
    site.run(&["contact", "bind", "other", "--mobile", NUMBER, "--verified", "-y", "-q"]).succeeded();
    for (who, why, remark) in [
        ("nobody", "appeal_of_nobody", "nobody here has that name, so it cannot be approved"),
        (
            "acme/alice",
            "appeal_of_iam_user",
            "an IAM user: their administrator resets the password, and it cannot be approved",
        ),
        ("acme", "contact_taken", "a new contact belongs to somebody else, so it cannot be approved"),
    ] {
        let serial = submitted(&site, who);
        let ended = site.run(&["appeal", "approve", &serial, "-y", "-o", "json"]);
        assert_eq!(reason(&ended), (4, why.to_owned()), "{who}");
        let shown = site.json(&["appeal", "show", &serial]);
        assert_eq!(shown["remarks"][0], remark, "{who}");
        let mobile = &shown["claims"][1];
        assert_eq!(
            (&mobile["claimed"], &mobile["on_record"]),
            (&json!("+4915112345678"), &json!("BELONGS TO other"))
        );
        let effects = site.json(&["appeal", "deny", &serial, "--dry-run"])["effects"].to_string();
        site.json(&["appeal", "deny", &serial]);
        assert_eq!(state(&site, &serial), "denied");
        // An IAM user has an administrator, and no use for another ID.
        let told = site.mails_to(NUMBER).pop().unwrap();
        let member = who == "acme/alice";
        assert_eq!(told.contains("ask the administrator of acme, who can reset"), member, "{told}");
        assert_eq!(told.contains("register a new ID"), !member, "{told}");
        assert_eq!(effects.contains("to ask the administrator of acme"), member, "{effects}");
    }
    let unknown = site.run(&["appeal", "approve", "apl-bdfgh-jkmnp-qrstv", "-y", "-o", "json"]);
    assert_eq!(reason(&unknown), (3, "no_such_appeal".to_owned()));
}

#[test]
fn it_can_take_two_operators() {
    let site = Site::with(
        "[captcha]\nmode = \"off\"\n[appeals]\napprovals = 2\n[operators]\nadmin = [\"uid:61234\"]\n",
    );
    site.account("acme");
    let serial = submitted(&site, "acme");
    let approve = ["appeal", "approve", serial.as_str(), "-y", "-o", "json"];
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "approve", &serial, "-y"])), @"
    exit 0
    --- stderr
    hint: --reason TEXT records why you decided so
    Your approval of apl-SERIAL is recorded. It needs 1 more, from other operators.
    ");
    assert_eq!(state(&site, &serial), "submitted");
    assert_eq!(reason(&site.run(&approve)), (4, "approved_already".to_owned()));
    assert_eq!(site.mails_to(NUMBER), Vec::<String>::new());
    assert_eq!(site.json(&["contact", "list", "acme"]).as_array().unwrap().len(), 1);
    if !site.let_in(61_234) {
        return;
    }
    let second = site.run_as(61_234, &approve).succeeded().json();
    assert_eq!(second["state"], "approved");
    assert_eq!(
        site.count("outbox", |message| message["channel"] == "mobile" && message["state"] == "queued"),
        1
    );
}

#[test]
fn k5_an_approved_appeal_is_good_for_a_day_to_the_second() {
    let site = site();
    let serial = submitted(&site, "acme");
    site.json(&["appeal", "approve", &serial]);
    let start = ["request", "start", "acme", "--appeal", &serial, "-o", "json"];
    let Some(before) = later(&site, "+23h", &start, "") else { return };
    let id = before.succeeded().json()["id"].as_str().unwrap().to_owned();
    let after = later(&site, "+24h", &start, "").unwrap();
    assert_eq!(reason(&after), (4, "appeal_unusable".to_owned()));
    let shown = later(&site, "+24h", &["appeal", "show", &serial, "-o", "json"], "").unwrap().json();
    assert_eq!(shown["state"], "expired");
    // A clock that goes back revives nothing.
    assert_eq!(state(&site, &serial), "expired");
    assert_eq!(site.run(&["request", "show", &id, "-o", "json"]).json()["state"], "expired");
}

#[test]
fn s6_the_authenticator_stays_and_a_diagnosis_names_the_appeal() {
    let site = site();
    let serial = submitted(&site, "acme");
    let told = site.json(&["user", "diagnose", "acme"])["next"].to_string();
    assert!(
        told.contains(&format!("An appeal waits for a decision: `regain appeal show {serial}`.")),
        "{told}"
    );
    site.run(&["mfa", "enrol", "acme", "-y", "--secrets-to", "mfa.jsonl"]).succeeded();
    site.edit("mfa", |mfa| mfa["bound_at"] = mfa["enrolled_at"].clone());
    site.json(&["appeal", "approve", &serial]);
    let started = site.run(&["request", "start", "acme", "--appeal", &serial, "-o", "json"]).succeeded();
    let id = started.json()["id"].as_str().unwrap().to_owned();
    site.run(&["request", "send", &id, "--method", "mobile", "--address", NUMBER]).succeeded();
    let verify = ["request", "verify", &id, "--code-stdin", "-o", "json"];
    assert_eq!(site.pipe(&verify, &site.code_to(NUMBER)).succeeded().json()["state"], "second");
    let told = site.json(&["user", "diagnose", "acme"])["next"].to_string();
    assert!(told.contains("An appeal is approved, for a reset before"), "{told}");
}
