//! `--source`: the address of whoever sits before a portal, which is counted and recorded.

use serde_json::json;

use crate::site::Site;

fn site(settings: &str) -> Site {
    let site = Site::bare();
    site.run(&["init"]).succeeded();
    let me = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    site.configure(&format!("[sources]\ntrusted = [\"{me}\"]\n[captcha]\nmode = \"off\"\n{settings}"));
    site.account("acme");
    site.user("acme/alice", "an entirely fresh passphrase");
    site
}

#[test]
fn it_is_one_address_and_nothing_else() {
    let site = site("");
    for odd in [
        "192.0.2.7:443",
        "192.0.2.7, 198.51.100.8",
        "[2001:db8::1]",
        "192.0.2.0/24",
        "localhost",
        "",
        "192.0.2",
    ] {
        let refused = site.run(&["request", "start", "acme/alice", "--source", odd, "-o", "json"]);
        assert_eq!(refused.code, 2, "{odd}: {refused:?}");
        let error = refused.error();
        assert_eq!(
            (&error["message"], &error["option"]),
            (&json!("--source is an IP address"), &json!("--source")),
            "{odd}"
        );
    }
    assert_eq!(site.rows("requests").len(), 0);
}

#[test]
fn version_6_counts_by_its_network_and_what_is_mapped_as_version_4() {
    let site = site("");
    let counted = |source: &str| {
        site.run(&["request", "start", "acme/alice", "--source", source]).succeeded();
        let newest = site.newest("requests");
        newest.text("source").split_once('/').unwrap().1.to_owned()
    };
    assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_eq!(counted("2001:db8:1:2::1"), "2001:db8:1:2::");
    assert_eq!(counted("::ffff:192.0.2.7"), "192.0.2.7");
    assert_eq!(counted("192.0.2.7"), "192.0.2.7");
}

#[test]
fn it_stands_in_the_records_and_in_the_story_of_a_code() {
    let site = site("");
    site.run(&["request", "start", "acme/alice", "--source", "::ffff:192.0.2.7"]).succeeded();
    let wrong = ["login", "acme/alice", "--password-stdin", "--source", "2001:db8::9"];
    assert_eq!(site.pipe(&wrong, "wrong\n").code, 11);
    let recorded = |action: &str| {
        let listed = site.json(&["audit", "list", "--action", action]);
        listed[0]["detail"]["from"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(recorded("fpwdResetRequested"), "192.0.2.7");
    assert_eq!(recorded("loginFailed"), "2001:db8::9");
    let explained = site.json(&["codes", "explain", "acme/alice"]);
    let told: Vec<&str> =
        explained["timeline"].as_array().unwrap().iter().map(|step| step["told"].as_str().unwrap()).collect();
    assert!(told.contains(&"Started to reset the password, from 192.0.2.7"), "{told:?}");
}
