//! Requests: what may be seen of them, and whether a step of one can be taken.

mod begin;
mod proof;
mod step;
mod view;

pub(crate) use begin::{insert, is_answer, new, shown};
pub(crate) use proof::{Given, Need, given, need};
pub(crate) use step::{AtStep, at_step, gone};
pub use view::{CaptchaView, Finisher, RequestView, finished_by, list, list_own, show};
pub(crate) use view::{of as view_of, proving};
