//! Why a question has no answer.

use std::io;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("there is no terminal to ask at")]
    NoTerminal,
    /// Ctrl-D, the terminal's end, or Esc at two questions in a row.
    #[error("cancelled at the prompt")]
    Cancelled,
    /// Esc: back to the question before. Where there is none, it is the end.
    #[error("cancelled at the prompt")]
    Back,
    #[error("the two entries differed three times")]
    Mismatch,
    #[error("the input is longer than 4096 bytes")]
    TooLong,
    #[error("the terminal could not be read")]
    Io(#[from] io::Error),
}
