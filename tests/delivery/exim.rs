//! Debian's Exim, with TLS, a login, and letters that arrive in a Maildir.

use std::fs::Permissions;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::certificates;
use super::mail_site::{PASSWORD, TO, configure, login, server, test, test_to, trusting};
use crate::site::{Site, code_in, skipped};

const EXIM: &str = "/usr/sbin/exim4";

/// A server of its own for a test: it offers a login under TLS alone, relays for who is logged in, and knows
/// nobody called `nobody`.
struct Exim {
    folder: tempfile::TempDir,
    daemon: Child,
    starttls: u16,
    implicit: u16,
}

impl Drop for Exim {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Exim {
    fn start() -> Option<Self> {
        if !Path::new(EXIM).exists() {
            skipped("exim4-daemon-light is not installed: no real mail server is tested");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let [starttls, implicit] = [free_port(), free_port()];
        let at = folder.path().display();
        for name in ["server.pem", "server.key"] {
            std::fs::copy(certificates::file(name), folder.path().join(name)).unwrap();
        }
        for part in ["spool", "log", "box"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        // Started by root, it goes on as a user of its own; by anybody else, as who started it.
        let root = rustix::process::getuid().is_root();
        let delivering = if root { "user = Debian-exim" } else { "" };
        let config = folder.path().join("exim.conf");
        let text = format!(
            r"
primary_hostname = localhost
spool_directory = {at}/spool
log_file_path = {at}/log/%slog
pid_file_path = {at}/spool/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {starttls} : {implicit}
tls_on_connect_ports = {implicit}
tls_advertise_hosts = *
tls_certificate = {at}/server.pem
tls_privatekey = {at}/server.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
smtputf8_advertise_hosts = *
smtp_accept_max_per_connection = 2
acl_smtp_rcpt = rcpt
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
never_users =

begin acl
rcpt:
  deny    !authenticated = *
          message = relaying is for who is logged in
  deny    local_parts = nobody
          message = no such user: $local_part@$domain
  defer   local_parts = later
          message = not now
  accept

begin routers
all:
  driver = accept
  transport = box

begin transports
box:
  driver = appendfile
  directory = {at}/box
  maildir_format
  create_directory
  return_path_add
  envelope_to_add
  {delivering}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{regain}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}
  server_set_id = $auth2
"
        );
        std::fs::write(&config, text).unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        if root {
            let (user, group) = exim_ids();
            for name in ["spool", "log", "box", "server.pem", "server.key"] {
                chown(folder.path().join(name), Some(user), Some(group)).unwrap();
            }
        }
        let daemon = Command::new(EXIM)
            .args(["-C", &config.to_string_lossy(), "-bdf"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let exim = Self { folder, daemon, starttls, implicit };
        for port in [starttls, implicit] {
            exim.wait_for("Exim does not listen", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        }
        Some(exim)
    }

    fn wait_for(&self, what: &str, mut done: impl FnMut() -> bool) {
        let began = Instant::now();
        while !done() {
            let log = |name| std::fs::read_to_string(self.folder.path().join("log").join(name));
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{what}: {:?} {:?}",
                log("mainlog"),
                log("paniclog")
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The letters that have arrived, when there are so many.
    fn letters(&self, count: usize) -> Vec<String> {
        let folder: PathBuf = self.folder.path().join("box/new");
        let list = || std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        self.wait_for("letters have not arrived", || list().count() >= count);
        assert_eq!(list().count(), count);
        list().map(|path| String::from_utf8(std::fs::read(path).unwrap()).unwrap()).collect()
    }

    fn site(&self, tls: &str, password: &str) -> Site {
        let site = Site::new();
        let port = if tls == "implicit" { self.implicit } else { self.starttls };
        let keys = server(port, tls, &(trusting("ca.pem") + &login(&site, password)));
        // A real server looks things up before it answers.
        configure(&site, &keys.replace("timeout = \"1s\"", "timeout = \"20s\""));
        site
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn exim_ids() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("Debian-exim:")).unwrap();
    let mut numbers = line.split(':').skip(2).map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

#[test]
fn codes_arrive_by_starttls_and_by_implicit_tls() {
    for tls in ["starttls", "implicit"] {
        let Some(exim) = Exim::start() else { return };
        let site = exim.site(tls, PASSWORD);
        site.account("acme");
        site.user("acme/alice", "quiet lemon orbits a violin");
        site.run(&["delivery", "run", "-q"]).succeeded();
        let before = site.count("outbox", |message| message["state"] == "done");
        exim.letters(before);
        let id = site.sent("acme/alice", "alice@example.com");
        site.deliver();
        let letters = exim.letters(before + 1);
        let of_code = |letter: &&String| letter.contains("\nSubject: Your verification code\n");
        let letter = letters.iter().find(of_code).unwrap();
        let envelope = "Return-path: <regain@example.com>\nEnvelope-to: alice@example.com\n";
        assert!(letter.starts_with(envelope), "{letter}");
        // What the server writes on top holds numbers of its own.
        let (_, own) = letter.split_once("\nDate: ").unwrap();
        assert_eq!(site.verify(&id, &code_in(own)).code, 0);
        assert_eq!(site.count("outbox", |message| message["state"] != "done"), 0);
    }
}

#[test]
fn more_messages_than_it_takes_over_one_connection_arrive_once_each() {
    let Some(exim) = Exim::start() else { return };
    let site = exim.site("starttls", PASSWORD);
    for letter in ["a", "b", "c", "d", "e"] {
        let name = format!("acme{letter}");
        site.run(&["account", "create", &name, "-y"]).succeeded();
        site.run(&["contact", "bind", &name, "--email", &format!("{name}@example.com"), "-y"]).succeeded();
    }
    site.deliver();
    let mut to: Vec<String> = exim
        .letters(5)
        .iter()
        .map(|letter| letter.lines().find(|line| line.starts_with("To: ")).unwrap().to_owned())
        .collect();
    to.sort();
    let expected: Vec<String> =
        ["a", "b", "c", "d", "e"].map(|at| format!("To: acme{at}@example.com")).into();
    assert_eq!(to, expected);
    assert_eq!(site.count("outbox", |message| message.number("attempts") > 1), 0);
}

#[test]
fn it_says_no_at_the_stages_that_are_told() {
    let Some(exim) = Exim::start() else { return };
    let site = exim.site("starttls", "not the password");
    let tested = test(&site);
    assert_eq!(
        tested.course(),
        "8 prepare+ resolve+ connect+ greet+ tls+ authenticate- sender? recipient? accept?"
    );
    assert!(tested.failure().contains("535 Incorrect authentication data"), "{}", tested.failure());
    // swaks, which knows nothing of us, is told the same.
    let port = exim.starttls.to_string();
    let swaks = Command::new("swaks")
        .args(["--server", "localhost", "--port", &port, "--tls", "--auth", "PLAIN", "--auth-user", "regain"])
        .args(["--auth-password", "not the password", "--to", TO, "--from", "regain@example.com"])
        .output();
    match swaks {
        Ok(told) => {
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            assert!(told.contains("535 Incorrect authentication data"), "{told}");
        }
        Err(_) => skipped("swaks is not installed: nobody else was asked"),
    }

    let site = exim.site("starttls", PASSWORD);
    let nobody = test_to(&site, "nobody@example.com");
    assert_eq!(nobody.failure(), "recipient: it was refused: 550 no such user: [...]");
    assert_eq!(nobody.remedy(), "check the address with its owner: the server knows no such mailbox");
    assert_eq!(test_to(&site, "later@example.com").failure(), "recipient: it was refused: 451 not now");
    let taken = test(&site);
    assert_eq!(
        taken.course(),
        "0 prepare+ resolve+ connect+ greet+ tls+ authenticate+ sender+ recipient+ accept+"
    );
    assert_eq!(exim.letters(1).len(), 1);

    // Without a login it relays for nobody.
    let keys = server(exim.starttls, "starttls", &trusting("ca.pem"));
    configure(&site, &keys.replace("timeout = \"1s\"", "timeout = \"20s\""));
    let denied = test(&site);
    assert_eq!(denied.failure(), "recipient: it was refused: 550 relaying is for who is logged in");
    assert_eq!(
        denied.remedy(),
        "set username and password_file, or have the server's administrator let this machine send to other domains (relay)"
    );
    // Nobody's code is lost by that, and all of them go out once the login is there.
    for (name, to) in
        [("acmea", "a@one.example"), ("acmeb", "b@two.example"), ("acmec", "nobody@example.com")]
    {
        site.run(&["account", "create", name, "-y"]).succeeded();
        site.run(&["contact", "bind", name, "--email", to, "-y"]).succeeded();
    }
    assert_eq!(site.run(&["delivery", "run", "--once"]).code, 8);
    assert_eq!(site.count("codes", |code| code["state"] == "queued"), 3);
    configure(&site, &(keys + &login(&site, PASSWORD)).replace("timeout = \"1s\"", "timeout = \"20s\""));
    assert_eq!(site.run(&["delivery", "run"]).code, 8, "one of them has no mailbox");
    assert_eq!(site.count("codes", |code| code["state"] == "sent"), 2);
    assert_eq!(site.count("codes", |code| code["state"] == "failed"), 1);
}

#[test]
fn letters_in_other_scripts_arrive_as_they_were_written() {
    let Some(exim) = Exim::start() else { return };
    let site = exim.site("implicit", PASSWORD);
    assert_eq!(test_to(&site, "ren\u{e9}@example.com").ended.code, 0);
    let letter = exim.letters(1).pop().unwrap();
    assert!(letter.contains("\nTo: ren\u{e9}@example.com\n"), "{letter}");
}

#[test]
fn its_sendmail_takes_letters_too() {
    let Some(exim) = Exim::start() else { return };
    if !rustix::process::getuid().is_root() {
        skipped("only root may have Exim read another config as sendmail");
        return;
    }
    let site = Site::new();
    let config = exim.folder.path().join("exim.conf");
    // The letters of its own program are from who is logged in, and need no permission to be relayed.
    configure(
        &site,
        &format!(
            "transport = \"command\"\nargv = [\"{EXIM}\", \"-C\", \"{}\", \"-t\", \"-i\", \"-f\", \"bounces@example.com\"]\n",
            config.display()
        ),
    );
    let tested = test(&site);
    assert_eq!(tested.course(), "0 prepare+ start+ accept+");
    let letter = exim.letters(1).pop().unwrap();
    assert!(letter.starts_with("Return-path: <bounces@example.com>\n"), "{letter}");
    assert!(
        letter.contains("\nSubject: Test message\n") && letter.contains("\nContent-Type: text/html;"),
        "{letter}"
    );
}
