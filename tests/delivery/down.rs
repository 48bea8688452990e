//! Self-service while nothing can be sent: it looks as ever, and waits for nobody (security E1, E4).

use std::time::{Duration, Instant};

use super::mail_site::{server, trusting};
use super::scripted::{HANG, Script, Server};
use crate::site::Site;

const ADDRESS: &str = "acme@example.com";

/// Everything a person sees of a reset up to wrong codes, and the rows that it leaves.
fn walk(keys: &str) -> Vec<String> {
    let site = Site::new();
    site.account("acme");
    let settings = "[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"0s\"\n";
    // With the worker beside, as people have it.
    std::fs::write(
        site.config(),
        format!("{settings}[delivery.email]\nfrom = \"regain@example.com\"\n{keys}"),
    )
    .unwrap();
    let mut seen = Vec::new();
    let started = site.run(&["request", "start", "acme", "-o", "json"]);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    seen.push(site.shown(&started));
    for step in [
        &["send", &id, "--method", "email", "--address", ADDRESS][..],
        &["show", &id],
        &["send", &id, "--method", "email", "--address", ADDRESS],
    ] {
        let began = Instant::now();
        for format in ["json", "table"] {
            seen.push(site.shown(&site.run(&[&["request"], step, &["-o", format]].concat())));
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{step:?} waited: {:?}", began.elapsed());
    }
    seen.push(site.shown(&site.verify(&id, "000000")));
    seen.push(format!("{:?}", ["requests", "codes", "outbox", "audit"].map(|table| site.counts()[table])));
    // The worker ends with its site.
    seen
}

#[test]
fn e1_self_service_looks_the_same_with_every_transport_down() {
    let fine = Server::start(Script::clear());
    let hanging = Server::start(Script::clear().says("BANNER", HANG));
    let refusing = Server::start(Script::clear().says("RCPT", "550 never\r\n"));
    let foreign = Server::start(Script::implicit("foreign"));
    let expected = walk(&server(fine.port, "none", ""));
    assert!(expected[1].contains("\"state\": \"code\""), "{}", expected[1]);
    for (what, keys) in [
        ("nobody listens", server(1, "none", "")),
        ("it hangs", server(hanging.port, "none", "").replace("1s", "20s")),
        ("it refuses", server(refusing.port, "none", "")),
        ("a foreign certificate", server(foreign.port, "implicit", &trusting("ca.pem"))),
        ("no such host", "transport = \"smtp\"\nhost = \"no-such-host.invalid\"\n".to_owned()),
        ("no program", "transport = \"command\"\nargv = [\"/nonexistent/sendmail\"]\n".to_owned()),
        (
            "no password",
            server(fine.port, "starttls", "username = \"u\"\npassword_file = \"/nonexistent/password\"\n"),
        ),
    ] {
        let seen = walk(&keys);
        for (expected, seen) in expected.iter().zip(&seen) {
            // What the worker writes down of a failure comes later, or not, as it is fast.
            let rows =
                |text: &String| text.rsplit_once(", ").map_or(text.clone(), |(rows, _)| rows.to_owned());
            if expected.starts_with('[') {
                assert_eq!(rows(seen), rows(expected), "{what}");
            } else {
                assert_eq!(seen, expected, "{what}");
            }
        }
    }
}
