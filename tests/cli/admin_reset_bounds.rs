//! `regain admin-reset …`: secrets that cannot be handed out, and operators who may not.

use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, symlink};

use serde_json::json;

use super::admin_reset::{OLD, lock, reset, site};
use crate::site::{REGAIN, Site, ended};

#[test]
fn t5_a_file_that_is_there_is_never_written() {
    let site = site();
    let at = |name: &str| site.path().join(name);
    std::fs::write(at("full"), "mine").unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("full", at("link")).unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    let before = site.digest();
    for name in ["full", "dangling", "link", "folder", "/dev/full", "/dev/null"] {
        for users in [&["acme/bob"][..], &["acme/bob", "acme/alice"]] {
            for dry in [&[][..], &["--dry-run"]] {
                let rest = ["--generate", "--secrets-to", name];
                let wanted = if matches!(name, "dangling" | "link") { 2 } else { 4 };
                assert_eq!(reset(&site, &[users, &rest[..], dry].concat()).code, wanted, "{name} {dry:?}");
            }
        }
    }
    assert_eq!(site.digest(), before);
    assert_eq!(std::fs::read_to_string(at("full")).unwrap(), "mine");
    assert!(!at("nowhere").exists());
    let link = reset(&site, &["acme/bob", "--generate", "--secrets-to", "link"]);
    insta::assert_snapshot!(site.shown(&link), @"
    exit 2
    --- stderr
    error: link is a link, and is not followed
    ");
    let full = reset(&site, &["acme/bob", "--generate", "--secrets-to", "/dev/full"]);
    insta::assert_snapshot!(site.shown(&full), @"
    exit 4
    --- stderr
    error: /dev/full exists already, and is not overwritten
    hint: name a file that does not exist yet
    ");
}

/// A terminal that takes nothing more: the far end of one that nobody reads.
fn full_terminal() -> std::fs::File {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let mut options = std::fs::OpenOptions::new();
    let flags = i32::try_from(flags.bits()).unwrap();
    let mut terminal = options.read(true).write(true).custom_flags(flags).open("/dev/ptmx").unwrap();
    // The kernel carries what is written on in the background: full is what stays full.
    let mut refused = 0;
    while refused < 5 {
        if terminal.write(b"x\n").is_ok_and(|written| written > 0) {
            refused = 0;
        } else {
            refused += 1;
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
    terminal
}

#[test]
fn t5_a_secret_that_cannot_be_shown_changes_nothing() {
    let site = site();
    let before = site.digest();
    for (arguments, code) in [
        (&["admin-reset", "acme/bob", "--generate", "-y"][..], 8),
        (&["admin-reset", "acme/bob", "--setup", "-y"], 8),
        (&["user", "create", "acme/carol", "--generate", "-y"], 8),
        (&["admin-reset", "acme/bob", "acme/alice", "--generate", "-y", "-o", "json"], 8),
    ] {
        let mut command = site.command(arguments);
        let ended = ended(command.stderr(full_terminal()).spawn().unwrap(), "");
        // A batch leaves a journal of what it did not do.
        let unchanged = arguments.contains(&"acme/alice") || site.digest() == before;
        assert_eq!((ended.code, unchanged), (code, true), "{arguments:?} {ended:?}");
    }
    assert_eq!(site.recorded("setPasswordByAdmin", "success"), 2, "alice's and bob's first ones");
    let batch = &site.run(&["batch", "list", "-o", "json"]).succeeded().json()[0];
    assert_eq!((&batch["failed"], &batch["done"], &batch["left"]), (&0.into(), &0.into(), &2.into()));
}

#[test]
fn what_was_to_be_for_all_or_none_is_so_when_it_is_gone_on_with() {
    let site = site();
    let reset = ["admin-reset", "acme/bob", "acme/alice", "--generate", "--atomic", "--batch", "b", "-y"];
    let ended = ended(site.command(&reset).stderr(full_terminal()).spawn().unwrap(), "");
    assert_eq!(ended.code, 8, "{ended:?}");
    // Whoever was changed since fails.
    site.ok(&["user", "update", "acme/alice", "--description", "on leave", "-y"]);
    let resume = ["batch", "resume", "b", "--secrets-to", "f", "-y", "-o", "json"];
    let rows = site.run(&resume).with_code(10).json();
    let told = rows.as_array().unwrap().iter().map(|row| (&row["user"], &row["outcome"], &row["message"]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (
                &"acme/bob".into(),
                &"skipped".into(),
                &"with --atomic, nothing is done where a row fails".into()
            ),
            (
                &"acme/alice".into(),
                &"failed".into(),
                &"somebody changed acme/alice after the batch began".into()
            ),
        ]
    );
    assert_eq!((site.judged("acme/bob", OLD), site.judged("acme/alice", OLD)), (0, 0));
    assert!(!site.at("f").exists());
}

#[test]
fn t5_a_report_that_cannot_be_written_loses_no_password() {
    let site = site();
    let script = format!(
        "exec {REGAIN} admin-reset acme/bob acme/alice --generate --secrets-to f -y -o jsonl >/dev/full"
    );
    let ended = ended(site.program("/bin/bash", &["-c", &script]).spawn().unwrap(), "");
    assert_ne!(ended.code, 0);
    // Whoever has a new password has it in the file.
    for who in ["acme/bob", "acme/alice"] {
        let new = site.secrets("f").into_iter().find(|secret| secret[0] == who);
        let expected = if new.is_some() { (11, 12) } else { (0, 11) };
        let new = new.map_or("none".to_owned(), |[_, _, password]| password);
        assert_eq!((site.judged(who, OLD), site.judged(who, &new)), expected, "{who}");
    }
}

const HELPER: u32 = 61_234;

#[test]
fn o2_support_sends_links_and_nothing_more() {
    let site = site();
    site.configure(&format!("[operators]\nadmin = [\"deputy\"]\nsupport = [\"uid:{HELPER}\"]\n[support]\nverified_caller = \"optional\"\n"));
    let deputy = ["user", "create", "acme/deputy", "--email", "deputy@example.com", "-y"];
    site.run(&deputy).succeeded();
    lock(&site, "acme/alice");
    if !site.let_in(HELPER) {
        return;
    }
    let by = |arguments: &[&str]| site.run_as(HELPER, &[&["admin-reset", "-y"], arguments].concat());
    // Without a way, it is the only one there is.
    insta::assert_snapshot!(site.shown(&by(&["acme/alice"])), @"
    exit 0
    --- stderr
    A setup token for acme/alice is on its way.
    Note: the old password of acme/alice works until the token is used.
    Note: acme/alice stays locked until TIME; --unlock ends the lock (`regain faq locked`).
    ");
    insta::assert_snapshot!(site.shown(&by(&["acme/bob"])), @"
    exit 4
    --- stderr
    error: acme/bob has no verified email address for a setup token
    hint: an administrator can hand one out with --secrets-to FILE, or use --generate
    ");
    insta::assert_snapshot!(site.shown(&by(&["acme/alice", "--generate", "--secrets-to", "f"])), @"
    exit 4
    --- stderr
    error: the role support may not set passwords
    hint: ask an administrator
    ");
    for (arguments, reason) in [
        (&["acme/alice", "--setup", "--secrets-to", "f"][..], "not_allowed"),
        (&["acme/alice", "--setup", "--unlock"], "not_allowed"),
        (&["acme/alice", "--password-stdin"], "not_allowed"),
        (&["acme", "--setup"], "not_allowed"),
        (&["acme", "--setup", "--override"], "not_allowed"),
        (&["acme/deputy", "--setup"], "not_allowed"),
        (&["acme/bob", "--setup"], "no_verified_email"),
    ] {
        let ended = by(&[arguments, &["-o", "json"]].concat());
        assert_eq!((ended.code, &ended.error()["reason"]), (4, &json!(reason)), "{arguments:?}");
    }
    assert!(!site.path().join("f").exists());
    assert_eq!(site.rows("setup_tokens").len(), 1);
    assert_eq!(site.count("sign_in_failures", |one| one.has("locked_until")), 1);
    // Each refusal and each look-up is on record (O4).
    assert_eq!(site.recorded("operatorRefused", ""), 7);
    assert_ne!(site.recorded("lookupUser", ""), 0);
}

/// How a command of somebody's ends at a terminal, and all that it shows there.
fn at_terminal(site: &Site, uid: u32, arguments: &[&str]) -> (u32, String) {
    let pair = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).unwrap();
    let mut command = portable_pty::CommandBuilder::new("/usr/bin/setpriv");
    let (user, group) = (format!("--reuid={uid}"), format!("--regid={uid}"));
    command.args([
        &user,
        &group,
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    ]);
    command.arg(site.path().join("regain"));
    command.args(arguments);
    command.env_clear();
    for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("HOME", "")] {
        command.env(name, site.path().join(folder));
    }
    command.cwd(site.path());
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut shown, mut bytes) = (Vec::new(), [0; 4096]);
    // The end of a pseudo-terminal is an error (EIO).
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        shown.extend_from_slice(&bytes[..count]);
    }
    (child.wait().unwrap().exit_code(), String::from_utf8(shown).unwrap())
}

#[test]
fn o2_support_at_a_terminal_is_shown_no_token_and_mails_none_to_an_unverified_address() {
    let site = site();
    let settings =
        format!("[operators]\nsupport = [\"uid:{HELPER}\"]\n[support]\nverified_caller = \"optional\"\n");
    site.configure(&settings);
    site.run(&["contact", "bind", "acme/bob", "--email", "bob@example.com", "-y", "-q", "--no-input"])
        .succeeded();
    site.run(&["user", "create", "acme/carol", "-y", "-q"]).succeeded();
    if !site.let_in(HELPER) {
        return;
    }
    for who in ["acme/bob", "acme/carol"] {
        let (code, shown) = at_terminal(&site, HELPER, &["admin-reset", who, "--setup", "-y"]);
        assert_eq!(code, 4, "{shown}");
        assert!(shown.contains(&format!("{who} has no verified email address for a setup token")), "{shown}");
        assert!(!shown.contains("rgn_setup_"), "{shown}");
    }
    assert_eq!(site.rows("setup_tokens").len(), 0);
    // A control: with a verified address it is mailed, and shown to nobody. An administrator is shown one.
    let (code, shown) = at_terminal(&site, HELPER, &["admin-reset", "acme/alice", "--setup", "-y"]);
    assert_eq!((code, shown.contains("rgn_setup_")), (0, false), "{shown}");
    site.let_in(0);
    let (code, shown) = at_terminal(&site, 0, &["admin-reset", "acme/carol", "--setup", "-y"]);
    assert_eq!((code, shown.contains("rgn_setup_")), (0, true), "{shown}");
}

#[test]
fn o2_whoever_is_named_in_another_case_is_an_operator() {
    let site = site();
    let operators = format!("[operators]\nadmin = [\"DEPUTY\"]\nsupport = [\"uid:{HELPER}\", \"Erin\"]\n");
    site.configure(&format!("{operators}[support]\nverified_caller = \"optional\"\n"));
    for name in ["deputy", "erin", "deput"] {
        let email = format!("{name}@example.com");
        site.run(&["user", "create", &format!("acme/{name}"), "--email", &email, "-y", "-q"]).succeeded();
    }
    if !site.let_in(HELPER) {
        return;
    }
    let setup = |who: &str| site.run_as(HELPER, &["admin-reset", who, "--setup", "-y"]);
    for who in ["acme/deputy", "acme/erin"] {
        assert_eq!(
            setup(who).stderr,
            "error: support may not send a setup token for root users and operators\nhint: ask an administrator\n",
            "{who}"
        );
    }
    setup("acme/deput").succeeded();
    assert_eq!(site.rows("setup_tokens").len(), 1);
}

#[test]
fn o2_whoever_is_not_named_is_nobody_here() {
    let site = site();
    if !site.let_in(HELPER) {
        return;
    }
    let reset = ["admin-reset", "acme/alice", "--setup", "-y"];
    insta::assert_snapshot!(site.shown(&site.run_as(HELPER, &reset)), @"
    exit 4
    --- stderr
    error: you are not an operator of this store, and only operators may send a setup token
    ");
    // Who is there and who is not looks the same.
    let nobody = ["admin-reset", "acme/nobody", "--setup", "-y"];
    assert_eq!(site.run_as(HELPER, &nobody), site.run_as(HELPER, &reset));
    for arguments in [&["user", "list"][..], &["user", "show", "acme/alice"], &["codes", "list"]] {
        assert_eq!(site.run_as(HELPER, arguments).code, 4, "{arguments:?}");
    }
}

#[test]
fn a_setup_token_leaves_nothing_to_say_of_its_password() {
    let site = super::admin_reset::site();
    let asked = site.run(&["admin-reset", "acme/bob", "--setup", "--no-must-change", "-y"]);
    insta::assert_snapshot!(site.shown(&asked), @"
    exit 2
    --- stderr
    error: with a setup token people choose the password themselves, so --no-must-change has no effect
    hint: leave --no-must-change out
    ");
    assert_eq!(site.rows("setup_tokens").len(), 0);
}
