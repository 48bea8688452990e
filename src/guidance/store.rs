//! What brings a store or its outbox back into order.

pub const RESTORE: &str = "`regain store restore FILE` restores a backup";
pub const CHECK_OR_RESTORE: &str =
    "`regain store check` shows more; `regain store restore FILE` restores a backup";
pub const RESTORE_OR_OTHER: &str =
    "`regain store restore FILE` restores a backup; --store names another store";
pub const BEGIN_EMPTY: &str = "`regain init --new-store` creates an empty one";
pub const COPY_FIRST: &str = "make a backup of it with `regain store backup FILE`, and restore that";
pub const EMPTY_THE_LOG: &str =
    "do not repeat the change; `regain store purge` empties the log once there is space";
pub const NAME_A_STORE: &str = "name a store made by `regain init`, or a copy made by `regain store backup`";
pub const NAME_A_BACKUP: &str = "name a file that `regain store backup` made";
/// How to find out what became of a change of which nobody knows whether it was made.
pub const IN_DOUBT: [&str; 2] = [
    "repair the disk first",
    "administrators see the newest changes at the top of `regain audit list`; a secret in a file is kept, and works \
    if its change was made",
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
pub const REFUSED_LISTS: &str = "correct [password] extra_list or breached_list, or the modes of the files; until then \
    no password can be set; `regain doctor` checks both";
pub const OUTBOX: &str = "`regain delivery status` shows what the last failure was; `regain codes list` shows which \
    codes failed, and why";
pub const TRANSPORT_SETTINGS: &str = "correct what is named above; `regain doctor` checks the settings";
