//! A site of its own for each play, and a person at its terminal.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, Termios, tcgetattr};

/// Longer than anything here takes on a machine under load.
const PATIENCE: Duration = Duration::from_secs(20);
const ROWS: u16 = 200;
const COLUMNS: u16 = 120;

/// The least work that can be asked for, and no worker but the one that a test starts.
const CONFIG: &str = "[captcha]\nbits = 8\n[delivery]\nbackground = false\n";

/// Config, key and store in a folder of their own.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    read: RefCell<BTreeSet<PathBuf>>,
}

impl Site {
    /// With the account `acme`, whose root user has an email address.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same, with more settings.
    pub(crate) fn with(settings: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), read: RefCell::default() };
        site.run(&["init"], "");
        fs::write(site.folder.path().join("config/regain/config.toml"), format!("{CONFIG}{settings}"))
            .unwrap();
        site.run(&["account", "create", "acme", "--email", "root@acme.example", "-y"], "");
        site
    }

    /// With a password, besides.
    pub(crate) fn with_password(password: &str) -> Self {
        let site = Self::new();
        let id = site.request_at_password();
        site.run(&["request", "set-password", &id, "--password-stdin"], &format!("{password}\n"));
        site.discard_mail();
        site
    }

    /// Leads a request of `acme` up to its last step, step by step; its id.
    fn request_at_password(&self) -> String {
        let opened = self.run(&["request", "start", "acme", "-o", "json"], "");
        let opened: serde_json::Value = serde_json::from_slice(&opened.stdout).unwrap();
        let id = opened["id"].as_str().unwrap().to_owned();
        let challenge = opened["captcha"]["challenge"].as_str().unwrap();
        let number = regain::domain::captcha::work::solve(challenge, 8);
        self.run(&["request", "captcha", &id, "--answer-stdin"], &format!("{number}\n"));
        self.run(&["request", "send", &id, "--method", "account"], "");
        self.run(&["request", "verify", &id, "--code-stdin"], &format!("{}\n", self.code()));
        id
    }

    fn environment(&self) -> [(&'static str, PathBuf); 3] {
        let at = |name: &str| self.folder.path().join(name);
        [("HOME", at("home")), ("XDG_CONFIG_HOME", at("config")), ("XDG_DATA_HOME", at("data"))]
    }

    /// Runs a command that must succeed, away from any terminal.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_regain"))
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// What a command prints as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_slice(&self.run(&[arguments, &["-o", "json"]].concat(), "").stdout).unwrap()
    }

    /// Whether `acme` can sign in with a password.
    pub(crate) fn accepts(&self, password: &str) -> bool {
        let mut child = Command::new(env!("CARGO_BIN_EXE_regain"))
            .args(["verify", "acme", "--password-stdin"])
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
        match child.wait().unwrap().code() {
            Some(0) => true,
            Some(11) => false,
            other => panic!("verify ended with {other:?}"),
        }
    }

    /// The file of the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("data/regain/regain.db")
    }

    /// The code in the one message with a code that came since the last look.
    pub(crate) fn code(&self) -> String {
        let codes: Vec<String> = self.mail().iter().filter_map(|text| only_code(text)).collect();
        let [code] = codes.as_slice() else { panic!("{} new codes came", codes.len()) };
        code.clone()
    }

    pub(crate) fn discard_mail(&self) {
        self.mail();
    }

    /// Every message that came since the last look.
    pub(crate) fn mail(&self) -> Vec<String> {
        self.run(&["delivery", "run", "--once"], "");
        let mut new = Vec::new();
        for channel in ["email", "sms"] {
            let folder = self.folder.path().join("data/regain/outbox").join(channel).join("new");
            let Ok(entries) = fs::read_dir(folder) else { continue };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if self.read.borrow_mut().insert(path.clone()) {
                    new.push(fs::read_to_string(path).unwrap());
                }
            }
        }
        new
    }

    /// Sits down at a new terminal and starts a command there.
    pub(crate) fn terminal(&self, arguments: &[&str]) -> Terminal {
        Terminal::start(self, arguments)
    }
}

/// The run of six digits in the text of a message.
fn only_code(message: &str) -> Option<String> {
    let (_, text) =
        message.replace("\r\n", "\n").split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned()))?;
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    (runs.len() == 1).then(|| runs[0].to_owned())
}

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

impl Terminal {
    fn start(site: &Site, arguments: &[&str]) -> Self {
        let window = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(window).unwrap();
        let line = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(pair.master.tty_name().unwrap())
            .unwrap();
        let before = tcgetattr(&line).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_regain"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in site.environment() {
            command.env(name, value);
        }
        command.env("TERM", "xterm");
        command.env("LANG", "C.UTF-8");
        command.cwd(site.folder.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let wide = |size: u16| NonZeroU16::new(size).unwrap();
        let screen = vt100::Parser::new(wide(ROWS), wide(COLUMNS), 0);
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

    /// Waits until a menu with this question is there.
    pub(crate) fn offers(&mut self, question: &str) -> &mut Self {
        self.wait(question, |screen| {
            screen.hide_cursor() && screen.contents().lines().any(|line| line == question)
        });
        self
    }

    fn wait(&mut self, what: &str, arrived: impl Fn(&vt100::Screen) -> bool) {
        let until = Instant::now() + PATIENCE;
        let (seen, told) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        while seen.raw.len() <= self.mark || !arrived(seen.screen.screen()) {
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

    /// The window is closed: the kernel hangs up. How the command ended.
    pub(crate) fn closes(mut self) -> String {
        self.keys = None;
        self.line = None;
        // The reader's own handle goes with the last of the master's, so it must be woken by the command's end.
        self.master = None;
        let id = self.child.process_id().unwrap();
        kill_process(Pid::from_raw(i32::try_from(id).unwrap()).unwrap(), Signal::HUP).unwrap();
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

/// The text with what differs from run to run put under names.
pub(crate) fn normalised(text: &str, names: &[(String, &'static str)]) -> String {
    let mut text = text.trim_end().to_owned();
    for (value, name) in names {
        text = text.replace(value, name);
    }
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if line.starts_with("Enter alone shows another picture") || line.starts_with("Scan this code") {
            // A picture may begin and end with empty lines, and hold some.
            let end =
                lines.iter().rposition(|line| !line.is_empty() && !pictured(line)).map_or(0, |at| at + 1);
            assert!(lines[end..].iter().any(|line| pictured(line)), "there is no picture:\n{text}");
            lines.truncate(end);
            lines.push("<picture>".to_owned());
        }
        lines.push(words(line));
    }
    lines.join("\n")
}

fn pictured(line: &str) -> bool {
    line.contains(['█', '▀', '▄'])
}

/// Ids, times and seconds under names, word by word.
fn words(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut named: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let next = words.get(at + 1).copied().unwrap_or_default();
        let is_id = bare.len() == 28 && matches!(bare.get(..4), Some("req_" | "cod_" | "usr_"));
        let is_date = bare.len() == 10 && bare.split('-').all(|part| part.parse::<u32>().is_ok());
        let is_time = bare.len() == 5 && bare.as_bytes()[2] == b':' && next.starts_with("UTC");
        named.push(if is_id {
            word.replace(bare, &format!("{}…", &bare[..4]))
        } else if is_date {
            word.replace(bare, "<date>")
        } else if is_time {
            word.replace(bare, "<time>")
        } else if next.starts_with("seconds") && bare.parse::<u32>().is_ok() && line.contains("ask again") {
            "<n>".to_owned()
        } else {
            (*word).to_owned()
        });
    }
    named.join(" ")
}

/// Another code than the right one.
pub(crate) fn other_than(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// Changes a row behind the program's back, for what no command of its own leads to.
pub(crate) fn meddle(store: &Path, sql: &str) {
    rusqlite::Connection::open(store).unwrap().execute_batch(sql).unwrap();
}
