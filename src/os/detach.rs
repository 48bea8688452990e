//! A worker that outlives the command that started it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::unistd::{Pid, getpgid, getppid, getsid, setpgid, setsid};
use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use rustix::io::Errno;

/// Why the worker did not start, or could not be shielded from the terminal's signals.
#[derive(Debug, thiserror::Error)]
pub enum DetachError {
    #[error("find regain's own program file")]
    Program(#[source] io::Error),
    #[error("start the delivery worker")]
    Start(#[source] io::Error),
    #[error("shield the delivery worker from the terminal's signals")]
    Signals(#[source] io::Error),
}

/// Starts this same program with other arguments, in a process group of its own, so that Ctrl-C at the
/// terminal passes it by, in `/`, with nothing to read or write, and with no environment but `environment`.
///
/// Paths among the arguments must be absolute. Whoever starts many asks [`Child::try_wait`] whether one has ended; one
/// that nobody asks about is inherited by init.
pub fn spawn_detached(
    arguments: &[OsString],
    environment: &[(&'static str, OsString)],
) -> Result<Child, DetachError> {
    let program = std::env::current_exe().map_err(DetachError::Program)?;
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(DetachError::Start)
}

/// The worker's first act, before it opens anything: it closes what it inherited beyond the standard
/// streams (a pipe held open would keep its reader waiting), lets hang-ups and Ctrl-C pass, and leaves the
/// session of the terminal.
///
/// The leader of a process group cannot leave its session, and [`spawn_detached`] made the worker one. So it
/// first joins a group that exists: the starter's, or the session leader's if the starter is gone. That all
/// of them are gone is no failure: then no terminal is left to hang up.
///
/// In a container, a group or session from outside has the number 0. rustix takes that for impossible and
/// panics, so nix is asked here.
pub fn leave_session() -> Result<(), DetachError> {
    close_inherited();
    for signal in [signal_hook::consts::SIGHUP, signal_hook::consts::SIGINT] {
        // A flag that nobody looks at: the signal is taken, and nothing happens.
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))
            .map_err(DetachError::Signals)?;
    }
    let oneself = Pid::from_raw(0);
    for group in [getpgid(Some(getppid())), getsid(None)].into_iter().flatten() {
        if group != oneself && setpgid(oneself, group).is_ok() && setsid().is_ok() {
            break;
        }
    }
    Ok(())
}

/// One of a few places for workers at a store, free again when it is dropped or its process is gone.
#[derive(Debug)]
pub struct Place {
    _locked: Option<File>,
}

impl Place {
    /// A place that nobody has, or `None` if others have all of them. Where no lock can be had at all, nobody is kept
    /// from working.
    pub fn take(store: &Path, places: usize) -> Option<Self> {
        for number in 1..=places {
            let mut name = store.as_os_str().to_owned();
            name.push(OsStr::new(&format!("-worker{number}")));
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let Ok(file) = open(&name, flags, Mode::RUSR | Mode::WUSR) else {
                return Some(Self { _locked: None });
            };
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Some(Self { _locked: Some(File::from(file)) }),
                Err(Errno::WOULDBLOCK) => {}
                Err(_) => return Some(Self { _locked: None }),
            }
        }
        None
    }
}

/// Closes whatever is open beside the standard streams, before anything of ours is.
pub(super) fn close_inherited() {
    let Ok(folder) = std::fs::read_dir("/proc/self/fd") else { return };
    let numbers: Vec<i32> = folder
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in numbers {
        // One of them was the folder that was just read, and is closed already.
        let _ = nix::unistd::close(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    /// The folder in which the worker below tells what it found.
    const REPORT: &str = "REGAIN_TEST_REPORT";

    /// Not a test of its own: what the next one starts, detached, with the variable set.
    #[test]
    fn worker() {
        let Some(folder) = std::env::var_os(REPORT) else { return };
        leave_session().unwrap();
        let leads = getsid(None).ok() == Some(nix::unistd::getpid());
        let variables: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
        let open = std::fs::read_dir("/proc/self/fd").unwrap().count();
        let report = format!(
            "leads={leads} cwd={} {variables:?} open={open}",
            std::env::current_dir().unwrap().display()
        );
        let folder = std::path::PathBuf::from(folder);
        std::fs::write(folder.join("report.new"), report).unwrap();
        std::fs::rename(folder.join("report.new"), folder.join("report")).unwrap();
    }

    #[test]
    fn a_place_is_one_workers_until_it_lets_go_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("regain.db");
        let first = Place::take(&store, 2).unwrap();
        let second = Place::take(&store, 2);
        assert!(second.is_some() && Place::take(&store, 2).is_none());
        assert!(Place::take(&folder.path().join("other.db"), 2).is_some());
        drop(first);
        // A child that another test is just starting has it, too, until it is another program.
        let free = || Place::take(&store, 2).is_some();
        assert!((0..500).any(|_| free() || {
            std::thread::sleep(Duration::from_millis(10));
            false
        }));
        assert!(Place::take(&folder.path().join("no/such/folder.db"), 2).is_some());
    }

    #[test]
    fn the_worker_leads_a_session_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        // A descriptor without close-on-exec, as a careless caller passes one on.
        let passed_on =
            rustix::fs::open("/dev/null", rustix::fs::OFlags::RDONLY, rustix::fs::Mode::empty()).unwrap();
        let arguments = ["--exact", "os::detach::tests::worker", "--test-threads=1"].map(OsString::from);
        let mut worker =
            spawn_detached(&arguments, &[(REPORT, folder.path().as_os_str().to_owned())]).unwrap();
        let started = Instant::now();
        let report = folder.path().join("report");
        while !report.exists() && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(passed_on);
        worker.wait().unwrap();
        // Open: the three standard streams, and the folder that is being read.
        let open = "leads=true cwd=/ [\"REGAIN_TEST_REPORT\"] open=4";
        assert_eq!(std::fs::read_to_string(report).unwrap(), open);
    }
}
