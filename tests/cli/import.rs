//! `regain user import …`

use serde_json::{Value, json};

use super::user::{GIVEN, make, reason, site};
use crate::site::{Ended, Site};

/// Imports this text in JSON lines, and gives the report.
fn import(site: &Site, text: &str, options: &[&str]) -> Ended {
    let command = ["user", "import", "-", "-y", "-o", "json"];
    site.pipe(&[&command[..], options].concat(), text)
}

/// Row, person, outcome and whether anything changed.
fn rows(report: &Value) -> Vec<String> {
    let row = |row: &Value| {
        let (user, changed) = (row["user"].as_str().unwrap_or("-"), row["changed"].as_bool().unwrap());
        let changed = if changed { " changed" } else { "" };
        let reason = row["reason"].as_str().map_or(String::new(), |reason| format!(" {reason}"));
        format!("{} {user} {}{reason}{changed}", row["row"], row["outcome"].as_str().unwrap())
    };
    report.as_array().unwrap().iter().map(row).collect()
}

fn user(site: &Site, name: &str) -> Value {
    site.run(&["user", "show", name, "-o", "json"]).succeeded().json()
}

const CSV: &str = "user,email,external_id,description\n\
                   bob,bob@x.example,HR-1,night shift\n\
                   acme/carol,carol@x.example,HR-2,\n";

#[test]
fn a_file_makes_people_and_a_second_run_changes_nothing() {
    let site = site();
    std::fs::write(site.at("people.csv"), CSV).unwrap();
    let command = ["user", "import", "people.csv", "--account", "acme", "--on-conflict", "update", "-y"];
    insta::assert_snapshot!(site.shown(&site.run(&[&command[..], &["-n"]].concat())), @"
    exit 0
    --- stdout
    ROW  USER        OUTCOME       REMARKS
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    2    acme/bob    would create  the IAM user acme/bob is made; bob@x.example is bound to it, not verified; acme/bob has no password, and cannot sign in until one is set: `regain admin-reset acme/bob`
    3    acme/carol  would create  the IAM user acme/carol is made; carol@x.example is bound to it, not verified; acme/carol has no password, and cannot sign in until one is set: `regain admin-reset acme/carol`
    --- stderr
    Read as CSV; --format says otherwise.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&command)), @"
    exit 0
    --- stdout
    ROW  USER        OUTCOME    REMARKS
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    2    acme/bob    created    the IAM user acme/bob is made; bob@x.example is bound to it, not verified; acme/bob has no password, and cannot sign in until one is set: `regain admin-reset acme/bob`
    3    acme/carol  created    the IAM user acme/carol is made; carol@x.example is bound to it, not verified; acme/carol has no password, and cannot sign in until one is set: `regain admin-reset acme/carol`
    --- stderr
    Read as CSV; --format says otherwise.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&command)), @"
    exit 0
    --- stdout
    ROW  USER        OUTCOME    REMARKS
    ─────────────────────────────────────────────────────
    2    acme/bob    unchanged  acme/bob stays as it is
    3    acme/carol  unchanged  acme/carol stays as it is
    --- stderr
    Read as CSV; --format says otherwise.
    ");
    let bob = user(&site, "acme/bob");
    assert_eq!((&bob["external_id"], &bob["description"]), (&json!("HR-1"), &json!("night shift")));
    assert_eq!(bob["contacts"][0]["verified"], false);
    assert!(site.new_mail().is_empty(), "nobody is sent a code");
    assert_eq!(site.recorded("createUser", "success"), 2);
}

#[test]
fn one_record_is_an_idempotent_ensure_and_a_list_of_one_row() {
    let site = site();
    let record = r#"{"user":"acme/bob","email":"bob@x.example"}"#;
    let ensure = || import(&site, record, &["--on-conflict", "update"]).succeeded();
    let first = ensure();
    insta::assert_snapshot!(site.shown(&first), @r#"
    exit 0
    --- stdout
    [
      {"row":1,"user":"acme/bob","text":null,"outcome":"created","changed":true,"reason":null,"message":null,"effects":["the IAM user acme/bob is made","bob@x.example is bound to it, not verified","acme/bob has no password, and cannot sign in until one is set: `regain admin-reset acme/bob`"]}
    ]
    "#);
    assert_eq!(rows(&ensure().json()), ["1 acme/bob unchanged"]);
    let record = r#"{"user":"acme/bob","email":null,"mobile":"+4915112345678"}"#;
    let report = import(&site, record, &["--on-conflict", "update"]).succeeded().json();
    assert_eq!(rows(&report), ["1 acme/bob updated changed"]);
    let contacts = user(&site, "acme/bob")["contacts"].clone();
    assert_eq!(contacts.as_array().unwrap().len(), 1, "null removes, absent leaves");
}

#[test]
fn whoever_exists_fails_is_skipped_or_is_updated() {
    let site = site();
    make(&site, &["acme/bob"]);
    let text = "{\"user\":\"acme/bob\",\"description\":\"clerk\"}\n{\"user\":\"acme/dave\"}\n";
    let failed = import(&site, text, &["-n"]).with_code(10);
    assert_eq!(rows(&failed.json()), ["1 acme/bob failed exists", "2 acme/dave would_create"]);
    assert_eq!(
        failed.json()[0]["message"],
        "acme/bob exists already; --on-conflict update changes it, --on-conflict skip leaves it as it is"
    );
    let failed = import(&site, text, &[]).with_code(10);
    assert_eq!(rows(&failed.json()), ["1 acme/bob failed exists", "2 acme/dave created changed"]);
    let skipped = import(&site, text, &["--on-conflict", "skip"]).succeeded();
    assert_eq!(rows(&skipped.json()), ["1 acme/bob skipped exists", "2 acme/dave skipped exists"]);
    let tried = import(&site, text, &["--on-conflict", "update", "-n"]).succeeded();
    assert_eq!(rows(&tried.json()), ["1 acme/bob would_update", "2 acme/dave unchanged"]);
    assert_eq!(tried.json()[0]["dry_run"], true);
    assert_eq!(user(&site, "acme/bob")["description"], Value::Null);
    let done = import(&site, text, &["--on-conflict", "update"]).succeeded();
    assert_eq!(rows(&done.json()), ["1 acme/bob updated changed", "2 acme/dave unchanged"]);
    assert_eq!(user(&site, "acme/bob")["description"], "clerk");
}

#[test]
fn a_row_that_cannot_be_fails_alone_and_says_why() {
    let site = site();
    let text = "{\"user\":\"acme/b@b\"}\n{\"user\":\"globex/bob\"}\n{\"user\":\"acme/bob\",\"email\":\"bob\"}\n\
                {\"user\":\"acme/carol\",\"status\":null}\n{\"user\":\"acme/dave\",\"password\":\"a\",\"password_hash\":\"b\"}\n\
                {\"user\":\"acme/erin\",\"password\":\"password\"}\n{\"user\":\"acme/frank\",\"password_hash\":\"rot13\"}\n\
                {\"user\":\"acme\"}\n{\"user\":\"acme/grace\"}\n{\"user\":\"acme/GRACE\"}\n{\"user\":\"acme/heidi\"}\n";
    let report = import(&site, text, &[]).with_code(10).json();
    assert_eq!(
        rows(&report),
        [
            "1 acme/b@b failed malformed",
            "2 globex/bob failed no_such_account",
            "3 acme/bob failed malformed",
            "4 acme/carol failed not_removable",
            "5 acme/dave failed two_passwords",
            "6 acme/erin failed weak_password",
            "7 acme/frank failed unknown_hash",
            "8 acme skipped root_user",
            "9 acme/grace created changed",
            "10 acme/GRACE skipped duplicate",
            "11 acme/heidi created changed",
        ]
    );
    let told = report[1]["message"].as_str().unwrap();
    assert!(told.ends_with("create one: `regain account create globex`"), "{told}");
    assert_eq!(report[9]["message"], "the same person as in row 9");
    // A dry run says the same, and changes nothing.
    let site = self::site();
    let tried = import(&site, text, &["-n"]).with_code(10).json();
    let would = |row: String| row.replace(" created changed", " would_create");
    assert_eq!(rows(&tried), rows(&report).into_iter().map(would).collect::<Vec<_>>());
    assert_eq!((site.rows("users").len(), site.recorded("createUser", "refused")), (1, 0));
}

#[test]
fn what_is_wrong_with_the_file_as_a_whole_is_one_error_and_nothing_is_done() {
    let site = site();
    let broken = import(&site, "user,email\nacme/bob,b@x.example\n\"acme/carol,\n", &[]);
    assert_eq!(reason(&broken), (2, "usage".to_owned()));
    assert_eq!(site.rows("users").len(), 1);
    let nothing = site.run(&["user", "import", "missing.csv", "-y", "-o", "json"]);
    assert_eq!(reason(&nothing).0, 2);
    let mapped = import(&site, "user,mail\nacme/bob,b@x.example\n", &["--map", "email=mail"]).succeeded();
    assert_eq!(rows(&mapped.json()), ["2 acme/bob created changed"]);
    let mapping = import(&site, "", &["--map", "nonsense"]);
    assert_eq!((mapping.code, mapping.error()["option"].as_str()), (2, Some("--map")));
    let alone = site.pipe(&["user", "import", "-", "--format", "htpasswd", "-y", "-o", "json"], "bob:x\n");
    assert_eq!((alone.code, alone.error()["option"].as_str()), (2, Some("--account")));
}

#[test]
fn passwords_come_in_the_clear_and_as_hashes_and_stay_where_somebody_has_one() {
    let site = site();
    let clear =
        |name: &str, password: &str| format!("{{\"user\":\"acme/{name}\",\"password\":\"{password}\"}}\n");
    import(&site, &clear("bob", GIVEN), &[]).succeeded();
    assert_eq!(site.judged("acme/bob", GIVEN), 12, "and it must be changed");
    let other = "seven amber kettles whistle";
    let stays = import(&site, &clear("bob", other), &["--on-conflict", "update"]).succeeded().json();
    assert_eq!(rows(&stays), ["1 acme/bob unchanged"]);
    assert_eq!(
        stays[0]["effects"],
        json!([
            "the password in the file is not used, because they have been here before: --passwords uses it"
        ])
    );
    let set = import(&site, &clear("bob", other), &["--on-conflict", "update", "--passwords"]).succeeded();
    assert_eq!(rows(&set.json()), ["1 acme/bob updated changed"]);
    assert_eq!((site.judged("acme/bob", other), site.judged("acme/bob", GIVEN)), (12, 11));

    let hash = site
        .rows("users")
        .iter()
        .find(|row| row.text("name") == "bob")
        .unwrap()
        .text("password_hash")
        .to_owned();
    let hashed = format!("{{\"user\":\"acme/carol\",\"password_hash\":\"{hash}\"}}\n");
    import(&site, &hashed, &[]).succeeded();
    assert_eq!(site.judged("acme/carol", other), 0, "they sign in as before");
}

#[test]
fn whoever_has_no_password_is_invited_or_given_one() {
    let site = site();
    let setup =
        import(&site, "{\"user\":\"acme/bob\",\"email\":\"bob@x.example\"}\n", &["--setup"]).succeeded();
    let told = setup.json()[0]["effects"].clone();
    assert!(told.to_string().contains("a setup token for acme/bob goes to bob@x.example"), "{told}");
    assert!(site.mails_to("bob@x.example").iter().any(|mail| mail.contains("rgn_setup_")));
    let generate = ["--on-conflict", "update", "--generate", "--secrets-to", "new.jsonl"];
    let text = "{\"user\":\"acme/bob\"}\n{\"user\":\"acme/carol\"}\n";
    import(&site, text, &generate).succeeded();
    let secrets = site.secrets("new.jsonl");
    assert_eq!(secrets.len(), 2);
    for [user, kind, secret] in &secrets {
        assert_eq!(kind, "password");
        assert_eq!(site.judged(user, secret), 12);
    }
    let again = import(&site, text, &["--on-conflict", "update", "--generate"]).succeeded();
    assert_eq!(rows(&again.json()), ["1 acme/bob unchanged", "2 acme/carol unchanged"]);
}

#[test]
fn an_external_id_finds_one_person_and_is_given_once() {
    let site = site();
    site.run(&["user", "create", "acme/bob", "--external-id", "HR-1", "-y", "-q"]).succeeded();
    let found = |text: &str| site.run(&["user", "find", text, "-o", "json"]).succeeded().json();
    assert_eq!(found("HR-1")[0]["name"], "bob");
    assert_eq!(found("HR-"), json!([]), "only as a whole");
    make(&site, &["acme/carol"]);
    let update = |options: &[&str]| {
        site.run(&[&["user", "update", "acme/carol", "-y", "-o", "json"], options].concat())
    };
    let taken = update(&["--external-id", "HR-1"]);
    assert_eq!(reason(&taken), (4, "external_id_taken".to_owned()));
    assert_eq!(update(&["--external-id", "hr-1"]).succeeded().json()["external_id"], "hr-1");
    assert_eq!(update(&["--no-external-id"]).succeeded().json()["external_id"], Value::Null);
    assert_eq!(update(&["--external-id", "a\tb"]).code, 2);
    let renamed = import(
        &site,
        "{\"user\":\"acme/robert\",\"external_id\":\"HR-1\"}\n",
        &["--key", "external-id", "--on-conflict", "update"],
    );
    assert_eq!(rows(&renamed.succeeded().json()), ["1 acme/robert updated changed"]);
    assert_eq!(site.run(&["user", "show", "acme/bob"]).code, 3);
}

#[test]
fn a_verified_contact_is_recorded_and_the_one_before_is_told() {
    let site = site();
    site.run(&["user", "create", "acme/bob", "--email", "bob@x.example", "-y", "-q"]).succeeded();
    site.discard_mail();
    let text = "{\"user\":\"acme/bob\",\"email\":\"new@x.example\",\"email_verified\":true}\n";
    let update = ["--on-conflict", "update"];
    import(&site, text, &update).succeeded();
    assert_eq!(user(&site, "acme/bob")["contacts"].as_array().unwrap().len(), 2, "it waits");
    import(&site, text, &[&update[..], &["--trust-verified"]].concat()).succeeded();
    let contacts = user(&site, "acme/bob")["contacts"].clone();
    assert_eq!((contacts.as_array().unwrap().len(), &contacts[0]["verified"]), (1, &json!(true)));
    assert_eq!(site.mails_to("bob@x.example").len(), 1);
    let events = site.run(&["audit", "list", "--action", "modifyUserEmail", "-o", "json"]).succeeded().json();
    assert_eq!(
        (&events[0]["detail"]["source"], &events[0]["detail"]["verified"]),
        (&json!("import"), &json!(true))
    );
}
