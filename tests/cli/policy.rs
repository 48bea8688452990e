//! `regain policy …`

use crate::site::Site;

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site
}

fn set(site: &Site, group: &str, fields: &[&str]) -> String {
    site.shown(&site.run(&[&["policy", "set", "acme", group, "-y"][..], fields].concat()))
}

#[test]
fn every_field_is_shown_with_its_value_and_range() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["policy", "show", "acme"])), @"
    exit 0
    --- stdout
    FIELD                                  VALUE  RANGE                                WHAT IT IS
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    minimum_password_length                15     6 to 128 characters                  shortest password; 15 becomes 8 for a user with MFA
    maximum_password_length                128    64 to 1024 characters                longest password
    password_char_combination              0      0 to 4 kinds                         kinds of upper case, lower case, digits and others needed
    maximum_consecutive_identical_chars    0      0 to 32 characters                   the same character in a row at most; 0 = any number
    number_of_recent_passwords_disallowed  1      0 to 24 passwords                    recent passwords that cannot come back
    password_validity_period               0      0 to 180 days                        a password expires after; 0 = never
    minimum_password_age                   0      0 to 1440 minutes                    wait before one's own next change; 0 = none
    password_not_username_or_invert        true   true or false                        refuses the user name and its reverse
    blocklist                              true   true or false                        refuses common words, names of the user's own, their repeats and paddings
    minimum_guesses_log10                  8      0 to 14 powers of ten                guesses it must withstand by estimate; 0 = off
    login_failed_times                     5      3 to 10 failures                     failures within the period that lock the user
    period_with_login_failures             15     15 to 60 minutes                     period in which failures are counted
    lockout_duration                       15     15 to 1440 minutes                   a locked user waits for
    account_validity_period                0      0 to 240 days                        a user unused for so long is disabled; 0 = off
    session_timeout                        60     15 to 1440 minutes                   a session without activity ends after
    show_recent_login_info                 false  true or false                        shows the last sign-in at the next one
    custom_info_for_login                         at most 64 characters                a line that is shown at sign-in
    operation_protection                   true   true or false                        asks for a code before somebody changes what is their own
    admin_check                            off    on or off                            asks a designated person for that code instead
    scene                                         mobile or email                      how the designated person is reached
    address                                       an email address or a mobile number  where the designated person is reached
    allow_user.manage_password             true   true or false                        IAM users may change their own password
    allow_user.manage_email                true   true or false                        IAM users may change their own email address
    allow_user.manage_mobile               true   true or false                        IAM users may change their own mobile number
    ");
    let all = site.run(&["policy", "show", "acme", "-o", "json"]).succeeded().json();
    let mut both = site.run(&["policy", "show", "acme", "password", "-o", "json"]).succeeded().json();
    for group in ["login", "protection"] {
        let group = site.run(&["policy", "show", "acme", group, "-o", "json"]).succeeded().json();
        both.as_object_mut().unwrap().extend(group.as_object().unwrap().clone());
    }
    assert_eq!(all, both);
}

#[test]
fn fields_are_set_by_name_and_what_will_change_is_shown_first() {
    let site = site();
    let before = site.counts();
    let fields = ["minimum_password_length=20", "password_validity_period=90"];
    let dry = ["policy", "set", "acme", "password", fields[0], fields[1], "--dry-run"];
    insta::assert_snapshot!(site.shown(&site.run(&dry)), @"
    exit 0
    --- stdout
    would happen  minimum_password_length: 15 -> 20; password_validity_period: 0 -> 90; for everybody in acme: length, kinds and reuse are checked at the next change of a password; expiry and minimum age apply at once
    ");
    assert_eq!(site.counts(), before);
    insta::assert_snapshot!(site.shown(&site.run(&dry[..6])), @"
    exit 9
    --- stderr
      - minimum_password_length: 15 -> 20
      - password_validity_period: 0 -> 90
      - for everybody in acme: length, kinds and reuse are checked at the next change of a password; expiry and minimum age apply at once
    error: this needs an answer, and there is no terminal to ask at
    hint: give --yes to answer
    ");
    insta::assert_snapshot!(set(&site, "password", &fields), @"
    exit 0
    --- stderr
    Set the password policy of acme.
    ");
    let policy = site.json(&["policy", "set", "acme", "login", "login_failed_times=3"]);
    assert_eq!(policy["login_failed_times"], 3);
    let shown = site.run(&["policy", "show", "acme", "-o", "json"]).succeeded().json();
    for (field, value) in
        [("minimum_password_length", 20), ("password_validity_period", 90), ("login_failed_times", 3)]
    {
        assert_eq!(shown[field], value, "{field}");
    }
    let event = &site.events("modifySecurityPolicy")[0];
    assert_eq!(
        event.line(&["detail"]),
        r#"{"minimum_password_length":20,"password_validity_period":90,"policy":"password"}"#
    );
    insta::assert_snapshot!(set(&site, "password", &fields), @"
    exit 0
    --- stderr
    Nothing to change: the password policy of acme has these values already.
    ");
    assert_eq!(site.recorded("modifySecurityPolicy", ""), 2);
}

#[test]
fn a_preset_comes_before_the_fields_beside_it() {
    let site = site();
    let policy =
        site.json(&["policy", "set", "acme", "password", "minimum_password_length=10", "--preset", "cloud"]);
    let expected = serde_json::json!({
        "minimum_password_length": 10,
        "maximum_password_length": 64,
        "password_char_combination": 2,
        "maximum_consecutive_identical_chars": 0,
        "number_of_recent_passwords_disallowed": 1,
        "password_validity_period": 0,
        "minimum_password_age": 0,
        "password_not_username_or_invert": true,
        "blocklist": false,
        "minimum_guesses_log10": 0,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&policy[field], value, "{field}");
    }
    let nist = site.json(&["policy", "set", "acme", "password", "--preset", "nist"]);
    assert_eq!((&nist["minimum_password_length"], &nist["blocklist"]), (&15.into(), &true.into()));
}

#[test]
fn what_cannot_be_set_is_refused_with_the_reason() {
    let site = site();
    let before = site.counts();
    insta::assert_snapshot!(set(&site, "password", &["minimum_password_length=5"]), @"
    exit 2
    --- stderr
    error: minimum_password_length must be a whole number from 6 to 128 (characters)
    hint: `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "password", &["minimum_password_length=many"]), @"
    exit 2
    --- stderr
    error: minimum_password_length must be a whole number from 6 to 128 (characters)
    hint: `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "password", &["minimum_pasword_length=9"]), @"
    exit 2
    --- stderr
    error: there is no such field; did you mean minimum_password_length?
    hint: `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "password", &["blocklist=maybe"]), @"
    exit 2
    --- stderr
    error: blocklist must be true or false
    hint: `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "password", &["blocklist"]), @"
    exit 2
    --- stderr
    error: a setting is written FIELD=VALUE, without spaces around =
    ");
    insta::assert_snapshot!(
        set(&site, "password", &["minimum_password_length=100", "maximum_password_length=64"]), @"
    exit 2
    --- stderr
    error: minimum_password_length (100) is above maximum_password_length (64), so no password would do
    hint: `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "password", &[]), @"
    exit 2
    --- stderr
    error: there is nothing to set
    hint: give FIELD=VALUE; `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "login", &["--preset", "cloud"]), @"
    exit 2
    --- stderr
    error: the presets are those of the password policy
    ");
    insta::assert_snapshot!(set(&site, "login", &["custom_info_for_login=\u{1b}[31mred"]), @"
    exit 2
    --- stderr
    error: custom_info_for_login must not hold control characters
    hint: `regain policy show acme` lists the fields
    ");
    insta::assert_snapshot!(set(&site, "protection", &["admin_check=on", "scene=email"]), @"
    exit 2
    --- stderr
    error: admin_check=on needs somebody to ask: give scene (mobile or email) and address, too
    hint: `regain policy show acme` lists the fields
    ");
    assert_eq!(site.counts(), before);
    insta::assert_snapshot!(site.shown(&site.run(&["policy", "show", "nobody"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no account called nobody
    hint: check the name (`regain user find nobody` searches), or create one: `regain account create nobody`
    ");
}

#[test]
fn every_range_is_exact() {
    let site = site();
    for (group, field, least, most) in [
        ("password", "minimum_password_length", 6, 128),
        ("password", "maximum_password_length", 64, 1024),
        ("password", "password_char_combination", 0, 4),
        ("password", "maximum_consecutive_identical_chars", 0, 32),
        ("password", "number_of_recent_passwords_disallowed", 0, 24),
        ("password", "password_validity_period", 0, 180),
        ("password", "minimum_password_age", 0, 1440),
        ("password", "minimum_guesses_log10", 0, 14),
        ("login", "login_failed_times", 3, 10),
        ("login", "period_with_login_failures", 15, 60),
        ("login", "lockout_duration", 15, 1440),
        ("login", "account_validity_period", 0, 240),
        ("login", "session_timeout", 15, 1440),
    ] {
        for (value, code) in [(least - 1, 2), (least, 0), (most, 0), (most + 1, 2)] {
            let field = format!("{field}={value}");
            let preset = if group == "password" { &["--preset", "nist"][..] } else { &[] };
            let ended = site.run(&[&["policy", "set", "acme", group, &field, "-y", "-q"], preset].concat());
            assert_eq!(ended.code, code, "{field}: {ended:?}");
        }
    }
}

#[test]
fn a_policy_is_judged_at_the_next_change() {
    let site = site();
    site.run(&["policy", "set", "acme", "password", "--preset", "cloud", "-y"]).succeeded();
    let create = ["user", "create", "acme/alice", "--password-stdin", "-y"];
    insta::assert_snapshot!(site.shown(&site.pipe(&create, "onlyletters\n")), @"
    exit 4
    --- stderr
    error: the password has too few kinds of character: use at least 2 of upper case, lower case, digits and others
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&create, "Secilai1\n")), @"
    exit 0
    --- stderr
    Made the user acme/alice.
    ");
    site.account("other");
    let other = ["user", "create", "other/alice", "--password-stdin", "-y"];
    assert_eq!(site.pipe(&other, "Secilai1\n").code, 4, "each account has its own");
}
