//! `regain user export`: people in files of other programs.

use std::os::unix::fs::PermissionsExt;

use crate::site::Site;

const HELPER: u32 = 61_239;
const PASSWORD: &str = "violin harbour pepper dusk";

/// Alice with everything, Bob with nothing, and an account beside.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.account("other");
    site.user("acme/alice", PASSWORD);
    let more = ["user", "update", "acme/alice", "--description", "night, shift", "-y", "-q"];
    site.run(&more).succeeded();
    let bind = ["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified", "-y", "-q"];
    site.run(&bind).succeeded();
    site.run(&["user", "create", "acme/bob", "-y", "-q"]).succeeded();
    site
}

/// Without what differs from run to run.
fn stable(text: &str) -> String {
    regex::Regex::new(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap().replace_all(text, "TIME").into_owned()
}

fn file(site: &Site, name: &str) -> String {
    std::fs::read_to_string(site.path().join(name)).unwrap()
}

#[test]
fn people_are_written_in_full_for_spreadsheets_and_programs() {
    let site = site();
    insta::assert_snapshot!(stable(&site.shown(&site.run(&["user", "export", "-"]))).replace('\r', ""), @r#"
    exit 0
    --- stdout
    user,email,mobile,email_verified,mobile_verified,description,status,access_mode,login_protection,must_change,external_id,created_at
    acme,acme@example.com,,true,,,enabled,default,none,false,,TIME
    acme/alice,alice@example.com,'+4915112345678,true,true,"night, shift",enabled,default,none,false,,TIME
    acme/bob,,,,,,enabled,default,none,false,,TIME
    other,other@example.com,,true,,,enabled,default,none,false,,TIME
    "#);
    insta::assert_snapshot!(stable(&site.shown(&site.run(&["user", "export", "-", "acme", "-o", "jsonl"]))), @r#"
    exit 0
    --- stdout
    {"user":"acme","email":"acme@example.com","mobile":null,"email_verified":true,"mobile_verified":null,"description":null,"status":"enabled","access_mode":"default","login_protection":"none","must_change":false,"external_id":null,"created_at":"TIME"}
    {"user":"acme/alice","email":"alice@example.com","mobile":"+4915112345678","email_verified":true,"mobile_verified":true,"description":"night, shift","status":"enabled","access_mode":"default","login_protection":"none","must_change":false,"external_id":null,"created_at":"TIME"}
    {"user":"acme/bob","email":null,"mobile":null,"email_verified":null,"mobile_verified":null,"description":null,"status":"enabled","access_mode":"default","login_protection":"none","must_change":false,"external_id":null,"created_at":"TIME"}
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "people.ldif", "acme"])), @"
    exit 0
    --- stderr
    Exported 3 users to people.ldif.
    ");
    assert!(file(&site, "people.ldif").contains("uid: alice\n"), "{}", file(&site, "people.ldif"));
    assert!(!file(&site, "people.ldif").contains("userPassword"));
    let exported = ["user", "export", "people.csv", "-o", "json"];
    insta::assert_snapshot!(site.run(&exported).succeeded().stdout.replace(site.path().to_str().unwrap(), "SITE"), @r#"
    {
      "people": 4,
      "file": "people.csv",
      "format": "csv",
      "hashes": false,
      "hashes_left_out": 0,
      "hashes_of_this_store": 0,
      "changed": true
    }
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "people.csv"])), @"
    exit 4
    --- stderr
    error: failed to open people.csv
    caused by: File exists (os error 17)
    hint: name a file that does not exist yet
    ");
}

#[test]
fn an_export_is_a_list_of_people() {
    let site = site();
    site.run(&["user", "export", "people.csv"]).succeeded();
    site.run(&["user", "export", "people.jsonl"]).succeeded();
    for list in ["people.csv", "people.jsonl"] {
        let ended =
            site.run(&["user", "update", "--from", list, "--must-change", "--dry-run", "-o", "jsonl"]);
        let found = ended.stdout.lines().filter(|line| line.contains("\"user\":\"")).count();
        assert_eq!(found, 4, "{ended:?}");
    }
}

#[test]
fn hashes_go_only_into_a_private_file() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "-", "--with-hashes"])), @"
    exit 2
    --- stderr
    error: password hashes are never written to standard output
    hint: name a new file, which nobody else can read
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "p", "acme", "--format", "scim", "--with-hashes"])), @"
    exit 2
    --- stderr
    error: a file of SCIM has no place for password hashes
    hint: leave --with-hashes out
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "p", "acme", "--format", "htpasswd"])), @"
    exit 2
    --- stderr
    error: a file of htpasswd holds password hashes and nothing else
    hint: add --with-hashes
    ");
    assert!(!site.path().join("p").exists());
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "p.csv", "--with-hashes"])), @"
    exit 0
    --- stderr
    Exported 4 users to p.csv.
    ");
    let path = site.path().join("p.csv");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(file(&site, "p.csv").matches("$argon2id$").count(), 1);
    std::os::unix::fs::symlink("elsewhere", site.path().join("link")).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "link", "--with-hashes"])), @"
    exit 4
    --- stderr
    error: failed to open link
    caused by: File exists (os error 17)
    hint: name a file that does not exist yet
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "r", "acme", "--format", "shadow", "--with-hashes"])), @"
    exit 0
    --- stderr
    Exported 3 users to r.
    warning: left out, because a file of passwd or shadow cannot hold them: 1 password hash
    ");
    assert!(file(&site, "r").contains("alice:*:"), "{}", file(&site, "r"));
    site.configure("[hash]\npepper = true\n");
    site.run(&["verify", "acme/alice", "--password-stdin"]);
    site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "q.csv", "--with-hashes"])), @"
    exit 0
    --- stderr
    Exported 4 users to q.csv.
    warning: of no use elsewhere, because they need the key of this store: 1 password hash
    ");
}

#[test]
fn what_a_format_cannot_say_is_refused() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "people.json", "acme"])), @"
    exit 2
    --- stderr
    error: the name people.json does not tell the format of the file
    hint: say which one with --format
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "realm", "--format", "keycloak"])), @"
    exit 2
    --- stderr
    error: a file of Keycloak does not say which account somebody is in
    hint: name the account behind the file, or use --format csv or jsonl
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "-", "nobody"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no account called nobody
    hint: check the name (`regain user find nobody` searches), or create one: `regain account create nobody`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "export", "people.csv", "-n"])), @"
    exit 0
    --- stdout
    would happen  people.csv is written
    ");
    assert!(!site.path().join("people.csv").exists());
}

#[test]
fn o4_an_export_is_recorded_and_support_gets_none() {
    let site = site();
    let records = || {
        site.events("exportUsers")
            .iter()
            .map(|event| event.line(&["outcome", "target", "detail"]))
            .collect::<Vec<_>>()
    };
    site.run(&["user", "export", "-", "acme", "--format", "keycloak"]).succeeded();
    site.run(&["user", "export", "people.csv", "--with-hashes"]).succeeded();
    insta::assert_snapshot!(records().join("\n"), @r#"
    success acme {"format":"keycloak","hashes":false}
    success - {"format":"csv","hashes":true}
    "#);
    if !site.let_in(HELPER) {
        return;
    }
    site.configure(&format!("[operators]\nsupport = [\"uid:{HELPER}\"]\n"));
    let ended = site.run_as(HELPER, &["user", "export", "-"]);
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 4
    --- stderr
    error: the role support may not see contacts in full
    hint: ask an administrator
    ");
    assert_eq!(records().len(), 2);
}
