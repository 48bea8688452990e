//! Every command has examples in its help, and each of them runs as it stands there, against a store made for it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use nix::sys::signal::Signal;

use crate::site::{MANY, REGAIN, Site, ended};

const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "another horse and its staple 8";

/// How a line ends that is not simply done, and why: what it names is made up, or it asks somebody at a terminal.
const OTHER_ENDS: &[(&str, i32)] = &[
    ("echo 123456 |", 11),
    ("echo K7MX3 |", 11),
    ("--for-caller", 3),
    ("regain password reset", 9),
    ("apl-bdfgh", 3),
    ("doctor --strict", 6),
    ("regain support confirm chl_…", 9),
    ("--verified-caller chl_…", 4),
    ("dev_…", 3),
    ("msg_…", 3),
    ("\"SM1\"", 3),
    ("\"$code\"", 11),
    ("\"$first\"", 11),
    // They ask.
    ("regain account register", 9),
    ("regain appeal submit$", 9),
    ("regain contact change", 9),
    ("regain contact verify acme/alice --email$", 9),
    ("regain contact verify acme/alice --email alice@example.com --password-stdin", 11),
    ("regain demo$", 9),
    ("regain login$", 2),
    ("regain login", 9),
    ("regain mfa confirm acme/alice$", 9),
    ("regain mfa enrol acme/alice$", 2),
    ("regain password change acme/alice$", 9),
    ("regain password setup$", 9),
];

/// What never ends by itself, or is for root.
const NOT_RUN: [&str; 2] = ["sudo ", "regain delivery run --watch"];

#[test]
fn every_example_of_the_help_runs() {
    let site = Site::bare();
    let (mut todo, mut wrong, mut run) = (vec![Vec::<String>::new()], Vec::new(), 0);
    while let Some(path) = todo.pop() {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let page = site.run(&arguments).succeeded().stdout;
        let below = super::help::subcommands(&page);
        if !below.is_empty() {
            todo.extend(below.into_iter().map(|name| [path.clone(), vec![name]].concat()));
            continue;
        }
        let leaf = path.join(" ");
        let lines = examples(&page);
        if lines.is_empty() {
            wrong.push(format!("`regain {leaf} --help` has no Examples:"));
        }
        for line in lines.iter().filter(|line| !NOT_RUN.iter().any(|not| line.starts_with(not))) {
            run += 1;
            wrong.extend(fault(&leaf, line));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(run > 100, "only {run} examples");
}

/// The lines under "Examples:", each whole: what is too long for a page goes on in the next line.
fn examples(page: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once("\nExamples:\n") else { return Vec::new() };
    let mut lines: Vec<String> = Vec::new();
    for line in rest.lines().map_while(|line| line.strip_prefix("  ")) {
        match lines.last_mut() {
            Some(before) if !line.contains("regain") => *before = format!("{before} {line}"),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// What is wrong with an example, if anything is.
fn fault(leaf: &str, line: &str) -> Option<String> {
    let site = stage(leaf);
    if leaf != "init" && !line.contains("$code") && site.run(&["account", "show", "acme"]).code == 0 {
        site.unprotected("acme");
    }
    let whole = format!("{}$", line.split(" #").next().unwrap().trim_end());
    let expected = OTHER_ENDS.iter().find(|(part, _)| whole.contains(part)).map_or(0, |(_, code)| *code);
    let script = with_ids(&site, leaf, line);
    let mut command = site.program("bash", &["-o", "pipefail", "-c", &script]);
    command.env("PATH", format!("{}:/usr/bin:/bin", site.at("bin").display()));
    let is_new = matches!(leaf, "request set-password" | "password setup");
    let password = if is_new { NEW } else { PASSWORD };
    command.envs([("old", PASSWORD), ("password", password), ("new", NEW), ("code", "123456")]);
    command.envs([("first", "123456"), ("second", "654321")]);
    if leaf == "password setup" {
        command.env("token", &site.secrets("token.jsonl")[0][2]);
    }
    command.env("PROFILE", site.at("profile"));
    let done = ended(command.spawn().unwrap(), "");
    (done.code != expected).then(|| format!("{line}: {} instead of {expected}: {}", done.code, done.stderr))
}

/// The line with what there is in place of what stands for it.
fn with_ids(site: &Site, leaf: &str, line: &str) -> String {
    let mut line = line.to_owned();
    if line.contains("usr_…") {
        let alice = site.ok(&["user", "show", "acme/alice", "-o", "json"]);
        let alice: serde_json::Value = serde_json::from_str(&alice).unwrap();
        line = line.replace("usr_…", alice["id"].as_str().unwrap());
    }
    if line.contains("req_…") {
        let id = match leaf {
            "request verify" => site.sent("acme/alice", "alice@example.com"),
            "request set-password" => {
                let id = site.sent("acme/alice", "alice@example.com");
                let code = site.code_to("alice@example.com");
                site.verify(&id, &code).succeeded();
                id
            }
            _ => {
                let started = site.run(&["request", "start", "acme/alice", "-o", "json"]).succeeded().json();
                started["id"].as_str().unwrap().to_owned()
            }
        };
        line = line.replace("req_…", &id);
    }
    if line.contains("cod_…") {
        site.sent("acme/alice", "alice@example.com");
        line = line.replace("cod_…", &newest(site, "reset"));
    }
    if line.contains("tok_…") {
        site.run(&["admin-reset", "acme/alice", "--setup", "-y"]).succeeded();
        line = line.replace("tok_…", &newest(site, "setup"));
    }
    if line.contains("bat_…") {
        let listed = site.run(&["batch", "list", "-o", "json"]).succeeded().json();
        line = line.replace("bat_…", listed[0]["id"].as_str().unwrap());
    }
    // Of these, there is none.
    line.replace('…', &"0".repeat(24))
}

/// The id of the newest code or setup token for this.
fn newest(site: &Site, purpose: &str) -> String {
    let listed = site.run(&["codes", "list", "--purpose", purpose, "-o", "json"]).succeeded().json();
    listed[0]["id"].as_str().unwrap().to_owned()
}

/// A batch that was interrupted; for its secrets, one that sealed them.
fn batch(site: &Site, leaf: &str) {
    site.many_like("alice", MANY);
    let names: Vec<String> = (0..MANY).map(|at| format!("acme/many{at}\n")).collect();
    fs::write(site.at("people.txt"), names.concat()).unwrap();
    let made = std::process::Command::new("age-keygen").arg("-o").arg(site.at("key.txt")).output().unwrap();
    let said = String::from_utf8(made.stderr).unwrap();
    let key = said.trim().trim_start_matches("Public key: ").to_owned();
    let reset = ["admin-reset", "--from", "people.txt", "--generate", "--batch", "leavers-march", "-y"];
    if leaf == "batch secrets" {
        let few = ["admin-reset", "acme/many1", "acme/many2", "--generate", "--batch", "leavers-march", "-y"];
        site.run(&[&few[..], &["--secrets-for", &key]].concat()).succeeded();
    } else {
        site.interrupted(&[&reset[..], &["--secrets-to", "passwords.jsonl"]].concat(), Signal::SIGKILL);
    }
}

/// What the examples of a command begin with. The program says yes and asks nobody.
fn stage(leaf: &str) -> Site {
    let site = if leaf == "init" { Site::bare() } else { Site::new() };
    let bin = site.at("bin");
    fs::create_dir(&bin).unwrap();
    let program = |name: &str, text: &str| {
        fs::write(bin.join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    symlink(REGAIN, bin.join("regain.real")).unwrap();
    program("regain", &format!("exec {REGAIN} --no-input -y \"$@\""));
    // They only show what was made.
    program("man", "exit 0");
    program("less", "cat > /dev/null");
    for folder in
        [".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions", ".config/elvish"]
    {
        fs::create_dir_all(site.at(folder)).unwrap();
    }
    fs::write(site.at("LINES"), format!("{PASSWORD}\n123456\n")).unwrap();
    fs::write(site.at("people.txt"), "acme/alice\nacme/bob\n").unwrap();
    fs::write(site.at("people.csv"), "user,email\ncarol,carol@example.com\n").unwrap();
    if matches!(leaf, "init" | "account create" | "account register" | "request register") {
        return site;
    }
    site.account("acme");
    if leaf == "user create" {
        return site;
    }
    site.user("acme/alice", PASSWORD);
    site.user("acme/bob", PASSWORD);
    site.run(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified", "-y", "-q"])
        .succeeded();
    match leaf {
        "account enable" => drop(site.ok(&["account", "disable", "acme", "-y", "-q"])),
        "audit verify" => drop(site.ok(&["audit", "export", "records", "--anchor", "anchor.json", "-q"])),
        "config check" => drop(fs::copy(site.config(), site.at("new.toml")).unwrap()),
        "store restore" => drop(site.ok(&["store", "backup", "monday.db", "-q"])),
        "contact bind" => drop(site.ok(&["contact", "unbind", "acme/alice", "--email", "-y", "-q"])),
        "contact verify" => {
            site.ok(&["contact", "unbind", "acme/alice", "--email", "-y", "-q"]);
            let bind =
                ["contact", "bind", "acme/alice", "--email", "alice@example.com", "-y", "-q", "--no-input"];
            site.run(&bind);
        }
        "request captcha" => site.configure("[captcha]\nmode = \"picture\"\n"),
        "appeal submit" => {
            let form = "kind = \"appeal\"\nwho = \"acme\"\nnew_mobile = \"+4915100000000\"\n";
            fs::write(site.at("appeal.toml"), form).unwrap();
        }
        "password setup" => {
            let setup = ["admin-reset", "acme/bob", "--setup", "--secrets-to", "token.jsonl", "-y", "-q"];
            site.run(&setup).succeeded();
        }
        "batch show" | "batch list" | "batch cancel" | "batch resume" | "batch secrets" => batch(&site, leaf),
        "mfa confirm" | "mfa remove" => {
            site.run(&["mfa", "enrol", "acme/alice", "--secrets-to", "uri", "-y", "-q"]).succeeded();
        }
        _ => {}
    }
    site
}
