//! K11: whoever makes a write fail learns nothing without spending a try. A limit on the size of files, or a disk that
//! is nearly full, stops the program at every page it could write; right and wrong, known and unknown must end alike
//! until the try is spent.

use std::collections::BTreeSet;
use std::fs;

use regain::domain::captcha::proof_of_work;

use super::disturbed::Disturbed;
use super::limits::*;
use crate::site::Site;

fn sign_ins() -> Vec<Variant> {
    let verify = |user: &'static str| ["verify", user, "--password-stdin"];
    vec![
        variant("right", &verify("acme/alice"), &format!("{CHANGED}\n")),
        variant("wrong", &verify("acme/alice"), "wrong\n"),
        variant("unknown", &verify("acme/alyce"), "wrong\n"),
        variant("disabled, right", &verify("acme/bobby"), &format!("{RIGHT}\n")),
        variant("disabled, wrong", &verify("acme/bobby"), "wrong\n"),
        variant("must change", &verify("acme/carol"), &format!("{RIGHT}\n")),
    ]
}

#[test]
fn k11_a_sign_in_is_spent_before_it_is_judged() {
    alike(|_| sign_ins());
}

/// Copies the site onto a small file system of its own, fills that up but for so many pages, runs the command there, and
/// copies what is left back out.
const ON_A_SMALL_DISK: &str = r#"
    site=$1 free=$2 program=$3; shift 3
    mount -t tmpfs -o size=8m tmpfs /mnt && cp -a "$site/." /mnt || exit 99
    dd if=/dev/zero of=/mnt/filling bs=4096 2>/dev/null
    truncate -s "-$((4096 * free))" /mnt/filling
    HOME=/mnt XDG_CONFIG_HOME=/mnt/config XDG_DATA_HOME=/mnt/data "$program" "$@"
    code=$?
    rm /mnt/filling && rm -r "$site/data" && cp -a /mnt/data "$site/data" || exit 99
    exit $code
"#;

fn on_a_small_disk(site: &Site, variant: &Variant, free: u64) -> Seen {
    let before = (recorded(site, true), recorded(site, false));
    let (folder, free) = (site.at("."), free.to_string());
    let words = ["unshare", "-m", "sh", "-c", ON_A_SMALL_DISK, "sh", folder.to_str().unwrap(), &free];
    let arguments: Vec<&str> = variant.arguments.iter().map(String::as_str).collect();
    let output = site.under(&words, &arguments, &variant.input);
    seen(site, &output, before)
}

#[test]
fn k11_on_a_disk_that_is_nearly_full_nothing_is_learnt_without_a_try() {
    if !rustix::process::geteuid().is_root() {
        assert!(std::env::var_os("CI").is_none(), "this needs root, for a file system of its own");
        return;
    }
    let site = people();
    let (mut unspent, mut spent) = (0, 0);
    for free in 0..=40 {
        let all: Vec<(&str, Seen)> = sign_ins()
            .iter()
            .map(|variant| (variant.what, on_a_small_disk(&site.copy(), variant, free)))
            .collect();
        let first = &all[0].1;
        for (_, seen) in &all {
            assert_ne!(seen.code, Some(99), "{all:#?}");
            assert_eq!(seen.attempts, first.attempts, "{free} pages: {all:#?}");
            if seen.attempts == 0 {
                assert_eq!((seen.code, &seen.text), (Some(7), &first.text), "{free} pages: {all:#?}");
            }
        }
        if first.attempts == 0 { unspent += 1 } else { spent += 1 }
    }
    assert!(unspent > 3 && spent > 3, "{unspent} before, {spent} after");
}

#[test]
fn k11_a_change_of_password_is_spent_before_it_is_judged() {
    alike(|_| {
        let change = |user: &'static str| ["password", "change", user, "--password-stdin"];
        vec![
            // A new one that is refused: what the old one costs is what counts here.
            variant("right", &change("acme/alice"), &format!("{CHANGED}\nshort\n")),
            variant("wrong", &change("acme/alice"), "wrong\nshort\n"),
            variant("unknown", &change("acme/alyce"), "wrong\nshort\n"),
        ]
    });
}

/// The text of the message to an address that holds these words.
fn message(site: &Site, address: &str, words: &str) -> String {
    site.succeed(&["delivery", "run", "--once"], "");
    let folder = site.at("data/regain/outbox/email/new");
    let mut texts =
        fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    texts.find(|text| text.contains(&format!("To: {address}")) && text.contains(words)).unwrap()
}

fn code_in(text: &str) -> String {
    let at = text.find("code is ").unwrap() + "code is ".len();
    text[at..at + 6].to_owned()
}

fn opened(site: &Site, user: &str) -> String {
    let view = site.succeed(&["request", "start", user, "-o", "json"], "");
    let view: serde_json::Value = serde_json::from_str(&view).unwrap();
    view["id"].as_str().unwrap().to_owned()
}

#[test]
fn k11_a_code_is_spent_before_it_is_judged() {
    alike(|site| {
        let open = |user: &str| {
            let id = opened(site, user);
            site.succeed(&["request", "send", &id, "--method", "account"], "");
            id
        };
        let (alice, nobody) = (open("acme/alice"), open("acme/alyce"));
        let code = code_in(&message(site, "alice@example.com", "code is "));
        let wrong = if code == "123456" { "654321\n" } else { "123456\n" };
        let verify = |id: &'_ str, what, digits: &str| {
            variant(what, &["request", "verify", id, "--code-stdin"], digits)
        };
        vec![
            verify(&alice, "right", &format!("{code}\n")),
            verify(&alice, "wrong", wrong),
            verify(&nobody, "unknown", wrong),
        ]
    });
}

/// Whatever a limit lets through: each guess that may have been compared cost a try, and no try comes back.
#[test]
fn k11_no_more_is_learnt_than_there_are_tries() {
    let site = people();
    let id = opened(&site, "acme/alice");
    site.succeed(&["request", "send", &id, "--method", "account"], "");
    let code = code_in(&message(&site, "alice@example.com", "code is "));
    settle(&site);
    let verify =
        |digits: &str| variant("", &["request", "verify", &id, "--code-stdin"], &format!("{digits}\n"));
    let (wrong, right) = (verify(if code == "123456" { "654321" } else { "123456" }), verify(&code));
    let end = frames(&site);
    let mut kinds = BTreeSet::new();
    for number in (end..end + 90).step_by(5) {
        let site = site.copy();
        let mut spent = 0;
        for _ in 0..7 {
            let seen = limited(&site, &wrong, number);
            assert!(seen.attempts == 1 || !matches!(seen.code, Some(0 | 11)), "{number}: {seen:?}");
            spent += seen.attempts;
        }
        let left = site.only("codes").number("tries_left");
        assert_eq!(i64::try_from(spent).unwrap() + left, 5, "limit {number}");
        // Without a limit: the right one counts while a try is left.
        let last = limited(&site, &right, 100_000);
        assert_eq!(last.code, Some(if left > 0 { 0 } else { 4 }), "limit {number}: {last:?}");
        kinds.insert(spent);
    }
    assert!(kinds.contains(&0) && kinds.contains(&5), "{kinds:?}");
}

#[test]
fn k11_a_serial_number_is_spent_before_it_is_looked_up() {
    alike(|site| {
        let form = "who = \"acme\"\nnew_mobile = \"+4915112345678\"\n";
        let view = site.succeed(&["appeal", "submit", "--from", "-", "-o", "json"], form);
        let view: serde_json::Value = serde_json::from_str(&view).unwrap();
        // An account's owner asks like everybody else, under another name than the store's owner.
        let show = |what, serial: &str| variant(what, &["request", "start", "acme", "--appeal", serial], "");
        let serial = view["serial"].as_str().unwrap();
        site.succeed(&["-y", "appeal", "approve", serial], "");
        vec![show("right", serial), show("wrong", "apl-bdfgh-jkmnp-qrstv")]
    });
}

#[test]
fn k11_a_captcha_is_spent_before_it_is_judged() {
    alike(|site| {
        let config =
            ["[captcha]\nmode = \"work\"\nbits = 8\n[delivery]\nbackground = false\n", TRIES].concat();
        fs::write(site.at("config/regain/config.toml"), config).unwrap();
        let answer = |user: &str, what, right: bool| {
            let view = site.succeed(&["request", "start", user, "-o", "json"], "");
            let view: serde_json::Value = serde_json::from_str(&view).unwrap();
            let number = proof_of_work::solve(view["captcha"]["challenge"].as_str().unwrap(), 8);
            let answer = if right { number.to_string() } else { "no number".to_owned() };
            variant(what, &["request", "captcha", view["id"].as_str().unwrap(), "--answer-stdin"], &answer)
        };
        vec![
            answer("acme/alice", "right", true),
            answer("acme/alice", "wrong", false),
            answer("acme/alyce", "unknown, right", true),
            answer("acme/alyce", "unknown, wrong", false),
        ]
    });
}

#[test]
fn k11_a_reference_is_spent_before_it_is_judged() {
    alike(|site| {
        let id = opened(site, "acme/alice");
        site.succeed(&["request", "send", &id, "--method", "account"], "");
        let text = message(site, "alice@example.com", "request disown ");
        let at = text.find("request disown ").unwrap() + "request disown ".len();
        let disown = |what, reference: &str| variant(what, &["request", "disown", reference], "");
        vec![disown("right", &text[at..at + 17]), disown("wrong", "bdfgh-jkmnp-qrstv")]
    });
}

#[test]
fn k11_a_setup_token_is_spent_before_it_is_judged() {
    alike(|site| {
        let folder = tempfile::tempdir().unwrap();
        let token = |file: &str| {
            let path = folder.path().join(file);
            let arguments =
                ["admin-reset", "acme/alice", "--setup", "-y", "--secrets-to", path.to_str().unwrap()];
            site.succeed(&arguments, "");
            let line: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            line["secret"].as_str().unwrap().to_owned()
        };
        // The second takes the place of the first.
        let (wrong, right) = (token("first"), token("second"));
        let setup = |what, token: &str| {
            let arguments = ["password", "setup", "--token-stdin", "--password-stdin"];
            variant(what, &arguments, &format!("{token}\nshort\n"))
        };
        vec![setup("right", &right), setup("wrong", &wrong)]
    });
}

#[test]
fn e1_a_request_and_its_code_take_as_many_pages_for_everyone() {
    for layout in 0..layouts() {
        let site = people();
        shift(&site, layout);
        let start = |user: &str| variant("start", &["request", "start", user], "");
        same_ends(&site, &[start("acme/alice"), start("acme/alyce"), start("acme/bobby")], layout);
        let ids = ["acme/alice", "acme/alyce", "acme/bobby"].map(|user| opened(&site, user));
        let send = |id: &String| variant("send", &["request", "send", id, "--method", "account"], "");
        same_ends(&site, &ids.each_ref().map(send), layout);
    }
}
