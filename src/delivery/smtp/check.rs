//! What can be said of a mail server's settings without a message.

use std::time::{Duration, Instant};

use super::super::error::DeliveryError;
use super::super::stage::Stage;
use super::wire::Timed;
use super::{dial, tls};
use crate::domain::mail::{MailServer, Tls};

/// Goes as far as a server can be reached, over TLS unless it is this machine's own in the clear.
pub(in crate::delivery) fn reach(
    server: &MailServer,
    process_uid: u32,
    timeout: Duration,
) -> Result<(), DeliveryError> {
    let until = Instant::now() + timeout;
    let addresses = dial::resolve(server, timeout)?;
    let (tcp, _) = dial::connect(&addresses, timeout, until)?;
    if server.tls == Tls::None {
        return Ok(());
    }
    let failed = |fault| DeliveryError::temporary(Stage::Tls, fault);
    let config = tls::config(server.ca_file.as_deref(), process_uid).map_err(failed)?;
    let greeted = tls::handshake(Timed::new(tcp, until), config, &server.host, timeout.as_secs());
    greeted.map(drop).map_err(failed)
}
