//! The reference of a message, quoted to say "this was not me".

use super::calls::{assert_same, calls};
use super::walks::{SETTINGS, USER, observe};
use crate::site::Site;

/// References of every kind, and what is quoted: right, of a code, used, of somebody blocked already, and one that was
/// never made.
fn quoted(kind: &str) -> (Site, String) {
    const NEVER: &str = "bdfgh-jkmnp-qrstv";
    let site = Site::with(SETTINGS);
    site.account(USER);
    site.user("acme/alice", "correct horse battery staple 9");
    let bind = ["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified", "-y", "-q"];
    site.run(&bind).succeeded();
    site.deliver();
    let last = |to: &str| {
        let mail = site.mails_to(to).pop().unwrap();
        mail.split("disown ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    let reference = match kind {
        "code" => {
            site.sent("acme/alice", "alice@example.com");
            last("alice@example.com")
        }
        "never made" => NEVER.to_owned(),
        _ => last("+4915112345678"),
    };
    if kind == "used" {
        site.run(&["request", "disown", &reference]).succeeded();
    }
    site.deliver();
    (site, reference)
}

const QUOTED: [&str; 4] = ["right", "code", "used", "never made"];

#[test]
fn e1_a_reference_looks_the_same_whether_it_is_right_or_not() {
    for format in ["table", "json"] {
        let observed = |kind: &str| {
            let (site, reference) = quoted(kind);
            let seen = observe(&site, &["request", "disown"], || {
                site.run(&["request", "disown", &reference, "-o", format])
            });
            assert_eq!(site.blocked() == 1, matches!(kind, "right" | "used"), "{kind}");
            seen.0
        };
        let right = observed("right");
        assert_eq!(right.code, 0);
        assert_eq!(right.rows["outbox"], 2, "a message for each channel");
        for kind in &QUOTED[1..] {
            assert_eq!(observed(kind), right, "{kind}, {format}");
        }
    }
}

#[test]
fn e1_quoting_a_reference_makes_the_same_system_calls() {
    let walk = |kind: &str| {
        let (site, reference) = quoted(kind);
        calls(&site, &["request", "disown", &reference], "")
    };
    let right = walk("right");
    for kind in &QUOTED[1..] {
        assert_same(&walk(kind), &right, kind);
    }
}
