//! A call to the help desk: the caller reads a code out, and it is typed at once.

use super::playing::{Playing, acme, other_than, with_password};

const CODE: &str = "Code that the caller reads out:";

#[test]
fn a_caller_is_verified_while_on_the_phone() {
    let site = acme();
    let mut terminal = site.terminal(&["support", "challenge", "acme"]);
    terminal.asks("Go on? [y/N]").types("y").asks(CODE);
    let code = site.new_code();
    terminal
        .types("12 34")
        .asks(CODE)
        .types_as(other_than(&code), "<misheard>")
        .asks(CODE)
        .types_as(&code, "<code>");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn the_caller_may_ring_again() {
    let site = acme();
    let mut terminal = site.terminal(&["support", "challenge", "acme", "-y"]);
    terminal.asks(CODE);
    let challenge = site.json(&["user", "diagnose", "acme"])["challenge"].clone();
    let of = |key: &str| challenge[key].as_str().unwrap().to_owned();
    let id = of("id");
    terminal.names(&of("operator"), "<operator>").presses("\x1b");
    insta::assert_snapshot!(terminal.ends().play());
    let code = site.new_code();
    let mut terminal = site.terminal(&["support", "confirm", &id]);
    terminal.asks(CODE).types_as(&code, "<code>");
    insta::assert_snapshot!("confirmed_later", terminal.ends().play());
}

#[test]
fn a_caller_reads_out_that_it_was_not_them() {
    let site = with_password("correct horse battery staple 9");
    let id = site.request_at_password();
    site.pipe(&["request", "set-password", &id, "--password-stdin"], "vivid anchor 42 mellow tundra\n")
        .succeeded();
    let notice = site.new_mail().into_iter().find(|mail| mail.contains("was reset")).unwrap();
    let reference = notice.split("disown ").nth(1).unwrap().split_whitespace().next().unwrap();
    let mut terminal = site.terminal(&["request", "disown", reference, "--for-caller"]);
    terminal.names(reference, "<reference>").asks("Go on? [y/N]").types("y");
    insta::assert_snapshot!(terminal.ends().play());
    assert!(!site.accepts("vivid anchor 42 mellow tundra"));
}
