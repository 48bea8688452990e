//! The terminal's modes while a prompt is open, and their way back whatever happens (security T2).
//!
//! A thread waits for the signals that end the process. It puts the terminal back as it was and then lets the signal do
//! what it would have done, so that the parent sees a death by that signal. Those that stop it are `os`'s, which calls
//! [`leave`] and [`resume`].

use std::fs;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

const SHOW_CURSOR: &str = "\u{1b}[?25h";
const HIDE_CURSOR: &str = "\u{1b}[?25l";

/// What must be undone, shared with the thread that waits for signals.
static OPEN: Mutex<Option<Open>> = Mutex::new(None);

/// What is done just before the end by a signal, besides.
static CLEAN_UP: OnceLock<fn()> = OnceLock::new();

struct Open {
    before: Termios,
    during: Termios,
    hides_cursor: bool,
    /// What is painted again when the process goes on after a stop.
    screen: String,
}

/// Key by key, without echo, for as long as this lives.
pub(super) struct KeyMode {
    discard_input: bool,
}

impl KeyMode {
    /// Signals keep working, and nothing that was typed ahead is lost.
    pub(super) fn enter(hides_cursor: bool) -> io::Result<Self> {
        watch_signals()?;
        let mut open = lock();
        let before = tcgetattr(stdin())?;
        let mut during = before.clone();
        during.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL | LocalModes::IEXTEN;
        during.local_modes |= LocalModes::ISIG;
        during.special_codes[SpecialCodeIndex::VMIN] = 1;
        during.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin(), OptionalActions::Drain, &during)?;
        *open = Some(Open { before, during, hides_cursor, screen: String::new() });
        if hides_cursor {
            say(HIDE_CURSOR)?;
        }
        Ok(Self { discard_input: false })
    }

    /// After a cancelled or failed prompt: what is still typed or pasted must not fall to the shell.
    pub(super) fn discard_input(&mut self) {
        self.discard_input = true;
    }
}

impl Drop for KeyMode {
    fn drop(&mut self) {
        if let Some(open) = lock().take() {
            let when = if self.discard_input { OptionalActions::Flush } else { OptionalActions::Drain };
            open.restore(when);
        }
    }
}

impl Open {
    fn restore(&self, when: OptionalActions) {
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(stdin(), when, &self.before);
        if self.hides_cursor {
            let _ = say(SHOW_CURSOR);
        }
    }

    fn resume(&self) {
        let _ = tcsetattr(stdin(), OptionalActions::Drain, &self.during);
        if self.hides_cursor {
            let _ = say(HIDE_CURSOR);
        }
        let _ = say(&format!("\r{}", self.screen));
    }
}

/// Paints what stands on the screen from now on, and is painted again after a stop: never within this, or both would
/// stand there. Never with a secret in it.
pub(super) fn paint(screen: &str, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let mut open = lock();
    if let Some(open) = open.as_mut() {
        screen.clone_into(&mut open.screen);
    }
    write()
}

/// Writes to stderr at once, as prompts do.
pub(super) fn say(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

/// Columns and rows of the terminal; 80 by 24 where it does not tell.
pub(super) fn size() -> (usize, usize) {
    match tcgetwinsize(rustix::stdio::stderr()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => (80, 24),
    }
}

/// Waits for the end if a deadly signal is being obeyed: what was cleaned up for it may have made the command fail,
/// and the parent is to see the signal, not that failure.
pub fn yield_to_signal() {
    drop(lock());
}

fn lock() -> MutexGuard<'static, Option<Open>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has this done just before the end by a signal. A process has one such thing to do.
pub(super) fn clean_up_by(clean_up: fn()) -> io::Result<()> {
    let _ = CLEAN_UP.set(clean_up);
    watch_signals()
}

/// While this lives, the first signal that would end the process is only noted: the work in hand is finished first, and
/// then [`die_by`] obeys it. A second one ends it at once.
pub struct BetweenRows(());

/// What becomes of a signal that would end the process.
#[derive(Clone, Copy)]
enum Ending {
    AtOnce,
    /// It is noted first.
    BetweenRows(Option<i32>),
}

static ENDING: Mutex<Ending> = Mutex::new(Ending::AtOnce);

fn ending() -> MutexGuard<'static, Ending> {
    ENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BetweenRows {
    pub fn begin() -> io::Result<Self> {
        watch_signals()?;
        *ending() = Ending::BetweenRows(None);
        Ok(Self(()))
    }

    /// The signal by which the process is to end.
    pub fn asked_to_end(&self) -> Option<i32> {
        match *ending() {
            Ending::BetweenRows(signal) => signal,
            Ending::AtOnce => None,
        }
    }
}

impl Drop for BetweenRows {
    fn drop(&mut self) {
        *ending() = Ending::AtOnce;
    }
}

/// Does what a signal would have done that was noted. It returns where nothing could be done.
pub fn die_by(signal: i32) {
    obey(signal);
}

/// Once; from then on signals that end the process put things back first.
fn watch_signals() -> io::Result<()> {
    static WATCHING: OnceLock<()> = OnceLock::new();
    if WATCHING.get().is_some() {
        return Ok(());
    }
    // `nohup` means it. An ignored SIGINT, though, is what any shell gives to a job in the background, and whoever
    // sits at a prompt must be able to leave it.
    let wanted = [SIGINT, SIGTERM, SIGQUIT].into_iter().chain((!is_ignored(SIGHUP)).then_some(SIGHUP));
    let mut signals = Signals::new(wanted)?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if let Ending::BetweenRows(first @ None) = &mut *ending() {
                *first = Some(signal);
                continue;
            }
            obey(signal);
        }
    })?;
    let _ = WATCHING.set(());
    Ok(())
}

/// Whether our parent told us to ignore the signal: its bit in the mask of Linux's `/proc/self/status`.
fn is_ignored(signal: i32) -> bool {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return false };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

/// Gives the terminal to the shell, before a stop.
pub fn leave() {
    if let Some(open) = lock().as_ref() {
        open.restore(OptionalActions::Drain);
    }
}

/// Takes it back after a stop, with what stood there painted anew.
pub fn resume() {
    if let Some(open) = lock().as_ref() {
        open.resume();
    }
}

fn obey(deadly: i32) {
    // The lock stays taken, so that no prompt opens between here and the end.
    let open = lock();
    if let Some(open) = open.as_ref() {
        open.restore(OptionalActions::Flush);
        let _ = say("\n");
    }
    if let Some(clean_up) = CLEAN_UP.get() {
        clean_up();
    }
    let _ = emulate_default_handler(deadly);
}
