//! `regain doctor`: what is wrong, and what to do about it.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use serde_json::Value;

use super::batches::killed;
use crate::site::{Ended, MANY, Row, Site, later};

fn findings(ended: &Ended) -> Vec<Value> {
    ended.json().as_array().unwrap().clone()
}

fn doctor(site: &Site) -> Ended {
    site.run(&["doctor", "-o", "json"])
}

/// The first finding that is an error, of the one check that fails: its check, message and remedy.
fn wrong(site: &Site, ended: &Ended) -> String {
    let errors: Vec<Value> =
        findings(ended).into_iter().filter(|finding| finding["level"] == "error").collect();
    let checks: std::collections::BTreeSet<&str> =
        errors.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    assert_eq!(checks.len(), 1, "one thing is wrong: {ended:?}");
    let of = |key: &str| errors[0][key].as_str().unwrap().to_owned();
    site.normalised(&format!("exit {}\n{}\n{}\n{}", ended.code, of("check"), of("message"), of("remedy")))
}

#[test]
fn a_new_site_is_in_order_but_for_trying_out() {
    let site = Site::bare();
    site.run(&["init"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["doctor"])), @"
    exit 0
    --- stdout
    CHECK             LEVEL  FINDING                                                                                                  REMEDY
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    config            ok     SITE/config/regain/config.toml is in order.
    key               ok     SITE/config/regain/regain.key holds 1 key.
    installation      ok     Personal: the store's owner is its admin.
    store             ok     SITE/data/regain/regain.db opens.
    modes             ok     Only their owner can open the store's files.
    integrity         ok     A quick look finds no damage; `regain store check` reads every row.
    records           ok     Every operation record is in order, 1 so far.
    clock             ok     The clock says TIME.
    queue             ok     No message waits for long.
    batches           ok     No batch is interrupted.
    purge             ok     Spent requests and codes are deleted in time.
    transports        note   [delivery.email] puts messages into SITE/data/regain/outbox/email: that is only for testing.  set [delivery.email] transport to one that reaches people
    transports        note   [delivery.sms] puts messages into SITE/data/regain/outbox/sms: that is only for testing.      set [delivery.sms] transport to one that reaches people
    delivery          note   A worker of its own hands messages over after each request.                                              for a machine that serves many, run it as a service: docs/service.md
    captcha           ok     Requests begin with a CAPTCHA.
    customer service  note   Customer service is not configured: the owners of accounts are not told where to ask.                    set [help] customer_service or service_url
    operators         ok     Every user and group that the config names exists.
    texts             ok     Every message has its words in en.
    ");
    for finding in findings(&doctor(&site)) {
        let object = finding.as_object().unwrap();
        assert_eq!(object.keys().collect::<Vec<_>>(), ["check", "level", "message", "remedy"]);
        assert_eq!(finding["remedy"].is_null(), finding["level"] == "ok", "each has its remedy: {finding}");
    }
}

#[test]
fn it_changes_nothing() {
    let site = Site::new();
    site.account("acme");
    let before = (site.counts(), std::fs::read(site.store()).unwrap(), std::fs::read(site.config()).unwrap());
    doctor(&site);
    assert_eq!(
        (site.counts(), std::fs::read(site.store()).unwrap(), std::fs::read(site.config()).unwrap()),
        before
    );
}

#[test]
fn each_thing_that_is_wrong_is_found_with_its_remedy() {
    let site = || {
        let site = Site::new();
        site.account("acme");
        site
    };
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let found = |site: &Site| wrong(site, &doctor(site));

    let config = site();
    config.configure("[codes]\nlength = 5\n");
    insta::assert_snapshot!(found(&config), @"
    exit 6
    config
    In the config, line 2: `codes.length` must be a whole number from 6 to 8.
    see `regain config check`; config.example.toml documents every key
    ");

    let open = site();
    mode(&open.path().join("config/regain/regain.key"), 0o644);
    insta::assert_snapshot!(found(&open), @"
    exit 6
    key
    regain cannot trust SITE/config/regain/regain.key: others may read it (mode 0644).
    chmod 600 SITE/config/regain/regain.key
    ");

    let lost = site();
    std::fs::remove_file(lost.path().join("config/regain/regain.key")).unwrap();
    insta::assert_snapshot!(found(&lost), @"
    exit 6
    key
    regain cannot find the key file: there is none at SITE/config/regain/regain.key.
    put your copy of the key file back there: no store can be used without its key; where there is no store yet, `regain init` makes both
    ");

    let readable = site();
    mode(&readable.store(), 0o644);
    insta::assert_snapshot!(found(&readable), @"
    exit 7
    modes
    regain cannot trust SITE/data/regain/regain.db: others may read it (mode 0644).
    chmod 600 SITE/data/regain/regain.db
    ");

    let missing = site();
    std::fs::remove_file(missing.store()).unwrap();
    insta::assert_snapshot!(found(&missing), @"
    exit 7
    store
    regain cannot find the store SITE/data/regain/regain.db.
    `regain store restore FILE` restores a backup; --store names another store; `regain init --new-store` creates an empty one
    ");

    let newer = site();
    newer.raw().set_schema(99);
    insta::assert_snapshot!(found(&newer), @"
    exit 7
    schema
    regain cannot open the store: it was written by a newer regain (schema 99, this one knows 16).
    install the newest regain
    ");

    let tampered = site();
    tampered.tamper(|store| store.set_event(1, "actor", "x"));
    insta::assert_snapshot!(found(&tampered), @"
    exit 7
    records
    The operation records are broken at number 1: it was changed.
    keep the store as evidence, and compare it with a backup
    ");

    let unwritable = site();
    std::fs::write(unwritable.path().join("file"), "").unwrap();
    let path = unwritable.path().join("file/maildir");
    unwritable.configure(&format!("[delivery.email]\npath = \"{}\"\n", path.display()));
    insta::assert_snapshot!(found(&unwritable), @"
    exit 6
    transports
    [delivery.email] cannot write to SITE/file/maildir.
    make the folder writable for the user regain runs as, or name another path
    ");
}

#[test]
fn what_may_not_be_wanted_is_a_warning_and_no_failure() {
    let site = Site::with("[captcha]\nmode = \"off\"\n[operators]\nadmin = [\"nobody-of-that-name\"]\n");
    let ended = doctor(&site).succeeded();
    let warned: Vec<String> = findings(&ended)
        .iter()
        .filter(|finding| finding["level"] == "warning")
        .map(|finding| finding["check"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(warned, ["captcha", "operators"]);
}

#[test]
fn a_clock_that_is_behind_the_store_is_told() {
    let site = Site::new();
    if later(&site, "+2h", &["account", "create", "acme", "-y"], "").is_none() {
        return;
    }
    let told = findings(&doctor(&site)).into_iter().find(|finding| finding["check"] == "clock").unwrap();
    assert_eq!(told["level"], "warning", "{told}");
}

#[test]
fn messages_that_wait_for_long_are_told() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme", "--email", "a@example.com", "-y"]).succeeded();
    let queue = |ended: Ended| {
        findings(&ended).into_iter().find(|finding| finding["check"] == "queue").unwrap()["level"].clone()
    };
    assert_eq!(queue(doctor(&site)), "ok");
    let Some(ended) = later(&site, "+9m", &["doctor", "-o", "json"], "") else { return };
    assert_eq!(queue(ended), "warning");
}

#[test]
fn batches_that_were_interrupted_are_told_with_what_is_left_of_them() {
    let site = Site::with("");
    site.crowd(MANY);
    let generate = ["admin-reset", "--from", "people", "--generate", "--secrets-to", "secrets", "-y"];
    let left = killed(&site, &generate)["left"].as_u64().unwrap();
    // What is left is counted without them.
    site.raw().remove("batch_rows", |_| true);
    let told = |code| {
        let ended = site.run(&["doctor", "--strict", "-o", "json"]).with_code(code);
        let told = findings(&ended).into_iter().find(|finding| finding["check"] == "batches").unwrap();
        let of = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        [of("level"), of("message"), of("remedy")]
    };
    let march = site.row("batches", "name", "march");
    let id = march.text("id");
    let minute = |row: &Row| {
        let at = Timestamp::from_millisecond(row.number("seen_at")).unwrap();
        at.strftime("%Y-%m-%d %H:%M UTC").to_string()
    };
    let one = |name: &str| {
        [
            "warning".to_owned(),
            format!("The batch {name} was interrupted at {}: {left} of {MANY} rows left.", minute(&march)),
            format!(
                "go on with it: `regain batch resume {id}`; or leave the rest of it: `regain batch cancel {id}`"
            ),
        ]
    };
    assert_eq!(told(7), one("march"));
    site.edit("batches", |batch| batch["name"] = Value::Null);
    assert_eq!(told(7), one(id));

    let lives = regain::os::this_process();
    site.raw().copy("batches", &march, 2, |at, batch| {
        batch["number"] = (march.number("number") + 1 + i64::try_from(at).unwrap()).into();
        batch["id"] = format!("bat_{at:024}").into();
        batch["name"] = Value::Null;
        if at == 0 {
            batch.shift("seen_at", -3_600_000);
        } else {
            batch["worker"] = lives.as_str().into();
        }
    });
    let first = site.row("batches", "id", &format!("bat_{:024}", 0));
    assert_eq!(
        told(7),
        [
            "warning".to_owned(),
            format!("2 batches were interrupted, the first at {}: {} rows left.", minute(&first), 2 * left),
            "`regain batch list --state interrupted` lists them; `regain batch resume ID` goes on with one, and `regain \
             batch cancel ID` leaves the rest of it"
                .to_owned(),
        ]
    );
    for batch in [id, first.text("id")] {
        site.ok(&["batch", "cancel", batch, "-y", "-q"]);
    }
    assert_eq!(told(0), ["ok", "No batch is interrupted.", ""], "one that runs is not");
}

/// For a monitor: warnings end it as errors do, and notes do not.
#[test]
fn strict_ends_with_its_code_for_warnings() {
    let strict = |site: &Site| site.run(&["doctor", "--strict", "-o", "json"]).code;
    let site = Site::bare();
    site.run(&["init"]).succeeded();
    assert_eq!((doctor(&site).code, strict(&site)), (0, 0), "notes alone");
    let of_config = Site::with("[operators]\nsupport = [\"%no-such-group\"]\n");
    assert_eq!((doctor(&of_config).code, strict(&of_config)), (0, 6));
    let of_store = Site::with("");
    of_store.account("acme");
    of_store.sent("acme", "acme@example.com");
    of_store.edit("outbox", |message| message.shift("created_at", -3_600_000));
    assert_eq!((doctor(&of_store).code, strict(&of_store)), (0, 7), "a message waits");
}

/// Many servers refuse each message of a machine that does not say its full name.
#[test]
fn a_name_without_a_dot_is_noted() {
    let noted = |keys: &str| -> Vec<String> {
        let site = Site::with(&format!(
            "[delivery.email]\ntransport = \"smtp\"\nhost = \"localhost\"\ntls = \"none\"\nfrom = \"Acme <a@example.com>\"\n{keys}"
        ));
        let found = findings(&doctor(&site)).into_iter();
        let of_name =
            found.filter(|finding| finding["message"].as_str().unwrap().contains("this machine is called"));
        of_name.map(|found| format!("{} {} {}", found["level"], found["message"], found["remedy"])).collect()
    };
    assert_eq!(
        noted("hello = \"mailer\"\n"),
        [
            "\"note\" \"In the config, line 6, `delivery.email.hello`: servers are told that this machine is called mailer, \
          which some of them refuse.\" \"set hello to the full name of this machine, such as mail.example.com\""
        ]
    );
    for hello in ["mail.example.com", "192.0.2.1", "2001:db8::1"] {
        assert_eq!(noted(&format!("hello = \"{hello}\"\n")), Vec::<String>::new(), "{hello}");
    }
}
