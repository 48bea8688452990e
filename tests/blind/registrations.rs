//! Registering a new identity, whoever has the number or the name already.

use super::walks::{SETTINGS, SHORT_STEPS, walked};
use crate::site::Site;

#[test]
fn e1_a_registration_looks_the_same_for_every_number_and_name() {
    const NUMBER: &str = "+4915112345678";
    let walk = |kind: &str| {
        let site = Site::with(SETTINGS);
        let run = |arguments: &[&str]| drop(site.run(&[arguments, &["-y", "-q"]].concat()).succeeded());
        run(&["account", "create", "bystander", "--mobile", "+4915100000000"]);
        let register = ["request", "register", "dora", "--mobile", NUMBER];
        match kind {
            "taken" | "disabled" => run(&["account", "create", "holder", "--mobile", NUMBER]),
            "unverified" => {
                run(&["account", "create", "holder"]);
                run(&["contact", "bind", "holder", "--mobile", NUMBER, "--no-input"]);
            }
            "name" => run(&["account", "create", "dora", "--email", "dora@example.com"]),
            "busy" => (0..5).for_each(|_| run(&register)),
            "throttled" => {
                for _ in 0..3 {
                    let started = site.run(&[&register[..], &["-o", "json"]].concat()).succeeded().json();
                    let id = started["id"].as_str().unwrap();
                    run(&["request", "captcha", id, "--work"]);
                    run(&["request", "send", id]);
                    run(&["request", "cancel", id]);
                }
            }
            _ => {}
        }
        if kind == "disabled" {
            run(&["account", "disable", "holder"]);
        }
        site.deliver();
        walked(&site, &["register", "dora", "--mobile", NUMBER], &SHORT_STEPS, "json")
    };
    let free = walk("free");
    assert_eq!(free.iter().map(|seen| seen.code).collect::<Vec<_>>(), [0, 0, 0, 0, 11, 0, 11, 4, 4, 0]);
    for kind in ["taken", "disabled", "unverified", "name", "busy", "throttled"] {
        for (expected, seen) in free.iter().zip(&walk(kind)) {
            assert_eq!(seen, expected, "{kind}");
        }
    }
}
