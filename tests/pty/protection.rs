//! What is asked besides the password: at a protected sign-in, and before a change of one's own.

use regain::domain::mfa::{Seed, step};
use regain::domain::time::{Clock, SystemClock};

use super::playing::{Playing, other_than, with_password};
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";
const CODE: &str = "Code (Enter: send again, ?: no code came):";
const CHOICE: &str = "Code (Enter: send again, m: another contact, ?: no code came):";
const MOBILE: &str = "+4915112345678";

fn site() -> Site {
    with_password(PASSWORD)
}

fn bind_mobile(site: &Site) {
    site.ok(&["contact", "bind", "acme", "--mobile", MOBILE, "--verified", "-y"]);
    site.discard_mail();
}

fn protect(site: &Site, kind: &str) {
    site.ok(&["user", "update", "acme", "--login-protection", kind, "-y"]);
}

#[test]
fn a_sign_in_with_a_code_by_sms() {
    let site = site();
    bind_mobile(&site);
    protect(&site, "sms");
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal.asks("Password:").types_hidden(PASSWORD).asks(CODE);
    let code = site.new_code();
    terminal.types("?").asks(CODE).types("12").asks(CODE).types("").asks(CODE);
    terminal.types(other_than(&code)).asks(CODE).types_as(&code, "<code>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_password_change_is_proven_once_for_a_while() {
    let site = site();
    bind_mobile(&site);
    let mut terminal = site.terminal(&["password", "change", "acme"]);
    terminal
        .asks("Old password:")
        .types_hidden(PASSWORD)
        .offers("This change is protected by a code. Where should it go?")
        .presses("\r")
        .asks(CHOICE)
        .types("m")
        .offers("This change is protected by a code. Where should it go?")
        .presses("\x1b[B\r")
        .asks(CHOICE);
    let texted = site.new_mail().into_iter().find(|text| text.contains(MOBILE)).unwrap();
    let at = texted.find(" is your code for").unwrap();
    terminal
        .types_as(&texted[at - 6..at], "<code>")
        .asks("New password:")
        .types_hidden(NEW)
        .asks("New password again:")
        .types_hidden(NEW);
    insta::assert_snapshot!(terminal.ends().play());
    let mut terminal = site.terminal(&["password", "change", "acme"]);
    terminal
        .asks("Old password:")
        .types_hidden(NEW)
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password again:")
        .types_hidden(PASSWORD);
    insta::assert_snapshot!("proven_already", terminal.ends().play());
    assert!(site.accepts(PASSWORD));
}

#[test]
fn a_designated_person_agrees() {
    let site = site();
    let policy = ["policy", "set", "acme", "protection", "admin_check=on", "scene=email"];
    site.ok(&[&policy[..], &["address=boss@acme.example", "-y"]].concat());
    let mut terminal = site.terminal(&["contact", "change", "acme", "--mobile", MOBILE]);
    terminal.asks("Password of acme:").types_hidden(PASSWORD).asks(CODE);
    let mail = site.new_mail();
    let [mail] = mail.as_slice() else { panic!("one message goes out") };
    assert!(mail.contains("To: boss@acme.example"), "{mail}");
    let at = mail.find("The code is ").unwrap() + "The code is ".len();
    terminal.types_as(&mail[at..at + 6], "<code of the other>");
    terminal.asks("Code sent to +4915112345678 (Enter: send again, ?: no code came):");
    terminal.types_as(&site.new_code(), "<code of the new one>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn nobody_is_let_in_without_the_authenticator_that_is_wanted() {
    const FIRST: &str = "Code that the authenticator shows now (?: help):";
    let site = site();
    protect(&site, "vmfa");
    let start = || {
        let mut terminal = site.terminal(&["login", "acme"]);
        terminal.asks("Password:").types_hidden(PASSWORD);
        terminal
    };
    let mut terminal = start();
    terminal.asks(CODE).types_as(&site.new_code(), "<code>").asks(FIRST);
    let key = |terminal: &super::terminal::Terminal| {
        terminal.screen().split_once("or type its key: ").unwrap().1[..32].to_owned()
    };
    terminal.names(&key(&terminal), "<key>").presses("\x1b");
    insta::assert_snapshot!("authenticator_left", terminal.ends().play());
    let mut terminal = start();
    terminal.asks(FIRST);
    let key = key(&terminal);
    let seed = data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap();
    let seed = Seed::from_bytes(&seed).unwrap();
    let left = 30 - SystemClock.now().as_second() % 30;
    if left <= 4 {
        std::thread::sleep(std::time::Duration::from_secs(u64::try_from(left).unwrap()));
    }
    let now = step(SystemClock.now());
    terminal
        .names(&key, "<key>")
        .types_as(seed.code(now - 1).expose(), "<code before>")
        .asks("The next code, 30 seconds later (?: help):")
        .types_as(seed.code(now).expose(), "<code>");
    insta::assert_snapshot!("authenticator_bound", terminal.ends().play());
}

#[test]
fn without_another_contact_the_old_one_must_agree() {
    let site = site();
    let mut terminal = site.terminal(&["contact", "change", "acme", "--email", "new@acme.example"]);
    terminal
        .asks("Password of acme:")
        .types_hidden(PASSWORD)
        .asks("Code sent to r***@a***.example (Enter: cannot read it, ?: no code came):")
        .types("")
        .offers("What now?")
        .presses("\x1b[A\r");
    insta::assert_snapshot!(terminal.ends().play());
}
