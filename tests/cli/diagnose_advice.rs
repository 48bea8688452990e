//! What a diagnosis advises must work as it stands, and speak of what is still worth something.

use crate::site::Site;

fn next(site: &Site, user: &str) -> Vec<String> {
    let found = site.run(&["user", "diagnose", user, "-o", "json"]).succeeded().json();
    found["next"].as_array().unwrap().iter().map(|step| site.normalised(step.as_str().unwrap())).collect()
}

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "--email", "alice@example.com", "-y", "-q"]).succeeded();
    site
}

#[test]
fn a_name_with_a_blank_is_one_word_of_every_command() {
    let site = Site::new();
    site.run(&["account", "create", "my corp", "-y", "-q"]).succeeded();
    site.run(&["user", "create", "my corp/jane doe", "-y", "-q"]).succeeded();
    insta::assert_snapshot!(next(&site, "my corp/jane doe").join("\n"), @"
    No contact is bound; an administrator binds one: `regain contact bind 'my corp/jane doe' --email ADDRESS`.
    An administrator can reset the password: `regain admin-reset 'my corp/jane doe' --generate`.
    ");
}

#[test]
fn s5_a_token_whose_address_is_gone_is_not_told_as_good() {
    let site = site();
    site.run(&["admin-reset", "acme/alice", "--setup", "-y", "-q"]).succeeded();
    let tells =
        |site: &Site| next(site, "acme/alice").iter().any(|step| step.contains("A setup token is good"));
    assert!(tells(&site), "the control");
    site.run(&["contact", "bind", "acme/alice", "--email", "new@example.com", "--verified", "-y", "-q"])
        .succeeded();
    assert!(!tells(&site), "{:?}", next(&site, "acme/alice"));
}

#[test]
fn a_challenge_counts_for_who_sent_it_and_while_its_code_does() {
    let site = site();
    site.run(&["support", "challenge", "acme/alice", "-y", "-q"]).succeeded();
    let steps = |site: &Site| {
        next(site, "acme/alice")
            .into_iter()
            .filter(|step| step.contains("waits for the code"))
            .collect::<Vec<_>>()
    };
    assert!(steps(&site)[0].contains("`regain support confirm chl_ID`"), "{:?}", steps(&site));
    // Sent by somebody else, whose it is to confirm.
    site.edit("challenges", |challenge| {
        challenge.shift("uid", 1);
        challenge["operator"] = "ada".into();
    });
    assert_eq!(steps(&site), ["ada waits for the code that a caller reads out, until TIME."]);
    site.run(&["codes", "revoke", "acme/alice", "-y", "-q"]).succeeded();
    assert_eq!(steps(&site), Vec::<String>::new());
}

#[test]
fn what_a_sign_in_takes_is_shown() {
    let site = site();
    let update = [
        "user",
        "update",
        "acme/alice",
        "--access-mode",
        "console",
        "--login-protection",
        "email",
        "-y",
        "-q",
    ];
    site.run(&update).succeeded();
    let shown = site.run(&["user", "show", "acme/alice"]).succeeded().stdout;
    assert!(shown.contains("\nsigns in      at a console, with a code by email\n"), "{shown}");
}

#[test]
fn advice_names_only_what_works_for_this_person_now() {
    let site = site();
    site.lock("alice");
    let locked = |site: &Site| {
        let steps = next(site, "acme/alice");
        steps.into_iter().find(|step| step.starts_with("It is locked")).unwrap()
    };
    assert_eq!(
        locked(&site),
        "It is locked until TIME. To end it, wait, reset the password with a code, or ask an administrator: `regain user \
         enable acme/alice --unlock`; `regain faq locked` explains more."
    );
    site.configure("[support]\nverified_caller_may = [\"setup\", \"unlock\"]\n");
    assert_eq!(
        locked(&site),
        "It is locked until TIME. To end it, wait, reset the password with a code, or ask an administrator, or support for \
         a verified caller: `regain user enable acme/alice --unlock`; `regain faq locked` explains more."
    );
    // A code reaches nobody who is disabled, whatever it is for.
    site.run(&["user", "disable", "acme/alice", "-y", "-q"]).succeeded();
    site.edit_user("alice", |user| {
        user["password_hash"] = "$".into();
        user["must_change"] = 1.into();
    });
    insta::assert_snapshot!(next(&site, "acme/alice").join("\n"), @"
    It is disabled, and no reset enables it; an administrator does: `regain user enable acme/alice`.
    It is locked until TIME. To end it, wait, or ask an administrator: `regain user enable acme/alice --unlock`; `regain faq locked` explains more.
    The password must be changed at the next sign-in.
    ");
}

#[test]
fn who_cannot_sign_in_confirms_no_contact_by_password() {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", "correct horse battery staple 9");
    site.run(&["contact", "unbind", "acme/alice", "--email", "-y", "-q"]).succeeded();
    site.run(&["contact", "bind", "acme/alice", "--email", "new@example.com", "-y", "-q"]).succeeded();
    insta::assert_snapshot!(next(&site, "acme/alice").join("\n"), @"
    Its email address was never verified. If they know their password, they can confirm it, `regain contact verify acme/alice --email`; otherwise they read the code out to an administrator: `regain contact bind acme/alice --email ADDRESS --read-out`.
    An administrator can reset the password: `regain admin-reset acme/alice --generate`.
    ");
    site.lock("alice");
    insta::assert_snapshot!(next(&site, "acme/alice").join("\n"), @"
    It is locked until TIME. To end it, wait, or ask an administrator: `regain user enable acme/alice --unlock`; `regain faq locked` explains more.
    Its email address was never verified. They read the code out to an administrator: `regain contact bind acme/alice --email ADDRESS --read-out`.
    An administrator can reset the password: `regain admin-reset acme/alice --generate`.
    ");
}
