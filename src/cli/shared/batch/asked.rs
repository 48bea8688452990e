//! What somebody asks a batch to be.

use super::args::{BatchArgs, RunArgs};
use super::source::Source;
use crate::cli::shared::people::Whom;
use crate::domain::batch::{Batch, Digest, digest};
use crate::flow::batch::Order;

/// A batch that somebody asks for.
pub(in crate::cli) struct Asked<'a> {
    /// The command, such as `user disable`.
    pub(in crate::cli) command: &'static str,
    pub(in crate::cli) order: Order,
    pub(in crate::cli) begins: Begins<'a>,
    /// What its input was read from, so that it is known again; of one that is gone on with, only if it is given again.
    pub(in crate::cli) input: Option<Digest>,
    /// The list of people that the input is, if it is one.
    pub(in crate::cli) list: Option<&'a [u8]>,
    /// The file that the rows are in, if they are in one.
    pub(in crate::cli) source: Option<&'a Source>,
    pub(in crate::cli) run: &'a RunArgs,
    /// Public keys of those who can open its secrets.
    pub(in crate::cli) recipients: Vec<String>,
}

/// Where a batch begins.
pub(in crate::cli) enum Begins<'a> {
    /// With these people, or with those of a file.
    Anew { args: &'a BatchArgs, whom: Option<&'a Whom> },
    /// Where it was interrupted.
    Again(Box<Batch>),
}

impl<'a> Asked<'a> {
    /// For these people.
    pub(in crate::cli) fn of(
        whom: &'a Whom,
        args: &'a BatchArgs,
        command: &'static str,
        order: Order,
        recipients: Vec<String>,
    ) -> Self {
        let list = match whom {
            Whom::Listed { input, .. } => Some(input.as_slice()),
            Whom::One(_) | Whom::Selected(_) => None,
        };
        let (begins, input) = (Begins::Anew { args, whom: Some(whom) }, Some(digest(whom.input())));
        Self { command, order, begins, input, list, source: None, run: &args.run, recipients }
    }
}
