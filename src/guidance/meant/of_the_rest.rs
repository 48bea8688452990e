//! Names of commands that there are not, under the other nouns.

use super::named::Row;
use super::of_people::{
    DELETES_PASSWORD, MAKES_CHANGE, MAKES_TOKEN, MUST_CHANGE, REMOVES_MFA, UNLOCK, UNLOCKS,
};

pub(super) const ROWS: &[Row] = &[
    (
        "contact",
        &["add", "create", "new", "set", "update", "edit", "replace", "modify", "insert", "link", "register"],
        "`regain contact bind USER --email ADDRESS` replaces one, as an administrator; `regain contact change \
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
        "`regain contact unbind USER --email` or `--mobile` removes one",
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
        "`regain codes explain USER` shows what happened to the codes of somebody",
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
    ("password", &["verify", "check", "test"], "`regain verify USER --password-stdin` checks a password"),
    ("password", &["delete", "remove", "clear", "revoke"], DELETES_PASSWORD),
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
    ("store", &["import", "load", "recover", "rollback"], "`regain store restore FILE` restores a copy"),
    (
        "store",
        &["verify", "fsck", "integrity", "validate", "doctor", "status"],
        "`regain store check` checks the store for damage",
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
