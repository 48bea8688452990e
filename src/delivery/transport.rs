//! What every transport is.

use std::time::Duration;

use jiff::Timestamp;

use super::error::DeliveryError;
use super::stage::{Stage, Step};
use crate::domain::Channel;
use crate::domain::message::Message;

/// No transport takes longer over one message, whatever the other side does: a lease must be longer.
pub const LONGEST_HANDOVER: Duration = Duration::from_secs(50);

/// A way out. It hands over one message at a time, and says whether the other side took it.
///
/// A value lives as long as a worker's run, so what is costly (a connection, a password that was read) is kept
/// from one message to the next. It never tries a message again by itself: an error is for the worker to judge.
pub trait Transport: Send {
    /// The stages of its way, in order, for `delivery test`.
    fn stages(&self) -> &'static [Stage];

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError>;

    /// What was said on the way of the last message, up to where it came. A connection that was kept has fewer
    /// steps than a new one.
    fn trail(&self) -> &[Step] {
        &[]
    }

    /// Lets go of what it holds (a connection) while nothing waits.
    fn idle(&mut self) {}

    /// Goes as far as it can without a message, for `doctor --probe`.
    fn probe(&mut self) -> Result<(), DeliveryError> {
        Ok(())
    }
}

/// A message on its way out.
pub struct OutboundMessage<'m> {
    /// The row of the outbox: the same at every try, so that the other side can tell one message from two.
    pub id: &'m str,
    /// When it was queued.
    pub at: Timestamp,
    pub message: &'m Message,
    /// Whether it was tried before: only then something of it may have been left behind.
    pub again: bool,
}

/// What the other side said when it took a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// What the message is called there; empty where no name was given. It comes from the other side: keep and
    /// show it [`super::redacted`] only (security T9).
    pub reference: String,
}

/// The transport of each channel.
pub struct Transports {
    pub email: Box<dyn Transport>,
    pub sms: Box<dyn Transport>,
}

impl Transports {
    /// Lets go of what each of them holds.
    pub fn idle(&mut self) {
        self.email.idle();
        self.sms.idle();
    }

    pub fn of(&mut self, channel: Channel) -> &mut dyn Transport {
        match channel {
            Channel::Email => self.email.as_mut(),
            Channel::Mobile => self.sms.as_mut(),
        }
    }
}
