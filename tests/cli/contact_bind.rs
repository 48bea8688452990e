//! `regain contact bind` and `unbind`: what is bound already, what waits, and what only somebody who vouches binds.

use serde_json::json;

use super::contact_verify::{NEW, OLD, PASSWORD, bind, emails, old_and_new, site, verify};

#[test]
fn binding_the_same_address_again_changes_nothing() {
    let site = site();
    let id = site.sent("acme/alice", OLD);
    let code = site.code_to(OLD);
    let (before, mails) = (site.counts(), site.mails_to(OLD).len());
    let verified: [&[&str]; 4] = [
        &["--email", OLD],
        &["--email", "ALICE@Example.COM"],
        &["--email", OLD, "--verified"],
        &["--email", "ALICE@Example.COM", "--verified"],
    ];
    for options in verified {
        let ended = bind(&site, "acme/alice", options);
        let expected = format!("Nothing to change: {} is bound to acme/alice already.\n", options[1]);
        assert_eq!((ended.code, ended.stderr), (0, expected), "{options:?}");
    }
    assert_eq!((site.counts(), site.mails_to(OLD).len()), (before, mails), "no event, and nobody is told");
    site.verify(&id, &code).succeeded();
    // One that waits for its code goes on waiting for that very code.
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    let (code, before) = (site.code_to(NEW), site.counts());
    insta::assert_snapshot!(site.shown(&bind(&site, "acme/alice", &["--email", NEW])), @"
    exit 0
    --- stderr
    Nothing to change: alice@new.example is bound to acme/alice already, and the code that went to it can be entered.
    a***@e***.com stays until alice@new.example is confirmed.
    hint: acme/alice confirms it with their password: `regain contact verify acme/alice --email`
    ");
    assert_eq!(site.counts(), before);
    // Where that is over, another one goes out.
    site.run(&["codes", "revoke", "acme/alice", "-y"]).succeeded();
    assert_eq!(verify(&site, PASSWORD, &code).code, 4);
    insta::assert_snapshot!(site.shown(&bind(&site, "acme/alice", &["--email", NEW])), @"
    exit 0
    --- stderr
    Sent a new code to alice@new.example.
    a***@e***.com stays until alice@new.example is confirmed.
    hint: acme/alice confirms it with their password: `regain contact verify acme/alice --email`
    ");
    verify(&site, PASSWORD, &site.code_to(NEW)).succeeded();
}

#[test]
fn programs_are_told_which_contact_it_is_and_whether_anything_changed() {
    let site = site();
    let bound = |options: &[&str]| {
        let json = bind(&site, "acme/alice", &[options, &["-o", "json"]].concat()).succeeded().json();
        (json["address"].clone(), json["verified"].clone(), json["changed"].clone())
    };
    let new = json!("a***@n***.example");
    assert_eq!(bound(&["--email", OLD]), (json!("a***@e***.com"), json!(true), json!(false)));
    assert_eq!(bound(&["--email", NEW]), (new.clone(), json!(false), json!(true)));
    assert_eq!(bound(&["--email", NEW]), (new.clone(), json!(false), json!(false)));
    let code = site.code_to(NEW);
    let verify =
        ["contact", "verify", "acme/alice", "--email", "--password-stdin", "--code-stdin", "-o", "json"];
    for changed in [true, false] {
        let json = site.pipe(&verify, &format!("{PASSWORD}\n{code}\n")).succeeded().json();
        assert_eq!(
            (&json["address"], &json["verified"], &json["changed"]),
            (&new, &json!(true), &json!(changed))
        );
    }
}

#[test]
fn a_binding_ends_the_one_that_waited_and_vouching_ends_the_waiting() {
    let site = site();
    bind(&site, "acme/alice", &["--email", "typo@new.example"]).succeeded();
    let typo = site.code_to("typo@new.example");
    let plan = bind(&site, "acme/alice", &["--email", NEW, "--dry-run"]);
    insta::assert_snapshot!(site.shown(&plan), @"
    exit 0
    --- stdout
    would happen  alice@new.example becomes the email address of acme/alice when it is confirmed; until then a***@e***.com stays; t***@n***.example, which was not confirmed, is no longer bound; a code is sent to it; acme/alice confirms it with their password: `regain contact verify acme/alice --email`; until then no codes go there; a***@e***.com is told when it is replaced
    ");
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    assert_eq!(emails(&site, "acme/alice"), old_and_new());
    assert_eq!(verify(&site, PASSWORD, &typo).code, 11, "the code of the one that went proves nothing");
    let vouched = bind(&site, "acme/alice", &["--email", NEW, "--verified", "--dry-run"]);
    insta::assert_snapshot!(site.shown(&vouched), @"
    exit 0
    --- stdout
    would happen  alice@new.example becomes the email address of acme/alice; a***@e***.com is no longer theirs, and codes sent to it end; it counts as verified, on your word; a***@e***.com is told
    ");
    bind(&site, "acme/alice", &["--email", NEW, "--verified"]).succeeded();
    assert_eq!(emails(&site, "acme/alice"), [("a***@n***.example".to_owned(), true)]);
    assert!(site.mails_to(OLD).iter().any(|mail| mail.contains("Subject: Your contact was changed")));
}

#[test]
fn what_waits_is_unbound_alone_or_with_the_one_before() {
    let site = site();
    let unbind = |rest: &[&str]| site.run(&[&["contact", "unbind", "acme/alice", "--email"], rest].concat());
    insta::assert_snapshot!(site.shown(&unbind(&["--unverified", "-y"])), @"
    exit 0
    --- stderr
    Nothing to change: acme/alice has no email address that waits for its code.
    ");
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    insta::assert_snapshot!(site.shown(&unbind(&["--dry-run"])), @"
    exit 0
    --- stdout
    would happen  a***@e***.com is no longer the email address of acme/alice; a***@n***.example no longer waits to become the email address of acme/alice; codes sent to it end; a***@e***.com is told; acme/alice has no contact left and cannot recover the password alone
    ");
    insta::assert_snapshot!(site.shown(&unbind(&["--unverified", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  a***@n***.example no longer waits to become the email address of acme/alice; codes sent to it end
    ");
    unbind(&["--unverified", "-y"]).succeeded();
    assert_eq!(emails(&site, "acme/alice"), [("a***@e***.com".to_owned(), true)]);
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    unbind(&["-y"]).succeeded();
    assert_eq!(emails(&site, "acme/alice"), []);
}

#[test]
fn mailboxes_with_dots_at_odd_places_are_bound_by_who_vouches_for_them() {
    let site = site();
    for (at, address) in
        ["bob..x@docomo.example", "bob.@docomo.example", ".bob@docomo.example"].iter().enumerate()
    {
        let user = format!("acme/dots{at}");
        site.run(&["user", "create", &user, "-y", "-q"]).succeeded();
        let refused = bind(&site, &user, &["--email", address]);
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&refused), @"
        exit 2
        --- stderr
        error: mail servers refuse an email address with a dot at the start or end of its name, or two in a row
        hint: --verified binds it anyway, if you vouch for it
        "); }
        bind(&site, &user, &["--email", address, "--verified"]).succeeded();
        let id = site.sent(&user, address);
        let (local, domain) = address.split_once('@').unwrap();
        site.verify(&id, &site.code_to(&format!("\"{local}\"@{domain}"))).succeeded();
        assert_eq!(site.json(&["user", "show", address])["name"], json!(format!("dots{at}")));
    }
    site.run(&["user", "create", "acme/other", "--email", "x..y@docomo.example", "-y"]).succeeded();
    let change = ["contact", "change", "acme/alice", "--email", "a..b@docomo.example", "--password-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&change, PASSWORD)), @"
    exit 2
    --- stderr
    error: mail servers refuse an email address with a dot at the start or end of its name, or two in a row
    hint: an administrator can bind it, if they vouch for it
    ");
}
