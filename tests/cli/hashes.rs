//! How passwords are hashed follows the settings, with each next right password.

use super::sign_in::{RIGHT, silent, site, verify};

#[test]
fn p7_a_weaker_hash_is_replaced_at_the_next_right_password() {
    let site = site();
    let hash = || site.ask("SELECT password_hash FROM users WHERE name = 'alice'");
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
        let hash = site.ask("SELECT password_hash FROM users WHERE name = 'alice'");
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
