//! People who are chosen by what they have in common: `--account`, `--everyone`, `--where` and `--expect`.

use serde_json::Value;

use crate::site::{Ended, Site};

const HELPER: u32 = 61_239;
const OWN: &str = "correct horse battery staple 9";

/// Two accounts; deputy is called like an operator, robot comes in by program only, and carol has a setup token.
pub(super) fn site() -> Site {
    let site = Site::new();
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[operators]\nadmin = [\"Deputy\"]\nsupport = [\"uid:{HELPER}\"]\n"
    ));
    for account in ["acme", "beta"] {
        site.account(account);
    }
    for user in ["acme/bob", "acme/deputy", "beta/zoe"] {
        site.ok(&["user", "create", user, "-y", "-q"]);
    }
    site.user("acme/alice", OWN);
    site.ok(&["user", "create", "acme/robot", "--access-mode", "programmatic", "-y", "-q"]);
    site.ok(&["user", "create", "acme/carol", "--email", "carol@example.com", "--setup", "-y", "-q"]);
    site
}

/// Who stands in a list of users.
fn listed(ended: &Ended) -> Vec<String> {
    let row = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let path = |user: Value| match (&user["root"], user["account"].as_str(), user["name"].as_str()) {
        (Value::Bool(false), Some(account), Some(name)) => format!("{account}/{name}"),
        (_, account, _) => account.unwrap().to_owned(),
    };
    ended.stdout.lines().map(|line| path(row(line))).collect()
}

pub(super) fn list(site: &Site, options: &[&str]) -> Vec<String> {
    listed(&site.run(&[&["user", "list", "-o", "jsonl"], options].concat()).succeeded())
}

#[test]
fn each_condition_finds_those_of_whom_it_holds() {
    let site = site();
    site.ok(&["user", "disable", "acme/bob", "-y", "-q"]);
    site.pipe(&["user", "create", "acme/eve", "--password-stdin", "-y", "-q"], "given for a day only\n")
        .succeeded();
    site.ok(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified", "-y", "-q"]);
    site.pipe(&["login", "acme/alice", "--password-stdin"], &format!("{OWN}\n")).succeeded();
    site.ok(&["mfa", "enrol", "acme/carol", "--secrets-to", "uri", "-y", "-q"]);
    site.edit("mfa", |row| row["bound_at"] = row.number("enrolled_at").into());
    site.edit_user("zoe", |user| {
        user.shift("created_at", -100 * 86_400_000);
        user["password_hash"] = "$2y$10$abcdefghijklmnopqrstuu".into();
        user["hash_kind"] = "bcrypt 10".into();
        user["password_changed_at"] = user.number("created_at").into();
    });
    site.lock("zoe");
    for (condition, people) in [
        ("status=disabled", &["acme/bob"][..]),
        ("status=locked", &["beta/zoe"]),
        ("status=blocked", &[]),
        ("created-before=90d", &["beta/zoe"]),
        ("inactive-since=90d", &["beta/zoe"]),
        ("password-set-before=90d", &["beta/zoe"]),
        ("password=imported", &["beta/zoe"]),
        ("password=temporary", &["acme/eve"]),
        ("password=must-change", &["acme/eve"]),
        ("password=expired", &[]),
        ("password=none", &["acme", "acme/bob", "acme/carol", "acme/deputy", "acme/robot", "beta"]),
        ("contact=none", &["acme/bob", "acme/deputy", "acme/eve", "acme/robot", "beta/zoe"]),
        ("verified-email=no", &["acme/bob", "acme/deputy", "acme/eve", "acme/robot", "beta/zoe"]),
        ("mfa=yes", &["acme/carol"]),
        ("setup=pending", &["acme/carol"]),
        ("match=OB", &["acme/bob", "acme/robot"]),
    ] {
        assert_eq!(list(&site, &["--where", condition]), people, "{condition}");
    }
    let all = list(&site, &[]);
    for (condition, but) in [
        ("signed-in=never", "acme/alice"),
        ("verified-mobile=no", "acme/alice"),
        ("mfa=no", "acme/carol"),
        ("status=enabled", "acme/bob"),
    ] {
        let mut others = all.clone();
        others.retain(|user| user != but);
        assert_eq!(list(&site, &["--where", condition]), others, "{condition}");
    }
    // The password of the policy is too old, too.
    site.ok(&["policy", "set", "beta", "password", "password_validity_period=90", "-y", "-q"]);
    assert_eq!(list(&site, &["--where", "password=expired"]), ["beta/zoe"]);
    // A token that was redeemed or ended is none.
    site.ok(&["codes", "revoke", "acme/carol", "-y"]);
    assert_eq!(list(&site, &["--where", "setup=pending"]), [""; 0]);
    // All must hold.
    assert_eq!(list(&site, &["--where", "match=o", "--where", "status=disabled"]), ["acme/bob"]);
}

#[test]
fn a_list_of_some_is_in_order_and_goes_on_where_it_stopped() {
    let site = site();
    let both = ["--account", "beta", "--account", "acme", "--account", "BETA/"];
    let all =
        ["acme", "acme/alice", "acme/bob", "acme/carol", "acme/deputy", "acme/robot", "beta", "beta/zoe"];
    assert_eq!(list(&site, &both), all);
    assert_eq!(list(&site, &["beta", "--account", "acme"]), all);
    assert_eq!(list(&site, &["--everyone"]), all);
    assert_eq!(list(&site, &["acme"]), all[..6]);
    let id = |user: &str| site.json(&["user", "show", user])["id"].as_str().unwrap().to_owned();
    let few = |after: &str, more: &[&str]| {
        list(&site, &[&["--where", "match=o", "--limit", "2", "--after", &id(after)], more].concat())
    };
    assert_eq!(few("acme", &[]), ["acme/bob", "acme/carol"]);
    assert_eq!(few("acme/carol", &[]), ["acme/robot", "beta/zoe"]);
    assert_eq!(few("acme/robot", &["--account", "acme", "--account", "beta"]), ["beta/zoe"]);
    assert_eq!(few("beta", &["acme"]), [""; 0], "all of that account comes before");
    // Pages are no matter.
    site.many_like("bob", 2_500);
    assert_eq!(list(&site, &["--where", "match=many"]).len(), 2_500);
    assert_eq!(list(&site, &["--where", "match=zoe"]), ["beta/zoe"]);
    assert_eq!(list(&site, &["--where", "match=many", "--limit", "1001"]).len(), 1_001);
}

#[test]
fn readiness_is_of_those_who_are_chosen() {
    let site = site();
    let chosen = ["user", "readiness", "--account", "acme", "--where", "contact=none", "-o", "jsonl"];
    let ended = site.run(&chosen).succeeded();
    assert_eq!(listed(&ended), ["acme/bob", "acme/deputy", "acme/robot"]);
    assert!(ended.stderr.starts_with("3 of 3 could not recover today.\n"), "{ended:?}");
    let error = site.fails(4, &[&chosen[..], &["--expect", "2"]].concat()).error();
    assert_eq!(error["message"], "--expect says 2, but there are 3; nothing was done");
    let counted = site.fails(4, &["user", "list", "--expect", "7"]);
    assert_eq!(counted.stdout, "", "nothing is shown before it is clear that they are as many");
    assert_eq!(list(&site, &["--expect", "8"]).len(), 8);
}

#[test]
fn o6_an_empty_value_is_never_everybody() {
    let site = site();
    let name = "the account is invalid or not supported: a name cannot be empty";
    let form = "--where: a condition is KEY=VALUE, such as status=locked";
    for (selection, message) in [
        (&["--account", ""][..], name),
        (&["--account", " "], name),
        (&["--account", "acme", "--account", ""], name),
        (&["--everyone", "--where", ""], form),
        (&["--everyone", "--where", "status"], form),
        (&["--everyone", "--where", "status="], "--where: status has no value"),
        (&["--everyone", "--where", "match= "], "--where: match has no value"),
        (
            &["--everyone", "--where", "status=lokced"],
            "--where: status takes enabled, disabled, locked, blocked; did you mean locked?",
        ),
    ] {
        for command in
            [&["user", "disable"][..], &["user", "list"], &["user", "readiness"], &["codes", "revoke"]]
        {
            let ended = site.run(&[command, selection, &["-n"]].concat());
            assert_eq!(ended.stdout, "", "{command:?}");
            let told = ended.with_code(2).stderr;
            assert!(told.starts_with(&format!("error: {message}\n")), "{command:?} {selection:?}: {told}");
        }
    }
    site.fails(2, &["user", "disable", "--everyone", "--expect", "", "-y"]);
    site.fails(3, &["user", "disable", "--account", "nobody", "-n"]);
    site.fails(3, &["user", "disable", "--account", "acme", "--account", "nobody", "-n"]);
}

#[test]
fn o2_selections_are_for_administrators() {
    let site = site();
    if !site.let_in(HELPER) {
        return;
    }
    let told = "error: the role support may not select people by what they have in common\n\
                hint: ask an administrator\n";
    for command in [
        &["user", "list", "--where", "verified-email=no"][..],
        &["user", "list", "acme", "--where", "match=a"],
        &["user", "list", "--account", "acme", "--account", "beta"],
        &["user", "list", "acme", "--expect", "6"],
        &["user", "readiness", "--where", "mfa=no"],
        &["admin-reset", "--everyone", "--setup", "-n"],
        &["admin-reset", "--account", "acme", "--where", "match=alice", "--setup", "-n"],
        &["codes", "revoke", "--everyone", "-n"],
    ] {
        let refused = site.run_as(HELPER, command).with_code(4);
        assert_eq!((refused.stdout.as_str(), refused.stderr.as_str()), ("", told), "{command:?}");
    }
    assert_eq!(site.event("operatorRefused")["detail"]["task"], "select_people");
    // What they may is as before.
    for command in
        [&["user", "list", "acme"][..], &["user", "list", "--account", "acme"], &["user", "readiness"]]
    {
        site.run_as(HELPER, command).succeeded();
    }
    assert!(site.run_as(HELPER, &["mfa", "remove", "--everyone", "-n"]).with_code(4).stdout.is_empty());
}
