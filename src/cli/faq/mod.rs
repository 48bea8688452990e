//! `regain faq`: the help pages, in plain words.

mod command;
mod topic;

pub(super) use command::{Faq, run};
