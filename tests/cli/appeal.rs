//! `regain appeal …`: recovery for people whose contacts are gone. How a form is submitted, what operators see of it
//! and what becomes of one that nobody decides; `appeal_decided.rs` has the decisions.

use serde_json::{Value, json};

use crate::site::{Ended, Site, later, normalised};

pub(super) const NUMBER: &str = "+4915112345678";

pub(super) fn form(who: &str) -> String {
    format!(
        "kind = \"appeal\"\nwho = \"{who}\"\nnew_mobile = \"+49 151 12345678\"\n\
         [phone]\nreal_name = \"Alice Example\"\nnumber = \"+4915100000001\"\n\
         [security]\nauthenticator = \"none\"\n[basic]\nname = \"Example GmbH\"\n\
         [history]\nlast_login = \"in May\"\n[device]\nusual = \"a laptop\"\ncolour = \"grey\"\n"
    )
}

pub(super) fn site() -> Site {
    let site = Site::new();
    let create = ["account", "create", "acme", "--kind", "unified", "--email", "root@acme.example"];
    site.run(&[&create[..], &["--mobile", "+4915100000001", "-y", "-q"]].concat()).succeeded();
    site
}

pub(super) fn submit(site: &Site, text: &str, rest: &[&str]) -> Ended {
    site.pipe(&[&["appeal", "submit", "--from", "-"], rest].concat(), text)
}

pub(super) fn submitted(site: &Site, who: &str) -> String {
    let view = submit(site, &form(who), &["-o", "json"]).succeeded().json();
    assert_eq!(view["state"], "submitted");
    view["serial"].as_str().unwrap().to_owned()
}

pub(super) fn state(site: &Site, serial: &str) -> String {
    let view = site.run(&["appeal", "show", serial, "-o", "json"]).succeeded().json();
    view["state"].as_str().unwrap().to_owned()
}

pub(super) fn reason(ended: &Ended) -> (i32, String) {
    (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
}

#[test]
fn an_appeal_is_submitted_and_gives_a_serial_number() {
    let site = site();
    insta::assert_snapshot!(site.shown(&submit(&site, &form("acme"), &[])), @"
    exit 0
    --- stdout
    serial     apl-SERIAL
    kind       appeal
    state      submitted
    submitted  TIME
    decided    not yet
    next       wait for the decision: it comes by SMS to the new mobile number, and is shown here; then set a new password and sign in with it
    --- stderr
    hint: keep the serial number; to see the status: `regain appeal show apl-SERIAL`
    ");
    let serial = submitted(&site, "acme");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "show", &serial])), @"
    exit 0
    --- stdout
    serial     apl-SERIAL
    user       acme
    kind       appeal
    state      submitted
    submitted  TIME
    decided
    approvals  0 of 1
    reason     not decided yet
    remarks
    next       compare what was claimed with what is on record, then `regain appeal approve apl-SERIAL` or `regain appeal deny apl-SERIAL`; --reason says why

    FIELD                      CLAIMED         ON RECORD
    ──────────────────────────────────────────────────────────────────────────────────────
    who                        acme            acme (Enterprise administrator, unified ID)
    new_mobile                 +4915112345678  bound to nobody
    new_email                  -               -
    phone.real_name            Alice Example   -
    phone.number               +4915100000001  +4915100000001
    phone.carrier              -               -
    security.email             -               root@acme.example
    security.authenticator     none            none is bound
    security.password_changed  -               never
    basic.name                 Example GmbH    acme
    basic.users                -               none
    history.created            -               TIME
    history.last_login         in May          never
    history.changes            -               -
    device.usual               a laptop        -
    device.place               -               -
    device.colour              grey            -
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "list"])), @"
    exit 0
    --- stdout
    SERIAL                 USER  KIND    STATE      SUBMITTED             REMARKS
    ─────────────────────────────────────────────────────────────────────────────
    apl-SERIAL  acme  appeal  submitted  TIME
    apl-SERIAL  acme  appeal  submitted  TIME
    ");
    let spoken = serial.to_uppercase().replace('-', " ");
    assert_eq!(state(&site, &spoken), "submitted");
}

#[test]
fn a_number_in_no_known_range_is_warned_of_wherever_it_is_read() {
    let site = site();
    let doubt = "+4915199 is in no known range of numbers: check that no digit is wrong";
    let mistyped = form("acme").replace("+49 151 12345678", "+49 151 99");
    let ended = submit(&site, &mistyped, &["-o", "json"]).succeeded();
    assert!(ended.stderr.contains(&format!("warning: {doubt}\n")), "{}", ended.stderr);
    let view = ended.json();
    let serial = view["serial"].as_str().unwrap();
    assert_eq!(site.json(&["appeal", "show", serial])["remarks"], json!([doubt]));
    let planned = site.run(&["-n", "appeal", "approve", serial]).succeeded();
    assert!(planned.stdout.contains(doubt) || planned.stderr.contains(doubt), "{}", planned.stdout);
}

#[test]
fn what_is_on_record_stands_beside_what_was_claimed_and_looking_is_recorded() {
    let site = site();
    site.user("acme/alice", "quiet lemon orbits a violin");
    let serial = submitted(&site, "acme");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "show", &serial])), @"
    exit 0
    --- stdout
    serial     apl-SERIAL
    user       acme
    kind       appeal
    state      submitted
    submitted  TIME
    decided
    approvals  0 of 1
    reason     not decided yet
    remarks
    next       compare what was claimed with what is on record, then `regain appeal approve apl-SERIAL` or `regain appeal deny apl-SERIAL`; --reason says why

    FIELD                      CLAIMED         ON RECORD
    ──────────────────────────────────────────────────────────────────────────────────────
    who                        acme            acme (Enterprise administrator, unified ID)
    new_mobile                 +4915112345678  bound to nobody
    new_email                  -               -
    phone.real_name            Alice Example   -
    phone.number               +4915100000001  +4915100000001
    phone.carrier              -               -
    security.email             -               root@acme.example
    security.authenticator     none            none is bound
    security.password_changed  -               never
    basic.name                 Example GmbH    acme
    basic.users                -               alice
    history.created            -               TIME
    history.last_login         in May          never
    history.changes            -               -
    device.usual               a laptop        -
    device.place               -               -
    device.colour              grey            -
    ");
    let shown = site.json(&["appeal", "show", &serial]);
    let row = |field: &str| {
        let rows = shown["claims"].as_array().unwrap();
        rows.iter().find(|row| row["field"] == field).unwrap_or_else(|| panic!("{field}: {shown}")).clone()
    };
    assert_eq!(
        row("colour"),
        json!({"group": "device", "field": "colour", "question": null, "claimed": "grey", "on_record": null})
    );
    let read = site.events("lookupAppeal").into_iter().filter(|event| event["detail"]["claims"] == true);
    assert_eq!(read.count(), 2, "O4");
}

#[test]
fn what_strangers_try_hides_no_change_and_a_decision_keeps_what_it_was_made_against() {
    let site = site();
    let bind = ["contact", "bind", "acme", "--email", "new@acme.example", "--verified", "-y", "-q"];
    site.run(&bind).succeeded();
    for _ in 0..4 {
        let id = site.sent("acme", "new@acme.example");
        site.run(&["request", "cancel", &id]).succeeded();
    }
    let serial = submitted(&site, "acme");
    let on_record = |field: &str| {
        let shown = site.json(&["appeal", "show", &serial]);
        let rows = shown["claims"].as_array().unwrap().clone();
        normalised(rows.iter().find(|row| row["field"] == field).unwrap()["on_record"].as_str().unwrap())
    };
    assert_eq!(on_record("changes"), "TIME modifyUserEmail");
    assert_eq!(
        (on_record("number"), on_record("email")),
        ("+4915100000001".into(), "new@acme.example".into())
    );
    site.json(&["appeal", "approve", &serial]);
    assert_eq!(on_record("number"), format!("+49***01 at the decision; now {NUMBER}"));
    assert_eq!(on_record("email"), "n***@a***.example at the decision; now none is bound");
}

#[test]
fn a_ticket_has_materials_of_its_own() {
    let site = site();
    let text = format!(
        "{{\"kind\": \"ticket\", \"who\": \"acme\", \"new_mobile\": \"{NUMBER}\", \"materials\": \
         {{\"certificate\": \"ID card 12\", \"authorisation\": \"signed by the board\"}}}}"
    );
    let view = submit(&site, &text, &["-o", "json"]).succeeded().json();
    assert_eq!(view["kind"], "ticket");
    let shown = site.json(&["appeal", "show", view["serial"].as_str().unwrap()]);
    let fields: Vec<&str> =
        shown["claims"].as_array().unwrap().iter().map(|row| row["field"].as_str().unwrap()).collect();
    assert_eq!(
        fields,
        ["who", "new_mobile", "new_email", "certificate", "transactions", "card", "authorisation"]
    );
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_at_once_and_nothing_is_submitted() {
    let site = site();
    let rows = site.counts();
    let file = "knd = \"appeal\"\nwho = \"9acme\"\nnew_mobile = \"0151\"\n[basic]\nname = \"a\\u0007b\"\n\
                users = [\"alice\"]\n[devise]\nusual = \"x\"\n";
    insta::assert_snapshot!(site.shown(&submit(&site, file, &[])), @"
    exit 2
    --- stderr
    error: the form cannot be used: it has 6 faults
    caused by: line 1: `knd` is no part of a form; did you mean `kind`?
    caused by: line 2: `who` names nobody: a name begins with a letter, '-', '_' or '.', not with a digit
    caused by: line 3: `new_mobile` cannot be used: write a mobile number as +, country code and number, such as +4915112345678
    caused by: line 5: `basic.name` holds a line break or another control character
    caused by: line 6: `basic.users` must be a text in quotes, not a list
    caused by: line 7: `devise` is no part of a form; did you mean `device`?
    hint: `regain appeal submit --help` shows a file; nothing was submitted
    ");
    let ended = submit(&site, file, &["-o", "json"]);
    assert_eq!(
        (ended.error()["kind"].as_str(), ended.error()["causes"].as_array().map(Vec::len)),
        (Some("usage"), Some(6))
    );
    for (text, says) in [
        ("who = \"acme\"\n".to_owned(), "`new_mobile` is missing"),
        (format!("{}\n#{}", form("acme"), "x".repeat(70_000)), "more than 64 KiB"),
        (form(&"x".repeat(501)), "`who` has more than 500 characters"),
        (String::new(), "`who` is missing"),
    ] {
        let ended = submit(&site, &text, &[]);
        assert!(ended.code == 2 && ended.stderr.contains(says), "{says}: {ended:?}");
    }
    let much: Vec<String> = (0..40).map(|at| format!("f{at} = \"{}\"", "x".repeat(500))).collect();
    let ended = submit(&site, &(form("acme") + &much.join("\n")), &["-o", "json"]);
    assert_eq!(reason(&ended), (4, "form_too_long".to_owned()));
    let bytes = site.pipe(&["appeal", "submit", "--from", "-"], &[0xff, 0xfe][..]);
    assert!(bytes.code == 2 && bytes.stderr.contains("not valid UTF-8"), "{bytes:?}");
    let none = site.run(&["appeal", "submit", "--from", "none.toml"]);
    assert!(none.code == 2 && none.stderr.contains("the form cannot be read"), "{none:?}");
    let nowhere = site.run(&["appeal", "submit", "-o", "json"]);
    assert_eq!((nowhere.code, &nowhere.error()["hints"]), (9, &json!(["give --from to answer"])));
    assert_eq!(site.counts(), rows);
}

#[test]
fn o2_support_sees_fates_and_no_claims_and_strangers_progress_alone() {
    let site = Site::with("[captcha]\nmode = \"work\"\nbits = 8\n[operators]\nsupport = [\"uid:61234\"]\n");
    site.account("acme");
    let serial = submitted(&site, "acme");
    if !site.let_in(61_234) {
        return;
    }
    let support = |arguments: &[&str]| site.run_as(61_234, &[arguments, &["-o", "json"]].concat());
    let shown = support(&["appeal", "show", &serial]).succeeded();
    assert_eq!((&shown.json()["user"], &shown.json()["claims"]), (&json!("acme"), &Value::Null));
    assert!(!shown.stdout.contains("5112345678") && !shown.stdout.contains("Alice"), "{shown:?}");
    support(&["appeal", "list"]).succeeded();
    for decide in ["approve", "deny"] {
        assert_eq!(reason(&support(&["appeal", decide, &serial, "-y"])), (4, "not_allowed".to_owned()));
    }
    site.configure("[captcha]\nmode = \"work\"\nbits = 8\n");
    let stranger = support;
    let shown = stranger(&["appeal", "show", &serial]).succeeded().json();
    let keys: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["decided_at", "expires_at", "kind", "next", "serial", "state", "submitted_at"],
        "E2: nothing about the person"
    );
    for refused in [&["appeal", "list"][..], &["appeal", "approve", &serial, "-y"]] {
        assert_eq!(stranger(refused).code, 4, "{refused:?}");
    }
    for none in ["apl-bdfgh-jkmnp-qrstv", "hunter2"] {
        assert_eq!(reason(&stranger(&["appeal", "show", none])), (4, "appeal_gone".to_owned()));
    }
    // A script of a stranger's: the work is done within the command.
    std::fs::write(site.path().join("a.toml"), form("acme")).unwrap();
    stranger(&["appeal", "submit", "--from", "a.toml"]).succeeded();
    assert_eq!(site.recorded("fpwdCaptchaPassed", ""), 1);
    assert!(!site.raw().dump(&["audit"]).contains("hunter2"));
}

#[test]
fn k5_what_nobody_decides_ends_and_its_claims_go() {
    let site = Site::with("[captcha]\nmode = \"off\"\n[appeals]\nkeep = \"2d\"\n");
    site.account("acme");
    let (decided, waiting) = (submitted(&site, "acme"), submitted(&site, "nobody"));
    site.json(&["appeal", "deny", &decided]);
    let sealed = |site: &Site| (site.count("appeals", |one| one.has("sealed")), site.rows("appeals").len());
    site.json(&["store", "purge"]);
    assert_eq!(sealed(&site), (2, 2));
    if later(&site, "+50h", &["store", "purge", "-y"], "").is_none() {
        return;
    }
    assert_eq!(sealed(&site), (0, 2), "the rows stay without their claims");
    let shown = later(&site, "+50h", &["appeal", "show", &waiting, "-o", "json"], "").unwrap().json();
    assert_eq!((&shown["state"], &shown["claims"]), (&json!("expired"), &Value::Null));
    later(&site, "+90d", &["store", "purge", "-y"], "").unwrap().succeeded();
    assert_eq!(sealed(&site), (0, 0), "K10");
}

#[test]
fn k8_appeals_end_with_their_person() {
    let site = site();
    submitted(&site, "acme");
    let kept = submitted(&site, "nobody");
    site.run(&["account", "disable", "acme", "-y"]).succeeded();
    site.run(&["account", "delete", "acme", "-y"]).succeeded();
    assert_eq!(site.only("appeals")["serial"], kept);
}

#[test]
fn k6_a_crowd_for_one_person_is_marked_for_operators_and_told_to_nobody_else() {
    let site = Site::with("[captcha]\nmode = \"off\"\n[appeals]\nperson_per_day = 2\n");
    site.account("acme");
    let first = submit(&site, &form("acme"), &[]);
    submit(&site, &form("acme@example.com"), &[]).succeeded();
    let third = submit(&site, &form("ACME"), &[]);
    assert_eq!(site.shown(&first), site.shown(&third));
    let listed = site.json(&["appeal", "list"]);
    let crowded: Vec<bool> =
        listed.as_array().unwrap().iter().map(|of| !of["remarks"].as_array().unwrap().is_empty()).collect();
    assert_eq!(crowded, [true, false, false]);
}
