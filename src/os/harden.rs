//! A process that leaves no trace of its memory (security T6) and makes no file that others can open (T4).

use std::io;

use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

use super::surroundings::unblock_signals;

/// The kernel would not harden the process.
#[derive(Debug, thiserror::Error)]
pub enum HardenError {
    #[error("make the process's memory private")]
    Dumpable(#[source] Errno),
    #[error("forbid core files")]
    Core(#[source] Errno),
    #[error("let signals through")]
    Signals(#[source] io::Error),
}

/// Not dumpable, no core files, umask 077, no signal blocked. To be called first of all, before anything secret is read.
///
/// A process that is not dumpable has its `/proc/self` owned by root. What we read of our own there still
/// opens: `loginuid` and `status` are readable by all, `exe` and `fd` check only that the reader is of the
/// same process. So the order does not matter to [`super::Identity`].
pub fn harden() -> Result<(), HardenError> {
    umask(Mode::RWXG | Mode::RWXO);
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(HardenError::Dumpable)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(HardenError::Core)?;
    unblock_signals().map_err(HardenError::Signals)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test for all of it, because the process it changes is shared with every other test.
    #[test]
    fn t6_the_process_is_not_dumpable_leaves_no_core_and_can_still_read_its_own_proc() {
        harden().unwrap();
        assert_eq!(rustix::process::dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        assert_eq!(umask(Mode::RWXG | Mode::RWXO), Mode::RWXG | Mode::RWXO);
        for readable in ["/proc/self/status", "/proc/self/loginuid"] {
            // A kernel without audit has no login uid.
            assert!(
                std::fs::read(readable).is_ok() || !std::path::Path::new(readable).exists(),
                "{readable}"
            );
        }
        assert!(std::fs::read_dir("/proc/self/fd").is_ok());
        assert!(std::env::current_exe().is_ok());
    }
}
