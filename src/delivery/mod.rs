//! Handing messages over: one trait, a transport a file. No transport knows the store, and none tries again:
//! that is for [`crate::flow`]'s worker.

mod authorities;
mod command;
mod encoded;
mod error;
mod gateway;
mod html;
mod letter;
mod maildir;
mod remedy;
mod scrub;
mod smtp;
mod spool;
mod stage;
mod transport;
mod validity;

pub use authorities::authorities;
pub use command::{Command, Form, can_run};
pub use error::{CertificateFault, DeliveryError, Fault};
pub use gateway::{Gateway, GatewayFault, Way};
pub use letter::Letterhead;
pub use maildir::Maildir;
pub use scrub::scrubbed;
pub use smtp::{Smtp, SmtpOptions, name_resolves, resolves};
pub use spool::Spool;
pub use stage::{Persistence, Stage, Step};
pub use transport::{LONGEST, Parcel, Receipt, Transport, Transports};
