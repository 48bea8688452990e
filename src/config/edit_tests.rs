use super::super::initial_text;
use super::*;

fn text(of: &str, key: &str, value: &str) -> String {
    set(of, &[(key, value)]).unwrap().text
}

#[test]
fn everything_else_stays_as_it_was_written() {
    let before = "# mine\n[codes]   # of reset\nlength = 6 # digits\n\ntries=3\n\n# the end\n";
    assert_eq!(text(before, "codes.length", "8"), before.replace("= 6 ", "= 8 "));
    assert_eq!(
        text(before, "codes.lifetime", "5m"),
        "# mine\n[codes]   # of reset\nlength = 6 # digits\n\ntries=3\nlifetime = \"5m\"\n\n# the end\n"
    );
    assert_eq!(
        text("", "delivery.email.from", "a@example.com"),
        "[delivery.email]\nfrom = \"a@example.com\"\n"
    );
}

#[test]
fn a_value_is_toml_or_a_text() {
    for (key, typed, value) in [
        ("codes.length", "8", "8"),
        ("codes.lifetime", "10m", "\"10m\""),
        ("codes.lifetime", "\"10m\"", "\"10m\""),
        ("delivery.background", "false", "false"),
        ("reset.methods", "[\"email\"]", "[\"email\"]"),
        ("help.administrator_text", "8", "\"8\""),
        ("help.administrator_text", "ask \"Ann\"", "'ask \"Ann\"'"),
    ] {
        assert_eq!(set("", &[(key, typed)]).unwrap().set[0].value, value, "{key} {typed}");
    }
    let (settings, _) = document::read(&text(&initial_text(&[]), "captcha.mode", "off")).unwrap();
    assert_eq!(settings.captcha.mode, crate::config::CaptchaMode::Off);
}

#[test]
fn what_cannot_be_is_refused_without_repeating_it() {
    let told = |key: &str, value: &str| set("", &[(key, value)]).unwrap_err().to_string();
    assert_eq!(told("codes.lenght", "8"), "there is no setting of this name; did you mean codes.length?");
    assert_eq!(told("hunter2", "8"), "there is no setting of this name");
    let bad = told("codes.length", "hunter2");
    assert!(bad.starts_with("codes.length must be") && !bad.contains("hunter2"), "{bad}");
    assert!(matches!(set("codes = { length = 6 }", &[("codes.length", "8")]), Err(EditError::Form(_))));
}

fn refused(text: &str, pairs: &[(&str, &str)]) -> (String, String) {
    let error = set(text, pairs).unwrap_err();
    let with = |With { key, value }: &With| format!("{key}={}", value.as_deref().unwrap_or("?"));
    let together: Vec<String> = error.together().iter().map(with).collect();
    (error.to_string(), together.join(" "))
}

#[test]
fn settings_that_need_each_other_are_set_together() {
    const SMTP: &str = "[delivery.email]\ntransport = \"smtp\"\nhost = \"mx.example.com\"\nport = 25\n";
    let told = |error: &str, with: &str| (error.to_owned(), with.to_owned());
    let (transport, host) = ("delivery.email.transport", "delivery.email.host");
    let done = set("", &[(host, "mx.example.com"), (transport, "smtp"), ("delivery.email.port", "25")]);
    assert_eq!(
        done.unwrap().text,
        "[delivery.email]\nhost = \"mx.example.com\"\ntransport = \"smtp\"\nport = 25\n"
    );
    assert_eq!(
        refused("", &[(transport, "smtp")]),
        told(
            "delivery.email.transport cannot have this value: delivery.email.host must be set for transport = \"smtp\"",
            "delivery.email.transport=smtp delivery.email.host=?"
        )
    );
    assert_eq!(
        refused("", &[(host, "mx.example.com")]),
        told(
            "delivery.email.host is for transport = \"smtp\" only",
            "delivery.email.host=? delivery.email.transport=smtp"
        )
    );
    assert_eq!(
        refused("", &[("delivery.sms.url", "https://sms.example.com/")]),
        told(
            "delivery.sms.url is for transport = \"http\" only",
            "delivery.sms.url=? delivery.sms.transport=http delivery.sms.body=?"
        )
    );
    // Back again: what the former transport had goes.
    assert_eq!(
        refused(SMTP, &[(transport, "maildir")]),
        told(
            "delivery.email.transport cannot have this value: delivery.email.host is for transport = \"smtp\" only; \
             delivery.email.port is for transport = \"smtp\" only",
            "delivery.email.transport=maildir delivery.email.host= delivery.email.port=0"
        )
    );
    set(SMTP, &[(transport, "maildir"), (host, ""), ("delivery.email.port", "0")]).unwrap();
    let half = "delivery.email.password_file must be set together with `username`, or neither";
    assert_eq!(
        refused(SMTP, &[("delivery.email.username", "regain")]),
        told(
            &format!("delivery.email.username cannot have this value: {half}"),
            "delivery.email.username=? delivery.email.password_file=?"
        )
    );
    // What is wrong by itself is mended by no other setting.
    assert_eq!(refused("", &[("codes.length", "99")]).1, "");
    assert_eq!(
        refused("", &[(transport, "smtp"), (transport, "http")]).0,
        "delivery.email.transport is given twice; give it once"
    );
    assert_eq!(
        refused("", &[("delivery.email", "{ transport = \"smtp\" }")]).0,
        "delivery.email is a table: name one of its settings, such as delivery.email.transport"
    );
}

#[test]
fn each_of_several_is_toml_or_a_text() {
    let edited = set("", &[("help.administrator_text", "8"), ("codes.length", "8")]).unwrap();
    let values: Vec<&str> = edited.set.iter().map(|set| set.value.as_str()).collect();
    assert_eq!(values, ["\"8\"", "8"]);
    let bad = set("", &[("help.administrator_text", "8"), ("codes.length", "hunter2")]).unwrap_err();
    assert_eq!(bad.to_string(), "codes.length must be a whole number, not a text");
}
