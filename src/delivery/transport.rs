//! What every transport is.

use jiff::Timestamp;

use crate::domain::address::Channel;
use crate::domain::message::Message;
use crate::os::FileError;

/// A way out. It hands over one message at a time, and says whether the other side took it.
pub trait Transport {
    fn hand_over(&self, parcel: &Parcel<'_>) -> Result<Receipt, DeliveryError>;
}

/// A message on its way out.
pub struct Parcel<'m> {
    /// The row of the outbox: the same at every try, so that the other side can tell one message from two.
    pub id: &'m str,
    /// When it was queued.
    pub at: Timestamp,
    pub message: &'m Message,
}

/// What the other side said when it took a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What it is called there.
    pub reference: String,
}

/// Whether it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    Temporary,
    Permanent,
}

/// Why a message was not handed over. The text reads after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error("write the message: the {field} holds a control character")]
    Control { field: &'static str },
    #[error("put the message into the Maildir")]
    Maildir(#[from] FileError),
}

impl DeliveryError {
    pub fn persistence(&self) -> Persistence {
        match self {
            Self::Control { .. } => Persistence::Permanent,
            // A full disk or a missing permission is put right by somebody.
            Self::Maildir(_) => Persistence::Temporary,
        }
    }
}

/// The transport of each channel.
pub struct Transports {
    pub email: Box<dyn Transport>,
    pub sms: Box<dyn Transport>,
}

impl Transports {
    pub fn of(&self, channel: Channel) -> &dyn Transport {
        match channel {
            Channel::Email => self.email.as_ref(),
            Channel::Mobile => self.sms.as_ref(),
        }
    }
}
