//! How a try to hand a message over ended, written down.

use jiff::SignedDuration;
use serde::Serialize;

use crate::delivery::Stage;
use crate::domain::code::State as CodeState;
use crate::domain::event::Detail;
use crate::domain::mail_answer::Matter;
use crate::domain::outbox::{Kind, Outcome, Outgoing, State, longest_pause, pause_after};
use crate::domain::time::after;
use crate::domain::{Action, Fact, NewEvent, Target};
use crate::flow::foundation::{FlowError, Transaction, audit};
use crate::flow::messages::receipts;
use crate::keyring::KeyId;
use crate::store::Disposition;

/// What a worker did. Messages to nobody count as handed over, as they look everywhere (security E1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    pub handed_over: u64,
    /// Tries that failed and are followed by another.
    pub postponed: u64,
    /// Given up.
    pub failed: u64,
    /// Of no use any more: codes that ended before they went out.
    pub dropped: u64,
}

impl Delivered {
    pub(crate) fn add(&mut self, more: Self) {
        self.handed_over += more.handed_over;
        self.postponed += more.postponed;
        self.failed += more.failed;
        self.dropped += more.dropped;
    }
}

/// How a try ended.
pub(crate) enum End {
    /// With the provider's name of it, where there is one.
    HandedOver(String),
    /// A decoy's.
    ToNobody,
    /// Nobody wants it any more.
    Dropped,
    /// Try again, if it still lives then.
    Postponed {
        trouble: Trouble,
        /// How long the other side asked to be left alone.
        asked: Option<SignedDuration>,
    },
    Failed {
        code: &'static str,
        trouble: Trouble,
    },
    /// It was sealed with a key that this worker has not read yet.
    NewKey(KeyId),
}

impl End {
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Postponed { trouble, .. } | Self::Failed { trouble, .. } => Some(trouble),
            Self::HandedOver(_) | Self::ToNobody | Self::Dropped | Self::NewKey(_) => None,
        }
    }
}

/// What went wrong, and where on the way.
pub(crate) struct Trouble {
    pub(crate) stage: Option<Stage>,
    /// Scrubbed (security T9).
    pub(crate) words: String,
    /// Whether every other message would fail in the same way now.
    pub(crate) of_all: bool,
    /// What a mail server's answer was about.
    pub(crate) matter: Option<Matter>,
    /// The recipient's domain.
    pub(crate) domain: String,
}

impl Trouble {
    pub(crate) fn before_the_way(words: &str) -> Self {
        Self { stage: None, words: words.to_owned(), of_all: false, matter: None, domain: String::new() }
    }
}

/// Writes down how it ended, if the message is still this worker's; `chance` is for the pause before the next try.
pub(crate) fn record_outcome(
    tx: &mut Transaction<'_>,
    worker: &str,
    row: &Outgoing,
    end: &End,
    chance: u8,
) -> Result<Delivered, FlowError> {
    let asked = if let End::Postponed { asked, .. } = end { *asked } else { None };
    let longest = longest_pause(end.trouble().and_then(|trouble| trouble.matter));
    let again = after(tx.now, pause_after(row.attempts, chance, longest).max(asked.unwrap_or_default()));
    let mut counted = Delivered::default();
    let (to, due_at, outcome, trouble) = match end {
        End::HandedOver(_) => (State::Done, tx.now, Outcome::HandedOver, None),
        End::ToNobody => (State::Done, tx.now, Outcome::ToNobody, None),
        End::Dropped => (State::Failed, tx.now, Outcome::Dropped, None),
        End::NewKey(_) => (State::Queued, tx.now, Outcome::Postponed, None),
        End::Postponed { trouble, .. } if again < row.expires_at => {
            (State::Queued, again, Outcome::Postponed, Some(trouble))
        }
        End::Postponed { trouble, .. } | End::Failed { trouble, .. } => {
            (State::Failed, tx.now, Outcome::Failed, Some(trouble))
        }
    };
    let withdrawn = matches!(end, End::Dropped).then_some("withdrawn");
    let disposition = Disposition {
        to,
        due_at,
        now: tx.now,
        outcome,
        stage: trouble.and_then(|trouble| trouble.stage).map(Stage::as_str),
        words: trouble.map(|trouble| trouble.words.as_str()).or(withdrawn),
        matter: trouble.and_then(|trouble| trouble.matter),
    };
    if !tx.store.record_outcome(&row.id, worker, &disposition)? {
        // Withdrawn meanwhile, or taken over by another worker after the lease: not ours to judge.
        return Ok(counted);
    }
    match outcome {
        Outcome::HandedOver | Outcome::ToNobody => {
            counted.handed_over = 1;
            note(tx, row, CodeState::Sent, None)?;
            if let End::HandedOver(reference) = end {
                receipts::expect(tx, row, reference)?;
            }
        }
        Outcome::Dropped => counted.dropped = 1,
        Outcome::Postponed => counted.postponed = u64::from(trouble.is_some()),
        Outcome::Failed | Outcome::InHand | Outcome::Unknown => {
            counted.failed = 1;
            let code = if let End::Failed { code, .. } = end { code } else { "undeliverable" };
            give_up(tx, row, code, disposition.words)?;
        }
    }
    Ok(counted)
}

/// Notes with the code or the setup token what became of its message.
fn note(
    tx: &mut Transaction<'_>,
    row: &Outgoing,
    state: CodeState,
    words: Option<&str>,
) -> Result<(), FlowError> {
    if let Some(code_id) = &row.code_id {
        tx.store.set_code_delivery(code_id, state, words, tx.now)?;
    } else if row.kind == Kind::Setup {
        tx.store.set_token_delivery(&row.id, state, words, tx.now)?;
    }
    Ok(())
}

/// Tells of a message that nobody will get.
fn give_up(
    tx: &mut Transaction<'_>,
    row: &Outgoing,
    code: &'static str,
    words: Option<&str>,
) -> Result<(), FlowError> {
    note(tx, row, CodeState::Failed, words)?;
    let user = tx.store.user_by_id(row.user_id.as_deref().unwrap_or_default())?;
    let target = user.as_ref().map_or(Target::None, audit::target);
    NewEvent::failure(Action::DeliveryFailed, target, code)
        .with(Detail::Message, Fact::Id(row.id.clone()))
        .with("kind", Fact::Word(row.kind.as_str()))
        .with("channel", Fact::Word(row.channel.as_str()))
        .with("attempts", Fact::Count(u64::from(row.attempts)))
        .append(tx)
}
