//! Operation protection and login protection, as portals and scripts meet them.

use crate::site::{Ended, Site, later, not};

const PASSWORD: &str = "correct horse battery staple";
const NEW: &str = "four other words altogether";
const EMAIL: &str = "alice@example.com";
const MOBILE: &str = "+4915112345678";
const USER: &str = "acme/alice";

fn site() -> Site {
    // Nobody waits here for what others did.
    let site = Site::with("[sources]\nslow_most = \"0s\"\n");
    site.account("acme");
    site.user(USER, PASSWORD);
    site.deliver();
    site
}

fn set(site: &Site, fields: &[&str]) {
    site.run(&[&["policy", "set", "acme", "protection", "-y", "-q"][..], fields].concat()).succeeded();
}

fn change(site: &Site, more: &[&str], lines: &[&str]) -> Ended {
    let arguments = [&["password", "change", USER, "--password-stdin"][..], more].concat();
    site.pipe(&arguments, &(lines.join("\n") + "\n"))
}

fn login(site: &Site, more: &[&str], lines: &[&str]) -> Ended {
    let arguments = [&["login", USER, "--password-stdin"][..], more].concat();
    site.pipe(&arguments, &(lines.join("\n") + "\n"))
}

/// The code in the newest text message.
fn texted(site: &Site) -> String {
    site.code_to(MOBILE)
}

#[test]
fn a_portal_changes_a_password_in_two_calls() {
    let site = site();
    insta::assert_snapshot!(site.shown(&change(&site, &[], &[PASSWORD, NEW])), @"
    exit 9
    --- stderr
    error: a code is on its way to a***@e***.com, and is needed to continue
    hint: call it again with --code-stdin, and give the code on one line
    ");
    let code = site.code_to(EMAIL);
    insta::assert_snapshot!(site.shown(&change(&site, &["--code-stdin"], &[PASSWORD, NEW, &not(&code)])), @"
    exit 11
    --- stderr
    error: the code is wrong; 4 tries are left
    ");
    assert_eq!(site.judged(USER, NEW), 11);
    // In the order of the options, whatever that is.
    let coded = ["password", "change", USER, "--code-stdin", "--password-stdin"];
    let ended = site.pipe(&coded, &format!("{code}\n{PASSWORD}\n{NEW}\n"));
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 0
    --- stderr
    Changed the password of acme/alice.
    ");
    assert_eq!(site.judged(USER, NEW), 0);
    // Once in a quarter of an hour; a code that is given all the same is no harm.
    change(&site, &[], &[NEW, "something else to remember"]).succeeded();
    change(&site, &["--code-stdin"], &["something else to remember", NEW, "123456"]).succeeded();
    let lines = format!("{NEW}\n{PASSWORD}\n");
    let arguments = ["password", "change", USER, "--password-stdin"];
    if let Some(ended) = later(&site, "+16m", &arguments, &lines) {
        assert_eq!(ended.code, 9, "{ended:?}");
    }
}

#[test]
fn e1_strangers_learn_nothing_of_protection() {
    let site = site();
    site.run(&["user", "create", "acme/bob", "-y", "-q"]).succeeded();
    let before = site.counts();
    for user in [USER, "acme/bob", "acme/nobody"] {
        for protection in ["none", "sms", "email", "vmfa"] {
            if user != "acme/nobody" {
                site.run(&["user", "update", user, "--login-protection", protection, "-y", "-q"]).succeeded();
            }
            for arguments in [&["login", user][..], &["password", "change", user]] {
                let arguments = [arguments, &["--password-stdin", "--code-stdin"]].concat();
                let ended = site.pipe(&arguments, "wrong\nwrong too\n123456\n");
                insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&ended), @"
                exit 11
                --- stderr
                error: the user name or password is wrong, or this user cannot sign in now
                hint: forgotten? `regain password reset`
                hint: sure that it is right? `regain faq locked` explains why it may not work now
                "); }
            }
        }
        site.run(&["user", "enable", USER, "--unlock", "-y", "-q"]).succeeded();
    }
    assert_eq!(site.counts()["codes"], before["codes"]);
}

#[test]
fn the_person_chooses_the_contact() {
    let site = site();
    site.run(&["contact", "bind", USER, "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    insta::assert_snapshot!(site.shown(&change(&site, &["--code-to", "mobile"], &[PASSWORD, NEW])), @"
    exit 9
    --- stderr
    error: a code is on its way to +49***78, and is needed to continue
    hint: call it again with --code-stdin, and give the code on one line
    ");
    let code = texted(&site);
    change(&site, &["--code-stdin"], &[PASSWORD, NEW, &code]).succeeded();
}

#[test]
fn a_repeated_first_call_says_what_was_sent() {
    let site = site();
    site.configure("[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"60s\"\n");
    assert_eq!(change(&site, &[], &[PASSWORD, NEW]).code, 9);
    let first = site.code_to(EMAIL);
    let shown = site.shown(&change(&site, &[], &[PASSWORD, NEW]));
    let seconds = regex::Regex::new("[0-9]+ seconds?").unwrap();
    insta::assert_snapshot!(seconds.replace(&shown, "<n> seconds"), @"
    exit 9
    --- stderr
    error: a code was sent to a***@e***.com, and is needed to continue
    hint: call it again with --code-stdin, and give the code on one line
    hint: no new one was sent: a code was asked for a moment ago; ask again in <n> seconds
    ");
    assert_eq!(site.code_to(EMAIL), first, "none was sent");
    let arguments = ["password", "change", USER, "--password-stdin"];
    let Some(ended) = later(&site, "+61s", &arguments, &format!("{PASSWORD}\n{NEW}\n")) else { return };
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 9
    --- stderr
    error: a code is on its way to a***@e***.com, and is needed to continue
    hint: call it again with --code-stdin, and give the code on one line
    ");
    assert_eq!(states(&site), ["email superseded 0", "email queued 1"]);
}

/// What became of each code that was asked for before a change.
fn states(site: &Site) -> Vec<String> {
    let codes = site.rows("codes").into_iter().filter(|code| code["purpose"] == "operation");
    codes.map(|code| code.line(&["channel", "state", "open"])).collect()
}

#[test]
fn a_code_that_goes_another_way_ends_the_one_before() {
    let site = site();
    insta::assert_snapshot!(site.shown(&change(&site, &["--code-to", "mobile"], &[PASSWORD, NEW])), @"
    exit 4
    --- stderr
    error: you have no mobile number that a code could go to
    hint: --code-to email has it sent to a***@e***.com
    ");
    site.run(&["contact", "bind", USER, "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    assert_eq!(change(&site, &[], &[PASSWORD, NEW]).code, 9);
    let old = site.code_to(EMAIL);
    assert_eq!(change(&site, &["--code-to", "mobile"], &[PASSWORD, NEW]).code, 9);
    let new = texted(&site);
    assert_eq!(states(&site), ["email superseded 0", "mobile sent 1"]);
    if old != new {
        assert_eq!(change(&site, &["--code-stdin"], &[PASSWORD, NEW, &old]).code, 11);
    }
    change(&site, &["--code-stdin"], &[PASSWORD, NEW, &new]).succeeded();
}

#[test]
fn a_coprocess_waits_for_the_code() {
    use std::io::{BufRead, BufReader, Write};
    let site = site();
    let arguments = ["password", "change", USER, "--password-stdin", "--code-stdin"];
    let mut child = site.command(&arguments).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{PASSWORD}\n{NEW}").unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "A code is on its way to a***@e***.com.\n");
    writeln!(stdin, "{}", site.code_to(EMAIL)).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(site.judged(USER, NEW), 0);
}

#[test]
fn somebody_designated_is_asked_instead() {
    let site = site();
    set(&site, &["admin_check=on", "scene=mobile", "address=0049 171 7654321"]);
    insta::assert_snapshot!(site.shown(&change(&site, &[], &[PASSWORD, NEW])), @"
    exit 9
    --- stderr
    error: a code is on its way to +49***21, and is needed to continue
    hint: somebody else gets it, and gives it to you if they agree with the change
    hint: call it again with --code-stdin, and give the code on one line
    ");
    let mails = site.mails_to("+491717654321");
    let text = mails.last().unwrap();
    let code = crate::site::code_in(text);
    assert!(
        text.contains(&format!(
            "{code}: give this code to acme/alice only if you agree that they change how they sign in."
        )),
        "{text}"
    );
    change(&site, &["--code-stdin"], &[PASSWORD, NEW, &code]).succeeded();
    let listed = site.run(&["codes", "list", USER, "-o", "json"]).succeeded().json();
    assert_eq!((&listed[0]["purpose"], &listed[0]["state"]), (&"approval".into(), &"used".into()));
}

#[test]
fn what_people_may_not_change_by_themselves_is_refused_and_the_reset_looks_the_same() {
    let site = site();
    set(&site, &["allow_user.manage_password=false", "allow_user.manage_mobile=false"]);
    insta::assert_snapshot!(site.shown(&change(&site, &[], &[PASSWORD, NEW])), @"
    exit 4
    --- stderr
    error: people in this account cannot change this themselves; an administrator does it for them
    hint: ask your administrator; `regain faq protection` explains what else an administrator decides
    ");
    let contact = ["contact", "change", USER, "--mobile", MOBILE, "--password-stdin", "--code-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&contact, &format!("{PASSWORD}\n"))), @"
    exit 4
    --- stderr
    error: people in this account cannot change this themselves; an administrator does it for them
    hint: ask your administrator; `regain faq protection` explains what else an administrator decides
    ");
    let before = site.mails_to(EMAIL).len();
    site.sent(USER, EMAIL);
    assert_eq!(site.mails_to(EMAIL).len(), before);
    let listed = site.run(&["codes", "list", USER, "-o", "json"]).succeeded().json();
    assert_eq!(
        (&listed[0]["state"], &listed[0]["state_reason"]),
        (&"failed".into(), &"self_management_off".into())
    );
    let found = site.run(&["user", "diagnose", USER, "-o", "json"]).succeeded().json();
    assert_eq!(found["causes"], serde_json::json!(["self_management_off", "never_signed_in"]));
    // The root user is nobody else's to manage.
    let id = site.sent("acme", "acme@example.com");
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
}

#[test]
fn a_protected_sign_in_takes_two_calls_and_verify_one() {
    let site = site();
    site.run(&["contact", "bind", USER, "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    site.run(&["user", "update", USER, "--login-protection", "sms", "-y", "-q"]).succeeded();
    assert_eq!(site.event("modifyLoginProtect").line(&["detail"]), r#"{"login_protection":"sms"}"#);
    insta::assert_snapshot!(site.shown(&login(&site, &[], &[PASSWORD])), @"
    exit 9
    --- stderr
    error: a code is on its way to +49***78, and is needed to continue
    hint: call it again with --code-stdin, and give the code on one line
    ");
    assert_eq!(site.judged(USER, PASSWORD), 0);
    let code = texted(&site);
    insta::assert_snapshot!(site.shown(&login(&site, &["--code-stdin"], &[PASSWORD, &not(&code)])), @"
    exit 11
    --- stderr
    error: the code is wrong; 4 tries are left
    ");
    let signed_in = login(&site, &["--code-stdin", "-o", "json"], &[PASSWORD, &code]).succeeded().json();
    assert_eq!((&signed_in["user"], &signed_in["session_timeout"]), (&USER.into(), &60.into()));
    // Used: with another code on the line, a new one is sent first, and the line is wrong.
    assert_eq!(login(&site, &["--code-stdin"], &[PASSWORD, &not(&code)]).code, 11);
}

#[test]
fn a_protection_that_cannot_be_met_is_told_at_every_stage() {
    let site = site();
    let update = ["user", "update", USER, "--login-protection", "sms", "-y"];
    insta::assert_snapshot!(site.shown(&site.run(&update)), @"
    exit 0
    --- stderr
    Updated acme/alice.
    warning: acme/alice has no verified mobile number, and cannot sign in until there is one: `regain contact bind acme/alice --mobile NUMBER --verified`
    ");
    insta::assert_snapshot!(site.shown(&login(&site, &[], &[PASSWORD])), @"
    exit 4
    --- stderr
    error: login protection asks for a code by SMS, and you have no verified mobile number
    hint: ask your administrator to bind one, or to change your login protection
    ");
    let create = ["user", "create", "acme/bob", "--login-protection", "email", "--dry-run"];
    insta::assert_snapshot!(site.shown(&site.run(&create)), @"
    exit 0
    --- stdout
    would happen  the IAM user acme/bob is made; acme/bob has no verified email address, and cannot sign in until there is one: `regain contact bind acme/bob --email ADDRESS --verified`; it has no password, and cannot sign in until one is set
    ");
    site.run(&["user", "update", USER, "--login-protection", "vmfa", "-y", "-q"]).succeeded();
    insta::assert_snapshot!(site.shown(&login(&site, &[], &[PASSWORD])), @"
    exit 4
    --- stderr
    error: login protection asks for the code of an authenticator, and acme/alice has none bound
    hint: bind one first: `regain mfa enrol acme/alice`
    hint: or ask your administrator to change your login protection
    ");
    let found = site.run(&["user", "diagnose", "acme/alice"]).stdout;
    assert!(!found.contains("no verified mobile"), "{found}");
}

#[test]
fn an_old_password_is_warned_of_everywhere_and_once_by_a_notice() {
    let site = site();
    site.run(&["policy", "set", "acme", "password", "password_validity_period=30", "-y", "-q"]).succeeded();
    let notices = || {
        let mails = site.mails_to(EMAIL);
        mails.iter().filter(|mail| mail.contains("Subject: Your password will expire")).count()
    };
    let deliver = |span: &str| later(&site, span, &["delivery", "run", "--once", "-q"], "");
    if deliver("+14d").is_none() {
        return;
    }
    assert_eq!(notices(), 0);
    for span in ["+16d", "+17d", "+18d"] {
        deliver(span).unwrap().succeeded();
    }
    assert_eq!(notices(), 1);
    let shown = later(&site, "+18d", &["user", "show", USER], "").unwrap();
    insta::assert_snapshot!(site.normalised(&shown.stderr), @"warning: the password of acme/alice expires on TIME");
    let found = later(&site, "+18d", &["user", "diagnose", USER], "").unwrap().stdout;
    assert!(found.contains("- The password expires on "), "{found}");
}

#[test]
fn whoever_is_unused_for_too_long_is_disabled_by_the_upkeep() {
    let site = site();
    site.run(&["policy", "set", "acme", "login", "account_validity_period=90", "-y", "-q"]).succeeded();
    let Some(run) = later(&site, "+91d", &["delivery", "run", "--once", "-q"], "") else { return };
    run.succeeded();
    assert_eq!(site.row("users", "name", "alice")["status"], "disabled");
    let root = site.rows("users").into_iter().find(|user| user["root"] == 1).unwrap();
    assert_eq!(root["status"], "enabled", "never the root user");
    let event = site.event("updateUser");
    assert_eq!(
        event.line(&["detail"]),
        r#"{"because":"unused_too_long","changed":["status"],"status":"disabled"}"#
    );
    later(&site, "+91d", &["user", "enable", USER, "-y", "-q"], "").unwrap().succeeded();
    later(&site, "+93d", &["delivery", "run", "--once", "-q"], "").unwrap().succeeded();
    assert_eq!(site.row("users", "name", "alice")["status"], "enabled");
}
