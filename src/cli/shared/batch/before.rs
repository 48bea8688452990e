//! Rows that ended before their turn came: when all were judged, or in an earlier run.

use std::iter::Peekable;

use serde::{Deserialize, Serialize};

use super::report::Report;
use crate::cli::shared::Failure;
use crate::cli::shared::views::{Outcome, OutcomeView};
use crate::flow::FlowError;
use crate::os::{FileError, Reading, Rows};
use crate::ui::Row;

/// What is told of one, in its place.
#[derive(Serialize, Deserialize)]
struct Told {
    place: u64,
    row: u64,
    user: Option<String>,
    text: Option<String>,
    outcome: Outcome,
    reason: Option<String>,
    message: Option<String>,
    hint: Option<String>,
}

/// Them, in their order.
#[derive(Default)]
pub(super) struct Before(Rows<Told>);

impl Before {
    pub(super) fn add(&mut self, place: u64, view: OutcomeView) -> Result<(), FileError> {
        let OutcomeView { row, user, text, outcome, reason, message, hint, .. } = view;
        self.0.push(&Told { place, row, user, text, outcome, reason, message, hint })
    }

    pub(super) fn count(&self) -> u64 {
        self.0.len()
    }

    pub(super) fn telling(self) -> Result<Telling, Failure> {
        let rows = self.0.into_reading().map_err(FlowError::from)?;
        Ok(Telling(rows.peekable()))
    }
}

/// Them on their way into the report.
pub(super) struct Telling(Peekable<Reading<Told>>);

impl Telling {
    /// Tells of those before a place.
    pub(super) fn until<R: Row + From<OutcomeView>>(
        &mut self,
        report: &mut Report<'_, R>,
        place: u64,
    ) -> Result<(), Failure> {
        let is_before =
            |told: &Result<Told, FileError>| told.as_ref().map_or(true, |told| told.place < place);
        while let Some(told) = self.0.next_if(is_before) {
            let Told { row, user, text, outcome, reason, message, hint, .. } =
                told.map_err(FlowError::from)?;
            let view = OutcomeView { row, user, text, reason, message, hint, ..OutcomeView::new(outcome) };
            let _ = report.row(view)?;
        }
        Ok(())
    }
}
