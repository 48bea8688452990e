//! What the sentences are put together from.

use std::borrow::Cow;

use crate::domain::shell::{self, word};

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

/// The command that sets somebody's password anew: a root user's is its owner's to set.
pub(super) fn new_password(who: &str) -> String {
    let person = word(who);
    if is_root(who) {
        format!("`regain password reset {person}`")
    } else {
        format!("`regain admin-reset {person}`")
    }
}

/// The command that lets somebody set one themselves.
pub(super) fn own_password(who: &str) -> String {
    if is_root(who) { new_password(who) } else { setup_token(who) }
}

/// The command that makes another setup token: of a root user, only the owner of the store could make one.
pub(super) fn setup_token(who: &str) -> String {
    let person = word(who);
    if is_root(who) {
        format!("`regain admin-reset {person} --setup --override`")
    } else {
        format!("`regain admin-reset {person} --setup`")
    }
}

/// The command that goes on with a batch. Rows of a file are kept nowhere else: it is named again.
pub(super) fn resume(batch: &str, of_file: bool) -> String {
    let file = if of_file { " FILE" } else { "" };
    format!("regain batch resume {batch}{file}")
}

/// To run [`resume`].
pub(super) fn go_on_with(batch: &str, of_file: bool) -> String {
    format!("go on with it: `{}`", resume(batch, of_file))
}

/// The command that ends a batch as it is.
pub(super) fn leave_the_rest(batch: &str) -> String {
    format!("leave the rest of it: `regain batch cancel {batch}`")
}

/// Whether this is the path of a root user.
fn is_root(path: &str) -> bool {
    !path.contains('/')
}
