//! Messages on their way: composed, queued, handed over; what became of each, and how many may be sent.

pub(crate) mod budgets;
pub(crate) mod notices;
pub(crate) mod outages;
pub(crate) mod outcome;
pub(crate) mod receipts;
pub(crate) mod status;
pub(crate) mod test_message;
pub(crate) mod worker;
