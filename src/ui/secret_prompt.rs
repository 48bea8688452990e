//! Secrets typed at the terminal, of which nothing is shown (security T2).

use super::ask_error::AskError;
use super::desk::{Desk, label};
use super::line;
use super::terminal::paint;
use crate::domain::Secret;
use crate::domain::secret::{SecretError, from_bytes};

/// Asks until there is a secret that can be one.
pub(super) fn ask(desk: &mut Desk<'_>, prompt: &str) -> Result<Secret, AskError> {
    let label = label(prompt);
    loop {
        paint(&label, || desk.say(&label))?;
        let typed = line::read_hidden(desk.keyboard);
        desk.say("\n")?;
        match from_bytes(std::mem::take(&mut *typed?)) {
            Ok(secret) => return Ok(secret),
            Err(SecretError::NotUtf8 | SecretError::Utf16) => {
                desk.say("That is not valid UTF-8. Please type it again.\n")?
            }
            Err(SecretError::Control) => {
                desk.say("A secret cannot hold a control character, such as Tab. Please type it again.\n")?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::tests::Typed;
    use super::*;

    fn run<T>(
        keys: &[u8],
        ask: impl FnOnce(&mut Desk<'_>) -> Result<T, AskError>,
    ) -> (Result<T, AskError>, String) {
        let mut out = Vec::new();
        let mut keyboard = Typed::new(keys);
        let result = ask(&mut Desk { keyboard: &mut keyboard, out: &mut out, dumb: false });
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn t2_nothing_typed_is_shown() {
        let (secret, shown) = run(b"hidden words\r", |desk| ask(desk, "Password"));
        assert_eq!(secret.ok().as_ref().map(Secret::expose), Some("hidden words"));
        assert_eq!(shown, "Password: \n");
    }

    #[test]
    fn p3_a_control_character_is_refused_and_asked_again() {
        let (secret, shown) = run(b"a\tb\ra\0b\r\xff\rgood\r", |desk| ask(desk, "Password"));
        assert_eq!(secret.ok().as_ref().map(Secret::expose), Some("good"));
        let control = "A secret cannot hold a control character, such as Tab. Please type it again.\n";
        let utf8 = "That is not valid UTF-8. Please type it again.\n";
        assert_eq!(
            shown,
            format!("Password: \n{control}Password: \n{control}Password: \n{utf8}Password: \n")
        );
    }
}
