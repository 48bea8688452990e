//! `password reset`: the forgotten password, from the CAPTCHA to the log-in.

use super::playing::{Playing, acme, acme_with, other_than, with_password};
use super::terminal::Terminal;
use crate::site::{Row, Site};

const PASSWORD: &str = "correct horse battery staple 9";
const CODE: &str = "Code (Enter: send again, m: other method, ?: no code came):";
const METHOD: &str = "How do you want to prove who you are?";

/// Through the CAPTCHA, by work.
fn past_captcha(terminal: &mut Terminal) {
    terminal.asks("Characters in the picture:").types("work").offers(METHOD);
}

/// Through the CAPTCHA and the choice of an email address.
fn to_code(terminal: &mut Terminal, address: &str) {
    past_captcha(terminal);
    terminal.presses("\r").asks("Email address:").types(address).asks(CODE);
}

#[test]
fn from_the_captcha_to_the_log_in() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    terminal
        .types_as(&site.new_code(), "<code>")
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password again:")
        .types_hidden(PASSWORD)
        .asks("Log in now? (continues automatically in 10 seconds) [Y/n]")
        .types("y")
        .asks("Password of acme:")
        .types_hidden(PASSWORD);
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts(PASSWORD));
}

#[test]
fn s8_a_code_by_sms_carries_a_notice_of_its_weakness() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    past_captcha(&mut terminal);
    // A menu is painted line by line.
    terminal.tells("  None of these can be reached any more");
    let screen = terminal.screen();
    assert!(
        screen.contains("Mobile number (an SMS can be intercepted; prefer email where you can)"),
        "{screen}"
    );
    assert!(screen.contains("Email address"), "another method is there: {screen}");
    terminal.presses("\x03");
    terminal.ends();
}

#[test]
fn the_sign_in_page_asks_for_the_account_and_then_the_user() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal
        .offers("IAM user, account, or unified ID?")
        .presses("\r")
        .asks("Account name, or your email address or mobile number:")
        .types("7up")
        .asks("Account name, or your email address or mobile number:")
        .types("acme")
        .asks("IAM user name or email address:")
        .types("")
        .asks("IAM user name or email address:")
        .types("alice")
        .asks("Characters in the picture:")
        .presses("\x1b")
        .offers("IAM user, account, or unified ID?")
        .presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn another_picture_a_wrong_answer_and_help_for_a_code_that_does_not_come() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    terminal
        .asks("Characters in the picture:")
        .types("")
        .asks("Characters in the picture:")
        .types("!!!!!!")
        .asks("Characters in the picture:")
        .types("WORK")
        .offers(METHOD)
        .presses("\r")
        .asks("Email address:")
        .types("root.acme.example")
        .asks("Email address:")
        .types("root@acme.example")
        .asks(CODE);
    let code = site.new_code();
    terminal
        .types(other_than(&code))
        .asks(CODE)
        .types("12 34")
        .asks(CODE)
        .types("?")
        .asks(CODE)
        // Too soon: the code before it stays good.
        .types("")
        .asks(CODE)
        .types_as(&format!("{} {}", &code[..3], &code[3..]), "<code in groups>")
        .asks("New password:")
        .presses("\x03");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_new_code_and_another_method_end_the_code_before() {
    let site = acme_with("[codes]\nresend_after = \"0s\"\n");
    site.ok(&["contact", "bind", "acme", "--mobile", "+4915112345678", "--verified", "-y"]);
    site.discard_mail();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    let first = site.new_code();
    terminal.types("").asks(CODE);
    let second = site.new_code();
    if first != second {
        terminal.types_as(&first, "<code>").asks(CODE);
    }
    terminal
        .types("m")
        .offers(METHOD)
        .presses("\x1b[B")
        .presses("\r")
        .asks("Mobile number:")
        .types("+49 151 12345678")
        .asks(CODE)
        .types_as(&site.new_code(), "<code>")
        .asks("New password:")
        .presses("\x04");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn passwords_that_differ_are_weak_or_used_are_asked_again() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    terminal.types_as(&site.new_code(), "<code>");
    for (first, second) in [
        ("one long enough phrase", Some("another long enough phrase")),
        ("tiny 7", None),
        ("acmeacmeacmeacmeacme", None),
        (PASSWORD, None),
        ("vivid anchor 42 mellow tundra", Some("vivid anchor 42 mellow tundra")),
    ] {
        terminal.asks("New password:").types_hidden(first);
        if let Some(second) = second {
            terminal.asks("New password again:").types_hidden(second);
        }
    }
    terminal.asks("Log in now? (continues automatically in 10 seconds) [Y/n]").types("n");
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts("vivid anchor 42 mellow tundra") && !site.accepts(PASSWORD));
}

#[test]
fn t2_three_mismatches_are_the_end() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    terminal.types_as(&site.new_code(), "<code>");
    for _ in 0..3 {
        terminal
            .asks("New password:")
            .types_hidden("one long enough phrase")
            .asks("New password again:")
            .types_hidden("another long enough phrase");
    }
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_code_has_five_tries() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    let code = site.new_code();
    for _ in 0..5 {
        terminal.types(other_than(&code)).asks(CODE);
    }
    terminal.types_as(&code, "<code>").asks(CODE).presses("\x1b").offers(METHOD).presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
}

/// The way of somebody who types an address and guesses.
fn guessing(site: &Site, who: &str, address: &str) -> String {
    let mut terminal = site.terminal(&["password", "reset", who]);
    to_code(&mut terminal, address);
    for guess in ["0", "000000", "111111", "?", "", "222222", "333333", "444444", "555555"] {
        terminal.types(guess).asks(CODE);
    }
    terminal.presses("\x1b").offers(METHOD).presses("\x1b");
    terminal.ends().play().replace(address, "<address>")
}

#[test]
fn e1_a_stranger_sees_the_very_same() {
    let site = acme();
    site.ok(&["account", "create", "idle", "--email", "root@idle.example", "-y"]);
    site.ok(&["account", "disable", "idle", "-y"]);
    site.ok(&["account", "create", "bare", "-y"]);
    let stranger = guessing(&site, "nobody", "someone@else.example");
    insta::assert_snapshot!(stranger);
    // A guess is right once in a million; then this fails for the same reason as the person would be happy.
    assert_eq!(guessing(&site, "acme", "root@acme.example"), stranger);
    assert_eq!(guessing(&site, "acme", "typed@wrong.example"), stranger);
    assert_eq!(guessing(&site, "idle", "root@idle.example"), stranger);
    assert_eq!(guessing(&site, "bare", "root@bare.example"), stranger);
}

#[test]
fn a_terminal_that_died_is_no_loss() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    let id = request_id(&terminal.screen());
    assert_eq!(terminal.closes(), "signal: Hangup");

    let mut terminal = site.terminal(&["password", "reset", "--resume", &id]);
    terminal
        .asks(CODE)
        .types_as(&site.new_code(), "<code>")
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password again:")
        .types_hidden(PASSWORD)
        .asks("Log in now? (continues automatically in 10 seconds) [Y/n]")
        .types("y")
        .asks("Password of acme:")
        .types_hidden(PASSWORD);
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts(PASSWORD));

    let mut again = site.terminal(&["password", "reset", "--resume", &id]);
    insta::assert_snapshot!("resumed_when_done", again.ends().play());
}

fn request_id(screen: &str) -> String {
    let at = screen.find("req_").expect("no id on the screen");
    screen[at..at + 28].to_owned()
}

#[test]
fn who_waits_is_led_on_to_the_log_in() {
    let site = acme_with("[reset]\nredirect_wait = \"1s\"\n");
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    terminal
        .types_as(&site.new_code(), "<code>")
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password again:")
        .types_hidden(PASSWORD)
        .asks("Log in now? (continues automatically in 1 second) [Y/n]")
        .asks("Password of acme:")
        .presses("\x04");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn with_no_input_nobody_is_asked() {
    let site = acme();
    insta::assert_snapshot!(site.terminal(&["password", "reset", "acme", "--no-input"]).ends().play());
}

fn tried(message: &Row) -> bool {
    message.number("attempts") > 0
}

/// A reset of `acme` up to help for a code that does not come, with a transport that takes nothing if `down`.
fn without_a_code(site: &Site, down: bool) -> String {
    if down {
        // A file in the place of the folder that messages go to.
        std::fs::write(site.path().join("data/regain/outbox"), "").unwrap();
    }
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example");
    // It tries again for as long as the person waits.
    let mut worker = site.command(&["delivery", "run", "--once"]).spawn().unwrap();
    let tried = || {
        site.count("outbox", tried) > 0 || site.count("outbox", |message| message["state"] == "queued") == 0
    };
    while !tried() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    terminal.types("000000").asks(CODE).types("").asks(CODE).types("?").asks(CODE).presses("\x03");
    let play = terminal.ends().play();
    worker.kill().unwrap();
    worker.wait().unwrap();
    play
}

#[test]
fn e1_with_the_transport_down_a_reset_looks_the_same_to_everyone() {
    let undisturbed = without_a_code(&acme(), false);
    let real = acme();
    assert_eq!(without_a_code(&real, true), undisturbed);
    assert_eq!(real.count("outbox", |message| tried(message) && message["state"] != "done"), 1);
    let disabled = acme();
    disabled.ok(&["account", "disable", "acme", "-y"]);
    assert_eq!(without_a_code(&disabled, true), undisturbed);
    let unknown = acme();
    unknown.ok(&["account", "disable", "acme", "-y"]);
    unknown.ok(&["account", "delete", "acme", "-y"]);
    assert_eq!(without_a_code(&unknown, true), undisturbed);
}
