//! `regain delivery …`, and the worker that commands start.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::site::{Site, code_in};

fn bind(site: &Site) {
    site.run(&["contact", "bind", "acme", "--email", "new@example.com", "-y"]).succeeded();
}

fn site() -> Site {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site
}

#[test]
fn what_waits_is_shown_and_handed_over_once() {
    let site = site();
    bind(&site);
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "status"])), @"
    exit 0
    --- stdout
    CHANNEL  WAITING  OLDEST                LAST 12 HOURS  HANDED OVER  POSTPONED  GIVEN UP  MAYBE TWICE  CEILING  LAST ERROR  WHAT TO DO
    ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    email    1        TIME  ············   0            0          0         0            none
    mobile   0                              ············   0            0          0         0            none
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "run", "--dry-run", "-o", "jsonl"])), @r#"
    exit 0
    --- stdout
    {"handed_over":null,"postponed":null,"failed":null,"dropped":null,"dry_run":true,"outcome":"would_do","effects":["1 message by email would be handed over"],"changed":false}
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "run"])), @"
    exit 0
    --- stderr
    Handed over 1 message.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "run", "--once", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "handed_over": 0,
      "postponed": 0,
      "failed": 0,
      "dropped": 0,
      "changed": false
    }
    --- stderr
    Handed over 0 messages.
    "#);
    assert_eq!(site.mails_to("new@example.com").len(), 1);
    assert_eq!(site.only("outbox").line(&["state", "sealed"]), "done -");
    assert_eq!(site.only("codes")["state"], "sent");
}

#[test]
fn a_message_is_a_private_letter_of_plain_text_and_html() {
    let site = site();
    // One that names no host, whose length would move the line breaks.
    site.run(&["account", "create", "beta", "--email", "new@example.com", "-y", "-q"]).succeeded();
    site.sent("beta", "new@example.com");
    let mail = site.mails_to("new@example.com").remove(0);
    let code = code_in(&mail);
    let date = regex::Regex::new(r"(?m)^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000$").unwrap();
    let id = regex::Regex::new(r"(?m)^Message-ID: <msg_[A-Za-z]{24}@localhost>$").unwrap();
    let boundary = regex::Regex::new(r"=_msg_[A-Za-z]{24}\b").unwrap();
    // In HTML, every digit is encoded: the code stands in a letter once.
    let encoded = regex::Regex::new(r"is (=3\d){6}\b").unwrap();
    let fixed = id.replace(&date.replace(&mail, "Date: DATE"), "Message-ID: LETTERS").replace(&code, "CODE");
    let reference = regex::Regex::new("[a-z]{5}-[a-z]{5}-[a-z]{5}").unwrap();
    let fixed = reference.replace_all(&fixed, "REFERENCE");
    let fixed = encoded.replace(&boundary.replace_all(&fixed, "=_BOUNDARY"), "is DIGITS").into_owned();
    insta::assert_snapshot!(site.normalised(&fixed), @r#"
    Date: DATE
    From: regain@localhost
    To: new@example.com
    Subject: Your verification code
    Message-ID: LETTERS
    Auto-Submitted: auto-generated
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary="=_BOUNDARY"

    --=_BOUNDARY
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit

    Your verification code is CODE

    It is for: setting a new password.
    It is good until CLOCK, 10 minutes after it was asked for, and can be used once.

    Nobody who works here will ever ask you for it. Do not pass it on.
    If you did not ask for it, do nothing: your password stays as it is.

    To say that it was not you, run this:

        regain request disown REFERENCE

    --=_BOUNDARY
    Content-Type: text/html; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    <!DOCTYPE html>
    <html><head><meta charset=3D"utf-=38"><title>Your verification code</title>=
    </head><body>
    <p>Your verification code is DIGITS</p>
    <p>It is for: setting a new password.<br>
    It is good until CLOCK, =31=30 minutes after it was asked for, =
    and can be used once.</p>
    <p>Nobody who works here will ever ask you for it. Do not pass it on.<br>
    If you did not ask for it, do nothing: your password stays as it is.</p>
    <p>To say that it was not you, run this:</p>
    <pre>regain request disown REFERENCE</pre>
    </body></html>

    --=_BOUNDARY--
    "#);
    let folder = site.path().join("data/regain/outbox/email");
    for (path, mode) in [("", 0o700), ("tmp", 0o700), ("new", 0o700), ("cur", 0o700)] {
        assert_eq!(folder.join(path).metadata().unwrap().permissions().mode() & 0o7777, mode, "{path}");
    }
    let letter = std::fs::read_dir(folder.join("new")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(letter.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn a_failure_is_tried_again_and_then_told() {
    let site = Site::with("[codes]\nlifetime = \"3s\"\n");
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    let outbox = site.path().join("data/regain/outbox");
    std::fs::write(&outbox, "a file is in the way").unwrap();
    bind(&site);
    // How often it is tried within its life depends on the jitter of the pauses; that it ends does not.
    let ended = site.run(&["delivery", "run", "-o", "json"]);
    let told = ended.json();
    assert_eq!((&told["handed_over"], &told["failed"]), (&0.into(), &1.into()), "{ended:?}");
    assert!(told["postponed"].as_u64() >= Some(1), "{ended:?}");
    assert_eq!(ended.code, 8);
    assert!(
        ended.stderr.contains(
            "\"message\":\"failed to hand over the waiting messages: some messages were given up\""
        ),
        "{ended:?}"
    );
    assert_eq!(site.event("").line(&["action", "outcome"]), "deliveryFailed failure");
    assert_eq!(site.only("outbox").line(&["state", "sealed"]), "failed -");
}

#[test]
fn an_outage_that_ends_costs_nothing() {
    let site = site();
    let outbox = site.path().join("data/regain/outbox");
    std::fs::write(&outbox, "a file is in the way").unwrap();
    bind(&site);
    let worker = site.command(&["delivery", "run", "-o", "json"]).spawn().unwrap();
    while site.only("outbox")["attempts"] == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::fs::remove_file(&outbox).unwrap();
    let ended = crate::site::ended(worker, "").succeeded();
    assert_eq!((&ended.json()["handed_over"], &ended.json()["failed"]), (&1.into(), &0.into()), "{ended:?}");
    assert_eq!(site.mails_to("new@example.com").len(), 1);
    assert_eq!(site.only("codes")["state"], "sent");
}

#[test]
fn a_code_that_was_given_up_can_no_longer_be_right() {
    let site = site();
    site.account("beta");
    let id = site.sent("beta", "beta@example.com");
    let code = site.code_to("beta@example.com");
    // As if the provider had refused it after all.
    site.edit("codes", |code| code["state"] = "failed".into());
    assert_eq!(site.verify(&id, &code).code, 11);
}

#[test]
fn a_code_that_ended_while_it_waited_goes_to_nobody() {
    let site = site();
    site.account("beta");
    let id = site.sent("beta", "beta@example.com");
    site.run(&["request", "cancel", &id]).succeeded();
    assert_eq!(site.mails_to("beta@example.com"), Vec::<String>::new());
    assert_eq!(site.only("outbox").line(&["state", "sealed"]), "failed -");
}

#[test]
fn an_expired_message_is_given_up_unsent() {
    let site = site();
    bind(&site);
    site.edit("outbox", |message| message["expires_at"] = message["due_at"].clone());
    assert_eq!(site.run(&["delivery", "run"]).code, 8);
    assert_eq!(site.only("outbox")["last_error"], "it expired before it could be sent");
}

#[test]
fn many_workers_never_send_twice() {
    let site = site();
    for at in 0..10 {
        site.account(&format!("team{at}x"));
        site.sent(&format!("team{at}x"), &format!("team{at}x@example.com"));
    }
    let start = || site.command(&["delivery", "run", "-o", "json"]).spawn().unwrap();
    let workers: Vec<_> = (0..6).map(|_| start()).collect();
    let counts = workers.into_iter().map(|worker| {
        let ended = crate::site::ended(worker, "").succeeded();
        ended.json()["handed_over"].as_u64().unwrap()
    });
    assert_eq!(counts.sum::<u64>(), 10);
    // The same message put twice into a Maildir is one file; a second try would show here.
    assert_eq!(site.count("outbox", |message| message["attempts"] != 1), 0);
    assert_eq!(std::fs::read_dir(site.path().join("data/regain/outbox/email/new")).unwrap().count(), 10);
}

#[test]
fn a_lease_whose_worker_died_is_taken_over() {
    let site = site();
    bind(&site);
    site.edit("outbox", |message| {
        message["state"] = "leased".into();
        message["worker"] = "wrk_gone".into();
        message["lease_until"] = message["due_at"].clone();
        message["attempts"] = 1.into();
    });
    assert_eq!(site.mails_to("new@example.com").len(), 1);
}

#[test]
fn a_service_delivers_at_once_and_ends_on_sigterm() {
    let site = site();
    let service = site.command(&["delivery", "run", "--watch"]).spawn().unwrap();
    bind(&site);
    wait_for_mail(&site, Duration::from_secs(10));
    let pid = rustix::process::Pid::from_raw(i32::try_from(service.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let ended = crate::site::ended(service, "");
    assert_eq!(site.shown(&ended), "exit 0\n--- stderr\nHanded over 1 message.");
}

#[test]
fn e4_commands_start_a_worker_of_their_own_every_time() {
    let site = Site::with("");
    std::fs::write(site.config(), "").unwrap();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    // Twenty, because a worker that loses a race with the end of its starter is lost only sometimes.
    for at in 1..=20 {
        let mobile = format!("+49151123456{at:02}");
        site.run(&["contact", "bind", "acme", "--mobile", &mobile, "--verified", "-y"]).succeeded();
        if at == 1 {
            continue;
        }
        let started = Instant::now();
        while site.count("outbox", |message| message["state"] == "queued") != 0 {
            assert!(started.elapsed() < Duration::from_secs(10), "the worker of round {at} did not come");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The workers at a store, by their numbers.
fn workers(site: &Site) -> Vec<i32> {
    let store = site.store().display().to_string();
    let numbers = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let mut workers: Vec<i32> = numbers
        .filter(|pid: &i32| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            line.contains("--detached") && line.contains(&store)
        })
        .collect();
    workers.sort_unstable();
    workers
}

#[test]
fn e4_a_worker_is_seen_for_a_decoy_as_for_a_code() {
    let site = Site::with("[captcha]\nmode = \"off\"\n");
    let quiet = std::fs::read_to_string(site.config()).unwrap();
    site.account("acme");
    std::fs::write(site.config(), quiet.replace("background = false", "background = true")).unwrap();
    let sent = |who: &str, address: &str| {
        site.sent(who, address);
        let started = Instant::now();
        while site.count("outbox", |message| message["state"] != "done") != 0 {
            assert!(started.elapsed() < Duration::from_secs(10), "the message of {who} stays");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    sent("nobody", "nobody@example.com");
    let for_a_decoy = workers(&site);
    sent("acme", "acme@example.com");
    let for_both = workers(&site);
    assert_eq!(site.delivered_to("acme@example.com").len(), 1);
    // The decoy was done with before the other began, and its worker is as much there as that of the code.
    assert_eq!((for_a_decoy.len(), for_both.len()), (1, 2), "{for_a_decoy:?} {for_both:?}");
    assert!(for_both.contains(&for_a_decoy[0]));
    // Three take messages at a time, and whoever comes then leaves theirs to them, whatever it is.
    sent("nobody", "nobody@example.com");
    sent("acme", "acme@example.com");
    assert_eq!(site.delivered_to("acme@example.com").len(), 2);
    assert!(workers(&site).len() >= 3);
    for pid in workers(&site) {
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }
    let started = Instant::now();
    while !workers(&site).is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10), "they end when they are told to");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wait_for_mail(site: &Site, patience: Duration) {
    let folder = site.path().join("data/regain/outbox/email/new");
    let started = Instant::now();
    while std::fs::read_dir(&folder).map_or(0, Iterator::count) == 0 {
        assert!(started.elapsed() < patience, "no mail came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_reset_of_many_starts_a_few_workers_and_none_of_the_messages_is_left() {
    let site = site();
    let (script, seen) = (site.path().join("slow"), site.path().join("seen"));
    std::fs::write(&script, format!("cat >/dev/null\nsleep 0.5\necho $PPID >>{}\n", seen.display())).unwrap();
    let mut people = String::new();
    for at in 0..12 {
        let (user, email) = (format!("acme/u{at}"), format!("u{at}@example.com"));
        site.run(&["user", "create", &user, "--email", &email, "-y", "-q"]).succeeded();
        people.extend([user.as_str(), "\n"]);
    }
    site.run(&["delivery", "run", "--once"]);
    let settings = format!(
        "[delivery.email]\ntransport = \"command\"\nargv = [\"/bin/sh\", \"{}\"]\n",
        script.display()
    );
    std::fs::write(site.config(), settings).unwrap();
    site.pipe(&["admin-reset", "--from", "-", "--generate", "--secrets-to", "out", "-y", "-q"], &people)
        .succeeded();
    let waiting = || site.count("outbox", |message| message["state"] != "done");
    let started = Instant::now();
    while waiting() != 0 {
        assert!(started.elapsed() < Duration::from_secs(30), "{} messages are left", waiting());
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut workers: Vec<String> =
        std::fs::read_to_string(&seen).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(workers.len(), 12);
    workers.sort_unstable();
    workers.dedup();
    assert!(workers.len() <= 4, "{workers:?}");
}

#[test]
fn a_run_by_hand_tries_again_at_once_and_tells_what_still_waits() {
    let site = site();
    let transport = |end: &str| {
        site.configure(&format!(
            "[captcha]\nmode = \"off\"\n[delivery.email]\ntransport = \"command\"\nargv = [\"/bin/sh\", \"-c\", \"cat >/dev/null; exit {end}\"]\n"
        ));
    };
    transport("75");
    site.run(&["account", "create", "down", "--email", "down@example.com", "-y", "-q"]).succeeded();
    site.sent("down", "down@example.com");
    // As after several failures: an hour from now.
    site.edit("outbox", |message| message.shift("due_at", 3_600_000));
    transport("0");
    let due = site.run(&["delivery", "run", "--once"]);
    assert!(due.stderr.starts_with("Handed over 0 messages.\n"), "a timer keeps to the pause: {due:?}");
    assert_eq!(site.shown(&site.run(&["delivery", "run"])), "exit 0\n--- stderr\nHanded over 1 message.");

    transport("75");
    site.run(&["admin-reset", "down", "--setup", "--override", "-y", "-q"]).succeeded();
    let waits = site.run(&["delivery", "run", "--once"]);
    assert_eq!(waits.code, 8, "it stays behind");
    assert!(
        waits.stderr.contains(
            "error: failed to hand over the waiting messages: messages stay here until delivery works\n"
        ),
        "{waits:?}"
    );
    let told = waits.stderr.lines().last().unwrap();
    assert!(
        told.starts_with("hint: 1 message waits; the next try is in ")
            && told.ends_with(": `regain delivery status` shows why"),
        "{waits:?}"
    );
}
