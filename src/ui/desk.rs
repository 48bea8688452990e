//! Where one person sits, and how a question stands there.

use std::io::{self, Write};

use dialoguer::theme::{SimpleTheme, Theme};

use super::escape;
use super::keys::Keyboard;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("there is no terminal to ask at")]
    NoTerminal,
    /// Esc, Ctrl-D, or the terminal's end.
    #[error("cancelled at the prompt")]
    Cancelled,
    #[error("the two entries differed three times")]
    Mismatch,
    #[error("the input is longer than 4096 bytes")]
    TooLong,
    #[error("the terminal could not be read")]
    Io(#[from] io::Error),
}

/// Where one person sits: keys and screen.
pub(super) struct Desk<'d> {
    pub(super) keyboard: &'d mut dyn Keyboard,
    pub(super) out: &'d mut dyn Write,
    pub(super) dumb: bool,
}

impl Desk<'_> {
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// The prompt as shown: `Name: `, or `Which one? ` where it ends by itself.
pub(super) fn label(prompt: &str) -> String {
    let prompt = escape::visible(prompt.trim_end());
    let mut shown = String::new();
    if prompt.ends_with([':', '?']) || SimpleTheme.format_input_prompt(&mut shown, &prompt, None).is_err() {
        return format!("{prompt} ");
    }
    shown
}
