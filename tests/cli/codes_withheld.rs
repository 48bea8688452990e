//! Why a known person gets no code: recorded for operators, invisible to the person.

use serde_json::{Value, json};

use super::codes::{ALICE, OPEN, newest, site, site_with};
use crate::site::Site;

fn sent_nowhere(site: &Site, why: &str) {
    assert_eq!(newest(site), [json!("failed"), json!(why), Value::Null]);
}

#[test]
fn e7_why_a_known_person_gets_no_code() {
    let site = site();
    let site = &site;
    let send = |arguments: &[&str]| {
        let id = site.request("acme/alice");
        let seen = site.run(&[&["request", "send", &id], arguments].concat()).succeeded();
        site.shown(&seen)
    };
    let real = send(&["--method", "email", "--address", ALICE]);
    assert_eq!(newest(site)[0], "queued");
    let typed = send(&["--method", "email", "--address", "someone@else.example"]);
    sent_nowhere(site, "address_mismatch");
    let missing = send(&["--method", "mobile", "--address", "+4915112345678"]);
    sent_nowhere(site, "no_contact");
    site.json(&["user", "disable", "acme/alice"]);
    let disabled = send(&["--method", "email", "--address", ALICE]);
    sent_nowhere(site, "user_disabled");
    site.json(&["user", "enable", "acme/alice"]);
    site.json(&["account", "disable", "acme"]);
    send(&["--method", "email", "--address", ALICE]);
    sent_nowhere(site, "user_disabled");
    site.json(&["account", "enable", "acme"]);
    // Whatever the reason, the person sees the same (E1).
    assert!([typed, missing, disabled].iter().all(|seen| *seen == real));
}

#[test]
fn e7_programmatic_unverified_and_contactless_people() {
    let site = site();
    site.json(&["user", "update", "acme/alice", "--access-mode", "programmatic"]);
    site.sent("acme/alice", ALICE);
    sent_nowhere(&site, "programmatic_access_only");
    site.json(&["user", "update", "acme/alice", "--access-mode", "default"]);
    let bind = ["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "-y"];
    site.run(&bind).succeeded();
    let id = site.request("acme/alice");
    let send = ["request", "send", &id, "--method", "mobile", "--address", "+4915112345678"];
    site.run(&send).succeeded();
    sent_nowhere(&site, "unverified_contact");
    for channel in ["--mobile", "--email"] {
        site.run(&["contact", "unbind", "acme/alice", channel, "-y"]).succeeded();
    }
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    sent_nowhere(&site, "no_contact");
}

#[test]
fn e7_a_contact_in_its_cool_down() {
    let site = site();
    // As `contact change` on the word of a password alone leaves it.
    site.cool_down("email");
    site.sent("acme/alice", ALICE);
    sent_nowhere(&site, "contact_cooldown");
    assert_eq!(site.mails_to(ALICE), Vec::<String>::new());
}

#[test]
fn e7_throttled_by_contact_person_source_and_channel() {
    for (budget, why) in [
        ("contact_per_hour = 4", "source_throttled"),
        ("contact_per_day = 4", "source_throttled"),
        ("source_per_hour = 2", "source_throttled"),
        ("email_per_hour = 2\ncontact_per_hour = 10", "channel_throttled"),
    ] {
        let site = site_with(&format!("{OPEN}[budgets]\n{budget}\n"));
        for _ in 0..2 {
            site.sent("acme/alice", ALICE);
            assert_eq!(newest(&site)[0], "queued", "{budget}");
        }
        site.sent("acme/alice", ALICE);
        sent_nowhere(&site, why);
        assert_eq!(site.mails_to(ALICE).len(), 2, "{budget}");
    }
}

#[test]
fn a_ceiling_that_is_reached_is_told_wherever_somebody_may_look() {
    let site = site_with(&format!("{OPEN}[budgets]\nemail_per_hour = 2\ncontact_per_hour = 10\n"));
    let ceiling = |site: &Site| {
        site.run(&["doctor", "-o", "json"])
            .json()
            .as_array()
            .unwrap()
            .iter()
            .find(|finding| finding["check"] == "ceiling")
            .cloned()
    };
    site.sent("acme/alice", ALICE);
    assert_eq!(ceiling(&site), None);
    let status = site.run(&["delivery", "status", "-o", "json"]).succeeded().json();
    assert_eq!((&status[0]["spent"], &status[0]["ceiling_per_hour"]), (&json!(1), &json!(2)));
    assert_eq!((&status[1]["spent"], &status[1]["ceiling_per_hour"]), (&json!(null), &json!(null)));
    site.sent("acme/alice", ALICE);
    site.deliver();
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "status"])), @"
    exit 0
    --- stdout
    CHANNEL  WAITING  OLDEST  LAST 12 HOURS  HANDED OVER  POSTPONED  GIVEN UP  MAYBE TWICE  CEILING                  LAST ERROR  WHAT TO DO
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    email    0                ···········█   2            0          0         0            reached: 2 of 2 an hour
    mobile   0                ············   0            0          0         0            none
    ");
    insta::assert_snapshot!(serde_json::to_string_pretty(&ceiling(&site)).unwrap(), @r#"
    {
      "check": "ceiling",
      "level": "warning",
      "message": "The ceiling of 2 messages an hour by email is reached: codes are held back until some of them are an hour old.",
      "remedy": "`regain audit list` shows who asks for so many; `[budgets] email_per_hour` is the ceiling"
    }
    "#);
    let shown = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    assert_eq!(
        (&shown["can_recover"], &shown["causes"]),
        (&json!(false), &json!(["throttled", "never_signed_in"]))
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown["next"]).unwrap(), @r#"
    [
      "No code can be sent to them for now: the store's ceiling for this channel is reached; wait an hour.",
      "The quickest way is a setup token by email: `regain admin-reset acme/alice --setup`."
    ]
    "#);
}

#[test]
fn e7_too_many_requests_of_one_person() {
    let site = site();
    for _ in 0..5 {
        site.request("acme/alice");
    }
    let shown = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    let foretold = (&shown["can_recover"], &shown["contacts"][0]["reason"]);
    assert_eq!(foretold, (&json!(false), &json!("too_many_requests")));
    let next = "No code can be sent to them for now: too many requests of this person are open; wait until they \
        expire. This applies to the place they last asked from; from another place, a first code may still be sent.";
    assert_eq!(shown["next"][0], next);
    let sixth = site.request("acme/alice");
    site.run(&["request", "send", &sixth, "--method", "account"]).succeeded();
    sent_nowhere(&site, "too_many_requests");
}

#[test]
fn the_reason_is_told_in_words() {
    let site = site();
    site.sent("acme/alice", "someone@else.example");
    let list = site.run(&["codes", "list", "acme/alice"]).succeeded();
    insta::assert_snapshot!(site.shown(&list), @"
    exit 0
    --- stdout
    ID                            USER        FOR    TO      STATE   WHY                                                                        TRIES LEFT  ASKED FOR             EXPIRES
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    cod_ID  acme/alice  reset  nobody  failed  the address typed is not the one that is bound; ask for it again, in full  5           TIME  TIME
    ");
    assert!(!list.stdout.contains("someone"), "what was typed is nobody's business");
}
