//! D1: a change that is killed or fails at any write is all there or not at all, and the next run just works. D2, K4: many
//! processes at once lose nothing, count every try, and never tell of a locked database.
//!
//! strace makes the N-th system call of a kind fail, or kills the program at it, for every N until the command gets
//! through untouched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod batches;
mod changes;
mod disk;
mod disturbed;
mod doubt;
mod guesses;
mod held;
mod leavings;
mod limits;
mod looks;
mod race;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod stops;
mod waits;
