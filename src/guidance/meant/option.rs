//! Names of options that a command does not have, and what they mean.

use super::named::{Meant, Row, known, plain};

const CONTACT: &[&str] = &[
    "email",
    "mail",
    "e-mail",
    "email-address",
    "mobile",
    "phone",
    "tel",
    "telephone",
    "sms",
    "cell",
    "number",
    "contact",
    "address",
    "phone-number",
    "mobile-number",
];
const NO_CONTACT: &[&str] =
    &["no-email", "no-mobile", "remove-email", "remove-mobile", "unbind", "no-phone", "no-contact"];
const PASSWORD: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pw",
    "new-password",
    "generate",
    "random",
    "setup",
    "ask",
    "password-stdin",
    "password-file",
    "password-fd",
    "reset",
    "reset-password",
];
const STATUS: &[&str] =
    &["status", "disabled", "disable", "enabled", "enable", "active", "inactive", "suspend"];
const UNLOCK: &[&str] = &["unlock", "unblock", "locked"];
const MFA: &[&str] = &["mfa", "no-mfa", "remove-mfa", "reset-mfa", "totp", "2fa", "disable-mfa"];

/// Options under a command that are asked for elsewhere.
const ROWS: &[Row] = &[
    (
        "user update",
        CONTACT,
        "`regain contact bind USER --email ADDRESS` binds an email address, `regain contact bind USER \
                              --mobile NUMBER` a number",
    ),
    ("user update", NO_CONTACT, "`regain contact unbind USER --email` or `--mobile` removes a contact"),
    ("user update", PASSWORD, "`regain admin-reset USER` sets a password"),
    ("user update", STATUS, "`regain user disable USER` and `regain user enable USER` do that"),
    ("user update", UNLOCK, "`regain user enable USER --unlock` ends a lock or a block"),
    ("user update", MFA, "`regain mfa remove USER` removes an authenticator"),
    ("user update", &["revoke"], "`regain user revoke USER` ends everything somebody could sign in with"),
    (
        "user update",
        &["account", "move", "move-to"],
        "a user stays in its account: `regain user create ACCOUNT/NAME` makes \
                                                      another one",
    ),
    (
        "user update",
        &["quota", "user-quota"],
        "`regain account update ACCOUNT --user-quota N` sets the quota",
    ),
    (
        "user create",
        &["must-change", "force-change"],
        "a given or generated password must be changed anyway; for somebody \
                                                       who is there, `regain user update USER --must-change`",
    ),
    (
        "user create",
        &["no-must-change"],
        "`regain admin-reset USER --no-must-change` gives a password that need not be \
                                          changed",
    ),
    (
        "user create",
        &["verified"],
        "an address that you give is bound as verified; `regain contact bind USER --email \
                                    ADDRESS` asks for a code",
    ),
    ("user create", MFA, "`regain mfa enrol USER` enrols an authenticator"),
    (
        "account update",
        CONTACT,
        "`regain contact bind ACCOUNT --email ADDRESS` binds a contact to its root user",
    ),
    ("account update", NO_CONTACT, "`regain contact unbind ACCOUNT --email` or `--mobile` removes a contact"),
    ("account update", PASSWORD, "`regain password reset ACCOUNT` is for the owner of the account"),
    (
        "account update",
        STATUS,
        "`regain account disable ACCOUNT` and `regain account enable ACCOUNT` do that",
    ),
    ("account update", UNLOCK, "`regain user enable ACCOUNT --unlock` ends a lock of its root user"),
    ("account create", PASSWORD, "its root user sets a password with `regain password reset ACCOUNT`"),
    ("account create", STATUS, "run `regain account disable ACCOUNT` after it"),
    ("account enable", UNLOCK, "`regain user enable ACCOUNT --unlock` ends a lock of its root user"),
    ("admin-reset", STATUS, "a reset enables nobody: `regain user enable USER` does"),
    (
        "admin-reset",
        CONTACT,
        "a setup token goes to the email address that is bound: `regain contact bind USER --email \
                              ADDRESS` binds one",
    ),
    ("admin-reset", &["revoke"], "`regain user revoke USER` ends everything somebody could sign in with"),
    (
        "user disable",
        &["revoke", "now", "sessions", "kill", "logout", "password"],
        "`regain user revoke USER` also ends their \
                                                                                    password, codes and setup tokens",
    ),
    ("user enable", PASSWORD, "`regain admin-reset USER` sets a password"),
    ("user enable", MFA, "`regain mfa remove USER` removes an authenticator"),
    (
        "user enable",
        &["must-change", "force-change"],
        "`regain user update USER --must-change` has the password changed at the \
                                                       next sign-in",
    ),
    ("user delete", &["disable"], "`regain user disable USER` comes first"),
    (
        "user show",
        &["unmask", "contacts", "full"],
        "`regain contact list USER --unmask` shows contacts in full",
    ),
    (
        "user list",
        &["unmask", "full"],
        "`regain contact list USER --unmask` shows the contacts of one in full",
    ),
    ("user list", &["find", "search", "name", "match", "grep", "email"], "`regain user find TEXT` searches"),
    ("contact bind", &["code", "code-stdin"], "`regain contact verify USER --email ADDRESS` takes the code"),
    ("contact list", &["verify"], "`regain contact verify USER --email ADDRESS` verifies one"),
    (
        "password change",
        &["generate", "random", "setup"],
        "an administrator does that: `regain admin-reset USER`",
    ),
    ("password change", &["user"], "give the person as an argument: `regain password change USER`"),
    (
        "password reset",
        &["email", "mobile", "address", "method", "code", "code-stdin", "password-stdin"],
        "`regain password reset` asks for it; the same step by step for scripts: `regain request start USER`",
    ),
];

/// Names that other tools have, each with the options of ours that it means, the likeliest first.
const SAME: &[(&[&str], &[&str])] = &[
    (&["force", "f", "assume-yes", "confirm", "y", "always-yes", "no-confirm"], &["yes"]),
    (
        &["non-interactive", "noninteractive", "batch-mode", "no-prompt", "no-interaction", "no-interactive"],
        &["no-input"],
    ),
    (
        &["dryrun", "simulate", "what-if", "whatif", "check", "pretend", "test", "noop", "no-op", "preview"],
        &["dry-run"],
    ),
    (&["format", "out-format", "output-format", "json", "jsonl", "csv", "table", "as-json"], &["output"]),
    (&["comment", "why", "note", "message", "remark"], &["reason"]),
    (&["case", "issue", "incident", "ref"], &["ticket"]),
    (&["db", "database"], &["store"]),
    (&["conf", "cfg", "configuration", "config-file"], &["config"]),
    (&["silent"], &["no-notify", "quiet"]),
    (&["debug", "trace"], &["verbose"]),
    (&["mail", "e-mail", "email-address", "address", "to"], &["email", "address"]),
    (
        &["phone", "tel", "telephone", "sms", "cell", "number", "phone-number", "mobile-number"],
        &["mobile", "address"],
    ),
    (&["email", "mobile"], &["address"]),
    (
        &[
            "force-change",
            "expire",
            "expire-password",
            "require-change",
            "must-reset",
            "force-reset",
            "change-required",
            "mustchange",
            "change-at-next-login",
            "change-at-logon",
        ],
        &["must-change"],
    ),
    (&["permanent", "no-change", "no-force-change", "never-change"], &["no-must-change"]),
    (&["random", "auto", "generated", "autogenerate", "gen", "generate-password"], &["generate"]),
    (
        &["link", "invite", "invitation", "setup-link", "setup-token", "send-link", "self", "token"],
        &["setup", "token-stdin"],
    ),
    (&["prompt", "interactive"], &["ask"]),
    (
        &[
            "ttl",
            "lifetime",
            "expiry",
            "expire-in",
            "expires-in",
            "expires-after",
            "valid",
            "validity",
            "valid-for",
            "expiration",
            "duration",
            "expire",
            "life",
        ],
        &["expires"],
    ),
    (
        &["out", "output-file", "outfile", "save-to", "write-to", "secrets", "secrets-file", "to-file"],
        &["secrets-to"],
    ),
    (&["file", "list", "input", "users", "from-file", "input-file", "users-file", "people"], &["from"]),
    (&["unblock"], &["unlock"]),
    (
        &[
            "no-mfa",
            "reset-mfa",
            "drop-mfa",
            "disable-mfa",
            "delete-mfa",
            "clear-mfa",
            "unbind-mfa",
            "remove-totp",
            "remove-2fa",
            "mfa",
        ],
        &["remove-mfa", "totp-stdin"],
    ),
    (
        &[
            "if-not-exists",
            "exist-ok",
            "ignore-existing",
            "skip-existing",
            "idempotent",
            "or-ignore",
            "if-absent",
            "if-not-exist",
        ],
        &["if-missing"],
    ),
    (&["new-name", "rename", "to", "username"], &["name"]),
    (&["desc", "text", "title", "about", "comment"], &["description"]),
    (&["no-desc", "remove-description"], &["no-description"]),
    (&["quota", "max-users", "users"], &["user-quota"]),
    (&["no-quota", "unlimited"], &["no-user-quota"]),
    (&["type"], &["kind"]),
    (&["from", "start", "begin"], &["since"]),
    (&["to", "before", "end"], &["until"]),
    (&["max", "count", "n", "top", "head", "page-size"], &["limit"]),
    (&["start-after", "offset", "cursor", "page"], &["after"]),
    (&["no-mail", "no-email", "no-notice", "no-notification", "dont-notify", "quiet-change"], &["no-notify"]),
    (&["trusted", "confirmed", "vouch", "no-verify", "skip-verification"], &["verified"]),
    (&["full", "reveal", "clear", "show"], &["unmask"]),
    (&["everyone", "everybody", "all-users", "all"], &["all", "everyone"]),
    (&["filter", "selector", "select", "condition", "having"], &["where"]),
    (&["tenant", "org", "organization", "organisation", "realm"], &["account"]),
    (&["count", "expected", "expect-count", "assert-count"], &["expect"]),
    (&["include-roots", "with-root", "also-root"], &["include-root"]),
    (
        &["password", "pass", "pw", "passwd", "stdin", "password-from-stdin", "new-password", "p"],
        &["password-stdin"],
    ),
    (&["code", "otp", "c"], &["code-stdin", "totp-stdin"]),
    (&["totp", "mfa-code", "2fa", "authenticator"], &["totp-stdin"]),
    (&["root", "force-root"], &["override"]),
    (&["disable", "inactive"], &["disabled"]),
    (&["access", "mode"], &["access-mode"]),
    (&["protection", "2fa", "second-factor"], &["login-protection"]),
    (&["anchor-file"], &["anchor"]),
];

/// What was most likely meant by this option of a command, which is named without `regain`.
pub fn option(command: &str, typed: &str, has: &dyn Fn(&str) -> bool) -> Option<Meant> {
    let name = typed.split('=').next().unwrap_or_default();
    let name = plain(name.trim_start_matches('-'));
    if !typed.starts_with('-') || name.is_empty() {
        return None;
    }
    let mut rows = ROWS.iter().filter(|(under, _, _)| *under == command);
    let row = rows.find_map(|(_, names, sentence)| Some((known(names, &name)?, *sentence)));
    if let Some((name, sentence)) = row {
        return Some(Meant { name: Some(name), sentence: sentence.to_owned() });
    }
    let same = SAME.iter().filter_map(|(names, ours)| Some((known(names, &name)?, *ours)));
    let mut ours = same.flat_map(|(name, ours)| ours.iter().map(move |option| (name, *option)));
    let (name, option) = ours.find(|(_, option)| has(option))?;
    let sentence = match option {
        "output" => "did you mean --output, as in `-o json`?".to_owned(),
        secret if secret.ends_with("-stdin") => {
            format!(
                "did you mean --{secret}? Secrets are never arguments: give them on standard input, one per line"
            )
        }
        option => format!("did you mean --{option}?"),
    };
    Some(Meant { name: Some(name), sentence })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_name_stands_once_under_a_command() {
        let mut seen = HashSet::new();
        for (command, names, _) in ROWS {
            for name in *names {
                assert_eq!(plain(name), *name);
                assert!(seen.insert((command, name)), "{command} {name} stands twice");
            }
        }
    }

    #[test]
    fn what_a_command_has_is_named_and_what_another_has_leads_there() {
        let of = |command: &str, typed: &str| {
            option(command, typed, &|known| known == "password-stdin").map(|meant| meant.sentence)
        };
        let binds = of("user update", "--Email=a@b.example").unwrap();
        assert!(binds.starts_with("`regain contact bind USER --email ADDRESS` binds"), "{binds}");
        let stdin = of("verify", "--password=hunter2").unwrap();
        let expected = "did you mean --password-stdin? Secrets are never arguments: give them on standard input, one \
                        per line";
        assert_eq!(stdin, expected);
        assert_eq!(of("verify", "--phone"), None, "it has nothing of the kind");
        assert_eq!((of("verify", "password"), of("verify", "--")), (None, None));
    }
}
