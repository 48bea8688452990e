//! Many messages over one connection.

use super::mail_site::{PASSWORD, configure, login, server, site, trusting};
use super::scripted::{Script, Server};
use crate::site::Site;

/// Codes to that many people wait.
fn queue(site: &Site, count: usize) {
    for number in 0..count {
        let letters = char::from(b'a' + u8::try_from(number).unwrap());
        let name = format!("acme{letters}");
        site.run(&["account", "create", &name, "-y"]).succeeded();
        let email = format!("{name}@example.com");
        site.run(&["contact", "bind", &name, "--email", &email, "-y"]).succeeded();
    }
}

#[test]
fn a_run_of_the_worker_takes_one_connection() {
    let started = Server::start(Script::starttls("server"));
    let site = Site::new();
    configure(&site, &server(started.port, "starttls", &(trusting("ca.pem") + &login(&site, PASSWORD))));
    queue(&site, 5);
    site.deliver();
    let seen = started.seen();
    assert_eq!((seen.connections, seen.letters.len()), (1, 5));
    assert_eq!(seen.commands.iter().filter(|command| command.starts_with("AUTH")).count(), 1);
    assert_eq!(seen.commands.last().map(String::as_str), Some("QUIT"));
    assert_eq!(site.count("outbox", |message| message["state"] == "done" && message["attempts"] == 1), 5);
}

#[test]
fn one_that_is_declined_keeps_the_connection_for_the_next() {
    let script = Script::clear().says_in_turn("RCPT", &["550 no such user\r\n", "250 ok\r\n"]);
    let started = Server::start(script);
    let site = site(&server(started.port, "none", ""));
    queue(&site, 3);
    site.run(&["delivery", "run", "-q"]);
    let seen = started.seen();
    assert_eq!((seen.connections, seen.letters.len()), (1, 2));
    assert_eq!(seen.commands.iter().filter(|command| *command == "RSET").count(), 1);
}

#[test]
fn a_server_that_has_enough_of_a_connection_costs_no_try() {
    for enough in ["421 too many messages on this connection\r\n", super::scripted::DROP] {
        let script = Script::clear().says_in_turn("MAIL", &["250 ok\r\n", enough, "250 ok\r\n"]);
        let started = Server::start(script);
        let site = site(&server(started.port, "none", ""));
        queue(&site, 3);
        site.deliver();
        let seen = started.seen();
        assert_eq!((seen.connections, seen.letters.len()), (2, 3));
        assert_eq!(site.count("outbox", |message| message.number("attempts") > 1), 0);
    }
}

#[test]
fn the_same_message_has_the_same_id_at_every_try() {
    let script = Script::clear().says_in_turn(".", &["451 later\r\n", "250 ok\r\n"]);
    let started = Server::start(script);
    let site = site(&server(started.port, "none", ""));
    queue(&site, 1);
    site.deliver();
    let letters = started.seen().letters;
    let id =
        |letter: &String| letter.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned();
    assert_eq!(letters.len(), 2);
    assert_eq!(id(&letters[0]), id(&letters[1]));
}
