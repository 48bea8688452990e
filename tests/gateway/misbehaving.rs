//! A gateway that does all it should not.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::people::{NUMBER, TOKEN, ask, configure, fate, last_error, site, token};
use super::scripted::{Act, Gateway, free_port};
use crate::site::{Ended, Site};

/// A site that speaks JSON to that port.
fn speaking_to(port: u16, more: &str) -> Site {
    let site = site("");
    let path = token(&site);
    configure(
        &site,
        &format!(
            "transport = \"http\"\nurl = \"http://127.0.0.1:{port}/send?key={{{{token}}}}\"\n\
             body = '{{\"to\": \"{{{{to}}}}\", \"text\": \"{{{{text}}}}\"}}'\ntoken_file = \"{}\"\n{more}",
            path.display()
        ),
    );
    site
}

fn once(acts: &[Act], more: &str) -> (Gateway, Site, Ended) {
    let gateway = Gateway::new(acts);
    let site = speaking_to(gateway.port, more);
    let (_, ended) = ask(&site);
    (gateway, site, ended)
}

const YES: Act = Act::Answer("202 Accepted", "", String::new());

/// What a message is told to have failed with, one try after another.
fn postponed(acts: &[Act]) -> String {
    let gateway = Gateway::new(acts);
    let site = speaking_to(gateway.port, "timeout = \"1s\"");
    site.run(&["request", "send", &site.request("acme/alice"), "--method", "mobile", "--address", NUMBER])
        .succeeded();
    // A worker that is told to stop after the first try: what it wrote down then is looked at.
    let mut worker = site.command(&["delivery", "run", "--watch"]).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    while last_error(&site).is_empty() {
        assert!(Instant::now() < end, "no try failed");
        std::thread::sleep(Duration::from_millis(20));
    }
    let told = last_error(&site);
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(fate(&site).0, "queued", "it is tried again");
    told
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    for first in [Act::text("500 Oops", "out of order"), Act::text("503 Busy", ""), Act::Close, Act::Babble] {
        let (gateway, site, ended) = once(&[first, YES], "");
        assert_eq!(ended.stderr, "Handed over 1 message; 1 try failed.\n");
        assert_eq!((gateway.asked().len(), fate(&site).0.as_str()), (2, "sent"));
    }
}

#[test]
fn what_went_wrong_is_told_by_its_stage() {
    assert_eq!(
        postponed(&[Act::text("500 Oops", "out of order")]),
        "hand the message over: it answered with status 500: out of order"
    );
    assert_eq!(postponed(&[Act::Hang]), "hand the message over: no answer came within 1 s");
    assert_eq!(postponed(&[Act::Babble]), "hand the message over: its answer is not HTTP");
    assert!(
        postponed(&[Act::Close]).starts_with("hand the message over: the connection broke"),
        "{}",
        postponed(&[Act::Close])
    );
    let nobody = speaking_to(free_port(), "");
    ask(&nobody);
    assert_eq!(
        last_error(&nobody),
        "connect to the server: it accepts no connection: Connection refused (os error 111)"
    );
    let unknown = speaking_to(1, "");
    let settings = "transport = \"http\"\nurl = \"https://gateway.invalid/?to={{to}}&text={{text}}\"";
    configure(&unknown, settings);
    ask(&unknown);
    assert_eq!(last_error(&unknown), "find the server's address: the name has no address");
}

#[test]
fn a_gateway_that_asks_for_a_pause_gets_it() {
    let busy = Act::Answer("429 Too Many Requests", "Retry-After: 3\r\n", "slow down".to_owned());
    let begun = Instant::now();
    let (gateway, _, ended) = once(&[busy, YES], "");
    assert_eq!(ended.stderr, "Handed over 1 message; 1 try failed.\n");
    assert_eq!(gateway.asked().len(), 2);
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[test]
fn a_refusal_is_final_and_told_in_the_gateways_words() {
    let (gateway, site, ended) = once(&[Act::text("400 Bad Request", "number is\r\n barred")], "");
    assert_eq!((ended.code, gateway.asked().len()), (8, 1));
    let told = "hand the message over: it answered with status 400: number is barred";
    assert_eq!(fate(&site), ("failed".to_owned(), told.to_owned()));
    // A page for browsers is none.
    let (_, site, _) = once(&[Act::text("404 Not Found", "<html><h1>Nothing here</h1></html>")], "");
    assert_eq!(fate(&site).1, "hand the message over: it answered with status 404");
}

#[test]
fn t8_no_redirect_is_followed() {
    let elsewhere = Gateway::new(&[YES]);
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let to = format!("Location: http://127.0.0.1:{}/send\r\n", elsewhere.port);
        let (gateway, site, ended) = once(&[Act::Answer(status, to.leak(), String::new())], "");
        assert_eq!((ended.code, gateway.asked().len()), (8, 1));
        let told = format!(
            "hand the message over: it redirects elsewhere (status {}), and messages never follow redirects; correct \
            the URL",
            &status[..3]
        );
        assert_eq!(fate(&site), ("failed".to_owned(), told));
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn a_body_without_end_is_read_no_further_than_it_may() {
    let begun = Instant::now();
    let (_, site, ended) = once(&[Act::Flood("202 Accepted")], "");
    assert_eq!((ended.code, fate(&site).0.as_str()), (0, "sent"));
    let (_, site, _) = once(&[Act::Flood("400 Bad Request")], "");
    assert_eq!(fate(&site).0, "failed");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_message_that_was_taken_is_not_sent_again_because_the_answer_broke() {
    let (gateway, site, ended) = once(&[Act::Half("202 Accepted")], "");
    assert_eq!((ended.code, gateway.asked().len(), fate(&site).0.as_str()), (0, 1, "sent"));
    // Where the body has to say yes, nobody knows.
    let (gateway, _, ended) =
        once(&[Act::Half("202 Accepted"), Act::text("202 Accepted", "0: ok")], "accept_body = [\"0:\"]");
    assert_eq!((ended.stderr.as_str(), gateway.asked().len()), ("Handed over 1 message; 1 try failed.\n", 2));
}

#[test]
fn t9_an_answer_that_repeats_everything_tells_nothing() {
    let (gateway, site, _) = once(&[Act::Echo("400 Bad Request")], "");
    let text = gateway.only().body;
    let code = crate::site::code_in(text.split_once("text").unwrap().1);
    let store = std::fs::read(site.store()).unwrap();
    let log = std::fs::read(site.path().join("data/regain/regain.db-wal")).unwrap_or_default();
    let shown = site.run(&["codes", "list", "acme/alice", "-o", "json"]).stdout;
    let holds = |secret: &str| {
        let found = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        found(shown.as_bytes()) || found(&store) || found(&log)
    };
    assert!(holds("it answered with status 400"), "the control: {shown}");
    for secret in [code.as_str(), TOKEN, "s3cr3t", "s3cr3t%26token%3D%22x%22"] {
        assert!(!holds(secret), "{secret} in {shown}");
    }
    assert!(!shown.contains("15112345678"), "{shown}");
}

#[test]
fn one_connection_serves_many_messages() {
    let gateway = Gateway::new(&[YES]);
    let site = speaking_to(gateway.port, "");
    for _ in 0..5 {
        let id = site.request("acme/alice");
        site.run(&["request", "send", &id, "--method", "mobile", "--address", NUMBER]).succeeded();
    }
    site.run(&["delivery", "run", "--once"]).succeeded();
    assert!(gateway.asked().len() >= 5);
    assert_eq!(gateway.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn t7_no_proxy_of_the_environment_counts() {
    let (gateway, proxy) = (Gateway::new(&[YES]), Gateway::new(&[YES]));
    let site = speaking_to(gateway.port, "");
    site.run(&["request", "send", &site.request("acme/alice"), "--method", "mobile", "--address", NUMBER])
        .succeeded();
    let mut command = site.command(&["delivery", "run", "--once"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, format!("http://127.0.0.1:{}", proxy.port));
    }
    assert!(command.status().unwrap().success());
    assert_eq!((gateway.asked().len(), proxy.asked().len()), (1, 0));
}
