//! Appeals, and the forms that are not sent yet.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms, padding};
use crate::domain::appeal::{Appeal, Approval, Draft, State};
use crate::store::{Appeals, Result, ensure_rows};

pub(super) const SELECT: &str = "SELECT serial, kind, user_id, subject, source, uid, state, crowded, \
     key_id, sealed, created_at, expires_at, decided_at, decision_reason, serial AS id FROM appeals";
pub(super) const SELECT_APPROVALS: &str = "SELECT uid, operator, at, serial AS id FROM appeal_approvals";
pub(super) const SELECT_DRAFTS: &str =
    "SELECT id, uid, source, key_id, sealed, created_at, expires_at FROM appeal_drafts";

pub(super) fn appeal(row: &mut Columns<'_>) -> Result<Appeal> {
    Ok(Appeal {
        serial: row.get("serial")?,
        kind: row.word("kind")?,
        user_id: row.get("user_id")?,
        subject: row.get("subject")?,
        source: row.get("source")?,
        uid: row.small("uid")?,
        state: row.word("state")?,
        crowded: row.get("crowded")?,
        key_id: row.get("key_id")?,
        sealed: row.get("sealed")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        decided_at: row.time_maybe("decided_at")?,
        decision_reason: row.get("decision_reason")?,
    })
}

pub(super) fn approval(row: &mut Columns<'_>) -> Result<Approval> {
    Ok(Approval { uid: row.small("uid")?, operator: row.get("operator")?, at: row.time("at")? })
}

pub(super) fn draft(row: &mut Columns<'_>) -> Result<Draft> {
    Ok(Draft {
        id: row.get("id")?,
        uid: row.small("uid")?,
        source: row.get("source")?,
        key_id: row.get("key_id")?,
        sealed: row.get("sealed")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

impl Appeals for Connected<'_> {
    fn insert_appeal(&mut self, appeal: &Appeal) -> Result<()> {
        self.insert(
            "appeals",
            &[
                ("serial", &appeal.serial),
                ("kind", &appeal.kind.as_str()),
                ("user_id", &appeal.user_id),
                ("subject", &appeal.subject),
                ("source", &appeal.source),
                ("uid", &appeal.uid),
                ("state", &appeal.state.as_str()),
                ("crowded", &appeal.crowded),
                ("key_id", &appeal.key_id),
                ("sealed", &appeal.sealed),
                ("created_at", &ms(appeal.created_at)),
                ("expires_at", &ms(appeal.expires_at)),
                ("decided_at", &appeal.decided_at.map(ms)),
                ("padding", &padding(28, &[&appeal.user_id])),
            ],
        )
    }

    fn appeal(&mut self, serial: &str) -> Result<Option<Appeal>> {
        self.one(&format!("{SELECT} WHERE serial = ?1"), [serial], appeal)
    }

    fn appeals(&mut self, state: Option<State>, limit: u32) -> Result<Vec<Appeal>> {
        // A statement each, so that each has its index.
        let which = if state.is_some() { "state = ?1" } else { "?1 IS NULL" };
        self.many(
            &format!("{SELECT} WHERE {which} ORDER BY created_at DESC, rowid DESC LIMIT ?2"),
            params![state.map(State::as_str), limit],
            appeal,
        )
    }

    fn appeals_of(&mut self, user_id: &str, limit: u32) -> Result<Vec<Appeal>> {
        self.many(
            &format!("{SELECT} WHERE user_id = ?1 ORDER BY created_at DESC, rowid DESC LIMIT ?2"),
            params![user_id, limit],
            appeal,
        )
    }

    fn decide_appeal(
        &mut self,
        serial: &str,
        to: State,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool> {
        self.change_if(
            "UPDATE appeals SET state = ?2, decided_at = ?3, expires_at = ?4 \
             WHERE serial = ?1 AND state = 'submitted'",
            params![serial, to.as_str(), ms(at), ms(expires_at)],
        )
    }

    fn set_decision_reason(&mut self, serial: &str, reason: Option<&str>) -> Result<()> {
        self.change_one("UPDATE appeals SET decision_reason = ?2 WHERE serial = ?1", params![serial, reason])
    }

    fn end_appeals(&mut self, user_id: &str, to: State, except: Option<&str>) -> Result<u64> {
        self.change(
            "UPDATE appeals SET state = ?2 \
             WHERE user_id = ?1 AND serial IS NOT ?3 AND state IN ('submitted', 'approved')",
            params![user_id, to.as_str(), except],
        )
    }

    fn use_appeals(&mut self, user_id: &str) -> Result<Vec<String>> {
        self.many(
            "UPDATE appeals SET state = 'used' WHERE user_id = ?1 AND state = 'approved' RETURNING serial",
            [user_id],
            |row| row.get("serial"),
        )
    }

    fn add_approval(&mut self, serial: &str, approval: &Approval) -> Result<bool> {
        self.change_if(
            "INSERT INTO appeal_approvals (serial, uid, operator, at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (serial, uid) DO NOTHING",
            params![serial, approval.uid, approval.operator, ms(approval.at)],
        )
    }

    fn approvals(&mut self, serial: &str) -> Result<Vec<Approval>> {
        self.many(&format!("{SELECT_APPROVALS} WHERE serial = ?1 ORDER BY at, uid"), [serial], approval)
    }

    fn expire_appeals(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE appeals SET state = 'expired' WHERE state = 'approved' AND expires_at <= ?1",
            [ms(now)],
        )
    }

    fn expire_undecided(&mut self, now: Timestamp) -> Result<u64> {
        let appeals = self.change(
            "UPDATE appeals SET state = 'expired' WHERE state = 'submitted' AND expires_at <= ?1",
            [ms(now)],
        )?;
        let drafts = self.change("DELETE FROM appeal_drafts WHERE expires_at <= ?1", [ms(now)])?;
        Ok(appeals + drafts)
    }

    fn purge_claims(&mut self, before: Timestamp, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE appeals SET sealed = NULL, claims_gone_at = ?2 \
             WHERE sealed IS NOT NULL AND created_at <= ?1 AND state NOT IN ('submitted', 'approved')",
            params![ms(before), ms(now)],
        )
    }

    fn keep_draft(&mut self, draft: &Draft) -> Result<()> {
        self.change_one(
            "INSERT INTO appeal_drafts (id, uid, source, key_id, sealed, created_at, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed",
            params![
                draft.id,
                draft.uid,
                draft.source,
                draft.key_id,
                draft.sealed,
                ms(draft.created_at),
                ms(draft.expires_at)
            ],
        )
    }

    fn draft(&mut self, id: &str) -> Result<Option<Draft>> {
        self.one(&format!("{SELECT_DRAFTS} WHERE id = ?1"), [id], draft)
    }

    fn delete_draft(&mut self, id: &str) -> Result<bool> {
        self.change_if("DELETE FROM appeal_drafts WHERE id = ?1", [id])
    }

    fn drafts_from(&mut self, source: &str) -> Result<u64> {
        self.number("SELECT count(*) FROM appeal_drafts WHERE source = ?1", [source])
    }

    fn sealed_claims(&mut self) -> Result<Vec<(String, String, Vec<u8>)>> {
        self.many(
            "SELECT serial AS id, key_id, sealed FROM appeals WHERE sealed IS NOT NULL \
             UNION ALL SELECT id, key_id, sealed FROM appeal_drafts",
            [],
            |row| Ok((row.get("id")?, row.get("key_id")?, row.get("sealed")?)),
        )
    }

    fn reseal_claims(&mut self, id: &str, key_id: &str, sealed: &[u8]) -> Result<()> {
        let appeals = self.change(
            "UPDATE appeals SET key_id = ?2, sealed = ?3 WHERE serial = ?1 AND sealed IS NOT NULL",
            params![id, key_id, sealed],
        )?;
        // The two kinds of id have prefixes of their own: each names one row.
        let drafts = self.change(
            "UPDATE appeal_drafts SET key_id = ?2, sealed = ?3 WHERE id = ?1",
            params![id, key_id, sealed],
        )?;
        ensure_rows(appeals + drafts, 1)
    }
}
