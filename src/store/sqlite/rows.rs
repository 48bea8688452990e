//! Every row through the reader that commands read it with, so that a check finds what they would stumble over.

use rusqlite::Row;

use super::columns::{Connected, get};
use super::{
    accounts, appeals, attempts, callers, codes, devices, mfa, outbox, proofs, receipts, requests, tokens,
    users,
};
use crate::store::{Inspected, Result, Rows, StoreError};

/// A reader, and the statement whose rows it reads; each has an `id`.
struct Reader {
    table: &'static str,
    sql: &'static str,
    read: fn(&Row<'_>) -> Result<Inspected>,
}

const fn reader(table: &'static str, sql: &'static str, read: fn(&Row<'_>) -> Result<Inspected>) -> Reader {
    Reader { table, sql, read }
}

const READERS: [Reader; 20] = [
    reader("accounts", accounts::SELECT, |row| {
        Ok(Inspected::Account(accounts::account(row)?, accounts::policies(row)?))
    }),
    reader("users", users::SELECT, |row| users::user(row).map(|user| Inspected::User(Box::new(user)))),
    reader(
        "password_history",
        "SELECT CAST(id AS TEXT) AS id, user_id, key_id, sealed FROM password_history",
        |row| {
            let (user_id, key_id) = (get(row, "user_id")?, get(row, "key_id")?);
            Ok(Inspected::Former { user_id, key_id, sealed: get(row, "sealed")? })
        },
    ),
    reader("mfa", mfa::SELECT, |row| sound(mfa::stored(row))),
    reader("devices", devices::SELECT, |row| sound(devices::device(row))),
    reader("appeals", appeals::SELECT, |row| sound(appeals::appeal(row))),
    reader("appeal_approvals", appeals::SELECT_APPROVALS, |row| sound(appeals::approval(row))),
    reader("appeal_drafts", appeals::SELECT_DRAFTS, |row| sound(appeals::draft(row))),
    reader("requests", requests::SELECT, |row| sound(requests::request(row))),
    reader("registrations", devices::SELECT_REGISTRATIONS, |row| sound(devices::registration(row))),
    reader("codes", codes::SELECT, |row| sound(codes::code(row))),
    reader("setup_tokens", tokens::SELECT, |row| sound(tokens::token(row))),
    reader("proofs", proofs::SELECT, |row| sound(proofs::stored(row))),
    reader("challenges", callers::CHALLENGE, |row| sound(callers::challenge(row))),
    reader("notices", callers::NOTICE, |row| sound(callers::notice(row))),
    reader("outbox", outbox::SELECT, |row| sound(outbox::outgoing(row))),
    reader("tries", outbox::TRIES, |row| sound(outbox::tried(row))),
    reader("attempts", attempts::SELECT, |row| sound(attempts::attempt(row))),
    reader("sign_in_failures", attempts::SELECT_FAILURES, |row| sound(attempts::failures(row))),
    reader("receipts", receipts::SELECT, |row| sound(receipts::handed_over(row))),
];

fn sound<T>(read: Result<T>) -> Result<Inspected> {
    read.map(|_| Inspected::Sound)
}

impl Rows for Connected<'_> {
    fn inspect(&mut self, each: &mut dyn FnMut(Inspected)) -> Result<()> {
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
