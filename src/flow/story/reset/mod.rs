//! The forgotten password, one step a function: start → captcha → send → verify → (second proof) → set the
//! password (security S1). The interactive command and the step-by-step one drive the same functions.
//!
//! Known and unknown people take the same steps, with the same reads, the same hashing and the same writes
//! (security E1). What is known of a person is used inside a transaction and never shown.

mod captcha;
mod password;
mod questions;
mod second;
mod send;
mod start;
mod verify;
mod walk;

pub use crate::flow::story::request::{
    CaptchaView, Finisher, RequestView, finished_by, list, list_own, show,
};
pub use captcha::{answer_captcha, show_captcha};
pub use password::{look_at as look_at_password, rule as password_rule, set_password};
pub use questions::{CaptchaAnswer, CodeAnswer, LookAt, MethodAnswer, Questions, Tale};
pub use second::second;
pub use send::send;
pub use start::{cancel, start, start_with_appeal};
pub use verify::verify;
pub use walk::{walk, walk_or_back};

#[cfg(test)]
mod reset_tests;
