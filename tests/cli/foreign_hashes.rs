//! Hashes of other programs, and lists of passwords that were seen elsewhere.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::sign_in::{RIGHT, silent, site, verify};
use crate::site::Site;

/// By `mkpasswd -m bcrypt`, of [`FOREIGN`].
const BCRYPT: &str = "$2b$06$8uMJ3kW/pfFlQ0kpqodeMuzAJUIbtfc007sNKEeUf7siHHZgBeIMe";
const FOREIGN: &str = "correct horse 7é";

/// A hash as an import stores it.
fn put(site: &Site, name: &str, hash: &str, kind: &str) {
    site.edit_user(name, |user| {
        user["password_hash"] = hash.into();
        user["hash_kind"] = kind.into();
    });
}

fn hashes(site: &Site, of: &[&str]) -> Value {
    site.json(&[&["user", "hashes"][..], of].concat())
}

#[test]
fn p7_people_come_in_with_the_passwords_of_another_program_and_have_ours_then() {
    let site = site();
    site.user("acme/bob", RIGHT);
    site.run(&["user", "create", "acme/empty", "-y", "-q"]).succeeded();
    put(&site, "alice", BCRYPT, "bcrypt 6");
    put(&site, "bob", "{SSHA}dc5+26r5NH8aQFGBFsKx2HwnjbS6BmoI", "salted-sha sha1");
    let ours = |users: u64| json!({"scheme": "argon2id", "cost": "m=19456,t=2,p=1", "state": "current", "users": users});
    let none = json!({"scheme": null, "cost": null, "state": "no_password", "users": 2});
    let bcrypt = json!({"scheme": "bcrypt", "cost": "6", "state": "imported", "users": 1});
    let legacy = json!({"scheme": "salted-sha", "cost": "sha1", "state": "legacy", "users": 1});
    let all = json!([bcrypt, legacy, none]);
    assert_eq!((hashes(&site, &[]), hashes(&site, &["acme"])), (all.clone(), all));
    assert_eq!(site.ok(&["store", "check"]), "result  The store is sound.\n");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "hashes"])), @"
    exit 0
    --- stdout
    SCHEME      COST  STATE        USERS
    ────────────────────────────────────
    bcrypt      6     imported     1
    salted-sha  sha1  legacy       1
    -           -     no_password  2
    --- stderr
    The hashes of 2 users are replaced at their next sign-in.
    ");

    assert_eq!(verify(&site, "acme/alice", "correct horse 7e"), silent(11));
    assert_eq!(verify(&site, "acme/alice", FOREIGN), silent(0));
    assert_eq!(hashes(&site, &[]), json!([ours(1), legacy, none]));
    assert_eq!(verify(&site, "acme/alice", FOREIGN), silent(0));
    assert_eq!(verify(&site, "acme/bob", FOREIGN), silent(0));
    assert_eq!(hashes(&site, &["acme"]), json!([ours(2), none]));
    // Dearer settings leave those behind that are cheaper.
    site.configure("[hash]\niterations = 3\n");
    assert_eq!(hashes(&site, &[])[0]["state"], "outdated");
    assert_eq!(site.run(&["user", "hashes", "nowhere"]).code, 3);
}

#[test]
fn p7_a_password_of_another_program_counts_as_a_former_one() {
    let site = site();
    put(&site, "alice", BCRYPT, "bcrypt 6");
    site.run(&[
        "policy",
        "set",
        "acme",
        "password",
        "number_of_recent_passwords_disallowed=3",
        "minimum_password_length=8",
        "-y",
        "-q",
    ])
    .succeeded();
    let given = ["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y", "-q"];
    let reused = "error: this password was used before\nhint: choose one that you have not had here\n";
    let again = site.pipe(&given, &format!("{FOREIGN}\n"));
    assert_eq!((again.code, again.stderr.as_str()), (4, reused));
    site.pipe(&given, "velvet lantern orbit cactus\n").succeeded();
    let again = site.pipe(&given, &format!("{FOREIGN}\n"));
    assert_eq!((again.code, again.stderr.as_str()), (4, reused), "sealed among the former ones");
}

#[test]
fn a_hash_that_is_noted_as_something_else_is_found() {
    let site = site();
    put(&site, "alice", BCRYPT, "bcrypt 12");
    let checked = site.run(&["store", "check"]);
    assert_eq!(checked.code, 7);
    assert_eq!(
        checked.stdout,
        "result  the password hash of acme/alice is bcrypt 6, and noted as something else\n"
    );
}

#[test]
fn the_cost_of_a_hash_is_proposed_as_lines_of_a_config() {
    let site = site();
    let before = site.counts();
    let proposed = site.ok(&["hash", "calibrate", "--target", "10ms"]);
    let lines: Vec<&str> = proposed.lines().collect();
    let [table, memory, iterations, parallelism] = lines[..] else { panic!("{proposed}") };
    assert_eq!((table, parallelism), ("[hash]", "parallelism = 1"));
    // Nothing is cheaper than what is safe.
    assert!(memory.strip_prefix("memory_kib = ").unwrap().parse::<u32>().unwrap() >= 19_456);
    assert!(iterations.strip_prefix("iterations = ").unwrap().parse::<u32>().unwrap() >= 2);
    let found = site.json(&["hash", "calibrate", "--target", "400ms"]);
    assert_eq!(
        (&found["target_ms"], &found["memory_kib_now"], &found["iterations_now"]),
        (&json!(400), &json!(19_456), &json!(2))
    );
    let number = |field: &str| found[field].as_u64().unwrap();
    assert!(number("takes_ms_now") > 0 && number("takes_ms") >= number("takes_ms_now"), "{found}");
    site.configure(&format!(
        "[hash]\nmemory_kib = {}\niterations = {}\n",
        number("memory_kib"),
        number("iterations")
    ));
    site.ok(&["config", "check"]);
    site.configure("");
    assert_eq!(before, site.counts());
    let refused = site.run(&["hash", "calibrate", "--target", "1ms"]);
    assert!(
        refused.code == 2 && refused.stderr.contains("a target is a time from 10ms to 5s"),
        "{refused:?}"
    );
}

/// A sorted list with this password in it, seen so often.
fn list(password: &str, count: u32) -> String {
    let line = |text: &str, count: u32| {
        let hash = data_encoding::HEXUPPER.encode(&Sha1::digest(text.as_bytes()));
        format!("{hash}:{count}")
    };
    let mut lines: Vec<String> = (0..50).map(|number| line(&format!("other {number}"), 3)).collect();
    lines.push(line(password, count));
    lines.sort();
    lines.join("\r\n")
}

#[test]
fn p5_a_password_that_was_seen_in_a_breach_is_refused() {
    let site = site();
    let seen = "velvet lantern orbit cactus";
    let path = site.at("breached");
    site.configure(&format!("[password]\nbreached_list = \"{}\"\n", path.display()));
    std::fs::write(&path, list(seen, 7)).unwrap();
    let given = ["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y", "-q"];
    let refused = site.pipe(&given, &format!("{seen}\n"));
    let said = "error: the password is known from a data breach, so attackers try it: choose one that you use nowhere else\n";
    assert_eq!((refused.code, refused.stderr.as_str()), (4, said));
    assert!(
        site.run(&["policy", "show", "acme", "password"])
            .stderr
            .contains("passwords known from a data breach")
    );
    let doctor = site.json(&["doctor"]);
    let found = |doctor: &Value| {
        doctor.as_array().unwrap().iter().find(|of| of["check"] == "breached_list").cloned().unwrap()
    };
    assert_eq!(found(&doctor)["level"], "ok", "{doctor}");
    // One that counts nothing only hides how long a range is.
    std::fs::write(&path, list(seen, 0)).unwrap();
    site.pipe(&given, &format!("{seen}\n")).succeeded();

    // While the list cannot be asked, no password is accepted.
    for (text, why) in [
        (None, "read the list of refused passwords"),
        (Some("password\n"), "is no line of a SHA-1 hash, a colon and a count"),
    ] {
        let _ = std::fs::remove_file(&path);
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let refused = site.pipe(&given, "copper meadow walnut thunder\n");
        assert_eq!(refused.code, 6, "{refused:?}");
        assert!(refused.stderr.contains(why), "{refused:?}");
        assert!(
            refused.stderr.contains("hint: correct [password] extra_list or breached_list"),
            "{refused:?}"
        );
        let doctor = site.run(&["doctor", "-o", "json"]).json();
        assert_eq!(found(&doctor)["level"], "error", "{doctor}");
    }
}
