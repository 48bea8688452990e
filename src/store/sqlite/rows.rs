//! Every row through the reader that commands read it with, so that a check finds what they would stumble over.

use rusqlite::Row;

use super::columns::{Connected, get};
use super::{
    accounts, appeals, attempts, callers, codes, devices, mfa, outbox, proofs, receipts, requests, tokens,
    users,
};
use crate::store::{Inspected, Rows, StoreError};

/// A reader, and the statement whose rows it reads; each has an `id`.
struct Reader {
    table: &'static str,
    sql: &'static str,
    read: fn(&Row<'_>) -> Result<Inspected, StoreError>,
}

const READERS: [Reader; 20] = [
    Reader {
        table: "accounts",
        sql: accounts::SELECT,
        read: |row| Ok(Inspected::Account(accounts::account(row)?, accounts::policies(row)?)),
    },
    Reader {
        table: "users",
        sql: users::SELECT,
        read: |row| users::user(row).map(|user| Inspected::User(Box::new(user))),
    },
    Reader {
        table: "password_history",
        sql: "SELECT CAST(id AS TEXT) AS id, user_id, key_id, sealed FROM password_history",
        read: |row| {
            let (user_id, key_id) = (get(row, "user_id")?, get(row, "key_id")?);
            Ok(Inspected::Former { user_id, key_id, sealed: get(row, "sealed")? })
        },
    },
    Reader { table: "mfa", sql: mfa::SELECT, read: |row| sound(mfa::stored(row)) },
    Reader { table: "devices", sql: devices::SELECT, read: |row| sound(devices::device(row)) },
    Reader { table: "appeals", sql: appeals::SELECT, read: |row| sound(appeals::appeal(row)) },
    Reader {
        table: "appeal_approvals",
        sql: appeals::SELECT_APPROVALS,
        read: |row| sound(appeals::approval(row)),
    },
    Reader { table: "appeal_drafts", sql: appeals::SELECT_DRAFTS, read: |row| sound(appeals::draft(row)) },
    Reader { table: "requests", sql: requests::SELECT, read: |row| sound(requests::request(row)) },
    Reader {
        table: "registrations",
        sql: devices::SELECT_REGISTRATIONS,
        read: |row| sound(devices::registration(row)),
    },
    Reader { table: "codes", sql: codes::SELECT, read: |row| sound(codes::code(row)) },
    Reader { table: "setup_tokens", sql: tokens::SELECT, read: |row| sound(tokens::token(row)) },
    Reader { table: "proofs", sql: proofs::SELECT, read: |row| sound(proofs::stored(row)) },
    Reader { table: "challenges", sql: callers::CHALLENGE, read: |row| sound(callers::challenge(row)) },
    Reader { table: "notices", sql: callers::NOTICE, read: |row| sound(callers::notice(row)) },
    Reader { table: "outbox", sql: outbox::SELECT, read: |row| sound(outbox::outgoing(row)) },
    Reader { table: "tries", sql: outbox::TRIES, read: |row| sound(outbox::tried(row)) },
    Reader { table: "attempts", sql: attempts::SELECT, read: |row| sound(attempts::attempt(row)) },
    Reader {
        table: "sign_in_failures",
        sql: attempts::SELECT_FAILURES,
        read: |row| sound(attempts::failures(row)),
    },
    Reader { table: "receipts", sql: receipts::SELECT, read: |row| sound(receipts::handed_over(row)) },
];

fn sound<T>(read: Result<T, StoreError>) -> Result<Inspected, StoreError> {
    read.map(|_| Inspected::Sound)
}

impl Rows for Connected<'_> {
    fn inspect(&mut self, each: &mut dyn FnMut(Inspected)) -> Result<(), StoreError> {
        for reader in &READERS {
            self.visit(reader.sql, &mut |row| {
                each(match (reader.read)(row) {
                    Err(StoreError::Unreadable { column }) => {
                        let id = get(row, "id").unwrap_or_default();
                        Inspected::Unreadable { table: reader.table, id, column }
                    }
                    read => read?,
                });
                Ok(())
            })?;
        }
        Ok(())
    }
}
