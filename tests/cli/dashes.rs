//! `-` is standard output wherever a file is written, and standard input wherever one is read; secrets in the clear are
//! written into no pipe.

use std::process::Stdio;

use crate::site::Site;

const PASSWORD: &str = "an entirely fresh passphrase";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site
}

/// What a command writes to standard output, as it is.
fn bytes(site: &Site, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut child = site
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    ended.stdout
}

#[test]
fn a_backup_goes_through_a_pipe_and_comes_back() {
    let site = site();
    let copy = bytes(&site, &["store", "backup", "-"], b"");
    assert!(copy.starts_with(b"SQLite format 3\0"));
    assert!(!site.path().join("-").exists());
    site.run(&["user", "disable", "acme/alice", "-y"]).succeeded();
    bytes(&site, &["store", "restore", "-", "-y"], &copy);
    assert_eq!(site.json(&["user", "show", "acme/alice"])["status"], "enabled");
    let dry = site.run(&["store", "backup", "-", "--dry-run", "-o", "json"]).succeeded().json();
    assert_eq!(dry["effects"][0], "a copy of the whole store is written to standard output");
    assert_eq!(site.pipe(&["store", "restore", "-", "-y"], "no copy").code, 7);
}

#[test]
fn a_config_an_anchor_and_a_password_come_and_go_by_pipes() {
    let site = site();
    let checked = site.pipe(&["config", "check", "-"], "[codes]\nlifetime = \"9m\"\n").succeeded();
    assert_eq!(checked.stderr, "standard input is in order.\n");
    let wrong = site.pipe(&["config", "check", "-", "-o", "json"], "[codes]\nlength = 1\n");
    assert_eq!((wrong.code, wrong.json()[0]["line"].as_u64()), (6, Some(2)), "{wrong:?}");

    let anchor = site.run(&["audit", "export", "records", "--anchor", "-"]).succeeded();
    assert!(anchor.stdout.starts_with("{\"anchor\":{") && anchor.stdout.lines().count() == 1, "{anchor:?}");
    site.pipe(&["audit", "verify", "--anchor", "-"], &anchor.stdout).succeeded();

    let verify = |input: &str| site.pipe(&["verify", "acme/alice", "--password-file", "-"], input).code;
    assert_eq!((verify(&format!("{PASSWORD}\n")), verify("wrong\n")), (0, 11));
    let given = ["admin-reset", "acme/alice", "--password-file", "-", "-y"];
    site.pipe(&given, "quite another long sentence\n").succeeded();
}

#[test]
fn t5_secrets_in_the_clear_go_into_no_pipe() {
    let site = site();
    let before = site.digest();
    for command in [
        &["admin-reset", "acme/alice", "--generate"][..],
        &["admin-reset", "acme/alice", "acme", "--setup"],
        &["user", "create", "acme/bob", "--generate"],
        &["mfa", "enrol", "acme/alice"],
    ] {
        let refused = site.run(&[command, &["--secrets-to", "-", "-y"]].concat());
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{command:?}: {refused:?}");
        assert_eq!(
            refused.stderr,
            "error: --secrets-to takes a new file: plain-text secrets are never written to a pipe, where a log may \
            keep them\n\
             hint: name a new file, or leave it out at a terminal\n"
        );
    }
    assert_eq!(site.digest(), before);
    assert!(!site.path().join("-").exists());
}
