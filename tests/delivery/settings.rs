//! Settings that are valid and cannot work: what `doctor` finds, and where the password may be.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::certificates;
use super::mail_site::{PASSWORD, TO, configure, login, secret, server, site, test, trusting};
use super::scripted::{Script, Server};
use crate::site::Site;

/// What `doctor` says of the transports, errors and warnings alone, as level, message and remedy.
fn findings(site: &Site, more: &[&str]) -> Vec<[String; 3]> {
    let ended = site.run(&[&["doctor", "-o", "json"], more].concat());
    let all: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    let bad: Vec<[String; 3]> = all
        .iter()
        .filter(|finding| ["transports", "probe"].contains(&finding["check"].as_str().unwrap()))
        .filter(|finding| ["warning", "error"].contains(&finding["level"].as_str().unwrap()))
        .map(|finding| ["level", "message", "remedy"].map(|key| finding[key].as_str().unwrap().to_owned()))
        .map(|fields| fields.map(|text| text.replace(&*site.path().to_string_lossy(), "SITE")))
        .collect();
    let errors = bad.iter().any(|[level, ..]| level == "error");
    assert_eq!(ended.code, if errors { 6 } else { 0 }, "{}", ended.stdout);
    bad
}

fn found(site: &Site, level: &str, message: &str, remedy: &str) {
    assert_eq!(findings(site, &[]), [[level, message, remedy].map(str::to_owned)]);
}

#[test]
fn doctor_finds_a_password_that_cannot_be_used() {
    let started = Server::start(Script::starttls("server"));
    let site = Site::new();
    let path = secret(&site, PASSWORD);
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
    assert_eq!(findings(&site, &[]), Vec::<[String; 3]>::new());
    let key = "In the config, line 14, `delivery.email.password_file`: regain cannot";
    let mode = |mode| std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    mode(0o640);
    found(
        &site,
        "error",
        &format!("{key} trust SITE/config/regain/smtp-password: others may read it (mode 0640)."),
        "chmod 600 SITE/config/regain/smtp-password",
    );
    // And it is not used, either.
    assert_eq!(
        test(&site).failure().replace(&*site.path().to_string_lossy(), "SITE"),
        "prepare: trust SITE/config/regain/smtp-password: others may read it (mode 0640)"
    );
    assert_eq!(started.seen().connections, 0);
    mode(0o600);
    std::fs::write(&path, "\n").unwrap();
    found(
        &site,
        "error",
        &format!("{key} use SITE/config/regain/smtp-password: it is empty."),
        "write the secret into it, on one line",
    );
    std::fs::remove_file(&path).unwrap();
    assert!(findings(&site, &[])[0][1].starts_with(&format!("{key} open SITE/config/regain/smtp-password")));
}

#[test]
fn doctor_finds_authorities_that_trust_nobody() {
    let site = Site::new();
    let file = site.path().join("config/regain/ca.pem");
    configure(&site, &server(25, "starttls", &format!("ca_file = \"{}\"\n", file.display())));
    let key = "In the config, line 12, `delivery.email.ca_file`:";
    assert!(
        findings(&site, &[])[0][1]
            .starts_with(&format!("{key} regain cannot open SITE/config/regain/ca.pem: No such file"))
    );
    for text in ["", "no certificate"] {
        std::fs::write(&file, text).unwrap();
        found(
            &site,
            "error",
            &format!("{key} SITE/config/regain/ca.pem holds no certificate in PEM."),
            "write the authority's certificate in PEM into ca_file",
        );
    }
    std::fs::copy(certificates::file("old.pem"), &file).unwrap();
    found(
        &site,
        "error",
        &format!("{key} every authority has expired, so that no server is trusted."),
        "write the authority's new certificate into it",
    );
    let both = [certificates::file("old.pem"), certificates::file("ca.pem")]
        .map(|path| std::fs::read(path).unwrap());
    std::fs::write(&file, both.concat()).unwrap();
    found(
        &site,
        "warning",
        &format!("{key} 1 of 2 authorities have expired."),
        "write their new certificates into it",
    );
    std::fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
    found(
        &site,
        "error",
        &format!("{key} regain cannot trust SITE/config/regain/ca.pem: others may write to it (mode 0666)."),
        "chmod go-w SITE/config/regain/ca.pem",
    );
}

#[test]
fn doctor_finds_hosts_programs_and_senders_that_are_not_there() {
    let site = Site::new();
    configure(&site, "transport = \"smtp\"\nhost = \"no-such-host.invalid\"\n");
    found(
        &site,
        "error",
        "In the config, line 8, `delivery.email.host`: nothing answers to that name.",
        "correct host or url, or this machine's name servers (/etc/resolv.conf)",
    );
    configure(&site, "transport = \"command\"\nargv = [\"/nonexistent/sendmail\"]\n");
    found(
        &site,
        "error",
        "In the config, line 8, `delivery.email.argv`: /nonexistent/sendmail cannot be run: No such file or \
         directory (os error 2).",
        "install it, or name a program that the user regain runs as may run",
    );
    let program = site.path().join("send");
    std::fs::write(&program, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(&program, Permissions::from_mode(0o777)).unwrap();
    configure(&site, &format!("transport = \"command\"\nargv = [\"{}\"]\n", program.display()));
    found(
        &site,
        "error",
        "In the config, line 8, `delivery.email.argv`: regain cannot trust SITE/send: others may write to it (mode \
         0777).",
        "chmod go-w SITE/send",
    );
    site.configure("[delivery.email]\ntransport = \"smtp\"\nhost = \"localhost\"\ntls = \"none\"\n");
    found(
        &site,
        "warning",
        "In the config, `delivery.email.from`: regain@localhost is not an address that other machines know.",
        "set it to an address of your domain; most servers refuse mail from any other",
    );
}

#[test]
fn doctor_connects_only_when_it_is_told_to() {
    let started = Server::start(Script::starttls("server").says("AUTH", "535 no\r\n"));
    let site = Site::new();
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
    assert!(findings(&site, &[]).is_empty());
    assert_eq!(started.seen().connections, 0);
    let probed = findings(&site, &["--probe"]);
    assert_eq!(
        probed,
        [[
            "error",
            "[delivery.email] failed to authenticate: it was refused: 535 no.",
            "correct username and password_file; some providers require an app password"
        ]
        .map(str::to_owned)]
    );
    let seen = started.seen();
    assert!(!seen.commands.iter().any(|command| command.starts_with("MAIL")), "{seen:?}");
}

#[test]
fn a_credential_of_systemd_is_read_from_its_folder() {
    let started = Server::start(Script::starttls("server"));
    let site = Site::new();
    let login = "username = \"regain\"\npassword_file = \"credential:smtp\"\n";
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + login)));
    let tested = test(&site);
    assert_eq!(tested.failure(), "prepare: find the credential smtp: $CREDENTIALS_DIRECTORY is not set");
    let folder = site.path().join("credentials");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("smtp"), format!("{PASSWORD}\n")).unwrap();
    // As systemd makes it: an access list's mask stands where the group's bits do.
    std::fs::set_permissions(folder.join("smtp"), Permissions::from_mode(0o440)).unwrap();
    std::fs::set_permissions(&folder, Permissions::from_mode(0o550)).unwrap();
    let ended = site
        .command(&["delivery", "test", "--email", TO])
        .env("CREDENTIALS_DIRECTORY", &folder)
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    let coded = data_encoding::BASE64.encode(format!("\0regain\0{PASSWORD}").as_bytes());
    assert!(started.seen().commands.contains(&format!("AUTH PLAIN {coded}")));
}

#[test]
fn a_test_is_for_admins_is_recorded_and_can_be_tried() {
    let started = Server::start(Script::clear());
    let keys = server(started.port, "none", "").replace("localhost", "127.0.0.1");
    let site = site(&keys);
    let shown =
        |arguments: &[&str]| site.shown(&site.run(arguments)).replace(&started.port.to_string(), "PORT");
    insta::assert_snapshot!(shown(&["delivery", "test", "--email", TO, "--dry-run"]), @"
    exit 0
    --- stdout
    CHANNEL  STAGE      RESULT     WORDS  WHAT TO DO
    ────────────────────────────────────────────────
    email    prepare    not tried
    email    resolve    not tried
    email    connect    not tried
    email    greet      not tried
    email    sender     not tried
    email    recipient  not tried
    email    accept     not tried
    --- stderr
    This is the way to alice@example.com; nothing was sent.
    ");
    assert_eq!(started.seen().connections, 0);
    insta::assert_snapshot!(shown(&["delivery", "test", "--email", TO]), @"
    exit 0
    --- stdout
    CHANNEL  STAGE      RESULT    WORDS                       WHAT TO DO
    ────────────────────────────────────────────────────────────────────
    email    prepare    ✓ passed
    email    resolve    ✓ passed  127.0.0.1
    email    connect    ✓ passed  127.0.0.1:PORT
    email    greet      ✓ passed  220 scripted ESMTP
    email    sender     ✓ passed  250 sender ok
    email    recipient  ✓ passed  250 recipient ok
    email    accept     ✓ passed  250 2.0.0 Ok: queued as X7
    --- stderr
    A test message to alice@example.com was accepted. Check whether it arrives.
    ");
    let last = |site: &Site| {
        let all = site.run(&["audit", "list", "-o", "jsonl"]).succeeded();
        let last = all.stdout.lines().find(|line| line.contains("deliveryTested")).unwrap();
        let event: Value = serde_json::from_str(last).unwrap();
        crate::site::normalised(&format!("{} {} {}", event["outcome"], event["code"], event["detail"]))
    };
    insta::assert_snapshot!(last(&site), @r#""success" null {"channel":"email","destination":"a***@e***.com","message":"msg_ID"}"#);
    insta::assert_snapshot!(shown(&["delivery", "test"]), @"
    exit 2
    --- stderr
    error: `regain delivery test` needs an argument that is missing: --email or --mobile or --to-me
    hint: `regain delivery test --help` lists what it takes
    ");
    insta::assert_snapshot!(shown(&["delivery", "test", "--email", "a@b.example\r\nBcc: c@d.example"]), @"
    exit 2
    --- stderr
    error: give one email address, not several
    ");
    if site.let_in(4321) {
        let refused = site.run_as(4321, &["delivery", "test", "--email", TO]);
        assert_eq!(refused.code, 4, "{}", refused.stderr);
        assert_eq!(started.seen().connections, 1);
    }
    // Nothing listens on port 1.
    let down = super::mail_site::site(&server(1, "none", "").replace("localhost", "127.0.0.1"));
    let both = ["delivery", "test", "--email", TO, "--mobile", "+4915112345678"];
    let ended = down.shown(&down.run(&both));
    insta::assert_snapshot!(ended, @"
    exit 8
    --- stdout
    CHANNEL  STAGE      RESULT       WORDS                                                                 WHAT TO DO
    ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    email    prepare    ✓ passed
    email    resolve    ✓ passed     127.0.0.1
    email    connect    ✗ failed     127.0.0.1:1 accepts no connection: Connection refused (os error 111)  check that the server runs, that host, port or url is right, and that firewalls let the connection through
    email    greet      not reached
    email    sender     not reached
    email    recipient  not reached
    email    accept     not reached
    mobile   prepare    ✓ passed
    mobile   accept     ✓ passed
    --- stderr
    error: failed to hand over the test message: it stopped at the stage connect
    hint: check that the server runs, that host, port or url is right, and that firewalls let the connection through
    ");
    insta::assert_snapshot!(last(&down), @r#""success" null {"channel":"mobile","destination":"+49***78","message":"msg_ID"}"#);
}

#[test]
fn to_me_is_the_contact_of_who_asks_else_their_mailbox_here() {
    let started = Server::start(Script::clear());
    let site = site(&server(started.port, "none", ""));
    let me = String::from_utf8(std::process::Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    let me = me.trim();
    site.run(&["delivery", "test", "--to-me"]).succeeded();
    let commands = started.seen().commands;
    assert!(commands.iter().any(|command| command.starts_with(&format!("RCPT TO:<{me}@"))), "{commands:?}");
    site.account("acme");
    let own = format!("acme/{me}");
    site.run(&["user", "create", &own, "--email", "me@example.com", "-y", "-q"]).succeeded();
    site.run(&["contact", "bind", &own, "--email", "me@example.com", "--verified", "-y"]);
    site.run(&["delivery", "test", "--to-me"]).succeeded();
    assert!(started.seen().commands.contains(&"RCPT TO:<me@example.com>".to_owned()));
}
