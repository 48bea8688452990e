//! `contact bind` with a code typed, and `contact change`.

use super::playing::{Playing, acme, acme_with, other_than, with_password};
use super::terminal::Terminal;
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";
const BIND: &str = "Code (Enter alone sends a new one):";

fn binding(site: &Site) -> Terminal {
    let mut terminal = site.terminal(&["contact", "bind", "acme", "--mobile", "+49 151 12345678"]);
    terminal.asks("Go on? [y/N]").types("y").asks(BIND);
    terminal
}

/// Whether the contact of a channel is verified.
fn verified(site: &Site, channel: &str) -> Option<bool> {
    let all = site.json(&["contact", "list", "acme"]);
    let found = all.as_array().unwrap().iter().find(|contact| contact["channel"] == channel);
    found.map(|contact| contact["verified"].as_bool().unwrap())
}

#[test]
fn a_contact_is_bound_with_its_code() {
    let site = acme_with("[codes]\nresend_after = \"0s\"\n");
    site.discard_mail();
    let mut terminal = binding(&site);
    let first = site.new_code();
    terminal.types("12").asks(BIND).types(other_than(&first)).asks(BIND).types("").asks(BIND);
    terminal.types_as(&site.new_code(), "<code>");
    insta::assert_snapshot!(terminal.ends().play());
    assert_eq!(verified(&site, "mobile"), Some(true));
}

#[test]
fn the_code_stays_good_when_no_new_one_is_sent() {
    let site = acme();
    site.discard_mail();
    let mut terminal = binding(&site);
    let code = site.new_code();
    for _ in 0..6 {
        terminal.types("").asks(BIND);
    }
    terminal.types(&code);
    let play = terminal.ends().play();
    assert!(play.contains("No new code: a code was asked for a moment ago; ask again in "), "{play}");
    assert_eq!(verified(&site, "mobile"), Some(true));
}

#[test]
fn a_code_can_be_entered_later() {
    let site = acme();
    site.discard_mail();
    let mut terminal = binding(&site);
    terminal.presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
    assert_eq!(verified(&site, "mobile"), Some(false));

    let mut terminal = site.terminal(&["contact", "verify", "acme", "--mobile", "+4915112345678"]);
    terminal.asks(BIND).types_as(&site.new_code(), "<code>");
    insta::assert_snapshot!("verified_later", terminal.ends().play());
    assert_eq!(verified(&site, "mobile"), Some(true));
}

#[test]
fn after_five_wrong_codes_nothing_is_bound_as_verified() {
    let site = acme();
    site.discard_mail();
    let mut terminal = binding(&site);
    let code = site.new_code();
    for _ in 0..4 {
        terminal.types(other_than(&code)).asks(BIND);
    }
    terminal.types(other_than(&code));
    insta::assert_snapshot!(terminal.ends().play());
    assert_eq!(verified(&site, "mobile"), Some(false));
}

#[test]
fn what_an_administrator_bound_is_confirmed_by_its_owner() {
    let site = with_password(PASSWORD);
    site.run(&["contact", "bind", "acme", "--email", "new@acme.example", "-y", "-q"]).succeeded();
    let code = site.new_code();
    let mut terminal = site.terminal(&["contact", "verify", "acme", "--email"]);
    let prompt = "Code sent to n***@a***.example (Enter: send again, ?: no code came):";
    terminal.asks("Password of acme:").types_hidden(PASSWORD).asks(prompt).leaves();
    insta::assert_snapshot!("confirmed_later", terminal.ends().play());
    let mut terminal = site.terminal(&["contact", "verify", "acme", "--email"]);
    terminal.asks("Password of acme:").types_hidden(PASSWORD).asks(prompt).types_as(&code, "<code>");
    insta::assert_snapshot!("confirmed_by_the_owner", terminal.ends().play());
}

#[test]
fn ones_own_contact_changes_by_password_and_both_codes() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["contact", "change", "acme", "--email", "new@acme.example"]);
    let old_prompt = "Code sent to r***@a***.example (Enter: cannot read it, ?: no code came):";
    terminal.asks("Password of acme:").types_hidden(PASSWORD);
    terminal.asks(old_prompt).types("?").asks(old_prompt);
    let code = site.new_code();
    terminal.types(other_than(&code)).asks(old_prompt).types_as(&code, "<code of the old one>");
    terminal.asks("Code sent to new@acme.example (Enter: send again, ?: no code came):");
    terminal.types_as(&site.new_code(), "<code of the new one>");
    insta::assert_snapshot!(terminal.ends().play());
    assert_eq!(verified(&site, "email"), Some(true));
}

#[test]
fn s5_without_the_old_contact_the_new_one_cools_down() {
    let site = with_password(PASSWORD).without_protection();
    let mut terminal = site.terminal(&["contact", "change", "acme", "--email", "new@acme.example"]);
    terminal
        .asks("Password of acme:")
        .types_hidden(PASSWORD)
        .asks("Code sent to r***@a***.example (Enter: cannot read it, ?: no code came):")
        .types("")
        .offers("What now?")
        .presses("\x1b[A\r")
        .asks("Code sent to new@acme.example (Enter: send again, ?: no code came):");
    let codes: Vec<String> =
        site.new_mail().into_iter().filter(|text| text.contains("new@acme.example")).collect();
    let [message] = codes.as_slice() else { panic!("{} messages to the new address", codes.len()) };
    let at = message.find("code is ").expect("no code in the message") + "code is ".len();
    terminal.types_as(&message[at..at + 6], "<code of the new one>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_wrong_password_changes_no_contact() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["contact", "change", "acme", "--email", "new@acme.example"]);
    terminal.asks("Password of acme:").types_hidden("not the right one");
    insta::assert_snapshot!(terminal.ends().play());
}
