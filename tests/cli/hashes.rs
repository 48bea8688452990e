//! How passwords are hashed follows the settings, with each next right password.

use super::sign_in::{RIGHT, silent, site, verify};
use crate::site::{Ended, Site};

fn hash_of(site: &Site) -> String {
    site.row("users", "name", "alice").text("password_hash").to_owned()
}

#[test]
fn p7_a_weaker_hash_is_replaced_at_the_next_right_password() {
    let site = site();
    let hash = || hash_of(&site);
    let cost = |hash: &str| hash.split('$').nth(3).unwrap_or_default().to_owned();
    let weak = hash();
    assert!(weak.starts_with("$argon2id$"), "{weak}");
    assert!(cost(&weak).starts_with("m=19456,t=2,p=1"), "{weak}");
    verify(&site, "acme/alice", RIGHT);
    assert_eq!(hash(), weak, "as strong as wanted: left alone");
    site.configure("[hash]\nmemory_kib = 20480\niterations = 3\n");
    assert_eq!(verify(&site, "acme/alice", "wrong"), silent(11));
    assert_eq!(hash(), weak, "a wrong password replaces nothing");
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(0));
    let strong = hash();
    assert!(cost(&strong).starts_with("m=20480,t=3,p=1"), "{strong}");
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(0));
    assert_eq!(hash(), strong);
    // A cheaper setting weakens nothing that is there.
    site.configure("");
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(0));
    assert_eq!(hash(), strong);
}

#[test]
fn p10_a_pepper_comes_and_goes_with_the_next_right_password() {
    let site = site();
    let costs = || {
        let hash = hash_of(&site);
        hash.split('$').nth(3).unwrap_or_default().to_owned()
    };
    let signs_in = || assert_eq!(verify(&site, "acme/alice", RIGHT), silent(0));
    site.configure("[hash]\npepper = true\n");
    signs_in();
    let first = costs();
    assert!(first.starts_with("m=19456,t=2,p=1,keyid="), "{first}");
    signs_in();
    assert_eq!(costs(), first);
    site.run(&["store", "rotate-key", "-y", "-q"]).succeeded();
    signs_in();
    let second = costs();
    assert!(second.starts_with("m=19456,t=2,p=1,keyid=") && second != first, "{second}");

    // The key that it needs is no longer in the file; a newer one of the store's is.
    let key = site.path().join("config/regain/regain.key");
    site.run(&["store", "rotate-key", "-y", "-q"]).succeeded();
    let newer = std::fs::read_to_string(&key).unwrap();
    let lines: Vec<&str> = newer.lines().collect();
    // Two lines of comment stand before the keys, newest first.
    let (needed, others) = (lines[4], [&lines[..4], &lines[5..]].concat());
    std::fs::write(&key, others.join("\n") + "\n").unwrap();
    let id = needed.split(' ').next().unwrap();
    let refused = verify(&site, "acme/alice", RIGHT);
    let said = format!(
        "error: failed to verify a stored password hash: its key {id} is not in the key file\nhint: put the key back \
         into the key file; if it is lost, set a new password: `regain admin-reset USER`\n"
    );
    assert_eq!((refused.code, refused.stderr), (7, said));
    let checked = site.run(&["store", "check"]);
    let finding = format!("the password hash of acme/alice needs the key {id}, which is not in the key file");
    assert!(checked.code == 7 && checked.stdout.contains(&finding), "{checked:?}");
    std::fs::write(&key, newer).unwrap();

    site.configure("[hash]\npepper = false\n");
    signs_in();
    assert_eq!(costs(), "m=19456,t=2,p=1");
}

#[test]
fn p7_every_new_hash_has_a_new_salt() {
    let site = site();
    site.run(&["policy", "set", "acme", "password", "number_of_recent_passwords_disallowed=24", "-y", "-q"])
        .succeeded();
    site.run(&["policy", "set", "acme", "protection", "operation_protection=false", "-y", "-q"]).succeeded();
    let salt = || {
        let hash = hash_of(&site);
        hash.split('$').nth(4).unwrap_or_default().to_owned()
    };
    let mut salts = vec![salt()];
    let mut old = RIGHT.to_owned();
    for word in ["first", "second", "third"] {
        let new = format!("{word} password of a row of them");
        let change = ["password", "change", "acme/alice", "--password-stdin", "-q"];
        site.pipe(&change, &format!("{old}\n{new}\n")).succeeded();
        salts.push(salt());
        old = new;
    }
    let given = ["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y", "-q"];
    site.pipe(&given, "a password that somebody gave\n").succeeded();
    salts.push(salt());
    site.run(&["admin-reset", "acme/alice", "--generate", "--secrets-to", "out", "-y", "-q"]).succeeded();
    salts.push(salt());
    let count = salts.len();
    salts.sort_unstable();
    salts.dedup();
    assert_eq!(salts.len(), count, "{salts:?}");
    // With salts of their own, former passwords are found all the same.
    let again = site.pipe(&given, "second password of a row of them\n");
    assert_eq!(
        (again.code, again.stderr.as_str()),
        (4, "error: this password was used before\nhint: choose one that you have not had here\n")
    );
}

#[test]
fn p7_a_hash_that_costs_too_much_is_named_by_the_check_and_never_tried() {
    let site = site();
    let dear = hash_of(&site).replace("m=19456,t=2", "m=1048576,t=64");
    site.edit_user("alice", |user| user["password_hash"] = dear.clone().into());
    let checked = site.run(&["store", "check"]);
    let finding = "the password hash of acme/alice costs too much or too little to be verified";
    assert!(checked.code == 7 && checked.stdout.contains(finding), "{checked:?}");
    let refused = verify(&site, "acme/alice", RIGHT);
    let said = "error: failed to hash a password: the cost is out of bounds\nhint: `regain store check` names the user, \
                who needs a new password: `regain admin-reset USER`\n";
    assert_eq!((refused.code, refused.stderr.as_str()), (7, said));
    site.configure("[hash]\nmemory_kib = 1048576\niterations = 64\n");
    let config = site.run(&["config", "check"]);
    assert!(
        config.code == 6 && config.stdout.contains("must be at most 2 beside this `hash.memory_kib`"),
        "{config:?}"
    );
}

/// A command under a limit of the shell's.
fn limited(site: &Site, limit: &str, command: &str, input: &str) -> Ended {
    let line = format!("ulimit {limit}; exec {} {command}", crate::site::REGAIN);
    let child = site.program("/bin/sh", &["-c", &line]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    crate::site::ended(child, input)
}

#[test]
fn too_little_memory_for_a_hash_is_said() {
    // Nobody has a password, so that a name costs what the settings say.
    let site = Site::new();
    site.account("acme");
    site.configure("[hash]\nmemory_kib = 1048576\n");
    let said = "error: failed to hash a password: its 1024 MiB of memory are not available here\n\
                hint: end other programs, or raise the limit on this one (`ulimit -v`, MemoryMax= of a unit); then try \
                again\nhint: [hash] memory_kib says how much each new hash takes\n";
    let short = limited(&site, "-v 600000", "verify acme/nobody --password-stdin", "x\n");
    assert_eq!(short, Ended { code: 1, stdout: String::new(), stderr: said.to_owned() });
}
