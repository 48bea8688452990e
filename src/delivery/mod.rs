//! Handing messages over: one trait, a transport a file. No transport knows the store, and none tries again:
//! that is for [`crate::flow`]'s worker.

mod error;
mod letter;
mod maildir;
mod scrub;
mod stage;
mod transport;

pub use error::{DeliveryError, Fault};
pub use maildir::Maildir;
pub use scrub::scrubbed;
pub use stage::{Persistence, Stage, Step};
pub use transport::{LONGEST, Parcel, Receipt, Transport, Transports};
