//! `appeal submit`: the form, left and taken up again, and corrected before it is sent.

use super::playing::{Playing, acme};
use super::terminal::Terminal;
use crate::site::Site;

const NUMBER: &str = "New mobile number, which the result goes to (such as +4915112345678):";
const WHO: &str = "Account or unified ID (name, email address or mobile number):";

/// The questions of the five groups.
const QUESTIONS: [&str; 13] = [
    "In whose name the lost number is registered:",
    "The lost mobile number:",
    "Its carrier, and since when you have had it:",
    "The email address that was bound:",
    "Whether an authenticator (virtual MFA) was bound, and on what:",
    "When you last changed the password (never type a password here):",
    "Your name, or the company's:",
    "Names of some IAM users in the account:",
    "When the account was created:",
    "When and where you last signed in:",
    "What was changed lately:",
    "The devices you usually sign in from:",
    "The places or networks you usually sign in from:",
];
const RIGHT: &str = "Is everything right?";

/// The id of the form, as the screen told it, with what it is called in the play.
fn form_id(terminal: &Terminal) -> String {
    let screen = terminal.screen();
    let at = screen.find("dft_").unwrap();
    screen[at..at + 28].to_owned()
}

fn begin(terminal: &mut Terminal) {
    terminal.offers("What do you want to submit?").presses("\r").asks(WHO);
}

#[test]
fn a_form_is_filled_in_corrected_and_submitted() {
    let site = acme();
    let mut terminal = site.terminal(&["appeal", "submit"]);
    begin(&mut terminal);
    terminal
        .types("7up")
        .tells("Not accepted: a name begins with a letter, '-', '_' or '.', not with a digit.")
        .asks(WHO)
        .types("?")
        .tells("The name of the account, the login ID of a unified ID, or the email address or mobile number bound to it.")
        .asks(WHO)
        .types("acme")
        .asks(NUMBER)
        .types("0151")
        .tells("Not accepted: write a mobile number as +, country code and number, such as +4915112345678.")
        .asks(NUMBER)
        .types("+49 151 12345678")
        .asks("New email address (Enter alone: none):")
        .types("");
    for (question, answer) in QUESTIONS.into_iter().zip([
        "Alice Example",
        "",
        "",
        "root@acme.example",
        "no",
        "",
        "Acme Inc.",
        "",
        "",
        "in May",
        "",
        "a laptop",
        "",
    ]) {
        terminal.asks(question).types(answer);
    }
    terminal
        .offers(RIGHT)
        .presses("\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\r")
        .asks("When the account was created:")
        .types("in 2019")
        .asks("When and where you last signed in: in May")
        .types(", at home")
        .asks("What was changed lately:")
        .types("")
        .offers(RIGHT)
        .presses("\r");
    insta::assert_snapshot!(terminal.ends().play());
    let listed = site.json(&["appeal", "list"]);
    let shown = site.json(&["appeal", "show", listed[0]["serial"].as_str().unwrap()]);
    let claimed = |field: &str| {
        let rows = shown["claims"].as_array().unwrap();
        rows.iter().find(|row| row["field"] == field).unwrap()["claimed"].clone()
    };
    assert_eq!((claimed("created"), claimed("last_login")), ("in 2019".into(), "in May, at home".into()));
}

#[test]
fn a_ticket_that_was_left_is_taken_up_again() {
    let site = acme();
    let mut terminal = site.terminal(&["appeal", "submit"]);
    terminal
        .offers("What do you want to submit?")
        .presses("\x1b[B\r")
        .asks(WHO)
        .types("acme")
        .asks(NUMBER)
        .types("+4915112345678")
        .asks("New email address (Enter alone: none):");
    let id = form_id(&terminal);
    // Once goes back to the number, which stands there as it was typed.
    terminal.presses("\x1b").asks(&format!("{NUMBER} +4915112345678")).presses("\x1b");
    insta::assert_snapshot!("a_ticket_is_left", terminal.ends().play());
    // The terminal dies in the middle of an answer: what was given before it is kept.
    let mut terminal = site.terminal(&["appeal", "submit", "--resume", &id]);
    terminal
        .asks("New email address (Enter alone: none):")
        .types("")
        .asks("Real-name certificate: its kind, number and issuer:")
        .types("ID card, T22000129")
        .asks("The last three transactions: date, amount, what for:")
        .presses("half an ans");
    terminal.closes();
    let mut terminal = site.terminal(&["appeal", "submit", "--resume", &id]);
    terminal
        .asks("The last three transactions: date, amount, what for:")
        .types("three in May")
        .asks("Card on file, if there is one: bank, last four digits, expiry (never the whole number):")
        .types("")
        .asks("For an enterprise, the letter of authorisation: who signed it, for whom, when:")
        .types("")
        .offers(RIGHT)
        .presses("\x1b[A\r");
    insta::assert_snapshot!("a_ticket_is_taken_up_and_left_for_later", terminal.ends().play());
    let mut terminal = site.terminal(&["appeal", "submit", "--resume", &id]);
    terminal.offers(RIGHT).presses("\r");
    terminal.ends();
    let listed = site.json(&["appeal", "list"]);
    assert_eq!((&listed[0]["kind"], &listed[0]["user"]), (&"ticket".into(), &"acme".into()));
    let mut terminal = site.terminal(&["appeal", "submit", "--resume", &id]);
    insta::assert_snapshot!("a_form_that_was_sent_is_gone", terminal.ends().play());
}

/// Answers a form with the 13 words, and leaves it at the preview; its id.
fn answered(site: &Site, words: [&str; 13]) -> String {
    let mut terminal = site.terminal(&["appeal", "submit"]);
    begin(&mut terminal);
    terminal.types("acme").asks(NUMBER).types("+4915112345678");
    terminal.asks("New email address (Enter alone: none):").types("me@example.com");
    for (question, word) in QUESTIONS.into_iter().zip(words) {
        terminal.asks(question).types(word);
    }
    let id = form_id(&terminal);
    terminal.offers(RIGHT).presses("\x1b[A\r");
    assert_eq!(terminal.ends().exit, "exit 0");
    id
}

const WORDS: [&str; 13] = [
    "Alice",
    "0151",
    "Telco",
    "a@b.example",
    "no",
    "March",
    "Acme",
    "bob",
    "2019",
    "May",
    "nothing",
    "laptop",
    "Berlin",
];

#[test]
fn the_preview_of_short_answers_stands_on_the_screen_with_its_menu() {
    let site = acme();
    let id = answered(&site, WORDS);
    let mut terminal = Terminal::start_in(&site, &["appeal", "submit", "--resume", &id], (24, 80), &[]);
    terminal.offers(RIGHT).tells("  Leave it for later");
    let screen = terminal.screen();
    let preview = &screen[screen.find("What you are about").expect(&screen)..];
    insta::assert_snapshot!("preview_in_24_lines", preview);
    terminal.presses("\r");
    assert_eq!(terminal.ends().exit, "exit 0");
}

#[test]
fn a_preview_that_is_too_long_for_the_screen_comes_page_by_page() {
    let site = acme();
    let mut words = WORDS;
    words[10] = "the mobile number, the postal address of the company, and two IAM users who left in the spring of \
                 this year";
    let id = answered(&site, words);
    let mut terminal = Terminal::start_in(&site, &["appeal", "submit", "--resume", &id], (20, 60), &[]);
    terminal.asks("Press Enter to read on:");
    let screen = terminal.screen();
    let first = screen[screen.find("What you are about").expect(&screen)..].to_owned();
    terminal.types("").offers(RIGHT).tells("  Leave it for later");
    insta::assert_snapshot!("preview_in_20_lines", format!("{first}\n=====\n{}", terminal.screen()));
    // Esc goes back to the last question, and twice leaves.
    terminal.presses("\x1b").asks("The places or networks you usually sign in from: Berlin").presses("\x1b");
    let play = terminal.ends().play();
    assert!(
        play.ends_with(
            "error: cancelled at the prompt\n\
             hint: continue:\n\
             `regain appeal submit --resume dft_…`\n\n[exit 5]"
        ),
        "{play}"
    );
}

#[test]
fn esc_at_the_first_question_says_that_once_more_leaves() {
    let site = acme();
    let mut terminal = site.terminal(&["appeal", "submit"]);
    begin(&mut terminal);
    terminal.leaves();
    let play = terminal.ends().play();
    assert!(
        play.ends_with(
            "Account or unified ID (name, email address or mobile number):\n\
             There is no step to go back to. Press Esc once more to leave. To continue later:\n\
             `regain appeal submit --resume dft_…`\n\
             Account or unified ID (name, email address or mobile number):\n\
             error: cancelled at the prompt\n\
             hint: continue: `regain appeal submit --resume dft_…`\n\n[exit 5]"
        ),
        "{play}"
    );
}
