//! Secrets on standard input: as many lines as the command reads, and not one more.

use crate::site::{Site, not};

const PASSWORD: &str = "orbit lantern velvet cactus";
const MORE: &str = "standard input holds more than the command reads";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", "correct horse battery staple");
    site
}

#[test]
fn a_line_too_many_is_told_and_nothing_changes() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    let code = not(&site.code_to("alice@example.com"));
    let before = site.digest();
    for (arguments, lines) in [
        (&["admin-reset", "acme/alice", "--password-stdin"][..], 1),
        (&["user", "create", "acme/bob", "--password-stdin"], 1),
        (&["login", "acme/alice", "--password-stdin"], 1),
        (&["verify", "acme/alice", "--password-stdin"], 1),
        (&["verify", "acme/alice", "--password-stdin", "--totp-stdin"], 2),
        (&["contact", "change", "acme/alice", "--email", "x@y.example", "--password-stdin"], 1),
        (&["request", "captcha", &id, "--answer-stdin"], 1),
        (&["request", "set-password", &id, "--password-stdin"], 1),
    ] {
        for more in ["xx\n", "xx", "\n"] {
            let input = format!("{PASSWORD}\n").repeat(lines) + more;
            let ended = site.pipe(&[arguments, &["-y", "-o", "json"]].concat(), &input);
            // Away from a terminal, codes that nobody could enter are refused first.
            let wanted = if arguments[1] == "change" { 9 } else { 2 };
            assert_eq!(ended.code, wanted, "{arguments:?}: {ended:?}");
            assert!(wanted == 9 || ended.error()["message"] == MORE, "{ended:?}");
        }
    }
    let verify =
        site.pipe(&["request", "verify", &id, "--code-stdin", "-o", "json"], &format!("{code}\n1\n"));
    assert_eq!((verify.code, &verify.error()["message"]), (2, &MORE.into()));
    assert_eq!(site.digest(), before);
}

#[test]
fn own_passwords_take_two_lines_and_no_third() {
    let site = site();
    let change = ["password", "change", "acme/alice", "--password-stdin", "-o", "json"];
    let old = "correct horse battery staple";
    let ended = site.pipe(&change, &format!("{old}\n{PASSWORD}\nxx\n"));
    assert_eq!((ended.code, &ended.error()["message"]), (2, &MORE.into()));
    assert_eq!(site.judged("acme/alice", old), 0);
    let setup = ["password", "setup", "--token-stdin", "--password-stdin", "-o", "json"];
    site.run(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "f", "-y"]).succeeded();
    let [[_, _, token]] = &site.secrets("f")[..] else { panic!("one token") };
    let ended = site.pipe(&setup, &format!("{token}\n{PASSWORD}\nxx\n"));
    assert_eq!((ended.code, &ended.error()["message"]), (2, &MORE.into()));
    let turned = ["password", "setup", "--password-stdin", "--token-stdin"];
    site.pipe(&turned, &format!("{PASSWORD}\n{token}\n")).succeeded();
}

#[test]
fn an_open_pipe_is_not_waited_for() {
    use std::io::Write;
    let site = site();
    let login = ["login", "acme/alice", "--password-stdin"];
    let mut child = site.command(&login).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"correct horse battery staple\n").unwrap();
    assert!(child.wait().unwrap().success());
    drop(stdin);
}

#[test]
fn what_cannot_be_tried_takes_no_dry_run() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    site.run(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "-y", "-q"]).succeeded();
    let mobile = site.code_to("+4915112345678");
    let before = site.digest();
    for (arguments, input) in [
        (&["request", "start", "acme/alice"][..], ""),
        (&["request", "captcha", &id], ""),
        (&["request", "send", &id, "--method", "account"], ""),
        (&["request", "verify", &id, "--code-stdin"], code.as_str()),
        (&["request", "set-password", &id, "--password-stdin"], PASSWORD),
        (&["request", "cancel", &id], ""),
        (&["password", "reset", "acme/alice"], ""),
        (&["password", "setup", "--token-stdin", "--password-stdin"], ""),
        (&["contact", "verify", "acme/alice", "--mobile", "+4915112345678", "--code-stdin"], &mobile),
        (&["login", "acme/alice", "--password-stdin"], PASSWORD),
        (&["verify", "acme/alice", "--password-stdin"], PASSWORD),
    ] {
        let ended = site.pipe(&[arguments, &["--dry-run", "-o", "json"]].concat(), input);
        assert_eq!(
            (ended.code, &ended.error()["message"]),
            (2, &"this cannot be tried without being done; leave --dry-run out".into()),
            "{arguments:?}"
        );
    }
    assert_eq!(site.digest(), before);
}
