//! What brings a store or its outbox back into order.

pub const RESTORE: &str = "`regain store restore FILE` brings a backup back";
pub const CHECK_OR_RESTORE: &str =
    "`regain store check` tells more; `regain store restore FILE` brings a backup back";
pub const RESTORE_OR_OTHER: &str =
    "`regain store restore FILE` brings a backup back; --store names another store";
pub const BEGIN_EMPTY: &str = "`regain init --new-store` begins with an empty one";
pub const COPY_FIRST: &str = "make a backup of it with `regain store backup FILE`, and restore that";
pub const EMPTY_THE_LOG: &str =
    "the change needs no second try; `regain store purge` empties the log, when there is space";
pub const NAME_A_STORE: &str = "name a store made by `regain init`, or a copy made by `regain store backup`";
pub const NAME_A_BACKUP: &str = "name a file that `regain store backup` made";
/// How to find out what became of a change of which nobody knows whether it was made.
pub const IN_DOUBT: [&str; 2] = [
    "look after the disk first",
    "administrators see what was made at the top of `regain audit list`; a secret in a file is kept, and works if its \
     change was made",
];
pub const UNREADABLE_HASH: &str =
    "`regain store check` names the user, who needs a new password: `regain admin-reset USER`";
pub const KEY_GONE: &str =
    "put the key back into the key file; if it is lost, set a new password: `regain admin-reset USER`";
pub const KEY_MISSING: &str = "put your copy of the key file back there: no store can be used without its key; where \
                               there is no store yet, `regain init` makes both";
pub const KEY_BROKEN: &str = "run `regain doctor` to check the store and its audit chain";
pub const NO_CONFIG: &str = "run `regain init`";
pub const CHECK_CONFIG: &str = "see `regain config check`; config.example.toml documents every key";
pub const OUTBOX: &str = "`regain delivery status` tells what the last failure was; `regain codes list` tells which codes \
                          failed, and why";
pub const TRANSPORT_SETTINGS: &str = "correct what is named above; `regain doctor` looks at the settings";
