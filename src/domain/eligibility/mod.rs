//! May a code go to this person by this way now? One judgement, over facts that are read before, with one closed list
//! of reasons why not.

mod budget;
mod judge;
mod reason;

pub use budget::{By, Ceiling, Counters, MAX_FAILURES, MAX_FROM_SOURCE, Used};
pub use judge::{Facts, Policies, is_unused, reasons};
pub use reason::Ineligible;
