//! Sealing for recipients elsewhere, by the program `age` (age-encryption.org).

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use zeroize::Zeroizing;

/// Where the program is installed: whoever says otherwise by their environment would get the secrets.
const PLACES: [&str; 3] = ["/usr/bin/age", "/usr/local/bin/age", "/opt/homebrew/bin/age"];

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum AgeError {
    #[error("find the program age, which seals secrets")]
    Missing,
    #[error("run the program age")]
    Run(#[source] io::Error),
    /// What it said, as far as it is text.
    #[error("seal secrets: {0}")]
    Failed(String),
}

/// A complete message that only these recipients can open, in ASCII. Each is a public key.
pub fn seal(recipients: &[String], secret: &[u8]) -> Result<Vec<u8>, AgeError> {
    let program = PLACES.iter().map(Path::new).find(|path| path.is_file()).ok_or(AgeError::Missing)?;
    let mut command = Command::new(program);
    command.arg("--armor").env_clear().current_dir("/");
    for recipient in recipients {
        command.args(["--recipient", recipient]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(AgeError::Run)?;
    let (input, secret) = (child.stdin.take(), Zeroizing::new(secret.to_vec()));
    // It writes while it still reads.
    let writer = thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(&secret)));
    let output = child.wait_with_output().map_err(AgeError::Run)?;
    let written = writer.join().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or_default();
        return Err(AgeError::Failed(first.trim_start_matches("age: error: ").to_owned()));
    }
    written.map_err(AgeError::Run)?;
    Ok(output.stdout)
}
