//! What happened on the way of a person's codes, one line a step, and the one answer to "why did no code come?".

mod answer;
mod entry;

pub use answer::{Answer, Scene, answer};
pub use entry::{describe, next, next_of_each, trouble};
