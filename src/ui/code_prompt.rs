//! The question for a code that was sent.

use zeroize::Zeroizing;

use super::ask_error::AskError;
use super::prompt::Prompts;
use crate::domain::code::parse_typed;
use crate::flow::reset::CodeAnswer;

/// What can be answered besides the digits.
pub struct CodePrompt<'p> {
    pub text: &'p str,
    /// Whether Enter alone is an answer.
    pub again: bool,
    /// Whether `m` is one.
    pub other: bool,
    /// What `?` tells.
    pub help: Option<&'p dyn Fn()>,
}

impl Prompts<'_> {
    /// A code of that many digits, until it is one by its form: a slip costs nothing (security K1).
    pub fn ask_code(&self, prompt: &CodePrompt<'_>, length: usize) -> Result<CodeAnswer, AskError> {
        loop {
            let typed = Zeroizing::new(self.ask_line(prompt.text, None)?);
            match (typed.trim(), prompt.help) {
                ("", _) if prompt.again => return Ok(CodeAnswer::Again),
                ("m" | "M", _) if prompt.other => return Ok(CodeAnswer::OtherMethod),
                ("?", Some(help)) => help(),
                (text, _) => match parse_typed(text, length) {
                    Ok(digits) => return Ok(CodeAnswer::Digits(digits)),
                    Err(malformed) => {
                        self.printer.tell(&format!("Not accepted: {malformed}. It costs no try."));
                    }
                },
            }
        }
    }
}
