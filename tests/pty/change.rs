//! `password change`: with the old one.

use super::playing::{Playing, acme, with_password};

const OLD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";

#[test]
fn the_old_one_then_the_new_one_twice() {
    let site = with_password(OLD).without_protection();
    let mut terminal = site.terminal(&["password", "change", "acme"]);
    terminal
        .asks("Old password:")
        .types_hidden(OLD)
        .asks("New password:")
        .types_hidden("acme-acme-acme-acme")
        .asks("New password:")
        .types_hidden("vivid anchor 42 mellow tundra\u{200b}")
        .asks("New password:")
        .types_hidden(NEW)
        .asks("New password again:")
        .types_hidden(NEW);
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts(NEW) && !site.accepts(OLD));
}

#[test]
fn e1_a_wrong_old_password_and_a_stranger_look_alike() {
    let site = with_password(OLD);
    let play = |who: &str| {
        let mut terminal = site.terminal(&["password", "change", who]);
        terminal.asks("Old password:").types_hidden("not the right one");
        terminal.ends().play()
    };
    let stranger = play("nobody");
    insta::assert_snapshot!(stranger);
    assert_eq!(play("acme"), stranger);
    assert!(site.accepts(OLD));
}

#[test]
fn with_no_input_the_option_is_named() {
    let site = acme();
    insta::assert_snapshot!(site.terminal(&["password", "change", "acme", "--no-input"]).ends().play());
}
