//! What to do about a finding of `regain doctor`, where a command helps.

use super::words::{go_on_with, leave_the_rest};

pub const QUICK_LOOK: &str = "A quick look finds no damage; `regain store check` reads every row.";
pub const OUTBOX: &str = "`regain delivery status` shows why; `regain delivery run --once` tries again";
pub const INTERRUPTED_BATCHES: &str = "`regain batch list --state interrupted` lists them; `regain batch resume ID` goes on with one, \
                                       and `regain batch cancel ID` leaves the rest of it";
pub const PURGE: &str = "`regain store purge` does it now; the delivery worker does it every day";
pub const MAKE_ROOM: &str = "make room on it; `regain store purge` deletes what ended long ago";
pub const LONG_SMS: &str = "write a shorter text of your own, or one without these characters; `regain texts list` shows the size of each";
pub const MOUNT: &str =
    "see why it is (`mount`, `dmesg`), and mount it read-write; what reads works meanwhile";
pub const TEXTS: &str = "correct it; `regain texts show NAME` shows what goes out";

/// A channel's ceiling is reached; `key` is its setting.
pub fn ceiling(key: &str) -> String {
    format!("`regain audit list` shows who asks for so many; `[budgets] {key}` is the ceiling")
}

/// One batch was interrupted.
pub fn interrupted_batch(id: &str, of_file: bool) -> String {
    format!("{}; or {}", go_on_with(id, of_file), leave_the_rest(id))
}

/// A restore was killed; `folder` is what it left, as a word for a shell.
pub fn staged(folder: &str) -> String {
    format!("the next `regain store restore` removes it; if none is running: rm -r {folder}")
}
