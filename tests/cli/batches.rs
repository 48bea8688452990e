//! A report of many comes row by row, a signal ends it between two of them, and the batch goes on with the rest.

use std::fs;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::site::{Ended, MANY, Site, until};

const GENERATE: &[&str] = &["admin-reset", "--from", "people", "--generate", "--secrets-to", "secrets", "-y"];

pub(super) fn site() -> Site {
    of(MANY)
}

pub(super) fn of(many: usize) -> Site {
    let site = Site::new();
    site.crowd(many);
    site
}

pub(super) fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

/// A batch called `march` that was killed on its way.
pub(super) fn killed(site: &Site, arguments: &[&str]) -> Value {
    let arguments = with(arguments, &["--batch", "march", "-o", "jsonl"]);
    assert_eq!(site.interrupted(&arguments, Signal::SIGKILL).code, -1);
    let shown = shown(site, "march");
    assert_eq!(shown["state"], "interrupted", "{shown}");
    shown
}

fn shown(site: &Site, batch: &str) -> Value {
    site.run(&["batch", "show", batch, "-o", "json"]).succeeded().json()
}

fn reasons(ended: &Ended) -> Vec<(u64, String, Value)> {
    let rows = ended.json();
    let row = |row: &Value| {
        (row["row"].as_u64().unwrap(), row["outcome"].as_str().unwrap().to_owned(), row["reason"].clone())
    };
    rows.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_report_comes_row_by_row_in_every_form() {
    for format in ["table", "json", "jsonl", "csv"] {
        let site = site();
        let (mut child, mut out) = site.begun(&with(GENERATE, &["-o", format]));
        until(&mut out, "many0");
        assert!(child.try_wait().unwrap().is_none(), "{format}: the first row came with the last");
        let rest = until(&mut out, &format!("many{}", MANY - 1));
        assert!(child.wait().unwrap().success(), "{format}: {rest}");
        if format == "table" {
            let user = |line: &str| line.find("acme/").unwrap();
            let places: Vec<usize> = rest.lines().map(user).collect();
            assert!(places.windows(2).all(|two| two[0] == two[1]), "the columns stand still: {rest}");
        }
    }
}

const SO_FAR: &str =
    "The secrets so far are in secrets.unfinished; whoever goes on with the batch adds to them.\n";

#[test]
fn a_signal_ends_it_after_the_row_in_hand() {
    let site = site();
    let ended = site.interrupted(&with(GENERATE, &["-o", "json"]), Signal::SIGINT);
    let rows: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    let done = rows.len();
    assert!(done < MANY && rows.iter().all(|row| row["changed"] == true), "{ended:?}");
    let batch = &site.run(&["batch", "list", "-o", "json"]).succeeded().json()[0];
    let id = batch["id"].as_str().unwrap();
    let error = json!({
        "kind": "cancelled",
        "message": format!("interrupted: {done} done, {} left", MANY - done),
        "reason": "interrupted",
        "causes": [],
        "hints": [
            "what was done is kept, and the report lists it",
            format!("go on with the rest: `regain batch resume {id} --secrets-to secrets`"),
        ],
    });
    let (note, told) = ended.stderr.trim_end().split_once('\n').unwrap();
    assert_eq!(note, SO_FAR.trim_end());
    assert_eq!(serde_json::from_str::<Value>(told).unwrap(), json!({ "error": error }));
    // Whoever got a password is in the report, and nobody else.
    assert_eq!(site.secrets("secrets.unfinished").len(), done);
    assert_eq!(site.recorded("setPasswordByAdmin", "success"), done + 1);
    assert_eq!((&batch["state"], &batch["done"]), (&json!("interrupted"), &json!(done)));
}

#[test]
fn people_are_told_how_far_it_came_and_how_to_go_on() {
    let site = site();
    let ended = site.interrupted(&with(GENERATE, &["--batch", "march"]), Signal::SIGINT);
    let done = ended.stdout.lines().filter(|line| line.contains("acme/many")).count();
    let id = shown(&site, "march")["id"].as_str().unwrap().to_owned();
    let told = format!(
        "{SO_FAR}error: interrupted: {done} done, {} left\n\
         hint: what was done is kept, and the report lists it\n\
         hint: go on with the rest: `regain batch resume {id} --secrets-to secrets`\n",
        MANY - done
    );
    assert_eq!(ended.stderr, told);
}

#[test]
fn t5_a_killed_batch_goes_on_and_each_is_done_once() {
    let site = site();
    let left = usize::try_from(killed(&site, GENERATE)["left"].as_u64().unwrap()).unwrap();
    assert!(left > 0 && left < MANY, "{left}");
    let again = ["batch", "resume", "march", "--secrets-to", "secrets", "-y", "-o", "json"];
    let tried = site.run(&with(&again, &["-n"])).succeeded().json();
    assert_eq!(tried.as_array().map(Vec::len), Some(left), "a dry run shows what is left");
    let rows = site.run(&again).succeeded().json();
    assert_eq!(rows.as_array().map(Vec::len), Some(left));
    let batch = shown(&site, "march");
    assert_eq!((&batch["state"], &batch["done"], &batch["left"]), (&json!("done"), &json!(MANY), &json!(0)));
    assert_eq!(site.recorded("setPasswordByAdmin", "success"), MANY + 1, "each once, and alice before");
    assert_eq!((site.recorded("batchBegun", "success"), site.recorded("batchResumed", "success")), (1, 1));
    // The last line of each counts, and works.
    let secrets = site.secrets("secrets");
    for who in [0, MANY / 2, MANY - 1].map(|at| format!("acme/many{at}")) {
        let last = secrets.iter().rfind(|secret| secret[0] == who).unwrap();
        assert_eq!(site.judged(&who, &last[2]), 12, "{who}");
    }
}

#[test]
fn the_same_command_goes_on_with_resume_and_is_refused_without() {
    let site = site();
    let batch = killed(&site, GENERATE);
    let (id, left) = (batch["id"].as_str().unwrap(), batch["left"].as_u64().unwrap());
    let more = ["admin-reset", "--from", "people", "--generate", "--secrets-to", "more", "-y"];
    let same = with(&more, &["-o", "json"]);
    let refused = site.run(&same).with_code(4).error();
    assert_eq!(
        refused,
        json!({
            "kind": "refused",
            "message": format!("the batch {id} with the same people and options is not finished: {left} of {MANY} rows left"),
            "reason": "batch_unfinished",
            "causes": [],
            "hints": [
                format!("go on with it: `regain batch resume {id}`, or this command again with --resume"),
                format!("or leave the rest of it: `regain batch cancel {id}`"),
            ],
        })
    );
    // Other people, or another change of them, under its name.
    fs::write(site.at("others"), "acme/many1\nacme/many2\n").unwrap();
    for other in [
        &[
            "admin-reset",
            "--from",
            "others",
            "--generate",
            "--secrets-to",
            "more",
            "--batch",
            "march",
            "-y",
            "-o",
            "json",
        ][..],
        &["user", "delete", "--from", "people", "--batch", "march", "--resume", "-y", "-o", "json"],
    ] {
        assert_eq!(site.run(other).with_code(4).error()["reason"], "batch_differs", "{other:?}");
    }
    let input = ["batch", "resume", "march", "others", "--secrets-to", "more", "-y", "-o", "json"];
    assert_eq!(site.run(&input).with_code(4).error()["reason"], "batch_differs");
    let resumed = site.run(&with(&same, &["--resume"])).succeeded().json();
    assert_eq!(resumed.as_array().map(|rows| rows.len() as u64), Some(left));
    assert_eq!(shown(&site, "march")["state"], "done");
    // It is over.
    for (arguments, code, reason) in [
        (&["batch", "resume", "march", "-y"][..], 4, "batch_over"),
        (&with(&more, &["--batch", "march"]), 4, "batch_differs"),
        (&with(&more, &["--resume"]), 3, "no_such_batch"),
        (&["batch", "resume", "april", "-y"], 3, "no_such_batch"),
    ] {
        let error = site.run(&with(arguments, &["-o", "json"])).with_code(code).error();
        assert_eq!(error["reason"], reason, "{arguments:?}");
    }
}

#[test]
fn who_was_changed_meanwhile_is_left_and_reported() {
    let site = site();
    killed(&site, GENERATE);
    let last = format!("acme/many{}", MANY - 1);
    site.ok(&["user", "update", &last, "--description", "on leave", "-y", "-q"]);
    let resumed =
        site.run(&["batch", "resume", "march", "--secrets-to", "more", "-y", "-o", "json"]).with_code(10);
    let rows = resumed.json();
    let rows = rows.as_array().unwrap();
    let (changed, others) = rows.split_last().unwrap();
    assert!(others.iter().all(|row| row["outcome"] == "done"), "{rows:?}");
    assert_eq!(
        (&changed["user"], &changed["outcome"], &changed["reason"], &changed["message"]),
        (
            &json!(last),
            &json!("failed"),
            &json!("changed_since"),
            &json!(format!("somebody changed {last} after the batch began"))
        )
    );
    assert!(site.secrets("more").iter().all(|secret| secret[0] != last));
    assert_eq!(shown(&site, "march")["failed"], 1);
}

#[test]
fn t5_lines_that_a_kill_left_dead_are_named() {
    let site = site();
    killed(&site, GENERATE);
    let last = format!("acme/many{}", MANY - 1);
    let unfinished = site.at("secrets.unfinished");
    let mut lines = fs::read_to_string(&unfinished).unwrap();
    lines += &json!({"user": last, "kind": "password", "secret": "dead"}).to_string();
    lines.push('\n');
    fs::write(&unfinished, lines).unwrap();
    let resumed = site.run(&["batch", "resume", "march", "--secrets-to", "secrets", "-y", "-q"]).succeeded();
    let named = resumed.stderr.lines().find(|line| line.contains("has lines for changes that were not made"));
    assert!(named.is_some_and(|line| line.contains(&last)), "{}", resumed.stderr);
    let lines: Vec<_> = site.secrets("secrets").into_iter().filter(|secret| secret[0] == last).collect();
    assert_eq!((site.judged(&last, &lines[0][2]), site.judged(&last, &lines[1][2])), (11, 12));
}

#[test]
fn one_that_was_interrupted_can_be_cancelled() {
    let site = site();
    let left = killed(&site, GENERATE)["left"].as_u64().unwrap();
    let cancel = ["batch", "cancel", "march", "-y", "-o", "json"];
    let tried = site.run(&with(&cancel, &["-n"])).succeeded().json();
    assert_eq!((&tried["state"], &tried["outcome"]), (&json!("cancelled"), &json!("would_do")));
    let cancelled = site.run(&cancel).succeeded().json();
    assert_eq!(
        (&cancelled["state"], &cancelled["left"], &cancelled["changed"]),
        (&json!("cancelled"), &json!(left), &json!(true))
    );
    assert_eq!(site.run(&cancel).succeeded().json()["changed"], false, "again");
    let error = site.run(&["batch", "resume", "march", "-y", "-o", "json"]).with_code(4).error();
    assert_eq!(error["reason"], "batch_over");
    assert_eq!(site.recorded("batchCancelled", "success"), 1);
}

#[test]
fn batches_are_chosen_by_the_state_they_are_in_page_by_page() {
    let site = site();
    killed(&site, GENERATE);
    let march = site.row("batches", "name", "march");
    assert_eq!(march["state"], "running", "a kill leaves it so");
    let lives = regain::os::this_process();
    let others = [
        ("april", "running", Some(lives.as_str())),
        ("may", "done", None),
        ("june", "interrupted", None),
        ("july", "cancelled", None),
        ("august", "running", Some(lives.as_str())),
        ("september", "running", None),
    ];
    site.raw().copy("batches", &march, others.len(), |at, row| {
        let (name, state, worker) = others[at];
        row["number"] = (march.number("number") + 1 + i64::try_from(at).unwrap()).into();
        row["id"] = format!("bat_{at:024}").into();
        (row["name"], row["state"]) = (name.into(), state.into());
        row["worker"] = worker.unwrap_or(march.text("worker")).into();
    });
    let list = |words: &[&str]| {
        let rows = site.run(&with(&["batch", "list", "-o", "json"], words)).succeeded().json();
        let line = |row: &Value| [&row["name"], &row["state"]].map(|cell| cell.as_str().unwrap().to_owned());
        rows.as_array().unwrap().iter().map(|row| line(row).join(" ")).collect::<Vec<_>>()
    };
    let interrupted = ["september interrupted", "june interrupted", "march interrupted"];
    for (state, expected) in [
        ("interrupted", &interrupted[..]),
        ("running", &["august running", "april running"]),
        ("done", &["may done"]),
        ("cancelled", &["july cancelled"]),
    ] {
        assert_eq!(list(&["--state", state]), expected);
        let mut after: Vec<&str> = vec![];
        for row in expected {
            let page = with(&["--state", state, "--limit", "1"], &after);
            assert_eq!(list(&page), [*row], "{page:?}");
            after = vec!["--after", row.split(' ').next().unwrap()];
        }
        assert_eq!(list(&with(&["--state", state], &after)), [""; 0]);
    }
    assert_eq!(list(&["--state", "interrupted", "--after", "july"]), interrupted[1..]);
    assert_eq!(list(&[]).len(), 7);
    let none = site.run(&["batch", "list", "--state", "done", "--after", "may"]).succeeded();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "No batch fits.\n"));
}

#[test]
fn too_many_failures_keep_a_batch_from_beginning() {
    let site = site();
    fs::write(site.at("mixed"), "acme/many1\nacme/nobody\nacme/many2\nacme/noone\n").unwrap();
    let disable = ["user", "disable", "--from", "mixed", "-y", "-o", "json"];
    let others = || {
        let left = |row| (row, "skipped".to_owned(), json!("others_failed"));
        let failed = |row| (row, "failed".to_owned(), json!("no_such_user"));
        vec![left(1), failed(2), left(3), failed(4)]
    };
    for limit in [&["--max-failures", "1"][..], &["--max-failures", "49%"], &["--atomic"]] {
        let ended = site.run(&with(&disable, limit)).with_code(10);
        assert_eq!(reasons(&ended), others(), "{limit:?}");
    }
    assert!(site.run(&["batch", "list", "-o", "json"]).succeeded().json().as_array().unwrap().is_empty());
    assert_eq!(site.recorded("updateUser", "success"), 0);
    for limit in [&["--max-failures", "2"][..], &["--max-failures", "50%"]] {
        site.run(&with(&disable, limit)).with_code(10);
    }
    assert_eq!(site.recorded("updateUser", "success"), 2, "then unchanged");
    for wrong in ["x", "101%", "-1", ""] {
        let error = site.run(&with(&disable, &["--max-failures", wrong])).with_code(2).error();
        let message = "--max-failures takes a number of rows, or a percentage";
        assert_eq!(error["message"], message, "{wrong}");
    }
}

#[test]
fn what_is_for_several_is_refused_for_one() {
    let site = site();
    for option in [&["--batch", "b"][..], &["--resume"], &["--atomic"], &["--max-failures", "1"]] {
        let ended = site.run(&with(&["user", "disable", "acme/alice", "-y"], option)).with_code(2);
        let expected = format!(
            "error: {} is for several people, and this is one USER\nhint: leave it out, or name people with --from\n",
            option[0]
        );
        assert_eq!(ended.stderr, expected);
    }
}

#[test]
fn whoever_no_token_can_be_sent_to_gets_a_password() {
    let site = site();
    site.ok(&["user", "create", "acme/bob", "-y", "-q"]);
    site.ok(&["contact", "bind", "acme/bob", "--email", "bob@example.com", "--verified", "-y", "-q"]);
    fs::write(site.at("two"), "acme/bob\nacme/many1\n").unwrap();
    let reset = ["admin-reset", "--from", "two", "--setup", "--else", "generate", "--secrets-to", "s", "-y"];
    let rows = site.run(&with(&reset, &["-o", "json"])).succeeded().json();
    assert_eq!((&rows[0]["must_change"], &rows[1]["must_change"]), (&Value::Null, &json!(true)));
    let secrets = site.secrets("s");
    assert_eq!(
        (secrets.len(), secrets[0][0].as_str(), secrets[0][1].as_str()),
        (1, "acme/many1", "password")
    );
    assert_eq!(site.recorded("setupTokenSent", "success"), 1);
}

#[test]
fn rows_of_a_journal_name_nobody_who_is_not_there() {
    let site = site();
    fs::write(site.at("mixed"), "acme/many1\nacme/hunter2-typed-here\nacme/many1\n").unwrap();
    site.run(&["user", "disable", "--from", "mixed", "--batch", "b", "-y"]).with_code(10);
    let rows = site.run(&["batch", "show", "b", "--rows", "-o", "json"]).succeeded().json();
    assert_eq!(
        rows,
        json!([
            {"row": 1, "user": "acme/many1", "outcome": "done", "reason": null},
            {"row": 2, "user": null, "outcome": "failed", "reason": "no_such_user"},
            {"row": 3, "user": "acme/many1", "outcome": "skipped", "reason": "duplicate"},
        ])
    );
    let store = String::from_utf8_lossy(&fs::read(site.store()).unwrap()).into_owned();
    assert!(!store.contains("hunter2-typed-here"), "U3: people type passwords for names");
}

#[test]
fn what_failed_is_a_list_again() {
    let site = site();
    fs::write(site.at("mixed"), "user,note\nacme/many1,x\nacme/nobody,\"y,z\"\n").unwrap();
    let disable = ["user", "disable", "--from", "mixed", "-y", "-q", "--failed-to", "failed"];
    site.run(&disable).with_code(10);
    let why = "the account is invalid or not supported: there is no user acme/nobody";
    let failed = fs::read_to_string(site.at("failed")).unwrap();
    assert_eq!(failed, format!("user,note,regain_error\nacme/nobody,\"y,z\",{why}\n"));
    site.run(&disable).with_code(4);
    site.ok(&["user", "create", "acme/nobody", "-y", "-q"]);
    site.run(&["user", "disable", "--from", "failed", "-y", "--failed-to", "more"]).succeeded();
    assert!(!site.at("more").exists());
    // Of people who were named or chosen, a line each.
    site.run(&["user", "disable", "acme/many2", "acme/noone", "-y", "-q", "--failed-to", "named"])
        .with_code(10);
    let failed = fs::read_to_string(site.at("named")).unwrap();
    assert_eq!(failed, format!("# regain_error: {}\nacme/noone\n", why.replace("nobody", "noone")));
}
