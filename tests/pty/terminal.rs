//! A person at a terminal.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, Termios, tcgetattr};

use super::play::normalised;
use crate::site::{REGAIN, Site};

/// Longer than anything here takes on a machine under load.
const PATIENCE: Duration = Duration::from_secs(20);
const ROWS: u16 = 200;
const COLUMNS: u16 = 120;
/// The prompt of the shell.
const SHELL: &str = "at your service:";

struct Seen {
    screen: vt100::Parser,
    raw: Vec<u8>,
}

/// A terminal with a command in its foreground.
pub(crate) struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    /// The same terminal as the command has it, to look at its modes; it also outlives the command.
    line: Option<File>,
    before: Termios,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    reader: Option<JoinHandle<()>>,
    /// How much had been shown when a key was pressed last.
    mark: usize,
    hidden: Vec<String>,
    /// What is put in the place of what differs from run to run.
    names: Vec<(String, &'static str)>,
}

/// How a command ended.
pub(crate) struct End {
    pub(crate) exit: String,
    pub(crate) screen: String,
}

impl End {
    /// The whole play.
    pub(crate) fn play(&self) -> String {
        format!("{}\n\n[{}]", self.screen, self.exit)
    }
}

/// A menu begins with it.
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

impl Terminal {
    pub(crate) fn start(site: &Site, arguments: &[&str]) -> Self {
        Self::start_with(site, arguments, COLUMNS, Some("xterm"))
    }

    /// In a terminal of another width, or of no known kind.
    pub(crate) fn start_with(site: &Site, arguments: &[&str], columns: u16, kind: Option<&str>) -> Self {
        let mut command = CommandBuilder::new(REGAIN);
        command.args(arguments);
        command.env_clear();
        if let Some(kind) = kind {
            command.env("TERM", kind);
        }
        Self::open(site, command, ROWS, columns)
    }

    /// In a window of that many lines and columns, with more in the environment.
    pub(crate) fn start_in(
        site: &Site,
        arguments: &[&str],
        (rows, columns): (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = CommandBuilder::new(REGAIN);
        command.args(arguments);
        command.env_clear();
        command.env("TERM", "xterm");
        for (name, value) in environment {
            command.env(name, value);
        }
        Self::open(site, command, rows, columns)
    }

    /// With a shell in its foreground, which starts and stops commands: `$REGAIN` is the program.
    pub(crate) fn shell(site: &Site) -> Self {
        // Without its own editor of lines, which would turn the echo of the terminal off.
        let mut command = CommandBuilder::new("/bin/bash");
        command.args(["--norc", "--noprofile", "--noediting", "-i"]);
        command.env_clear();
        command.env("TERM", "xterm");
        command.env("PS1", SHELL);
        command.env("REGAIN", REGAIN);
        Self::open(site, command, ROWS, COLUMNS)
    }

    fn open(site: &Site, mut command: CommandBuilder, rows: u16, columns: u16) -> Self {
        let window = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(window).unwrap();
        let line = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(pair.master.tty_name().unwrap())
            .unwrap();
        let before = tcgetattr(&line).unwrap();
        for (name, value) in site.environment() {
            command.env(name, value);
        }
        command.env("LANG", "C.UTF-8");
        command.cwd(site.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let wide = |size: u16| NonZeroU16::new(size).unwrap();
        let screen = vt100::Parser::new(wide(rows), wide(columns), 0);
        let seen = Arc::new((Mutex::new(Seen { screen, raw: Vec::new() }), Condvar::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        let watching = Arc::clone(&seen);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The end of a pseudo-terminal is an error (EIO).
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                let (seen, told) = &*watching;
                let mut seen = seen.lock().unwrap();
                seen.screen.process(&bytes[..count]);
                seen.raw.extend_from_slice(&bytes[..count]);
                told.notify_all();
            }
        });
        Self {
            keys: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            child,
            line: Some(line),
            before,
            seen,
            reader: Some(reader),
            mark: 0,
            hidden: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Waits until the cursor stands after this prompt, and nothing behind it.
    pub(crate) fn asks(&mut self, prompt: &str) -> &mut Self {
        self.wait(&format!("{prompt:?}"), |screen| line_of_cursor(screen).trim_end() == prompt.trim_end());
        // Echo is off at every prompt: what is shown of a line is shown by the program.
        assert!(!self.echoes(), "echo is on at {prompt:?}");
        self
    }

    /// Waits until the shell has the terminal, as it left it: with its echo, and with a cursor.
    pub(crate) fn is_at_shell(&mut self) -> &mut Self {
        self.wait("the shell", |screen| line_of_cursor(screen).trim_end() == SHELL && !screen.hide_cursor());
        assert!(self.echoes(), "echo is off at the shell");
        self
    }

    /// Waits until this line of the screen is there, for a prompt that comes again and looks the same.
    pub(crate) fn tells(&mut self, message: &str) -> &mut Self {
        self.wait(message, |screen| screen.contents().lines().any(|line| line == message));
        self
    }

    /// Waits until a menu with this question is there, and not the one before it, which may still be painted after a key.
    pub(crate) fn offers(&mut self, question: &str) -> &mut Self {
        self.wait_for(question, |screen, since| {
            let opened = since.windows(HIDE_CURSOR.len()).any(|bytes| bytes == HIDE_CURSOR);
            opened && screen.hide_cursor() && screen.contents().lines().any(|line| line == question)
        });
        self
    }

    fn wait(&mut self, what: &str, arrived: impl Fn(&vt100::Screen) -> bool) {
        self.wait_for(what, |screen, _| arrived(screen));
    }

    /// Judges the screen, and what was written since the last key.
    fn wait_for(&mut self, what: &str, arrived: impl Fn(&vt100::Screen, &[u8]) -> bool) {
        let until = Instant::now() + PATIENCE;
        let (seen, told) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        while seen.raw.len() <= self.mark || !arrived(seen.screen.screen(), &seen.raw[self.mark..]) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let screen = seen.screen.screen().contents();
                drop(seen);
                panic!("waited in vain for {what}; the screen:\n{screen}");
            }
            seen = told.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Presses keys, just as they are.
    pub(crate) fn presses(&mut self, keys: &str) -> &mut Self {
        self.mark = self.seen.0.lock().unwrap().raw.len();
        let line = self.keys.as_mut().unwrap();
        line.write_all(keys.as_bytes()).unwrap();
        line.flush().unwrap();
        self
    }

    /// Leaves with Esc where there is no step to go back to: the first time says so, the second one leaves.
    pub(crate) fn leaves(&mut self) -> &mut Self {
        const WARNING: &[u8] = b"Press Esc once more to leave.";
        let prompt = line_of_cursor(self.seen.0.lock().unwrap().screen.screen());
        self.presses("\x1b");
        self.wait_for("the warning, and the question again", |screen, since| {
            let Some(at) = since.windows(WARNING.len()).position(|bytes| bytes == WARNING) else {
                return false;
            };
            let opened = since[at..].windows(HIDE_CURSOR.len()).any(|bytes| bytes == HIDE_CURSOR);
            // A menu hides the cursor.
            if prompt.is_empty() { opened } else { line_of_cursor(screen) == prompt }
        });
        self.presses("\x1b")
    }

    /// Types a line that is shown.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        self.presses(&format!("{text}\r"))
    }

    /// Puts something that was shown under a name in the play.
    pub(crate) fn names(&mut self, shown: &str, name: &'static str) -> &mut Self {
        self.names.push((shown.to_owned(), name));
        self
    }

    /// Types a line that stands as `name` in the play, because it differs from run to run.
    pub(crate) fn types_as(&mut self, text: &str, name: &'static str) -> &mut Self {
        self.names.push((text.to_owned(), name));
        self.types(text)
    }

    /// Types a line of which nothing may ever be shown (security T2).
    pub(crate) fn types_hidden(&mut self, secret: &str) -> &mut Self {
        self.hidden.push(secret.to_owned());
        self.types(secret)
    }

    /// What is told by the screen now.
    pub(crate) fn screen(&self) -> String {
        self.seen.0.lock().unwrap().screen.screen().contents()
    }

    /// Everything that was written to it.
    pub(crate) fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().unwrap().raw).into_owned()
    }

    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
        let wide = |size: u16| NonZeroU16::new(size).unwrap();
        self.seen.0.lock().unwrap().screen.screen_mut().set_size(wide(rows), wide(columns));
    }

    pub(crate) fn signal(&mut self, signal: Signal) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Whether the terminal itself shows what is typed.
    fn echoes(&self) -> bool {
        tcgetattr(self.line.as_ref().unwrap()).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    /// Waits for the end. The terminal must be as it was before, and no secret anywhere in what was written to it.
    pub(crate) fn ends(&mut self) -> End {
        let status = self.wait_for_child();
        let after = tcgetattr(self.line.as_ref().unwrap()).unwrap();
        assert_eq!(modes(&after), modes(&self.before), "the terminal was not put back as it was");
        // With the last handle gone the reader has read everything.
        self.line = None;
        self.reader.take().unwrap().join().unwrap();
        let seen = self.seen.0.lock().unwrap();
        assert!(!seen.screen.screen().hide_cursor(), "the cursor is still hidden");
        let raw = String::from_utf8_lossy(&seen.raw).into_owned();
        for secret in &self.hidden {
            assert!(!raw.contains(secret), "{secret:?} was shown");
        }
        let exit = match status.signal() {
            Some(signal) => format!("signal: {signal}"),
            None => format!("exit {}", status.exit_code()),
        };
        End { exit, screen: normalised(&seen.screen.screen().contents(), &self.names) }
    }

    fn wait_for_child(&mut self) -> portable_pty::ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the command goes on; the screen:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The window is closed: the signal that the kernel sends then. How the command ended.
    pub(crate) fn closes(mut self) -> String {
        self.signal(Signal::HUP);
        let status = self.wait_for_child();
        status
            .signal()
            .map_or_else(|| format!("exit {}", status.exit_code()), |name| format!("signal: {name}"))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed half way leaves nobody waiting at a prompt.
        let _ = self.child.kill();
    }
}

fn line_of_cursor(screen: &vt100::Screen) -> String {
    let (row, column) = screen.cursor_position();
    let line = screen.contents_between(row, 0, row, COLUMNS);
    // Nothing may stand behind the cursor either.
    if line.trim_end().chars().count() > usize::from(column) { String::new() } else { line }
}

/// Everything of a terminal's modes that a program could leave behind.
fn modes(termios: &Termios) -> String {
    format!("{:?}", (termios.input_modes, termios.output_modes, termios.control_modes, termios.local_modes))
}
