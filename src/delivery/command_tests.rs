use super::*;
use crate::domain::mailbox::Mailbox;
use crate::domain::message::Message;

fn run(script: &str, input: Input, timeout: u64) -> Result<Accepted, (Stage, Persistence, String)> {
    let message = Message {
        to: "+4915112345678".to_owned(),
        subject: "Your code".to_owned(),
        body: "012345 is it\n".to_owned(),
    };
    let at = "2026-11-21T18:12:03Z".parse().unwrap();
    let outbound = OutboundMessage { id: "msg_0a1", at, message: &message, again: false };
    let argv = ["/bin/sh", "-c", script, "name", "$HOME; two words"].map(str::to_owned);
    Command::new(&argv, input, Duration::from_secs(timeout))
        .hand_over(&outbound)
        .map_err(|error| (error.stage, error.persistence, error.redacted(&message)))
}

fn letterhead() -> Input {
    let head = Letterhead { from: Mailbox::bare("regain@localhost"), reply_to: None, html: false };
    Input::Letter(head)
}

#[test]
fn t7_an_sms_reaches_the_program_without_a_shell_and_without_an_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seen");
    let script = format!(
        "{{ /bin/cat; echo \"[$1]\"; /usr/bin/env; pwd; }} > {}; echo ref-7; echo more",
        file.display()
    );
    assert_eq!(run(&script, Input::Sms, 20).unwrap().reference, "ref-7");
    let seen = std::fs::read_to_string(file).unwrap();
    // PWD and the like are the shell's own.
    let (given, environment) = seen.split_once("[$HOME; two words]\n").unwrap();
    assert_eq!(given, "To: +4915112345678\nMessage-ID: msg_AaB\n\n012345 is it\n");
    for line in environment.lines() {
        assert!(["PWD=/", "OLDPWD=", "SHLVL=", "_=", "/"].iter().any(|own| line.starts_with(own)), "{line}");
    }
}

#[test]
fn an_email_reaches_it_as_a_letter_with_lines_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seen");
    run(&format!("/bin/cat > {}", file.display()), letterhead(), 20).unwrap();
    let seen = std::fs::read_to_string(file).unwrap();
    assert!(
        seen.starts_with("Date: ") && !seen.contains('\r') && seen.ends_with("\n\n012345 is it\n"),
        "{seen}"
    );
}

#[test]
fn t9_exit_codes_tell_whether_to_try_again_and_words_are_redacted() {
    use Persistence::{Permanent, Temporary};
    use Stage::Accept;
    let end = |text: &str| format!("hand the message over: {text}");
    assert_eq!(
        run("cat >/dev/null; echo 'no +4915112345678, code 012345' >&2; exit 67", Input::Sms, 20),
        Err((Accept, Permanent, end("the program ended with 67: no [...], code [...]")))
    );
    assert_eq!(
        run("cat >/dev/null; exit 75", Input::Sms, 20),
        Err((Accept, Temporary, end("the program ended with 75")))
    );
    assert_eq!(
        run("cat >/dev/null; kill -9 $$", Input::Sms, 20),
        Err((Accept, Temporary, end("the program was ended by signal 9")))
    );
    assert_eq!(
        run("exit 0", Input::Sms, 20),
        Err((Accept, Temporary, end("the program succeeded, but read nothing of the message")))
    );
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("late");
    let script = format!("trap '' TERM; (sleep 4; echo late > {}) & sleep 30", file.display());
    let began = Instant::now();
    let told = "hand the message over: no answer came within 1 s".to_owned();
    assert_eq!(run(&script, Input::Sms, 1), Err((Stage::Accept, Persistence::Temporary, told)));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    std::thread::sleep(Duration::from_secs(5).saturating_sub(began.elapsed()));
    assert!(!file.exists(), "what it started still runs");
}

#[test]
fn a_program_that_talks_without_end_is_heard_for_a_while_only() {
    let (_, _, words) = run("cat >/dev/null; yes | head -c 1000000 >&2; exit 1", Input::Sms, 20).unwrap_err();
    assert!(
        words.len() < 300 && words.starts_with("hand the message over: the program ended with 1: y y"),
        "{words}"
    );
}

#[test]
fn a_program_that_leaves_a_child_behind_is_not_waited_for() {
    let began = Instant::now();
    run("cat >/dev/null; sleep 5 & exit 0", Input::Sms, 20).unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn a_program_that_is_not_there_is_told_by_its_stage() {
    let argv = ["/nonexistent/sendmail".to_owned()];
    let mut command = Command::new(&argv, Input::Sms, Duration::from_secs(1));
    let error = command.probe().unwrap_err();
    assert_eq!(error.stage, Stage::Start);
    assert_eq!(error.fault.to_string(), "/nonexistent/sendmail cannot be run");
    assert!(can_run(Path::new("/etc")).is_err() && can_run(Path::new("/etc/passwd")).is_err());
}
