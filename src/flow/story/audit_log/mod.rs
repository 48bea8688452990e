//! The operation records: reading them, taking them away, and proving that nobody changed them.

mod anchor;
mod export;
mod list;
mod verify;

pub use export::{Export, export_records};
pub use list::{RecordQuery, list_records};
pub use verify::{Verified, require_key, verify, verify_records};

use list::PAGE;
