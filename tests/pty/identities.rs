//! Accounts, unified IDs and newcomers at the terminal.

use super::playing::{Playing, acme, acme_with};
use super::terminal::Terminal;
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";
const CODE: &str = "Code (Enter: send again, m: other method, ?: no code came):";
const OTHER_CODE: &str = "Code (Enter: send again, m: correct the address, ?: no code came):";
const CODE_ALONE: &str = "Code (Enter: send again, ?: no code came):";
const METHOD: &str = "How do you want to prove who you are?";
const KIND: &str = "IAM user, account, or unified ID?";
const THREE: &str = "Were you given three things: an account name, a user name and a password? [y/n]";
const SAME: &str = "Do you sign in the same way to the vendor's phones, mail or shop? [y/n]";
const YOURSELF: &str = "Did you register with the cloud yourself? [y/n]";
const MOBILE: &str = "+4915112345678";

/// With whom to ask in the config.
const HELP: &str = "[help]\nservice_url = \"https://help.example.com/\"\nticket_url = \"https://help.example.com/ticket\"\n\
                    unified_id_url = \"https://id.example.com/\"\n\
                    customer_service = [{ region = \"Chinese Mainland\", phone = \"+86 4000-955988\" }]\n";

fn work(terminal: &mut Terminal) -> &mut Terminal {
    terminal.asks("Characters in the picture:").types("work")
}

fn chooses_password(terminal: &mut Terminal) -> &mut Terminal {
    terminal
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password again:")
        .types_hidden(PASSWORD)
        .asks("Log in now? (continues automatically in 10 seconds) [Y/n]")
}

#[test]
fn an_account_by_its_email_address() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal
        .offers(KIND)
        .presses("\x1b[B")
        .presses("\r")
        .asks("Login ID, mobile number or email address:")
        .types("root@acme.example");
    work(&mut terminal).asks(CODE_ALONE).types_as(&site.new_code(), "<code>");
    chooses_password(&mut terminal).types("y").asks("Password of acme:").types_hidden(PASSWORD);
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts(PASSWORD));
}

#[test]
fn who_does_not_know_what_they_are_is_led() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal.offers(KIND).presses("\x1b[A").presses("\r");
    for question in [THREE, SAME, YOURSELF] {
        terminal.asks(question).types("n");
    }
    terminal
        .offers(KIND)
        .presses("\x1b[A")
        .presses("\r")
        .asks(THREE)
        .types("n")
        .asks(SAME)
        .types("y")
        .asks("Login ID, mobile number or email address:")
        .types("9lives")
        .asks("Login ID, mobile number or email address:")
        .presses("\x1b")
        .offers(KIND)
        .presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn an_account_whose_contacts_are_gone_is_pointed_to_customer_service() {
    let site = acme_with(HELP);
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal
        .offers(KIND)
        .presses("\x1b[B")
        .presses("\r")
        .asks("Login ID, mobile number or email address:")
        .types("acme");
    work(&mut terminal).offers(METHOD).presses("\x1b[A").presses("\r").offers(METHOD);
    terminal.presses("\x1b").offers(KIND).presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_unified_id_whose_contacts_are_gone_has_three_ways() {
    let site = acme_with(HELP);
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal
        .offers(KIND)
        .presses("\x1b[B")
        .presses("\x1b[B")
        .presses("\r")
        .asks("Login ID, mobile number or email address:")
        .types(MOBILE);
    work(&mut terminal).asks(CODE_ALONE).types("?").asks(CODE_ALONE);
    terminal.presses("\x1b").offers(KIND).presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
}

/// With the unified ID `uid`, reachable by these.
fn unified(contacts: &[&str]) -> Site {
    let site = acme();
    let create = ["account", "create", "uid", "--kind", "unified", "-y"];
    site.ok(&[create.as_slice(), contacts].concat());
    site
}

#[test]
fn an_unfamiliar_device_asks_for_one_more_proof() {
    let site = unified(&["--email", "uid@example.com", "--mobile", MOBILE]);
    let mut terminal = site.terminal(&["password", "reset", "uid"]);
    work(&mut terminal)
        .offers(METHOD)
        .presses("\r")
        .asks("Email address:")
        .types("uid@example.com")
        .asks(CODE);
    terminal.types_as(&site.new_code(), "<code>").asks("Mobile number:").types(MOBILE).asks(OTHER_CODE);
    terminal.types_as(&site.new_code(), "<other code>");
    chooses_password(&mut terminal).types("n");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn who_has_no_other_proof_is_shown_the_form() {
    let site = unified(&["--email", "uid@example.com"]);
    let mut terminal = site.terminal(&["password", "reset", "uid@example.com"]);
    work(&mut terminal).asks(CODE_ALONE).types_as(&site.new_code(), "<code>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_familiar_device_asks_for_nothing_more() {
    let site = unified(&["--email", "uid@example.com"]);
    let mut terminal = site.terminal(&["password", "reset", "uid@example.com"]);
    work(&mut terminal).asks(CODE_ALONE).types_as(&site.new_code(), "<code>");
    terminal.ends();
    // A password from the administrator, and a sign-in with it; then as if the first one was yesterday.
    site.pipe(&["admin-reset", "uid", "--override", "--password-stdin", "--no-must-change", "-y"], PASSWORD)
        .succeeded();
    site.pipe(&["login", "uid", "--password-stdin"], PASSWORD).succeeded();
    site.discard_mail();
    site.edit("devices", |device| device.shift("first_seen", -86_400_000));
    let mut terminal = site.terminal(&["password", "reset", "uid@example.com"]);
    work(&mut terminal).asks(CODE_ALONE).types_as(&site.new_code(), "<code>");
    terminal.asks("New password:").leaves();
    insta::assert_snapshot!(terminal.ends().play());
}

/// The way of somebody who enters an address and guesses.
fn guessing(site: &Site, address: &str) -> String {
    let mut terminal = site.terminal(&["password", "reset", address]);
    work(&mut terminal).asks(CODE_ALONE);
    for guess in ["000000", "111111", "?", "", "222222", "333333", "444444", "555555"] {
        terminal.types(guess).asks(CODE_ALONE);
    }
    terminal.leaves();
    terminal.ends().play().replace(address, "<address>")
}

#[test]
fn e1_an_entered_address_looks_the_same_for_everyone() {
    let site = unified(&["--email", "uid@example.com"]);
    site.ok(&["account", "create", "idle", "--email", "root@idle.example", "-y"]);
    site.ok(&["account", "disable", "idle", "-y"]);
    let stranger = guessing(&site, "someone@else.example");
    insta::assert_snapshot!(stranger);
    for address in ["uid@example.com", "root@acme.example", "root@idle.example"] {
        assert_eq!(guessing(&site, address), stranger, "{address}");
    }
}

#[test]
fn a_new_unified_id_is_registered() {
    let site = acme();
    let mut terminal = site.terminal(&["account", "register"]);
    terminal
        .asks("Login ID for the new ID:")
        .types("acme")
        .asks("Mobile number:")
        .types("123")
        .asks("Mobile number:")
        .types("+49 151 12345678");
    work(&mut terminal).asks(CODE_ALONE).types_as(&site.new_code(), "<code>").asks("Login ID:").types("dora");
    chooses_password(&mut terminal).types("y").asks("Password of dora:").types_hidden(PASSWORD);
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn e1_a_taken_number_looks_like_a_free_one() {
    let site = unified(&["--mobile", MOBILE]);
    let registering = |mobile: &str| {
        let mut terminal = site.terminal(&["account", "register", "dora", "--mobile", mobile]);
        work(&mut terminal).asks(CODE_ALONE);
        for guess in ["000000", "?", "", "111111"] {
            terminal.types(guess).asks(CODE_ALONE);
        }
        terminal.leaves();
        terminal.ends().play()
    };
    let taken = registering(MOBILE);
    insta::assert_snapshot!(taken);
    assert_eq!(registering("+4915187654321"), taken);
}
