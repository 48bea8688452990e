//! The program under test, and how a run of it ended.

use std::io::Write;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// The program under test.
pub const REGAIN: &str = env!("CARGO_BIN_EXE_regain");

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// -1 where a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    #[track_caller]
    pub fn succeeded(self) -> Self {
        self.with_code(0)
    }

    #[track_caller]
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error object on stderr.
    #[track_caller]
    pub fn error(&self) -> Value {
        let value: Value =
            serde_json::from_str(self.stderr.trim()).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        value["error"].clone()
    }
}

/// Programs read moments in whole seconds, so that they sort as text.
static FRACTION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d\d:\d\d:\d\d\.\d+Z").unwrap());

/// Feeds a process and waits for it.
pub fn ended(mut child: std::process::Child, input: &(impl AsRef<[u8]> + ?Sized)) -> Ended {
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends without reading is judged by how it ends.
        let _ = stdin.write_all(input.as_ref());
    }
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(!FRACTION.is_match(&shown), "a moment with a fraction of a second: {shown}");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Says that a test could not be made here. On a build server nothing may be left out, so there it fails.
#[allow(clippy::print_stderr, reason = "there is no other way to say it from within a test")]
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("{why}");
}
