//! A write that is repeated changes nothing, and says so, tried or done.

use super::written::{ALICE, OLD, as_json, changed};
use crate::site::Site;

/// Writes that a script repeats, on a site where each of them was done once.
const REPEATED: &[&str] = &[
    "user enable acme/alice",
    "user enable acme/alice acme/bob",
    "user disable acme/carol",
    "user revoke acme/carol",
    "user update acme/alice --description clerk --access-mode console",
    "user update acme/alice --login-protection email",
    "user create acme/alice --if-missing",
    "account update acme --user-quota 9",
    "account enable acme",
    "account disable beta",
    "policy set acme password minimum_password_length=12",
    "policy set acme protection operation_protection=false",
    "contact unbind acme/alice --mobile",
    "mfa remove acme/alice",
    "device forget acme/alice --all",
    "codes revoke acme/alice",
    "codes revoke --all",
    "man man1",
    "config set codes.lifetime 9m",
    "account create acme --if-missing",
    "contact bind acme/bob --email bob@example.com --verified",
];

#[test]
fn a_repeated_write_changes_nothing_and_says_so() {
    let site = Site::new();
    site.account("acme");
    site.account("beta");
    for user in ["alice", "bob", "carol"] {
        site.user(&format!("acme/{user}"), OLD);
    }
    site.pipe(&["login", "acme/alice", "--password-stdin", "-q"], OLD).succeeded();
    site.sent("acme/alice", ALICE);
    for words in REPEATED {
        site.run(&as_json(words)).succeeded();
    }
    site.deliver();
    let state = || (site.counts(), site.raw().dump(&["users", "accounts", "codes", "devices"]));
    for words in REPEATED {
        let before = state();
        let tried = site.run(&[as_json(words), vec!["-n"]].concat()).succeeded().json();
        for tried in tried.as_array().unwrap_or(&vec![tried.clone()]) {
            assert_eq!(
                (&tried["outcome"], &tried["changed"], &tried["dry_run"]),
                (&"unchanged".into(), &false.into(), &true.into()),
                "{words}: {tried}"
            );
            assert!(tried["effects"].as_array().is_some_and(|told| !told.is_empty()), "{words}: {tried}");
        }
        let repeated = site.run(&as_json(words)).succeeded();
        assert!(changed(&repeated).iter().all(|changed| !changed), "{words}: {repeated:?}");
        let says =
            ["Nothing to change: ", "is left as it is", "There was no live code", "unchanged", "already"];
        let said = format!("{}{}", repeated.stdout, repeated.stderr);
        assert!(says.iter().any(|words| said.contains(words)), "{words}: {repeated:?}");
        assert!(state() == before, "{words} wrote something");
        // Nothing is asked, either.
        if words == &"codes revoke --all" {
            continue;
        }
        site.run(words.split(' ').collect::<Vec<_>>().as_slice()).succeeded();
    }
}
