//! What the program inherits from whoever starts it: limits, signals, and a system that gives it nothing.

use crate::site::{Ended, REGAIN, Site, ended};

/// A command that other words start.
fn under(site: &Site, words: &[&str], arguments: &[&str], input: &str) -> Ended {
    let all = [&words[1..], &[REGAIN], arguments].concat();
    let mut command = site.program(words[0], &all);
    ended(command.stdin(std::process::Stdio::piped()).spawn().unwrap(), input)
}

#[test]
fn t10_the_doctor_tells_of_limits_and_of_ignored_signals() {
    let site = Site::new();
    let words = [
        "env",
        "--ignore-signal=XFSZ,XCPU,CHLD",
        "prlimit",
        "--fsize=900000000",
        "--as=9000000000",
        "--data=9000000001",
        "--cpu=3600",
        "--stack=1000000",
        "--nofile=63",
    ];
    let told = under(&site, &words, &["doctor", "-o", "json"], "").succeeded().json();
    let warned: Vec<String> = told
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["check"] == "surroundings")
        .map(|finding| {
            assert_eq!(finding["level"], "warning");
            format!("{} {}", finding["message"].as_str().unwrap(), finding["remedy"].as_str().unwrap())
        })
        .collect();
    insta::assert_snapshot!(warned.join("\n"));
    // And nothing is refused to whoever has a store of their own.
    under(&site, &words, &["account", "create", "acme", "-y"], "").succeeded();
    let as_usual = site.run(&["doctor", "-o", "json"]).succeeded().json();
    assert!(as_usual.as_array().unwrap().iter().all(|finding| finding["check"] != "surroundings"));
}

#[test]
fn t10_signals_that_the_parent_blocks_get_through() {
    let site = Site::new();
    let mut command = site.program("env", &["--block-signal", REGAIN, "verify", "acme", "--password-stdin"]);
    let child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let status = || std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let is_free = |status: &str| {
        // Before that it is still `env`.
        ["Name:\tregain", "SigBlk:\t0000000000000000"]
            .iter()
            .all(|wanted| status.lines().any(|line| line == *wanted))
    };
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !is_free(&status()) {
        assert!(std::time::Instant::now() < until, "{}", status());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(ended(child, "x\n").code, 11);
}

#[test]
fn t10_no_file_of_ours_takes_the_place_of_a_closed_stream() {
    let site = Site::new();
    let words = ["strace", "-f", "-o", "opened", "--trace=openat", "/bin/sh", "-c"];
    let script = format!("exec {REGAIN} account create acme -y <&- >&- 2>&-");
    let told = site.program(words[0], &[&words[1..], &[script.as_str()]].concat()).output().unwrap();
    assert!(told.status.success(), "{told:?}");
    let opened = std::fs::read_to_string(site.path().join("opened")).unwrap();
    let numbers: Vec<i32> = opened
        .lines()
        .filter(|line| line.contains("/regain/regain"))
        .filter_map(|line| line.rsplit_once(" = ")?.1.parse().ok())
        .collect();
    assert!(numbers.len() > 2 && numbers.iter().all(|number| *number > 2), "{opened}");
}

#[test]
fn t10_without_randomness_a_command_fails_and_does_not_panic() {
    let site = Site::new();
    site.account("acme");
    for (arguments, input) in [
        (&["codes", "explain", "acme"][..], ""),
        (&["admin-reset", "--from", "-", "--setup", "-y"], "acme\n"),
        (&["request", "start", "acme"], ""),
        (&["user", "list"], ""),
    ] {
        let told = under(&site, &without_randomness("--inject=getrandom:error=EIO"), arguments, input);
        assert_eq!(told.code, 1, "{told:?}");
        assert_eq!(
            told.stderr,
            "error: failed to get random bytes from the operating system\nhint: check that the system allows regain \
             to call getrandom\n"
        );
        assert_eq!(told.stdout, "");
    }
    // Where it fails later on, in a place that can only panic, nothing is told but where.
    let mut ends: Vec<Ended> = Vec::new();
    while ends.last().is_none_or(|last| last.code != 0) {
        let inject = format!("--inject=getrandom:error=EIO:when={}+", ends.len() + 1);
        ends.push(under(&site, &without_randomness(&inject), &["codes", "explain", "acme"], ""));
        assert!(ends.len() < 20, "{ends:?}");
    }
    let told = ends.iter().find(|ended| ended.stderr.starts_with("error: a bug in regain at ")).unwrap();
    let lines: Vec<&str> = told.stderr.lines().collect();
    assert_eq!((told.code, &lines[1..]), (1, &["hint: please report it, with what you did"][..]));
    assert!(ends.iter().all(|ended| ended.code <= 1), "{ends:?}");
}

/// strace, which lets the calls for randomness fail, from one on. What it says itself goes elsewhere.
fn without_randomness(inject: &str) -> [&str; 6] {
    ["strace", "-f", "-o", "/dev/null", "--trace=getrandom", inject]
}

#[test]
fn t10_a_lack_of_memory_or_of_files_is_called_so() {
    let site = Site::new();
    site.configure("[hash]\nmemory_kib = 1048576\n");
    let little = under(&site, &["prlimit", "--as=600000000"], &["verify", "acme", "--password-stdin"], "x\n");
    insta::assert_snapshot!(site.shown(&little));
    let few: Vec<Ended> = (4..=12)
        .map(|most| under(&site, &["prlimit", &format!("--nofile={most}")], &["account", "list"], ""))
        .collect();
    assert!(few.iter().any(|ended| ended.code == 7), "{few:?}");
    for ended in few {
        assert!(!ended.stderr.to_lowercase().contains("permission"), "{ended:?}");
        if ended.code == 7 {
            insta::assert_snapshot!("too_many_files", site.shown(&ended));
        }
    }
}
