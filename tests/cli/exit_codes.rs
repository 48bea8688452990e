//! One meaning each: which exit code and reason a mistake of its kind has, over all commands that it can be made with.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::site::{REGAIN, Site};

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", "correct horse battery staple 9");
    fs::write(site.at("there"), "something").unwrap();
    site
}

/// With the code and the reason that this command must end with.
#[track_caller]
fn ends(site: &Site, code: i32, reason: &str, arguments: &[&str]) -> serde_json::Value {
    let ended = site.run(&[arguments, &["-y", "--no-input", "-o", "json"]].concat()).with_code(code);
    assert_eq!(ended.stdout, "", "{arguments:?}");
    let error = ended.error();
    assert_eq!(error["reason"], reason, "{arguments:?}: {error}");
    error
}

const INTO_FILES: [&[&str]; 5] = [
    &["store", "backup"],
    &["audit", "export"],
    &["audit", "export", "-", "--anchor"],
    &["admin-reset", "acme/alice", "--generate", "--secrets-to"],
    &["mfa", "enrol", "acme/alice", "--secrets-to"],
];

#[test]
fn an_output_that_exists_is_4_and_a_folder_that_is_not_there_is_2() {
    let site = site();
    for command in INTO_FILES {
        let into =
            |file: &str| [command, &[file]].concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
        let words = into("there");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        ends(&site, 4, "exists", &words);
        assert_eq!(fs::read_to_string(site.at("there")).unwrap(), "something");
        let words = into("no/such/file");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ended = site.run(&[&words[..], &["-y", "--no-input", "-o", "json"]].concat()).with_code(2);
        assert_eq!(ended.error()["kind"], "usage", "{words:?}");
    }
}

#[test]
fn a_restore_of_damage_is_7_of_another_key_6_and_of_nothing_7() {
    let site = site();
    site.ok(&["store", "backup", "good", "-q"]);
    let whole = fs::read(site.at("good")).unwrap();
    fs::write(site.at("cut"), &whole[..whole.len() / 2]).unwrap();
    fs::write(site.at("empty"), "").unwrap();
    let other = Site::new();
    other.account("elsewhere");
    other.ok(&["store", "backup", site.at("others").to_str().unwrap(), "-q"]);
    let restore = |file| ["store", "restore", file];
    ends(&site, 7, "backup_missing", &restore("nothing"));
    ends(&site, 7, "store_foreign", &restore("empty"));
    ends(&site, 7, "store_foreign", &restore("there"));
    ends(&site, 7, "backup_corrupt", &restore("cut"));
    ends(&site, 6, "backup_of_other_key", &restore("others"));
    site.ok(&["-y", "store", "restore", "good"]);
}

#[test]
fn a_value_out_of_its_range_is_2_and_its_option_is_named() {
    let site = site();
    let cases: &[(&[&str], &str)] = &[
        (&["user", "list", "--limit", "0"], "--limit"),
        (&["user", "readiness", "--limit", "0"], "--limit"),
        (&["audit", "list", "--limit", "0"], "--limit"),
        (&["appeal", "list", "--limit", "0"], "--limit"),
        (&["admin-reset", "acme/alice", "--setup", "--expires", "8d"], "--expires"),
        (&["admin-reset", "acme/alice", "--setup", "--expires", "0s"], "--expires"),
        (&["admin-reset", "acme/alice", "--setup", "--expires", "soon"], "--expires"),
        (&["store", "purge", "--older-than", "1h"], "--older-than"),
        (&["store", "purge", "--older-than", "old"], "--older-than"),
        (&["audit", "list", "--since", "whenever"], "--since"),
        (&["contact", "bind", "acme/alice", "--email", "nobody"], "--email"),
        (&["contact", "bind", "acme/alice", "--mobile", "12"], "--mobile"),
        (&["request", "send", "req_1", "--method", "email", "--address", "nobody"], "--address"),
        (&["user", "show", "acme/!!"], "<USER>"),
        (&["account", "show", "!!"], "<ACCOUNT>"),
        (&["user", "list", "--reason", "two\nlines"], "--reason"),
        (&["account", "create", "beta", "--user-quota", "many"], "--user-quota"),
        (&["config", "set", "codes.length", "99"], "<VALUE>"),
        (&["config", "set", "codes.lenght", "6"], "<KEY>"),
    ];
    for (arguments, option) in cases {
        let ended = site.run(&[arguments, &["-y", "--no-input", "-o", "json"][..]].concat()).with_code(2);
        assert_eq!(ended.error()["option"], *option, "{arguments:?}: {ended:?}");
    }
}

#[test]
fn a_store_that_an_option_names_badly_is_2_and_one_of_a_variable_6() {
    let site = site();
    for bad in ["", "sqlite:", "postgres://host/db", "mysql://x"] {
        let ended = site.run(&["--store", bad, "user", "list", "-o", "json"]).with_code(2);
        assert_eq!(ended.error()["option"], "--store", "{bad}");
    }
    let by_variable = site.command(&["user", "list"]).env("REGAIN_STORE", "sqlite:").output().unwrap();
    assert_eq!(
        (by_variable.status.code(), String::from_utf8(by_variable.stderr).unwrap().as_str()),
        (
            Some(6),
            "error: failed to find the store that REGAIN_STORE names\ncaused by: the store's path is missing\n"
        )
    );
}

#[test]
fn a_secret_that_cannot_be_read_is_2_and_the_lack_of_a_source_9() {
    let site = site();
    let file = |name: &str, bytes: &[u8], mode| {
        fs::write(site.at(name), bytes).unwrap();
        fs::set_permissions(site.at(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    file("bytes", b"\xff\xfe\n", 0o600);
    file("long", &[b'a'; 5_000], 0o600);
    file("open", b"words\n", 0o644);
    file("lines", b"two\nlines\n", 0o600);
    fs::create_dir(site.at("folder")).unwrap();
    let readers: [&[&str]; 4] = [
        &["verify", "acme/alice", "--password-file"],
        &["login", "acme/alice", "--password-file"],
        &["user", "create", "acme/bob", "--password-file"],
        &["admin-reset", "acme/alice", "--password-file"],
    ];
    for reader in readers {
        for name in ["nothing", "bytes", "long", "open", "lines", "folder"] {
            let error = ends(&site, 2, "usage", &[reader, &[name]].concat());
            assert_eq!(error["option"], "--password-file", "{reader:?} {name}");
        }
    }
    let askers: &[(&[&str], &str)] = &[
        (&["verify", "acme/alice"], "--password-stdin"),
        (&["login", "acme/alice"], "--password-stdin"),
        (&["password", "change", "acme/alice"], "--password-stdin"),
        (&["password", "setup"], "--token-stdin"),
        (&["mfa", "confirm", "acme/alice"], "--totp-stdin"),
        (&["user", "create", "acme/bob", "--ask"], "--password-stdin"),
        (&["admin-reset", "acme/alice", "--ask"], "--password-stdin"),
    ];
    for (asker, option) in askers {
        let error = ends(&site, 9, "no_terminal", asker);
        assert_eq!(error["option"], *option, "{asker:?}");
    }
}

#[test]
fn an_error_names_the_line_that_is_at_fault() {
    let site = site();
    let arguments = ["verify", "acme/alice", "--password-stdin", "--totp-stdin"];
    let ended = site.pipe(&arguments, "correct horse battery staple 9\n");
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (
            2,
            "error: --totp-stdin: the input ended before the secret\n\
             hint: give one secret a line on standard input\n"
        )
    );
}

#[test]
fn an_error_carries_the_numbers_it_speaks_of() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    let code = crate::site::not(&site.code_to("alice@example.com"));
    let wrong = site.pipe(&["request", "verify", &id, "--code-stdin", "-o", "json"], &format!("{code}\n"));
    let error = wrong.with_code(11).error();
    assert_eq!((&error["tries_left"], &error["reason"]), (&4.into(), &"wrong_code".into()));
    assert_eq!(error["message"], "the code is wrong; 4 tries are left");
    site.configure("[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"60s\"\n");
    let again = site.run(&[
        "request",
        "send",
        &id,
        "--method",
        "email",
        "--address",
        "alice@example.com",
        "-o",
        "json",
    ]);
    let error = again.with_code(4).error();
    let seconds = error["retry_after_seconds"].as_u64().unwrap();
    assert!((50..=60).contains(&seconds), "{error}");
    assert_eq!(
        error["message"],
        format!("a code was asked for a moment ago; ask again in {seconds} seconds")
    );
}

#[test]
fn a_change_whose_result_cannot_be_told_is_1_and_says_that_it_stands() {
    let site = site();
    let to_full = |arguments: &str| {
        let script = format!("exec {REGAIN} {arguments} -o json > /dev/full");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env_clear().env("PATH", "/usr/bin:/bin").envs(site.environment());
        let output = command.output().unwrap();
        let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        (output.status.code(), error["error"]["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(to_full("user disable acme/alice -y -q"), (Some(1), "output_after_change".to_owned()));
    assert!(site.ok(&["user", "show", "acme/alice"]).contains("disabled"));
    assert_eq!(to_full("user list"), (Some(1), "output".to_owned()));
}

#[test]
fn what_cannot_be_parsed_is_told_in_the_format_that_was_meant() {
    let site = site();
    let is_object = |variable: Option<&str>, arguments: &[&str]| {
        let mut command = site.command(arguments);
        command.envs(variable.map(|value| ("REGAIN_OUTPUT", value)));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        serde_json::from_slice::<serde_json::Value>(&output.stderr).is_ok()
    };
    for arguments in [
        &["user", "list", "-o", "jsn"][..],
        &["user", "list", "-ojsn"],
        &["user", "list", "--output=JSON"],
        &["user", "list", "-o", "yaml"],
        &["-o", "json", "user", "lst"],
        &["user", "list", "--no", "-o", "jsonl"],
    ] {
        assert!(is_object(None, arguments), "{arguments:?}");
    }
    for arguments in [&["user", "list", "-o", "tabel"][..], &["user", "list", "-o", "cvs"], &["user", "lst"]]
    {
        assert!(!is_object(None, arguments), "{arguments:?}");
    }
    assert!(is_object(Some("json"), &["user", "lst"]));
    assert!(!is_object(Some("json"), &["user", "lst", "-o", "csv"]));
    assert!(is_object(Some("jsno"), &["user", "list"]));
}

#[test]
fn regain_output_is_the_format_unless_the_option_is_given() {
    let site = site();
    let with = |value: &str, arguments: &[&str]| {
        let output = site.command(arguments).env("REGAIN_OUTPUT", value).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(with("jsonl", &["user", "list"]).1, site.ok(&["user", "list", "-o", "jsonl"]));
    assert_eq!(with("json", &["user", "list", "-o", "csv"]).1, site.ok(&["user", "list", "-o", "csv"]));
    assert_eq!(with("", &["user", "list"]).1, site.ok(&["user", "list"]));
    let (code, out, error) = with("yaml", &["user", "list"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert_eq!(
        error,
        "{\"error\":{\"kind\":\"usage\",\"message\":\"the value of REGAIN_OUTPUT is not valid (it takes one of \
         table, json, jsonl, csv)\",\"reason\":\"usage\",\"causes\":[],\"hints\":[\"unset it, or set it to one of \
         these\"],\"option\":\"REGAIN_OUTPUT\"}}\n"
    );
}

#[test]
fn what_doctor_and_config_check_find_is_an_error_for_programs() {
    let site = site();
    fs::write(site.config(), "[codes]\nlenght = 6\n[captcha]\nmode = 3\n").unwrap();
    for (command, reason) in
        [(["config", "check"].as_slice(), "config_invalid"), (&["doctor"], "doctor_errors")]
    {
        let ended = site.run(&[command, &["-o", "json"]].concat()).with_code(6);
        assert!(ended.json().is_array());
        assert_eq!((&ended.error()["reason"], &ended.error()["kind"]), (&reason.into(), &"config".into()));
        // People have read it where results go.
        assert_eq!(site.run(command).with_code(6).stderr, "");
    }
}
