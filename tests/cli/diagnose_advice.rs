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
