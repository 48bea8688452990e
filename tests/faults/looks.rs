//! An emergency is when one looks: with the disk full or read-only, what reads works and says what was not recorded.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use super::disturbed::PASSWORD;
use crate::site::{Ended, REGAIN, Site, ended, skipped};

const HELPER: u32 = 61_239;
const READ_ONLY: &str = "the store is read-only";
const FULL: &str = "the disk is full";

/// What befalls the folder of the store while a command runs.
#[derive(Debug, Clone, Copy)]
enum Emergency {
    /// It is mounted read-only, as the last command left it.
    Mounted,
    /// The same, with all of the store in the one file.
    MountedWhole,
    /// The same, with the index of the log lost, as in a copy that somebody made of two files of three.
    MountedWithoutIndex,
    /// No write gets a byte.
    NoByte,
    /// The log alone cannot grow.
    LogFull,
    /// There is no room for the log and its index, which were not there.
    FullWhole,
}
use Emergency::{FullWhole, LogFull, Mounted, MountedWhole, MountedWithoutIndex, NoByte};

impl Emergency {
    fn why(self) -> &'static str {
        match self {
            Mounted | MountedWhole | MountedWithoutIndex => READ_ONLY,
            NoByte | LogFull | FullWhole => FULL,
        }
    }

    /// A store with alice, who has an address, and a code that waits for her. Nothing runs in the background.
    fn site(self) -> Site {
        let site = Site::new();
        site.account("acme");
        site.user("acme/alice", PASSWORD.trim_end());
        site.sent("acme/alice", "alice@example.com");
        if matches!(self, MountedWhole | FullWhole) {
            site.run(&["-y", "store", "purge"]).succeeded();
            fs::remove_file(site.at("data/regain/regain.db-wal")).unwrap();
        }
        if matches!(self, MountedWhole | FullWhole | MountedWithoutIndex) {
            fs::remove_file(site.at("data/regain/regain.db-shm")).unwrap();
        }
        site
    }

    /// What starts a command in it.
    fn before(self, site: &Site) -> Vec<OsString> {
        let folder = site.at("data");
        let script = match self {
            Mounted | MountedWhole | MountedWithoutIndex => {
                "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\""
            }
            FullWhole => {
                "cp -a \"$0\" \"$0.kept\" && mount -t tmpfs -o size=2m tmpfs \"$0\" && cp -a \"$0.kept/.\" \"$0\" && \
                 rm -r \"$0.kept\" && { cat /dev/zero > \"$0/filler\" 2> /dev/null; exec \"$@\"; }"
            }
            NoByte | LogFull => {
                let mut words = vec!["strace", "-f", "-o", "/dev/null", "--trace=pwrite64"];
                words.push("--inject=pwrite64:error=ENOSPC");
                let mut words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
                if matches!(self, LogFull) {
                    words.extend(["-P".into(), site.at("data/regain/regain.db-wal").into()]);
                }
                return words;
            }
        };
        let words = ["unshare", "--mount", "sh", "-c", script].map(OsString::from);
        words.into_iter().chain([folder.into()]).collect()
    }
}

/// A command in an emergency.
fn meets(site: &Site, emergency: Emergency, program: &[OsString], arguments: &[&str], input: &str) -> Ended {
    let mut words = emergency.before(site);
    words.extend(program.iter().cloned());
    words.extend(arguments.iter().map(OsString::from));
    let mut command = site.program(&words[0], &words[1..]);
    ended(command.stdin(Stdio::piped()).spawn().unwrap(), input)
}

/// Whether mounts of a process's own can be made here.
fn can_mount() -> bool {
    let tried = std::process::Command::new("unshare").args(["--mount", "true"]).status();
    let can = rustix::process::getuid().is_root() && tried.is_ok_and(|status| status.success());
    if !can {
        skipped("this needs mounts of its own: a disk that is read-only or full is not tested");
    }
    can
}

fn each_emergency(test: impl Fn(Emergency)) {
    let mounts = can_mount();
    for emergency in [Mounted, MountedWhole, MountedWithoutIndex, NoByte, LogFull, FullWhole] {
        if mounts || matches!(emergency, NoByte | LogFull) {
            test(emergency);
        }
    }
}

/// The store and what stands beside it, byte for byte. The index of the log is made anew by whoever opens it first.
fn files(site: &Site) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(site.at("data/regain")).unwrap().map(|entry| entry.unwrap().path());
    let bytes =
        |path: &PathBuf| if path.ends_with("regain.db-shm") { Vec::new() } else { fs::read(path).unwrap() };
    entries.filter(|path| path.is_file()).map(|path| (path.clone(), bytes(&path))).collect()
}

/// What an administrator may do, and whether it is told that it was not recorded.
const LOOKS: &[(&[&str], bool)] = &[
    (&["user", "show", "acme/alice"], false),
    (&["user", "list"], false),
    (&["user", "list", "acme", "-o", "csv"], false),
    (&["user", "readiness", "acme"], false),
    (&["user", "diagnose", "acme/alice"], true),
    (&["codes", "list"], false),
    (&["codes", "list", "acme/alice"], false),
    (&["codes", "explain", "acme/alice"], true),
    (&["audit", "list"], false),
    (&["audit", "verify"], false),
    (&["audit", "export", "-"], false),
    (&["store", "check"], false),
    (&["account", "list"], false),
    (&["account", "show", "acme"], false),
    (&["policy", "show", "acme"], false),
    (&["contact", "list", "acme/alice"], false),
    (&["device", "list", "acme/alice"], false),
    (&["mfa", "status", "acme"], false),
    (&["request", "list", "acme/alice"], false),
    (&["appeal", "list"], false),
    (&["delivery", "status"], false),
    (&["config", "show"], false),
    (&["--dry-run", "user", "disable", "acme/alice"], false),
    (&["--dry-run", "user", "disable", "acme/alice", "acme/ALICE"], false),
    // She is enabled.
    (&["-y", "user", "enable", "acme/alice", "acme/ALICE"], false),
];

#[test]
fn o4_what_reads_works_and_tells_what_was_not_recorded() {
    each_emergency(|emergency| {
        let site = emergency.site();
        let (before, by) = (files(&site), [REGAIN.into()]);
        for (look, told) in LOOKS {
            let seen = meets(&site, emergency, &by, look, "");
            let warning = format!("warning: this could not be recorded: {}\n", emergency.why());
            let warned: String =
                seen.stderr.split_inclusive('\n').filter(|line| line.contains("warning:")).collect();
            assert_eq!(warned, if *told { warning.as_str() } else { "" }, "{emergency:?} {look:?}");
            assert_eq!(seen.code, 0, "{emergency:?} {look:?}");
            assert!(!(seen.stdout + &seen.stderr).is_empty(), "{emergency:?} {look:?}");
        }
        assert!(files(&site) == before, "{emergency:?}: something was written");
        // With the disk well again, the same command works, and the chain is whole.
        site.run(&["user", "diagnose", "acme/alice"]).succeeded();
        site.run(&["audit", "verify"]).succeeded();
    });
}

#[test]
fn a_copy_can_be_taken_from_a_store_that_cannot_be_written_to() {
    each_emergency(|emergency| {
        // A copy is a file like any other: where no write gets a byte, there is none.
        if matches!(emergency, NoByte) {
            return;
        }
        let site = emergency.site();
        let copy = site.at("copy.db");
        let by = [REGAIN.into()];
        let made = meets(&site, emergency, &by, &["store", "backup", copy.to_str().unwrap()], "");
        assert_eq!(made.code, 0, "{emergency:?} {made:?}");
        let warning = format!("warning: this could not be recorded: {}\n", emergency.why());
        assert!(made.stderr.starts_with(&warning), "{emergency:?} {made:?}");
        let restored = Site::new();
        fs::copy(site.key(), restored.key()).unwrap();
        restored.run(&["-y", "store", "restore", copy.to_str().unwrap()]).succeeded();
        assert!(restored.ok(&["user", "list"]).contains("acme/alice"), "{emergency:?}");
    });
}

/// Nothing is shown, and the reason is told.
fn refuses(site: &Site, emergency: Emergency, by: &[OsString], look: &[&str], hint: &str) {
    let refused = meets(site, emergency, by, look, "");
    assert_eq!((refused.code, refused.stdout.as_str()), (7, ""), "{emergency:?} {look:?} {refused:?}");
    let why = emergency.why();
    let told = format!("error: this look cannot be recorded, so nothing is shown: {why}\n{hint}");
    assert!(refused.stderr.starts_with(&told), "{emergency:?} {look:?} {refused:?}");
}

#[test]
fn o4_full_addresses_are_shown_to_nobody_without_a_record() {
    each_emergency(|emergency| {
        let site = emergency.site();
        let by = [REGAIN.into()];
        let looks: [&[&str]; 4] = [
            &["contact", "list", "acme/alice", "--unmask"],
            &["user", "find", "alice@example.com"],
            &["user", "find", "@example"],
            &["user", "find", "+4915112345678"],
        ];
        for look in looks {
            refuses(&site, emergency, &by, look, "");
        }
        // By name, they are found: that address holds it, too, is not told.
        let found = meets(&site, emergency, &by, &["user", "find", "alic", "-o", "jsonl"], "");
        assert_eq!(found.code, 0, "{emergency:?} {found:?}");
        assert!(found.stdout.contains("\"acme/alice\"") || found.stdout.contains("\"alice\""), "{found:?}");
        assert_eq!(
            found.stderr,
            format!(
                "warning: addresses were not searched, because that must be recorded and could not be: {}\n",
                emergency.why()
            ),
            "{emergency:?}"
        );
        let none = meets(&site, emergency, &by, &["user", "find", "example.com"], "");
        assert_eq!(
            (none.code, none.stdout.as_str(), none.stderr),
            (
                0,
                "",
                format!(
                    "warning: addresses were not searched, because that must be recorded and could not be: {}\n\
                     Nobody was found.\nSearched: parts of names, accounts and descriptions; whole ids.\n",
                    emergency.why()
                )
            ),
            "{emergency:?}"
        );
        let nobody = meets(&site, emergency, &by, &["user", "show", "acme/nobody"], "");
        assert_eq!(nobody.code, 3, "{emergency:?} {nobody:?}");
    });
}

#[test]
fn o4_support_is_shown_nothing_that_is_not_recorded() {
    if !can_mount() {
        return;
    }
    for emergency in [Mounted, MountedWhole, FullWhole] {
        let site = emergency.site();
        if !site.let_in(HELPER) {
            return;
        }
        site.configure(&format!("[captcha]\nmode = \"off\"\n[operators]\nsupport = [\"uid:{HELPER}\"]\n"));
        let helper = ["setpriv", "--reuid=61239", "--regid=61239", "--clear-groups"];
        let rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
        let mut by: Vec<OsString> = helper.iter().chain(&rights).map(OsString::from).collect();
        by.push(site.at("regain").into());
        let looks: [&[&str]; 6] = [
            &["user", "show", "acme/alice"],
            &["user", "show", "acme/nobody"],
            &["user", "list"],
            &["user", "find", "alice"],
            &["codes", "explain", "acme/alice"],
            &["user", "diagnose", "acme/alice"],
        ];
        for look in looks {
            let hint = "hint: ask an administrator, who can look while nothing can be recorded\n";
            refuses(&site, emergency, &by, look, hint);
        }
        // What their role may not do is refused as on any day.
        let beyond: [&[&str]; 7] = [
            &["audit", "list"],
            &["audit", "verify"],
            &["audit", "export"],
            &["store", "check"],
            &["store", "backup", "-"],
            &["contact", "list", "acme/alice", "--unmask"],
            &["policy", "set", "acme", "password", "--preset", "cloud", "-y"],
        ];
        for act in beyond {
            let refused = meets(&site, emergency, &by, act, "");
            assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{emergency:?} {act:?} {refused:?}");
            assert!(
                refused.stderr.starts_with("error: the role support may not "),
                "{emergency:?} {act:?} {refused:?}"
            );
        }
    }
}

#[test]
fn k11_nothing_is_judged_that_was_not_counted() {
    each_emergency(|emergency| {
        let site = emergency.site();
        let by = [REGAIN.into()];
        let told = |who: &str, password: &str| {
            let ended = meets(&site, emergency, &by, &["verify", who, "--password-stdin"], password);
            assert_eq!(ended.code, 7, "{emergency:?} {who} {ended:?}");
            (ended.stdout, ended.stderr)
        };
        let right = told("acme/alice", PASSWORD);
        assert_eq!(right, told("acme/alice", "another one\n"), "{emergency:?}");
        assert_eq!(right, told("acme/nobody", PASSWORD), "{emergency:?}");
    });
}

#[test]
fn the_doctor_looks_at_a_store_that_cannot_be_written_to() {
    each_emergency(|emergency| {
        let site = emergency.site();
        let seen = meets(&site, emergency, &[REGAIN.into()], &["doctor", "-o", "csv"], "");
        let at = site.at("data/regain");
        for line in [format!("store,ok,{}/regain.db opens.", at.display()), "records,ok,".to_owned()] {
            assert!(seen.stdout.contains(&line), "{emergency:?} {seen:?}");
        }
        if matches!(emergency, Mounted | MountedWhole | MountedWithoutIndex) {
            let told = format!(
                "store,error,The disk of {}/regain.db is mounted read-only: nothing can be changed.,",
                at.display()
            );
            assert!(seen.stdout.contains(&told), "{emergency:?} {seen:?}");
        }
    });
}
