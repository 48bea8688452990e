//! `regain user revoke`: blocking somebody now.

use super::user::{GIVEN, site};

#[test]
fn revoking_ends_everything_at_once() {
    let site = site();
    let create = ["user", "create", "acme/alice", "--email", "alice@example.com", "--password-stdin", "-y"];
    site.pipe(&create, GIVEN).succeeded();
    site.json(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "token"]);
    let id = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    let epoch = site.run(&["user", "show", "acme/alice", "-o", "json"]).json()["epoch"].as_u64().unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "revoke", "acme/alice", "-y"])), @"
    exit 0
    --- stderr
    Blocked acme/alice.
    Note: anyone with access to a contact of acme/alice can still set a new password with a code; `regain user disable acme/alice` keeps them out until you know more.
    ");
    let user = site.run(&["user", "show", "acme/alice", "-o", "json"]).json();
    assert_eq!((&user["password_set"], user["epoch"].as_u64()), (&false.into(), Some(epoch + 1)));
    assert_eq!(site.judged("acme/alice", GIVEN), 11);
    assert_eq!(site.verify(&id, &code).code, 4);
    let token = &site.secrets("token")[0][2];
    let redeem = ["password", "setup", "--token-stdin", "--password-stdin"];
    assert_eq!(site.pipe(&redeem, &format!("{token}\nquite another passphrase\n")).code, 11);
}

#[test]
fn a_root_user_is_blocked_now_like_anybody() {
    let site = site();
    let id = site.sent("acme", "acme@example.com");
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
    site.set_password(&id, GIVEN).succeeded();
    let epoch = || site.json(&["user", "show", "acme"])["epoch"].as_u64().unwrap();
    let (before, live) = (epoch(), site.sent("acme", "acme@example.com"));
    insta::assert_snapshot!(site.shown(&site.run(&["user", "revoke", "acme", "-y"])), @"
    exit 0
    --- stderr
    Blocked acme.
    Note: anyone with access to a contact of acme can still set a new password with a code; `regain account disable acme` keeps them out until you know more.
    ");
    assert_eq!((site.judged("acme", GIVEN), epoch()), (11, before + 1));
    assert_eq!(site.json(&["request", "show", &live])["state"], "cancelled");
    // They come back by a code, as anybody without a password does.
    let id = site.sent("acme", "acme@example.com");
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
    site.set_password(&id, "vivid anchor 42 mellow tundra").succeeded();
}

/// Nobody is blocked who could not come in before: that is told, and nothing is written.
#[test]
fn without_a_password_and_anything_live_nothing_is_revoked() {
    let site = site();
    site.run(&["user", "create", "acme/fresh", "-y"]).succeeded();
    let counts = || site.raw().dump_all();
    let before = counts();
    let effects = serde_json::json!(["acme/fresh has no password, and nothing live could lead to one"]);
    for _ in 0..2 {
        for arguments in [&[][..], &["-n"]] {
            let told = site.json(&[&["user", "revoke", "acme/fresh"], arguments].concat());
            assert_eq!(told["outcome"], "unchanged", "{told}");
            assert!(told.get("changed").is_none_or(|changed| changed == false), "{told}");
            assert!(told.get("effects").is_none_or(|told| *told == effects), "{told}");
        }
    }
    assert_eq!(counts(), before);
    // With a request alone, that is what ends.
    site.run(&["contact", "bind", "acme/fresh", "--email", "fresh@example.com", "--verified", "-y"])
        .succeeded();
    site.sent("acme/fresh", "fresh@example.com");
    let told = site.run(&["-n", "user", "revoke", "acme/fresh"]).succeeded().stdout;
    assert!(told.contains("every live code, setup token and request of acme/fresh ends"), "{told}");
    assert!(!told.contains("password of acme/fresh is removed") && !told.contains("device"), "{told}");
}
