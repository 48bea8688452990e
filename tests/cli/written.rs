//! What a write prints says whether it changed anything, whichever command it is; one that is repeated changes nothing.

use std::collections::BTreeSet;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::ceiling::tree;
use super::dry_run::{covers, promises, says_nothing};
use super::{admin_reset, contact_change, disown, mfa};
use crate::site::{Ended, MANY, Site};

pub(super) const ALICE: &str = "alice@example.com";
pub(super) const OLD: &str = contact_change::PASSWORD;
const NEW: &str = "quite another long sentence";
pub(super) const FORM: &str = r#"{"kind": "appeal", "who": "acme", "new_mobile": "+4915100000009", "phone": {},
    "security": {}, "basic": {"name": "Example"}, "history": {}, "device": {}}"#;

/// Commands that write nothing of the store, or whose answer is a judgement, a report or a page.
const READS: &[&str] = &[
    "account list",
    "account show",
    "appeal list",
    "appeal show",
    "audit list",
    "audit verify",
    "batch list",
    "batch secrets",
    "batch show",
    "codes explain",
    "codes list",
    "completions",
    "config check",
    "config show",
    "contact list",
    "delivery status",
    "delivery test",
    "demo",
    "device list",
    "doctor",
    "faq",
    "hash calibrate",
    "login",
    "mfa status",
    "policy show",
    "request list",
    "request show",
    "store check",
    "texts list",
    "texts show",
    "user diagnose",
    "user find",
    "user hashes",
    "user list",
    "user readiness",
    "user show",
    "verify",
    "version",
];

/// Conversations at a terminal: each of their steps is a command of its own, and here.
const AT_A_TERMINAL: &[&str] = &["account register", "password reset"];

/// The words, with `-y -o json` at their end.
pub(super) fn as_json(words: &str) -> Vec<&str> {
    words.split(' ').chain(["-y", "-o", "json"]).collect()
}

/// What became of a command: an object, or a row each, and all of them with `changed`.
pub(super) fn changed(ended: &Ended) -> Vec<bool> {
    let shown = ended.json();
    let rows = if shown.is_array() { shown.as_array().unwrap().clone() } else { vec![shown] };
    rows.iter().map(|row| row["changed"].as_bool().unwrap_or_else(|| panic!("{row}"))).collect()
}

/// Every write there is, each called once.
struct Story {
    site: Site,
    told: BTreeSet<String>,
}

impl Story {
    fn write(&mut self, name: &str, rest: &str, input: &str) -> Value {
        let words = if rest.is_empty() { name.to_owned() } else { format!("{name} {rest}") };
        let tried = self.try_out(&words, input);
        let ended = self.site.pipe(&as_json(&words), input).succeeded();
        let told = changed(&ended);
        assert!(!told.is_empty() && told.iter().all(|changed| *changed), "{name}: {ended:?}");
        if let Some(tried) = tried {
            promises(&words, &tried, &ended.json());
        }
        self.told.insert(name.to_owned());
        ended.json()
    }

    /// A dry run ends as the run does, changes nothing, and leaves no event but the look that it is (O4).
    fn try_out(&self, words: &str, input: &str) -> Option<Value> {
        if words == "init" {
            // There is no store to look into.
            return Some(self.site.run(&[as_json(words), vec!["-n"]].concat()).succeeded().json());
        }
        let (rows, events) = (self.rows(), self.site.events("").len());
        let tried = self.site.pipe(&[as_json(words), vec!["-n"]].concat(), input);
        if tried.code == 2 && tried.stderr.contains("this cannot be tried without being done") {
            return None;
        }
        assert_eq!(tried.code, 0, "{words}: {tried:?}");
        assert!(changed(&tried).iter().all(|changed| !changed), "{words}: {tried:?}");
        assert_eq!(self.rows(), rows, "{words}");
        for event in self.site.events("").split_off(events) {
            let action = event.line(&["action"]);
            // A reference is guessed at in a dry run as well, which tells whether it is right (K11).
            let looks = action.starts_with("lookup") || action == "disownAttempted";
            assert!(looks, "{words} leaves {action}");
        }
        Some(tried.json())
    }

    /// How many rows there are, besides the records and what is noted of looks.
    fn rows(&self) -> std::collections::BTreeMap<String, i64> {
        let mut rows = self.site.counts();
        rows.retain(|table, _| !matches!(table.as_str(), "audit" | "meta"));
        rows
    }

    /// [`Self::write`] of what people do themselves, too: nothing is proven in a dry run, so that it says nothing of them.
    fn own(&mut self, name: &str, rest: &str, input: &str) {
        let ended = self.write(name, rest, input);
        let rest = rest.replace("--secrets-to totp", "--secrets-to other");
        let words = format!("{name} {rest} --password-stdin -n");
        let tried = self.site.pipe(&as_json(&words), &format!("{OLD}\n")).succeeded().json();
        promises(&words, &tried, &ended);
        assert!(says_nothing(&tried), "{words}: {tried}");
    }

    fn id(&mut self, name: &str, rest: &str) -> String {
        self.write(name, rest, "")["id"].as_str().unwrap().to_owned()
    }
}

fn people(story: &mut Story) {
    story.write("account create", "acme --email root@acme.example", "");
    story.write("config set", "codes.lifetime 9m", "");
    story.write("account create", "beta", "");
    story.write("account update", "beta --user-quota 3", "");
    story.write("account disable", "beta", "");
    story.write("account enable", "beta", "");
    story.write("user create", &format!("acme/alice --email {ALICE}"), "");
    story.write("user create", "acme/bob", "");
    story.write("policy set", "acme protection operation_protection=false", "");
    story.write("policy set", "acme login account_validity_period=240", "");
    story.write("user update", "acme/bob --description clerk", "");
    let record = "{\"user\":\"acme/bob\",\"external_id\":\"HR-1\"}\n{\"user\":\"acme/dave\"}\n";
    story.write("user import", "- --on-conflict update", record);
    story.write("user disable", "acme/bob", "");
    story.write("user enable", "acme/bob", "");
    story.write("user disable", "acme/alice acme/bob", "");
    story.write("user enable", "acme/alice acme/bob", "");
    story.write("admin-reset", "acme/alice acme/bob --generate --secrets-to many", "");
    story.write("admin-reset", "acme/alice --password-stdin --no-must-change", &format!("{OLD}\n"));
    story.write("contact bind", "acme/bob --mobile +4915112345678 --read-out", "");
    let code = story.site.code_to("+4915112345678");
    story.write("contact verify", "acme/bob --mobile +4915112345678 --code-stdin", &format!("{code}\n"));
    story.write("contact unbind", "acme/bob --mobile", "");
    story.write("password change", "acme/alice --password-stdin", &format!("{OLD}\n{NEW}\n"));
    story.write("admin-reset", "acme/bob --setup --secrets-to token", "");
    let [_, _, token] = story.site.secrets("token").remove(0);
    story.write("password setup", "--token-stdin --password-stdin", &format!("{token}\n{OLD}\n"));
    story.write("user update", "acme/alice --must-change --login-protection email", "");
    story.write("user update", "acme/alice --login-protection none", "");
    story.write("account update", "beta --name gamma", "");
    story.write("account update", "gamma --name beta", "");
}

/// Contacts that wait, that are vouched for and that are replaced; tokens that are sent again.
fn contacts(story: &mut Story) {
    story.write("user create", "acme/carol --email carol@example.com --generate --secrets-to carol", "");
    story.write("contact bind", "acme/carol --email new@example.com", "");
    story.write("contact bind", "acme/carol --email new@example.com --read-out", "");
    story.write("contact bind", "acme/carol --email new@example.com --verified", "");
    story.write("contact bind", "acme/carol --email newer@example.com --verified", "");
    story.write("contact bind", "acme/carol --mobile +4915112345679", "");
    story.write("contact unbind", "acme/carol --mobile --unverified", "");
    story.write("admin-reset", "acme/carol --setup", "");
    let listed = story.site.json(&["codes", "list", "acme/carol", "--purpose", "setup"]);
    story.write("codes resend", listed[0]["id"].as_str().unwrap(), "");
    story.write("codes revoke", "--all", "");
    story.write("admin-reset", "acme/carol --generate --unlock --secrets-to carol2", "");
    let reference = disown::reference(&story.site, "newer@example.com");
    story.write("request disown", &format!("{reference} --for-caller"), "");
    story.write("user enable", "acme/carol --unlock", "");
}

fn requests(story: &mut Story) {
    let id = story.id("request start", "acme/alice");
    story.write("request captcha", &format!("{id} --work"), "");
    story.write("request send", &format!("{id} --method account"), "");
    let listed = story.site.json(&["codes", "list", "acme/alice"]);
    story.write("codes resend", listed[0]["id"].as_str().unwrap(), "");
    let code = story.site.code_to(ALICE);
    story.write("request verify", &format!("{id} --code-stdin"), &format!("{code}\n"));
    story.write("request set-password", &format!("{id} --password-stdin"), &format!("{OLD}\n"));
    let id = story.id("request start", "acme/alice");
    story.write("request captcha", &format!("{id} --work"), "");
    story.write("request send", &format!("{id} --method account"), "");
    let reference = disown::reference(&story.site, ALICE);
    story.write("codes revoke", "acme/alice", "");
    story.write("request disown", &reference, "");
    let id = story.id("request register", "dora --mobile +4915100000007");
    story.write("request cancel", &id, "");
}

fn proofs(story: &mut Story) {
    story.write("user enable", "acme/alice --unlock", "");
    story.write("admin-reset", "acme/alice --password-stdin --no-must-change", &format!("{OLD}\n"));
    story.own("mfa enrol", "acme/bob --secrets-to totp", "");
    let phone = mfa::Authenticator::of(&story.site.secrets("totp")[0][2]);
    story.own("mfa confirm", "acme/bob --totp-stdin", &phone.pair());
    story.own("mfa remove", "acme/bob", "");
    story.site.pipe(&["login", "acme/alice", "--password-stdin", "-q"], OLD).succeeded();
    story.own("device forget", "acme/alice --all", "");
    let id = story.id("support challenge", "acme/alice");
    let code = story.site.code_to(ALICE);
    story.write("support confirm", &format!("{id} --code-stdin"), &format!("{code}\n"));
    let changed_by = ["-o", "json"];
    let tried = ["contact", "change", "acme/alice", "--email", contact_change::NEW, "-n", "-o", "json"];
    let tried = story.site.run(&tried).succeeded().json();
    let ended = contact_change::change(&story.site, &changed_by, &[ALICE, contact_change::NEW], None);
    let ended = ended.succeeded();
    assert_eq!(changed(&ended), [true]);
    promises("contact change", &tried, &ended.json());
    story.told.insert("contact change".to_owned());
}

fn appeals(story: &mut Story) {
    let serial = |view: &Value| view["serial"].as_str().unwrap().to_owned();
    let denied = serial(&story.write("appeal submit", "--from -", FORM));
    story.write("appeal deny", &denied, "");
    let approved = serial(&story.write("appeal submit", "--from -", FORM));
    story.write("appeal approve", &approved, "");
}

fn upkeep(story: &mut Story) {
    story.write("delivery run", "", "");
    let message = story.site.newest("outbox")["id"].clone();
    story.write("delivery receipt", &format!("{} --state delivered", message.as_str().unwrap()), "");
    story.write("audit export", "records.jsonl", "");
    story.write("user export", "people.csv", "");
    story.write("store backup", "copy.db", "");
    story.write("store rotate-key", "", "");
    story.write("store restore", "copy.db", "");
    // Nothing is old enough.
    let tried = story.site.run(&as_json("store purge -n")).succeeded().json();
    let ended = story.site.run(&as_json("store purge")).succeeded();
    assert_eq!((&tried["outcome"], changed(&ended)), (&"unchanged".into(), vec![false]));
    covers("store purge", &tried, &ended.json());
    story.told.insert("store purge".to_owned());
    story.site.many_like("bob", MANY);
    let names: Vec<String> = (0..MANY).map(|at| format!("acme/many{at}\n")).collect();
    std::fs::write(story.site.at("crowd"), names.concat()).unwrap();
    for (batch, command, rest) in
        [("march", "batch resume", "march --secrets-to more.jsonl"), ("april", "batch cancel", "april")]
    {
        let file = format!("{batch}.jsonl");
        let reset = ["admin-reset", "--from", "crowd", "--generate", "--secrets-to", &file, "--batch", batch];
        story.site.interrupted(&[&reset[..], &["-y", "-o", "jsonl"]].concat(), Signal::SIGKILL);
        story.write(command, rest, "");
    }
    story.write("man", "man1", "");
    story.write("user revoke", "acme/bob", "");
    story.write("user disable", "acme/bob", "");
    story.write("user delete", "acme/bob", "");
    story.write("account disable", "beta", "");
    story.write("account delete", "beta", "");
}

#[test]
fn every_write_says_whether_it_changed_anything() {
    let mut story = Story { site: Site::bare(), told: BTreeSet::new() };
    story.write("init", "", "");
    story.site.configure("[codes]\nresend_after = \"0s\"\n[register]\nenabled = true\n");
    people(&mut story);
    contacts(&mut story);
    requests(&mut story);
    proofs(&mut story);
    appeals(&mut story);
    upkeep(&mut story);
    let named: BTreeSet<String> = story
        .told
        .iter()
        .map(String::as_str)
        .chain(READS.iter().chain(AT_A_TERMINAL).copied())
        .map(|name| name.replace(' ', "-"))
        .collect();
    assert_eq!(tree(&story.site), named, "a new command is a write, and is told of here, or it is none");
}

#[test]
fn one_person_and_several_have_one_outcome() {
    let site = Site::new();
    site.account("acme");
    for user in ["alice", "bob"] {
        site.user(&format!("acme/{user}"), OLD);
    }
    let outcome = |words: &str| {
        let shown = site.run(&as_json(words)).succeeded().json();
        let row = if shown.is_array() { shown[0].clone() } else { shown };
        let fields = ["row", "user", "outcome", "changed", "reason", "message"];
        fields.iter().map(|field| row[*field].to_string()).collect::<Vec<_>>().join(" ")
    };
    let many = |words: &str| outcome(&words.replace("acme/alice", "acme/alice acme/bob"));
    for (words, becomes) in [
        ("user disable acme/alice --dry-run", "would_do\" false"),
        ("user enable acme/alice --dry-run", "unchanged\" false"),
        ("user enable acme/alice", "unchanged\" false"),
        ("admin-reset acme/alice --setup --dry-run", "would_do\" false"),
        ("admin-reset acme/alice --setup", "done\" true"),
        ("user revoke acme/alice", "done\" true"),
    ] {
        let expected = format!("1 \"acme/alice\" \"{becomes} null null");
        assert_eq!(many(words), expected, "{words}, two of them");
        // A setup token can be sent again, and a password is gone once.
        if !words.contains("revoke") {
            assert_eq!(outcome(words), expected, "{words}");
        }
    }
    // One alone is the user, too, as they are now.
    let alone = site.run(&as_json("user disable acme/bob")).succeeded().json();
    assert_eq!(
        (&alone["status"], &alone["name"], &alone["outcome"]),
        (&"disabled".into(), &"bob".into(), &"done".into())
    );
    let again = site.run(&["user", "disable", "acme/bob"]);
    insta::assert_snapshot!(site.shown(&again), @"
    exit 0
    --- stderr
    Nothing to change: acme/bob stays as it is.
    ");
}

#[test]
fn the_object_tells_the_outcome() {
    let site = admin_reset::site();
    let done = admin_reset::reset(&site, &["acme/bob", "--generate", "--secrets-to", "f", "-o", "json"]);
    insta::assert_snapshot!(site.shown(&done), @r#"
    exit 0
    --- stdout
    {
      "id": "usr_ID",
      "account": "acme",
      "name": "bob",
      "root": false,
      "title": "IAM user",
      "status": "enabled",
      "description": null,
      "access_mode": "default",
      "login_protection": "none",
      "must_change": true,
      "password_set": true,
      "password_changed_at": "TIME",
      "password_expires_at": "TIME",
      "locked_until": null,
      "disowned_at": null,
      "mfa": false,
      "epoch": 2,
      "last_login_at": null,
      "created_at": "TIME",
      "contacts": [],
      "external_id": null,
      "row": 1,
      "user": "acme/bob",
      "outcome": "done",
      "reason": null,
      "message": null,
      "effects": [
        "acme/bob gets a generated password",
        "the old password of acme/bob stops working; sessions elsewhere can end",
        "every live code, setup token and request of acme/bob ends",
        "it works for 24 hours and must be changed at the next sign-in"
      ],
      "expires_at": "TIME",
      "changed": true
    }
    --- stderr
    Reset the password of acme/bob.
    "#);
}
