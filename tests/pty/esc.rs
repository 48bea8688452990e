//! Esc: back one step, twice to leave. Where there is no step to go back to, the first time says so and asks again.

use super::playing::{Playing, acme, with_password};
use super::terminal::Terminal;
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";
const CODE: &str = "Code (Enter: send again, m: other method, ?: no code came):";
const CODE_ALONE: &str = "Code (Enter: send again, ?: no code came):";
const METHOD: &str = "How do you want to prove who you are?";
const FIRST: &str = "New password:";
const AGAIN: &str = "New password again:";
const MOBILE: &str = "+4915112345678";

fn work(terminal: &mut Terminal) -> &mut Terminal {
    terminal.asks("Characters in the picture:").types("work")
}

/// A reset of `acme` up to the new password.
fn at_the_password(site: &Site) -> Terminal {
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    work(&mut terminal)
        .offers(METHOD)
        .presses("\r")
        .asks("Email address:")
        .types("root@acme.example")
        .asks(CODE);
    terminal.types_as(&site.new_code(), "<code>").asks(FIRST);
    terminal
}

/// What stands on the screen from the last line on that begins so.
fn since<'s>(play: &'s str, begins: &str) -> &'s str {
    let at = play.rfind(&format!("\n{begins}")).unwrap_or_else(|| panic!("no {begins:?} in:\n{play}"));
    &play[at + 1..]
}

#[test]
fn from_the_second_typing_to_the_first() {
    let site = acme();
    let mut terminal = at_the_password(&site);
    terminal.types_hidden(NEW).asks(AGAIN).presses("\x1b").asks(FIRST);
    terminal.types_hidden(PASSWORD).asks(AGAIN).presses("\x1b").asks(FIRST);
    terminal.types_hidden(PASSWORD).asks(AGAIN).types_hidden(PASSWORD);
    terminal.asks("Log in now? (continues automatically in 10 seconds) [Y/n]").types("n");
    assert_eq!(terminal.ends().exit, "exit 0");
    assert!(site.accepts(PASSWORD));
}

#[test]
fn twice_from_the_second_typing_leaves() {
    let site = acme();
    let mut terminal = at_the_password(&site);
    terminal.types_hidden(NEW).asks(AGAIN).presses("\x1b").asks(FIRST).presses("\x1b");
    let play = terminal.ends().play();
    assert_eq!(
        since(&play, "New password again:"),
        "New password again:\nNew password:\n\
         error: cancelled at the prompt; nothing was changed\n\
         hint: continue: `regain password reset --resume req_…`\n\n[exit 5]"
    );
}

#[test]
fn at_the_new_password_of_a_reset_of_one_that_is_resumed_and_of_a_registration() {
    let site = acme();
    let left = "New password:\n\
                There is no step to go back to. Press Esc once more to leave. To continue later:\n\
                `regain password reset --resume req_…`\n";
    let ends = "New password:\n\
                error: cancelled at the prompt; nothing was changed\n\
                hint: continue: `regain password reset --resume req_…`\n\n[exit 5]";
    let mut reset = at_the_password(&site);
    let screen = reset.screen();
    let id = &screen[screen.find("req_").unwrap()..][..28];
    reset.leaves();
    let mut resumed = site.terminal(&["password", "reset", "--resume", id]);
    resumed.asks(FIRST).leaves();
    let mut register = site.terminal(&["account", "register", "dora", "--mobile", MOBILE]);
    work(&mut register).asks(CODE_ALONE);
    register.types_as(&site.new_code(), "<code>").asks(FIRST).leaves();
    for mut terminal in [reset, resumed, register] {
        let play = terminal.ends().play();
        assert!(play.contains(left), "{play}");
        assert_eq!(since(&play, "New password:"), ends);
    }
}

#[test]
fn at_the_first_question_of_a_reset_and_at_its_menu() {
    let site = acme();
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    terminal.asks("Characters in the picture:").presses("\x1b").asks("Characters in the picture:");
    // Whoever answers has not left.
    terminal.types("work").offers(METHOD).presses("\x1b").offers(METHOD).presses("\x1b");
    let play = terminal.ends().play();
    assert_eq!(
        since(&play, "There is no step"),
        "There is no step to go back to. Press Esc once more to leave. To continue later:\n\
         `regain password reset --resume req_…`\n\
         How do you want to prove who you are?\n\
         error: cancelled at the prompt; nothing was changed\n\
         hint: continue: `regain password reset --resume req_…`\n\n[exit 5]"
    );
}

#[test]
fn at_the_number_of_the_second_proof() {
    let site = acme();
    let create = ["account", "create", "uid", "--kind", "unified", "--email", "uid@example.com", "-y"];
    site.ok(&[create.as_slice(), &["--mobile", MOBILE]].concat());
    let mut terminal = site.terminal(&["password", "reset", "uid"]);
    work(&mut terminal)
        .offers(METHOD)
        .presses("\r")
        .asks("Email address:")
        .types("uid@example.com")
        .asks(CODE);
    terminal.types_as(&site.new_code(), "<code>").asks("Mobile number:").presses("\x1b");
    terminal
        .asks("Mobile number:")
        .types(MOBILE)
        .asks("Code (Enter: send again, m: correct the address, ?: no code came):");
    // Now there is one: the number, and from there the code again.
    terminal.presses("\x1b").asks("Mobile number:").presses("\x1b");
    let play = terminal.ends().play();
    assert!(
        play.contains(
            "Mobile number:\n\
             There is no step to go back to. Press Esc once more to leave. To continue later:\n\
             `regain password reset --resume req_…`\n\
             Mobile number: +4915112345678\n"
        ),
        "{play}"
    );
    assert!(play.ends_with("[exit 5]"), "{play}");
}

#[test]
fn at_a_forced_change_at_a_change_and_at_a_sign_in() {
    let site = with_password(PASSWORD).without_protection();
    let warned = "There is no step to go back to. Press Esc once more to leave.\n";
    site.edit("users", |row| row["must_change"] = 1.into());
    let mut forced = site.terminal(&["login", "acme"]);
    forced.asks("Password:").types_hidden(PASSWORD).asks(FIRST).leaves();
    let mut change = site.terminal(&["password", "change", "acme"]);
    change.asks("Old password:").types_hidden(PASSWORD).asks(FIRST).leaves();
    let play = change.ends().play();
    let end = format!("New password:\n{warned}New password:\nerror: cancelled at the prompt\n\n[exit 5]");
    assert!(play.ends_with(&end), "{play}");
    let play = forced.ends().play();
    let end = "New password:\n\
               There is no step to go back to. Press Esc once more to leave. To continue later: `regain login acme`\n\
               New password:\n\
               error: cancelled at the prompt\n\
               hint: continue: `regain login acme`\n\n[exit 5]";
    assert!(play.ends_with(end), "{play}");
    // Nothing was answered yet, so there is nothing to lose.
    let mut login = site.terminal(&["login", "acme"]);
    login.asks("Password:").presses("\x1b");
    assert_eq!(login.ends().play(), "Password:\nerror: cancelled at the prompt\n\n[exit 5]");
}

#[test]
fn from_the_password_of_a_sign_in_to_the_name() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["login"]);
    let (kind, name) = ("IAM user, account, or unified ID?", "Login ID, mobile number or email address:");
    terminal.offers(kind).presses("\x1b[B\r").asks(name).types("acne").asks("Password:").presses("\x1b");
    terminal
        .offers(kind)
        .presses("\x1b[B\r")
        .asks(name)
        .types("acme")
        .asks("Password:")
        .types_hidden(PASSWORD);
    let play = terminal.ends().play();
    assert!(play.contains("Signed in as acme (Enterprise administrator)."), "{play}");
}

#[test]
fn from_the_menu_of_what_now_to_the_code() {
    let site = with_password(PASSWORD).without_protection();
    let mut terminal = site.terminal(&["contact", "change", "acme", "--email", "new@acme.example"]);
    let code = "Code sent to r***@a***.example (Enter: cannot read it, ?: no code came):";
    terminal.asks("Password of acme:").types_hidden(PASSWORD).asks(code).types("").offers("What now?");
    terminal.presses("\x1b").asks(code).types("").offers("What now?");
    // From the code to the menu, and twice in a row is the end.
    terminal.presses("\r").asks(code).presses("\x1b").offers("What now?").presses("\x1b");
    assert_eq!(terminal.ends().exit, "exit 5");
}
