//! Of what people prove themselves with: codes for callers and changes, references, authenticators.

use super::traces::{PASSWORD, SETTINGS, Traces, WRONG_PLACE, code_in, contains};
use crate::site::Site;

#[test]
fn no_code_of_a_caller_and_no_reference_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe =
        |arguments: &[&str], input: &str| traces.pipe(&site, &[arguments, &["-vv", "-y"]].concat(), input);
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
    let pipe = |arguments: &[&str], input: &str| traces.pipe(&site, &[arguments, &["-vv"]].concat(), input);
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

#[test]
fn no_code_of_a_protected_change_or_sign_in_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], lines: &[&str]| traces.pipe(&site, arguments, &(lines.join("\n") + "\n"));
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

#[test]
fn no_code_that_proves_a_contact_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], lines: &[&str]| traces.pipe(&site, arguments, &(lines.join("\n") + "\n"));
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    let mut codes = Vec::new();
    for (at, read_out) in [false, true].into_iter().enumerate() {
        let address = format!("next-{at}@example.com");
        let bind = ["contact", "bind", "acme/alice", "--email", &address, "-y", "-vv"];
        let more: &[&str] = if read_out { &["--read-out"] } else { &[] };
        pipe(&[&bind, more].concat(), &[]).succeeded();
        traces.files(&site, "with a code that was sent");
        let code = code_in(&site.mails_to(&address).remove(0));
        let wrong = if code.starts_with('1') { "20000000" } else { "10000000" };
        let verify = ["contact", "verify", "acme/alice", "--email", "-vv", "-o", "json"];
        let proven = [&verify[..], &["--password-stdin", "--code-stdin"]].concat();
        if read_out {
            assert_eq!(pipe(&[&verify[..], &["--code-stdin"]].concat(), &[wrong]).code, 11);
            pipe(&[&verify[..], &["--code-stdin"]].concat(), &[&code]).succeeded();
        } else {
            assert_eq!(pipe(&proven, &[WRONG_PLACE, &code]).code, 11);
            assert_eq!(pipe(&proven, &[PASSWORD, wrong]).code, 11);
            pipe(&proven, &[PASSWORD, &code]).succeeded();
        }
        codes.push(code);
    }
    for arguments in [
        &["contact", "list", "acme/alice", "--unmask", "-o", "json"][..],
        &["codes", "list", "-o", "json"],
        &["codes", "explain", "acme/alice"],
        &["audit", "export"],
        &["user", "diagnose", "acme/alice"],
    ] {
        pipe(arguments, &[]);
    }
    traces.files(&site, "at the end");
    for secret in codes.iter().map(String::as_str).chain([PASSWORD, WRONG_PLACE]) {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
}
