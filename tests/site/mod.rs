//! The one harness of all tests: a throw-away store, the program as a person or a script calls it, time that passes,
//! and what people were sent. A test binary includes it whole:
//!
//! ```ignore
//! #[path = "../site/mod.rs"]
//! #[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
//! mod site;
//! ```
//!
//! What a test wants to know it asks a command, or one of the questions here. The engine beneath the store is known to
//! [`engine`] alone.

mod batches;
pub mod engine;
mod folder;
mod messages;
mod others;
mod people;
mod questions;
mod running;
mod shown;
mod time;

pub use batches::{MANY, until};
pub use engine::{RawStore, Row};
pub use folder::Site;
pub use messages::{code_in, not, text_of};
pub use running::{Ended, REGAIN, ended, skipped};
pub use shown::normalised;
pub use time::{later, library as faketime};
