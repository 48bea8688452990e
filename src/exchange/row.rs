//! A row as the readers of formats hand it on.

use super::error::{ExchangeError, RowFault};
use super::field::Draft;

/// Why a row is no person, and whom it is about, as far as that is known.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) user: Option<String>,
    pub(super) fault: RowFault,
}

impl From<RowFault> for Failed {
    fn from(fault: RowFault) -> Self {
        Self { user: None, fault }
    }
}

/// The next row's number, and what it says; `None` after the last.
pub(super) type Next = Result<Option<(u64, Result<Draft, Failed>)>, ExchangeError>;

/// A person, read until a fault stops that: what was read before still says whom it is about.
pub(super) fn filled(
    mut draft: Draft,
    fill: impl FnOnce(&mut Draft) -> Result<(), RowFault>,
) -> Result<Draft, Failed> {
    match fill(&mut draft) {
        Ok(()) => Ok(draft),
        Err(fault) => Err(Failed { user: draft.user(), fault }),
    }
}
