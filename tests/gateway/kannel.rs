//! A real Kannel: bearerbox, smsbox and its pretended SMS centre.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::people::{NUMBER, ask, configure, enter, fate, last_error, site};
use super::providers::ready;
use super::scripted::{free_port, listens};
use crate::site::Site;

/// Its programs, ended with the test.
struct Kannel {
    parts: Vec<Child>,
    port: u16,
}

impl Drop for Kannel {
    fn drop(&mut self) {
        for part in self.parts.iter_mut().rev() {
            let _ = part.kill();
            let _ = part.wait();
        }
    }
}

fn start(folder: &Path, program: &str, arguments: &[&str], log: &str) -> Child {
    let log = fs::File::create(folder.join(log)).unwrap();
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs kannel and kannel-extras"))
}

fn wait_for(what: &str, folder: &Path, mut there: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !there() {
        let logs = || {
            ["bearerbox", "smsbox", "smsc"]
                .map(|log| fs::read_to_string(folder.join(log)).unwrap_or_default())
        };
        assert!(Instant::now() < end, "{what} did not come: {:#?}", logs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Kannel {
    /// With a password, and every number that begins so denied.
    fn start(folder: &Path, password: &str) -> Self {
        let [admin, boxes, smsc, port] = [(); 4].map(|()| free_port());
        let config = format!(
            "group = core\nadmin-port = {admin}\nadmin-password = x\nadmin-interface = 127.0.0.1\nsmsbox-port = {boxes}\n\
             smsbox-interface = 127.0.0.1\nlog-level = 0\n\n\
             group = smsc\nsmsc = fake\nsmsc-id = FAKE\nhost = 127.0.0.1\nport = {smsc}\nconnect-allow-ip = 127.0.0.1\n\n\
             group = smsbox\nbearerbox-host = 127.0.0.1\nbearerbox-port = {boxes}\nsendsms-port = {port}\n\
             sendsms-interface = 127.0.0.1\nsendsms-chars = \"0123456789 +-\"\nlog-level = 0\n\n\
             group = sendsms-user\nusername = regain\npassword = \"{password}\"\nconcatenation = true\nmax-messages = 4\n"
        );
        fs::write(folder.join("kannel.conf"), config).unwrap();
        let mut kannel = Self { parts: Vec::new(), port };
        kannel.parts.push(start(folder, "/usr/sbin/bearerbox", &["kannel.conf"], "bearerbox"));
        wait_for("bearerbox", folder, || listens(boxes));
        let smsc_at = smsc.to_string();
        // It sends a first message by itself, to which nobody answers, and prints what it gets.
        let fake = ["-H", "127.0.0.1", "-r", &smsc_at, "-m", "1", "1 2 text hello"];
        kannel.parts.push(start(folder, "/usr/lib/kannel/test/fakesmsc", &fake, "smsc"));
        kannel.parts.push(start(folder, "/usr/sbin/smsbox", &["kannel.conf"], "smsbox"));
        wait_for("smsbox", folder, || listens(port));
        kannel
    }
}

fn reached(site: &Site, folder: &Path, password: &str) -> Kannel {
    let kannel = Kannel::start(folder, password);
    configure(site, &ready("Kannel", site, kannel.port));
    kannel
}

#[test]
fn a_code_arrives_through_a_real_kannel() {
    let (site, folder) = (site(""), tempfile::tempdir().unwrap());
    let kannel = Kannel::start(folder.path(), "horse battery");
    configure(&site, &ready("Kannel", &site, kannel.port));
    // The secret of the ready settings' file.
    let file = site.path().join("config/regain/gateway.token");
    fs::write(file, "horse battery\n").unwrap();
    let (request, ended) = ask(&site);
    assert_eq!(ended.stderr, "Handed over 1 message.\n", "{}", fate(&site).1);
    assert_eq!(fate(&site).0, "sent");
    let smsc = || fs::read_to_string(folder.path().join("smsc")).unwrap();
    wait_for("the message", folder.path(), || smsc().contains(NUMBER));
    let log = smsc();
    let line = log.lines().find(|line| line.contains(NUMBER)).unwrap();
    let (_, text) = line.split_once(NUMBER).unwrap();
    assert!(text.contains("code"), "{line}");
    enter(&site, &request, text).succeeded();
}

#[test]
fn what_a_real_kannel_refuses_is_told_in_its_words() {
    let (site, folder) = (site(""), tempfile::tempdir().unwrap());
    let kannel = reached(&site, folder.path(), "another password");
    let (_, ended) = ask(&site);
    // It is nothing that a message could help, so it waits for somebody to mend it.
    assert!(ended.stderr.starts_with("Handed over 0 messages; "), "{ended:?}");
    assert_eq!(fate(&site).0, "queued");
    assert_eq!(
        last_error(&site),
        "authenticate: it answered with status 403: Authorization failed for sendsms"
    );
    // A request that names no receiver.
    let file = site.path().join("config/regain/gateway.token");
    fs::write(file, "another password\n").unwrap();
    let settings = ready("Kannel", &site, kannel.port).replace("X-Kannel-To =", "X-Receiver =");
    configure(&site, &settings);
    fs::write(site.path().join("config/regain/gateway.token"), "another password\n").unwrap();
    ask(&site);
    let (state, told) = fate(&site);
    assert_eq!(state, "failed");
    assert_eq!(
        told,
        "hand the message over: it answered with status 400: Missing receiver(s) number(s), rejected"
    );
}
