//! The conversation of the reset in the play: the real dialog, with the mailbox shown before the code is asked for;
//! or answers that come by themselves.

use anyhow::anyhow;

use super::stage::Stage;
use crate::cli::shared::Failure;
use crate::domain::captcha::Bitmap;
use crate::domain::code::parse_typed;
use crate::domain::request::Method;
use crate::domain::{Address, Channel, Name, Reader, Secret};
use crate::flow::reset::{
    CaptchaAnswer, CaptchaView, CodeAnswer, LookAt, MethodAnswer, Questions, RequestView, Tale,
};
use crate::ui::ResetDialog;

/// Whoever plays the person who forgot.
pub(super) struct Player<'s> {
    pub(super) stage: &'s Stage<'s>,
    pub(super) dialog: ResetDialog<'s>,
    pub(super) address: &'s str,
    pub(super) new_password: &'s str,
}

impl Player<'_> {
    fn show(&self, mail: &[String]) -> Result<(), Failure> {
        if mail.is_empty() {
            return self.stage.say("   (the mailbox is empty)");
        }
        for line in mail.iter().flat_map(|message| as_read(message)) {
            self.stage.say(&format!("   | {line}"))?;
        }
        Ok(())
    }
}

/// What a mail program shows of a letter: from whom to whom about what, and the plain text.
fn as_read(letter: &str) -> Vec<&str> {
    let head = letter.lines().take_while(|line| !line.is_empty());
    let shown = ["From:", "To:", "Subject:"];
    let mut lines: Vec<&str> = head.filter(|line| shown.iter().any(|name| line.starts_with(name))).collect();
    lines.push("");
    // The text is the first of two parts; its own headers end with an empty line, and it with the next boundary.
    let text = letter.lines().skip_while(|line| !line.starts_with("Content-Type: text/plain"));
    let text = text.skip_while(|line| !line.is_empty()).skip(1).take_while(|line| !line.starts_with("--"));
    lines.extend(text);
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines.truncate(end);
    lines
}

/// The digits in a message: the only run of that length.
pub(super) fn code_in(message: &str, length: usize) -> Option<&str> {
    message.split(|symbol: char| !symbol.is_ascii_digit()).find(|run| run.len() == length)
}

impl Questions for Player<'_> {
    type Error = Failure;

    fn or_back<T>(&self, ask: impl FnOnce() -> Result<T, Failure>) -> Result<Option<T>, Failure> {
        self.stage.context.or_back(ask)
    }

    fn shows_pictures(&self) -> bool {
        self.dialog.shows_pictures()
    }

    fn captcha(&self, view: &CaptchaView, picture: Option<&Bitmap>) -> Result<CaptchaAnswer, Failure> {
        if self.stage.auto {
            self.stage.say("   A CAPTCHA is asked for; a proof of work answers it.")?;
            return Ok(CaptchaAnswer::Work);
        }
        Ok(self.dialog.captcha(view, picture)?)
    }

    fn method(&self, view: &RequestView) -> Result<MethodAnswer, Failure> {
        if self.stage.auto { Ok(MethodAnswer::By(Method::Email)) } else { Ok(self.dialog.method(view)?) }
    }

    fn address(&self, channel: Channel) -> Result<Address, Failure> {
        if self.stage.auto {
            return Reader::default()
                .address(channel, self.address)
                .map_err(|error| Failure::usage(error.to_string()));
        }
        self.stage.say(&format!("   (Alice's address is {}.)", self.address))?;
        Ok(self.dialog.address(channel)?)
    }

    fn other_method(&self, methods: &[Method], waiting: bool) -> Result<MethodAnswer, Failure> {
        // Nobody in the play has a unified ID.
        Ok(self.dialog.other_method(methods, waiting)?)
    }

    fn code(&self, view: &RequestView, length: usize, choice: bool) -> Result<CodeAnswer, Failure> {
        let mail = self.stage.mail()?;
        self.stage.say("   In the mailbox:")?;
        self.show(&mail)?;
        if !self.stage.auto {
            return Ok(self.dialog.code(view, length, choice)?);
        }
        let digits = mail.iter().find_map(|message| code_in(message, length));
        match digits.map(|digits| parse_typed(digits, length)) {
            Some(Ok(digits)) => Ok(CodeAnswer::Digits(digits)),
            _ => Err(anyhow!("the code did not arrive in the mailbox").into()),
        }
    }

    fn totp(&self) -> Result<Secret, Failure> {
        // Nobody in the play has an authenticator.
        Ok(self.dialog.totp()?)
    }

    fn name(&self) -> Result<Name, Failure> {
        // Nobody in the play registers.
        Ok(self.dialog.name()?)
    }

    fn new_password(&self, rule: &str, look_at: &LookAt<'_>) -> Result<Secret, Failure> {
        if self.stage.auto {
            Ok(Secret::from(self.new_password))
        } else {
            Ok(self.dialog.new_password(rule, look_at)?)
        }
    }

    fn tell(&self, tale: &Tale<'_>) {
        if !self.stage.auto && !matches!(tale, Tale::Open(_)) {
            self.dialog.tell(tale);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_by_its_length() {
        assert_eq!(code_in("Date: 21 Nov 2026\n\nYour code is 012345.", 6), Some("012345"));
        assert_eq!(code_in("no code, 1234567", 6), None);
    }
}
