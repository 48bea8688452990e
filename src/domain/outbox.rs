//! Messages on their way: rows of the outbox (architecture.md, "Self-service without leaks").

use jiff::Timestamp;

use super::address::Channel;
use super::text::text_enum;

text_enum! {
    /// What kind of message it is. Codes go out before notices.
    Kind { Code => "code", Setup => "setup", Notice => "notice" }
}

text_enum! {
    /// Where it stands. The sealed body is wiped in every state but the first two.
    State { Queued => "queued", Leased => "leased", Done => "done", Failed => "failed" }
}

/// A message as stored: sealed, so that a stolen store gives no code.
#[derive(Clone)]
pub struct Outgoing {
    pub id: String,
    pub kind: Kind,
    pub channel: Channel,
    /// The code it carries.
    pub code_id: Option<String>,
    pub user_id: Option<String>,
    pub key_id: String,
    pub sealed: Vec<u8>,
    pub state: State,
    pub attempts: u32,
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}
