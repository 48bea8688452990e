//! What the sentences are put together from.

use std::borrow::Cow;

use crate::domain::shell;

/// Hints that are always the same, each by itself.
pub fn lines(hints: &[&str]) -> Vec<String> {
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}

/// A person as a command names them: the placeholder where it is nobody in particular.
pub(super) fn user_word(user: Option<&str>) -> Cow<'_, str> {
    user.map_or(Cow::Borrowed("USER"), shell::word)
}

/// A fragment as a sentence begins.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
