//! The outbox.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms, padding};
use crate::domain::Channel;
use crate::domain::mail_answer::Matter;
use crate::domain::outbox::{Kind, Outgoing, State, Try};
use crate::store::{Disposition, Left, Outbox, Result, Traffic};

/// For a check: a message that waits no more holds nothing any more.
pub(super) const SELECT: &str = "SELECT id, kind, channel, code_id, user_id, key_id, \
     CASE WHEN state IN ('queued', 'leased') THEN sealed ELSE coalesce(sealed, x'') END AS sealed, state, \
     attempts, created_at, due_at, expires_at, maybe_twice FROM outbox";

pub(super) fn outgoing(row: &mut Columns<'_>) -> Result<Outgoing> {
    Ok(Outgoing {
        id: row.get("id")?,
        kind: row.word("kind")?,
        channel: row.word("channel")?,
        code_id: row.get("code_id")?,
        user_id: row.get("user_id")?,
        key_id: row.get("key_id")?,
        sealed: row.get("sealed")?,
        state: row.word("state")?,
        attempts: row.small("attempts")?,
        created_at: row.time("created_at")?,
        due_at: row.time("due_at")?,
        expires_at: row.time("expires_at")?,
        maybe_twice: row.get("maybe_twice")?,
    })
}

pub(super) const TRIES: &str = "SELECT t.message_id, o.kind, o.channel, o.code_id, t.begun_at, t.ended_at, \
     t.outcome, t.stage, t.words, t.matter, CAST(t.id AS TEXT) AS id FROM tries t JOIN outbox o ON o.id = t.message_id";

pub(super) fn tried(row: &mut Columns<'_>) -> Result<Try> {
    Ok(Try {
        message_id: row.get("message_id")?,
        kind: row.word("kind")?,
        channel: row.word("channel")?,
        code_id: row.get("code_id")?,
        begun_at: row.time("begun_at")?,
        ended_at: row.time_maybe("ended_at")?,
        outcome: row.word("outcome")?,
        stage: row.get("stage")?,
        words: row.get("words")?,
        matter: row.word_maybe("matter")?,
    })
}

/// Codes go out before notices: people wait for them.
fn priority(kind: Kind) -> u8 {
    match kind {
        Kind::Code => 0,
        Kind::Setup => 1,
        Kind::Notice => 2,
    }
}

/// Waiting messages of a channel and a kind, as their index has them.
const OF_KIND: &str = "state IN ('queued', 'leased') AND channel = ?1 AND priority = ?2";

/// The kinds of message in each channel that is not held, the most urgent kinds first.
fn served(held: &[Channel]) -> impl Iterator<Item = (Channel, Kind)> {
    [Kind::Code, Kind::Setup, Kind::Notice].into_iter().flat_map(move |kind| {
        Channel::ALL.iter().filter(|channel| !held.contains(channel)).map(move |channel| (*channel, kind))
    })
}

/// Ends waiting messages and wipes what they hold.
const WITHDRAW: &str = "UPDATE outbox SET state = 'failed', sealed = NULL, last_error = 'withdrawn' WHERE state IN ('queued', 'leased')";

impl Connected<'_> {
    /// The most urgent message that is due and of no channel in `held`, and its state; the oldest of several.
    fn due(&self, now: Timestamp, held: &[Channel]) -> Result<Option<(String, State)>> {
        let mut found: Option<(u8, Timestamp, String, State)> = None;
        for (channel, kind) in served(held) {
            let priority = priority(kind);
            if found.as_ref().is_some_and(|(more_urgent, ..)| *more_urgent < priority) {
                break;
            }
            let first = self.one(
                &format!(
                    "SELECT due_at, id, state FROM outbox WHERE {OF_KIND} AND due_at <= ?3 \
                     AND (state = 'queued' OR lease_until <= ?3) ORDER BY due_at LIMIT 1"
                ),
                params![channel.as_str(), priority, ms(now)],
                |row| Ok((priority, row.time("due_at")?, row.get("id")?, row.word("state")?)),
            )?;
            found = match (found, first) {
                (Some(one), Some(other)) if other.1 < one.1 => Some(other),
                (one, other) => one.or(other),
            };
        }
        Ok(found.map(|(_, _, id, state)| (id, state)))
    }
}

impl Outbox for Connected<'_> {
    fn enqueue(&mut self, message: &Outgoing) -> Result<()> {
        self.insert(
            "outbox",
            &[
                ("id", &message.id),
                ("kind", &message.kind.as_str()),
                ("priority", &priority(message.kind)),
                ("channel", &message.channel.as_str()),
                ("code_id", &message.code_id),
                ("user_id", &message.user_id),
                ("key_id", &message.key_id),
                ("sealed", &message.sealed),
                ("state", &State::Queued.as_str()),
                ("created_at", &ms(message.created_at)),
                ("due_at", &ms(message.due_at)),
                ("expires_at", &ms(message.expires_at)),
                (
                    "padding",
                    &padding(64 - message.kind.as_str().len(), &[&message.code_id, &message.user_id]),
                ),
            ],
        )
    }

    fn lease(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        worker: &str,
        held: &[Channel],
    ) -> Result<Option<Outgoing>> {
        let Some((id, state)) = self.due(now, held)? else { return Ok(None) };
        let abandoned = state == State::Leased;
        if abandoned {
            self.change(
                "UPDATE tries SET outcome = 'unknown', ended_at = ?2 WHERE message_id = ?1 AND outcome = 'in_hand'",
                params![id, ms(now)],
            )?;
        }
        let leased = self.one(
            "UPDATE outbox SET state = 'leased', worker = ?3, lease_until = ?2, attempts = attempts + 1, \
                 maybe_twice = max(maybe_twice, ?4) \
             WHERE id = ?1 \
             RETURNING id, kind, channel, code_id, user_id, key_id, sealed, state, attempts, created_at, due_at, \
                 expires_at, maybe_twice",
            params![id, ms(lease_until), worker, abandoned],
            outgoing,
        )?;
        self.change(
            "INSERT INTO tries (message_id, worker, begun_at, outcome) VALUES (?1, ?2, ?3, 'in_hand')",
            params![id, worker, ms(now)],
        )?;
        Ok(leased)
    }

    fn record_outcome(&mut self, id: &str, worker: &str, disposition: &Disposition<'_>) -> Result<bool> {
        let Disposition { to, due_at, now, outcome, stage, words, matter } = disposition;
        self.change(
            "UPDATE tries SET outcome = ?3, ended_at = ?4, stage = ?5, words = ?6, matter = ?7 \
             WHERE message_id = ?1 AND worker = ?2 AND outcome IN ('in_hand', 'unknown')",
            params![id, worker, outcome.as_str(), ms(*now), stage, words, matter.map(Matter::as_str)],
        )?;
        self.change_if(
            "UPDATE outbox SET state = ?3, due_at = ?4, last_error = ?5, worker = NULL, lease_until = NULL, \
             sealed = CASE WHEN ?3 = 'queued' THEN sealed END \
             WHERE id = ?1 AND worker = ?2 AND state = 'leased'",
            params![id, worker, to.as_str(), ms(*due_at), words],
        )
    }

    fn tries_of_user(&mut self, user_id: &str) -> Result<Vec<Try>> {
        self.many(&format!("{TRIES} WHERE o.user_id = ?1 ORDER BY t.id"), [user_id], tried)
    }

    fn traffic(&mut self, since: Timestamp, step_ms: i64) -> Result<Vec<Traffic>> {
        self.many(
            "SELECT channel, at, sum(queued) AS queued, sum(outcome = 'handed_over') AS handed_over, \
                 sum(outcome = 'postponed') AS postponed, sum(outcome = 'failed') AS failed \
             FROM (SELECT channel, created_at - created_at % ?2 AS at, 1 AS queued, '' AS outcome \
                       FROM outbox WHERE created_at >= ?1 \
                   UNION ALL \
                   SELECT o.channel, t.ended_at - t.ended_at % ?2, 0, t.outcome \
                       FROM tries t JOIN outbox o ON o.id = t.message_id WHERE t.ended_at >= ?1) \
             GROUP BY channel, at ORDER BY channel, at",
            params![ms(since), step_ms],
            |row| {
                Ok(Traffic {
                    channel: row.word("channel")?,
                    at: row.time("at")?,
                    queued: row.count("queued")?,
                    handed_over: row.count("handed_over")?,
                    postponed: row.count("postponed")?,
                    failed: row.count("failed")?,
                })
            },
        )
    }

    fn last_failure(&mut self, channel: Channel, since: Timestamp) -> Result<Option<Try>> {
        self.one(
            &format!(
                "{TRIES} WHERE t.ended_at >= ?2 AND t.outcome IN ('postponed', 'failed') AND o.channel = ?1 \
                 ORDER BY t.ended_at DESC, t.id DESC LIMIT 1"
            ),
            params![channel.as_str(), ms(since)],
            tried,
        )
    }

    fn maybe_twice(&mut self, channel: Channel, since: Timestamp) -> Result<u64> {
        self.number(
            "SELECT count(*) FROM outbox WHERE maybe_twice = 1 AND created_at >= ?2 AND channel = ?1",
            params![channel.as_str(), ms(since)],
        )
    }

    fn withdraw_for_code(&mut self, code_id: &str) -> Result<u64> {
        self.change(&format!("{WITHDRAW} AND code_id = ?1"), [code_id])
    }

    fn withdraw_for_user(&mut self, user_id: &str) -> Result<u64> {
        self.change(&format!("{WITHDRAW} AND user_id = ?1 AND kind <> 'notice'"), [user_id])
    }

    fn withdraw_setups(&mut self, user_id: Option<&str>) -> Result<u64> {
        // A statement each, so that each has its index.
        match user_id {
            Some(id) => self.change(&format!("{WITHDRAW} AND kind = 'setup' AND user_id = ?1"), [id]),
            None => self.change(&format!("{WITHDRAW} AND kind = 'setup'"), []),
        }
    }

    fn retry_now(&mut self, now: Timestamp) -> Result<()> {
        self.apply(
            "UPDATE outbox INDEXED BY outbox_waiting SET due_at = ?1 \
             WHERE state IN ('queued', 'leased') AND state = 'queued' AND due_at > ?1",
            [ms(now)],
        )
    }

    fn next_due(&mut self, held: &[Channel]) -> Result<Option<Timestamp>> {
        let mut next: Option<Timestamp> = None;
        let at = |row: &mut Columns<'_>| row.time("at");
        for (channel, kind) in served(held) {
            let queued = self.one(
                &format!("SELECT due_at AS at FROM outbox WHERE {OF_KIND} AND state = 'queued' ORDER BY due_at LIMIT 1"),
                params![channel.as_str(), priority(kind)],
                at,
            )?;
            next = next.into_iter().chain(queued).min();
        }
        // What another worker holds is theirs until then.
        let leased = self.one(
            "SELECT max(due_at, lease_until) AS at FROM outbox WHERE state = 'leased' \
             AND NOT (?1 AND channel = 'email') AND NOT (?2 AND channel = 'mobile') ORDER BY lease_until LIMIT 1",
            [Channel::Email, Channel::Mobile].map(|channel| held.contains(&channel)),
            at,
        )?;
        Ok(next.into_iter().chain(leased).min())
    }

    fn left_behind(&mut self, now: Timestamp) -> Result<Vec<Left>> {
        let left: Vec<(Channel, u64, Option<i64>)> = self.many(
            "SELECT o.channel, count(*) AS messages, max(t.id) AS last FROM outbox o \
             INDEXED BY outbox_waiting LEFT JOIN tries t ON t.id = (SELECT max(id) FROM tries WHERE message_id = o.id) \
             WHERE o.state IN ('queued', 'leased') AND o.state = 'queued' AND (o.attempts > 0 OR o.due_at <= ?1) \
             GROUP BY o.channel, t.stage, t.matter ORDER BY last",
            [ms(now)],
            |row| Ok((row.word("channel")?, row.count("messages")?, row.get("last")?)),
        )?;
        let with_try = |(channel, count, last): (Channel, u64, Option<i64>)| {
            let last = match last {
                Some(id) => self.one(&format!("{TRIES} WHERE t.id = ?1"), [id], tried)?,
                None => None,
            };
            Ok(Left { channel, count, last })
        };
        left.into_iter().map(with_try).collect()
    }

    fn withdraw_all(&mut self) -> Result<u64> {
        self.change(WITHDRAW, [])
    }

    fn waiting(&mut self) -> Result<Vec<(Channel, u64, Timestamp)>> {
        self.many(
            "SELECT channel, count(*) AS waiting, min(created_at) AS oldest FROM outbox INDEXED BY outbox_waiting \
             WHERE state IN ('queued', 'leased') GROUP BY channel",
            [],
            |row| Ok((row.word("channel")?, row.count("waiting")?, row.time("oldest")?)),
        )
    }

    fn sealed_messages(&mut self) -> Result<Vec<(String, String, Vec<u8>)>> {
        self.many("SELECT id, key_id, sealed FROM outbox WHERE sealed IS NOT NULL", [], |row| {
            Ok((row.get("id")?, row.get("key_id")?, row.get("sealed")?))
        })
    }

    fn reseal(&mut self, id: &str, key_id: &str, sealed: &[u8]) -> Result<()> {
        self.change_one(
            "UPDATE outbox SET key_id = ?2, sealed = ?3 WHERE id = ?1",
            params![id, key_id, sealed],
        )
    }
}
