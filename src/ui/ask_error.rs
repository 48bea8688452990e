//! Why a question has no answer.

use std::io;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("there is no terminal to ask at")]
    NoTerminal,
    /// Ctrl-D, the terminal's end, or Esc where it leaves.
    #[error("cancelled at the prompt")]
    Cancelled,
    /// Esc, within [`super::Printer::with_step_back`]: back to the question before.
    #[error("cancelled at the prompt")]
    Back,
    #[error("the two entries differed three times")]
    Mismatch,
    #[error("the input is longer than 4096 bytes")]
    TooLong,
    #[error("the terminal could not be read")]
    Io(#[from] io::Error),
}
