//! Secrets typed at the terminal, of which nothing is shown (security T2).

use subtle::ConstantTimeEq;

use super::ask_error::AskError;
use super::desk::{Desk, label};
use super::line;
use super::terminal::paint;
use crate::domain::Secret;
use crate::domain::secret::{Kind, SecretError, from_bytes};

/// Asks until there is a secret that can be one.
pub(super) fn ask(desk: &mut Desk<'_>, prompt: &str, kind: Kind) -> Result<Secret, AskError> {
    let label = label(prompt);
    loop {
        paint(&label, || desk.say(&label))?;
        let typed = line::read_hidden(desk.keyboard);
        desk.say("\n")?;
        let mut typed = typed?;
        kind.settle(&mut typed);
        match from_bytes(std::mem::take(&mut *typed)) {
            Ok(secret) => return Ok(secret),
            Err(SecretError::NotUtf8 | SecretError::Utf16) => {
                desk.say("That is not valid UTF-8. Please type it again.\n")?;
            }
            Err(SecretError::Control) => {
                desk.say("A secret cannot hold a control character, such as Tab. Please type it again.\n")?;
            }
        }
    }
}

/// How often a pair may differ (security T2).
const MISMATCHES: usize = 3;

/// Asks for a new password twice, with a judgement between. `again` can be gone back from, to the first time.
pub(super) fn ask_new<L, E>(
    ask: impl Fn(&str) -> Result<Secret, AskError>,
    again: impl Fn(&str) -> Result<Secret, AskError>,
    tell: impl Fn(&str),
    look_at: impl Fn(&Secret) -> Result<L, E>,
) -> Result<Result<(Secret, L), E>, AskError> {
    let mut mismatches = 0;
    while mismatches < MISMATCHES {
        let first = ask("New password")?;
        let looked = match look_at(&first) {
            Ok(looked) => looked,
            Err(refused) => return Ok(Err(refused)),
        };
        let second = match again("New password again") {
            Err(AskError::Back) => continue,
            second => second?,
        };
        if bool::from(first.expose().as_bytes().ct_eq(second.expose().as_bytes())) {
            return Ok(Ok((first, looked)));
        }
        mismatches += 1;
        if mismatches < MISMATCHES {
            tell("The two are not the same. Please type both again.");
        }
    }
    Err(AskError::Mismatch)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

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
        let (secret, shown) = run(b"hidden words\r", |desk| ask(desk, "Password", Kind::Password));
        assert_eq!(secret.ok().as_ref().map(Secret::expose), Some("hidden words"));
        assert_eq!(shown, "Password: \n");
    }

    #[test]
    fn p3_a_control_character_is_refused_and_asked_again() {
        let (secret, shown) = run(b"a\tb\ra\0b\r\xff\rgood\r", |desk| ask(desk, "Password", Kind::Password));
        assert_eq!(secret.ok().as_ref().map(Secret::expose), Some("good"));
        let control = "A secret cannot hold a control character, such as Tab. Please type it again.\n";
        let utf8 = "That is not valid UTF-8. Please type it again.\n";
        assert_eq!(
            shown,
            format!("Password: \n{control}Password: \n{control}Password: \n{utf8}Password: \n")
        );
    }

    /// What came of typing these one after the other, and what was asked and told. What begins with `w` is weak.
    fn typed(answers: &[&str]) -> (String, Vec<String>) {
        let (at, heard) = (Cell::new(0), RefCell::new(Vec::new()));
        let ask = |prompt: &str| {
            heard.borrow_mut().push(prompt.to_owned());
            at.set(at.get() + 1);
            match answers[at.get() - 1] {
                "esc" => Err(AskError::Back),
                answer => Ok(Secret::from(answer)),
            }
        };
        let tell = |line: &str| heard.borrow_mut().push(line.to_owned());
        let look_at = |secret: &Secret| if secret.expose().starts_with('w') { Err("weak") } else { Ok(()) };
        let came = match ask_new(ask, ask, tell, look_at) {
            Ok(Ok((secret, ()))) => secret.expose().to_owned(),
            Ok(Err(refused)) => refused.to_owned(),
            Err(error) => format!("{error:?}"),
        };
        (came, heard.into_inner())
    }

    #[test]
    fn t2_three_mismatches_are_the_end() {
        let (came, heard) = typed(&["a", "b", "c", "c"]);
        let again = "The two are not the same. Please type both again.";
        assert_eq!(came, "c");
        assert_eq!(
            heard,
            ["New password", "New password again", again, "New password", "New password again"]
        );
        assert_eq!(typed(&["a", "b", "c", "d", "e", "f", "g", "g"]).0, "Mismatch");
    }

    #[test]
    fn whoever_goes_back_from_the_second_time_types_the_first_one_anew() {
        let (came, heard) = typed(&["a", "esc", "b", "esc", "c", "esc", "d", "d"]);
        assert_eq!(came, "d");
        assert_eq!(heard, ["New password", "New password again"].repeat(4));
    }

    #[test]
    fn what_is_refused_is_not_asked_for_again_first() {
        assert_eq!(typed(&["weak", "never asked"]), ("weak".to_owned(), vec!["New password".to_owned()]));
    }
}
