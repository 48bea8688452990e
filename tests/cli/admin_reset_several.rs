//! `regain admin-reset …` of many, from the command line and from a file.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::admin_reset::{reset, site};

fn outcomes(report: &Value) -> Vec<(u64, &str, &str, &Value)> {
    report
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let [user, outcome] = ["user", "outcome"].map(|key| row[key].as_str().unwrap_or("null"));
            (row["row"].as_u64().unwrap(), user, outcome, &row["reason"])
        })
        .collect()
}

#[test]
fn p8_all_different_and_none_that_trips() {
    let site = site();
    let names: Vec<String> = (0..24).map(|at| format!("acme/many{}", (b'a' + at) as char)).collect();
    for name in &names {
        site.run(&["user", "create", name, "-y", "-q"]).succeeded();
    }
    let list = format!("{}\n", names.join("\n"));
    let reset = ["admin-reset", "--from", "-", "--generate", "--secrets-to", "f", "-y", "-o", "json"];
    let report = site.pipe(&reset, &list).succeeded().json();
    assert!(outcomes(&report).iter().all(|(_, _, outcome, _)| *outcome == "done"));
    let secrets = site.secrets("f");
    assert_eq!(secrets.iter().map(|secret| secret[0].clone()).collect::<Vec<_>>(), names);
    let passwords: BTreeSet<&str> = secrets.iter().map(|secret| secret[2].as_str()).collect();
    assert_eq!(passwords.len(), 24);
    for password in passwords {
        assert!(password.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{password}");
        assert!(!password.contains(['0', 'O', 'o', '1', 'l', 'I']), "{password}");
        assert!(!password.starts_with(['=', '+', '-', '@']), "{password}");
    }
    for secret in &secrets[..3] {
        assert_eq!(site.judged(&secret[0], &secret[2]), 12);
    }
}

#[test]
fn several_are_reported_row_by_row() {
    let site = site();
    site.json(&["user", "disable", "acme/bob"]);
    let people = ["acme/alice", "acme/nobody", "alice@example.com", "@@", "acme", "acme/bob"];
    let dry = reset(&site, &[&people[..], &["--generate", "--secrets-to", "f", "--dry-run"]].concat());
    insta::assert_snapshot!(site.shown(&dry), @"
    exit 10
    --- stdout
    ROW  USER               OUTCOME   MUST CHANGE  REMARKS
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    1    acme/alice         would do  yes          acme/alice gets a generated password; the old password of acme/alice stops working; sessions elsewhere can end; every live code, setup token and request of acme/alice ends; it works for 24 hours and must be changed at the next sign-in; a***@e***.com is told
    2    acme/nobody        failed                 the account is invalid or not supported: there is no user acme/nobody
    3    alice@example.com  skipped                the same person as in row 1
    4    @@                 failed                 give one email address, not several
    5    acme               failed                 only its owner can change the password of a root user
    6    acme/bob           would do  yes          acme/bob gets a generated password; the old password of acme/bob stops working; sessions elsewhere can end; every live code, setup token and request of acme/bob ends; it works for 24 hours and must be changed at the next sign-in; acme/bob stays disabled; `regain user enable acme/bob` enables it
    --- stderr
    error: 3 of 6 were not done
    ");
    assert!(!site.path().join("f").exists());
    let done = reset(&site, &[&people[..], &["--generate", "--secrets-to", "f"]].concat());
    insta::assert_snapshot!(site.shown(&done), @"
    exit 10
    --- stdout
    ROW  USER               OUTCOME    MUST CHANGE  REMARKS
    ───────────────────────────────────────────────────────
    1    acme/alice         done       yes
    2    acme/nobody        failed                  the account is invalid or not supported: there is no user acme/nobody
    3    alice@example.com  skipped                 the same person as in row 1
    4    @@                 failed                  give one email address, not several
    5    acme               failed                  only its owner can change the password of a root user
    6    acme/bob           done       yes          acme/bob stays disabled; `regain user enable acme/bob` enables it
    --- stderr
    error: 3 of 6 were not done
    ");
    assert_eq!(site.secrets("f").len(), 2);
    // One alone has a code of its own, which a list of one has not.
    for (who, code) in [("acme/nobody", 3), ("nobody/x", 3), ("@@", 2), ("acme", 4)] {
        assert_eq!(reset(&site, &[who, "--generate", "--secrets-to", "g"]).code, code, "{who}");
        std::fs::write(site.path().join("list"), who).unwrap();
        let listed = reset(&site, &["--from", "list", "--generate", "--secrets-to", "g"]);
        assert_eq!(listed.code, 10, "{who}");
    }
    assert!(!site.path().join("g").exists());
}

#[test]
fn a_file_may_hold_blanks_comments_and_mistakes() {
    let site = site();
    let list =
        b"\xef\xbb\xbfacme/alice\r\n\n# the night shift\n  acme/BOB \nacme/b\xc3\xbcb b\nacme/alice\n=cmd\n";
    std::fs::write(site.path().join("list"), list).unwrap();
    let report = reset(&site, &["--from", "list", "--setup", "--secrets-to", "f", "-o", "json"]);
    assert_eq!(report.code, 10);
    assert_eq!(
        outcomes(&report.json()),
        [
            (1, "acme/alice", "done", &Value::Null),
            (4, "acme/bob", "done", &Value::Null),
            (5, "null", "failed", &json!("malformed")),
            (6, "acme/alice", "skipped", &json!("duplicate")),
            (7, "null", "failed", &json!("malformed")),
        ]
    );
    assert_eq!(site.secrets("f").len(), 2);
    // What could not be read stands there as it was written, and no spreadsheet runs it.
    let csv = reset(&site, &["--from", "list", "--setup", "--secrets-to", "g", "-o", "csv"]);
    assert!(csv.stdout.contains("\n7,,'=cmd,failed,false,"), "{csv:?}");
    std::fs::write(site.path().join("empty"), "\n# nobody\n").unwrap();
    let empty = reset(&site, &["--from", "empty", "--setup", "--secrets-to", "h"]);
    insta::assert_snapshot!(site.shown(&empty), @"
    exit 0
    --- stderr
    There is nobody in the list.
    ");
    insta::assert_snapshot!(site.shown(&reset(&site, &["--from", "nothing", "--setup"])), @"
    exit 2
    --- stderr
    error: the list of people cannot be read: nothing: No such file or directory (os error 2)
    hint: --from takes a file with one person per line, or CSV or JSONL with a column `user`, or `account` and `name`; - is standard input
    ");
}

#[test]
fn u1_reason_and_ticket_are_recorded_for_each() {
    let site = site();
    let why = ["--reason", "forgot it", "--ticket", "T-7"];
    let people = ["acme/alice", "acme/bob", "acme", "--generate", "--secrets-to", "f"];
    assert_eq!(reset(&site, &[&people[..], &why].concat()).code, 10);
    reset(&site, &[&["acme/alice", "--setup"], &why[..]].concat()).succeeded();
    let events = site.events("").into_iter();
    let told = events.filter(|event| event["reason"] == "forgot it" && event["ticket"] == "T-7");
    assert_eq!(
        told.map(|event| event.line(&["action", "outcome"])).collect::<Vec<_>>(),
        [
            "setPasswordByAdmin refused",
            "batchBegun success",
            "noticeQueued success",
            "setPasswordByAdmin success",
            "setPasswordByAdmin success",
            "setupTokenSent success"
        ]
    );
    // The records hold neither password nor token (U3).
    let records = site.run(&["audit", "list", "-o", "json"]).succeeded().stdout;
    assert!(!records.contains("rgn_setup_"));
    assert!(site.secrets("f").iter().all(|secret| !records.contains(&secret[2])));
}
