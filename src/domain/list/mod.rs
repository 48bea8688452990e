//! Lists of people as files, whichever program wrote them, and what of them failed.

mod failed;
mod read;

pub use failed::only;
pub use read::{Entry, ListError, read};
