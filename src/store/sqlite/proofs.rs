//! What people prove themselves with: attempts, authenticators, proofs and devices.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::Failures;
use crate::domain::attempt::Attempt;
use crate::domain::device::Device;
use crate::domain::mfa::StoredMfa;
use crate::domain::protection::StoredProof;
use crate::store::{Attempts, Devices, Mfa, Proofs, Registration, Registrations, Result};

/// For a check; the number is the row's id.
pub(super) const ATTEMPTS: &str =
    "SELECT seq, kind, subject, counted, source, begun_at, CAST(seq AS TEXT) AS id FROM attempts";
pub(super) const FAILURES: &str =
    "SELECT failures, failing_since, locked_until, subject AS id FROM sign_in_failures";

pub(super) fn attempt(row: &mut Columns<'_>) -> Result<Attempt> {
    Ok(Attempt {
        seq: row.count("seq")?,
        kind: row.word("kind")?,
        subject: row.get("subject")?,
        counted: row.get("counted")?,
        source: row.get("source")?,
        begun_at: row.time("begun_at")?,
    })
}

/// The failures of a row; there may be none that belong to it.
pub(super) fn failures(row: &mut Columns<'_>) -> Result<Failures> {
    let Some(count) = row.small_maybe("failures")? else {
        row.skip(2);
        return Ok(Failures::default());
    };
    Ok(Failures {
        count,
        since: row.time_maybe("failing_since")?,
        locked_until: row.time_maybe("locked_until")?,
    })
}

impl Attempts for Connected<'_> {
    fn open_attempt(&mut self, attempt: &Attempt) -> Result<()> {
        self.insert(
            "attempts",
            &[
                ("seq", &attempt.seq.cast_signed()),
                ("kind", &attempt.kind.as_str()),
                ("subject", &attempt.subject),
                ("counted", &attempt.counted),
                ("source", &attempt.source),
                ("begun_at", &ms(attempt.begun_at)),
            ],
        )
    }

    fn close_attempt(&mut self, seq: u64, since: Timestamp) -> Result<bool> {
        self.change_if(
            "DELETE FROM attempts WHERE seq = ?1 AND begun_at > ?2",
            params![seq.cast_signed(), ms(since)],
        )
    }

    fn open_sign_ins(&mut self, subject: &str, since: Timestamp) -> Result<u32> {
        self.one(
            "SELECT count(*) AS open FROM attempts \
             WHERE subject = ?1 AND kind IN ('sign_in', 'sign_in_code') AND begun_at > ?2",
            params![subject, ms(since)],
            |row| row.small("open"),
        )
        .map(Option::unwrap_or_default)
    }

    fn take_overdue_attempts(&mut self, since: Timestamp, now: Timestamp) -> Result<Vec<Attempt>> {
        let mut taken = self.many(
            "DELETE FROM attempts WHERE begun_at <= ?1 OR begun_at > ?2 \
             RETURNING seq, kind, subject, counted, source, begun_at",
            [ms(since), ms(now)],
            attempt,
        )?;
        taken.sort_by_key(|attempt| attempt.seq);
        Ok(taken)
    }

    fn end_sign_ins(&mut self, subject: &str) -> Result<u64> {
        self.change(
            "DELETE FROM attempts WHERE subject = ?1 AND kind IN ('sign_in', 'sign_in_code')",
            [subject],
        )
    }

    fn failures(&mut self, subject: &str) -> Result<Failures> {
        self.one(&format!("{FAILURES} WHERE subject = ?1"), [subject], failures)
            .map(Option::unwrap_or_default)
    }

    fn set_failures(&mut self, subject: &str, failures: Failures) -> Result<()> {
        self.change_one(
            "INSERT INTO sign_in_failures (subject, failures, failing_since, locked_until) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, \
             failing_since = excluded.failing_since, locked_until = excluded.locked_until",
            params![subject, failures.count, failures.since.map(ms), failures.locked_until.map(ms)],
        )
    }

    fn forget_failures(&mut self, subject: &str) -> Result<()> {
        self.apply("DELETE FROM sign_in_failures WHERE subject = ?1", [subject])
    }
}

/// One authenticator a user, so the user's id is the row's.
pub(super) const MFA: &str =
    "SELECT user_id, key_id, sealed, enrolled_at, bound_at, last_step, user_id AS id FROM mfa";

pub(super) fn authenticator(row: &mut Columns<'_>) -> Result<StoredMfa> {
    Ok(StoredMfa {
        user_id: row.get("user_id")?,
        key_id: row.get("key_id")?,
        sealed: row.get("sealed")?,
        enrolled_at: row.time("enrolled_at")?,
        bound_at: row.time_maybe("bound_at")?,
        last_step: row.get::<Option<i64>>("last_step")?.map(i64::cast_unsigned),
    })
}

impl Mfa for Connected<'_> {
    fn mfa(&mut self, user_id: &str) -> Result<Option<StoredMfa>> {
        self.one(&format!("{MFA} WHERE user_id = ?1"), [user_id], authenticator)
    }

    fn enrol_mfa(&mut self, mfa: &StoredMfa) -> Result<bool> {
        self.change_if(
            "INSERT INTO mfa (user_id, key_id, sealed, enrolled_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (user_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, \
             enrolled_at = excluded.enrolled_at WHERE bound_at IS NULL",
            params![mfa.user_id, mfa.key_id, mfa.sealed, ms(mfa.enrolled_at)],
        )
    }

    fn bind_mfa(&mut self, user_id: &str, at: Timestamp, step: u64) -> Result<bool> {
        self.change_if(
            "UPDATE mfa SET bound_at = ?2, last_step = ?3 WHERE user_id = ?1 AND bound_at IS NULL",
            params![user_id, ms(at), step.cast_signed()],
        )
    }

    fn use_mfa_step(&mut self, user_id: &str, step: u64) -> Result<bool> {
        self.change_if(
            "UPDATE mfa SET last_step = ?2 \
             WHERE user_id = ?1 AND bound_at IS NOT NULL AND (last_step IS NULL OR last_step < ?2)",
            params![user_id, step.cast_signed()],
        )
    }

    fn delete_mfa(&mut self, user_id: &str) -> Result<bool> {
        self.change_if("DELETE FROM mfa WHERE user_id = ?1", [user_id])
    }
}

pub(super) const PROOFS: &str =
    "SELECT user_id, source, contact_id, epoch, proven_at, key_id, tag, user_id AS id FROM proofs";

pub(super) fn proof(row: &mut Columns<'_>) -> Result<StoredProof> {
    Ok(StoredProof {
        user_id: row.get("user_id")?,
        source: row.get("source")?,
        contact_id: row.get("contact_id")?,
        epoch: row.count("epoch")?,
        proven_at: row.time("proven_at")?,
        key_id: row.get("key_id")?,
        tag: row.get("tag")?,
    })
}

impl Proofs for Connected<'_> {
    fn proof(&mut self, user_id: &str, source: &str) -> Result<Option<StoredProof>> {
        self.one(&format!("{PROOFS} WHERE user_id = ?1 AND source = ?2"), [user_id, source], proof)
    }

    fn put_proof(&mut self, proof: &StoredProof) -> Result<()> {
        self.change_one(
            "INSERT INTO proofs (user_id, source, contact_id, epoch, proven_at, key_id, tag) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (user_id, source) DO UPDATE SET \
             contact_id = excluded.contact_id, epoch = excluded.epoch, proven_at = excluded.proven_at, \
             key_id = excluded.key_id, tag = excluded.tag",
            params![
                proof.user_id,
                proof.source,
                proof.contact_id,
                proof.epoch.cast_signed(),
                ms(proof.proven_at),
                proof.key_id,
                proof.tag
            ],
        )
    }

    fn end_proofs(&mut self, user_id: &str) -> Result<u64> {
        self.change("DELETE FROM proofs WHERE user_id = ?1", [user_id])
    }

    fn expire_proofs(&mut self, given_until: Timestamp) -> Result<u64> {
        self.change("DELETE FROM proofs WHERE proven_at <= ?1", [ms(given_until)])
    }

    fn expiry_notified(&mut self, user_id: &str) -> Result<Option<u64>> {
        let notified = self.one("SELECT expiry_told FROM users WHERE id = ?1", [user_id], |row| {
            row.get::<Option<i64>>("expiry_told")
        })?;
        Ok(notified.flatten().map(i64::cast_unsigned))
    }

    fn set_expiry_notified(&mut self, user_id: &str, epoch: u64) -> Result<()> {
        self.change_one(
            "UPDATE users SET expiry_told = ?2 WHERE id = ?1",
            params![user_id, epoch.cast_signed()],
        )
    }

    fn active_from(&mut self, user_id: &str) -> Result<Option<Timestamp>> {
        let at = self.one("SELECT active_from FROM users WHERE id = ?1", [user_id], |row| {
            row.time_maybe("active_from")
        })?;
        Ok(at.flatten())
    }

    fn set_active_from(&mut self, user_id: &str, at: Timestamp) -> Result<()> {
        self.change_one("UPDATE users SET active_from = ?2 WHERE id = ?1", params![user_id, ms(at)])
    }
}

pub(super) const DEVICES: &str = "SELECT id, user_id, key_id, tag, label, first_seen, last_seen FROM devices";

/// One a request, so the request's id is the row's.
pub(super) const REGISTRATIONS: &str =
    "SELECT request_id, key_id, sealed, request_id AS id FROM registrations";

pub(super) fn device(row: &mut Columns<'_>) -> Result<Device> {
    Ok(Device {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        key_id: row.get("key_id")?,
        tag: row.get("tag")?,
        label: row.get("label")?,
        first_seen: row.time("first_seen")?,
        last_seen: row.time("last_seen")?,
    })
}

pub(super) fn registration(row: &mut Columns<'_>) -> Result<Registration> {
    Ok(Registration {
        request_id: row.get("request_id")?,
        key_id: row.get("key_id")?,
        sealed: row.get("sealed")?,
    })
}

impl Devices for Connected<'_> {
    fn devices(&mut self, user_id: &str) -> Result<Vec<Device>> {
        self.many(&format!("{DEVICES} WHERE user_id = ?1 ORDER BY last_seen DESC, id"), [user_id], device)
    }

    fn insert_device(&mut self, device: &Device) -> Result<()> {
        self.insert(
            "devices",
            &[
                ("id", &device.id),
                ("user_id", &device.user_id),
                ("key_id", &device.key_id),
                ("tag", &device.tag),
                ("label", &device.label),
                ("first_seen", &ms(device.first_seen)),
                ("last_seen", &ms(device.last_seen)),
            ],
        )
    }

    fn update_device(&mut self, device: &Device) -> Result<()> {
        self.change_one(
            "UPDATE devices SET first_seen = ?2, last_seen = ?3 WHERE id = ?1",
            params![device.id, ms(device.first_seen), ms(device.last_seen)],
        )
    }

    fn forget_device(&mut self, user_id: &str, id: &str) -> Result<bool> {
        self.change_if("DELETE FROM devices WHERE user_id = ?1 AND id = ?2", [user_id, id])
    }

    fn forget_devices(&mut self, user_id: &str) -> Result<u64> {
        self.change("DELETE FROM devices WHERE user_id = ?1", [user_id])
    }

    fn forget_devices_of_account(&mut self, account_id: &str) -> Result<u64> {
        self.change(
            "DELETE FROM devices WHERE user_id IN (SELECT id FROM users WHERE account_id = ?1)",
            [account_id],
        )
    }

    fn forget_unused_devices(&mut self, since: Timestamp) -> Result<u64> {
        self.change("DELETE FROM devices WHERE last_seen <= ?1", [ms(since)])
    }
}

impl Registrations for Connected<'_> {
    fn insert_registration(&mut self, registration: &Registration) -> Result<()> {
        self.insert(
            "registrations",
            &[
                ("request_id", &registration.request_id),
                ("key_id", &registration.key_id),
                ("sealed", &registration.sealed),
            ],
        )
    }

    fn registration(&mut self, request_id: &str) -> Result<Option<Registration>> {
        self.one(&format!("{REGISTRATIONS} WHERE request_id = ?1"), [request_id], registration)
    }

    fn delete_registration(&mut self, request_id: &str) -> Result<()> {
        self.apply("DELETE FROM registrations WHERE request_id = ?1", [request_id])
    }
}
