//! What a process inherits from whoever starts it, and what of it is set or refused (security T10).
//!
//! Limits and ignored signals decide at which of its steps a command ends. Whoever acts through the service could choose
//! that step by them, so the service works only without.

use std::fmt;
use std::io;

use nix::sys::signal::SigSet;
use nix::unistd::alarm;
use rustix::process::{Resource, getrlimit};
use signal_hook::consts::{SIGCHLD, SIGXCPU, SIGXFSZ};

use super::detach::close_inherited;

/// What may be limited: what people and `ulimit` call it, the unit, and how much must be left; all of it without.
const LIMITS: [Limit; 6] = [
    Limit { of: Resource::Fsize, name: "file size", flag: "-f", unit: "bytes", least: None },
    Limit { of: Resource::As, name: "address space", flag: "-v", unit: "bytes", least: None },
    Limit { of: Resource::Data, name: "data segment", flag: "-d", unit: "bytes", least: None },
    Limit { of: Resource::Cpu, name: "processor time", flag: "-t", unit: "seconds", least: None },
    // The main thread overruns a smaller one in the middle of something; 8 MiB are usual.
    Limit { of: Resource::Stack, name: "stack", flag: "-s", unit: "bytes", least: Some(1 << 20) },
    // A command has a dozen open at a time, its standard streams among them.
    Limit { of: Resource::Nofile, name: "number of open files", flag: "-n", unit: "", least: Some(64) },
];

/// Signals that would end the process at a limit, or tell it of a program that ended. HUP, INT and QUIT are left as they
/// come, for `nohup`.
const SIGNALS: [(i32, &str); 3] = [(SIGXFSZ, "XFSZ"), (SIGXCPU, "XCPU"), (SIGCHLD, "CHLD")];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    of: Resource,
    name: &'static str,
    flag: &'static str,
    unit: &'static str,
    least: Option<u64>,
}

/// One thing that is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constraint(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Limited(Limit, u64),
    Ignored(&'static str),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Limited(limit, to) => {
                write!(f, "the {} is limited to {}", limit.name, format!("{to} {}", limit.unit).trim_end())
            }
            Kind::Ignored(name) => write!(f, "SIG{name} is ignored"),
        }
    }
}

impl Constraint {
    /// What the shell that starts regain does about it.
    pub fn remedy(self) -> String {
        match self.0 {
            Kind::Limited(limit, _) => {
                let wanted = limit.least.map_or_else(
                    || "unlimited".to_owned(),
                    |least| match limit.of {
                        // The shell counts in KiB.
                        Resource::Stack => (least / 1024).to_string(),
                        _ => least.to_string(),
                    },
                );
                format!("raise it with `ulimit {} {wanted}`", limit.flag)
            }
            Kind::Ignored(name) => {
                format!("take `trap '' {name}` out of what starts regain, or --ignore-signal")
            }
        }
    }
}

/// Why the service does not work here.
#[derive(Debug, thiserror::Error)]
pub enum SurroundingsError {
    #[error("work as a service: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Constrained(Vec<Constraint>),
    #[error("set up the surroundings of the service")]
    Unset(#[source] io::Error),
}

impl SurroundingsError {
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Constrained(all) => all.iter().map(|one| one.remedy()).collect(),
            Self::Unset(_) => Vec::new(),
        }
    }
}

/// What is limited or ignored here.
pub fn constraints() -> io::Result<Vec<Constraint>> {
    let limited = LIMITS.into_iter().filter_map(|limit| {
        // The soft limit: it is where the kernel steps in.
        let now = getrlimit(limit.of).current?;
        limit.least.is_none_or(|least| now < least).then_some(Constraint(Kind::Limited(limit, now)))
    });
    let mask = ignored()?;
    let ignored = SIGNALS.into_iter().filter(|(signal, _)| mask & bit(*signal) != 0);
    Ok(limited.chain(ignored.map(|(_, name)| Constraint(Kind::Ignored(name)))).collect())
}

/// Those of the signals that our parent did not tell us to ignore.
pub(super) fn heeded<const N: usize>(signals: [i32; N]) -> impl Iterator<Item = i32> {
    let mask = ignored().unwrap_or_default();
    signals.into_iter().filter(move |signal| mask & bit(*signal) == 0)
}

/// A bit for each signal that is ignored, as in Linux's `/proc/self/status`.
fn ignored() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).ok_or(io::ErrorKind::InvalidData.into())
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Lets every signal through that the parent blocked.
pub(super) fn unblock_signals() -> io::Result<()> {
    Ok(SigSet::empty().thread_set_mask()?)
}

/// For the service, before it reads anything: refuses what it cannot change, leaves the caller's folder, closes what the
/// caller left open beside the standard streams, and stops their clock.
pub fn enter_service() -> Result<(), SurroundingsError> {
    let found = constraints().map_err(SurroundingsError::Unset)?;
    if !found.is_empty() {
        return Err(SurroundingsError::Constrained(found));
    }
    alarm::cancel();
    close_inherited();
    std::env::set_current_dir("/").map_err(SurroundingsError::Unset)
}
