//! `login`: signing in, and the ways on from there.

use super::playing::{Playing, acme, with_password};

const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";
const OFFER: &str = "Forgot your password? Reset it now? [y/N]";

#[test]
fn a_right_password_says_who_you_are() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal.asks("Password:").types_hidden(PASSWORD);
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_wrong_password_offers_a_reset_to_strangers_too() {
    let site = with_password(PASSWORD);
    let play = |who: &str| {
        let mut terminal = site.terminal(&["login", who]);
        terminal.asks("Password:").types_hidden("not the right one").asks(OFFER).types("y");
        terminal.asks("Characters in the picture:").leaves();
        terminal.ends().play()
    };
    let stranger = play("nobody");
    insta::assert_snapshot!(stranger);
    assert_eq!(play("acme"), stranger);
}

#[test]
fn who_declines_the_offer_is_not_signed_in() {
    let site = with_password(PASSWORD);
    for keys in ["n\r", "\r", "\x1b", "\x04"] {
        let mut terminal = site.terminal(&["login", "acme"]);
        terminal.asks("Password:").types_hidden("not the right one").asks(OFFER).presses(keys);
        assert_eq!(terminal.ends().exit, "exit 11", "{keys:?}");
    }
}

#[test]
fn a_password_that_must_be_changed_is_changed_on_the_way() {
    let site = with_password(PASSWORD);
    site.edit("users", |row| row["must_change"] = 1.into());
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal
        .asks("Password:")
        .types_hidden(PASSWORD)
        .asks("New password:")
        .types_hidden("tiny 7")
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password:")
        .types_hidden(NEW)
        .asks("New password again:")
        .types_hidden(NEW);
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts(NEW) && !site.accepts(PASSWORD));
}

#[test]
fn who_leaves_the_forced_change_keeps_the_old_one() {
    let site = with_password(PASSWORD);
    site.edit("users", |row| row["must_change"] = 1.into());
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal.asks("Password:").types_hidden(PASSWORD).asks("New password:").leaves();
    insta::assert_snapshot!(terminal.ends().play());
    site.edit("users", |row| row["must_change"] = 0.into());
    assert!(site.accepts(PASSWORD));
}

#[test]
fn with_no_input_the_option_is_named() {
    let site = acme();
    insta::assert_snapshot!(site.terminal(&["login", "acme", "--no-input"]).ends().play());
}
