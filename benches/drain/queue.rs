//! The smallest queue in SQLite that survives a kill.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

/// The least that knows after a kill which message was in hand: in one transaction a message, one is done and the next is
/// taken.
pub(crate) struct Queue(Connection);

impl Queue {
    pub(crate) fn new(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        let make = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; \
                    CREATE TABLE queue (id INTEGER PRIMARY KEY, body TEXT, state TEXT NOT NULL, due INTEGER NOT NULL); \
                    CREATE INDEX waiting ON queue (due) WHERE state <> 'done'; \
                    CREATE TABLE sent (reference TEXT PRIMARY KEY, message INTEGER NOT NULL)";
        connection.execute_batch(make).unwrap();
        Self(connection)
    }

    pub(crate) fn fill(&mut self, messages: u64) {
        let transaction = self.0.transaction().unwrap();
        for due in 0..messages {
            let row = (super::BODY, i64::try_from(due).unwrap());
            transaction
                .execute("INSERT INTO queue (body, state, due) VALUES (?1, 'waiting', ?2)", row)
                .unwrap();
        }
        transaction.commit().unwrap();
    }

    pub(crate) fn drain(&mut self, mut hand_over: impl FnMut(&str) -> String) {
        let mut in_hand: Option<(i64, String)> = None;
        loop {
            let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            if let Some((id, reference)) = in_hand.take() {
                let done = "UPDATE queue SET state = 'done', body = NULL WHERE id = ?1";
                transaction.prepare_cached(done).unwrap().execute([id]).unwrap();
                let sent = "INSERT INTO sent (reference, message) VALUES (?1, ?2)";
                transaction.prepare_cached(sent).unwrap().execute((reference, id)).unwrap();
            }
            let take = "UPDATE queue SET state = 'taken' WHERE id = (SELECT id FROM queue WHERE state <> 'done' \
                        ORDER BY due LIMIT 1) RETURNING id, body";
            let next: Option<(i64, String)> = transaction
                .prepare_cached(take)
                .unwrap()
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
                .unwrap();
            transaction.commit().unwrap();
            let Some((id, body)) = next else { break };
            in_hand = Some((id, hand_over(&body)));
        }
    }
}
