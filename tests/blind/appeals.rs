//! An appeal, whoever the name is of that it is for.

use super::calls::{assert_same, calls};
use super::walks::{USER, observe, site};
use crate::site::Site;

/// Everyone behind the name that an appeal is for; the first is the one all others are compared with.
const APPELLANTS: [&str; 7] =
    ["real", "real again", "unknown", "disabled", "contactless", "IAM user", "crowded"];

fn appeal_site(kind: &str) -> (Site, &'static str) {
    let site = site(match kind {
        "IAM user" | "crowded" => "real",
        other => other,
    });
    if kind == "IAM user" {
        let create = ["user", "create", "bystander/alice", "--email", "alice@example.com", "-y", "-q"];
        site.run(&create).succeeded();
    }
    if kind == "crowded" {
        for _ in 0..6 {
            site.pipe(&["appeal", "submit", "--from", "-"], &form(USER)).succeeded();
        }
    }
    (site, if kind == "IAM user" { "bystander/alice" } else { USER })
}

fn form(who: &str) -> String {
    format!("who = \"{who}\"\nnew_mobile = \"+4915112345678\"\n[device]\nusual = \"a laptop\"\n")
}

#[test]
fn e1_an_appeal_looks_the_same_for_everyone() {
    for format in ["json", "table"] {
        let walk = |kind: &str| {
            let (site, who) = appeal_site(kind);
            let submit = ["appeal", "submit", "--from", "-", "-o", format];
            let (first, ended) = observe(&site, &submit, || site.pipe(&submit, &form(who)));
            let at = ended.stdout.find("apl-").unwrap();
            let serial = &ended.stdout[at..at + 21];
            let size = site.newest("appeals").size("sealed");
            let mut seen = vec![first];
            // Not approved, or not theirs: one refusal for all.
            for serial in [serial, "apl-bdfgh-jkmnp-qrstv", "nonsense"] {
                let start = ["request", "start", who, "--appeal", serial, "-o", format];
                seen.push(observe(&site, &["start"], || site.run(&start)).0);
            }
            site.run(&["appeal", "deny", serial, "-y", "-q"]).succeeded();
            let sealed = site.sizes_in_outbox();
            (seen, size, sealed, site.mails_to("+4915112345678").len())
        };
        let real = walk(APPELLANTS[0]);
        let codes: Vec<i32> = real.0.iter().map(|seen| seen.code).collect();
        assert_eq!((codes, real.3), (vec![0, 4, 4, 4], 1), "{real:?}");
        for kind in &APPELLANTS[1..] {
            assert_eq!(walk(kind), real, "{kind}, {format}");
        }
    }
}

#[test]
fn e1_an_appeal_makes_the_same_system_calls_for_everyone() {
    let submit = |kind: &str| {
        let (site, who) = appeal_site(kind);
        calls(&site, &["appeal", "submit", "--from", "-"], &form(who))
    };
    let real = submit(APPELLANTS[0]);
    for kind in &APPELLANTS[1..] {
        assert_same(&submit(kind), &real, kind);
    }
}
