//! Names that other tools have lead to the command that is meant, and never to another one that only looks like it.

use crate::site::Site;

/// Every hint of a command line that is none.
fn hints(site: &Site, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().chain(["-o", "json"]).collect();
    let error = site.fails(2, &words).error();
    let hints: Vec<&str> =
        error["hints"].as_array().unwrap().iter().map(|hint| hint.as_str().unwrap()).collect();
    hints.join("\n")
}

#[test]
fn the_command_that_is_meant_is_named() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "reset", "acme/bob"])), @"
    exit 2
    --- stderr
    error: `regain user` has no subcommand reset
    hint: `regain admin-reset USER` resets somebody's password; your own, `regain password reset` when it is forgotten, else `regain password change USER`; `regain user --help` lists all
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["unlock", "acme/bob"])), @"
    exit 2
    --- stderr
    error: `regain` has no subcommand unlock
    hint: `regain user enable USER --unlock` ends a lock or a block; `regain --help` lists all
    ");
    for (line, meant) in [
        ("user reset acme/bob", "`regain admin-reset USER`"),
        ("user Reset_Password acme/bob", "`regain admin-reset USER`"),
        ("user passwd acme/bob", "`regain admin-reset USER`"),
        ("user password acme/bob", "`regain admin-reset USER`"),
        ("reset acme/bob", "`regain admin-reset USER`"),
        ("passwd", "`regain password change USER`"),
        ("forgot", "`regain password reset`"),
        ("reset user acme/bob", "`regain admin-reset USER`"),
        ("user unlock acme/bob", "`regain user enable USER --unlock`"),
        ("unlock user acme/bob", "`regain user enable USER --unlock`"),
        ("user lock acme/bob", "`regain user disable USER`"),
        ("user block acme/bob", "`regain user revoke USER`"),
        ("user remove acme/bob", "`regain user delete USER`"),
        ("user rm acme/bob", "`regain user disable USER`"),
        ("user rename acme/bob bert", "`regain user update USER --name NEW`"),
        ("user ls", "`regain user list`"),
        ("users", "`regain user --help`"),
        ("users ls", "`regain user list`"),
        ("list users", "`regain user list`"),
        ("user get acme/bob", "`regain user show`"),
        ("user dump", "`regain user export FILE`"),
        ("export", "`regain user export FILE`"),
        ("account export acme", "`regain user export FILE ACCOUNT`"),
        ("user search bob", "`regain user find`"),
        ("user add acme/bob", "`regain user create`"),
        ("useradd acme/bob", "`regain user create ACCOUNT/NAME`"),
        (
            "update acme/bob --mobile +4915112345678",
            "`regain contact bind USER --mobile NUMBER`, or with --email,",
        ),
        ("update --mobile +4915112345678", "`regain user update USER`"),
        (
            "change acme/bob --email b@example.com",
            "`regain contact bind USER --mobile NUMBER`, or with --email,",
        ),
        ("user update-email acme/bob", "`regain contact bind USER --email ADDRESS`"),
        ("user delete-password acme/bob", "`regain user revoke USER` removes somebody's password"),
        ("account delete-password acme", "`regain user revoke ACCOUNT`"),
        ("delete-password acme/bob", "`regain user revoke USER`"),
        ("user resend acme/bob", "`regain codes resend ID`"),
        ("account resend acme", "`regain codes resend ID`"),
        ("user expire acme/bob", "`regain user update USER --must-change`"),
        ("user email acme/bob", "`regain contact bind USER --email ADDRESS`"),
        ("user disable-mfa acme/bob", "`regain mfa remove USER`"),
        ("user load list.csv", "`regain user import FILE`"),
        ("account add acme", "`regain account create`"),
        ("create account acme", "`regain account create`"),
        ("account remove acme", "`regain account delete ACCOUNT`"),
        ("account rename acme b", "`regain account update ACCOUNT --name NEW`"),
        ("account reset acme", "`regain password reset ACCOUNT`"),
        ("account unlock acme", "`regain account enable ACCOUNT`"),
        ("contact add acme/bob", "`regain contact bind USER --email ADDRESS`"),
        ("contact remove acme/bob", "`regain contact unbind USER --email`"),
        ("contact set acme/bob", "`regain contact change USER --email ADDRESS`"),
        ("contact show acme/bob", "`regain contact list`"),
        ("mfa reset acme/bob", "`regain mfa remove USER`"),
        ("mfa disable acme/bob", "`regain mfa remove USER`"),
        ("mfa add acme/bob", "`regain mfa enrol USER`"),
        ("codes cancel acme/bob", "`regain codes revoke USER`"),
        ("codes send acme/bob", "`regain codes resend ID`"),
        ("password forgot", "`regain password reset`"),
        ("password set acme/bob", "`regain admin-reset USER`"),
        ("request abort req_1", "`regain request cancel ID`"),
        ("appeal accept apl-x", "`regain appeal approve SERIAL`"),
        ("appeal reject apl-x", "`regain appeal deny SERIAL`"),
        ("policy get acme", "`regain policy show`"),
        ("policy update acme", "`regain policy set`"),
        ("audit log", "`regain audit list`"),
        ("delivery queue", "`regain delivery status`"),
        ("store dump x", "`regain store backup FILE`"),
        ("device remove acme/bob", "`regain device forget USER ID`"),
        ("logs", "`regain audit list`"),
        ("status", "`regain doctor`"),
    ] {
        let hints = hints(&site, line);
        assert!(hints.contains(meant), "{line}: {hints}");
        assert!(hints.contains(" --help` lists all") && !hints.contains("acme/bob"), "{line}: {hints}");
    }
    for line in ["user reset", "reset", "account reset acme", "password forgot"] {
        assert!(!hints(&site, line).contains("revoke"), "{line}");
    }
}

#[test]
fn the_option_that_is_meant_is_named() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "update", "acme/bob", "--email", "b@example.com"])), @"
    exit 2
    --- stderr
    error: `regain user update` does not take --email
    hint: `regain contact bind USER --email ADDRESS` binds an email address, `regain contact bind USER --mobile NUMBER` a number; `regain user update --help` lists all
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["verify", "acme/bob", "--password=hunter2"])), @"
    exit 2
    --- stderr
    error: `regain verify` does not take --password
    hint: did you mean --password-stdin? Secrets are never arguments: give them on standard input, one per line; `regain verify --help` lists all
    ");
    for (line, meant) in [
        ("user update acme/bob --mobile=+4915112345678", "`regain contact bind USER"),
        ("user update acme/bob --password hunter2", "`regain admin-reset USER`"),
        ("user update acme/bob --disabled", "`regain user disable USER`"),
        ("user update acme/bob --unlock", "`regain user enable USER --unlock`"),
        ("user update acme/bob --remove-mfa", "`regain mfa remove USER`"),
        ("user update acme/bob --username b", "--name?"),
        ("admin-reset acme/bob --enable", "`regain user enable USER`"),
        ("admin-reset acme/bob --random", "--generate?"),
        ("admin-reset acme/bob --ttl 2h", "--expires?"),
        ("user create acme/bob --phone +4915112345678", "--mobile?"),
        ("user create acme/bob --exist-ok", "--if-missing?"),
        ("user disable acme/bob --force", "--yes?"),
        ("user disable --all", "--everyone?"),
        ("user disable --tenant acme", "--account?"),
        ("user list --filter status=locked", "--where?"),
        ("user list --json", "`-o json`"),
        ("user show acme/bob --unmask", "`regain contact list USER --unmask`"),
        ("audit list --max 3", "--limit?"),
        ("user list --limti 3", "--limit?"),
    ] {
        let hints = hints(&site, line);
        assert!(hints.contains(meant), "{line}: {hints}");
        assert!(!hints.contains("hunter2") && !hints.contains("+49"), "{line}: {hints}");
    }
}
