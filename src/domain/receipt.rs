//! Delivery receipts: what became of a message after a provider took it, in the provider's words.

use super::text::text_enum;

text_enum! {
    /// Where it ended.
    Arrival { Delivered => "delivered", Undelivered => "undelivered" }
}

/// What a provider's word for a state means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ended(Arrival),
    /// It is still on its way.
    Pending,
}

/// The words of Kannel (the numbers of its `%d`), SMPP (3.4, 5.2.28), Twilio and Vonage, in lower case.
const DELIVERED: &str = "delivered delivrd read received 1";
const UNDELIVERED: &str = "undelivered undeliv undeliverable failed failure rejected rejectd expired deleted canceled \
    cancelled bounced 2 16";
const PENDING: &str =
    "pending accepted acceptd acked buffered queued sending sent enroute scheduled submitted unknown 4 8";

impl Status {
    /// Reads a provider's word; `None` where it is none that is known.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        let among = |list: &str| list.split(' ').any(|known| known == word);
        if among(DELIVERED) {
            Some(Self::Ended(Arrival::Delivered))
        } else if among(UNDELIVERED) {
            Some(Self::Ended(Arrival::Undelivered))
        } else if among(PENDING) {
            Some(Self::Pending)
        } else {
            None
        }
    }
}

/// What a receipt changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It is written down.
    Noted(Arrival),
    /// It says what is known.
    Known(Arrival),
    /// It says that a message did not arrive that did: what arrived cannot be taken back, and receipts overtake
    /// one another.
    Late,
    Pending,
}

/// Receipts come twice, late, and in any order. "Delivered" is final; "undelivered" may be followed by it,
/// because networks try again.
pub fn judge(before: Option<Arrival>, status: Status) -> Verdict {
    match (before, status) {
        (_, Status::Pending) => Verdict::Pending,
        (Some(Arrival::Delivered), Status::Ended(Arrival::Undelivered)) => Verdict::Late,
        (Some(known), Status::Ended(now)) if known == now => Verdict::Known(now),
        (_, Status::Ended(now)) => Verdict::Noted(now),
    }
}

/// What stands at the code: the end, and the provider's words about it.
pub fn reason(arrival: Arrival, words: Option<&str>) -> String {
    match words {
        Some(words) => format!("{arrival}: {words}"),
        None => arrival.to_string(),
    }
}

/// A message that was handed over, as far as a receipt is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// Of the outbox.
    pub id: String,
    pub code_id: Option<String>,
    pub user_id: Option<String>,
    pub arrival: Option<Arrival>,
    /// The provider's, redacted.
    pub words: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_come_twice_late_and_in_any_order() {
        use Arrival::{Delivered, Undelivered};
        let status = |word| Status::parse(word).unwrap();
        assert_eq!(judge(None, status("DELIVRD")), Verdict::Noted(Delivered));
        assert_eq!(judge(Some(Delivered), status("delivered")), Verdict::Known(Delivered));
        assert_eq!(judge(Some(Delivered), status("failed")), Verdict::Late);
        assert_eq!(judge(Some(Delivered), status("sent")), Verdict::Pending);
        assert_eq!(judge(None, status("2")), Verdict::Noted(Undelivered));
        assert_eq!(judge(Some(Undelivered), status("1")), Verdict::Noted(Delivered));
        assert_eq!(Status::parse("perhaps"), None);
    }

    #[test]
    fn no_word_means_two_things() {
        let all = [DELIVERED, UNDELIVERED, PENDING];
        let mut words: Vec<&str> = all.iter().flat_map(|list| list.split(' ')).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
