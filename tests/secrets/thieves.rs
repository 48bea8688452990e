//! What somebody gets who looks at a running process, at its dump, or has a copy of the store.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::traces::{PASSWORD, Traces};
use crate::site::{REGAIN, Site};

#[test]
fn t1_a_running_process_shows_no_secret() {
    let site = Site::new();
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    site.verify(&id, &code).succeeded();
    let mut child = site
        .command(&["request", "set-password", &id, "--password-stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Without the end of the line, it waits for more.
    stdin.write_all(PASSWORD.as_bytes()).unwrap();
    stdin.flush().unwrap();
    let process = Path::new("/proc").join(child.id().to_string());
    let status = || std::fs::read_to_string(process.join("wchan")).unwrap_or_default();
    while status().starts_with('0') && std::fs::read(process.join("cmdline")).unwrap().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let shown = Traces::default();
    for file in ["cmdline", "environ"] {
        // Not dumpable (T6): only root can look, and a refusal is an answer, too.
        shown.keep(file.to_owned(), std::fs::read(process.join(file)).unwrap_or_default());
    }
    assert_eq!(shown.holding("set-password"), ["cmdline"]);
    assert_eq!(shown.holding(PASSWORD), Vec::<String>::new());
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn t6_no_core_and_no_dump_of_a_running_process() {
    let site = Site::new();
    // The limit comes from the shell as high as it may be, so that only the program can have lowered it.
    let script = format!("ulimit -S -c $(ulimit -H -c); exec {REGAIN} delivery run --watch");
    let mut child = site.program("/bin/sh", &["-c", &script]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let limits = Path::new("/proc").join(child.id().to_string()).join("limits");
    let started = std::time::Instant::now();
    let core = || {
        let text = std::fs::read_to_string(&limits).unwrap();
        text.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned()
    };
    while core().split_whitespace().nth(4) != Some("0") {
        assert!(started.elapsed().as_secs() < 10, "{}", core());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn k2_a_stolen_store_without_its_key_gives_no_code() {
    let site = Site::new();
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    // The thief has the store and a key of their own.
    let thief = Site::new();
    for suffix in ["", "-wal", "-shm"] {
        let name = format!("regain.db{suffix}");
        let from = site.store().with_file_name(&name);
        if from.exists() {
            std::fs::copy(from, thief.store().with_file_name(&name)).unwrap();
        }
    }
    // Refused at the door, for a record that the thief's key never made; so the thief adds one.
    let refused = thief.run(&["delivery", "run", "-o", "json"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (6, ""), "{refused:?}");
    let key = std::fs::read_to_string(thief.path().join("config/regain/regain.key")).unwrap();
    let key = key.lines().find(|line| line.len() > 80 && !line.starts_with('#')).unwrap();
    thief.raw().copy("audit", &thief.newest("audit"), 1, |_, event| {
        event.shift("seq", 1);
        event["key_id"] = key.split(' ').next().unwrap().into();
    });
    let run = thief.run(&["delivery", "run", "-o", "json"]);
    assert_eq!((run.code, &run.json()["handed_over"]), (8, &0.into()), "{run:?}");
    assert_eq!(thief.mails_to("acme@example.com"), Vec::<String>::new());
    let code = site.code_to("acme@example.com");
    assert_ne!(thief.verify(&id, &code).code, 0);
    site.verify(&id, &code).succeeded();
}
