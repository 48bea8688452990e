//! `regain user diagnose` and `regain user readiness`.

use crate::site::{Site, later};

/// Somebody at the help desk.
const SUPPORT: u32 = 4242;

/// Alice can recover; the others cannot, each for a reason of their own.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    for (user, rest) in [
        ("acme/alice", &["--email", "alice@example.com"][..]),
        ("acme/bob", &[]),
        ("acme/carol", &["--email", "carol@example.com", "--disabled"]),
        ("acme/dave", &["--email", "dave@example.com", "--access-mode", "programmatic"]),
    ] {
        site.run(&[&["user", "create", user, "-y", "-q"], rest].concat()).succeeded();
    }
    site.run(&["contact", "bind", "acme/bob", "--mobile", "+4915112345678", "-y", "-q"]).succeeded();
    site
}

#[test]
fn one_screen_tells_what_is_wrong_and_what_to_do() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "diagnose", "acme/bob"])), @"
    exit 0
    --- stdout
    acme/bob (IAM user), usr_ID
    Can sign in: no (no password is set).
    Can reset the password alone: no (no verified contact).

    What to do next
    - Its mobile number was never verified; an administrator enters the code that went there: `regain contact verify acme/bob --mobile NUMBER`.
    - An administrator can reset the password: `regain admin-reset acme/bob --generate`.

    password     none
    contacts     +49***78 receives none: not verified
    sign-ins     none
    latest code  TIME to +49***78, queued: it is waiting to be handed over; `regain delivery status` shows for how long
    ");
}

#[test]
fn whoever_gets_no_code_is_told_with_the_reason() {
    let site = site();
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "email", "--address", "other@example.com"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "diagnose", "acme/alice"])), @"
    exit 0
    --- stdout
    acme/alice (IAM user), usr_ID
    Can sign in: no (no password is set).
    Can reset the password alone: yes, by a code.

    What to do next
    - The code they asked for on TIME went to nobody: the address typed is not the one that is bound; ask for it again, in full.
    - They can reset the password by themselves: `regain password reset acme/alice`.

    password      none
    contacts      a***@e***.com receives codes
    sign-ins      none
    latest code   TIME to nobody, failed
    live request  waits to enter the code, until TIME; no code goes out
    ");
    let found = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    assert_eq!(found["user"]["name"], "alice");
    assert_eq!((&found["mfa"], &found["can_recover"]), (&false.into(), &true.into()));
    assert_eq!(found["contacts"][0]["address"], "a***@e***.com");
    assert_eq!(found["contacts"][0]["receives"], true);
    assert_eq!(found["requests"][0]["id"], id.as_str());
    assert_eq!(found["codes"][0]["state_reason"], "address_mismatch");
    assert_eq!(found["setup_token_expires_at"], serde_json::Value::Null);
}

#[test]
fn o4_a_diagnosis_is_recorded_and_a_stranger_gets_none() {
    let site = site();
    site.run(&["user", "diagnose", "acme/alice", "--ticket", "T-1"]).succeeded();
    let recorded = site.event("diagnoseUser");
    assert_eq!(recorded.line(&["target", "ticket", "outcome"]), "acme/alice T-1 success");
    assert_eq!(site.run(&["user", "diagnose", "acme/nobody"]).code, 3);
    if site.let_in(SUPPORT) {
        for arguments in [&["user", "diagnose", "acme/alice"][..], &["user", "readiness"]] {
            let refused = site.run_as(SUPPORT, &[arguments, &["-o", "json"]].concat());
            assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{refused:?}");
        }
        site.configure("[operators]\nsupport = [\"uid:4242\"]\n");
        assert_eq!(site.run_as(SUPPORT, &["user", "diagnose", "acme/alice"]).code, 0);
        assert_eq!(site.run_as(SUPPORT, &["user", "readiness", "acme", "-q"]).code, 0);
    }
}

#[test]
fn a_lock_a_cool_down_and_an_expired_password_are_told() {
    let site = site();
    site.lock("alice");
    site.cool_down("email");
    site.edit_user("alice", |user| {
        user["password_hash"] = "$".into();
        user["must_change"] = 1.into();
        user["password_expires_at"] = 1.into();
    });
    insta::assert_snapshot!(site.shown(&site.run(&["user", "diagnose", "acme/alice"])), @"
    exit 0
    --- stdout
    acme/alice (IAM user), usr_ID
    Can sign in: no (temporary password expired, locked until TIME).
    Can reset the password alone: no (contact in its cool-down).

    What to do next
    - It is locked until TIME. To end it, wait, or ask an administrator: `regain user enable acme/alice --unlock`; `regain faq locked` explains more.
    - The temporary password has expired; a new one is needed.
    - The contact was changed recently; it receives codes from TIME on.
    - The quickest way is a setup token by email: `regain admin-reset acme/alice --setup`.

    password  temporary, expired
    contacts  a***@e***.com receives none: in its cool-down
    sign-ins  none
    ");
}

#[test]
fn readiness_lists_who_could_not_recover_and_why() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "readiness"])), @"
    exit 0
    --- stdout
    USER        CAN RECOVER  WHY                           BESIDES
    ──────────────────────────────────────────────────────────────────────
    acme/bob    no           no verified contact           never signed in
    acme/carol  no           disabled                      never signed in
    acme/dave   no           has programmatic access only  never signed in
    --- stderr
    3 of 5 could not recover today.
      disabled                      1
      has programmatic access only  1
      no verified contact           1
    Besides, of these: 3 never signed in.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "readiness", "acme", "-o", "jsonl", "-q"])), @r#"
    exit 0
    --- stdout
    {"id":"usr_ID","user":"acme/bob","account":"acme","name":"bob","root":false,"can_recover":false,"causes":["no_verified_contact","never_signed_in"]}
    {"id":"usr_ID","user":"acme/carol","account":"acme","name":"carol","root":false,"can_recover":false,"causes":["disabled","never_signed_in"]}
    {"id":"usr_ID","user":"acme/dave","account":"acme","name":"dave","root":false,"can_recover":false,"causes":["programmatic_access_only","never_signed_in"]}
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "readiness", "acme", "-o", "csv", "-q"])), @r#"
    exit 0
    --- stdout
    id,user,account,name,root,can_recover,causes
    usr_ID,acme/bob,acme,bob,false,false,"[""no_verified_contact"",""never_signed_in""]"
    usr_ID,acme/carol,acme,carol,false,false,"[""disabled"",""never_signed_in""]"
    usr_ID,acme/dave,acme,dave,false,false,"[""programmatic_access_only"",""never_signed_in""]"
    "#);
    let all = site.run(&["user", "readiness", "acme", "--all", "-o", "json"]).succeeded().json();
    assert_eq!(all.as_array().unwrap().len(), 5);
    assert_eq!(all[1]["user"], "acme/alice");
    assert_eq!((&all[1]["can_recover"], &all[1]["causes"][0]), (&true.into(), &"never_signed_in".into()));
    assert_eq!(site.run(&["user", "readiness", "nobody"]).code, 3);
    let two = site.run(&["user", "readiness", "--limit", "2"]).succeeded();
    assert_eq!(two.stdout.lines().count(), 4, "{two:?}");
    assert!(
        two.stderr.starts_with("1 more are not shown; `-o csv` or --limit shows them.\n3 of 5"),
        "{two:?}"
    );
}

#[test]
fn readiness_looks_at_the_ways_of_the_store() {
    let site = site();
    let causes = || {
        let all = site.run(&["user", "readiness", "acme", "--all", "-o", "json"]).succeeded().json();
        all[1]["causes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    site.configure("[reset]\nmethods = [\"mobile\"]\n");
    assert_eq!(causes(), ["method_off", "never_signed_in"]);
    std::fs::write(
        site.config(),
        format!("[delivery.email]\npath = \"{}/config/regain/config.toml/no\"\n", site.path().display()),
    )
    .unwrap();
    assert_eq!(causes(), ["transport_off", "never_signed_in"]);
    site.configure("");
    assert_eq!(causes(), ["never_signed_in"]);
}

#[test]
fn a_code_that_does_not_leave_is_told_with_what_its_last_try_said() {
    let site = site();
    site.configure("[delivery.email]\ntransport = \"command\"\nargv = [\"/bin/sh\", \"-c\", \"echo disk full >&2; exit 75\"]\n");
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "email", "--address", "alice@example.com"]).succeeded();
    site.run(&["delivery", "run", "--once"]);
    let shown = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    insta::assert_snapshot!(site.normalised(shown["next"][0].as_str().unwrap()), @"They can reset the password by themselves: `regain password reset acme/alice`.");
    insta::assert_snapshot!(site.normalised(shown["next"][1].as_str().unwrap()), @"The latest code has not been sent \
        yet: on TIME the last try failed to hand the message over: the program ended with 75: disk full; it is \
        retried automatically until it expires; an administrator finds the cause with `regain delivery test --email \
        ADDRESS`.");
}

/// The head of a diagnosis and its contacts, as shown.
fn head(site: &Site, stdout: &str) -> String {
    let shown = site.normalised(stdout);
    let (head, rest) = shown.split_once("\n\n").unwrap();
    let contacts = rest.split("\n\n").next().unwrap().lines().skip(2);
    head.lines().chain(contacts).map(str::to_owned).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_keeps_somebody_out_shows_wherever_they_are_looked_at() {
    let site = site();
    site.user("acme/erin", "correct horse battery staple 9");
    let policy = ["policy", "set", "acme", "login", "account_validity_period=90", "-y", "-q"];
    site.run(&policy).succeeded();
    for _ in 0..5 {
        site.judged("acme/erin", "wrong");
    }
    let diagnose = ["user", "diagnose", "acme/erin"];
    insta::assert_snapshot!(head(&site, &site.run(&diagnose).succeeded().stdout), @"
    acme/erin (IAM user), usr_ID
    Can sign in: no (locked until TIME).
    Can reset the password alone: yes, by a code.
    - They can reset the password by themselves: `regain password reset acme/erin`.
    - 5 sign-ins failed within a day from SOMEBODY, the last on TIME. If that was not them, somebody else is trying: `regain audit list --user acme/erin --outcome failure` shows each. A source that fails often must wait, and gets no codes after 25 wrong ones; `regain user enable acme/erin --unlock` lifts these limits.
    ");
    if let Some(unused) = later(&site, "+91d", &diagnose, "") {
        insta::assert_snapshot!(head(&site, &unused.stdout), @"
        acme/erin (IAM user), usr_ID
        Can sign in: no (unused for too long).
        Can reset the password alone: no (unused for too long).
        - The quickest way is a setup token by email: `regain admin-reset acme/erin --setup`.
        ");
        assert!(unused.stdout.contains("- It was not used for longer than the login policy allows, and counts as disabled; an administrator ends that: `regain user enable acme/erin`."));
    }
    let off = ["policy", "set", "acme", "protection", "allow_user.manage_password=false", "-y", "-q"];
    site.run(&off).succeeded();
    let next = site.run(&[&diagnose[..], &["-o", "json"]].concat()).json()["next"].to_string();
    assert!(
        next.contains("may not set their own passwords: see `regain policy show acme protection`."),
        "{next}"
    );
}

#[test]
fn a_code_for_whoever_agrees_is_not_the_persons() {
    let site = site();
    let password = "correct horse battery staple 9";
    site.user("acme/erin", password);
    let fields = ["admin_check=on", "scene=email", "address=boss@example.com"];
    site.run(&[&["policy", "set", "acme", "protection", "-y", "-q"][..], &fields].concat()).succeeded();
    let change = ["password", "change", "acme/erin", "--password-stdin"];
    assert_eq!(site.pipe(&change, &format!("{password}\nfour other words altogether\n")).code, 9);
    let found = site.json(&["user", "diagnose", "acme/erin"]);
    assert_eq!(
        (&found["codes"][0]["purpose"], &found["codes"][0]["state"]),
        (&"approval".into(), &"queued".into())
    );
    assert_eq!(
        found["next"],
        serde_json::json!(["They can reset the password by themselves: `regain password reset acme/erin`."])
    );
    let answer = site.json(&["codes", "explain", "acme/erin"])["answer"].clone();
    insta::assert_snapshot!(answer, @r#"{"cause":"approval","next":"Have them ask that person for it.","told":"The latest code went to the person who agrees to changes in this account."}"#);
}
