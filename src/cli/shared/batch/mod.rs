//! What is done for many: asked for once, journalled person by person, and gone on with where it was interrupted.

mod args;
mod asked;
mod before;
mod changes;
mod coming;
mod each;
mod effects;
mod failed;
mod imports;
mod issuing;
mod judged;
mod report;
mod resets;
mod run;
mod source;
mod steps;
mod stopped;
mod summary;
mod work;

pub(in crate::cli) use args::{BatchArgs, RunArgs};
pub(in crate::cli) use asked::{Asked, Begins};
pub(in crate::cli) use each::run_each;
pub(in crate::cli) use resets::{was_reset, would_reset};
pub(in crate::cli) use source::Source;
pub(in crate::cli) use work::{carry_out, several};
