//! E3: how many hashes somebody costs, and of which size, tells nothing about them. Each takes its memory in one piece,
//! so they are counted from outside.

use serde_json::Value;

use crate::site::{Ended, Site, ended};

const PASSWORD: &str = "correct horse battery staple";
/// In KiB; above 32 MiB the allocator asks the system for each one.
const FORMER: u64 = 36 * 1024;
const TODAY: u64 = 44 * 1024;
/// The stack of a thread and the heap of one are reserved, and larger or smaller.
const MOST: u64 = 60 * 1024;

/// The memory of each hash that judging a password takes, in KiB.
fn hashes(site: &Site, who: &str, password: &str) -> (Vec<u64>, Ended) {
    let trace = site.path().join("trace");
    let traced = ["-f", "-e", "trace=mmap", "-o", trace.to_str().unwrap()];
    let verify = [crate::site::REGAIN, "verify", who, "--password-stdin"];
    let mut strace = site.program("strace", &[traced.as_slice(), &verify].concat());
    let judged = ended(strace.stdin(std::process::Stdio::piped()).spawn().unwrap(), password);
    let text = std::fs::read_to_string(trace).unwrap();
    let size = |line: &str| {
        let (_, arguments) = line.split_once("mmap(NULL, ")?;
        let (bytes, rest) = arguments.split_once(", ")?;
        let kib = bytes.parse::<u64>().ok()? / 1024;
        (rest.starts_with("PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS") && (FORMER..MOST).contains(&kib))
            .then_some(if kib < TODAY { FORMER } else { TODAY })
    };
    (text.lines().filter_map(size).collect(), judged)
}

fn configure(site: &Site, memory: u64) {
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[sources]\nslow_most = \"0s\"\n[hash]\nmemory_kib = {memory}\n"
    ));
}

#[test]
fn e1_e3_everybody_costs_one_hash_but_who_may_come_in_with_an_outdated_one() {
    let site = Site::bare();
    site.run(&["init"]).succeeded();
    configure(&site, FORMER);
    site.account("acme");
    site.account("closed");
    let people =
        ["acme/outdated", "acme/locked", "acme/disabled", "closed/alice", "acme/robot", "acme/disowned"];
    for who in people {
        site.user(who, PASSWORD);
    }
    configure(&site, TODAY);
    for who in ["acme/alice", "acme/empty", "acme/damaged", "acme/dear", "acme/keyless"] {
        site.user(who, PASSWORD);
    }
    (0..5).for_each(|_| assert_eq!(site.judged("acme/locked", "wrong"), 11));
    site.run(&["user", "disable", "acme/disabled", "-y", "-q"]).succeeded();
    site.run(&["account", "disable", "closed", "-y", "-q"]).succeeded();
    site.run(&["user", "update", "acme/robot", "--access-mode", "programmatic", "-y", "-q"]).succeeded();
    // What no command leads to: a hash that is damaged, one of a cost that is not tried, one whose key is gone. And
    // whoever disowned a change has no password left: one that were left would still be of no use.
    let tag = "A".repeat(43);
    for (name, hash) in [
        ("empty", Value::Null),
        ("damaged", "no hash".into()),
        ("dear", format!("$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA${tag}").into()),
        (
            "keyless",
            format!("$argon2id$v=19$m={TODAY},t=2,p=1,keyid=YWFhYWFhYWE$AAAAAAAAAAAAAAAAAAAAAA${tag}").into(),
        ),
    ] {
        site.edit_user(name, |user| user["password_hash"] = hash.clone());
    }
    site.edit_user("disowned", |user| {
        user["disowned_at"] = 1.into();
        user["disowned_notice"] = "ntc".into();
        user["disowned_about"] = "x".into();
    });

    // Who has no password to compare with costs what one of those in use costs, and always the same.
    let mut drawn = Vec::new();
    for number in 0..24 {
        let nobody = format!("acme/nobody{number}");
        let (seen, judged) = hashes(&site, &nobody, PASSWORD);
        assert!(
            matches!(seen[..], [FORMER | TODAY]) && judged == silent(11),
            "{nobody}: {seen:?} {judged:?}"
        );
        drawn.extend(seen);
    }
    assert!(drawn.contains(&FORMER) && drawn.contains(&TODAY), "{drawn:?}");
    let (nobody, cost) = ("acme/nobody0", vec![drawn[0]]);
    let empty = hashes(&site, "acme/empty", "wrong").0;
    assert_eq!(empty.len(), 1);
    for (who, password, cost, code) in [
        ("acme/alice", "wrong", vec![TODAY], 11),
        ("acme/alice", PASSWORD, vec![TODAY], 0),
        // No password can be like that.
        ("acme/alice", "\u{7}", vec![TODAY], 11),
        (nobody, "\u{7}", cost.clone(), 11),
        (nobody, PASSWORD, cost, 11),
        ("acme/empty", PASSWORD, empty, 11),
        ("acme/damaged", PASSWORD, vec![TODAY], 7),
        ("acme/dear", PASSWORD, vec![TODAY], 7),
        ("acme/keyless", PASSWORD, vec![TODAY], 7),
        ("acme/outdated", "wrong", vec![FORMER], 11),
        ("acme/locked", PASSWORD, vec![FORMER], 11),
        ("acme/disabled", PASSWORD, vec![FORMER], 11),
        ("closed/alice", PASSWORD, vec![FORMER], 11),
        ("acme/robot", PASSWORD, vec![FORMER], 11),
        ("acme/disowned", PASSWORD, vec![FORMER], 11),
        ("acme/outdated", PASSWORD, vec![FORMER, TODAY], 0),
        ("acme/outdated", PASSWORD, vec![TODAY], 0),
    ] {
        let (seen, judged) = hashes(&site, who, password);
        assert_eq!((seen, judged.code), (cost, code), "{who} {password:?}: {}", judged.stderr);
    }
}

fn silent(code: i32) -> Ended {
    Ended { code, stdout: String::new(), stderr: String::new() }
}
