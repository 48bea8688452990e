//! `regain account …`

use crate::site::Site;

#[test]
fn lives_from_creation_to_deletion() {
    let site = Site::new();
    let run = |arguments: &[&str]| site.shown(&site.run(arguments));
    insta::assert_snapshot!(run(&["account", "create", "acme", "--email", "o@example.com", "-y"]), @"
    exit 0
    --- stderr
    Made the account acme.
    ");
    insta::assert_snapshot!(run(&["account", "list"]), @"
    exit 0
    --- stdout
    ACCOUNT  KIND   STATUS   USERS  QUOTA  CREATED
    ───────────────────────────────────────────────────────────
    acme     cloud  enabled  0      none   TIME
    ");
    insta::assert_snapshot!(run(&["account", "show", "ACME", "-o", "json"]), @r#"
    exit 0
    --- stdout
    {
      "id": "acc_ID",
      "name": "acme",
      "kind": "cloud",
      "status": "enabled",
      "user_quota": null,
      "users": 0,
      "created_at": "TIME"
    }
    "#);
    insta::assert_snapshot!(run(&["account", "update", "acme", "--user-quota", "3", "-y"]), @"
    exit 0
    --- stderr
    Updated the account acme.
    ");
    insta::assert_snapshot!(run(&["account", "delete", "acme", "-y"]), @"
    exit 4
    --- stderr
    error: acme must be disabled before it can be deleted
    hint: disable it first: `regain account disable acme`
    ");
    insta::assert_snapshot!(run(&["account", "disable", "acme", "-y"]), @"
    exit 0
    --- stderr
    Disabled the account acme.
    ");
    insta::assert_snapshot!(run(&["account", "delete", "acme", "-y"]), @"
    exit 0
    --- stderr
    Deleted the account acme.
    ");
    insta::assert_snapshot!(run(&["account", "show", "acme"]), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no account called acme
    hint: check the name (`regain user find acme` searches), or create one: `regain account create acme`
    ");
    insta::assert_snapshot!(run(&["account", "list"]), @"
    exit 0
    --- stderr
    There is no account yet; `regain account create NAME` makes one.
    ");
}

#[test]
fn a_dry_run_changes_nothing() {
    let site = Site::new();
    let before = site.counts();
    insta::assert_snapshot!(site.shown(&site.run(&["account", "create", "acme", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  the cloud account acme is made, with its root user (Enterprise administrator); the root user has no password yet, and no contact to set one with: `regain contact bind acme --email ADDRESS` binds one
    ");
    insta::assert_snapshot!(
        site.shown(&site.run(&["account", "create", "acme", "--dry-run", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "id": null,
      "name": "acme",
      "kind": "cloud",
      "status": "enabled",
      "user_quota": null,
      "users": 0,
      "created_at": null,
      "dry_run": true,
      "outcome": "would_do",
      "effects": [
        "the cloud account acme is made, with its root user (Enterprise administrator)",
        "the root user has no password yet, and no contact to set one with: `regain contact bind acme --email ADDRESS` binds one"
      ],
      "changed": false
    }
    "#);
    assert_eq!(site.counts(), before);
}

#[test]
fn without_a_terminal_or_yes_nothing_happens() {
    let site = Site::new();
    insta::assert_snapshot!(site.shown(&site.run(&["account", "create", "acme"])), @"
    exit 9
    --- stderr
      - the cloud account acme is made, with its root user (Enterprise administrator)
      - the root user has no password yet, and no contact to set one with: `regain contact bind acme --email ADDRESS` binds one
    error: this needs an answer, and there is no terminal to ask at
    hint: give --yes to answer
    ");
    assert_eq!(site.rows("accounts").len(), 0);
}

#[test]
fn d4_a_second_account_of_that_name_or_look_is_refused() {
    let site = Site::new();
    site.account("acme");
    insta::assert_snapshot!(site.shown(&site.run(&["account", "create", "Acme", "-y"])), @"
    exit 4
    --- stderr
    error: an account of that name exists already
    hint: choose another name, or look at what is there
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["account", "create", "acrne", "-y", "-o", "json"])), @r#"
    exit 4
    --- stderr
    {"error":{"kind":"refused","message":"the name looks like acme, which exists already","reason":"looks_alike","causes":[],"hints":["choose a name that cannot be mistaken for another"]}}
    "#);
}

#[test]
fn what_cannot_be_a_name_or_an_address_is_refused_at_once() {
    let site = Site::new();
    let long = "a".repeat(65);
    for name in ["", " ", "1acme", "ac\u{0}me", "ac/me", "ac@me", "аcme", long.as_str()] {
        if name.contains('\0') {
            continue; // No process can be given such an argument.
        }
        let ended = site.run(&["account", "create", "-y", "--", name]);
        assert_eq!(ended.code, 2, "{name:?}: {ended:?}");
    }
    for email in [
        "",
        "a",
        "a@",
        "@b.example",
        "a@b.example,c@d.example",
        "a b@c.example",
        "a@b.example\nBcc: c@d.example",
    ] {
        let ended = site.run(&["account", "create", "acme", "-y", "--email", email]);
        assert_eq!(ended.code, 2, "{email:?}: {ended:?}");
    }
    for mobile in ["", "+", "123", "+1234567890123456", "+49 151 x"] {
        let ended = site.run(&["account", "create", "acme", "-y", "--mobile", mobile]);
        assert_eq!(ended.code, 2, "{mobile:?}: {ended:?}");
    }
    assert_eq!(site.rows("accounts").len(), 0);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let site = Site::new();
    site.account("acme");
    let script = format!("{} account list | true; exit ${{PIPESTATUS[0]}}", crate::site::REGAIN);
    let ended = crate::site::ended(site.program("/bin/bash", &["-c", &script]).spawn().unwrap(), "");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

/// One rule: what is wanted and cannot be written is told, with what stands; where nobody reads, nobody is told.
#[test]
fn t5_an_output_that_cannot_be_written_is_told_with_what_stands() {
    let site = Site::new();
    site.account("acme");
    let shell = |script: &str| {
        let script = format!("exec {} {script}", crate::site::REGAIN);
        crate::site::ended(site.program("/bin/bash", &["-c", &script]).spawn().unwrap(), "")
    };
    let list = shell("account list >/dev/full");
    insta::assert_snapshot!(site.shown(&list), @"
    exit 1
    --- stderr
    error: the output could not be written
    caused by: No space left on device (os error 28)
    hint: check whether the disk is full
    ");
    let change = shell("account create globex -y -o json >/dev/full");
    assert_eq!(change.code, 1);
    let error = serde_json::from_str::<serde_json::Value>(change.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(
        error["error"],
        serde_json::json!({
            "kind": "internal",
            "message": "the output could not be written; what was recorded or changed before it stands",
            "reason": "output_after_change",
            "causes": ["the output could not be written", "No space left on device (os error 28)"],
            "hints": ["check whether the disk is full; look at what was changed before you change it again"],
        })
    );
    assert_eq!(site.rows("accounts").len(), 2);
    for script in ["account create third -y -o json >&-", "account list >&-", "account list >/dev/null"] {
        let ended = shell(script);
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{script}: {ended:?}");
    }
    assert_eq!(site.rows("accounts").len(), 3);
}

#[test]
fn every_format_tells_the_same() {
    let site = Site::new();
    site.account("acme");
    let list = site.run(&["account", "list", "-o", "json"]).succeeded().json();
    let line = site.run(&["account", "list", "-o", "jsonl"]).succeeded();
    assert_eq!(line.json(), list[0]);
    let csv = site.run(&["account", "list", "-o", "csv"]).succeeded().stdout;
    let keys: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let object = list[0].as_object().unwrap();
    assert_eq!(keys.len(), object.len(), "{csv}");
    assert!(keys.iter().all(|key| object.contains_key(*key)), "{csv}");
    for key in ["id", "name", "kind", "status", "user_quota", "users", "created_at"] {
        assert!(object.contains_key(key), "{key}");
    }
}

#[test]
fn u1_reason_and_ticket_are_recorded() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y", "--reason", "new customer", "--ticket", "T-7"]).succeeded();
    assert_eq!(site.event("createAccount").line(&["reason", "ticket"]), "new customer T-7");
}

#[test]
fn an_account_is_never_called_like_one_of_its_users() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site.run(&["user", "create", "acme/alice", "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["account", "update", "acme", "--name", "Alice", "-y"])), @"
    exit 4
    --- stderr
    error: a user cannot be called like its account
    ");
    assert_eq!(site.only("accounts")["name"], "acme");
    assert_eq!(
        site.event("").line(&["action", "outcome", "code"]),
        "updateAccount refused named_like_account"
    );
}

#[test]
fn an_update_of_nothing_is_told_to_be_one() {
    let site = Site::new();
    site.account("acme");
    insta::assert_snapshot!(site.shown(&site.run(&["account", "update", "acme", "-y"])), @"
    exit 2
    --- stderr
    error: there is nothing to change
    hint: give --name, --user-quota or --no-user-quota
    ");
}

#[test]
fn if_missing_leaves_what_is_there() {
    let site = Site::new();
    let create =
        ["account", "create", "acme", "--email", "o@example.com", "--if-missing", "-y", "-o", "json"];
    let first = site.run(&create).succeeded();
    assert_eq!((&first.json()["changed"], first.stderr.as_str()), (&true.into(), "Made the account acme.\n"));
    let before = site.digest();
    let second = site.run(&create).succeeded();
    assert_eq!(second.stderr, "acme exists already, and is left as it is.\n");
    let mut same = second.json();
    assert_eq!(same["changed"], false);
    same["changed"] = true.into();
    assert_eq!(same, first.json());
    assert_eq!(site.digest(), before);
    let other = [
        "account",
        "create",
        "ACME",
        "--kind",
        "unified",
        "--user-quota",
        "5",
        "--email",
        "o@example.com",
        "--mobile",
        "+4915112345678",
        "--if-missing",
    ];
    insta::assert_snapshot!(site.shown(&site.run(&other)), @"
    exit 0
    --- stdout
    account  acme
    kind     cloud
    status   enabled
    users    0
    quota    none
    created  TIME
    --- stderr
    acme exists already, and is left as it is.
    Note: it differs from what you asked for: it is of the kind cloud, not unified; its quota is none, not 5; +4915112345678 is not bound to it.
    ");
    assert_eq!(site.digest(), before);
    // Another name that looks like it is no account that is there.
    let alike = site.run(&["account", "create", "acrne", "--if-missing", "-y"]);
    assert_eq!(alike.code, 4);
}
