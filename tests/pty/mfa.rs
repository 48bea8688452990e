//! Authenticators at a terminal: enrolling, signing in, resetting.

use regain::domain::mfa::{Seed, step};
use regain::domain::time::{Clock, SystemClock};

use super::playing::{Playing, with_password};
use super::terminal::Terminal;
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";
const FIRST: &str = "Code that the authenticator shows now (?: help):";
const SECOND: &str = "The next code, 30 seconds later (?: help):";
const TOTP: &str = "Code of your authenticator (?: help):";

/// Somebody's phone.
struct Phone(Seed);

impl Phone {
    /// With the key that stands on the screen.
    fn of(terminal: &Terminal) -> (Self, String) {
        let screen = terminal.screen();
        let (_, after) = screen.split_once("or type its key: ").unwrap();
        let key = after[..32].to_owned();
        let bytes = data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap();
        (Self(Seed::from_bytes(&bytes).unwrap()), key)
    }

    fn shows(&self, off: i64) -> String {
        let now = step(SystemClock.now()).checked_add_signed(off).unwrap();
        self.0.code(now).expose().to_owned()
    }
}

fn settle() {
    let left = 30 - SystemClock.now().as_second() % 30;
    if left <= 4 {
        std::thread::sleep(std::time::Duration::from_secs(u64::try_from(left).unwrap()));
    }
}

fn bound(site: &Site) -> Phone {
    let mut terminal = site.terminal(&["mfa", "enrol", "acme", "-y"]);
    terminal.asks(FIRST);
    let (phone, _) = Phone::of(&terminal);
    settle();
    terminal.types(&phone.shows(-1)).asks(SECOND).types(&phone.shows(0));
    assert_eq!(terminal.ends().exit, "exit 0");
    unused(site);
    site.discard_mail();
    phone
}

/// As if half a minute had passed.
fn unused(site: &Site) {
    site.edit("mfa", |row| row["last_step"] = 0.into());
}

#[test]
fn enrolling_shows_a_code_to_scan_and_binds_at_once() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["mfa", "enrol", "acme"]);
    terminal.asks("Go on? [y/N]").types("y").asks(FIRST);
    let (phone, key) = Phone::of(&terminal);
    settle();
    terminal
        .names(&key, "<key>")
        .types("12 34")
        .asks(FIRST)
        .types_as(&phone.shows(0), "<code>")
        .asks(SECOND)
        .types(&phone.shows(0))
        .asks(FIRST)
        .types_as(&phone.shows(-1), "<code before>")
        .asks(SECOND)
        .types(&phone.shows(0));
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn binding_can_wait() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["mfa", "enrol", "acme", "-y"]);
    terminal.asks(FIRST);
    let (phone, key) = Phone::of(&terminal);
    terminal.names(&key, "<key>").presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
    let mut terminal = site.terminal(&["mfa", "confirm", "acme"]);
    terminal.asks(FIRST);
    settle();
    terminal.types_as(&phone.shows(-1), "<code before>").asks(SECOND).types_as(&phone.shows(0), "<code>");
    insta::assert_snapshot!("bound_later", terminal.ends().play());
}

#[test]
fn a_sign_in_asks_for_the_code_after_the_right_password() {
    let site = with_password(PASSWORD);
    let phone = bound(&site);
    settle();
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal
        .asks("Password:")
        .types_hidden(PASSWORD)
        .asks(TOTP)
        .types("?")
        .asks(TOTP)
        .types("12345")
        .asks(TOTP)
        .types_as(&phone.shows(-4), "<old code>")
        .asks(TOTP)
        .types_as(&phone.shows(30), "<wrong code>")
        .asks(TOTP)
        .types_as(&phone.shows(0), "<code>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_forced_change_asks_for_one_code_only() {
    let site = with_password(PASSWORD);
    let phone = bound(&site);
    site.edit("users", |row| row["must_change"] = 1.into());
    settle();
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal
        .asks("Password:")
        .types_hidden(PASSWORD)
        .asks(TOTP)
        .types_as(&phone.shows(0), "<code>")
        .asks("New password:")
        .types_hidden(NEW)
        .asks("New password again:")
        .types_hidden(NEW);
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn s6_a_reset_asks_for_the_code_of_the_authenticator_besides() {
    let site = with_password(PASSWORD);
    let phone = bound(&site);
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    terminal
        .asks("Characters in the picture:")
        .types("work")
        .offers("How do you want to prove who you are?")
        .presses("\r")
        .asks("Email address:")
        .types("root@acme.example")
        .asks("Code (Enter: send again, m: other method, ?: no code came):");
    let code = site.new_code();
    settle();
    terminal
        .types_as(&code, "<code>")
        .asks(TOTP)
        .types_as(&phone.shows(30), "<wrong code>")
        .asks(TOTP)
        .types_as(&phone.shows(0), "<code of the authenticator>")
        .asks("New password:")
        .types_hidden(NEW)
        .asks("New password again:")
        .types_hidden(NEW)
        .asks("Log in now? (continues automatically in 10 seconds) [Y/n]")
        .types("y")
        .asks("Password of acme:")
        .types_hidden(NEW)
        .asks(TOTP)
        .types_as(&phone.shows(1), "<next code>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_wish_asks_for_password_and_code() {
    let site = with_password(PASSWORD);
    let phone = bound(&site);
    settle();
    let mut terminal = site.terminal(&["password", "change", "acme"]);
    terminal
        .asks("Old password:")
        .types_hidden(PASSWORD)
        .asks(TOTP)
        .types_as(&phone.shows(0), "<code>")
        .asks("New password:")
        .types_hidden(NEW)
        .asks("New password again:")
        .types_hidden(NEW);
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn login_protection_asks_to_bind_again_what_was_taken_away() {
    let site = with_password(PASSWORD);
    bound(&site);
    site.ok(&["mfa", "remove", "acme", "-y"]);
    site.edit("users", |row| row["login_protection"] = "vmfa".into());
    site.discard_mail();
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal
        .asks("Password:")
        .types_hidden(PASSWORD)
        .asks("Code (Enter: send again, ?: no code came):")
        .types_as(&site.new_code(), "<code>")
        .asks(FIRST);
    let (phone, key) = Phone::of(&terminal);
    settle();
    terminal
        .names(&key, "<key>")
        .types_as(&phone.shows(-1), "<code before>")
        .asks(SECOND)
        .types_as(&phone.shows(0), "<code>");
    insta::assert_snapshot!(terminal.ends().play());
    assert_eq!(site.json(&["user", "show", "acme"])["mfa"], true);
}

#[test]
fn e1_a_prompt_for_a_password_says_whose_it_is_as_it_was_typed() {
    const STRANGER: &str = "61240";
    let site = with_password(PASSWORD);
    if !site.let_in(STRANGER.parse().unwrap()) {
        return;
    }
    let mut terminal = Terminal::shell(&site);
    let able = "--clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override";
    // Known or not, and by whatever name.
    for who in ["acme", "acme/nobody", "root@acme.example"] {
        for command in [format!("mfa remove {who}"), format!("contact change {who} --email new@acme.example")]
        {
            let run = format!("setpriv --reuid={STRANGER} --regid={STRANGER} {able} ./regain {command}");
            terminal.is_at_shell().types(&run).asks(&format!("Password of {who}:")).presses("\x1b");
        }
    }
    assert_eq!(terminal.is_at_shell().types("exit").ends().exit, "exit 5");
}
