//! D2 and K4: many processes at once lose nothing, count every try, and never tell of a locked database.
use std::process::Stdio;

use crate::site::{Ended, Row, Site, ended, not};

/// Starts all of them before it waits for the first.
pub(crate) fn at_once(site: &Site, all: &[(Vec<String>, String)]) -> Vec<Ended> {
    let children: Vec<_> = all
        .iter()
        .map(|(arguments, _)| site.command(arguments).stdin(Stdio::piped()).spawn().unwrap())
        .collect();
    let ended: Vec<Ended> =
        children.into_iter().zip(all).map(|(child, (_, input))| ended(child, input)).collect();
    for one in &ended {
        // The page about locked users is none about a locked store.
        let one = Ended { stderr: one.stderr.replace("`regain faq locked`", ""), ..one.clone() };
        for word in ["locked", "busy", "panicked"] {
            assert!(!one.stderr.contains(word) && !one.stdout.contains(word), "{one:?}");
        }
    }
    ended
}

fn words(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|word| (*word).to_owned()).collect()
}

fn with_code(site: &Site) -> (String, String) {
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    (id, code)
}

fn count(ended: &[Ended], code: i32) -> usize {
    ended.iter().filter(|one| one.code == code).count()
}

#[test]
fn d2_eight_policies_set_at_once_lose_nothing() {
    const FIELDS: [&str; 8] = [
        "minimum_password_length=20",
        "maximum_password_length=100",
        "password_char_combination=1",
        "maximum_consecutive_identical_chars=5",
        "number_of_recent_passwords_disallowed=7",
        "password_validity_period=90",
        "minimum_password_age=3",
        "password_not_username_or_invert=false",
    ];
    let site = Site::new();
    site.account("acme");
    let set = |field| (words(&["policy", "set", "acme", "password", field, "-y"]), String::new());
    let ended = at_once(&site, &FIELDS.map(set));
    assert_eq!(count(&ended, 0), FIELDS.len(), "{ended:?}");
    let policy = site.json(&["policy", "show", "acme", "password"]);
    for field in FIELDS {
        let (name, value) = field.split_once('=').unwrap();
        assert_eq!(policy[name].to_string(), value, "{name}");
    }
    // Of those who set one field at once, each is told whether theirs is what it became.
    let set = |at: u32| {
        let field = format!("minimum_password_length={}", 30 + at);
        (words(&["policy", "set", "acme", "password", &field, "-y", "-o", "json"]), String::new())
    };
    let ended = at_once(&site, &[0, 1, 2, 3].map(set));
    assert!(count(&ended, 0) >= 1 && count(&ended, 0) + count(&ended, 4) == 4, "{ended:?}");
    let changes = site.recorded("modifySecurityPolicy", "success");
    assert_eq!(changes, FIELDS.len() + count(&ended, 0));
}

#[test]
fn k4_twenty_wrong_guesses_at_once_cost_five_tries() {
    let site = Site::new();
    let (id, code) = with_code(&site);
    let guess = (words(&["request", "verify", &id, "--code-stdin"]), format!("{}\n", not(&code)));
    let ended = at_once(&site, &vec![guess; 20]);
    assert_eq!((count(&ended, 11), count(&ended, 4)), (5, 15), "{ended:?}");
    assert_eq!(site.only("codes").line(&["state", "tries_left"]), "exhausted 0");
    assert_eq!(site.verify(&id, &code).code, 4);
}

#[test]
fn k11_fifty_right_sign_ins_at_once_all_succeed() {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    let verify = words(&["verify", "acme/alice", "--password-stdin"]);
    let ended = at_once(&site, &vec![(verify.clone(), format!("{PASSWORD}\n")); 50]);
    assert_eq!(count(&ended, 0), 50, "{ended:?}");
    // Of as many wrong ones, those count that lock, and no more.
    let ended = at_once(&site, &vec![(verify, "wrong\n".to_owned()); 20]);
    assert_eq!(count(&ended, 11), 20, "{ended:?}");
    assert_eq!(site.only("sign_in_failures")["failures"], 5);
    assert_eq!(site.rows("attempts").len(), 0);
}

#[test]
fn k4_a_right_code_among_wrong_ones_counts_for_itself() {
    let site = Site::new();
    let (id, code) = with_code(&site);
    let verify = words(&["request", "verify", &id, "--code-stdin"]);
    let mut all = vec![(verify.clone(), format!("{}\n", not(&code))); 4];
    all.push((verify, format!("{code}\n")));
    let ended = at_once(&site, &all);
    assert_eq!(ended.last().unwrap().code, 0, "{ended:?}");
}

#[test]
fn k4_twelve_right_answers_at_once_succeed_once() {
    let site = Site::new();
    let (id, code) = with_code(&site);
    let ended = at_once(&site, &vec![(words(&["request", "verify", &id, "--code-stdin"]), code); 12]);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 11), "{ended:?}");
}

/// A site with two appeals' worth of decisions to make at once, and the serial of one.
fn with_appeal(settings: &str) -> (Site, String) {
    let site = Site::with(settings);
    site.account("acme");
    let form = "who = \"acme\"\nnew_mobile = \"+4915112345678\"\n";
    let submit = ["appeal", "submit", "--from", "-", "-o", "json"];
    let serial = site.pipe(&submit, form).succeeded().json()["serial"].as_str().unwrap().to_owned();
    (site, serial)
}

#[test]
fn of_many_decisions_at_once_one_counts() {
    let (site, serial) = with_appeal("");
    let decide = |what: &str| (words(&["appeal", what, &serial, "-y"]), String::new());
    let all: Vec<_> = (0..8).map(|at| decide(if at % 2 == 0 { "approve" } else { "deny" })).collect();
    let ended = at_once(&site, &all);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 7), "{ended:?}");
    let won = ended.iter().position(|one| one.code == 0).unwrap();
    let state = if won % 2 == 0 { "approved" } else { "denied" };
    assert_eq!(site.only("appeals")["state"], state);
    assert_eq!(site.mails_to("+4915112345678").len(), 1);
    assert_eq!(site.recorded("appealApproved", "success") + site.recorded("appealDenied", "success"), 1);
}

#[test]
fn one_operator_counts_once_however_often_they_approve_at_once() {
    let (site, serial) = with_appeal("[appeals]\napprovals = 2\n");
    let approve = (words(&["appeal", "approve", &serial, "-y"]), String::new());
    let ended = at_once(&site, &vec![approve; 6]);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 5), "{ended:?}");
    assert_eq!(site.only("appeals")["state"], "submitted");
    assert_eq!(site.rows("appeal_approvals").len(), 1);
}

#[test]
fn two_new_passwords_at_once_leave_one() {
    let site = Site::new();
    let (id, code) = with_code(&site);
    site.verify(&id, &code).succeeded();
    let set = words(&["request", "set-password", &id, "--password-stdin"]);
    let all: Vec<_> = (0..4).map(|at| (set.clone(), format!("the {at}th fresh passphrase\n"))).collect();
    let ended = at_once(&site, &all);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 3), "{ended:?}");
    assert_eq!(site.recorded("fpwdResetSuccess", ""), 1);
}

#[test]
fn d2_eight_processes_writing_lose_nothing() {
    let site = Site::new();
    site.account("acme");
    // Two rounds: one source may have ten live requests.
    for round in 0..2 {
        let all: Vec<_> = (0..8)
            .map(|at| match at % 2 {
                0 => words(&["account", "create", &format!("team{round}x{at}"), "-y"]),
                _ => words(&["request", "start", &format!("ghost{round}x{at}")]),
            })
            .map(|arguments| (arguments, String::new()))
            .collect();
        let ended = at_once(&site, &all);
        assert_eq!(count(&ended, 0), 8, "{ended:?}");
    }
    assert_eq!(site.rows("accounts").len(), 9);
    assert_eq!(site.rows("requests").len(), 8);
    // The records are one chain, however many wrote them.
    let events = site.events("");
    assert_eq!(events.last().unwrap()["seq"], events.len());
}

#[test]
fn d4_one_name_wanted_by_eight_goes_to_one() {
    let site = Site::new();
    let ended = at_once(&site, &vec![(words(&["account", "create", "acme", "-y"]), String::new()); 8]);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 7), "{ended:?}");
}

#[test]
fn one_contact_wanted_by_eight_goes_to_one() {
    let site = Site::new();
    let bind = |at: usize| {
        let name = format!("team{at}x");
        site.run(&["account", "create", &name, "-y"]).succeeded();
        words(&["contact", "bind", &name, "--email", "one@example.com", "--verified", "-y"])
    };
    let all: Vec<_> = (0..8).map(|at| (bind(at), String::new())).collect();
    let ended = at_once(&site, &all);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 7), "{ended:?}");
}

#[test]
fn init_by_eight_at_once_makes_one_that_works() {
    let site = Site::bare();
    let ended = at_once(&site, &vec![(words(&["init"]), String::new()); 8]);
    assert_eq!(count(&ended, 0), 1, "{ended:?}");
    site.account("acme");
    let id = site.request("acme");
    site.run(&["request", "show", &id]).succeeded();
}

#[test]
fn a_challenge_confirmed_by_eight_at_once_is_confirmed_once_and_used_once() {
    let site = Site::new();
    site.account("acme");
    let id = site.json(&["support", "challenge", "acme"])["id"].as_str().unwrap().to_owned();
    let code = site.code_to("acme@example.com");
    let confirm = (words(&["support", "confirm", &id, "--code-stdin"]), code);
    let ended = at_once(&site, &vec![confirm; 8]);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 7), "{ended:?}");
    let reset = ["admin-reset", "acme", "--setup", "--override", "-y", "--verified-caller", &id];
    let ended = at_once(&site, &vec![(words(&reset), String::new()); 8]);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 7), "{ended:?}");
    assert_eq!(site.rows("setup_tokens").len(), 1);
}

#[test]
fn a_reference_quoted_by_eight_at_once_blocks_once() {
    let site = Site::new();
    let (id, code) = with_code(&site);
    site.verify(&id, &code).succeeded();
    site.set_password(&id, "an entirely fresh passphrase").succeeded();
    let mail = site.mails_to("acme@example.com").pop().unwrap();
    let reference = mail.split("disown ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let ended = at_once(&site, &vec![(words(&["request", "disown", &reference]), String::new()); 8]);
    assert_eq!(count(&ended, 0), 8, "{ended:?}");
    assert_eq!(site.recorded("disownChange", "success"), 1);
    assert_eq!(site.only("users")["epoch"], 2);
}

#[test]
fn k6_a_budget_holds_however_many_ask_at_once() {
    let site =
        Site::with("[captcha]\nmode = \"off\"\n[budgets]\ncontact_per_hour = 4\nsource_per_hour = 100\n");
    site.account("acme");
    let ids: Vec<String> = (0..5).map(|_| site.request("acme")).collect();
    let send = |id: &String| {
        (words(&["request", "send", id, "--method", "email", "--address", "acme@example.com"]), String::new())
    };
    let ended = at_once(&site, &ids.iter().map(send).collect::<Vec<_>>());
    assert_eq!(count(&ended, 0), 5, "{ended:?}");
    assert_eq!(site.mails_to("acme@example.com").len(), 2);
}

/// An IAM user whose sign-in, and whose own changes, ask for a code by email; and the code of a sign-in.
fn protected(site: &Site) -> String {
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site.run(&["user", "update", "acme/alice", "--login-protection", "email", "-y", "-q"]).succeeded();
    assert_eq!(site.pipe(&["login", "acme/alice", "--password-stdin"], PASSWORD).code, 9);
    site.code_to("alice@example.com")
}

const PASSWORD: &str = "correct horse battery staple";

#[test]
fn k4_a_code_lets_in_once_however_many_come_with_it() {
    let site = Site::new();
    let code = protected(&site);
    let login = words(&["login", "acme/alice", "--code-stdin", "--password-stdin"]);
    let ended = at_once(&site, &vec![(login, format!("{code}\n{PASSWORD}\n")); 8]);
    assert_eq!((count(&ended, 0), count(&ended, 4)), (1, 7), "{ended:?}");
    assert_eq!(site.recorded("login", ""), 1);
}

#[test]
fn k4_wrong_codes_at_a_protected_sign_in_cost_a_try_each() {
    let site = Site::new();
    let code = protected(&site);
    let login = words(&["login", "acme/alice", "--code-stdin", "--password-stdin"]);
    let ended = at_once(&site, &vec![(login.clone(), format!("{}\n{PASSWORD}\n", not(&code))); 4]);
    assert_eq!(count(&ended, 11), 4, "{ended:?}");
    assert_eq!(site.newest("codes")["tries_left"], 1);
    assert_eq!(site.only("sign_in_failures")["failures"], 4);
}

#[test]
fn one_answer_serves_changes_that_come_at_once_and_one_of_them_is_made() {
    let site = Site::new();
    protected(&site);
    let change = ["password", "change", "acme/alice", "--password-stdin"];
    assert_eq!(site.pipe(&change, &format!("{PASSWORD}\nsome other words to keep\n")).code, 9);
    let code = site.code_to("alice@example.com");
    let all: Vec<_> = (0..4)
        .map(|at| {
            let lines = format!("{code}\n{PASSWORD}\nthe {at}th fresh passphrase\n");
            (words(&["password", "change", "acme/alice", "--code-stdin", "--password-stdin"]), lines)
        })
        .collect();
    let ended = at_once(&site, &all);
    assert_eq!(count(&ended, 0), 1, "{ended:?}");
    assert_eq!(site.recorded("changePassword", "success"), 2);
}

/// Workers killed at any moment lose nothing, and each leaves one message in doubt at most, which is marked.
#[test]
fn killed_workers_lose_nothing_and_mark_what_is_in_doubt() {
    const MESSAGES: usize = 100;
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    let users: Vec<String> = (0..MESSAGES).map(|at| format!("acme/team{at}x")).collect();
    for (at, user) in users.iter().enumerate() {
        let email = format!("team{at}x@example.com");
        site.run(&["user", "create", user, "--email", &email, "-y"]).succeeded();
    }
    site.edit("contacts", |contact| contact["verified_at"] = contact["bound_at"].clone());
    let reset =
        [&["admin-reset", "--setup", "-y"], users.iter().map(String::as_str).collect::<Vec<_>>().as_slice()]
            .concat();
    site.run(&reset).succeeded();
    let in_state = |state: &str| site.count("outbox", |message| message["state"] == state);
    assert_eq!(in_state("queued"), MESSAGES);

    // As long as it takes to claim a few: each round is killed a little later into its work.
    let mut killed = 0;
    for round in 0.. {
        let waits = || in_state("queued") != 0;
        if !waits() {
            break;
        }
        assert!(round < 200, "nothing moves");
        let mut workers: Vec<_> = (0..3)
            .map(|_| site.command(&["delivery", "run"]).stdin(Stdio::null()).spawn().unwrap())
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(8 + 2 * (round % 15)));
        for worker in &mut workers {
            worker.kill().unwrap();
            worker.wait().unwrap();
            killed += 1;
        }
    }
    let in_hand = in_state("leased");
    assert!((1..=killed).contains(&in_hand), "{in_hand} of {killed}");
    // As if their leases had run out.
    site.edit("outbox", |message| {
        if message["state"] == "leased" {
            message["lease_until"] = message["due_at"].clone();
        }
    });
    site.deliver();

    let letters = std::fs::read_dir(site.path().join("data/regain/outbox/email/new")).unwrap().count();
    assert_eq!(letters, MESSAGES);
    assert_eq!(site.count("outbox", |message| message["state"] != "done" || message.has("sealed")), 0);
    // What was tried again is what was in doubt, and it is marked; nothing else is.
    assert_eq!(site.count("tries", |one| one["outcome"] == "unknown"), in_hand);
    assert_eq!(site.count("outbox", |message| message["maybe_twice"] == 1), in_hand);
    let marked = |message: &Row| (message.number("attempts") > 1) == (message["maybe_twice"] == 1);
    assert_eq!(site.count("outbox", marked), MESSAGES);
    assert_eq!(site.count("tries", |one| one["outcome"] == "handed_over"), MESSAGES);
}
