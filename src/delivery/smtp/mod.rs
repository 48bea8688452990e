//! Mail servers: lettre's commands, answers and extensions over a connection of our own.
//!
//! lettre's connection is not used, for four reasons that its source shows (0.11.23, `transport/smtp/client`): its
//! buffered reader outlives STARTTLS, so that answers somebody injected in the clear are taken for answers under TLS
//! (CVE-2011-0411 is the like in servers); a blank line in the answer to EHLO makes it panic; a server that sends a byte now
//! and then holds it for ever; and a failed handshake cannot be told from a failed command, so there are no stages to
//! name.

mod check;
mod dial;
mod reply;
mod session;
mod tls;
mod transport;
mod wire;

pub(super) use check::reach;
pub use dial::{look_up, resolve};
pub(super) use tls::of_tls;
pub use transport::{Smtp, SmtpOptions};
