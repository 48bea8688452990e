//! Changes of people who are chosen: whom they leave out, and the number that they need.

use serde_json::Value;

use super::selections::{list, site};
use crate::site::Site;

const ROOTS: &str = "Left out: 2 root users (acme, beta); --include-root selects them, too.\n";
const OPERATOR: &str = "Left out: 1 possible operator (acme/deputy); name each as USER to include them.\n";
const ROBOT: &str = "Left out: 1 programmatic user (acme/robot); --include-programmatic selects them, too.\n";

/// Row, user and outcome of each row of a report.
fn rows(report: &Value) -> Vec<(u64, String, String)> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or("-").to_owned();
    let rows = report.as_array().unwrap().iter();
    rows.map(|row| (row["row"].as_u64().unwrap(), text(row, "user"), text(row, "outcome"))).collect()
}

fn usage(site: &Site, arguments: &[&str]) -> String {
    site.fails(2, arguments).stderr
}

#[test]
fn o6_roots_operators_and_programs_are_left_out_and_named() {
    let site = site();
    let dry = |options: &[&str]| {
        let ended = site.run(&[&["user", "disable", "-n", "-o", "json"], options].concat()).with_code(0);
        (rows(&ended.json()).into_iter().map(|(_, user, _)| user).collect::<Vec<_>>(), ended.stderr)
    };
    let plain = ["acme/alice", "acme/bob", "acme/carol", "acme/robot", "beta/zoe"].map(str::to_owned);
    let (everybody, told) = dry(&["--everyone"]);
    assert_eq!(everybody, plain);
    assert_eq!(told, format!("Selected: 5 people, from acme/alice to beta/zoe.\n{ROOTS}{OPERATOR}"));
    let (some, told) = dry(&["--account", "beta", "--account", "BETA"]);
    assert_eq!(some, ["beta/zoe"]);
    assert_eq!(
        told,
        "Selected: 1 person, beta/zoe.\nLeft out: 1 root user (beta); --include-root selects them, too.\n"
    );
    // They are changed where they are named, and root users where that is asked for.
    let named = site.json(&["user", "update", "acme/deputy", "acme/robot", "--description", "x"]);
    assert_eq!(rows(&named).len(), 2);
    let report =
        site.run(&["contact", "unbind", "--everyone", "--include-root", "--email", "-n", "-o", "json"]);
    assert_eq!(rows(&report.succeeded().json()).len(), 7);
    // Programs only where their passwords would change.
    let must = |options: &[&str]| {
        site.run(&[&["user", "update", "--account", "acme", "-n", "-o", "json"], options].concat())
    };
    assert_eq!(rows(&must(&["--description", "x"]).json()).len(), 4);
    let ended = must(&["--must-change"]);
    assert_eq!(rows(&ended.json()).len(), 3);
    assert!(ended.stderr.contains(ROBOT), "{ended:?}");
    assert_eq!(rows(&must(&["--must-change", "--include-programmatic"]).json()).len(), 4);
    let reset = ["admin-reset", "--everyone", "--generate", "--secrets-to", "f", "-n", "-o", "json"];
    let ended = site.run(&reset).succeeded();
    assert_eq!(rows(&ended.json()).len(), 4);
    assert_eq!(
        ended.stderr,
        format!("Selected: 4 people, from acme/alice to beta/zoe.\n{ROOTS}{OPERATOR}{ROBOT}")
    );
    // Of many who are left out, ten are named.
    site.many_like("robot", 12);
    let told = site.run(&reset).stderr;
    let first = "acme/many0, acme/many1, acme/many10, acme/many11, acme/many2, acme/many3, acme/many4, acme/many5, \
                 acme/many6, acme/many7 and 3 more";
    assert!(told.contains(&format!("Left out: 13 programmatic users ({first}); ")), "{told}");
}

#[test]
fn o6_a_yes_beforehand_needs_the_number() {
    let site = site();
    let disable = |options: &[&str]| site.run(&[&["user", "disable", "--account", "acme"], options].concat());
    let enabled = || list(&site, &["--where", "status=enabled"]).len();
    assert_eq!(
        disable(&["-y"]).with_code(2).stderr,
        "error: with --yes, a selection needs --expect N\n\
         hint: 4 people are selected now; look whom it is about with --dry-run, then give --expect 4\n"
    );
    let refused = disable(&["-y", "--expect", "5"]).with_code(4);
    assert_eq!(
        refused.stderr,
        "error: --expect says 5, but there are 4; nothing was done\n\
         hint: look whom it is about with --dry-run, then give the right number\n"
    );
    assert_eq!((refused.stdout.as_str(), enabled()), ("", 8));
    let recorded = site.event("lookupUser");
    assert_eq!(recorded.line(&["outcome", "reason"]), "refused unexpected_count");
    let events = site.events("").len();
    let error = disable(&["-n", "--expect", "3", "-o", "json"]).with_code(4).error();
    assert_eq!((&error["reason"], &error["option"]), (&"unexpected_count".into(), &"--expect".into()));
    assert_eq!(site.events("").len(), events, "a dry run leaves none");
    assert_eq!(disable(&["--expect", "4", "--no-input"]).with_code(9).stdout, "", "nobody could be asked");
    let report = disable(&["-y", "--expect", "4", "-o", "json"]).succeeded().json();
    let expected = ["acme/alice", "acme/bob", "acme/carol", "acme/robot"];
    let expected = (1..).zip(expected).map(|(row, user)| (row, user.to_owned(), "done".to_owned()));
    assert_eq!(rows(&report), expected.collect::<Vec<_>>());
    assert_eq!(enabled(), 4);
    // Lists and names are counted, too.
    let two = ["user", "enable", "acme/alice", "acme/bob", "-y", "--expect"];
    assert_eq!(site.run(&[&two[..], &["3"]].concat()).with_code(4).stdout, "");
    site.run(&[&two[..], &["2"]].concat()).succeeded();
    site.pipe(&["user", "enable", "--from", "-", "-y", "--expect", "1"], "acme/carol\nacme/robot\n")
        .with_code(4);
    site.fails(4, &["user", "enable", "acme/robot", "-y", "--expect", "2"]);
    assert_eq!(enabled(), 6);
}

#[test]
fn nobody_is_nothing_to_do() {
    let site = site();
    let nobody = ["--everyone", "--where", "status=locked", "-y", "--expect", "0"];
    for command in [
        &["user", "disable"][..],
        &["user", "revoke"],
        &["user", "delete"],
        &["codes", "revoke"],
        &["mfa", "remove"],
        &["contact", "unbind", "--email"],
        &["admin-reset", "--setup"],
    ] {
        let ended = site.run(&[command, &nobody].concat()).succeeded();
        assert_eq!(
            (ended.stdout.as_str(), ended.stderr.as_str()),
            ("", "Nobody is selected.\nThere is nothing to do.\n")
        );
        let ended = site.run(&[command, &nobody, &["-o", "json", "-q"]].concat()).succeeded();
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("[]\n", ""), "{command:?}");
    }
}

#[test]
fn what_is_for_a_selection_needs_one() {
    let site = site();
    let told = |option: &str| {
        format!(
            "error: {option} is for a selection, and this is none\n\
             hint: leave it out, or select users with --account ACCOUNT or --everyone instead of naming them\n"
        )
    };
    let disable = ["user", "disable", "acme/bob", "-y"];
    assert_eq!(usage(&site, &[&disable[..], &["--where", "status=enabled"]].concat()), told("--where"));
    assert_eq!(usage(&site, &[&disable[..], &["--include-root"]].concat()), told("--include-root"));
    let must = ["user", "update", "acme/bob", "--must-change", "--include-programmatic", "-y"];
    assert_eq!(usage(&site, &must), told("--include-programmatic"));
    assert_eq!(
        usage(&site, &["user", "disable", "--where", "status=enabled", "-y"]),
        "error: `regain user disable` needs an argument that is missing: <USER> or --from or --account or --everyone\n\
         hint: `regain user disable --help` lists what it takes\n"
    );
    for two in [
        &["--everyone", "acme/bob"][..],
        &["--everyone", "--account", "acme"],
        &["--account", "acme", "--from", "people"],
    ] {
        let told = usage(&site, &[&["user", "disable", "-y"], two].concat());
        assert!(told.contains("these cannot be combined"), "{two:?}: {told}");
    }
    site.fails(2, &["codes", "revoke", "--all", "--everyone", "-y"]);
    // What is for one person stays so.
    site.fails(2, &["user", "update", "--account", "beta", "--name", "x", "-y", "--expect", "1"]);
    site.fails(2, &["admin-reset", "--account", "beta", "--ask"]);
    let own = ["mfa", "remove", "acme/alice", "acme/bob", "--password-stdin", "-y"];
    assert_eq!(
        site.pipe(&own, "x\n").with_code(2).stderr,
        "error: a password is for one USER, who acts for themself\nhint: leave it out; an administrator needs none\n"
    );
}

#[test]
fn contacts_authenticators_and_codes_of_many() {
    let site = site();
    site.ok(&["mfa", "enrol", "acme/alice", "--secrets-to", "uri", "-y", "-q"]);
    let removed = ["mfa", "remove", "acme/alice", "acme/nobody", "acme/bob", "-y", "-o", "json"];
    let report = site.fails(10, &removed).json();
    let row = |row, user: &str, outcome: &str| (row, user.to_owned(), outcome.to_owned());
    assert_eq!(
        rows(&report),
        [row(1, "acme/alice", "done"), row(2, "acme/nobody", "failed"), row(3, "acme/bob", "unchanged")]
    );
    assert_eq!(site.rows("mfa").len(), 0);
    let report = site.json(&["codes", "revoke", "--everyone", "--where", "setup=pending", "--expect", "1"]);
    assert_eq!(rows(&report), [row(1, "acme/carol", "done")]);
    assert_eq!(site.count("setup_tokens", |token| token["state"] == "live"), 0);
    let unbind = ["contact", "unbind", "--from", "-", "--email", "-y", "-o", "json"];
    let report = site.pipe(&unbind, "acme/carol\nacme/alice\nacme/alice\nacme/bob\n").succeeded().json();
    assert_eq!(
        rows(&report),
        [
            row(1, "acme/carol", "done"),
            row(2, "acme/alice", "done"),
            row(3, "acme/alice", "skipped"),
            row(4, "acme/bob", "unchanged"),
        ]
    );
    assert_eq!(list(&site, &["acme", "--where", "contact=none"]).len(), 5);
    assert_eq!(site.recorded("modifyUserEmail", "success"), 2);
}

#[test]
fn somebody_of_a_selection_who_cannot_be_changed_stands_by_name_in_the_report() {
    let site = site();
    let report =
        site.fails(10, &["user", "delete", "--account", "acme", "-y", "--expect", "4", "-o", "json"]);
    let report = report.json();
    assert_eq!(report[0]["user"], "acme/alice");
    assert_eq!((&report[0]["outcome"], &report[0]["reason"]), (&"failed".into(), &"not_disabled".into()));
}
