//! What somebody meets who mistypes, changes their mind, comes back, sits at a small window or has its lines read out.

use super::playing::{Playing, acme, acme_with};
use super::terminal::Terminal;
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";
const CODE: &str = "Code (Enter: send again, m: other method, ?: no code came):";
const OTHER_CODE: &str = "Code (Enter: send again, m: correct the address, ?: no code came):";
const METHOD: &str = "How do you want to prove who you are?";
const KIND: &str = "IAM user, account, or unified ID?";
const EMAIL: &str = "uid@example.com";
const MOBILE: &str = "+4915112345678";

/// With the unified ID `uid`.
fn unified() -> Site {
    let site = acme();
    site.ok(&["account", "create", "uid", "--kind", "unified", "--email", EMAIL, "--mobile", MOBILE, "-y"]);
    site
}

fn work(terminal: &mut Terminal) -> &mut Terminal {
    terminal.asks("Characters in the picture:").types("work")
}

fn to_code<'t>(terminal: &'t mut Terminal, address: &str) -> &'t mut Terminal {
    work(terminal).offers(METHOD).presses("\r").asks("Email address:").types(address).asks(CODE)
}

#[test]
fn a_mistyped_number_of_the_second_proof_is_corrected_at_once() {
    let site = unified();
    let mut terminal = site.terminal(&["password", "reset", "uid"]);
    to_code(&mut terminal, EMAIL);
    terminal
        .types_as(&site.new_code(), "<code>")
        .asks("Mobile number:")
        .types("+4915187654321")
        .asks(OTHER_CODE)
        .types("?")
        .asks(OTHER_CODE)
        .types("m")
        .asks("Mobile number:")
        .types(MOBILE)
        .asks(OTHER_CODE)
        .types_as(&site.new_code(), "<other code>")
        .asks("New password:")
        .types_hidden(PASSWORD)
        .asks("New password again:")
        .types_hidden(PASSWORD)
        .asks("Log in now? (continues automatically in 10 seconds) [Y/n]")
        .types("n");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn a_mistyped_address_is_corrected_at_once_and_then_it_takes_its_time() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "rooot@acme.example");
    assert_eq!(site.new_mail().len(), 0);
    let correct = |terminal: &mut Terminal, address: &str| {
        terminal.types("m").offers(METHOD).presses("\r").asks("Email address:").types(address).asks(CODE);
    };
    correct(&mut terminal, "root@acme.example");
    let code = site.new_code();
    correct(&mut terminal, "third@acme.example");
    assert!(
        terminal.screen().contains("Not accepted: a code was asked for a moment ago"),
        "{}",
        terminal.screen()
    );
    // The code before it still counts.
    terminal.types_as(&code, "<code>").asks("New password:").presses("\x04");
    terminal.ends();
}

#[test]
fn esc_goes_back_one_step_and_twice_leaves() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal
        .offers(KIND)
        .presses("\x1b[B")
        .presses("\r")
        .asks("Login ID, mobile number or email address:")
        .presses("\x1b")
        .offers(KIND)
        .presses("\r")
        .asks("Account name, or your email address or mobile number:")
        .types("acne")
        .asks("IAM user name or email address:")
        .presses("\x1b")
        .asks("Account name, or your email address or mobile number:")
        .types("acme/alice");
    // Before the first answer of the request: back to who it is.
    terminal
        .asks("Characters in the picture:")
        .presses("\x1b")
        .offers(KIND)
        .presses("\x1b[B")
        .presses("\r")
        .asks("Login ID, mobile number or email address:")
        .types("acme");
    to_code(&mut terminal, "root@acme.example");
    terminal
        .presses("\x1b")
        .offers(METHOD)
        .presses("\r")
        .asks("Email address:")
        .presses("\x1b")
        .offers(METHOD)
        // The code that was asked for is still there.
        .presses("\x1b[A")
        .presses("\x1b[A")
        .presses("\r")
        .asks(CODE)
        .presses("\x1b")
        .offers(METHOD)
        .presses("\x1b");
    let ended = terminal.ends();
    assert_eq!(ended.exit, "exit 5", "{}", ended.screen);
    insta::assert_snapshot!(ended.play());
    let states = site.rows("requests").iter().map(|row| row.text("state").to_owned()).collect::<Vec<_>>();
    assert_eq!(states, ["cancelled", "code"]);
}

#[test]
fn whoever_comes_back_with_a_code_goes_on() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    to_code(&mut terminal, "root@acme.example").presses("\x04");
    terminal.ends();
    let mut terminal = site.terminal(&["password", "reset"]);
    terminal.offers(KIND).presses("\x1b[A");
    terminal.tells("> I have a code: continue the reset that was started here");
    terminal
        .presses("\r")
        .asks(CODE)
        .types_as(&site.new_code(), "<code>")
        .asks("New password:")
        .presses("\x04");
    terminal.ends();
}

#[test]
fn where_no_picture_fits_the_machine_works() {
    let site = acme();
    for (window, environment) in [
        ((20, 60), &[][..]),
        ((20, 80), &[]),
        ((24, 80), &[("ACCESSIBLE", "1")]),
        ((24, 80), &[("TERM", "dumb")]),
    ] {
        let mut terminal = Terminal::start_in(&site, &["password", "reset", "acme"], window, environment);
        if environment.is_empty() {
            terminal.offers(METHOD);
        } else {
            terminal.asks("Number (1-4):").types("1").asks("Email address:");
        }
        let screen = terminal.screen();
        assert!(screen.contains("This machine does a proof of work") && !screen.contains('█'), "{screen}");
        terminal.presses("\x04");
        terminal.ends();
    }
    let mut terminal = Terminal::start_in(&site, &["password", "reset", "acme"], (24, 80), &[]);
    terminal.asks("Characters in the picture:").presses("\x04");
    terminal.ends();
}

#[test]
fn a_narrow_window_breaks_menus_between_words_and_no_command() {
    let site = acme();
    let mut terminal = Terminal::start_in(&site, &["password", "reset", "acme"], (20, 60), &[]);
    // A menu is painted line by line.
    terminal.offers(METHOD).tells("    where you can)");
    let screen = terminal.screen();
    assert!(
        screen.contains("  Mobile number (an SMS can be intercepted; prefer email\n    where you can)\n"),
        "{screen}"
    );
    terminal.presses("\x04");
    let ended = terminal.ends();
    let command = |line: &&str| line.trim_start().starts_with("regain password reset --resume req_");
    let commands: Vec<&str> = ended.screen.lines().filter(command).collect();
    assert_eq!(commands, ["regain password reset --resume req_…"; 2], "{}", ended.screen);
}

#[test]
fn an_authenticator_is_shown_as_a_whole_or_as_its_key() {
    let site = acme_with("");
    let (mut small, mut usual) = (None, None);
    for (window, shown) in [((20, 60), &mut small), ((24, 80), &mut usual)] {
        let mut terminal = Terminal::start_in(&site, &["mfa", "enrol", "acme", "-y"], window, &[]);
        terminal.asks("Code that the authenticator shows now (?: help):");
        *shown = Some(terminal.screen());
        terminal.presses("\x04");
        terminal.ends();
        site.ok(&["mfa", "remove", "acme", "-y"]);
    }
    let (small, usual) = (small.unwrap(), usual.unwrap());
    assert!(small.contains("Add an entry to your authenticator for acme, or type its\nkey:\n  "), "{small}");
    assert!(!small.contains('█') && usual.contains('█'), "{usual}");
    // Its head is still there.
    assert!(usual.starts_with("Scan this code for acme, or type its key: "), "{usual}");
}

#[test]
fn a_list_of_people_is_a_line_each() {
    let site = acme();
    site.ok(&[
        "user",
        "create",
        "acme/alexandra.longname",
        "--email",
        "a@example.com",
        "--mobile",
        MOBILE,
        "-y",
    ]);
    site.lock("alexandra.longname");
    for window in [(24, 80), (20, 60)] {
        let mut terminal = Terminal::start_in(&site, &["user", "list"], window, &[]);
        terminal.ends();
        let screen = terminal.screen();
        let of = |name: &str| screen.lines().filter(|line| line.starts_with(name)).count();
        assert_eq!((of("acme "), of("acme/alexandra.longname  ")), (1, 1), "{screen}");
        assert!(screen.contains("Enterprise administrator") && screen.contains("locked"), "{screen}");
        assert!(screen.contains("No room for: last sign-in"), "{screen}");
    }
}

#[test]
fn the_pages_of_help_fit_a_small_window() {
    let site = acme();
    for topic in ["forgot", "codes", "locked", "mfa", "change", "protection", "appeal", "kinds"] {
        let mut terminal = Terminal::start_in(&site, &["faq", topic], (24, 80), &[]);
        terminal.ends();
        let page = site.ok(&["faq", topic]);
        let screen = terminal.screen();
        assert!(screen.starts_with(page.lines().next().unwrap()), "{screen}");
    }
}

#[test]
fn the_serial_number_of_an_appeal_is_asked_for_nothing_more() {
    let site = acme();
    let form = "kind = \"appeal\"\nwho = \"acme\"\nnew_mobile = \"+4915187654321\"\n";
    let submitted =
        site.pipe(&["appeal", "submit", "--from", "-", "-o", "json", "-q"], form).succeeded().json();
    let serial = submitted["serial"].as_str().unwrap();
    site.ok(&["appeal", "approve", serial, "-y", "--reason", "certificate seen"]);
    site.discard_mail();
    let mut terminal = site.terminal(&["password", "reset", "--appeal", serial]);
    work(&mut terminal).asks(CODE);
    terminal.types_as(&site.new_code(), "<code>").asks("New password:").presses("\x04");
    let play = terminal.ends().play();
    assert!(
        play.contains("\nA code is on its way to the mobile number that your appeal granted.\nCode "),
        "{play}"
    );
}

#[test]
fn help_for_a_code_names_only_what_works_there() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    // By account name, nothing was typed that could be wrong.
    work(&mut terminal)
        .offers(METHOD)
        .presses("\x1b[B\x1b[B\r")
        .asks(CODE)
        .types("?")
        .asks(CODE)
        .presses("\x03");
    let by_name = terminal.ends().play();
    let help = |play: &str| play[play.find("Why a code may not come:").expect(play)..].to_owned();
    insta::assert_snapshot!("help_by_account_name", help(&by_name));

    let form = "kind = \"appeal\"\nwho = \"acme\"\nnew_mobile = \"+4915187654321\"\n";
    let submitted =
        site.pipe(&["appeal", "submit", "--from", "-", "-o", "json", "-q"], form).succeeded().json();
    let serial = submitted["serial"].as_str().unwrap();
    site.ok(&["appeal", "approve", serial, "-y", "--reason", "certificate seen"]);
    let mut terminal = site.terminal(&["password", "reset", "--appeal", serial]);
    work(&mut terminal)
        .asks(CODE)
        .types("?")
        .asks(CODE)
        .types("m")
        .offers(METHOD)
        .presses("\x1b[A\r")
        .offers(METHOD);
    terminal.presses("\x03");
    insta::assert_snapshot!("help_in_an_appeal", help(&terminal.ends().play()));
}
