//! `regain appeal …`: recovery for people whose contacts are gone.

use serde_json::{Value, json};

use super::support::{Ended, Site, later, normalised};

const NUMBER: &str = "+4915112345678";
const NEW: &str = "an entirely fresh passphrase";

fn form(who: &str) -> String {
    format!(
        "kind = \"appeal\"\nwho = \"{who}\"\nnew_mobile = \"+49 151 12345678\"\n\
         [phone]\nreal_name = \"Alice Example\"\nnumber = \"+4915100000001\"\n\
         [security]\nauthenticator = \"none\"\n[basic]\nname = \"Example GmbH\"\n\
         [history]\nlast_login = \"in May\"\n[device]\nusual = \"a laptop\"\ncolour = \"grey\"\n"
    )
}

fn site() -> Site {
    let site = Site::new();
    let create = ["account", "create", "acme", "--kind", "unified", "--email", "root@acme.example"];
    site.run(&[&create[..], &["--mobile", "+4915100000001", "-y", "-q"]].concat()).succeeded();
    site
}

fn submit(site: &Site, text: &str, rest: &[&str]) -> Ended {
    site.pipe(&[&["appeal", "submit", "--from", "-"], rest].concat(), text)
}

fn submitted(site: &Site, who: &str) -> String {
    let view = submit(site, &form(who), &["-o", "json"]).succeeded().json();
    assert_eq!(view["state"], "submitted");
    view["serial"].as_str().unwrap().to_owned()
}

fn state(site: &Site, serial: &str) -> String {
    let view = site.run(&["appeal", "show", serial, "-o", "json"]).succeeded().json();
    view["state"].as_str().unwrap().to_owned()
}

/// The one SMS to the new number, without its headers.
fn sms(site: &Site) -> String {
    let mut mails = site.mails_to(NUMBER);
    assert_eq!(mails.len(), 1, "{mails:?}");
    normalised(mails.remove(0).split_once("\n\n").unwrap().1)
}

fn reason(ended: &Ended) -> (i32, String) {
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
    decided
    next       wait for the decision: it comes by SMS to the new mobile number, and stands here
    --- stderr
    hint: keep the serial number; how it stands: `regain appeal show apl-SERIAL`
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
    remarks

    FIELD                      CLAIMED           ON RECORD
    ────────────────────────────────────────────────────────────────────────────────────────
    who                        acme              acme (Enterprise administrator, unified ID)
    new_mobile                 +49 151 12345678  bound to nobody
    new_email                  -                 -
    phone.real_name            Alice Example     -
    phone.number               +4915100000001    +4915100000001
    phone.carrier              -                 -
    security.email             -                 root@acme.example
    security.authenticator     none              none is bound
    security.password_changed  -                 never
    basic.name                 Example GmbH      acme
    basic.users                -                 none
    history.created            -                 TIME
    history.last_login         in May            never
    history.changes            -                 -
    device.usual               a laptop          -
    device.place               -                 -
    device.colour              grey              -
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
    ");
    assert_eq!((state(&site, &serial), state(&site, &other)), ("approved".to_owned(), "expired".to_owned()));
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
      "next": "change your account: use another one, or register a new ID with `regain account register`; it cannot use the resources of the one that is lost"
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
    assert_eq!(
        site.ask("SELECT outcome || reason FROM audit WHERE action = 'appealDenied' LIMIT 1"),
        "successall wrong"
    );
}

#[test]
fn o3_a_dry_run_tells_the_effects_and_changes_nothing() {
    let site = site();
    let serial = submitted(&site, "acme");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "approve", &serial, "--dry-run", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "dry_run": true,
      "effects": [
        "+4915112345678 becomes the mobile number of acme, on your word",
        "r***@a***.example is no longer theirs; it is told, and codes sent to it end",
        "+49***01 is no longer theirs; it is told, and codes sent to it end",
        "every live code, setup token and request of acme ends, its known devices are forgotten, and other appeals for it end",
        "an SMS tells the new number, and the password can be reset for 24 hours"
      ]
    }
    --- stderr
    hint: --reason TEXT puts into the records why you decided so
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "deny", &serial, "--dry-run", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "dry_run": true,
      "effects": [
        "the appeal apl-SERIAL for acme is denied, for good",
        "an SMS tells the new number, and to use another account or register a new ID",
        "nothing about the identity changes"
      ]
    }
    --- stderr
    hint: --reason TEXT puts into the records why you decided so
    "#);
    assert_eq!(state(&site, &serial), "submitted");
    let unasked = site.run(&["appeal", "approve", &serial]);
    assert_eq!((unasked.code, state(&site, &serial)), (9, "submitted".to_owned()), "{unasked:?}");
    let rows = site.rows();
    let tried = submit(&site, &form("acme"), &["--dry-run", "-o", "json"]).succeeded().json();
    assert_eq!(
        tried,
        json!({"dry_run": true, "effects": ["the answers can be used, and would be submitted"]})
    );
    assert_eq!(site.rows(), rows);
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
            (&json!("+49 151 12345678"), &json!("BELONGS TO other"))
        );
        site.json(&["appeal", "deny", &serial]);
        assert_eq!(state(&site, &serial), "denied");
    }
    let unknown = site.run(&["appeal", "approve", "apl-bdfgh-jkmnp-qrstv", "-y", "-o", "json"]);
    assert_eq!(reason(&unknown), (3, "no_such_appeal".to_owned()));
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
    remarks

    FIELD                      CLAIMED           ON RECORD
    ────────────────────────────────────────────────────────────────────────────────────────
    who                        acme              acme (Enterprise administrator, unified ID)
    new_mobile                 +49 151 12345678  bound to nobody
    new_email                  -                 -
    phone.real_name            Alice Example     -
    phone.number               +4915100000001    +4915100000001
    phone.carrier              -                 -
    security.email             -                 root@acme.example
    security.authenticator     none              none is bound
    security.password_changed  -                 never
    basic.name                 Example GmbH      acme
    basic.users                -                 alice
    history.created            -                 TIME
    history.last_login         in May            never
    history.changes            -                 -
    device.usual               a laptop          -
    device.place               -                 -
    device.colour              grey              -
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
    let read = "SELECT count(*) FROM audit WHERE action = 'lookupAppeal' AND detail LIKE '%\"claims\":true%'";
    assert_eq!(site.ask(read), "2", "O4");
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
    let rows = site.rows();
    let file = "knd = \"appeal\"\nwho = \"9acme\"\nnew_mobile = \"0151\"\n[basic]\nname = \"a\\u0007b\"\n\
                users = [\"alice\"]\n[devise]\nusual = \"x\"\n";
    insta::assert_snapshot!(site.shown(&submit(&site, file, &[])), @"
    exit 2
    --- stderr
    error: the form cannot be used: it has 6 faults
    caused by: line 1: `knd` is no part of a form; did you mean `kind`?
    caused by: line 2: `who` names nobody: a name begins with a letter, '-', '_' or '.', not with a digit or a space
    caused by: line 3: `new_mobile` cannot be used: a mobile number is written +, country code and number, such as +4915112345678
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
    assert!(bytes.code == 2 && bytes.stderr.contains("no valid UTF-8"), "{bytes:?}");
    let none = site.run(&["appeal", "submit", "--from", "none.toml"]);
    assert!(none.code == 2 && none.stderr.contains("the form cannot be read"), "{none:?}");
    let nowhere = site.run(&["appeal", "submit", "-o", "json"]);
    assert_eq!((nowhere.code, &nowhere.error()["hints"]), (9, &json!(["--from FILE would have answered"])));
    assert_eq!(site.rows(), rows);
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
    hint: --reason TEXT puts into the records why you decided so
    Your approval of apl-SERIAL counts. It takes 1 more, of other operators.
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
    assert_eq!(site.ask("SELECT count(*) FROM outbox WHERE channel = 'mobile' AND state = 'queued'"), "1");
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
    assert_eq!(site.ask("SELECT count(*) FROM audit WHERE action = 'fpwdCaptchaPassed'"), "1");
    assert_eq!(
        site.ask("SELECT count(*) FROM audit WHERE detail LIKE '%hunter2%' OR target LIKE '%hunter2%'"),
        "0"
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
fn k5_what_nobody_decides_ends_and_its_claims_go() {
    let site = Site::with("[captcha]\nmode = \"off\"\n[appeals]\nkeep = \"2d\"\n");
    site.account("acme");
    let (decided, waiting) = (submitted(&site, "acme"), submitted(&site, "nobody"));
    site.json(&["appeal", "deny", &decided]);
    let sealed = |site: &Site| site.ask("SELECT count(sealed) || ' of ' || count(*) FROM appeals");
    site.json(&["store", "purge"]);
    assert_eq!(sealed(&site), "2 of 2");
    if later(&site, "+50h", &["store", "purge", "-y"], "").is_none() {
        return;
    }
    assert_eq!(sealed(&site), "0 of 2", "the rows stay without their claims");
    let shown = later(&site, "+50h", &["appeal", "show", &waiting, "-o", "json"], "").unwrap().json();
    assert_eq!((&shown["state"], &shown["claims"]), (&json!("expired"), &Value::Null));
    later(&site, "+90d", &["store", "purge", "-y"], "").unwrap().succeeded();
    assert_eq!(sealed(&site), "0 of 0", "K10");
}

#[test]
fn k8_appeals_end_with_their_person() {
    let site = site();
    submitted(&site, "acme");
    let kept = submitted(&site, "nobody");
    site.run(&["account", "disable", "acme", "-y"]).succeeded();
    site.run(&["account", "delete", "acme", "-y"]).succeeded();
    assert_eq!(site.ask("SELECT group_concat(serial) FROM appeals"), kept);
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
    site.open().execute("UPDATE mfa SET bound_at = enrolled_at", []).unwrap();
    site.json(&["appeal", "approve", &serial]);
    let started = site.run(&["request", "start", "acme", "--appeal", &serial, "-o", "json"]).succeeded();
    let id = started.json()["id"].as_str().unwrap().to_owned();
    site.run(&["request", "send", &id, "--method", "mobile", "--address", NUMBER]).succeeded();
    let verify = ["request", "verify", &id, "--code-stdin", "-o", "json"];
    assert_eq!(site.pipe(&verify, &site.code_to(NUMBER)).succeeded().json()["state"], "second");
    let told = site.json(&["user", "diagnose", "acme"])["next"].to_string();
    assert!(told.contains("An appeal is approved, for a reset before"), "{told}");
}
