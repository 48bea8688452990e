//! What a refusal is about, and not when it came: only what is about the person ends their code.

use serde_json::Value;

use super::mail_site::{server, site};
use super::scripted::{Script, Server};
use crate::site::Site;

/// A server that answers so to one command, a site that uses it, and codes that wait, in this order.
fn waiting(command: &'static str, answers: &[&str], to: &[&str]) -> (Server, Site) {
    let answers: Vec<String> = answers.iter().map(|answer| format!("{answer}\r\n")).collect();
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let server_started = Server::start(Script::clear().says_in_turn(command, &answers));
    let site = site(&server(server_started.port, "none", ""));
    for (at, to) in to.iter().enumerate() {
        let name = format!("acme{}", char::from(b'a' + u8::try_from(at).unwrap()));
        site.run(&["account", "create", &name, "-y"]).succeeded();
        site.run(&["contact", "bind", &name, "--email", to, "-y"]).succeeded();
    }
    (server_started, site)
}

/// What the doctor says of the queue: its level, what it found, and the remedy.
fn queue(site: &Site) -> (String, String, Value) {
    let found: Value = site.run(&["doctor", "-o", "json"]).json();
    let queue = found.as_array().unwrap().iter().find(|finding| finding["check"] == "queue").unwrap();
    let text = |name: &str| queue[name].as_str().unwrap().to_owned();
    (text("level"), text("message"), queue["remedy"].clone())
}

/// How the state of a code and the end of a run tell, after a run of the worker.
fn after_run(site: &Site) -> (i32, Vec<String>) {
    let ended = site.run(&["delivery", "run", "--once", "-q"]);
    let states = site.rows("codes").iter().map(|code| code.text("state").to_owned()).collect();
    (ended.code, states)
}

fn channel(site: &Site) -> Value {
    site.run(&["delivery", "status", "-o", "json"]).succeeded().json()[0].clone()
}

/// The cases of stock servers: what they answer when the recipient is named, or the message was sent.
#[test]
fn a_code_fails_for_what_is_about_the_person_alone() {
    let hello = "set hello to the full name of this machine, such as mail.example.com; the server rejects the name \
                 that it is given now";
    let login = "set username and password_file, or have the server's administrator let this machine send to other domains \
                 (relay)";
    for (command, answer, code, state, about, remedy) in [
        (
            "RCPT",
            "504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname",
            8,
            "queued",
            "hello",
            hello,
        ),
        ("RCPT", "554 5.7.1 <person@example.net>: Relay access denied", 8, "queued", "relaying", login),
        (
            "RCPT",
            "550 5.1.1 <person@example.net>: Recipient address rejected: User unknown",
            8,
            "failed",
            "no_such_mailbox",
            "check the address with its owner: the server knows no such mailbox",
        ),
        (
            "RCPT",
            "552 5.2.2 <person@example.net>: Mailbox full",
            0,
            "queued",
            "mailbox_full",
            "the mailbox is full: its owner must make room; messages are retried until they expire",
        ),
        (
            ".",
            "554 5.7.1 Spam message rejected",
            8,
            "queued",
            "spam",
            "the server treats the message as spam: check your own texts, and the SPF, DKIM and reverse DNS of the \
             sending server",
        ),
    ] {
        let (_server, site) = waiting(command, &[answer], &["person@example.net"]);
        assert_eq!(after_run(&site), (code, vec![state.to_owned()]), "{answer}");
        let status = channel(&site);
        assert_eq!(
            (&status["last_error_about"], &status["remedy"]),
            (&about.into(), &remedy.into()),
            "{answer}"
        );
        let explained = site.run(&["codes", "explain", "acmea", "-o", "json"]).succeeded().json();
        let next = explained["answer"]["next"].as_str().unwrap().to_lowercase();
        assert!(next.contains(&remedy.to_lowercase()), "{answer}: {next}");
    }
    // Nobody's fault: it is sent a moment later.
    let greylisted = "450 4.2.0 <person@example.net>: Recipient address rejected: Greylisted";
    let (_server, site) = waiting("RCPT", &[greylisted, "250 ok"], &["person@example.net"]);
    assert_eq!(after_run(&site), (0, vec!["sent".to_owned()]));
}

/// Only what others would meet, too, ends a run with 8, also where a later run tries nothing.
#[test]
fn what_is_about_one_recipient_is_no_fault_of_the_way() {
    let fine = ("ok".to_owned(), "No message waits for long.".to_owned(), Value::Null);
    let greylisted = "450 4.2.0 <person@example.net>: Recipient address rejected: Greylisted";
    let (_server, site) = waiting("RCPT", &[greylisted], &["person@example.net"]);
    let ended = site.run(&["delivery", "run", "--once"]).succeeded();
    let hint = ended.stderr.lines().last().unwrap();
    assert!(
        hint.starts_with("hint: 1 message waits; the next try is in ")
            && hint.ends_with(": `regain delivery status` shows why"),
        "{ended:?}"
    );
    assert_eq!(queue(&site), fine);
    site.edit("outbox", |message| message.shift("due_at", 600_000));
    let again = site.run(&["delivery", "run", "--once"]).succeeded();
    assert!(again.stderr.starts_with("Handed over 0 messages.\nhint: 1 message waits; "), "{again:?}");

    // Of two, one is kept by the server: that is told, whichever was tried last.
    let denied = "554 5.7.1 Relay access denied";
    let (_server, site) = waiting("RCPT", &[denied], &["one@example.net", "person@example.net"]);
    assert_eq!(after_run(&site).0, 8);
    let newest = site.rows("tries").last().unwrap().text("message_id").to_owned();
    for full_comes_last in [true, false] {
        site.edit("tries", |row| {
            let full = (row.text("message_id") == newest) == full_comes_last;
            row["matter"] = if full { "mailbox_full" } else { "relaying" }.into();
        });
        site.edit("outbox", |message| message.shift("due_at", 600_000));
        assert_eq!(after_run(&site).0, 8, "nothing is tried, and nothing is mended");
        let (level, message, remedy) = queue(&site);
        assert_eq!(level, "warning");
        assert!(
            message.starts_with("2 messages by email wait, the oldest since ")
                && message.ends_with(
                    "Last failure: have the recipient accepted: it was refused: 554 5.7.1 Relay access denied."
                ),
            "{message}"
        );
        assert_eq!(
            remedy,
            "set username and password_file, or have the server's administrator let this machine send to other domains \
             (relay)"
        );
    }
    site.edit("tries", |row| row["matter"] = "mailbox_full".into());
    assert_eq!((after_run(&site).0, queue(&site)), (0, fine));

    // A server that says "later" to everybody is the way.
    let (_server, site) = waiting("EHLO", &["421 4.3.2 try later"], &["person@example.net"]);
    assert_eq!((after_run(&site).0, queue(&site).0.as_str()), (8, "warning"));
}

/// What happens when whoever runs the site mends it: nothing was lost.
#[test]
fn a_code_that_was_kept_goes_out_when_the_fault_is_mended() {
    let denied = "554 5.7.1 <person@example.net>: Relay access denied";
    let (_refusing, site) = waiting("RCPT", &[denied], &["person@example.net"]);
    assert_eq!(after_run(&site).0, 8);
    let fine = Server::start(Script::clear());
    super::mail_site::configure(&site, &server(fine.port, "none", ""));
    let ended = site.run(&["delivery", "run"]).succeeded();
    assert_eq!(ended.stderr, "Handed over 1 message.\n");
    assert_eq!(fine.seen().letters.len(), 1);
}

#[test]
fn two_domains_in_a_row_hold_the_channel_and_one_stops_nobody() {
    let denied = "554 5.7.1 Relay access denied";
    let tries = |site: &Site| -> Vec<i64> {
        site.rows("outbox").iter().map(|message| message.number("attempts")).collect()
    };
    // A worker that has five seconds: what is held is not tried.
    let to = ["a@one.example", "b@one.example", "c@two.example", "d@three.example", "e@four.example"];
    let (server, site) = waiting("RCPT", &[denied], &to);
    let mut worker = site.command(&["delivery", "run", "--watch"]).spawn().unwrap();
    let rcpt = || server.seen().commands.iter().filter(|line| line.starts_with("RCPT")).count();
    let began = std::time::Instant::now();
    while rcpt() < 3 {
        assert!(began.elapsed().as_secs() < 20, "{:?}", server.seen());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(tries(&site), [1, 1, 1, 0, 0], "the second domain holds the rest");

    // The same answers for one domain: everybody else gets theirs.
    let (_server, site) = waiting("RCPT", &[denied, denied, "250 ok", "250 ok", "250 ok", denied], &to);
    let (code, states) = after_run(&site);
    assert_eq!((code, states), (8, ["queued", "queued", "sent", "sent", "sent"].map(str::to_owned).to_vec()));

    // Nor do people who cannot be reached.
    let unknown = "550 5.1.1 User unknown";
    let (_server, site) = waiting("RCPT", &[unknown, unknown, unknown, "250 ok", "250 ok"], &to);
    let (code, states) = after_run(&site);
    assert_eq!(
        (code, states),
        (8, ["failed", "failed", "failed", "sent", "sent"].map(str::to_owned).to_vec())
    );
}

/// What an administrator tries is told by the same judgement.
#[test]
fn a_test_message_names_what_to_mend() {
    for (answer, remedy) in [
        (
            "550 5.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
            "ask the owner of this machine's address to set its reverse DNS name, or set host to a relay server",
        ),
        (
            "553 5.7.1 <regain@example.com>: Sender address rejected: not owned by user regain",
            "set from, and bounces, to addresses that this server lets the user name send from",
        ),
    ] {
        let (_server, site) = waiting("RCPT", &[answer], &[]);
        let tested = super::mail_site::test(&site);
        assert_eq!(tested.course(), "8 prepare+ resolve+ connect+ greet+ sender+ recipient- accept?");
        assert_eq!(tested.remedy(), remedy);
    }
}
