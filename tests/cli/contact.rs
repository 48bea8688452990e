//! `regain contact …`

use crate::site::{Site, not};

#[test]
fn a_contact_is_bound_with_a_code() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    let bound = site.run(&["contact", "bind", "acme", "--email", "new@example.com", "-y"]);
    insta::assert_snapshot!(site.shown(&bound), @"
    exit 0
    --- stderr
    Bound new@example.com to acme, and sent a code to it.
    hint: enter the code: `regain contact verify acme --email new@example.com --code-stdin`
    ");
    let code = site.code_to("new@example.com");
    let verify = ["contact", "verify", "acme", "--email", "new@example.com", "--code-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&verify, &not(&code))), @"
    exit 11
    --- stderr
    error: the code is wrong; 4 tries are left
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&verify, "12345\n")), @"
    exit 2
    --- stderr
    error: a code has 6 digits
    hint: it does not count as a try
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&verify, &format!("{code}\n"))), @"
    exit 0
    --- stderr
    Verified new@example.com, the email address of acme.
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&verify, &format!("{code}\n"))), @"
    exit 0
    --- stderr
    n***@e***.com of acme is verified already: nothing was changed.
    ");
}

#[test]
fn an_sms_is_short_and_goes_to_the_bare_number() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme", "--mobile", "0049 1511 2345678", "-y"]).succeeded();
    let mails = site.mails_to("+4915112345678");
    assert_eq!(mails.len(), 1);
    let (_, body) = mails[0].split_once("\n\n").unwrap();
    assert!(body.trim_end().len() <= 160, "{body}");
    let code = crate::site::code_in(&mails[0]);
    site.pipe(&["contact", "verify", "acme", "--mobile", "+4915112345678", "--code-stdin"], &code)
        .succeeded();
}

#[test]
fn s5_the_old_contact_is_told_and_its_codes_end() {
    let site = Site::new();
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    site.run(&["contact", "bind", "acme", "--email", "new@example.com", "--verified", "-y"]).succeeded();
    let told = site.mails_to("acme@example.com");
    assert!(told.iter().any(|mail| mail.contains("Subject: Your contact was changed")), "{told:?}");
    assert_eq!(site.verify(&id, &code).code, 4);
}

#[test]
fn lists_are_masked_and_unmasking_is_recorded() {
    let site = Site::new();
    site.account("acme");
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "list", "acme", "-o", "json"])), @r#"
    exit 0
    --- stdout
    [
      {"channel":"email","address":"a***@e***.com","verified":true,"verified_at":"TIME","usable_from":"TIME","security":false}
    ]
    "#);
    let full = site.run(&["contact", "list", "acme", "--unmask", "-o", "json"]).succeeded().json();
    assert_eq!(full[0]["address"], "acme@example.com");
    assert_eq!(site.recorded("lookupContact", ""), 1);
}

#[test]
fn a_contact_belongs_to_one_identity() {
    let site = Site::new();
    site.account("acme");
    site.run(&["account", "create", "other", "-y"]).succeeded();
    for address in ["acme@example.com", "ACME@EXAMPLE.COM"] {
        let taken = site.run(&["contact", "bind", "other", "--email", address, "--verified", "-y"]);
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&taken), @"
        exit 4
        --- stderr
        error: this contact belongs to somebody else
        hint: a contact belongs to one identity only; unbind it there first
        "); }
    }
}

#[test]
fn unbinding_leaves_nothing_to_recover_with() {
    let site = Site::new();
    site.account("acme");
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "unbind", "acme", "--email", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  a***@e***.com is no longer the email address of acme; codes sent to it end; a***@e***.com is told; acme has no contact left and cannot recover the password alone
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "unbind", "acme", "--email", "-y"])), @"
    exit 0
    --- stderr
    Unbound the email address of acme.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "unbind", "acme", "--email", "-y"])), @"
    exit 0
    --- stderr
    Nothing to change: acme has no email address bound.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "list", "acme"])), @"
    exit 0
    --- stderr
    No contact is bound.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "list", "nobody"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no account called nobody
    hint: check the name (`regain user find nobody` searches), or create one: `regain account create nobody`
    ");
}

#[test]
fn what_is_verified_already_is_not_bound_again_as_unverified() {
    let site = Site::new();
    site.account("acme");
    let bind = ["contact", "bind", "acme", "--email", "acme@example.com", "-y"];
    site.run(&[&bind[..], &["--verified"]].concat()).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&bind)), @"
    exit 0
    --- stderr
    Nothing to change: acme@example.com is bound to acme already.
    ");
    assert_eq!(site.json(&["contact", "list", "acme"])[0]["verified"], true);
}
