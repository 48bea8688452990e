//! Every statement that a test of the library runs is judged by its plan: none reads the whole of a table that grows.
//!
//! It is judged on a store as users have it, which is never analysed, and on one whose statistics say that each table is
//! large.

use std::collections::BTreeSet;
use std::sync::Mutex;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::migrate;

/// What may read a whole table or index, by a part of its statement, and why.
const SCANS: &[(&str, &str)] = &[
    // In the order of an index, until there are enough.
    (" ORDER BY seq DESC LIMIT ?12", "`audit list` reads back until it has found enough"),
    (" ORDER BY seq DESC LIMIT 1", "the newest record"),
    (
        " ORDER BY i.created_at DESC, i.id DESC LIMIT ?10",
        "`codes list` of everybody reads back until it has found enough",
    ),
    (" ORDER BY c.created_at DESC, c.rowid DESC LIMIT ?2", "the newest codes of everybody"),
    (" WHERE ?1 IS NULL ORDER BY created_at DESC, rowid DESC LIMIT ?2", "the newest appeals"),
    (" WHERE state = ?1 ORDER BY created_at DESC, rowid DESC LIMIT ?2", "the newest appeals of a state"),
    (" WHERE u.account_id = ?1 ORDER BY u.name_key LIMIT ?2", "the first page of an account"),
    (" ORDER BY a.name_key, u.name_key LIMIT ?2", "the first page of everybody"),
    (" AND state = 'queued' ORDER BY due_at LIMIT 1", "the first message that waits for later"),
    (" FROM outbox WHERE state = 'leased' AND NOT", "the first lease of a worker to end"),
    // Of a few rows.
    (" FROM hash_kinds WHERE users > 0", "as many as there are schemes and costs"),
    (" FROM attempts WHERE", "what is being tried in this minute"),
    // People who look for a piece of a text, or ask for all of them.
    ("OR u.description LIKE ?1", "`user find` looks for a piece of any text"),
    (" WHERE m.address LIKE '%' || ?1", "`user find` looks for the end of a number"),
    ("FROM outbox INDEXED BY outbox_waiting WHERE", "`delivery status` counts what waits"),
    ("FROM outbox o INDEXED BY outbox_waiting LEFT JOIN tries", "`delivery run` tells what stays behind"),
    ("UPDATE outbox INDEXED BY outbox_waiting SET due_at", "`delivery run` tries all of what waits"),
    // What is about everybody in an account.
    (" AS users FROM users WHERE account_id = ?1", "`user hashes` counts them"),
    ("DELETE FROM accounts WHERE id = ?1", "they go with it"),
    (" (SELECT id FROM users WHERE account_id = ?1)", "of each of them"),
    // What ends everything there is: a clock that went back, a restore, a lost key.
    (" WHERE open = 1 AND ?1 IS NULL", "every code ends"),
    (" WHERE state = 'live' AND ?1 IS NULL", "every setup token ends"),
    ("AND password_changed_at > ?1", "every password of a clock that was ahead"),
    ("UPDATE sign_in_failures SET locked_until = locked_until - ?1", "every lock moves with the clock"),
    ("UPDATE outbox SET created_at = min(created_at, ?1)", "every waiting message moves with the clock"),
    ("UPDATE budgets SET at = ?1 WHERE at > ?1", "every budget moves with the clock"),
    ("UPDATE users SET epoch = epoch + ?1", "every password before a restore"),
    (
        "last_error = 'withdrawn' WHERE state IN ('queued', 'leased')",
        "every waiting message, or every waiting setup token",
    ),
    // A change of the key reads all that is sealed.
    ("sealed FROM appeals WHERE sealed IS NOT NULL", "a new key"),
    ("sealed FROM outbox WHERE sealed IS NOT NULL", "a new key"),
    ("SELECT user_id, key_id, sealed FROM mfa", "a new key"),
    // Once a day at most.
    (" AND created_at < ?1", "upkeep"),
    (" WHERE claims_gone_at < ?1", "upkeep"),
    (" WHERE coalesce(locked_until, failing_since, 0) < ?1", "upkeep"),
    (" WHERE since < ?1", "upkeep"),
    ("DELETE FROM hash_kinds WHERE users = 0", "upkeep"),
    ("DELETE FROM budgets WHERE scope NOT IN", "upkeep"),
    ("DELETE FROM devices WHERE last_seen <= ?1", "upkeep"),
    ("UPDATE appeals SET sealed = NULL, claims_gone_at", "upkeep"),
    ("SELECT substr(subject, 1, ?2) AS cut FROM budgets", "upkeep"),
    ("GROUP BY substr(subject, 1, ?2) HAVING max(at) <= ?3", "upkeep"),
];

fn is_listed(sql: &str) -> bool {
    reads_all(sql) || SCANS.iter().any(|(part, _)| sql.contains(part))
}

/// Statements that read each row of a table, for `store check`.
fn reads_all(sql: &str) -> bool {
    let mut depth = 0;
    let whole: String = sql
        .chars()
        .filter(|symbol| {
            depth += i32::from(*symbol == '(') - i32::from(*symbol == ')');
            depth == 0
        })
        .collect();
    !whole.contains(" WHERE ") && !whole.contains(" ORDER BY ") && whole.starts_with("SELECT ")
}

/// Judges a statement, once in each process.
pub(super) fn judge(connection: &Connection, sql: &str) {
    static JUDGED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if !JUDGED.lock().unwrap().insert(sql.to_owned()) || is_listed(sql) {
        return;
    }
    let stable = connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG).unwrap();
    assert!(stable, "another plan, and a statement prepared anew, for each value");
    for (which, of) in [("no", connection), ("large", &large())] {
        let scans = scans(of, sql);
        assert!(scans.is_empty(), "with {which} statistics, {scans:?}:\n{sql}");
    }
}

/// What a great part of a table has in common: an index by nothing else is read nearly whole.
const COMMON: [&str; 14] = [
    "channel=?",
    "state=?",
    "kind=?",
    "status=?",
    "scope=?",
    "priority=?",
    "open=?",
    "root=?",
    "outcome=?",
    "purpose=?",
    "action=?",
    "expires_at>?",
    "verified_at>?",
    "account_id=?",
];

/// The steps of its plan that read a whole table or index, or a great part of it.
fn scans(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // Its parameters stay unbound.
    let steps = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
    let steps: Vec<String> = steps.map(Result::unwrap).collect();
    steps.into_iter().filter(|step| is_scan(step)).collect()
}

fn is_scan(step: &str) -> bool {
    let whole = step.strip_prefix("SCAN ").is_some_and(|of| of != "CONSTANT ROW" && !of.starts_with('('));
    let found_by = step.strip_prefix("SEARCH ").and_then(|rest| rest.rsplit_once(" (")?.1.strip_suffix(')'));
    whole || found_by.is_some_and(|terms| terms.split(" AND ").all(|term| COMMON.contains(&term)))
}

/// A store whose statistics have a million rows in each table, ten of them for each key of an index.
fn large() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&connection).unwrap();
    connection
        .execute_batch(
            "ANALYZE; DELETE FROM sqlite_stat1; \
             INSERT INTO sqlite_stat1 (tbl, idx, stat) \
                 SELECT tbl_name, name, '1000000 10 5 2' FROM sqlite_schema WHERE type = 'index'; \
             ANALYZE sqlite_schema;",
        )
        .unwrap();
    connection
}

#[test]
fn a_scan_is_found() {
    let store = large();
    assert_eq!(scans(&store, "SELECT id FROM users WHERE description = ?1"), ["SCAN users"]);
    assert_eq!(scans(&store, "SELECT id FROM users WHERE id = ?1"), [""; 0]);
    let either = "SELECT 1 FROM contacts WHERE channel = ?1 AND (address_key = ?2 OR (look = ?3 AND ascii))";
    let small = Connection::open_in_memory().unwrap();
    migrate::migrate(&small).unwrap();
    assert_eq!(scans(&small, either).len(), 1, "by its channel alone");
}
