//! T1: what a person typed in the wrong place is not echoed: it may be a password.

use crate::site::Site;

const SECRET: &str = "tr0ub4dor-and-three";

#[test]
fn t1_no_argument_is_echoed() {
    let site = Site::new();
    let joined = |option: &str| format!("{option}={SECRET}");
    let (code, password, yes) = (joined("--code-stdin"), joined("--password-stdin"), joined("--yes"));
    let output = joined("--output");
    let short = format!("-{SECRET}");
    let long = format!("--{SECRET}");
    let cases: &[&[&str]] = &[
        &[SECRET],
        &["help", SECRET],
        &["account", SECRET],
        &["account", "list", SECRET],
        &["account", "show", "acme", SECRET],
        &["request", "verify", "req_x", SECRET],
        &["request", "verify", "req_x", &code],
        &["request", "set-password", "req_x", &password],
        &["request", "set-password", "req_x", "--password-stdin", SECRET],
        &["request", "send", "req_x", "--method", SECRET],
        &["account", "list", &yes],
        &["account", "list", &output],
        &["account", "list", &short],
        &["account", "list", &long],
        &["account", "create", "acme", "--user-quota", SECRET],
        &["account", "create", "acme", "--kind", SECRET],
        &["request", "set-password", "req_x", "--password-fd", SECRET],
    ];
    for case in cases {
        for format in ["table", "json"] {
            let ended = site.run(&[*case, &["-o", format]].concat());
            assert_eq!(ended.code, 2, "{case:?}: {ended:?}");
            for part in ["tr0ub4dor", "and-three"] {
                assert!(!ended.stdout.contains(part) && !ended.stderr.contains(part), "{case:?}: {ended:?}");
            }
        }
    }
}

#[test]
fn errors_name_what_is_wrong_and_the_way_out() {
    let site = Site::new();
    let run = |arguments: &[&str]| site.shown(&site.run(arguments));
    insta::assert_snapshot!(run(&["acount"]), @"
    exit 2
    --- stderr
    error: `regain` has no such subcommand
    hint: did you mean account? `regain --help` lists all
    ");
    insta::assert_snapshot!(run(&["account", "create"]), @"
    exit 2
    --- stderr
    error: `regain account create` needs an argument that is missing: <NAME>
    hint: `regain account create --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["account", "list", "--limitt", "3"]), @"
    exit 2
    --- stderr
    error: `regain account list` does not take one of these arguments
    hint: `regain account list --help` lists what it takes
    ");
    // An option of another command is a name that we know.
    insta::assert_snapshot!(run(&["account", "list", "--secrets-to=tokens", "-o", "json"]), @r#"
    exit 2
    --- stderr
    {"error":{"kind":"usage","message":"`regain account list` does not take --secrets-to","reason":"usage","causes":[],"hints":["`regain account list --help` lists what it takes"],"option":"--secrets-to"}}
    "#);
    insta::assert_snapshot!(run(&["request", "send", "req_x", "--method", "pigeon"]), @"
    exit 2
    --- stderr
    error: `regain request send`: the value of --method <METHOD> is not valid (one of email, mobile, account)
    hint: `regain request send --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["contact", "bind", "acme"]), @"
    exit 2
    --- stderr
    error: `regain contact bind` needs an argument that is missing: --email or --mobile
    hint: `regain contact bind --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["contact", "bind", "acme", "--email", "a@b.example", "--mobile", "+491"]), @"
    exit 2
    --- stderr
    error: `regain contact bind`: these cannot be combined: --email <ADDRESS> and --mobile <NUMBER>
    hint: `regain contact bind --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["contact", "unbind", "acme"]), @"
    exit 2
    --- stderr
    error: `regain contact unbind` needs an argument that is missing: --email or --mobile
    hint: `regain contact unbind --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["admin-reset", "acme/bob", "--from", "list"]), @"
    exit 2
    --- stderr
    error: `regain admin-reset`: these cannot be combined: <USER> and --from <FILE>
    hint: `regain admin-reset --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["audit", "list", "--limit", "0"]), @"
    exit 2
    --- stderr
    error: `regain audit list`: the value of --limit <N> is not valid (a number from 1 on)
    hint: `regain audit list --help` lists what it takes
    ");
    insta::assert_snapshot!(run(&["user", "crate", "acme/bob"]), @"
    exit 2
    --- stderr
    error: `regain user` has no such subcommand
    hint: did you mean create? `regain user --help` lists all
    ");
    insta::assert_snapshot!(run(&["policy", "set", "acme", "login", "login_failed_times=4", "login_failed_times=5"]), @"
    exit 2
    --- stderr
    error: a field is given twice; give each once
    ");
    insta::assert_snapshot!(run(&["account", "create", "acme", "--user-quota", "many", "-o", "json"]), @r#"
    exit 2
    --- stderr
    {"error":{"kind":"usage","message":"`regain account create`: the value of --user-quota <N> is not valid (a whole number)","reason":"usage","causes":[],"hints":["`regain account create --help` lists what it takes"],"option":"--user-quota"}}
    "#);
}

#[test]
fn help_is_a_word_as_well_as_an_option() {
    let site = Site::new();
    let ended = |arguments: &[&str]| {
        let ended = site.run(arguments);
        (ended.code, ended.stdout, ended.stderr)
    };
    assert_eq!(ended(&["help"]), ended(&["--help"]));
    assert_eq!(ended(&["help", "user", "create"]), ended(&["user", "create", "--help"]));
    assert_eq!(ended(&["user", "help", "create"]), ended(&["user", "create", "--help"]));
    // What is no command may be a password, and is not repeated.
    let (code, stdout, stderr) = ended(&["help", "user", "hunter2"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        "error: `regain user` has no such subcommand\nhint: `regain user --help` lists what it takes\n"
    );
}
