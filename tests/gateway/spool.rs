//! Files for SMS daemons, read by a real one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::people::{NUMBER, ask, configure, enter, fate, last_error, site};

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn smstools_finds_a_file_that_it_can_read() {
    let site = site("");
    let folder = site.path().join("outgoing");
    fs::create_dir(&folder).unwrap();
    configure(&site, &format!("transport = \"spool\"\npath = \"{}\"", folder.display()));
    let (request, ended) = ask(&site);
    assert_eq!(ended.stderr, "Handed over 1 message.\n");
    let [file] = &files(&folder)[..] else { panic!() };
    let text = fs::read_to_string(file).unwrap();
    let (head, body) = text.split_once("\n\n").unwrap();
    assert_eq!(head, format!("To: {}\nAlphabet: UTF-8", NUMBER.trim_start_matches('+')));
    enter(&site, &request, body).succeeded();
}

#[test]
fn a_folder_that_is_missing_is_told_by_doctor_and_not_made() {
    let site = site("");
    let folder = site.path().join("outgoing");
    configure(&site, &format!("transport = \"spool\"\npath = \"{}\"", folder.display()));
    let findings = site.run(&["doctor", "-o", "json"]).json();
    let line =
        fs::read_to_string(site.config()).unwrap().lines().position(|line| line.starts_with("path")).unwrap();
    let wanted = format!(
        "In the config, line {}, `delivery.sms.path`: {} is no folder that regain can write to.",
        line + 1,
        folder.display()
    );
    let found = findings.as_array().unwrap().iter().find(|finding| finding["level"] == "error").unwrap();
    assert_eq!(
        (found["check"].as_str(), found["message"].as_str()),
        (Some("transports"), Some(wanted.as_str()))
    );
    ask(&site);
    let tested = site.run(&["delivery", "test", "--mobile", NUMBER, "-o", "json"]).json();
    assert_eq!(
        tested[1]["remedy"],
        "check that the folder exists, that regain may write into it, and that its disk has space"
    );
    assert!(last_error(&site).starts_with("hand the message over: open "), "{}", last_error(&site));
    assert_eq!(fate(&site).0, "queued");
    assert!(!folder.exists());
}

/// gammu-smsd with its pretended telephone, which keeps what it "sent" in files.
#[test]
fn gammu_sends_what_it_finds() {
    let site = site("");
    let folder = |name: &str| {
        let folder = site.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    };
    let (inbox, outbox, sent, error, phone) =
        (folder("in"), folder("out"), folder("sent"), folder("error"), folder("phone"));
    let rc = site.path().join("smsdrc");
    fs::write(
        &rc,
        format!(
            "[gammu]\nmodel = dummy\nconnection = none\nport = {phone}\n\n\
             [smsd]\nservice = files\nlogfile = {log}\ndebuglevel = 255\nInboxPath = {inbox}/\nOutboxPath = {outbox}/\n\
             SentSMSPath = {sent}/\nErrorSMSPath = {error}/\nLoopSleep = 1\nCommTimeout = 1\nCheckSecurity = 0\n\
             CheckSignal = 0\nCheckBattery = 0\nCheckNetwork = 0\nReceive = 0\nTransmitFormat = auto\n",
            phone = phone.display(),
            log = site.path().join("smsd.log").display(),
            inbox = inbox.display(),
            outbox = outbox.display(),
            sent = sent.display(),
            error = error.display()
        ),
    )
    .unwrap();
    configure(&site, &format!("transport = \"spool\"\nformat = \"gammu\"\npath = \"{}\"", outbox.display()));
    let (request, _) = ask(&site);
    assert_eq!(fate(&site).0, "sent");
    let [file] = &files(&outbox)[..] else { panic!() };
    let text: Vec<u16> = fs::read(file).unwrap()[2..]
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let text = String::from_utf16(&text).unwrap();
    let name = file.file_name().unwrap().to_owned();

    let mut daemon = Command::new("gammu-smsd")
        .args(["-c", rc.to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(40);
    while !sent.join(&name).exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
    }
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    let log = fs::read_to_string(site.path().join("smsd.log")).unwrap_or_default();
    assert!(sent.join(&name).exists(), "{log}");
    assert!(files(&error).is_empty(), "{log}");
    // What the daemon read from the file's name and text.
    let read = format!("to \"{NUMBER}\" with text \"{text}\"");
    assert!(log.contains(&read), "{read}\n{log}");
    assert!(log.contains(&format!("(total: 1) to {NUMBER}")), "{log}");
    enter(&site, &request, &text).succeeded();
}
