//! `[support] verified_caller_may`: what support does for a caller who was verified.

use std::process::Stdio;

use serde_json::json;

use crate::site::{Ended, Site, ended};

const HELPER: u32 = 61_242;
const ALICE: &str = "alice@example.com";
const PASSWORD: &str = "correct horse battery staple 9";

/// Alice, locked by wrong passwords; the helper is support. `None` where nobody can act as another.
fn desk(may: &str) -> Option<Site> {
    let site = Site::new();
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"0s\"\n[support]\nverified_caller_may = [{may}]\n\
         [operators]\nadmin = [\"deputy\"]\nsupport = [\"uid:{HELPER}\"]\n"
    ));
    site.account("acme");
    for user in ["acme/alice", "acme/deputy"] {
        site.user(user, PASSWORD);
    }
    for _ in 0..5 {
        site.judged("acme/alice", "wrong");
    }
    assert_eq!(site.judged("acme/alice", PASSWORD), 11);
    site.let_in(HELPER).then_some(site)
}

fn by(site: &Site, words: &[&str]) -> Ended {
    site.run_as(HELPER, &[words, &["-y", "-o", "json"]].concat())
}

fn reason(ended: &Ended) -> (i32, String) {
    (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
}

/// A caller whom the helper has verified as alice.
fn caller(site: &Site) -> String {
    let id = by(site, &["support", "challenge", "acme/alice"]).succeeded().json()["id"].clone();
    let id = id.as_str().unwrap().to_owned();
    site.let_in(0);
    let code = site.code_to(ALICE);
    site.let_in(HELPER);
    let mut confirm = site.command_as(HELPER, &["support", "confirm", &id, "--code-stdin"]);
    ended(confirm.stdin(Stdio::piped()).spawn().unwrap(), &format!("{code}\n")).succeeded();
    id
}

#[test]
fn o2_without_the_setting_support_ends_no_lock_and_blocks_nobody() {
    let Some(site) = desk("\"setup\"") else { return };
    let id = caller(&site);
    let enable = by(&site, &["user", "enable", "acme/alice", "--unlock", "--verified-caller", &id]);
    assert_eq!(reason(&enable), (4, "not_allowed".into()));
    assert_eq!(
        enable.error()["hints"],
        json!([
            "ask an administrator",
            "with \"unlock\" in [support] verified_caller_may, support can for a verified caller"
        ])
    );
    let revoke = by(&site, &["user", "revoke", "acme/alice", "--verified-caller", &id]);
    assert_eq!(reason(&revoke), (4, "not_allowed".into()));
    by(&site, &["admin-reset", "acme/alice", "--setup", "--verified-caller", &id]).succeeded();
    let Some(none) = desk("") else { return };
    let id = caller(&none);
    let setup = by(&none, &["admin-reset", "acme/alice", "--setup", "--verified-caller", &id]);
    assert_eq!(reason(&setup), (4, "not_allowed".into()));
}

#[test]
fn o2_for_a_verified_caller_support_ends_the_lock_and_nothing_else() {
    let Some(site) = desk("\"unlock\"") else { return };
    let unlock = |rest: &[&str]| by(&site, &[&["user", "enable", "acme/alice", "--unlock"], rest].concat());
    assert_eq!(reason(&unlock(&[])), (4, "caller_not_verified".into()), "not without a caller");
    let enable = by(&site, &["user", "enable", "acme/alice"]);
    assert_eq!(reason(&enable), (4, "not_allowed".into()), "enabling is an administrator's");
    let id = caller(&site);
    let other = by(&site, &["user", "enable", "acme/deputy", "--unlock", "--verified-caller", &id]);
    assert_eq!(reason(&other), (4, "not_allowed".into()), "nobody privileged");
    let done = unlock(&["--verified-caller", &id]).succeeded().json();
    assert_eq!(done["locked_until"], json!(null));
    assert_eq!(site.event("unlockUser")["detail"]["verified_caller"], id.as_str());
    site.let_in(0);
    assert_eq!(site.judged("acme/alice", PASSWORD), 0);
    for _ in 0..5 {
        site.judged("acme/alice", "wrong");
    }
    site.let_in(HELPER);
    assert_eq!(
        reason(&unlock(&["--verified-caller", &id])),
        (4, "caller_not_verified".into()),
        "it counts once"
    );
}

#[test]
fn o2_unlocking_for_a_caller_lifts_no_block_and_enables_nobody() {
    let Some(site) = desk("\"unlock\"") else { return };
    let id = caller(&site);
    site.let_in(0);
    site.run(&["user", "disable", "acme/alice", "-y", "-q"]).succeeded();
    site.let_in(HELPER);
    let unlock = ["user", "enable", "acme/alice", "--unlock", "--verified-caller", &id];
    let dry = site.run_as(HELPER, &[&unlock[..], &["--dry-run"]].concat()).succeeded();
    assert!(dry.stdout.contains("acme/alice stays disabled"), "{dry:?}");
    let done = by(&site, &unlock).succeeded().json();
    assert_eq!((&done["status"], &done["locked_until"]), (&json!("disabled"), &json!(null)));
    site.let_in(0);
    site.run(&["user", "enable", "acme/alice", "-y", "-q"]).succeeded();
    site.let_in(HELPER);
    let id = caller(&site);
    site.edit_user("alice", |user| {
        user["disowned_at"] = 1.into();
        user["disowned_notice"] = "ntc_1".into();
        user["disowned_about"] = "password_reset".into();
    });
    let unlock = ["user", "enable", "acme/alice", "--unlock", "--verified-caller", &id];
    let done = by(&site, &unlock).succeeded().json();
    assert!(done["disowned_at"].is_string(), "{done}");
}

#[test]
fn o2_for_a_verified_caller_support_blocks() {
    let Some(site) = desk("\"block\"") else { return };
    let revoke = |user: &str, rest: &[&str]| by(&site, &[&["user", "revoke", user], rest].concat());
    assert_eq!(reason(&revoke("acme/alice", &[])), (4, "caller_not_verified".into()));
    assert_eq!(reason(&revoke("acme", &[])), (4, "not_allowed".into()), "nobody privileged");
    let id = caller(&site);
    let several = by(&site, &["user", "revoke", "acme/alice", "acme/bob", "--verified-caller", &id]);
    assert_eq!(several.code, 2);
    revoke("acme/alice", &["--verified-caller", &id]).succeeded();
    assert_eq!(site.event("revokeUser")["detail"]["verified_caller"], id.as_str());
    site.let_in(0);
    assert_eq!(site.judged("acme/alice", PASSWORD), 11);
}
