use std::os::unix::fs::PermissionsExt;

use jiff::{SignedDuration, Timestamp};

use super::super::{CATALOGUE, SHIPPED_LANGUAGES};
use super::*;
use crate::domain::Secret;
use crate::domain::sms::segments;

fn at() -> Timestamp {
    "2026-11-21T18:12:03Z".parse().unwrap()
}

fn reset<'a>(code: &'a Secret, reference: Option<&'a str>) -> Text<'a> {
    Text::CodeReset { code, good_for: SignedDuration::from_mins(10), good_until: at(), reference }
}

fn written(texts: &Texts, text: &Text<'_>, channel: Channel) -> (String, String) {
    let message = texts.write(text, channel, "a@b.example").unwrap();
    assert_eq!(message.to, "a@b.example");
    (message.subject.clone(), message.body.clone())
}

/// A folder of the site's own, with one file.
fn own(language: &str, name: &str, source: &str) -> (tempfile::TempDir, Texts) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(language)).unwrap();
    std::fs::set_permissions(folder.path().join(language), std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join(language).join(name);
    std::fs::write(&file, source).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let texts = Texts::load(language, Some(folder.path()), "", rustix::process::getuid().as_raw());
    (folder, texts)
}

fn faults(texts: &Texts) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let told = |fault: &Fault| {
        let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: {}", name(&fault.path), fault.what)
    };
    texts.check().iter().map(told).collect()
}

#[test]
fn a_code_by_email_says_what_it_is() {
    let code = Secret::from("012345");
    let (subject, body) = written(&Texts::default(), &reset(&code, Some("bdfgh-jkmnp")), Channel::Email);
    assert_eq!(subject, "Your verification code");
    assert_eq!(
        body,
        "Your verification code is 012345\n\n\
         It is for: setting a new password.\n\
         It is good until 18:12 UTC, 10 minutes after it was asked for, and can be used once.\n\n\
         Nobody who works here will ever ask you for it. Do not pass it on.\n\
         If you did not ask for it, do nothing: your password stays as it is.\n\n\
         To say that it was not you, run this:\n\n    regain request disown bdfgh-jkmnp\n"
    );
    let (_, body) = written(&Texts::default(), &reset(&code, None), Channel::Email);
    assert!(
        body.ends_with("\nIf you did not ask for it, do nothing: your password stays as it is.\n"),
        "{body}"
    );
}

#[test]
fn a_code_by_sms_is_short() {
    let code = Secret::from("012345");
    let (_, body) = written(&Texts::default(), &reset(&code, Some("bdfgh-jkmnp")), Channel::Mobile);
    assert_eq!(
        body,
        "012345 is your code for setting a new password, good until 18:12 UTC (10 minutes). Staff will not ask for it. \
         Not you? Tell us: bdfgh-jkmnp\n"
    );
    let chinese = Texts::shipped("zh-CN", "");
    let (_, body) = written(&chinese, &reset(&code, Some("bdfgh-jkmnp")), Channel::Mobile);
    assert_eq!(
        body,
        "012345是设置新密码验证码，18:12 UTC前有效（10分钟），员工不会索取。非本人请告知：bdfgh-jkmnp\n"
    );
}

#[test]
fn a_code_can_be_one_that_browsers_recognise() {
    let code = Secret::from("012345");
    for language in SHIPPED_LANGUAGES {
        let texts = Texts::shipped(language, "example.com");
        let (_, body) = written(&texts, &reset(&code, None), Channel::Mobile);
        assert!(body.ends_with("\n\n@example.com #012345\n"), "{body}");
        assert_eq!(body.matches("012345").count(), 1);
    }
}

#[test]
fn a_notice_says_what_when_where_and_how_to_say_no() {
    let change = crate::domain::message::Change::ContactReplaced(Channel::Email);
    let text = Text::notice(change, "acme/alice", at(), "host.example.com", "bdfgh-jkmnp");
    assert_eq!(
        written(&Texts::default(), &text, Channel::Email).1,
        "The identity acme/alice now has another email address, at 2026-11-21 18:12 UTC on host.example.com.\n\n\
         If this was you, there is nothing to do.\n\
         If this was not you, run this at once:\n\n    regain request disown bdfgh-jkmnp\n\n\
         or tell your administrator or the help desk, and quote the reference bdfgh-jkmnp.\n"
    );
}

/// Every message, language, channel and length of a code: the rules of `render::Draft::judge`, besides what only
/// the finished text shows.
#[test]
fn every_shipped_text_keeps_the_rules() {
    for (language, domain) in [("en", ""), ("en", "example.com"), ("zh-CN", ""), ("zh-CN", "example.com")] {
        let texts = Texts::shipped(language, domain);
        assert_eq!(faults(&texts), Vec::<String>::new());
        for entry in CATALOGUE {
            for channel in Channel::ALL {
                let shown = format!("{language} {} {channel}", entry.name);
                for digits in ["012345", "0123456", "01234567"] {
                    let secret =
                        if entry.carries_code() { Secret::from(digits) } else { sample::secret(entry) };
                    for full in [false, true] {
                        let mut given = sample::given(entry, &secret, at(), full);
                        for (_, given) in &mut given {
                            if let Given::Span(span) = given {
                                *span = SignedDuration::from_hours(24);
                            }
                        }
                        let draft = texts.draft(entry, &given, *channel).unwrap();
                        draft.judge(entry, *channel).unwrap_or_else(|what| panic!("{shown}: {what}"));
                        let (subject, body) = draft.reveal(entry.secret().map(|_| &secret));
                        let text = format!("{subject}\n{body}");
                        assert!(!text.contains("  \n") && !text.contains("\n\n\n"), "{shown}: {text}");
                        if entry.carries_code() {
                            let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 6);
                            assert_eq!(runs.collect::<Vec<_>>(), [digits], "{shown}");
                            let will = matches!(entry.name, "code_caller" | "code_read_out");
                            let staff = if will {
                                ["ask you for this code", "WILL ask"]
                            } else {
                                ["will ever ask", "will not ask"]
                            };
                            assert!(
                                language != "en" || staff.iter().any(|words| text.contains(words)),
                                "{text}"
                            );
                        }
                    }
                }
            }
        }
    }
}

/// What an SMS costs. Those that are left out here name somebody, and are as long as the name.
#[test]
fn codes_by_sms_fit_into_one() {
    let mut longer = Vec::new();
    for (language, domain) in [("en", ""), ("en", "example.com"), ("zh-CN", ""), ("zh-CN", "example.com")] {
        let texts = Texts::shipped(language, domain);
        for entry in CATALOGUE {
            let message = texts.sample(entry, Channel::Mobile, at()).unwrap();
            let size = segments(message.body.trim_end());
            if size.count > 1 {
                longer.push(format!("{language} {domain} {} {} {}", entry.name, size.alphabet, size.length));
            }
        }
    }
    insta::assert_snapshot!(longer.join("\n"), @"
    en  code_bind_contact GSM-7 180
    en  code_approve GSM-7 191
    en  notice_mfa_bound GSM-7 171
    en  notice_mfa_unbound GSM-7 177
    en example.com code_bind_contact GSM-7 212
    en example.com code_approve GSM-7 191
    en example.com notice_mfa_bound GSM-7 171
    en example.com notice_mfa_unbound GSM-7 177
    zh-CN  code_bind_contact UCS-2 131
    zh-CN  code_read_out UCS-2 95
    zh-CN  code_approve UCS-2 99
    zh-CN  setup_token UCS-2 126
    zh-CN  notice_password_reset UCS-2 104
    zh-CN  notice_password_changed UCS-2 99
    zh-CN  notice_password_set_by_admin UCS-2 103
    zh-CN  notice_password_set_up UCS-2 105
    zh-CN  notice_password_revoked UCS-2 103
    zh-CN  notice_email_bound UCS-2 100
    zh-CN  notice_mobile_bound UCS-2 100
    zh-CN  notice_email_replaced UCS-2 100
    zh-CN  notice_mobile_replaced UCS-2 100
    zh-CN  notice_email_unbound UCS-2 100
    zh-CN  notice_mobile_unbound UCS-2 100
    zh-CN  notice_mfa_bound UCS-2 111
    zh-CN  notice_mfa_unbound UCS-2 114
    zh-CN  notice_login_protection UCS-2 105
    zh-CN  codes_guessed UCS-2 107
    zh-CN  appeal_approved UCS-2 96
    zh-CN example.com code_reset UCS-2 78
    zh-CN example.com code_bind_contact UCS-2 149
    zh-CN example.com code_read_out UCS-2 95
    zh-CN example.com code_leave_contact UCS-2 79
    zh-CN example.com code_login UCS-2 75
    zh-CN example.com code_operation UCS-2 77
    zh-CN example.com code_approve UCS-2 99
    zh-CN example.com code_register UCS-2 78
    zh-CN example.com setup_token UCS-2 126
    zh-CN example.com notice_password_reset UCS-2 104
    zh-CN example.com notice_password_changed UCS-2 99
    zh-CN example.com notice_password_set_by_admin UCS-2 103
    zh-CN example.com notice_password_set_up UCS-2 105
    zh-CN example.com notice_password_revoked UCS-2 103
    zh-CN example.com notice_email_bound UCS-2 100
    zh-CN example.com notice_mobile_bound UCS-2 100
    zh-CN example.com notice_email_replaced UCS-2 100
    zh-CN example.com notice_mobile_replaced UCS-2 100
    zh-CN example.com notice_email_unbound UCS-2 100
    zh-CN example.com notice_mobile_unbound UCS-2 100
    zh-CN example.com notice_mfa_bound UCS-2 111
    zh-CN example.com notice_mfa_unbound UCS-2 114
    zh-CN example.com notice_login_protection UCS-2 105
    zh-CN example.com codes_guessed UCS-2 107
    zh-CN example.com appeal_approved UCS-2 96
    ");
}

/// A time zone makes them longer, and still a code is one SMS.
#[test]
fn codes_by_sms_fit_into_one_with_a_local_time_too() {
    let mut texts = Texts::default();
    texts.always.zone = jiff::tz::TimeZone::posix("CEST-2").unwrap();
    // Those that name somebody are as long as the name.
    let named = |entry: &&Entry| entry.fields.iter().any(|(field, _)| *field == "user");
    let codes = CATALOGUE.iter().filter(|entry| entry.carries_code() && !named(entry));
    for entry in codes {
        let message = texts.sample(entry, Channel::Mobile, at()).unwrap();
        assert!(message.body.contains("20:22 CEST / 18:22 UTC"), "{}", message.body);
        let size = segments(message.body.trim_end());
        assert_eq!(size.count, 1, "{}: {} of {}", entry.name, size.length, size.alphabet);
    }
}

#[test]
fn t8_no_field_ends_a_line() {
    let text = Text::notice(
        crate::domain::message::Change::PasswordChanged,
        "acme/a\r\nBcc: x",
        at(),
        "h\u{e000}",
        "r",
    );
    let (subject, body) = written(&Texts::default(), &text, Channel::Email);
    assert_eq!(subject, "Your password was changed");
    assert!(body.starts_with("The password of acme/a  Bcc: x was changed, at"), "{body}");
    assert!(!body.contains('\u{e000}') && !body.contains('\r'));
}

#[test]
fn a_text_of_the_sites_own_goes_out() {
    let source = "{% extends \"shipped/code_reset\" %}\n{% block sms %}Acme: {{ code }}{% endblock %}\n";
    let (_folder, texts) = own("en", "code_reset.txt", source);
    assert_eq!(faults(&texts), Vec::<String>::new());
    let code = Secret::from("012345");
    assert_eq!(written(&texts, &reset(&code, None), Channel::Mobile).1, "Acme: 012345\n");
    let by_email = written(&texts, &reset(&code, None), Channel::Email);
    assert_eq!(by_email, written(&Texts::default(), &reset(&code, None), Channel::Email));
}

#[test]
fn a_frame_of_the_sites_own_changes_every_message_in_it() {
    let source = "{% block what %}{% endblock %}{% block subject %}Acme{% endblock %}\
                  {% block email %}{{ self.what() }} {{ code }}{% endblock %}{% block sms %}{{ code }}{% endblock %}";
    let (_folder, texts) = own("en", "code.txt", source);
    let code = Secret::from("012345");
    assert_eq!(
        written(&texts, &reset(&code, None), Channel::Email),
        ("Acme".to_owned(), "setting a new password 012345\n".to_owned())
    );
}

#[test]
fn another_language_needs_only_its_files() {
    let source = "{% block subject %}Testnachricht{% endblock %}{% block email %}Test {{ at }}{% endblock %}\
                  {% block sms %}Test{% endblock %}";
    let (_folder, texts) = own("de", "delivery_test.txt", source);
    let text = Text::DeliveryTest { host: "h", at: at() };
    assert_eq!(written(&texts, &text, Channel::Email).1, "Test 2026-11-21 18:12 UTC\n");
    assert_eq!(texts.untranslated().len(), CATALOGUE.len() - 1);
    let code = Secret::from("012345");
    assert_eq!(
        written(&texts, &reset(&code, None), Channel::Mobile),
        written(&Texts::default(), &reset(&code, None), Channel::Mobile)
    );
}

/// What is wrong is told with file and line, and never keeps a code from going out.
#[test]
fn a_broken_text_is_told_and_the_shipped_one_goes_out() {
    let blocks = |email: &str| {
        format!("{{% extends \"shipped/code_reset\" %}}\n{{% block email %}}\n{email}\n{{% endblock %}}\n")
    };
    let cases = [
        (
            blocks("{{ code }} {{ god_for }}"),
            "code_reset.txt:3: `god_for` is not a field of it; did you mean `good_for`?; there are code, good_for, \
            good_until, reference",
        ),
        (blocks("{{ code"), "code_reset.txt:4: syntax error: unexpected `{`, expected end of variable block"),
        (blocks("no code"), "code_reset.txt: the block `email` lacks {{ code }}"),
        (blocks("{{ code }} {{ code }}"), "code_reset.txt: the block `email` has {{ code }} more than once"),
        (
            blocks("{{ code }}, call 555123"),
            "code_reset.txt: the block `email` has other digits that could be taken for the code",
        ),
        (
            blocks("0{{ code }}"),
            "code_reset.txt: the block `email` has other digits that could be taken for the code",
        ),
        (blocks("{{ code }}\u{7}"), "code_reset.txt: the block `email` holds a control character"),
        (blocks(""), "code_reset.txt: the block `email` is empty"),
        (
            blocks("{{ code }}{{ reference.nothing.more }}"),
            "code_reset.txt:3: it uses a field that does not exist",
        ),
        (blocks("{{ code | no_such_filter }}"), ""),
        (blocks("{% include \"other\" %}{{ code }}"), ""),
        ("{% extends \"code_reset\" %}".to_owned(), ""),
        ("{{ code }}".to_owned(), ""),
    ];
    let code = Secret::from("012345");
    let shipped = written(&Texts::default(), &reset(&code, None), Channel::Email);
    let mut told = Vec::new();
    for (source, expected) in cases {
        let (_folder, texts) = own("en", "code_reset.txt", &source);
        let faults = faults(&texts).join(" | ");
        if expected.is_empty() {
            told.push(faults);
        } else {
            assert_eq!(faults, expected, "{source}");
        }
        assert_eq!(written(&texts, &reset(&code, None), Channel::Email), shipped, "{source}");
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    code_reset.txt:3: unknown filter: filter no_such_filter is unknown
    code_reset.txt:3: template not found: tried to include non-existing template 'other'
    code_reset.txt:1: invalid operation: cycle in template inheritance. "code_reset" was referenced more than once
    code_reset.txt: unknown block: block 'subject' not found
    "#);
}

#[test]
fn a_file_of_another_name_is_told() {
    let (_folder, texts) = own("en", "code_rest.txt", "x");
    assert_eq!(
        faults(&texts),
        ["code_rest.txt: there is no message of that name; did you mean `code_reset`?"]
    );
}

#[test]
fn o0_a_text_that_others_may_write_is_not_used() {
    let source = "{% extends \"shipped/code_reset\" %}{% block sms %}Evil {{ code }}{% endblock %}";
    let (folder, _) = own("en", "code_reset.txt", source);
    let file = folder.path().join("en/code_reset.txt");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    let texts = Texts::load("en", Some(folder.path()), "", rustix::process::getuid().as_raw());
    let code = Secret::from("012345");
    assert!(!written(&texts, &reset(&code, None), Channel::Mobile).1.contains("Evil"));
    assert_eq!(faults(&texts).len(), 1);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let texts = Texts::load("en", Some(folder.path()), "", rustix::process::getuid().as_raw());
    assert!(written(&texts, &reset(&code, None), Channel::Mobile).1.contains("Evil"));
}

/// Decoys are sealed in steps of 512 octets: whatever the address, they are as long as the real one.
#[test]
fn e1_a_decoy_is_as_long_as_the_real_one_in_every_language() {
    for language in SHIPPED_LANGUAGES {
        let texts = Texts::shipped(language, "");
        let code = Secret::from("012345");
        let long = format!("{}@b.example", "a".repeat(240));
        for channel in Channel::ALL {
            let sizes = ["a@b.example", long.as_str(), "nobody@nowhere.invalid"]
                .map(|to| texts.write(&reset(&code, None), *channel, to).unwrap().to_bytes().len());
            assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
        }
    }
}
