//! Names of commands that there are not: alone, of users and of accounts.

use super::named::Row;

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
pub(super) const UNLOCK: &[&str] = &["unlock", "unblock", "unsuspend", "unban", "unfreeze"];
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
    "update-email",
    "update-mobile",
    "update-contact",
    "change-email",
    "change-mobile",
    "change-contact",
    "bind",
    "address",
];
const DELETE_PASSWORD: &[&str] = &[
    "delete-password",
    "remove-password",
    "clear-password",
    "del-password",
    "rm-password",
    "drop-password",
    "no-password",
];
const RESEND: &[&str] = &["resend", "send", "send-code", "resend-code", "otp-send"];
const MFA: &[&str] =
    &["mfa", "totp", "2fa", "otp", "remove-mfa", "reset-mfa", "disable-mfa", "authenticator"];
const LOGOUT: &[&str] =
    &["logout", "signout", "sign-out", "logoff", "kick", "kill", "sessions", "session", "terminate"];
pub(super) const MUST_CHANGE: &[&str] =
    &["must-change", "expire", "expire-password", "force-change", "require-change", "force-reset"];

pub(super) const RESETS: &str = "`regain admin-reset USER` resets somebody's password; your own, `regain password reset` when it is \
                      forgotten, else `regain password change USER`";
pub(super) const UNLOCKS: &str = "`regain user enable USER --unlock` ends a lock or a block";
const LOCKS: &str = "`regain user disable USER` keeps somebody from signing in; `regain user revoke USER` also ends their \
                     password, codes and setup tokens";
const REMOVES: &str = "`regain user disable USER`, and then `regain user delete USER`, which is permanent";
const CHANGES: &str = "`regain user update USER --name NEW` changes the name, other options the rest; `regain contact bind \
                       USER --mobile NUMBER`, or with --email, binds a contact";
const UPDATES: &str = "`regain user update USER` changes a user, `regain account update ACCOUNT` an account; `regain contact \
                       bind USER --mobile NUMBER`, or with --email, binds a contact";
pub(super) const DELETES_PASSWORD: &str = "`regain user revoke USER` removes somebody's password, and everything else they could \
                                sign in with";
const RESENDS: &str =
    "`regain codes resend ID` sends a code or a setup token again; `regain codes list` shows the ids";
const CONTACTS: &str = "`regain contact bind USER --email ADDRESS` binds an email address, `regain contact bind USER \
                        --mobile NUMBER` a number; the other contact commands: `regain contact --help`";
pub(super) const REMOVES_MFA: &str =
    "`regain mfa remove USER` removes an authenticator, and `regain mfa enrol USER` enrols another one";
const ENDS_SESSIONS: &str = "`regain user revoke USER` ends everything that somebody could sign in with; sessions are \
                             kept elsewhere";
pub(super) const MAKES_CHANGE: &str =
    "`regain user update USER --must-change` has the password changed at the next sign-in";
pub(super) const MAKES_USER: &str = "`regain user create ACCOUNT/NAME` makes a user";
const IMPORTS: &str = "`regain user import FILE` creates the users of a list, and with `--on-conflict update` changes those \
                       who exist";
const EXPORTS: &str =
    "`regain user export FILE` writes everybody into a file, in the format of another program if you like";
const EXPLAINS: &str = "`regain user diagnose USER` shows why somebody cannot sign in, `regain codes explain USER` \
    why a code did not come";
pub(super) const MAKES_TOKEN: &str = "`regain admin-reset USER --setup` sends somebody a setup token, `regain password setup` sets a \
                           password with one";

pub(super) const ROWS: &[Row] = &[
    ("", RESET, RESETS),
    ("", UNLOCK, UNLOCKS),
    ("", LOCK, LOCKS),
    ("", REMOVE, REMOVES),
    ("", CHANGE, CHANGES),
    ("", &["update"], UPDATES),
    ("", DELETE_PASSWORD, DELETES_PASSWORD),
    ("", CONTACT, CONTACTS),
    ("", &["unbind"], "`regain contact unbind USER --email` or `--mobile` removes a contact"),
    ("", MFA, REMOVES_MFA),
    ("", LOGOUT, ENDS_SESSIONS),
    ("", MUST_CHANGE, MAKES_CHANGE),
    ("", &["useradd", "adduser", "add-user", "create-user", "add", "create", "new"], MAKES_USER),
    ("", &["import", "bulk", "sync"], IMPORTS),
    ("", &["export", "dump", "dumpdata", "getent", "slapcat"], EXPORTS),
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
        "`regain user revoke USER` ends everything somebody could sign in with, `regain codes revoke USER` \
                       only their codes",
    ),
    (
        "",
        &["approve", "deny", "accept", "reject"],
        "`regain appeal approve SERIAL` and `regain appeal deny SERIAL` decide an \
                                                    appeal",
    ),
    ("", RESEND, RESENDS),
    (
        "",
        &["signin", "sign-in", "logon", "auth", "authenticate"],
        "`regain login USER` signs in as a person, `regain verify USER --password-stdin` checks for a program",
    ),
    ("", &["signup", "sign-up", "register"], "`regain account register` registers a unified ID of your own"),
    ("", &["enrol", "enroll", "qr"], "`regain mfa enrol USER` enrols an authenticator"),
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
        "`regain store --help` lists the store commands, such as `regain store backup FILE`",
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
    ("", &["check", "health", "healthcheck", "status", "ping"], "`regain doctor` looks for problems"),
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
    ("user", DELETE_PASSWORD, DELETES_PASSWORD),
    ("user", RESEND, RESENDS),
    ("user", CONTACT, CONTACTS),
    (
        "user",
        &["unbind", "remove-email", "remove-mobile"],
        "`regain contact unbind USER --email` or `--mobile` removes a contact",
    ),
    ("user", MFA, REMOVES_MFA),
    (
        "user",
        &["enrol", "enroll", "add-mfa", "enable-mfa"],
        "`regain mfa enrol USER` enrols an authenticator",
    ),
    ("user", LOGOUT, ENDS_SESSIONS),
    ("user", MUST_CHANGE, MAKES_CHANGE),
    ("user", &["useradd", "adduser", "register", "signup"], MAKES_USER),
    ("user", &["bulk", "sync", "load"], IMPORTS),
    ("user", &["dump", "download", "dumpdata", "extract"], EXPORTS),
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
        "`regain verify USER --password-stdin` checks a password, `regain login \
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
        "`regain account enable ACCOUNT` lets its users sign in again; `regain user enable ACCOUNT --unlock` ends a \
                         lock of its root user",
    ),
    ("account", LOCK, "`regain account disable ACCOUNT` keeps everyone in it from signing in"),
    (
        "account",
        &["close"],
        "`regain account disable ACCOUNT`, and then `regain account delete ACCOUNT`, which is permanent",
    ),
    (
        "account",
        REMOVE,
        "`regain account disable ACCOUNT`, and then `regain account delete ACCOUNT`, which is permanent",
    ),
    (
        "account",
        CHANGE,
        "`regain account update ACCOUNT --name NEW` changes the name, `--user-quota` the quota",
    ),
    ("account", CONTACT, "`regain contact bind ACCOUNT --email ADDRESS` binds a contact to its root user"),
    (
        "account",
        DELETE_PASSWORD,
        "`regain user revoke ACCOUNT` removes the password of its root user, and everything else they could sign in with",
    ),
    ("account", RESEND, RESENDS),
    ("account", MFA, "`regain mfa remove ACCOUNT` removes the authenticator of its root user"),
    ("account", &["quota", "limit"], "`regain account update ACCOUNT --user-quota N` sets the quota"),
    ("account", &["policy", "policies", "settings"], "`regain policy show ACCOUNT` shows its policies"),
    (
        "account",
        &["export", "dump", "download"],
        "`regain user export FILE ACCOUNT` writes its users into a file",
    ),
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
    ("account", &["readiness"], "`regain user readiness ACCOUNT` shows who could not recover"),
];
