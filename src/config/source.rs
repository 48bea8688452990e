//! What decides on a location: a flag, a variable, the config, or the usual place.

use std::fmt;

/// What decided on a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Flag(&'static str),
    Environment(&'static str),
    /// `store.url` in the config.
    Config,
    /// The usual place in the person's home folder.
    Home,
    /// The usual place of the whole machine.
    System,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flag(name) | Self::Environment(name) => name,
            Self::Config => "store.url",
            Self::Home => "the usual place",
            Self::System => "the usual place of the machine",
        })
    }
}
