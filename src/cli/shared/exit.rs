//! Exit codes: the table of cli.md.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Exit {
    Internal,
    Usage,
    NotFound,
    Refused,
    Cancelled,
    Config,
    Store,
    Delivery,
    NoTerminal,
    Partial,
    Denied,
    MustChange,
}

impl Exit {
    pub(in crate::cli) const ALL: [Self; 12] = [
        Self::Internal,
        Self::Usage,
        Self::NotFound,
        Self::Refused,
        Self::Cancelled,
        Self::Config,
        Self::Store,
        Self::Delivery,
        Self::NoTerminal,
        Self::Partial,
        Self::Denied,
        Self::MustChange,
    ];

    /// The number, the name, and when, as in the help and the man page.
    pub(in crate::cli) const fn described(self) -> (u8, &'static str, &'static str) {
        match self {
            Self::Internal => (1, "internal", "a bug, or standard output cannot be written"),
            Self::Usage => (2, "usage", "bad arguments"),
            Self::NotFound => (3, "not-found", "no such account, user, request… (operators only)"),
            Self::Refused => (4, "refused", "policy said no: weak, reused, expired, quota, role…"),
            Self::Cancelled => (5, "cancelled", "no, Esc, or end of input at a prompt"),
            Self::Config => (6, "config", "unreadable, unknown key, unsafe permissions"),
            Self::Store => (7, "store", "unavailable, busy too long, newer schema, corrupt"),
            Self::Delivery => (8, "delivery", "could not be handed over; nothing usable left"),
            Self::NoTerminal => (9, "no-terminal", "input was needed and there was no way to ask"),
            Self::Partial => (10, "partial", "of several, some were not done; the report says which"),
            Self::Denied => (11, "denied", "wrong credentials or a wrong code"),
            Self::MustChange => (12, "must-change", "right, but the password must be changed first"),
        }
    }

    pub(in crate::cli) fn name(self) -> &'static str {
        self.described().1
    }

    /// All of them, and the good end before them.
    pub(in crate::cli) fn described_all() -> impl Iterator<Item = (u8, &'static str, &'static str)> {
        std::iter::once((0, "ok", "done, or nothing to do")).chain(Self::ALL.map(Self::described))
    }

    /// The section of the help that lists all of them.
    pub(in crate::cli) fn table() -> String {
        let line = |(number, name, when)| {
            format!(
                "
  {number:>2}  {name:<12} {when}"
            )
        };
        format!("Exit codes:{}", Self::described_all().map(line).collect::<String>())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.described().0)
    }
}
