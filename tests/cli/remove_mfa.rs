//! `--remove-mfa`: a reset for somebody whose phone is lost takes the authenticator away, too.

use serde_json::json;

use super::mfa::{NEW, PASSWORD, USER, bind, site};
use super::user::reason;
use crate::site::Site;

fn state(site: &Site) -> String {
    site.json(&["mfa", "status", USER])["state"].as_str().unwrap().to_owned()
}

/// The setup token in a new file.
fn token(site: &Site, options: &[&str]) -> String {
    let reset = ["admin-reset", USER, "--setup", "--secrets-to", "token", "-y", "-q"];
    site.run(&[&reset[..], options].concat()).succeeded();
    let [_, kind, token] = site.secrets("token").remove(0);
    std::fs::remove_file(site.at("token")).unwrap();
    assert_eq!(kind, "setup_token");
    token
}

fn redeem(site: &Site, token: &str, password: &str) -> crate::site::Ended {
    let setup = ["password", "setup", "--token-stdin", "--password-stdin", "--no-input", "-o", "json"];
    site.pipe(&setup, &format!("{token}\n{password}\n"))
}

#[test]
fn with_a_password_it_goes_at_once_and_all_of_it_is_told() {
    let site = site();
    bind(&site);
    let reset = ["admin-reset", USER, "--generate", "--secrets-to", "f"];
    let stays = site.run(&[&reset[..], &["--dry-run", "-o", "json"]].concat()).succeeded().json();
    let stays = stays["effects"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        stays,
        "acme/alice keeps the authenticator, and is asked for its code; for a lost phone, add --remove-mfa"
    );
    site.discard_mail();
    insta::assert_snapshot!(site.shown(&site.run(&[&reset[..], &["--remove-mfa", "-y"]].concat())), @"
    exit 0
    --- stderr
    Reset the password of acme/alice.
    Note: the authenticator of acme/alice is removed, and no longer asked for.
    ");
    assert_eq!(state(&site), "none");
    let [_, _, password] = site.secrets("f").remove(0);
    assert_eq!(site.judged(USER, &password), 12, "no code is asked for");
    assert_eq!((site.recorded("UnBindMFA", "success"), site.recorded("deleteMFA", "success")), (1, 1));
    let told = site.mails_to("alice@example.com");
    assert!(told.iter().any(|mail| mail.contains("authenticator")), "{told:?}");
    let again = site.run(
        &[
            &["admin-reset", USER, "--generate", "--secrets-to", "g", "--remove-mfa"][..],
            &["--dry-run", "-o", "json"],
        ]
        .concat(),
    );
    let effects = again.succeeded().json()["effects"].clone();
    assert!(effects.to_string().contains("acme/alice has no authenticator to remove"), "{effects}");
}

#[test]
fn p1_the_new_password_is_judged_without_it() {
    let site = site();
    bind(&site);
    // Long enough for somebody with MFA only.
    let short = "quiet-lemon-7";
    let reset = ["admin-reset", USER, "--password-stdin", "-y", "-o", "json"];
    let refused = site.pipe(&[&reset[..], &["--remove-mfa"]].concat(), short);
    assert_eq!(reason(&refused), (4, "weak_password".to_owned()));
    assert_eq!(state(&site), "bound");
    let token = token(&site, &["--remove-mfa"]);
    assert_eq!(reason(&redeem(&site, &token, short)), (4, "weak_password".to_owned()));
    assert_eq!(state(&site), "bound");
}

#[test]
fn with_a_setup_token_it_goes_when_the_password_is_set_and_not_before() {
    let site = site();
    bind(&site);
    let token = token(&site, &["--remove-mfa"]);
    assert_eq!((state(&site).as_str(), site.judged(USER, PASSWORD)), ("bound", 11), "the code is asked for");
    site.discard_mail();
    redeem(&site, &token, NEW).succeeded();
    assert_eq!((state(&site).as_str(), site.judged(USER, NEW)), ("none", 0));
    assert_eq!((site.recorded("UnBindMFA", "success"), site.recorded("deleteMFA", "success")), (1, 1));
    let told = site.mails_to("alice@example.com");
    assert!(told.iter().any(|mail| mail.contains("authenticator")), "{told:?}");
}

#[test]
fn s6_a_token_without_it_asks_for_the_code_and_so_does_another_authenticator() {
    let site = site();
    bind(&site);
    let plain = token(&site, &[]);
    assert_eq!(redeem(&site, &plain, NEW).code, 9, "the code is asked for");
    let flagged = token(&site, &["--remove-mfa"]);
    // The phone was found, or somebody else bound theirs: that one is not the one that was to go.
    site.run(&["mfa", "remove", USER, "-y", "-q"]).succeeded();
    bind(&site);
    assert_eq!(redeem(&site, &flagged, NEW).code, 9);
    assert_eq!(state(&site), "bound");
}

#[test]
fn s9_support_may_not() {
    let site = site();
    site.configure("[captcha]\nmode = \"off\"\n[support]\nverified_caller = \"optional\"\n[operators]\nsupport = [\"uid:61238\"]\n");
    bind(&site);
    if !site.let_in(61_238) {
        return;
    }
    let by = |options: &[&str]| {
        let reset = ["admin-reset", USER, "--setup", "-y", "-o", "json"];
        site.run_as(61_238, &[&reset[..], options].concat())
    };
    assert_eq!(by(&[]).code, 0);
    assert_eq!(reason(&by(&["--remove-mfa"])), (4, "not_allowed".to_owned()));
    assert!(site.only("mfa").number("bound_at") > 0);
}

#[test]
fn an_approved_appeal_takes_it_away_in_the_same_breath() {
    let site = super::appeal::site();
    super::mfa::bind_for(&site, "acme");
    let serial = super::appeal::submitted(&site, "acme");
    let dry = |options: &[&str]| {
        let approve = ["appeal", "approve", &serial, "--dry-run", "-o", "json"];
        site.run(&[&approve[..], options].concat()).succeeded().stdout
    };
    let stays =
        "the authenticator stays bound, and the reset asks for its code; for a lost phone, add --remove-mfa";
    assert!(dry(&[]).contains(stays), "{}", dry(&[]));
    assert!(dry(&["--remove-mfa"]).contains("the authenticator of acme is removed, and no longer asked for"));
    site.run(&["appeal", "approve", &serial, "--remove-mfa", "-y", "-q"]).succeeded();
    assert_eq!(site.json(&["mfa", "status", "acme"])[0]["state"], "none");
    assert_eq!((site.recorded("UnBindMFA", "success"), site.recorded("deleteMFA", "success")), (1, 1));
    assert_eq!(site.event("appealApproved")["detail"]["removed_mfa"], json!(true));
}
