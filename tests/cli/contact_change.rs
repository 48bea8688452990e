//! `regain contact change`: a person changes their own contact, with the password and codes.

use crate::site::{Ended, Site, later, not};

pub(super) const PASSWORD: &str = "correct horse battery staple";
const OLD: &str = "alice@example.com";
pub(super) const NEW: &str = "alice@new.example";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site
}

/// The change as a script makes it: each code is looked up when it has been sent, and written to the same pipe.
/// `rest` are further options, and `spoil` names the address whose code is typed wrong.
pub(super) fn change(site: &Site, rest: &[&str], answers: &[&str], spoil: Option<&str>) -> Ended {
    use std::io::{BufRead, BufReader, Read, Write};
    let arguments = ["contact", "change", "acme/alice", "--email", NEW, "--password-stdin", "--code-stdin"];
    let arguments = [&arguments, rest].concat();
    let mut child = site.command(&arguments).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    writeln!(stdin, "{PASSWORD}").unwrap();
    let mut said = String::new();
    for address in answers {
        // The note that a code is on its way comes when it has been sent.
        while !said.lines().last().is_some_and(|line| line.contains("on its way")) {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
        }
        said.push_str("(answered)\n");
        let line = match *address {
            "" => String::new(),
            address if spoil == Some(address) => not(&site.code_to(address)),
            address => site.code_to(address),
        };
        writeln!(stdin, "{line}").unwrap();
    }
    drop(stdin);
    stderr.read_to_string(&mut said).unwrap();
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: said,
    }
}

/// Where the contact of alice is, and when codes may go there.
fn contact(site: &Site) -> String {
    let contact = site.row("contacts", "user_id", site.row("users", "name", "alice").text("id"));
    let waits = contact.number("usable_from") - contact.number("bound_at");
    format!("{} {}", contact.text("address"), waits / 3_600_000)
}

fn subjects(site: &Site, address: &str) -> Vec<String> {
    let mails = site.mails_to(address);
    let of = |mail: &String| mail.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned));
    mails.iter().filter_map(of).collect()
}

#[test]
fn s5_with_the_word_of_the_old_contact_the_new_one_receives_codes_at_once() {
    let site = site();
    insta::assert_snapshot!(site.shown(&change(&site, &[], &[OLD, NEW], None)), @"
    exit 0
    --- stderr
    A code is on its way to a***@e***.com, the contact you have now.
    (answered)
    A code is on its way to alice@new.example.
    (answered)
    The email address of acme/alice is now alice@new.example.
    ");
    assert_eq!(contact(&site), format!("{NEW} 0"));
    assert_eq!(subjects(&site, OLD).last().unwrap(), "Your contact was changed");
    let id = site.sent("acme/alice", NEW);
    site.verify(&id, &site.code_to(NEW)).succeeded();
    let detail = &site.event("modifyUserEmail")["detail"];
    assert_eq!(
        (&detail["old_contact_agreed"], &detail["contact"]),
        (&true.into(), &"a***@n***.example".into())
    );
}

#[test]
fn s5_on_the_word_of_the_password_alone_it_waits() {
    let site = site();
    site.unprotected("acme");
    insta::assert_snapshot!(site.shown(&change(&site, &[], &["", NEW], None)), @"
    exit 0
    --- stderr
    A code is on its way to a***@e***.com, the contact you have now.
    (answered)
    Without confirmation from the old contact, alice@new.example will receive no reset codes for 24 hours.
    A code is on its way to alice@new.example.
    (answered)
    The email address of acme/alice is now alice@new.example.
    It receives reset codes from TIME on.
    ");
    assert_eq!(contact(&site), format!("{NEW} 24"));
    assert_eq!(subjects(&site, OLD).last().unwrap(), "Your contact was changed");
    let codes = || site.mails_to(NEW).len();
    let before = codes();
    let id = site.sent("acme/alice", NEW);
    assert_eq!(codes(), before, "no reset code in the cool-down");
    assert_eq!(site.newest("codes")["state_reason"], "contact_cooldown", "and support is told why");
    site.run(&["request", "cancel", &id]).succeeded();
    let Some(started) = later(&site, "+25h", &["request", "start", "acme/alice", "-o", "json"], "") else {
        return;
    };
    let id = started.succeeded().json()["id"].as_str().unwrap().to_owned();
    let send = ["request", "send", &id, "--method", "email", "--address", NEW];
    later(&site, "+25h", &send, "").unwrap().succeeded();
    later(&site, "+25h", &["delivery", "run", "--once", "-q"], "").unwrap().succeeded();
    assert_eq!(codes(), before + 1);
}

#[test]
fn what_an_administrator_bound_and_nobody_confirmed_ends_with_a_change_of_ones_own() {
    for waits in [NEW, "bound@other.example"] {
        let site = site();
        site.run(&["contact", "bind", "acme/alice", "--email", waits, "-y"]).succeeded();
        let code = site.code_to(waits);
        site.run(&["codes", "revoke", "acme/alice", "-y"]).succeeded();
        change(&site, &[], &[OLD, NEW], None).succeeded();
        let listed = site.json(&["contact", "list", "acme/alice", "--unmask"]);
        let addresses: Vec<&str> =
            listed.as_array().unwrap().iter().map(|contact| contact["address"].as_str().unwrap()).collect();
        assert_eq!(addresses, [NEW], "{waits}");
        let verify =
            ["contact", "verify", "acme/alice", "--email", waits, "--password-stdin", "--code-stdin"];
        let late = site.pipe(&verify, &format!("{PASSWORD}\n{code}\n"));
        assert_eq!(late.code, if waits == NEW { 0 } else { 4 }, "{late:?}");
    }
}

#[test]
fn s5_a_contact_in_its_cool_down_cannot_vouch_for_another() {
    let site = site();
    site.unprotected("acme");
    change(&site, &[], &["", NEW], None).succeeded();
    // The next change asks only the newest address, and that waits as well.
    let arguments = [
        "contact",
        "change",
        "acme/alice",
        "--email",
        "third@example.com",
        "--password-stdin",
        "--code-stdin",
    ];
    let ended = site.pipe(&arguments, &format!("{PASSWORD}\n"));
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 2
    --- stderr
    Without confirmation from the old contact, third@example.com will receive no reset codes for 24 hours.
    A code is on its way to third@example.com.
    error: --code-stdin: the input ended before the secret
    hint: give one secret a line on standard input
    ");
}

#[test]
fn nothing_is_stored_before_the_new_contact_is_proven() {
    let site = site();
    let before = site.counts()["contacts"];
    let wrong_old = change(&site, &[], &[OLD], Some(OLD));
    assert_eq!(wrong_old.code, 11, "{wrong_old:?}");
    assert_eq!(
        site.mails_to(NEW).len(),
        0,
        "after a wrong code of the old contact nothing goes to the new one"
    );
    let wrong_new = change(&site, &[], &[OLD, NEW], Some(NEW));
    insta::assert_snapshot!(site.shown(&wrong_new), @"
    exit 11
    --- stderr
    A code is on its way to a***@e***.com, the contact you have now.
    (answered)
    A code is on its way to alice@new.example.
    (answered)
    error: the code is wrong; 4 tries are left
    ");
    assert_eq!((contact(&site), site.counts()["contacts"]), (format!("{OLD} 0"), before));
    assert!(!subjects(&site, OLD).contains(&"Your contact was changed".to_owned()));
    assert!(!site.raw().dump_all().contains("new.example"));
    // It is free for whoever can prove it.
    site.run(&["account", "create", "other", "--email", NEW, "-y"]).succeeded();
}

#[test]
fn e1_a_wrong_password_and_an_unknown_person_look_the_same() {
    let site = site();
    for user in ["acme/alice", "acme/nobody", "nowhere/alice", "nobody@example.com"] {
        let arguments = ["contact", "change", user, "--email", NEW, "--password-stdin", "--code-stdin"];
        let ended = site.pipe(&arguments, "wrong\n\n");
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&ended), @"
        exit 11
        --- stderr
        error: the user name or password is wrong, or this user cannot sign in now
        hint: forgotten? `regain password reset`
        hint: sure that it is right? `regain faq locked` explains why it may not work now
        "); }
    }
    assert_eq!(
        (site.mails_to(OLD).len(), site.mails_to(NEW).len()),
        (1, 0),
        "only that the password was changed"
    );
}

#[test]
fn a_password_that_must_be_changed_is_not_enough() {
    let site = site();
    let reset = ["admin-reset", "acme/alice", "--password-stdin", "-y", "-q"];
    site.pipe(&reset, "four other words altogether\n").succeeded();
    let arguments = ["contact", "change", "acme/alice", "--email", NEW, "--password-stdin", "--code-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&arguments, "four other words altogether\n\n")), @"
    exit 12
    --- stderr
    error: the password is right, but it must be changed before it can be used
    hint: change it: `regain password change USER`
    ");
}

#[test]
fn that_it_is_somebody_elses_is_told_only_to_one_who_reads_what_is_sent_there() {
    let site = site();
    site.run(&["account", "create", "other", "--email", NEW, "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&change(&site, &[], &[OLD, NEW], None)), @"
    exit 4
    --- stderr
    A code is on its way to a***@e***.com, the contact you have now.
    (answered)
    A code is on its way to alice@new.example.
    (answered)
    error: this contact belongs to somebody else
    hint: a contact belongs to one identity only; unbind it there first
    ");
    assert_eq!(contact(&site), format!("{OLD} 0"));
}

#[test]
fn the_contact_that_is_there_already_is_refused() {
    let site = site();
    let arguments = ["contact", "change", "acme/alice", "--email", OLD, "--password-stdin", "--code-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&arguments, &format!("{PASSWORD}\n"))), @"
    exit 4
    --- stderr
    error: the contact is verified already
    ");
}

#[test]
fn without_a_terminal_it_names_the_option() {
    let site = site();
    let run = |options: &[&str], input: &str| {
        site.shown(
            &site.pipe(&[&["contact", "change", "acme/alice", "--email", NEW][..], options].concat(), input),
        )
    };
    insta::assert_snapshot!(run(&[], ""), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --password-stdin to answer
    ");
    insta::assert_snapshot!(run(&["--password-stdin"], &format!("{PASSWORD}\n")), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --code-stdin to answer
    ");
    insta::assert_snapshot!(run(&["--dry-run"], ""), @"
    exit 0
    --- stdout
    would happen  if the password and the codes are right, alice@new.example becomes the email address of acme/alice; a contact that it replaces is notified, and codes sent there end
    ");
    assert_eq!(contact(&site), format!("{OLD} 0"));
}
