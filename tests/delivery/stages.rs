//! Everything that can go wrong on the way to a mail server, by its stage.

use std::time::{Duration, Instant};

use super::mail_site::{PASSWORD, TO, configure, login, server, site, test, test_to, trusting};
use super::scripted::{DROP, HANG, Script, Server};
use crate::site::Site;

fn clear(script: Script) -> (Server, Site) {
    let started = Server::start(script);
    let site = site(&server(started.port, "none", ""));
    (started, site)
}

#[test]
fn every_stage_is_told_in_its_order() {
    let started = Server::start(Script::starttls("server"));
    let site = Site::new();
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
    let tested = test(&site);
    assert_eq!(
        tested.course(),
        "0 prepare+ resolve+ connect+ greet+ tls+ authenticate+ sender+ recipient+ accept+"
    );
    let words: Vec<&str> = tested.stages.iter().filter_map(|stage| stage["words"].as_str()).collect();
    assert_eq!(words[1], format!("127.0.0.1:{}", started.port));
    assert_eq!(
        words[2..],
        [
            "220 scripted ESMTP",
            "TLS 1.3",
            "235 welcome",
            "250 sender ok",
            "250 recipient ok",
            "250 2.0.0 Ok: queued as X7"
        ]
    );
    let commands = started.seen().commands;
    assert_eq!(commands[1], "STARTTLS");
    assert!(commands[0].starts_with("EHLO ") && commands[2] == commands[0], "{commands:?}");
    assert_eq!(commands[4..7], ["MAIL FROM:<regain@example.com>", "RCPT TO:<alice@example.com>", "DATA"]);
    let implicit = Server::start(Script::implicit("server"));
    configure(&site, &server(implicit.port, "implicit", &trusting("ca.pem")));
    assert_eq!(test(&site).course(), "0 prepare+ resolve+ connect+ tls+ greet+ sender+ recipient+ accept+");
}

#[test]
fn resolve_and_connect() {
    let site = site("transport = \"smtp\"\nhost = \"no-such-host.invalid\"\ntimeout = \"5s\"\n");
    let tested = test(&site);
    assert_eq!(tested.course(), "8 prepare+ resolve- connect? greet? tls? sender? recipient? accept?");
    assert!(tested.failure().starts_with("resolve: nothing answers to that name: "), "{}", tested.failure());
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    configure(&site, &server(port, "none", ""));
    let tested = test(&site);
    assert_eq!(tested.course(), "8 prepare+ resolve+ connect- greet? sender? recipient? accept?");
    assert!(tested.failure().ends_with(": Connection refused (os error 111)"), "{}", tested.failure());
    assert_eq!(
        tested.remedy(),
        "check that the server runs, that host, port or url is right, and that firewalls let the connection through"
    );
}

#[test]
fn each_refusal_is_told_at_its_stage_and_only_one_of_the_person_is_final() {
    for (command, course) in [
        ("BANNER", "8 prepare+ resolve+ connect+ greet- sender? recipient? accept?"),
        ("EHLO", "8 prepare+ resolve+ connect+ greet- sender? recipient? accept?"),
        ("MAIL", "8 prepare+ resolve+ connect+ greet+ sender- recipient? accept?"),
        ("RCPT", "8 prepare+ resolve+ connect+ greet+ sender+ recipient- accept?"),
        ("DATA", "8 prepare+ resolve+ connect+ greet+ sender+ recipient+ accept-"),
        (".", "8 prepare+ resolve+ connect+ greet+ sender+ recipient+ accept-"),
    ] {
        for reply in ["451 4.3.0 later", "550 5.7.1 never", "550 5.1.1 no such user"] {
            let (_server, site) = clear(Script::clear().says(command, &format!("{reply}\r\n")));
            let tested = test(&site);
            assert_eq!(tested.course(), course, "{command}");
            assert!(
                tested.failure().ends_with(&format!(": it was refused: {reply}")),
                "{}",
                tested.failure()
            );
            // The same in the queue: given up, or kept for another try.
            site.run(&["account", "create", "acme", "-y"]).succeeded();
            site.run(&["contact", "bind", "acme", "--email", TO, "-y"]).succeeded();
            site.edit("codes", |code| code.shift("expires_at", 1_000_000));
            let named = matches!(command, "RCPT" | "DATA" | ".");
            let given_up = reply.contains("5.1.1") && named;
            let state = first_try(&site);
            assert_eq!(state, if given_up { "failed" } else { "queued" }, "{command} {reply}");
        }
    }
}

/// What became of the only message after the first try.
fn first_try(site: &Site) -> String {
    let mut worker = site.command(&["delivery", "run", "--watch"]).spawn().unwrap();
    let began = Instant::now();
    while site.count("outbox", |message| {
        message.number("attempts") > 0 && ["queued", "failed"].contains(&message.text("state"))
    }) == 0
    {
        assert!(began.elapsed() < Duration::from_secs(20), "the message was not tried");
        std::thread::sleep(Duration::from_millis(20));
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    site.only("outbox").text("state").to_owned()
}

#[test]
fn a_server_that_says_later_gets_the_message_later_and_only_once() {
    let script = Script::clear().says_in_turn("RCPT", &["451 later\r\n", "421 busy\r\n", "250 ok\r\n"]);
    let (server, site) = clear(script);
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme", "--email", TO, "-y"]).succeeded();
    site.deliver();
    assert_eq!(site.only("outbox").line(&["state", "attempts"]), "done 3");
    let seen = server.seen();
    assert_eq!(seen.letters.len(), 1);
    // 451 keeps the connection, and RSET begins anew; 421 ends it.
    assert_eq!(seen.connections, 2);
    assert_eq!(seen.commands.iter().filter(|command| *command == "RSET").count(), 1);
}

#[test]
fn silence_and_hanging_up_end_in_time_at_their_stage() {
    for (command, stage) in
        [("BANNER", "greet"), ("EHLO", "greet"), ("MAIL", "sender"), ("RCPT", "recipient"), (".", "accept")]
    {
        for (deed, words) in [(HANG, "no answer came within 1 s"), (DROP, "the server closed the connection")]
        {
            let (_server, site) = clear(Script::clear().says(command, deed));
            let began = Instant::now();
            assert_eq!(test(&site).failure(), format!("{stage}: {words}"));
            assert!(began.elapsed() < Duration::from_secs(8), "{command} {deed}: {:?}", began.elapsed());
        }
    }
}

#[test]
fn what_is_no_smtp_is_told_as_such() {
    let garbage: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for reply in [
        garbage,
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        vec![b'2'; 1_000_000],
        b"220-more\r\n".repeat(200_000),
        b"220-one\r\n550 two\r\n".to_vec(),
    ] {
        let (_server, site) = clear(Script::clear().says_bytes("BANNER", reply));
        assert_eq!(test(&site).failure(), "greet: the answer is not SMTP");
    }
    // A blank line among a server's abilities is none.
    let (_server, site) = clear(Script::clear().says("EHLO", "250-scripted\r\n250- \r\n250\r\n"));
    assert_eq!(test(&site).ended.code, 0);
}

#[test]
fn tls_is_never_left_out() {
    let started = Server::start(Script::clear());
    let site = site(&server(started.port, "starttls", &trusting("ca.pem")));
    let tested = test(&site);
    assert_eq!(tested.course(), "8 prepare+ resolve+ connect+ greet+ tls- sender? recipient? accept?");
    assert_eq!(tested.failure(), "tls: the server does not offer STARTTLS");
    let refusing = Server::start(Script::starttls("server").says("STARTTLS", "454 not now\r\n"));
    configure(&site, &server(refusing.port, "starttls", &trusting("ca.pem")));
    assert_eq!(test(&site).failure(), "tls: it was refused: 454 not now");
    configure(&site, &server(started.port, "implicit", &trusting("ca.pem")));
    assert_eq!(test(&site).failure(), "tls: the server does not speak TLS there");
    for server in [started, refusing] {
        let seen = server.seen();
        assert!(seen.commands.iter().all(|command| !command.starts_with("MAIL")), "{seen:?}");
    }
}

#[test]
fn certificates_are_judged() {
    for (certificate, ca, words) in [
        ("foreign", "ca.pem", "tls: its certificate is from an authority that is not trusted here"),
        ("server", "stranger.pem", "tls: its certificate is from an authority that is not trusted here"),
        ("expired", "ca.pem", "tls: its certificate has expired"),
        ("elsewhere", "ca.pem", "tls: its certificate is for another name"),
        (
            "plain",
            "plain.pem",
            "tls: its certificate is made for an authority (CA:TRUE), and not for a server",
        ),
        ("first", "ca.pem", "tls: its certificate is of an old version of X.509, which cannot name a server"),
    ] {
        for tls in ["starttls", "implicit"] {
            let script =
                if tls == "implicit" { Script::implicit(certificate) } else { Script::starttls(certificate) };
            let started = Server::start(script);
            let site = Site::new();
            configure(&site, &server(started.port, tls, &(trusting(ca) + &login(&site, PASSWORD))));
            assert_eq!(test(&site).failure(), words, "{certificate} {tls}");
            let told = started.seen().commands;
            assert!(!told.iter().any(|command| command.contains("AUTH")), "{told:?}");
        }
    }
    // As the remedy for one of an authority's says.
    let alone = Server::start(Script::implicit("own"));
    let trusted = site(&server(alone.port, "implicit", &trusting("own.pem")));
    assert_eq!(test(&trusted).ended.code, 0);
    // Without a ca_file, the system's authorities count, and none of them knows ours.
    let started = Server::start(Script::implicit("server"));
    let site = site(&server(started.port, "implicit", ""));
    assert!(test(&site).failure().contains("authority"), "{}", test(&site).failure());
}

#[test]
fn what_was_injected_before_tls_is_no_answer_under_tls() {
    let injected = "220 go ahead\r\n250-scripted\r\n250 AUTH PLAIN\r\n";
    let started = Server::start(Script::starttls("server").says("STARTTLS", injected));
    let site = Site::new();
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
    assert_eq!(
        test(&site).failure(),
        "tls: the server sent more than its answer before TLS began: somebody may be intercepting the connection"
    );
    assert!(!started.seen().commands.iter().any(|command| command.starts_with("AUTH")));
}

#[test]
fn t1_a_wrong_password_is_told_and_never_repeated() {
    for (mechanisms, says) in [("PLAIN LOGIN", "AUTH PLAIN "), ("LOGIN", "AUTH LOGIN")] {
        let ehlo = format!("250-scripted\r\n250-STARTTLS\r\n250 AUTH {mechanisms}\r\n");
        let script = Script::starttls("server").says("EHLO", &ehlo).says_in_turn(
            "AUTH",
            if mechanisms == "LOGIN" {
                &["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "535 5.7.8 not ECHO\r\n"]
            } else {
                &["535 5.7.8 not ECHO\r\n"]
            },
        );
        let started = Server::start(script);
        let site = Site::new();
        configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
        let tested = test(&site);
        let coded = data_encoding::BASE64.encode(PASSWORD.as_bytes());
        let failure = tested.failure();
        assert!(failure.starts_with("authenticate: it was refused: 535 5.7.8 not "), "{failure}");
        assert!(failure.ends_with("[...]") && !failure.contains(&coded), "{failure}");
        let told = started.seen().commands;
        assert!(told.iter().any(|command| command.starts_with(says)), "{told:?}");
        // Nor is it anywhere but in its file.
        let holding = std::process::Command::new("grep")
            .args(["-rlaF", "-e", PASSWORD, "-e", &coded])
            .arg(site.path())
            .output()
            .unwrap();
        let holding = String::from_utf8(holding.stdout).unwrap();
        assert_eq!(holding.trim_end(), site.path().join("config/regain/smtp-password").to_string_lossy());
    }
    let none = Script::starttls("server").says("EHLO", "250-scripted\r\n250 STARTTLS\r\n");
    let started = Server::start(none);
    let site = Site::new();
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
    assert_eq!(test(&site).failure(), "authenticate: the server offers neither AUTH PLAIN nor AUTH LOGIN");
}

#[test]
fn other_scripts_go_where_they_are_taken_and_a_domain_goes_everywhere() {
    let (taking, site) = clear(Script::clear());
    assert_eq!(test_to(&site, "ren\u{e9}@b\u{fc}cher.example").ended.code, 0);
    assert_eq!(test_to(&site, "alice@b\u{fc}cher.example").ended.code, 0);
    let commands = taking.seen().commands;
    assert!(commands.contains(&"MAIL FROM:<regain@example.com> SMTPUTF8".to_owned()), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<ren\u{e9}@b\u{fc}cher.example>".to_owned()), "{commands:?}");
    assert!(commands.contains(&"MAIL FROM:<regain@example.com>".to_owned()), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<alice@xn--bcher-kva.example>".to_owned()), "{commands:?}");
    let (refusing, site) = clear(Script::clear().says("EHLO", "250-scripted\r\n250 8BITMIME\r\n"));
    assert_eq!(
        test_to(&site, "ren\u{e9}@example.com").failure(),
        "recipient: the server does not accept addresses in non-Latin scripts (SMTPUTF8)"
    );
    assert_eq!(test_to(&site, "alice@b\u{fc}cher.example").ended.code, 0);
    assert!(refusing.seen().commands.iter().all(|command| command.is_ascii()));
}

#[test]
fn t9_a_server_that_repeats_the_code_and_the_address_tells_nobody() {
    let (server, site) = clear(Script::clear().says(".", "550 5.1.1 spam: ECHO\r\n"));
    site.account("acme");
    site.user("acme/alice", "quiet lemon orbits a violin");
    let id = site.sent("acme/alice", "alice@example.com");
    assert_eq!(site.run(&["delivery", "run"]).code, 8);
    let letters = server.seen().letters;
    let letter = letters.iter().find(|letter| letter.contains("Subject: Your verification code")).unwrap();
    let code = crate::site::code_in(letter);
    let told: String = site.rows("outbox").iter().map(|message| message.line(&["last_error"])).collect();
    assert!(told.contains("it was refused: 550 5.1.1 spam: "), "{told}");
    let listed = site.run(&["codes", "list", "acme/alice", "-o", "json"]);
    for text in [&told, &listed.stdout] {
        assert!(!text.contains(&code) && !text.contains("alice@example.com"), "{text}");
    }
    assert!(!id.is_empty());
}

#[test]
fn a_letter_has_the_headers_that_machines_look_for() {
    let (server, site) = clear(Script::clear());
    let more = "reply_to = \"help@example.com\"\nbounces = \"bounces@example.com\"\nhello = \"portal.example.com\"\n";
    configure(&site, &super::mail_site::server(server.port, "none", more));
    assert_eq!(test(&site).ended.code, 0);
    let seen = server.seen();
    assert_eq!(seen.commands[..2], ["EHLO portal.example.com", "MAIL FROM:<bounces@example.com>"]);
    let letter = &seen.letters[0];
    for line in [
        "From: regain@example.com\r\n",
        "Reply-To: help@example.com\r\n",
        "To: alice@example.com\r\n",
        "Subject: Test message\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
    ] {
        assert_eq!(letter.matches(line).count(), 1, "{line}{letter}");
    }
    configure(&site, &super::mail_site::server(server.port, "none", "bounces = \"<>\"\n"));
    assert_eq!(test(&site).ended.code, 0);
    assert!(server.seen().commands.contains(&"MAIL FROM:<>".to_owned()));
}
