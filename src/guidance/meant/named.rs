//! What was meant, and what it was called.

/// Where a name stands: under that noun, or in that command; such names; and a sentence with what there is instead.
pub(super) type Row = (&'static str, &'static [&'static str], &'static str);

/// What was most likely meant.
#[derive(Debug, PartialEq, Eq)]
pub struct Meant {
    /// What was typed, where that is a name in our tables, and so no secret.
    pub name: Option<&'static str>,
    /// A sentence that names what there is instead.
    pub sentence: String,
}

/// The name in a table that this is.
pub(super) fn known(names: &'static [&'static str], typed: &str) -> Option<&'static str> {
    names.iter().copied().find(|name| *name == typed)
}

/// As names are compared: in lower case, with hyphens.
pub(super) fn plain(typed: &str) -> String {
    typed.to_lowercase().replace('_', "-")
}
