//! Appeals and tickets: recovery for people whose contacts are gone (domain.md, "Unified ID" and "Account").

mod form;
mod questions;
mod serial;
mod stored;

pub use form::{
    Answer, Fault, Form, FormError, NEW_EMAIL, NEW_MOBILE, SIZE, Statement, WHO, is_field, judge,
};
pub use questions::{Group, QUESTIONS, Question, questions};
pub use serial::Serial;
pub use stored::{Appeal, Approval, Draft, Kind, RESET_HOURS, State};
