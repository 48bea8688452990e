//! Messages on their way: rows of the outbox (architecture.md, "Self-service without leaks").

use jiff::{SignedDuration, Timestamp};

use super::address::Channel;
use super::mail_answer::{About, Matter};
use super::text::text_enum;

text_enum! {
    /// What kind of message it is. Codes go out before notices.
    Kind { Code => "code", Setup => "setup", Notice => "notice" }
}

text_enum! {
    /// Where it stands. The sealed body is wiped in every state but the first two.
    State { Queued => "queued", Leased => "leased", Done => "done", Failed => "failed" }
}

text_enum! {
    /// How a try to hand a message over ended.
    Outcome {
        /// It has not: a worker holds it.
        InHand => "in_hand",
        HandedOver => "handed_over",
        /// A decoy's: thrown away.
        ToNobody => "to_nobody",
        /// It failed, and another try follows.
        Postponed => "postponed",
        Failed => "failed",
        /// Nobody wanted it any more.
        Dropped => "dropped",
        /// Its worker died: nobody knows whether it went out.
        Unknown => "unknown",
    }
}

/// One try to hand a message over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    pub message_id: String,
    pub kind: Kind,
    pub channel: Channel,
    pub code_id: Option<String>,
    pub begun_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub outcome: Outcome,
    /// Where on its way it stopped: a word of `delivery::Stage`.
    pub stage: Option<String>,
    /// What was said there, redacted (security T9).
    pub words: Option<String>,
    /// What the mail server's answer was about.
    pub matter: Option<Matter>,
}

impl Try {
    /// Whether what ended it is to be mended here or at the server, and keeps messages to others, too. A server that says
    /// nothing but "later" once it knows the recipient may be greylisting them.
    pub fn is_of_the_way(&self) -> bool {
        let recipient_known = matches!(self.stage.as_deref(), Some("recipient" | "accept"));
        match self.matter.map(Matter::about) {
            Some(About::Recipient) => false,
            Some(About::Nobody) => !recipient_known,
            Some(About::Site | About::Sender | About::Message) | None => true,
        }
    }
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
    /// Whether a worker died with it in its hands.
    pub maybe_twice: bool,
}

/// The first pause after a failure.
const FIRST_PAUSE_MS: i64 = 1_000;
/// The longest pause before what may work again at any moment.
pub const USUAL_PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// The longest pause where the answer was about this message or its recipient: asking more often changes nothing.
const PERSONAL_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// The longest pause after such an answer of a mail server.
pub fn longest_pause(matter: Option<Matter>) -> SignedDuration {
    match matter.map(Matter::about) {
        Some(About::Recipient | About::Message) => PERSONAL_PAUSE,
        Some(About::Site | About::Sender | About::Nobody) | None => USUAL_PAUSE,
    }
}

/// How long to wait after that many tries: twice as long each time up to `longest`, at least half of it certain and
/// the rest by chance, so that those who failed together do not come back together.
pub fn pause_after(attempts: u32, chance: u8, longest: SignedDuration) -> SignedDuration {
    let doubled = FIRST_PAUSE_MS.checked_shl(attempts.saturating_sub(1).min(16)).unwrap_or(i64::MAX);
    let half = i128::from(doubled).min(longest.as_millis()) / 2;
    let half = i64::try_from(half).unwrap_or(FIRST_PAUSE_MS);
    SignedDuration::from_millis(half + half * i64::from(chance) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_ceiling() {
        let pause = |attempts, chance| pause_after(attempts, chance, USUAL_PAUSE).as_millis();
        assert_eq!((pause(1, 0), pause(1, 255)), (500, 1_000));
        assert_eq!((pause(2, 0), pause(2, 255)), (1_000, 2_000));
        assert_eq!((pause(5, 0), pause(5, 255)), (8_000, 16_000));
        for attempts in [10, 100, u32::MAX] {
            assert_eq!((pause(attempts, 0), pause(attempts, 255)), (150_000, 300_000));
        }
        let full = longest_pause(Some(Matter::MailboxFull));
        assert_eq!(pause_after(100, 255, full).as_millis(), 3_600_000);
        assert_eq!(longest_pause(Some(Matter::Hello)), USUAL_PAUSE);
    }
}
