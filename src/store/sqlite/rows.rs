//! Every row through the reader that commands read it with, so that a check finds what they would stumble over.

use std::ops::ControlFlow;

use super::columns::{Columns, Connected};
use super::{
    accounts, appeals, batches, callers, codes, credentials, outbox, proofs, receipts, requests, tokens,
    users,
};
use crate::store::{Inspected, Result, Rows, StoreError};

/// A reader, and the statement whose rows it reads; each has an `id`.
struct Reader {
    table: &'static str,
    sql: &'static str,
    read: fn(&mut Columns<'_>) -> Result<Inspected>,
}

const fn reader(
    table: &'static str,
    sql: &'static str,
    read: fn(&mut Columns<'_>) -> Result<Inspected>,
) -> Reader {
    Reader { table, sql, read }
}

const READERS: [Reader; 23] = [
    reader("accounts", accounts::SELECT, |row| {
        Ok(Inspected::Account(accounts::account(row)?, accounts::policies(row)?))
    }),
    reader("users", users::SELECT, |row| users::user(row).map(|user| Inspected::User(Box::new(user)))),
    reader(
        "password_history",
        "SELECT user_id, key_id, sealed, CAST(id AS TEXT) AS id FROM password_history",
        |row| {
            let (user_id, key_id) = (row.get("user_id")?, row.get("key_id")?);
            Ok(Inspected::Former { user_id, key_id, sealed: row.get("sealed")? })
        },
    ),
    reader("hash_kinds", credentials::TALLIES, |row| sound(credentials::tally(row))),
    reader("mfa", proofs::MFA, |row| sound(proofs::authenticator(row))),
    reader("devices", proofs::DEVICES, |row| sound(proofs::device(row))),
    reader("appeals", appeals::SELECT, |row| sound(appeals::appeal(row))),
    reader("appeal_approvals", appeals::SELECT_APPROVALS, |row| sound(appeals::approval(row))),
    reader("appeal_drafts", appeals::SELECT_DRAFTS, |row| sound(appeals::draft(row))),
    reader("requests", requests::SELECT, |row| sound(requests::request(row))),
    reader("registrations", proofs::REGISTRATIONS, |row| sound(proofs::registration(row))),
    reader("codes", codes::SELECT, |row| sound(codes::code(row))),
    reader("setup_tokens", tokens::SELECT, |row| sound(tokens::token(row))),
    reader("proofs", proofs::PROOFS, |row| sound(proofs::proof(row))),
    reader("challenges", callers::CHALLENGE, |row| sound(callers::challenge(row))),
    reader("notices", callers::NOTICE, |row| sound(callers::notice(row))),
    reader("outbox", outbox::SELECT, |row| sound(outbox::outgoing(row))),
    reader("tries", outbox::TRIES, |row| sound(outbox::tried(row))),
    reader("attempts", proofs::ATTEMPTS, |row| sound(proofs::attempt(row))),
    reader("sign_in_failures", proofs::FAILURES, |row| sound(proofs::failures(row))),
    reader("receipts", receipts::SELECT, |row| sound(receipts::handed_over(row))),
    reader("batches", batches::SELECT, |row| sound(batches::batch(row))),
    reader("batch_rows", batches::EACH_ROW, |row| sound(batches::row_of_batch(row))),
];

fn sound<T>(read: Result<T>) -> Result<Inspected> {
    read.map(|_| Inspected::Sound)
}

impl Rows for Connected<'_> {
    fn inspect(&mut self, each: &mut dyn FnMut(Inspected)) -> Result<()> {
        for reader in &READERS {
            self.visit(reader.sql, [], &mut |row| {
                each(match (reader.read)(row) {
                    Err(StoreError::Unreadable { column }) => {
                        let id = row.id();
                        Inspected::Unreadable { table: reader.table, id, column }
                    }
                    read => read?,
                });
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(())
    }
}
