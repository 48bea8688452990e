//! T1, K2, U3: planted secrets are looked for everywhere they must not be.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "cli/support.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared: each test binary uses its part")]
mod support;

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use support::{Ended, Site};

const PASSWORD: &str = "zanzibar-kettle-umbrella-quorum";
const REFUSED: &str = "zanzibar";
const WRONG_PLACE: &str = "xylophone4marmalade";

const SETTINGS: &str = "[codes]\nlength = 8\nresend_after = \"0s\"\n[captcha]\nmode = \"work\"\nbits = 8\n";

/// Everything that was said or stored, by where.
#[derive(Default)]
struct Traces(RefCell<Vec<(String, Vec<u8>)>>);

impl Traces {
    fn keep(&self, place: String, bytes: impl Into<Vec<u8>>) {
        self.0.borrow_mut().push((place, bytes.into()));
    }

    fn said(&self, arguments: &[&str], ended: &Ended) {
        self.keep(format!("stdout of {arguments:?}"), ended.stdout.as_bytes());
        self.keep(format!("stderr of {arguments:?}"), ended.stderr.as_bytes());
    }

    /// Every file of the site but the messages that were handed over.
    fn files(&self, site: &Site, when: &str) {
        let mut folders = vec![site.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && path.ends_with("outbox") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    self.keep(format!("{} {when}", path.display()), std::fs::read(&path).unwrap());
                }
            }
        }
    }

    /// Where a secret, or what it becomes in a common encoding, was found.
    fn holding(&self, secret: &str) -> Vec<String> {
        let forms = [
            secret.as_bytes().to_vec(),
            secret.chars().rev().collect::<String>().into_bytes(),
            data_encoding::HEXLOWER.encode(secret.as_bytes()).into_bytes(),
            data_encoding::BASE64.encode(secret.as_bytes()).trim_end_matches('=').as_bytes().to_vec(),
            secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ];
        let holds = |bytes: &[u8]| forms.iter().any(|form| contains(bytes, form));
        self.0.borrow().iter().filter(|(_, bytes)| holds(bytes)).map(|(place, _)| place.clone()).collect()
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The one run of eight digits.
fn code_in(mail: &str) -> String {
    let mut runs = mail.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 8);
    let code = runs.next().unwrap().to_owned();
    assert_eq!(runs.next(), None, "{mail}");
    code
}

#[test]
fn no_secret_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| {
        let ended = site.pipe(arguments, input);
        traces.said(arguments, &ended);
        ended
    };
    let run = |arguments: &[&str]| pipe(arguments, "");
    site.account("acme");
    for format in ["table", "json", "jsonl", "csv"] {
        let all = ["-vv", "-o", format];
        let with = |arguments: &[&'static str]| [arguments, &all].concat();
        let id = site.request("acme");
        let of = |step: &'static str, rest: &[&'static str]| {
            [&["request", step, id.as_str()], rest, all.as_slice()].concat()
        };
        run(&of("send", &["--method", "account"])).succeeded();
        traces.files(&site, "with a message that waits");
        run(&with(&["delivery", "status"])).succeeded();
        run(&with(&["delivery", "run"])).succeeded();
        traces.files(&site, "with a code that was sent");
        let mail = site
            .mails_to("acme@example.com")
            .into_iter()
            .rfind(|mail| mail.contains("\nSubject: Your verification code\n"))
            .unwrap();
        let code = code_in(&mail);
        assert!(contains(mail.as_bytes(), code.as_bytes()), "the search finds what is there");
        let wrong = format!("{}{}", if code.starts_with('9') { '0' } else { '9' }, &code[1..]);
        assert_eq!(pipe(&of("verify", &["--code-stdin"]), &wrong).code, 11);
        pipe(&of("verify", &["--code-stdin"]), &code).succeeded();
        assert_eq!(pipe(&of("set-password", &["--password-stdin"]), REFUSED).code, 4);
        let password = format!("{PASSWORD}-{format}");
        pipe(&of("set-password", &["--password-stdin"]), &password).succeeded();
        for arguments in [
            &["request", "list", "acme"][..],
            &["account", "show", "acme"],
            &["contact", "list", "acme", "--unmask"],
        ] {
            run(&with(arguments)).succeeded();
        }
        // A password where a name belongs, as people do.
        run(&of("show", &[]));
        run(&with(&["request", "start", WRONG_PLACE])).succeeded();
        run(&with(&["account", "show", "acme", WRONG_PLACE]));
        run(&with(&["request", "show", WRONG_PLACE]));
        traces.files(&site, "after a new password");
        for secret in [code.as_str(), wrong.as_str(), PASSWORD, REFUSED, WRONG_PLACE] {
            assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
        }
    }
    // The positive control: what is stored in the clear is found by the same search.
    assert!(traces.holding("acme@example.com").iter().any(|place| place.contains("regain.db")));
    assert!(!traces.holding("createAccount").is_empty());
}

#[test]
fn no_password_or_token_of_operators_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| {
        let ended = site.pipe(arguments, input);
        traces.said(arguments, &ended);
        ended
    };
    let user = "acme/alice";
    site.account("acme");
    let create =
        ["user", "create", user, "--email", "alice@example.com", "--password-stdin", "-y", "-o", "json"];
    let first = format!("{PASSWORD}-1");
    pipe(&create, &first).succeeded();
    assert_eq!(pipe(&["verify", user, "--password-stdin"], &first).code, 12);
    let second = format!("{PASSWORD}-2");
    pipe(&["password", "change", user, "--password-stdin"], &format!("{first}\n{second}\n")).succeeded();
    pipe(&["verify", user, "--password-stdin"], &second).succeeded();
    assert_eq!(pipe(&["verify", user, "--password-stdin"], WRONG_PLACE).code, 11);
    traces.files(&site, "after a change");

    pipe(&["admin-reset", user, "--setup", "-y", "-vv"], "").succeeded();
    traces.files(&site, "with a token that waits");
    let mail =
        site.mails_to("alice@example.com").into_iter().rfind(|mail| mail.contains("rgn_setup_")).unwrap();
    let token = mail.split_whitespace().find(|word| word.starts_with("rgn_setup_")).unwrap();
    let setup = ["password", "setup", "--token-stdin", "--password-stdin", "-o", "json"];
    assert_ne!(pipe(&setup, &format!("{token}x\n{second}\n")).code, 0);
    assert_eq!(pipe(&setup, &format!("{token}\n{REFUSED}\n")).code, 4);
    pipe(&setup, &format!("{token}\n{PASSWORD}-3\n")).succeeded();

    let file = site.path().join("secrets.jsonl");
    let generate =
        ["admin-reset", user, "--generate", "--secrets-to", file.to_str().unwrap(), "-y", "-o", "json"];
    pipe(&generate, "").succeeded();
    let out: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    std::fs::remove_file(&file).unwrap();
    let generated = out["secret"].as_str().unwrap();
    assert_eq!(pipe(&["verify", user, "--password-stdin"], generated).code, 12);
    for arguments in [
        &["user", "show", user, "-o", "json"][..],
        &["user", "diagnose", user, "-o", "json"],
        &["user", "diagnose", user],
        &["codes", "list", "-o", "json"],
        &["audit", "export"],
        &["audit", "list", "-o", "json"],
        &["audit", "list"],
        &["config", "show"],
        &["doctor"],
    ] {
        pipe(arguments, "");
    }
    traces.files(&site, "at the end");
    for secret in [PASSWORD, REFUSED, WRONG_PLACE, token, &token["rgn_setup_".len()..], generated] {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
}

#[test]
fn no_code_of_a_caller_and_no_reference_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| {
        let all = [arguments, &["-vv", "-y"]].concat();
        let ended = site.pipe(&all, input);
        traces.said(arguments, &ended);
        ended
    };
    let (user, to) = ("acme/alice", "alice@example.com");
    site.account("acme");
    site.user(user, PASSWORD);
    site.unprotected("acme");
    let id = pipe(&["support", "challenge", user, "-o", "json"], "").succeeded().json();
    let id = id["id"].as_str().unwrap();
    traces.files(&site, "with a challenge that waits");
    let mails = site.mails_to(to);
    let mail = mails.iter().rfind(|mail| mail.contains("\nSubject: Your code for the call with support\n"));
    let code = code_in(mail.unwrap());
    pipe(&["support", "confirm", id, "--code-stdin"], &code).succeeded();
    let change = ["password", "change", user, "--password-stdin"];
    site.pipe(&change, &format!("{PASSWORD}\n{PASSWORD}-2\n")).succeeded();
    traces.files(&site, "with a notice that waits");
    let mail = site.mails_to(to).pop().unwrap();
    let reference = mail.split("disown ").nth(1).unwrap().split_whitespace().next().unwrap();
    pipe(&["request", "disown", reference], "").succeeded();
    pipe(&["request", "disown", reference, "--for-caller"], "");
    for arguments in [
        &["user", "diagnose", user, "-o", "json"][..],
        &["user", "diagnose", user],
        &["codes", "list", "-o", "json"],
        &["audit", "export"],
        &["audit", "list", "-o", "json"],
    ] {
        pipe(arguments, "");
    }
    traces.files(&site, "at the end");
    let bare = reference.replace('-', "");
    // What was typed as an argument is known to whoever typed it; `Traces` names commands by their arguments only.
    for secret in [code.as_str(), reference, &bare] {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
}

#[test]
fn no_secret_of_an_authenticator_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| {
        let all = [arguments, &["-vv"]].concat();
        let ended = site.pipe(&all, input);
        traces.said(arguments, &ended);
        ended
    };
    site.account("acme");
    let file = site.path().join("secrets.jsonl");
    let enrol = ["mfa", "enrol", "acme", "-y", "-o", "json", "--secrets-to", file.to_str().unwrap()];
    pipe(&enrol, "").succeeded();
    let [_, _, uri] = site.secrets("secrets.jsonl").remove(0);
    std::fs::remove_file(&file).unwrap();
    let key = uri.split(['=', '&']).nth(1).unwrap();
    let bytes = data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap();
    let seed = regain::domain::mfa::Seed::from_bytes(&bytes).unwrap();
    traces.files(&site, "after enrolling");
    let now = regain::domain::mfa::step(regain::domain::time::Clock::now(&regain::domain::time::SystemClock));
    let codes = [seed.code(now - 1), seed.code(now)];
    let lines = format!("{}\n{}\n", codes[0].expose(), codes[1].expose());
    pipe(&["mfa", "confirm", "acme", "--totp-stdin", "-o", "json"], &lines).succeeded();
    for arguments in [
        &["mfa", "status"][..],
        &["mfa", "status", "acme", "-o", "json"],
        &["user", "show", "acme", "-o", "json"],
        &["audit", "list", "-o", "json"],
        &["mfa", "enrol", "acme", "-y", "--secrets-to", "other.jsonl"],
    ] {
        pipe(arguments, "");
    }
    traces.files(&site, "with one that is bound");
    let hexadecimal = data_encoding::HEXLOWER.encode(&bytes);
    for secret in [key, &key.to_lowercase(), &hexadecimal] {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
    let raw = |places: &[(String, Vec<u8>)]| places.iter().any(|(_, held)| contains(held, &bytes));
    assert!(!raw(&traces.0.borrow()));
    // What was typed to prove it; in the names and hashes of a store, six digits may stand by chance.
    for code in &codes {
        let said = traces.holding(code.expose());
        assert!(!said.iter().any(|place| place.contains("std")), "{said:?}");
    }
}

/// Claims are personal data: they stand sealed in the store, and are shown to whoever decides alone.
#[test]
fn no_claim_of_an_appeal_is_said_or_stored() {
    const CLAIM: &str = "grandmother-of-quarantine";
    const FIELD: &str = "zebra_crossing_field";
    const NUMBER: &str = "+4915198765432";
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| {
        let ended = site.pipe(arguments, input);
        traces.said(arguments, &ended);
        ended
    };
    site.account("acme");
    let form = |who: &str| {
        format!(
            "who = \"{who}\"\nnew_mobile = \"{NUMBER}\"\n[device]\nusual = \"{CLAIM}\"\n{FIELD} = \"{CLAIM}\"\n"
        )
    };
    let mut serials = Vec::new();
    for (who, format) in [("acme", "json"), (WRONG_PLACE, "jsonl"), ("acme", "csv"), ("acme", "table")] {
        let ended = pipe(&["appeal", "submit", "--from", "-", "-vv", "-o", format], &form(who)).succeeded();
        let at = ended.stdout.find("apl-").unwrap();
        serials.push(ended.stdout[at..at + 21].to_owned());
    }
    traces.files(&site, "with appeals that wait");
    // A file with faults: none of its values is repeated.
    let bad =
        format!("who = [\"{CLAIM}\"]\nnew_mobile = \"{CLAIM}\"\n[phone]\na = 1\nb = \"{CLAIM}\\u0000\"\n");
    assert_eq!(pipe(&["appeal", "submit", "--from", "-"], &bad).code, 2);
    let json = format!("{{\"who\": \"{CLAIM}\", \"new_mobile\": \"{CLAIM}");
    assert_eq!(pipe(&["appeal", "submit", "--from", "-", "-vv"], &json).code, 2);
    let deny = &serials[1];
    pipe(&["appeal", "deny", deny, "-y", "-o", "json"], "").succeeded();
    for arguments in [
        &["appeal", "list"][..],
        &["appeal", "list", "-o", "json"],
        &["audit", "list", "-o", "json"],
        &["audit", "export"],
        &["user", "diagnose", "acme", "-o", "json"],
        &["store", "rotate-key", "-y"],
        &["store", "check"],
        &["appeal", "approve", &serials[0], "-y", "-q"],
    ] {
        pipe(arguments, "").succeeded();
    }
    traces.files(&site, "after a decision");
    for secret in [CLAIM, FIELD, WRONG_PLACE] {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
    // The positive controls: the operator's view shows it, and the approved number is a contact now.
    let shown = site.run(&["appeal", "show", &serials[0], "-o", "json"]).succeeded();
    assert!(shown.stdout.contains(CLAIM) && shown.stdout.contains(FIELD), "{shown:?}");
    assert!(traces.holding(NUMBER).iter().all(|place| place.contains("after a decision")));
    assert!(traces.holding(NUMBER).iter().any(|place| place.contains("regain.db")));
}

#[test]
fn t1_a_running_process_shows_no_secret() {
    let site = Site::new();
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    site.verify(&id, &code).succeeded();
    let mut child = site
        .command(&["request", "set-password", &id, "--password-stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Without the end of the line, it waits for more.
    stdin.write_all(PASSWORD.as_bytes()).unwrap();
    stdin.flush().unwrap();
    let process = Path::new("/proc").join(child.id().to_string());
    let status = || std::fs::read_to_string(process.join("wchan")).unwrap_or_default();
    while status().starts_with('0') && std::fs::read(process.join("cmdline")).unwrap().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let shown = Traces::default();
    for file in ["cmdline", "environ"] {
        // Not dumpable (T6): only root can look, and a refusal is an answer, too.
        shown.keep(file.to_owned(), std::fs::read(process.join(file)).unwrap_or_default());
    }
    assert_eq!(shown.holding("set-password"), ["cmdline"]);
    assert_eq!(shown.holding(PASSWORD), Vec::<String>::new());
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn t6_no_core_and_no_dump_of_a_running_process() {
    let site = Site::new();
    // The limit comes from the shell as high as it may be, so that only the program can have lowered it.
    let script = format!("ulimit -S -c $(ulimit -H -c); exec {} delivery run --watch", support::REGAIN);
    let mut child = site.program("/bin/sh", &["-c", &script]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let limits = Path::new("/proc").join(child.id().to_string()).join("limits");
    let started = std::time::Instant::now();
    let core = || {
        let text = std::fs::read_to_string(&limits).unwrap();
        text.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned()
    };
    while core().split_whitespace().nth(4) != Some("0") {
        assert!(started.elapsed().as_secs() < 10, "{}", core());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn k2_a_stolen_store_without_its_key_gives_no_code() {
    let site = Site::new();
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    // The thief has the store and a key of their own.
    let thief = Site::new();
    for suffix in ["", "-wal", "-shm"] {
        let name = format!("regain.db{suffix}");
        let from = site.store().with_file_name(&name);
        if from.exists() {
            std::fs::copy(from, thief.store().with_file_name(&name)).unwrap();
        }
    }
    let run = thief.run(&["delivery", "run", "-o", "json"]);
    assert_eq!((run.code, &run.json()["handed_over"]), (8, &0.into()), "{run:?}");
    assert_eq!(thief.mails_to("acme@example.com"), Vec::<String>::new());
    let code = site.code_to("acme@example.com");
    assert_ne!(thief.verify(&id, &code).code, 0);
    site.verify(&id, &code).succeeded();
}

#[test]
fn a_number_that_is_being_registered_and_the_machines_own_stand_nowhere_in_the_clear() {
    const NUMBER: &str = "+4915155501234";
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let started = site.run(&["request", "register", "dora", "--mobile", NUMBER, "-vv", "-o", "json"]);
    traces.said(&["register"], &started);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    site.run(&["request", "captcha", &id, "--work"]).succeeded();
    let sent = site.run(&["request", "send", &id, "-vv", "-o", "json"]).succeeded();
    traces.said(&["send"], &sent);
    traces.files(&site, "while it is being registered");
    assert_eq!(traces.holding(NUMBER), Vec::<String>::new());
    assert_eq!(traces.holding("dora"), Vec::<String>::new());
    let mail = site.mails_to(NUMBER).remove(0);
    site.verify(&id, &code_in(&mail)).succeeded();
    site.set_password(&id, PASSWORD).succeeded();
    // A control: now that it is theirs, it is found.
    traces.files(&site, "registered");
    assert_ne!(traces.holding(NUMBER), Vec::<String>::new());
    site.pipe(&["login", "dora", "--password-stdin"], PASSWORD).succeeded();
    traces.files(&site, "signed in");
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    if !machine.trim().is_empty() {
        assert_eq!(traces.holding(machine.trim()), Vec::<String>::new());
    }
}

#[test]
fn no_code_of_a_protected_change_or_sign_in_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], lines: &[&str]| {
        let ended = site.pipe(arguments, &(lines.join("\n") + "\n"));
        traces.said(arguments, &ended);
        ended
    };
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site.run(&["user", "update", "acme/alice", "--login-protection", "email", "-y", "-q"]).succeeded();
    let newest = |to: &str| {
        traces.files(&site, "with a code that was sent");
        code_in(site.mails_to(to).iter().rfind(|mail| mail.contains("verification code")).unwrap())
    };
    let mut codes = Vec::new();
    let new = format!("{PASSWORD}-new");
    for format in ["table", "json"] {
        let login = ["login", "acme/alice", "-vv", "-o", format, "--password-stdin"];
        assert_eq!(pipe(&login, &[PASSWORD]).code, 9);
        codes.push(newest("alice@example.com"));
        let coded = [&login[..], &["--code-stdin"]].concat();
        pipe(&coded, &[PASSWORD, codes.last().unwrap()]).succeeded();
    }
    let set = |fields: &[&str]| {
        site.run(&[&["policy", "set", "acme", "protection", "-y", "-q"][..], fields].concat()).succeeded();
    };
    let change = ["password", "change", "acme/alice", "-vv", "--password-stdin"];
    let coded = [&change[..], &["--code-stdin"]].concat();
    for (to, words) in [("alice@example.com", [PASSWORD, &new]), ("boss@example.com", [&new, PASSWORD])] {
        if to == "boss@example.com" {
            set(&["admin_check=on", "scene=email", "address=boss@example.com"]);
        }
        assert_eq!(pipe(&change, &words).code, 9);
        codes.push(newest(to));
        pipe(&coded, &[words[0], words[1], codes.last().unwrap()]).succeeded();
    }
    for arguments in [
        &["codes", "list"][..],
        &["audit", "list"],
        &["user", "diagnose", "acme/alice"],
        &["delivery", "status"],
    ] {
        pipe(arguments, &[]).succeeded();
    }
    traces.files(&site, "at the end");
    for code in &codes {
        assert_eq!(traces.holding(code), Vec::<String>::new(), "{code}");
    }
    assert_eq!(codes.len(), 4);
}
