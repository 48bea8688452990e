use super::super::account::Kind;
use super::super::notice::Disowned;
use super::super::user::tests::{at, contact, somebody};
use super::super::user::{Credential, Failures, StoredHash};
use super::*;

const OURS: &str = "argon2id m=19456,t=2,p=1";

fn parse(text: &str) -> Filter {
    Filter::parse(text, at(0)).unwrap()
}

fn wrong(text: &str) -> String {
    Filter::parse(text, at(0)).unwrap_err().to_string()
}

fn alice() -> User {
    somebody(Kind::Cloud, false)
}

/// Somebody with a password whose hash is of this kind.
fn with_password(kind: &str) -> User {
    let credential = Credential {
        hash: Some(StoredHash::new("hash".to_owned(), kind.parse().ok())),
        changed_at: Some(at(0)),
        ..Credential::default()
    };
    User { credential, ..alice() }
}

/// Which conditions hold of somebody.
fn held(user: &User, beside: Beside, forms: &[&str]) -> Vec<String> {
    let holds = |form: &&&str| parse(form).holds(user, beside, at(0));
    forms.iter().filter(holds).map(|form| (*form).to_owned()).collect()
}

#[test]
fn a_condition_that_cannot_be_read_says_what_there_is() {
    let form = "a condition is KEY=VALUE, such as status=locked";
    for (text, told) in [
        ("", form),
        ("status", form),
        (
            "=locked",
            "there is no condition of this name; there are status, signed-in, inactive-since, created-before, \
                     password-set-before, password, contact, verified-email, verified-mobile, mfa, setup, match",
        ),
        (
            "statsu=locked",
            "there is no condition of this name; did you mean status?; there are status, signed-in, \
                           inactive-since, created-before, password-set-before, password, contact, verified-email, \
                           verified-mobile, mfa, setup, match",
        ),
        ("status=", "status has no value"),
        ("match= ", "match has no value"),
        ("status=lokced", "status takes enabled, disabled, locked, blocked; did you mean locked?"),
        ("status=hunter2", "status takes enabled, disabled, locked, blocked"),
        (
            "password=must_change",
            "password takes none, temporary, expired, must-change, imported; did you mean must-change?",
        ),
        ("signed-in=no", "signed-in takes never"),
        ("verified-email=yes", "verified-email takes no"),
        ("mfa=on", "mfa takes yes, no"),
        (
            "inactive-since=soon",
            "inactive-since: a moment is a date, a time or an age, such as 2026-11-30, \
                                 2026-11-30T18:00:00Z, 2026-11-30 18:00 UTC or 90d",
        ),
    ] {
        assert_eq!(wrong(text), told, "{text:?}");
    }
}

#[test]
fn every_form_that_is_offered_can_be_read() {
    let forms: Vec<String> = Filter::forms().collect();
    assert_eq!((forms.len(), forms[0].as_str()), (20, "status=enabled"));
    for form in forms {
        let whole = match form.strip_suffix('=') {
            Some("match") => format!("{form}al"),
            Some(_) => format!("{form}90d"),
            None => form,
        };
        assert_eq!(parse(&format!(" {whole}\u{a0}")), parse(&whole));
    }
}

#[test]
fn who_can_come_in_and_who_is_kept_out() {
    const FORMS: &[&str] = &["status=enabled", "status=disabled", "status=locked", "status=blocked"];
    let of = |user: &User| held(user, Beside::default(), FORMS);
    assert_eq!(of(&alice()), ["status=enabled"]);
    assert_eq!(of(&User { status: Status::Disabled, ..alice() }), ["status=disabled"]);
    let locked = |end| Failures { count: 5, since: Some(at(-9)), locked_until: Some(end) };
    assert_eq!(of(&User { failures: locked(at(1)), ..alice() }), ["status=enabled", "status=locked"]);
    assert_eq!(of(&User { failures: locked(at(0)), ..alice() }), ["status=enabled"], "the lock is over");
    let disowned =
        Some(Disowned { at: at(-1), notice_id: String::new(), about: String::new(), former: None });
    assert_eq!(of(&User { disowned, ..alice() }), ["status=enabled", "status=blocked"]);
}

#[test]
fn when_somebody_signed_in_or_was_made() {
    const FORMS: &[&str] =
        &["signed-in=never", "inactive-since=1h", "created-before=1h", "password-set-before=1h"];
    let of = |user: &User| held(user, Beside::default(), FORMS);
    let (old, new) = (at(-3_601), at(-3_600));
    assert_eq!(of(&User { created_at: new, ..alice() }), ["signed-in=never"]);
    let born_long_ago = User { created_at: old, ..alice() };
    assert_eq!(of(&born_long_ago), ["signed-in=never", "inactive-since=1h", "created-before=1h"]);
    assert_eq!(of(&User { last_login_at: Some(new), ..born_long_ago.clone() }), ["created-before=1h"]);
    let gone = User { last_login_at: Some(old), created_at: new, ..alice() };
    assert_eq!(of(&gone), ["inactive-since=1h"]);
    let set = |at| {
        let mut user = with_password(OURS);
        (user.credential.changed_at, user.created_at) = (Some(at), new);
        of(&user)
    };
    assert_eq!(set(old), ["signed-in=never", "password-set-before=1h"]);
    assert_eq!(set(new), ["signed-in=never"]);
    let mut blocked = born_long_ago;
    blocked.credential.changed_at = Some(old);
    assert!(!of(&blocked).contains(&"password-set-before=1h".to_owned()), "it was taken away");
}

#[test]
fn what_somebodys_password_is() {
    const FORMS: &[&str] = &[
        "password=none",
        "password=temporary",
        "password=expired",
        "password=must-change",
        "password=imported",
    ];
    let of = |user: &User| held(user, Beside::default(), FORMS);
    assert_eq!(of(&alice()), ["password=none"]);
    assert_eq!(of(&with_password(OURS)), [""; 0]);
    assert_eq!(of(&with_password("bcrypt 10")), ["password=imported"]);
    let mut given = with_password(OURS);
    (given.credential.must_change, given.credential.expires_at) = (true, Some(at(1)));
    assert_eq!(of(&given), ["password=temporary", "password=must-change"]);
    given.credential.expires_at = Some(at(0));
    assert_eq!(of(&given), ["password=expired", "password=must-change"]);
    let mut aged = with_password(OURS);
    aged.credential.changed_at = Some(at(-2 * 86_400));
    for (validity_days, expired) in [(0, false), (3, false), (2, true)] {
        let beside = Beside { validity_days, ..Beside::default() };
        assert_eq!(held(&aged, beside, FORMS).contains(&"password=expired".to_owned()), expired);
    }
}

#[test]
fn what_is_bound_and_what_waits() {
    const FORMS: &[&str] =
        &["contact=none", "verified-email=no", "verified-mobile=no", "mfa=yes", "mfa=no", "setup=pending"];
    let of = |contacts, mfa, setup_pending| {
        let beside = Beside { setup_pending, ..Beside::default() };
        held(&User { mfa, contacts, ..alice() }, beside, FORMS)
    };
    assert_eq!(
        of(Vec::new(), false, false),
        ["contact=none", "verified-email=no", "verified-mobile=no", "mfa=no"]
    );
    let both = vec![contact(Channel::Email, true), contact(Channel::Mobile, false)];
    assert_eq!(of(both, true, true), ["verified-mobile=no", "mfa=yes", "setup=pending"]);
}

#[test]
fn a_part_of_a_name_in_any_case() {
    assert_eq!(
        held(&alice(), Beside::default(), &["match=LIC", "match=acme", "match=ice"]),
        ["match=LIC", "match=ice"]
    );
}

#[test]
fn o2_support_lists_everybody_or_an_account_and_nothing_narrower() {
    let name = |text| Name::parse(text).unwrap();
    assert!(Selection::whole(None).is_whole() && Selection::whole(Some(name("acme"))).is_whole());
    let two = Reach::Accounts(vec![name("acme"), name("beta")]);
    for reach in [two, Reach::Accounts(Vec::new())] {
        assert!(!Selection { reach, filters: Vec::new() }.is_whole());
    }
    let narrowed = Selection { filters: vec![Filter::NoContact], ..Selection::whole(None) };
    assert!(!narrowed.is_whole());
}
