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
        (&["user", "list", "--limit", "-1"], "--limit"),
        (&["audit", "export", "--after", "-1"], "--after"),
        (&["admin-reset", "--setup"], "<USER>"),
        (&["account", "create", ""], "<NAME>"),
        (&["account", "update", "acme", "--name", ""], "--name"),
        (&["account", "show", ""], "<ACCOUNT>"),
        (&["user", "enable", "--from", "nothing"], "--from"),
        (&["user", "enable", "--from", "."], "--from"),
        (&["appeal", "submit", "--from", "nothing"], "--from"),
        (&["appeal", "submit", "--from", "."], "--from"),
        (&["audit", "verify", "--anchor", "nothing"], "--anchor"),
        (&["audit", "verify", "--anchor", "."], "--anchor"),
        (&["policy", "set", "acme", "password", "nosuch=1"], "<FIELD=VALUE>"),
        (&["policy", "set", "acme", "password", "nosuch"], "<FIELD=VALUE>"),
        (&["contact", "bind", "acme/alice", "--email", "bob..x@example.com"], "--email"),
    ];
    for (arguments, option) in cases {
        let ended = site.run(&[arguments, &["-y", "--no-input", "-o", "json"][..]].concat()).with_code(2);
        assert_eq!(ended.error()["option"], *option, "{arguments:?}: {ended:?}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_told_with_the_option_that_names_it() {
    let site = site();
    fs::write(site.at("there"), "garbage").unwrap();
    fs::create_dir(site.at("folder")).unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["audit", "export", "--anchor", "nowhere/anchor"], 2, "--anchor"),
        (&["audit", "export", "--anchor", "there"], 4, "--anchor"),
        (&["audit", "export", "nowhere/records"], 2, "<FILE>"),
        (&["audit", "export", "there"], 4, "<FILE>"),
        (&["audit", "export", "records", "--anchor", "there"], 4, "--anchor"),
        (&["store", "backup", "nowhere/copy"], 2, "<FILE>"),
        (&["store", "backup", "there"], 4, "<FILE>"),
        (&["store", "restore", "nothing"], 7, "<FILE>"),
        (&["store", "restore", "there"], 7, "<FILE>"),
        (&["config", "check", "nothing"], 6, "<FILE>"),
        (&["--config", "nothing", "user", "list"], 6, "--config"),
        (&["--config", "there", "user", "list"], 6, "--config"),
        (&["--store", "nothing", "user", "list"], 7, "--store"),
        (&["--store", "there", "user", "list"], 7, "--store"),
        (&["user", "create", "acme/bob", "--generate", "--secrets-to", "nowhere/secrets"], 2, "--secrets-to"),
        (&["user", "create", "acme/bob", "--generate", "--secrets-to", "there"], 4, "--secrets-to"),
    ];
    for (arguments, code, option) in cases {
        let ended = site.run(&[arguments, &["-y", "--no-input", "-o", "json"][..]].concat()).with_code(*code);
        assert_eq!(ended.error()["option"], *option, "{arguments:?}: {ended:?}");
    }
    // Nobody is refused because of a file.
    let none = |arguments: &[&str]| ended_option(&site, arguments);
    assert_eq!(none(&["user", "show", "acme/nobody", "-o", "json"]), serde_json::Value::Null);
}

fn ended_option(site: &Site, arguments: &[&str]) -> serde_json::Value {
    site.run(arguments).error().get("option").cloned().unwrap_or_default()
}

/// Where another command or several options would answer, the option is none, or the first.
#[test]
fn an_option_in_json_is_a_bare_name_or_none() {
    let site = site();
    for (arguments, option) in [
        (&["password", "reset"][..], serde_json::Value::Null),
        (&["account", "register", "x1"], serde_json::Value::Null),
        (&["appeal", "submit"], "--from".into()),
    ] {
        let ended = site.run(&[arguments, &["--no-input", "-o", "json"][..]].concat()).with_code(9);
        assert_eq!(ended.error().get("option").cloned().unwrap_or_default(), option, "{ended:?}");
    }
}

/// What a backup lies in on its way from standard input is nobody's business.
#[test]
fn a_backup_from_standard_input_is_told_as_that() {
    let site = site();
    for damaged in ["garbage", "", "SQLite format 3\0"] {
        let ended = site.pipe(&["store", "restore", "-", "-y", "-o", "json"], damaged);
        let error = ended.error();
        let told = format!("{} {} {}", error["message"], error["causes"], error["hints"]);
        assert!(ended.code != 0 && !told.contains("regain-restore") && !told.contains("/copy"), "{told}");
        assert_eq!(error["option"], "<FILE>", "{error}");
    }
    let copy = site.at("copy");
    site.run(&["store", "backup", copy.to_str().unwrap()]).succeeded();
    let mut bytes = fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xA5);
    fs::write(&copy, bytes).unwrap();
    let mut command = site.command(&["store", "restore", "-", "-y", "-o", "json"]);
    let ended = command.stdin(fs::File::open(&copy).unwrap()).output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && !told.contains("regain-restore"), "{told}");
}

#[test]
fn what_was_made_beside_the_store_stands_when_its_output_cannot_be_written() {
    let site = site();
    let full = |arguments: &[&str]| {
        let out = fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = site.command(&[arguments, &["-o", "json"]].concat()).stdout(out).output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&ended.stderr).unwrap_or_default();
        (ended.status.code(), told["error"]["reason"].as_str().unwrap_or_default().to_owned())
    };
    let stands = (Some(1), "output_after_change".to_owned());
    let nothing = (Some(1), "output".to_owned());
    assert_eq!(full(&["config", "set", "codes.tries", "4", "-q"]), stands);
    assert_eq!(full(&["config", "set", "codes.tries", "4", "-q"]), nothing, "it was so");
    assert_eq!(full(&["config", "set", "codes.tries", "3", "codes.length", "8", "-q"]), stands);
    assert_eq!(full(&["man", "pages", "-q"]), stands);
    assert_eq!(full(&["man", "pages", "-q"]), nothing, "they were there");
    assert_eq!(full(&["audit", "export", "records", "-q"]), stands);
    assert_eq!(full(&["audit", "export", "more", "--anchor", "-", "-q"]), stands);
    assert_eq!(full(&["-n", "config", "set", "codes.tries", "4", "-q"]), nothing);
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
         these\"]}}\n"
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
