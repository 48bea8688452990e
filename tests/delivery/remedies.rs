//! What helps: the step that a test stopped at is not always to blame.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::mail_site::{configure, server, site, test, trusting};
use super::scripted::{DROP, HANG, Script, Server};
use crate::site::Site;

/// What is said of a server that answers so to that command.
fn remedy(command: &'static str, answer: &str) -> String {
    let started = Server::start(Script::clear().says(command, answer));
    let site = site(&server(started.port, "none", ""));
    test(&site).remedy().to_owned()
}

#[test]
fn a_conversation_that_breaks_off_is_about_the_connection_whatever_was_said_last() {
    let wait = "check the server's log for why it stopped answering, and the network between; a slow server needs a \
                longer timeout";
    for command in ["MAIL", "RCPT"] {
        for deed in [HANG, DROP] {
            assert_eq!(remedy(command, deed), wait, "{command} {deed}");
        }
    }
    assert_eq!(
        remedy("BANNER", DROP),
        "check host, port and tls; if they are right, the server's log shows why it rejects this machine"
    );
    assert_eq!(
        remedy(".", DROP),
        "check the other side's log for why it stopped answering; a message without an answer may still have been \
        accepted"
    );
    assert_eq!(remedy(".", HANG), "raise timeout; a message without an answer may still have been accepted");
}

#[test]
fn an_answer_is_taken_at_its_word() {
    let later = "the server asks to try later, because it is busy or greylists: test again in some minutes; waiting \
                 messages are retried automatically";
    assert_eq!(remedy("RCPT", "450 4.2.0 greylisted\r\n"), later);
    assert_eq!(remedy("MAIL", "421 busy\r\n"), later);
    assert_eq!(
        remedy("MAIL", "530 5.7.0 Authentication required\r\n"),
        "set username and password_file: the server accepts mail only after a login"
    );
    assert_eq!(
        remedy("MAIL", "530 5.7.0 Must issue a STARTTLS command first\r\n"),
        "set tls to \"starttls\": the server requires it"
    );
    assert_eq!(
        remedy("MAIL", "550 not yours\r\n"),
        "set from, and bounces, to addresses that this server lets the user name send from"
    );
    assert_eq!(
        remedy("RCPT", "550 nobody\r\n"),
        "ask the server's administrator which rule refuses this machine, its login or the address: the answer does not say"
    );
}

#[test]
fn a_server_that_agrees_to_tls_and_speaks_none_is_not_told_to_be_asked_for_starttls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let speaking = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut heard = [0; 1024];
        for words in ["220 plain\r\n", "250-plain\r\n250 STARTTLS\r\n", "220 go ahead\r\n", "500 what?\r\n"] {
            stream.write_all(words.as_bytes()).unwrap();
            let _ = stream.read(&mut heard);
        }
    });
    let site = Site::new();
    configure(&site, &server(port, "starttls", &trusting("ca.pem")));
    let tested = test(&site);
    assert_eq!(tested.failure(), "tls: the server agreed to STARTTLS, and then spoke no TLS");
    assert_eq!(
        tested.remedy(),
        "ask the server's administrator, or check what is in between; tls = \"implicit\" and its port may work \
        meanwhile"
    );
    speaking.join().unwrap();
}
