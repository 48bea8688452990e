//! Callers who prove who they are, and notices that can be disowned.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms, padding};
use crate::domain::challenge::Challenge;
use crate::domain::notice::{Disowned, Notice};
use crate::store::{Challenges, Notices, Result};

pub(super) const CHALLENGE: &str =
    "SELECT id, user_id, code_id, uid, operator, state, created_at, expires_at FROM challenges";

pub(super) const NOTICE: &str =
    "SELECT id, user_id, code_id, about, key_id, tag, state, created_at, expires_at FROM notices";

pub(super) fn challenge(row: &mut Columns<'_>) -> Result<Challenge> {
    Ok(Challenge {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        code_id: row.get("code_id")?,
        uid: row.small("uid")?,
        operator: row.get("operator")?,
        state: row.word("state")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

pub(super) fn notice(row: &mut Columns<'_>) -> Result<Notice> {
    Ok(Notice {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        code_id: row.get("code_id")?,
        about: row.get("about")?,
        key_id: row.get("key_id")?,
        tag: row.get("tag")?,
        state: row.word("state")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

/// Of a row of users.
pub(super) fn disowned(row: &mut Columns<'_>) -> Result<Option<Disowned>> {
    let Some(at) = row.time_maybe("disowned_at")? else {
        row.skip(4);
        return Ok(None);
    };
    let (notice_id, about) = (row.get("disowned_notice")?, row.get("disowned_about")?);
    let (key, sealed): (Option<_>, Option<_>) = (row.get("disowned_key")?, row.get("disowned_sealed")?);
    Ok(Some(Disowned { at, notice_id, about, former: key.zip(sealed) }))
}

impl Challenges for Connected<'_> {
    fn insert_challenge(&mut self, challenge: &Challenge) -> Result<()> {
        self.insert(
            "challenges",
            &[
                ("id", &challenge.id),
                ("user_id", &challenge.user_id),
                ("code_id", &challenge.code_id),
                ("uid", &challenge.uid),
                ("operator", &challenge.operator),
                ("state", &challenge.state.as_str()),
                ("created_at", &ms(challenge.created_at)),
                ("expires_at", &ms(challenge.expires_at)),
            ],
        )
    }

    fn challenge(&mut self, id: &str) -> Result<Option<Challenge>> {
        self.one(&format!("{CHALLENGE} WHERE id = ?1"), [id], challenge)
    }

    fn live_challenges(&mut self, user_id: &str) -> Result<Vec<Challenge>> {
        self.many(
            &format!(
                "{CHALLENGE} WHERE user_id = ?1 AND state IN ('sent', 'confirmed') \
                 ORDER BY created_at DESC, rowid DESC"
            ),
            [user_id],
            challenge,
        )
    }

    fn confirm_challenge(&mut self, id: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE challenges SET state = 'confirmed', expires_at = ?3 \
             WHERE id = ?1 AND state = 'sent' AND expires_at > ?2 AND created_at <= ?2",
            params![id, ms(now), ms(until)],
        )
    }

    fn use_challenge(&mut self, id: &str, user_id: &str, uid: u32, now: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE challenges SET state = 'used' WHERE id = ?1 AND user_id = ?2 AND uid = ?3 \
             AND state = 'confirmed' AND expires_at > ?4 AND created_at <= ?4",
            params![id, user_id, uid, ms(now)],
        )
    }

    fn renew_challenge(&mut self, code_id: &str, with: &str, until: Timestamp) -> Result<()> {
        self.apply(
            "UPDATE challenges SET code_id = ?2, expires_at = ?3 WHERE code_id = ?1 AND state = 'sent'",
            params![code_id, with, ms(until)],
        )
    }

    fn end_challenge(&mut self, id: &str) -> Result<()> {
        self.apply(
            "UPDATE challenges SET state = 'ended' WHERE id = ?1 AND state IN ('sent', 'confirmed')",
            [id],
        )
    }

    fn end_challenges(&mut self, user_id: &str) -> Result<u64> {
        self.change(
            "UPDATE challenges SET state = 'ended' WHERE user_id = ?1 AND state IN ('sent', 'confirmed')",
            [user_id],
        )
    }

    fn expire_challenges(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE challenges SET state = 'expired' \
             WHERE state IN ('sent', 'confirmed') AND expires_at <= ?1",
            [ms(now)],
        )
    }
}

impl Notices for Connected<'_> {
    fn insert_notice(&mut self, notice: &Notice) -> Result<()> {
        self.insert(
            "notices",
            &[
                ("id", &notice.id),
                ("user_id", &notice.user_id),
                ("code_id", &notice.code_id),
                ("about", &notice.about),
                ("key_id", &notice.key_id),
                ("tag", &notice.tag),
                ("state", &notice.state.as_str()),
                ("created_at", &ms(notice.created_at)),
                ("expires_at", &ms(notice.expires_at)),
                ("padding", &padding(28, &[&notice.user_id])),
            ],
        )
    }

    fn notice_by_tag(&mut self, tag: &[u8]) -> Result<Option<Notice>> {
        self.one(&format!("{NOTICE} WHERE tag = ?1"), [tag], notice)
    }

    fn use_notice(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE notices SET state = 'used' \
             WHERE id = ?1 AND state = 'live' AND expires_at > ?2 AND created_at <= ?2",
            params![id, ms(now)],
        )
    }

    fn end_notices(&mut self, user_id: &str) -> Result<u64> {
        self.change("UPDATE notices SET state = 'ended' WHERE user_id = ?1 AND state = 'live'", [user_id])
    }

    fn expire_notices(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE notices SET state = 'expired' WHERE state = 'live' AND expires_at <= ?1",
            [ms(now)],
        )
    }

    fn set_disowned(&mut self, user_id: &str, disowned: Option<&Disowned>) -> Result<()> {
        let former = disowned.and_then(|disowned| disowned.former.as_ref());
        self.change_one(
            "UPDATE users SET disowned_at = ?2, disowned_notice = ?3, disowned_about = ?4, disowned_key = ?5, \
             disowned_sealed = ?6 WHERE id = ?1",
            params![
                user_id,
                disowned.map(|disowned| ms(disowned.at)),
                disowned.map(|disowned| disowned.notice_id.as_str()),
                disowned.map(|disowned| disowned.about.as_str()),
                former.map(|(key, _)| key.as_str()),
                former.map(|(_, sealed)| sealed.as_slice())
            ],
        )
    }
}
