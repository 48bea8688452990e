//! The keys beside the config: message authentication, sealing, and the file that holds them.
//!
//! One file holds every key there ever was, newest first: new work is done with the newest, and the older
//! ones still verify and open what they made. The store never sees a key, so a stolen store gives nothing.

mod derive;
mod error;
mod file;
mod id;
mod ring;
mod seal;

pub use derive::{Purpose, Tagger};
pub use error::KeyringError;
pub use id::{KeyId, NoKeyId};
pub use ring::{KeyRing, TAG_BYTES};
pub use seal::Sealed;
