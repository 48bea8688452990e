//! Handing messages over: one trait, a transport a file. No transport knows the store, and none tries again:
//! that is for [`crate::flow`]'s worker.

mod letter;
mod maildir;
mod scrub;
mod transport;

pub use maildir::Maildir;
pub use scrub::scrubbed;
pub use transport::{DeliveryError, Parcel, Persistence, Receipt, Transport, Transports};
