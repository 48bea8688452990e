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

/// A person of whom something was read before a fault stopped that.
pub(super) fn judged(draft: Draft, read: Result<(), RowFault>) -> Result<Draft, Failed> {
    match read {
        Ok(()) => Ok(draft),
        Err(fault) => Err(Failed { user: draft.user(), fault }),
    }
}
