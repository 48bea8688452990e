//! What can be said of a mail server's settings without a message.

use std::time::Duration;

use super::super::error::DeliveryError;
use super::dial;
use crate::domain::mail::MailServer;

/// Whether the name of the server has addresses.
pub fn resolves(server: &MailServer, limit: Duration) -> Result<(), DeliveryError> {
    dial::resolve(server, limit).map(drop)
}
