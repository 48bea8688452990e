//! A program that is given the message on its standard input, such as sendmail.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use super::error::DeliveryError;
use super::fault::Fault;
use super::letter::{Letterhead, letter};
use super::stage::{Persistence, Stage, Step};
use super::transport::{Accepted, OutboundMessage, Transport};
use super::wire::one_line;
use crate::domain::id::without_digits;

/// What sysexits(3) has for a program that is called or set up wrongly, or cannot work now: nobody's message is to
/// blame. `EX_TEMPFAIL` is 75.
const TEMPORARY: [i32; 9] = [64, 70, 71, 72, 73, 74, 75, 77, 78];
/// How much is kept of what a program prints.
const KEPT: u64 = 4_096;
/// What a program has to end by itself once it is asked to.
const GRACE: Duration = Duration::from_secs(1);
/// How long its last words are waited for: a child of its own may hold the pipe for ever.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What the program is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A letter of RFC 5322.
    Letter(Letterhead),
    /// The lines `To: NUMBER` and `Message-ID: ID`, an empty line, and the text, in UTF-8.
    Sms,
}

/// Runs a program for each message: no shell, nothing looked for in PATH, an empty environment (security T7).
pub struct Command {
    program: PathBuf,
    arguments: Vec<String>,
    input: Input,
    timeout: Duration,
    trail: Vec<Step>,
}

impl Command {
    /// `argv` begins with an absolute path.
    pub fn new(argv: &[String], input: Input, timeout: Duration) -> Self {
        let (program, arguments) = argv
            .split_first()
            .map_or((PathBuf::new(), Vec::new()), |(first, rest)| (PathBuf::from(first), rest.to_vec()));
        Self { program, arguments, input, timeout, trail: Vec::new() }
    }

    fn start(&self, input: &File) -> io::Result<Child> {
        Process::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(input.try_clone()?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // What it starts itself ends with it, and Ctrl-C at our terminal passes it by.
            .process_group(0)
            .spawn()
    }

    fn unstarted(&self, source: io::Error) -> DeliveryError {
        DeliveryError::temporary(Stage::Start, Fault::Program { program: self.program.clone(), source })
    }
}

impl Transport for Command {
    fn stages(&self) -> &'static [Stage] {
        &[Stage::Prepare, Stage::Start, Stage::Accept]
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        self.trail.clear();
        let text = match &self.input {
            Input::Letter(head) => with_line_feeds(&letter(outbound, head)?),
            Input::Sms => sms(outbound)?,
        };
        let mut input = in_memory(&text)
            .map_err(|error| DeliveryError::temporary(Stage::Prepare, Fault::Broken(error)))?;
        let mut child = self.start(&input).map_err(|source| self.unstarted(source))?;
        let (out, err) = (listen(child.stdout.take()), listen(child.stderr.take()));
        let ended = wait(&mut child, self.timeout);
        let failed = |fault| DeliveryError::temporary(Stage::Accept, fault).said(err.words());
        let status = match ended {
            Ok(Some(status)) => status,
            Ok(None) => return Err(failed(Fault::Timeout { seconds: self.timeout.as_secs() })),
            Err(error) => return Err(failed(Fault::Broken(error))),
        };
        match (status.code(), status.signal()) {
            // The position in what it was given is the program's and ours.
            (Some(0), _) if input.stream_position().is_ok_and(|at| at == 0) => Err(failed(Fault::Unread)),
            (Some(0), _) => {
                let reference = first_line(&out.words());
                self.trail = vec![Step { stage: Stage::Accept, words: reference.clone() }];
                Ok(Accepted { reference })
            }
            (Some(code), _) => {
                let mut error = failed(Fault::Exit { code });
                if !TEMPORARY.contains(&code) {
                    error.persistence = Persistence::Permanent;
                }
                Err(error)
            }
            (None, signal) => Err(failed(Fault::Signal { signal: signal.unwrap_or_default() })),
        }
    }

    fn trail(&self) -> &[Step] {
        &self.trail
    }

    fn probe(&mut self) -> Result<(), DeliveryError> {
        can_run(&self.program).map_err(|source| self.unstarted(source))
    }
}

/// Whether this process may run a file.
pub fn can_run(program: &Path) -> io::Result<()> {
    if program.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(rustix::fs::access(program, rustix::fs::Access::EXEC_OK)?)
}

fn sms(outbound: &OutboundMessage<'_>) -> Result<Zeroizing<Vec<u8>>, DeliveryError> {
    let to = one_line("address", &outbound.message.to)?;
    let head = format!("To: {to}\nMessage-ID: {}\n\n", without_digits(outbound.id));
    let mut text = Zeroizing::new(Vec::with_capacity(head.len() + outbound.message.body.len()));
    text.extend_from_slice(head.as_bytes());
    text.extend_from_slice(outbound.message.body.as_bytes());
    Ok(text)
}

/// As a program on this machine reads text.
pub(super) fn with_line_feeds(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len()));
    text.extend(bytes.iter().filter(|byte| **byte != b'\r'));
    text
}

/// A file without a name, which is gone with its last user: unlike a pipe, it waits for no reader, and tells
/// whether there was one.
fn in_memory(text: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("message", MemfdFlags::CLOEXEC)?);
    file.write_all(text)?;
    file.rewind()?;
    Ok(file)
}

/// Waits for the end; nothing if there was none in time, and the program was ended.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    if let Some(status) = wait_until(child, Instant::now() + limit)? {
        return Ok(Some(status));
    }
    for signal in [Signal::TERM, Signal::KILL] {
        // It may have ended just now.
        let _ = kill_process_group(Pid::from_child(child), signal);
        if wait_until(child, Instant::now() + GRACE)?.is_some() {
            break;
        }
    }
    Ok(None)
}

fn wait_until(child: &mut Child, moment: Instant) -> io::Result<Option<ExitStatus>> {
    let mut nap = Duration::from_millis(1);
    loop {
        let ended = child.try_wait()?;
        if ended.is_some() || Instant::now() >= moment {
            return Ok(ended);
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(20));
    }
}

/// What a program prints, read beside so that it never waits for us.
struct Listener(mpsc::Receiver<String>);

fn listen(pipe: Option<impl Read + Send + 'static>) -> Listener {
    let (tell, told) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        std::thread::spawn(move || {
            let mut kept = Zeroizing::new(Vec::new());
            let _ = pipe.by_ref().take(KEPT).read_to_end(&mut kept);
            let _ = tell.send(String::from_utf8_lossy(&kept).into_owned());
            let _ = io::copy(&mut pipe, &mut io::sink());
        });
    }
    Listener(told)
}

impl Listener {
    fn words(&self) -> String {
        self.0.recv_timeout(LAST_WORDS).unwrap_or_default().trim().to_owned()
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
