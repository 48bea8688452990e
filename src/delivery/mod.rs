//! Handing messages over: one trait, a transport a file. No transport knows the store, and none tries again:
//! that is for [`crate::flow`]'s worker.

mod authorities;
mod command;
mod display_name;
mod encoded;
mod error;
mod fault;
mod gateway;
mod html;
mod letter;
mod mailbox;
mod maildir;
mod redact;
mod remedy;
mod smtp;
mod spool;
mod stage;
mod transport;
mod validity;
mod wire;

pub use authorities::authorities;
pub use command::{Command, Input, can_run};
pub use error::DeliveryError;
pub use fault::{CertificateFault, Fault, GatewayFault};
pub use gateway::{Gateway, GatewayOptions};
pub use letter::Letterhead;
pub use maildir::Maildir;
pub use redact::redacted;
pub use smtp::{Smtp, SmtpOptions, look_up, resolve};
pub use spool::Spool;
pub use stage::{Persistence, Stage, Step};
pub use transport::{Accepted, LONGEST_HANDOVER, OutboundMessage, Transport, Transports};
