//! Rows that several nouns print: the fields of cli.md's JSON, and the cells of tables.

mod challenge;
mod code;
mod contact;
mod moment;
mod outcome;
mod user;

pub(in crate::cli) use challenge::ChallengeView;
pub(in crate::cli) use code::IssuedView;
pub(in crate::cli) use contact::ContactView;
pub(in crate::cli) use moment::moment;
pub(in crate::cli) use outcome::{AloneView, ChangeView, Outcome, OutcomeView, yes_or_no};
pub(in crate::cli) use user::{UserDetail, UserView};
