//! Lists of people as files, whichever program wrote them, and what of them failed.

mod failed;
mod read;

pub use failed::{REGAIN_ERROR, only};
pub use read::{Entry, ListError, read};
