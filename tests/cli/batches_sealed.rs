//! Secrets of many that only their recipients can open.

use std::fs;
use std::process::Command;

use crate::batches::{killed, of, site, with};
use crate::site::{MANY, Site};

/// A key pair of age: the file with the private key, and the public key.
fn age_key(site: &Site) -> String {
    let key = site.at("key.txt");
    assert!(Command::new("age-keygen").arg("-o").arg(&key).output().unwrap().status.success());
    let text = fs::read_to_string(key).unwrap();
    text.split_once("public key: ").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

/// The secrets in sealed messages, opened by the key.
fn opened(site: &Site, sealed: &str) -> Vec<[String; 3]> {
    fs::write(site.at("sealed"), sealed).unwrap();
    let script = "awk '{print | c} /^-----END/ {close(c)}' c='age -d -i key.txt' sealed > opened";
    let done = Command::new("sh").args(["-c", script]).current_dir(site.path()).output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
    site.secrets("opened")
}

#[test]
fn t5_secrets_are_sealed_for_their_recipients_and_outlive_a_kill() {
    // More than one message.
    let many = 2 * MANY;
    let site = of(many);
    let key = age_key(&site);
    let seal = ["admin-reset", "--from", "people", "--generate", "--secrets-for", &key, "-y"];
    killed(&site, &seal);
    let resumed =
        site.run(&["batch", "resume", "march", "--secrets-to", "-", "-y", "-o", "jsonl"]).succeeded();
    assert!(resumed.stderr.lines().all(|line| line.contains("\"outcome\":\"done\"")), "{}", resumed.stderr);
    let secrets = opened(&site, &resumed.stdout);
    let mut users: Vec<&str> = secrets.iter().map(|secret| secret[0].as_str()).collect();
    users.dedup();
    assert_eq!((secrets.len(), users.len()), (many, many), "each once");
    for who in [0, many / 2, many - 1].map(|at| format!("acme/many{at}")) {
        let secret = secrets.iter().find(|secret| secret[0] == who).unwrap();
        assert_eq!(site.judged(&who, &secret[2]), 12, "{who}");
    }
    // They are there until they are purged, and whoever takes them is recorded.
    let again = site.run(&["batch", "secrets", "march"]).succeeded();
    assert_eq!(opened(&site, &again.stdout), secrets);
    site.run(&["batch", "secrets", "march", "--secrets-to", "file.age"]).succeeded();
    assert_eq!(opened(&site, &fs::read_to_string(site.at("file.age")).unwrap()), secrets);
    site.run(&["batch", "secrets", "march", "--secrets-to", "file.age"]).with_code(4);
    assert!(site.recorded("lookupSecrets", "success") >= 3);
    // Nothing in the store opens them.
    let store = String::from_utf8_lossy(&fs::read(site.store()).unwrap()).into_owned();
    assert!(secrets.iter().all(|secret| !store.contains(&secret[2])));
}

#[test]
fn t5_whoever_goes_on_with_it_does_not_choose_who_opens_its_secrets() {
    let many = 2 * MANY;
    let site = of(many);
    let key = age_key(&site);
    let reset = ["admin-reset", "--from", "people", "--generate", "-y"];
    killed(&site, &with(&reset, &["--secrets-for", &key]));
    fs::rename(site.at("key.txt"), site.at("first.txt")).unwrap();
    let other = age_key(&site);
    let again = with(&reset, &["--batch", "march", "--resume"]);
    let before = site.digest();
    let refused = site.run(&with(&again, &["--secrets-for", &other])).with_code(2);
    assert_eq!(
        refused.stderr,
        "error: the batch was begun with other keys in --secrets-for, or without any\n\
         hint: give what it was begun with, and nothing else\n"
    );
    assert_eq!(site.digest(), before);
    site.run(&with(&again, &["--secrets-for", &key])).succeeded();
    fs::rename(site.at("first.txt"), site.at("key.txt")).unwrap();
    assert_eq!(opened(&site, &site.run(&["batch", "secrets", "march"]).succeeded().stdout).len(), many);
}

#[test]
fn a_few_sealed_secrets_are_one_message() {
    let site = site();
    let key = age_key(&site);
    fs::write(site.at("keys"), format!("# mine\n{key}\n")).unwrap();
    let some = ["admin-reset", "acme/alice", "acme/many1", "--generate", "--secrets-for", "keys", "-y"];
    let ended = site.run(&with(&some, &["--secrets-to", "out.age"])).succeeded();
    assert!(
        ended.stderr.ends_with("Open them with the private key: age -d -i KEY out.age\n"),
        "{}",
        ended.stderr
    );
    let opened =
        Command::new("age").args(["-d", "-i", "key.txt", "out.age"]).current_dir(site.path()).output();
    let opened = String::from_utf8(opened.unwrap().stdout).unwrap();
    assert_eq!(opened.lines().count(), 2, "{opened}");
    for (given, message) in [
        ("age1wrong", "age does not take the key"),
        ("nowhere", "nowhere is no age public key, and no file that can be read"),
        ("people", "key 1 in people is no age public key"),
        ("", "this is no age public key"),
    ] {
        let wrong = ["admin-reset", "--from", "people", "--generate", "-y", "--secrets-for", given];
        let ended = site.run(&wrong).with_code(2);
        assert!(ended.stderr.contains(message), "{given}: {}", ended.stderr);
    }
    let clear = site.run(&["admin-reset", "--from", "people", "--generate", "--secrets-to", "-", "-y"]);
    clear.with_code(2);
}
