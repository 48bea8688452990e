//! Names of commands that there are not, and the commands that they mean.

use super::named::{Meant, known, plain};

/// Whether a noun has that subcommand; the noun of a command without one is empty.
type Has<'h> = &'h dyn Fn(&str, &str) -> bool;

/// Names under a noun whose meaning does not follow from the words that stand in [`SAME`].
type Row = (&'static str, &'static [&'static str], &'static str);

const RESET: &[&str] = &[
    "reset",
    "reset-password",
    "password-reset",
    "resetpassword",
    "resetpw",
    "password",
    "passwd",
    "pass",
    "pw",
    "chpasswd",
    "set-password",
    "setpassword",
    "change-password",
    "new-password",
    "forgot",
    "forgot-password",
    "recover",
    "recovery",
];
const UNLOCK: &[&str] = &["unlock", "unblock", "unsuspend", "unban", "unfreeze"];
const LOCK: &[&str] = &["lock", "block", "suspend", "ban", "freeze", "deactivate"];
const REMOVE: &[&str] =
    &["remove", "rm", "del", "delete", "destroy", "erase", "drop", "purge", "userdel", "deluser"];
const CHANGE: &[&str] =
    &["rename", "mv", "move", "edit", "modify", "mod", "change", "set", "alter", "usermod"];
const CONTACT: &[&str] = &[
    "email",
    "mail",
    "e-mail",
    "mobile",
    "phone",
    "sms",
    "contact",
    "set-email",
    "set-mobile",
    "add-email",
    "add-mobile",
    "bind",
    "address",
];
const MFA: &[&str] =
    &["mfa", "totp", "2fa", "otp", "remove-mfa", "reset-mfa", "disable-mfa", "authenticator"];
const LOGOUT: &[&str] =
    &["logout", "signout", "sign-out", "logoff", "kick", "kill", "sessions", "session", "terminate"];
const MUST_CHANGE: &[&str] =
    &["must-change", "expire", "expire-password", "force-change", "require-change", "force-reset"];

const RESETS: &str = "`regain admin-reset USER` resets somebody's password; your own, `regain password reset` when it is \
                      forgotten, else `regain password change USER`";
const UNLOCKS: &str = "`regain user enable USER --unlock` ends a lock or a block";
const LOCKS: &str = "`regain user disable USER` keeps somebody from signing in; `regain user revoke USER` also ends their \
                     password, codes and setup tokens";
const REMOVES: &str = "`regain user disable USER`, and then `regain user delete USER`, which is for good";
const CHANGES: &str = "`regain user update USER --name NEW` changes the name, other options the rest";
const CONTACTS: &str = "`regain contact bind USER --email ADDRESS` binds an email address, `regain contact bind USER \
                        --mobile NUMBER` a number; the other contact commands: `regain contact --help`";
const REMOVES_MFA: &str = "`regain mfa remove USER` takes an authenticator away, and `regain mfa enrol USER` begins with another one";
const ENDS_SESSIONS: &str = "`regain user revoke USER` ends everything that somebody could come in with; sessions are \
                             kept elsewhere";
const MAKES_CHANGE: &str =
    "`regain user update USER --must-change` has the password changed at the next sign-in";
const MAKES_USER: &str = "`regain user create ACCOUNT/NAME` makes a user";
const IN_A_LOOP: &str =
    "`regain user create ACCOUNT/NAME --if-missing` makes one user, and can be repeated for each of a list";
const EXPLAINS: &str = "`regain user diagnose USER` tells why somebody cannot come in, `regain codes explain USER` why a code \
                        did not come";
const MAKES_TOKEN: &str = "`regain admin-reset USER --setup` sends somebody a setup token, `regain password setup` sets a \
                           password with one";

const ROWS: &[Row] = &[
    ("", RESET, RESETS),
    ("", UNLOCK, UNLOCKS),
    ("", LOCK, LOCKS),
    ("", REMOVE, REMOVES),
    ("", CHANGE, CHANGES),
    ("", CONTACT, CONTACTS),
    ("", &["unbind"], "`regain contact unbind USER --email` or `--mobile` takes a contact away"),
    ("", MFA, REMOVES_MFA),
    ("", LOGOUT, ENDS_SESSIONS),
    ("", MUST_CHANGE, MAKES_CHANGE),
    ("", &["useradd", "adduser", "add-user", "create-user", "add", "create", "new"], MAKES_USER),
    ("", &["import", "bulk", "export", "sync"], IN_A_LOOP),
    ("", &["explain", "why", "diagnose", "debug", "help-me"], EXPLAINS),
    ("", &["setup", "invite", "invitation", "token", "link"], MAKES_TOKEN),
    ("", &["install", "start"], "`regain init` makes the config, the key and an empty store"),
    (
        "",
        &["list", "ls", "show", "get", "info", "view"],
        "`regain user list` lists people, `regain user show USER` shows one",
    ),
    (
        "",
        &["find", "search", "whois", "finger", "id", "lookup"],
        "`regain user find TEXT` searches for people",
    ),
    ("", &["enable", "activate", "reactivate"], "`regain user enable USER` lets somebody sign in again"),
    ("", &["disable"], "`regain user disable USER` keeps somebody from signing in"),
    (
        "",
        &["revoke"],
        "`regain user revoke USER` ends everything somebody could come in with, `regain codes revoke USER` \
                       only their codes",
    ),
    (
        "",
        &["approve", "deny", "accept", "reject"],
        "`regain appeal approve SERIAL` and `regain appeal deny SERIAL` decide an \
                                                    appeal",
    ),
    (
        "",
        &["resend", "send", "send-code", "otp-send"],
        "`regain codes resend ID` sends a code again; `regain codes list` shows \
                                                        the ids",
    ),
    (
        "",
        &["signin", "sign-in", "logon", "auth", "authenticate"],
        "`regain login USER` signs in as a person, `regain verify \
                                                                   USER --password-stdin` judges for a program",
    ),
    ("", &["signup", "sign-up", "register"], "`regain account register` registers a unified ID of your own"),
    ("", &["enrol", "enroll", "qr"], "`regain mfa enrol USER` begins with an authenticator"),
    (
        "",
        &[
            "backup",
            "restore",
            "vacuum",
            "fsck",
            "migrate",
            "rekey",
            "rotate-key",
            "purge-old",
            "db",
            "database",
        ],
        "`regain store --help` lists what there is for the store, such as `regain store backup FILE`",
    ),
    (
        "",
        &["log", "logs", "history", "records", "events", "journal"],
        "`regain audit list` shows the operation records",
    ),
    (
        "",
        &["queue", "mailq", "outbox", "flush", "messages"],
        "`regain delivery status` shows what waits, `regain delivery run` \
                                                              hands it over",
    ),
    ("", &["settings", "conf", "cfg", "configuration"], "`regain config show` shows every setting"),
    ("", &["check", "health", "healthcheck", "status", "ping"], "`regain doctor` looks for what is wrong"),
    (
        "",
        &["challenge", "caller", "call"],
        "`regain support challenge USER` sends a code that a caller reads out",
    ),
    ("", &["disown"], "`regain request disown REFERENCE` says that a change was not yours"),
    ("", &["template", "templates", "message"], "`regain texts list` shows the texts of messages"),
    ("", &["manual", "man-pages"], "`regain man DIR` writes the manual pages"),
    ("user", RESET, RESETS),
    ("user", UNLOCK, UNLOCKS),
    ("user", LOCK, LOCKS),
    ("user", REMOVE, REMOVES),
    ("user", CHANGE, CHANGES),
    ("user", CONTACT, CONTACTS),
    (
        "user",
        &["unbind", "remove-email", "remove-mobile"],
        "`regain contact unbind USER --email` or `--mobile` takes a \
                                                            contact away",
    ),
    ("user", MFA, REMOVES_MFA),
    (
        "user",
        &["enrol", "enroll", "add-mfa", "enable-mfa"],
        "`regain mfa enrol USER` begins with an authenticator",
    ),
    ("user", LOGOUT, ENDS_SESSIONS),
    ("user", MUST_CHANGE, MAKES_CHANGE),
    ("user", &["useradd", "adduser", "register", "signup"], MAKES_USER),
    ("user", &["import", "bulk", "export", "sync", "load"], IN_A_LOOP),
    ("user", &["invite", "invitation", "setup", "token", "link"], MAKES_TOKEN),
    ("user", &["explain", "why", "debug", "check", "doctor"], EXPLAINS),
    ("user", &["codes", "code"], "`regain codes list USER` shows what was sent to somebody"),
    ("user", &["devices", "device"], "`regain device list USER` shows from where somebody signs in"),
    (
        "user",
        &["log", "logs", "history", "audit", "events"],
        "`regain audit list --user USER` shows what was done with \
                                                              somebody",
    ),
    (
        "user",
        &["verify", "auth", "login", "test"],
        "`regain verify USER --password-stdin` judges a password, `regain login \
                                                    USER` signs in",
    ),
    (
        "user",
        &["policy"],
        "`regain policy show ACCOUNT` shows the policies of an account, which hold for its users",
    ),
    (
        "account",
        RESET,
        "`regain password reset ACCOUNT` is for the owner of the account; as the owner of the store, `regain \
                        admin-reset ACCOUNT --setup --override`",
    ),
    (
        "account",
        UNLOCK,
        "`regain account enable ACCOUNT` lets its users sign in again; a lock of its root user ends by \
                         `regain user enable ACCOUNT --unlock`",
    ),
    ("account", LOCK, "`regain account disable ACCOUNT` keeps everyone in it from signing in"),
    (
        "account",
        &["close"],
        "`regain account disable ACCOUNT`, and then `regain account delete ACCOUNT`, which is for good",
    ),
    (
        "account",
        REMOVE,
        "`regain account disable ACCOUNT`, and then `regain account delete ACCOUNT`, which is for good",
    ),
    (
        "account",
        CHANGE,
        "`regain account update ACCOUNT --name NEW` changes the name, `--user-quota` the quota",
    ),
    ("account", CONTACT, "`regain contact bind ACCOUNT --email ADDRESS` binds a contact to its root user"),
    ("account", MFA, "`regain mfa remove ACCOUNT` takes the authenticator of its root user away"),
    ("account", &["quota", "limit"], "`regain account update ACCOUNT --user-quota N` sets the quota"),
    ("account", &["policy", "policies", "settings"], "`regain policy show ACCOUNT` shows its policies"),
    ("account", &["users", "members"], "`regain user list ACCOUNT` lists its users"),
    (
        "account",
        &["find", "search", "lookup", "query"],
        "`regain account list` lists them all; `regain user find TEXT` \
                                                         searches for people",
    ),
    (
        "account",
        &["revoke"],
        "`regain account disable ACCOUNT` keeps everyone in it from signing in; `regain user revoke \
                              ACCOUNT` is for its root user alone",
    ),
    ("account", &["signup", "sign-up"], "`regain account register` registers a unified ID of your own"),
    ("account", &["readiness"], "`regain user readiness ACCOUNT` tells who could not recover"),
    (
        "contact",
        &["add", "create", "new", "set", "update", "edit", "replace", "modify", "insert", "link", "register"],
        "`regain contact bind USER --email ADDRESS` binds one in place of another, as an administrator; `regain contact change \
      USER --email ADDRESS` is for yourself",
    ),
    (
        "contact",
        &["add-email", "set-email", "email"],
        "`regain contact bind USER --email ADDRESS` binds an email address",
    ),
    (
        "contact",
        &["add-mobile", "set-mobile", "mobile", "phone"],
        "`regain contact bind USER --mobile NUMBER` binds a number",
    ),
    (
        "contact",
        &["remove", "rm", "del", "delete", "drop", "clear", "unset", "unlink", "revoke", "erase"],
        "`regain contact unbind USER --email` or `--mobile` takes one away",
    ),
    (
        "contact",
        &["unmask", "reveal"],
        "`regain contact list USER --unmask` shows them in full, which is recorded",
    ),
    (
        "contact",
        &["send", "resend"],
        "`regain contact bind USER --email ADDRESS` sends a code, `regain codes resend ID` another one",
    ),
    (
        "mfa",
        &[
            "reset",
            "disable",
            "delete",
            "off",
            "unbind",
            "clear",
            "revoke",
            "unenrol",
            "unenroll",
            "deactivate",
            "rm",
            "del",
            "drop",
            "unlink",
            "lost",
        ],
        REMOVES_MFA,
    ),
    (
        "mfa",
        &["add", "create", "enable", "enroll", "setup", "register", "new", "on", "qr", "link", "generate"],
        "`regain mfa enrol USER` shows a new secret, `regain mfa confirm USER` binds it with two codes",
    ),
    (
        "mfa",
        &["bind", "activate"],
        "`regain mfa confirm USER` binds it with two codes, after `regain mfa enrol USER`",
    ),
    (
        "codes",
        &["cancel", "end", "delete", "remove", "expire", "kill", "rm", "clear", "purge", "stop"],
        "`regain codes revoke USER` ends the live codes of somebody, `regain codes revoke --all` those of everybody",
    ),
    (
        "codes",
        &["send", "retry", "again", "renew", "repeat"],
        "`regain codes resend ID` sends one again; `regain codes list` \
                                                               shows the ids",
    ),
    (
        "codes",
        &["why", "show", "diagnose", "status", "get", "trace", "check"],
        "`regain codes explain USER` tells what became \
                                                                                of the codes of somebody",
    ),
    (
        "password",
        &["forgot", "forgotten", "recover", "lost", "recovery", "restore"],
        "`regain password reset` is for a \
                                                                                      forgotten password of yours",
    ),
    (
        "password",
        &["set", "update", "new", "edit", "modify", "rotate"],
        "`regain password change USER` changes your own, \
                                                                         `regain admin-reset USER` sets somebody else's",
    ),
    (
        "password",
        &["admin-reset", "generate", "ask", "random"],
        "`regain admin-reset USER` sets somebody else's password",
    ),
    ("password", MUST_CHANGE, MAKES_CHANGE),
    ("password", &["policy", "rules"], "`regain policy show ACCOUNT password` shows what a password must be"),
    ("password", &["token", "redeem", "invite", "init"], MAKES_TOKEN),
    ("password", &["verify", "check", "test"], "`regain verify USER --password-stdin` judges a password"),
    (
        "password",
        &["delete", "remove", "clear", "revoke"],
        "`regain user revoke USER` takes somebody's password away, with \
                                                            everything else they could come in with",
    ),
    ("password", UNLOCK, UNLOCKS),
    (
        "request",
        &["password", "finish", "complete", "reset"],
        "`regain request set-password ID` is the last step; `regain \
                                                               request start USER` is the first",
    ),
    (
        "request",
        &["abort", "end", "delete", "revoke", "remove", "stop"],
        "`regain request cancel ID` ends one",
    ),
    (
        "request",
        &["code", "resend", "email", "mobile"],
        "`regain request send ID --method email --address ADDRESS` sends a \
                                                         code",
    ),
    ("request", &["confirm", "check", "enter"], "`regain request verify ID` enters a code"),
    ("appeal", &["accept", "grant", "allow", "ok", "confirm"], "`regain appeal approve SERIAL` grants it"),
    (
        "appeal",
        &["reject", "refuse", "decline", "close", "dismiss"],
        "`regain appeal deny SERIAL` refuses it",
    ),
    (
        "appeal",
        &["decide"],
        "`regain appeal approve SERIAL` grants it, `regain appeal deny SERIAL` refuses it",
    ),
    (
        "audit",
        &["log", "tail", "search", "find", "history", "grep", "events"],
        "`regain audit list` shows the records, the \
                                                                                newest first",
    ),
    (
        "audit",
        &["dump", "save", "backup", "write", "archive"],
        "`regain audit export` writes the records out",
    ),
    ("audit", &["check", "validate", "prove"], "`regain audit verify` checks the chain of the records"),
    (
        "delivery",
        &["send", "flush", "retry", "worker", "start", "once", "daemon", "process"],
        "`regain delivery run` hands \
                                                                                               over what waits",
    ),
    ("delivery", &["queue", "outbox", "pending"], "`regain delivery status` shows what waits"),
    (
        "delivery",
        &["check", "ping", "mail", "try"],
        "`regain delivery test --email ADDRESS` sends a test message",
    ),
    ("store", &["dump", "copy", "export", "save", "snapshot"], "`regain store backup FILE` makes a copy"),
    ("store", &["import", "load", "recover", "rollback"], "`regain store restore FILE` brings a copy back"),
    (
        "store",
        &["verify", "fsck", "integrity", "validate", "doctor", "status"],
        "`regain store check` looks whether the store \
                                                                                 is sound",
    ),
    (
        "store",
        &["vacuum", "clean", "prune", "gc", "compact", "cleanup"],
        "`regain store purge` deletes what ended long ago",
    ),
    ("store", &["rotate", "rekey", "key", "new-key"], "`regain store rotate-key` adds a new key"),
    ("store", &["init", "create", "new"], "`regain init` makes an empty store"),
    (
        "config",
        &["test", "validate", "lint", "verify", "doctor"],
        "`regain config check` looks for faults in the config",
    ),
    ("config", &["init", "create"], "`regain init` makes a config"),
    (
        "device",
        &["remove", "delete", "revoke", "rm", "untrust", "del", "clear"],
        "`regain device forget USER ID` forgets one",
    ),
    (
        "support",
        &["send", "call", "code", "start", "caller"],
        "`regain support challenge USER` sends a code that a caller \
                                                               reads out",
    ),
    (
        "support",
        &["check", "verify", "enter"],
        "`regain support confirm ID` enters the code that a caller read out",
    ),
];

/// Words of other tools, each with the subcommands of ours that it means, the likeliest first.
const SAME: &[(&[&str], &[&str])] = &[
    (&["ls", "all", "index"], &["list", "status"]),
    (
        &[
            "get", "view", "info", "display", "cat", "inspect", "print", "describe", "details", "state",
            "status", "read",
        ],
        &["show", "status", "list"],
    ),
    (&["show", "list"], &["status", "list", "show"]),
    (&["add", "new", "make", "mk", "insert"], &["create", "submit", "start"]),
    (&["begin", "open", "file", "create", "start"], &["start", "submit"]),
    (&["search", "lookup", "query", "grep", "seek"], &["find", "list"]),
    (&["activate", "reactivate", "on", "resume"], &["enable"]),
    (&["off", "deactivate"], &["disable"]),
    (&["set", "change", "edit", "modify", "alter", "update"], &["set", "update", "change"]),
    (&["confirm", "check", "validate", "verify"], &["verify", "confirm", "check"]),
    (&["rm", "remove", "del", "destroy", "erase", "drop"], &["delete", "remove", "forget", "unbind"]),
];

/// Other names of nouns.
const NOUNS: &[(&[&str], &str)] = &[
    (&["users", "member", "members", "iam", "people", "person", "iam-user"], "user"),
    (&["accounts", "tenant", "org", "organisation", "organization", "customer"], "account"),
    (&["contacts"], "contact"),
    (&["passwords"], "password"),
    (&["requests"], "request"),
    (&["appeals", "ticket", "tickets"], "appeal"),
    (&["devices"], "device"),
    (&["code", "otps", "setup-token", "setup-tokens"], "codes"),
    (&["policies"], "policy"),
    (&["audits", "record"], "audit"),
    (&["mfas", "authenticators"], "mfa"),
    (&["text"], "texts"),
];

/// What was most likely meant by this name under this noun, before that next word.
pub fn command(noun: &str, typed: &str, next: Option<&str>, has: Has<'_>) -> Option<Meant> {
    let typed = plain(typed);
    let next = next.map(plain);
    if noun.is_empty() {
        if let Some(noun) = known_noun(&typed, has) {
            let verb = next.as_deref();
            let right = verb.filter(|verb| has(noun, verb)).map(|verb| may_mean(None, &[noun, verb]));
            // The name of the noun is what is wrong.
            let other =
                || verb.and_then(|verb| meant(noun, verb, has)).map(|meant| Meant { name: None, ..meant });
            return right.or_else(other).or_else(|| Some(may_mean(None, &[noun, "--help"])));
        }
        // The verb before its noun.
        if let Some(noun) = next.as_deref().and_then(|next| known_noun(next, has)) {
            let right = has(noun, &typed).then(|| may_mean(None, &[noun, &typed]));
            if let Some(meant) = right.or_else(|| meant(noun, &typed, has)) {
                return Some(meant);
            }
        }
    }
    meant(noun, &typed, has)
}

fn meant(noun: &str, typed: &str, has: Has<'_>) -> Option<Meant> {
    let mut rows = ROWS.iter().filter(|(under, _, _)| *under == noun);
    let row = rows.find_map(|(_, names, sentence)| Some((known(names, typed)?, *sentence)));
    if let Some((name, sentence)) = row {
        return Some(Meant { name: Some(name), sentence: sentence.to_owned() });
    }
    let same = SAME.iter().filter_map(|(words, verbs)| Some((known(words, typed)?, *verbs)));
    let mut verbs = same.flat_map(|(name, verbs)| verbs.iter().map(move |verb| (name, *verb)));
    let (name, verb) = verbs.find(|(_, verb)| has(noun, verb))?;
    Some(may_mean(Some(name), &[noun, verb]))
}

/// The noun of ours that this word is or means.
fn known_noun<'w>(word: &'w str, has: Has<'_>) -> Option<&'w str> {
    let other = NOUNS.iter().find(|(names, _)| names.contains(&word)).map(|(_, noun)| *noun);
    other.or_else(|| has("", word).then_some(word))
}

fn may_mean(name: Option<&'static str>, words: &[&str]) -> Meant {
    let words: Vec<&str> = ["regain"].iter().chain(words).copied().filter(|word| !word.is_empty()).collect();
    Meant { name, sentence: format!("you may mean `{}`", words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_name_stands_once_under_a_noun_and_each_sentence_names_a_command() {
        let mut seen = HashSet::new();
        for (noun, names, sentence) in ROWS {
            assert!(sentence.contains("`regain "), "{noun} {names:?}");
            for name in *names {
                assert_eq!(plain(name), *name);
                assert!(seen.insert((noun, name)), "{noun} {name} stands twice");
            }
        }
    }

    #[test]
    fn nouns_in_the_plural_and_verbs_before_their_nouns_are_understood() {
        let has = |noun: &str, verb: &str| {
            matches!(
                (noun, verb),
                ("", "user" | "account") | ("user" | "account", "create" | "list" | "show")
            )
        };
        let of = |noun: &str, typed: &str, next: Option<&str>| {
            command(noun, typed, next, &has).map(|meant| meant.sentence)
        };
        let may = |command: &str| Some(format!("you may mean `regain {command}`"));
        assert_eq!(of("", "USERS", Some("list")), may("user list"));
        assert_eq!(of("", "users", Some("ls")), may("user list"));
        assert_eq!(of("", "users", Some("nonsense")), may("user --help"));
        assert_eq!(of("", "users", None), may("user --help"));
        assert_eq!(of("", "create", Some("account")), may("account create"));
        assert_eq!(of("", "reset", Some("user")).as_deref(), Some(RESETS));
        assert_eq!(of("", "create", Some("acme/alice")).as_deref(), Some(MAKES_USER));
        assert_eq!(of("user", "get", None), may("user show"));
        assert_eq!(of("user", "nonsense", Some("list")), None);
    }
}
