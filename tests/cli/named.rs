//! Commands in hints, findings, pages and messages are named as they work where they are read (`[help] command`).

use crate::site::Site;

const CALLED: &str = "[help]\ncommand = \"sudo -u acct regain\"\n";

/// The people of these tests: one with nothing, one with a contact and a password.
fn site() -> Site {
    let site = Site::with(CALLED);
    site.account("acme");
    site.user("acme/alice", "correct horse battery staple");
    site.ok(&["user", "create", "acme/o.brien x", "-y", "-q"]);
    site
}

/// Nothing of it names a command that does not work here.
fn assert_named(text: &str) {
    assert!(!text.contains("`regain ") && !text.contains("  regain "), "{text}");
    assert!(text.contains("sudo -u acct regain "), "{text}");
}

#[test]
fn a_hint_names_the_command_that_works_here() {
    let site = site();
    let missing = site.fails(3, &["user", "show", "acme/nobody"]);
    let hint = "check the name (`sudo -u acct regain user find TEXT` searches), or create one: `sudo -u acct regain user \
                create acme/nobody`";
    let expected = format!(
        "error: the account is invalid or not supported: there is no user acme/nobody\nhint: {hint}\n"
    );
    assert_eq!(missing.stderr, expected);
    let missing = site.fails(3, &["user", "show", "acme/nobody", "-o", "json"]);
    assert_eq!(missing.error()["hints"][0], hint);
    let made = site.run(&["user", "create", "acme/bob", "-y"]).succeeded();
    assert_named(&made.stderr);
}

#[test]
fn what_is_printed_names_it_too() {
    let site = site();
    for arguments in [
        &["user", "diagnose", "acme/o.brien x"][..],
        &["user", "diagnose", "acme/o.brien x", "-o", "json"],
        &["admin-reset", "acme/alice", "--setup", "--dry-run", "-o", "json"],
        &["doctor"],
        &["doctor", "-o", "json"],
        &["faq", "locked"],
        &["faq", "forgot", "-o", "json"],
    ] {
        if arguments.first() == Some(&"admin-reset") {
            site.ok(&["user", "disable", "acme/alice", "-y", "-q"]);
        }
        let shown = site.run(arguments).stdout;
        assert_named(&shown);
    }
    let next = site.json(&["user", "diagnose", "acme/o.brien x"]);
    assert_eq!(
        next["next"][0],
        "No contact is bound; an administrator binds one: `sudo -u acct regain contact bind 'acme/o.brien x' --email \
         ADDRESS`."
    );
}

#[test]
fn a_message_names_it_too() {
    let site = site();
    site.discard_mail();
    site.ok(&[
        "admin-reset",
        "acme/alice",
        "--generate",
        "--secrets-to",
        site.at("made").to_str().unwrap(),
        "-y",
    ]);
    site.deliver();
    let mails = site.mails_to("alice@example.com");
    assert!(mails.iter().any(|mail| mail.contains("    sudo -u acct regain request disown ")), "{mails:?}");
}
