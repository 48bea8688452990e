//! `regain demo`: the whole story, on a store that is gone afterwards.

use rustix::process::Signal;

use crate::site::{Site, ended};

fn demo(site: &Site, arguments: &[&str]) -> crate::site::Ended {
    let scratch = site.path().join("scratch");
    std::fs::create_dir_all(&scratch).unwrap();
    let mut command = site.command(&[&["demo"][..], arguments].concat());
    command.env("TMPDIR", &scratch);
    ended(command.spawn().unwrap(), "")
}

#[test]
fn it_tells_every_act_works_by_itself_and_leaves_nothing() {
    let site = Site::bare();
    let told = demo(&site, &["--auto"]).succeeded();
    let hidden = regex::Regex::new(r"(?m)[0-9]{6}\b").unwrap();
    for act in [
        "acme/alice",
        "CAPTCHA",
        "Your verification code is",
        "Signed in as acme/alice (IAM user).",
        "acme/bob",
    ] {
        assert!(told.stdout.contains(act) || told.stderr.contains(act), "{act}: {told:?}");
    }
    assert!(hidden.is_match(&told.stdout), "the code is read in the shown message: {}", told.stdout);
    let left: Vec<_> = std::fs::read_dir(site.path().join("scratch")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let made: Vec<_> =
        std::fs::read_dir(site.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(made, ["scratch"], "nothing in the places of a real store");
}

#[test]
fn it_touches_no_real_store() {
    let site = Site::new();
    site.account("acme");
    let before = site.counts();
    demo(&site, &["--auto"]).succeeded();
    assert_eq!(site.counts(), before);
}

#[test]
fn without_a_terminal_it_names_the_option() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&demo(&site, &[])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --auto to answer
    ");
    insta::assert_snapshot!(site.shown(&demo(&site, &["--no-input"])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --auto to answer
    ");
}

#[test]
fn a_signal_ends_it_without_a_trace() {
    use std::os::unix::process::ExitStatusExt;
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let site = Site::bare();
        let scratch = site.path().join("scratch");
        std::fs::create_dir_all(&scratch).unwrap();
        let mut demo = site.command(&["demo", "--auto"]).env("TMPDIR", &scratch).spawn().unwrap();
        let is_empty = || std::fs::read_dir(&scratch).unwrap().next().is_none();
        while is_empty() {
            assert!(demo.try_wait().unwrap().is_none(), "it ended before it had begun");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        rustix::process::kill_process(rustix::process::Pid::from_child(&demo), signal).unwrap();
        assert_eq!(demo.wait().unwrap().signal(), Some(signal.as_raw()));
        assert!(is_empty(), "{signal:?}");
    }
}
