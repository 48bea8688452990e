//! Appeals and tickets: recovery for people whose contacts are gone. A form is filled in and submitted, by anybody for
//! any name (security E1); operators see what was claimed beside what is on record, and approve or deny.
//!
//! What people claim is sealed from the first answer on, stands in no event, and is taken away after
//! `[appeals] keep`.

#[cfg(test)]
mod appeal_tests;
mod approve;
mod captcha;
mod claims;
mod deny;
mod draft;
mod examine;
mod on_record;
mod submit;
mod view;

pub use approve::{Approve, Decided};
pub use captcha::{Gate, Passed};
pub(crate) use claims::reseal;
pub use deny::Deny;
pub use draft::{DraftView, begin, keep, take_up};
pub use examine::{Comparison, Examined, Listed, examine, list};
pub use submit::{submit, submittable};
pub use view::{AppealView, show};
pub(crate) use view::{opened_for, opening, spend};
