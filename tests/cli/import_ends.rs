//! Imports that end otherwise than they should.

use std::fs;

use serde_json::Value;

use super::bad_surroundings::shell;
use super::user::site;
use crate::site::Site;

/// More rows than are done in one transaction.
const ROWS: usize = 600;

fn write_people(site: &Site) {
    let rows: Vec<String> = (0..ROWS).map(|at| format!("acme/new{at},new{at}@x.example\n")).collect();
    fs::write(site.at("new.csv"), format!("user,email\n{}", rows.concat())).unwrap();
}

fn newcomers(site: &Site) -> usize {
    let all = site.run(&["user", "list", "acme", "-o", "json"]).succeeded().json();
    all.as_array().unwrap().iter().filter(|user| user["name"].as_str().unwrap().starts_with("new")).count()
}

fn id_of_the_only_batch(site: &Site) -> String {
    let all = site.run(&["batch", "list", "-o", "json"]).succeeded().json();
    let [batch] = all.as_array().unwrap().as_slice() else { panic!("{all}") };
    batch["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_for_failed_rows_that_cannot_be_made_is_told_of_before_anything_is_done() {
    let site = site();
    write_people(&site);
    let ended = site.run(&["user", "import", "new.csv", "--failed-to", "nowhere/failed.csv", "-y", "-q"]);
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 2
    --- stderr
    error: failed to open nowhere/failed.csv
    caused by: No such file or directory (os error 2)
    ");
    assert_eq!(newcomers(&site), 0);
}

#[test]
fn d1_a_report_that_cannot_be_written_tells_that_something_was_done() {
    let site = site();
    write_people(&site);
    let ended = shell(&site, "\"$REGAIN\" user import new.csv -y -o jsonl > /dev/full");
    assert_eq!(ended.code, 1);
    let error = ended.error();
    assert_eq!(error["reason"], "output_after_change");
    let resume = format!("go on with the rest: `regain batch resume {} FILE`", id_of_the_only_batch(&site));
    assert_eq!(error["hints"].as_array().unwrap().last().unwrap(), &Value::from(resume));
    assert!((1..ROWS).contains(&newcomers(&site)));
}

#[test]
fn the_dry_run_of_a_resume_tells_of_those_who_failed_before() {
    let site = site();
    write_people(&site);
    let people = fs::read_to_string(site.at("new.csv")).unwrap();
    fs::write(site.at("new.csv"), people.replace("new3@x.example", "no address")).unwrap();
    shell(&site, "\"$REGAIN\" user import new.csv -y --batch new -o jsonl > /dev/full");
    let resume = ["batch", "resume", "new", "new.csv", "-y", "-o", "jsonl"];
    let tried = site.run(&[&resume[..], &["-n"]].concat());
    let done = site.run(&resume);
    assert_eq!((tried.code, done.code), (10, 10));
    let rows = |told: &str| -> Vec<(u64, String)> {
        let rows = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| {
            (
                row["row"].as_u64().unwrap(),
                row["outcome"].as_str().unwrap().replace("would_create", "created"),
            )
        })
        .collect()
    };
    assert_eq!(rows(&tried.stdout), rows(&done.stdout));
    assert_eq!(tried.error()["message"], done.error()["message"]);
}
