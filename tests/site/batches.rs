//! Batches that are interrupted.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Ended, Site};

/// Enough that nobody is through before the first row is seen.
pub const MANY: usize = 60;

impl Site {
    /// So many people, and a file `people` that lists them.
    pub fn crowd(&self, many: usize) {
        self.account("acme");
        self.user("acme/alice", "an entirely fresh passphrase");
        self.many_like("alice", many);
        let names: Vec<String> = (0..many).map(|at| format!("acme/many{at}\n")).collect();
        std::fs::write(self.at("people"), names.concat()).unwrap();
    }

    /// Starts a command whose rows can be read while it works.
    pub fn begun(&self, arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
        let mut child = self.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        (child, out)
    }

    /// Sends a command this signal after its first row, and returns how it ended.
    pub fn interrupted(&self, arguments: &[&str], signal: Signal) -> Ended {
        let (mut child, mut out) = self.begun(arguments);
        let mut stdout = until(&mut out, "many0");
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        out.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Ended { code: child.wait().unwrap().code().unwrap_or(-1), stdout, stderr }
    }
}

/// The lines up to the first that has this in it.
pub fn until(out: &mut impl BufRead, what: &str) -> String {
    let mut shown = String::new();
    while !shown.lines().last().is_some_and(|line| line.contains(what)) {
        assert_ne!(out.read_line(&mut shown).unwrap(), 0, "{shown}");
    }
    shown
}
