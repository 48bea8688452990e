//! O2, O4, O5: what the help desk may do, over every command there is.

use std::collections::BTreeSet;

use crate::site::{Ended, Row, Site, ended};

const HELPER: u32 = 61_237;
const ALICE: &str = "alice@example.com";

/// What a command is to support.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum May {
    /// It looks: contacts are masked, and each look is recorded.
    Look,
    /// It helps a person, and nobody privileged.
    Help,
    /// Beyond support, whoever it is about.
    Never,
    /// What everybody may, as a stranger to the store.
    Oneself,
    /// It shows nothing of the store's people, or only what another command of this list may lead to. A config is read
    /// by whoever may read the file; through the service, by admins.
    Nothing,
}
use May::{Help, Look, Never, Nothing, Oneself};

/// What is beyond support, and not beyond a person with their own password.
const OWN: [&str; 5] = ["contact verify", "device forget", "mfa confirm", "mfa enrol", "mfa remove"];

/// Every command, and what it is called with.
const COMMANDS: &[(&str, May, &[&str])] = &[
    ("account create", Never, &["beta"]),
    ("account delete", Never, &["acme"]),
    ("account disable", Never, &["acme"]),
    ("account enable", Never, &["acme"]),
    ("account list", Look, &[]),
    ("account register", Oneself, &[]),
    ("account show", Look, &["acme"]),
    ("account update", Never, &["acme", "--user-quota", "3"]),
    ("admin-reset", Help, &["USER", "--setup"]),
    ("appeal approve", Never, &["apl-bdfgh-jkmnp"]),
    ("appeal deny", Never, &["apl-bdfgh-jkmnp"]),
    ("appeal list", Look, &[]),
    ("appeal show", Oneself, &[]),
    ("appeal submit", Oneself, &[]),
    ("audit export", Never, &["-"]),
    ("audit list", Never, &[]),
    ("audit verify", Never, &[]),
    ("batch cancel", Never, &["x"]),
    ("batch list", Never, &[]),
    ("batch resume", Never, &["x"]),
    ("batch secrets", Never, &["x"]),
    ("batch show", Never, &["x"]),
    ("codes explain", Look, &["acme/alice"]),
    ("codes list", Look, &["acme/alice"]),
    ("codes resend", Help, &["CODE"]),
    ("codes revoke", Help, &["USER"]),
    ("completions", Nothing, &["bash"]),
    ("config check", Nothing, &[]),
    ("config set", Nothing, &["codes.tries", "5"]),
    ("config show", Nothing, &[]),
    ("contact bind", Never, &["acme/bob", "--email", "b@example.com", "--verified"]),
    ("contact change", Oneself, &[]),
    ("contact list", Look, &["acme/alice"]),
    ("contact unbind", Never, &["acme/alice", "--email"]),
    ("contact verify", Never, &["acme/alice", "--email", ALICE, "--code-stdin"]),
    ("delivery receipt", Never, &["msg_1", "--state", "delivered"]),
    ("delivery run", Nothing, &[]),
    ("delivery status", Look, &[]),
    ("delivery test", Never, &["--email", ALICE]),
    ("demo", Nothing, &[]),
    ("device forget", Never, &["acme/alice", "--all"]),
    ("device list", Look, &["acme/alice"]),
    ("doctor", Nothing, &[]),
    ("faq", Nothing, &["codes"]),
    ("hash calibrate", Nothing, &["--target", "10ms"]),
    ("init", Nothing, &[]),
    ("login", Oneself, &[]),
    ("man", Nothing, &[]),
    ("mfa confirm", Never, &["acme/alice"]),
    ("mfa enrol", Never, &["acme/alice"]),
    ("mfa remove", Never, &["acme/alice"]),
    ("mfa status", Look, &["acme/alice"]),
    ("password change", Oneself, &[]),
    ("password reset", Oneself, &[]),
    ("password setup", Oneself, &[]),
    ("policy set", Never, &["acme", "login", "login_failed_times=4"]),
    ("policy show", Look, &["acme"]),
    ("request cancel", Oneself, &[]),
    ("request captcha", Oneself, &[]),
    ("request disown", Help, &["REFERENCE"]),
    ("request list", Look, &["acme/alice"]),
    ("request register", Oneself, &[]),
    ("request send", Oneself, &[]),
    ("request set-password", Oneself, &[]),
    ("request show", Look, &["REQUEST"]),
    ("request start", Oneself, &[]),
    ("request verify", Oneself, &[]),
    ("store backup", Never, &["copy.db"]),
    ("store check", Never, &[]),
    ("store purge", Never, &[]),
    ("store restore", Never, &["copy.db"]),
    ("store rotate-key", Never, &[]),
    ("support challenge", Help, &["USER"]),
    ("support confirm", Nothing, &[]),
    ("texts list", Nothing, &[]),
    ("texts show", Nothing, &["notice"]),
    ("user create", Never, &["acme/new"]),
    ("user delete", Never, &["acme/alice"]),
    ("user diagnose", Look, &["acme/alice"]),
    ("user disable", Never, &["acme/alice"]),
    ("user enable", Never, &["acme/alice", "--unlock"]),
    ("user export", Never, &["-"]),
    ("user find", Look, &["alice@"]),
    ("user hashes", Never, &["acme"]),
    ("user import", Never, &["-"]),
    ("user list", Look, &["acme"]),
    ("user readiness", Look, &["acme", "--all"]),
    ("user revoke", Never, &["acme/alice"]),
    ("user show", Look, &["acme/alice"]),
    ("user update", Never, &["acme/alice", "--description", "x"]),
    ("verify", Oneself, &[]),
    ("version", Nothing, &[]),
];

/// Alice, and Deputy who is called like an operator; a live request, code and reference of each, and of the root user.
struct Desk {
    site: Site,
    /// The person, and the reference in the last message to them.
    references: Vec<(&'static str, String)>,
}

impl Desk {
    fn new() -> Option<Self> {
        let site = Site::new();
        site.configure(&format!(
            "[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"0s\"\n[support]\nverified_caller = \"optional\"\n\
             [operators]\nadmin = [\"deputy\"]\nsupport = [\"uid:{HELPER}\"]\n"
        ));
        site.account("acme");
        site.user("acme/alice", "correct horse battery staple 9");
        site.user("acme/deputy", "correct horse battery staple 9");
        site.deliver();
        let mut references = Vec::new();
        for user in ["acme/alice", "acme/deputy", "acme"] {
            let id = site.request(user);
            site.run(&["request", "send", &id, "--method", "account"]).succeeded();
            let name = user.rsplit('/').next().unwrap();
            references.push((user, super::disown::reference(&site, &format!("{name}@example.com"))));
        }
        site.let_in(HELPER).then_some(Self { site, references })
    }

    fn by(&self, command: &str, rest: &[&str], about: &str) -> Ended {
        let of = |table: &str| {
            let is = |user: &Row| match about.split_once('/') {
                None => user["root"] == 1,
                Some((_, name)) => user["name"] == name,
            };
            let user = self.site.rows("users").into_iter().find(is).unwrap();
            let theirs = self.site.rows(table).into_iter().rfind(|row| row["user_id"] == user["id"]);
            theirs.unwrap().text("id").to_owned()
        };
        let mut arguments: Vec<String> = command.split(' ').map(str::to_owned).collect();
        arguments.extend(rest.iter().map(|word| match *word {
            "USER" => about.to_owned(),
            "CODE" => of("codes"),
            "REQUEST" => of("requests"),
            "REFERENCE" => self.references.iter().find(|(user, _)| *user == about).unwrap().1.clone(),
            word => word.to_owned(),
        }));
        arguments.extend(["-y".to_owned(), "--no-input".to_owned()]);
        self.site.run_as(HELPER, &arguments)
    }
}

/// Every command of the tree, as the manual pages name them; groups are no commands.
pub(super) fn tree(site: &Site) -> BTreeSet<String> {
    site.run(&["man", "pages", "-q"]).succeeded();
    let pages: Vec<String> = std::fs::read_dir(site.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".1").map(ToOwned::to_owned))
        .collect();
    let group = |page: &String| pages.iter().any(|other| other.starts_with(&format!("{page}-")));
    pages
        .iter()
        .filter(|page| !group(page))
        .map(|page| page.trim_start_matches("regain-").to_owned())
        .collect()
}

/// What support sees at a terminal, wide enough for every line; what is asked there is answered by nothing.
fn at_a_terminal(site: &Site, words: &[&str]) -> Ended {
    let program = site.path().join("regain").display().to_string();
    let helper = format!("--reuid={HELPER} --regid={HELPER} --clear-groups");
    let able = "--inh-caps=+dac_override --ambient-caps=+dac_override";
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let line = format!("stty cols 500 -echo; exec setpriv {helper} {able} {program} {}", words.join(" "));
    ended(site.program("script", &["-qec", &line, "/dev/null"]).spawn().unwrap(), "")
}

#[test]
fn o2_every_command_is_judged_for_support() {
    let site = Site::new();
    let listed: BTreeSet<String> = COMMANDS.iter().map(|(name, _, _)| name.replace(' ', "-")).collect();
    assert_eq!(tree(&site), listed, "a new command must be listed here, with what it is to support");
    assert_eq!(listed.len(), COMMANDS.len());
    let Some(desk) = Desk::new() else { return };
    let site = &desk.site;
    let events = || site.events("").len();
    for (command, may, rest) in COMMANDS {
        let before = events();
        match may {
            Never => {
                let refused = desk.by(command, rest, "acme/alice");
                assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{command}: {refused:?}");
                assert!(refused.stderr.contains("the role support may not "), "{command}: {refused:?}");
                assert!(refused.stderr.contains("\nhint: ask an administrator\n"), "{command}: {refused:?}");
                let own = refused
                    .stderr
                    .ends_with("\nhint: to act on your own identity, give your password: --password-stdin\n");
                assert_eq!(own, OWN.contains(command), "{command}: {refused:?}");
                assert_eq!(events(), before + 1, "{command} leaves a record");
                // At once, whatever could have answered a question.
                let words: Vec<&str> = command.split(' ').chain(rest.iter().copied()).collect();
                assert_eq!(site.run_as(HELPER, &words), refused, "{command}");
                let seen = at_a_terminal(site, &words);
                let told = refused.stderr.replace('\n', "\r\n");
                assert_eq!((seen.code, seen.stdout.as_str()), (4, told.as_str()), "{command}");
                if own {
                    // The hint is true: the password is read and judged.
                    let words = [command.split(' ').collect::<Vec<_>>(), vec!["acme/alice"]].concat();
                    let needed: &[&str] = if *command == "mfa enrol" { &["--secrets-to", "f"] } else { &[] };
                    let options = rest.iter().skip(1).chain(needed).copied();
                    let options = options.chain(["--password-stdin", "-y", "--no-input"]);
                    let words: Vec<&str> = words.into_iter().chain(options).collect();
                    let mut command = site.command_as(HELPER, &words);
                    let child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
                    let judged = ended(
                        child,
                        if rest.contains(&"--code-stdin") { "123456\n234567\n" } else { "wrong\n" },
                    );
                    assert_eq!(judged.code, 11, "{words:?}: {judged:?}");
                }
            }
            Look => {
                let seen = desk.by(command, rest, "acme/alice");
                assert_eq!(seen.code, 0, "{command}: {seen:?}");
                assert!(!format!("{seen:?}").contains(ALICE), "{command} masks: {seen:?}");
                let about_nobody =
                    matches!(*command, "account list" | "delivery status" | "policy show" | "account show");
                assert!(about_nobody || events() > before, "{command} leaves a record");
            }
            Help => {
                for privileged in ["acme", "acme/deputy"] {
                    let refused = desk.by(command, rest, privileged);
                    assert_eq!(refused.code, 4, "{command} {privileged}: {refused:?}");
                    assert!(
                        refused.stderr.contains(" for root users and operators"),
                        "{command}: {refused:?}"
                    );
                    assert!(!refused.stderr.contains("@example.com"), "{command}: {refused:?}");
                }
                assert!(events() > before, "{command} leaves a record");
                let helped = desk.by(command, rest, "acme/alice");
                assert_eq!(helped.code, 0, "{command}: {helped:?}");
                assert!(!format!("{helped:?}").contains(ALICE), "{command} masks: {helped:?}");
            }
            Oneself | Nothing => {}
        }
    }
    // A look at somebody's request is found by the person and by who looked.
    desk.by("request show", &["REQUEST"], "acme/alice").succeeded();
    let look = site.event("lookupCodes");
    assert_eq!(look.line(&["target", "operator"]), format!("acme/alice uid:{HELPER}"));
    // With their own password they are a person as any other.
    let own = ["mfa", "remove", "acme/alice", "--password-stdin", "-y"];
    assert_eq!(site.run_as(HELPER, &own).code, 2, "no line came");
    // What looks like help and is more than that.
    for beyond in [
        &["contact", "list", "acme/alice", "--unmask"][..],
        &["codes", "revoke", "--all", "-y"],
        &["admin-reset", "acme/alice", "--generate", "-y"],
        &["admin-reset", "acme/alice", "--setup", "--unlock", "-y"],
        &["admin-reset", "acme/alice", "--setup", "--secrets-to", "f", "-y"],
    ] {
        assert_eq!(site.run_as(HELPER, beyond).code, 4, "{beyond:?}");
    }
    // Nothing that a password of one's own would change.
    for (beyond, verb) in [
        (
            &["admin-reset", "acme/alice", "--setup", "--remove-mfa", "-y"][..],
            "enrol or remove authenticators",
        ),
        (&["contact", "bind", "acme/alice", "--email", "x@example.com", "-y"], "bind or unbind contacts"),
    ] {
        let told = format!("error: the role support may not {verb}\nhint: ask an administrator\n");
        assert_eq!(site.run_as(HELPER, beyond).stderr, told);
    }
}

#[test]
fn o5_support_sees_fifty_at_once() {
    let Some(Desk { site, .. }) = Desk::new() else { return };
    site.many_like("alice", 60);
    for command in [
        &["user", "list", "acme"][..],
        &["user", "list", "acme", "--limit", "100"],
        &["user", "find", "many"],
        &["user", "readiness", "acme", "--all"],
        &["mfa", "status", "acme"],
    ] {
        let seen = site.run_as(HELPER, &[command, &["-o", "json"]].concat()).succeeded();
        assert_eq!(seen.json().as_array().unwrap().len(), 50, "{command:?}");
        assert!(seen.stderr.contains("more"), "{command:?} says so: {seen:?}");
        site.let_in(0);
        let all = site.run(&[command, &["-o", "json"]].concat()).succeeded().json();
        assert!(all.as_array().unwrap().len() >= 60, "{command:?}");
        site.let_in(HELPER);
    }
    let five = site.run_as(HELPER, &["user", "list", "acme", "--limit", "5", "-o", "json"]).succeeded();
    assert_eq!((five.json().as_array().unwrap().len(), five.stderr.as_str()), (5, ""));
}
