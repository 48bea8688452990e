//! A disk that is full, or may not be written to.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::changes::account_create;
use super::disturbed::{Disturbed, acme};
use crate::site::{REGAIN, Site};

/// No file may grow beyond so many bytes, as on a disk that fills up in the middle of a page.
#[test]
fn d1_a_limit_on_the_size_of_files_is_a_full_disk() {
    let change = account_create();
    let (mut failed, mut bytes) = (0, 0);
    loop {
        let site = change.site.copy();
        let limit = format!("--fsize={bytes}");
        let before = ["env", "--ignore-signal=XFSZ", "prlimit", limit.as_str()];
        let output = site.under(&before, &change.arguments(), "");
        change.judge(&site, &output, &format!("files of {bytes} bytes"));
        if output.status.success() {
            break;
        }
        failed += 1;
        bytes += 1_500;
        assert!(bytes < 4_000_000);
    }
    assert!(failed > 5, "only {failed} limits stopped it");
}

#[test]
fn a_full_disk_is_told_in_plain_words() {
    let site = acme();
    on_a_full_disk(&site, &["account", "create", "globex", "-y"]);
}

#[test]
fn a_store_that_could_not_be_made_leaves_nothing_in_the_way() {
    let site = Site::bare();
    on_a_full_disk(&site, &["init"]);
    for left in ["config/regain", "data/regain"] {
        let files: Vec<_> = fs::read_dir(site.at(left)).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files, Vec::<PathBuf>::new());
    }
    site.succeed(&["init"], "");
}

fn on_a_full_disk(site: &Site, arguments: &[&str]) {
    let log = site.at("strace.log");
    let before =
        ["strace", "-f", "-o", log.to_str().unwrap(), "--trace=pwrite64", "--inject=pwrite64:error=ENOSPC"];
    let output = site.under(&before, arguments, "");
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: failed to write to the store: the disk is full\nhint: free some space, and try again: the unfinished \
        change was undone\n"
    );
}

/// A store that its user may read and not write. Root may write anywhere, so root becomes somebody else first.
#[test]
fn a_store_that_may_not_be_written_is_told_in_plain_words() {
    let site = acme();
    // All of it in the one file, as after a purge by somebody who tidies up.
    site.succeed(&["-y", "store", "purge"], "");
    for tail in ["-wal", "-shm"] {
        fs::remove_file(site.at(&format!("data/regain/regain.db{tail}"))).unwrap();
    }
    let bin = tempfile::tempdir().unwrap();
    let program = bin.path().join("regain");
    // By another process: a file that this one has open for writing, and so a child of another test's, cannot run.
    assert!(Command::new("cp").arg(REGAIN).arg(&program).status().unwrap().success());
    fs::set_permissions(bin.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.to_str().unwrap().to_owned();
    let mut words = vec![program.as_str()];
    if rustix::process::geteuid().is_root() {
        give_to(site.path(), 65_534);
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program.as_str()].to_vec();
    }
    let store = site.at("data/regain");
    fs::set_permissions(store.join("regain.db"), fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(&store, fs::Permissions::from_mode(0o500)).unwrap();
    let bytes = fs::read(store.join("regain.db")).unwrap();

    let output = site.started(&words, &["account", "create", "globex", "-y"], "");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: failed to write to the store: it is read-only\nhint: check the modes of the file, of those beside it and of its folder, and the mount\n"
    );
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(fs::read(store.join("regain.db")).unwrap(), bytes);
    let doctor = |file: &str| {
        let seen = site.started(&words, &["doctor", "-o", "csv"], "");
        let told = format!(
            "store,error,{} is read-only for the user regain runs as: nothing can be changed.,chmod u+w {0}\r\n",
            store.join(file).display()
        );
        assert!(String::from_utf8_lossy(&seen.stdout).contains(&told), "{seen:?}");
        assert_ne!(seen.status.code(), Some(0));
    };
    doctor("regain.db");

    // Of what SQLite makes beside it, the modes stay when those of the file are mended.
    fs::set_permissions(&store, fs::Permissions::from_mode(0o700)).unwrap();
    site.started(&words, &["user", "list"], "");
    fs::set_permissions(store.join("regain.db"), fs::Permissions::from_mode(0o600)).unwrap();
    doctor("regain.db-shm");
    fs::remove_file(store.join("regain.db-shm")).unwrap();

    // The control: with the permissions back, the same command by the same user works.
    fs::set_permissions(&store, fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(store.join("regain.db"), fs::Permissions::from_mode(0o600)).unwrap();
    let output = site.started(&words, &["account", "create", "globex", "-y"], "");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "Made the account globex.\n");
}

fn give_to(path: &Path, owner: u32) {
    chown(path, Some(owner), Some(owner)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_to(&entry.unwrap().path(), owner);
        }
    }
}
