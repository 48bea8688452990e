//! D1, T5: a batch that is killed at any moment, however often, is done once for each. D2: many batches at once lose nothing
//! and double nothing.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::changes::MOST;
use crate::disturbed::{Disturbed, acme};
use crate::race::at_once;
use crate::site::Site;

/// How often a batch is killed. `REGAIN_LONG=1` kills as often as moves any two of its writes apart.
fn kills() -> u32 {
    if std::env::var_os("REGAIN_LONG").is_some() { 200 } else { 12 }
}

/// How often each person was reset, by name.
fn resets(site: &Site) -> BTreeMap<String, usize> {
    let mut resets = BTreeMap::new();
    for event in site.events("setPasswordByAdmin") {
        *resets.entry(event.text("target").to_owned()).or_default() += 1;
    }
    resets
}

#[test]
fn d1_t5_a_batch_that_is_killed_at_any_moment_is_done_once_for_each() {
    let site = Site::new();
    let (kills, many) = (kills(), 8 * kills() as usize);
    site.crowd(many);
    let begin = ["admin-reset", "--from", "people", "--generate", "--secrets-to", "secrets", "--batch", "b"];
    let mut killed = 0;
    // A moment in the life of each run, spread over what the longest of them takes.
    let mut moment = 0_u32;
    loop {
        let more: &[&str] = if killed == 0 { &["-y"] } else { &["-y", "--resume"] };
        let mut child = site
            .command(&[&begin[..], more].concat())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if killed < kills {
            moment = (moment * 37 + 101) % 400;
            sleep(Duration::from_millis(moment.into()));
            let _ = kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGKILL);
            killed += 1;
        }
        if child.wait().unwrap().success() {
            break;
        }
    }
    let batch = site.run(&["batch", "show", "b", "-o", "json"]).succeeded().json();
    assert_eq!((&batch["state"], &batch["done"]), (&"done".into(), &many.into()), "{killed} kills: {batch}");
    let resets = resets(&site);
    assert_eq!(resets.len(), many + 1, "everybody, and alice before");
    assert!(resets.values().all(|times| *times == 1), "{resets:?}");
    // The last line for each is the password that they have.
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for [user, _, secret] in site.secrets("secrets") {
        last.insert(user, secret);
    }
    assert_eq!(last.len(), many);
    for (user, secret) in last {
        assert_eq!(site.judged(&user, &secret), 12, "{user}");
    }
}

#[test]
fn d1_a_batch_that_is_killed_at_any_write_is_done_once_for_each() {
    let site = acme();
    site.succeed(&["user", "create", "acme/alice", "-y"], "");
    site.many_like("alice", 3);
    fs::write(site.at("people"), "acme/many0\nacme/many1\nacme/many2\n").unwrap();
    let disable = ["user", "disable", "--from", "people", "--batch", "b", "--resume", "-y", "-q"];
    for call in ["pwrite64", "fdatasync"] {
        for number in 1.. {
            assert!(number < MOST, "{call} is called without end");
            let site = site.copy();
            let log = site.at("strace.log");
            let inject = format!("--inject={call}:signal=KILL:when={number}");
            let trace = format!("--trace={call}");
            let before = ["strace", "-f", "-o", log.to_str().unwrap(), trace.as_str(), inject.as_str()];
            let killed = !site.under(&before, &disable, "").status.success();
            if killed {
                let again = site.run(&disable);
                // It may have been over.
                let was_over = again.stderr.contains("the batch b is over");
                assert!(again.code == 0 || (again.code == 4 && was_over), "{call} {number}: {again:?}");
            }
            let done = site.events("updateUser").len();
            assert_eq!(done, 3, "{call} number {number}: each once");
            if !killed {
                break;
            }
        }
    }
}

#[test]
fn d2_eight_batches_at_once_lose_nothing_and_double_nothing() {
    const EACH: usize = 20;
    let site = Site::new();
    site.crowd(8 * EACH);
    let words = |list: usize| {
        let names: Vec<String> = (0..EACH).map(|at| format!("acme/many{}\n", list * EACH + at)).collect();
        fs::write(site.at(&format!("list{list}")), names.concat()).unwrap();
        let words = format!("admin-reset --from list{list} --generate --secrets-to secrets{list} -y -q");
        (words.split(' ').map(str::to_owned).collect(), String::new())
    };
    let all: Vec<(Vec<String>, String)> = (0..8).map(words).collect();
    let ended = at_once(&site, &all);
    assert!(ended.iter().all(|one| one.code == 0), "{ended:?}");
    let resets = resets(&site);
    assert!(resets.len() == 8 * EACH + 1 && resets.values().all(|times| *times == 1), "{resets:?}");
    for list in 0..8 {
        let secrets = site.secrets(&format!("secrets{list}"));
        assert_eq!(secrets.len(), EACH);
        let [user, _, secret] = &secrets[list];
        assert_eq!(site.judged(user, secret), 12, "{user}");
    }
    site.run(&["audit", "verify"]).succeeded();
}

#[test]
fn d2_of_eight_that_go_on_with_one_batch_one_does() {
    let site = Site::new();
    site.crowd(60);
    let reset =
        ["admin-reset", "--from", "people", "--generate", "--secrets-to", "secrets", "--batch", "b", "-y"];
    site.interrupted(&[&reset[..], &["-o", "jsonl"]].concat(), Signal::SIGKILL);
    let words = |at: usize| {
        let words = format!("batch resume b --secrets-to more{at} -y -o json");
        (words.split(' ').map(str::to_owned).collect(), String::new())
    };
    let all: Vec<(Vec<String>, String)> = (0..8).map(words).collect();
    let ended = at_once(&site, &all);
    let done = ended.iter().filter(|one| one.code == 0).count();
    assert_eq!(done, 1, "{ended:?}");
    for other in ended.iter().filter(|one| one.code != 0) {
        let reason = other.error()["reason"].clone();
        assert!(reason == "batch_running" || reason == "batch_over", "{other:?}");
    }
    let resets = resets(&site);
    assert!(resets.len() == 61 && resets.values().all(|times| *times == 1), "{resets:?}");
}
