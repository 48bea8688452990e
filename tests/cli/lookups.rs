//! O2, O5: support finds people, learns no address by pieces, and acts on no operator however named.

use crate::site::{Ended, Site};

const HELPER: u32 = 61_238;
const ALICE: &str = "alice@example.com";

/// Alice, with a mobile number too; the helper is support. `None` where nobody can act as another.
fn desk(settings: &str) -> Option<Site> {
    let site = Site::new();
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[support]\nverified_caller = \"optional\"\n{settings}"
    ));
    site.account("acme");
    let create = ["user", "create", "acme/alice", "--email", ALICE, "--mobile", "+4915112345678", "-y", "-q"];
    site.run(&create).succeeded();
    site.let_in(HELPER).then_some(site)
}

fn operators(admin: &str) -> String {
    format!("[operators]\nadmin = [{admin}]\nsupport = [\"uid:{HELPER}\"]\n")
}

fn by(site: &Site, arguments: &[&str]) -> Ended {
    site.run_as(HELPER, &[arguments, &["-o", "jsonl"]].concat())
}

#[test]
fn o2_for_support_an_address_is_found_only_as_a_whole() {
    let Some(site) = desk(&operators("")) else { return };
    let found = |text: &str| {
        let found = by(&site, &["user", "find", text]).succeeded();
        assert!(!found.stdout.contains(ALICE) && !found.stdout.contains("15112345678"), "{found:?}");
        found.stdout.lines().filter(|line| line.contains("\"alice\"")).count()
    };
    for whole in [
        ALICE,
        "Alice@EXAMPLE.com",
        "+4915112345678",
        "0049 151 1234-5678",
        "alic",
        // As callers say it.
        "0151 12345678",
        "(0151) 1234-5678",
        "4915112345678",
        // The account.
        "acm",
    ] {
        assert_eq!(found(whole), 1, "{whole}");
    }
    for piece in [
        "alice@",
        "alice@example.co",
        "@example.com",
        "lice@example.com",
        "+49151",
        "5112345678",
        "0151 1234567",
        "12345678",
        "usr_",
        "example",
    ] {
        assert_eq!(found(piece), 0, "{piece}");
    }
    let note = by(&site, &["user", "find", "alice@e"]);
    assert_eq!(
        note.stderr,
        "Searched: parts of names, accounts and descriptions; whole ids, email addresses and mobile numbers. For support, \
         an address is found only as a whole.\n"
    );
    let looked = site.recorded("lookupContact", "") + site.recorded("lookupUser", "");
    assert_eq!(looked, 20, "each search is recorded");
    // Administrators, who may unmask, find by a part.
    site.let_in(0);
    assert!(site.run(&["user", "find", "lice@example.c"]).succeeded().stdout.contains("acme/alice"));
    let id = site.json(&["user", "show", "acme/alice"])["id"].as_str().unwrap().to_owned();
    for text in ["0049 151 12345678", "0151 12345678", "0151-1234", "12345678", "3456", id.as_str()] {
        assert!(site.run(&["user", "find", text]).succeeded().stdout.contains("acme/alice"), "{text}");
    }
    let nobody = site.run(&["user", "find", "0151 9999"]);
    assert_eq!(
        nobody.stderr,
        "Nobody was found.\nSearched: parts of names, accounts, descriptions, email addresses and mobile numbers, with \
         1519999 anywhere in a number; whole ids.\n"
    );
}

#[test]
fn o2_a_run_of_look_ups_by_support_is_refused_and_an_incident() {
    let settings = format!("[budgets]\nlookups_per_hour = 4\n{}", operators(""));
    let Some(site) = desk(&settings) else { return };
    by(&site, &["user", "find", "ali"]).succeeded();
    by(&site, &["user", "show", "acme/alice"]).succeeded();
    assert_eq!(by(&site, &["user", "show", "nobody@example.com"]).code, 3);
    by(&site, &["user", "list", "acme"]).succeeded();
    let exceeded = || {
        let events = site.events("lookupsExceeded");
        events.iter().map(|event| event.line(&["rating", "outcome", "operator"])).collect::<Vec<_>>()
    };
    assert_eq!(exceeded(), Vec::<String>::new());
    let refused = site.run_as(HELPER, &["user", "show", ALICE]);
    assert_eq!(refused.code, 4);
    assert_eq!(
        refused.stderr,
        "error: support may make at most 4 look-ups within an hour\n\
         hint: wait, or ask an administrator to look; this is recorded as an incident\n\
         hint: [budgets] lookups_per_hour sets how many there may be\n"
    );
    for command in [
        &["user", "find", "ali"][..],
        &["user", "diagnose", "acme/alice"],
        &["user", "readiness"],
        &["codes", "list"],
        &["codes", "explain", "nobody@example.com"],
        &["contact", "list", "acme/alice"],
        &["support", "challenge", ALICE, "-y"],
        &["admin-reset", "acme/alice", "--setup", "-y"],
    ] {
        let refused = by(&site, command);
        assert!(refused.code == 4 && refused.stderr.contains("too_many_lookups"), "{command:?}: {refused:?}");
        assert!(!format!("{refused:?}").contains("a***@e***"), "{command:?}: {refused:?}");
    }
    // One for a quarter of an hour, which tells how many came before it.
    assert_eq!(exceeded(), ["incident refused uid:61238"]);
    // It was an hour ago: the budget is there again. An administrator has none to spend.
    site.edit("budgets", |spent| {
        if spent["scope"] == "lookups" {
            spent.shift("at", -3_600_000);
        }
    });
    by(&site, &["user", "show", ALICE]).succeeded();
    site.let_in(0);
    for _ in 0..5 {
        site.run(&["user", "show", "acme/alice"]).succeeded();
    }
}

/// What support gets who sends a setup token to somebody of this name.
fn setup(admin: &str, name: &str) -> Option<Ended> {
    let site = desk(&operators(admin))?;
    site.let_in(0);
    let user = format!("acme/{name}");
    site.run(&["user", "create", &user, "--email", "other@example.com", "-y", "-q"]).succeeded();
    site.let_in(HELPER);
    Some(site.run_as(HELPER, &["admin-reset", &user, "--setup", "-y"]))
}

#[test]
fn o2_an_operator_is_an_operator_however_named() {
    let privileged = "error: support may not send a setup token for root users and operators\nhint: ask an administrator\n";
    // Every system has these: `daemon`, whose first group is `daemon`, and `root`, who is an admin anywhere.
    for (admin, name) in [
        ("\"%daemon\"", "daemon"),
        ("\"%daemon\"", "Daemon"),
        ("\"Daemon\"", "daemon"),
        ("\"daemon\"", "DAEMON"),
        ("", "root"),
        ("", "Root"),
        // Who is in a group that this machine does not know, nobody can tell.
        ("\"%no-such-group-here\"", "bob"),
    ] {
        let Some(refused) = setup(admin, name) else { return };
        assert_eq!((refused.code, refused.stderr.as_str()), (4, privileged), "{admin} {name}");
    }
    for (admin, name) in [("\"%daemon\"", "bob"), ("\"daemon\"", "bob"), ("", "daemon")] {
        let Some(helped) = setup(admin, name) else { return };
        assert_eq!(helped.code, 0, "{admin} {name}: {helped:?}");
    }
}
