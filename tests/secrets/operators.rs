//! Of what operators hand out: first passwords, setup tokens, generated ones.

use super::traces::{PASSWORD, REFUSED, SETTINGS, Traces, WRONG_PLACE};
use crate::site::Site;

#[test]
fn no_password_or_token_of_operators_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| traces.pipe(&site, arguments, input);
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
    let mailed = || {
        let mails = site.mails_to("alice@example.com");
        let mail = mails.into_iter().rfind(|mail| mail.contains("rgn_setup_")).unwrap();
        mail.split_whitespace().find(|word| word.starts_with("rgn_setup_")).unwrap().to_owned()
    };
    let first_token = mailed();
    let listed = pipe(&["codes", "list", "--purpose", "setup", "-o", "json"], "").succeeded().json();
    let id = listed[0]["id"].as_str().unwrap().to_owned();
    pipe(&["user", "show", user, "-o", "json"], "").succeeded();
    pipe(&["codes", "resend", &id, "-y", "-vv", "-o", "json"], "").succeeded();
    traces.files(&site, "with a token that was sent again");
    let token = &mailed();
    assert_ne!(*token, first_token);
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
        &["codes", "explain", user],
        &["codes", "revoke", user, "-y"],
        &["user", "export", "-"],
        &["user", "export", "-", "acme", "--format", "keycloak"],
        &["audit", "export"],
        &["audit", "list", "-o", "json"],
        &["audit", "list"],
        &["config", "show"],
        &["doctor"],
    ] {
        pipe(arguments, "");
    }
    traces.files(&site, "at the end");
    for secret in
        [PASSWORD, REFUSED, WRONG_PLACE, token, &token["rgn_setup_".len()..], &first_token, generated]
    {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
}

#[test]
fn no_password_or_hash_of_an_imported_file_is_said() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    site.account("acme");
    let hash = format!("$7$CU..../....{WRONG_PLACE}");
    let text = format!(
        "{{\"user\":\"acme/alice\",\"password\":\"{PASSWORD}-1\"}}\n{{\"user\":\"acme/bob\",\"password\":\"{REFUSED}\"}}\n\
         {{\"user\":\"acme/carol\",\"password_hash\":\"{hash}\"}}\n"
    );
    for options in
        [&["-n"][..], &["-y"], &["-y", "--on-conflict", "update", "--passwords", "-vv"], &["-y", "-o", "csv"]]
    {
        traces.pipe(&site, &[&["user", "import", "-"], options].concat(), &text);
    }
    traces.pipe(&site, &["user", "import", "-", "-y"], &format!("{{\"user\":\"{PASSWORD}\",\"pass"));
    assert_eq!(site.pipe(&["verify", "acme/alice", "--password-stdin"], &format!("{PASSWORD}-1")).code, 12);
    traces.pipe(&site, &["audit", "list", "-o", "json"], "");
    traces.files(&site, "after the import");
    for secret in [&format!("{PASSWORD}-1"), REFUSED, WRONG_PLACE] {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
}
