//! Ctrl-Z and its kin stop the process between transactions, and never within one (security T10).
//!
//! A stopped process keeps its locks: whoever stopped a command within its transaction would stop every writer of the
//! store until they let it go on. So a thread takes the signals by which a terminal stops a process, waits until nothing
//! is held, and then stops it.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{getpgrp, getsid, tcgetpgrp};
use rustix::stdio::{stderr, stdin, stdout};
use signal_hook::consts::{SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::surroundings::heeded;

/// What the terminal needs around a stop.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Puts it back as it was, for the shell.
    pub leave: fn(),
    /// Makes it ours again.
    pub resume: fn(),
}

/// What a stop and transactions wait at for each other.
#[derive(Debug)]
struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

/// Who keeps the process from being stopped, and whether a stop waits for them.
#[derive(Debug)]
struct State {
    held: u32,
    awaited: bool,
}

static GATE: Gate = Gate::new();

impl Gate {
    const fn new() -> Self {
        Self { state: Mutex::new(State { held: 0, awaited: false }), moved: Condvar::new() }
    }

    fn hold(&'static self) -> Unstoppable {
        let mut state = self.lock();
        while state.awaited && state.held == 0 {
            state = self.wait(state);
        }
        state.held += 1;
        Unstoppable(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, state: MutexGuard<'g, State>) -> MutexGuard<'g, State> {
        self.moved.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a terminal from stopping the process, for as long as this lives.
#[derive(Debug)]
#[must_use]
pub struct Unstoppable(&'static Gate);

/// Waits for the end of a stop that is due. One that is asked for while another is held is given at once, or the stop
/// and the two would wait for each other.
pub fn unstoppable() -> Unstoppable {
    GATE.hold()
}

impl Drop for Unstoppable {
    fn drop(&mut self) {
        self.0.lock().held -= 1;
        self.0.moved.notify_all();
    }
}

/// From now on, stops wait for what is held. What the parent ignores stays ignored. To be called once, before the store
/// is opened.
pub fn watch_stops(screen: Screen) -> io::Result<()> {
    let stops = heeded([SIGTSTP, SIGTTIN, SIGTTOU]);
    let mut signals = Signals::new(stops.chain([SIGCONT]))?;
    let (ready, started) = mpsc::sync_channel(1);
    thread::Builder::new().name("stops".to_owned()).spawn(move || {
        // The thread itself looks after the terminal, and must not be caught in what it takes from the others.
        let kept = SigSet::from_iter([Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU]).thread_block();
        let _ = ready.send(kept);
        loop {
            let arrived: Vec<i32> = signals.wait().collect();
            for signal in arrived {
                obey(signal, screen, &mut signals);
            }
        }
    })?;
    // With the thread up, every command makes the same system calls, however short it is (security E1).
    Ok(started.recv().map_err(io::Error::other)??)
}

fn obey(signal: i32, screen: Screen, signals: &mut Signals) {
    match (signal, in_front()) {
        (SIGCONT, Some(false)) => {}
        (SIGCONT, _) => (screen.resume)(),
        // Whoever reads in the background is asked to stop again and again until they do. In front again, it is over.
        (SIGTTIN | SIGTTOU, Some(true)) => {}
        // The kernel stops no orphaned process group, such as that of a kiosk: nobody could wake it.
        _ if getsid(None).is_ok_and(|session| session == getpgrp()) => {}
        (_, front) => stop(screen, front, signals),
    }
}

fn stop(screen: Screen, front: Option<bool>, signals: &mut Signals) {
    let mut state = GATE.lock();
    state.awaited = true;
    while state.held > 0 {
        state = GATE.wait(state);
    }
    // In the background, the terminal is somebody else's.
    if front != Some(false) {
        (screen.leave)();
    }
    // As the kernel does it, a stop forgets those that came with it.
    signals.pending().for_each(drop);
    let _ = emulate_default_handler(SIGTSTP);
    state.awaited = false;
    drop(state);
    GATE.moved.notify_all();
    // The program goes on beside this thread: somebody may have stopped it anew by now.
    let missed: Vec<i32> = signals.pending().collect();
    for signal in [SIGCONT, SIGTSTP].into_iter().filter(|signal| missed.contains(signal)) {
        obey(signal, screen, signals);
    }
}

/// Whether the process is in the foreground of its terminal; nothing where no stream of it is a terminal.
fn in_front() -> Option<bool> {
    // rustix takes the group 0, of a process from outside a container, for impossible; nix does not.
    let front =
        [tcgetpgrp(stdin()), tcgetpgrp(stdout()), tcgetpgrp(stderr())].into_iter().find_map(Result::ok);
    front.map(|group| group == getpgrp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of its own: at the other, the tests beside this one would wait, too, and keep it open.
    static OWN: Gate = Gate::new();

    #[test]
    fn t10_a_stop_waits_for_what_is_held_and_nothing_new_begins_before_it() {
        let outer = OWN.hold();
        OWN.lock().awaited = true;
        // Within another, and so not after the stop.
        drop(OWN.hold());
        let (begun, seen) = mpsc::channel();
        drop(outer);
        let next = thread::spawn(move || {
            let held = OWN.hold();
            begun.send(()).unwrap();
            drop(held);
        });
        assert_eq!(seen.try_recv(), Err(mpsc::TryRecvError::Empty));
        OWN.lock().awaited = false;
        OWN.moved.notify_all();
        next.join().unwrap();
        assert_eq!(seen.try_recv(), Ok(()));
    }
}
