//! Which process this is, and whether another one still lives.

use std::fs;

use super::identity::machine_id;

/// What tells one process from all others, also from a later one with its number: the machine, this run of its kernel, the
/// number, and when it began.
pub fn this_process() -> String {
    let number = std::process::id();
    [machine(), boot(), number.to_string(), began(number).unwrap_or_default()].join(" ")
}

/// Whether the process lives that [`this_process`] named; `None` where another machine has to say.
pub fn is_alive(process: &str) -> Option<bool> {
    let mut parts = process.split(' ');
    let mut part = || parts.next().unwrap_or_default();
    let (on, in_run, number, at) = (part(), part(), part(), part());
    if on != machine() {
        return None;
    }
    Some(in_run == boot() && number.parse().ok().and_then(began).is_some_and(|began| began == at))
}

/// The machine, in one word.
fn machine() -> String {
    machine_id().replace(' ', "_")
}

/// What tells the runs of a kernel apart (random(4)).
fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// When a process began that lives, in ticks since the kernel did: field 22 of `proc_pid_stat(5)`. One that has ended and was
/// not waited for does not live.
fn began(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let began = fields.nth(18)?;
    (!matches!(state, "Z" | "X")).then(|| began.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_lives_until_it_ends_and_its_number_alone_is_not_it() {
        let own = this_process();
        assert_eq!(is_alive(&own), Some(true), "{own}");
        let (same, _) = own.rsplit_once(' ').unwrap();
        assert_eq!(is_alive(&format!("{same} 1")), Some(false), "another one with its number");
        let (machine, rest) = own.split_once(' ').unwrap();
        let (_, rest) = rest.split_once(' ').unwrap();
        assert_eq!(is_alive(&format!("{machine} another-boot {rest}")), Some(false));
        assert_eq!(is_alive(&format!("elsewhere {rest}")), None);
        assert_eq!(is_alive(""), None);
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let began = began(child.id());
        child.wait().unwrap();
        let gone = format!("{machine} {} {} {}", boot(), child.id(), began.unwrap_or_default());
        assert_eq!(is_alive(&gone), Some(false));
    }
}
